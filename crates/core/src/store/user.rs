//! Users and their passwords.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{
    Db, Param, StoreError,
    pool::Repeat,
    schema::{Schema, Values},
    session,
};
use crate::{
    model::{Additional, Session, User},
    rules::sign_in::Found,
};

/// The columns of a user, in the order that [`from_row`] reads.
pub(super) const COLUMNS: &str =
    r#"u."id", u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt"{user}"#;
/// How many these are without those of one's own.
const WIDTH: usize = 7;

/// Reads a user whose columns begin at `at`.
pub(super) fn from_row(schema: &Schema, row: &Row, at: usize) -> Result<User, StoreError> {
    Ok(User {
        additional: schema.user().additional(row, at + WIDTH)?,
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
    Ok(db.row(Repeat::Safe, &db.schema.statement(sql), &[(&email, Type::TEXT)]).await?.is_some())
}

/// The user with the address.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(r#"select {COLUMNS} from "user" u where u."email" = $1"#);
    let row = db.row(Repeat::Safe, &db.schema.statement(sql), &[(&email, Type::TEXT)]).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// The user with the identifier.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(r#"select {COLUMNS} from "user" u where u."id" = $1"#);
    let row = db.row(Repeat::Safe, &db.schema.statement(sql), &[(&id, Type::TEXT)]).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// The user with the address, and the hash of the password, if the user has one (spec core §3.4).
pub async fn with_password(db: &Db, email: &str) -> Result<Option<Found>, StoreError> {
    let sql = const_format::formatcp!(
        r#"select {COLUMNS}, a."password" from "user" u
        left join "account" a on a."userId" = u."id" and a."providerId" = 'credential' and a."accountId" = u."id"
        where u."email" = $1 order by a."password" is null limit 1"#
    );
    let row = db.row(Repeat::Safe, &db.schema.statement(sql), &[(&email, Type::TEXT)]).await?;
    let found = row.map(|row| {
        Ok::<_, StoreError>(Found {
            user: from_row(&db.schema, &row, 0)?,
            password: row
                .try_get::<_, Option<String>>(WIDTH + db.schema.user().width())?
                .filter(|hash| !hash.is_empty()),
        })
    });
    found.transpose()
}

/// Writes a new user with a password and, where there is one, the first session: all of it or nothing. Returns the
/// columns of one's own as the database made them.
///
/// # Errors
/// [`StoreError::Refused`] where the address was taken meanwhile.
pub async fn insert(
    db: &Db,
    user: &User,
    account_id: &str,
    password_hash: &str,
    additional: &Values,
    session: Option<&Session>,
) -> Result<Additional, StoreError> {
    let mut params: Vec<Param<'_>> = vec![
        (&user.id, Type::TEXT),
        (&user.name, Type::TEXT),
        (&user.email, Type::TEXT),
        (&user.email_verified, Type::BOOL),
        (&user.image, Type::TEXT),
        (&user.created_at, Type::TIMESTAMPTZ),
        (&account_id, Type::TEXT),
        (&password_hash, Type::TEXT),
        (&additional.0, Type::TEXT),
    ];
    let defaults = db.schema.session().defaults();
    if let Some(session) = session {
        params.extend(session::params(session));
        params.push((&defaults.0, Type::TEXT));
    }
    let sql = if session.is_some() { WITH_SESSION } else { WITHOUT_SESSION };
    match db.row(Repeat::Never, &db.schema.statement(sql), &params).await? {
        Some(row) => db.schema.user().additional(&row, 1),
        None => Err(StoreError::Failed("the new user was not returned".to_owned())),
    }
}

const USER_AND_ACCOUNT: &str = r#"new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"{user.names})
    values ($1, $2, $3, $4, $5, $6, $6{user.values $9}) returning *
), new_account as (
    insert into "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt") values ($7, $1, 'credential', $1, $8, $6, $6)
)"#;
const WITHOUT_SESSION: &str = const_format::concatcp!("with ", USER_AND_ACCOUNT, " select 1{user} from new_user u");
const WITH_SESSION: &str = const_format::concatcp!(
    "with ",
    USER_AND_ACCOUNT,
    ", new_session as (insert into \"session\" (",
    session::INSERTED,
    "{session.names}) values ($10, $11, $12, $13, $14, $15, $16, $17{session.values $18})) select 1{user} from new_user u"
);

/// What a user changes of the own row.
pub struct Change<'a> {
    /// A new name.
    pub name: Option<&'a str>,
    /// A new picture, or none any more.
    pub image: Option<Option<&'a str>>,
    /// Columns of one's own.
    pub additional: Values,
}

/// Changes a user's row and returns it; none where the user is gone.
pub async fn update(db: &Db, id: &str, change: &Change<'_>, now: Timestamp) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(
        r#"update "user" u set "name" = coalesce($2, u."name"), "image" = case when $3 then $4 else u."image" end, "updatedAt" = $5{{user.set $6}}
        where u."id" = $1 returning {COLUMNS}"#
    );
    let params: [Param<'_>; 6] = [
        (&id, Type::TEXT),
        (&change.name, Type::TEXT),
        (&change.image.is_some(), Type::BOOL),
        (&change.image.flatten(), Type::TEXT),
        (&now, Type::TIMESTAMPTZ),
        (&change.additional.0, Type::TEXT),
    ];
    let row = db.row(Repeat::Safe, &db.schema.statement(sql), &params).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
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
    let row = db.row(Repeat::Never, &db.schema.statement(sql), &params).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// Confirms a user's address.
pub async fn verify_email(db: &Db, id: &str, email: &str, now: Timestamp) -> Result<Option<User>, StoreError> {
    let sql = const_format::formatcp!(
        r#"update "user" u set "emailVerified" = true, "updatedAt" = $3 where u."id" = $1 and u."email" = $2 returning {COLUMNS}"#
    );
    let params: [Param<'_>; 3] = [(&id, Type::TEXT), (&email, Type::TEXT), (&now, Type::TIMESTAMPTZ)];
    let row = db.row(Repeat::Safe, &db.schema.statement(sql), &params).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
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
    Ok(db.row(Repeat::Never, &db.schema.statement(sql), &params).await?.is_some())
}
