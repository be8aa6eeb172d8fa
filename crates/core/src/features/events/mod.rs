//! Events: rows that the statements of changes write (`store::noted`), sent to receivers until each has taken them. docs/events.md is the
//! guide, and README.md lists the threats.

pub mod declaration;
pub mod rows;
mod wire;

use std::time::Duration;

use futures_util::future;
use jiff::{SignedDuration, Timestamp};

use self::{
    declaration::{Receiver, SECRET},
    rows::{AttemptResult, DueEvent},
    wire::{Data, Event, FoundRow, GoneRow},
};
use crate::{
    auth::Auth,
    context::{
        Context,
        places::{Answer, DeliveryRound, Places},
    },
    error::Error,
    outcome::Outcome,
    store::{Db, StoreError, user},
    webhook,
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places { events_written: Some(events_written), delivery: Some(delivery), ..Places::NONE };

/// How many events are sent to a receiver at once.
const MOST: i64 = 10;
/// How long taken events belong to the instance that took them, in seconds. An attempt takes at most three.
const TAKEN: i64 = 60;
/// The pauses before further attempts, in seconds. After the last one, the delivery has failed.
const PAUSES: [i64; 9] = [30, 120, 600, 3_600, 10_800, 21_600, 43_200, 86_400, 86_400];
/// How long an event waits for its receiver to be in the configuration, in seconds: an instance of an older deployment does not know
/// the receivers of a newer one.
const REMOVED: i64 = 86_400;
/// How long a request sends events after its answer, in seconds.
const AFTER_ANSWER: i64 = 10;
/// How long a request of the platform's cron sends events, in seconds. A function may run for 30.
const BY_CRON: i64 = 20;

/// Sends what is due after the answer. In an instance one delivery runs, and one waits for it: that one also sees the events of the
/// requests that come meanwhile.
fn events_written(cx: &mut Context) {
    let auth = cx.auth.clone();
    cx.afterwards.push(Box::pin(async move {
        let Ok(waiting) = auth.deliveries.waiting.try_lock() else { return };
        let bound = Duration::from_secs(AFTER_ANSWER.unsigned_abs());
        let Ok(_running) = tokio::time::timeout(bound, auth.deliveries.running.lock()).await else { return };
        drop(waiting);
        if let Err(error) = rounds(&auth, Some(AFTER_ANSWER)).await {
            Outcome::background("events", &format!("events wait for the next delivery: {error}"));
        }
    }));
}

/// Sends what is due, for the platform's cron.
fn delivery(cx: &mut Context) -> Answer<'_, Result<DeliveryRound, Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        Ok(deliver(&auth, Some(BY_CRON)).await?)
    })
}

/// Sends the events that are due. It begins no attempt after so many `seconds`. Events of receivers that the configuration does not have
/// any more fail.
///
/// # Errors
/// The failure of the database. An event that was taken by then is sent again under its identifier.
pub async fn deliver(auth: &Auth, seconds: Option<i64>) -> Result<DeliveryRound, StoreError> {
    let names: Vec<_> = auth.config.features.events.all.iter().map(|receiver| receiver.name.clone()).collect();
    rows::fail_removed(&auth.db(), &names, later((auth.clock)(), -REMOVED)).await?;
    rounds(auth, seconds).await
}

/// Sends what is due to all receivers at once, so that none waits for another.
async fn rounds(auth: &Auth, seconds: Option<i64>) -> Result<DeliveryRound, StoreError> {
    let begun = (auth.clock)();
    let deadline = seconds.map(|seconds| later(begun, seconds));
    let receivers = &auth.config.features.events.all;
    let all = future::try_join_all(receivers.iter().map(|receiver| send_all(auth, receiver, begun, deadline))).await?;
    let sum = |number: fn(&DeliveryRound) -> u64| all.iter().map(number).sum();
    Ok(DeliveryRound { delivered: sum(|done| done.delivered), failed: sum(|done| done.failed) })
}

/// Sends a receiver what was due when the delivery began.
async fn send_all(
    auth: &Auth,
    receiver: &Receiver,
    begun: Timestamp,
    deadline: Option<Timestamp>,
) -> Result<DeliveryRound, StoreError> {
    let db = &auth.db();
    let mut done = DeliveryRound::default();
    loop {
        let now = (auth.clock)();
        if deadline.is_some_and(|deadline| now >= deadline) {
            return Ok(done);
        }
        let taken = rows::take(db, &receiver.name, begun, later(now, TAKEN), MOST).await?;
        if taken.is_empty() {
            return Ok(done);
        }
        let mut bodies = Vec::with_capacity(taken.len());
        for due in &taken {
            bodies.push(body(db, due).await?);
        }
        let attempts = taken.iter().zip(bodies).map(|(due, body)| attempt(auth, receiver, due, body));
        for (due, attempted) in taken.iter().zip(future::join_all(attempts).await) {
            match attempted {
                AttemptResult::Delivered => done.delivered += 1,
                AttemptResult::Failed(..) => done.failed += 1,
            }
            rows::attempted(db, due, &attempted, (auth.clock)()).await?;
        }
    }
}

fn later(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now)
}

/// Returns the body of an event, with the rows as they are now.
async fn body(db: &Db, due: &DueEvent) -> Result<String, StoreError> {
    let id = |field: &str| due.row.text(field).filter(|id| !id.is_empty());
    let kind = due.text("kind");
    let mut data = Data::default();
    if let Some(id) = id("userId") {
        let found = kept(user::by_id(db, id).await)?.flatten();
        let gone = || FoundRow::Gone(GoneRow::of(id).with_email(due.email.as_deref()));
        data.user = Some(found.map_or_else(gone, |user| FoundRow::Row(Box::new(user))));
    }
    if let Some(id) = id("organizationId") {
        let found = kept(rows::organization(db, id).await)?.flatten();
        data.organization =
            Some(found.map_or_else(|| FoundRow::Gone(GoneRow::of(id)), |row| FoundRow::Row(Box::new(row))));
    }
    let object = id("objectId").map(GoneRow::of);
    if kind.starts_with("session.") || kind.starts_with("impersonation.") {
        data.session = object;
    } else {
        data.object = object;
    }
    Ok(Event::new(due.text("eventId"), kind, due.row.get("createdAt"), data).body())
}

/// A row whose identifier no column takes is not there: one event must not hold up the others.
fn kept<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::Refused { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Sends an event once.
async fn attempt(auth: &Auth, receiver: &Receiver, due: &DueEvent, body: String) -> AttemptResult {
    let (name, kind) = (&receiver.name, due.text("kind"));
    let Err(cause) = send(auth, receiver, due.text("eventId"), body).await else { return AttemptResult::Delivered };
    let made = usize::try_from(due.attempts).unwrap_or_default().saturating_sub(1);
    let next = PAUSES.get(made).map(|pause| later((auth.clock)(), *pause));
    let left = if next.is_some() { "" } else { "; no attempt is left, and `gatepost events replay` sends it again" };
    let attempts = due.attempts;
    Outcome::background("events", &format!("`{name}` did not take {kind} in attempt {attempts}: {cause}{left}"));
    AttemptResult::Failed(next, cause)
}

async fn send(auth: &Auth, receiver: &Receiver, id: &str, body: String) -> Result<(), String> {
    let secrets = auth.config.features.value(SECRET);
    let secrets = secrets.and_then(|value| webhook::secrets(value.bytes())).unwrap_or_default();
    let (private, now) = (receiver.allow_private_addresses, (auth.clock)().as_second());
    let answer = webhook::post(&secrets, &receiver.url, private, id, now, body).await;
    answer.map(drop).map_err(|failure| failure.cause)
}
