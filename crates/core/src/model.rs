//! The rows of authentication. Fields have the columns' names and better-auth's order in JSON (spec core §11.4). The types have no
//! `Debug`, so that a session token cannot get into a log.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};

use crate::syntax::email;

/// A user.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The name, which may be empty. Rows of other systems may have none.
    pub name: Option<String>,
    /// The address, in lower case; unique. Empty if the row has none.
    #[serde(serialize_with = "text_or_null")]
    pub email: String,
    /// Whether the address is confirmed. A row without a value counts as not confirmed.
    pub email_verified: Option<bool>,
    /// The URL of a picture, if any.
    pub image: Option<String>,
    /// The time when the row was written, if the row has it.
    #[serde(serialize_with = "iso_or_null")]
    pub created_at: Option<Timestamp>,
    /// The time when the row was last changed, if the row has it.
    #[serde(serialize_with = "iso_or_null")]
    pub updated_at: Option<Timestamp>,
    /// The additional fields.
    #[serde(flatten)]
    pub additional: Additional,
    /// The row's identifier.
    pub id: String,
}

impl User {
    /// Whether the address is confirmed.
    pub fn is_verified(&self) -> bool {
        self.email_verified == Some(true)
    }

    /// Returns the name; empty if the row has none.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// A session of a user, in one browser or device.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// The expiry; 1970 if the row has none.
    #[serde(serialize_with = "iso")]
    pub expires_at: Timestamp,
    /// The session token, which the cookie contains. Its holder is signed in as the user.
    pub token: String,
    /// The time when the user signed in, from which freshness counts. A session without it is never fresh.
    #[serde(serialize_with = "iso_or_null")]
    pub created_at: Option<Timestamp>,
    /// The time when the expiry was last moved, if the row has it.
    #[serde(serialize_with = "iso_or_null")]
    pub updated_at: Option<Timestamp>,
    /// The address of the client that opened it (spec core §10); empty if unknown.
    pub ip_address: Option<String>,
    /// The header `User-Agent` of the client that opened it; empty if unknown.
    pub user_agent: Option<String>,
    /// The identifier of the user.
    pub user_id: String,
    /// The additional fields.
    #[serde(flatten)]
    pub additional: Additional,
    /// The row's identifier.
    pub id: String,
    /// The values of all additional fields with which the row is written, if one of them is not the configured default. Empty in a
    /// session that was read.
    #[serde(skip)]
    pub values: Map<String, Value>,
}

impl Session {
    /// Returns the identifier of the administrator who acts as the user, if one does (feature `admin`).
    pub fn impersonated_by(&self) -> Option<&str> {
        self.additional.text("impersonatedBy").filter(|by| !by.is_empty())
    }
}

/// The additional fields that answers show, in the configured order (spec core §12).
#[derive(Clone, Debug, Default)]
pub struct Additional(pub Vec<(String, Value)>);

impl Additional {
    /// Returns a member; `null` if it is absent.
    pub fn get(&self, name: &str) -> &Value {
        self.find(name).unwrap_or(&Value::Null)
    }

    /// Returns a member, if it is present.
    pub fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// Returns a member that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).as_str()
    }

    /// Sets a member, in its place or at the end.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(found, _)| found == name) {
            Some((_, found)) => *found = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Sets members, each in its place or at the end.
    pub fn extend(&mut self, members: impl IntoIterator<Item = (String, Value)>) {
        members.into_iter().for_each(|(name, value)| self.set(&name, value));
    }
}

impl Serialize for Additional {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Additional {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> de::Visitor<'de> for Members {
            type Value = Additional;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Additional, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Additional(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// An account of a user, without its secrets.
pub struct Account {
    /// The row's identifier.
    pub id: String,
    /// The provider's identifier of the user; for a password the user's own.
    pub account_id: String,
    /// `credential` for a password, otherwise the name of the provider.
    pub provider_id: String,
    /// The identifier of the user.
    pub user_id: String,
    /// The scopes that the provider granted, separated by commas.
    pub scope: Option<String>,
    /// The time when the account was linked, if the row has it.
    pub created_at: Option<Timestamp>,
    /// The time of the last change, if the row has it.
    pub updated_at: Option<Timestamp>,
    /// The additional fields that answers show.
    pub additional: Additional,
}

/// An account of a provider with its tokens, as the row holds them: encrypted if configured.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedAccount {
    /// The row's identifier.
    pub id: String,
    /// The provider's identifier of the user.
    pub account_id: String,
    /// The name of the provider.
    pub provider_id: String,
    /// The identifier of the user.
    pub user_id: String,
    /// The access token, which authorizes requests on behalf of the user.
    pub access_token: Option<String>,
    /// The refresh token, which gets a new access token.
    pub refresh_token: Option<String>,
    /// The ID token, which identifies the user.
    pub id_token: Option<String>,
    /// The expiry of the access token.
    #[serde(default, serialize_with = "iso_or_null", deserialize_with = "instant_or_null")]
    pub access_token_expires_at: Option<Timestamp>,
    /// The expiry of the refresh token.
    #[serde(default, serialize_with = "iso_or_null", deserialize_with = "instant_or_null")]
    pub refresh_token_expires_at: Option<Timestamp>,
    /// The scopes that the provider granted, separated by commas.
    pub scope: Option<String>,
    /// The time when the account was linked, if the row has it.
    #[serde(default, serialize_with = "iso_or_null", deserialize_with = "instant_or_null")]
    pub created_at: Option<Timestamp>,
    /// The time of the last change, if the row has it.
    #[serde(default, serialize_with = "iso_or_null", deserialize_with = "instant_or_null")]
    pub updated_at: Option<Timestamp>,
}

/// A signing key.
pub struct Jwk {
    /// The row's identifier, which is also the `kid`.
    pub id: String,
    /// The public half as JSON.
    pub public_key: String,
    /// The private half as it is stored, usually encrypted.
    pub private_key: String,
    /// The time of creation.
    pub created_at: Timestamp,
    /// The time from which on the key does not sign any more.
    pub expires_at: Option<Timestamp>,
    /// The algorithm; `None` in rows from before the column.
    pub alg: Option<String>,
    /// The curve, if the algorithm has one.
    pub crv: Option<String>,
}

/// A session from JSON that gatepost or better-auth wrote (spec core §5.5), with any other members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadSession {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    #[serde(deserialize_with = "text")]
    user_id: String,
    pub(crate) token: String,
    expires_at: Instant,
    created_at: Option<Instant>,
    updated_at: Option<Instant>,
    ip_address: Option<String>,
    user_agent: Option<String>,
    #[serde(flatten)]
    additional: Additional,
}

/// A user from JSON that gatepost or better-auth wrote, with any other members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadUser {
    #[serde(deserialize_with = "text")]
    pub(crate) id: String,
    email: Option<String>,
    name: Option<String>,
    email_verified: Option<bool>,
    image: Option<String>,
    created_at: Option<Instant>,
    updated_at: Option<Instant>,
    #[serde(flatten)]
    additional: Additional,
}

impl ReadSession {
    /// Returns the session.
    pub(crate) fn known(self) -> Session {
        Session {
            expires_at: self.expires_at.0,
            token: self.token,
            created_at: self.created_at.map(|instant| instant.0),
            updated_at: self.updated_at.map(|instant| instant.0),
            ip_address: self.ip_address,
            user_agent: self.user_agent,
            user_id: self.user_id,
            additional: self.additional,
            id: self.id,
            values: Map::new(),
        }
    }
}

impl ReadUser {
    /// Returns the user.
    pub(crate) fn known(self) -> User {
        User {
            name: self.name,
            email: email::stored(&self.email.unwrap_or_default()),
            email_verified: self.email_verified,
            image: self.image,
            created_at: self.created_at.map(|instant| instant.0),
            updated_at: self.updated_at.map(|instant| instant.0),
            additional: self.additional,
            id: self.id,
        }
    }
}

/// An instant as JavaScript writes it.
struct Instant(Timestamp);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(de::Error::custom)
    }
}

/// Reads an identifier, which is a number if the database counts rows.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(de::Error::custom("an identifier is a text")),
    }
}

/// Writes an instant as JavaScript does: UTC with exactly three fractional digits (spec core §11.2).
pub(crate) fn iso<S: Serializer>(instant: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{instant:.3}"))
}

/// Writes an instant as JavaScript does, or null.
pub(crate) fn iso_or_null<S: Serializer>(instant: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match instant {
        Some(instant) => iso(instant, serializer),
        None => serializer.serialize_none(),
    }
}

/// Reads an instant as JavaScript writes it, or null.
fn instant_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Option::<String>::deserialize(deserializer)?.map(|text| text.parse().map_err(de::Error::custom)).transpose()
}

/// Writes a text; an empty one as null.
pub(crate) fn text_or_null<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if text.is_empty() { serializer.serialize_none() } else { serializer.serialize_str(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_three_digits_whatever_its_precision() {
        let written = |text: &str| iso(&text.parse().unwrap(), serde_json::value::Serializer).unwrap();
        assert_eq!(written("2025-01-15T12:00:00Z"), "2025-01-15T12:00:00.000Z");
        assert_eq!(written("2025-01-15T12:00:00.9999Z"), "2025-01-15T12:00:00.999Z");
    }
}
