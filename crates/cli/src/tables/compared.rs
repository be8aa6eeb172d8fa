//! Finds columns of secrets and identifiers whose comparisons treat different texts as equal: `citext`, and nondeterministic
//! collations.

use gatepost_core::config::Schema;

use super::{fit::Fault, found::FoundTables};

/// The columns in which rows are looked up by a secret or a provider's identifier, and the consequence if texts that differ in case
/// are equal.
const EXACT: [(&str, &str, &str); 4] = [
    ("session", "token", "a session is found by its token regardless of case, which makes tokens easier to guess"),
    (
        "verification",
        "identifier",
        "a verification token is found regardless of case, which makes tokens easier to guess",
    ),
    ("verification", "value", "a verification token is found regardless of case, which makes tokens easier to guess"),
    ("account", "accountId", "two people whose identifiers at a provider differ only in case share one user"),
];

/// Finds the columns of [`EXACT`] that compare inexactly, each with what its owner should declare.
pub fn inexact(schema: &Schema, found: &FoundTables) -> Vec<Fault> {
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
                "the column `{name}` of `{}` {how}, and treats different texts as equal: {consequence}",
                table.name
            ),
            fix: "the project that owns the table should declare the column as plain `text` in its own migrations: every value \
                  stays as it is, and better-auth looks these values up exactly"
                .to_owned(),
        })
    };
    EXACT.iter().filter_map(of).collect()
}
