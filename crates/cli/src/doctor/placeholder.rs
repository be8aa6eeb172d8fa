//! Makes the values of the rows that `doctor` writes and rolls back: invented, but like those of a user who signs up.

use gatepost_core::{
    config::{Column as Wanted, ColumnType, Config, DefaultValue, Field, Kind, Schema, Table},
    crypto::random::Rng,
    model::{Additional, Session, User},
    store::values::Values,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::tables::{
    fit::LEFTOVER,
    found::{Column, FoundTables},
};

const NAME: &str = "gatepost doctor";
const ADDRESS: &str = "192.0.2.1";
const AGENT: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

/// A value that is written into a column; none is NULL.
pub(super) struct ColumnValue {
    /// The column's name in the database.
    pub(super) column: String,
    /// The value as text; `None` is NULL.
    pub(super) value: Option<String>,
}

/// Values that occur in no other row, made once for a run.
pub(super) struct Placeholder {
    id: String,
    pub(super) token: String,
    pub(super) email: String,
    now: Timestamp,
}

impl Placeholder {
    pub(super) fn new(rng: &mut Rng, now: Timestamp) -> Self {
        let (id, token) = (rng.id(), rng.session_token());
        let email = format!("gatepost-doctor-{}@example.com", id.to_ascii_lowercase());
        Self { id, token, email, now }
    }

    /// When they were made.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// An instant as the service writes it.
    pub(super) fn instant(&self, hours: i64) -> String {
        let at = self.now.checked_add(SignedDuration::from_hours(hours)).unwrap_or(self.now);
        format!("{at:.3}").replace('Z', "+00:00")
    }

    /// Makes the row of a table. It refers to the rows that were `written` before, by the identifiers that the database returned.
    pub(super) fn row(
        &self,
        schema: &Schema,
        table: &Table,
        found: &FoundTables,
        config: &Config,
        written: &[(&Table, String)],
    ) -> Vec<ColumnValue> {
        let id_of = |model: &str| written.iter().find(|(table, _)| table.model == model).map(|(_, id)| id.as_str());
        let user = id_of("user").unwrap_or_default();
        let there = found.relations.get(&table.name);
        let mut row = Vec::new();
        for wanted in &table.columns {
            let column = there.and_then(|relation| relation.columns.get(&wanted.name));
            let value = match wanted.holds {
                ColumnType::Id if !schema.ids.is_made_here() => continue,
                ColumnType::Id => Some(self.id.clone()),
                ColumnType::Reference(model) => id_of(model).map(str::to_owned),
                ColumnType::Value(_) => match additional(schema, table, wanted) {
                    Some(field) => match own(table, field, column, &self.instant(0)) {
                        Some(value) => value,
                        None => continue,
                    },
                    None => match self.value(table, wanted, config, user) {
                        Some(value) => value,
                        None => continue,
                    },
                },
            };
            row.push(ColumnValue { column: wanted.name.clone(), value });
        }
        let leftover = there.and_then(|relation| relation.columns.get(LEFTOVER)).filter(|column| column.not_null);
        if table.model == "account" && leftover.is_some() && table.column(LEFTOVER).is_none() {
            row.push(ColumnValue { column: LEFTOVER.to_owned(), value: Some("local:credential".to_owned()) });
        }
        row
    }

    /// The user of a sign-up and the additional fields.
    pub(super) fn user(&self, schema: &Schema, found: &FoundTables) -> (User, Values) {
        let user = User {
            name: Some(NAME.to_owned()),
            email: self.email.clone(),
            email_verified: Some(false),
            image: None,
            created_at: Some(self.now),
            updated_at: Some(self.now),
            additional: Additional::default(),
            id: self.id.clone(),
        };
        let mut values = Field::defaults(&schema.additional.user);
        let table = schema.table("user").and_then(|table| Some((table, found.relations.get(&table.name)?)));
        for field in schema.additional.user.iter().filter(|field| field.default.is_none()) {
            let Some((table, there)) = table else { continue };
            if let Some(Some(text)) = own(table, field, there.columns.get(&field.column), &self.instant(0)) {
                values.insert(field.name.clone(), text.into());
            }
        }
        (user, values.into())
    }

    /// A session of the user.
    pub(super) fn session(&self, number: u8) -> Session {
        Session {
            expires_at: self.now.checked_add(SignedDuration::from_hours(1)).unwrap_or(self.now),
            token: format!("{}{number}", self.token.get(1..).unwrap_or_default()),
            created_at: Some(self.now),
            updated_at: Some(self.now),
            ip_address: Some(ADDRESS.to_owned()),
            user_agent: Some(AGENT.to_owned()),
            user_id: self.id.clone(),
            additional: Additional::default(),
            id: self.number(number),
            values: serde_json::Map::new(),
        }
    }

    /// An identifier that differs from the user's in its last character.
    pub(super) fn number(&self, number: u8) -> String {
        let before = self.id.len().saturating_sub(1);
        format!("{}{number}", self.id.get(..before).unwrap_or_default())
    }

    /// A hash of a password that no password has.
    pub(super) fn hash() -> String {
        format!("{}:{}", "0".repeat(32), "0".repeat(128))
    }

    /// The value that the service writes into one of better-auth's columns; `None` if it writes nothing at first.
    fn value(&self, table: &Table, wanted: &Wanted, config: &Config, user: &str) -> Option<Option<String>> {
        let text = |text: &str| Some(Some(text.to_owned()));
        let first = config.social.clients.first().filter(|_| !config.email_and_password.enabled);
        match (table.model, wanted.field.as_str()) {
            ("user", "image") | ("jwks", "expiresAt") => Some(None),
            ("user", "name") => text(NAME),
            ("user", "email") => text(&self.email),
            ("user", "emailVerified") => text("false"),
            ("session", "token") => text(&self.token),
            ("session", "ipAddress") => text(ADDRESS),
            ("session", "userAgent") => text(AGENT),
            ("account", "providerId") => text(first.map_or("credential", |client| &client.id)),
            ("account", "accountId") => text(if first.is_some() { &self.id } else { user }),
            ("account", "password") if first.is_none() => text(&Self::hash()),
            ("account", "createdAt" | "updatedAt") => text(&self.instant(0)),
            ("account", _) => None,
            ("verification", "identifier") => text(&format!("gatepost-doctor:{}", self.token)),
            ("verification", "value") => text(user),
            ("jwks", "publicKey") => text(&format!(r#"{{"crv":"Ed25519","x":"{}","kty":"OKP"}}"#, "A".repeat(43))),
            ("jwks", "privateKey") => text(&format!("\"{}\"", "0".repeat(340))),
            ("jwks", "alg") => text("EdDSA"),
            ("jwks", "crv") => text("Ed25519"),
            ("rateLimit", "key") => text(&format!("192.0.2.1|/gatepost-doctor/{}", self.token)),
            ("rateLimit", "count") => text("1"),
            ("rateLimit", "lastRequest") => text(&self.now.as_millisecond().to_string()),
            ("twoFactor", "secret") => text(&"0".repeat(144)),
            ("twoFactor", "backupCodes") => text(&"0".repeat(362)),
            ("twoFactor", "verified") => text("false"),
            ("twoFactor", "failedVerificationCount") => text("0"),
            ("member" | "invitation", "role") => text("member"),
            ("invitation", "status") => text("pending"),
            (_, "expiresAt") => text(&self.instant(1)),
            (_, "createdAt" | "updatedAt") => text(&self.instant(0)),
            _ => self.of_feature(wanted),
        }
    }

    /// The value that a feature writes into a column of its table: the default, or a value of the column's type if it is required.
    fn of_feature(&self, wanted: &Wanted) -> Option<Option<String>> {
        let ColumnType::Value(kind) = wanted.holds else { return None };
        match &wanted.default {
            Some(DefaultValue::Always(Value::String(text))) => return Some(Some(text.clone())),
            Some(DefaultValue::Always(value)) => return Some(Some(value.to_string())),
            Some(DefaultValue::Now) => return None,
            None if !wanted.required => return None,
            None => {}
        }
        Some(Some(match kind {
            Kind::Text => self.token.clone(),
            Kind::Number | Kind::BigNumber => "1".to_owned(),
            Kind::Boolean => "true".to_owned(),
            Kind::Date => self.instant(0),
            Kind::Json => "{}".to_owned(),
            Kind::List => "[]".to_owned(),
        }))
    }
}

fn additional<'a>(schema: &'a Schema, table: &Table, wanted: &Wanted) -> Option<&'a Field> {
    schema.additional.of(table.model).iter().find(|field| field.name == wanted.field)
}

/// The first value of an additional field: its default, or a value like that of a request; `None` if nothing is written.
fn own(table: &Table, field: &Field, column: Option<&Column>, now: &str) -> Option<Option<String>> {
    let kind = column.map_or("text", |column| column.kind.as_str());
    let is_array = kind.starts_with('_');
    if let Some(default) = &field.default {
        return Some(match default {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Array(values) if is_array => {
                let texts: Vec<_> = values
                    .iter()
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), |text| format!("{text:?}")))
                    .collect();
                Some(format!("{{{}}}", texts.join(",")))
            }
            other => Some(other.to_string()),
        });
    }
    // No request sets a field of an account.
    let asked = table.model != "account" && field.input && field.required == Some(true);
    if !asked {
        return None;
    }
    let label = column.and_then(|column| column.labels.first().cloned());
    let text = match (label, field.kind) {
        (Some(label), _) => label,
        (None, Kind::Text) if kind == "uuid" => "00000000-0000-4000-8000-000000000000".to_owned(),
        (None, Kind::Text) if column.is_some_and(|column| column.length.is_some_and(|length| length < 8)) => {
            "x".to_owned()
        }
        (None, Kind::Text) => "gatepost".to_owned(),
        (None, Kind::Number | Kind::BigNumber) => "1".to_owned(),
        (None, Kind::Boolean) => "true".to_owned(),
        (None, Kind::Date) => now.to_owned(),
        (None, Kind::List) if is_array => "{}".to_owned(),
        (None, Kind::List) => "[]".to_owned(),
        (None, Kind::Json) => "{}".to_owned(),
    };
    Some(Some(text))
}
