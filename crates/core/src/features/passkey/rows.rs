//! The rows of `passkey`.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::{webauthn::RegisteredCredential, wire::Passkey};
use crate::{
    model::{Session, User},
    store::{Db, Param, RequestProof, StoreError, column, new_row, pool::Repeat, session, user, written::literal},
};

/// The columns that [`from_row`] reads, of the row `p`.
const COLUMNS: &str = "p.{passkey.name}::text, p.{passkey.publicKey}::text, p.{passkey.userId}::text,
    p.{passkey.credentialID}::text, p.{passkey.counter}::text, p.{passkey.deviceType}::text, p.{passkey.backedUp},
    p.{passkey.transports}::text, p.{passkey.createdAt}, p.{passkey.aaguid}::text, p.{passkey.id}::text";
/// The number of these columns.
const WIDTH: usize = 11;

/// The maximum number of passkeys that are read: of one user, or with one identifier.
const LIMIT: i64 = 100;

fn from_row(row: &Row) -> Result<Passkey, StoreError> {
    Ok(Passkey {
        name: column::text(row, 0)?,
        public_key: column::filled_text(row, 1)?,
        user_id: column::filled_text(row, 2)?,
        credential_id: column::filled_text(row, 3)?,
        counter: column::text(row, 4)?.and_then(|count| count.parse().ok()).unwrap_or_default(),
        device_type: column::filled_text(row, 5)?,
        backed_up: column::flag(row, 6)?,
        transports: column::text(row, 7)?,
        created_at: column::instant(row, 8)?,
        aaguid: column::text(row, 9)?,
        id: column::filled_text(row, 10)?,
    })
}

/// Returns the passkeys of a user, the oldest first.
pub async fn of_user(db: &Db, user_id: &str) -> Result<Vec<Passkey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "select ",
        COLUMNS,
        " from {passkey} p where p.{passkey.userId} = $1
        order by {time p.passkey.createdAt} nulls first, p.{passkey.id} limit $2"
    );
    let params: [Param<'_>; 2] = [user_id.into(), LIMIT.into()];
    db.rows(Repeat::Safe, SQL, &params).await?.iter().map(from_row).collect()
}

/// Returns the passkeys with an identifier and their users, the oldest first. better-auth stores a passkey again that is registered
/// again.
pub async fn by_credential(db: &Db, credential_id: &str) -> Result<Vec<(Passkey, User)>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "select ",
        COLUMNS,
        ", {user.*} from {passkey} p join {user} u on u.{user.id} = p.{passkey.userId}
        where p.{passkey.credentialID} = $1
        order by {time p.passkey.createdAt} nulls first, p.{passkey.id} limit $2"
    );
    let params: [Param<'_>; 2] = [credential_id.into(), LIMIT.into()];
    let rows = db.rows(Repeat::Safe, SQL, &params).await?;
    rows.iter().map(|row| Ok((from_row(row)?, user::from_row(&db.schema, row, WIDTH)?))).collect()
}

/// A passkey that is to be stored.
pub struct NewPasskey<'a> {
    /// The identifier of the row, unless the database makes it.
    pub id: &'a str,
    /// The identifier of the user.
    pub user_id: &'a str,
    /// The name that the user gave it.
    pub name: Option<&'a str>,
    /// The credential that the authenticator registered.
    pub registered: &'a RegisteredCredential,
    /// The time of the registration.
    pub now: Timestamp,
}

/// Makes requests that register the same passkey wait for each other until their transactions end.
const LOCK: &str = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

/// Stores a passkey and returns it; `None` if a user has it already, or if `ground` does not hold any more.
pub async fn insert(db: &Db, new: &NewPasskey<'_>, ground: &RequestProof<'_>) -> Result<Option<Passkey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}insert into {passkey} as p ({passkey.new}{passkey.name}, {passkey.publicKey}, {passkey.userId},
            {passkey.credentialID}, {passkey.counter}, {passkey.deviceType}, {passkey.backedUp}, {passkey.transports},
            {passkey.createdAt}, {passkey.aaguid})
        select {new $1}$2, $3, $4, $5, $6, $7, $8, $9, $10, $11
        where {holds $4 $12} and not exists (select 1 from {passkey} o where o.{passkey.credentialID} = $5) returning ",
        COLUMNS,
        "{?change}){change passkey.added changed $4 id -} select * from changed{/change}"
    );
    let Some([token, _]) = ground.params(db).await? else { return Ok(None) };
    let one = new.registered;
    let params: [Param<'_>; 12] = [
        new.id.into(),
        new.name.into(),
        (&one.public_key).into(),
        new.user_id.into(),
        (&one.credential_id).into(),
        stored(one.counter).into(),
        one.device_type.into(),
        one.backed_up.into(),
        (&one.transports).into(),
        new.now.into(),
        (&one.aaguid).into(),
        token,
    ];
    let row = db.row_behind((LOCK, &[literal(&one.credential_id)]), SQL, &params).await?;
    row.map(|row| from_row(&row)).transpose()
}

/// Returns a counter as the column can hold it, which is an integer of 32 bits with a sign.
fn stored(counter: u32) -> i64 {
    i64::from(counter).min(i64::from(i32::MAX))
}

/// Stores the counter of a passkey that signs in, and the session. Returns `None`, and writes nothing, if the passkey is another one
/// by now, or if it was used again meanwhile: of two requests with one counter, one succeeds.
pub async fn used(
    db: &Db,
    passkey: &Passkey,
    counter: u32,
    session: Option<Session>,
    user: &User,
) -> Result<Option<Option<Session>>, StoreError> {
    const COUNTED: &str = "update {passkey} p set {passkey.counter} = $10 where p.{passkey.id} = $11
        and p.{passkey.userId} = $3 and p.{passkey.publicKey} = $12
        and (coalesce(p.{passkey.counter}::text, '0')::numeric < $13::numeric
            or ($13::numeric = 0 and coalesce(p.{passkey.counter}::text, '0')::numeric = 0))
        returning 1";
    const WITH_SESSION: &str = const_format::concatcp!(
        "with counted as (",
        COUNTED,
        ")",
        "{?outboxEvent}, opened as ({/outboxEvent} insert into {session} as s ({session.columns $1}) select {session.row $1} from counted
        {session.once} returning {session.*}{?outboxEvent}){opened opened $3 id} select * from opened{/outboxEvent}"
    );
    let counts: [Param<'_>; 4] =
        [stored(counter).into(), (&passkey.id).into(), (&passkey.public_key).into(), i64::from(counter).into()];
    let (within, after) = session::within(db, session);
    if let Some(session) = within {
        let params = [&new_row::session(&session)[..], &counts].concat();
        let row = db.row(Repeat::Never, WITH_SESSION, &params).await?;
        return row.map(|row| session::from_row(&db.schema, &row, 0).map(Some)).transpose();
    }
    let none = [Param::Null, Param::Null, (&passkey.user_id).into()];
    let params = [&none[..], &[Param::Null; 6], &counts].concat();
    if db.row(Repeat::Never, COUNTED, &params).await?.is_none() {
        return Ok(None);
    }
    match after {
        Some(session) => session::open(db, session, user).await.map(|session| Some(Some(session))),
        None => Ok(Some(None)),
    }
}

/// Names a user's passkey and returns it; `None` if the user has none with this identifier, or if `ground` does not hold any more.
pub async fn rename(
    db: &Db,
    user_id: &str,
    id: &str,
    name: &str,
    ground: &RequestProof<'_>,
) -> Result<Option<Passkey>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}update {passkey} p set {passkey.name} = $3 where p.{passkey.userId} = $1 and p.{passkey.id}::text = $2
            and {holds $1 $4} returning ",
        COLUMNS,
        "{?change}){change passkey.renamed changed $1 $2 -} select * from changed{/change}"
    );
    let Some([token, _]) = ground.params(db).await? else { return Ok(None) };
    let params: [Param<'_>; 4] = [user_id.into(), id.into(), name.into(), token];
    let row = db.row(Repeat::Safe, SQL, &params).await?;
    row.map(|row| from_row(&row)).transpose()
}

/// Removes a user's passkey. Returns `false` if the user has none with this identifier, or if `ground` does not hold any more.
pub async fn delete(db: &Db, user_id: &str, id: &str, ground: &RequestProof<'_>) -> Result<bool, StoreError> {
    let sql = "{?change}with changed as ({/change}delete from {passkey} p where p.{passkey.userId} = $1 and p.{passkey.id}::text = $2 and {holds $1 $3}
        returning 1{?change}){change passkey.removed changed $1 $2 -} select * from changed{/change}";
    let Some([token, _]) = ground.params(db).await? else { return Ok(false) };
    let params: [Param<'_>; 3] = [user_id.into(), id.into(), token];
    Ok(db.row(Repeat::Never, sql, &params).await?.is_some())
}

/// Removes all passkeys of a user.
pub async fn delete_all(db: &Db, user_id: &str) -> Result<(), StoreError> {
    let sql = "{?change}with changed as ({/change}delete from {passkey} where {passkey.userId} = $1{?change} returning 1){change passkey.removed changed $1 - -} select 1 from changed{/change}";
    db.rows(Repeat::Safe, sql, &[user_id.into()]).await.map(|_| ())
}

/// Whether another user has the passkey with this identifier.
pub async fn is_foreign(db: &Db, user_id: &str, id: &str) -> Result<bool, StoreError> {
    let sql = "select 1 from {passkey} p where p.{passkey.id} = $2 and p.{passkey.userId} <> $1";
    match db.row(Repeat::Safe, sql, &[user_id.into(), id.into()]).await {
        // The text cannot be an identifier.
        Err(StoreError::Refused(_)) => Ok(false),
        found => Ok(found?.is_some()),
    }
}
