//! Reads and changes the rows of `outboxEvent`. `store/noted.rs` writes them, in the statements of the changes.

use jiff::Timestamp;
use tokio_postgres::Row;

use crate::store::{
    Db, Param, StoreError, column,
    pool::Repeat,
    record::{self, Record},
};

/// An event that is to be sent to a receiver.
pub struct DueEvent {
    /// The row, without the address.
    pub row: Record,
    /// The address of a user who is deleted.
    pub email: Option<String>,
    /// How many attempts were made, with the one that begins.
    pub attempts: i64,
}

impl DueEvent {
    /// Returns a text of the row; empty if it has none.
    pub fn text(&self, field: &str) -> &str {
        self.row.text(field).unwrap_or_default()
    }
}

/// Takes events that are due for a receiver, at most `most`, for an attempt each. They belong to the caller until `until`: no other takes
/// them before. Those with the fewest attempts come first, so that an event that is refused does not hold up the others.
///
/// # Errors
/// The failure of the database.
pub async fn take(
    db: &Db,
    receiver: &str,
    now: Timestamp,
    until: Timestamp,
    most: i64,
) -> Result<Vec<DueEvent>, StoreError> {
    let sql = "with due as (select o.{outboxEvent.id} as id from {outboxEvent} o where {time o.outboxEvent.dueAt} <= $1
            and o.{outboxEvent.receiver} = $4 order by o.{outboxEvent.attempts}, {time o.outboxEvent.dueAt} limit $2 for update skip locked)
        update {outboxEvent} o set {outboxEvent.attempts} = o.{outboxEvent.attempts} + 1, {outboxEvent.dueAt} = $3 from due
        where o.{outboxEvent.id} = due.id returning {outboxEvent.*}, o.{outboxEvent.email}::text, o.{outboxEvent.attempts}::text";
    let params: [Param<'_>; 4] = [now.into(), most.into(), until.into(), receiver.into()];
    let rows = db.rows(Repeat::Never, sql, &params).await?;
    let read = |row: &Row| {
        let width = record::width(&db.schema, MODEL);
        let (email, attempts) = (column::text(row, width)?, attempts(row, width + 1)?);
        Ok(DueEvent { row: record::from_row(&db.schema, MODEL, row, 0)?, email, attempts })
    };
    rows.iter().map(read).collect()
}

const MODEL: &str = "outboxEvent";

fn attempts(row: &Row, at: usize) -> Result<i64, StoreError> {
    let text = column::filled_text(row, at)?;
    text.parse().map_err(|_| StoreError::Failed("the attempts of an event are not a number".to_owned()))
}

/// The end of an attempt.
pub enum AttemptResult {
    /// The receiver took the event.
    Delivered,
    /// The receiver did not. The next attempt is due then, if there is one.
    Failed(Option<Timestamp>, String),
}

/// Records the end of an attempt, unless another one has begun since. The address of a user who is deleted goes with the delivery.
///
/// # Errors
/// The failure of the database.
pub async fn attempted(db: &Db, due: &DueEvent, attempted: &AttemptResult, now: Timestamp) -> Result<(), StoreError> {
    let sql =
        "update {outboxEvent} o set {outboxEvent.dueAt} = $3, {outboxEvent.deliveredAt} = $4, {outboxEvent.cause} = $5,
            {outboxEvent.email} = case when $6 then null else o.{outboxEvent.email} end
        where o.{outboxEvent.id} = $1 and o.{outboxEvent.attempts} = $2 and o.{outboxEvent.dueAt} is not null";
    let (next, delivered, cause) = match attempted {
        AttemptResult::Delivered => (None, Some(now), None),
        AttemptResult::Failed(next, cause) => (*next, None, Some(cause.as_str())),
    };
    let is_delivered = delivered.is_some();
    let params: [Param<'_>; 6] =
        [due.text("id").into(), due.attempts.into(), next.into(), delivered.into(), cause.into(), is_delivered.into()];
    db.rows(Repeat::Safe, sql, &params).await.map(drop)
}

/// Ends the deliveries of events before `before` to receivers with other names than these.
///
/// # Errors
/// The failure of the database.
pub async fn fail_removed(db: &Db, names: &[String], before: Timestamp) -> Result<(), StoreError> {
    let sql = "update {outboxEvent} o set {outboxEvent.dueAt} = null, {outboxEvent.cause} = 'no section of `[events]` has this name'
        where o.{outboxEvent.dueAt} is not null and {time o.outboxEvent.createdAt} < $1 and not o.{outboxEvent.receiver} = any($2)";
    db.rows(Repeat::Safe, sql, &[before.into(), Param::Texts(names)]).await.map(drop)
}

/// Returns an organization as answers show it, if it is still there.
///
/// # Errors
/// The failure of the database.
pub async fn organization(db: &Db, id: &str) -> Result<Option<Record>, StoreError> {
    if !db.schema.has("organization") {
        return Ok(None);
    }
    let sql = "select {organization.*} from {organization} o where o.{organization.id} = $1";
    let row = db.row(Repeat::Safe, sql, &[id.into()]).await?;
    row.map(|row| record::from_row(&db.schema, "organization", &row, 0)).transpose()
}

/// The state of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// They wait for an attempt.
    Waiting,
    /// No attempt is left.
    Failed,
    /// The receiver took the event.
    Delivered,
}

/// Returns deliveries in this state, the oldest first, without addresses.
///
/// # Errors
/// The failure of the database.
pub async fn list(db: &Db, state: State, most: i64) -> Result<Vec<Record>, StoreError> {
    let sql = "select {outboxEvent.*}, o.{outboxEvent.attempts}::text from {outboxEvent} o
        where (o.{outboxEvent.dueAt} is not null) = $1 and (o.{outboxEvent.deliveredAt} is not null) = $2
        order by {time o.outboxEvent.createdAt}, o.{outboxEvent.id} limit $3";
    let params: [Param<'_>; 3] = [(state == State::Waiting).into(), (state == State::Delivered).into(), most.into()];
    let rows = db.rows(Repeat::Safe, sql, &params).await?;
    let read = |row: &Row| {
        let mut delivery = record::from_row(&db.schema, MODEL, row, 0)?;
        delivery.set("attempts", attempts(row, record::width(&db.schema, MODEL))?.into());
        Ok(delivery)
    };
    rows.iter().map(read).collect()
}

/// How many deliveries to a receiver are in each state.
pub struct Count {
    /// The name of the receiver.
    pub receiver: String,
    /// Those that wait for an attempt.
    pub waiting: i64,
    /// Those of which no attempt is left.
    pub failed: i64,
    /// Those that the receiver took.
    pub delivered: i64,
    /// The time of the oldest event that waits.
    pub oldest: Option<Timestamp>,
}

/// Counts the deliveries to each receiver.
///
/// # Errors
/// The failure of the database.
pub async fn count(db: &Db) -> Result<Vec<Count>, StoreError> {
    let sql = "select o.{outboxEvent.receiver}::text, count(o.{outboxEvent.dueAt}),
            count(*) filter (where o.{outboxEvent.dueAt} is null and o.{outboxEvent.deliveredAt} is null),
            count(o.{outboxEvent.deliveredAt}), min(o.{outboxEvent.createdAt}) filter (where o.{outboxEvent.dueAt} is not null)
        from {outboxEvent} o group by o.{outboxEvent.receiver} order by 1";
    let rows = db.rows(Repeat::Safe, sql, &[]).await?;
    let read = |row: &Row| {
        Ok(Count {
            receiver: column::filled_text(row, 0)?,
            waiting: row.try_get(1)?,
            failed: row.try_get(2)?,
            delivered: row.try_get(3)?,
            oldest: column::instant(row, 4)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Makes deliveries due at once, with all attempts before them, and returns how many: those of the event with this identifier, or all
/// that failed. With `receiver`, only those to it.
///
/// # Errors
/// The failure of the database.
pub async fn replay(db: &Db, id: Option<&str>, receiver: Option<&str>, now: Timestamp) -> Result<usize, StoreError> {
    let sql = "update {outboxEvent} o set {outboxEvent.dueAt} = $3, {outboxEvent.deliveredAt} = null, {outboxEvent.attempts} = 0
        where (o.{outboxEvent.eventId} = $1 or ($1::text is null and o.{outboxEvent.dueAt} is null and o.{outboxEvent.deliveredAt} is null))
            and ($2::text is null or o.{outboxEvent.receiver} = $2) returning 1";
    let params: [Param<'_>; 3] = [id.into(), receiver.into(), now.into()];
    Ok(db.rows(Repeat::Safe, sql, &params).await?.len())
}
