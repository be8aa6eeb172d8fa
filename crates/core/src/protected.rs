//! Your own functions beside the endpoints: identifies the caller by an API key, the session cookie, a session token or a JWT, or
//! refuses the request with a reason. The request's origin is checked as for the endpoints.

use std::pin::Pin;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use crate::{
    api_keys::ApiKey,
    bearer, body, code,
    config::Audience,
    context::{Context, places::KeyUse},
    endpoint::Guard,
    error::Error,
    guard,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    signing_keys,
    verify::{self, Claims, Expected, KeySet, Refusal},
    wire::RawInput,
};

/// The caller of your own function.
pub enum Caller {
    /// A user with a session.
    Session(SignedIn),
    /// A caller with a JWT that this service signed. The session that it was issued for may have ended since.
    Token(Claims),
    /// A program with an API key of a user or an organization, only with `api_key.protect`. The key is valid, and this use is counted.
    /// Check what it permits with [`ApiKey::permits`].
    Key(ApiKey),
}

impl Caller {
    /// Returns the user's identifier; for a JWT its `sub`, which is the identifier unless `jwt.subject` differs. Returns `None` for the
    /// key of an organization, which stands for no user.
    pub fn user_id(&self) -> Option<&str> {
        match self {
            Self::Session(own) => Some(&own.user.id),
            Self::Token(claims) => Some(claims.subject()),
            Self::Key(key) => key.user().map(|user| user.id.as_str()),
        }
    }
}

/// Your own function: it gets the request, the caller and the unparsed body.
pub type ProtectedFunction =
    for<'a> fn(&'a mut Context, Caller, Bytes) -> Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>>;

/// Checks the origin, identifies the caller, then calls the function.
pub(crate) async fn walk<B>(cx: &mut Context, run: ProtectedFunction, body: B) -> Result<Reply, Error>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut nothing = RawInput { body: None, query: Vec::new(), parameter: String::new() };
    guard::check_origin(cx, Guard::Session, &mut nothing)?;
    let caller = caller(cx).await?;
    let body = body::whole(body).await?;
    run(cx, caller, body).await
}

/// Identifies the caller. With an API key only the key counts, and with a token in the `Authorization` header only the token counts: a valid cookie does not replace an
/// invalid token.
async fn caller(cx: &mut Context) -> Result<Caller, Error> {
    if let Some(key) = cx.find_api_key(KeyUse::Function).await? {
        return Ok(Caller::Key(key));
    }
    if let Some(jwt) = bearer::signed_token(cx) {
        return by_token(cx, &jwt).await.map(Caller::Token);
    }
    bearer::apply(cx);
    match signed_in::optional(cx).await? {
        Ok(own) => Ok(Caller::Session(own)),
        Err(reason) => Err(refused(cx, reason, None)),
    }
}

/// Returns the issuer and audience of this service's JWTs.
pub fn expected(cx: &Context) -> Expected {
    let origin = cx.origin().unwrap_or_default();
    let config = &cx.auth.config.jwt;
    Expected {
        issuers: vec![config.issuer.clone().unwrap_or_else(|| origin.clone())],
        audiences: match &config.audience {
            Some(Audience::One(one)) => vec![one.clone()],
            Some(Audience::Several(several)) => several.clone(),
            None => vec![origin],
        },
        ..Expected::new("", "")
    }
}

async fn by_token(cx: &mut Context, token: &str) -> Result<Claims, Error> {
    let keys = KeySet::Local(signing_keys::verifying(cx).await?);
    let claims = verify::verify(token, &keys, &expected(cx), cx.now).await;
    claims.map_err(|refusal| refused(cx, reason(&refusal), Some(&refusal)))
}

/// Returns the reason for the refusal of a JWT.
pub fn reason(refusal: &Refusal) -> Reason {
    match refusal {
        Refusal::Expired { .. } => Reason::TokenExpired,
        _ => Reason::InvalidToken,
    }
}

/// Returns a 401, with the problem of a token in the form of RFC 6750 §3.
fn refused(cx: &mut Context, reason: Reason, refusal: Option<&Refusal>) -> Error {
    let told = refusal.map(|refusal| refusal.to_string().replace(['"', '\\'], "'"));
    let header = match told {
        Some(text) => format!(r#"Bearer error="invalid_token", error_description="{text}""#),
        None => "Bearer".to_owned(),
    };
    let plain: String = header.chars().filter(|letter| (' '..='~').contains(letter)).take(500).collect();
    if let Ok(value) = HeaderValue::from_str(&plain) {
        cx.answer_headers.insert(header::WWW_AUTHENTICATE, value);
    }
    Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, reason)
}
