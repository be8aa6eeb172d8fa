//! Users whose address is not confirmed. Any client can sign up with any address, so the password of such a user proves nothing. It
//! gives way to proof that a person reads the mailbox.

use super::{
    Db, StoreError,
    credential::{IS_CREDENTIAL, LOCK},
    mailed::UNCONFIRMED,
    pool::Repeat,
    session, user,
    written::literal,
};
use crate::model::User;

/// Removes the password of the user with an unconfirmed address, because a second sign-up claims the address with another password.
/// Neither password proves who reads the mailbox, so [`clear`] leaves none once a mailed link does. A sign-up alone changes nothing
/// else: sessions, links and all other data of the user stay.
///
/// Returns the user, or `None` if nothing changes because the address is confirmed or the user also signs in with a provider.
pub async fn contest(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    const CONTEST: &str = const_format::concatcp!(
        "with owner as (select u.* from {user} u where u.{user.email} = $1 and ",
        WITHOUT_PROVIDER,
        "), contested as (update {account} a set {account.password} = null from owner u where ",
        IS_CREDENTIAL,
        "{?change} and a.{account.password} is not null returning a.{account.userId}{/change}){change password.contested contested account.userId - -} select {user.*} from owner u"
    );
    let row = db.row_behind((BY_EMAIL, &[literal(email)]), CONTEST, &[email.into()]).await?;
    row.map(|row| user::from_row(&db.schema, &row, 0)).transpose()
}

/// Whether [`contest`] has removed the password of the user, whose address is not confirmed.
pub async fn is_contested(db: &Db, user_id: &str) -> Result<bool, StoreError> {
    const CONTESTED: &str = const_format::concatcp!(
        "select 1 from {user} u, {account} a where u.{user.id} = $1 and ",
        IS_CREDENTIAL,
        " and a.{account.password} is null and ",
        WITHOUT_PROVIDER,
        " limit 1"
    );
    Ok(db.row(Repeat::Safe, CONTESTED, &[user_id.into()]).await?.is_some())
}

/// Whether a user has no confirmed address and no account, so that only an existing session is the user's.
pub async fn is_bare(db: &Db, user_id: &str) -> Result<bool, StoreError> {
    const BARE: &str = const_format::concatcp!(
        "select 1 from {user} u where u.{user.id} = $1 and ",
        UNCONFIRMED,
        " and not exists (select 1 from {account} a where a.{account.userId} = u.{user.id})"
    );
    Ok(db.row(Repeat::Safe, BARE, &[user_id.into()]).await?.is_some())
}

/// Ends the sessions in the secondary storage, which is done after the statement.
async fn end_apart(db: &Db, user_id: &str) -> Result<(), StoreError> {
    if db.secondary.is_some() { session::delete_all(db, user_id).await } else { Ok(()) }
}

const BY_EMAIL: &str = "select 1 from {user} u where u.{user.email} = $1 for no key update;
    select 1 from {account} a, {user} u where u.{user.email} = $1 and a.{account.userId} = u.{user.id}
        and a.{account.providerId} = 'credential' for update of a";
/// With the alias `u`: whether the address is not confirmed and the user has no account except the one with a password.
const WITHOUT_PROVIDER: &str = const_format::concatcp!(
    UNCONFIRMED,
    " and not exists (
            select 1 from {account} a where a.{account.userId} = u.{user.id} and not (",
    IS_CREDENTIAL,
    "))"
);
/// Ends the sessions of the users in `owner`, if sessions are in the database.
const ENDED: &str = ", ended as (delete from {session} where {session.userId} in (select {user.id} from owner){?change} returning *{/change})\
    {change session.revoked ended $1 - -}";

/// Removes every way to sign in from a user whose address is not confirmed: passwords, accounts and sessions, and what was mailed
/// for them. Called after another proof has shown who reads the mailbox. Returns `false`, and removes nothing, if the address is
/// confirmed or the user does not exist.
pub async fn clear(db: &Db, user_id: &str) -> Result<bool, StoreError> {
    const CLEARED: &str = const_format::concatcp!(
        "with owner as (select u.{user.id} from {user} u where u.{user.id} = $1 and ",
        UNCONFIRMED,
        "),
        removed as (delete from {account} where {account.userId} in (select {user.id} from owner)){overtaken owner}{change accounts.cleared owner $1 - -}"
    );
    const CLEAR: &str = const_format::concatcp!(CLEARED, ENDED, " select 1 from owner");
    const CLEAR_APART: &str = const_format::concatcp!(CLEARED, " select 1 from owner");
    let sql = if db.secondary.is_some() { CLEAR_APART } else { CLEAR };
    match db.row_behind((LOCK, &[literal(user_id)]), sql, &[user_id.into()]).await? {
        Some(_) => end_apart(db, user_id).await.map(|()| true),
        None => Ok(false),
    }
}
