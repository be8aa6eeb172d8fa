//! Housekeeping: removes expired rows, for the platform's cron and for `gatepost cleanup`. README.md lists the threats.

pub mod declaration;
pub mod rows;

use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use subtle::ConstantTimeEq as _;

use self::rows::Kind;
use crate::{
    auth::Auth,
    bearer,
    config::{Config, LimitStorage},
    context::{Context, places::Places},
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    links,
    reason::Reason,
    reply::Reply,
    run::run,
    store::{Db, StoreError, verification},
    wire::NoInput,
};

/// The feature acts at no place of a request.
pub const PLACES: Places = Places::NONE;

/// The path of the endpoint, which `vercel.json` names.
pub const PATH: &str = "/cleanup";
/// The path of the endpoint that delivers events, which `vercel.json` names.
pub const EVENTS_PATH: &str = "/cleanup/events";

/// The endpoints for the platform's cron, which better-auth does not have.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "cleanup",
        method: Method::GET,
        path: PATH,
        about: "Removes expired rows, for the platform's cron; only with `cleanup.enabled`.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[Condition::Switch("cleanup.enabled"), Condition::Database],
        uses: &[],
        run: run!(cleanup),
    },
    Endpoint {
        id: "cleanup.events",
        method: Method::GET,
        path: EVENTS_PATH,
        about: "Delivers the events that wait, for the platform's cron; only with `cleanup.enabled` and `events.enabled`.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[Condition::Switch("cleanup.enabled"), Condition::Switch("events.enabled"), Condition::Database],
        uses: &[],
        run: run!(deliver_events),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "cleanup",
        "cleanup",
        Answers::of(
            "How many rows were removed, and whether all were.",
            Shape::Object(&[
                Member::of("session", Shape::Number),
                Member::of("verification", Shape::Number),
                Member::of("rateLimit", Shape::Number),
                Member::of("audit", Shape::Number).optional(),
                Member::of("outboxEvent", Shape::Number).optional(),
                Member::of("complete", Shape::Boolean),
            ]),
        ),
    )
    .tagged("Cleanup"),
    Operation::of(
        "cleanup.events",
        "cleanupEvents",
        Answers::of(
            "How many deliveries succeeded, and how many attempts failed.",
            Shape::Object(&[Member::of("delivered", Shape::Number), Member::of("failed", Shape::Number)]),
        ),
    )
    .tagged("Cleanup"),
];

/// How long a request removes rows. A function may run for 30 seconds.
const TIME: SignedDuration = SignedDuration::from_secs(20);

/// The purpose of the verification value with the row after which the next request begins.
const PURPOSE: &str = "cleanup:";
/// How long that value lives, in seconds: longer than the pause between two calls.
const REMEMBERED: u32 = 90 * 86_400;

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct RemovedRows {
    session: u64,
    verification: u64,
    rate_limit: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    audit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outbox_event: Option<u64>,
    complete: bool,
}

/// Returns the kinds of rows that a deployment has, each with the instant before which rows of it have ended.
pub fn kinds(config: &Config, now: Timestamp, keep_days: u32) -> Vec<(Kind, Timestamp)> {
    let ago = |seconds: i64| now.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN);
    let mut kinds = Vec::new();
    if !config.session.preserve_in_database {
        kinds.push((Kind::Session, ago(i64::from(keep_days) * 86_400)));
    }
    if !config.verification.disable_cleanup {
        kinds.push((Kind::Verification, now));
    }
    if config.rate_limit.storage == LimitStorage::Database {
        kinds.push((Kind::RateLimit, ago(i64::from(config.rate_limit.longest_window(&config.features)))));
    }
    let audit = &config.features.audit;
    if audit.enabled {
        kinds.push((Kind::Audit, ago(i64::from(audit.retention_days) * 86_400)));
    }
    let events = &config.features.events;
    if events.enabled {
        kinds.push((Kind::Event, ago(i64::from(events.keep_days) * 86_400)));
    }
    // A secondary storage removes what has ended by itself.
    kinds.retain(|(kind, _)| config.schema.table(kind.name()).is_some());
    kinds
}

/// A walk over a table that removes the rows of one kind.
pub struct Walk {
    kind: Kind,
    before: Timestamp,
    after: Option<String>,
    /// How many rows the walk has removed.
    pub removed: u64,
}

impl Walk {
    /// A walk over the rows that ended before `before`, which begins behind the row `after`, or at the first row.
    pub fn new(kind: Kind, before: Timestamp, after: Option<String>) -> Self {
        Self { kind, before, after, removed: 0 }
    }

    /// Reads the next page and removes the rows of it that have ended. Returns whether there are more pages. Afterwards it pauses for as
    /// long as the statement took, so that at least half of the database's time is for others.
    ///
    /// # Errors
    /// If the database refuses or fails.
    pub async fn step(&mut self, db: &Db, auth: &Auth) -> Result<bool, StoreError> {
        let started = (auth.clock)();
        let page = rows::remove(db, self.kind, self.before, self.after.as_deref()).await?;
        self.removed += page.removed;
        self.after = page.last;
        if self.after.is_some() {
            tokio::time::sleep((auth.clock)().duration_since(started).unsigned_abs()).await;
        }
        Ok(self.after.is_some())
    }
}

/// Removes rows until the end of each table or of the time. The next request begins where this one stops.
async fn cleanup(cx: &mut Context, _: NoInput) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    require_cron(cx, &auth)?;
    let deadline = cx.now + TIME;
    let mut done = RemovedRows { complete: true, ..RemovedRows::default() };
    for (kind, before) in kinds(&auth.config, cx.now, auth.config.features.cleanup.keep_days) {
        // A role that may only add notes leaves them to `gatepost cleanup`, which the owner of the table runs.
        if kind == Kind::Audit && !rows::may_remove_notes(&cx.db).await? {
            continue;
        }
        let identifiers = links::identifiers(cx, PURPOSE, kind.name());
        let begin = verification::take(&cx.db, &identifiers).await?.map(|place| place.value);
        let mut walk = Walk::new(kind, before, begin);
        let mut is_unfinished = true;
        while is_unfinished && (auth.clock)() < deadline {
            is_unfinished = walk.step(&cx.db, &auth).await?;
        }
        if let Some(last) = walk.after.as_deref().filter(|_| is_unfinished) {
            let place = links::secret(cx, PURPOSE, kind.name(), REMEMBERED, last);
            verification::insert(&cx.db, &place).await?;
        }
        done.complete &= !is_unfinished;
        match kind {
            Kind::Session => done.session = walk.removed,
            Kind::Verification => done.verification = walk.removed,
            Kind::RateLimit => done.rate_limit = walk.removed,
            Kind::Audit => done.audit = Some(walk.removed),
            Kind::Event => done.outbox_event = Some(walk.removed),
        }
    }
    Reply::json(&done)
}

#[derive(Serialize)]
struct AttemptCounts {
    delivered: u64,
    failed: u64,
}

/// Delivers events by the functions of the features that have some.
async fn deliver_events(cx: &mut Context, _: NoInput) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    require_cron(cx, &auth)?;
    let mut attempted = AttemptCounts { delivered: 0, failed: 0 };
    for place in cx.places.iter().filter_map(|feature| feature.delivery) {
        let done = place(cx).await?;
        attempted.delivered += done.delivered;
        attempted.failed += done.failed;
    }
    Reply::json(&attempted)
}

/// Refuses a request that does not have the secret of the platform's cron.
fn require_cron(cx: &Context, auth: &Auth) -> Result<(), Error> {
    if is_cron(cx, auth) {
        return Ok(());
    }
    Err(Error::api(StatusCode::UNAUTHORIZED, declaration::CRON_SECRET_REQUIRED, Reason::WrongCronSecret))
}

/// Whether the request has the secret of the platform's cron.
fn is_cron(cx: &Context, auth: &Auth) -> bool {
    let header = cx.header("authorization");
    let (Some(sent), Some(secret)) =
        (header.as_deref().and_then(bearer::token), auth.config.features.value(declaration::SECRET))
    else {
        return false;
    };
    !secret.bytes().is_empty() && sent.as_bytes().ct_eq(secret.bytes()).into()
}
