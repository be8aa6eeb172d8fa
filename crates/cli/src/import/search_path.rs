//! The PostgreSQL schema that a project's connection or query builder names: `options: "-c search_path=app"`, a `search_path` or `options`
//! in the URL, and `.withSchema("app")` of Kysely.

use gatepost_import::value::{Value, ValueKind};

use super::{carry::Carrier, draft, schema};

/// Writes `[database] schema_name`, unless the tables of the project's schema name one themselves.
pub(super) fn carry(carrier: &mut Carrier<'_>, database: &Value) {
    let is_named = schema::tables(carrier).0.values().any(|table| table.schema.is_some());
    let Some(name) = found(database, &mut 2_000, 0).filter(|_| !is_named) else { return };
    match name {
        Some(name) if name == "public" => {}
        Some(name) => {
            let says = "the PostgreSQL schema of the tables";
            carrier.write(
                "database (search_path)",
                database.at,
                ("database", "schema_name"),
                &draft::quoted(&name),
                says,
            );
        }
        None => {
            let unknown = Value::unknown(database.at, "the search path is decided when the code runs");
            carrier.not_understood("database (search_path)", &unknown);
        }
    }
}

/// Returns the name of the schema, or `Some(None)` if something names one that the text does not decide.
fn found(value: &Value, left: &mut usize, depth: usize) -> Option<Option<String>> {
    *left = left.checked_sub(1)?;
    if depth > 12 {
        return None;
    }
    let mut below = |value: &Value| found(value, left, depth + 1);
    match &value.what {
        ValueKind::Text(text) => named(text),
        // A variable may be a part of the name.
        ValueKind::Joined(parts) => parts.iter().enumerate().find_map(|(at, part)| {
            let name = named(part.text()?)?;
            let ends = part.text()?.trim_end().ends_with(['=', 'D']) && at + 1 < parts.len();
            Some(name.filter(|_| !ends))
        }),
        ValueKind::Called(called) => match &called.callee.what {
            ValueKind::Property(_, method) if method == "withSchema" => {
                Some(called.arguments.first().and_then(Value::text).map(str::to_owned))
            }
            _ => below(&called.callee).or_else(|| called.arguments.iter().find_map(below)),
        },
        ValueKind::Property(inner, _) => below(inner),
        ValueKind::Object(object) => {
            let holds = |key: &str| !matches!(key, "schema" | "ssl");
            object.members.iter().filter(|member| holds(&member.key)).find_map(|member| below(&member.value))
        }
        ValueKind::Choice(choice) => below(&choice.yes).or_else(|| below(&choice.no)),
        _ => None,
    }
}

/// The first schema of a `search_path` in a text of options or in a URL; `Some(None)` if the text ends before the name.
fn named(text: &str) -> Option<Option<String>> {
    let (_, rest) = text.split_once("search_path")?;
    let plain =
        rest.replace("%3D", "=").replace("%3d", "=").replace("%22", "\"").replace("%2C", ",").replace("%20", " ");
    let path = plain.trim_start().strip_prefix('=')?.trim_start();
    let names = path.split([',', ' ', '&']).map(|name| name.trim_matches('"'));
    Some(names.filter(|name| !name.is_empty() && *name != "$user").map(str::to_owned).next())
}
