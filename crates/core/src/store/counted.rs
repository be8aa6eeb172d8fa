//! Counts uses of something within a fixed time. A count is a row of the table of verification tokens, or a number in the secondary
//! storage.

use jiff::Timestamp;

use super::{Db, Param, StoreError, secret::NewSecret, unique, verification};

/// Counts a use of `new`, which is stored with the first use and keeps that use's expiry, and returns which use it is: of several
/// concurrent uses, one is the first. `identifiers` are those under which the table may hold it, and `seconds` is its lifetime.
pub async fn count(db: &Db, new: &NewSecret, identifiers: &[String], seconds: u32) -> Result<u64, StoreError> {
    count_behind(db, (unique::LOCK, &[unique::code(identifiers)]), new, identifiers, seconds).await
}

/// Counts a use as [`count`] does, behind another lock.
pub(crate) async fn count_behind(
    db: &Db,
    lock: (&'static str, &[String]),
    new: &NewSecret,
    identifiers: &[String],
    seconds: u32,
) -> Result<u64, StoreError> {
    if let Some(secondary) = &db.secondary {
        return secondary.count(&db.trips, &new.identifier, seconds).await;
    }
    // The value is not only a number, because the identifier of a user may be one.
    let sql = "with there as (select v.{verification.id} as id, substring(v.{verification.value}::text from '[0-9]+$')::bigint as count
            from {verification} v where v.{verification.identifier} = any($1) and {time v.verification.expiresAt} >= $5 limit 1),
        more as (update {verification} v set {verification.value} = 'used:' || (w.count + 1)::text
            from there w where v.{verification.id} = w.id),
        made as (insert into {verification} ({verification.new}{verification.identifier}, {verification.value},
                {verification.expiresAt}, {verification.createdAt}, {verification.updatedAt})
            select {new $2}$3, 'used:1', $4, $5, $5 where not exists (select 1 from there))
        select coalesce((select count from there), 0) + 1";
    let params: [Param<'_>; 5] =
        [identifiers.into(), (&new.id).into(), (&new.identifier).into(), new.expires_at.into(), new.now.into()];
    let row = db.row_behind(lock, sql, &params).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the count of uses was not returned".to_owned()))?;
    Ok(u64::try_from(row.try_get::<_, i64>(0)?).unwrap_or_default())
}

/// Returns whether a use under one of `identifiers` is still remembered.
pub async fn has_uses(db: &Db, identifiers: &[String], now: Timestamp) -> Result<bool, StoreError> {
    match (&db.secondary, identifiers.first()) {
        (Some(secondary), Some(name)) => secondary.has_count(&db.trips, name).await,
        _ => Ok(verification::working(db, identifiers, now).await?.is_some()),
    }
}
