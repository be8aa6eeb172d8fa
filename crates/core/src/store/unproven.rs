//! Users whose address is not confirmed. Anyone can sign up with any address, so the data of such a user proves nothing: it gives
//! way to the first person who proves access to the mailbox.

use jiff::Timestamp;

use super::{
    Db, Param, StoreError,
    credential::{self, IS_CREDENTIAL, LOCK},
    mailed::UNCONFIRMED,
    session,
    user::{self, New},
    written::literal,
};
use crate::model::User;

/// Replaces an older sign-up with the same address: name, password, picture and additional fields become those of the new sign-up,
/// sessions end, and what was mailed for the older one stops working. Returns `None` and does nothing if the address is confirmed
/// or the user signs in with a provider, which a sign-up alone must not take away.
pub async fn replace(db: &Db, new: &New<'_>, now: Timestamp) -> Result<Option<User>, StoreError> {
    let New { user, account_id, password_hash, additional } = *new;
    let params: [Param<'_>; 7] = [
        account_id.into(),
        password_hash.into(),
        now.into(),
        (&user.email).into(),
        (&user.name).into(),
        (&user.image).into(),
        additional.into(),
    ];
    let sql = if db.secondary.is_some() { REPLACE_APART } else { REPLACE };
    let row = db.row_behind((BY_EMAIL, &[literal(&user.email)]), sql, &params).await?;
    let Some(row) = row else { return Ok(None) };
    let replaced = user::from_row(&db.schema, &row, 0)?;
    end_apart(db, &replaced.id).await?;
    Ok(Some(replaced))
}

/// Ends the sessions in the secondary storage, which is done after the statement.
async fn end_apart(db: &Db, user_id: &str) -> Result<(), StoreError> {
    if db.secondary.is_some() { session::delete_all(db, user_id).await } else { Ok(()) }
}

const BY_EMAIL: &str = "select 1 from {user} u where u.{user.email} = $1 for no key update;
    select 1 from {account} a, {user} u where u.{user.email} = $1 and a.{account.userId} = u.{user.id}
        and a.{account.providerId} = 'credential' for update of a";
const REPLACED: &str = const_format::concatcp!(
    "with owner as (update {user} u set {user.name} = $5, {user.image} = $6, {user.createdAt} = $3, {user.updatedAt} = $3{user.reset $7}
        where u.{user.email} = $4 and ",
    UNCONFIRMED,
    " and not exists (
            select 1 from {account} a where a.{account.userId} = u.{user.id} and not (",
    IS_CREDENTIAL,
    ")) returning u.*),
    ",
    credential::SET,
    "{overtaken owner}"
);
/// Ends the sessions of the users in `owner`, if sessions are in the database.
const ENDED: &str = ", ended as (delete from {session} where {session.userId} in (select {user.id} from owner))";
const REPLACE: &str = const_format::concatcp!(REPLACED, ENDED, " select {user.*} from owner u");
const REPLACE_APART: &str = const_format::concatcp!(REPLACED, " select {user.*} from owner u");

/// Removes every way to sign in from a user whose address is not confirmed: passwords, accounts and sessions, and what was mailed
/// for them. Called after another person has proven that the address is theirs.
pub async fn clear(db: &Db, user_id: &str) -> Result<(), StoreError> {
    const CLEARED: &str = const_format::concatcp!(
        "with owner as (select u.{user.id} from {user} u where u.{user.id} = $1 and ",
        UNCONFIRMED,
        "),
        removed as (delete from {account} where {account.userId} in (select {user.id} from owner)){overtaken owner}"
    );
    const CLEAR: &str = const_format::concatcp!(CLEARED, ENDED, " select 1 from owner");
    const CLEAR_APART: &str = const_format::concatcp!(CLEARED, " select 1 from owner");
    let sql = if db.secondary.is_some() { CLEAR_APART } else { CLEAR };
    match db.row_behind((LOCK, &[literal(user_id)]), sql, &[user_id.into()]).await? {
        Some(_) => end_apart(db, user_id).await,
        None => Ok(()),
    }
}
