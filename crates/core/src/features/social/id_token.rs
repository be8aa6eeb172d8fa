//! The verification of ID tokens (spec jwt-oauth-schema §4.10, OpenID Connect Core §3.1.3.7): by the provider's own keys, issuer
//! and audience, never by what the token says about them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hex::encode;
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::provider::Provider;
use crate::{
    crypto::jwk::Algorithm,
    model::Additional,
    rules::query,
    verify::{self, Claims, Expected},
};

/// The number of seconds by which a provider's clock may be off.
const TOLERANCE: u32 = 30;
/// The tenant of personal Microsoft accounts.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The nonce that a token must have.
pub(super) enum NonceRequirement<'a> {
    /// This nonce, if there is one.
    Exactly(Option<&'a str>),
    /// This nonce or, for providers that hash it, its hash, if the client gave one.
    AsGiven(Option<&'a str>),
}

/// Whether a token has the form of a JWT, unlike Facebook's access tokens.
pub(super) fn is_jwt(token: &str) -> bool {
    token.split('.').count() == 3
}

/// Returns the claims of a JWT without verifying it.
///
/// # Errors
/// No token is given, or it is not a JWT.
pub(super) fn claims(token: Option<&str>) -> Result<Additional, String> {
    let token = token.ok_or("there is no ID token")?;
    let part = token.split('.').nth(1).ok_or("the ID token is not a JWT")?;
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| "the ID token is not a JWT")?;
    serde_json::from_slice(&bytes).map_err(|_| "the ID token is not a JWT".to_owned())
}

/// Verifies an ID token of a provider.
///
/// # Errors
/// The reason why the token is not valid.
pub(super) async fn verify(
    provider: &Provider<'_>,
    token: &str,
    bound: &NonceRequirement<'_>,
    now: Timestamp,
) -> Result<Claims, String> {
    // An opaque token proves nothing yet: the provider inspects the access token beside it later.
    if provider.entry.id == "facebook" && !is_jwt(token) {
        return Ok(Claims(serde_json::Map::new()));
    }
    let own = provider.entry.id;
    if let (Some(rule), "line") = (&provider.entry.id_token, own) {
        return verified_by_line(provider, rule.keys, token, bound).await;
    }
    let (keys, expected, max_age) = match (&provider.document, &provider.entry.id_token) {
        (Some(document), _) => {
            let keys = document.keys.clone().ok_or("the provider publishes no keys")?;
            (keys, expected(provider, document.issuer.iter().cloned().collect(), document.algorithms()), None)
        }
        (None, Some(rule)) => {
            let issuers =
                if own == "microsoft" { vec![tenant_issuer(provider, token)?] } else { filled(provider, rule.issuers) };
            (provider.filled(rule.keys), expected(provider, issuers, vec![Algorithm::Rs256]), rule.max_age)
        }
        (None, None) => return Err("the provider has no ID tokens that can be verified".to_owned()),
    };
    let keys = provider.keys(&keys)?;
    let claims = verify::verify(token, &keys, &expected, now).await.map_err(|refusal| refusal.to_string())?;
    let issued_at = claims.0.get("iat").and_then(Value::as_f64).ok_or("iat is missing")?;
    let age = now.as_second() as f64 - issued_at;
    if age < -f64::from(TOLERANCE) || max_age.is_some_and(|most| age > (most + i64::from(TOLERANCE)) as f64) {
        return Err(format!("iat is {issued_at}, and it is {}", now.as_second()));
    }
    check_domain(provider, claims.0.get("hd").unwrap_or(&Value::Null))?;
    let (given, hashed) = match bound {
        NonceRequirement::Exactly(nonce) => (*nonce, false),
        NonceRequirement::AsGiven(nonce) => {
            (*nonce, provider.entry.id_token.as_ref().is_some_and(|rule| rule.hashed_nonce))
        }
    };
    let said = claims.0.get("nonce").and_then(Value::as_str);
    let is = |nonce: &str| said == Some(nonce) || (hashed && said == Some(encode(Sha256::digest(nonce)).as_str()));
    match given.filter(|nonce| !nonce.is_empty()) {
        Some(nonce) if !is(nonce) => Err("nonce does not match".to_owned()),
        _ => Ok(claims),
    }
}

/// Checks Google's hosted domain: if one is configured, only its users are accepted; `*` accepts every hosted domain, but requires
/// one.
pub(super) fn check_domain(provider: &Provider<'_>, said: &Value) -> Result<(), String> {
    let said = said.as_str().filter(|domain| !domain.is_empty());
    match provider.client.own.hd.as_deref() {
        Some(wanted) if said.is_none() || (wanted != "*" && said != Some(wanted)) => {
            Err(format!("hd is {said:?}, and must be {wanted:?}"))
        }
        _ => Ok(()),
    }
}

fn filled(provider: &Provider<'_>, urls: &[&str]) -> Vec<String> {
    urls.iter().map(|url| provider.filled(url)).collect()
}

/// Asks LINE whether it issued a token for this client, with the nonce if one is given. LINE signs tokens with a key of its own or with the
/// client's secret, depending on the app.
async fn verified_by_line(
    provider: &Provider<'_>,
    url: &str,
    token: &str,
    bound: &NonceRequirement<'_>,
) -> Result<Claims, String> {
    let (NonceRequirement::Exactly(nonce) | NonceRequirement::AsGiven(nonce)) = bound;
    let nonce = nonce.filter(|nonce| !nonce.is_empty());
    let client = provider.client.client_id.as_str();
    let mut form = vec![("id_token", token), ("client_id", client)];
    form.extend(nonce.map(|nonce| ("nonce", nonce)));
    let said = provider.outgoing().form(url, query::encoded(&form), HeaderMap::new()).await?;
    if said.text("aud") != Some(client) {
        return Err("the token is for another client".to_owned());
    }
    if nonce.is_some() && said.text("nonce") != nonce {
        return Err("nonce does not match".to_owned());
    }
    // The claims that are used are those of the token, so the answer must be about them.
    if said.get("sub") != claims(Some(token))?.get("sub") {
        return Err("the answer is about another user".to_owned());
    }
    Ok(Claims(said.0.into_iter().collect()))
}

fn expected(provider: &Provider<'_>, issuers: Vec<String>, algorithms: Vec<Algorithm>) -> Expected {
    Expected { issuers, audiences: provider.client.audiences(), algorithms, tolerance: TOLERANCE }
}

/// Returns the issuer of the tenant that a Microsoft token names, if that tenant is accepted. The keys of one tenant sign for
/// others too, so issuer and tenant must agree.
fn tenant_issuer(provider: &Provider<'_>, token: &str) -> Result<String, String> {
    let said = claims(Some(token))?;
    let tid = said.text("tid").filter(|tid| !tid.is_empty()).ok_or("tid is missing")?;
    let allowed = match provider.client.own.tenant.as_deref().unwrap_or("common") {
        "common" => true,
        "organizations" => tid != CONSUMERS,
        "consumers" => tid == CONSUMERS,
        tenant => return Ok(provider.filled(&format!("{{authority}}/{tenant}/v2.0"))),
    };
    if allowed {
        Ok(provider.filled(&format!("{{authority}}/{tid}/v2.0")))
    } else {
        Err(format!("tid is {tid}, and the configured tenant does not accept its users"))
    }
}
