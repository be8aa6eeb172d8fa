//! gatepost on Vercel: the platform's runtime in front of `gatepost-core`. Only this crate reads the clock, the operating system's
//! randomness and the environment.

mod check;
mod idle;

use std::{
    borrow::Cow,
    env,
    sync::{Arc, OnceLock},
    time::Instant,
};

use bytes::Bytes;
pub use check::serve_or_check;
use gatepost_core::{
    Auth, Config,
    auth::LinkedParts,
    config::{Problems, Source, Variables},
    context::{Background, Edge, SessionKeys, places::Places},
    crypto::hashes::scheme::Scheme,
    endpoint::Endpoint,
    handle,
    mail::template::Templates,
    outcome::Outcome,
    session_jwt,
};
/// The types for your own functions.
pub use gatepost_core::{
    context::Context,
    error::Error as Refusal,
    protected::{Caller, ProtectedFunction},
    reply::Reply,
};
use http::Response;
use jiff::Timestamp;
use vercel_runtime::{AppState, Request, ResponseBody, run, service_fn};

/// The reason why the runtime ended.
pub type Error = vercel_runtime::Error;

/// The tables of endpoints that a function serves.
pub type Tables = &'static [&'static [Endpoint]];

/// The configuration that the functions were built with.
const BUILT_IN: &str = include_str!(concat!(env!("OUT_DIR"), "/gatepost.toml"));

/// The deployment's own mail templates that the functions were built with, each as name and text.
const MAILS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/mails.rs"));

/// The functions for signing keys, if the built-in configuration needs them.
const SESSION_KEYS: Option<SessionKeys> = if cfg!(session_keys) { Some(session_jwt::SESSION_KEYS) } else { None };

/// Names the places of the features that the configuration that is built in asks for.
macro_rules! places {
    ($($name:ident: $options:ident,)*) => { &[$(#[cfg($name)] &gatepost_core::features::$name::PLACES),*] };
}

/// The places of these features.
static PLACES: &[&Places] = gatepost_core::features!(places);

/// The optional parts that the built-in configuration needs.
const LINKED: LinkedParts = LinkedParts {
    session_keys: SESSION_KEYS.is_some(),
    features: Some(env!("GATEPOST_LINKED")),
    secondary_storage: if cfg!(secondary_storage) { LinkedParts::ALL.secondary_storage } else { None },
    hashes: HASHES,
    hooks: if cfg!(rust_hooks) { gatepost_hooks::HOOKS } else { &[] },
};

/// The schemes of password hashes that the built-in configuration accepts besides better-auth's.
const HASHES: &[&Scheme] = &[
    #[cfg(accept_hashes = "bcrypt")]
    &gatepost_core::crypto::hashes::BCRYPT,
    #[cfg(accept_hashes = "argon2")]
    &gatepost_core::crypto::hashes::ARGON2,
    #[cfg(accept_hashes = "pbkdf2")]
    &gatepost_core::crypto::hashes::PBKDF2,
    #[cfg(accept_hashes = "scrypt")]
    &gatepost_core::crypto::hashes::SCRYPT,
    #[cfg(accept_hashes = "firebase-scrypt")]
    &gatepost_core::crypto::hashes::FIREBASE_SCRYPT,
];

/// Serves the endpoints of `tables` until the platform ends the process. It uses one thread: an instance has one or two processors,
/// passwords are hashed on another thread, and everything else waits for the network.
///
/// # Errors
/// The runtime cannot start: the port is in use, or the platform's socket is missing.
pub fn serve(tables: Tables) -> Result<(), Error> {
    start(tables, move |auth, request, edge| async move { handle::handle(auth, tables, request, edge).await })
}

/// Serves your own function for requests with a session or a JWT; all others get a 401.
///
/// # Errors
/// Those of [`serve`].
pub fn protect(run: ProtectedFunction) -> Result<(), Error> {
    start(&[], move |auth, request, edge| handle::protect(auth, run, request, edge))
}

fn start<F, A>(tables: Tables, handle: F) -> Result<(), Error>
where
    F: Fn(Arc<Auth>, Request, Edge) -> A + Copy + Send + Sync + 'static,
    A: Future<Output = Response<Bytes>> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(service_fn(move |request, state| answer(tables, handle, request, state))))
}

/// Answers a request. It never returns an `Err`, because the runtime drops errors without logging them.
async fn answer<F, A>(tables: Tables, handle: F, request: Request, state: AppState) -> Response<ResponseBody>
where
    F: Fn(Arc<Auth>, Request, Edge) -> A,
    A: Future<Output = Response<Bytes>>,
{
    let started = monotonic();
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let id = header("x-vercel-id").unwrap_or("-").to_owned();
    let scheme = if header("x-forwarded-proto") == Some("http") { "http" } else { "https" };
    let (log, state) = (state.log_context.clone(), Arc::new(state));
    let awake = state.clone();
    let auth = auth(tables, |line| log.warn(line));
    let response = match auth {
        Err(problems) => handle::misconfigured(problems),
        Ok(auth) => match seed() {
            Ok(seed) => {
                let wait_until = Box::new(move |work: Background| state.wait_until(work));
                let edge = Edge { now: now(), seed, scheme, session_keys: SESSION_KEYS, places: PLACES, wait_until };
                handle(auth.clone(), without_internals(request), edge).await
            }
            Err(problems) => handle::misconfigured(&problems),
        },
    };
    let outcome = response.extensions().get::<Outcome>().cloned().unwrap_or_default();
    let connected = outcome.statements > 0 || outcome.commands > 0;
    if let (Ok(auth), true) = (auth, connected && on_the_platform()) {
        awake.wait_until(idle::close_before_the_freeze(auth.clone()));
    }
    let line = outcome.line(&id, response.status(), started.elapsed());
    if response.status().is_server_error() {
        log.error(&line)
    } else {
        log.info(&line)
    }
    response.map(ResponseBody::from)
}

/// Returns the values that all requests share, or the problems of the configuration. They are built at the first request and kept,
/// because the environment of a process does not change. A function reads only the variables that its endpoints need. `warn` is
/// called once, with what an operator should know about them.
fn auth(tables: Tables, warn: impl Fn(&str)) -> Result<&'static Arc<Auth>, &'static Problems> {
    static AUTH: OnceLock<Result<Arc<Auth>, Problems>> = OnceLock::new();
    let uses = tables.iter().flat_map(|table| table.iter()).flat_map(|endpoint| endpoint.uses.iter().copied());
    let built = || {
        let auth = build(&environment().only_for(uses))?;
        auth.notices().for_each(|line| warn(&line));
        Ok(Arc::new(auth))
    };
    AUTH.get_or_init(built).as_ref()
}

fn build(variables: &Variables) -> Result<Auth, Problems> {
    let (name, text) = file(variables)?;
    let config = Config::load(variables, Some(Source { name: &name, text: &text }))?;
    Ok(Auth { templates: Templates::new(MAILS.iter().copied())?, ..Auth::with(config, now, LINKED)? })
}

/// Returns the name and the text of the configuration file.
fn file(variables: &Variables) -> Result<(String, Cow<'static, str>), Problems> {
    let Some(path) = variables.get("GATEPOST_CONFIG") else { return Ok(("gatepost.toml".to_owned(), BUILT_IN.into())) };
    let text = std::fs::read_to_string(path).map_err(|error| {
        let mut problems = Problems::default();
        problems.add(
            "GATEPOST_CONFIG",
            format!(
                "it names {path}, which cannot be read: {error}; check the path, and that the build includes the file"
            ),
        );
        problems
    })?;
    Ok((path.to_owned(), text.into()))
}

/// Whether the platform freezes instances between requests: then it names their region.
fn on_the_platform() -> bool {
    static ON: OnceLock<bool> = OnceLock::new();
    *ON.get_or_init(|| {
        let variables = environment();
        variables.get("VERCEL_URL").is_some() && variables.get("VERCEL_REGION").is_some()
    })
}

/// Removes the platform's internal headers, so that no endpoint can depend on them.
fn without_internals(mut request: Request) -> Request {
    let internal = |name: &&http::HeaderName| name.as_str().starts_with("x-vercel-internal-");
    let names: Vec<_> = request.headers().keys().filter(internal).cloned().collect();
    for name in names {
        request.headers_mut().remove(name);
    }
    request
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
fn environment() -> Variables {
    env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect()
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the wall clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the monotonic clock")]
fn monotonic() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the operating system's randomness")]
fn seed() -> Result<[u8; 32], Problems> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        let mut problems = Problems::default();
        problems.add(
            "the operating system",
            format!("it provides no randomness: {error}; check that /dev/urandom or the call getrandom is permitted"),
        );
        problems
    })?;
    Ok(seed)
}
