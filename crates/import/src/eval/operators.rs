//! Operators on values that may be open.

use std::rc::Rc;

use crate::{
    scope::Scope,
    syntax::{Expr, SourceSpan},
    value::{Choice, External, Value, ValueKind},
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
        at: SourceSpan,
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
            ("&&", _) => choice(left, right, ValueKind::Boolean(false).at(at), at),
            (_, ValueKind::Variable(name, None)) => ValueKind::Variable(name.clone(), Some(Rc::new(right))).at(at),
            (_, ValueKind::Variable(name, Some(inner))) => {
                let inner = or(inner.as_ref().clone(), right, at);
                ValueKind::Variable(name.clone(), Some(Rc::new(inner))).at(at)
            }
            _ => or(left, right, at),
        }
    }
}

/// Whether a value is neither `undefined` nor `null`, if that is known.
fn is_there(value: &Value) -> Option<bool> {
    match &value.what {
        ValueKind::Undefined | ValueKind::Null => Some(false),
        ValueKind::Boolean(_)
        | ValueKind::Number(_)
        | ValueKind::Text(_)
        | ValueKind::InProduction(_)
        | ValueKind::Joined(_) => Some(true),
        _ => value.truth(),
    }
}

/// The first value, or the second where the first is nothing.
fn or(left: Value, right: Value, at: SourceSpan) -> Value {
    match &left.what {
        ValueKind::Variable(name, None) => ValueKind::Variable(name.clone(), Some(Rc::new(right))).at(at),
        // What a package's function returns is there.
        ValueKind::External(_) | ValueKind::Called(_) if right.truth() == Some(false) => left,
        _ if left.truth() == Some(false) => right,
        ValueKind::Split(_) => left,
        _ => choice(left.clone(), left, right, at),
    }
}

/// One of two values; the same where the condition does not matter.
pub(super) fn choice(test: Value, yes: Value, no: Value, at: SourceSpan) -> Value {
    match (&yes.what, &no.what) {
        (ValueKind::Boolean(true), ValueKind::Boolean(false)) => Value { at, ..test },
        (ValueKind::Boolean(false), ValueKind::Boolean(true)) => not(&test, at),
        (ValueKind::Boolean(a), ValueKind::Boolean(b)) if a == b => Value { at, ..yes },
        (ValueKind::Text(a), ValueKind::Text(b)) if a == b => Value { at, ..yes },
        (ValueKind::Number(a), ValueKind::Number(b)) if a == b => Value { at, ..yes },
        _ => ValueKind::Choice(Rc::new(Choice { test, yes, no })).at(at),
    }
}

/// The opposite of a condition.
pub(super) fn not(value: &Value, at: SourceSpan) -> Value {
    match (value.truth(), &value.what) {
        (Some(truth), _) => ValueKind::Boolean(!truth).at(at),
        (None, ValueKind::InProduction(is)) => ValueKind::InProduction(!is).at(at),
        (None, ValueKind::Choice(inner)) if inner.yes.truth() == Some(false) && inner.no.truth() == Some(true) => {
            Value { at, ..inner.test.clone() }
        }
        _ => ValueKind::Choice(Rc::new(Choice {
            test: value.clone(),
            yes: ValueKind::Boolean(false).at(at),
            no: ValueKind::Boolean(true).at(at),
        }))
        .at(at),
    }
}

pub(super) fn unary(operator: &str, value: &Value, at: SourceSpan) -> Value {
    match (operator, &value.what) {
        ("!", _) => not(value, at),
        ("-", ValueKind::Number(number)) => ValueKind::Number(-number).at(at),
        ("+", ValueKind::Number(number)) => ValueKind::Number(*number).at(at),
        ("+", ValueKind::Text(text)) => number(text, at),
        ("+", ValueKind::Variable(..)) => value.clone(),
        ("void", _) => ValueKind::Undefined.at(at),
        ("typeof", ValueKind::Undefined) => ValueKind::Text("undefined".to_owned()).at(at),
        // Nothing of a browser is there on a server.
        ("typeof", ValueKind::External(one)) if one.module.is_empty() && one.path == ["window"] => {
            ValueKind::Text("undefined".to_owned()).at(at)
        }
        _ => Value::unknown(at, format!("`{operator}` of a value that is not a constant")),
    }
}

/// A text as a number.
pub(super) fn number(text: &str, at: SourceSpan) -> Value {
    match text.trim().replace('_', "").parse::<f64>() {
        Ok(number) if !text.contains('_') => ValueKind::Number(number).at(at),
        _ => Value::unknown(at, "the text is not a number"),
    }
}

pub(super) fn binary(operator: &str, left: &Value, right: &Value, at: SourceSpan) -> Value {
    if let (ValueKind::Number(a), ValueKind::Number(b)) = (&left.what, &right.what) {
        let (a, b) = (*a, *b);
        let what = match operator {
            "+" => ValueKind::Number(a + b),
            "-" => ValueKind::Number(a - b),
            "*" => ValueKind::Number(a * b),
            "/" => ValueKind::Number(a / b),
            "%" => ValueKind::Number(a % b),
            "**" => ValueKind::Number(a.powf(b)),
            "<" => ValueKind::Boolean(a < b),
            ">" => ValueKind::Boolean(a > b),
            "<=" => ValueKind::Boolean(a <= b),
            ">=" => ValueKind::Boolean(a >= b),
            "==" | "===" => ValueKind::Boolean(a.total_cmp(&b).is_eq()),
            "!=" | "!==" => ValueKind::Boolean(!a.total_cmp(&b).is_eq()),
            _ => ValueKind::Unknown(format!("`{operator}` is not followed")),
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

fn equal(left: &Value, right: &Value, at: SourceSpan) -> Value {
    let is_constant = |value: &Value| {
        matches!(
            value.what,
            ValueKind::Undefined | ValueKind::Null | ValueKind::Boolean(_) | ValueKind::Text(_) | ValueKind::Number(_)
        )
    };
    if is_constant(left) && is_constant(right) {
        return ValueKind::Boolean(same(left, right)).at(at);
    }
    let (open, constant) = if is_constant(right) { (left, right) } else { (right, left) };
    if let (ValueKind::Choice(inner), ValueKind::Undefined | ValueKind::Null) = (&open.what, &constant.what) {
        match (is_there(&inner.yes), is_there(&inner.no)) {
            (Some(true), Some(false)) => return not(&inner.test, at),
            (Some(false), Some(true)) => return Value { at, ..inner.test.clone() },
            _ => {}
        }
    }
    let variable = match &open.what {
        ValueKind::Variable(name, _) => Some(name.as_str()),
        _ => None,
    };
    let text = constant.text().map(str::to_ascii_lowercase);
    match (variable, text.as_deref()) {
        (Some(name), Some("production" | "prod")) if WHERE.contains(&name) => ValueKind::InProduction(true).at(at),
        (Some(name), Some(value)) if WHERE.contains(&name) && ELSEWHERE.contains(&value) => {
            ValueKind::InProduction(false).at(at)
        }
        (Some("VERCEL" | "CI"), Some("1" | "true")) => open.clone(),
        // A variable that is compared with nothing is asked whether it is there.
        (Some(_), None) if constant.truth() == Some(false) => not(open, at),
        _ => {
            let callee = External { module: String::new(), path: vec!["===".to_owned()], missing: false };
            let called = crate::value::FunctionCall {
                callee: ValueKind::External(Rc::new(callee)).at(at),
                arguments: vec![open.clone(), constant.clone()],
            };
            ValueKind::Called(Rc::new(called)).at(at)
        }
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (&left.what, &right.what) {
        (ValueKind::Undefined | ValueKind::Null, ValueKind::Undefined | ValueKind::Null) => true,
        (ValueKind::Boolean(a), ValueKind::Boolean(b)) => a == b,
        (ValueKind::Text(a), ValueKind::Text(b)) => a == b,
        _ => false,
    }
}

/// The longest text that is put together, in bytes, and the most parts of one: each name may double the text of another.
const LONGEST_TEXT: usize = 65_536;
const MOST_PARTS: usize = 1_000;

/// Texts after each other; one text if all are known.
pub(super) fn joined(parts: Vec<Value>, at: SourceSpan) -> Value {
    let size = |value: &Value| match &value.what {
        ValueKind::Text(text) => (1, text.len()),
        ValueKind::Joined(inner) => (inner.len(), inner.iter().filter_map(Value::text).map(str::len).sum()),
        _ => (1, 0),
    };
    let (count, length) = parts.iter().map(size).fold((0_usize, 0_usize), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    if count > MOST_PARTS || length > LONGEST_TEXT {
        return Value::unknown(at, "the text is too long to be put together");
    }
    let mut whole: Vec<Value> = Vec::new();
    for part in parts {
        let inner = match &part.what {
            ValueKind::Joined(inner) => inner.as_ref().clone(),
            _ => vec![part],
        };
        for part in inner {
            let text = match &part.what {
                ValueKind::Text(text) => text.clone(),
                ValueKind::Number(number) => number.to_string(),
                ValueKind::Boolean(value) => value.to_string(),
                _ => {
                    whole.push(part);
                    continue;
                }
            };
            match whole.last_mut().map(|last| &mut last.what) {
                Some(ValueKind::Text(before)) => before.push_str(&text),
                _ => whole.push(ValueKind::Text(text).at(part.at)),
            }
        }
    }
    whole.retain(|part| part.text() != Some(""));
    match whole.as_slice() {
        [] => ValueKind::Text(String::new()).at(at),
        [one] if matches!(one.what, ValueKind::Text(_) | ValueKind::Variable(..)) => Value { at, ..one.clone() },
        _ => ValueKind::Joined(Rc::new(whole)).at(at),
    }
}
