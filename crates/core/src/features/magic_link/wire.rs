//! The bodies and answers of the endpoints of magic links, and the stored value (spec sign-in-plugins §§2.2, 2.3).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    declaration::Shape,
    model::{Session, User},
    syntax::email,
    wire::{body, email as address, optional, optional_person, optional_text, query, text},
};

body! {
    /// `POST /sign-in/magic-link`.
    pub(super) struct SignInMagicLink {
        /// The address as typed.
        pub(super) email: String = address("email"),
        /// The name of a new user.
        pub(super) name: Option<String> = optional_person("name"),
        /// The URL to which the link leads.
        pub(super) callback_url: Option<String> = optional_text("callbackURL"),
        /// The URL to which it leads a new user.
        pub(super) new_user_callback_url: Option<String> = optional_text("newUserCallbackURL"),
        /// The URL to which it leads if it does not work.
        pub(super) error_callback_url: Option<String> = optional_text("errorCallbackURL"),
        /// Data for the sender of the mail.
        pub(super) metadata: Option<Map<String, Value>> = optional("metadata", Shape::MapOf(&Shape::Anything), |fields, name| {
            fields.optional_record(name, false)
        }),
    }
}

query! {
    /// `GET /magic-link/verify`.
    pub(super) struct Verify {
        /// The token.
        pub(super) token: String = text("token"),
        /// The URL to which the browser is redirected.
        pub(super) callback_url: Option<String> = optional_text("callbackURL"),
        /// The URL if the link does not work.
        pub(super) error_callback_url: Option<String> = optional_text("errorCallbackURL"),
        /// The URL for a new user.
        pub(super) new_user_callback_url: Option<String> = optional_text("newUserCallbackURL"),
    }
}

body! {
    /// `POST /magic-link/verify`: the form of the page.
    pub(super) struct Redeem {
        /// The token.
        pub(super) token: String = text("token"),
        /// The URL to which the browser is redirected.
        pub(super) callback_url: Option<String> = optional_text("callbackURL"),
        /// The URL if the link does not work.
        pub(super) error_callback_url: Option<String> = optional_text("errorCallbackURL"),
        /// The URL for a new user.
        pub(super) new_user_callback_url: Option<String> = optional_text("newUserCallbackURL"),
    }
}

impl From<Redeem> for Verify {
    fn from(form: Redeem) -> Self {
        let Redeem { token, callback_url, error_callback_url, new_user_callback_url } = form;
        Self { token, callback_url, error_callback_url, new_user_callback_url }
    }
}

/// The answer where the browser is not redirected.
#[derive(Serialize)]
pub(super) struct SignInAnswer<'a> {
    /// The token of the session.
    pub(super) token: &'a str,
    /// The user.
    pub(super) user: &'a User,
    /// The session.
    pub(super) session: &'a Session,
}

/// The stored value of a link.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The address as typed.
    pub(super) email: String,
    /// The name of a new user, if given.
    pub(super) name: Option<String>,
}

const TYPE: &str = "magic-link";

impl Record {
    /// Returns the value as better-auth writes it.
    pub(super) fn written(&self) -> String {
        #[derive(Serialize)]
        struct WrittenRecord<'a> {
            r#type: &'a str,
            email: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            name: Option<&'a str>,
        }
        crate::json::to_string(&WrittenRecord { r#type: TYPE, email: &self.email, name: self.name.as_deref() })
    }

    /// Reads a value. Returns `None` for one of another purpose: the members and their types must be exactly these.
    pub(super) fn read(value: &str) -> Option<Self> {
        let Value::Object(mut members) = serde_json::from_str(value).ok()? else { return None };
        let mut text = |name: &str| match members.remove(name) {
            None => Some(None),
            Some(Value::String(text)) => Some(Some(text)),
            Some(_) => None,
        };
        let (kind, email, name) = (text("type")??, text("email")??, text("name")?);
        (kind == TYPE && email::is_valid(&email) && members.is_empty()).then_some(Self { email, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_value_of_a_link_is_read_as_one() {
        let named = Record { email: "New.User@Example.com".to_owned(), name: Some("New".to_owned()) };
        assert_eq!(named.written(), r#"{"type":"magic-link","email":"New.User@Example.com","name":"New"}"#);
        let unnamed = Record { name: None, ..Record::read(&named.written()).unwrap() };
        assert_eq!(unnamed.written(), r#"{"type":"magic-link","email":"New.User@Example.com"}"#);
        assert_eq!(Record::read(&unnamed.written()), Some(unnamed));
        for other in [
            "",
            "null",
            "[]",
            r#"{"email":"a@example.com"}"#,
            r#"{"type":"oauth","email":"a@example.com"}"#,
            r#"{"type":"magic-link","email":"a"}"#,
            r#"{"type":"magic-link","email":"a@example.com","name":null}"#,
            r#"{"type":"magic-link","email":"a@example.com","more":1}"#,
        ] {
            assert_eq!(Record::read(other), None, "{other}");
        }
    }
}
