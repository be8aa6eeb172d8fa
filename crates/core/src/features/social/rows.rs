//! The accounts of providers in the tables: their owners, and what a sign-in writes. A sign-in costs one statement to look up and
//! one to write, which writes everything or nothing.

pub mod link;

use jiff::Timestamp;
use tokio_postgres::Row;

use super::rules::{Change, KnownUsers};
use crate::{
    model::{LinkedAccount, Session, User},
    store::{
        Db, Param, StoreError, column,
        credential::IS_CREDENTIAL,
        founder, new_row,
        pool::Repeat,
        session, unique,
        user::{self, AcceptedUser},
    },
};

/// The columns of an account, in the order in which [`from_row`] reads them.
const COLUMNS: &str = "a.{account.id}::text, a.{account.accountId}::text, a.{account.providerId}::text, \
    a.{account.userId}::text, a.{account.accessToken}::text, a.{account.refreshToken}::text, a.{account.idToken}::text, \
    a.{account.accessTokenExpiresAt}, a.{account.refreshTokenExpiresAt}, a.{account.scope}::text, a.{account.createdAt}, \
    a.{account.updatedAt}";
/// The number of [`COLUMNS`].
const WIDTH: usize = 12;
/// The columns of a new account, in the order of [`params`].
const INSERTED: &str = "{account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.accessToken}, \
    {account.refreshToken}, {account.idToken}, {account.accessTokenExpiresAt}, {account.refreshTokenExpiresAt}, \
    {account.scope}, {account.createdAt}, {account.updatedAt}{leftover}{account.names}";
/// The values of [`INSERTED`] before the user's identifier; [`BEHIND_OWNER`] has those after it.
const BEFORE_OWNER: &str = "{new $1}$2, $3, ";
const BEHIND_OWNER: &str = ", $5, $6, $7, $8, $9, $10, $11, $12{leftover 'local:oauth:' || $3::text}{account.values}";

/// Reads an account from the columns that begin at 0.
fn from_row(row: &Row) -> Result<LinkedAccount, StoreError> {
    Ok(LinkedAccount {
        id: column::filled_text(row, 0)?,
        account_id: column::filled_text(row, 1)?,
        provider_id: column::filled_text(row, 2)?,
        user_id: column::filled_text(row, 3)?,
        access_token: column::text(row, 4)?,
        refresh_token: column::text(row, 5)?,
        id_token: column::text(row, 6)?,
        access_token_expires_at: column::instant(row, 7)?,
        refresh_token_expires_at: column::instant(row, 8)?,
        scope: column::text(row, 9)?,
        created_at: column::instant(row, 10)?,
        updated_at: column::instant(row, 11)?,
    })
}

/// Returns the values of an account.
fn params(account: &LinkedAccount) -> [Param<'_>; WIDTH] {
    [
        (&account.id).into(),
        (&account.account_id).into(),
        (&account.provider_id).into(),
        (&account.user_id).into(),
        (&account.access_token).into(),
        (&account.refresh_token).into(),
        (&account.id_token).into(),
        account.access_token_expires_at.into(),
        account.refresh_token_expires_at.into(),
        (&account.scope).into(),
        account.created_at.into(),
        account.updated_at.into(),
    ]
}

/// Returns the users who have this account or, without such an account, this address, which is in lower case.
pub async fn known(db: &Db, provider_id: &str, account_id: &str, email: &str) -> Result<KnownUsers, StoreError> {
    let sql = const_format::concatcp!(
        "with a as (select * from {account} where {account.providerId} = $1 and {account.accountId} = $2 limit 2) select ",
        COLUMNS,
        ", u.{user.id} is not null, {user.*} from a left join {user} u on u.{user.id} = a.{account.userId} union all select ",
        NO_ACCOUNT,
        ", true, {user.*} from {user} u where u.{user.email} = $3 and not exists (select 1 from a)"
    );
    let params: [Param<'_>; 3] = [provider_id.into(), account_id.into(), email.into()];
    let mut known = KnownUsers::default();
    for row in db.rows(Repeat::Safe, sql, &params).await? {
        let user = if column::flag(&row, WIDTH)? == Some(true) {
            Some(user::from_row(&db.schema, &row, WIDTH + 1)?)
        } else {
            None
        };
        if column::text(&row, 0)?.is_some() {
            known.accounts.push((from_row(&row)?, user));
        } else {
            known.by_email = user;
        }
    }
    Ok(known)
}

const NO_ACCOUNT: &str = "null, null, null, null, null, null, null, null, null, null, null, null";

/// Returns an account of a user by its row.
pub async fn own(db: &Db, user_id: &str, id: &str) -> Result<Option<LinkedAccount>, StoreError> {
    let sql = const_format::concatcp!(
        "select ",
        COLUMNS,
        " from {account} a where a.{account.id}::text = $1 and a.{account.userId} = $2"
    );
    let row = db.row(Repeat::Safe, sql, &[id.into(), user_id.into()]).await?;
    row.map(|row| from_row(&row)).transpose()
}

/// A new user as stored: the user, the account and, if one opened, the session.
pub type CreatedUser = (User, LinkedAccount, Option<Session>);

/// Creates a user with an account and, if given, the first session. Returns them as stored.
///
/// # Errors
/// [`StoreError::Refused`] if another user has taken the address or the account.
pub async fn create(
    db: &Db,
    AcceptedUser { user, values, if_first }: &AcceptedUser,
    account: LinkedAccount,
    session: Option<Session>,
) -> Result<CreatedUser, StoreError> {
    let (session, apart) = session::within(db, session);
    let all = |values| {
        let mut all = params(&account).to_vec();
        all.extend(new_row::user(user, values));
        all.extend(session.iter().flat_map(new_row::session));
        all
    };
    let sql = if session.is_some() { CREATE_WITH_SESSION } else { CREATE };
    let account_lock = unique::account(&account.provider_id, &account.account_id);
    let locks = [unique::address(&user.email), account_lock, unique::first()];
    let first = match if_first {
        Some(values) => {
            unique::unless_overtaken(db.row_behind((unique::LOCKS_OF_FIRST, &locks), sql, &all(values)).await)?
        }
        None => None,
    };
    let row = match first {
        Some(row) => row,
        None => db.row_behind((unique::LOCKS, &locks), sql, &all(values)).await?,
    };
    let row = row.ok_or_else(|| unique::taken(db))?;
    let user = user::from_row(&db.schema, &row, 1)?;
    let account = LinkedAccount { id: column::filled_text(&row, 0)?, user_id: user.id.clone(), ..account };
    let session = match (session, apart) {
        (Some(_), _) => Some(session::from_row(&db.schema, &row, 1 + user::width(&db.schema))?),
        (None, Some(session)) => {
            let session = founder::active(db, &row, session)?;
            Some(session::open(db, Session { user_id: user.id.clone(), ..session }, &user).await?)
        }
        (None, None) => None,
    };
    Ok((user, account, session))
}

const NEW: &str = const_format::concatcp!(
    "with new_user as (
    insert into {user} ({user.columns $13})
    select {user.row $13}
    where not exists (select 1 from {user} where {user.email} = $15)
        and not exists (select 1 from {account} where {account.providerId} = $3 and {account.accountId} = $2) returning *
){founded new_user}, new_account as (insert into {account} (",
    INSERTED,
    ") select ",
    BEFORE_OWNER,
    "u.{user.id}",
    BEHIND_OWNER,
    " from new_user u
    returning {account.id}::text as made){change user.created new_user user.id - -}"
);
const CREATE: &str =
    const_format::concatcp!(NEW, " select new_account.made, {user.*}{founded.columns} from new_user u, new_account");
const CREATE_WITH_SESSION: &str = const_format::concatcp!(
    NEW,
    ", new_session as (insert into {session} ({session.columns $21 founded}) select {session.row $21 u founded} from new_user u
    returning *){opened new_session session.userId id} select new_account.made, {user.*}, {session.*} from new_user u, new_account, new_session s"
);

/// Writes the changes of a sign-in or link for an existing user: the account, new or with new tokens; the user; and the session, if
/// one opens. Returns account and session as stored.
///
/// Returns `None` if another user has linked the account meanwhile, if the account to change is gone, or if the account is to be
/// linked by an address that the user no longer has.
///
/// # Errors
/// [`StoreError::Refused`] if the user is gone, or another user has taken the new address.
pub async fn write(
    db: &Db,
    account: LinkedAccount,
    is_new: bool,
    change: &Change,
    session: Option<Session>,
) -> Result<Option<(LinkedAccount, Option<Session>)>, StoreError> {
    let (session, apart) = session::within(db, session);
    let mut all = params(&account).to_vec();
    let changes = !change.is_empty();
    let (has_image, image) = (change.image.is_some(), change.image.as_ref().and_then(Option::as_deref));
    all.extend::<[Param<'_>; 8]>([
        is_new.into(),
        changes.into(),
        (&change.name).into(),
        has_image.into(),
        image.into(),
        (&change.email).into(),
        change.email_verified.into(),
        (&change.of).into(),
    ]);
    if let Some(session) = &session {
        all.extend(new_row::session(session));
    }
    let sql = if session.is_some() { WRITE_WITH_SESSION } else { WRITE };
    // Most sign-ins write neither an address nor a new account, and need no transaction.
    let row = if is_new || change.email.is_some() {
        let address = change.email.as_deref().map_or_else(|| "null".to_owned(), unique::address);
        let account =
            if is_new { unique::account(&account.provider_id, &account.account_id) } else { "null".to_owned() };
        db.row_behind((unique::LOCKS, &[address, account]), sql, &all).await?
    } else {
        db.row(Repeat::Never, sql, &all).await?
    };
    let Some(row) = row else { return Ok(None) };
    if column::flag(&row, 0)? == Some(true) {
        return Err(unique::taken(db));
    }
    let Some(id) = column::text(&row, 1)? else { return Ok(None) };
    let session = match (session, apart) {
        (Some(_), _) => Some(session::from_row(&db.schema, &row, 2)?),
        (None, apart) => written_apart(db, &account, changes, apart).await?,
    };
    Ok(Some((LinkedAccount { id, ..account }, session)))
}

/// Does what remains with a secondary storage: updates the user in its sessions, and opens the new session.
async fn written_apart(
    db: &Db,
    account: &LinkedAccount,
    changes: bool,
    session: Option<Session>,
) -> Result<Option<Session>, StoreError> {
    if let (Some(secondary), true) = (&db.secondary, changes)
        && let Some(user) = user::by_id(db, &account.user_id).await?
    {
        secondary.change_user(&db.trips, &user, db.now()).await?;
    }
    match session {
        Some(session) => session::insert(db, session).await.map(Some),
        None => Ok(None),
    }
}

const WRITTEN: &str = const_format::concatcp!(
    "with taken as (select 1 from {user} where {user.email} = $18 and not {user.id} = $4 limit 1),
    made as (insert into {account} (",
    INSERTED,
    ") select ",
    BEFORE_OWNER,
    "$4",
    BEHIND_OWNER,
    " where $13
        and (exists (select 1 from {user} where {user.id} = $4 and {user.email} = $20 for no key update) or $20 = '')
        and not exists (select 1 from taken) and not exists (select 1 from {account} where {account.providerId} = $3 and {account.accountId} = $2)
    returning {account.id}::text as id
), kept as (update {account} set {account.accessToken} = $5, {account.refreshToken} = $6, {account.idToken} = $7,
        {account.accessTokenExpiresAt} = $8, {account.refreshTokenExpiresAt} = $9, {account.scope} = $10, {account.updatedAt} = $12
    where not $13 and not exists (select 1 from taken) and {account.id}::text = $1 and {account.userId} = $4 returning {account.id}::text as id
), done as (select id from made union all select id from kept),
changed as (update {user} set {user.name} = coalesce($15, {user.name}),
        {user.image} = case when $16 then $17 else {user.image} end, {user.email} = coalesce($18, {user.email}),
        {user.emailVerified} = case when $18::text is not null or {user.email} = $20 then coalesce($19, {user.emailVerified})
            else {user.emailVerified} end, {user.updatedAt} = $12
    where $14 and {user.id} = $4 and exists (select 1 from done){?change} returning *{/change}),
moved as (select {user.id} from {user} where $14 and {user.id} = $4 and not {user.email} = $18 and exists (select 1 from done)),
overtaking as (update {account} a set {account.updatedAt} = $12 from {user} u where u.{user.id} in (select {user.id} from moved) and ",
    IS_CREDENTIAL,
    "){overtaken moved}{change account.linked made $4 id -}{change user.updated changed $4 - -}{change email.changed moved $4 - -}"
);
/// Whether another user has the new address, and the identifier of the written account.
const RESULT: &str = "t.is_taken, done.id";
const OF_RESULT: &str = " from (select exists (select 1 from taken) as is_taken) t left join done on true";
const WRITE: &str = const_format::concatcp!(WRITTEN, " select ", RESULT, OF_RESULT);
const WRITE_WITH_SESSION: &str = const_format::concatcp!(
    WRITTEN,
    ", opened as (insert into {session} ({session.columns $21}) select {session.row $21}
    where exists (select 1 from done) returning *){opened opened session.userId id}
    select ",
    RESULT,
    ", {session.*}",
    OF_RESULT,
    " left join opened s on true"
);

/// Returns whether the session that began the flow is still the user's, and the accounts that the user is about to add.
pub async fn linkable(
    db: &Db,
    provider_id: &str,
    account_id: &str,
    session: (&str, &str),
    now: Timestamp,
) -> Result<(bool, Vec<LinkedAccount>), StoreError> {
    if db.secondary.is_some() {
        return linkable_apart(db, provider_id, account_id, session, now).await;
    }
    let sql = const_format::concatcp!(
        "select ",
        COLUMNS,
        ", s.live from
        (select exists (select 1 from {session} where {session.token} = $3 and {session.userId} = $4
            and {time session.expiresAt} > $5) as live) s
        left join lateral (select * from {account} where {account.providerId} = $1 and {account.accountId} = $2 limit 2) a
        on true"
    );
    let params: [Param<'_>; 5] =
        [provider_id.into(), account_id.into(), session.0.into(), session.1.into(), now.into()];
    let (mut live, mut accounts) = (false, Vec::new());
    for row in db.rows(Repeat::Safe, sql, &params).await? {
        live = column::flag(&row, WIDTH)? == Some(true);
        if column::text(&row, 0)?.is_some() {
            accounts.push(from_row(&row)?);
        }
    }
    Ok((live, accounts))
}

async fn linkable_apart(
    db: &Db,
    provider_id: &str,
    account_id: &str,
    (token, user_id): (&str, &str),
    now: Timestamp,
) -> Result<(bool, Vec<LinkedAccount>), StoreError> {
    let (_, found) = session::with_user(db, token).await?;
    let live = found.is_ok_and(|(session, _)| session.user_id == user_id && session.expires_at > now);
    let sql = const_format::concatcp!(
        "select ",
        COLUMNS,
        " from {account} a where a.{account.providerId} = $1 and a.{account.accountId} = $2 limit 2"
    );
    let params: [Param<'_>; 2] = [provider_id.into(), account_id.into()];
    let rows = db.rows(Repeat::Safe, sql, &params).await?;
    Ok((live, rows.iter().map(from_row).collect::<Result<_, _>>()?))
}

/// Stores new tokens in an account. Those of a concurrent request may be slightly newer.
pub async fn refreshed(db: &Db, account: &LinkedAccount) -> Result<(), StoreError> {
    let sql = "update {account} set {account.accessToken} = $2, {account.refreshToken} = $3, {account.idToken} = $4,
        {account.accessTokenExpiresAt} = $5, {account.refreshTokenExpiresAt} = $6, {account.updatedAt} = $7
        where {account.id}::text = $1 and {account.userId} = $8";
    let params: [Param<'_>; 8] = [
        (&account.id).into(),
        (&account.access_token).into(),
        (&account.refresh_token).into(),
        (&account.id_token).into(),
        account.access_token_expires_at.into(),
        account.refresh_token_expires_at.into(),
        account.updated_at.into(),
        (&account.user_id).into(),
    ];
    db.rows(Repeat::Safe, sql, &params).await.map(|_| ())
}
