//! The steps between a row of the table of endpoints and its handler: validation, then the guard, then the handler.

use crate::{
    context::Context,
    signed_in::SignedIn,
    wire::{EndpointReads, Input},
};

/// Makes the [`Run`](crate::endpoint::Run) of a handler `async fn(&mut Context, T) -> Result<Reply, Error>` whose `T` is what the
/// request is read into.
macro_rules! run {
    ($handler:path) => {
        $crate::endpoint::Run {
            reads: $crate::run::reads(&$handler),
            call: |cx, endpoint, input| {
                Box::pin(async move {
                    let body = input.read()?;
                    $crate::guard::pass(cx, endpoint.guard, input.raw())?;
                    $handler(cx, body).await
                })
            },
        }
    };
}
pub(crate) use run;

/// Creates the `run` of a handler `async fn(&mut Context, T, &Map<String, Value>) -> Result<Reply, Error>`, which gets all members of
/// the body as well: the additional fields of a new user are among them.
macro_rules! run_with_members {
    ($handler:path, $body:ty) => {
        $crate::endpoint::Run {
            reads: <$body as $crate::wire::Input>::READS,
            call: |cx, endpoint, input| {
                Box::pin(async move {
                    let body: $body = input.read()?;
                    $crate::guard::pass(cx, endpoint.guard, input.raw())?;
                    let members = input.raw().body.as_ref().and_then(serde_json::Value::as_object).cloned();
                    $handler(cx, body, &members.unwrap_or_default()).await
                })
            },
        }
    };
}
pub(crate) use run_with_members;

/// Creates the `run` for signed-in users from a handler `async fn(&mut Context, T, SignedIn) -> Result<Reply, Error>`.
macro_rules! run_signed_in {
    ($handler:path) => {
        $crate::endpoint::Run {
            reads: $crate::run::reads_signed_in(&$handler),
            call: |cx, endpoint, input| {
                Box::pin(async move {
                    let body = input.read()?;
                    let signed_in = $crate::signed_in::require(cx, endpoint.guard, &input.read()?).await?;
                    $handler(cx, body, signed_in).await
                })
            },
        }
    };
}
pub(crate) use run_signed_in;

/// Returns the description of the input of a handler.
pub(crate) const fn reads<'a, T: Input, A>(_: &impl Fn(&'a mut Context, T) -> A) -> EndpointReads {
    T::READS
}

/// Returns the description of the input of a handler for signed-in users.
pub(crate) const fn reads_signed_in<'a, T: Input, A>(_: &impl Fn(&'a mut Context, T, SignedIn) -> A) -> EndpointReads {
    T::READS
}
