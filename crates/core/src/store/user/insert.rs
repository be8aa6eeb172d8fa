//! Stores new users, with a password or without an account.

use tokio_postgres::Row;

use super::read::{from_row, width};
use crate::{
    model::{Session, User},
    store::{Db, Param, StoreError, credential, founder, new_row, session, unique, values::Values},
};

/// A new user whom every feature accepts.
pub struct AcceptedUser {
    /// The row. Its additional fields are as answers show them.
    pub user: User,
    /// The values of the additional fields.
    pub values: Values,
    /// The values to write instead if the table of users is empty then.
    pub if_first: Option<Values>,
}

/// A user who signs up with a password, for [`insert`].
pub struct NewUserRow<'a> {
    /// The row. If the database makes identifiers, it chooses the row's `id`.
    pub user: &'a User,
    /// The identifier of the account's row, unless the database makes identifiers.
    pub account_id: &'a str,
    /// The hash of the password.
    pub password_hash: &'a str,
    /// The values of the additional fields.
    pub additional: &'a Values,
    /// The values to write instead if the table of users is empty.
    pub if_first: Option<&'a Values>,
}

/// Stores a new user with a password and, if given, the first session: all of it or nothing. Returns both as stored.
///
/// # Errors
/// [`StoreError::Refused`] if another user has taken the address.
pub async fn insert(
    db: &Db,
    new: &NewUserRow<'_>,
    session: Option<Session>,
) -> Result<(User, Option<Session>), StoreError> {
    // With a secondary storage the user comes first: if the session then fails, the user can sign in.
    let (session, apart) = session::within(db, session);
    let locks = [unique::address(&new.user.email), unique::first()];
    let row = match new.first() {
        Some(first) => {
            let (sql, params) = insertion(&first, session.as_ref());
            unique::unless_overtaken(db.row_behind((unique::LOCK_OF_FIRST, &locks), sql, &params).await)?
        }
        None => None,
    };
    let row = match row {
        Some(row) => row,
        None => {
            let (sql, params) = insertion(new, session.as_ref());
            db.row_once((unique::LOCK, &locks), sql, &params).await?
        }
    };
    let row = row.ok_or_else(|| unique::taken(db))?;
    opened(db, &row, session.is_some(), apart).await
}

/// Stores a new user without an account and, if given, the first session: both or neither. Returns them as stored.
///
/// # Errors
/// [`StoreError::Refused`] if another user has taken the address.
pub async fn insert_alone(
    db: &Db,
    AcceptedUser { user, values, if_first }: &AcceptedUser,
    session: Option<Session>,
) -> Result<(User, Option<Session>), StoreError> {
    let (session, apart) = session::within(db, session);
    let params = |values| {
        let mut params = new_row::user(user, values).to_vec();
        params.extend(session.iter().flat_map(new_row::session));
        params
    };
    let sql = if session.is_some() { ALONE_WITH_SESSION } else { ALONE };
    let locks = [unique::address(&user.email), unique::first()];
    let first = match if_first {
        Some(values) => {
            unique::unless_overtaken(db.row_behind((unique::LOCK_OF_FIRST, &locks), sql, &params(values)).await)?
        }
        None => None,
    };
    let row = match first {
        Some(row) => row,
        None => db.row_once((unique::LOCK, &locks), sql, &params(values)).await?,
    };
    let row = row.ok_or_else(|| unique::taken(db))?;
    opened(db, &row, session.is_some(), apart).await
}

/// Reads a new user and the session behind it, and stores the session that is kept apart.
async fn opened(
    db: &Db,
    row: &Row,
    has_session: bool,
    apart: Option<Session>,
) -> Result<(User, Option<Session>), StoreError> {
    let user = from_row(&db.schema, row, 0)?;
    let session = match (has_session, apart) {
        (true, _) => Some(session::from_row(&db.schema, row, width(&db.schema))?),
        (false, Some(session)) => {
            let session = founder::active(db, row, session)?;
            Some(session::open(db, Session { user_id: user.id.clone(), ..session }, &user).await?)
        }
        (false, None) => None,
    };
    Ok((user, session))
}

/// The statement that writes a new user and, where there is one, the first session, with its values.
pub(crate) fn insertion<'a>(new: &'a NewUserRow<'_>, session: Option<&'a Session>) -> (&'static str, Vec<Param<'a>>) {
    let mut params = new.params();
    match session {
        Some(session) => {
            params.extend(new_row::session(session));
            (WITH_SESSION, params)
        }
        None => (WITHOUT_SESSION, params),
    }
}

/// Does what [`insert`] does without a session and takes it back, in one round trip. Returns the user as the row would have
/// been; the database refuses what it would refuse of a real one.
///
/// # Errors
/// [`StoreError::Refused`] if the database refuses the row.
pub async fn insert_undone(db: &Db, new: &NewUserRow<'_>) -> Result<User, StoreError> {
    let row = db.row_undone(WITHOUT_SESSION, &new.params()).await?.ok_or_else(|| unique::taken(db))?;
    from_row(&db.schema, &row, 0)
}

impl NewUserRow<'_> {
    /// Returns the user as the first one, if that makes a difference.
    fn first(&self) -> Option<Self> {
        self.if_first.map(|additional| Self { additional, ..*self })
    }

    fn params(&self) -> Vec<Param<'_>> {
        let Self { user, account_id, password_hash, additional, if_first: _ } = *self;
        let account = [account_id.into(), password_hash.into(), user.created_at.into()];
        [&account[..], &new_row::user(user, additional)].concat()
    }
}

const USER_AND_ACCOUNT: &str = const_format::concatcp!(
    "with new_user as (
    insert into {user} ({user.columns $4})
    select {user.row $4} {user.once $6} returning *
){founded new_user}, new_account as (
    ",
    credential::INSERT,
    "new_user u
){change user.created new_user& user.id - -}"
);
const WITHOUT_SESSION: &str =
    const_format::concatcp!(USER_AND_ACCOUNT, " select {user.*}{founded.columns} from new_user u");
const WITH_SESSION: &str = const_format::concatcp!(
    USER_AND_ACCOUNT,
    ", new_session as (
    insert into {session} ({session.columns $12 founded})
    select {session.row $12 u founded} from new_user u returning *
){opened new_session session.userId id} select {user.*}, {session.*} from new_user u, new_session s"
);
const NEW_ALONE: &str = "with new_user as (insert into {user} ({user.columns $1}) select {user.row $1} {user.once $3} returning *){founded new_user}{change user.created new_user& user.id - -}";
const ALONE: &str = const_format::concatcp!(NEW_ALONE, " select {user.*}{founded.columns} from new_user u");
const ALONE_WITH_SESSION: &str = const_format::concatcp!(
    NEW_ALONE,
    ", new_session as (insert into {session} ({session.columns $9 founded}) select {session.row $9 u founded} from new_user u returning *){opened new_session session.userId id}
    select {user.*}, {session.*} from new_user u, new_session s"
);
