//! Results of JavaScript's own functions and of the usual readers of the environment.

use std::rc::Rc;

use crate::{
    syntax::SourceSpan,
    value::{Entry, Object, Property, Value, ValueKind},
};

use super::{Reader, operators, spread};

impl Reader {
    /// The result of a function that JavaScript has itself.
    pub(super) fn builtin(&self, callee: &Value, arguments: &[Value], is_new: bool, at: SourceSpan) -> Option<Value> {
        let ValueKind::External(external) = &callee.what else { return None };
        if !external.module.is_empty() {
            return None;
        }
        let first = arguments.first();
        let path: Vec<&str> = external.path.iter().map(String::as_str).collect();
        match (path.as_slice(), first.map(|value| &value.what)) {
            (["String"], Some(ValueKind::Number(number))) => Some(ValueKind::Text(number.to_string()).at(at)),
            (["String"], Some(_)) => first.cloned(),
            (["Boolean"], Some(_)) => {
                let first = first?;
                Some(first.truth().map_or_else(|| first.clone(), |truth| ValueKind::Boolean(truth).at(at)))
            }
            (["Number" | "parseInt" | "parseFloat"], Some(ValueKind::Text(text))) => Some(operators::number(text, at)),
            (["Number" | "parseInt" | "parseFloat" | "BigInt"], Some(ValueKind::Number(_))) => first.cloned(),
            (["Number" | "parseInt" | "parseFloat"], Some(ValueKind::Variable(name, fallback))) => {
                let fallback = fallback.as_ref().map(|value| match value.text() {
                    Some(text) => operators::number(text, at),
                    None => value.as_ref().clone(),
                });
                Some(ValueKind::Variable(name.clone(), fallback.map(Rc::new)).at(at))
            }
            (["Set"], Some(ValueKind::List(_))) if is_new => first.cloned(),
            (["Array"], Some(ValueKind::List(_))) => first.cloned(),
            _ => None,
        }
    }

    /// The result of a method of a value that is known, or of an object that JavaScript has itself.
    pub(super) fn method(&self, object: &Value, method: &str, arguments: &[Value], at: SourceSpan) -> Option<Value> {
        let first = arguments.first();
        match (&object.what, method) {
            (ValueKind::Text(text), _) => text_method(text, method, arguments, at),
            (ValueKind::List(entries), _) => self.list_method(object, entries, method, arguments, at),
            (ValueKind::Variable(name, _), "split")
                if first.and_then(Value::text).is_some_and(|by| by.trim() == ",") =>
            {
                Some(ValueKind::Split(name.clone()).at(at))
            }
            (ValueKind::Variable(..) | ValueKind::Joined(_), "trim" | "toString" | "toLowerCase") => {
                Some(object.clone())
            }
            (ValueKind::Split(_), "map") if self.is_trim(first) => Some(object.clone()),
            (ValueKind::Split(_), "filter") => Some(object.clone()),
            // What is nothing has no methods: the call stands behind `?.`.
            (ValueKind::Choice(choice), _) if choice.no.truth() == Some(false) => {
                let yes = self.method(&choice.yes, method, arguments, at)?;
                Some(operators::choice(choice.test.clone(), yes, ValueKind::Undefined.at(at), at))
            }
            (ValueKind::Choice(choice), _) => {
                let yes = self.method(&choice.yes, method, arguments, at)?;
                let no = self.method(&choice.no, method, arguments, at)?;
                match (&yes.what, &no.what) {
                    // `(process.env.ORIGINS ?? "").split(",")`.
                    (ValueKind::Split(_), ValueKind::List(_)) => Some(yes),
                    _ => Some(operators::choice(choice.test.clone(), yes, no, at)),
                }
            }
            (ValueKind::External(external), _) if external.module.is_empty() => {
                let path: Vec<&str> = external.path.iter().map(String::as_str).collect();
                match (path.as_slice(), method) {
                    (["Object"], "freeze" | "seal") | (["Array"], "from" | "of") => first.cloned(),
                    (["Object"], "assign") => {
                        let mut whole = Object::default();
                        arguments.iter().for_each(|one| spread(&mut whole, one.clone(), None));
                        Some(ValueKind::Object(Rc::new(whole)).at(at))
                    }
                    (["Object"], "keys") => self.keys(first?, at),
                    (["Object"], "values") => {
                        let object = first?.object().filter(|object| is_whole(object))?;
                        let values = object.holding().into_iter().map(|member| Entry::One(member.value.clone()));
                        Some(ValueKind::List(Rc::new(values.collect())).at(at))
                    }
                    (["Number"], "parseInt" | "parseFloat") => match &first?.what {
                        ValueKind::Text(text) => Some(operators::number(text, at)),
                        _ => first.cloned(),
                    },
                    _ => None,
                }
            }
            // `Deno.env.get("NAME")`.
            (ValueKind::Environment(_), "get") => first?.text().map(|name| self.member(object, name, at)),
            _ => None,
        }
    }

    fn keys(&self, value: &Value, at: SourceSpan) -> Option<Value> {
        let object = value.object().filter(|object| is_whole(object))?;
        let keys =
            object.holding().into_iter().map(|member| Entry::One(ValueKind::Text(member.key.clone()).at(member.at)));
        Some(ValueKind::List(Rc::new(keys.collect())).at(at))
    }

    fn list_method(
        &self,
        list: &Value,
        entries: &Rc<Vec<Entry>>,
        method: &str,
        arguments: &[Value],
        at: SourceSpan,
    ) -> Option<Value> {
        let first = arguments.first();
        let apply = |item: &Value| {
            first.map(|function| match &function.what {
                ValueKind::External(one) if one.module.is_empty() && one.path == ["Boolean"] => item.clone(),
                _ => self.apply(function, vec![item.clone()], at),
            })
        };
        match method {
            "map" | "flatMap" => {
                let mut mapped = Vec::new();
                for entry in entries.iter() {
                    match entry {
                        Entry::One(item) => match (method, apply(item)?) {
                            ("map", value) => mapped.push(Entry::One(value)),
                            (_, value) => self.spread_items(value, &mut mapped),
                        },
                        Entry::Spread(Value { what: ValueKind::Split(_), .. }) if self.is_trim(first) => {
                            mapped.push(entry.clone())
                        }
                        Entry::Spread(value) => {
                            mapped.push(Entry::Spread(Value::unknown(value.at, "what is mapped is not known")));
                        }
                    }
                }
                Some(ValueKind::List(Rc::new(mapped)).at(at))
            }
            "filter" => {
                let mut kept = Vec::new();
                for entry in entries.iter() {
                    let Entry::One(item) = entry else {
                        kept.push(entry.clone());
                        continue;
                    };
                    let test = apply(item)?;
                    match (test.truth(), &item.what) {
                        (Some(true), _) => kept.push(entry.clone()),
                        (Some(false), _) => {}
                        // `[a && b].filter(Boolean)`: the item is there under its condition.
                        (None, ValueKind::Choice(choice)) if choice.no.truth() == Some(false) => {
                            let one = ValueKind::List(Rc::new(vec![Entry::One(choice.yes.clone())])).at(item.at);
                            let none = ValueKind::List(Rc::default()).at(item.at);
                            kept.push(Entry::Spread(operators::choice(choice.test.clone(), one, none, item.at)));
                        }
                        (None, _) => kept.push(entry.clone()),
                    }
                }
                Some(ValueKind::List(Rc::new(kept)).at(at))
            }
            "concat" => {
                let mut all = entries.as_ref().clone();
                arguments.iter().for_each(|value| match value.what {
                    ValueKind::List(_) => self.spread_items(value.clone(), &mut all),
                    _ => all.push(Entry::One(value.clone())),
                });
                Some(ValueKind::List(Rc::new(all)).at(at))
            }
            "flat" => {
                let mut all = Vec::new();
                for entry in entries.iter() {
                    match entry {
                        Entry::One(value) if matches!(value.what, ValueKind::List(_)) => {
                            self.spread_items(value.clone(), &mut all);
                        }
                        _ => all.push(entry.clone()),
                    }
                }
                Some(ValueKind::List(Rc::new(all)).at(at))
            }
            "includes" | "has" => {
                let (wanted, items) = (first?.text()?, list.items()?);
                let texts: Option<Vec<&str>> = items.into_iter().map(Value::text).collect();
                Some(ValueKind::Boolean(texts?.contains(&wanted)).at(at))
            }
            "join" => {
                let by = first.map_or(Some(","), Value::text)?;
                let texts: Option<Vec<&str>> = list.items()?.into_iter().map(Value::text).collect();
                Some(ValueKind::Text(texts?.join(by)).at(at))
            }
            _ => None,
        }
    }

    /// Whether a function only takes the spaces around a text away, or keeps it as it is.
    fn is_trim(&self, function: Option<&Value>) -> bool {
        let Some(ValueKind::Closure(closure)) = function.map(|value| &value.what) else { return false };
        let Some((crate::syntax::Pattern::Name(_), None)) = closure.function.params.first() else { return false };
        let marked = ValueKind::Variable("trimmed".to_owned(), None).at(SourceSpan::default());
        let result = self.apply(
            &ValueKind::Closure(closure.clone()).at(SourceSpan::default()),
            vec![marked],
            SourceSpan::default(),
        );
        matches!(&result.what, ValueKind::Variable(name, None) if name == "trimmed")
    }

    /// The environment, as functions of packages read and check it.
    pub(super) fn environment(&self, callee: &Value, arguments: &[Value], at: SourceSpan) -> Option<Value> {
        let is_environment = |value: &&Value| matches!(value.what, ValueKind::Environment(_));
        match &callee.what {
            ValueKind::External(one) if matches!(one.name(), "createEnv" | "defineEnv") => {
                let mut defaults = Vec::new();
                let options = arguments.first()?;
                for part in ["server", "client", "shared"] {
                    self.add_defaults(options.get(part), &mut defaults);
                }
                for part in ["runtimeEnv", "runtimeEnvStrict", "experimental__runtimeEnv"] {
                    for member in options.get(part).and_then(Value::object).into_iter().flat_map(|one| &one.members) {
                        // Its own name says nothing, and its default is the schema's.
                        let renamed =
                            matches!(&member.value.what, ValueKind::Variable(name, None) if *name != member.key);
                        if renamed {
                            defaults.push((member.key.clone(), member.value.clone()));
                        }
                    }
                }
                Some(ValueKind::Environment(Rc::new(defaults)).at(at))
            }
            ValueKind::External(one) if one.name().to_ascii_lowercase().contains("env") => {
                arguments.iter().find(is_environment)?;
                let mut defaults = Vec::new();
                arguments.iter().for_each(|argument| self.add_defaults(Some(argument), &mut defaults));
                Some(ValueKind::Environment(Rc::new(defaults)).at(at))
            }
            ValueKind::Property(schema, name)
                if matches!(name.as_str(), "parse" | "safeParse" | "assert" | "validateSync") =>
            {
                arguments.iter().find(is_environment)?;
                let mut defaults = Vec::new();
                if let ValueKind::Called(called) = &schema.what {
                    called.arguments.iter().for_each(|argument| self.add_defaults(Some(argument), &mut defaults));
                }
                Some(ValueKind::Environment(Rc::new(defaults)).at(at))
            }
            _ => None,
        }
    }

    fn add_defaults(&self, schema: Option<&Value>, defaults: &mut Vec<(String, Value)>) {
        for Property { key, value, .. } in schema.and_then(Value::object).into_iter().flat_map(|one| &one.members) {
            defaults.extend(self.default_in(value).map(|default| (key.clone(), default)));
        }
    }
}

/// Whether all members of an object are known and there under no condition.
fn is_whole(object: &Object) -> bool {
    object.unknown.is_empty() && object.members.iter().all(|member| member.condition.is_none())
}

fn text_method(text: &str, method: &str, arguments: &[Value], at: SourceSpan) -> Option<Value> {
    let first = arguments.first().and_then(Value::text);
    let what = match (method, first) {
        ("trim", _) => ValueKind::Text(text.trim().to_owned()),
        ("toLowerCase" | "toLocaleLowerCase", _) => ValueKind::Text(text.to_lowercase()),
        ("toUpperCase" | "toLocaleUpperCase", _) => ValueKind::Text(text.to_uppercase()),
        ("toString" | "valueOf", _) => ValueKind::Text(text.to_owned()),
        ("startsWith", Some(part)) => ValueKind::Boolean(text.starts_with(part)),
        ("endsWith", Some(part)) => ValueKind::Boolean(text.ends_with(part)),
        ("includes", Some(part)) => ValueKind::Boolean(text.contains(part)),
        ("concat", Some(part)) => ValueKind::Text(format!("{text}{part}")),
        ("replace" | "replaceAll", Some(part)) => {
            let with = arguments.get(1).and_then(Value::text)?;
            ValueKind::Text(if method == "replace" { text.replacen(part, with, 1) } else { text.replace(part, with) })
        }
        ("split", Some(by)) if !by.is_empty() => {
            let parts = text.split(by).map(|part| Entry::One(ValueKind::Text(part.to_owned()).at(at)));
            ValueKind::List(Rc::new(parts.collect()))
        }
        _ => return None,
    };
    Some(what.at(at))
}
