//! A user whose address nobody has confirmed, when the owner of an account of this user proves that the address is theirs.

use super::{Db, Param, StoreError, credential::LOCK, mailed::UNCONFIRMED, session, written::literal};

/// Removes every way in but one account from a user whose address nobody has confirmed: passwords, other accounts and sessions, and
/// what was mailed for them. A stranger may have signed up with the address before its owner came. `false`, and nothing is removed,
/// where the account is the only way in: then nobody else has one.
///
/// # Errors
/// Where a store fails.
pub async fn clear_others(db: &Db, user_id: &str, account: &str) -> Result<bool, StoreError> {
    const CLEARED: &str = const_format::concatcp!(
        "with owner as (select u.{user.id} from {user} u where u.{user.id} = $1 and ",
        UNCONFIRMED,
        " and exists (select 1 from {account} where {account.userId} = $1 and {account.id}::text <> $2)),
        removed as (delete from {account} where {account.userId} in (select {user.id} from owner)
            and {account.id}::text <> $2){overtaken owner}"
    );
    const CLEAR: &str = const_format::concatcp!(
        CLEARED,
        ", ended as (delete from {session} where {session.userId} in (select {user.id} from owner)) select 1 from owner"
    );
    const CLEAR_APART: &str = const_format::concatcp!(CLEARED, " select 1 from owner");
    let (is_apart, params): (_, [Param<'_>; 2]) = (db.secondary.is_some(), [user_id.into(), account.into()]);
    let sql = if is_apart { CLEAR_APART } else { CLEAR };
    let is_cleared = db.row_behind((LOCK, &[literal(user_id)]), sql, &params).await?.is_some();
    if is_cleared && is_apart {
        session::delete_all(db, user_id).await?;
    }
    Ok(is_cleared)
}
