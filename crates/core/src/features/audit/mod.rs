//! The audit log, as administrators read it. README.md lists the threats.

pub mod declaration;
pub mod rows;
mod rules;
mod wire;
pub mod words;

use http::{Method, StatusCode};

use crate::{
    context::{Context, places::Places},
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    reason::Reason,
    reply::Reply,
    run::run_signed_in,
    signed_in::SignedIn,
    store::record::Record,
};

/// The feature acts at no place of a request: the statements of the changes write its rows.
pub const PLACES: Places = Places::NONE;

/// The endpoint, which better-auth does not have.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "admin.list_audit",
    method: Method::GET,
    path: "/admin/list-audit",
    about: "Lists the audit log, the newest change first; only with `audit.enabled` and `admin.enabled`.",
    body: Body::Ignored,
    guard: Guard::StoredSession,
    served: &[Condition::Switch("audit.enabled"), Condition::Switch("admin.enabled")],
    uses: &[],
    run: run_signed_in!(list),
}];

const TEXT: Shape = Shape::Text;
const NULLABLE: Shape = Shape::OrNull(&TEXT);

/// A noted change.
const CHANGE: Shape = Shape::Object(&[
    Member::of("kind", TEXT),
    Member::of("action", NULLABLE),
    Member::of("actorType", TEXT),
    Member::of("actorId", NULLABLE),
    Member::of("sessionId", NULLABLE),
    Member::of("keyId", NULLABLE),
    Member::of("impersonatedBy", NULLABLE),
    Member::of("targetId", NULLABLE),
    Member::of("objectId", NULLABLE),
    Member::of("organizationId", NULLABLE),
    Member::of("ipAddress", NULLABLE),
    Member::of("userAgent", NULLABLE),
    Member::of("createdAt", TEXT),
    Member::of("id", TEXT),
]);

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[Operation::of(
    "admin.list_audit",
    "listAudit",
    Answers::of(
        "The changes of the page, and whether there are more.",
        Shape::Object(&[Member::of("changes", Shape::List(&CHANGE)), Member::of("hasMore", Shape::Boolean)]),
    ),
)
.tagged("Admin")];

/// The changes of a page for which the query has no limit.
const LIMIT: i64 = 100;
/// The most changes of a page. An answer must fit into the memory of an instance.
const MOST: i64 = 1_000;

/// `GET /admin/list-audit`.
async fn list(cx: &mut Context, query: wire::List, own: SignedIn) -> Result<Reply, Error> {
    cx.audit.actor = Some(own.user.id.clone());
    if !rules::may_list(&cx.auth.config, &own.user) {
        let code = words::YOU_ARE_NOT_ALLOWED_TO_LIST_AUDIT;
        return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::AuditNotPermitted));
    }
    let limit = query.limit.unwrap_or(LIMIT).clamp(1, MOST);
    let asked = rows::AuditFilter {
        target: query.user_id.as_deref(),
        actor: query.actor_id.as_deref(),
        organization: query.organization_id.as_deref(),
        kind: query.kind.as_deref(),
        action: query.action.as_deref(),
        since: query.since,
        until: query.until,
        limit: limit + 1,
        offset: query.offset.unwrap_or(0),
    };
    let mut changes: Vec<Record> = rows::list(&cx.db, &asked).await?;
    let most = usize::try_from(limit).unwrap_or_default();
    let has_more = changes.len() > most;
    changes.truncate(most);
    Reply::json(&wire::Changes { changes, has_more })
}
