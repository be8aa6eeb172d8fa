//! The triggers that may be behind an error that names none. PostgreSQL refuses a statement that is to change or delete a row which
//! a BEFORE trigger of the same statement has changed or deleted already (SQLSTATE 27000); its message names no table and no trigger.

use std::{collections::BTreeMap, fmt::Write as _};

use tokio_postgres::Row;

use super::{StoreError, noted, written::literal};
use crate::config::Schema;

/// How the text of such an error ends.
const CAUGHT: &str = " (SQLSTATE 27000)";

/// Bits of `pg_trigger.tgtype`.
const BEFORE: i16 = 2;
const INSERT: i16 = 4;
const DELETE: i16 = 8;
const UPDATE: i16 = 16;
const INSTEAD: i16 = 64;

/// When triggers run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TriggerTime {
    /// Before a row is written.
    Before,
    /// At the end of the statement.
    After,
}

/// Whether an error says that a trigger had changed a row before the statement came to it.
pub(super) fn is_behind(error: &StoreError) -> bool {
    matches!(error, StoreError::Failed(text) if text.ends_with(CAUGHT))
}

/// Lists the effects of a template on tables: by model, bits of `pg_trigger.tgtype`.
fn acts(template: &str) -> BTreeMap<&str, i16> {
    let mut acts = BTreeMap::new();
    for (words, event) in [("insert into {", INSERT), ("delete from {", DELETE), ("update {", UPDATE)] {
        for part in template.split(words).skip(1) {
            let model = part.split('}').next().unwrap_or_default();
            *acts.entry(model).or_default() |= event;
        }
    }
    if template.contains("{change ") {
        *acts.entry(noted::TABLE).or_default() |= INSERT;
    }
    if noted::writes_events(template) {
        *acts.entry(noted::OUTBOX).or_default() |= INSERT;
    }
    if template.contains("{overtaken ") {
        *acts.entry("verification").or_default() |= DELETE;
    }
    acts
}

/// SQL that names the triggers that a template sets off and that may write rows: those before it whose function names a table in which
/// the template changes or deletes rows, or those after it whose function writes at all. `None` if the template writes nothing.
pub(super) fn sql(names: &Schema, template: &str, when: TriggerTime) -> Option<String> {
    let acts: Vec<_> = acts(template)
        .into_iter()
        .filter_map(|(model, events)| names.table(model).map(|table| (table, events)))
        .collect();
    let places: Vec<_> =
        acts.iter().map(|(table, events)| format!("({}, {events})", literal(&names.quoted(table)))).collect();
    if places.is_empty() {
        return None;
    }
    let (timing, function) = match when {
        TriggerTime::Before => {
            let changed = acts.iter().filter(|(_, events)| events & (DELETE | UPDATE) != 0);
            let named = changed.fold(String::new(), |mut sql, (table, _)| {
                let _ = write!(sql, " or strpos(lower(p.prosrc), {}) > 0", literal(&table.name.to_lowercase()));
                sql
            });
            (BEFORE, format!(r"p.prosrc ~* '\mexecute\M'{named}"))
        }
        TriggerTime::After => (0, r"p.prosrc ~* '\m(insert|update|delete|execute|perform)\M'".to_owned()),
    };
    Some(format!(
        "select c.relname::text, t.tgname::text, p.proname::text from (values {}) as a (place, events)
            join pg_catalog.pg_class c on c.oid = to_regclass(a.place) join pg_catalog.pg_trigger t on t.tgrelid = c.oid
            join pg_catalog.pg_proc p on p.oid = t.tgfoid
        where not t.tgisinternal and t.tgenabled in ('O', 'A') and t.tgtype & {} = {timing} and t.tgtype & a.events <> 0
            and ({function}) order by 1, 2",
        places.join(", "),
        BEFORE | INSTEAD
    ))
}

/// Triggers out of the rows of [`sql`], with their tables and functions; empty where there are none.
pub(super) fn named(rows: &[Row]) -> String {
    let of = |row: &Row| {
        let (table, name, function): (&str, &str, &str) =
            (row.try_get(0).ok()?, row.try_get(1).ok()?, row.try_get(2).ok()?);
        Some(format!("`{name}` of `{table}` (function `{function}`)"))
    };
    rows.iter().filter_map(of).collect::<Vec<_>>().join(", ")
}

/// An error of [`is_behind`] with the triggers that may have changed the row; the same error where no trigger is known.
pub(super) fn told(error: StoreError, triggers: &str) -> StoreError {
    match error {
        StoreError::Failed(text) if !triggers.is_empty() => {
            let text = text.strip_suffix(CAUGHT).unwrap_or(&text);
            StoreError::Failed(format!("{text}, by a BEFORE trigger: {triggers}{CAUGHT}"))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    #[test]
    fn a_template_tells_what_it_does_to_which_table() {
        let template = "with a as (update {account} a set x = 1), b as (delete from {session} where {session.id} = $1){overtaken a}
            insert into {session} as s ({session.columns $5}) select 1 from {user} for no key update";
        assert_eq!(
            acts(template).into_iter().collect::<Vec<_>>(),
            [("account", UPDATE), ("session", INSERT | DELETE), ("verification", DELETE)]
        );
        let names = Schema::load(Source { name: "", text: "[schema]\nplural = true" }).unwrap();
        let sql = sql(&names, template, TriggerTime::Before).unwrap();
        assert!(
            sql.contains(r#""sessions"', 12)"#) && sql.contains("'verifications'") && !sql.contains("users"),
            "{sql}"
        );
        assert_eq!(super::sql(&names, "select 1 from {user}", TriggerTime::After), None);
    }
}
