//! The one road from right credentials to a session. [`prepare`] asks the features whether a session opens and makes its
//! values; the caller writes it in a statement of its own, with whatever else it writes; [`announce`] sets the cookies and
//! lets the features follow. Nothing here writes a session, so that each caller's statement stays one.

pub mod password;

use serde_json::{Map, Value};

use crate::{
    config::{Field, Ids},
    context::{
        Context,
        places::{Closed, Entry, Gate, Way},
    },
    error::Error,
    model::{Session, User},
    rules::{fields, session},
    session_cookies,
};

/// What becomes of right credentials.
pub enum Prepared {
    /// This session opens, once the caller has written it.
    Open(Session),
    /// A feature answers in the place of a session.
    Closed(Closed),
}

impl Prepared {
    /// The session to write, and what answers where there is none.
    pub fn parts(self) -> (Option<Session>, Option<Closed>) {
        match self {
            Self::Open(session) => (Some(session), None),
            Self::Closed(answer) => (None, Some(answer)),
        }
    }
}

/// How the cookies of a new session are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// For as long as [`Entry::remember`] says.
    AsEntered,
    /// For as long as the browser was asked to remember earlier sessions.
    AsBefore,
    /// As [`Cookies::AsBefore`]; what the request cached before is taken back.
    Replaced,
}

/// Lets the features change what a client gives of a new user: the members of a body that is not validated yet.
///
/// # Errors
/// What a feature refuses with.
pub async fn new_user(cx: &mut Context, body: Option<&Value>) -> Result<Map<String, Value>, Error> {
    let Some(mut given) = body.and_then(Value::as_object).cloned() else { return Ok(Map::new()) };
    for place in cx.places.iter().filter_map(|feature| feature.new_user) {
        place(cx, &mut given).await?;
    }
    Ok(given)
}

/// Lets the features change what a signed-in client changes of its user.
///
/// # Errors
/// What a feature refuses with.
pub async fn user_change(cx: &mut Context, user: &User, given: &mut Map<String, Value>) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.user_change) {
        place(cx, user, given).await?;
    }
    Ok(())
}

/// Lets the features add to the values of a new user's row.
///
/// # Errors
/// What a feature refuses with.
pub async fn user_values(cx: &mut Context, way: Way<'_>, values: &mut Map<String, Value>) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.user_values) {
        place(cx, way, values).await?;
    }
    Ok(())
}

/// Takes from a user whose address was not confirmed what the features keep, once somebody else has proven that it is theirs.
///
/// # Errors
/// What a feature fails with.
pub async fn proven(cx: &mut Context, user: &mut User) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.proven) {
        place(cx, user).await?;
    }
    Ok(())
}

/// Tells the features that a user has ended all sessions, or all but one.
///
/// # Errors
/// What a feature fails with.
pub async fn others_ended(cx: &mut Context, user: &User) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.others_ended) {
        place(cx, user).await?;
    }
    Ok(())
}

/// Decides whether a session opens, and with which values. Nothing is written.
///
/// # Errors
/// What a feature refuses with.
pub async fn prepare(cx: &mut Context, entry: &Entry<'_>) -> Result<Prepared, Error> {
    for place in cx.places.iter().filter_map(|feature| feature.before_session) {
        if let Gate::Closed(answer) = place(cx, entry).await? {
            return Ok(Prepared::Closed(answer));
        }
    }
    Ok(Prepared::Open(session(cx, &entry.user.id, entry.remember)))
}

/// Tells the browser and the features of a session that was written.
///
/// # Errors
/// What a feature fails with.
pub async fn announce(cx: &mut Context, entry: &Entry<'_>, session: &Session, cookies: Cookies) -> Result<(), Error> {
    match cookies {
        Cookies::AsEntered => session_cookies::set(cx, session, entry.user, entry.remember).await,
        Cookies::AsBefore => session_cookies::reissue(cx, session, entry.user).await,
        Cookies::Replaced => session_cookies::replace(cx, session, entry.user).await,
    }
    for place in cx.places.iter().rev().filter_map(|feature| feature.after_session) {
        place(cx, entry, session).await?;
    }
    Ok(())
}

/// The values of a new session.
fn session(cx: &mut Context, user_id: &str, remember: bool) -> Session {
    let (client, config) = (cx.client(), &cx.auth.config);
    let session = session::open(user_id, remember, client, &config.session, cx.now, &mut cx.rng);
    let own = &config.schema.additional.session;
    let session = Session { additional: fields::shown(own, &Field::defaults(own)), ..session };
    // A session without a row gets no identifier from the database.
    match cx.auth.secondary.is_some() && cx.auth.config.schema.ids == Ids::Uuid {
        true => Session { id: cx.rng.uuid(), ..session },
        false => session,
    }
}
