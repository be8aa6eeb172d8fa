//! Functions of one's own beside the endpoints: who is asking, by session cookie, by a session's token or by a signed token,
//! or a refusal with a reason. Where a request may come from is checked as for the endpoints.

use std::pin::Pin;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use crate::{
    bearer, body, code,
    config::Audience,
    context::Context,
    endpoint::Guard,
    error::Error,
    guard,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    signing_keys,
    verify::{self, Claims, Expected, KeySet, Refusal},
    wire::Raw,
};

/// Who asks.
#[expect(clippy::large_enum_variant, reason = "lives for one request")]
pub enum Caller {
    /// Somebody with a session.
    Session(SignedIn),
    /// Somebody with a token that this service signed. The session it was made of may have ended since.
    Token(Claims),
}

impl Caller {
    /// The user's identifier; with a token its `sub`, which is the identifier unless `jwt.subject` says otherwise.
    pub fn user_id(&self) -> &str {
        match self {
            Self::Session(own) => &own.user.id,
            Self::Token(claims) => claims.subject(),
        }
    }
}

/// A function of one's own: the request, who asks, and the body as it came.
pub type Protected =
    for<'a> fn(&'a mut Context, Caller, Bytes) -> Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>>;

/// The checks of the endpoints, then who asks, then the function.
pub(crate) async fn walk<B>(cx: &mut Context, run: Protected, body: B) -> Result<Reply, Error>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut nothing = Raw { body: None, query: Vec::new(), parameter: String::new() };
    guard::check_origin(cx, Guard::Session, &mut nothing)?;
    let caller = caller(cx).await?;
    let body = body::whole(body).await?;
    run(cx, caller, body).await
}

/// Who asks. A token in the `Authorization` header counts alone: one that is not believed is not made good by a cookie.
async fn caller(cx: &mut Context) -> Result<Caller, Error> {
    if let Some(jwt) = bearer::signed_token(cx) {
        return by_token(cx, &jwt).await.map(Caller::Token);
    }
    bearer::apply(cx);
    match signed_in::optional(cx).await? {
        Ok(own) => Ok(Caller::Session(own)),
        Err(reason) => Err(refused(cx, reason, None)),
    }
}

/// What a token of this service says of its issuer and for whom it is.
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

/// The reason for which a token is refused.
pub fn reason(refusal: &Refusal) -> Reason {
    match refusal {
        Refusal::Expired { .. } => Reason::TokenExpired,
        _ => Reason::InvalidToken,
    }
}

/// 401, and what is wrong with a token in the form of RFC 6750 §3.
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
