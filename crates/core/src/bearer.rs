//! The session's token in an `Authorization` header stands for the session cookie (spec jwt-oauth-schema §2): whatever
//! reads the cookie finds it there. The checks of where a request comes from look at the request as it was sent.

use percent_encoding::percent_decode_str;

use crate::{context::Context, crypto::signature};

/// Whether the header's token stands for the session cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is no header, or it is of another scheme or has no token.
    NoToken,
    /// `bearer.enabled` is off.
    Disabled,
    /// The token has no signature, and `bearer.require_signature` asks for one.
    Unsigned,
    /// None of the secrets has signed the token.
    Forged,
    /// It stands for the cookie: a bare token, which needs no signature.
    Bare,
    /// It stands for the cookie: a token that this service has signed.
    Signed,
}

/// Puts the header's token in the place of the session cookie, if it is genuine; otherwise nothing happens.
pub fn apply(cx: &mut Context) -> Standing {
    let config = &cx.auth.config;
    let Some(token) = cx.header("authorization").as_deref().and_then(token).map(str::to_owned) else {
        return Standing::NoToken;
    };
    if !config.bearer.enabled {
        return Standing::Disabled;
    }
    let (signed, standing) = if token.contains('.') {
        let decoded = percent_decode_str(&token).decode_utf8();
        (decoded.map_or_else(|_| token.clone(), |decoded| decoded.into_owned()), Standing::Signed)
    } else if config.bearer.require_signature {
        return Standing::Unsigned;
    } else {
        // Whoever has the token of the table needs no signature.
        let signature = signature::sign(config.secrets.current().bytes(), &token);
        (format!("{token}.{signature}"), Standing::Bare)
    };
    let jar = cx.jar.standing_for(&cx.auth.cookies.session_token.name, signed);
    if jar.signed(&cx.auth.cookies.session_token.name, &config.secrets).genuine().is_none() {
        return Standing::Forged;
    }
    cx.jar = jar;
    standing
}

/// The JWT in the header, where the deployment makes some: it is for functions of your own, which look at nothing else then.
pub fn signed_token(cx: &Context) -> Option<String> {
    let header = cx.header("authorization")?;
    let jwt = token(&header).filter(|token| token.matches('.').count() == 2 && cx.auth.config.jwt.enabled)?;
    Some(jwt.to_owned())
}

/// What follows the scheme, which is compared without case.
pub fn token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_at_checked(7)?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer ") && !token.is_empty())
}
