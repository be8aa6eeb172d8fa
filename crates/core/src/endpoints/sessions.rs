//! The sessions of a signed-in user: lists, changes and ends them (spec core §§3.7–3.9).

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

/// The endpoints of sessions.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "sessions.list",
        method: Method::GET,
        path: "/list-sessions",
        about: "Lists the user's sessions that have not expired.",
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
        // The session cookies are written again here. A session that has ended or changed must not live on in them.
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
        about: "Ends every session of the user, including this one.",
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
        about: "Ends every session of the user except this one.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::StoredSessions],
        uses: &[],
        run: run_signed_in!(revoke_others),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "sessions.list",
        "listUserSessions",
        Answers::of("The user's sessions.", Shape::List(&Shape::Component("Session"))),
    ),
    Operation::of(
        "sessions.update",
        "updateSession",
        Answers::of(
            "The session with the changed fields.",
            Shape::Object(&[Member::of("session", Shape::Component("Session"))]),
        ),
    ),
    Operation::of("sessions.revoke", "revokeSession", Answers::of("The request succeeded.", Shape::Component("Done"))),
    Operation::of(
        "sessions.revoke_all",
        "revokeSessions",
        Answers::of("The request succeeded.", Shape::Component("Done")),
    ),
    Operation::of(
        "sessions.revoke_others",
        "revokeOtherSessions",
        Answers::of("The request succeeded.", Shape::Component("Done")),
    ),
];

async fn list(cx: &mut Context, _: wire::NoInput, own: SignedIn) -> Result<Reply, Error> {
    let mut sessions = store::session::list(&cx.db, &own.user.id, cx.now).await?;
    // Neither the user nor an administrator who acts as the user gets the tokens of the other's sessions.
    match own.session.impersonated_by() {
        None => sessions.retain(|session| session.impersonated_by().is_none()),
        Some(_) => sessions.retain(|session| session.token == own.session.token),
    }
    Reply::json(&sessions)
}

/// Changes the session's additional fields (spec core §3.7). Other columns in the body are ignored.
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

/// Ends a session of the user. Tokens that are unknown or of other users get the same answer, which does not reveal whether they
/// exist.
async fn revoke(cx: &mut Context, body: wire::RevokeSession, own: SignedIn) -> Result<Reply, Error> {
    store::session::delete_own(&cx.db, &body.token, &own.user.id).await?;
    if body.token == own.session.token {
        session_cookies::clear(cx);
    }
    Reply::json(&wire::SuccessAnswer { status: true })
}

async fn revoke_all(cx: &mut Context, _: wire::NoInput, own: SignedIn) -> Result<Reply, Error> {
    store::session::delete_all(&cx.db, &own.user.id).await?;
    flow::others_ended(cx, &own.user).await?;
    session_cookies::clear(cx);
    Reply::json(&wire::SuccessAnswer { status: true })
}

async fn revoke_others(cx: &mut Context, _: wire::NoInput, own: SignedIn) -> Result<Reply, Error> {
    store::session::delete_others(&cx.db, &own.user.id, &own.session.token, cx.now).await?;
    flow::others_ended(cx, &own.user).await?;
    Reply::json(&wire::SuccessAnswer { status: true })
}
