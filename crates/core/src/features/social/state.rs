//! The state of a flow between its start and the provider's answer (spec jwt-oauth-schema §4.3): in the database and bound to the
//! browser by a signed cookie, or only in an encrypted cookie. Either way it is used once, by the browser that began the flow, for
//! the provider that was asked.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    context::Context,
    cookie::SignedCookie,
    crypto::{envelope, secret::Secrets},
    error::Error,
    json, links,
    reason::Reason,
    rules::query::with_params,
    store::{self, StoreError},
    syntax::origin,
};

/// The prefix of a state in the table `verification`, so that no other value is redeemed as a state, and no state as another value.
const PURPOSE: &str = "auth-state:";
/// The purpose of the keys that encrypt the state's cookie.
const COOKIE_PURPOSE: &str = "oauth-state-cookie";
const LINK_PURPOSE: &str = "oauth-link-session-token";
/// The number of seconds that a flow may take.
pub(super) const LIFETIME: u32 = 600;

/// The data of a flow. Members have better-auth's names and order; members that a client adds come first and never replace them.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The callback URL after success.
    #[serde(rename = "callbackURL")]
    pub callback_url: String,
    /// The verifier that the code is bound to.
    pub code_verifier: String,
    /// The URL for errors, if not the default page.
    #[serde(rename = "errorURL", skip_serializing_if = "Option::is_none")]
    pub error_url: Option<String>,
    /// The callback URL for new users.
    #[serde(rename = "newUserURL", skip_serializing_if = "Option::is_none")]
    pub new_user_url: Option<String>,
    /// The user who links an account, in such a flow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// The members that features add, for the request that ends the flow.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub server_context: Map<String, Value>,
    /// The expiry, in milliseconds since 1970.
    pub expires_at: f64,
    /// Whether the client allows a new user to be created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_sign_up: Option<bool>,
    /// The nonce that the ID token is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_nonce: Option<String>,
    /// The provider that was asked, whose answer alone counts (RFC 9700 §4.4). This member is gatepost's own; flows that
    /// better-auth began have none.
    #[serde(rename = "gatepostProvider", skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The state parameter, which comes back with the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oauth_state: Option<String>,
}

impl State {
    /// Parses a stored state; `None` if the text is not a state.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Whether the flow began with this provider.
    pub fn is_of(&self, provider: &str) -> bool {
        self.provider.as_ref().is_none_or(|asked| asked == provider)
    }

    /// Returns the redirect that reports an error of this flow.
    pub fn fail(&self, cx: &Context, code: &str, description: Option<&str>, reason: Reason) -> Error {
        fail(cx, self.error_url.as_deref(), code, description, reason)
    }
}

/// Members that clients cannot set.
const RESERVED: [&str; 11] = [
    "callbackURL",
    "codeVerifier",
    "errorURL",
    "newUserURL",
    "link",
    "expiresAt",
    "requestSignUp",
    "idTokenNonce",
    "gatepostProvider",
    "oauthState",
    "serverContext",
];

/// The user who links an account in a flow.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// The identifier of the user.
    pub user_id: String,
    /// The user's address when the flow began.
    pub email: String,
    /// The token of the session, which must still exist at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encrypted_session_token: Option<String>,
}

impl Link {
    /// Creates the link of a signed-in user.
    pub fn new(cx: &mut Context, user_id: &str, email: &str, session_token: &str) -> Self {
        let secrets = envelope::for_purpose(&cx.auth.config.secrets, LINK_PURPOSE);
        let sealed = envelope::seal(&secrets, session_token, &mut cx.rng);
        Self { user_id: user_id.to_owned(), email: email.to_owned(), encrypted_session_token: Some(sealed) }
    }

    /// Returns the token of the session that began the flow. A flow without one proves nothing and links nothing.
    pub fn session_token(&self, secrets: &Secrets) -> Option<String> {
        envelope::open(&envelope::for_purpose(secrets, LINK_PURPOSE), self.encrypted_session_token.as_deref()?).ok()
    }
}

/// The beginning of a flow, without its random values.
pub struct FlowBeginning {
    /// The provider that is asked.
    pub provider: String,
    /// The callback URL after success.
    pub callback_url: Option<String>,
    /// The URL for errors.
    pub error_url: Option<String>,
    /// The callback URL for new users.
    pub new_user_url: Option<String>,
    /// Whether the client allows a new user to be created.
    pub request_sign_up: Option<bool>,
    /// The user who links an account.
    pub link: Option<Link>,
    /// Whether the provider needs a nonce.
    pub nonce: bool,
    /// The members that features add.
    pub server_context: Map<String, Value>,
    /// The members that the client adds.
    pub additional: Map<String, Value>,
}

/// Begins a flow: stores its state and binds it to the browser. Returns the state with its parameter.
///
/// # Errors
/// The failure of the database.
pub async fn begin(cx: &mut Context, beginning: FlowBeginning) -> Result<State, Error> {
    let own = cx.origin().unwrap_or_default();
    let parameter = cx.rng.oauth_state();
    let state = State {
        callback_url: beginning.callback_url.filter(|url| !url.is_empty()).unwrap_or(own),
        code_verifier: cx.rng.code_verifier(),
        error_url: beginning.error_url,
        new_user_url: beginning.new_user_url,
        link: beginning.link,
        server_context: beginning.server_context,
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
        expires_at: (cx.now.as_millisecond() + i64::from(LIFETIME) * 1_000) as f64,
        request_sign_up: beginning.request_sign_up,
        id_token_nonce: beginning.nonce.then(|| cx.rng.oauth_state()),
        provider: Some(beginning.provider),
        oauth_state: Some(parameter.clone()),
    };
    let text = written(&state, &beginning.additional);
    let auth = cx.auth.clone();
    if auth.config.account.state_in_cookie {
        let secrets = envelope::for_purpose(&auth.config.secrets, COOKIE_PURPOSE);
        let sealed = envelope::seal(&secrets, &text, &mut cx.rng);
        cx.cookies.set(&auth.cookies.oauth_state, &sealed);
    } else {
        let secret = links::secret(cx, PURPOSE, &parameter, LIFETIME, &text);
        store::verification::insert(&cx.db, &secret).await?;
        cx.cookies.sign_as_configured(&auth.cookies.state, &parameter, auth.config.secrets.current());
    }
    Ok(state)
}

/// Writes a state: first the client's members, then the state's own.
fn written(state: &State, additional: &Map<String, Value>) -> String {
    let added = additional.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str()));
    let added: String = added.map(|(name, value)| format!("{}:{value},", json::to_string(name))).collect();
    let own = json::to_string(state);
    format!("{{{added}{}", own.strip_prefix('{').unwrap_or_default())
}

/// Takes the state of a flow, which ends the flow: a second answer or attempt is refused.
///
/// # Errors
/// A redirect with the reason why this browser has no state, or the failure of the database.
pub async fn take(cx: &mut Context, parameter: &str) -> Result<State, Error> {
    let state =
        if cx.auth.config.account.state_in_cookie { from_cookie(cx, parameter) } else { stored(cx, parameter).await? };
    let state = state.map_err(|(code, reason, error_url)| fail(cx, error_url.as_deref(), code, None, reason))?;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    if state.expires_at < cx.now.as_millisecond() as f64 {
        return Err(state.fail(cx, "state_mismatch", None, Reason::StateExpired));
    }
    sendable(cx, state)
}

/// Checks that the URLs of a flow can be sent. Flows that gatepost began have only such URLs; better-auth stores them as given.
fn sendable(cx: &Context, state: State) -> Result<State, Error> {
    let Some(callback_url) = origin::written(&state.callback_url) else {
        return Err(state.fail(cx, "state_invalid", None, Reason::InvalidState));
    };
    let new_user_url = state.new_user_url.as_deref().and_then(origin::written);
    Ok(State { callback_url, new_user_url, ..state })
}

type TakenState = Result<State, (&'static str, Reason, Option<String>)>;

/// Takes the stored state if the browser is the one that began the flow. Other browsers do not consume it.
async fn stored(cx: &mut Context, parameter: &str) -> Result<TakenState, StoreError> {
    let auth = cx.auth.clone();
    let bound = match cx.jar.signed(&auth.cookies.state.name, &auth.config.secrets) {
        SignedCookie::Genuine(value) | SignedCookie::Outdated(value) => value == parameter,
        SignedCookie::Forged | SignedCookie::Absent => false,
    };
    let identifiers = links::identifiers(cx, PURPOSE, parameter);
    let found = match bound {
        true => store::verification::take(&cx.db, &identifiers).await?,
        false => store::verification::peek(&cx.db, &identifiers).await?,
    };
    let state = found.and_then(|secret| State::read(&secret.value));
    let Some(state) = state else { return Ok(Err(("state_mismatch", Reason::UnknownState, None))) };
    if !bound || state.oauth_state.as_deref().is_some_and(|own| own != parameter) {
        return Ok(Err(("state_mismatch", Reason::StateOfAnotherBrowser, state.error_url)));
    }
    cx.cookies.expire(&auth.cookies.state);
    Ok(Ok(state))
}

fn from_cookie(cx: &mut Context, parameter: &str) -> TakenState {
    let auth = cx.auth.clone();
    let Some(sealed) = cx.jar.get(&auth.cookies.oauth_state.name).filter(|text| !text.is_empty()) else {
        return Err(("state_mismatch", Reason::StateOfAnotherBrowser, None));
    };
    let secrets = envelope::for_purpose(&auth.config.secrets, COOKIE_PURPOSE);
    let state = envelope::open(&secrets, &sealed).ok().and_then(|text| State::read(&text));
    let Some(state) = state else { return Err(("state_invalid", Reason::InvalidState, None)) };
    if state.oauth_state.as_deref() != Some(parameter) {
        return Err(("state_mismatch", Reason::StateOfAnotherBrowser, state.error_url));
    }
    cx.cookies.expire(&auth.cookies.oauth_state);
    Ok(state)
}

/// Returns the redirect that reports an error: to the flow's URL for errors, otherwise to the default page.
pub fn fail(cx: &Context, to: Option<&str>, code: &str, description: Option<&str>, reason: Reason) -> Error {
    let usual = || cx.auth.config.error_url.clone().unwrap_or_else(|| format!("{}/error", cx.base_url()));
    let mut params = vec![("error", code)];
    params.extend(description.filter(|text| !text.is_empty()).map(|text| ("error_description", text)));
    let wanted = to.filter(|url| !url.is_empty()).and_then(|url| with_params(url, &params));
    match wanted.or_else(|| with_params(&usual(), &params)) {
        Some(location) => Error::Redirect { location, reason, cause: None },
        None => Error::internal(reason, "`on_api_error.error_url` is not a URL"),
    }
}
