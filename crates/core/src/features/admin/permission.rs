//! `POST /admin/has-permission`: what the signed-in user may do. It costs the statement that loads the session.

use super::{actor, wire};
use crate::{context::Context, error::Error, reason::Reason, reply::Reply, rules::access::WantedActions};

/// Answers whether the user may do all that is asked for.
pub(super) async fn has(cx: &mut Context, body: wire::HasPermission) -> Result<Reply, Error> {
    let Some(permissions) = body.permissions else {
        let message = "invalid permission check. no permission(s) were passed.".to_owned();
        return Err(Error::Codeless { message, reason: Reason::InvalidInput });
    };
    let own = actor::signed_in(cx).await?;
    let asked: Vec<_> =
        permissions.into_iter().map(|(resource, actions)| WantedActions::all(resource, actions)).collect();
    let success = actor::rules(&cx.auth.config).may(&own.user, &asked);
    Reply::json(&wire::PermissionAnswer { error: None, success })
}
