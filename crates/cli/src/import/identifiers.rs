//! The option `generateId`: who makes identifiers, and in which form, by the option and by the columns of the project's schema.

use gatepost_import::{
    tables::{Column, IdForm},
    value::{Value, ValueKind},
};

use super::{carry::Carrier, draft, report::Class, schema};

/// How gatepost can make the identifiers of a column without a default.
#[derive(Clone, Copy)]
enum MadeHere {
    /// As this value of `advanced.database.generate_id` says.
    As(&'static str),
    /// As 32 letters and digits, without that key.
    Letters,
    /// Not at all: the column is too short.
    Not,
}

fn made_here(id: &Column, form: Option<IdForm>) -> MadeHere {
    let fits = |length: usize| id.length.is_none_or(|most| length <= most);
    match form {
        Some(IdForm::UuidV7) if id.kind == "uuid" => MadeHere::As("uuidv7"),
        _ if id.kind == "uuid" => MadeHere::As("uuidv4"),
        Some(form) if fits(length(form)) => MadeHere::As(written(form)),
        _ if fits(32) => MadeHere::Letters,
        _ if fits(26) && id.length == Some(26) => MadeHere::As("ulid"),
        _ if fits(21) => MadeHere::As("nanoid"),
        _ => MadeHere::Not,
    }
}

/// The characters of an identifier.
fn length(form: IdForm) -> usize {
    match form {
        IdForm::UuidV4 | IdForm::UuidV7 => 36,
        IdForm::Ulid => 26,
        IdForm::NanoId => 21,
    }
}

/// The value of `advanced.database.generate_id`.
fn written(form: IdForm) -> &'static str {
    match form {
        IdForm::UuidV4 => "uuidv4",
        IdForm::UuidV7 => "uuidv7",
        IdForm::Ulid => "ulid",
        IdForm::NanoId => "nanoid",
    }
}

/// `generateId`.
pub(super) fn carry(carrier: &mut Carrier<'_>, path: &str, value: &Value) {
    if path == "advanced.generateId" && carrier.at("advanced.database.generateId").is_some() {
        let says = "the older place of the option; `advanced.database.generateId` is the one that counts";
        carrier.add(path, value.at, Class::Replaced, says);
        return;
    }
    let (tables, _) = schema::tables(carrier);
    let id = tables.get("user").and_then(|table| table.columns.iter().find(|column| column.property == "id"));
    let own = IdForm::made_by(&carrier.project.reader, value);
    let here = id.filter(|id| !id.has_default).map(|id| made_here(id, own.or(id.form)));
    let is_function = matches!(value.what, ValueKind::Closure(_) | ValueKind::External(_) | ValueKind::Called(_));
    let leaves_to_others =
        matches!(value.what, ValueKind::Boolean(false)) || value.text().is_some_and(|text| text == "uuid");
    let is_uuid = id.is_some_and(|id| id.kind == "uuid");
    let (form, says, decide) = match (here, &value.what) {
        (Some(MadeHere::As(form)), _) if leaves_to_others => {
            (form, "gatepost makes them, because the columns have no default in the database", false)
        }
        (Some(MadeHere::As(form)), _) if is_function => {
            (form, "gatepost makes them, as the columns take them", own.is_none() && !is_uuid)
        }
        (None, _) if is_function && (own.is_some() || is_uuid) => match own {
            Some(own) => (written(own), "gatepost makes identifiers of this form", false),
            None => ("uuid", "a function is not called; the database makes UUIDs, as the columns' defaults say", false),
        },
        (_, ValueKind::Text(text)) if text == "uuid" => ("uuid", "", false),
        (_, ValueKind::Text(text)) if text == "serial" => ("serial", "", false),
        (_, ValueKind::Boolean(false)) if id.is_some_and(|id| id.counts) => {
            ("serial", "the database makes them, as the columns' defaults say", false)
        }
        (_, ValueKind::Boolean(false)) if is_uuid && here.is_none() => {
            ("uuid", "the database makes them, as the columns' defaults say", false)
        }
        _ => return left_out(carrier, path, value, here),
    };
    carrier.write(path, value.at, ("advanced", "database.generate_id"), &draft::quoted(form), says);
    if let Some(entry) = carrier.entries.last_mut() {
        entry.decide |= decide;
    }
}

/// Adds an option for which no line is written.
fn left_out(carrier: &mut Carrier<'_>, path: &str, value: &Value, here: Option<MadeHere>) {
    match (here, &value.what) {
        (Some(MadeHere::Not), _) => {
            let says = "the columns of identifiers are too short for what gatepost makes (21, 26, 32 or 36 characters): let them take longer \
                        texts";
            carrier.add(path, value.at, Class::NotPossible, says);
        }
        (_, ValueKind::Boolean(false)) => {
            let says = "left out: no column has a default in the database, so that new rows get 32 letters and digits; old ones stay";
            carrier.add(path, value.at, Class::Replaced, says);
        }
        (_, ValueKind::Closure(_) | ValueKind::External(_) | ValueKind::Called(_)) => {
            let says = "left out: a function is not called, so that new rows get 32 letters and digits; old ones stay, and what relies on \
                        another form breaks";
            carrier.add(path, value.at, Class::Replaced, says).decide = true;
        }
        _ => carrier.not_understood(path, value),
    }
}
