//! The session's token in an `Authorization` header stands for the session cookie (spec jwt-oauth-schema §2): whatever
//! reads the cookie finds it there. The checks of where a request comes from look at the request as it was sent.

use percent_encoding::percent_decode_str;

use crate::{context::Context, crypto::signature};

/// Puts the header's token in the place of the session cookie, if it is genuine; otherwise nothing happens.
pub fn apply(cx: &mut Context) {
    let config = &cx.auth.config;
    if !config.bearer.enabled {
        return;
    }
    let Some(token) = cx.header("authorization").as_deref().and_then(token).map(str::to_owned) else { return };
    let signed = if token.contains('.') {
        percent_decode_str(&token).decode_utf8().map_or_else(|_| token.clone(), |decoded| decoded.into_owned())
    } else if config.bearer.require_signature {
        return;
    } else {
        // Whoever has the token of the table needs no signature.
        format!("{token}.{}", signature::sign(config.secrets.current().bytes(), &token))
    };
    let stood_for = cx.jar.standing_for(&cx.auth.cookies.session_token.name, signed);
    if stood_for.signed(&cx.auth.cookies.session_token.name, &config.secrets).genuine().is_some() {
        cx.jar = stood_for;
    }
}

/// What follows the scheme, which is compared without case.
pub fn token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_at_checked(7)?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer ") && !token.is_empty())
}
