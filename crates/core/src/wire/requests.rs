//! The inputs of endpoints: one type each, which determines the order of the issues.

use serde_json::{Map, Value};

use super::{
    Input, Raw,
    fields::{Fields, kind},
};

/// The input of endpoints that read nothing.
pub struct Nothing;

impl Input for Nothing {
    fn read(_: &Raw) -> Result<Self, Vec<String>> {
        Ok(Self)
    }
}

/// The body of `POST /sign-up/email` (spec core §3.3).
pub struct SignUpEmail {
    /// The user's name.
    pub name: String,
    /// The address as typed.
    pub email: String,
    /// The password as typed; not empty.
    pub password: String,
    /// The URL of a picture.
    pub image: Option<String>,
    /// The callback URL for the link of the verification mail.
    pub callback_url: Option<String>,
    /// Only `false` has an effect.
    pub remember_me: Option<bool>,
    /// All members, for the additional fields.
    pub record: Map<String, Value>,
}

impl Input for SignUpEmail {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        // Combines two schemas: the known fields, and a record with any members.
        let mut fields = Fields::of(raw, &["object", "record"]);
        let read = Self {
            name: fields.text("name"),
            email: fields.email("email"),
            password: fields.filled_text("password"),
            image: fields.optional_text("image"),
            callback_url: fields.optional_text("callbackURL"),
            remember_me: fields.optional_boolean("rememberMe"),
            record: fields.record(),
        };
        fields.finish(read)
    }
}

/// The body of `POST /sign-in/email` (spec core §3.4).
pub struct SignInEmail {
    /// The address as typed.
    pub email: String,
    /// The password as typed.
    pub password: String,
    /// The callback URL for the client.
    pub callback_url: Option<String>,
    /// Only `false` has an effect.
    pub remember_me: Option<bool>,
}

impl Input for SignInEmail {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self {
            email: fields.text("email"),
            password: fields.text("password"),
            callback_url: fields.optional_text("callbackURL"),
            remember_me: fields.optional_boolean("rememberMe"),
        };
        fields.finish(read)
    }
}

/// The body of `POST /sign-out` (spec core §3.5). Its members are for providers that support signing out; they are only checked.
pub struct SignOut;

impl Input for SignOut {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        if raw.body.is_none() {
            return Ok(Self);
        }
        let mut fields = Fields::of(raw, &["object"]);
        fields.optional_text("callbackURL");
        fields.optional_boolean("disableRedirect");
        fields.optional_text("state");
        fields.finish(Self)
    }
}

/// The query of `/get-session`, which other endpoints for signed-in users honour too (spec core §3.6). Reading it never fails.
#[derive(Default)]
pub struct GetSession {
    /// Whether to keep the expiry.
    pub disable_refresh: bool,
    /// Whether to ignore the cached session and ask the database.
    pub disable_cookie_cache: bool,
}

impl Input for GetSession {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        Ok(Self { disable_refresh: raw.flag("disableRefresh"), disable_cookie_cache: raw.flag("disableCookieCache") })
    }
}

/// The query of `GET /error` (spec core §3.2). Reading it never fails.
pub struct ShowError {
    /// The code; `UNKNOWN` if it is malformed.
    pub code: String,
    /// The provider's description.
    pub description: Option<String>,
}

impl Input for ShowError {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let is_code = |text: &&str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"'_-".contains(&byte))
        };
        let text = |key| raw.first(key).filter(|text: &&str| !text.is_empty());
        Ok(Self {
            code: text("error").filter(is_code).unwrap_or("UNKNOWN").to_owned(),
            description: text("error_description").map(str::to_owned),
        })
    }
}

/// The body of `POST /revoke-session` (spec core §3.9).
pub struct RevokeSession {
    /// The token of the session to end.
    pub token: String,
}

impl Input for RevokeSession {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self { token: fields.text("token") };
        fields.finish(read)
    }
}

/// The body of `POST /update-session` and `POST /update-user`: a record with any members (spec core §§3.7, 3.10).
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
            other => Err(Issue(format!("[body.{key}] Invalid input: expected string, received {}", kind(other)))),
        }
    }
}

/// The issue of one member, from a handler.
pub struct Issue(pub String);

impl Input for Record {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let fields = Fields::of(raw, &["record"]);
        let read = Self(fields.record());
        fields.finish(read)
    }
}

/// The body of `POST /delete-user` (spec core §3.11).
pub struct DeleteUser {
    /// The callback URL for the link of the mail.
    pub callback_url: Option<String>,
    /// The password as typed.
    pub password: Option<String>,
    /// The token from the link of the mail.
    pub token: Option<String>,
}

impl Input for DeleteUser {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self {
            callback_url: fields.optional_text("callbackURL"),
            password: fields.optional_text("password"),
            token: fields.optional_text("token"),
        };
        fields.finish(read)
    }
}

/// The query of a mailed link: `GET /verify-email` and `GET /delete-user/callback` (spec core §§3.12, 3.18).
pub struct Link {
    /// The mailed token.
    pub token: String,
    /// The callback URL.
    pub callback_url: Option<String>,
}

impl Input for Link {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of_query(raw);
        let read = Self { token: fields.text("token"), callback_url: fields.optional_text("callbackURL") };
        fields.finish(read)
    }
}

/// The body of `POST /change-email` (spec core §3.13).
pub struct ChangeEmail {
    /// The address as typed.
    pub new_email: String,
    /// The callback URL for the link of the mail.
    pub callback_url: Option<String>,
}

impl Input for ChangeEmail {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self { new_email: fields.email("newEmail"), callback_url: fields.optional_text("callbackURL") };
        fields.finish(read)
    }
}

/// The body of `POST /change-password` (spec core §3.14).
pub struct ChangePassword {
    /// The new password as typed.
    pub new_password: String,
    /// The current password as typed.
    pub current_password: String,
    /// Whether to end every session and open a new one for this browser.
    pub revoke_other_sessions: Option<bool>,
}

impl Input for ChangePassword {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self {
            new_password: fields.text("newPassword"),
            current_password: fields.text("currentPassword"),
            revoke_other_sessions: fields.optional_boolean("revokeOtherSessions"),
        };
        fields.finish(read)
    }
}

/// The body of `POST /verify-password` (spec core §3.15).
pub struct VerifyPassword {
    /// The password as typed.
    pub password: String,
}

impl Input for VerifyPassword {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self { password: fields.text("password") };
        fields.finish(read)
    }
}

/// The body of `POST /request-password-reset` (spec core §3.16).
pub struct RequestPasswordReset {
    /// The address as typed.
    pub email: String,
    /// The callback URL for the link of the mail.
    pub redirect_to: Option<String>,
}

impl Input for RequestPasswordReset {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self { email: fields.email("email"), redirect_to: fields.optional_text("redirectTo") };
        fields.finish(read)
    }
}

/// The input of `GET /reset-password/:token` (spec core §3.16).
pub struct ResetPasswordLink {
    /// The token, from the path.
    pub token: String,
    /// The callback URL, which must be present but may be empty.
    pub callback_url: String,
}

impl Input for ResetPasswordLink {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of_query(raw);
        let read = Self { token: raw.parameter.clone(), callback_url: fields.text("callbackURL") };
        fields.finish(read)
    }
}

/// The body of `POST /reset-password` (spec core §3.16).
pub struct ResetPassword {
    /// The new password as typed.
    pub new_password: String,
    /// The token, from the body or otherwise from the query.
    pub token: Option<String>,
}

impl Input for ResetPassword {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let mut query = Fields::of_query(raw);
        let new_password = fields.text("newPassword");
        let filled = |token: Option<String>| token.filter(|token| !token.is_empty());
        let token = filled(fields.optional_text("token")).or(filled(query.optional_text("token")));
        fields.then(query).finish(Self { new_password, token })
    }
}

/// The body of `POST /send-verification-email` (spec core §3.17).
pub struct SendVerificationEmail {
    /// The address as typed.
    pub email: String,
    /// The callback URL for the link of the mail.
    pub callback_url: Option<String>,
}

impl Input for SendVerificationEmail {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self { email: fields.email("email"), callback_url: fields.optional_text("callbackURL") };
        fields.finish(read)
    }
}

/// The body of `POST /unlink-account` (spec core §3.19).
pub struct UnlinkAccount {
    /// The identifier of the account's row.
    pub account_id: String,
}

impl Input for UnlinkAccount {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self { account_id: fields.text("accountId") };
        fields.finish(read)
    }
}
