//! Gives names to what has to vary between two servers, so that only real differences remain.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// The name of a server's own origin.
const ORIGIN: &str = "<origin>";

/// Names what varies in a value of a body: the server's origin, the signature and the times of JWTs, and the order of lists.
pub(super) fn named(value: Value, origin: &str) -> Value {
    match value {
        Value::String(text) => claims(&text, origin).unwrap_or_else(|| text.replace(origin, ORIGIN).into()),
        Value::Array(list) => {
            let mut list: Vec<_> = list.into_iter().map(|value| named(value, origin)).collect();
            list.sort_by_cached_key(order);
            list.into()
        }
        Value::Object(members) => named_members(members, origin).into(),
        other => other,
    }
}

fn named_members(members: Map<String, Value>, origin: &str) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (name, named(value, origin))).collect()
}

/// The place of a row in a list, whose order neither server promises: by the identifier. Other lists keep their order.
fn order(value: &Value) -> String {
    let identifier = ["id", "kid", "token"].iter().find_map(|name| value.get(name)?.as_str());
    identifier.unwrap_or_default().to_owned()
}

/// The header and the claims of a JWT, without its times: their distance remains. `None` if it is not a JWT.
pub(super) fn claims(text: &str, origin: &str) -> Option<Value> {
    let mut parts = text.split('.');
    let (header, body, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let read = |part| serde_json::from_slice::<Map<String, Value>>(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
    let (header, mut body) = (read(header)?, read(body)?);
    let time = |body: &mut Map<String, Value>, name| body.remove(name).and_then(|value| value.as_i64());
    if let (Some(from), Some(until)) = (time(&mut body, "iat"), time(&mut body, "exp")) {
        body.insert("lifetime".to_owned(), (until - from).into());
    }
    body.remove("jti");
    let named = [("header", header), ("claims", named_members(body, origin))];
    Some(named.into_iter().map(|(name, members)| (name.to_owned(), Value::from(members))).collect::<Map<_, _>>().into())
}

/// A header's text with the server's origin named.
pub(super) fn text(text: &str, origin: &str) -> String {
    text.replace(origin, ORIGIN)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn origins_times_of_tokens_and_orders_vary_and_nothing_else() {
        let jwt = |iat: i64, sub: &str, origin: &str| {
            let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let claims = json!({ "iat": iat, "exp": iat + 900, "sub": sub, "iss": origin });
            format!("{}.{}.s{iat}", encode(json!({ "alg": "EdDSA", "kid": "k" })), encode(claims))
        };
        let body = |origin: &str, iat, sub, first: Value, second: Value| {
            let token = jwt(iat, sub, origin);
            named(json!({ "url": format!("{origin}/x"), "token": token, "list": [first, second] }), origin)
        };
        let (one, two) = (json!({ "id": "1" }), json!({ "id": "2" }));
        let old = body("https://old", 100, "u", one.clone(), two.clone());
        assert_eq!(old, body("https://new", 200, "u", two.clone(), one.clone()));
        assert_ne!(old, body("https://new", 200, "v", two, one.clone()));
        assert_ne!(named(json!(["a", "b"]), "x"), named(json!(["b", "a"]), "x"), "a list of texts has an order");
        assert_ne!(named(json!([one]), "x"), named(json!([]), "x"));
    }
}
