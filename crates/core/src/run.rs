//! The steps between a row of the table of endpoints and its handler: validation, then the guard, then the handler.

/// Creates the `run` of an [`Endpoint`](crate::endpoint::Endpoint) from a handler `async fn(&mut Context, T) -> Result<Reply,
/// Error>`, where `T` is read from the request.
macro_rules! run {
    ($handler:path) => {
        |cx, endpoint, input| {
            Box::pin(async move {
                let body = input.read()?;
                $crate::guard::pass(cx, endpoint.guard, input.raw())?;
                $handler(cx, body).await
            })
        }
    };
}
pub(crate) use run;

/// Creates the `run` for signed-in users from a handler `async fn(&mut Context, T, SignedIn) -> Result<Reply, Error>`.
macro_rules! run_signed_in {
    ($handler:path) => {
        |cx, endpoint, input| {
            Box::pin(async move {
                let body = input.read()?;
                let signed_in = $crate::signed_in::require(cx, endpoint.guard, &input.read()?).await?;
                $handler(cx, body, signed_in).await
            })
        }
    };
}
pub(crate) use run_signed_in;
