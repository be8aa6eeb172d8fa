//! Pieces of the parts that write notes and events: kinds, values, and parts between a change and its notes. One of these splits the rows
//! of a change by their kinds, one repeats the row of a change for each kind.

use super::{
    statement::Statement,
    written::{literal, quoted},
};
use crate::config::Schema;

/// The kind of the end of a session.
const ENDED: &str = "session.revoked";
/// The kind of the end of a session in which an administrator acts as the user.
pub(super) const IMPERSONATION: &str = "impersonation.ended";
/// The values of a note of [`IMPERSONATION`].
pub(super) const OF_IMPERSONATION: [&str; 3] = ["session.userId", "id", "-"];
/// The column of sessions that names the administrator. It exists if `[admin]` is on.
const IMPERSONATED_BY: &str = "impersonatedBy";
/// SQL for the kind of a row of [`append_several`].
pub(super) const KIND: &str = "p.\"gatepost kind\"";

/// Whether changes of this kind are split: those of sessions, among which may be impersonations.
pub(super) fn is_split(names: &Schema, kind: &str) -> bool {
    kind == ENDED && column(names).is_some()
}

fn column(names: &Schema) -> Option<String> {
    Some(quoted(&names.table("session")?.column(IMPERSONATED_BY)?.name).into_owned())
}

/// Appends a part with the sessions of `part` that the users opened, and one with the impersonations, and returns their names.
pub(super) fn append_split(names: &Schema, part: &str, statement: &mut Statement) -> Option<[String; 2]> {
    let column = column(names)?;
    let parts = [("own", "null"), ("acted", "not null")].map(|(name, condition)| {
        let name = format!("{part}_{name}");
        statement.text += &format!(", {name} as (select * from {part} where {column} is {condition})");
        name
    });
    Some(parts)
}

/// Appends a part that has the row of `part` for each kind in the value at `place`, and returns its name. Without a value it has
/// the row once, with this `kind`.
pub(super) fn append_several(
    kind: &str,
    part: &str,
    place: (&'static str, usize),
    statement: &mut Statement,
) -> String {
    statement.text +=
        &format!(", {part}_kinds as (select k.kind as \"gatepost kind\", q.* from (select * from {part} limit 1) q");
    statement.text += " cross join unnest(string_to_array(coalesce(";
    statement.mention(0, Some(place));
    statement.text += &format!("::text, {}), ',')) k (kind))", literal(kind));
    format!("{part}_kinds")
}

/// Returns SQL for a kind, in which `$` is the kind that the request has given.
pub(super) fn written(kind: &str) -> String {
    format!("coalesce($::text, {})", literal(kind))
}

/// Appends SQL for a kind, in which `$` is the kind that the request has given for a row of `table`.
pub(super) fn append_kind(written: &str, table: &'static str, statement: &mut Statement) {
    let (before, after) = written.split_once('$').unwrap_or((written, ""));
    statement.text += before;
    if before.len() < written.len() {
        statement.mention(0, Some((table, 0)));
    }
    statement.text += after;
}

/// Appends a value that the statement gives.
pub(super) fn append_value(names: &Schema, word: &str, statement: &mut Statement) -> Option<()> {
    match word {
        "-" => statement.text += "null",
        "id" => statement.text += "p.\"id\"::text",
        value if value.starts_with('$') => statement.append(&format!("{value}::text")),
        column if column.starts_with('@') => {
            statement.text += &format!("p.\"{}\"::text", column.trim_start_matches('@'))
        }
        column => {
            let (model, field) = column.split_once('.')?;
            let name = quoted(&names.table(model)?.column(field)?.name).into_owned();
            statement.text += &format!("p.{name}::text");
        }
    }
    Some(())
}
