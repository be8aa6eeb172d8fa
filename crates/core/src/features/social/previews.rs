//! Flows of previews. Providers do not know a preview's URL. They redirect browsers to the production deployment, which hands their
//! answers over to the preview that began the flow (docs/previews.md has the threat model):
//!
//! - the preview's state parameter is a **ticket**, encrypted, which names the preview;
//! - the production deployment opens it and redirects with the answer, encrypted for that preview only and valid for a minute;
//! - the preview opens the answer and continues as if the provider had redirected to it. Its state is used once, by the browser
//!   that began the flow, and so is the answer.
//!
//! No session, cookie or token passes between the two, and the production deployment uses no database.

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

/// The number of seconds for which an answer is valid: a redirect takes no longer.
const GOOD_FOR: i64 = 60;

/// A ticket: names the flow that an answer belongs to.
#[derive(Serialize, Deserialize)]
pub struct Ticket {
    /// The preview's base URL.
    pub to: String,
    /// The provider that was asked.
    pub provider: String,
    /// The flow's own state parameter.
    pub state: String,
    /// The expiry, in seconds since 1970.
    pub expires_at: i64,
}

/// A provider's answer on its way to the preview.
#[derive(Serialize, Deserialize)]
pub struct Answer {
    /// The provider that answered.
    pub provider: String,
    /// The members of the answer, with the flow's own state instead of the ticket.
    pub members: Vec<(String, String)>,
    /// The expiry, in seconds since 1970.
    pub expires_at: i64,
}

impl Ticket {
    /// Encrypts the ticket.
    pub fn seal(&self, previews: &Previews, rng: &mut Rng) -> String {
        seal(previews, "preview-ticket", self, rng)
    }
}

impl Answer {
    /// Encrypts the answer for the preview at `to`: no other deployment can open it.
    pub fn seal(&self, previews: &Previews, to: &str, rng: &mut Rng) -> String {
        seal(previews, &audience(to), self, rng)
    }
}

/// Returns the settings of a preview: providers redirect to another deployment. `None` on the production deployment, and if the
/// feature is off.
fn of_preview<'a>(cx: &Context, auth: &'a Auth) -> Option<&'a Previews> {
    auth.config.previews.as_ref().filter(|previews| previews.production != cx.base_url())
}

/// Returns the base URL to which providers redirect.
pub fn callback_base(cx: &Context) -> String {
    of_preview(cx, &cx.auth).map_or_else(|| cx.base_url(), |previews| previews.production.clone())
}

/// Returns the state parameter for the provider's URL: the flow's own state, or a ticket on a preview.
///
/// # Errors
/// The deployment's own URL is uncertain: an answer must not be sent to a URL that a request made up.
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

/// On the production deployment: redirects the browser to the preview if the state is a preview's ticket. Returns `None` if it is
/// not a ticket.
///
/// # Errors
/// A redirect with the reason why the ticket is not valid for this answer.
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

/// On a preview: returns the answer that was handed over, or the one that came directly.
///
/// # Errors
/// A redirect with the reason: the answer is not for this deployment, or it has expired.
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
