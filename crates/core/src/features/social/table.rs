//! The providers that most deployments use (spec jwt-oauth-schema §4.11).

use super::entry::{CLAIMS, Entry, IdToken, Mapping, Source, UNCONFIRMED, USUAL};

/// Apple, Discord, Facebook, GitHub, GitLab, Google, LinkedIn, Microsoft, Slack, Spotify, Twitch and X.
pub(super) static FIRST: [Entry; 12] = [
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
        profile: Mapping {
            id: &["id"],
            name: &["global_name", "username"],
            image: &["image_url"],
            email: "email",
            verified: &["verified"],
            root: "",
        },
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
        authorize: "{server}/oauth/authorize",
        token: "{server}/oauth/token",
        scopes: &["read_user"],
        pkce: true,
        login_hint: true,
        server: "https://gitlab.com",
        source: Source::UserInfo("{server}/api/v4/user"),
        profile: Mapping { id: &["id"], name: &["name", "username"], image: &["avatar_url"], ..CLAIMS },
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
        profile: Mapping {
            id: &["https://slack.com/user_id"],
            image: &["picture", "https://slack.com/user_image_512"],
            ..CLAIMS
        },
        ..USUAL
    },
    Entry {
        id: "spotify",
        authorize: "https://accounts.spotify.com/authorize",
        token: "https://accounts.spotify.com/api/token",
        scopes: &["user-read-email"],
        pkce: true,
        source: Source::UserInfo("https://api.spotify.com/v1/me"),
        profile: Mapping { id: &["id"], name: &["display_name"], image: &["images.0.url"], ..UNCONFIRMED },
        ..USUAL
    },
    Entry {
        id: "twitch",
        authorize: "https://id.twitch.tv/oauth2/authorize",
        token: "https://id.twitch.tv/oauth2/token",
        scopes: &["user:read:email", "openid"],
        profile: Mapping { name: &["preferred_username"], ..CLAIMS },
        ..USUAL
    },
    Entry {
        id: "twitter",
        authorize: "https://x.com/i/oauth2/authorize",
        token: "https://api.x.com/2/oauth2/token",
        scopes: &["users.read", "tweet.read", "offline.access", "users.email"],
        pkce: true,
        basic: true,
        placeholder: true,
        source: Source::Several,
        ..USUAL
    },
];
