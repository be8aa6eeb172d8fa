//! The bodies and answers of the endpoints of codes by mail (spec sign-in-plugins §3.2).

use serde::Serialize;

use crate::{
    declaration::Shape,
    model::User,
    wire::{EndpointReads, Fields, body, input, member, optional_person, optional_text, text},
};

/// The purposes of codes, as clients name them.
const TYPES: &[&str] = &["email-verification", "sign-in", "forget-password", "change-email"];

/// The purpose of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// It confirms the address.
    EmailVerification,
    /// It signs in.
    SignIn,
    /// It sets a new password.
    ForgetPassword,
    /// It changes the address.
    ChangeEmail,
}

fn read_type(fields: &mut Fields<'_>, name: &'static str) -> Type {
    match fields.value(name).and_then(serde_json::Value::as_str) {
        Some("email-verification") => Type::EmailVerification,
        Some("sign-in") => Type::SignIn,
        Some("forget-password") => Type::ForgetPassword,
        Some("change-email") => Type::ChangeEmail,
        _ => {
            if fields.is_object() {
                let all = TYPES.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join("|");
                fields.wrong(name, &format!("Invalid option: expected one of {all}"));
            }
            Type::SignIn
        }
    }
}

body! {
    /// `POST /email-otp/send-verification-otp`.
    pub(super) struct Send {
        /// The address as typed.
        pub(super) email: String = text("email"),
        /// The purpose of the code.
        pub(super) kind: Type = member("type", Shape::OneOf(TYPES), read_type),
    }
}

body! {
    /// `POST /email-otp/check-verification-otp`.
    pub(super) struct Check {
        /// The address as typed.
        pub(super) email: String = text("email"),
        /// The purpose of the code.
        pub(super) kind: Type = member("type", Shape::OneOf(TYPES), read_type),
        /// The code as typed.
        pub(super) otp: String = text("otp"),
    }
}

body! {
    /// `POST /email-otp/verify-email`.
    pub(super) struct VerifyEmail {
        /// The address as typed.
        pub(super) email: String = text("email"),
        /// The code as typed.
        pub(super) otp: String = text("otp"),
    }
}

input! {
    // Two schemas in one: the known members, and a record of any.
    (EndpointReads::body::<Self>(), |raw| Fields::of(raw, &["object", "record"]))
    /// `POST /sign-in/email-otp`.
    pub(super) struct SignIn {
        /// The address as typed.
        pub(super) email: String = text("email"),
        /// The code as typed.
        pub(super) otp: String = text("otp"),
        /// The name of a new user.
        pub(super) name: Option<String> = optional_person("name"),
        /// The picture of a new user.
        pub(super) image: Option<String> = optional_text("image"),
    }
}

body! {
    /// `POST /email-otp/request-password-reset` and `/forget-password/email-otp`.
    pub(super) struct RequestReset {
        /// The address as typed.
        pub(super) email: String = text("email"),
    }
}

body! {
    /// `POST /email-otp/reset-password`.
    pub(super) struct Reset {
        /// The address as typed.
        pub(super) email: String = text("email"),
        /// The code as typed.
        pub(super) otp: String = text("otp"),
        /// The new password as typed.
        pub(super) password: String = text("password"),
    }
}

body! {
    /// `POST /email-otp/request-email-change`.
    pub(super) struct RequestChange {
        /// The new address as typed.
        pub(super) new_email: String = text("newEmail"),
        /// A code that was mailed to the current address.
        pub(super) otp: Option<String> = optional_text("otp"),
    }
}

body! {
    /// `POST /email-otp/change-email`.
    pub(super) struct Change {
        /// The new address as typed.
        pub(super) new_email: String = text("newEmail"),
        /// The code as typed.
        pub(super) otp: String = text("otp"),
    }
}

/// The answer of a request that succeeded.
#[derive(Serialize)]
pub(super) struct Success {
    /// Always `true`.
    pub(super) success: bool,
}

/// The answer of a sign-in.
#[derive(Serialize)]
pub(super) struct SignInAnswer<'a> {
    /// The token of the session.
    pub(super) token: &'a str,
    /// The user.
    pub(super) user: &'a User,
}

/// The answer of a confirmed address.
#[derive(Serialize)]
pub(super) struct Verified<'a> {
    /// Always `true`.
    pub(super) status: bool,
    /// The token of the new session, if one opened.
    pub(super) token: Option<&'a str>,
    /// The user.
    pub(super) user: &'a User,
}
