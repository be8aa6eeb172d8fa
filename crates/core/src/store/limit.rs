//! Counts of requests that all instances share (spec core §9).

use super::{Db, Param, StoreError, learnt::NO_CONSTRAINT, pool::Repeat, stored::StoredStatement, written::literal};
use crate::{
    config::Limit,
    rules::limit::{wait, window},
};

/// One request of a client, as it is counted.
pub struct Request<'a> {
    /// Client and path.
    pub key: &'a str,
    /// The identifier of a new row, if the key has none yet.
    pub id: &'a str,
    /// The limit that applies.
    pub limit: Limit,
    /// The time in milliseconds since 1970.
    pub now: i64,
    /// Rows last counted before this instant, in milliseconds since 1970, are removed as well.
    pub forget_before: Option<i64>,
}

/// Counts a request in the secondary storage, or returns after how many seconds to try again. The window there is a fixed one.
pub async fn count(db: &Db, key: &str, limit: Limit) -> Result<Result<(), u32>, StoreError> {
    let none = || StoreError::Secondary("it is not configured, so requests cannot be counted in it".to_owned());
    let count = db.secondary.as_ref().ok_or_else(none)?.count(&db.trips, key, limit.window).await?;
    Ok(if count <= u64::from(limit.max) { Ok(()) } else { Err(limit.window) })
}

/// Counts a request, or returns after how many seconds to try again. One statement does it, so that concurrent requests cannot
/// exceed the limit. If the table has no constraint that keeps keys unique, as some versions of better-auth create it, requests
/// with one key wait for each other.
pub async fn take(db: &Db, request: &Request<'_>) -> Result<Result<(), u32>, StoreError> {
    let window = window(request.limit);
    let params: [Param<'_>; 6] = [
        request.id.into(),
        request.key.into(),
        request.now.into(),
        window.into(),
        i64::from(request.limit.max).into(),
        request.forget_before.into(),
    ];
    // Repeating is safe: a request that is counted twice only makes the count too high.
    let row = match db.stored_row(Repeat::Safe, &COUNT, &params).await {
        Err(StoreError::Failed(text)) if text.ends_with(NO_CONSTRAINT) => {
            db.row_behind((LOCK, &[literal(request.key)]), TAKE_BEHIND_LOCK, &params).await?
        }
        row => row?,
    };
    let row = row.ok_or_else(|| StoreError::Failed("the count of requests was not returned".to_owned()))?;
    if row.try_get(0)? {
        return Ok(Ok(()));
    }
    // This statement does not see the row because another request has just inserted it.
    let last: Option<i64> = row.try_get(1)?;
    Ok(Err(wait(last.unwrap_or(request.now), request.limit, request.now)))
}

const FORGOTTEN: &str = "with forgotten as (delete from {rateLimit} where {rateLimit.id} in (
        select {rateLimit.id} from {rateLimit} where {rateLimit.lastRequest} < $6 and {rateLimit.key} <> $2
        limit 1000 for update skip locked)), ";
/// Adds a request to its count `r`, if the limit allows it.
const COUNTED: &str = "set {rateLimit.lastRequest} = $3,
        {rateLimit.count} = case when $3 - r.{rateLimit.lastRequest} >= $4 then 1 else r.{rateLimit.count} + 1 end
    where ($3 - r.{rateLimit.lastRequest} >= $4 or r.{rateLimit.count} < $5)";
const LAST: &str = "(select max({rateLimit.lastRequest})::bigint from {rateLimit} where {rateLimit.key} = $2)";
const TAKE: &str = const_format::concatcp!(
    FORGOTTEN,
    "counted as (insert into {rateLimit} as r ({rateLimit.new}{rateLimit.key}, {rateLimit.count}, {rateLimit.lastRequest})
        values ({new $1}$2, 1, $3) on conflict ({rateLimit.key}) do update ",
    COUNTED,
    " returning 1) select exists (select 1 from counted), ",
    LAST
);
/// Counts a request, if the limit allows it.
pub static COUNT: StoredStatement = StoredStatement::writing("rateLimit", TAKE);
/// Makes requests with the key in `$1` wait for each other until their transactions end.
const LOCK: &str = "select pg_advisory_xact_lock(hashtext($1))";
const TAKE_BEHIND_LOCK: &str = const_format::concatcp!(
    FORGOTTEN,
    "counted as (update {rateLimit} r ",
    COUNTED,
    " and r.{rateLimit.key} = $2 returning 1),
    made as (insert into {rateLimit} ({rateLimit.new}{rateLimit.key}, {rateLimit.count}, {rateLimit.lastRequest})
        select {new $1}$2, 1, $3 where not exists (select 1 from {rateLimit} where {rateLimit.key} = $2) returning 1)
    select exists (select 1 from counted) or exists (select 1 from made), ",
    LAST
);
