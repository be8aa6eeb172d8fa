//! Preview deployments have addresses that no provider knows. The production deployment is what providers send people back
//! to, and it hands their answers over to the preview whose flow it is (docs/previews.md has the threat model):
//!
//! - the preview's state parameter is a **ticket**, encrypted, which says whose flow it is;
//! - the production deployment opens it and redirects with the answer, encrypted for that preview alone, for a minute;
//! - the preview opens it and goes on as if the provider had come by itself. Its state is used once, by the browser that
//!   began, and so is the answer.
//!
//! No session, cookie or token of either passes between the two, and the production deployment asks no database.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{state, wire};
use crate::{
    auth::Auth,
    config::Previews,
    context::Context,
    crypto::{envelope, random::Rng, secret::Secrets},
    error::Error,
    json,
    reason::Reason,
    reply::Reply,
    rules::query,
};

/// Seconds for which one is good: a redirect takes no longer.
const GOOD_FOR: i64 = 60;

/// Whose flow it is.
#[derive(Serialize, Deserialize)]
pub struct Ticket {
    /// The preview's base URL.
    pub to: String,
    /// The provider that was asked.
    pub provider: String,
    /// The flow's own state parameter.
    pub state: String,
    /// Seconds since 1970.
    pub expires_at: i64,
}

/// What a provider answered, on its way to the preview.
#[derive(Serialize, Deserialize)]
pub struct Answer {
    /// The provider that answered.
    pub provider: String,
    /// What it answered, the flow's own state in the place of the ticket.
    pub members: Vec<(String, String)>,
    /// Seconds since 1970.
    pub expires_at: i64,
}

impl Ticket {
    /// Encrypts it.
    pub fn seal(&self, previews: &Previews, rng: &mut Rng) -> String {
        seal(previews, "preview-ticket", self, rng)
    }
}

impl Answer {
    /// Encrypts it for the preview at `to`: no other opens it.
    pub fn seal(&self, previews: &Previews, to: &str, rng: &mut Rng) -> String {
        seal(previews, &audience(to), self, rng)
    }
}

/// What a preview has: somewhere else is where providers send people back to. None on the production deployment, and where
/// the feature is off.
fn of_preview<'a>(cx: &Context, auth: &'a Auth) -> Option<&'a Previews> {
    auth.config.previews.as_ref().filter(|previews| previews.production != cx.base_url())
}

/// The base URL that providers send people back to.
pub fn callback_base(cx: &Context) -> String {
    of_preview(cx, &cx.auth).map_or_else(|| cx.base_url(), |previews| previews.production.clone())
}

/// What stands in the provider's URL for a flow's state: itself, or on a preview a ticket.
///
/// # Errors
/// Where the deployment's own address is not certain: an answer must not be sent to whatever a request calls it.
pub fn parameter(cx: &mut Context, provider: &str, state: &str) -> Result<String, Error> {
    let auth = cx.auth.clone();
    let Some(previews) = of_preview(cx, &auth) else { return Ok(state.to_owned()) };
    let is_certain = auth.config.base_url.is_some() || cx.origin().is_some_and(|origin| previews.own.contains(&origin));
    if !is_certain {
        let cause = "the deployment's own address is not known: set BETTER_AUTH_URL, or switch on `advanced.trusted_proxy_headers` \
                     and let the platform set VERCEL_URL and VERCEL_BRANCH_URL";
        return Err(Error::internal(Reason::Misconfigured, cause));
    }
    let ticket = Ticket {
        to: cx.base_url(),
        provider: provider.to_owned(),
        state: state.to_owned(),
        expires_at: cx.now.as_second() + i64::from(state::LIFETIME),
    };
    Ok(ticket.seal(previews, &mut cx.rng))
}

/// On the production deployment: where the state is a preview's ticket, sends the browser on to that preview. None where it
/// is no ticket.
///
/// # Errors
/// A redirect that says why the ticket is not good for this answer.
pub fn pass_on(cx: &mut Context, answer: &wire::Callback) -> Result<Option<Reply>, Error> {
    let auth = cx.auth.clone();
    let Some(previews) = auth.config.previews.as_ref().filter(|previews| previews.production == cx.base_url()) else {
        return Ok(None);
    };
    let Some(ticket) = answer.get("state").and_then(|text| open::<Ticket>(previews, "preview-ticket", text)) else {
        return Ok(None);
    };
    if ticket.expires_at < cx.now.as_second() {
        return Err(state::fail(cx, None, "state_mismatch", None, Reason::StateExpired));
    }
    if ticket.provider != answer.provider {
        return Err(state::fail(cx, None, "state_mismatch", None, Reason::StateOfAnotherProvider));
    }
    let members = answer.members.iter().map(|(name, value)| match *name {
        "state" => ((*name).to_owned(), ticket.state.clone()),
        name => (name.to_owned(), value.clone()),
    });
    let expires_at = cx.now.as_second() + GOOD_FOR;
    let handed = Answer { provider: answer.provider.clone(), members: members.collect(), expires_at };
    let sealed = handed.seal(previews, &ticket.to, &mut cx.rng);
    let callback = format!("{}/callback/{}", ticket.to, answer.provider);
    Reply::redirect_as_json(&query::appended(&callback, &[(wire::HAND_OVER, sealed)])).map(Some)
}

/// On a preview: the answer that was handed over, or the one that came by itself.
///
/// # Errors
/// A redirect that says that what was handed over is not for this deployment, or was for too long on its way.
pub fn received(cx: &Context, answer: wire::Callback) -> Result<wire::Callback, Error> {
    let (Some(previews), Some(sealed)) = (of_preview(cx, &cx.auth), &answer.handed_over) else { return Ok(answer) };
    let opened: Option<Answer> = open(previews, &audience(&cx.base_url()), sealed);
    let good = opened.filter(|opened| opened.provider == answer.provider && opened.expires_at >= cx.now.as_second());
    let refused = || state::fail(cx, None, "state_mismatch", None, Reason::HandOverRefused);
    let Answer { provider, members, .. } = good.ok_or_else(refused)?;
    Ok(wire::Callback::of(provider, members))
}

fn audience(to: &str) -> String {
    format!("preview-answer:{to}")
}

fn keys(previews: &Previews, purpose: &str) -> Secrets {
    envelope::for_purpose(&Secrets::single(previews.key.clone()), purpose)
}

fn seal(previews: &Previews, purpose: &str, value: &impl Serialize, rng: &mut Rng) -> String {
    envelope::seal(&keys(previews, purpose), &json::to_string(value), rng)
}

fn open<T: DeserializeOwned>(previews: &Previews, purpose: &str, sealed: &str) -> Option<T> {
    serde_json::from_str(&envelope::open(&keys(previews, purpose), sealed).ok()?).ok()
}
