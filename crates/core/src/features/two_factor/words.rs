//! The reasons and codes of second factors, with the meaning of each.

use crate::{code::codes, reason::reasons};

reasons! {
    SecondFactorRequired = "second_factor_required":
        "the credentials were right, and the sign-in waits for the user's second factor",
        "give the code to `/two-factor/verify-totp`, `/verify-otp` or `/verify-backup-code` with the cookies of this answer";
    NoPendingSignIn = "no_pending_sign_in":
        "the browser has no sign-in that waits for a second factor, or that has expired or is completed",
        "sign in again; if that does not help, check that the browser sends the cookie `two_factor` back, and raise \
         `two_factor.two_factor_cookie_max_age` if ten minutes are too few";
    PendingSignInOvertaken = "pending_sign_in_overtaken":
        "the password was changed after the waiting sign-in began",
        "sign in again with the new password";
    WrongCode = "wrong_code":
        "the code of the second factor is wrong",
        "try the next one; if the codes of an app are never right, compare the clocks with `gatepost doctor`";
    CodeUsed = "code_used":
        "the code of the authenticator app was used before",
        "wait for the next one";
    BackupCodeRace = "backup_code_race":
        "the user's backup codes changed while one was used",
        "try again";
    CodeExpired = "code_expired":
        "no code was mailed for this sign-in, or it has expired",
        "request a new one with `/two-factor/send-otp`; `two_factor.otp_options.period` is its lifetime in minutes";
    TooManyCodes = "too_many_codes":
        "too many codes were tried in one sign-in, or for one mail",
        "sign in again, or request a new code";
    TooManyCodesMailed = "too_many_codes_mailed":
        "ten codes were mailed to the user within a quarter of an hour",
        "wait; an attacker who knows the password may request the codes: let the user change it";
    SecondFactorLocked = "second_factor_locked":
        "too many wrong codes lock the user's second factor for a while",
        "wait; an attacker who knows the password may be guessing: let the user change it. `[two_factor.account_lockout]` sets the \
         limits";
    NoSecondFactor = "no_second_factor":
        "the user has no second factor of this kind",
        "set one up with `/two-factor/enable`; `twoFactorMethods` in the answer of the sign-in lists the user's methods";
    SecondFactorThere = "second_factor_there":
        "the user has an authenticator app already",
        "remove it with `/two-factor/disable` first";
    UnreadableSecondFactor = "unreadable_second_factor":
        "the row of the user's second factor cannot be decrypted",
        "the cause in the log says which secret is missing: list it in BETTER_AUTH_SECRETS again";
}

codes! {
    /// The second factor is locked for a while after too many wrong codes of the user.
    ACCOUNT_TEMPORARILY_LOCKED = "Too many failed verification attempts. Your account is temporarily locked. Please try again later.";
    /// The user has no backup codes.
    BACKUP_CODES_NOT_ENABLED = "Backup codes aren't enabled";
    /// The backup code is wrong or was used.
    INVALID_BACKUP_CODE = "Invalid backup code";
    /// The code is wrong or was used.
    INVALID_CODE = "Invalid code";
    /// No sign-in of this browser waits for a second factor.
    INVALID_TWO_FACTOR_COOKIE = "Invalid two factor cookie";
    /// No code was mailed, or it has expired.
    OTP_HAS_EXPIRED = "OTP has expired";
    /// Codes by mail are disabled.
    OTP_NOT_CONFIGURED = "OTP is not available";
    /// The user has not begun to set up a second factor.
    OTP_NOT_ENABLED = "OTP not enabled";
    /// Too many codes were tried in this sign-in, or for this mail.
    TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE = "Too many attempts. Please request a new code.";
    /// The user has an authenticator app already.
    TOTP_ALREADY_ENABLED = "TOTP is already enabled";
    /// Authenticator apps are disabled.
    TOTP_NOT_CONFIGURED = "TOTP is not available";
    /// The user has no authenticator app.
    TOTP_NOT_ENABLED = "TOTP not enabled";
    /// The user has no second factor.
    TWO_FACTOR_NOT_ENABLED = "Two factor isn't enabled";
}
