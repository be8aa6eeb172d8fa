//! Session tokens in the `Authorization` header, which replace the session cookie (spec jwt-oauth-schema §2): everything that reads
//! the cookie finds the token. The checks of a request's origin see the request as it was sent.

use percent_encoding::percent_decode_str;

use crate::{context::Context, crypto::signature};

/// The result of looking for a session token in the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BearerResult {
    /// The header is missing, has another scheme, or has no token.
    NoToken,
    /// `bearer.enabled` is off.
    Disabled,
    /// The token has no signature, and `bearer.require_signature` asks for one.
    Unsigned,
    /// None of the secrets has signed the token.
    Forged,
    /// The token replaces the cookie: a bare token, which needs no signature.
    Bare,
    /// The token replaces the cookie: a token that this service has signed.
    Signed,
}

/// Replaces the session cookie by the header's token, if that is genuine.
pub fn apply(cx: &mut Context) -> BearerResult {
    let config = &cx.auth.config;
    let Some(token) = cx.header("authorization").as_deref().and_then(token).map(str::to_owned) else {
        return BearerResult::NoToken;
    };
    if !config.bearer.enabled {
        return BearerResult::Disabled;
    }
    let (signed, standing) = if token.contains('.') {
        let decoded = percent_decode_str(&token).decode_utf8();
        (decoded.map_or_else(|_| token.clone(), |decoded| decoded.into_owned()), BearerResult::Signed)
    } else if config.bearer.require_signature {
        return BearerResult::Unsigned;
    } else {
        // The token of the session's row is accepted without a signature.
        let signature = signature::sign(config.secrets.current().bytes(), &token);
        (format!("{token}.{signature}"), BearerResult::Bare)
    };
    let jar = cx.jar.standing_for(&cx.auth.cookies.session_token.name, signed);
    if jar.signed(&cx.auth.cookies.session_token.name, &config.secrets).genuine().is_none() {
        return BearerResult::Forged;
    }
    cx.jar = jar;
    standing
}

/// Returns the JWT in the header, if the deployment issues JWTs. It is for your own functions, which then ignore cookies.
pub fn signed_token(cx: &Context) -> Option<String> {
    let header = cx.header("authorization")?;
    let jwt = token(&header).filter(|token| token.matches('.').count() == 2 && cx.auth.config.jwt.enabled)?;
    Some(jwt.to_owned())
}

/// Returns the token after the scheme, which is compared without case.
pub fn token(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_at_checked(7)?;
    Some(token.trim()).filter(|token| scheme.eq_ignore_ascii_case("bearer ") && !token.is_empty())
}
