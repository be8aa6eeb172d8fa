//! Calls hooks: asks those that decide, within the request, and notifies the others after the answer.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use http::StatusCode;
use serde_json::{Map, Value};

use super::{
    contract::{self, Data},
    declaration::{self, Event, Hook, Moment, OnFailure, Transport},
};
use crate::{
    auth::Auth,
    context::Context,
    error::Error,
    hooks::{RustHook, Verdict},
    outcome::{CalledHook, Outcome},
    reason::Reason,
    stopwatch::milliseconds,
    store::{Db, own},
    webhook::{self, Failure},
};

/// The pauses before further attempts to notify a hook, in milliseconds.
const PAUSES: [u64; 2] = [500, 2_000];

/// Returns the hooks for an event, in the order in which they are called.
pub(super) fn of(auth: &Auth, moment: Moment, event: Event) -> impl Iterator<Item = &Hook> {
    let hooks = &auth.config.features.hooks;
    hooks.all.iter().filter(move |hook| hooks.enabled && hook.moment == moment && hook.event == event)
}

/// Asks a hook, and returns the values that it sets, all of which are `settable`.
///
/// # Errors
/// The refusal of the hook, or 503 if the hook fails and requests do not go on without it.
pub(super) async fn ask(
    cx: &mut Context,
    hook: &Hook,
    data: &Data<'_>,
    settable: &(dyn Fn(&str, &Value) -> bool + Sync),
) -> Result<Map<String, Value>, Error> {
    let auth = cx.auth.clone();
    let id = format!("msg_{}", cx.rng.id());
    let body = contract::input(hook, &id, cx.now, data);
    let started = (auth.clock)();
    let answer = call(&auth, &cx.db, hook, &id, cx.now.as_second(), body).await.map_err(|failure| failure.cause);
    let took = (auth.clock)().duration_since(started).unsigned_abs();
    let verdict = answer.and_then(|text| contract::verdict(&text)).and_then(|verdict| match &verdict {
        Verdict::Set(values) => match values.iter().find(|(name, value)| !settable(name, value)) {
            Some((name, _)) => Err(format!("it sets `{name}`, which a hook cannot set to this value here")),
            None => Ok(verdict),
        },
        _ => Ok(verdict),
    });
    let (told, cause) = match &verdict {
        Ok(Verdict::Continue) => ("continue", None),
        Ok(Verdict::Set(_)) => ("set", None),
        Ok(Verdict::Refuse { .. }) => ("refuse", None),
        Err(cause) => ("failed", Some(cause.clone())),
    };
    cx.called.push(CalledHook { name: hook.name.clone(), verdict: told, milliseconds: milliseconds(took), cause });
    match verdict {
        Ok(Verdict::Continue) => Ok(Map::new()),
        Ok(Verdict::Set(values)) => Ok(values),
        Ok(Verdict::Refuse { status, code, message }) => Err(Error::Refused {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN),
            code: code.unwrap_or_else(|| declaration::REFUSED.name.to_owned()),
            message: message.unwrap_or_else(|| declaration::REFUSED.message.to_owned()),
            reason: Reason::RefusedByHook,
        }),
        Err(_) if hook.on_failure == OnFailure::Continue => Ok(Map::new()),
        Err(cause) => Err(Error::Unavailable {
            code: declaration::HOOK_UNAVAILABLE,
            reason: Reason::HookFailed,
            cause: format!("the hook `{}` failed: {cause}", hook.name),
        }),
    }
}

/// Notifies the hooks for an event after the answer, in up to three attempts each. If all of them fail, it writes a line to the log.
pub(super) fn tell(cx: &mut Context, event: Event, data: &Data<'_>) {
    let auth = cx.auth.clone();
    for hook in of(&auth, Moment::After, event) {
        let id = format!("msg_{}", cx.rng.id());
        let (body, hook, auth, now) = (contract::input(hook, &id, cx.now, data), hook.clone(), auth.clone(), cx.now);
        cx.afterwards.push(Box::pin(async move {
            let (mut pauses, mut attempts) = (PAUSES.iter(), 1);
            while let Err(failure) = call(&auth, &auth.db(), &hook, &id, now.as_second(), body.clone()).await {
                let Some(pause) = pauses.next().filter(|_| failure.passing) else {
                    let (name, event) = (&hook.name, hook.event.name());
                    let cause = format!("`{name}` did not take {event} in {attempts} attempts: {}", failure.cause);
                    return Outcome::background("hooks", &cause);
                };
                tokio::time::sleep(std::time::Duration::from_millis(*pause)).await;
                attempts += 1;
            }
        }));
    }
}

/// Calls a hook once and returns its answer.
async fn call(auth: &Auth, db: &Db, hook: &Hook, id: &str, now: i64, body: String) -> Result<String, Failure> {
    match &hook.transport {
        Transport::Http { url, allow_private_addresses } => {
            let secrets = auth.config.features.value(declaration::SECRET);
            let secrets = secrets.and_then(|value| webhook::secrets(value.bytes())).unwrap_or_default();
            webhook::post(&secrets, url, *allow_private_addresses, id, now, body).await
        }
        Transport::Function(schema, name) => {
            let answer = own::call(db, schema.as_deref(), name, &body).await;
            answer.map(Option::unwrap_or_default).map_err(Failure::passing)
        }
        Transport::Rust(name) => run(auth.hooks, name, &body).await,
    }
}

/// Calls a function with the text of its input, and returns the text of its verdict.
async fn run(functions: &[RustHook], name: &str, body: &str) -> Result<String, Failure> {
    let absent = || Failure { passing: false, cause: "this program has no such function".to_owned() };
    let function = functions.iter().find(|function| function.name == name).ok_or_else(absent)?;
    let unreadable = |error| Failure { passing: false, cause: format!("its input cannot be read: {error}") };
    let input = serde_json::from_str(body).map_err(unreadable)?;
    // The call itself is inside, because a function may panic before it returns its future.
    let answer = AssertUnwindSafe(async { (function.run)(input).await }).catch_unwind();
    match tokio::time::timeout(webhook::TIME, answer).await {
        Ok(Ok(Ok(verdict))) => Ok(contract::text(verdict)),
        Ok(Ok(Err(cause))) => Err(Failure::passing(format!("it failed: {cause}"))),
        Ok(Err(_)) => Err(Failure::passing("it panicked")),
        Err(_) => Err(Failure::passing(format!("it did not answer within {} s", webhook::TIME.as_secs()))),
    }
}
