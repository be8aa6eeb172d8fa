//! What differs from provider to provider (spec jwt-oauth-schema §4.11).

/// What a provider's flow has of its own.
pub struct Entry {
    /// Its name in paths, rows and configuration.
    pub id: &'static str,
    /// Where people are sent to.
    pub(super) authorize: &'static str,
    /// Where codes become tokens.
    pub(super) token: &'static str,
    /// What is asked for unless that is switched off.
    pub(super) scopes: &'static [&'static str],
    /// Whether the request's scopes stand before the configured ones.
    pub(super) request_scopes_first: bool,
    /// Whether codes are bound to a verifier (RFC 7636).
    pub(super) pkce: bool,
    /// Whether the secret is in a header in the place of the body.
    pub(super) basic: bool,
    /// Whether `prompt` is sent, and what where nothing is configured.
    pub(super) prompt: Option<&'static str>,
    /// Whether `login_hint` is sent.
    pub(super) login_hint: bool,
    /// `response_type` and `response_mode` where they are not the usual ones.
    pub(super) response: Option<(&'static str, &'static str)>,
    /// Where it says who somebody is.
    pub(super) source: Source,
    /// How its ID tokens are verified where a client brings one.
    pub(super) id_token: Option<IdToken>,
}

/// Where a provider says who somebody is.
pub(super) enum Source {
    /// In the ID token, which came straight from the provider over TLS.
    IdToken,
    /// At this address, for the access token.
    UserInfo(&'static str),
    /// There and at more addresses, in a way of its own.
    Several,
    /// As its discovery document says.
    Discovered,
}

/// How an ID token is verified.
pub(super) struct IdToken {
    /// Who issues it; with `{tenant}` the token's own tenant.
    pub(super) issuers: &'static [&'static str],
    /// Where the keys are.
    pub(super) keys: &'static str,
    /// Seconds after which it is too old, whatever it says.
    pub(super) max_age: Option<i64>,
    /// Whether its nonce may be the hash of the one that was given.
    pub(super) hashed_nonce: bool,
}

/// What most have.
const USUAL: Entry = Entry {
    id: "",
    authorize: "",
    token: "",
    scopes: &[],
    request_scopes_first: false,
    pkce: false,
    basic: false,
    prompt: None,
    login_hint: false,
    response: None,
    source: Source::IdToken,
    id_token: None,
};

/// A provider that describes itself.
pub(super) static DISCOVERED: Entry =
    Entry { request_scopes_first: true, prompt: Some(""), login_hint: true, source: Source::Discovered, ..USUAL };

/// Every provider that is known by name.
pub static ENTRIES: [Entry; 12] = [
    Entry {
        id: "apple",
        authorize: "https://appleid.apple.com/auth/authorize",
        token: "https://appleid.apple.com/auth/token",
        scopes: &["email", "name"],
        pkce: true,
        response: Some(("code id_token", "form_post")),
        id_token: Some(IdToken {
            issuers: &["https://appleid.apple.com"],
            keys: "https://appleid.apple.com/auth/keys",
            max_age: Some(3_600),
            hashed_nonce: true,
        }),
        ..USUAL
    },
    Entry {
        id: "discord",
        authorize: "https://discord.com/api/oauth2/authorize",
        token: "https://discord.com/api/oauth2/token",
        scopes: &["identify", "email"],
        request_scopes_first: true,
        prompt: Some("none"),
        source: Source::UserInfo("https://discord.com/api/users/@me"),
        ..USUAL
    },
    Entry {
        id: "facebook",
        authorize: "https://www.facebook.com/v24.0/dialog/oauth",
        token: "https://graph.facebook.com/v24.0/oauth/access_token",
        scopes: &["email", "public_profile"],
        login_hint: true,
        source: Source::Several,
        id_token: Some(IdToken {
            issuers: &["https://www.facebook.com"],
            keys: "https://limited.facebook.com/.well-known/oauth/openid/jwks/",
            max_age: None,
            hashed_nonce: false,
        }),
        ..USUAL
    },
    Entry {
        id: "github",
        authorize: "https://github.com/login/oauth/authorize",
        token: "https://github.com/login/oauth/access_token",
        scopes: &["read:user", "user:email"],
        pkce: true,
        prompt: Some(""),
        login_hint: true,
        source: Source::Several,
        ..USUAL
    },
    Entry {
        id: "gitlab",
        authorize: "{issuer}/oauth/authorize",
        token: "{issuer}/oauth/token",
        scopes: &["read_user"],
        pkce: true,
        login_hint: true,
        source: Source::UserInfo("{issuer}/api/v4/user"),
        ..USUAL
    },
    Entry {
        id: "google",
        authorize: "https://accounts.google.com/o/oauth2/v2/auth",
        token: "https://oauth2.googleapis.com/token",
        scopes: &["email", "profile", "openid"],
        pkce: true,
        prompt: Some(""),
        login_hint: true,
        id_token: Some(IdToken {
            issuers: &["https://accounts.google.com", "accounts.google.com"],
            keys: "https://www.googleapis.com/oauth2/v3/certs",
            max_age: Some(3_600),
            hashed_nonce: false,
        }),
        ..USUAL
    },
    Entry {
        id: "linkedin",
        authorize: "https://www.linkedin.com/oauth/v2/authorization",
        token: "https://www.linkedin.com/oauth/v2/accessToken",
        scopes: &["profile", "email", "openid"],
        login_hint: true,
        source: Source::UserInfo("https://api.linkedin.com/v2/userinfo"),
        ..USUAL
    },
    Entry {
        id: "microsoft",
        authorize: "{authority}/{tenant}/oauth2/v2.0/authorize",
        token: "{authority}/{tenant}/oauth2/v2.0/token",
        scopes: &["openid", "profile", "email", "User.Read", "offline_access"],
        pkce: true,
        prompt: Some(""),
        login_hint: true,
        source: Source::Several,
        id_token: Some(IdToken {
            issuers: &["{authority}/{tid}/v2.0"],
            keys: "{authority}/{tenant}/discovery/v2.0/keys",
            max_age: Some(3_600),
            hashed_nonce: false,
        }),
        ..USUAL
    },
    Entry {
        id: "slack",
        authorize: "https://slack.com/openid/connect/authorize",
        token: "https://slack.com/api/openid.connect.token",
        scopes: &["openid", "profile", "email"],
        request_scopes_first: true,
        source: Source::UserInfo("https://slack.com/api/openid.connect.userInfo"),
        ..USUAL
    },
    Entry {
        id: "spotify",
        authorize: "https://accounts.spotify.com/authorize",
        token: "https://accounts.spotify.com/api/token",
        scopes: &["user-read-email"],
        pkce: true,
        source: Source::UserInfo("https://api.spotify.com/v1/me"),
        ..USUAL
    },
    Entry {
        id: "twitch",
        authorize: "https://id.twitch.tv/oauth2/authorize",
        token: "https://id.twitch.tv/oauth2/token",
        scopes: &["user:read:email", "openid"],
        ..USUAL
    },
    Entry {
        id: "twitter",
        authorize: "https://x.com/i/oauth2/authorize",
        token: "https://api.x.com/2/oauth2/token",
        scopes: &["users.read", "tweet.read", "offline.access", "users.email"],
        pkce: true,
        basic: true,
        source: Source::Several,
        ..USUAL
    },
];
