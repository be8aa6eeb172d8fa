//! What may be there once although a table's constraints may not say so: an address of a user, and a provider's account. Tables of
//! other authors lack the constraint on addresses, and no version of better-auth makes one on accounts. Whoever writes one of
//! these takes a lock first, in the same round trip, and looks behind it.

use sha2::{Digest as _, Sha256};

use super::{Db, RefusedRow, StoreError};

/// Comes before a statement that writes an address, whose [`address`] is `$1`, or an account, whose [`account`] is `$2`. What is
/// NULL locks nothing. The locks end with the transaction, so a pooler in transaction mode does them no harm.
pub(crate) const LOCKS: &str = "select pg_advisory_xact_lock($1); select pg_advisory_xact_lock($2)";
/// The same for addresses alone.
pub(super) const LOCK: &str = "select pg_advisory_xact_lock($1)";

/// The lock of an address. Only its number travels, since what a client writes must not stand in the text of a statement.
pub(crate) fn address(email: &str) -> String {
    number("address", &[email])
}

/// The lock of a provider's account.
pub(crate) fn account(provider_id: &str, account_id: &str) -> String {
    number("account", &[provider_id, account_id])
}

fn number(kind: &str, parts: &[&str]) -> String {
    let mut digest = Sha256::new_with_prefix(kind);
    for part in parts {
        digest.update([0]);
        digest.update(part);
    }
    let first = digest.finalize().into_iter().take(8).fold(0, |number, byte| number << 8 | i64::from(byte));
    format!("{first}::bigint")
}

/// What a table with a constraint says where the row of a user has what another one has.
pub(crate) fn taken(db: &Db) -> StoreError {
    RefusedRow { state: "23505".to_owned(), table: Some(db.schema.filled("{user}")), ..RefusedRow::default() }.into()
}
