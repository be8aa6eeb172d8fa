//! Accounts: the ways in which a user signs in. A password is one of them.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{Db, Param, StoreError, pool::Repeat, schema::literal, session, verification};
use crate::model::{Account, Session};

/// The most accounts of a user that are read.
const LIMIT: i64 = 100;

/// The accounts of a user.
pub async fn list(db: &Db, user_id: &str) -> Result<Vec<Account>, StoreError> {
    let sql =
        "select {account.id}::text, {account.accountId}, {account.providerId}, {account.userId}::text, {account.scope},
        {account.createdAt}, {account.updatedAt} from {account} where {account.userId} = $1{id} limit $2";
    let rows = db.rows(Repeat::Safe, sql, &[(&user_id, Type::TEXT), (&LIMIT, Type::INT8)]).await?;
    Ok(rows.iter().map(from_row).collect::<Result<_, _>>()?)
}

fn from_row(row: &Row) -> Result<Account, tokio_postgres::Error> {
    Ok(Account {
        id: row.try_get(0)?,
        account_id: row.try_get(1)?,
        provider_id: row.try_get(2)?,
        user_id: row.try_get(3)?,
        scope: row.try_get(4)?,
        created_at: row.try_get(5)?,
        updated_at: row.try_get(6)?,
    })
}

/// What became of an account that was to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlinked {
    /// It is gone.
    Done,
    /// The user has one account, and it stays.
    Last,
    /// The user has no such account.
    Unknown,
}

/// Removes an account of a user. The user's rows are locked in order first: two requests at once cannot remove the last
/// two accounts.
pub async fn unlink(db: &Db, user_id: &str, id: &str, the_last_too: bool) -> Result<Unlinked, StoreError> {
    let sql = "with own as (select 1 from {account} where {account.userId} = $1{id} order by {account.id} for update),
        gone as (delete from {account} where {account.id}::text = $2 and {account.userId} = $1{id}
            and ($3 or (select count(*) from own) <> 1) returning 1)
        select (select count(*) from own) = 1 and not $3, exists (select 1 from gone)";
    let params: [Param<'_>; 3] = [(&user_id, Type::TEXT), (&id, Type::TEXT), (&the_last_too, Type::BOOL)];
    let Some(row) = db.row(Repeat::Safe, sql, &params).await? else { return Ok(Unlinked::Unknown) };
    Ok(match (row.try_get(0)?, row.try_get(1)?) {
        (true, _) => Unlinked::Last,
        (false, true) => Unlinked::Done,
        (false, false) => Unlinked::Unknown,
    })
}

/// The hash of the user's password, if there is one.
pub async fn password(db: &Db, user_id: &str) -> Result<Option<String>, StoreError> {
    let sql = "select {account.password} from {account} where {account.userId} = $1{id}
        and {account.providerId} = 'credential' and {account.accountId} = $1 and {account.password} <> '' limit 1";
    let row = db.row(Repeat::Safe, sql, &[(&user_id, Type::TEXT)]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.flatten())
}

/// A password that takes the place of another.
pub struct Change<'a> {
    /// Whose it is.
    pub user_id: &'a str,
    /// The hash that was compared: where another request was faster, nothing changes.
    pub old: &'a str,
    /// The new hash.
    pub new: &'a str,
    /// When.
    pub now: Timestamp,
}

/// Whoever ends sessions with a password has this first, for the user in `$1`: who signs in with the old one at this moment
/// (`session::insert_checked`) is waited for, so that the session is seen and ends, or waits and has none.
const LOCK: &str = "select 1 from {user} u, {account} a where u.{user.id} = $1{id} and a.{account.userId} = $1{id}
    and a.{account.providerId} = 'credential' for key share of u for update of a";

/// Changes a password. With a session, every other one of the user ends and this one begins in the same transaction; it is
/// returned as it is stored. None where the password was changed meanwhile. Sessions that are apart end before that as well:
/// whatever fails, no other one goes on beside the new password, which cannot be set twice.
pub async fn change_password(
    db: &Db,
    change: &Change<'_>,
    only: Option<Session>,
) -> Result<Option<Option<Session>>, StoreError> {
    let (only, apart) = if db.secondary.is_some() { (None, only) } else { (only, None) };
    let mut params: Vec<Param<'_>> = vec![
        (&change.user_id, Type::TEXT),
        (&change.old, Type::TEXT),
        (&change.new, Type::TEXT),
        (&change.now, Type::TIMESTAMPTZ),
    ];
    let defaults = db.schema.session().defaults();
    let sql = match &only {
        None => CHANGE,
        Some(session) => {
            params.extend(session::params(session));
            params.push((&defaults.0, Type::TEXT));
            CHANGE_AND_REVOKE
        }
    };
    if apart.is_some() {
        session::delete_all(db, change.user_id).await?;
    }
    let row = match &only {
        None => db.row(Repeat::Never, sql, &params).await?,
        Some(_) => db.row_behind((LOCK, &[literal(change.user_id)]), sql, &params).await?,
    };
    let Some(row) = row else { return Ok(None) };
    if let Some(session) = apart {
        session::delete_all(db, change.user_id).await?;
        // It begins after what ended.
        let created_at = db.now();
        return session::insert(db, Session { created_at, ..session }).await.map(|session| Some(Some(session)));
    }
    let id = row.try_get(0)?;
    Ok(Some(only.map(|session| Session { id, ..session })))
}

const CHANGE: &str = "update {account} set {account.password} = $3, {account.updatedAt} = $4
    where {account.userId} = $1{id} and {account.providerId} = 'credential' and {account.accountId} = $1
        and {account.password} = $2 returning ''::text";
const CHANGE_AND_REVOKE: &str = const_format::concatcp!(
    "with changed as (",
    CHANGE,
    "), revoked as (delete from {session} where {session.userId} = $1{id} and exists (select 1 from changed))
    insert into {session} (",
    session::INSERTED,
    "{session.names}) select {new $5}$6, $7::text{id}, $8, $9, $10, $11, $12{session.values $13}
    where exists (select 1 from changed) returning {session.id}::text"
);

/// A password that a mailed secret sets.
pub struct Reset<'a> {
    /// Whom the secret was mailed to, as far as it was looked at.
    pub user_id: &'a str,
    /// How the table may hold the secret.
    pub identifiers: &'a [String],
    /// The new hash.
    pub hash: &'a str,
    /// The identifier of the account's row, where there is none yet.
    pub account_id: &'a str,
    /// Whether every session of the user ends.
    pub revoke: bool,
    /// When.
    pub now: Timestamp,
}

/// Redeems the secret, sets the password of the user it was mailed to, and ends the sessions if asked: all of it, once,
/// or nothing; one after the other where secrets or sessions are apart, and the sessions before the secret as well, which
/// works once. `false` where the secret does not work any more.
pub async fn reset_password(db: &Db, reset: &Reset<'_>) -> Result<bool, StoreError> {
    if db.secondary.is_some() {
        if reset.revoke {
            session::delete_all(db, reset.user_id).await?;
        }
        let user_id = verification::redeem(db, reset.identifiers, reset.now).await?;
        return match user_id {
            Some(user_id) => set_password(db, reset, &user_id).await,
            None => Ok(false),
        };
    }
    let params: [Param<'_>; 5] = [
        (&reset.identifiers, Type::TEXT_ARRAY),
        (&reset.hash, Type::TEXT),
        (&reset.account_id, Type::TEXT),
        (&reset.now, Type::TIMESTAMPTZ),
        (&reset.revoke, Type::BOOL),
    ];
    let row = match reset.revoke {
        true => db.row_behind((LOCK, &[literal(reset.user_id)]), RESET, &params).await?,
        false => db.row(Repeat::Never, RESET, &params).await?,
    };
    Ok(row.is_some())
}

async fn set_password(db: &Db, reset: &Reset<'_>, user_id: &str) -> Result<bool, StoreError> {
    let params: [Param<'_>; 4] = [
        (&user_id, Type::TEXT),
        (&reset.hash, Type::TEXT),
        (&reset.account_id, Type::TEXT),
        (&reset.now, Type::TIMESTAMPTZ),
    ];
    let is_set = db.row(Repeat::Safe, SET, &params).await?.is_some();
    if is_set && reset.revoke {
        session::delete_all(db, user_id).await?;
    }
    Ok(is_set)
}

/// Sets the password of the user in `owner`. An account that another system has named otherwise is not the one that is
/// signed in with.
const OF_OWNER: &str =
    "changed as (update {account} set {account.password} = $2, {account.updatedAt} = $4
            where {account.userId} in (select id from owner) and {account.providerId} = 'credential'
                and {account.accountId} = {account.userId}::text returning 1),
        made as (insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId},
                {account.password}, {account.createdAt}, {account.updatedAt}{leftover})
            select {new $3}id::text, 'credential', id, $2, $4, $4{leftover 'local:credential'} from owner where not exists (
                select 1 from {account} a where a.{account.userId} = owner.id and a.{account.providerId} = 'credential'
                    and a.{account.accountId} = owner.id::text))
        select 1 from owner";
const RESET: &str = const_format::concatcp!(
    "with used as (delete from {verification} where {verification.identifier} = any($1)
            returning {verification.value} as value, {verification.expiresAt} as until),
        owner as (select u.{user.id} as id from used join {user} u on u.{user.id} = used.value{id} where used.until > $4 limit 1),
        revoked as (delete from {session} where $5 and {session.userId} in (select id from owner)), ",
    OF_OWNER
);
const SET: &str = const_format::concatcp!(
    "with owner as (select u.{user.id} as id from {user} u where u.{user.id} = $1{id}), ",
    OF_OWNER
);
