//! Users and their passwords.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    Db, Param, StoreError,
    additional::Values,
    column, mailed,
    pool::Repeat,
    schema::{Schema, literal},
    session, unique, verification,
};
use crate::{
    model::{Session, User},
    rules::sign_in::Found,
};

/// How many columns of its own `{user.*}` has, in the order that [`from_row`] reads.
const WIDTH: usize = 7;

/// How many columns `{user.*}` has, the additional fields' among them.
pub(crate) fn width(schema: &Schema) -> usize {
    WIDTH + schema.user().width()
}

/// Reads a user whose columns begin at `at`.
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

/// Whether somebody has the address.
pub async fn exists(db: &Db, email: &str) -> Result<bool, StoreError> {
    let sql = "select 1 from {user} where {user.email} = $1";
    Ok(db.row(Repeat::Safe, sql, &[email.into()]).await?.is_some())
}

/// The user with the address.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<User>, StoreError> {
    let sql = "select {user.*} from {user} u where u.{user.email} = $1";
    let row = db.row(Repeat::Safe, sql, &[email.into()]).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// The user with the identifier.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<User>, StoreError> {
    let sql = "select {user.*} from {user} u where u.{user.id} = $1";
    let row = db.row(Repeat::Safe, sql, &[id.into()]).await?;
    row.map(|row| from_row(&db.schema, &row, 0)).transpose()
}

/// The user with the address, and the hash of the password, if the user has one (spec core §3.4).
pub async fn with_password(db: &Db, email: &str) -> Result<Option<Found>, StoreError> {
    let sql = const_format::concatcp!(WITH_PASSWORD, "u.{user.email} = $1", ONE);
    found(db, db.row(Repeat::Safe, sql, &[email.into()]).await?)
}

/// The user with the username, which is normalized, and the hash of the password. Only where `username.enabled` is on: the column is
/// there then.
pub async fn with_password_by_username(db: &Db, username: &str) -> Result<Option<Found>, StoreError> {
    let sql = const_format::concatcp!(WITH_PASSWORD, "u.{user.username} = $1", ONE);
    found(db, db.row(Repeat::Safe, sql, &[username.into()]).await?)
}

/// The identifier of the user with the username, which is normalized. Only where `username.enabled` is on.
pub async fn id_of_username(db: &Db, username: &str) -> Result<Option<String>, StoreError> {
    let sql = "select u.{user.id}::text from {user} u where u.{user.username} = $1 limit 1";
    let row = db.row(Repeat::Safe, sql, &[username.into()]).await?;
    row.map(|row| column::filled_text(&row, 0)).transpose()
}

const WITH_PASSWORD: &str = "select {user.*}, a.{account.password}::text from {user} u left join {account} a
        on a.{account.userId} = u.{user.id} and a.{account.providerId} = 'credential'
            and a.{account.accountId}::text = u.{user.id}::text where ";
const ONE: &str = " order by a.{account.password} is null limit 1";

fn found(db: &Db, row: Option<Row>) -> Result<Option<Found>, StoreError> {
    let found = row.map(|row| {
        Ok::<_, StoreError>(Found {
            user: from_row(&db.schema, &row, 0)?,
            password: column::text(&row, width(&db.schema))?.filter(|hash| !hash.is_empty()),
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
pub async fn insert(db: &Db, new: &New<'_>, session: Option<Session>) -> Result<(User, Option<Session>), StoreError> {
    // Where sessions are apart the user comes first: whoever has no session then can sign in.
    let (session, apart) = if db.secondary.is_some() { (None, session) } else { (session, None) };
    let mut params = new.params();
    let defaults = db.schema.session().defaults();
    let sql = match &session {
        Some(session) => {
            params.extend(session::params(session));
            params.push((&defaults).into());
            WITH_SESSION
        }
        None => WITHOUT_SESSION,
    };
    let lock = (unique::LOCK, &[unique::address(&new.user.email)][..]);
    let row = db.row_once(lock, sql, &params).await?.ok_or_else(|| unique::taken(db))?;
    let user = from_row(&db.schema, &row, 0)?;
    let session = match (session, apart) {
        (Some(_), _) => Some(session::from_row(&db.schema, &row, width(&db.schema))?),
        (None, Some(session)) => Some(session::open(db, Session { user_id: user.id.clone(), ..session }, &user).await?),
        (None, None) => None,
    };
    Ok((user, session))
}

/// Does what [`insert`] does without a session and takes it back, in one round trip. Returns the user as the row would have
/// been; the database refuses what it would refuse of a real one.
///
/// # Errors
/// [`StoreError::Refused`] where the row cannot be.
pub async fn insert_undone(db: &Db, new: &New<'_>) -> Result<User, StoreError> {
    let row = db.row_undone(WITHOUT_SESSION, &new.params()).await?.ok_or_else(|| unique::taken(db))?;
    from_row(&db.schema, &row, 0)
}

impl New<'_> {
    fn params(&self) -> Vec<Param<'_>> {
        let Self { user, account_id, password_hash, additional } = *self;
        vec![
            (&user.id).into(),
            (&user.name).into(),
            (&user.email).into(),
            user.email_verified.into(),
            (&user.image).into(),
            user.created_at.into(),
            account_id.into(),
            password_hash.into(),
            additional.into(),
        ]
    }
}

const USER_AND_ACCOUNT: &str = "with new_user as (
    insert into {user} ({user.new}{user.name}, {user.email}, {user.emailVerified}, {user.image}, {user.createdAt}, {user.updatedAt}{user.names $9})
    select {new $1}$2, $3, $4, $5, $6, $6{user.values $9} {user.once $3} returning *
), new_account as (
    insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.password}, {account.createdAt}, {account.updatedAt}{leftover}{account.names})
    select {new $7}u.{user.id}::text, 'credential', u.{user.id}, $8, $6, $6{leftover 'local:credential'}{account.values} from new_user u
)";
const WITHOUT_SESSION: &str = const_format::concatcp!(USER_AND_ACCOUNT, " select {user.*} from new_user u");
const WITH_SESSION: &str = const_format::concatcp!(
    USER_AND_ACCOUNT,
    ", new_session as (
    insert into {session} (",
    session::INSERTED,
    "{session.names $18})
    select {new $10}$11, u.{user.id}, $13, $14, $15, $16, $17{session.values $18} from new_user u returning *
) select {user.*}, {session.*} from new_user u, new_session s"
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
        where u.{user.id} = $1 returning {user.*}";
    let params: [Param<'_>; 6] = [
        id.into(),
        change.name.into(),
        change.image.is_some().into(),
        change.image.flatten().into(),
        now.into(),
        (&change.additional).into(),
    ];
    changed(db, db.row(Repeat::Safe, sql, &params).await?, now).await
}

/// A user's row that was changed, if there is one: the sessions that are apart show it from now on.
pub(crate) async fn changed(db: &Db, row: Option<Row>, now: Timestamp) -> Result<Option<User>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let user = from_row(&db.schema, &row, 0)?;
    if let Some(secondary) = &db.secondary {
        secondary.change_user(db, &user, now).await?;
    }
    Ok(Some(user))
}

/// Removes a user with accounts and sessions: all of it or nothing. Sessions that are apart end before that, so that none
/// outlives its user whatever fails; and after it, for whoever signed in meanwhile.
pub async fn delete(db: &Db, id: &str) -> Result<(), StoreError> {
    const ROWS: &str = "accounts as (delete from {account} where {account.userId} = $1)
        delete from {user} where {user.id} = $1";
    const WITH_SESSIONS: &str =
        const_format::concatcp!("with sessions as (delete from {session} where {session.userId} = $1), ", ROWS);
    const WITHOUT_SESSIONS: &str = const_format::concatcp!("with ", ROWS);
    let params: [Param<'_>; 1] = [id.into()];
    let Some(secondary) = &db.secondary else {
        return db.rows(Repeat::Safe, WITH_SESSIONS, &params).await.map(|_| ());
    };
    secondary.end_sessions(db, id).await?;
    let sql = if secondary.besides().sessions { WITH_SESSIONS } else { WITHOUT_SESSIONS };
    db.rows(Repeat::Safe, sql, &params).await?;
    secondary.end_sessions(db, id).await
}

/// The same, if a mailed secret of this user still works; it is used up by that. `false` where it does not. Whatever changes the
/// password or the address removes the secret; one in the secondary storage is compared with when that was.
pub async fn delete_by_secret(db: &Db, id: &str, identifiers: &[String], now: Timestamp) -> Result<bool, StoreError> {
    if db.secondary.is_some() {
        // Somebody else's stays.
        let secret = verification::peek(db, identifiers).await?.filter(|secret| secret.is_of(id, now));
        let Some(secret) = secret else { return Ok(false) };
        if mailed::is_overtaken(db, id, secret.made_at).await? {
            return Ok(false);
        }
        let taken = verification::take(db, identifiers).await?;
        return match taken.filter(|secret| secret.is_of(id, now)) {
            Some(_) => delete(db, id).await.map(|()| true),
            None => Ok(false),
        };
    }
    let sql = "with used as (delete from {verification}
            where {verification.identifier} = any($2) and {verification.value} = $1 returning {time verification.expiresAt} as until),
        owner as (select 1 from used where until > $3 limit 1),
        sessions as (delete from {session} where {session.userId} = $1 and exists (select 1 from owner)),
        accounts as (delete from {account} where {account.userId} = $1 and exists (select 1 from owner))
        delete from {user} where {user.id} = $1 and exists (select 1 from owner) returning 1";
    let params: [Param<'_>; 3] = [id.into(), identifiers.into(), now.into()];
    Ok(db.row_behind((mailed::LOCK, &[literal(id)]), sql, &params).await?.is_some())
}
