//! The end of an anonymous user who signs in with credentials (spec sign-in-plugins §5.3): hooks move what belongs to the user, then the
//! user is deleted.

use serde_json::{Map, Value};

use super::declaration::LINK_COOKIE;
use crate::{
    context::{
        Context,
        places::{Answer, CompletedChange, Entry, LinkedUsers, Way},
    },
    cookie::{Cookie, Lifetime},
    error::Error,
    flow, lookup,
    model::{Session, User},
    outcome::Outcome,
    rules::fields,
    signed_in::SignedIn,
    store::{self, RequestProof, StoreError},
};

/// The member of a provider's flow that names the anonymous user who began it.
const CARRIED: &str = "anonymousUserId";

fn link_cookie(cx: &Context) -> (Cookie, u32) {
    let seconds = cx.auth.config.features.two_factor.cookie_max_age;
    (Cookie::new(LINK_COOKIE, Some(seconds), &cx.auth.config), seconds)
}

/// Returns the anonymous session of the request, as it is stored.
pub(super) async fn of_request(cx: &Context) -> Result<Option<SignedIn>, Error> {
    match cx.session_token() {
        Ok(token) => of_token(cx, &token).await,
        Err(_) => Ok(None),
    }
}

/// Returns the session with this token if it counts and its user is anonymous.
async fn of_token(cx: &Context, token: &str) -> Result<Option<SignedIn>, Error> {
    match store::session::with_user(&cx.db, token).await?.1 {
        Ok((session, Some(user))) => counted(cx, session, user).await,
        Ok((_, None)) | Err(_) => Ok(None),
    }
}

/// Returns a session of the anonymous user with this identifier.
async fn of_user(cx: &Context, id: &str) -> Result<Option<SignedIn>, Error> {
    let user = match store::user::by_id(&cx.db, id).await {
        Err(StoreError::Refused { .. }) => None,
        found => found?,
    };
    let Some(user) = user.filter(fields::is_anonymous) else { return Ok(None) };
    match store::session::list(&cx.db, &user.id, cx.now).await?.pop() {
        Some(session) => counted(cx, session, user).await,
        None => Ok(None),
    }
}

/// Returns the session if it counts and if its user can only be the anonymous one: an administrator who acts as the user is not, and a
/// user who has set up a way to sign in is no longer anonymous.
async fn counted(cx: &Context, session: Session, user: User) -> Result<Option<SignedIn>, Error> {
    let is_over = !fields::is_anonymous(&user)
        || session.expires_at < cx.now
        || session.impersonated_by().is_some()
        || lookup::over(cx, &session, &user).await?.is_some()
        || !store::unproven::is_bare(&cx.db, &user.id).await?;
    Ok((!is_over).then_some(SignedIn { session, user }))
}

/// Whether a sign-in in this way is one with credentials.
fn proves(way: Way<'_>) -> bool {
    match way {
        Way::Password
        | Way::Username
        | Way::SignUp
        | Way::Provider(_)
        | Way::IdToken(_)
        | Way::Link
        | Way::MagicLink
        | Way::EmailCode
        | Way::PhoneNumber
        | Way::PhoneCode
        | Way::Passkey { .. }
        | Way::SecondFactor => true,
        Way::Anonymous | Way::OneTimeToken | Way::ChangedPassword | Way::Impersonation(_) | Way::Administrator => false,
    }
}

/// Returns the anonymous session that this sign-in replaces: that of the request, that of the request which began the wait for a second
/// factor, or one of the user who began the provider's flow, whose answer may come without the session's cookie.
async fn replaced(cx: &Context, entry: &Entry<'_>) -> Result<Option<SignedIn>, Error> {
    let Entry { user, way, .. } = *entry;
    if !cx.auth.config.features.anonymous.enabled || !proves(way) {
        return Ok(None);
    }
    if let Some(found) = of_request(cx).await? {
        return Ok(Some(found));
    }
    if way == Way::SecondFactor {
        let kept = cx.jar.signed(&link_cookie(cx).0.name, &cx.auth.config.secrets).genuine();
        // The wait of another user may have been given up.
        return match kept.as_deref().and_then(|kept| kept.split_once(':')) {
            Some((token, waits)) if waits == user.id => of_token(cx, token).await,
            _ => Ok(None),
        };
    }
    match cx.carried.get(CARRIED).and_then(Value::as_str) {
        Some(id) => of_user(cx, id).await,
        None => Ok(None),
    }
}

/// Names the anonymous user in the state of a provider's flow.
pub(super) fn carry<'a>(cx: &'a mut Context, to: &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        if cx.auth.config.features.anonymous.enabled
            && let Some(own) = of_request(cx).await?
        {
            to.insert(CARRIED.to_owned(), own.user.id.into());
        }
        Ok(())
    })
}

/// Keeps the anonymous session in a cookie of its own, since the wait for a second factor clears that of the session.
pub(super) fn waiting<'a>(cx: &'a mut Context, entry: &'a Entry<'a>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        if let Some(old) = replaced(cx, entry).await? {
            let (cookie, seconds) = link_cookie(cx);
            let auth = cx.auth.clone();
            let kept = format!("{}:{}", old.session.token, entry.user.id);
            cx.cookies.sign(&cookie, &kept, Lifetime::Seconds(seconds), auth.config.secrets.current());
        }
        Ok(())
    })
}

/// Links the anonymous user of the request with the user who signs in. If a hook refuses, no session stays: the client can sign in again,
/// with the anonymous session that it still has.
pub(super) fn opened<'a>(
    cx: &'a mut Context,
    entry: &'a Entry<'a>,
    session: &'a Session,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let linked = link(cx, entry, session).await;
        if linked.is_err()
            && proves(entry.way)
            && let Err(error) = store::session::delete(&cx.db, &session.token).await
        {
            Outcome::background("anonymous", &error.to_string());
        }
        linked
    })
}

async fn link(cx: &mut Context, entry: &Entry<'_>, session: &Session) -> Result<(), Error> {
    let Some(old) = replaced(cx, entry).await? else { return Ok(()) };
    if old.user.id == entry.user.id {
        return Ok(());
    }
    let linked =
        LinkedUsers { anonymous: &old.user, replaced: &old.session, user: entry.user, session, way: entry.way };
    flow::user_link(cx, &linked).await?;
    flow::happened(cx, &CompletedChange::UserLinked(&linked));
    if entry.way == Way::SecondFactor {
        let (cookie, _) = link_cookie(cx);
        cx.cookies.expire(&cookie);
    }
    if !cx.auth.config.features.anonymous.disable_delete_anonymous_user && !fields::is_anonymous(entry.user) {
        remove(cx, &old).await;
    }
    Ok(())
}

/// Deletes an anonymous user who was linked. The user who has signed in needs no success of this.
async fn remove(cx: &mut Context, old: &SignedIn) {
    match delete(cx, old).await {
        Ok(true) => flow::happened(cx, &CompletedChange::UserDeleted(&old.user)),
        Ok(false) => {}
        Err(error) => {
            let cause = error.cause().map_or_else(|| error.reason().name().to_owned(), str::to_owned);
            Outcome::background("anonymous", &format!("the linked user was not deleted: {cause}"));
        }
    }
}

async fn delete(cx: &mut Context, old: &SignedIn) -> Result<bool, Error> {
    flow::user_deletion(cx, &old.user).await?;
    let ground = RequestProof::session(&old.session.token);
    flow::delete_user(cx, &old.user, &ground).await
}
