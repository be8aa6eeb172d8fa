//! Why a session is `null` or a request is refused, by names that operators can search for.

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Why a session is `null` or a request is refused. The names are stable: they stand in the log line of the
        /// request and, in development, in the header `x-gatepost-reason`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Reason { $($(#[$doc])* $variant,)* }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &[Reason] = &[$(Reason::$variant),*];

            /// The stable name, in snake case.
            pub const fn name(self) -> &'static str {
                match self { $(Reason::$variant => $name,)* }
            }
        }
    };
}

reasons! {
    /// The client has had its share of requests (`[rate_limit]`).
    RateLimited = "rate_limited",
    /// No header names the client's address: all such clients together have had the share of one.
    RateLimitedWithoutAddress = "rate_limited_without_address",
    /// The request has no session cookie of the configured name.
    NoSessionCookie = "no_session_cookie",
    /// The session cookie's signature belongs to none of the secrets, or it has none.
    BadCookieSignature = "bad_cookie_signature",
    /// The cookie is genuine, but no session has its token: signed out, revoked, or another database
    /// or secondary storage.
    UnknownSession = "unknown_session",
    /// The session is in the secondary storage, and all sessions of its user from that time were revoked.
    SessionRevoked = "session_revoked",
    /// The session's row is there and past its expiry.
    SessionExpired = "session_expired",
    /// The session's row is there, its user's is not.
    UserGone = "user_gone",
    /// The session ended while it was being extended.
    SessionEndedMeanwhile = "session_ended_meanwhile",
    /// The session is older than `session.fresh_age`.
    SessionNotFresh = "session_not_fresh",
    /// Nothing answers at this path and method.
    UnknownRoute = "unknown_route",
    /// The path is one of `disabled_paths`.
    DisabledPath = "disabled_path",
    /// `POST /get-session` while `session.defer_session_refresh` is off.
    DeferredRefreshDisabled = "deferred_refresh_disabled",
    /// The content type is none that the endpoint reads.
    UnsupportedContentType = "unsupported_content_type",
    /// The body is not JSON.
    MalformedJson = "malformed_json",
    /// The body is larger than the limit.
    BodyTooLarge = "body_too_large",
    /// The body ended before its announced length.
    BodyIncomplete = "body_incomplete",
    /// The body did not come within ten seconds.
    BodyTooSlow = "body_too_slow",
    /// The body or the query has the wrong shape.
    InvalidInput = "invalid_input",
    /// Cookies but neither Origin nor Referer.
    MissingOrigin = "missing_origin",
    /// An origin that is not among the trusted ones.
    UntrustedOrigin = "untrusted_origin",
    /// A browser's navigation from another site tries to sign in.
    CrossSiteNavigation = "cross_site_navigation",
    /// A URL of the request leads to an origin that is not trusted.
    UntrustedRedirect = "untrusted_redirect",
    /// `[email_and_password] enabled` is off.
    PasswordsDisabled = "passwords_disabled",
    /// Sign-up is off.
    SignUpDisabled = "sign_up_disabled",
    /// The address is none.
    InvalidEmail = "invalid_email",
    /// Below `min_password_length`.
    PasswordTooShort = "password_too_short",
    /// Above `max_password_length`.
    PasswordTooLong = "password_too_long",
    /// The username is too short, too long, or has other characters than letters, digits, `_` and `.`.
    InvalidUsername = "invalid_username",
    /// Another user has the username.
    UsernameTaken = "username_taken",
    /// `username.immutable_username` is on, and the user has a username.
    UsernameImmutable = "username_immutable",
    /// The credentials were right, and the user's second factor is waited for.
    SecondFactorRequired = "second_factor_required",
    /// The browser has no sign-in that waits for a second factor: its cookie is missing or signed with no known secret, or the
    /// sign-in is over or completed.
    NoPendingSignIn = "no_pending_sign_in",
    /// The password was changed since the sign-in began that waits for a second factor.
    PendingSignInOvertaken = "pending_sign_in_overtaken",
    /// The code of the second factor is wrong.
    WrongCode = "wrong_code",
    /// The code of the authenticator app was used before.
    CodeUsed = "code_used",
    /// Another request used the backup code, or another one of the user, at the same time.
    BackupCodeRace = "backup_code_race",
    /// No code was mailed, or it is over.
    CodeExpired = "code_expired",
    /// Too many codes were tried in one sign-in, or for one mail.
    TooManyCodes = "too_many_codes",
    /// Too many codes were mailed to one user.
    TooManyCodesMailed = "too_many_codes_mailed",
    /// Too many wrong codes lock the user's second factor (`[two_factor.account_lockout]`).
    SecondFactorLocked = "second_factor_locked",
    /// The user has no second factor of this kind.
    NoSecondFactor = "no_second_factor",
    /// The user has an authenticator app already.
    SecondFactorThere = "second_factor_there",
    /// The user's row of `twoFactor` cannot be decrypted; the cause says why.
    UnreadableSecondFactor = "unreadable_second_factor",
    /// The address has a user already.
    EmailTaken = "email_taken",
    /// No user has the address, or the username.
    UnknownUser = "unknown_user",
    /// The user signs in by other means and has no password.
    NoPassword = "no_password",
    /// The password is not the user's.
    WrongPassword = "wrong_password",
    /// `require_email_verification` is on and the address unconfirmed.
    EmailNotVerified = "email_not_verified",
    /// The token of a link or a form is unknown, used, or another purpose's.
    InvalidToken = "invalid_token",
    /// The token of a link or a form is past its expiry.
    TokenExpired = "token_expired",
    /// The token is good, and somebody else is signed in.
    AnotherUser = "another_user",
    /// The feature's switch is off, or its mail has no transport; the log's endpoint says which.
    FeatureDisabled = "feature_disabled",
    /// Nothing of what was sent can be changed.
    NothingToUpdate = "nothing_to_update",
    /// The address is the user's already.
    SameEmail = "same_email",
    /// The address is not the signed-in user's.
    EmailMismatch = "email_mismatch",
    /// The address is confirmed already.
    EmailAlreadyVerified = "email_already_verified",
    /// No provider of this name is configured.
    UnknownProvider = "unknown_provider",
    /// The provider's description of itself could not be had; the cause says why.
    ProviderUnavailable = "provider_unavailable",
    /// The provider came back without the state of a flow.
    NoState = "no_state",
    /// No flow has the state: it is over, was used already, or never began.
    UnknownState = "unknown_state",
    /// The flow was begun by another browser, or its cookie is gone.
    StateOfAnotherBrowser = "state_of_another_browser",
    /// The cookie with the flow's state cannot be read.
    InvalidState = "invalid_state",
    /// The flow took longer than ten minutes.
    StateExpired = "state_expired",
    /// The production deployment handed an answer over that is another preview's, too old, or not encrypted with
    /// GATEPOST_PREVIEW_KEY.
    HandOverRefused = "hand_over_refused",
    /// The flow was begun with another provider.
    StateOfAnotherProvider = "state_of_another_provider",
    /// The provider said no, or the person did.
    ProviderRefused = "provider_refused",
    /// The provider came back without a code.
    NoCode = "no_code",
    /// The answer is another issuer's.
    IssuerMismatch = "issuer_mismatch",
    /// The flow has no nonce, and the provider's ID tokens must be bound to one.
    NoNonce = "no_nonce",
    /// The provider did not take the code; the cause says why.
    CodeRefused = "code_refused",
    /// The provider did not say who it is, or not believably; the cause says why.
    NoProfile = "no_profile",
    /// The provider did not say the address.
    NoProviderEmail = "no_provider_email",
    /// An ID token alone signs nobody in with this provider.
    IdTokenUnsupported = "id_token_unsupported",
    /// The ID token is not believed; the cause says why.
    InvalidIdToken = "invalid_id_token",
    /// The address has a user, and the rules of `[account.account_linking]` do not link the account to it.
    AccountNotLinked = "account_not_linked",
    /// The session that began to link an account is over.
    LinkSessionOver = "link_session_over",
    /// The browser that comes back does not have the session that began to link an account.
    LinkOfAnotherSession = "link_of_another_session",
    /// The account is another user's.
    LinkedElsewhere = "linked_elsewhere",
    /// Two users have the account: one row of `account` is to be removed.
    AmbiguousAccount = "ambiguous_account",
    /// The account has no refresh token, or no access token.
    NoProviderToken = "no_provider_token",
    /// The provider gave no new token; the cause says why.
    ProviderTokenRefused = "provider_token_refused",
    /// The user has no such account.
    UnknownAccount = "unknown_account",
    /// It is the user's only way to sign in.
    LastAccount = "last_account",
    /// No key that could sign a token was to be had; the cause says why.
    NoSigningKey = "no_signing_key",
    /// The user's `account.password` is no hash that better-auth writes: no password matches it.
    MalformedPasswordHash = "malformed_password_hash",
    /// The database refused the row.
    RowRefused = "row_refused",
    /// The database could not be reached, closed the connection or answered too late.
    DatabaseUnavailable = "database_unavailable",
    /// The database undid the statement, twice: a deadlock, or changes of others to the same rows. The cause says which.
    DatabaseConflict = "database_conflict",
    /// Every connection of the pool stayed in use for the whole wait.
    PoolExhausted = "pool_exhausted",
    /// The secondary storage could not be reached, refused a command or answered too late; the cause says which.
    SecondaryStorageUnavailable = "secondary_storage_unavailable",
    /// The database answered with an error that nobody foresaw.
    DatabaseError = "database_error",
    /// Too many password hashes wait.
    Overloaded = "overloaded",
    /// The variables or gatepost.toml are wrong.
    Misconfigured = "misconfigured",
    /// A bug: a URL that was not written for it cannot stand in a header.
    UnwritableHeader = "unwritable_header",
    /// A bug: the handler panicked.
    Panicked = "panicked",
}
