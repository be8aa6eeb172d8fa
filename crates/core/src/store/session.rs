//! Sessions in the table, in the secondary storage, or in both.

use jiff::Timestamp;
use serde_json::Map;
use tokio_postgres::Row;

use super::{
    Db, Param, RefusedRow, StoreError, column, credential, new_row, noted_apart,
    pool::Repeat,
    schema::Schema,
    secondary::{Change, NoSession},
    stored::StoredStatement,
    user,
    values::Values,
};
use crate::model::{Session, User};

/// The number of columns that `{session.*}` has without additional fields, in the order in which [`from_row`] reads them.
const WIDTH: usize = 8;
/// Reads a session from the columns that begin at `at`.
pub(crate) fn from_row(schema: &Schema, row: &Row, at: usize) -> Result<Session, StoreError> {
    Ok(Session {
        additional: schema.session().additional(row, at + WIDTH)?,
        id: column::filled_text(row, at)?,
        expires_at: column::expiry(row, at + 1)?,
        token: column::filled_text(row, at + 2)?,
        created_at: column::instant(row, at + 3)?,
        updated_at: column::instant(row, at + 4)?,
        ip_address: column::text(row, at + 5)?,
        user_agent: column::text(row, at + 6)?,
        user_id: column::filled_text(row, at + 7)?,
        values: Map::new(),
    })
}

/// A place where sessions are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The table. With a secondary storage, only sessions that the storage lacks are looked up in the table.
    Database,
    /// The secondary storage.
    SecondaryStorage,
}

/// Returns the session with this token, expired or not, and its user, if the user exists; or the reason why there is no session.
/// The place is the one that gave the answer.
///
/// # Errors
/// Those of the secondary storage and of the database.
pub async fn with_user(
    db: &Db,
    token: &str,
) -> Result<(Place, Result<(Session, Option<User>), NoSession>), StoreError> {
    if let Some(secondary) = &db.secondary {
        match secondary.session(&db.trips, token).await? {
            Err(NoSession::Unknown) if secondary.in_database().may_have_session() => {}
            found => return Ok((Place::SecondaryStorage, found)),
        }
    }
    let Some(row) = db.stored_row(Repeat::Safe, &WITH_USER, &[token.into()]).await? else {
        return Ok((Place::Database, Err(NoSession::Unknown)));
    };
    let at = WIDTH + db.schema.session().width();
    let user =
        if column::flag(&row, at)? == Some(true) { Some(user::from_row(&db.schema, &row, at + 1)?) } else { None };
    Ok((Place::Database, Ok((from_row(&db.schema, &row, 0)?, user))))
}

/// Reads a session and its user by the token.
pub static WITH_USER: StoredStatement = StoredStatement::reading(
    "session",
    "select {session.*}, u.{user.id} is not null, {user.*} from {session} s
        left join {user} u on u.{user.id} = s.{session.userId} where s.{session.token} = $1",
);

/// Returns the sessions with these tokens, expired or not, whose users exist, in the order of the tokens.
pub async fn with_users(db: &Db, tokens: &[String]) -> Result<Vec<(Session, User)>, StoreError> {
    let (mut found, mut missing) = (Vec::new(), tokens.to_vec());
    if let Some(secondary) = &db.secondary {
        missing.clear();
        for token in tokens {
            match secondary.session(&db.trips, token).await? {
                Ok((session, user)) => found.extend(user.map(|user| (session, user))),
                Err(NoSession::Unknown) if secondary.in_database().may_have_session() => missing.push(token.clone()),
                Err(_) => {}
            }
        }
    }
    if !missing.is_empty() {
        let sql = "select {session.*}, {user.*} from {session} s join {user} u on u.{user.id} = s.{session.userId}
            where s.{session.token} = any($1)";
        let at = WIDTH + db.schema.session().width();
        for row in db.rows(Repeat::Safe, sql, &[Param::Texts(&missing)]).await? {
            found.push((from_row(&db.schema, &row, 0)?, user::from_row(&db.schema, &row, at)?));
        }
    }
    found.sort_by_key(|(session, _)| tokens.iter().position(|token| *token == session.token));
    Ok(found)
}

/// Stores a new session and returns it as stored. Repeating is safe: the token is new and already chosen.
///
/// # Errors
/// [`StoreError::Refused`] if the user does not exist any more.
pub async fn insert(db: &Db, session: Session) -> Result<Session, StoreError> {
    if db.secondary.is_none() {
        return insert_row(db, &session).await;
    }
    let user = owner(db, &session).await?;
    open(db, session, &user).await
}

async fn owner(db: &Db, session: &Session) -> Result<User, StoreError> {
    let gone = || RefusedRow { state: "23503".to_owned(), ..RefusedRow::default() }.into();
    user::by_id(db, &session.user_id).await?.ok_or_else(gone)
}

/// Stores a new session of a user whose password was checked against `hash`, and replaces the hash by `new`, if given. Returns
/// `None` if the user's password is another one by now: a session that begins with an old password would survive the end of all
/// others.
pub async fn insert_checked(
    db: &Db,
    session: Session,
    hash: &str,
    new: Option<&str>,
) -> Result<Option<Session>, StoreError> {
    let Some(secondary) = &db.secondary else { return insert_checked_row(db, &session, hash, new).await };
    let user = owner(db, &session).await?;
    if !secondary.in_database().sessions {
        if let Some(new) = new
            && !credential::replace(db, &user.id, hash, new).await?
        {
            return Ok(None);
        }
        // What ends all sessions also ends those that are being opened.
        return open(db, session, &user).await.map(Some);
    }
    let Some(session) = insert_checked_row(db, &session, hash, new).await? else { return Ok(None) };
    secondary.open_session(&db.trips, &session, &user).await?;
    Ok(Some(session))
}

/// Stores a new session of this user in the secondary storage, and in the table if it is kept there too; returns it as stored.
pub async fn open(db: &Db, session: Session, user: &User) -> Result<Session, StoreError> {
    let Some(secondary) = &db.secondary else { return Ok(session) };
    let session = if secondary.in_database().sessions {
        insert_row(db, &session).await?
    } else {
        noted_apart::opened_apart(db, &session.user_id, &session.id).await?;
        without_nulls(session)
    };
    secondary.open_session(&db.trips, &session, user).await?;
    Ok(session)
}

/// Returns a session without the additional fields that have no value: better-auth leaves them out if there is no row.
fn without_nulls(mut session: Session) -> Session {
    session.additional.0.retain(|(_, value)| !value.is_null());
    session
}

/// Splits off the session: the first is for the statement that writes something else as well, the second is to be stored after it.
/// With a secondary storage it is the second.
pub(crate) fn within(db: &Db, session: Option<Session>) -> (Option<Session>, Option<Session>) {
    if db.secondary.is_some() { (None, session) } else { (session, None) }
}

async fn insert_row(db: &Db, session: &Session) -> Result<Session, StoreError> {
    let sql =
        "{?change}with changed as ({/change}insert into {session} as s ({session.columns $1}) values ({session.row $1})
        {session.once} returning {session.*}{?change}){change - changed $3 id -}{opened changed $3 id} select * from changed{/change}";
    let row = db.row(Repeat::Safe, sql, &new_row::session(session)).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the new session was not returned".to_owned()))?;
    from_row(&db.schema, &row, 0)
}

/// Inserts a session if `hash` is the user's password, which `new` replaces, if given. A concurrent change of the password holds the
/// account's row, and this statement waits for it; a later change waits for this statement, and then sees the session. Rows are
/// locked in the order in which a user is deleted.
async fn insert_checked_row(
    db: &Db,
    session: &Session,
    hash: &str,
    new: Option<&str>,
) -> Result<Option<Session>, StoreError> {
    let params = [&new_row::session(session)[..], &[hash.into()]].concat();
    let row = match new {
        None => db.row(Repeat::Safe, INSERT_CHECKED, &params).await?,
        Some(new) => db.row(Repeat::Safe, INSERT_REPLACING, &[&params[..], &[new.into()]].concat()).await?,
    };
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

const INSERT_CHECKED: &str =
    "with checked as (select 1 from {user} u, {account} a where u.{user.id} = $3 and a.{account.userId} = $3
            and a.{account.providerId} = 'credential' and a.{account.accountId} = $3 and a.{account.password} = $10
            limit 1 for key share of u for share of a){?outboxEvent}, opened as ({/outboxEvent}
        insert into {session} as s ({session.columns $1}) select {session.row $1} from checked
        {session.once} returning {session.*}{?outboxEvent}){opened opened $3 id} select * from opened{/outboxEvent}";
/// Does what [`INSERT_CHECKED`] does, and replaces the hash. The time of the last change of the password stays: links that were
/// mailed before keep working.
const INSERT_REPLACING: &str =
    "with owner as (select 1 from {user} u where u.{user.id} = $3 for key share), checked as (update {account} a
            set {account.password} = $11 from owner where a.{account.userId} = $3
            and a.{account.providerId} = 'credential' and a.{account.accountId} = $3 and a.{account.password} = $10
            returning 1){?outboxEvent}, opened as ({/outboxEvent}
        insert into {session} as s ({session.columns $1}) select {session.row $1} where exists (select 1 from checked)
        {session.once} returning {session.*}{?outboxEvent}){opened opened $3 id} select * from opened{/outboxEvent}";

/// Moves the expiry of a session. Returns `false` if the session has ended.
pub async fn extend(db: &Db, token: &str, expires_at: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
    let mut extended = false;
    if let Some(secondary) = &db.secondary {
        extended = secondary.change_session(&db.trips, token, Change::Expiry(expires_at), now).await?.is_some();
        if !in_table_too(db, extended) {
            return Ok(extended);
        }
    }
    let sql = "update {session} set {session.expiresAt} = $2, {session.updatedAt} = $3 where {session.token} = $1 returning 1";
    let params: [Param<'_>; 3] = [token.into(), expires_at.into(), now.into()];
    Ok(db.row(Repeat::Safe, sql, &params).await?.is_some() || extended)
}

/// Gives the session with the token `old` the identifier, the token, the expiry and the beginning of `new`, and returns it; `None`
/// if it has ended. Its row stays in place, so a statement that ends the user's sessions at this moment ends it under the new token
/// too.
pub async fn rename(db: &Db, old: &str, new: &Session) -> Result<Option<Session>, StoreError> {
    let mut renamed = None;
    if let Some(secondary) = &db.secondary {
        renamed = secondary.rename_session(&db.trips, old, new).await?;
        if !in_table_too(db, renamed.is_some()) {
            return Ok(renamed);
        }
    }
    let sql =
        "update {session} s set {renewed $5}{session.token} = $2, {session.expiresAt} = $3, {session.createdAt} = $4,
            {session.updatedAt} = $4 where s.{session.token} = $1 returning {session.*}";
    let params: [Param<'_>; 5] =
        [old.into(), (&new.token).into(), new.expires_at.into(), new.created_at.into(), (&new.id).into()];
    let row = db.row(Repeat::Never, sql, &params).await?;
    Ok(row.map(|row| from_row(&db.schema, &row, 0)).transpose()?.or(renamed))
}

/// Whether a session that the secondary storage has changed, or has not found, is changed in the table as well: not one that has
/// ended while its row stays.
fn in_table_too(db: &Db, changed: bool) -> bool {
    db.secondary.as_ref().is_none_or(|secondary| {
        let in_database = secondary.in_database();
        in_database.sessions && (changed || in_database.may_have_session())
    })
}

/// The two ways to end rows of sessions: deleting them, or keeping them with an expiry that is the time in the parameter `$now`. The
/// note of the end has `$object`, and `$part` is `gone`, or `gone+` if the sessions are of several users.
macro_rules! ending {
    ($where:literal, $now:literal, $part:literal, $object:literal) => {
        (
            concat!(
                "{?change}with gone as ({/change}delete from {session} where ",
                $where,
                "{?change} returning *){change session.revoked ",
                $part,
                " session.userId ",
                $object,
                " -} select 1 from gone{/change}"
            ),
            concat!(
                "update {session} set {session.expiresAt} = ",
                $now,
                " where ",
                $where,
                " and {time session.expiresAt} > ",
                $now
            ),
        )
    };
}

/// Ends rows of sessions, if the table holds sessions. The last parameter is the time.
async fn end_rows(
    db: &Db,
    (delete, mark): (&'static str, &'static str),
    params: &[Param<'_>],
) -> Result<(), StoreError> {
    let in_database = db.secondary.as_ref().map(|secondary| secondary.in_database());
    let sql = match in_database {
        Some(in_database) if !in_database.sessions => return Ok(()),
        Some(in_database) if in_database.ended_sessions => mark,
        _ => delete,
    };
    if db.secondary.is_some() && sql == delete {
        // The end is noted already. The other statement notes nothing, so the mark would be that of the next change.
        db.notes.next_is_silent();
    }
    db.rows(Repeat::Safe, sql, params).await.map(|_| ())
}

/// Ends the session with this token, if it exists.
pub async fn delete(db: &Db, token: &str) -> Result<(), StoreError> {
    if let Some(secondary) = &db.secondary {
        noted_apart::one_ended_apart(db, &**secondary, token, None).await?;
        secondary.end_session(&db.trips, token, None).await?;
    }
    let params: [Param<'_>; 2] = [token.into(), db.now().into()];
    end_rows(db, ending!("{session.token} = $1", "$2", "gone", "id"), &params).await
}

/// Ends the sessions with these tokens, if they exist.
pub async fn delete_each(db: &Db, tokens: &[String]) -> Result<(), StoreError> {
    if tokens.is_empty() {
        return Ok(());
    }
    if let Some(secondary) = &db.secondary {
        for token in tokens {
            noted_apart::one_ended_apart(db, &**secondary, token, None).await?;
            secondary.end_session(&db.trips, token, None).await?;
        }
    }
    let params: [Param<'_>; 2] = [Param::Texts(tokens), db.now().into()];
    end_rows(db, ending!("{session.token} = any($1)", "$2", "gone+", "id"), &params).await
}

/// The maximum number of sessions read for one user.
const LIMIT: i64 = 100;

/// Returns the sessions of a user that have not expired.
pub async fn list(db: &Db, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    if let Some(secondary) = db.secondary.as_ref().filter(|secondary| !secondary.in_database().may_have_session()) {
        return secondary.sessions(&db.trips, user_id, now).await;
    }
    let sql = "select {session.*} from {session} s
        where s.{session.userId} = $1 and {time s.session.expiresAt} > $2 limit $3";
    let params: [Param<'_>; 3] = [user_id.into(), now.into(), LIMIT.into()];
    let rows = db.rows(Repeat::Safe, sql, &params).await?;
    rows.iter().map(|row| from_row(&db.schema, row, 0)).collect()
}

/// Ends the session with this token if it belongs to the user.
pub async fn delete_own(db: &Db, token: &str, user_id: &str) -> Result<(), StoreError> {
    if let Some(secondary) = &db.secondary {
        noted_apart::one_ended_apart(db, &**secondary, token, Some(user_id)).await?;
        secondary.end_session(&db.trips, token, Some(user_id)).await?;
    }
    let params: [Param<'_>; 3] = [token.into(), user_id.into(), db.now().into()];
    end_rows(db, ending!("{session.token} = $1 and {session.userId} = $2", "$3", "gone", "id"), &params).await
}

/// Ends every session of a user.
pub async fn delete_all(db: &Db, user_id: &str) -> Result<(), StoreError> {
    if let Some(secondary) = &db.secondary {
        noted_apart::ended_apart(db, user_id, None).await?;
        secondary.end_sessions(&db.trips, user_id).await?;
    }
    let params: [Param<'_>; 2] = [user_id.into(), db.now().into()];
    end_rows(db, ending!("{session.userId} = $1", "$2", "gone", "-"), &params).await
}

/// Ends the user's sessions that have not expired, except the one with `token`.
pub async fn delete_others(db: &Db, user_id: &str, token: &str, now: Timestamp) -> Result<(), StoreError> {
    if let Some(secondary) = &db.secondary {
        noted_apart::ended_apart(db, user_id, None).await?;
        secondary.end_other_sessions(&db.trips, user_id, token).await?;
    }
    let params: [Param<'_>; 3] = [user_id.into(), token.into(), now.into()];
    let others =
        ending!("{session.userId} = $1 and {session.token} <> $2 and {time session.expiresAt} > $3", "$3", "gone", "-");
    end_rows(db, others, &params).await
}

/// Changes the additional fields of a session and returns the session; `None` if it has ended.
pub async fn update(db: &Db, token: &str, values: &Values, now: Timestamp) -> Result<Option<Session>, StoreError> {
    let mut changed = None;
    if let Some(secondary) = &db.secondary {
        changed = secondary.change_session(&db.trips, token, Change::Own(values), now).await?;
        if !in_table_too(db, changed.is_some()) {
            return Ok(changed);
        }
    }
    let sql = "update {session} s set {session.updatedAt} = $2{session.set $3}
        where s.{session.token} = $1 returning {session.*}";
    let params: [Param<'_>; 3] = [token.into(), now.into(), values.into()];
    let row = db.row(Repeat::Safe, sql, &params).await?;
    Ok(row.map(|row| from_row(&db.schema, &row, 0)).transpose()?.or(changed))
}
