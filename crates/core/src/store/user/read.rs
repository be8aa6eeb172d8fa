//! Reads users from the tables.

use tokio_postgres::Row;

use crate::{
    model::User,
    rules::sign_in::FoundUser,
    store::{Db, StoreError, column, pool::Repeat, schema::Schema},
};

/// The number of columns that `{user.*}` has without additional fields, in the order in which [`from_row`] reads them.
const WIDTH: usize = 7;

/// Returns the number of columns of `{user.*}`, including that of the additional fields.
pub(crate) fn width(schema: &Schema) -> usize {
    WIDTH + schema.user().width()
}

/// Reads a user from the columns that begin at `at`.
pub(crate) fn from_row(schema: &Schema, row: &Row, at: usize) -> Result<User, StoreError> {
    Ok(User {
        additional: schema.user().additional(row, at + WIDTH)?,
        id: column::filled_text(row, at)?,
        name: column::text(row, at + 1)?,
        email: column::filled_text(row, at + 2)?,
        email_verified: column::flag(row, at + 3)?,
        image: column::text(row, at + 4)?,
        created_at: column::instant(row, at + 5)?,
        updated_at: column::instant(row, at + 6)?,
    })
}

/// Returns the user with the address.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let sql = "select {user.*} from {user} u where u.{user.email} = $1";
    let row = db.row(Repeat::Safe, sql, &[email.into()]).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// Returns the user with the identifier.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<User>, StoreError> {
    let sql = "select {user.*} from {user} u where u.{user.id} = $1";
    let row = db.row(Repeat::Safe, sql, &[id.into()]).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// Returns the user with the address, and the hash of the user's password, if any (spec core §3.4).
pub async fn with_password(db: &Db, email: &str) -> Result<Option<FoundUser>, StoreError> {
    let sql = const_format::concatcp!(WITH_PASSWORD, "u.{user.email} = $1", ONE);
    found(db, db.row(Repeat::Safe, sql, &[email.into()]).await?)
}

/// Selects users with the hash of their password; a condition on the user `u` follows, then [`ONE`].
pub(crate) const WITH_PASSWORD: &str = "select {user.*}, a.{account.password}::text from {user} u left join {account} a
        on a.{account.userId} = u.{user.id} and a.{account.providerId} = 'credential'
            and a.{account.accountId}::text = u.{user.id}::text where ";
/// Ends a statement that begins with [`WITH_PASSWORD`]: at most one row, preferably one with a password.
pub(crate) const ONE: &str = " order by a.{account.password} is null limit 1";

/// Reads the row of a statement that begins with [`WITH_PASSWORD`].
pub(crate) fn found(db: &Db, row: Option<Row>) -> Result<Option<FoundUser>, StoreError> {
    let found = row.map(|row| {
        Ok::<_, StoreError>(FoundUser {
            user: from_row(&db.schema, &row, 0)?,
            password: column::text(&row, width(&db.schema))?.filter(|hash| !hash.is_empty()),
        })
    });
    found.transpose()
}
