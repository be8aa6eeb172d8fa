//! The counts of requests that all instances share (spec core §9).

use super::{Db, Param, StoreError, pool::Repeat};
use crate::{
    config::Limit,
    rules::limit::{wait, window},
};

/// One request of a client.
pub struct Request<'a> {
    /// Client and path.
    pub key: &'a str,
    /// The identifier of the row, where there is none yet.
    pub id: &'a str,
    /// What holds.
    pub limit: Limit,
    /// Milliseconds since 1970.
    pub now: i64,
    /// Rows that were last counted before this instant go on this occasion, if there is one.
    pub forget_before: Option<i64>,
}

/// Counts a request in the secondary storage, or says for how many seconds to wait: the window is a fixed one there.
pub async fn count(db: &Db, key: &str, limit: Limit) -> Result<Result<(), u32>, StoreError> {
    let none = || StoreError::Secondary("there is none to count requests in".to_owned());
    let count = db.secondary.as_ref().ok_or_else(none)?.count(db, key, limit.window).await?;
    Ok(if count <= u64::from(limit.max) { Ok(()) } else { Err(limit.window) })
}

/// Counts a request, or says for how many seconds to wait: one statement, so that of requests that come at once no more
/// are answered than the limit allows.
pub async fn take(db: &Db, request: &Request<'_>) -> Result<Result<(), u32>, StoreError> {
    let sql = "with forgotten as (delete from {rateLimit} where {rateLimit.id} in (
            select {rateLimit.id} from {rateLimit} where {rateLimit.lastRequest} < $6 and {rateLimit.key} <> $2
            limit 1000 for update skip locked)),
        counted as (insert into {rateLimit} as r ({rateLimit.new}{rateLimit.key}, {rateLimit.count}, {rateLimit.lastRequest})
            values ({new $1}$2, 1, $3)
            on conflict ({rateLimit.key}) do update set {rateLimit.lastRequest} = $3,
                {rateLimit.count} = case when $3 - r.{rateLimit.lastRequest} >= $4 then 1 else r.{rateLimit.count} + 1 end
            where $3 - r.{rateLimit.lastRequest} >= $4 or r.{rateLimit.count} < $5 returning 1)
        select exists (select 1 from counted), (select {rateLimit.lastRequest}::bigint from {rateLimit} where {rateLimit.key} = $2)";
    let window = window(request.limit);
    let params: [Param<'_>; 6] = [
        request.id.into(),
        request.key.into(),
        request.now.into(),
        window.into(),
        i64::from(request.limit.max).into(),
        request.forget_before.into(),
    ];
    // Counted twice it would only be counted too often.
    let row = db.row(Repeat::Safe, sql, &params).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the count of requests has no answer".to_owned()))?;
    if row.try_get(0)? {
        return Ok(Ok(()));
    }
    // Not there in this statement's view: another request has just made it.
    let last: Option<i64> = row.try_get(1)?;
    Ok(Err(wait(last.unwrap_or(request.now), request.limit, request.now)))
}
