//! Uniqueness that the constraints of a table may not enforce: of users' addresses and of providers' accounts. Tables made by other
//! systems may lack the constraint on addresses, and no version of better-auth creates one on accounts. Statements that write one
//! of these take a lock first, in the same round trip, and look behind it.

use sha2::{Digest as _, Sha256};

use super::{Db, RefusedRow, StoreError};

/// Takes the locks for a statement that writes an address, whose [`address`] is `$1`, or an account, whose [`account`] is `$2`.
/// NULL locks nothing. The locks end with the transaction, so they work behind a pooler in transaction mode.
pub(crate) const LOCKS: &str = "select pg_advisory_xact_lock($1); select pg_advisory_xact_lock($2)";
/// Takes only the lock of an address, whose [`address`] is `$1`.
pub(crate) const LOCK: &str = "select pg_advisory_xact_lock($1)";

/// Takes the lock of an address and that of the [`first`] user, which is `$2`, and makes the transaction fail unless the table of users
/// is empty. Transactions that may write the first user wait for each other here, so only one of them finds the table empty.
pub(super) const LOCK_OF_FIRST: &str = const_format::concatcp!(LOCK, "; select pg_advisory_xact_lock($2)", EMPTY);
/// Takes [`LOCKS`] and does what [`LOCK_OF_FIRST`] does, with the lock of the first user in `$3`.
pub(crate) const LOCKS_OF_FIRST: &str = const_format::concatcp!(LOCKS, "; select pg_advisory_xact_lock($3)", EMPTY);
/// Divides by zero if there is a user: a statement without a procedural language can fail in no other way.
const EMPTY: &str = "; select 1 / case when exists (select 1 from {user}) then 0 else 1 end";

/// Returns the answer of a statement behind [`LOCK_OF_FIRST`] or [`LOCKS_OF_FIRST`]; `None` if there is a user.
///
/// # Errors
/// Every other failure.
pub(crate) fn unless_overtaken<T>(answer: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match answer {
        Err(StoreError::Refused(row)) if row.state == "22012" => Ok(None),
        answer => answer.map(Some),
    }
}

/// Returns the lock of an address. It is only a number, because a client's text must not be part of a statement's text.
pub(crate) fn address(email: &str) -> String {
    number("address", &[email])
}

/// Returns the lock of the first user, which is the same in every process.
pub(crate) fn first() -> String {
    number("first user", &[])
}

/// Returns the lock of a provider's account.
pub(crate) fn account(provider_id: &str, account_id: &str) -> String {
    number("account", &[provider_id, account_id])
}

/// Returns the lock of a mailed code, by the identifiers under which it may be stored.
pub(crate) fn code(identifiers: &[String]) -> String {
    number("code", &[identifiers.first().map_or("", String::as_str)])
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

/// Returns the error of a table with a constraint for a user's row whose address another user has.
pub(crate) fn taken(db: &Db) -> StoreError {
    RefusedRow { state: "23505".to_owned(), table: Some(db.schema.filled("{user}")), ..RefusedRow::default() }.into()
}
