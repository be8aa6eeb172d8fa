//! The errors that clients see: a code that programs compare, and the message that better-auth sends with it (spec core §2.2). The
//! status is chosen where the error is raised, because one code has several.

/// A code and its message, which are always sent together. Nothing depends on the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// The stable name.
    pub name: &'static str,
    /// The English message.
    pub message: &'static str,
}

/// Declares codes, each as `NAME = "message";`: a constant for each, and `CODES`, which lists them.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $message:literal;)*) => {
        $($(#[$doc])* pub const $name: $crate::code::Code =
            $crate::code::Code { name: stringify!($name), message: $message };)*

        /// These codes.
        pub const CODES: &[$crate::code::Code] = &[$($name),*];
    };
}
pub(crate) use codes;

codes! {
    /// The account has no access token.
    ACCESS_TOKEN_NOT_FOUND = "Access token not found";
    /// The flow has no callback URL.
    CALLBACK_URL_REQUIRED = "callbackURL is required";
    /// The provider returned no token, or the stored one cannot be read.
    FAILED_TO_GET_ACCESS_TOKEN = "Failed to get a valid access token";
    /// The provider returned no new token.
    FAILED_TO_REFRESH_ACCESS_TOKEN = "Failed to refresh access token";
    /// An ID token alone cannot sign in with this provider.
    ID_TOKEN_NOT_SUPPORTED = "id_token not supported";
    /// The account has another address than the user.
    LINKING_DIFFERENT_EMAILS_NOT_ALLOWED = "Account not linked - different emails not allowed";
    /// The account's row could not be written.
    LINKING_FAILED = "Account not linked - unable to create account";
    /// The provider does not vouch for the address.
    LINKING_NOT_ALLOWED = "Account not linked - linking not allowed";
    /// The account is not linked to a user; the message says why.
    OAUTH_LINK_ERROR = "account not linked";
    /// The account's provider is not configured.
    PROVIDER_NOT_CONFIGURED = "Account is not associated with a configured social provider.";
    /// No such provider is configured.
    PROVIDER_NOT_FOUND = "Provider not found";
    /// The account's provider is not configured; the message names it.
    PROVIDER_NOT_SUPPORTED = "Provider is not supported.";
    /// The provider's discovery document is unavailable. Only gatepost has this code.
    PROVIDER_UNAVAILABLE = "The provider is temporarily unavailable. Try again shortly.";
    /// The account has no refresh token.
    REFRESH_TOKEN_NOT_FOUND = "Refresh token not found";
    /// The account is another user's.
    SOCIAL_ACCOUNT_ALREADY_LINKED = "Social account already linked";
    /// The provider returned no address.
    USER_EMAIL_NOT_FOUND = "User email not found";
    /// The client may not set the field that the message names.
    FIELD_NOT_ALLOWED = "Field not allowed to be set";
    /// An administrator acts as the user. Only gatepost has this code.
    NOT_WHILE_IMPERSONATING = "You cannot do this while impersonating a user";
    /// A required field is missing; the message names it.
    MISSING_FIELD = "Missing field";
    /// The user has no such account.
    ACCOUNT_NOT_FOUND = "Account not found";
    /// `[user.change_email] enabled` is off.
    CHANGE_EMAIL_DISABLED = "Change email is disabled";
    /// The user has no password.
    CREDENTIAL_ACCOUNT_NOT_FOUND = "Credential account not found";
    /// The address is confirmed already.
    EMAIL_ALREADY_VERIFIED = "Email is already verified";
    /// The address is changed by another endpoint.
    EMAIL_CAN_NOT_BE_UPDATED = "Email can not be updated";
    /// The address is not the signed-in user's.
    EMAIL_MISMATCH = "Email mismatch";
    /// The link requires a signed-in user.
    FAILED_TO_GET_USER_INFO = "Failed to get user info";
    /// The account is the user's only way to sign in.
    FAILED_TO_UNLINK_LAST_ACCOUNT = "You can't unlink your last account";
    /// The password is not the user's.
    INVALID_PASSWORD = "Invalid password";
    /// The token is unknown, used, or for another purpose.
    INVALID_TOKEN = "Invalid token";
    /// Another user is signed in.
    INVALID_USER = "Invalid user";
    /// The feature is off.
    NOT_FOUND = "Not found";
    /// Mails that reset passwords are disabled.
    RESET_PASSWORD_DISABLED = "Reset password isn't enabled";
    /// The session is too old for this request.
    SESSION_EXPIRED = "Session expired. Re-authenticate to perform this action.";
    /// The session is too old for this request.
    SESSION_NOT_FRESH = "Session is not fresh";
    /// The token has expired.
    TOKEN_EXPIRED = "Token expired";
    /// The provider exchanges no refresh tokens; the message names it.
    TOKEN_REFRESH_NOT_SUPPORTED = "Provider does not support token refreshing.";
    /// No user is signed in.
    UNAUTHORIZED = "Unauthorized";
    /// The token's user does not exist any more.
    USER_NOT_FOUND = "User not found";
    /// Mails that confirm addresses are disabled.
    VERIFICATION_EMAIL_NOT_ENABLED = "Verification email isn't enabled";
    /// The body is not JSON.
    BAD_REQUEST = "Invalid JSON in request body";
    /// A browser's navigation from another site tries to sign in.
    CROSS_SITE_NAVIGATION_LOGIN_BLOCKED = "Cross-site navigation login blocked. This request appears to be a CSRF attack.";
    /// The database did not answer. Only gatepost has this code: better-auth answers 500 without one (docs/DIFFERENCES.md).
    DATABASE_UNAVAILABLE = "The service is temporarily unavailable. Try again shortly.";
    /// The secondary storage did not answer. Only gatepost has this code (docs/DIFFERENCES.md).
    SECONDARY_STORAGE_UNAVAILABLE = "The service is temporarily unavailable. Try again shortly.";
    /// Passwords are disabled.
    EMAIL_PASSWORD_DISABLED = "Email and password is not enabled";
    /// Sign-up is disabled.
    EMAIL_PASSWORD_SIGN_UP_DISABLED = "Email and password sign up is not enabled";
    /// The address must be confirmed first.
    EMAIL_NOT_VERIFIED = "Email not verified";
    /// The session's row could not be written.
    FAILED_TO_CREATE_SESSION = "Failed to create session";
    /// The user's row could not be written.
    FAILED_TO_CREATE_USER = "Failed to create user";
    /// The session ended while it was being extended.
    FAILED_TO_GET_SESSION = "Failed to get session";
    /// The session's row does not take the values. Only gatepost has this code: better-auth answers 500 without one.
    FAILED_TO_UPDATE_SESSION = "Failed to update session";
    /// The user's row does not take the values.
    FAILED_TO_UPDATE_USER = "Failed to update user";
    /// `callbackURL` leads to an origin that is not trusted.
    INVALID_CALLBACK_URL = "Invalid callbackURL";
    /// The address is not valid.
    INVALID_EMAIL = "Invalid email";
    /// The user is unknown or the password is wrong, which the client cannot distinguish.
    INVALID_EMAIL_OR_PASSWORD = "Invalid email or password";
    /// `errorCallbackURL` leads to an origin that is not trusted.
    INVALID_ERROR_CALLBACK_URL = "Invalid errorCallbackURL";
    /// `newUserCallbackURL` leads to an origin that is not trusted.
    INVALID_NEW_USER_CALLBACK_URL = "Invalid newUserCallbackURL";
    /// The request comes from an origin that is not trusted.
    INVALID_ORIGIN = "Invalid origin";
    /// `redirectTo` leads to an origin that is not trusted.
    INVALID_REDIRECT_URL = "Invalid redirectURL";
    /// `POST /get-session` was used while `session.defer_session_refresh` is off.
    METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED = "POST method requires deferSessionRefresh to be enabled in session config";
    /// The request has cookies but no origin.
    MISSING_OR_NULL_ORIGIN = "Missing or null Origin";
    /// Too much work is waiting in this instance. Only gatepost has this code.
    OVERLOADED = "The service is busy. Try again shortly.";
    /// The password has too many characters.
    PASSWORD_TOO_LONG = "Password too long";
    /// The password has too few characters.
    PASSWORD_TOO_SHORT = "Password too short";
    /// The body is larger than the platform allows. Only gatepost has this code: better-auth has no limit.
    PAYLOAD_TOO_LARGE = "The request body is too large";
    /// The body did not arrive in time. Only gatepost has this code.
    REQUEST_TIMEOUT = "The request body did not arrive in time";
    /// The variables or gatepost.toml are wrong; the log says where. Only gatepost has this code.
    SERVER_MISCONFIGURED = "The service is not configured correctly";
    /// The address has a user already.
    USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL = "User already exists. Use another email.";
    /// The body or the query has the wrong shape; the message lists every issue.
    VALIDATION_ERROR = "Validation Error";
    /// A column does not take a value. Only gatepost has this code: better-auth answers 500 without one.
    VALUE_NOT_STORABLE = "A value cannot be stored";
    /// The endpoint does not read the body's content type; the message lists the types that it reads.
    UNSUPPORTED_MEDIA_TYPE = "Unsupported media type";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declarations;

    /// The codes whose message better-auth writes where it raises them, and those of gatepost alone.
    const INLINE: &[&str] = &[
        "ACCESS_TOKEN_NOT_FOUND",
        "FAILED_TO_GET_ACCESS_TOKEN",
        "FAILED_TO_REFRESH_ACCESS_TOKEN",
        "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED",
        "LINKING_FAILED",
        "LINKING_NOT_ALLOWED",
        "OAUTH_LINK_ERROR",
        "ORGANIZATION_DELETION_DISABLED",
        "PROVIDER_NOT_CONFIGURED",
        "PROVIDER_NOT_SUPPORTED",
        "PROVIDER_UNAVAILABLE",
        "REFRESH_TOKEN_NOT_FOUND",
        "TOKEN_REFRESH_NOT_SUPPORTED",
        "BAD_REQUEST",
        "DATABASE_UNAVAILABLE",
        "EMAIL_PASSWORD_DISABLED",
        "EMAIL_PASSWORD_SIGN_UP_DISABLED",
        "FAILED_TO_UPDATE_SESSION",
        "FIELD_NOT_ALLOWED",
        "MISSING_FIELD",
        "NOT_FOUND",
        "NOT_WHILE_IMPERSONATING",
        "OVERLOADED",
        "PAYLOAD_TOO_LARGE",
        "REQUEST_TIMEOUT",
        "RESET_PASSWORD_DISABLED",
        "SECONDARY_STORAGE_UNAVAILABLE",
        "SERVER_MISCONFIGURED",
        "UNAUTHORIZED",
        "UNSUPPORTED_MEDIA_TYPE",
        "VALUE_NOT_STORABLE",
    ];

    /// The features that better-auth does not have.
    const OF_GATEPOST: &[&str] = &["audit", "cleanup", "custom_session", "events", "hooks", "sign_up"];

    #[test]
    fn every_message_is_the_one_of_better_auth() {
        let read = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        let core = read(include_str!("../../../tests/vectors/core.json"));
        let plugins = read(include_str!("../../../tests/vectors/sign-in-plugins.json"));
        let management = read(include_str!("../../../tests/vectors/management-plugins.json"));
        for code in CODES.iter().filter(|code| !INLINE.contains(&code.name)) {
            assert_eq!(core["base_error_codes"][code.name], code.message, "{}", code.name);
        }
        let of_better_auth = declarations::DOCUMENTATION.iter().filter(|(feature, _)| !OF_GATEPOST.contains(feature));
        for (feature, documentation) in of_better_auth {
            for code in documentation.codes.iter().filter(|code| !INLINE.contains(&code.name)) {
                let of_plugin =
                    |vectors: &serde_json::Value| vectors["error_codes"][feature.replace('_', "-")][code.name].clone();
                let message = [of_plugin(&plugins), of_plugin(&management)].into_iter().find(|found| !found.is_null());
                assert_eq!(message.unwrap_or_default(), code.message, "{feature}: {}", code.name);
            }
        }
    }
}
