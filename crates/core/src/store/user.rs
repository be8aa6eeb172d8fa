//! Users and their passwords.

use jiff::Timestamp;
use tokio_postgres::{Row, types::Type};

use super::{
    Db, Param, StoreError,
    pool::Repeat,
    schema::{Schema, Values},
    session, verification,
};
use crate::{
    config::Ids,
    model::{Additional, Session, User},
    rules::sign_in::Found,
};

/// How many columns of its own `{user.*}` has, in the order that [`from_row`] reads.
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
    let sql = "select 1 from {user} where {user.email} = $1";
    Ok(db.row(Repeat::Safe, sql, &[(&email, Type::TEXT)]).await?.is_some())
}

/// What is known of somebody who signs up, before there is a row.
pub struct LookedUp {
    /// Whether somebody has the address.
    pub is_taken: bool,
    /// Whether somebody has a value that no two may have.
    pub clashes: bool,
    /// The columns of one's own that answers show, as the row would have them.
    pub additional: Additional,
}

/// The same, and what becomes of the row's values, so that nobody tells a taken address by values that no row can have.
///
/// # Errors
/// [`StoreError::Refused`] where a column cannot take its value.
pub async fn look_up(db: &Db, user: &User, additional: &Values) -> Result<LookedUp, StoreError> {
    let sql = "select exists (select 1 from {user} u where u.{user.email} = $1),
        exists (select 1 from {user} u where false{user.same $2}), $3, $4{user.shown $2}{user.values $2}";
    let params: [Param<'_>; 4] =
        [(&user.email, Type::TEXT), (&additional.0, Type::TEXT), (&user.name, Type::TEXT), (&user.image, Type::TEXT)];
    let row = db.row(Repeat::Safe, sql, &params).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the look-up of an address has no answer".to_owned()))?;
    Ok(LookedUp {
        is_taken: row.try_get(0)?,
        clashes: row.try_get(1)?,
        additional: db.schema.user().additional(&row, 4)?,
    })
}

/// The number that the next user would have, where the database counts them: it is used up, as by a new user. The address is
/// that of somebody who is there.
pub async fn counted_id(db: &Db, email: &str) -> Result<Option<String>, StoreError> {
    if db.schema.ids() != Ids::Serial {
        return Ok(None);
    }
    let sql = "select nextval(pg_get_serial_sequence(u.tableoid::regclass::text, 'id'))::text from {user} u
        where u.{user.email} = $1";
    let row = db.row(Repeat::Never, sql, &[(&email, Type::TEXT)]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// The user with the address.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let sql = "select {user.*} from {user} u where u.{user.email} = $1";
    let row = db.row(Repeat::Safe, sql, &[(&email, Type::TEXT)]).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// The user with the identifier.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<User>, StoreError> {
    let sql = "select {user.*} from {user} u where u.{user.id} = $1{id}";
    let row = db.row(Repeat::Safe, sql, &[(&id, Type::TEXT)]).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// The user with the address, and the hash of the password, if the user has one (spec core §3.4).
pub async fn with_password(db: &Db, email: &str) -> Result<Option<Found>, StoreError> {
    let sql =
        "select {user.*}, a.{account.password} from {user} u left join {account} a on a.{account.userId} = u.{user.id}
            and a.{account.providerId} = 'credential' and a.{account.accountId} = u.{user.id}::text
        where u.{user.email} = $1 order by a.{account.password} is null limit 1";
    let row = db.row(Repeat::Safe, sql, &[(&email, Type::TEXT)]).await?;
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

/// A user who signs up with a password.
pub struct New<'a> {
    /// The row. Its identifier and the columns of one's own are the database's, if that makes them.
    pub user: &'a User,
    /// The identifier of the account's row, where the database makes none.
    pub account_id: &'a str,
    /// The password's hash.
    pub password_hash: &'a str,
    /// The columns of one's own.
    pub additional: &'a Values,
}

/// Writes a new user with a password and, where there is one, the first session: all of it or nothing. Returns both as they
/// are stored.
///
/// # Errors
/// [`StoreError::Refused`] where the address was taken meanwhile.
pub async fn insert(
    db: &Db,
    New { user, account_id, password_hash, additional }: &New<'_>,
    session: Option<Session>,
) -> Result<(User, Option<Session>), StoreError> {
    // Where sessions are apart the user comes first: whoever has no session then can sign in.
    let (session, apart) = if db.secondary.is_some() { (None, session) } else { (session, None) };
    let mut params: Vec<Param<'_>> = vec![
        (&user.id, Type::TEXT),
        (&user.name, Type::TEXT),
        (&user.email, Type::TEXT),
        (&user.email_verified, Type::BOOL),
        (&user.image, Type::TEXT),
        (&user.created_at, Type::TIMESTAMPTZ),
        (account_id, Type::TEXT),
        (password_hash, Type::TEXT),
        (&additional.0, Type::TEXT),
    ];
    let defaults = db.schema.session().defaults();
    if let Some(session) = &session {
        params.extend(session::params(session));
        params.push((&defaults.0, Type::TEXT));
    }
    let sql = if session.is_some() { WITH_SESSION } else { WITHOUT_SESSION };
    let row = db.row(Repeat::Never, sql, &params).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the new user was not returned".to_owned()))?;
    let user = from_row(&db.schema, &row, 1)?;
    let session = match (session, apart) {
        (Some(session), _) => Some(Session { id: row.try_get(0)?, user_id: user.id.clone(), ..session }),
        (None, Some(session)) => Some(session::open(db, Session { user_id: user.id.clone(), ..session }, &user).await?),
        (None, None) => None,
    };
    Ok((user, session))
}

const USER_AND_ACCOUNT: &str = "with new_user as (
    insert into {user} ({user.new}{user.name}, {user.email}, {user.emailVerified}, {user.image}, {user.createdAt}, {user.updatedAt}{user.names})
    values ({new $1}$2, $3, $4, $5, $6, $6{user.values $9}) returning *
), new_account as (
    insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.password}, {account.createdAt}, {account.updatedAt}{leftover})
    select {new $7}u.{user.id}::text, 'credential', u.{user.id}, $8, $6, $6{leftover 'local:credential'} from new_user u
)";
const WITHOUT_SESSION: &str = const_format::concatcp!(USER_AND_ACCOUNT, " select null, {user.*} from new_user u");
const WITH_SESSION: &str = const_format::concatcp!(
    USER_AND_ACCOUNT,
    ", new_session as (
    insert into {session} (",
    session::INSERTED,
    "{session.names})
    select {new $10}$11, u.{user.id}, $13, $14, $15, $16, $17{session.values $18} from new_user u returning {session.id}::text as id
) select (select id from new_session), {user.*} from new_user u"
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
    let sql = "update {user} u set {user.name} = coalesce($2, u.{user.name}),
            {user.image} = case when $3 then $4 else u.{user.image} end, {user.updatedAt} = $5{user.set $6}
        where u.{user.id} = $1{id} returning {user.*}";
    let params: [Param<'_>; 6] = [
        (&id, Type::TEXT),
        (&change.name, Type::TEXT),
        (&change.image.is_some(), Type::BOOL),
        (&change.image.flatten(), Type::TEXT),
        (&now, Type::TIMESTAMPTZ),
        (&change.additional.0, Type::TEXT),
    ];
    changed(db, db.row(Repeat::Safe, sql, &params).await?, now).await
}

/// A user's row that was changed, if there is one: the sessions that are apart show it from now on.
async fn changed(db: &Db, row: Option<Row>, now: Timestamp) -> Result<Option<User>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let user = from_row(&db.schema, &row, 0)?;
    if let Some(secondary) = &db.secondary {
        secondary.change_user(db, &user, now).await?;
    }
    Ok(Some(user))
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
    let sql = "update {user} u set {user.email} = $3, {user.emailVerified} = $4, {user.updatedAt} = $5
        where u.{user.id} = $1{id} and u.{user.email} = $2 returning {user.*}";
    let params: [Param<'_>; 5] =
        [(&id, Type::TEXT), (&from, Type::TEXT), (&to, Type::TEXT), (&verified, Type::BOOL), (&now, Type::TIMESTAMPTZ)];
    changed(db, db.row(Repeat::Never, sql, &params).await?, now).await
}

/// Confirms a user's address.
pub async fn verify_email(db: &Db, id: &str, email: &str, now: Timestamp) -> Result<Option<User>, StoreError> {
    let sql = "update {user} u set {user.emailVerified} = true, {user.updatedAt} = $3
        where u.{user.id} = $1{id} and u.{user.email} = $2 returning {user.*}";
    let params: [Param<'_>; 3] = [(&id, Type::TEXT), (&email, Type::TEXT), (&now, Type::TIMESTAMPTZ)];
    changed(db, db.row(Repeat::Safe, sql, &params).await?, now).await
}

/// Removes a user with accounts and sessions: all of it or nothing. Sessions that are apart end before that, so that none
/// outlives its user whatever fails; and after it, for whoever signed in meanwhile.
pub async fn delete(db: &Db, id: &str) -> Result<(), StoreError> {
    const ROWS: &str = "accounts as (delete from {account} where {account.userId} = $1{id})
        delete from {user} where {user.id} = $1{id}";
    const WITH_SESSIONS: &str =
        const_format::concatcp!("with sessions as (delete from {session} where {session.userId} = $1{id}), ", ROWS);
    const WITHOUT_SESSIONS: &str = const_format::concatcp!("with ", ROWS);
    let params: [Param<'_>; 1] = [(&id, Type::TEXT)];
    let Some(secondary) = &db.secondary else {
        return db.rows(Repeat::Safe, WITH_SESSIONS, &params).await.map(|_| ());
    };
    secondary.end_sessions(db, id).await?;
    let sql = if secondary.besides().sessions { WITH_SESSIONS } else { WITHOUT_SESSIONS };
    db.rows(Repeat::Safe, sql, &params).await?;
    secondary.end_sessions(db, id).await
}

/// The same, if a mailed secret of this user still works; it is used up by that. `false` where it does not.
pub async fn delete_by_secret(db: &Db, id: &str, identifiers: &[String], now: Timestamp) -> Result<bool, StoreError> {
    if db.secondary.is_some() {
        // Somebody else's stays.
        let is_own = verification::user_of(db, identifiers, now).await?.as_deref() == Some(id);
        if !is_own || verification::redeem(db, identifiers, now).await?.as_deref() != Some(id) {
            return Ok(false);
        }
        return delete(db, id).await.map(|()| true);
    }
    let sql = "with used as (delete from {verification}
            where {verification.identifier} = any($2) and {verification.value} = $1 returning {verification.expiresAt} as until),
        owner as (select $1::text{id} as id from used where until > $3 limit 1),
        sessions as (delete from {session} where {session.userId} in (select id from owner)),
        accounts as (delete from {account} where {account.userId} in (select id from owner))
        delete from {user} where {user.id} in (select id from owner) returning 1";
    let params: [Param<'_>; 3] = [(&id, Type::TEXT), (&identifiers, Type::TEXT_ARRAY), (&now, Type::TIMESTAMPTZ)];
    Ok(db.row(Repeat::Never, sql, &params).await?.is_some())
}
