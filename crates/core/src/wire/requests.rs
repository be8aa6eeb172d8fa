//! The inputs of endpoints: one type each, which determines the order of the issues.

use serde_json::{Map, Value};

use super::{
    RawInput,
    fields::Fields,
    members::{
        body, email, filled_text, flag, input, members, optional, optional_body, optional_boolean, optional_text,
        person, query, text,
    },
    reads::{EndpointReads, Input, Members},
};
use crate::declaration::{Member, Shape};

/// The input of endpoints that read nothing.
pub struct NoInput;

impl Input for NoInput {
    const READS: EndpointReads = EndpointReads::NOTHING;

    fn read(_: &RawInput) -> Result<Self, Vec<String>> {
        Ok(Self)
    }
}

input! {
    // Two schemas in one: the known members, and a record of any.
    (EndpointReads::body::<Self>(), |raw| Fields::of(raw, &["object", "record"]))
    /// `POST /sign-up/email` (spec core §3.3).
    pub struct SignUpEmail {
        /// The user's name.
        pub name: String = person("name"),
        /// The address as typed.
        pub email: String = email("email"),
        /// The password as typed; not empty.
        pub password: String = filled_text("password"),
        /// The URL of a picture.
        pub image: Option<String> = optional_text("image"),
        /// The callback URL for the link of the verification mail.
        pub callback_url: Option<String> = optional_text("callbackURL"),
        /// Only `false` has an effect.
        pub remember_me: Option<bool> = optional_boolean("rememberMe"),
    }
}

body! {
    /// `POST /sign-in/email` (spec core §3.4).
    pub struct SignInEmail {
        /// The address as typed.
        pub email: String = text("email"),
        /// The password as typed.
        pub password: String = text("password"),
        /// The URL to which the client goes next.
        pub callback_url: Option<String> = optional_text("callbackURL"),
        /// Only `false` has an effect.
        pub remember_me: Option<bool> = optional_boolean("rememberMe"),
    }
}

optional_body! {
    /// `POST /sign-out` (spec core §3.5). The members are for providers that log out too; they are still checked.
    pub struct SignOut {
        _callback_url: Option<String> = optional_text("callbackURL"),
        _disable_redirect: Option<bool> = optional_boolean("disableRedirect"),
        _state: Option<String> = optional_text("state"),
    }
}

query! {
    /// The query of `/get-session`, which other endpoints for signed-in users honour too (spec core §3.6); it never fails.
    #[derive(Default)]
    pub struct GetSession {
        /// Do not move the expiry.
        pub disable_refresh: bool = flag("disableRefresh"),
        /// Do not believe the cookie; ask the database.
        pub disable_cookie_cache: bool = flag("disableCookieCache"),
    }
}

query! {
    /// The query of `GET /error` (spec core §3.2); it never fails.
    pub struct ShowError {
        /// The code, if it is one.
        pub code: String = optional("error", Shape::Text, |fields, name| {
            let is_code = |byte: u8| byte.is_ascii_alphanumeric() || b"'_-".contains(&byte);
            let code = first(fields, name).filter(|text| text.bytes().all(is_code));
            code.unwrap_or_else(|| "UNKNOWN".to_owned())
        }),
        /// The provider's description of the error.
        pub description: Option<String> = optional("error_description", Shape::Text, first),
    }
}

/// Returns the first value of a key that may occur more than once in a query; `None` if it is empty.
fn first(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    let first = match fields.value(name)? {
        Value::Array(values) => values.first()?,
        value => value,
    };
    first.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

body! {
    /// The token of a session (spec core §3.9).
    pub struct RevokeSession {
        /// The session to end.
        pub token: String = text("token"),
    }
}

/// `POST /update-session`: a record of any members (spec core §3.7).
pub struct Record(Map<String, Value>);

impl Record {
    /// Returns all members.
    pub fn members(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Returns all members, for changes to them.
    pub fn members_mut(&mut self) -> &mut Map<String, Value> {
        &mut self.0
    }

    /// Whether a member is present and true in JavaScript.
    pub fn has(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(crate::rules::fields::is_truthy)
    }

    /// Whether a member is an explicit `null`.
    pub fn is_null(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(Value::is_null)
    }

    /// Returns a member that must be a text if it is present.
    ///
    /// # Errors
    /// The issue, as spec core §1.4 writes it.
    pub fn text(&self, key: &str) -> Result<Option<&str>, Issue> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            other => Err(Issue(format!(
                "[body.{key}] Invalid input: expected string, received {}",
                crate::json::kind(other)
            ))),
        }
    }
}

/// The issue of one member, from a handler.
pub struct Issue(pub String);

impl Input for Record {
    const READS: EndpointReads = EndpointReads::of(Shape::Object(&[]));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let fields = Fields::of(raw, &["record"]);
        let read = Self(fields.record());
        fields.finish(read)
    }
}

/// `POST /update-user`: a record of any members, some of which have a type (spec core §3.10).
pub struct UpdateUser(pub Record);

impl Input for UpdateUser {
    const READS: EndpointReads = EndpointReads::of(Shape::Object(&[
        Member::of("name", Shape::Text).optional(),
        Member::of("image", Shape::TextOrNull).optional(),
    ]));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        Record::read(raw).map(Self)
    }
}

body! {
    /// `POST /delete-user` (spec core §3.11).
    pub struct DeleteUser {
        /// The callback URL for the link of the mail.
        pub callback_url: Option<String> = optional_text("callbackURL"),
        /// The password as typed.
        pub password: Option<String> = optional_text("password"),
        /// From the link of the mail.
        pub token: Option<String> = optional_text("token"),
    }
}

query! {
    /// The query of a link in a mail: `GET /verify-email` and `GET /delete-user/callback` (spec core §§3.12, 3.18).
    pub struct Link {
        /// The token from the mail.
        pub token: String = text("token"),
        /// The callback URL.
        pub callback_url: Option<String> = optional_text("callbackURL"),
    }
}

body! {
    /// `POST /verify-email`: the form of the page between a mailed link and its effect.
    pub struct PressedLink {
        /// The token from the mail.
        pub token: String = text("token"),
        /// The callback URL.
        pub callback_url: Option<String> = optional_text("callbackURL"),
    }
}

body! {
    /// `POST /change-email` (spec core §3.13).
    pub struct ChangeEmail {
        /// The address as typed.
        pub new_email: String = email("newEmail"),
        /// The callback URL for the link of the mail.
        pub callback_url: Option<String> = optional_text("callbackURL"),
    }
}

body! {
    /// `POST /change-password` (spec core §3.14).
    pub struct ChangePassword {
        /// As typed.
        pub new_password: String = text("newPassword"),
        /// As typed.
        pub current_password: String = text("currentPassword"),
        /// End every session, and open a new one for this browser.
        pub revoke_other_sessions: Option<bool> = optional_boolean("revokeOtherSessions"),
    }
}

body! {
    /// `POST /verify-password` (spec core §3.15).
    pub struct VerifyPassword {
        /// As typed.
        pub password: String = text("password"),
    }
}

body! {
    /// `POST /request-password-reset` (spec core §3.16).
    pub struct RequestPasswordReset {
        /// The address as typed.
        pub email: String = email("email"),
        /// The callback URL for the link of the mail.
        pub redirect_to: Option<String> = optional_text("redirectTo"),
    }
}

/// The input of `GET /reset-password/:token` (spec core §3.16).
pub struct ResetPasswordLink {
    /// The token, from the path.
    pub token: String,
    /// The callback URL, which must be present but may be empty.
    pub callback_url: String,
}

members! {
    struct ResetPasswordQuery {
        callback_url: String = text("callbackURL"),
    }
}

impl Input for ResetPasswordLink {
    const READS: EndpointReads = EndpointReads::NOTHING.and_query(ResetPasswordQuery::MEMBERS);

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let ResetPasswordQuery { callback_url } = ResetPasswordQuery::whole(Fields::of_query(raw))?;
        Ok(Self { token: raw.parameter.clone(), callback_url })
    }
}

/// The body of `POST /reset-password` (spec core §3.16).
pub struct ResetPassword {
    /// The new password as typed.
    pub new_password: String,
    /// The token, from the body or otherwise from the query.
    pub token: Option<String>,
}

members! {
    struct NewPassword {
        new_password: String = text("newPassword"),
        token: Option<String> = optional_text("token"),
    }
}

members! {
    struct ResetToken {
        token: Option<String> = optional_text("token"),
    }
}

impl Input for ResetPassword {
    const READS: EndpointReads = EndpointReads::body::<NewPassword>().and_query(ResetToken::MEMBERS);

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let (mut fields, mut query) = (Fields::of(raw, &["object"]), Fields::of_query(raw));
        let (body, in_query) = (NewPassword::read(&mut fields), ResetToken::read(&mut query));
        let filled = |token: Option<String>| token.filter(|token| !token.is_empty());
        let token = filled(body.token).or(filled(in_query.token));
        fields.then(query).finish(Self { new_password: body.new_password, token })
    }
}

body! {
    /// `POST /send-verification-email` (spec core §3.17).
    pub struct SendVerificationEmail {
        /// The address as typed.
        pub email: String = email("email"),
        /// The callback URL for the link of the mail.
        pub callback_url: Option<String> = optional_text("callbackURL"),
    }
}

body! {
    /// `POST /unlink-account` (spec core §3.19).
    pub struct UnlinkAccount {
        /// The identifier of the account's row.
        pub account_id: String = text("accountId"),
    }
}
