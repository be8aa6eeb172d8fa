//! The bodies and answers of the endpoints of phone numbers (spec sign-in-plugins §8.2).

use serde::Serialize;

use crate::{
    model::User,
    wire::{EndpointReads, Fields, body, input, optional_boolean, text},
};

body! {
    /// `POST /sign-in/phone-number`.
    pub(super) struct SignIn {
        /// The number as typed.
        pub(super) phone_number: String = text("phoneNumber"),
        /// The password as typed.
        pub(super) password: String = text("password"),
        /// Only `false` has an effect.
        pub(super) remember_me: Option<bool> = optional_boolean("rememberMe"),
    }
}

body! {
    /// `POST /phone-number/send-otp`.
    pub(super) struct Send {
        /// The number as typed.
        pub(super) phone_number: String = text("phoneNumber"),
    }
}

input! {
    // Two schemas in one: the known members, and a record of any.
    (EndpointReads::body::<Self>(), |raw| Fields::of(raw, &["object", "record"]))
    /// `POST /phone-number/verify`.
    pub(super) struct Verify {
        /// The number as typed.
        pub(super) phone_number: String = text("phoneNumber"),
        /// The code as typed.
        pub(super) code: String = text("code"),
        /// Whether no session opens.
        pub(super) disable_session: Option<bool> = optional_boolean("disableSession"),
        /// Whether the signed-in user gets the number.
        pub(super) update_phone_number: Option<bool> = optional_boolean("updatePhoneNumber"),
    }
}

body! {
    /// `POST /phone-number/request-password-reset`.
    pub(super) struct RequestReset {
        /// The number as typed.
        pub(super) phone_number: String = text("phoneNumber"),
    }
}

body! {
    /// `POST /phone-number/reset-password`.
    pub(super) struct Reset {
        /// The code as typed.
        pub(super) otp: String = text("otp"),
        /// The number as typed.
        pub(super) phone_number: String = text("phoneNumber"),
        /// The new password as typed.
        pub(super) new_password: String = text("newPassword"),
    }
}

/// The answer of `POST /phone-number/send-otp`.
#[derive(Serialize)]
pub(super) struct Message {
    /// A sentence for developers.
    pub(super) message: &'static str,
}

/// The answer of a sign-in.
#[derive(Serialize)]
pub(super) struct SignInAnswer<'a> {
    /// The token of the session.
    pub(super) token: &'a str,
    /// The user.
    pub(super) user: &'a User,
}

/// The answer of a verified number.
#[derive(Serialize)]
pub(super) struct Verified<'a> {
    /// Always `true`.
    pub(super) status: bool,
    /// The token of the session, if there is one.
    pub(super) token: Option<&'a str>,
    /// The user.
    pub(super) user: &'a User,
}
