//! The only way from valid credentials to a session. [`prepare`] asks the features whether a session opens and creates its values;
//! the caller stores it, in one statement with everything else that it writes; [`announce`] sets the cookies and calls the
//! features. Nothing here writes a session, so that each caller needs only one statement.

pub mod mailbox;
pub mod password;

use serde_json::{Map, Value};

use crate::{
    code,
    config::Ids,
    context::{
        Context,
        places::{
            AnswerInstead, Candidate, CompletedChange, Entry, LinkedUsers, SessionDecision, UserUpdate, View, Way,
        },
    },
    error::Error,
    model::{Additional, Session, User},
    reason::Reason,
    rules::{fields, session},
    session_cookies,
    store::{self, RequestProof, user::AcceptedUser, values::Values},
    syntax::email,
};

/// The result of valid credentials.
#[expect(clippy::large_enum_variant, reason = "a request has one")]
pub enum PreparedSignIn {
    /// This session opens, once the caller has stored it.
    Open(Session),
    /// A feature answers instead of a session.
    Closed(AnswerInstead),
}

impl PreparedSignIn {
    /// Returns the session to store, or the answer instead of one.
    pub fn parts(self) -> (Option<Session>, Option<AnswerInstead>) {
        match self {
            Self::Open(session) => (Some(session), None),
            Self::Closed(answer) => (None, Some(answer)),
        }
    }
}

/// The lifetime of the cookies of a new session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// As long as [`Entry::remember`] says.
    AsEntered,
    /// As long as the browser was asked to remember earlier sessions.
    AsBefore,
    /// Like [`Cookies::AsBefore`]; cookies that the request set for the cached session before are withdrawn.
    Replaced,
}

/// Lets the features change a client's values for a new user: the members of a body that is not validated yet.
///
/// # Errors
/// The refusal of a feature.
pub async fn new_user(cx: &mut Context, body: Option<&Value>) -> Result<Map<String, Value>, Error> {
    match body.and_then(Value::as_object) {
        Some(given) => new_user_with(cx, given.clone()).await,
        None => Ok(Map::new()),
    }
}

/// Lets the features change the members that a client gives for a new user.
///
/// # Errors
/// The refusal of a feature.
pub async fn new_user_with(cx: &mut Context, mut given: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    for place in cx.places.iter().filter_map(|feature| feature.new_user) {
        place(cx, &mut given).await?;
    }
    Ok(given)
}

/// Lets the features change the values with which a signed-in user's row is updated.
///
/// # Errors
/// The refusal of a feature.
pub async fn user_change(
    cx: &mut Context,
    own: (&User, &Session),
    given: &mut Map<String, Value>,
) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.user_change) {
        place(cx, own, given).await?;
    }
    Ok(())
}

/// Tells the features about a sign-up with an address.
pub fn signed_up(cx: &mut Context, email: &str) {
    let places = cx.places;
    places.iter().filter_map(|feature| feature.signed_up).for_each(|place| place(cx, email));
}

/// Lets the features change or refuse a user who is about to be created with these values of additional fields.
///
/// # Errors
/// The refusal of a feature.
pub async fn accept_user(
    cx: &mut Context,
    way: Way<'_>,
    user: User,
    values: Map<String, Value>,
) -> Result<AcceptedUser, Error> {
    if matches!(way, Way::SignUp | Way::MagicLink | Way::EmailCode) {
        judge_address(&user.email)?;
    }
    let mut candidate = Candidate { way, user, values, if_first: Map::new() };
    for place in cx.places.iter().filter_map(|feature| feature.user_values) {
        place(cx, &mut candidate).await?;
    }
    let Candidate { user, values, if_first, .. } = candidate;
    let additional = fields::shown(&cx.auth.config.schema.additional.user, &values);
    let first = (!if_first.is_empty()).then(|| values.clone().into_iter().chain(if_first).collect::<Map<_, _>>());
    Ok(AcceptedUser { user: User { additional, ..user }, values: values.into(), if_first: first.map(Values::from) })
}

/// Refuses an address that a provider's user without an address has. Otherwise another person could take it, so that its owner could
/// not sign in, and the answer for a taken one would reveal which identifiers of the provider have users.
fn judge_address(address: &str) -> Result<(), Error> {
    match email::is_placeholder(address) {
        true => Err(Error::bad(code::INVALID_EMAIL, Reason::PlaceholderAddress)),
        false => Ok(()),
    }
}

/// Decides whether a user may change to an address.
///
/// # Errors
/// The refusal of a feature, and of an address that only users of a provider have.
pub async fn accept_email(cx: &mut Context, user: &User, to: &str) -> Result<(), Error> {
    if user.email != to {
        judge_address(to)?;
    }
    accept_provided_email(cx, user, to).await
}

/// Asks the features whether a user may change to an address that a provider gives.
///
/// # Errors
/// The refusal of a feature.
pub async fn accept_provided_email(cx: &mut Context, user: &User, to: &str) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.new_email) {
        place(cx, user, to).await?;
    }
    Ok(())
}

/// Lets the features change or refuse the values with which a user's row is updated, after they were validated.
///
/// # Errors
/// The refusal of a feature.
pub async fn update_values(cx: &mut Context, user: &User, update: &mut UserUpdate) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.update_values) {
        place(cx, user, update).await?;
    }
    Ok(())
}

/// Asks the features whether a user is deleted.
///
/// # Errors
/// The refusal of a feature.
pub async fn user_deletion(cx: &mut Context, user: &User) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.user_deletion) {
        place(cx, user).await?;
    }
    Ok(())
}

/// Deletes a user whom [`user_deletion`] lets go. Returns `false` if `ground` does not hold any more.
///
/// # Errors
/// The refusal of a feature because of what has changed meanwhile, or the failure of a store.
pub async fn delete_user(cx: &mut Context, user: &User, ground: &RequestProof<'_>) -> Result<bool, Error> {
    let auth = cx.auth.clone();
    let keeps = auth.config.features.organization.kept_role();
    let is_deleted = store::user::delete(&cx.db, &user.id, Some(ground), keeps).await?;
    deleted_or_kept(cx, user, is_deleted).await
}

/// Deletes a user whom [`user_deletion`] lets go, if a mailed secret still works, and redeems the secret.
///
/// # Errors
/// Those of [`delete_user`].
pub async fn delete_user_by_secret(cx: &mut Context, user: &User, identifiers: &[String]) -> Result<bool, Error> {
    let auth = cx.auth.clone();
    let keeps = auth.config.features.organization.kept_role();
    let is_deleted = store::user::delete_by_secret(&cx.db, user, identifiers, cx.now, keeps).await?;
    deleted_or_kept(cx, user, is_deleted).await
}

/// Returns `is_deleted`, or the refusal of a feature that kept the user.
async fn deleted_or_kept(cx: &mut Context, user: &User, is_deleted: bool) -> Result<bool, Error> {
    if !is_deleted {
        for place in cx.places.iter().filter_map(|feature| feature.user_kept) {
            place(cx, user).await?;
        }
    }
    Ok(is_deleted)
}

/// Tells the features what was written.
pub fn happened(cx: &mut Context, what: &CompletedChange<'_>) {
    cx.places.iter().filter_map(|feature| feature.happened).for_each(|place| place(cx, what));
}

/// Lets the features remove their data of a user whose address was not confirmed, after another person has proven that the address
/// is theirs.
///
/// # Errors
/// The failure of a feature.
pub async fn proven(cx: &mut Context, user: &mut User) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.proven) {
        place(cx, user).await?;
    }
    Ok(())
}

/// Tells the features that all sessions of a user were ended, or all but one.
///
/// # Errors
/// The failure of a feature.
pub async fn others_ended(cx: &mut Context, user: &User) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.others_ended) {
        place(cx, user).await?;
    }
    Ok(())
}

/// Tells the features that a browser has signed out.
///
/// # Errors
/// The failure of a feature.
pub async fn signed_out(cx: &mut Context) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.signed_out) {
        place(cx).await?;
    }
    Ok(())
}

/// Decides whether a session opens, and creates its values. Writes nothing.
///
/// # Errors
/// The refusal of a feature.
pub async fn prepare(cx: &mut Context, entry: &Entry<'_>) -> Result<PreparedSignIn, Error> {
    for place in cx.places.iter().filter_map(|feature| feature.before_session) {
        if let SessionDecision::Closed(answer) = place(cx, entry).await? {
            return Ok(PreparedSignIn::Closed(answer));
        }
    }
    let mut values = Map::new();
    for place in cx.places.iter().filter_map(|feature| feature.session_values) {
        place(cx, entry, &mut values).await?;
    }
    Ok(PreparedSignIn::Open(session(cx, &entry.user.id, entry.remember, values)))
}

/// Returns the members that the features add to the state of a provider's flow.
///
/// # Errors
/// The failure of a feature.
pub async fn carried(cx: &mut Context) -> Result<Map<String, Value>, Error> {
    let mut carried = Map::new();
    for place in cx.places.iter().filter_map(|feature| feature.carry) {
        place(cx, &mut carried).await?;
    }
    Ok(carried)
}

/// Asks the features whether an anonymous user is linked with the user who signs in.
///
/// # Errors
/// The refusal of a feature.
pub async fn user_link(cx: &mut Context, linked: &LinkedUsers<'_>) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.user_link) {
        place(cx, linked).await?;
    }
    Ok(())
}

/// Sets the cookies of a stored session, and calls the features.
///
/// # Errors
/// The refusal or the failure of a feature.
pub async fn announce(cx: &mut Context, entry: &Entry<'_>, session: &Session, cookies: Cookies) -> Result<(), Error> {
    for place in cx.places.iter().filter_map(|feature| feature.opened) {
        place(cx, entry, session).await?;
    }
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

/// Lets the features change what reading a session shows.
///
/// # Errors
/// The failure of a feature.
pub async fn session_view(cx: &mut Context, session: Session, user: User) -> Result<View, Error> {
    let mut view = View { session, user, more: Additional::default() };
    for place in cx.places.iter().filter_map(|feature| feature.session_view) {
        place(cx, &mut view).await?;
    }
    Ok(view)
}

/// Returns the claims that the features add to a JWT.
///
/// # Errors
/// The failure of a feature.
pub async fn claims(cx: &mut Context, session: &Session, user: &User) -> Result<Additional, Error> {
    let mut claims = Additional::default();
    for place in cx.places.iter().filter_map(|feature| feature.claims) {
        place(cx, session, user, &mut claims).await?;
    }
    Ok(claims)
}

/// Returns the values of a new session.
fn session(cx: &mut Context, user_id: &str, remember: bool, values: Map<String, Value>) -> Session {
    let (client, config) = (cx.client(), &cx.auth.config);
    // In a secondary storage, sessions that began before the user's sessions were ended are over. This request may have ended them.
    let now = if cx.db.secondary.is_some() { cx.db.now() } else { cx.now };
    let session = session::open(user_id, remember, client, &config.session, now, &mut cx.rng);
    let session = session::with_values(session, values, &config.schema.additional.session);
    // A session without a row, and one that is given another identifier, gets none from the database.
    match cx.auth.config.schema.ids == Ids::Uuid {
        true => Session { id: cx.rng.uuid(), ..session },
        false => session,
    }
}
