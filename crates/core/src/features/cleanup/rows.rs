//! Removes expired rows, page by page in the order of their identifiers. Each statement reads at most [`PAGE`] rows through
//! the primary key, and waits for no other transaction: it passes over rows that one has locked.

use jiff::Timestamp;

use crate::store::{Db, Param, StoreError, column, pool::Repeat};

/// The rows that one statement reads at most.
pub const PAGE: i64 = 1_000;

/// A kind of rows that end by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sessions.
    Session,
    /// Single-use values, such as those of mailed links.
    Verification,
    /// Counts of requests.
    RateLimit,
    /// Noted changes.
    Audit,
    /// Events that were delivered, or have failed.
    Event,
}

impl Kind {
    /// better-auth's name of the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Verification => "verification",
            Self::RateLimit => "rateLimit",
            Self::Audit => "audit",
            Self::Event => "outboxEvent",
        }
    }
}

/// The result of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// How many rows it removed.
    pub removed: u64,
    /// The identifier of the last row that it read, or `None` behind the last row of the table.
    pub last: Option<String>,
}

/// The statement for a table: `$over` is its condition on a row `t`. The page begins behind the row `$4`, or with the first row if `$3`.
macro_rules! page {
    ($table:literal, $over:literal) => {
        concat!(
            "with page as (select t.{",
            $table,
            ".id} as id, coalesce(",
            $over,
            ", false) as over from {",
            $table,
            "} t
            where $3 or t.{",
            $table,
            ".id} > $4 order by t.{",
            $table,
            ".id} limit $2),
        removed as (delete from {",
            $table,
            "} t where t.{",
            $table,
            ".id} in (
            select t.{",
            $table,
            ".id} from {",
            $table,
            "} t where t.{",
            $table,
            ".id} in (select id from page where over)
            for update skip locked) returning 1)
        select (select count(*) from removed), (select id::text from page order by id desc limit 1)"
        )
    };
}

/// Removes the rows of one page that ended before `before`: the page behind the row `after`, or the first one.
///
/// # Errors
/// If the database refuses, for example because a table of the application refers to a row.
pub async fn remove(db: &Db, kind: Kind, before: Timestamp, after: Option<&str>) -> Result<Page, StoreError> {
    let sql = match kind {
        Kind::Session => page!("session", "{time t.session.expiresAt} < $1"),
        Kind::Verification => page!("verification", "{time t.verification.expiresAt} < $1"),
        Kind::RateLimit => page!("rateLimit", "t.{rateLimit.lastRequest} < $1"),
        Kind::Audit => page!("audit", "{time t.audit.createdAt} < $1"),
        Kind::Event => page!(
            "outboxEvent",
            "t.{outboxEvent.dueAt} is null and coalesce({time t.outboxEvent.deliveredAt}, {time t.outboxEvent.createdAt}) < $1"
        ),
    };
    let params: [Param<'_>; 4] = [instant(kind, before), PAGE.into(), after.is_none().into(), after.into()];
    // Repeating is safe: rows that are gone are not there to be removed.
    let row = db.row(Repeat::Safe, sql, &params).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the count of removed rows was not returned".to_owned()))?;
    let removed: i64 = row.try_get(0)?;
    Ok(Page { removed: removed.unsigned_abs(), last: column::text(&row, 1)? })
}

/// Counts the rows that ended before `before`.
///
/// # Errors
/// If the database fails.
pub async fn count(db: &Db, kind: Kind, before: Timestamp) -> Result<u64, StoreError> {
    let sql = match kind {
        Kind::Session => "select count(*) from {session} where {time session.expiresAt} < $1",
        Kind::Verification => "select count(*) from {verification} where {time verification.expiresAt} < $1",
        Kind::RateLimit => "select count(*) from {rateLimit} where {rateLimit.lastRequest} < $1",
        Kind::Audit => "select count(*) from {audit} where {time audit.createdAt} < $1",
        Kind::Event => {
            "select count(*) from {outboxEvent} where {outboxEvent.dueAt} is null
            and coalesce({time outboxEvent.deliveredAt}, {time outboxEvent.createdAt}) < $1"
        }
    };
    let row = db.row(Repeat::Safe, sql, &[instant(kind, before)]).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the count of rows was not returned".to_owned()))?;
    let count: i64 = row.try_get(0)?;
    Ok(count.unsigned_abs())
}

/// Whether the role of the connection may remove noted changes: the role of `gatepost generate roles` may not.
///
/// # Errors
/// If the database fails.
pub async fn may_remove_notes(db: &Db) -> Result<bool, StoreError> {
    let sql = "select has_table_privilege(c.tableoid, 'delete') and has_table_privilege(c.tableoid, 'update') from {audit} c limit 1";
    let row = db.row(Repeat::Safe, sql, &[]).await?;
    // An empty table has no row to remove.
    row.map_or(Ok(false), |row| Ok(row.try_get(0)?))
}

/// Returns an instant as the table has it: counts of requests have milliseconds since 1970.
fn instant(kind: Kind, before: Timestamp) -> Param<'static> {
    if kind == Kind::RateLimit { before.as_millisecond().into() } else { before.into() }
}
