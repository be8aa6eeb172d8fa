//! The signing keys.

use jiff::Timestamp;

use super::{
    Db, Param, StoreError, column,
    pool::Repeat,
    written::{self, literal},
};
use crate::model::Jwk;

/// The number of the advisory lock that instances take before they make a key. Nothing else uses the number.
const LOCK: i64 = 0x6761_7465_6a77_6b73;

/// Returns every signing key, the oldest first.
pub async fn all(db: &Db) -> Result<Vec<Jwk>, StoreError> {
    let sql = "select {jwks.*} from {jwks} j order by {time j.jwks.createdAt}, j.{jwks.id}";
    let rows = db.rows(Repeat::Safe, sql, &[]).await?;
    let read = |row: &tokio_postgres::Row| {
        Ok(Jwk {
            id: column::filled_text(row, 0)?,
            public_key: column::filled_text(row, 1)?,
            private_key: column::filled_text(row, 2)?,
            created_at: column::expiry(row, 3)?,
            expires_at: column::instant(row, 4)?,
            alg: column::text(row, 5)?,
            crv: column::text(row, 6)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Lets the signing keys `ids` expire now.
pub async fn retire(db: &Db, ids: &[String], now: Timestamp) -> Result<(), StoreError> {
    let sql = "update {jwks} set {jwks.expiresAt} = $2
        where {jwks.id}::text = any($1) and ({jwks.expiresAt} is null or {time jwks.expiresAt} > $2)";
    let params: [Param<'_>; 2] = [ids.into(), now.into()];
    db.rows(Repeat::Safe, sql, &params).await.map(|_| ())
}

/// Replaces the stored private half of a key, unless another process has replaced it.
pub async fn replace_private(db: &Db, id: &str, old: &str, new: &str) -> Result<(), StoreError> {
    let sql = "update {jwks} set {jwks.privateKey} = $3 where {jwks.id}::text = $1 and {jwks.privateKey} = $2";
    let params: [Param<'_>; 3] = [id.into(), old.into(), new.into()];
    db.rows(Repeat::Safe, sql, &params).await.map(|_| ())
}

/// Stores a new key, unless another instance has stored one that is not among `known`: if several instances begin at once on an
/// empty table, one of them makes the key. This is one round trip and one transaction, whose insert sees what was there when the
/// lock was granted.
pub async fn add(db: &Db, key: &Jwk, known: &[Jwk], now: Timestamp) -> Result<(), StoreError> {
    let known: Vec<_> = known.iter().map(|key| literal(&key.id)).collect();
    let instant = |at: Timestamp| literal(&written::instant(at));
    let optional = |text: Option<&str>| text.map_or_else(|| "null".to_owned(), literal);
    let values = [
        literal(&key.id),
        literal(&key.public_key),
        literal(&key.private_key),
        instant(key.created_at),
        key.expires_at.map_or_else(|| "null".to_owned(), instant),
        optional(key.alg.as_deref()),
        optional(key.crv.as_deref()),
        instant(now),
        if known.is_empty() { "null".to_owned() } else { known.join(", ") },
        LOCK.to_string(),
    ];
    // With stricter isolation the insert would not see what another instance did before the lock was granted.
    let sql = "set transaction isolation level read committed; select pg_advisory_xact_lock($10);
        insert into {jwks} ({jwks.new}{jwks.publicKey}, {jwks.privateKey}, {jwks.createdAt}, {jwks.expiresAt}{newer})
        select {new $1}$2, $3, $4, $5{newer $6, $7} where not exists (select 1 from {jwks}
            where ({jwks.expiresAt} is null or {time jwks.expiresAt} > $8) and ({jwks.id}::text in ($9)) is not true)
        on conflict do nothing";
    db.batch(Repeat::Safe, sql, &values).await
}
