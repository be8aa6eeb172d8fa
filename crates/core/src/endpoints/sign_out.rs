//! `POST /sign-out`: ends the session of the cookie.

use http::Method;

use crate::{
    context::Context,
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Endpoint, Guard},
    error::Error,
    flow,
    reason::Reason,
    reply::Reply,
    run::run,
    session_cookies,
    store::{self, StoreError},
    wire,
};

/// The endpoint of signing out.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "sign_out",
    method: Method::POST,
    path: "/sign-out",
    about: "Ends the session of the cookie. Succeeds without a session as well.",
    body: Body::Json,
    guard: Guard::Open,
    served: &[],
    uses: &[],
    run: run!(sign_out),
}];

/// The operation of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[Operation::of(
    "sign_out",
    "signOut",
    Answers::of("The session has ended.", Shape::Object(&[Member::of("success", Shape::Boolean)])),
)];

/// Ends the session (spec core §3.5). The cookies are cleared whether or not the row can be removed. An error of the database
/// becomes an error of the request: better-auth ignores it, and the session would live on unnoticed (docs/DIFFERENCES.md).
async fn sign_out(cx: &mut Context, _: wire::SignOut) -> Result<Reply, Error> {
    let token = cx.session_token();
    session_cookies::clear(cx);
    if let (Ok(token), true) = (token, cx.auth.config.stores_sessions()) {
        match store::session::delete(&cx.db, &token).await {
            Ok(()) => {}
            // No row can have a token that its column does not take. But a trigger that keeps the row also refuses, with any
            // SQLSTATE.
            Err(error @ StoreError::Refused { .. }) => {
                if lives(cx, &token).await? {
                    return Err(Error::internal(Reason::DatabaseError, error));
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    flow::signed_out(cx).await?;
    Reply::json(&wire::SignOutAnswer { success: true })
}

/// Whether a session with this token exists.
async fn lives(cx: &Context, token: &str) -> Result<bool, StoreError> {
    match store::session::with_user(&cx.db, token).await {
        Ok((_, found)) => Ok(found.is_ok()),
        Err(StoreError::Refused { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
