//! A function of your own, `/api/me`: answers who is asking, by session cookie, by a session's token, by a signed token or by an API
//! key. It is an example, and no part of a deployment: copy it to `api/`, write there what only signed-in users may do, and run
//! `cargo gatepost generate`.

use gatepost_vercel::{Caller, Reply, protect};
use serde_json::json;

fn main() -> Result<(), gatepost_vercel::Error> {
    protect(|_, caller, _| {
        Box::pin(async move {
            let by = match caller {
                Caller::Session(_) => "session",
                Caller::Token(_) => "token",
                Caller::Key(_) => "key",
            };
            Reply::json(&json!({ "id": caller.user_id(), "by": by }))
        })
    })
}
