//! Sessions.

use jiff::Timestamp;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

use super::{Db, StoreError, pool::Repeat, user};
use crate::model::{Session, User};

/// The columns of a session, in the order that [`from_row`] reads.
const COLUMNS: &str =
    r#"s."id", s."token", s."userId", s."expiresAt", s."createdAt", s."updatedAt", s."ipAddress", s."userAgent""#;
/// The columns of a new session, in the order of [`params`].
pub(super) const INSERTED: &str =
    r#""id", "token", "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent""#;

/// The values of a new session.
pub(super) fn params(session: &Session) -> [(&(dyn ToSql + Sync), Type); 8] {
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

fn from_row(row: &Row) -> Result<Session, tokio_postgres::Error> {
    Ok(Session {
        id: row.try_get(0)?,
        token: row.try_get(1)?,
        user_id: row.try_get(2)?,
        expires_at: row.try_get(3)?,
        created_at: row.try_get(4)?,
        updated_at: row.try_get(5)?,
        ip_address: row.try_get(6)?,
        user_agent: row.try_get(7)?,
    })
}

/// The session with this token, whatever its expiry, and its user, if that row is still there.
pub async fn with_user(db: &Db, token: &str) -> Result<Option<(Session, Option<User>)>, StoreError> {
    let sql = const_format::formatcp!(
        r#"select {COLUMNS}, u."id" is not null, {} from "session" s left join "user" u on u."id" = s."userId" where s."token" = $1"#,
        user::COLUMNS
    );
    let Some(row) = db.row(Repeat::Safe, sql, &[(&token, Type::TEXT)]).await? else { return Ok(None) };
    let user = if row.try_get(8)? { Some(user::from_row(&row, 9)?) } else { None };
    Ok(Some((from_row(&row)?, user)))
}

/// Writes a new session. Safe to repeat: its identifier and its token are new, and known.
///
/// # Errors
/// [`StoreError::Refused`] where the user is gone.
pub async fn insert(db: &Db, session: &Session) -> Result<(), StoreError> {
    let sql = const_format::formatcp!(
        r#"insert into "session" ({INSERTED}) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict ("id") do nothing"#
    );
    db.rows(Repeat::Safe, sql, &params(session)).await.map(|_| ())
}

/// Moves the expiry. `false` where the session ended meanwhile.
pub async fn extend(db: &Db, token: &str, expires_at: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
    let sql = r#"update "session" set "expiresAt" = $2, "updatedAt" = $3 where "token" = $1 returning 1"#;
    let params: [(&(dyn ToSql + Sync), Type); 3] =
        [(&token, Type::TEXT), (&expires_at, Type::TIMESTAMPTZ), (&now, Type::TIMESTAMPTZ)];
    Ok(db.row(Repeat::Safe, sql, &params).await?.is_some())
}

/// Removes the session with this token, if there is one.
pub async fn delete(db: &Db, token: &str) -> Result<(), StoreError> {
    let sql = r#"delete from "session" where "token" = $1"#;
    db.rows(Repeat::Safe, sql, &[(&token, Type::TEXT)]).await.map(|_| ())
}
