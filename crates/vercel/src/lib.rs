//! gatepost on Vercel: the platform's runtime in front of `gatepost-core`. Here, and nowhere below, the clock, the
//! operating system's randomness and the environment are read.

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
#[cfg(captcha)]
use gatepost_core::features::captcha;
#[cfg(have_i_been_pwned)]
use gatepost_core::features::have_i_been_pwned;
#[cfg(last_login_method)]
use gatepost_core::features::last_login_method;
#[cfg(two_factor)]
use gatepost_core::features::two_factor;
#[cfg(username)]
use gatepost_core::features::username;
use gatepost_core::{
    Auth, Config,
    auth::Linked,
    config::{Problems, Source, Variables},
    context::{Background, Edge, SessionKeys, places::Places},
    endpoint::Endpoint,
    handle,
    mail::template::Templates,
    outcome::Outcome,
    session_jwt,
};
/// What a function of one's own is written with.
pub use gatepost_core::{
    context::Context,
    error::Error as Refusal,
    protected::{Caller, Protected},
    reply::Reply,
};
use http::Response;
use jiff::Timestamp;
use vercel_runtime::{AppState, Request, ResponseBody, run, service_fn};

/// Why the runtime ended.
pub type Error = vercel_runtime::Error;

/// What a function serves: the tables of its endpoints.
pub type Tables = &'static [&'static [Endpoint]];

/// The configuration that the functions were built with.
const BUILT_IN: &str = include_str!(concat!(env!("OUT_DIR"), "/gatepost.toml"));

/// The mails of one's own that the functions were built with: name and text.
const MAILS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/mails.rs"));

/// Linked where the configuration that is built in asks for it.
const SESSION_KEYS: Option<SessionKeys> = if cfg!(session_keys) { Some(session_jwt::SESSION_KEYS) } else { None };

/// What the features act at that the configuration that is built in asks for.
static PLACES: Places = Places {
    request: &[
        #[cfg(captcha)]
        captcha::request,
    ],
    new_user: &[
        #[cfg(username)]
        username::new_user,
    ],
    user_change: &[
        #[cfg(username)]
        username::user_change,
    ],
    new_password: &[
        #[cfg(have_i_been_pwned)]
        have_i_been_pwned::new_password,
    ],
    user_values: &[
        #[cfg(last_login_method)]
        last_login_method::user_values,
    ],
    proven: &[
        #[cfg(two_factor)]
        two_factor::proven,
    ],
    before_session: &[
        #[cfg(two_factor)]
        two_factor::before_session,
    ],
    waiting: &[
        #[cfg(last_login_method)]
        last_login_method::waiting,
    ],
    after_session: &[
        #[cfg(two_factor)]
        two_factor::after_session,
        #[cfg(last_login_method)]
        last_login_method::after_session,
    ],
    others_ended: &[
        #[cfg(two_factor)]
        two_factor::others_ended,
    ],
};

/// Linked where the configuration that is built in asks for it.
const LINKED: Linked = Linked {
    session_keys: SESSION_KEYS.is_some(),
    features: Some(env!("GATEPOST_LINKED")),
    secondary_storage: if cfg!(secondary_storage) { Linked::ALL.secondary_storage } else { None },
};

/// Serves the endpoints of `tables` until the platform ends the process. One thread: an instance has one or two processors, passwords
/// are hashed beside it, and everything else waits for the network.
///
/// # Errors
/// Where the runtime cannot start: the port is taken, or the platform's socket is not there.
pub fn serve(tables: Tables) -> Result<(), Error> {
    start(tables, move |auth, request, edge| async move { handle::handle(auth, tables, request, edge).await })
}

/// Serves a function of one's own, for whoever has a session or a token; everybody else gets a 401.
///
/// # Errors
/// As [`serve`].
pub fn protect(run: Protected) -> Result<(), Error> {
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

/// Never an `Err`: the runtime drops those without a word.
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
                let edge = Edge { now: now(), seed, scheme, session_keys: SESSION_KEYS, places: &PLACES, wait_until };
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

/// Built at the first request and kept, the problems as well: the environment of a process does not change. Of that
/// environment a function reads what its endpoints need. `warn` is called once, with what an operator should know of them.
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

/// The name and the text of the configuration file.
fn file(variables: &Variables) -> Result<(String, Cow<'static, str>), Problems> {
    let Some(path) = variables.get("GATEPOST_CONFIG") else { return Ok(("gatepost.toml".to_owned(), BUILT_IN.into())) };
    let text = std::fs::read_to_string(path).map_err(|error| {
        let mut problems = Problems::default();
        problems.add("GATEPOST_CONFIG", format!("it names {path}, which cannot be read: {error}"));
        problems
    })?;
    Ok((path.to_owned(), text.into()))
}

/// Whether instances are frozen between requests: then the platform says where they run.
fn on_the_platform() -> bool {
    static ON: OnceLock<bool> = OnceLock::new();
    *ON.get_or_init(|| {
        let variables = environment();
        variables.get("VERCEL_URL").is_some() && variables.get("VERCEL_REGION").is_some()
    })
}

/// The platform's own headers are for the runtime; no endpoint may come to depend on them.
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
        problems.add("the operating system", format!("it has no randomness to give: {error}"));
        problems
    })?;
    Ok(seed)
}
