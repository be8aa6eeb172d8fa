//! The claims of a JWT for other services (spec jwt-oauth-schema §1.3).

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    config::{Audience, Expiration, Jwt, REGISTERED},
    model::Additional,
};

/// Returns the claims in order: time of issue, the user's fields, the claims of features, subject, then expiry, issuer and audience.
/// `user` has the fields that answers show, in that order; `origin` is the service's own.
pub fn claims(
    user: &[(String, Value)],
    more: Additional,
    config: &Jwt,
    origin: &str,
    now: Timestamp,
) -> Vec<(String, Value)> {
    let field = |name: &str| user.iter().find(|(found, _)| found == name).map(|(_, value)| value);
    let iat = now.as_second();
    let exp = match config.expiration {
        Expiration::After(seconds) => iat.saturating_add(seconds),
        Expiration::At(instant) => instant,
    };
    let sub = field(&config.subject).filter(|value| !value.is_null()).or_else(|| field("id"));
    let issuer = config.issuer.as_deref().unwrap_or(origin);
    let audience = config.audience.clone().unwrap_or_else(|| Audience::One(origin.to_owned()));
    let chosen: Vec<_> = match &config.payload {
        Some(names) => names.iter().filter_map(|name| Some((name.clone(), field(name)?.clone()))).collect(),
        None => user.to_vec(),
    };
    let mut own = Additional(chosen);
    more.0.into_iter().for_each(|(name, value)| own.set(&name, value));
    let mut claims = vec![("iat".to_owned(), json!(iat))];
    claims.extend(own.0.into_iter().filter(|(name, _)| !REGISTERED.contains(&name.as_str())));
    let last = [("sub", json!(sub)), ("exp", json!(exp)), ("iss", json!(issuer)), ("aud", json!(audience))];
    claims.extend(last.map(|(name, value)| (name.to_owned(), value)));
    claims
}
