//! What a handler sees of its request, and what it leaves for the answer: cookies, headers, and work for afterwards.

use std::sync::Arc;

use http::{HeaderMap, Method};
use jiff::Timestamp;
use url::Url;

use crate::{
    account_cookie,
    auth::Auth,
    config::{Environment, Field, Ids},
    cookie::{Jar, Lifetime, Pending, Signed},
    crypto::{
        password::{self, Checked},
        random::Rng,
    },
    error::Reason,
    handle::Background,
    model::{Session, User},
    reply::Reply,
    rules::{
        address, fields,
        session::{self, Client},
    },
    session_jwt,
    stopwatch::What,
    store::Db,
    syntax::origin::{self, Pattern, Relative},
};

/// The session's signed token, for clients without cookies (spec jwt-oauth-schema §2.2).
const SET_AUTH_TOKEN: &str = "set-auth-token";
/// A token for other services (§1.2).
pub(crate) const SET_AUTH_JWT: &str = "set-auth-jwt";
/// Headers that a page may read wherever an answer has them (spec jwt-oauth-schema §2.2), and those of which only a page
/// on another origin needs to be told.
const EXPOSED: [&str; 2] = [SET_AUTH_JWT, SET_AUTH_TOKEN];
const EXPOSED_ELSEWHERE: [&str; 2] = ["retry-after", "x-retry-after"];

/// One request on its way through the pipeline.
pub struct Context {
    /// What every request shares.
    pub auth: Arc<Auth>,
    /// The request's method.
    pub method: Method,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's cookies.
    pub jar: Jar,
    /// `http` or `https`, as the client sees it.
    pub scheme: &'static str,
    /// When the request came.
    pub now: Timestamp,
    /// Randomness for this request.
    pub rng: Rng,
    /// The database.
    pub db: Db,
    /// Cookies that the answer sets, also when it is an error.
    pub cookies: Pending,
    /// Headers that the answer has in any case.
    pub answer_headers: HeaderMap,
    /// What is done after the answer: mails leave then.
    pub afterwards: Vec<Background>,
}

impl Context {
    /// A header of the request as text: one character per byte, as Node reads them. Several are joined as HTTP asks for.
    pub fn header(&self, name: &str) -> Option<String> {
        text_of(&self.headers, name, ", ")
    }

    /// The service's own origin: of the configured base URL, else of the request (spec jwt-oauth-schema §3.6).
    pub fn origin(&self) -> Option<String> {
        match &self.auth.config.base_url {
            Some(url) => Some(url.origin().ascii_serialization()),
            None => self.request_origin(),
        }
    }

    /// The origin that the request was sent to, as far as it can be told.
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

    /// The base URL: the origin with the base path.
    pub fn base_url(&self) -> String {
        format!("{}{}", self.origin().unwrap_or_default(), self.auth.config.base_path)
    }

    /// The base URL of links that are mailed. A deployment without a configured one uses a host of its own that the platform tells:
    /// the one that was asked if it is one of them. None where there is none: anybody can send a request with any host.
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

    /// Whether an origin is trusted: the service's own, or one of the configured patterns (spec core §8.5).
    pub fn trusts(&self, url: &str) -> bool {
        let own = self.origin().as_deref().map(Pattern::new);
        origin::is_trusted(url, own.iter().chain(&self.auth.config.trusted_origins), Relative::Refused)
    }

    /// A URL of the request as the answer carries it, if it is trusted. Where `advanced.disable_origin_check` is on every URL
    /// is, as long as a header can carry it.
    pub fn destination(&self, url: &str) -> Option<String> {
        if !self.auth.config.advanced.checks.redirects {
            return origin::written(url);
        }
        let own = self.origin().as_deref().map(Pattern::new);
        origin::destination(url, own.iter().chain(&self.auth.config.trusted_origins), Relative::Allowed)
    }

    /// Who asks: the address by the configured headers, and the browser's own description.
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

    /// The token in the session cookie, or why there is none.
    pub fn session_token(&self) -> Result<String, Reason> {
        match self.jar.signed(&self.auth.cookies.session_token.name, &self.auth.config.secrets) {
            Signed::Genuine(token) | Signed::Outdated(token) => Ok(token),
            Signed::Forged => Err(Reason::BadCookieSignature),
            Signed::Absent => Err(Reason::NoSessionCookie),
        }
    }

    /// Whether `password` belongs to the stored hash, or the reason why not. Without a hash, and with one of another kind, it
    /// takes as long.
    ///
    /// # Errors
    /// Where too many wait already.
    pub async fn check_password(
        &mut self,
        stored: Option<&str>,
        password: &str,
    ) -> Result<Result<(), Reason>, password::Error> {
        let checked = self.db.watch.measure(What::Crypto, self.auth.hasher.check(stored, password)).await?;
        Ok(match checked {
            Checked::Right => Ok(()),
            Checked::Wrong => Err(Reason::WrongPassword),
            Checked::NoHash => Err(Reason::NoPassword),
            Checked::ForeignHash => Err(Reason::MalformedPasswordHash),
        })
    }

    /// The hash to store for a new password.
    ///
    /// # Errors
    /// Where too many wait already.
    pub async fn hash_password(&mut self, password: &str) -> Result<String, password::Error> {
        let salt = self.rng.salt();
        self.db.watch.measure(What::Crypto, self.auth.hasher.hash(password, salt)).await
    }

    /// A new session of `user_id`, for whoever asks. Nothing is written.
    pub fn open_session(&mut self, user_id: &str, remember: bool) -> Session {
        let (client, config) = (self.client(), &self.auth.config);
        let session = session::open(user_id, remember, client, &config.session, self.now, &mut self.rng);
        let own = &config.schema.additional.session;
        let session = Session { additional: fields::shown(own, &Field::defaults(own)), ..session };
        // Where there is no row, nobody else makes its identifier.
        match self.auth.secondary.is_some() && self.auth.config.schema.ids == Ids::Uuid {
            true => Session { id: self.rng.uuid(), ..session },
            false => session,
        }
    }

    /// Sets the cookies of a session that was just opened or extended (spec core §4.4).
    pub async fn set_session_cookies(&mut self, session: &Session, user: &User, remember: bool) {
        let auth = self.auth.clone();
        let forget_the_wish = remember && self.dont_remember();
        self.extend_session_cookie(session, remember);
        if !remember {
            self.cookies.sign_as_configured(&auth.cookies.dont_remember, "true", auth.config.secrets.current());
        } else if forget_the_wish {
            self.cookies.expire(&auth.cookies.dont_remember);
        }
        self.cache_session(session, user, remember).await;
    }

    /// Sets the cookie with the session's token for as long as sessions live.
    pub fn extend_session_cookie(&mut self, session: &Session, remember: bool) {
        let seconds = self.auth.config.session.expires_in;
        let lifetime = if remember { Lifetime::Seconds(seconds) } else { Lifetime::UntilClosed };
        self.sign_session_token(session, lifetime);
    }

    /// Writes the session into its cookie, where a deployment has one (spec core §5).
    pub async fn cache_session(&mut self, session: &Session, user: &User, remember: bool) {
        let auth = self.auth.clone();
        let Some(cache) = &auth.cache else { return };
        let text = if cache.is_signed_with_keys() {
            let claims = cache.claims(session, user, remember, &session_jwt::issuer(self), self.now);
            match auth.session_keys {
                Some(keys) => (keys.sign)(self, &claims).await,
                None => None,
            }
        } else {
            Some(cache.write(session, user, remember, self.now, &mut self.rng))
        };
        // Without a key to sign with there is no cookie, and the next read asks the database.
        if let Some(text) = text {
            self.cookies.set_pieces(&auth.cookies.session_data, &text, remember, &self.jar);
        }
        account_cookie::renew(self, &user.id);
    }

    /// Sets the cookies of a session anew, remembered as long as the browser was asked to (spec core §4.4).
    pub async fn reissue_session_cookies(&mut self, session: &Session, user: &User) {
        let remember = !self.dont_remember();
        self.set_session_cookies(session, user, remember).await;
    }

    /// The same where better-auth believes the cached session: what was cached when it was looked up is taken back.
    pub async fn replace_session_cookies(&mut self, session: &Session, user: &User) {
        self.cookies.take_back(&self.auth.cookies.session_data);
        self.reissue_session_cookies(session, user).await;
    }

    /// Signs a session's cookies with the current secret where they are signed with an older one, for as long as they would
    /// have lived: when the older one is dropped, whoever was seen since is still signed in.
    pub fn renew_signatures(&mut self, session: &Session) {
        let auth = self.auth.clone();
        let secrets = &auth.config.secrets;
        if secrets.all().nth(1).is_none() {
            return;
        }
        let is_outdated = |name: &str| matches!(self.jar.signed(name, secrets), Signed::Outdated(_));
        let (token, wish) = (&auth.cookies.session_token, &auth.cookies.dont_remember);
        let (renew_token, renew_wish) = (is_outdated(&token.name), is_outdated(&wish.name));
        if renew_token {
            let left = session.expires_at.duration_since(self.now).as_secs();
            let left = u32::try_from(left).unwrap_or(0).min(auth.config.session.expires_in);
            let lifetime = if self.dont_remember() { Lifetime::UntilClosed } else { Lifetime::Seconds(left) };
            self.sign_session_token(session, lifetime);
        }
        if renew_wish {
            self.cookies.sign_as_configured(wish, "true", secrets.current());
        }
    }

    fn sign_session_token(&mut self, session: &Session, lifetime: Lifetime) {
        let auth = &self.auth;
        let secret = auth.config.secrets.current();
        let signed = self.cookies.sign(&auth.cookies.session_token, &session.token, lifetime, secret);
        if let (true, Ok(value)) = (auth.config.bearer.enabled, http::HeaderValue::from_str(&signed)) {
            self.answer_headers.insert(SET_AUTH_TOKEN, value);
        }
    }

    /// Ends the session in the browser.
    pub fn clear_session_cookies(&mut self) {
        self.answer_headers.remove(SET_AUTH_TOKEN);
        self.cookies.clear_session(&self.auth.cookies, &self.jar, &self.auth.config.account);
    }

    /// Puts what the handler left into the answer.
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

/// All values of a header as one text, one character per byte.
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
