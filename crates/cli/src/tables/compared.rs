//! Columns of secrets and identifiers whose comparisons take different texts for equal ones: `citext`, and collations that are
//! not deterministic.

use gatepost_core::config::Schema;

use super::{fit::Fault, found::Found};

/// The columns that rows are looked up by with a secret or a provider's identifier, and what goes wrong where two texts that
/// differ in case are one.
const EXACT: [(&str, &str, &str); 4] = [
    ("session", "token", "a session is found by its token in any case, so that tokens are easier to guess"),
    ("verification", "identifier", "a mailed secret is found in any case, so that secrets are easier to guess"),
    ("verification", "value", "a mailed secret is found in any case, so that secrets are easier to guess"),
    (
        "account",
        "accountId",
        "two people whose identifiers at a provider differ in case alone are taken for one, and share a user",
    ),
];

/// Finds the columns of [`EXACT`] that compare inexactly, each with what its owner should declare.
pub fn inexact(schema: &Schema, found: &Found) -> Vec<Fault> {
    let of = |(model, field, consequence): &(&str, &str, &str)| {
        let table = schema.table(model)?;
        let name = &table.column(field)?.name;
        let column = found.relations.get(&table.name)?.columns.get(name)?;
        let how = match &column.collation {
            _ if column.kind == "citext" => "is citext".to_owned(),
            Some(collation) => format!("has the collation `{collation}`, which is not deterministic"),
            None => return None,
        };
        Some(Fault {
            what: format!(
                "the column `{name}` of `{}` {how}, and takes different texts for equal ones: {consequence}",
                table.name
            ),
            fix: "the project that owns the table should declare the column as plain `text` in its own migrations: every value \
                  stays as it is, and better-auth looks these values up exactly"
                .to_owned(),
        })
    };
    EXACT.iter().filter_map(of).collect()
}
