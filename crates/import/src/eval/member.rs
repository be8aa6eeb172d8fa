//! Members of values.

use std::rc::Rc;

use crate::{
    syntax::SourceSpan,
    value::{Entry, External, Value, ValueKind},
};

use super::{Reader, operators};

impl Reader {
    /// The member of a value under a key.
    pub fn member(&self, object: &Value, key: &str, at: SourceSpan) -> Value {
        match &object.what {
            ValueKind::Object(inner) => match inner.get(key) {
                Some(member) => match &member.condition {
                    None => member.value.clone(),
                    Some(test) => {
                        let none = ValueKind::Undefined.at(at);
                        operators::choice(test.clone(), member.value.clone(), none, at)
                    }
                },
                None => match inner.unknown.first() {
                    None => ValueKind::Undefined.at(at),
                    Some(unknown) => self.member(unknown, key, at),
                },
            },
            ValueKind::List(entries) => match (key, key.parse::<usize>()) {
                ("length", _) if object.items().is_some() => {
                    ValueKind::Number(f64::from(u32::try_from(entries.len()).unwrap_or(u32::MAX))).at(at)
                }
                (_, Ok(number)) if object.items().is_some() => match entries.get(number) {
                    Some(Entry::One(value)) => value.clone(),
                    _ => ValueKind::Undefined.at(at),
                },
                _ => Value::unknown(at, format!("`{key}` of a list is not followed")),
            },
            ValueKind::Environment(defaults) => {
                let default = defaults.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone());
                match (key, default) {
                    ("data" | "success" | "output", None) => object.clone(),
                    // A schema of variables may call them otherwise.
                    (_, Some(Value { what: ValueKind::Variable(name, inner), .. })) => {
                        ValueKind::Variable(name, inner).at(at)
                    }
                    (_, default) => ValueKind::Variable(key.to_owned(), default.map(Rc::new)).at(at),
                }
            }
            ValueKind::External(external) => self.external_member(external, key, at),
            ValueKind::Parameter(_) if is_variable(key) => self.assume(key, at),
            ValueKind::Parameter(name) if matches!(key, "env" | "Bindings" | "bindings") => {
                ValueKind::Parameter(format!("{name}.{key}")).at(at)
            }
            ValueKind::Called(_) | ValueKind::Property(..) | ValueKind::Parameter(_) => self
                .url(object, key, at)
                .unwrap_or_else(|| ValueKind::Property(Rc::new(object.clone()), key.to_owned()).at(at)),
            ValueKind::Choice(choice) => {
                // A value that was asked whether it is there: where it is not, the member is not.
                let (yes, no) = (&choice.yes, &choice.no);
                match (yes.truth(), no.truth()) {
                    (_, Some(false)) => operators::choice(
                        choice.test.clone(),
                        self.member(yes, key, at),
                        ValueKind::Undefined.at(at),
                        at,
                    ),
                    (Some(false), _) => operators::choice(
                        choice.test.clone(),
                        ValueKind::Undefined.at(at),
                        self.member(no, key, at),
                        at,
                    ),
                    _ => {
                        operators::choice(choice.test.clone(), self.member(yes, key, at), self.member(no, key, at), at)
                    }
                }
            }
            ValueKind::Undefined | ValueKind::Null => ValueKind::Undefined.at(at),
            ValueKind::Text(text) if key == "length" => {
                ValueKind::Number(f64::from(u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX))).at(at)
            }
            ValueKind::Unknown(why) => Value::unknown(at, why.clone()),
            _ => ValueKind::Property(Rc::new(object.clone()), key.to_owned()).at(at),
        }
    }

    fn external_member(&self, external: &Rc<External>, key: &str, at: SourceSpan) -> Value {
        let path: Vec<&str> = external.path.iter().map(String::as_str).collect();
        match (external.module.as_str(), path.as_slice(), key) {
            ("", ["process" | "Bun" | "Deno"], "env")
            | ("", ["import.meta"], "env")
            | ("process" | "node:process", [] | ["default"], "env") => {
                return ValueKind::Environment(Rc::default()).at(at);
            }
            _ => {}
        }
        // `import.meta.env.PROD` of bundlers.
        let last = external.path.last().map_or(external.module.as_str(), String::as_str);
        // The member of a generated enumeration is its own name.
        let members = self.enumerations.get(last).filter(|_| external.missing || external.module.contains("prisma"));
        if members.is_some_and(|members| members.iter().any(|member| member == key)) {
            return ValueKind::Text(key.to_owned()).at(at);
        }
        let named = last.to_ascii_lowercase();
        let is_environment = named.ends_with("env") || named.ends_with("environment") || named.ends_with("config");
        if is_variable(key) && (external.missing || external.module.starts_with('$')) && is_environment {
            return self.assume(key, at);
        }
        let below =
            External { path: [external.path.as_slice(), &[key.to_owned()]].concat(), ..external.as_ref().clone() };
        ValueKind::External(Rc::new(below)).at(at)
    }

    /// A member that is taken for the variable of the environment with its name.
    fn assume(&self, name: &str, at: SourceSpan) -> Value {
        self.assumed.borrow_mut().entry(name.to_owned()).or_insert(at);
        ValueKind::Variable(name.to_owned(), None).at(at)
    }

    /// A part of `new URL("…")`.
    fn url(&self, object: &Value, key: &str, at: SourceSpan) -> Option<Value> {
        let (external, called) = object.call()?;
        if external.path != ["URL"] {
            return None;
        }
        let first = called.arguments.first()?;
        match (&first.what, key) {
            (ValueKind::Text(text), _) => {
                let (scheme, rest) = text.split_once("://")?;
                let host = rest.split(['/', '?', '#']).next()?;
                let part = match key {
                    "origin" => format!("{scheme}://{host}"),
                    "host" => host.to_owned(),
                    "hostname" => host.split(':').next()?.to_owned(),
                    "protocol" => format!("{scheme}:"),
                    "href" => text.clone(),
                    _ => return None,
                };
                Some(ValueKind::Text(part).at(at))
            }
            _ => None,
        }
    }
}

/// Whether a name is written like a variable of the environment.
fn is_variable(name: &str) -> bool {
    name.len() > 2
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && name.bytes().any(|byte| byte.is_ascii_uppercase())
}
