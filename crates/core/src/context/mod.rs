//! The request as handlers see it, and what they leave for the answer: cookies, headers, and work for later.

mod edge;
pub mod places;

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, Method};
use jiff::Timestamp;
use serde_json::{Map, Value};
use url::Url;

pub use self::edge::{Background, Edge, SessionKeys};
use self::places::{KeyUse, Places};
use crate::{
    api_keys::ApiKey,
    auth::Auth,
    config::{Environment, Ids},
    cookie::{Jar, PendingCookies, SignedCookie},
    crypto::{password, random::Rng},
    error::Error,
    model::{Additional, User},
    outcome::Audit,
    outcome::CalledHook,
    reason::Reason,
    reply::Reply,
    rules::{
        address,
        session::Client,
        sign_in::{self, Match, Mismatch},
    },
    stopwatch::StepKind,
    store::Db,
    syntax::origin::{self, Pattern, RelativeUrls},
};

/// The response header with the signed session token, for clients without cookies (spec jwt-oauth-schema §2.2).
pub(crate) const SET_AUTH_TOKEN: &str = "set-auth-token";
/// The response header with a JWT for other services (§1.2).
pub(crate) const SET_AUTH_JWT: &str = "set-auth-jwt";
/// The response header with a token that hands the session over (spec sign-in-plugins §6).
pub(crate) const SET_OTT: &str = "set-ott";
/// The response headers that pages may read (spec jwt-oauth-schema §2.2); [`EXPOSED_ELSEWHERE`] lists those that only pages of
/// another origin need.
const EXPOSED: [&str; 3] = [SET_AUTH_JWT, SET_OTT, SET_AUTH_TOKEN];
const EXPOSED_ELSEWHERE: [&str; 2] = ["retry-after", "x-retry-after"];

/// One request on its way through the pipeline.
pub struct Context {
    /// The values that all requests share.
    pub auth: Arc<Auth>,
    /// The method of the request.
    pub method: Method,
    /// The headers of the request.
    pub headers: HeaderMap,
    /// The cookies of the request.
    pub jar: Jar,
    /// `http` or `https`, as the client sees it.
    pub scheme: &'static str,
    /// The functions from [`Edge::session_keys`].
    pub session_keys: Option<SessionKeys>,
    /// From [`Edge::places`].
    pub places: &'static [&'static Places],
    /// When the request came.
    pub now: Timestamp,
    /// The randomness of this request.
    pub rng: Rng,
    /// The database.
    pub db: Db,
    /// The valid API key of the request, if it stands for a session. Only [`Guard::SessionOrKey`](crate::endpoint::Guard) and
    /// `/get-session` look at it.
    pub api_key: Option<ApiKey>,
    /// The cookies that the answer sets, even if it is an error.
    pub cookies: PendingCookies,
    /// The headers that the answer has in any case.
    pub answer_headers: HeaderMap,
    /// The work that happens after the answer, for example sending mails.
    pub afterwards: DeferredWork,
    /// The part of the log line about an administrator's request.
    pub audit: Audit,
    /// The members that features added to the state of the flow that this request ends.
    pub carried: Map<String, Value>,
    /// The hooks that decided about this request.
    pub called: Vec<CalledHook>,
}

/// A new password that no feature refuses. Only [`Context::accept_password`] makes one, and [`Context::hash_password`] takes
/// nothing else, so that no endpoint stores a password without asking the features.
pub struct AcceptedPassword<'a>(&'a str);

impl<'a> AcceptedPassword<'a> {
    /// The password as the client sent it.
    pub fn text(&self) -> &'a str {
        self.0
    }
}

/// Work for after the answer. The lock is never taken; it allows tasks to share a [`Context`] that they only read.
#[derive(Default)]
pub struct DeferredWork(Mutex<Vec<Background>>);

impl DeferredWork {
    /// Adds `work`, which starts after the answer is sent.
    pub fn push(&mut self, work: Background) {
        self.all().push(work);
    }

    /// Takes all work, in the order in which it was added.
    pub fn take(&mut self) -> Vec<Background> {
        std::mem::take(self.all())
    }

    fn all(&mut self) -> &mut Vec<Background> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Context {
    /// Returns a header of the request as text: one character per byte, as Node reads it. Several values are joined as HTTP
    /// requires.
    pub fn header(&self, name: &str) -> Option<String> {
        text_of(&self.headers, name, ", ")
    }

    /// Returns the service's own origin: that of the configured base URL, otherwise that of the request (spec jwt-oauth-schema
    /// §3.6).
    pub fn origin(&self) -> Option<String> {
        match &self.auth.config.base_url {
            Some(url) => Some(url.origin().ascii_serialization()),
            None => self.request_origin(),
        }
    }

    /// Returns the origin that the request was sent to, as far as it is known.
    pub fn request_origin(&self) -> Option<String> {
        self.forwarded_origin().or_else(|| origin_of(self.scheme, &self.header("host")?))
    }

    fn forwarded_origin(&self) -> Option<String> {
        if !self.auth.config.advanced.trusted_proxy_headers {
            return None;
        }
        let scheme = self.header("x-forwarded-proto").filter(|scheme| scheme == "http" || scheme == "https")?;
        origin_of(&scheme, &self.header("x-forwarded-host")?)
    }

    /// Returns the base URL: the origin with the base path.
    pub fn base_url(&self) -> String {
        format!("{}{}", self.origin().unwrap_or_default(), self.auth.config.base_path)
    }

    /// Returns the base URL of mailed links. Without a configured one, a deployment uses one of its own hosts that the platform
    /// reports: that of the request if it is one of them. Returns `None` if there is none, because a request can name any host.
    pub fn link_base(&self) -> Option<String> {
        let config = &self.auth.config;
        let own = &config.platform_origins;
        let asked = || self.request_origin();
        let origin = match (&config.base_url, config.environment) {
            (Some(_), _) => self.origin(),
            (None, Environment::Development) => asked(),
            (None, environment) => {
                let usual = if environment == Environment::Production { own.last() } else { own.first() };
                asked().filter(|asked| own.contains(asked)).or_else(|| usual.cloned())
            }
        };
        Some(format!("{}{}", origin?, config.base_path))
    }

    /// Whether an origin is trusted: the service's own, or one that matches a configured pattern (spec core §8.5).
    pub fn trusts(&self, url: &str) -> bool {
        let own = self.origin().as_deref().map(Pattern::new);
        origin::is_trusted(url, own.iter().chain(&self.auth.config.trusted_origins), RelativeUrls::Refused)
    }

    /// Returns a URL of the request as the answer contains it, if it is trusted. With `advanced.disable_origin_check` every URL is,
    /// if a header can contain it.
    pub fn destination(&self, url: &str) -> Option<String> {
        if !self.auth.config.advanced.checks().redirects {
            return origin::written(url);
        }
        let own = self.origin().as_deref().map(Pattern::new);
        origin::destination(url, own.iter().chain(&self.auth.config.trusted_origins), RelativeUrls::Allowed)
    }

    /// Returns the client: its address by the configured headers, and the header `User-Agent`.
    pub fn client(&self) -> Client {
        let config = &self.auth.config.advanced.ip_address;
        let headers: Vec<_> = config.ip_address_headers.iter().filter_map(|name| self.header(name)).collect();
        Client {
            ip_address: address::client(headers.iter().map(String::as_str), config).unwrap_or_default(),
            user_agent: self.header("user-agent").unwrap_or_default(),
        }
    }

    /// Whether the browser was asked to forget the session when it closes.
    pub fn dont_remember(&self) -> bool {
        let signed = self.jar.signed(&self.auth.cookies.dont_remember.name, &self.auth.config.secrets);
        signed.genuine().is_some()
    }

    /// Returns the session cookie, or the header that replaces it.
    pub fn session_cookie(&self) -> SignedCookie {
        self.jar.signed(&self.auth.cookies.session_token.name, &self.auth.config.secrets)
    }

    /// Returns the token in the session cookie, or the reason why there is none.
    pub fn session_token(&self) -> Result<String, Reason> {
        token_in(&self.session_cookie()).map(str::to_owned)
    }

    /// Whether `password` matches the stored hash, or the reason why not. It takes the same time for everything that may be stored.
    ///
    /// # Errors
    /// Too many hashes are waiting.
    pub async fn check_password(
        &mut self,
        stored: Option<&str>,
        password: &str,
    ) -> Result<Result<Match, Mismatch>, password::Error> {
        let salt = self.rng.salt();
        let work = self.auth.hasher.check(stored, password, salt);
        Ok(sign_in::judge_hash(self.db.trips.watch.measure(StepKind::Crypto, work).await?))
    }

    /// Asks the features whether a client may set `password` at the endpoint with this path.
    ///
    /// # Errors
    /// The refusal of a feature.
    pub async fn accept_password<'a>(
        &mut self,
        path: &'static str,
        password: &'a str,
    ) -> Result<AcceptedPassword<'a>, Error> {
        for place in self.places.iter().filter_map(|feature| feature.new_password) {
            place(self, path, password).await?;
        }
        Ok(AcceptedPassword(password))
    }

    /// Asks the features for the API key of the request, for this use.
    ///
    /// # Errors
    /// The refusal of a key.
    pub(crate) async fn find_api_key(&mut self, wanted: KeyUse) -> Result<Option<ApiKey>, Error> {
        for place in self.places.iter().filter_map(|feature| feature.api_key) {
            if let Some(key) = place(self, wanted).await? {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// Returns the hash to store for a new password.
    ///
    /// # Errors
    /// Too many hashes are waiting.
    pub async fn hash_password(&mut self, password: &AcceptedPassword<'_>) -> Result<String, password::Error> {
        let salt = self.rng.salt();
        self.db.trips.watch.measure(StepKind::Crypto, self.auth.hasher.hash(password.text(), salt)).await
    }

    /// Returns the hash to store for a new password, and takes as long as [`Self::check_password`].
    ///
    /// # Errors
    /// Too many hashes are waiting.
    pub async fn hash_password_as_slowly(
        &mut self,
        password: &AcceptedPassword<'_>,
    ) -> Result<String, password::Error> {
        let salt = self.rng.salt();
        let work = self.auth.hasher.hash_as_slowly(password.text(), salt);
        self.db.trips.watch.measure(StepKind::Crypto, work).await
    }

    /// Creates a new user without storing it. The identifier is used unless the database makes identifiers.
    pub fn new_user(&mut self, name: String, email: String, verified: bool, image: Option<String>) -> User {
        User {
            name: Some(name),
            email,
            email_verified: Some(verified),
            image,
            created_at: Some(self.now),
            updated_at: Some(self.now),
            additional: Additional::default(),
            id: if self.auth.config.schema.ids == Ids::Uuid { self.rng.uuid() } else { self.rng.id() },
        }
    }

    /// Adds the cookies and headers that the handler left to the answer.
    pub(crate) fn finish(self, mut reply: Reply) -> Reply {
        let from_elsewhere = self.header("origin").is_some_and(|origin| self.origin() != Some(origin));
        for (name, value) in self.answer_headers {
            if let Some(name) = name {
                reply.headers.insert(name, value);
            }
        }
        let elsewhere = if from_elsewhere { EXPOSED_ELSEWHERE.as_slice() } else { &[] };
        let names = EXPOSED.iter().chain(elsewhere).filter(|name| reply.headers.contains_key(**name));
        let exposed = names.copied().collect::<Vec<_>>().join(", ");
        if let Some(value) = http::HeaderValue::from_str(&exposed).ok().filter(|value| !value.is_empty()) {
            reply.headers.insert(http::header::ACCESS_CONTROL_EXPOSE_HEADERS, value);
        }
        for line in self.cookies.into_lines() {
            if let Ok(value) = http::HeaderValue::from_str(&line) {
                reply.headers.append(http::header::SET_COOKIE, value);
            }
        }
        reply
    }
}

/// Returns the token in a session cookie, or the reason why there is none.
pub(crate) fn token_in(cookie: &SignedCookie) -> Result<&str, Reason> {
    match cookie {
        SignedCookie::Genuine(token) | SignedCookie::Outdated(token) => Ok(token),
        SignedCookie::Forged => Err(Reason::BadCookieSignature),
        SignedCookie::Absent => Err(Reason::NoSessionCookie),
    }
}

/// Joins all values of a header to one text, one character per byte.
pub(crate) fn text_of(headers: &HeaderMap, name: &str, separator: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter().map(text);
    let mut all = values.next()?;
    for value in values {
        all.push_str(separator);
        all.push_str(&value);
    }
    Some(all)
}

fn text(value: &http::HeaderValue) -> String {
    let latin_1 = |_| value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
    value.to_str().map_or_else(latin_1, str::to_owned)
}

fn origin_of(scheme: &str, host: &str) -> Option<String> {
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let url = plain.then(|| Url::parse(&format!("{scheme}://{host}")).ok()).flatten()?;
    Some(url.origin().ascii_serialization())
}
