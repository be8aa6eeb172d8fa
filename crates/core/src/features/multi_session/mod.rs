//! Several sessions in one browser (spec sign-in-plugins §7): each sign-in leaves a cookie with its session, and the client lists
//! them, switches between them and ends them. README.md lists the threats.

mod cookies;
pub mod declaration;
mod wire;

use http::{Method, StatusCode};

use self::wire::{DeviceSession, NamedSession};
use crate::{
    context::{
        Context,
        places::{Answer, Entry, Places},
    },
    declaration::{Answers, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    lookup,
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    run::{run, run_signed_in},
    session_cookies,
    signed_in::SignedIn,
    store,
    wire::{NoInput, SuccessAnswer},
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places { after_session: Some(after_session), signed_out: Some(signed_out), ..Places::NONE };

/// The endpoints of several sessions.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "multi_session.list",
        method: Method::GET,
        path: "/multi-session/list-device-sessions",
        about: "Lists the sessions of the browser, one for each user; only with `multi_session.enabled`.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: SERVED,
        uses: &[],
        run: run!(list),
    },
    Endpoint {
        id: "multi_session.set_active",
        method: Method::POST,
        path: "/multi-session/set-active",
        about: "Makes a session of the browser the active one; only with `multi_session.enabled`.",
        body: Body::Json,
        guard: Guard::Open,
        served: SERVED,
        uses: &[],
        run: run!(set_active),
    },
    Endpoint {
        id: "multi_session.revoke",
        method: Method::POST,
        path: "/multi-session/revoke",
        about: "Ends a session of the browser. If it was the active one, the next one becomes active; only with \
                `multi_session.enabled`.",
        body: Body::Json,
        // A session that has ended must not end others.
        guard: Guard::StoredSession,
        served: SERVED,
        uses: &[],
        run: run_signed_in!(revoke),
    },
];

const SERVED: &[Condition<'_>] = &[Condition::Switch("multi_session.enabled"), Condition::StoredSessions];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "multi_session.list",
        "listDeviceSessions",
        Answers::of("The sessions of the browser.", Shape::List(&Shape::Component("SessionAndUser"))),
    )
    .tagged("Multi session"),
    Operation::of(
        "multi_session.set_active",
        "setActiveSession",
        Answers::of("The session that is active now.", Shape::Component("SessionAndUser")),
    )
    .tagged("Multi session"),
    Operation::of(
        "multi_session.revoke",
        "revokeDeviceSession",
        Answers::of("The request succeeded.", Shape::Component("Done")),
    )
    .tagged("Multi session"),
];

/// Lists the live sessions of the browser: the first of each user, in the order of the cookies.
async fn list(cx: &mut Context, _: NoInput) -> Result<Reply, Error> {
    let held = cookies::all(cx);
    for cookie in &held {
        cookies::renew(cx, cookie);
    }
    let mut found: Vec<(Session, User)> = Vec::new();
    for (session, user) in live(cx, &held).await? {
        if !found.iter().any(|(_, known)| known.id == user.id) {
            found.push((session, user));
        }
    }
    let shown: Vec<_> = found.iter().map(|(session, user)| DeviceSession { session, user }).collect();
    Reply::json(&shown)
}

async fn set_active(cx: &mut Context, body: NamedSession) -> Result<Reply, Error> {
    let held = cookies::held(cx, cookies::name(cx, &body.token)).ok_or_else(unknown)?;
    let Some((session, user)) = live(cx, std::slice::from_ref(&held)).await?.pop() else {
        cookies::expire(cx, held.name);
        return Err(unknown());
    };
    cookies::renew(cx, &held);
    session_cookies::reissue(cx, &session, &user).await;
    Reply::json(&DeviceSession { session: &session, user: &user })
}

async fn revoke(cx: &mut Context, body: NamedSession, own: SignedIn) -> Result<Reply, Error> {
    let held = cookies::held(cx, cookies::name(cx, &body.token)).ok_or_else(unknown)?;
    store::session::delete(&cx.db, &held.token).await?;
    cookies::expire(cx, held.name);
    if own.session.token == held.token {
        let mut others = cookies::all(cx);
        others.retain(|other| other.token != held.token);
        match live(cx, &others).await?.into_iter().next() {
            Some((session, user)) => session_cookies::replace(cx, &session, &user).await,
            None => session_cookies::clear(cx),
        }
    }
    Reply::json(&SuccessAnswer { status: true })
}

fn unknown() -> Error {
    Error::api(StatusCode::UNAUTHORIZED, declaration::INVALID_SESSION_TOKEN, Reason::NoSuchDeviceSession)
}

/// Returns the sessions of these cookies that have not expired and that no feature ends, in their order.
async fn live(cx: &Context, held: &[cookies::HeldCookie]) -> Result<Vec<(Session, User)>, Error> {
    let tokens: Vec<String> = held.iter().map(|cookie| cookie.token.clone()).collect();
    let mut live = Vec::new();
    for (session, user) in store::session::with_users(&cx.db, &tokens).await? {
        if session.expires_at > cx.now && lookup::over(cx, &session, &user).await?.is_none() {
            live.push((session, user));
        }
    }
    Ok(live)
}

/// Gives a new session a cookie of its own, and ends the other sessions that the user has in this browser.
fn after_session<'a>(cx: &'a mut Context, entry: &'a Entry<'a>, session: &'a Session) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let config = &auth.config.features.multi_session;
        if !config.enabled || !auth.config.stores_sessions() {
            return Ok(());
        }
        let names = cookies::names(cx);
        if names.contains(&cookies::name(cx, &session.token)) {
            return Ok(());
        }
        let held = cookies::all(cx);
        let tokens: Vec<String> = held.iter().map(|cookie| cookie.token.clone()).collect();
        let mut replaced = Vec::new();
        for (other, user) in store::session::with_users(&cx.db, &tokens).await? {
            if user.id == entry.user.id {
                cookies::expire(cx, cookies::name(cx, &other.token));
                replaced.push(other.token);
            }
        }
        store::session::delete_each(&cx.db, &replaced).await?;
        // A cookie that is forged or whose session has ended counts as well, as in better-auth.
        if names.len() - replaced.len() < config.maximum_sessions as usize {
            cookies::set(cx, &session.token);
        }
        Ok(())
    })
}

/// Ends all sessions of the browser.
fn signed_out(cx: &mut Context) -> Answer<'_, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        if !auth.config.features.multi_session.enabled || !auth.config.stores_sessions() {
            return Ok(());
        }
        let held = cookies::all(cx);
        let tokens: Vec<String> = held.iter().map(|cookie| cookie.token.clone()).collect();
        for cookie in held {
            cookies::expire(cx, cookie.name);
        }
        store::session::delete_each(&cx.db, &tokens).await?;
        Ok(())
    })
}
