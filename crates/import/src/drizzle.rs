//! Reads Drizzle's tables from the values that a project's schema exports.

use crate::{
    eval::Reader,
    tables::{Column, IdForm, Table},
    value::{External, FunctionCall, Object, Value, ValueKind},
};

/// How Drizzle calls a column without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Casing {
    /// As its property.
    Property,
    /// In snake_case.
    Snake,
    /// In camelCase.
    Camel,
}

/// The arguments of `drizzle(…)`.
pub struct Database {
    /// The schema, if it was given one.
    pub schema: Option<Value>,
    /// How columns without a name are called.
    pub casing: Casing,
    /// The client's package, `drizzle-orm/node-postgres`.
    pub package: String,
}

/// Returns the arguments of `drizzle(…)`, if the value is its result.
pub fn database(value: &Value) -> Option<Database> {
    let (external, called) = value.call()?;
    if !external.module.starts_with("drizzle-orm") || external.name() != "drizzle" {
        return None;
    }
    let options = called.arguments.iter().filter_map(Value::object);
    let option = |key: &str| {
        called.arguments.iter().filter_map(Value::object).find_map(|one| one.get(key)).map(|found| found.value.clone())
    };
    let _ = options;
    let casing = match option("casing").as_ref().and_then(Value::text) {
        Some("snake_case") => Casing::Snake,
        Some("camelCase") => Casing::Camel,
        _ => Casing::Property,
    };
    Some(Database { schema: option("schema"), casing, package: external.module.clone() })
}

/// The table that a value is, if it is one of PostgreSQL.
pub fn table(reader: &Reader, value: &Value, casing: Casing) -> Option<Table> {
    let ValueKind::Called(called) = &value.what else { return None };
    let (schema, prefix) = maker(&called.callee)?;
    let name = called.arguments.first()?.text()?.to_owned();
    let name = match prefix {
        Some(make) => reader.apply(make, vec![ValueKind::Text(name).at(value.at)], value.at).text()?.to_owned(),
        None => name,
    };
    let columns = called.arguments.get(1)?;
    let columns = match &columns.what {
        ValueKind::Closure(closure) => reader.result(closure, columns.at),
        _ => columns.clone(),
    };
    let columns =
        columns.object()?.holding().into_iter().filter_map(|member| column(reader, &member.key, &member.value, casing));
    Some(Table { name, schema, columns: columns.collect() })
}

/// The PostgreSQL schema and the function that makes the name, of what makes tables.
fn maker(callee: &Value) -> Option<(Option<String>, Option<&Value>)> {
    match &callee.what {
        ValueKind::External(one) => (is_drizzle(one) && one.name() == "pgTable").then_some((None, None)),
        ValueKind::Called(called) => {
            let ValueKind::External(one) = &called.callee.what else { return None };
            let is_creator = is_drizzle(one) && one.name() == "pgTableCreator";
            is_creator.then(|| (None, called.arguments.first()))
        }
        ValueKind::Property(of, name) if name == "table" => {
            let (one, called) = of.call()?;
            let is_schema = is_drizzle(one) && one.name() == "pgSchema";
            is_schema.then(|| Some((Some(called.arguments.first()?.text()?.to_owned()), None)))?
        }
        _ => None,
    }
}

fn is_drizzle(external: &External) -> bool {
    external.module.starts_with("drizzle-orm")
}

fn column(reader: &Reader, property: &str, value: &Value, casing: Casing) -> Option<Column> {
    let mut modifiers: Vec<&str> = Vec::new();
    let mut form = None;
    let mut value = value;
    // `text("name").notNull().unique()`: from the outside in.
    let (kind, called): (String, &FunctionCall) = loop {
        let ValueKind::Called(called) = &value.what else { return None };
        match &called.callee.what {
            ValueKind::Property(inner, name)
                if matches!(inner.what, ValueKind::Called(_)) && !is_enumeration(inner) =>
            {
                modifiers.push(name);
                if matches!(name.as_str(), "$default" | "$defaultFn") {
                    form = called.arguments.first().and_then(|function| IdForm::made_by(reader, function));
                }
                value = inner;
            }
            ValueKind::Property(_, name) => break (name.clone(), called),
            ValueKind::External(one) => break (one.name().to_owned(), called),
            ValueKind::Called(_) => break ("enum".to_owned(), called),
            _ => return None,
        }
    };
    let given = called.arguments.first().and_then(Value::text).map(str::to_owned);
    let name = given.unwrap_or_else(|| match casing {
        Casing::Property => property.to_owned(),
        Casing::Snake => snake_case(property),
        Casing::Camel => camel_case(property),
    });
    let has = |modifier: &str| modifiers.contains(&modifier);
    let counts = kind.ends_with("serial")
        || modifiers.iter().any(|one| one.starts_with("generated") && one.ends_with("AsIdentity"));
    Some(Column {
        property: property.to_owned(),
        name,
        kind: kind.to_lowercase(),
        has_default: counts || has("default") || has("defaultNow") || has("defaultRandom"),
        length: called.arguments.iter().filter_map(Value::object).find_map(|options| length(options)),
        form,
        counts,
        is_unique: has("unique"),
        is_generated: has("generatedAlwaysAs"),
    })
}

/// The length in the options of a column.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the number is whole and small")]
fn length(options: &Object) -> Option<usize> {
    let ValueKind::Number(length) = options.get("length")?.value.what else { return None };
    (length.fract() == 0.0 && (1.0..1e6).contains(&length)).then_some(length as usize)
}

/// Whether a value is the enumeration `pgEnum(…)`, whose calls are columns.
fn is_enumeration(value: &Value) -> bool {
    value.call().is_some_and(|(one, _)| one.name() == "pgEnum")
}

/// As Drizzle has it: words begin at capitals and after separators.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().filter(|letter| !matches!(letter, '\'' | '\u{2019}')).collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if begins {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.push(*letter);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn snake_case(name: &str) -> String {
    words(name).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>().join("_")
}

fn camel_case(name: &str) -> String {
    let mut whole = String::new();
    for (at, word) in words(name).iter().enumerate() {
        let word = word.to_lowercase();
        let mut letters = word.chars();
        match letters.next().filter(|_| at > 0) {
            Some(first) => {
                whole.extend(first.to_uppercase());
                whole.push_str(letters.as_str());
            }
            None => whole.push_str(&word),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cased_as_drizzle_has_them() {
        for (name, snake) in [
            ("emailVerified", "email_verified"),
            ("userID", "user_id"),
            ("accessTokenExpiresAt", "access_token_expires_at"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
        assert_eq!(camel_case("email_verified"), "emailVerified");
    }
}
