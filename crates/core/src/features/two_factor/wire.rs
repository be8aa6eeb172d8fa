//! The bodies and answers of the endpoints below `/two-factor/` (spec sign-in-plugins §§4.3–4.5).

use serde::Serialize;

use crate::{
    declaration::{Member, Shape},
    model::User,
    wire::{EndpointReads, Fields, Input, RawInput, body, is_true, optional_body, optional_boolean, text},
};

/// A password, which may be left out where `free` says so.
const fn declared(free: bool) -> Member {
    Member { is_optional: free, ..Member::of("password", Shape::Text) }
}

/// Reads a password, which may be left out where `FREE` says so.
fn password<const FREE: bool>(fields: &mut Fields<'_>) -> Option<String> {
    if FREE { fields.optional_text("password") } else { Some(fields.text("password")) }
}

/// The body of `POST /two-factor/enable`.
pub(super) struct Enable<const FREE: bool> {
    /// The password as typed.
    pub(super) password: Option<String>,
    /// Whether codes are mailed, instead of created by an app.
    pub(super) by_mail: bool,
    /// The name that the app shows for the service.
    pub(super) issuer: Option<String>,
}

impl<const FREE: bool> Enable<FREE> {
    /// Returns the body regardless of whether the password was optional.
    pub(super) fn any(self) -> Enable<true> {
        Enable { password: self.password, by_mail: self.by_mail, issuer: self.issuer }
    }
}

impl<const FREE: bool> Input for Enable<FREE> {
    const READS: EndpointReads = EndpointReads::of(Shape::Object(&[
        declared(FREE),
        Member::of("method", Shape::OneOf(&["totp", "otp"])).optional(),
        Member::of("issuer", Shape::Text).optional(),
    ]));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let password = password::<FREE>(&mut fields);
        let method = raw.body.as_ref().and_then(|body| body.get("method"));
        let by_mail = method.is_some_and(|method| method == "otp");
        if method.is_some_and(|method| method != "otp" && method != "totp") {
            fields.wrong("method", "Invalid option: expected one of \"otp\"|\"totp\"");
        }
        let read = Self { password, by_mail, issuer: fields.optional_text("issuer") };
        fields.finish(read)
    }
}

/// The body of `POST /two-factor/disable`, `/get-totp-uri` and `/generate-backup-codes`.
pub(super) struct Password<const FREE: bool> {
    /// The password as typed.
    pub(super) password: Option<String>,
}

impl<const FREE: bool> Password<FREE> {
    /// Returns the body regardless of whether the password was optional.
    pub(super) fn any(self) -> Password<true> {
        Password { password: self.password }
    }
}

impl<const FREE: bool> Input for Password<FREE> {
    const READS: EndpointReads = EndpointReads::of(Shape::Object(&[declared(FREE)]));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self { password: password::<FREE>(&mut fields) };
        fields.finish(read)
    }
}

body! {
    /// `POST /two-factor/verify-totp` and `/verify-otp`.
    pub(super) struct Code {
        /// The code as typed.
        pub(super) code: String = text("code"),
        /// Whether the device is not asked again for a while.
        pub(super) trust_device: bool = is_true("trustDevice"),
    }
}

body! {
    /// `POST /two-factor/verify-backup-code`.
    pub(super) struct BackupCode {
        /// The code as typed.
        pub(super) code: String = text("code"),
        /// Whether the code is used without a session.
        pub(super) disable_session: bool = is_true("disableSession"),
        /// Whether the device is not asked again for a while.
        pub(super) trust_device: bool = is_true("trustDevice"),
    }
}

optional_body! {
    /// `POST /two-factor/send-otp`, whose body may be left out.
    pub(super) struct Send {
        _trust_device: Option<bool> = optional_boolean("trustDevice"),
    }
}

/// The answer instead of a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChallengeAnswer<'a> {
    /// Always true.
    pub(super) two_factor_redirect: bool,
    /// The methods by which the user can give a code.
    pub(super) two_factor_methods: &'a [&'a str],
}

/// The answer of `POST /two-factor/enable`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnableAnswer<'a> {
    /// `totp` or `otp`.
    pub(super) method: &'a str,
    /// The URI that the app scans.
    #[serde(rename = "totpURI", skip_serializing_if = "Option::is_none")]
    pub(super) totp_uri: Option<&'a str>,
    /// The backup codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) backup_codes: Option<&'a [String]>,
}

/// The answer of `POST /two-factor/get-totp-uri`.
#[derive(Serialize)]
pub(super) struct Uri<'a> {
    /// The URI that the app scans.
    #[serde(rename = "totpURI")]
    pub(super) totp_uri: &'a str,
}

/// The answer of `POST /two-factor/generate-backup-codes`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewCodes<'a> {
    /// Always true.
    pub(super) status: bool,
    /// The codes.
    pub(super) backup_codes: &'a [String],
}

/// The answer to a right code.
#[derive(Serialize)]
pub(super) struct Verified<'a> {
    /// The token of the session, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<&'a str>,
    /// The user who gave the code.
    pub(super) user: &'a User,
}
