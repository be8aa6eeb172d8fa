//! Reads users by their username. The column exists only if `username.enabled` is on.

use crate::{
    rules::sign_in::FoundUser,
    store::{Db, StoreError, column, pool::Repeat, user},
};

/// Reads the user with a normalized username, and the hash of the password if the user has one.
pub async fn with_password(db: &Db, username: &str) -> Result<Option<FoundUser>, StoreError> {
    let sql = const_format::concatcp!(user::WITH_PASSWORD, "u.{user.username} = $1", user::ONE);
    user::found(db, db.row(Repeat::Safe, sql, &[username.into()]).await?)
}

/// Reads the identifier of the user with a normalized username.
pub async fn owner(db: &Db, username: &str) -> Result<Option<String>, StoreError> {
    let sql = "select u.{user.id}::text from {user} u where u.{user.username} = $1 limit 1";
    let row = db.row(Repeat::Safe, sql, &[username.into()]).await?;
    row.map(|row| column::filled_text(&row, 0)).transpose()
}
