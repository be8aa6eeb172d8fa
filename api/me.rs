//! `/api/me`: who is asking, by session cookie, by a session's token or by a signed token. An example of a function of one's
//! own: copy it, and write what only signed-in users may do.

use gatepost_vercel::{Caller, Reply, protect};
use serde_json::json;

fn main() -> Result<(), gatepost_vercel::Error> {
    protect(|_, caller, _| {
        Box::pin(async move {
            let by = match caller {
                Caller::Session(_) => "session",
                Caller::Token(_) => "token",
            };
            Reply::json(&json!({ "id": caller.user_id(), "by": by }))
        })
    })
}
