//! Users whose address is not confirmed. Any client can sign up with any address, so the password of such a user proves nothing. It
//! gives way to proof that a person reads the mailbox.

use jiff::{SignedDuration, Timestamp};

use super::{
    Db, StoreError, column,
    credential::{IS_CREDENTIAL, LOCK},
    mailed::{PASSWORD, UNCONFIRMED},
    pool::Repeat,
    secret::NewSecret,
    session, user, verification,
    written::literal,
};
use crate::model::User;

/// How long a claim is stored. It counts until the address is confirmed.
const CLAIMED_FOR: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);

/// Notes that a second sign-up claims the address of a user who has not confirmed it, and removes the user's password, unless the user
/// also signs in with a provider: neither password proves who reads the mailbox. Once a mailed link or code proves it, [`clear`]
/// removes every other way to sign in. A sign-up alone changes nothing else: sessions, links and all other data of the user stay.
///
/// `id` is the identifier of the note's row. Returns the user with the password that stays, or `None` if nothing changes because the
/// address is confirmed or free.
pub async fn contest(
    db: &Db,
    email: &str,
    id: &str,
    now: Timestamp,
) -> Result<Option<(User, Option<String>)>, StoreError> {
    const CONTEST: &str = const_format::concatcp!(
        "with owner as (select u.* from {user} u where u.{user.email} = $1 and ",
        UNCONFIRMED,
        "), contested as (update {account} a set {account.password} = null from owner u where ",
        IS_CREDENTIAL,
        " and not ",
        HAS_PROVIDER,
        "{?change} and a.{account.password} is not null returning a.{account.userId}{/change}){change password.contested contested account.userId - -}
        select case when ",
        HAS_PROVIDER,
        " then ",
        PASSWORD,
        " end, {user.*} from owner u"
    );
    let Some(row) = db.row_behind((BY_EMAIL, &[literal(email)]), CONTEST, &[email.into()]).await? else {
        return Ok(None);
    };
    let (password, user) = (column::text(&row, 0)?, user::from_row(&db.schema, &row, 1)?);
    let note = NewSecret {
        id: id.to_owned(),
        identifier: claim(&user),
        value: String::new(),
        address: None,
        expires_at: now.saturating_add(CLAIMED_FOR).unwrap_or(Timestamp::MAX),
        now,
        clean: false,
    };
    verification::insert(db, &note).await?;
    Ok(Some((user, password)))
}

/// Returns the identifier of the note that a second sign-up claims the address of a user. The user cannot remove it: otherwise a
/// stranger who signed up first could.
pub fn claim(user: &User) -> String {
    format!("claimed-{}-{}", user.id, user.email)
}

/// Whether [`contest`] has noted that a second sign-up claims the address of the user.
pub async fn is_contested(db: &Db, user: &User) -> Result<bool, StoreError> {
    Ok(verification::peek(db, &[claim(user)]).await?.is_some())
}

/// Removes the note of [`contest`].
pub async fn settle(db: &Db, user: &User) -> Result<(), StoreError> {
    verification::take(db, &[claim(user)]).await.map(drop)
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
/// With the alias `u`: whether the user has an account besides the one with a password.
const HAS_PROVIDER: &str = const_format::concatcp!(
    "exists (select 1 from {account} a where a.{account.userId} = u.{user.id} and not (",
    IS_CREDENTIAL,
    "))"
);
/// Ends the sessions of the users in `owner`, if sessions are in the database.
const ENDED: &str = ", ended as (delete from {session} where {session.userId} in (select {user.id} from owner){?change} returning *{/change})\
    {change session.revoked ended $1 - -}";

/// Removes every way to sign in from a user whose address is not confirmed: passwords, accounts and sessions, and what was mailed
/// for them. Called after another proof has shown who reads the mailbox. Returns `false`, and removes nothing, if the address is
/// confirmed or the user does not exist.
pub async fn clear(db: &Db, user: &User) -> Result<bool, StoreError> {
    const CLEARED: &str = const_format::concatcp!(
        "with owner as (select u.{user.id} from {user} u where u.{user.id} = $1 and ",
        UNCONFIRMED,
        "),
        removed as (delete from {account} where {account.userId} in (select {user.id} from owner)){overtaken owner}{change accounts.cleared owner $1 - -}{?verification}, settled as (delete from {verification} where
            {verification.identifier} = $2 and exists (select 1 from owner)){/verification}"
    );
    const CLEAR: &str = const_format::concatcp!(CLEARED, ENDED, " select 1 from owner");
    const CLEAR_APART: &str = const_format::concatcp!(CLEARED, " select 1 from owner");
    let sql = if db.secondary.is_some() { CLEAR_APART } else { CLEAR };
    let claim = claim(user);
    if db.row_behind((LOCK, &[literal(&user.id)]), sql, &[(&user.id).into(), (&claim).into()]).await?.is_none() {
        return Ok(false);
    }
    if let Some(secondary) = &db.secondary {
        secondary.take_secret(&db.trips, &[claim]).await?;
    }
    end_apart(db, &user.id).await.map(|()| true)
}
