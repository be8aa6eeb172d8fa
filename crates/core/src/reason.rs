//! Why a session is `null` or a request is refused, by names that operators can search for, with what each means and what to do.

/// Why a session is `null` or a request is refused. The names are stable: they stand in the log line of the request and, in
/// development, in the header `x-gatepost-reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason(&'static str);

impl Reason {
    /// A reason with this stable name, in snake case.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The stable name, in snake case.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// A reason in words, for `gatepost explain`. No function is linked with them.
#[derive(Debug, Clone, Copy)]
pub struct Explained {
    /// The reason.
    pub reason: Reason,
    /// What it means.
    pub what: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// Declares reasons, `Name = "stable_name": "what it means", "what to do";` each: constants of [`Reason`], and `REASONS`, which
/// explains them.
macro_rules! reasons {
    ($($variant:ident = $name:literal: $what:literal, $fix:literal;)*) => {
        #[allow(non_upper_case_globals, reason = "they read like the variants of an enum that each feature extends")]
        impl $crate::reason::Reason {
            $(#[doc = $what] pub const $variant: Self = Self::new($name);)*
        }

        /// These reasons in words.
        pub const REASONS: &[$crate::reason::Explained] = &[$(
            $crate::reason::Explained { reason: $crate::reason::Reason::$variant, what: $what, fix: $fix },
        )*];
    };
}
pub(crate) use reasons;

reasons! {
    RateLimited = "rate_limited":
        "the client has reached its rate limit",
        "wait as `x-retry-after` says; behind a proxy see that `advanced.ip_address` tells clients apart, or change \
         `[rate_limit]`";
    RateLimitedWithoutAddress = "rate_limited_without_address":
        "no header names the client's address, and all clients without one share a rate limit, which is reached",
        "set `advanced.ip_address.ip_address_headers` to the header in which the proxy names the client, or `trusted_proxies` \
         to the proxies that add to it";
    NoSessionCookie = "no_session_cookie":
        "the request has no session cookie of the configured name",
        "the user is not signed in, or the browser does not send the cookie: `gatepost doctor --url … --origin …` says why; \
         `gatepost explain` with the request's Cookie header says whether the cookie has another name";
    BadCookieSignature = "bad_cookie_signature":
        "the session cookie is signed with none of the secrets",
        "the secret was changed or is another environment's, or a proxy rewrites the cookie: `gatepost explain` with the \
         Cookie header says which applies. List the older secret in BETTER_AUTH_SECRETS, or sign in again";
    UnknownSession = "unknown_session":
        "the cookie is genuine, and no session has its token",
        "it was signed out or revoked, or is in another database: compare DATABASE_URL with that of the deployment that set \
         the cookie; without a database, the cookie with the session is missing or too old. Sign in again";
    SessionRevoked = "session_revoked":
        "all sessions of the user from that time were revoked, and this one is still in the secondary storage",
        "the session was meant to end: sign in again. If no one revoked it, compare the clocks of the servers: `gatepost \
         doctor`";
    SessionExpired = "session_expired":
        "the session is past its expiry",
        "sign in again; if it is too early, raise `session.expires_in`, see that `session.disable_session_refresh` is off, and \
         compare the clocks: `gatepost doctor`";
    UserGone = "user_gone":
        "the session is there, and its user is not",
        "the user's row was removed without the service, without the foreign key that removes sessions: remove the session \
         too, and sign up again";
    SessionEndedMeanwhile = "session_ended_meanwhile":
        "the session ended while the request was answered",
        "the user signed out in another tab or ended the session elsewhere, or a trigger keeps its row from being updated: try again, and look for triggers on \
         the table";
    SessionNotFresh = "session_not_fresh":
        "the sign-in is longer ago than `session.fresh_age`, and this endpoint asks for a fresh one",
        "sign in again before it, or raise `session.fresh_age`";
    UnknownRoute = "unknown_route":
        "nothing answers at this path and method",
        "compare the client's `basePath` with `base_path`; after a change of either: `cargo gatepost generate`, and deploy";
    DisabledPath = "disabled_path":
        "the path is one of `disabled_paths`",
        "take it out of `disabled_paths`";
    DeferredRefreshDisabled = "deferred_refresh_disabled":
        "get-session was posted to, and `session.defer_session_refresh` is off",
        "read it by GET, or switch `session.defer_session_refresh` on";
    UnsupportedContentType = "unsupported_content_type":
        "the endpoint does not read this content type",
        "send `content-type: application/json`";
    MalformedJson = "malformed_json":
        "the body is not JSON",
        "send JSON";
    BodyTooLarge = "body_too_large":
        "the body is larger than the limit",
        "send less";
    BodyIncomplete = "body_incomplete":
        "the body ended before its announced length",
        "send it again; a proxy may cut it";
    BodyTooSlow = "body_too_slow":
        "the body did not come within ten seconds",
        "send the body at once; slow bodies may be an attack";
    InvalidInput = "invalid_input":
        "the body or the query has the wrong shape",
        "the answer lists every issue";
    MissingOrigin = "missing_origin":
        "the request has cookies and neither Origin nor Referer",
        "a server or an app that sends cookies has to send `Origin` too; a proxy must let it pass";
    UntrustedOrigin = "untrusted_origin":
        "the request comes from an origin that is not trusted",
        "add the page's origin to BETTER_AUTH_TRUSTED_ORIGINS and deploy; `gatepost doctor --origin …` checks it";
    CrossSiteNavigation = "cross_site_navigation":
        "a navigation from another site tries to sign in",
        "sign in from a page of a trusted origin, by script";
    UntrustedRedirect = "untrusted_redirect":
        "a URL of the request leads to an origin that is not trusted",
        "add its origin to BETTER_AUTH_TRUSTED_ORIGINS, or use a path";
    PasswordsDisabled = "passwords_disabled":
        "passwords are switched off",
        "set `[email_and_password] enabled = true`";
    SignUpDisabled = "sign_up_disabled":
        "sign-up is switched off",
        "set `email_and_password.disable_sign_up = false`";
    InvalidEmail = "invalid_email":
        "the email address is not valid",
        "send a valid one";
    PasswordTooShort = "password_too_short":
        "the password is below `min_password_length`",
        "choose a longer one";
    PasswordTooLong = "password_too_long":
        "the password is above `max_password_length`",
        "choose a shorter one";
    EmailTaken = "email_taken":
        "the address has a user already",
        "sign in";
    UnknownUser = "unknown_user":
        "no user has the address or the username",
        "sign up; if the user should be there, DATABASE_URL leads to another database";
    NoPassword = "no_password":
        "the user signs in by other means and has no password",
        "set one by the mailed link";
    WrongPassword = "wrong_password":
        "the password is not the user's",
        "try again, or replace it by the mailed link";
    EmailNotVerified = "email_not_verified":
        "the address is not confirmed, and `require_email_verification` is on",
        "follow the mailed link; if no mail comes: `gatepost doctor` checks the transport";
    InvalidToken = "invalid_token":
        "the token is unknown, used, altered, or made for another purpose",
        "ask for a new one; for a JWT, `gatepost explain --authorization` says which claim is wrong";
    TokenExpired = "token_expired":
        "the token is past its expiry",
        "get a new one; a client of GET /token has to fetch one before `exp`. If it is too early, compare the clocks: \
         `gatepost doctor`";
    AnotherUser = "another_user":
        "the token is valid, and another user is signed in",
        "sign out first";
    FeatureDisabled = "feature_disabled":
        "the feature is switched off, or its mail has no transport",
        "switch it on in gatepost.toml, and set EMAIL_URL where it mails";
    NothingToUpdate = "nothing_to_update":
        "the request contains no field that can be changed",
        "send a field that may be set";
    SameEmail = "same_email":
        "the address is the user's already",
        "nothing";
    EmailMismatch = "email_mismatch":
        "the address is not the signed-in user's",
        "send the user's own";
    EmailAlreadyVerified = "email_already_verified":
        "the address is confirmed already",
        "nothing";
    UnknownProvider = "unknown_provider":
        "no provider of this name is configured",
        "set its `<NAME>_CLIENT_ID` and `<NAME>_CLIENT_SECRET`, or compare the name with `[social]`";
    ProviderUnavailable = "provider_unavailable":
        "the provider's discovery document could not be fetched",
        "the cause in the log says why; compare `discovery_url`, and try again";
    NoState = "no_state":
        "the provider came back without a state",
        "begin to sign in again";
    UnknownState = "unknown_state":
        "no flow has the state: it is over, was used already, or never began",
        "begin again; if it persists, the flow began on a deployment with another database: compare DATABASE_URL";
    StateOfAnotherBrowser = "state_of_another_browser":
        "the flow was begun by another browser, or its cookie is gone",
        "begin again in this one; if it persists, the cookie is blocked: `gatepost doctor --url … --origin …`";
    InvalidState = "invalid_state":
        "the cookie with the flow's state cannot be read",
        "begin again; if it persists, the deployments that begin and end flows have different secrets";
    StateExpired = "state_expired":
        "the flow took longer than ten minutes",
        "begin again";
    HandOverRefused = "hand_over_refused":
        "what the production deployment handed over is another preview's, too old, or of another key",
        "begin again; compare GATEPOST_PREVIEW_KEY of production and preview";
    StateOfAnotherProvider = "state_of_another_provider":
        "the flow was begun with another provider",
        "begin again";
    ProviderRefused = "provider_refused":
        "the provider or the user refused",
        "`error` in the URL says which; the provider's console says what the client may do";
    NoCode = "no_code":
        "the provider came back without a code",
        "begin again";
    IssuerMismatch = "issuer_mismatch":
        "the answer comes from another issuer",
        "compare `discovery_url` with the issuer that the provider calls itself";
    NoNonce = "no_nonce":
        "the flow has no nonce, and the provider's ID tokens must be bound to one",
        "begin again: flows of another server have none. Else `disable_id_token_nonce_binding`";
    CodeRefused = "code_refused":
        "the provider did not take the code",
        "the cause in the log has its words; usually the client's secret or the registered callback is wrong";
    NoProfile = "no_profile":
        "the provider did not say who the user is, or the answer could not be trusted",
        "the cause in the log says why; the provider's console says what the client may read";
    NoProviderEmail = "no_provider_email":
        "the provider did not give an email address",
        "ask for the scope that has it, or let the person add one to the account there";
    IdTokenUnsupported = "id_token_unsupported":
        "this provider does not support signing in with an ID token alone",
        "begin a flow, or see that `disable_id_token_sign_in` is off";
    InvalidIdToken = "invalid_id_token":
        "the ID token is not valid",
        "the cause in the log names the claim and its two values; usually the client's identifier is another";
    AccountNotLinked = "account_not_linked":
        "the address has a user, and the rules do not link the account to it",
        "sign in as before and link from there, or see `[account.account_linking]`";
    LinkSessionOver = "link_session_over":
        "the session that began to link an account is over",
        "sign in, and link again";
    LinkOfAnotherSession = "link_of_another_session":
        "the browser that came back does not have the session that began to link an account",
        "begin and end in one browser, with one user signed in, and let its session cookie be SameSite=Lax or None";
    LinkedElsewhere = "linked_elsewhere":
        "the account is another user's",
        "unlink it there first";
    AmbiguousAccount = "ambiguous_account":
        "two users have the account",
        "find out whose it is, and unlink it from the other user: two rows of the table of accounts have its `providerId` and \
         `accountId`";
    NoProviderToken = "no_provider_token":
        "the account has no refresh token, or no access token",
        "sign in with the provider again; for a refresh token ask for it: `access_type = \"offline\"`, or its scope";
    ProviderTokenRefused = "provider_token_refused":
        "the provider gave no new token",
        "the cause in the log has its words; sign in with the provider again";
    UnknownAccount = "unknown_account":
        "the user has no such account",
        "take one of GET /list-accounts";
    LastAccount = "last_account":
        "it is the user's only way to sign in",
        "add another first, or set `account.account_linking.allow_unlinking_all = true`";
    NoSigningKey = "no_signing_key":
        "no signing key was available",
        "the cause in the log says why; `gatepost doctor` checks whether the secret decrypts the keys";
    MalformedPasswordHash = "malformed_password_hash":
        "the user's password hash is not in a form that better-auth writes",
        "let the user set a new one by the mailed link";
    RowRefused = "row_refused":
        "the database refused the row",
        "the cause in the log names SQLSTATE, table, column, type and constraint; `gatepost doctor` says what to configure";
    DatabaseUnavailable = "database_unavailable":
        "the database could not be reached, closed the connection or answered too late",
        "`gatepost doctor` says how it is reached; the client may try again";
    DatabaseConflict = "database_conflict":
        "the database undid the statement twice: a deadlock, or changes of others to the same rows",
        "the client may try again; if it stays, look for triggers and services that lock the same rows in another order";
    PoolExhausted = "pool_exhausted":
        "every connection of the pool stayed in use",
        "raise `database.max_connections`, or look for slow statements";
    SecondaryStorageUnavailable = "secondary_storage_unavailable":
        "the secondary storage could not be reached, refused a command or answered too late",
        "the log's `cause` says which: see that REDIS_URL, or the REST address and token, lead to it and that it takes writes: \
         `gatepost doctor`";
    DatabaseError = "database_error":
        "the database answered with an unexpected error",
        "the cause in the log has it; a missing table or column: `gatepost doctor`, then `cargo gatepost migrate`";
    Overloaded = "overloaded":
        "too many password hashes wait",
        "try again; if it persists, someone may be guessing passwords: see `[rate_limit]`";
    Misconfigured = "misconfigured":
        "the variables or gatepost.toml are wrong",
        "the cause in the log lists every problem with what to write; so does `gatepost doctor`";
    UnwritableHeader = "unwritable_header":
        "a bug: a URL that is sent cannot stand in a header",
        "report it with the cause in the log";
    Panicked = "panicked":
        "a bug: the handler panicked",
        "report it with the cause in the log";
}
