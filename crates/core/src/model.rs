//! The rows that authentication is about. Fields are named like the columns and stand in the order in which better-auth
//! writes them into JSON (spec core §11.4). No `Debug`: a session's token must not find its way into a log.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

/// A person who can sign in.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// What the person is called; may be empty. Rows of other systems may have none.
    pub name: Option<String>,
    /// The address, in lower case; unique. Empty where the row has none.
    #[serde(serialize_with = "text_or_null")]
    pub email: String,
    /// Whether the address was confirmed by its mailbox. A row may not say: then it was not.
    pub email_verified: Option<bool>,
    /// Where a picture is, if there is one.
    pub image: Option<String>,
    /// When the row was written, if the row says so.
    #[serde(serialize_with = "iso_or_null")]
    pub created_at: Option<Timestamp>,
    /// When the row was last changed, if the row says so.
    #[serde(serialize_with = "iso_or_null")]
    pub updated_at: Option<Timestamp>,
    /// The columns of one's own.
    #[serde(flatten)]
    pub additional: Additional,
    /// The row's identifier.
    pub id: String,
}

impl User {
    /// Whether the address was confirmed by its mailbox.
    pub fn is_verified(&self) -> bool {
        self.email_verified == Some(true)
    }

    /// What the person is called; empty where the row has no name.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or_default()
    }
}

/// One signed-in browser or device of a user.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// From when on it is no longer honoured; 1970 where the row does not say.
    #[serde(serialize_with = "iso")]
    pub expires_at: Timestamp,
    /// What the cookie carries; whoever has it is the user.
    pub token: String,
    /// When the user signed in: freshness counts from here. A row that does not say is never fresh.
    #[serde(serialize_with = "iso_or_null")]
    pub created_at: Option<Timestamp>,
    /// When its expiry was last moved, if the row says so.
    #[serde(serialize_with = "iso_or_null")]
    pub updated_at: Option<Timestamp>,
    /// The address it was opened from (spec core §10); empty when unknown.
    pub ip_address: Option<String>,
    /// The browser's own description; empty when unknown.
    pub user_agent: Option<String>,
    /// Whose it is.
    pub user_id: String,
    /// The columns of one's own.
    #[serde(flatten)]
    pub additional: Additional,
    /// The row's identifier.
    pub id: String,
}

/// Columns of one's own that answers show, in the order in which they are configured (spec core §12).
#[derive(Clone, Debug, Default)]
pub struct Additional(pub Vec<(String, Value)>);

impl Additional {
    /// A member; `null` where there is none.
    pub fn get(&self, name: &str) -> &Value {
        self.find(name).unwrap_or(&Value::Null)
    }

    /// A member, if it is there.
    pub fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// A member that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).as_str()
    }

    /// Sets a member: in its place, or at the end.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(found, _)| found == name) {
            Some((_, found)) => *found = value,
            None => self.0.push((name.to_owned(), value)),
        }
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

/// One way in which a user signs in, without its secrets.
pub struct Account {
    /// The row's identifier.
    pub id: String,
    /// The provider's identifier of the user; the user's own for a password.
    pub account_id: String,
    /// `credential` for a password, else the provider.
    pub provider_id: String,
    /// Whose it is.
    pub user_id: String,
    /// What the provider granted, separated by commas.
    pub scope: Option<String>,
    /// When it was linked, if the row says so.
    pub created_at: Option<Timestamp>,
    /// When it was last changed, if the row says so.
    pub updated_at: Option<Timestamp>,
    /// The additional fields that answers show.
    pub additional: Additional,
}

/// An account at a provider with its tokens, as its row holds them: encrypted where that is configured.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkedAccount {
    /// The row's identifier.
    pub id: String,
    /// The provider's identifier of the user.
    pub account_id: String,
    /// The provider.
    pub provider_id: String,
    /// Whose it is.
    pub user_id: String,
    /// Asks the provider in the user's name.
    pub access_token: Option<String>,
    /// Gets a new access token.
    pub refresh_token: Option<String>,
    /// What the provider said of the user.
    pub id_token: Option<String>,
    /// From when on the access token does not work.
    #[serde(default, serialize_with = "iso_or_null", deserialize_with = "instant_or_null")]
    pub access_token_expires_at: Option<Timestamp>,
    /// From when on the refresh token does not work.
    #[serde(default, serialize_with = "iso_or_null", deserialize_with = "instant_or_null")]
    pub refresh_token_expires_at: Option<Timestamp>,
    /// What the provider granted, separated by commas.
    pub scope: Option<String>,
    /// When it was linked, if the row says so.
    #[serde(default, serialize_with = "iso_or_null", deserialize_with = "instant_or_null")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed, if the row says so.
    #[serde(default, serialize_with = "iso_or_null", deserialize_with = "instant_or_null")]
    pub updated_at: Option<Timestamp>,
}

/// A key pair that signs tokens.
pub struct Jwk {
    /// The row's identifier, which is also the `kid`.
    pub id: String,
    /// The public half as JSON.
    pub public_key: String,
    /// The private half as it is stored, usually encrypted.
    pub private_key: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it signs no more.
    pub expires_at: Option<Timestamp>,
    /// How it signs; none in rows from before the column.
    pub alg: Option<String>,
    /// Its curve, where it has one.
    pub crv: Option<String>,
}

/// A session out of JSON that this service or better-auth wrote (spec core §5.5); whatever else is in it stays.
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

/// The same for its user.
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
    /// The session.
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
        }
    }
}

impl ReadUser {
    /// The user.
    pub(crate) fn known(self) -> User {
        User {
            name: self.name,
            email: self.email.unwrap_or_default().to_lowercase(),
            email_verified: self.email_verified,
            image: self.image,
            created_at: self.created_at.map(|instant| instant.0),
            updated_at: self.updated_at.map(|instant| instant.0),
            additional: self.additional,
            id: self.id,
        }
    }
}

/// As JavaScript writes one.
struct Instant(Timestamp);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(de::Error::custom)
    }
}

/// Identifiers are numbers where the database counts them.
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

/// The same where there may be none.
pub(crate) fn iso_or_null<S: Serializer>(instant: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match instant {
        Some(instant) => iso(instant, serializer),
        None => serializer.serialize_none(),
    }
}

/// Reads an instant as JavaScript writes it, where there may be none.
fn instant_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Option::<String>::deserialize(deserializer)?.map(|text| text.parse().map_err(de::Error::custom)).transpose()
}

/// Writes a text that is empty where a row has none.
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
