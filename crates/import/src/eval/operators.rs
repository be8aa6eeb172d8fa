//! Operators on values that may be open.

use std::rc::Rc;

use crate::{
    scope::Scope,
    syntax::{At, Expr},
    value::{Choice, External, Value, What},
};

use super::Reader;

/// The variables that say where a process runs, and the value that means production.
const WHERE: [&str; 6] = ["NODE_ENV", "VERCEL_ENV", "APP_ENV", "ENVIRONMENT", "NEXT_PUBLIC_VERCEL_ENV", "STAGE"];
/// Values of these that do not mean production.
const ELSEWHERE: [&str; 8] = ["development", "test", "preview", "dev", "local", "staging", "testing", "ci"];

impl Reader {
    pub(super) fn logical(
        &self,
        operator: &str,
        left: &Rc<Expr>,
        right: &Rc<Expr>,
        at: At,
        scope: &Rc<Scope>,
    ) -> Value {
        let left = self.value(left, scope);
        let decided = match operator {
            "??" => is_there(&left),
            _ => left.truth(),
        };
        match (operator, decided) {
            ("&&", Some(false)) | ("||" | "??", Some(true)) => return left,
            (_, Some(_)) => return self.value(right, scope),
            _ => {}
        }
        let right = self.value(right, scope);
        match (operator, &left.what) {
            ("&&", _) => choice(left, right, What::Boolean(false).at(at), at),
            (_, What::Variable(name, None)) => What::Variable(name.clone(), Some(Rc::new(right))).at(at),
            (_, What::Variable(name, Some(inner))) => {
                let inner = or(inner.as_ref().clone(), right, at);
                What::Variable(name.clone(), Some(Rc::new(inner))).at(at)
            }
            _ => or(left, right, at),
        }
    }
}

/// Whether a value is neither `undefined` nor `null`, if that is known.
fn is_there(value: &Value) -> Option<bool> {
    match &value.what {
        What::Undefined | What::Null => Some(false),
        What::Boolean(_) | What::Number(_) | What::Text(_) | What::InProduction(_) | What::Joined(_) => Some(true),
        _ => value.truth(),
    }
}

/// The first value, or the second where the first is nothing.
fn or(left: Value, right: Value, at: At) -> Value {
    match &left.what {
        What::Variable(name, None) => What::Variable(name.clone(), Some(Rc::new(right))).at(at),
        // What a package's function returns is there.
        What::External(_) | What::Called(_) if right.truth() == Some(false) => left,
        _ if left.truth() == Some(false) => right,
        What::Split(_) => left,
        _ => choice(left.clone(), left, right, at),
    }
}

/// One of two values; the same where the condition does not matter.
pub(super) fn choice(test: Value, yes: Value, no: Value, at: At) -> Value {
    match (&yes.what, &no.what) {
        (What::Boolean(true), What::Boolean(false)) => Value { at, ..test },
        (What::Boolean(false), What::Boolean(true)) => not(&test, at),
        (What::Boolean(a), What::Boolean(b)) if a == b => Value { at, ..yes },
        (What::Text(a), What::Text(b)) if a == b => Value { at, ..yes },
        (What::Number(a), What::Number(b)) if a == b => Value { at, ..yes },
        _ => What::Choice(Rc::new(Choice { test, yes, no })).at(at),
    }
}

/// The opposite of a condition.
pub(super) fn not(value: &Value, at: At) -> Value {
    match (value.truth(), &value.what) {
        (Some(truth), _) => What::Boolean(!truth).at(at),
        (None, What::InProduction(is)) => What::InProduction(!is).at(at),
        (None, What::Choice(inner)) if inner.yes.truth() == Some(false) && inner.no.truth() == Some(true) => {
            Value { at, ..inner.test.clone() }
        }
        _ => What::Choice(Rc::new(Choice {
            test: value.clone(),
            yes: What::Boolean(false).at(at),
            no: What::Boolean(true).at(at),
        }))
        .at(at),
    }
}

pub(super) fn unary(operator: &str, value: &Value, at: At) -> Value {
    match (operator, &value.what) {
        ("!", _) => not(value, at),
        ("-", What::Number(number)) => What::Number(-number).at(at),
        ("+", What::Number(number)) => What::Number(*number).at(at),
        ("+", What::Text(text)) => number(text, at),
        ("+", What::Variable(..)) => value.clone(),
        ("void", _) => What::Undefined.at(at),
        ("typeof", What::Undefined) => What::Text("undefined".to_owned()).at(at),
        // Nothing of a browser is there on a server.
        ("typeof", What::External(one)) if one.module.is_empty() && one.path == ["window"] => {
            What::Text("undefined".to_owned()).at(at)
        }
        _ => Value::unknown(at, format!("`{operator}` of a value that is not a constant")),
    }
}

/// A text as a number.
pub(super) fn number(text: &str, at: At) -> Value {
    match text.trim().replace('_', "").parse::<f64>() {
        Ok(number) if !text.contains('_') => What::Number(number).at(at),
        _ => Value::unknown(at, "the text is not a number"),
    }
}

pub(super) fn binary(operator: &str, left: &Value, right: &Value, at: At) -> Value {
    if let (What::Number(a), What::Number(b)) = (&left.what, &right.what) {
        let (a, b) = (*a, *b);
        let what = match operator {
            "+" => What::Number(a + b),
            "-" => What::Number(a - b),
            "*" => What::Number(a * b),
            "/" => What::Number(a / b),
            "%" => What::Number(a % b),
            "**" => What::Number(a.powf(b)),
            "<" => What::Boolean(a < b),
            ">" => What::Boolean(a > b),
            "<=" => What::Boolean(a <= b),
            ">=" => What::Boolean(a >= b),
            "==" | "===" => What::Boolean(a.total_cmp(&b).is_eq()),
            "!=" | "!==" => What::Boolean(!a.total_cmp(&b).is_eq()),
            _ => What::Unknown(format!("`{operator}` is not followed")),
        };
        return what.at(at);
    }
    match operator {
        "+" => joined(vec![left.clone(), right.clone()], at),
        "==" | "===" => equal(left, right, at),
        "!=" | "!==" => not(&equal(left, right, at), at),
        _ => Value::unknown(at, format!("`{operator}` of a value that is not a constant")),
    }
}

fn equal(left: &Value, right: &Value, at: At) -> Value {
    let is_constant = |value: &Value| {
        matches!(value.what, What::Undefined | What::Null | What::Boolean(_) | What::Text(_) | What::Number(_))
    };
    if is_constant(left) && is_constant(right) {
        return What::Boolean(same(left, right)).at(at);
    }
    let (open, constant) = if is_constant(right) { (left, right) } else { (right, left) };
    if let (What::Choice(inner), What::Undefined | What::Null) = (&open.what, &constant.what) {
        match (is_there(&inner.yes), is_there(&inner.no)) {
            (Some(true), Some(false)) => return not(&inner.test, at),
            (Some(false), Some(true)) => return Value { at, ..inner.test.clone() },
            _ => {}
        }
    }
    let variable = match &open.what {
        What::Variable(name, _) => Some(name.as_str()),
        _ => None,
    };
    let text = constant.text().map(str::to_ascii_lowercase);
    match (variable, text.as_deref()) {
        (Some(name), Some("production" | "prod")) if WHERE.contains(&name) => What::InProduction(true).at(at),
        (Some(name), Some(value)) if WHERE.contains(&name) && ELSEWHERE.contains(&value) => {
            What::InProduction(false).at(at)
        }
        (Some("VERCEL" | "CI"), Some("1" | "true")) => open.clone(),
        // A variable that is compared with nothing is asked whether it is there.
        (Some(_), None) if constant.truth() == Some(false) => not(open, at),
        _ => {
            let callee = External { module: String::new(), path: vec!["===".to_owned()], missing: false };
            let called = crate::value::Called {
                callee: What::External(Rc::new(callee)).at(at),
                arguments: vec![open.clone(), constant.clone()],
            };
            What::Called(Rc::new(called)).at(at)
        }
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (&left.what, &right.what) {
        (What::Undefined | What::Null, What::Undefined | What::Null) => true,
        (What::Boolean(a), What::Boolean(b)) => a == b,
        (What::Text(a), What::Text(b)) => a == b,
        _ => false,
    }
}

/// Texts after each other; one text if all are known.
pub(super) fn joined(parts: Vec<Value>, at: At) -> Value {
    let mut whole: Vec<Value> = Vec::new();
    for part in parts {
        let inner = match &part.what {
            What::Joined(inner) => inner.as_ref().clone(),
            _ => vec![part],
        };
        for part in inner {
            let text = match &part.what {
                What::Text(text) => text.clone(),
                What::Number(number) => number.to_string(),
                What::Boolean(value) => value.to_string(),
                _ => {
                    whole.push(part);
                    continue;
                }
            };
            match whole.last_mut().map(|last| &mut last.what) {
                Some(What::Text(before)) => before.push_str(&text),
                _ => whole.push(What::Text(text).at(part.at)),
            }
        }
    }
    whole.retain(|part| part.text() != Some(""));
    match whole.as_slice() {
        [] => What::Text(String::new()).at(at),
        [one] if matches!(one.what, What::Text(_) | What::Variable(..)) => Value { at, ..one.clone() },
        _ => What::Joined(Rc::new(whole)).at(at),
    }
}
