//! Properties of the tables that errors have shown. Nothing asks the catalogue before a request: a statement that a table refuses shows
//! what the table is like, has written nothing, and is repeated in the other form.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::{StoreError, search, times, unknown::UnknownAddress};

/// The column of accounts that better-auth 1.7.0 to 1.7.2 created without a default, and that no other version fills.
pub(super) const LEFTOVER: &str = "issuer";
/// The columns of signing keys that better-auth has since 1.7. Without them, all keys are of the configured algorithm.
pub(super) const NEWER: [&str; 2] = ["alg", "crv"];
/// The placeholder for what happens if the token of a session exists already.
const ONCE: &str = "{session.once}";
/// The placeholder for the comparison of a time.
const TIME: &str = "{time ";
/// The placeholder for what happens if the address of a user exists already.
const ONE_ADDRESS: &str = "{user.once ";
/// The end of the message if a table has no constraint that `on conflict` names.
pub(super) const NO_CONSTRAINT: &str = "(SQLSTATE 42P10)";
/// The end of the message if the constraint is deferrable, so that `on conflict` cannot name it.
const DEFERRABLE: &str = "(SQLSTATE 55000)";

/// The maximum number of properties that one statement learns about its tables, one error after the other.
pub(super) const THINGS: usize = 5;

/// The properties of the tables that errors have shown.
#[derive(Default)]
pub(super) struct TableProperties {
    leftover: AtomicBool,
    old_keys: AtomicBool,
    tokens_may_repeat: AtomicBool,
    addresses_may_repeat: AtomicBool,
    times_are_texts: AtomicBool,
    /// Whether the column of client addresses takes an empty text.
    pub(super) unknown: UnknownAddress,
}

impl TableProperties {
    /// Whether the table of accounts has [`LEFTOVER`].
    pub(super) fn has_leftover(&self) -> bool {
        self.leftover.load(Relaxed)
    }

    /// Whether the table of keys has [`NEWER`].
    pub(super) fn has_newer(&self) -> bool {
        !self.old_keys.load(Relaxed)
    }

    /// Whether the table of sessions has no constraint that keeps tokens unique.
    pub(super) fn tokens_may_repeat(&self) -> bool {
        self.tokens_may_repeat.load(Relaxed)
    }

    /// Whether the table of users has no constraint that keeps addresses unique.
    pub(super) fn addresses_may_repeat(&self) -> bool {
        self.addresses_may_repeat.load(Relaxed)
    }

    /// Whether a column of times has a type other than PostgreSQL's types of time.
    pub(super) fn times_are_texts(&self) -> bool {
        self.times_are_texts.load(Relaxed)
    }

    /// Remembers what an error shows, and returns whether the same template now makes another statement.
    pub(super) fn learns(&self, template: &str, error: &StoreError) -> bool {
        let learnt = match error {
            StoreError::Refused(row) if row.column.as_deref() == Some(LEFTOVER) => &self.leftover,
            StoreError::Failed(text) if template.contains("{jwks") && text.ends_with("(SQLSTATE 42703)") => {
                &self.old_keys
            }
            StoreError::Failed(text) if template.contains(ONCE) && text.ends_with(NO_CONSTRAINT) => {
                &self.tokens_may_repeat
            }
            StoreError::Failed(text)
                if template.contains(ONE_ADDRESS)
                    && [NO_CONSTRAINT, DEFERRABLE].iter().any(|state| text.ends_with(state)) =>
            {
                &self.addresses_may_repeat
            }
            StoreError::Failed(text)
                if compares_times(template) && text.contains(times::GUARD) && text.ends_with("(SQLSTATE 42883)") =>
            {
                &self.times_are_texts
            }
            _ => return false,
        };
        learnt.store(true, Relaxed);
        true
    }
}

/// Whether a statement may compare a time.
fn compares_times(template: &str) -> bool {
    template.contains(TIME) || search::PLACES.iter().any(|place| template.contains(place))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{RefusedRow, schema::Schema},
        *,
    };
    use crate::config;

    #[test]
    fn tables_of_old_versions_are_known_by_their_errors() {
        let tables = config::Schema::load(config::Source { name: "gatepost.toml", text: "" }).unwrap();
        let schema = Schema::new(&tables);
        let sql = "insert into a (b{leftover}) values (1{leftover 'local:' || $2})";
        let lacking = |column: &str| {
            let column = Some(column.to_owned());
            StoreError::from(RefusedRow { state: "23502".to_owned(), column, ..RefusedRow::default() })
        };
        let filled = |sql: &'static str| schema.statement(sql, &[]).text.clone();
        assert_eq!(filled(sql), "insert into a (b) values (1)");
        assert!(!schema.learns(sql, &lacking("name")));
        assert!(schema.learns(sql, &lacking("issuer")));
        assert_eq!(filled(sql), "insert into a (b, \"issuer\") values (1, 'local:' || $1)");

        let keys = "{jwks.*} ({jwks.createdAt}{newer}) ($4{newer $6, $7})";
        let unknown = StoreError::Failed("column \"alg\" does not exist (SQLSTATE 42703)".to_owned());
        let once = "insert into {session} {session.once}";
        assert!(filled(once).ends_with(r#"on conflict ("token") do update set "token" = excluded."token""#));
        assert!(schema.learns(once, &StoreError::Failed("none (SQLSTATE 42P10)".to_owned())));
        assert_eq!(filled(once), "insert into \"session\" ");
        let newer = "j.\"alg\"::text, j.\"crv\"::text (\"createdAt\", \"alg\", \"crv\") ($1, $2, $3)";
        assert!(filled(keys).ends_with(newer), "{}", filled(keys));
        assert!(!schema.learns(sql, &unknown) && schema.learns(keys, &unknown));
        assert!(filled(keys).ends_with("j.\"expiresAt\", null, null (\"createdAt\") ($1)"));
    }
}
