//! Values of the project as values of TOML.

use gatepost_core::{config::Naming, options::Default};
use gatepost_import::{
    project::Project,
    value::{Entry, Value, ValueKind},
};

use super::draft::{name, quoted};

/// The source of a value that is the default of a variable.
const DEFAULT: &str = "the code";

/// A value as TOML.
pub(super) struct Literal {
    /// The text.
    pub(super) toml: String,
    /// Remarks on how it was found.
    pub(super) notes: Vec<String>,
    /// The variables whose example or default stands for their value, which a person must confirm.
    pub(super) confirm: Vec<String>,
}

/// Why a value cannot be written.
pub(super) enum UnwritableValue {
    /// It is code.
    Function,
    /// It is what these variables have.
    Variables(Vec<String>),
    /// It cannot be known.
    Unknown,
}

/// A value as it is in production.
pub(super) fn in_production(value: &Value) -> Value {
    let mut value = value.clone();
    for _ in 0..20 {
        let ValueKind::Choice(choice) = &value.what else { break };
        let test = in_production(&choice.test);
        let next = match (&test.what, test.truth()) {
            (ValueKind::InProduction(true), _) | (_, Some(true)) => choice.yes.clone(),
            (ValueKind::InProduction(false), _) | (_, Some(false)) => choice.no.clone(),
            _ => break,
        };
        value = next;
    }
    value
}

/// The constant that a function without parameters returns, or the value itself; and whether it was a function.
pub(super) fn constant_result(project: &Project, value: &Value) -> (Value, bool) {
    let ValueKind::Closure(closure) = &value.what else { return (value.clone(), false) };
    let result = in_production(&project.reader.result(closure, value.at));
    let is_constant = resolved(project, &result).is_some();
    if is_constant && !matches!(result.what, ValueKind::Undefined) {
        (Value { at: value.at, ..result }, true)
    } else {
        (value.clone(), false)
    }
}

/// A value as TOML, with durations as the default of the key has them.
pub(super) fn of(project: &Project, value: &Value, default: &Default) -> Result<Literal, UnwritableValue> {
    if matches!(value.what, ValueKind::Closure(_)) {
        return Err(UnwritableValue::Function);
    }
    let Some((constant, used)) = resolved(project, value) else {
        let variables = value.variables();
        let is_plain = matches!(value.what, ValueKind::Variable(..) | ValueKind::Joined(_) | ValueKind::List(_));
        return Err(if is_plain && !variables.is_empty() {
            UnwritableValue::Variables(variables)
        } else {
            UnwritableValue::Unknown
        });
    };
    let toml = match (&constant.what, default) {
        (ValueKind::Number(number), Default::Seconds(_)) => seconds(*number),
        _ => toml(&constant),
    };
    let toml = toml.ok_or(UnwritableValue::Unknown)?;
    let notes = used
        .iter()
        .map(|(variable, from)| match from.as_str() {
            DEFAULT => {
                format!("confirm it: it is the default of {variable} in the code; gatepost does not read {variable}")
            }
            from => format!("confirm it: the value is that of {variable} in {from}; gatepost does not read {variable}"),
        })
        .collect();
    Ok(Literal { toml, notes, confirm: used.into_iter().map(|(variable, _)| variable).collect() })
}

/// A value in which variables are replaced by their example or their default, and those variables, each with where the value is
/// from. `None` if something stays open.
pub(super) fn resolved(project: &Project, value: &Value) -> Option<(Value, Vec<(String, String)>)> {
    let mut used = Vec::new();
    let constant = constant(project, value, &mut used, 0)?;
    Some((constant, used))
}

fn constant(project: &Project, value: &Value, used: &mut Vec<(String, String)>, depth: usize) -> Option<Value> {
    if depth > 20 {
        return None;
    }
    let value = in_production(value);
    match &value.what {
        ValueKind::Boolean(_) | ValueKind::Number(_) | ValueKind::Text(_) | ValueKind::Null => Some(value),
        ValueKind::InProduction(is) => {
            used.push(("NODE_ENV".to_owned(), "production".to_owned()));
            Some(ValueKind::Boolean(*is).at(value.at))
        }
        ValueKind::Variable(variable, fallback) => {
            let example = project.examples.get(variable).filter(|(value, _)| !value.is_empty() && !is_secret(variable));
            if let Some((text, file)) = example {
                used.push((variable.clone(), file.clone()));
                return Some(ValueKind::Text(text.clone()).at(value.at));
            }
            let found = constant(project, fallback.as_ref()?, used, depth + 1)?;
            if !used.iter().any(|(name, _)| name == variable) {
                used.push((variable.clone(), DEFAULT.to_owned()));
            }
            Some(found)
        }
        ValueKind::Joined(parts) => {
            let mut text = String::new();
            for part in parts.iter() {
                match constant(project, part, used, depth + 1)?.what {
                    ValueKind::Text(part) => text.push_str(&part),
                    ValueKind::Number(number) => text.push_str(&number.to_string()),
                    _ => return None,
                }
            }
            Some(ValueKind::Text(text).at(value.at))
        }
        ValueKind::List(entries) => {
            let mut items = Vec::new();
            for entry in entries.iter() {
                match entry {
                    Entry::One(item) => items.push(Entry::One(constant(project, item, used, depth + 1)?)),
                    Entry::Spread(item) => match constant(project, item, used, depth + 1)?.what {
                        ValueKind::List(inner) => items.extend(inner.iter().cloned()),
                        _ => return None,
                    },
                }
            }
            Some(ValueKind::List(items.into()).at(value.at))
        }
        ValueKind::Object(object) => {
            let mut object = object.as_ref().clone();
            if !object.unknown.is_empty() || object.members.iter().any(|member| member.condition.is_some()) {
                return None;
            }
            for member in &mut object.members {
                member.value = match &member.value.what {
                    ValueKind::Undefined => member.value.clone(),
                    _ => constant(project, &member.value, used, depth + 1)?,
                };
            }
            Some(ValueKind::Object(object.into()).at(value.at))
        }
        _ => None,
    }
}

/// Whether a variable or an option may hold a secret: not even an example of it is shown.
pub(super) fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "secret",
        "secrets",
        "key",
        "keys",
        "token",
        "tokens",
        "pass",
        "password",
        "credentials",
        "private",
        "dsn",
        "database",
    ];
    let words =
        if name.contains('_') { name.to_ascii_lowercase() } else { Naming::Snake.name(name).to_ascii_lowercase() };
    words.split('_').any(|word| WORDS.contains(&word))
}

/// A constant as TOML.
pub(super) fn toml(value: &Value) -> Option<String> {
    match &value.what {
        ValueKind::Boolean(value) => Some(value.to_string()),
        ValueKind::Number(number) => whole(*number).or_else(|| number.is_finite().then(|| format!("{number:?}"))),
        ValueKind::Text(text) => Some(quoted(text)),
        ValueKind::List(entries) => {
            let item = |entry: &Entry| match entry {
                Entry::One(value) => toml(value),
                Entry::Spread(_) => None,
            };
            Some(format!("[{}]", entries.iter().map(item).collect::<Option<Vec<_>>>()?.join(", ")))
        }
        ValueKind::Object(object) => {
            let members =
                object.holding().into_iter().filter(|member| !matches!(member.value.what, ValueKind::Undefined));
            let members = members.map(|member| Some(format!("{} = {}", name(&member.key), toml(&member.value)?)));
            let members = members.collect::<Option<Vec<_>>>()?;
            Some(if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join(", ")) })
        }
        _ => None,
    }
}

/// A whole number.
fn whole(number: f64) -> Option<String> {
    let is_whole = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    is_whole.then(|| format!("{number:.0}"))
}

/// A number of seconds, in the largest unit of which it is a whole number. A fraction is cut off.
pub(super) fn seconds(number: f64) -> Option<String> {
    let text = whole(number.trunc())?;
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let seconds: u64 = text.parse().ok()?;
    let unit = units.into_iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    Some(unit.map_or(text, |(unit, letter)| format!("\"{}{letter}\"", seconds / unit)))
}

/// Whether a value is what holds without the key.
pub(super) fn is_default(default: &Default, toml: &str) -> bool {
    match default {
        Default::Boolean(value) => toml == value.to_string(),
        Default::Number(number) => toml == number.to_string(),
        Default::Seconds(number) => Some(toml) == seconds(f64::from(*number)).as_deref() || toml == number.to_string(),
        Default::Text(text) => toml == quoted(text),
        Default::EmptyList => toml == "[]",
        Default::Told(told) => told.strip_prefix('`').and_then(|told| told.strip_suffix('`')) == Some(toml),
        Default::Section(_) => false,
    }
}
