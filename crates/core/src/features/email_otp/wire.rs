//! The bodies and answers of the endpoints of codes by mail (spec sign-in-plugins §3.2).

use serde::Serialize;

use crate::{
    declaration::Shape,
    mail::Kind,
    model::User,
    wire::{Fields, Reads, body, input, member, optional_text, text},
};

/// What a code is for, as clients name it.
const TYPES: &[&str] = &["email-verification", "sign-in", "forget-password", "change-email"];

/// Returns the kind of mail that has codes of a type.
fn kind(name: &str) -> Option<Kind> {
    match name {
        "email-verification" => Some(Kind::EmailVerificationOtp),
        "sign-in" => Some(Kind::SignInOtp),
        "forget-password" => Some(Kind::ForgetPasswordOtp),
        "change-email" => Some(Kind::ChangeEmailOtp),
        _ => None,
    }
}

fn read_kind(fields: &mut Fields<'_>, name: &'static str) -> Kind {
    let found = fields.value(name).and_then(serde_json::Value::as_str).and_then(kind);
    if found.is_none() && fields.is_object() {
        let all = TYPES.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join("|");
        fields.wrong(name, &format!("Invalid option: expected one of {all}"));
    }
    found.unwrap_or(Kind::SignInOtp)
}

body! {
    /// `POST /email-otp/send-verification-otp`.
    pub(super) struct Send {
        /// The address as typed.
        pub(super) email: String = text("email"),
        /// What the code is for.
        pub(super) kind: Kind = member("type", Shape::OneOf(TYPES), read_kind),
    }
}

body! {
    /// `POST /email-otp/check-verification-otp`.
    pub(super) struct Check {
        /// The address as typed.
        pub(super) email: String = text("email"),
        /// What the code is for.
        pub(super) kind: Kind = member("type", Shape::OneOf(TYPES), read_kind),
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
    (Reads::body::<Self>(), |raw| Fields::of(raw, &["object", "record"]))
    /// `POST /sign-in/email-otp`.
    pub(super) struct SignIn {
        /// The address as typed.
        pub(super) email: String = text("email"),
        /// The code as typed.
        pub(super) otp: String = text("otp"),
        /// The name of a new user.
        pub(super) name: Option<String> = optional_text("name"),
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
pub(super) struct SignedIn<'a> {
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
