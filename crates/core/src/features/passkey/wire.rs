//! The bodies and answers of the endpoints of passkeys (spec management-plugins §§4.3–4.7).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::webauthn::ALGORITHMS;
use crate::{
    declaration::{self, Shape},
    model::{Additional, Session, User, iso_or_null},
    wire::{Fields, MOST_NAME, body, is_true, member, optional, optional_text, query, text},
};

/// The places of authenticators.
const ATTACHMENTS: &[&str] = &["platform", "cross-platform"];

query! {
    /// `GET /passkey/generate-register-options`.
    pub(super) struct RegisterQuery {
        /// The place of the authenticator.
        pub(super) attachment: Option<String> = optional("authenticatorAttachment", Shape::OneOf(ATTACHMENTS), attachment),
        /// The name that the authenticator shows for the user.
        pub(super) name: Option<String> = optional_text("name"),
        /// A text that is stored with the challenge. Nothing reads it here.
        pub(super) context: Option<String> = optional_text("context"),
    }
}

fn attachment(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    match fields.value(name)?.as_str() {
        Some(known) if ATTACHMENTS.contains(&known) => Some(known.to_owned()),
        _ => {
            fields.wrong(name, "Invalid option: expected one of \"platform\"|\"cross-platform\"");
            None
        }
    }
}

body! {
    /// `POST /passkey/verify-registration`.
    pub(super) struct VerifyRegistration {
        /// The answer of the authenticator, as the browser has it.
        pub(super) response: Value = member("response", Shape::Anything, anything),
        /// The name of the passkey; empty if there is none.
        pub(super) name: String = optional("name", Shape::Text, |fields, name| {
            let text = fields.optional_text(name).unwrap_or_default();
            fields.at_most(name, trimmed(&text), MOST_NAME);
            trimmed(&text).to_owned()
        }),
        /// Whether a session opens too.
        pub(super) create_session: bool = is_true("createSession"),
    }
}

fn anything(fields: &mut Fields<'_>, name: &'static str) -> Value {
    fields.require(name, "nonoptional");
    fields.value(name).cloned().unwrap_or_default()
}

body! {
    /// `POST /passkey/verify-authentication`.
    pub(super) struct VerifyAuthentication {
        /// The answer of the authenticator, as the browser has it.
        pub(super) response: Value = member("response", Shape::MapOf(&Shape::Anything), |fields, name| {
            fields.require(name, "record");
            fields.optional_record(name, false).map(Value::Object).unwrap_or_default()
        }),
    }
}

body! {
    /// `POST /passkey/update-passkey`.
    pub(super) struct Update {
        /// The identifier of the passkey.
        pub(super) id: String = text("id"),
        /// The new name, without spaces around it.
        pub(super) name: String = member("name", Shape::FilledText, |fields, name| {
            let text = fields.filled_text(name);
            let trimmed = trimmed(&text);
            fields.at_most(name, trimmed, MOST_NAME);
            if trimmed.is_empty() && !text.is_empty() {
                fields.wrong(name, "Too small: expected string to have >=1 characters");
            }
            trimmed.to_owned()
        }),
    }
}

/// Removes the spaces that JavaScript's `trim` removes.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|letter: char| letter == '\u{feff}' || letter.is_whitespace() && letter != '\u{85}')
}

body! {
    /// `POST /passkey/delete-passkey`.
    pub(super) struct Delete {
        /// The identifier of the passkey.
        pub(super) id: String = text("id"),
    }
}

/// A passkey as stored.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passkey {
    /// The name that the user gave it.
    pub name: Option<String>,
    /// The public key: COSE, as base64.
    pub public_key: String,
    /// The identifier of the user.
    pub user_id: String,
    /// The identifier that the authenticator chose, as base64url.
    #[serde(rename = "credentialID")]
    pub credential_id: String,
    /// How often it was used; 0 if the authenticator does not count.
    pub counter: i64,
    /// `multiDevice` or `singleDevice`.
    pub device_type: String,
    /// Whether it is on several devices.
    pub backed_up: Option<bool>,
    /// How browsers reach the authenticator, with commas between.
    pub transports: Option<String>,
    /// The time of the registration, if the row has it.
    #[serde(serialize_with = "iso_or_null")]
    pub created_at: Option<Timestamp>,
    /// The model of the authenticator, as a UUID.
    pub aaguid: Option<String>,
    /// The identifier of the row.
    pub id: String,
}

/// The shape of a passkey.
pub(super) const PASSKEY: &[declaration::Member] = &[
    declaration::Member::of("name", Shape::TextOrNull),
    declaration::Member::of("publicKey", Shape::Text),
    declaration::Member::of("userId", Shape::Text),
    declaration::Member::of("credentialID", Shape::Text),
    declaration::Member::of("counter", Shape::Number),
    declaration::Member::of("deviceType", Shape::Text),
    declaration::Member::of("backedUp", Shape::Boolean),
    declaration::Member::of("transports", Shape::TextOrNull),
    declaration::Member::of("createdAt", Shape::OrNull(&Shape::Instant)),
    declaration::Member::of("aaguid", Shape::TextOrNull),
    declaration::Member::of("id", Shape::Text),
];

/// The answer to a registration.
#[derive(Serialize)]
pub(super) struct RegistrationAnswer<'a> {
    /// The passkey.
    #[serde(flatten)]
    pub(super) passkey: &'a Passkey,
    /// The session, if one opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<&'a Session>,
    /// Its user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<&'a User>,
}

/// The answer to a sign-in.
#[derive(Serialize)]
pub(super) struct SignInAnswer<'a> {
    /// The session.
    pub(super) session: &'a Session,
    /// Its user.
    pub(super) user: &'a User,
}

/// The answer to a change.
#[derive(Serialize)]
pub(super) struct UpdateAnswer<'a> {
    /// The passkey.
    pub(super) passkey: &'a Passkey,
}

/// A credential that exists.
#[derive(Serialize)]
pub(super) struct Credential<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    transports: Option<Vec<&'a str>>,
    r#type: &'static str,
}

impl<'a> Credential<'a> {
    /// Describes each passkey, as browsers expect it.
    pub(super) fn each(passkeys: &'a [Passkey]) -> Vec<Self> {
        let credential = |passkey: &'a Passkey| Credential {
            id: passkey.credential_id.trim_end_matches('='),
            transports: passkey.transports.as_deref().map(|transports| transports.split(',').collect()),
            r#type: PUBLIC_KEY,
        };
        passkeys.iter().map(credential).collect()
    }
}

const PUBLIC_KEY: &str = "public-key";
/// How long a browser waits for the authenticator, in milliseconds.
const TIMEOUT: u32 = 60_000;

/// The options of a registration (WebAuthn §5.4).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreationOptions<'a> {
    challenge: &'a str,
    rp: RelyingParty<'a>,
    user: Account<'a>,
    pub_key_cred_params: Vec<Parameters>,
    timeout: u32,
    attestation: &'static str,
    exclude_credentials: Vec<Credential<'a>>,
    authenticator_selection: Selection<'a>,
    extensions: Additional,
    hints: [&'static str; 0],
}

/// The service.
#[derive(Serialize)]
pub(super) struct RelyingParty<'a> {
    /// The name.
    pub(super) name: &'a str,
    /// The domain.
    pub(super) id: &'a str,
}

/// The user as the authenticator shows them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account<'a> {
    /// A handle, which is another one each time.
    pub(super) id: String,
    /// The name.
    pub(super) name: &'a str,
    /// The address.
    pub(super) display_name: &'a str,
}

#[derive(Serialize)]
struct Parameters {
    alg: i64,
    r#type: &'static str,
}

/// The authenticators that may be registered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Selection<'a> {
    /// Whether the authenticator stores the passkey.
    pub(super) resident_key: &'static str,
    /// Whether it verifies the person.
    pub(super) user_verification: &'static str,
    /// Its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) authenticator_attachment: Option<&'a str>,
    /// For browsers that do not know `residentKey`.
    pub(super) require_resident_key: bool,
}

impl<'a> CreationOptions<'a> {
    /// The options with this challenge. The extension `credProps` is always asked for, as by SimpleWebAuthn.
    pub(super) fn new(
        challenge: &'a str,
        rp: RelyingParty<'a>,
        user: Account<'a>,
        existing: &'a [Passkey],
        authenticator_selection: Selection<'a>,
        mut extensions: Additional,
    ) -> Self {
        extensions.set("credProps", true.into());
        Self {
            challenge,
            rp,
            user,
            pub_key_cred_params: ALGORITHMS.map(|alg| Parameters { alg, r#type: PUBLIC_KEY }).into(),
            timeout: TIMEOUT,
            attestation: "none",
            exclude_credentials: Credential::each(existing),
            authenticator_selection,
            extensions,
            hints: [],
        }
    }
}

/// The options of a sign-in (WebAuthn §5.5).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestOptions<'a> {
    rp_id: &'a str,
    challenge: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allow_credentials: Vec<Credential<'a>>,
    timeout: u32,
    user_verification: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<&'a Map<String, Value>>,
}

impl<'a> RequestOptions<'a> {
    /// The options with this challenge. Without passkeys, the browser offers those that it knows.
    pub(super) fn new(
        rp_id: &'a str,
        challenge: &'a str,
        passkeys: &'a [Passkey],
        user_verification: &'static str,
        extensions: Option<&'a Map<String, Value>>,
    ) -> Self {
        let allow_credentials = Credential::each(passkeys);
        Self { rp_id, challenge, allow_credentials, timeout: TIMEOUT, user_verification, extensions }
    }
}
