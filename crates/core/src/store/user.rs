//! Users and their passwords.

use tokio_postgres::{Row, types::Type};

use super::{Db, StoreError, pool::Repeat, session};
use crate::{
    model::{Session, User},
    rules::sign_in::Found,
};

/// The columns of a user, in the order that [`from_row`] reads.
pub(super) const COLUMNS: &str =
    r#"u."id", u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt""#;

/// Reads a user whose columns begin at `at`.
pub(super) fn from_row(row: &Row, at: usize) -> Result<User, tokio_postgres::Error> {
    Ok(User {
        id: row.try_get(at)?,
        name: row.try_get(at + 1)?,
        email: row.try_get(at + 2)?,
        email_verified: row.try_get(at + 3)?,
        image: row.try_get(at + 4)?,
        created_at: row.try_get(at + 5)?,
        updated_at: row.try_get(at + 6)?,
    })
}

/// Whether somebody has the address.
pub async fn exists(db: &Db, email: &str) -> Result<bool, StoreError> {
    let sql = r#"select 1 from "user" where "email" = $1"#;
    Ok(db.row(Repeat::Safe, sql, &[(&email, Type::TEXT)]).await?.is_some())
}

/// The user with the address, and the hash of the password, if the user has one (spec core §3.4).
pub async fn with_password(db: &Db, email: &str) -> Result<Option<Found>, StoreError> {
    let sql = const_format::formatcp!(
        r#"select {COLUMNS}, a."password" from "user" u
        left join "account" a on a."userId" = u."id" and a."providerId" = 'credential' and a."accountId" = u."id"
        where u."email" = $1 order by a."password" is null limit 1"#
    );
    let row = db.row(Repeat::Safe, sql, &[(&email, Type::TEXT)]).await?;
    let found = row.map(|row| {
        Ok::<_, tokio_postgres::Error>(Found {
            user: from_row(&row, 0)?,
            password: row.try_get::<_, Option<String>>(7)?.filter(|hash| !hash.is_empty()),
        })
    });
    Ok(found.transpose()?)
}

/// Writes a new user with a password and, where there is one, the first session: all of it or nothing.
///
/// # Errors
/// [`StoreError::Refused`] where the address was taken meanwhile.
pub async fn insert(
    db: &Db,
    user: &User,
    account_id: &str,
    password_hash: &str,
    session: Option<&Session>,
) -> Result<(), StoreError> {
    let mut params: Vec<(&(dyn tokio_postgres::types::ToSql + Sync), Type)> = vec![
        (&user.id, Type::TEXT),
        (&user.name, Type::TEXT),
        (&user.email, Type::TEXT),
        (&user.email_verified, Type::BOOL),
        (&user.image, Type::TEXT),
        (&user.created_at, Type::TIMESTAMPTZ),
        (&account_id, Type::TEXT),
        (&password_hash, Type::TEXT),
    ];
    if let Some(session) = session {
        params.extend(session::params(session));
    }
    let sql = if session.is_some() { WITH_SESSION } else { WITHOUT_SESSION };
    db.rows(Repeat::Never, sql, &params).await.map(|_| ())
}

const USER_AND_ACCOUNT: &str = r#"new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") values ($1, $2, $3, $4, $5, $6, $6)
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt") values ($7, $1, 'credential', $1, $8, $6, $6)
)"#;
const WITHOUT_SESSION: &str = const_format::formatcp!("with {USER_AND_ACCOUNT} select 1");
const WITH_SESSION: &str = const_format::formatcp!(
    r#"with {USER_AND_ACCOUNT}
    insert into "session" ({}) values ($9, $10, $11, $12, $13, $14, $15, $16)"#,
    session::INSERTED
);
