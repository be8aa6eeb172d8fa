//! Accounts: the ways in which a user signs in, one of which is a password.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    Db, Param, RequestProof, StoreError, column,
    credential::{self, IS_CREDENTIAL},
    mailed, new_row,
    pool::Repeat,
    schema::Schema,
    secret::Secret,
    session, verification,
    written::literal,
};
use crate::model::{Account, Session};

/// The maximum number of accounts read for one user.
const LIMIT: i64 = 100;

/// Returns the accounts of a user, at most 100.
pub async fn list(db: &Db, user_id: &str) -> Result<Vec<Account>, StoreError> {
    let sql =
        "select {account.id}::text, {account.accountId}::text, {account.providerId}::text, {account.userId}::text,
        {account.scope}::text, {account.createdAt}, {account.updatedAt}{account.shown} from {account} a
        where {account.userId} = $1 limit $2";
    let rows = db.rows(Repeat::Safe, sql, &[user_id.into(), LIMIT.into()]).await?;
    rows.iter().map(|row| from_row(&db.schema, row)).collect()
}

fn from_row(schema: &Schema, row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        additional: schema.account().additional(row, 7)?,
        id: column::filled_text(row, 0)?,
        account_id: column::filled_text(row, 1)?,
        provider_id: column::filled_text(row, 2)?,
        user_id: column::filled_text(row, 3)?,
        scope: column::text(row, 4)?,
        created_at: column::instant(row, 5)?,
        updated_at: column::instant(row, 6)?,
    })
}

/// The result of removing an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlinkResult {
    /// The account was removed.
    Done,
    /// The user has only this account, which stays.
    Last,
    /// The user has no such account.
    Unknown,
}

/// Removes an account of a user, the last one only with `the_last_too`. The statement first locks the user's rows in order, so that
/// two concurrent requests cannot remove the last two accounts. Returns [`UnlinkResult::Unknown`] also if `ground` does not hold any more.
pub async fn unlink(
    db: &Db,
    user_id: &str,
    id: &str,
    the_last_too: bool,
    ground: Option<&RequestProof<'_>>,
) -> Result<UnlinkResult, StoreError> {
    let Some([token, _]) = RequestProof::params_of(ground, db).await? else { return Ok(UnlinkResult::Unknown) };
    let sql = "with own as (select 1 from {account} where {account.userId} = $1 order by {account.id} for update),
        gone as (delete from {account} where {account.id}::text = $2 and {account.userId} = $1
            and ($3 or (select count(*) from own) <> 1) and {holds $1 $4} returning 1){change account.unlinked gone $1 $2 -}
        select (select count(*) from own) = 1 and not $3, exists (select 1 from gone)";
    let params: [Param<'_>; 4] = [user_id.into(), id.into(), the_last_too.into(), token];
    let Some(row) = db.row(Repeat::Safe, sql, &params).await? else { return Ok(UnlinkResult::Unknown) };
    Ok(match (row.try_get(0)?, row.try_get(1)?) {
        (true, _) => UnlinkResult::Last,
        (false, true) => UnlinkResult::Done,
        (false, false) => UnlinkResult::Unknown,
    })
}

/// Returns the hash of the user's password, or `None` if the user has no password.
pub async fn password(db: &Db, user_id: &str) -> Result<Option<String>, StoreError> {
    let sql = "select {account.password}::text from {account} where {account.userId} = $1
        and {account.providerId} = 'credential' and {account.accountId} = $1 and {account.password} <> '' limit 1";
    let row = db.row(Repeat::Safe, sql, &[user_id.into()]).await?;
    Ok(row.map(|row| column::text(&row, 0)).transpose()?.flatten())
}

/// A change of an existing password.
pub struct Change<'a> {
    /// The user's identifier.
    pub user_id: &'a str,
    /// The token of the request's session: if it ended meanwhile, nothing changes.
    pub session: &'a str,
    /// The hash that the request was checked against: if another request has replaced it meanwhile, nothing changes.
    pub old: &'a str,
    /// The new hash.
    pub new: &'a str,
    /// The time of the change.
    pub now: Timestamp,
}

/// Changes a password. With a session, the same transaction ends every other session of the user and opens this one, which is
/// returned as stored. Returns `None` if the password was changed, or the session of the request ended, meanwhile.
///
/// With a secondary storage the sessions end before the change as well: if a later step fails, no other session survives beside the
/// new password, which cannot be set twice.
pub async fn change_password(
    db: &Db,
    change: &Change<'_>,
    only: Option<Session>,
) -> Result<Option<Option<Session>>, StoreError> {
    let Some([token, _]) = RequestProof::session(change.session).params(db).await? else { return Ok(None) };
    let (only, apart) = session::within(db, only);
    let (sql, params) = self::change(change, token, only.as_ref());
    if apart.is_some() {
        session::delete_all(db, change.user_id).await?;
    }
    let row = match &only {
        None => db.row(Repeat::Never, sql, &params).await?,
        Some(_) => db.row_behind((credential::LOCK, &[literal(change.user_id)]), sql, &params).await?,
    };
    let Some(row) = row else { return Ok(None) };
    if let Some(session) = apart {
        session::delete_all(db, change.user_id).await?;
        // The new session must begin after those that ended.
        let created_at = Some(db.now());
        return session::insert(db, Session { created_at, ..session }).await.map(|session| Some(Some(session)));
    }
    Ok(Some(match only {
        Some(_) => Some(session::from_row(&db.schema, &row, 0)?),
        None => None,
    }))
}

/// The statement that changes a password and, with a session, ends every other one, with its values. `token` is that of the
/// session that must still exist.
pub(crate) fn change<'a>(
    change: &Change<'a>,
    token: Param<'a>,
    only: Option<&'a Session>,
) -> (&'static str, Vec<Param<'a>>) {
    let mut params: Vec<Param<'_>> =
        vec![change.user_id.into(), change.old.into(), change.new.into(), change.now.into(), token];
    match only {
        None => (CHANGE, params),
        Some(session) => {
            params.extend(new_row::session(session));
            (CHANGE_AND_REVOKE, params)
        }
    }
}

/// Changes a password, and removes what was mailed before, so that it stops working.
const CHANGED: &str = "with changed as (update {account} set {account.password} = $3, {account.updatedAt} = $4
        where {account.userId} = $1 and {account.providerId} = 'credential' and {account.accountId} = $1
            and {account.password} = $2 and {holds $1 $5} returning {account.userId} as {user.id}){overtaken changed}{change password.changed changed $1 - -}";
const CHANGE: &str = const_format::concatcp!(CHANGED, " select 1 from changed");
const CHANGE_AND_REVOKE: &str = const_format::concatcp!(
    CHANGED,
    ", revoked as (delete from {session} where {session.userId} = $1 and exists (select 1 from changed){?change} returning *{/change}){change session.revoked revoked $1 - -}{?outboxEvent}, opened as ({/outboxEvent}
    insert into {session} as s ({session.columns $6}) select {session.row $6}
    where exists (select 1 from changed) returning {session.*}",
    "{?outboxEvent}){opened opened $1 id} select * from opened{/outboxEvent}"
);

/// A password that a verification token sets.
pub struct Reset<'a> {
    /// The user whom the token was mailed to, as the request read it before.
    pub user_id: &'a str,
    /// The forms in which the table may hold the token.
    pub identifiers: &'a [String],
    /// The stored code, where a code sets the password: then the value is the code with the number of its tries, and otherwise the
    /// user's identifier.
    pub code: Option<&'a str>,
    /// The time when the token was made, if known.
    pub made_at: Option<Timestamp>,
    /// The new hash.
    pub hash: &'a str,
    /// The identifier of a new row in `account`, for a user who has no password yet.
    pub account_id: &'a str,
    /// The address that the user has.
    pub email: &'a str,
    /// Whether the token was mailed to the address. Then a user whose address is not confirmed keeps no other account.
    pub reads_mailbox: bool,
    /// Whether every session of the user ends.
    pub revoke: bool,
    /// The time of the reset.
    pub now: Timestamp,
}

/// Redeems a verification token, sets the password of its user and, if asked, ends the sessions: all of it once, or nothing.
/// Returns `false` if the token does not work any more, or if the password was changed since it was mailed.
///
/// With a secondary storage the steps follow each other. The sessions end before the token is taken as well, because the token
/// works only once. The user's other tokens stop working. A user whose address is not confirmed keeps no other account: access to
/// the mailbox proves more than a sign-up with its address.
pub async fn reset_password(db: &Db, reset: &Reset<'_>) -> Result<bool, StoreError> {
    let lock = (credential::LOCK, &[literal(reset.user_id)][..]);
    let user: [Param<'_>; 7] = [
        reset.account_id.into(),
        reset.hash.into(),
        reset.now.into(),
        reset.user_id.into(),
        reset.made_at.into(),
        reset.email.into(),
        reset.reads_mailbox.into(),
    ];
    if db.secondary.is_none() {
        let params = [&user[..], &[reset.revoke.into(), reset.identifiers.into(), reset.code.into()]].concat();
        return Ok(db.row_behind(lock, RESET, &params).await?.is_some());
    }
    if reset.revoke {
        session::delete_all(db, reset.user_id).await?;
    }
    let taken = verification::take(db, reset.identifiers).await?;
    let sets = |secret: &Secret| match reset.code {
        Some(code) => {
            secret.value.rsplit_once(':').is_some_and(|(stored, _)| stored == code) && secret.expires_at > reset.now
        }
        None => secret.is_of(reset.user_id, reset.now),
    };
    if !taken.as_ref().is_some_and(sets) {
        return Ok(false);
    }
    let is_set = db.row_behind(lock, SET, &user).await?.is_some();
    if is_set && reset.revoke {
        session::delete_all(db, reset.user_id).await?;
    }
    Ok(is_set)
}

/// The part that sets the password of the user in `owner`.
const OF_OWNER: &str = const_format::concatcp!(
    "removed as (delete from {account} a using owner u where $7 and ",
    mailed::UNCONFIRMED,
    " and a.{account.userId} = u.{user.id} and not (",
    IS_CREDENTIAL,
    ")),
    ",
    credential::SET,
);
const RESET: &str = const_format::concatcp!(
    "with used as (delete from {verification} where {verification.identifier} = any($9)
            and case when $10::text is null then {verification.value} = $4
                else regexp_replace({verification.value}::text, ':[0-9]*$', '') = $10::text end
            returning {time verification.expiresAt} as until),
        owner as (select u.* from {user} u where u.{user.id} = $4 and u.{user.email} = $6 and exists (select 1 from used where until > $3) and not ",
    mailed::OVERTAKEN,
    "), ",
    OF_OWNER,
    ", revoked as (delete from {session} where $8 and {session.userId} in (select {user.id} from owner){?change} returning *{/change}),
        overtaken as (delete from {verification} where {verification.value} in (select {user.id}::text from owner)
            and not {verification.identifier} = any($9)){change password.reset owner $4 - -}{change session.revoked revoked $4 - -} select 1 from owner"
);
const SET: &str = const_format::concatcp!(
    "with owner as (select u.* from {user} u where u.{user.id} = $4 and u.{user.email} = $6 and not ",
    mailed::OVERTAKEN,
    "), ",
    OF_OWNER,
    "{overtaken owner}{change password.reset owner $4 - -} select 1 from owner"
);
