//! A user's organization, as sessions name it (`store::founded` writes it).

use tokio_postgres::Row;

use super::{Db, StoreError, column, founded::ACTIVE, pool::Repeat};
use crate::model::Session;

/// Returns the first session of a new user, which is stored apart from the user, with the organization of the user's row.
pub(crate) fn active(db: &Db, row: &Row, mut session: Session) -> Result<Session, StoreError> {
    let named = ACTIVE.into_iter().zip(["founded", "founded_team"]);
    let found = named.filter_map(|(field, name)| {
        let at = row.columns().iter().position(|column| column.name() == name)?;
        Some(column::text(row, at).map(|id| id.map(|id| (field, id))))
    });
    for (field, id) in found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        if session.values.is_empty() {
            session.values.clone_from(db.schema.session().defaults());
        }
        session.values.insert(field.to_owned(), id.as_str().into());
        session.additional.set(field, id.into());
    }
    Ok(session)
}

/// Returns the organization of which a user has been a member for the longest time.
///
/// # Errors
/// The failure of the database.
pub async fn oldest(db: &Db, user_id: &str) -> Result<Option<String>, StoreError> {
    let sql = "select m.{member.organizationId}::text from {member} m where m.{member.userId} = $1
        order by {time m.member.createdAt}, m.{member.id} limit 1";
    let row = db.row(Repeat::Safe, sql, &[user_id.into()]).await?;
    row.map_or(Ok(None), |row| column::text(&row, 0))
}
