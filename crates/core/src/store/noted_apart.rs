//! Notes of changes in a secondary storage. Such a change has no statement, so each note is a statement of its own, before the change.

use super::{Db, StoreError, noted_parts::IMPERSONATION, pool::Repeat, secondary::Secondary};

/// Notes that one or, without `session`, all sessions of a user end, before a secondary storage ends them.
///
/// # Errors
/// The failure of the database.
pub(super) async fn ended_apart(db: &Db, user: &str, session: Option<&str>) -> Result<(), StoreError> {
    db.notes.next_is_otherwise("session.revoked");
    apart(db, Some(user), session).await
}

/// Notes that the session with this token ends, if the secondary storage has it and it belongs to `owner`, if given.
///
/// # Errors
/// The failure of the database or of the storage.
pub(super) async fn one_ended_apart(
    db: &Db,
    secondary: &dyn Secondary,
    token: &str,
    owner: Option<&str>,
) -> Result<(), StoreError> {
    if !db.notes.is_on() {
        return Ok(());
    }
    match secondary.session(&db.trips, token).await? {
        Ok((session, _)) if owner.is_none_or(|owner| owner == session.user_id) => {
            if session.impersonated_by().is_some() {
                db.notes.next_is_otherwise(IMPERSONATION);
            }
            ended_apart(db, &session.user_id, Some(&session.id)).await
        }
        _ => Ok(()),
    }
}

/// Notes that a session of a user opens, before a secondary storage has it, if the caller gave the change a kind. Otherwise it writes
/// the event of a new session.
///
/// # Errors
/// The failure of the database.
pub(super) async fn opened_apart(db: &Db, user: &str, session: &str) -> Result<(), StoreError> {
    if db.notes.has_next() {
        return apart(db, Some(user), Some(session)).await;
    }
    let sql = "with one as (select 1){opened one $1 $2} select 1 from one";
    if db.notes.has_events() {
        db.row(Repeat::Never, sql, &[user.into(), session.into()]).await?;
    }
    Ok(())
}

/// Writes a note in a statement of its own.
async fn apart(db: &Db, user: Option<&str>, session: Option<&str>) -> Result<(), StoreError> {
    let sql = "with one as (select 1){change - one $1 $2 -} select 1 from one";
    if db.notes.is_on() {
        db.row(Repeat::Never, sql, &[user.into(), session.into()]).await?;
    }
    Ok(())
}
