//! Single-use values. Each is redeemed by the statement that acts on it, or by one command to the secondary storage before anything
//! is done, so that only one of several concurrent requests succeeds.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    Db, StoreError, column,
    pool::Repeat,
    secret::{NewSecret, Secret},
};

/// Stores a single-use value.
pub async fn insert(db: &Db, new: &NewSecret) -> Result<(), StoreError> {
    if in_table(db) {
        insert_row(db, new).await?;
    }
    match &db.secondary {
        Some(secondary) => secondary.put_secret(&db.trips, new).await,
        None => Ok(()),
    }
}

/// Whether single-use values are in the table: without a secondary storage, or in addition to it.
pub(crate) fn in_table(db: &Db) -> bool {
    db.secondary.as_ref().is_none_or(|secondary| secondary.in_database().secrets)
}

async fn insert_row(db: &Db, new: &NewSecret) -> Result<(), StoreError> {
    let sql = "with cleaned as (delete from {verification} where $6 and {time verification.expiresAt} < $5)
        insert into {verification} ({verification.new}{verification.identifier}, {verification.value},
            {verification.expiresAt}, {verification.createdAt}, {verification.updatedAt})
        values ({new $1}$2, $3, $4, $5, $5) on conflict do nothing";
    let params: [super::Param<'_>; 6] = [
        (&new.id).into(),
        (&new.identifier).into(),
        (&new.value).into(),
        new.expires_at.into(),
        new.now.into(),
        new.clean.into(),
    ];
    db.rows(Repeat::Safe, sql, &params).await.map(|_| ())
}

/// Returns a single-use value that has not expired, without redeeming it.
pub async fn working(db: &Db, identifiers: &[String], now: Timestamp) -> Result<Option<Secret>, StoreError> {
    Ok(peek(db, identifiers).await?.filter(|secret| secret.expires_at > now))
}

/// Returns a single-use value, expired or not, without redeeming it.
pub async fn peek(db: &Db, identifiers: &[String]) -> Result<Option<Secret>, StoreError> {
    if let Some(secondary) = &db.secondary {
        let found = secondary.secret(&db.trips, identifiers).await?;
        if found.is_some() || !in_table(db) {
            return Ok(found);
        }
    }
    let sql =
        "select {verification.value}::text, {verification.expiresAt}, {verification.createdAt} from {verification}
        where {verification.identifier} = any($1) order by {time verification.createdAt} desc limit 1";
    let row = db.row(Repeat::Safe, sql, &[identifiers.into()]).await?;
    row.map(|row| from_row(&row)).transpose()
}

fn from_row(row: &Row) -> Result<Secret, StoreError> {
    let (value, expires_at) = (column::filled_text(row, 0)?, column::expiry(row, 1)?);
    Ok(Secret { value, address: None, expires_at, made_at: column::instant(row, 2)? })
}

/// Takes a single-use value, expired or not: of two concurrent requests, one gets it. If the table has it, it is redeemed there,
/// and the request that got it removes it from the secondary storage.
pub async fn take(db: &Db, identifiers: &[String]) -> Result<Option<Secret>, StoreError> {
    if let Some(secondary) = db.secondary.as_ref().filter(|_| !in_table(db)) {
        return secondary.take_secret(&db.trips, identifiers).await;
    }
    let sql = "delete from {verification} where {verification.identifier} = any($1)
        returning {verification.value}::text, {verification.expiresAt}, {verification.createdAt}";
    let row = db.row(Repeat::Never, sql, &[identifiers.into()]).await?;
    if let Some(secondary) = db.secondary.as_ref().filter(|_| row.is_some()) {
        secondary.take_secret(&db.trips, identifiers).await?;
    }
    row.map(|row| from_row(&row)).transpose()
}
