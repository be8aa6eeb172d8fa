//! Every reason in words: what it means, and what to do. The names are in `x-gatepost-reason` and in the log.

use gatepost_core::reason::Reason;

/// What the reason means, and what to do.
pub fn advice(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::NoSessionCookie => (
            "the request has no session cookie of the configured name",
            "the user is not signed in, or the browser does not send the cookie: `gatepost doctor --url … --origin …` says why; `gatepost explain` with \
             the request's Cookie header says whether the cookie has another name",
        ),
        Reason::BadCookieSignature => (
            "the session cookie is signed with none of the secrets",
            "the secret was changed or is another environment's, or a proxy rewrites the cookie: `gatepost explain` with the Cookie header \
             says which applies. List the older secret in BETTER_AUTH_SECRETS, or sign in again",
        ),
        Reason::UnknownSession => (
            "the cookie is genuine, and no session has its token",
            "it was signed out or revoked, or is in another database: compare DATABASE_URL with that of the deployment that set the cookie; \
             without a database, the cookie with the session is missing or too old. Sign in again",
        ),
        Reason::SessionRevoked => (
            "all sessions of the user from that time were revoked, and this one is still in the secondary storage",
            "the session was meant to end: sign in again. If no one revoked it, compare the clocks of the servers: `gatepost doctor`",
        ),
        Reason::SecondaryStorageUnavailable => (
            "the secondary storage could not be reached, refused a command or answered too late",
            "the log's `cause` says which: see that REDIS_URL, or the REST address and token, lead to it and that it takes writes: \
             `gatepost doctor`",
        ),
        Reason::SessionExpired => (
            "the session is past its expiry",
            "sign in again; if it is too early, raise `session.expires_in`, see that `session.disable_session_refresh` is off, and compare \
             the clocks: `gatepost doctor`",
        ),
        Reason::UserGone => (
            "the session is there, and its user is not",
            "the user's row was removed without the service, without the foreign key that removes sessions: remove the session too, and sign up again",
        ),
        Reason::SessionEndedMeanwhile => (
            "the session ended while it was being extended",
            "it was signed out in another tab, or a trigger keeps its row from being updated: try again, and look for triggers on the table",
        ),
        Reason::SessionNotFresh => (
            "the sign-in is longer ago than `session.fresh_age`, and this endpoint asks for a fresh one",
            "sign in again before it, or raise `session.fresh_age`",
        ),
        Reason::RateLimited => (
            "the client has reached its rate limit",
            "wait as `x-retry-after` says; behind a proxy see that `advanced.ip_address` tells clients apart, or change `[rate_limit]`",
        ),
        Reason::RateLimitedWithoutAddress => (
            "no header names the client's address, and all clients without one share a rate limit, which is reached",
            "set `advanced.ip_address.ip_address_headers` to the header in which the proxy names the client, or `trusted_proxies` to the proxies that add to it",
        ),
        Reason::UnknownRoute => (
            "nothing answers at this path and method",
            "compare the client's `basePath` with `base_path`; after a change of either: `cargo gatepost generate`, and deploy",
        ),
        Reason::DisabledPath => ("the path is one of `disabled_paths`", "take it out of `disabled_paths`"),
        Reason::DeferredRefreshDisabled => (
            "get-session was posted to, and `session.defer_session_refresh` is off",
            "read it by GET, or switch `session.defer_session_refresh` on",
        ),
        Reason::UnsupportedContentType => {
            ("the endpoint does not read this content type", "send `content-type: application/json`")
        }
        Reason::MalformedJson => ("the body is not JSON", "send JSON"),
        Reason::BodyTooLarge => ("the body is larger than the limit", "send less"),
        Reason::BodyIncomplete => ("the body ended before its announced length", "send it again; a proxy may cut it"),
        Reason::BodyTooSlow => {
            ("the body did not come within ten seconds", "send the body at once; slow bodies may be an attack")
        }
        Reason::InvalidInput => ("the body or the query has the wrong shape", "the answer lists every issue"),
        Reason::MissingOrigin => (
            "the request has cookies and neither Origin nor Referer",
            "a server or an app that sends cookies has to send `Origin` too; a proxy must let it pass",
        ),
        Reason::UntrustedOrigin => (
            "the request comes from an origin that is not trusted",
            "add the page's origin to BETTER_AUTH_TRUSTED_ORIGINS and deploy; `gatepost doctor --origin …` checks it",
        ),
        Reason::CrossSiteNavigation => {
            ("a navigation from another site tries to sign in", "sign in from a page of a trusted origin, by script")
        }
        Reason::UntrustedRedirect => (
            "a URL of the request leads to an origin that is not trusted",
            "add its origin to BETTER_AUTH_TRUSTED_ORIGINS, or use a path",
        ),
        Reason::PasswordsDisabled => ("passwords are switched off", "set `[email_and_password] enabled = true`"),
        Reason::SignUpDisabled => ("sign-up is switched off", "set `email_and_password.disable_sign_up = false`"),
        Reason::InvalidEmail => ("the email address is not valid", "send a valid one"),
        Reason::PasswordTooShort => ("the password is below `min_password_length`", "choose a longer one"),
        Reason::PasswordTooLong => ("the password is above `max_password_length`", "choose a shorter one"),
        Reason::InvalidUsername => (
            "the username is too short, too long, or has other characters than letters, digits, `_` and `.`",
            "choose another one, or change the lengths in `[username]`",
        ),
        Reason::UsernameTaken => ("another user has the username", "choose another one"),
        Reason::UsernameImmutable => (
            "the user has a username, and `username.immutable_username` keeps it",
            "nothing: it was meant to stay. An operator changes the row, or sets `immutable_username = false`",
        ),
        Reason::SecondFactorRequired => (
            "the credentials were right, and the user's second factor is waited for",
            "give the code to `/two-factor/verify-totp`, `/verify-otp` or `/verify-backup-code` with the cookies of this answer",
        ),
        Reason::NoPendingSignIn => (
            "the browser has no sign-in that waits for a second factor, or it is over or completed",
            "sign in again; if it stays, see that the browser sends the cookie `two_factor` back, and raise \
             `two_factor.two_factor_cookie_max_age` where ten minutes are too few",
        ),
        Reason::PendingSignInOvertaken => (
            "the password was changed since the sign-in began that waits for a second factor",
            "sign in again with the new password",
        ),
        Reason::WrongCode => (
            "the code of the second factor is wrong",
            "try the next one; where the codes of an app are never right, compare the clocks: `gatepost doctor`",
        ),
        Reason::CodeUsed => ("the code of the authenticator app was used before", "wait for the next one"),
        Reason::BackupCodeRace => ("the user's backup codes changed while one was used", "try again"),
        Reason::CodeExpired => (
            "no code was mailed to this sign-in, or it is over",
            "ask for a new one by `/two-factor/send-otp`; `two_factor.otp_options.period` is its lifetime in minutes",
        ),
        Reason::TooManyCodes => {
            ("too many codes were tried in one sign-in, or for one mail", "sign in again, or ask for a new code")
        }
        Reason::TooManyCodesMailed => (
            "ten codes were mailed to the user within a quarter of an hour",
            "wait; someone who knows the password may be asking for them: let the user change it",
        ),
        Reason::SecondFactorLocked => (
            "too many wrong codes lock the user's second factor for a while",
            "wait; someone who knows the password may be guessing: let the user change it. `[two_factor.account_lockout]` has the bounds",
        ),
        Reason::NoSecondFactor => (
            "the user has no second factor of this kind",
            "set one up by `/two-factor/enable`; `twoFactorMethods` of the sign-in's answer lists what the user has",
        ),
        Reason::SecondFactorThere => {
            ("the user has an authenticator app already", "remove it by `/two-factor/disable` first")
        }
        Reason::UnreadableSecondFactor => (
            "the row of the user's second factor cannot be decrypted",
            "the cause in the log says which secret is missing: list it in BETTER_AUTH_SECRETS again",
        ),
        Reason::EmailTaken => ("the address has a user already", "sign in"),
        Reason::UnknownUser => (
            "no user has the address or the username",
            "sign up; if the user should be there, DATABASE_URL leads to another database",
        ),
        Reason::NoPassword => ("the user signs in by other means and has no password", "set one by the mailed link"),
        Reason::WrongPassword => ("the password is not the user's", "try again, or replace it by the mailed link"),
        Reason::EmailNotVerified => (
            "the address is not confirmed, and `require_email_verification` is on",
            "follow the mailed link; if no mail comes: `gatepost doctor` checks the transport",
        ),
        Reason::InvalidToken => (
            "the token is unknown, used, altered, or made for another purpose",
            "ask for a new one; for a JWT, `gatepost explain --authorization` says which claim is wrong",
        ),
        Reason::TokenExpired => (
            "the token is past its expiry",
            "get a new one; a client of GET /token has to fetch one before `exp`. If it is too early, compare the clocks: `gatepost doctor`",
        ),
        Reason::AnotherUser => ("the token is valid, and another user is signed in", "sign out first"),
        Reason::FeatureDisabled => (
            "the feature is switched off, or its mail has no transport",
            "switch it on in gatepost.toml, and set EMAIL_URL where it mails",
        ),
        Reason::NothingToUpdate => {
            ("the request contains no field that can be changed", "send a field that may be set")
        }
        Reason::SameEmail => ("the address is the user's already", "nothing"),
        Reason::EmailMismatch => ("the address is not the signed-in user's", "send the user's own"),
        Reason::EmailAlreadyVerified => ("the address is confirmed already", "nothing"),
        Reason::UnknownProvider => (
            "no provider of this name is configured",
            "set its `<NAME>_CLIENT_ID` and `<NAME>_CLIENT_SECRET`, or compare the name with `[social]`",
        ),
        Reason::ProviderUnavailable => (
            "the provider's discovery document could not be fetched",
            "the cause in the log says why; compare `discovery_url`, and try again",
        ),
        Reason::NoState => ("the provider came back without a state", "begin to sign in again"),
        Reason::UnknownState => (
            "no flow has the state: it is over, was used already, or never began",
            "begin again; if it persists, the flow began on a deployment with another database: compare DATABASE_URL",
        ),
        Reason::StateOfAnotherBrowser => (
            "the flow was begun by another browser, or its cookie is gone",
            "begin again in this one; if it persists, the cookie is blocked: `gatepost doctor --url … --origin …`",
        ),
        Reason::InvalidState => (
            "the cookie with the flow's state cannot be read",
            "begin again; if it persists, the deployments that begin and end flows have different secrets",
        ),
        Reason::StateExpired => ("the flow took longer than ten minutes", "begin again"),
        Reason::HandOverRefused => (
            "what the production deployment handed over is another preview's, too old, or of another key",
            "begin again; compare GATEPOST_PREVIEW_KEY of production and preview",
        ),
        Reason::StateOfAnotherProvider => ("the flow was begun with another provider", "begin again"),
        Reason::ProviderRefused => (
            "the provider or the user refused",
            "`error` in the URL says which; the provider's console says what the client may do",
        ),
        Reason::NoCode => ("the provider came back without a code", "begin again"),
        Reason::IssuerMismatch => (
            "the answer comes from another issuer",
            "compare `discovery_url` with the issuer that the provider calls itself",
        ),
        Reason::NoNonce => (
            "the flow has no nonce, and the provider's ID tokens must be bound to one",
            "begin again: flows of another server have none. Else `disable_id_token_nonce_binding`",
        ),
        Reason::CodeRefused => (
            "the provider did not take the code",
            "the cause in the log has its words; usually the client's secret or the registered callback is wrong",
        ),
        Reason::NoProfile => (
            "the provider did not say who the user is, or the answer could not be trusted",
            "the cause in the log says why; the provider's console says what the client may read",
        ),
        Reason::NoProviderEmail => (
            "the provider did not give an email address",
            "ask for the scope that has it, or let the person add one to the account there",
        ),
        Reason::IdTokenUnsupported => (
            "this provider does not support signing in with an ID token alone",
            "begin a flow, or see that `disable_id_token_sign_in` is off",
        ),
        Reason::InvalidIdToken => (
            "the ID token is not valid",
            "the cause in the log names the claim and its two values; usually the client's identifier is another",
        ),
        Reason::AccountNotLinked => (
            "the address has a user, and the rules do not link the account to it",
            "sign in as before and link from there, or see `[account.account_linking]`",
        ),
        Reason::LinkOfAnotherSession => (
            "the browser that came back does not have the session that began to link an account",
            "begin and end in one browser, with one user signed in, and let its session cookie be SameSite=Lax or None",
        ),
        Reason::LinkSessionOver => ("the session that began to link an account is over", "sign in, and link again"),
        Reason::LinkedElsewhere => ("the account is another user's", "unlink it there first"),
        Reason::AmbiguousAccount => (
            "two users have the account",
            "find out whose it is, and unlink it from the other user: two rows of the table of accounts have its `providerId` and \
             `accountId`",
        ),
        Reason::NoProviderToken => (
            "the account has no refresh token, or no access token",
            "sign in with the provider again; for a refresh token ask for it: `access_type = \"offline\"`, or its scope",
        ),
        Reason::ProviderTokenRefused => {
            ("the provider gave no new token", "the cause in the log has its words; sign in with the provider again")
        }
        Reason::UnknownAccount => ("the user has no such account", "take one of GET /list-accounts"),
        Reason::LastAccount => (
            "it is the user's only way to sign in",
            "add another first, or set `account.account_linking.allow_unlinking_all = true`",
        ),
        Reason::NoSigningKey => (
            "no signing key was available",
            "the cause in the log says why; `gatepost doctor` checks whether the secret decrypts the keys",
        ),
        Reason::MalformedPasswordHash => (
            "the user's password hash is not in a form that better-auth writes",
            "let the user set a new one by the mailed link",
        ),
        Reason::RowRefused => (
            "the database refused the row",
            "the cause in the log names SQLSTATE, table, column, type and constraint; `gatepost doctor` says what to configure",
        ),
        Reason::DatabaseUnavailable => (
            "the database could not be reached, closed the connection or answered too late",
            "`gatepost doctor` says how it is reached; the client may try again",
        ),
        Reason::DatabaseConflict => (
            "the database undid the statement twice: a deadlock, or changes of others to the same rows",
            "the client may try again; if it stays, look for triggers and services that lock the same rows in another order",
        ),
        Reason::PoolExhausted => (
            "every connection of the pool stayed in use",
            "raise `database.max_connections`, or look for slow statements",
        ),
        Reason::DatabaseError => (
            "the database answered with an unexpected error",
            "the cause in the log has it; a missing table or column: `gatepost doctor`, then `cargo gatepost migrate`",
        ),
        Reason::Overloaded => (
            "too many password hashes wait",
            "try again; if it persists, someone may be guessing passwords: see `[rate_limit]`",
        ),
        Reason::Misconfigured => (
            "the variables or gatepost.toml are wrong",
            "the cause in the log lists every problem with what to write; so does `gatepost doctor`",
        ),
        Reason::UnwritableHeader => {
            ("a bug: a URL that is sent cannot stand in a header", "report it with the cause in the log")
        }
        Reason::Panicked => ("a bug: the handler panicked", "report it with the cause in the log"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_sentence_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for reason in Reason::ALL {
            let (what, fix) = advice(*reason);
            assert!(!fix.is_empty() && seen.insert(what), "{}: {what}", reason.name());
        }
    }
}
