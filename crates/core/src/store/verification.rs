//! Single-use secrets: each is redeemed in the statement that acts on it, so of any number of requests one wins.

use jiff::Timestamp;
use tokio_postgres::types::Type;

use super::{Db, StoreError, pool::Repeat};

/// A secret that is about to leave.
pub struct New {
    /// The row's identifier.
    pub id: String,
    /// What it is for and the secret, as the table holds it.
    pub identifier: String,
    /// For whom, or what it stands for.
    pub value: String,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When it was made.
    pub now: Timestamp,
    /// Whether rows past their expiry go on this occasion.
    pub clean: bool,
}

/// Stores a secret.
pub async fn insert(db: &Db, new: &New) -> Result<(), StoreError> {
    let sql = "with cleaned as (delete from {verification} where $6 and {verification.expiresAt} < $5)
        insert into {verification} ({verification.new}{verification.identifier}, {verification.value},
            {verification.expiresAt}, {verification.createdAt}, {verification.updatedAt})
        values ({new $1}$2, $3, $4, $5, $5) on conflict do nothing";
    let params: [super::Param<'_>; 6] = [
        (&new.id, Type::TEXT),
        (&new.identifier, Type::TEXT),
        (&new.value, Type::TEXT),
        (&new.expires_at, Type::TIMESTAMPTZ),
        (&new.now, Type::TIMESTAMPTZ),
        (&new.clean, Type::BOOL),
    ];
    db.rows(Repeat::Safe, sql, &params).await.map(|_| ())
}

/// For whom a secret was stored, if it still works. It stays.
pub async fn user_of(db: &Db, identifiers: &[String], now: Timestamp) -> Result<Option<String>, StoreError> {
    let sql = "select {verification.value} from {verification}
        where {verification.identifier} = any($1) and {verification.expiresAt} > $2
        order by {verification.createdAt} desc limit 1";
    let params: [super::Param<'_>; 2] = [(&identifiers, Type::TEXT_ARRAY), (&now, Type::TIMESTAMPTZ)];
    let row = db.row(Repeat::Safe, sql, &params).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// What a secret stands for, whatever its expiry. It stays.
pub async fn peek(db: &Db, identifiers: &[String]) -> Result<Option<String>, StoreError> {
    let sql = "select {verification.value} from {verification} where {verification.identifier} = any($1)
        order by {verification.createdAt} desc limit 1";
    let row = db.row(Repeat::Safe, sql, &[(&identifiers, Type::TEXT_ARRAY)]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// What a secret stands for, whatever its expiry. It is gone then: of two who ask, one gets it.
pub async fn take(db: &Db, identifiers: &[String]) -> Result<Option<String>, StoreError> {
    let sql = "delete from {verification} where {verification.identifier} = any($1) returning {verification.value}";
    let row = db.row(Repeat::Never, sql, &[(&identifiers, Type::TEXT_ARRAY)]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}
