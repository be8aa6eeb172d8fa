//! Sessions.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{
    Db, Param, StoreError,
    pool::Repeat,
    schema::{Schema, Values},
    user,
};
use crate::model::{Session, User};

/// How many columns of its own `{session.*}` has, in the order that [`from_row`] reads.
const WIDTH: usize = 8;
/// The columns of a new session, in the order of [`params`].
pub(super) const INSERTED: &str = "{session.new}{session.token}, {session.userId}, {session.expiresAt}, \
    {session.createdAt}, {session.updatedAt}, {session.ipAddress}, {session.userAgent}";

/// The values of a new session.
pub(super) fn params(session: &Session) -> [Param<'_>; 8] {
    [
        (&session.id, Type::TEXT),
        (&session.token, Type::TEXT),
        (&session.user_id, Type::TEXT),
        (&session.expires_at, Type::TIMESTAMPTZ),
        (&session.created_at, Type::TIMESTAMPTZ),
        (&session.updated_at, Type::TIMESTAMPTZ),
        (&session.ip_address, Type::TEXT),
        (&session.user_agent, Type::TEXT),
    ]
}

fn from_row(schema: &Schema, row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        additional: schema.session().additional(row, WIDTH)?,
        id: row.try_get(0)?,
        expires_at: row.try_get(1)?,
        token: row.try_get(2)?,
        created_at: row.try_get(3)?,
        updated_at: row.try_get(4)?,
        ip_address: row.try_get(5)?,
        user_agent: row.try_get(6)?,
        user_id: row.try_get(7)?,
    })
}

/// The session with this token, whatever its expiry, and its user, if that row is still there.
pub async fn with_user(db: &Db, token: &str) -> Result<Option<(Session, Option<User>)>, StoreError> {
    let sql = "select {session.*}, u.{user.id} is not null, {user.*} from {session} s
        left join {user} u on u.{user.id} = s.{session.userId} where s.{session.token} = $1";
    let Some(row) = db.row(Repeat::Safe, sql, &[(&token, Type::TEXT)]).await? else { return Ok(None) };
    let at = WIDTH + db.schema.session().width();
    let user = if row.try_get(at)? { Some(user::from_row(&db.schema, &row, at + 1)?) } else { None };
    Ok(Some((from_row(&db.schema, &row)?, user)))
}

/// Writes a new session and returns it as it is stored. Safe to repeat: its token is new, and known.
///
/// # Errors
/// [`StoreError::Refused`] where the user is gone.
pub async fn insert(db: &Db, session: Session) -> Result<Session, StoreError> {
    let sql = const_format::concatcp!(
        "insert into {session} (",
        INSERTED,
        "{session.names}) values ({new $1}$2, $3{id}, $4, $5, $6, $7, $8{session.values $9})
        on conflict ({session.token}) do update set {session.token} = excluded.{session.token} returning {session.id}::text"
    );
    let defaults = db.schema.session().defaults();
    let mut params = params(&session).to_vec();
    params.push((&defaults.0, Type::TEXT));
    let row = db.row(Repeat::Safe, sql, &params).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the new session was not returned".to_owned()))?;
    Ok(Session { id: row.try_get(0)?, ..session })
}

/// Moves the expiry. `false` where the session ended meanwhile.
pub async fn extend(db: &Db, token: &str, expires_at: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "update {session} set {session.expiresAt} = $2, {session.updatedAt} = $3 where {session.token} = $1 returning 1";
    let params: [Param<'_>; 3] = [(&token, Type::TEXT), (&expires_at, Type::TIMESTAMPTZ), (&now, Type::TIMESTAMPTZ)];
    Ok(db.row(Repeat::Safe, sql, &params).await?.is_some())
}

/// Removes the session with this token, if there is one.
pub async fn delete(db: &Db, token: &str) -> Result<(), StoreError> {
    let sql = "delete from {session} where {session.token} = $1";
    db.rows(Repeat::Safe, sql, &[(&token, Type::TEXT)]).await.map(|_| ())
}

/// The most sessions of a user that are read.
const LIMIT: i64 = 100;

/// The sessions of a user that are not over.
pub async fn list(db: &Db, user_id: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    let sql = "select {session.*} from {session} s
        where s.{session.userId} = $1{id} and s.{session.expiresAt} > $2 limit $3";
    let params: [Param<'_>; 3] = [(&user_id, Type::TEXT), (&now, Type::TIMESTAMPTZ), (&LIMIT, Type::INT8)];
    let rows = db.rows(Repeat::Safe, sql, &params).await?;
    rows.iter().map(|row| from_row(&db.schema, row)).collect()
}

/// Removes the session with this token if it is the user's.
pub async fn delete_own(db: &Db, token: &str, user_id: &str) -> Result<(), StoreError> {
    let sql = "delete from {session} where {session.token} = $1 and {session.userId} = $2{id}";
    db.rows(Repeat::Safe, sql, &[(&token, Type::TEXT), (&user_id, Type::TEXT)]).await.map(|_| ())
}

/// Removes every session of a user.
pub async fn delete_all(db: &Db, user_id: &str) -> Result<(), StoreError> {
    let sql = "delete from {session} where {session.userId} = $1{id}";
    db.rows(Repeat::Safe, sql, &[(&user_id, Type::TEXT)]).await.map(|_| ())
}

/// Removes the user's sessions that are not over, but for one.
pub async fn delete_others(db: &Db, user_id: &str, token: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "delete from {session}
        where {session.userId} = $1{id} and {session.token} <> $2 and {session.expiresAt} > $3";
    let params: [Param<'_>; 3] = [(&user_id, Type::TEXT), (&token, Type::TEXT), (&now, Type::TIMESTAMPTZ)];
    db.rows(Repeat::Safe, sql, &params).await.map(|_| ())
}

/// Changes the columns of one's own of a session and returns it; none where it ended meanwhile.
pub async fn update(db: &Db, token: &str, values: &Values, now: Timestamp) -> Result<Option<Session>, StoreError> {
    let sql = "update {session} s set {session.updatedAt} = $2{session.set $3}
        where s.{session.token} = $1 returning {session.*}";
    let params: [Param<'_>; 3] = [(&token, Type::TEXT), (&now, Type::TIMESTAMPTZ), (&values.0, Type::TEXT)];
    let row = db.row(Repeat::Safe, sql, &params).await?;
    row.map(|row| from_row(&db.schema, &row)).transpose()
}
