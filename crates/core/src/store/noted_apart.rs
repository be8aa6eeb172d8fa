//! Notes of changes in a secondary storage. Such a change has no statement, so each note is a statement of its own, before the change.

use super::{Db, StoreError, pool::Repeat};

/// Notes that sessions of a user end, before a secondary storage ends them.
///
/// # Errors
/// The failure of the database.
pub(super) async fn ended_apart(db: &Db, user: Option<&str>, session: Option<&str>) -> Result<(), StoreError> {
    db.notes.next_is_otherwise("session.revoked");
    apart(db, user, session).await
}

/// Notes that a session of a user opens, before a secondary storage has it, if the caller gave the change a kind, and writes the event.
///
/// # Errors
/// The failure of the database.
pub(super) async fn opened_apart(db: &Db, user: &str, session: &str) -> Result<(), StoreError> {
    if db.notes.has_next() {
        apart(db, Some(user), Some(session)).await?;
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
