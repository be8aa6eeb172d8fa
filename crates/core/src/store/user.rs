//! Users and their passwords.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{Db, Param, StoreError, pool::Repeat, session};
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

/// The user with the address.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(r#"select {COLUMNS} from "user" u where u."email" = $1"#);
    let row = db.row(Repeat::Safe, sql, &[(&email, Type::TEXT)]).await?;
    Ok(row.map(|row| from_row(&row, 0)).transpose()?)
}

/// The user with the identifier.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(r#"select {COLUMNS} from "user" u where u."id" = $1"#);
    let row = db.row(Repeat::Safe, sql, &[(&id, Type::TEXT)]).await?;
    Ok(row.map(|row| from_row(&row, 0)).transpose()?)
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
    let mut params: Vec<Param<'_>> = vec![
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

/// What a user changes of the own row.
#[derive(Default)]
pub struct Change<'a> {
    /// A new name.
    pub name: Option<&'a str>,
    /// A new picture, or none any more.
    pub image: Option<Option<&'a str>>,
}

/// Changes a user's row and returns it; none where the user is gone.
pub async fn update(db: &Db, id: &str, change: &Change<'_>, now: Timestamp) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(
        r#"update "user" u set "name" = coalesce($2, u."name"), "image" = case when $3 then $4 else u."image" end, "updatedAt" = $5
        where u."id" = $1 returning {COLUMNS}"#
    );
    let params: [Param<'_>; 5] = [
        (&id, Type::TEXT),
        (&change.name, Type::TEXT),
        (&change.image.is_some(), Type::BOOL),
        (&change.image.flatten(), Type::TEXT),
        (&now, Type::TIMESTAMPTZ),
    ];
    let row = db.row(Repeat::Safe, sql, &params).await?;
    Ok(row.map(|row| from_row(&row, 0)).transpose()?)
}

/// Changes a user's address from `from`, and whether it counts as confirmed; none where it is not `from` any more. A
/// link that was followed by two requests at once changes it once.
pub async fn change_email(
    db: &Db,
    id: &str,
    from: &str,
    to: &str,
    verified: bool,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(
        r#"update "user" u set "email" = $3, "emailVerified" = $4, "updatedAt" = $5
        where u."id" = $1 and u."email" = $2 returning {COLUMNS}"#
    );
    let params: [Param<'_>; 5] =
        [(&id, Type::TEXT), (&from, Type::TEXT), (&to, Type::TEXT), (&verified, Type::BOOL), (&now, Type::TIMESTAMPTZ)];
    let row = db.row(Repeat::Never, sql, &params).await?;
    Ok(row.map(|row| from_row(&row, 0)).transpose()?)
}

/// Confirms a user's address.
pub async fn verify_email(db: &Db, id: &str, email: &str, now: Timestamp) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(
        r#"update "user" u set "emailVerified" = true, "updatedAt" = $3 where u."id" = $1 and u."email" = $2 returning {COLUMNS}"#
    );
    let params: [Param<'_>; 3] = [(&id, Type::TEXT), (&email, Type::TEXT), (&now, Type::TIMESTAMPTZ)];
    let row = db.row(Repeat::Safe, sql, &params).await?;
    Ok(row.map(|row| from_row(&row, 0)).transpose()?)
}

/// Removes a user with accounts and sessions: all of it or nothing.
pub async fn delete(db: &Db, id: &str) -> Result<(), StoreError> {
    let sql = r#"with sessions as (delete from "session" where "userId" = $1),
        accounts as (delete from "account" where "userId" = $1)
        delete from "user" where "id" = $1"#;
    db.rows(Repeat::Safe, sql, &[(&id, Type::TEXT)]).await.map(|_| ())
}

/// The same, if a mailed secret of this user still works; it is used up by that. `false` where it does not.
pub async fn delete_by_secret(db: &Db, id: &str, identifiers: &[String], now: Timestamp) -> Result<bool, StoreError> {
    let sql = r#"with used as (delete from "verification" where "identifier" = any($2) and "value" = $1 returning "expiresAt"),
        owner as (select $1::text as "id" from used where "expiresAt" > $3 limit 1),
        sessions as (delete from "session" where "userId" in (select "id" from owner)),
        accounts as (delete from "account" where "userId" in (select "id" from owner))
        delete from "user" where "id" in (select "id" from owner) returning 1"#;
    let params: [Param<'_>; 3] = [(&id, Type::TEXT), (&identifiers, Type::TEXT_ARRAY), (&now, Type::TIMESTAMPTZ)];
    Ok(db.row(Repeat::Never, sql, &params).await?.is_some())
}
