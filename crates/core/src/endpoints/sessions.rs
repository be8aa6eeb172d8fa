//! The sessions of whoever is signed in: list them, change one, end them (spec core §§3.7–3.9).

use http::{Method, StatusCode};

use crate::{
    code,
    context::Context,
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    flow,
    reason::Reason,
    reply::Reply,
    rules::fields,
    run::run_signed_in,
    session_cookies,
    signed_in::SignedIn,
    store, wire,
};

/// What this function serves.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "sessions.list",
        method: Method::GET,
        path: "/list-sessions",
        about: "The user's sessions that are not over.",
        body: Body::Ignored,
        guard: Guard::FreshSession,
        served: &[Condition::StoredSessions],
        uses: &[],
        run: run_signed_in!(list),
    },
    Endpoint {
        id: "sessions.update",
        method: Method::POST,
        path: "/update-session",
        about: "Changes the session's additional fields.",
        body: Body::Json,
        // The cookie is written anew here: what is over, or has changed, must not live on in it.
        guard: Guard::StoredSession,
        served: &[Condition::StoredSessions],
        uses: &[],
        run: run_signed_in!(update),
    },
    Endpoint {
        id: "sessions.revoke",
        method: Method::POST,
        path: "/revoke-session",
        about: "Ends the session with the given token, if it is the user's.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::StoredSessions],
        uses: &[],
        run: run_signed_in!(revoke),
    },
    Endpoint {
        id: "sessions.revoke_all",
        method: Method::POST,
        path: "/revoke-sessions",
        about: "Ends every session of the user, this one too.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::StoredSessions],
        uses: &[],
        run: run_signed_in!(revoke_all),
    },
    Endpoint {
        id: "sessions.revoke_others",
        method: Method::POST,
        path: "/revoke-other-sessions",
        about: "Ends every session of the user but this one.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::StoredSessions],
        uses: &[],
        run: run_signed_in!(revoke_others),
    },
];

/// What the description of the API says of them.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "sessions.list",
        "listUserSessions",
        Answers::of("The user's sessions.", Shape::List(&Shape::Component("Session"))),
    ),
    Operation::of(
        "sessions.update",
        "updateSession",
        Answers::of("As it is now.", Shape::Object(&[Member::of("session", Shape::Component("Session"))])),
    ),
    Operation::of("sessions.revoke", "revokeSession", Answers::of("It was done.", Shape::Component("Done"))),
    Operation::of("sessions.revoke_all", "revokeSessions", Answers::of("It was done.", Shape::Component("Done"))),
    Operation::of(
        "sessions.revoke_others",
        "revokeOtherSessions",
        Answers::of("It was done.", Shape::Component("Done")),
    ),
];

async fn list(cx: &mut Context, _: wire::Nothing, own: SignedIn) -> Result<Reply, Error> {
    Reply::json(&store::session::list(&cx.db, &own.user.id, cx.now).await?)
}

/// Spec core §3.7. The session's own columns are passed over.
async fn update(cx: &mut Context, body: wire::Record, own: SignedIn) -> Result<Reply, Error> {
    let values = fields::update(&cx.auth.config.schema.additional.session, body.members())?;
    if values.is_empty() {
        let message = "No fields to update".to_owned();
        return Err(Error::Codeless { message, reason: Reason::NothingToUpdate });
    }
    let updated = store::session::update(&cx.db, &own.session.token, &values.into(), cx.now).await;
    let updated = updated.map_err(|error| Error::of_row(error, code::FAILED_TO_UPDATE_SESSION))?;
    let Some(session) = updated else {
        session_cookies::clear(cx);
        let code = code::FAILED_TO_GET_SESSION;
        return Err(Error::api(StatusCode::UNAUTHORIZED, code, Reason::SessionEndedMeanwhile));
    };
    session_cookies::replace(cx, &session, &own.user).await;
    Reply::json(&wire::UpdatedSession { session: &session })
}

/// Foreign and unknown tokens are passed over in silence: nobody learns whether they exist.
async fn revoke(cx: &mut Context, body: wire::RevokeSession, own: SignedIn) -> Result<Reply, Error> {
    store::session::delete_own(&cx.db, &body.token, &own.user.id).await?;
    if body.token == own.session.token {
        session_cookies::clear(cx);
    }
    Reply::json(&wire::Done { status: true })
}

async fn revoke_all(cx: &mut Context, _: wire::Nothing, own: SignedIn) -> Result<Reply, Error> {
    store::session::delete_all(&cx.db, &own.user.id).await?;
    flow::others_ended(cx, &own.user).await?;
    session_cookies::clear(cx);
    Reply::json(&wire::Done { status: true })
}

async fn revoke_others(cx: &mut Context, _: wire::Nothing, own: SignedIn) -> Result<Reply, Error> {
    store::session::delete_others(&cx.db, &own.user.id, &own.session.token, cx.now).await?;
    flow::others_ended(cx, &own.user).await?;
    Reply::json(&wire::Done { status: true })
}
