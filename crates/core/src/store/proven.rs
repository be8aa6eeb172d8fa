//! A user with an unconfirmed address, when the owner of one of its accounts proves to own the address.

use super::{Db, Param, StoreError, credential::LOCK, mailed::UNCONFIRMED, session, written::literal};

/// Removes every way to sign in but one account from a user with an unconfirmed address: passwords, other accounts and sessions, and
/// the links that were mailed for them. A stranger may have signed up with the address before its owner. Returns `false`, and removes
/// nothing, if the account is the only way to sign in: then no other person has one.
///
/// # Errors
/// The failure of a store.
pub async fn clear_others(db: &Db, user_id: &str, account: &str) -> Result<bool, StoreError> {
    const CLEARED: &str = const_format::concatcp!(
        "with owner as (select u.{user.id} from {user} u where u.{user.id} = $1 and ",
        UNCONFIRMED,
        " and exists (select 1 from {account} where {account.userId} = $1 and {account.id}::text <> $2)),
        removed as (delete from {account} where {account.userId} in (select {user.id} from owner)
            and {account.id}::text <> $2){overtaken owner}{change accounts.cleared owner $1 - -}"
    );
    const CLEAR: &str = const_format::concatcp!(
        CLEARED,
        ", ended as (delete from {session} where {session.userId} in (select {user.id} from owner){?change} returning *{/change}){change session.revoked ended $1 - -} select 1 from owner"
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
