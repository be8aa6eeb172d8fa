//! Accounts at providers: whose they are, and what a sign-in writes. Whoever comes costs one statement to look up and one to
//! write, all of it or nothing.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{
    Db, Param, StoreError,
    pool::Repeat,
    schema::Values,
    session,
    user::{self, COLUMNS as USER},
};
use crate::{
    model::{Additional, LinkedAccount, Session, User},
    rules::oauth::{Change, Known},
};

/// The columns of an account, in the order that [`from_row`] reads.
const COLUMNS: &str = r#"a."id", a."accountId", a."providerId", a."userId", a."accessToken", a."refreshToken", a."idToken",
    a."accessTokenExpiresAt", a."refreshTokenExpiresAt", a."scope", a."createdAt", a."updatedAt""#;
/// How many these are.
const WIDTH: usize = 12;
/// The columns of a new account, in the order of [`params`].
const INSERTED: &str = r#""id", "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
    "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "createdAt", "updatedAt""#;

/// Reads an account whose columns begin at 0.
fn from_row(row: &Row) -> Result<LinkedAccount, StoreError> {
    Ok(LinkedAccount {
        id: row.try_get(0)?,
        account_id: row.try_get(1)?,
        provider_id: row.try_get(2)?,
        user_id: row.try_get(3)?,
        access_token: row.try_get(4)?,
        refresh_token: row.try_get(5)?,
        id_token: row.try_get(6)?,
        access_token_expires_at: row.try_get(7)?,
        refresh_token_expires_at: row.try_get(8)?,
        scope: row.try_get(9)?,
        created_at: row.try_get(10)?,
        updated_at: row.try_get(11)?,
    })
}

/// The values of an account.
fn params(account: &LinkedAccount) -> [Param<'_>; WIDTH] {
    [
        (&account.id, Type::TEXT),
        (&account.account_id, Type::TEXT),
        (&account.provider_id, Type::TEXT),
        (&account.user_id, Type::TEXT),
        (&account.access_token, Type::TEXT),
        (&account.refresh_token, Type::TEXT),
        (&account.id_token, Type::TEXT),
        (&account.access_token_expires_at, Type::TIMESTAMPTZ),
        (&account.refresh_token_expires_at, Type::TIMESTAMPTZ),
        (&account.scope, Type::TEXT),
        (&account.created_at, Type::TIMESTAMPTZ),
        (&account.updated_at, Type::TIMESTAMPTZ),
    ]
}

/// Who has this account, or else this address, which is in lower case.
pub async fn known(db: &Db, provider_id: &str, account_id: &str, email: &str) -> Result<Known, StoreError> {
    let sql = const_format::formatcp!(
        r#"with a as (select * from "account" where "providerId" = $1 and "accountId" = $2 limit 2)
        select {COLUMNS}, u."id" is not null, {USER} from a left join "user" u on u."id" = a."userId"
        union all
        select {NO_ACCOUNT}, true, {USER} from "user" u where u."email" = $3 and not exists (select 1 from a)"#
    );
    let params: [Param<'_>; 3] = [(&provider_id, Type::TEXT), (&account_id, Type::TEXT), (&email, Type::TEXT)];
    let mut known = Known::default();
    for row in db.rows(Repeat::Safe, &db.schema.statement(sql), &params).await? {
        let user = if row.try_get(WIDTH)? { Some(user::from_row(&db.schema, &row, WIDTH + 1)?) } else { None };
        if row.try_get::<_, Option<&str>>(0)?.is_some() {
            known.accounts.push((from_row(&row)?, user));
        } else {
            known.by_email = user;
        }
    }
    Ok(known)
}

const NO_ACCOUNT: &str = "null, null, null, null, null, null, null, null::timestamptz, null::timestamptz, null, \
                          null::timestamptz, null::timestamptz";

/// An account of a user, by its row.
pub async fn own(db: &Db, user_id: &str, id: &str) -> Result<Option<LinkedAccount>, StoreError> {
    let sql = const_format::formatcp!(r#"select {COLUMNS} from "account" a where a."id" = $1 and a."userId" = $2"#);
    let row = db.row(Repeat::Safe, sql, &[(&id, Type::TEXT), (&user_id, Type::TEXT)]).await?;
    row.map(|row| from_row(&row)).transpose()
}

/// Makes a user with an account and, where there is one, the first session. Returns the columns of one's own as the database
/// made them.
///
/// # Errors
/// [`StoreError::Refused`] where the address was taken meanwhile.
pub async fn create(
    db: &Db,
    user: &User,
    additional: &Values,
    account: &LinkedAccount,
    session: Option<&Session>,
) -> Result<Additional, StoreError> {
    let mut all = params(account).to_vec();
    all.extend::<[Param<'_>; 5]>([
        (&user.name, Type::TEXT),
        (&user.email, Type::TEXT),
        (&user.email_verified, Type::BOOL),
        (&user.image, Type::TEXT),
        (&additional.0, Type::TEXT),
    ]);
    let defaults = db.schema.session().defaults();
    if let Some(session) = session {
        all.extend(session::params(session));
        all.push((&defaults.0, Type::TEXT));
    }
    let sql = if session.is_some() { CREATE_WITH_SESSION } else { CREATE };
    match db.row(Repeat::Never, &db.schema.statement(sql), &all).await? {
        Some(row) => db.schema.user().additional(&row, 1),
        None => Err(StoreError::Failed("the new user was not returned".to_owned())),
    }
}

const NEW: &str = const_format::concatcp!(
    r#"with new_user as (
    insert into "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"{user.names})
    values ($4, $13, $14, $15, $16, $11, $11{user.values $17}) returning *
), new_account as (insert into "account" ("#,
    INSERTED,
    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12))"
);
const CREATE: &str = const_format::concatcp!(NEW, " select 1{user} from new_user u");
const CREATE_WITH_SESSION: &str = const_format::concatcp!(
    NEW,
    r#", new_session as (insert into "session" ("#,
    session::INSERTED,
    "{session.names}) values ($18, $19, $20, $21, $22, $23, $24, $25{session.values $26})) select 1{user} from new_user u"
);

/// Writes what changes where the user is there already: the account, new or with new tokens; the user; and the session, if
/// one is opened. An account that somebody else linked meanwhile is not linked again. `false` where an account that was to
/// be changed is gone.
///
/// # Errors
/// [`StoreError::Refused`] where the user is gone, or the new address was taken meanwhile.
pub async fn write(
    db: &Db,
    account: &LinkedAccount,
    is_new: bool,
    change: &Change,
    session: Option<&Session>,
) -> Result<bool, StoreError> {
    let mut all = params(account).to_vec();
    let changes = !change.is_empty();
    all.extend::<[Param<'_>; 6]>([
        (&is_new, Type::BOOL),
        (&changes, Type::BOOL),
        (&change.name, Type::TEXT),
        (&change.image, Type::TEXT),
        (&change.email, Type::TEXT),
        (&change.email_verified, Type::BOOL),
    ]);
    let defaults = db.schema.session().defaults();
    if let Some(session) = session {
        all.extend(session::params(session));
        all.push((&defaults.0, Type::TEXT));
    }
    let sql = if session.is_some() { WRITE_WITH_SESSION } else { WRITE };
    let row = db.row(Repeat::Never, &db.schema.statement(sql), &all).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()? == Some(true))
}

const WRITTEN: &str = const_format::concatcp!(
    r#"with made as (insert into "account" ("#,
    INSERTED,
    r#") select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 where $13
        and not exists (select 1 from "account" where "providerId" = $3 and "accountId" = $2) returning 1
), kept as (update "account" set "accessToken" = $5, "refreshToken" = $6, "idToken" = $7, "accessTokenExpiresAt" = $8,
        "refreshTokenExpiresAt" = $9, "scope" = $10, "updatedAt" = $12
    where not $13 and "id" = $1 and "userId" = $4 returning 1
), changed as (update "user" set "name" = coalesce($15, "name"), "image" = coalesce($16, "image"),
        "email" = coalesce($17, "email"), "emailVerified" = coalesce($18, "emailVerified"), "updatedAt" = $12
    where $14 and "id" = $4 and exists (select 1 from made union all select 1 from kept))"#
);
const DONE: &str = " select exists (select 1 from made union all select 1 from kept)";
const WRITE: &str = const_format::concatcp!(WRITTEN, DONE);
const WRITE_WITH_SESSION: &str = const_format::concatcp!(
    WRITTEN,
    r#", opened as (insert into "session" ("#,
    session::INSERTED,
    "{session.names}) select $19, $20, $21, $22, $23, $24, $25, $26{session.values $27}
    where exists (select 1 from made union all select 1 from kept))",
    DONE
);

/// Who has the account that somebody adds, and whether the session that began is still the user's.
pub async fn linkable(
    db: &Db,
    provider_id: &str,
    account_id: &str,
    session: (&str, &str),
    now: Timestamp,
) -> Result<(bool, Vec<LinkedAccount>), StoreError> {
    let sql = const_format::formatcp!(
        r#"select {COLUMNS}, s.live from
        (select exists (select 1 from "session" where "token" = $3 and "userId" = $4 and "expiresAt" > $5) as live) s
        left join lateral (select * from "account" where "providerId" = $1 and "accountId" = $2 limit 2) a on true"#
    );
    let params: [Param<'_>; 5] = [
        (&provider_id, Type::TEXT),
        (&account_id, Type::TEXT),
        (&session.0, Type::TEXT),
        (&session.1, Type::TEXT),
        (&now, Type::TIMESTAMPTZ),
    ];
    let (mut live, mut accounts) = (false, Vec::new());
    for row in db.rows(Repeat::Safe, sql, &params).await? {
        live = row.try_get(WIDTH)?;
        if row.try_get::<_, Option<&str>>(0)?.is_some() {
            accounts.push(from_row(&row)?);
        }
    }
    Ok((live, accounts))
}

/// Puts new tokens into an account. They are the provider's newest; another request's may be newer by a moment.
pub async fn refreshed(db: &Db, account: &LinkedAccount) -> Result<(), StoreError> {
    let sql = r#"update "account" set "accessToken" = $2, "refreshToken" = $3, "idToken" = $4,
        "accessTokenExpiresAt" = $5, "refreshTokenExpiresAt" = $6, "updatedAt" = $7 where "id" = $1"#;
    let params: [Param<'_>; 7] = [
        (&account.id, Type::TEXT),
        (&account.access_token, Type::TEXT),
        (&account.refresh_token, Type::TEXT),
        (&account.id_token, Type::TEXT),
        (&account.access_token_expires_at, Type::TIMESTAMPTZ),
        (&account.refresh_token_expires_at, Type::TIMESTAMPTZ),
        (&account.updated_at, Type::TIMESTAMPTZ),
    ];
    db.rows(Repeat::Safe, sql, &params).await.map(|_| ())
}
