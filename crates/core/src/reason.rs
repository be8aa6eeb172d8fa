//! The reasons why a session is `null` or a request is refused: names that operators can search for, with their meaning and the
//! fix.

/// The reason why a session is `null` or a request is refused. The names are stable: they are in the log line of the request and,
/// in development, in the header `x-gatepost-reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason(&'static str);

impl Reason {
    /// Creates a reason with this stable name, in snake case.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Returns the stable name, in snake case.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// A reason with its explanation, for `gatepost explain`. Functions do not contain the explanations.
#[derive(Debug, Clone, Copy)]
pub struct ExplainedReason {
    /// The reason.
    pub reason: Reason,
    /// The meaning of the reason.
    pub what: &'static str,
    /// The fix.
    pub fix: &'static str,
}

/// Declares reasons, each as `Name = "stable_name": "meaning", "fix";`: constants of [`Reason`], and `REASONS`, which explains
/// them.
macro_rules! reasons {
    ($($variant:ident = $name:literal: $what:literal, $fix:literal;)*) => {
        #[allow(non_upper_case_globals, reason = "they read like the variants of an enum that each feature extends")]
        impl $crate::reason::Reason {
            $(#[doc = $what] pub const $variant: Self = Self::new($name);)*
        }

        /// These reasons in words.
        pub const REASONS: &[$crate::reason::ExplainedReason] = &[$(
            $crate::reason::ExplainedReason { reason: $crate::reason::Reason::$variant, what: $what, fix: $fix },
        )*];
    };
}
pub(crate) use reasons;

reasons! {
    RateLimited = "rate_limited":
        "the client has reached its rate limit",
        "wait as `x-retry-after` says; behind a proxy, check that `advanced.ip_address` distinguishes clients, or change \
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
        "the cookie is genuine, but no session has its token",
        "the session was signed out or revoked, or is in another database: compare DATABASE_URL with that of the deployment that \
         set the cookie; without a database, the cached session is missing or too old. Sign in again";
    SessionRevoked = "session_revoked":
        "all sessions of the user from that time were revoked, and this one is still in the secondary storage",
        "the session was meant to end: sign in again. If no one revoked it, compare the clocks of the servers: `gatepost \
         doctor`";
    SessionExpired = "session_expired":
        "the session is past its expiry",
        "sign in again; if it expired too early, raise `session.expires_in`, check that `session.disable_session_refresh` is off, \
         and compare the clocks with `gatepost doctor`";
    UserGone = "user_gone":
        "the session exists, but its user does not",
        "the user's row was removed without the service and without the foreign key that removes sessions: remove the session \
         too, and sign up again";
    SessionEndedMeanwhile = "session_ended_meanwhile":
        "the session ended while the request was answered",
        "the user signed out in another tab or ended the session elsewhere, or a trigger prevents the update of its row: try again, and look for triggers \
         on the table";
    SessionNotFresh = "session_not_fresh":
        "the sign-in is longer ago than `session.fresh_age`, and this endpoint requires a fresh session",
        "sign in again first, or raise `session.fresh_age`";
    ImpersonatedSession = "impersonated_session":
        "an administrator acts as the user, and the request changes how the user signs in, or what works after the session",
        "stop the impersonation first: the user has to do it, or an administrator at an endpoint below `/admin/`";
    UnknownRoute = "unknown_route":
        "no endpoint has this path and method",
        "compare the client's `basePath` with `base_path`; after a change of either, run `cargo gatepost generate` and deploy";
    DisabledPath = "disabled_path":
        "the path is one of `disabled_paths`",
        "remove it from `disabled_paths`";
    DeferredRefreshDisabled = "deferred_refresh_disabled":
        "the request is `POST /get-session`, and `session.defer_session_refresh` is off",
        "use GET, or switch `session.defer_session_refresh` on";
    UnsupportedContentType = "unsupported_content_type":
        "the endpoint does not read this content type",
        "send `content-type: application/json`";
    MalformedJson = "malformed_json":
        "the body is not JSON",
        "send JSON";
    BodyTooLarge = "body_too_large":
        "the body is larger than the limit",
        "send a smaller body";
    BodyIncomplete = "body_incomplete":
        "the body ended before its announced length",
        "send it again; a proxy may cut it";
    BodyTooSlow = "body_too_slow":
        "the body did not arrive within ten seconds",
        "send the body without delay; slow bodies may be an attack";
    InvalidInput = "invalid_input":
        "the body or the query has the wrong shape",
        "the answer lists every issue";
    MissingOrigin = "missing_origin":
        "the request has cookies but neither Origin nor Referer",
        "a server or an app that sends cookies has to send `Origin` too, and proxies must forward it";
    UntrustedOrigin = "untrusted_origin":
        "the request comes from an origin that is not trusted",
        "add the page's origin to BETTER_AUTH_TRUSTED_ORIGINS and deploy; `gatepost doctor --origin …` checks it";
    CrossSiteNavigation = "cross_site_navigation":
        "a navigation from another site tried to sign in",
        "sign in with a script on a page of a trusted origin";
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
        "send a valid address";
    PlaceholderAddress = "placeholder_address":
        "a client gives an address that ends in `.placeholder.invalid`, which only users of a provider without addresses have",
        "use a real address, or sign in with the provider";
    PasswordTooShort = "password_too_short":
        "the password is shorter than `min_password_length`",
        "choose a longer one";
    PasswordTooLong = "password_too_long":
        "the password is longer than `max_password_length`",
        "choose a shorter one";
    EmailTaken = "email_taken":
        "the address has a user already",
        "sign in";
    UnknownUser = "unknown_user":
        "no user has the address or the username",
        "sign up; if the user should exist, DATABASE_URL leads to another database";
    NoPassword = "no_password":
        "the user signs in in another way and has no password",
        "set a password with the mailed link";
    WrongPassword = "wrong_password":
        "the password is not the user's",
        "try again, or set a new one with the mailed link";
    EmailNotVerified = "email_not_verified":
        "the address is not confirmed, and `require_email_verification` is on",
        "follow the mailed link; if no mail arrives, check the transport with `gatepost doctor`";
    InvalidToken = "invalid_token":
        "the token is unknown, used, altered, or made for another purpose",
        "request a new one; for a JWT, `gatepost explain --authorization` says which claim is wrong";
    TokenExpired = "token_expired":
        "the token is past its expiry",
        "get a new one; a client of GET /token has to fetch one before `exp`. If it expired too early, compare the clocks with \
         `gatepost doctor`";
    AnotherUser = "another_user":
        "the token is valid, but another user is signed in",
        "sign out first";
    FeatureDisabled = "feature_disabled":
        "the feature is switched off, or its mail has no transport",
        "switch it on in gatepost.toml, and set EMAIL_URL if it sends mails";
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
        "the provider's answer has no state",
        "begin the sign-in again";
    UnknownState = "unknown_state":
        "no flow has the state: it has expired, was used already, or never began",
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
        "the answer that the production deployment handed over is for another preview, too old, or encrypted with another key",
        "begin again; compare GATEPOST_PREVIEW_KEY in production and preview";
    StateOfAnotherProvider = "state_of_another_provider":
        "the flow was begun with another provider",
        "begin again";
    ProviderRefused = "provider_refused":
        "the provider or the user refused the sign-in",
        "`error` in the URL says why; the provider's console shows what the client may do";
    NoCode = "no_code":
        "the provider's answer has no code",
        "begin again";
    IssuerMismatch = "issuer_mismatch":
        "the answer names another issuer",
        "compare `discovery_url` with the issuer in the provider's discovery document";
    NoNonce = "no_nonce":
        "the flow has no nonce, and the provider's ID tokens must be bound to one",
        "begin again: flows that another server began have no nonce. Otherwise set `disable_id_token_nonce_binding`";
    CodeRefused = "code_refused":
        "the provider did not accept the code",
        "the cause in the log has its answer; usually the client secret or the registered callback URL is wrong";
    NoProfile = "no_profile":
        "the provider did not say who the user is, or the answer could not be trusted",
        "the cause in the log says why; the provider's console shows what the client may read";
    NoProviderEmail = "no_provider_email":
        "the provider did not return an email address",
        "request the scope for it, or let the user add an address to the account at the provider";
    IdTokenUnsupported = "id_token_unsupported":
        "this provider does not support signing in with an ID token alone",
        "begin a flow, or check that `disable_id_token_sign_in` is off";
    InvalidIdToken = "invalid_id_token":
        "the ID token is not valid",
        "the cause in the log names the claim and its two values; usually the client ID differs";
    UsedIdToken = "used_id_token":
        "One Tap has accepted the ID token before",
        "let the page ask Google for a new one; a page that sends one twice may have two handlers for one answer";
    AccountNotLinked = "account_not_linked":
        "the address has a user, and the rules do not allow linking the account to it",
        "sign in as before and link the account there, or change `[account.account_linking]`";
    LinkSessionOver = "link_session_over":
        "the session that began to link an account has ended",
        "sign in, and link again";
    LinkOfAnotherSession = "link_of_another_session":
        "the browser does not have the session that began to link an account",
        "begin and end in one browser, with one user signed in, and let its session cookie be SameSite=Lax or None";
    LinkedElsewhere = "linked_elsewhere":
        "the account belongs to another user",
        "unlink it there first";
    AmbiguousAccount = "ambiguous_account":
        "two users have the account",
        "find the right user, and unlink the account from the other: two rows of the table of accounts have its `providerId` and \
         `accountId`";
    NoProviderToken = "no_provider_token":
        "the account has no refresh token, or no access token",
        "sign in with the provider again; request a refresh token with `access_type = \"offline\"` or the provider's scope";
    ProviderTokenRefused = "provider_token_refused":
        "the provider returned no new token",
        "the cause in the log has its answer; sign in with the provider again";
    UnknownAccount = "unknown_account":
        "the user has no such account",
        "use one that GET /list-accounts returns";
    LastAccount = "last_account":
        "the account is the user's only way to sign in",
        "add another first, or set `account.account_linking.allow_unlinking_all = true`";
    NoSigningKey = "no_signing_key":
        "no signing key was available",
        "the cause in the log says why; `gatepost doctor` checks whether the secret decrypts the keys";
    MalformedPasswordHash = "malformed_password_hash":
        "the user's password hash does not have better-auth's form, or that of a scheme in `email_and_password.accept_hashes`",
        "let the user set a new password with the mailed link";
    PasswordHashNotAccepted = "password_hash_not_accepted":
        "the user's password hash is of another system, and its scheme is not in `email_and_password.accept_hashes`",
        "add the scheme that the cause in the log names; `gatepost doctor` counts the stored hashes of each scheme";
    PasswordHashTooCostly = "password_hash_too_costly":
        "computing the user's password hash would need more memory or time than one request may use",
        "the cause in the log has the bound: let the user set a new password with the mailed link";
    RowRefused = "row_refused":
        "the database refused the row",
        "the cause in the log names SQLSTATE, table, column, type and constraint; `gatepost doctor` says what to configure";
    DatabaseUnavailable = "database_unavailable":
        "the database could not be reached, closed the connection or answered too late",
        "check the connection with `gatepost doctor`; the client may try again";
    DatabaseConflict = "database_conflict":
        "the database undid the statement twice: a deadlock, or concurrent changes to the same rows",
        "the client may try again; if it persists, look for triggers and services that lock the same rows in another order";
    PoolExhausted = "pool_exhausted":
        "every connection of the pool stayed in use",
        "raise `database.max_connections`, or look for slow statements";
    SecondaryStorageUnavailable = "secondary_storage_unavailable":
        "the secondary storage could not be reached, refused a command or answered too late",
        "the log's `cause` says which: check that REDIS_URL, or the REST URL and token, are right and that it accepts writes: \
         `gatepost doctor`";
    DatabaseError = "database_error":
        "the database answered with an unexpected error",
        "the cause in the log has it; for a missing table or column run `gatepost doctor`, then `cargo gatepost migrate`";
    Overloaded = "overloaded":
        "too many password hashes are waiting",
        "try again; if it persists, an attacker may be guessing passwords: check `[rate_limit]`";
    Misconfigured = "misconfigured":
        "the variables or gatepost.toml are wrong",
        "the cause in the log lists every problem with its fix, and so does `gatepost doctor`";
    UnwritableHeader = "unwritable_header":
        "a bug: a URL contains characters that a header cannot have",
        "report it with the cause in the log";
    Panicked = "panicked":
        "a bug: the handler panicked",
        "report it with the cause in the log";
}
