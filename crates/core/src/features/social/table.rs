//! The differences between providers (spec jwt-oauth-schema §4.11).

/// The properties of one provider's flow.
pub struct Entry {
    /// The provider's name in paths, rows and configuration.
    pub id: &'static str,
    /// The authorization endpoint.
    pub(super) authorize: &'static str,
    /// The token endpoint.
    pub(super) token: &'static str,
    /// The default scopes.
    pub(super) scopes: &'static [&'static str],
    /// Whether the request's scopes come before the configured ones.
    pub(super) request_scopes_first: bool,
    /// Whether codes are bound to a verifier (RFC 7636).
    pub(super) pkce: bool,
    /// Whether the client secret is sent in a header instead of the body.
    pub(super) basic: bool,
    /// The default of `prompt`; `None` if it is never sent.
    pub(super) prompt: Option<&'static str>,
    /// Whether `login_hint` is sent.
    pub(super) login_hint: bool,
    /// `response_type` and `response_mode`, if they are not the usual ones.
    pub(super) response: Option<(&'static str, &'static str)>,
    /// The source of the profile.
    pub(super) source: Source,
    /// The verification of ID tokens that a client gives.
    pub(super) id_token: Option<IdToken>,
}

/// The source of a provider's profiles.
pub(super) enum Source {
    /// The ID token, which came from the provider over TLS.
    IdToken,
    /// The endpoint for user info, with the access token.
    UserInfo(&'static str),
    /// Several endpoints, in the provider's own way.
    Several,
    /// The endpoints that the discovery document names.
    Discovered,
}

/// The verification of a provider's ID tokens.
pub(super) struct IdToken {
    /// The accepted issuers; `{tid}` is the token's own tenant.
    pub(super) issuers: &'static [&'static str],
    /// The URL of the keys.
    pub(super) keys: &'static str,
    /// The number of seconds after which a token is too old, regardless of its expiry.
    pub(super) max_age: Option<i64>,
    /// Whether the nonce may be the hash of the given one.
    pub(super) hashed_nonce: bool,
}

/// The properties of most providers.
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

/// The entry of providers with a discovery document.
pub(super) static DISCOVERED: Entry =
    Entry { request_scopes_first: true, prompt: Some(""), login_hint: true, source: Source::Discovered, ..USUAL };

/// Every provider that gatepost knows by name.
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
