//! The `Authorization` header: a session's token that stands for the cookie, or a JWT of the keys for functions of one's own
//! and other services.

use gatepost_core::{
    bearer::{self, Standing},
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

/// What the header is taken for, given what the service made of it; where it is a JWT, whether that is believed.
///
/// # Errors
/// Where the database fails.
pub(super) async fn steps(
    cx: &Context,
    header: &str,
    standing: Standing,
    steps: &mut Vec<Finding>,
) -> Result<Option<Judged>, StoreError> {
    if let Some(token) = bearer::signed_token(cx) {
        return signed_token(cx, &token, steps).await.map(Some);
    }
    steps.push(session_token(bearer::token(header).unwrap_or_default(), standing));
    Ok(None)
}

/// Whether a JWT is believed.
pub(super) enum Judged {
    /// By functions of one's own and other services.
    Believed,
    /// By nobody.
    Refused(Reason),
}

/// The end of a walk on which there was a JWT and no cookie.
pub(super) fn answer(mut steps: Vec<Finding>, judged: Judged) -> Report {
    match judged {
        Judged::Refused(reason) => {
            let (what, fix) = advice(reason);
            let evidence =
                format!("refused, {}: {what}; get-session reads no such token and answers null", reason.name());
            steps.push(Finding::fail("answer", evidence, fix));
            Report::complete(steps).because(reason)
        }
        Judged::Believed => {
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

async fn signed_token(cx: &Context, token: &str, steps: &mut Vec<Finding>) -> Result<Judged, StoreError> {
    steps.push(Finding::ok(HEADER, "it is a JWT, which functions of your own and other services read"));
    let keys = signing_keys::existing(cx).await?;
    match verify::verify(token, &KeySet::Local(keys), &protected::expected(cx), cx.now).await {
        Ok(claims) => {
            steps.push(Finding::ok(TOKEN, format!("the token is valid: sub is {:?}", claims.subject())));
            Ok(Judged::Believed)
        }
        Err(refusal) => {
            steps.push(Finding::fail(TOKEN, refusal.to_string(), fix(&refusal)));
            Ok(Judged::Refused(protected::reason(&refusal)))
        }
    }
}

/// What to do about a JWT that is not believed.
fn fix(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Malformed(_) => "send the token of GET /token or of `set-auth-jwt` as it came",
        Refusal::Algorithm { .. } | Refusal::Critical => {
            "this service did not make the token: send the token of GET /token"
        }
        Refusal::UnknownKey(_) => {
            "its key is of another service or database, or older than `jwks.grace_period`: compare BETTER_AUTH_URL and DATABASE_URL with \
             those of the deployment that made it, and get a new one"
        }
        Refusal::Signature => "it was altered or forged: get a new one",
        Refusal::Claim { claim: "iss", .. } => {
            "the issuer is `jwt.issuer`, else the origin of BETTER_AUTH_URL: set them alike where tokens are made and checked"
        }
        Refusal::Claim { claim: "aud", .. } => {
            "the audience is `jwt.audience`, else the origin of BETTER_AUTH_URL: set them alike where tokens are made and checked"
        }
        Refusal::Claim { .. } => "this service did not make the token: send the token of GET /token",
        Refusal::Expired { .. } => advice(Reason::TokenExpired).1,
        Refusal::NotYet { .. } => {
            "the clock of the server that made it is ahead: `gatepost doctor` compares the clocks"
        }
        Refusal::Unavailable(_) => "try again",
    }
}

/// Whether a session's token stands for the cookie.
fn session_token(token: &str, standing: Standing) -> Finding {
    let ignored = |evidence: &str, fix: &str| Finding::fail(HEADER, format!("{evidence}: the header is ignored"), fix);
    match standing {
        Standing::NoToken => Finding::warn(
            HEADER,
            "its scheme is not Bearer, or it has no token: the service ignores it",
            "write `Authorization: Bearer TOKEN`",
        ),
        Standing::Disabled => {
            ignored("`bearer.enabled` is false", "set it to true in gatepost.toml, or send the cookie")
        }
        Standing::Unsigned => ignored(
            "the token has no signature, and `bearer.require_signature` is true",
            "send the value of `set-auth-token`, which has its signature, or set `bearer.require_signature` to false",
        ),
        Standing::Forged => ignored(
            "none of the secrets has signed the token",
            "send the value of `set-auth-token` as it came; if it did, the secret was changed since: sign in again",
        ),
        Standing::Bare => Finding::ok(HEADER, format!("it stands for the session cookie: the token {}", shown(token))),
        Standing::Signed => Finding::ok(HEADER, "it stands for the session cookie: a signed token of this service"),
    }
}
