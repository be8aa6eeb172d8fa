//! Explains the `Authorization` header: a session token that replaces the cookie, or a JWT for your own functions and other services.

use gatepost_core::{
    bearer::{self, BearerResult},
    context::Context,
    protected,
    reason::Reason,
    signing_keys,
    store::StoreError,
    verify::{self, KeySet, Refusal},
};

use super::{advice, shown};
use crate::report::{Finding, Report};

const HEADER: &str = "authorization";
const TOKEN: &str = "token";

/// Explains how the service reads the header, and verifies it if it is a JWT.
///
/// # Errors
/// If the database fails.
pub(super) async fn steps(
    cx: &Context,
    header: &str,
    standing: BearerResult,
    steps: &mut Vec<Finding>,
) -> Result<Option<TokenVerdict>, StoreError> {
    if let Some(token) = bearer::signed_token(cx) {
        return signed_token(cx, &token, steps).await.map(Some);
    }
    steps.push(session_token(bearer::token(header).unwrap_or_default(), standing));
    Ok(None)
}

/// The result of verifying a JWT.
pub(super) enum TokenVerdict {
    /// Your own functions and other services accept it.
    Believed,
    /// It is not valid, for this reason.
    Refused(Reason),
}

/// Ends the report on a request with a JWT and without a cookie.
pub(super) fn answer(mut steps: Vec<Finding>, judged: TokenVerdict) -> Report {
    match judged {
        TokenVerdict::Refused(reason) => {
            let (what, fix) = advice(reason);
            let evidence =
                format!("refused, {}: {what}; get-session does not read JWTs and answers null", reason.name());
            steps.push(Finding::fail("answer", evidence, fix));
            Report::complete(steps).because(reason)
        }
        TokenVerdict::Believed => {
            let evidence = "your own functions and other services accept the token; get-session reads cookies and session \
                            tokens, and answers null to it";
            steps.push(Finding::ok("answer", evidence));
            for step in &mut steps {
                step.verdict = step.verdict.min(crate::report::Verdict::Warn);
            }
            Report::complete(steps)
        }
    }
}

async fn signed_token(cx: &Context, token: &str, steps: &mut Vec<Finding>) -> Result<TokenVerdict, StoreError> {
    steps.push(Finding::ok(HEADER, "it is a JWT, which functions of your own and other services read"));
    let keys = signing_keys::existing(cx).await?;
    match verify::verify(token, &KeySet::Local(keys), &protected::expected(cx), cx.now).await {
        Ok(claims) => {
            steps.push(Finding::ok(TOKEN, format!("the token is valid: sub is {:?}", claims.subject())));
            Ok(TokenVerdict::Believed)
        }
        Err(refusal) => {
            steps.push(Finding::fail(TOKEN, refusal.to_string(), fix(&refusal)));
            Ok(TokenVerdict::Refused(protected::reason(&refusal)))
        }
    }
}

/// The fix for a JWT that is not valid.
fn fix(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Malformed(_) => "send the token of GET /token or of `set-auth-jwt` unchanged",
        Refusal::Algorithm { .. } | Refusal::Critical => {
            "this service did not make the token: send the token of GET /token"
        }
        Refusal::UnknownKey(_) => {
            "get a new token; if it is refused too, compare BETTER_AUTH_URL and DATABASE_URL with those of the deployment \
             that made it: its key belongs to another service or database, or is older than `jwks.grace_period`"
        }
        Refusal::Signature => "get a new token: this one was altered or forged",
        Refusal::Claim { claim: "iss", .. } => {
            "set the same issuer where tokens are made and checked: `jwt.issuer`, or without it the origin of BETTER_AUTH_URL"
        }
        Refusal::Claim { claim: "aud", .. } => {
            "set the same audience where tokens are made and checked: `jwt.audience`, or without it the origin of \
             BETTER_AUTH_URL"
        }
        Refusal::Claim { .. } => "this service did not make the token: send the token of GET /token",
        Refusal::Expired { .. } => advice(Reason::TokenExpired).1,
        Refusal::NotYet { .. } => {
            "compare the clocks with `gatepost doctor`: the clock of the server that made it is ahead"
        }
        Refusal::Unavailable(_) => "try again",
    }
}

/// Explains whether a session token replaces the cookie.
fn session_token(token: &str, standing: BearerResult) -> Finding {
    let ignored = |evidence: &str, fix: &str| Finding::fail(HEADER, format!("{evidence}: the header is ignored"), fix);
    match standing {
        BearerResult::NoToken => Finding::warn(
            HEADER,
            "its scheme is not Bearer, or it has no token: the service ignores it",
            "write `Authorization: Bearer TOKEN`",
        ),
        BearerResult::Disabled => {
            ignored("`bearer.enabled` is false", "set it to true in gatepost.toml, or send the cookie")
        }
        BearerResult::Unsigned => ignored(
            "the token has no signature, and `bearer.require_signature` is true",
            "send the value of `set-auth-token`, which has its signature, or set `bearer.require_signature` to false",
        ),
        BearerResult::Forged => ignored(
            "none of the secrets has signed the token",
            "send the value of `set-auth-token` unchanged; if it is unchanged, the secret has changed since: sign in again",
        ),
        BearerResult::Bare => {
            Finding::ok(HEADER, format!("it replaces the session cookie: the token {}", shown(token)))
        }
        BearerResult::Signed => Finding::ok(HEADER, "it replaces the session cookie: a signed token of this service"),
    }
}
