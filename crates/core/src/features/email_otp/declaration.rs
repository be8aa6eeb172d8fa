//! The section `[email_otp]` (spec sign-in-plugins §3.1).

use crate::{
    code::codes,
    crypto::one_time_code::StoredForm,
    declaration::{Declaration, Documentation, Limit, LimitRule, Paths, Resource},
    options::{choice, count, lifetime, number, options, section, switch},
    reason::reasons,
};

/// The limit for one path.
const fn limited(path: &'static str) -> LimitRule {
    LimitRule { paths: Paths::Are(path), limit: Limit { window: 60, max: 3 } }
}

/// The feature.
pub const DECLARATION: Declaration = Declaration {
    limits: &[
        limited("/email-otp/send-verification-otp"),
        limited("/email-otp/check-verification-otp"),
        limited("/email-otp/verify-email"),
        limited("/sign-in/email-otp"),
        limited("/email-otp/request-password-reset"),
        limited("/email-otp/reset-password"),
        limited("/forget-password/email-otp"),
        limited("/email-otp/request-email-change"),
        limited("/email-otp/change-email"),
    ],
    absent: &[
        ("generate_otp", "a function cannot be configured; codes are random digits"),
        (
            "rate_limit",
            "write rules for the paths below `/email-otp/`, `/sign-in/email-otp` and `/forget-password/email-otp` in `[rate_limit.custom_rules]`",
        ),
    ],
    ..Declaration::of("email_otp")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

options! {
    /// Codes by mail that sign in, confirm an address, set a new password or change the address: better-auth's plugin `emailOTP`. At
    /// most ten codes are mailed to an address in a quarter of an hour.
    pub struct EmailOtp {
        /// `/sign-in/email-otp` and the endpoints below `/email-otp/` answer.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Codes are mailed (`sign-in-otp`, `email-verification-otp`, `forget-password-otp`, `change-email-otp`). With `false` gatepost
        /// only accepts the codes of another server with the same database.
        send: bool = switch("send_verification_otp", true).needs(Resource::Mail),
        /// Digits of a code.
        length: u32 = number("otp_length", 4, 16, 6),
        /// How long a code works, in seconds.
        expires_in: u32 = lifetime("expires_in", 300),
        /// How many codes may be tried for one that was mailed; with `0` the default holds.
        allowed_attempts: u32 = count("allowed_attempts", 20, 3),
        /// How codes are stored: `"plain"`, `"encrypted"` or `"hashed"`. Both servers must have the same.
        store: StoredForm = choice("store_otp", PLAIN, &[PLAIN, ("encrypted", StoredForm::Encrypted), ("hashed", StoredForm::Hashed)]),
        /// `"reuse"`: a code that still works is mailed again, and works for the whole time again. Hashed codes cannot be mailed again.
        /// `"rotate"`: each mail has a new code, and only the newest works.
        reuses: bool = choice("resend_strategy", ROTATE, &[ROTATE, ("reuse", true)]),
        /// A code signs in existing users only.
        disable_sign_up: bool = switch("disable_sign_up", false),
        /// A sign-up mails a code that confirms the address.
        send_on_sign_up: bool = switch("send_verification_on_sign_up", false),
        /// Wherever gatepost would mail the link that confirms an address, it mails a code.
        overrides_links: bool = switch("override_default_email_verification", false),
        /// Changes of the address.
        change_email: ChangeEmailOtp = section::<ChangeEmailOtp>("change_email"),
    }
}

options! {
    /// Changes of the address by a code that is mailed to the new one.
    pub struct ChangeEmailOtp {
        /// `/email-otp/request-email-change` and `/email-otp/change-email` change the address.
        enabled: bool = switch("enabled", false),
        /// The request must have a code that was mailed to the current address (type `email-verification`).
        verify_current: bool = switch("verify_current_email", false),
    }
}

const PLAIN: (&str, StoredForm) = ("plain", StoredForm::Plain);
const ROTATE: (&str, bool) = ("rotate", false);

reasons! {
    NoMailedCode = "no_mailed_code":
        "no code was mailed for this, or it was redeemed or replaced",
        "request a new one; only the newest code works, and `email_otp.store_otp` must be the same on every server of the database";
    WrongMailedCode = "wrong_mailed_code":
        "the mailed code is wrong",
        "try the newest mail; `email_otp.allowed_attempts` is the number of tries";
    MailedCodeExpired = "mailed_code_expired":
        "the mailed code has expired",
        "request a new one; `email_otp.expires_in` is its lifetime";
    MailedCodeSpent = "mailed_code_spent":
        "too many codes were tried for one mail",
        "request a new one. If users did not try, an attacker may be guessing: check `[rate_limit]`";
    MailedCodeOvertaken = "mailed_code_overtaken":
        "the password or the address was changed after the code was mailed",
        "request a new one";
    UnreadableMailedCode = "unreadable_mailed_code":
        "the stored code cannot be decrypted",
        "the cause in the log says which secret is missing: list it in BETTER_AUTH_SECRETS again. After a change of \
         `email_otp.store_otp`, request a new code";
}

codes! {
    /// The code is wrong, was redeemed or replaced, or was never mailed.
    INVALID_OTP = "Invalid OTP";
    /// The code has expired.
    OTP_EXPIRED = "OTP expired";
    /// Too many codes were tried.
    TOO_MANY_ATTEMPTS = "Too many attempts";
}
