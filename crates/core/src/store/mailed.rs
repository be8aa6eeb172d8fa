//! The effects of followed links in the tables. Each statement acts only while the user has the address and the password that the
//! link was made for (`rules::binding`), and removes the verification tokens that its effect overtakes.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    Db, Param, StoreError, column,
    credential::{self, IS_CREDENTIAL},
    new_row,
    pool::Repeat,
    session, unique, user,
    values::Values,
    verification,
    written::literal,
};
use crate::{
    model::{Session, User},
    rules::binding::Credential,
};

/// With the alias `u`: whether the address counts as not confirmed, by the words that [`super::column::flag`] reads. The table may
/// hold another word than `true` if another system has written it.
pub(crate) const UNCONFIRMED: &str =
    "coalesce(lower(trim(u.{user.emailVerified}::text)), '') not in ('t', 'true', 'y', 'yes', 'on', '1')";

/// With the alias `u`: whether the password was changed since the time in `$5`.
pub(super) const OVERTAKEN: &str = const_format::concatcp!(
    "exists (select 1 from {account} a where ",
    IS_CREDENTIAL,
    " and {time a.account.updatedAt} > $5)"
);

/// Whether the password of a user was changed since a verification token was made.
pub(crate) async fn is_overtaken(db: &Db, user_id: &str, made_at: Option<Timestamp>) -> Result<bool, StoreError> {
    let sql = const_format::concatcp!(
        "select 1 from {user} u, {account} a where u.{user.id} = $1 and ",
        IS_CREDENTIAL,
        " and {time a.account.updatedAt} > $2 limit 1"
    );
    Ok(db.row(Repeat::Safe, sql, &[user_id.into(), made_at.into()]).await?.is_some())
}

pub(crate) const PASSWORD: &str = const_format::concatcp!(
    "(select nullif(a.{account.password}::text, '') from {account} a where ",
    IS_CREDENTIAL,
    " order by a.{account.password} is null limit 1)"
);

/// Selects users `u` with what a link or code is bound to; a condition follows. [`reached`] reads the row.
pub(crate) const REACHED: &str = const_format::concatcp!(
    "select c.password, c.changed, {user.*} from {user} u left join lateral (select nullif(a.{account.password}::text, '') as password,
        a.{account.updatedAt} as changed from {account} a where ",
    IS_CREDENTIAL,
    " order by a.{account.password} is null limit 1) c on true where "
);

/// A user whom a request mails to or whom a link names, with what the link is bound to.
pub struct MailRecipient {
    /// The user.
    pub user: User,
    /// The password that the user signs in with.
    pub credential: Credential,
}

/// Returns the user with the address.
pub async fn by_email(db: &Db, email: &str) -> Result<Option<MailRecipient>, StoreError> {
    let sql = const_format::concatcp!(REACHED, "u.{user.email} = $1");
    reached(db, db.row(Repeat::Safe, sql, &[email.into()]).await?)
}

/// Returns the user with the identifier.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<MailRecipient>, StoreError> {
    let sql = const_format::concatcp!(REACHED, "u.{user.id} = $1");
    reached(db, db.row(Repeat::Safe, sql, &[id.into()]).await?)
}

/// Reads the row of a statement that begins with [`REACHED`].
pub(crate) fn reached(db: &Db, row: Option<Row>) -> Result<Option<MailRecipient>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let credential = Credential { password: column::text(&row, 0)?, changed_at: column::instant(&row, 1)? };
    Ok(Some(MailRecipient { user: user::from_row(&db.schema, &row, 2)?, credential }))
}

/// Returns whether a user has the address, and the password of the user `user_id`, who asks for it.
pub async fn taken_and_password(db: &Db, email: &str, user_id: &str) -> Result<(bool, Option<String>), StoreError> {
    let sql = const_format::concatcp!(
        "select exists (select 1 from {user} where {user.email} = $1), (select ",
        PASSWORD,
        " from {user} u where u.{user.id} = $2)"
    );
    let row = db.row(Repeat::Safe, sql, &[email.into(), user_id.into()]).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the look-up of an address returned no row".to_owned()))?;
    Ok((row.try_get(0)?, column::text(&row, 1)?))
}

/// Confirms a user's address and opens the session, if one is given: both or neither. Returns them as stored, or `None` if the
/// address or the password has changed, another request has confirmed the address, or the note `claim`
/// ([`super::unproven::claim`]) is stored.
///
/// With a secondary storage the session opens after the confirmation.
///
/// # Errors
/// [`StoreError::Refused`] if the database refuses the row of the user or of the session.
pub async fn confirm(
    db: &Db,
    user: &User,
    password: Option<&str>,
    session: Option<Session>,
    claim: Option<&str>,
    now: Timestamp,
) -> Result<Option<(User, Option<Session>)>, StoreError> {
    const CONFIRM: &str = const_format::concatcp!(
        "update {user} u set {user.emailVerified} = 'true', {user.updatedAt} = $3
        where u.{user.id} = $1 and u.{user.email} = $2 and ",
        UNCONFIRMED,
        " and ",
        PASSWORD,
        " is not distinct from $4{?verification} and not exists (select 1 from {verification} v
            where v.{verification.identifier} = $5::text){/verification} returning "
    );
    const WITH_SESSION: &str = const_format::concatcp!(
        "with confirmed as (",
        CONFIRM,
        "u.*), opened as (insert into {session} ({session.columns $6}) select {session.row $6 u} from confirmed u
        returning *){change email.verified confirmed $1 - -}{opened opened $1 id} select {user.*}, {session.*} from confirmed u, opened s"
    );
    const WITHOUT_SESSION: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}",
        CONFIRM,
        "{user.*}{?change}){change email.verified changed $1 - -} select * from changed{/change}"
    );
    if let Some(claim) = claim.filter(|_| !verification::in_table(db))
        && verification::peek(db, &[claim.to_owned()]).await?.is_some()
    {
        return Ok(None);
    }
    let (session, apart) = session::within(db, session);
    let mut params: Vec<Param<'_>> =
        vec![(&user.id).into(), (&user.email).into(), now.into(), password.into(), claim.into()];
    let sql = match &session {
        Some(session) => {
            params.extend(new_row::session(session));
            WITH_SESSION
        }
        None => WITHOUT_SESSION,
    };
    let row = db.row_behind((credential::LOCK, &[literal(&user.id)]), sql, &params).await?;
    let opened = match (&row, &session) {
        (Some(row), Some(_)) => Some(session::from_row(&db.schema, row, user::width(&db.schema))?),
        _ => None,
    };
    let Some(user) = user::changed(db, row, now).await? else { return Ok(None) };
    Ok(Some(match apart {
        Some(session) => {
            let session = session::open(db, session, &user).await?;
            (user, Some(session))
        }
        None => (user, opened),
    }))
}

/// Opens a session of a user whose confirmed address `email` was proven by what was mailed at `made_at`. Returns `None` if the user
/// has another address by now, or another password since.
///
/// # Errors
/// [`StoreError::Refused`] if the database refuses the row.
pub async fn open(
    db: &Db,
    session: Session,
    email: &str,
    made_at: Option<Timestamp>,
) -> Result<Option<Session>, StoreError> {
    const OPEN: &str = const_format::concatcp!(
        "with owner as (select u.{user.id} from {user} u where u.{user.id} = $3 and u.{user.email} = $10 and not exists (
            select 1 from {account} a where ",
        IS_CREDENTIAL,
        " and {time a.account.updatedAt} > $11)){?outboxEvent}, opened as ({/outboxEvent}
        insert into {session} as s ({session.columns $1}) select {session.row $1} from owner returning {session.*}",
        "{?outboxEvent}){opened opened $3 id} select * from opened{/outboxEvent}"
    );
    let apart = db.secondary.as_ref().filter(|secondary| !secondary.in_database().sessions).is_some();
    if apart {
        let found = by_email(db, email).await?.filter(|found| found.user.id == session.user_id);
        let Some(found) = found.filter(|found| !found.credential.is_newer_than(made_at)) else { return Ok(None) };
        return session::open(db, session, &found.user).await.map(Some);
    }
    let params = [&new_row::session(&session)[..], &[email.into(), made_at.into()]].concat();
    let row = db.row_behind((credential::LOCK, &[literal(&session.user_id)]), OPEN, &params).await?;
    let Some(row) = row else { return Ok(None) };
    let session = session::from_row(&db.schema, &row, 0)?;
    if let (Some(secondary), Some(user)) = (&db.secondary, user::by_id(db, &session.user_id).await?) {
        secondary.open_session(&db.trips, &session, &user).await?;
    }
    Ok(Some(session))
}

/// A change of a user's address.
pub struct AddressChange<'a> {
    /// The user whose address changes.
    pub id: &'a str,
    /// The address that the user had when the change was requested.
    pub from: &'a str,
    /// The password that the user had when the change was requested.
    pub password: Option<&'a str>,
    /// Whether the former address was confirmed then. A later confirmation invalidates changes that were requested before it.
    pub was_verified: bool,
    /// The new address.
    pub to: &'a str,
    /// Whether the new address counts as confirmed.
    pub verified: bool,
    /// Additional fields that change with the address.
    pub more: Values,
    /// The time of the change.
    pub now: Timestamp,
}

/// Changes a user's address. Returns `None` if the address or the password has changed, or the address was confirmed, since the
/// request.
///
/// A link that two requests follow at once changes the address once. Verification tokens that were mailed to the old address stop
/// working: those in the table are removed, and the others become older than the password.
///
/// # Errors
/// [`StoreError::Refused`] if another user has taken the address.
pub async fn change_email(db: &Db, change: &AddressChange<'_>) -> Result<Option<User>, StoreError> {
    let sql = const_format::concatcp!(
        "with taken as (select 1 from {user} where {user.email} = $3 and not {user.id} = $1 limit 1),
        changed as (update {user} u set {user.email} = $3, {user.emailVerified} = $4, {user.updatedAt} = $5{user.set $8}
            where u.{user.id} = $1 and u.{user.email} = $2 and not exists (select 1 from taken) and ($7 or ",
        UNCONFIRMED,
        ") and ",
        PASSWORD,
        " is not distinct from $6 returning u.*),
        overtaking as (update {account} a set {account.updatedAt} = $5 from changed u where ",
        IS_CREDENTIAL,
        "){overtaken changed}{change email.changed changed $1 - -} select {user.*}, t.is_taken from (select exists (select 1 from taken) as is_taken) t
        left join changed u on true"
    );
    let params: [Param<'_>; 8] = [
        change.id.into(),
        change.from.into(),
        change.to.into(),
        change.verified.into(),
        change.now.into(),
        change.password.into(),
        change.was_verified.into(),
        (&change.more).into(),
    ];
    const LOCKS: &str = const_format::concatcp!("select pg_advisory_xact_lock($2); ", credential::LOCK);
    let row = db.row_behind((LOCKS, &[literal(change.id), unique::address(change.to)]), sql, &params).await?;
    let Some(row) = row else { return Ok(None) };
    if column::flag(&row, user::width(&db.schema))? == Some(true) {
        return Err(unique::taken(db));
    }
    let is_changed = column::text(&row, 0)?.is_some();
    user::changed(db, is_changed.then_some(row), change.now).await
}
