//! The other providers that better-auth knows by name (spec jwt-oauth-schema §4.11).

use super::entry::{CLAIMS, Entry, IdToken, Mapping, Source, UNCONFIRMED, USUAL};

/// The default scopes of most providers of OpenID Connect.
const OPENID: &[&str] = &["openid", "profile", "email"];

/// From Atlassian to Zoom.
pub(super) static MORE: [Entry; 24] = [
    Entry {
        id: "atlassian",
        authorize: "https://auth.atlassian.com/authorize",
        token: "https://auth.atlassian.com/oauth/token",
        scopes: &["read:jira-user", "offline_access"],
        pkce: true,
        prompt: Some(""),
        params: &[("audience", "api.atlassian.com")],
        source: Source::UserInfo("https://api.atlassian.com/me"),
        profile: Mapping { id: &["account_id"], ..UNCONFIRMED },
        ..USUAL
    },
    Entry {
        id: "cloudflare",
        authorize: "https://dash.cloudflare.com/oauth2/auth",
        token: "https://dash.cloudflare.com/oauth2/token",
        scopes: &["user-details.read"],
        pkce: true,
        basic: true,
        source: Source::UserInfo("https://api.cloudflare.com/client/v4/user"),
        profile: Mapping {
            root: "result",
            id: &["id"],
            name: &["first_name last_name", "email"],
            image: &[],
            ..UNCONFIRMED
        },
        ..USUAL
    },
    Entry {
        id: "cognito",
        authorize: "https://{server}/oauth2/authorize",
        token: "https://{server}/oauth2/token",
        scopes: OPENID,
        pkce: true,
        prompt: Some(""),
        source: Source::IdTokenOr("https://{server}/oauth2/userinfo"),
        profile: Mapping { name: &["name", "given_name", "username", ""], ..CLAIMS },
        id_token: Some(IdToken {
            issuers: &["{pool}"],
            keys: "{pool}/.well-known/jwks.json",
            max_age: Some(3_600),
            hashed_nonce: false,
        }),
        ..USUAL
    },
    Entry {
        id: "dropbox",
        authorize: "https://www.dropbox.com/oauth2/authorize",
        token: "https://api.dropboxapi.com/oauth2/token",
        scopes: &["account_info.read"],
        pkce: true,
        source: Source::UserInfo("https://api.dropboxapi.com/2/users/get_current_account"),
        profile: Mapping { id: &["account_id"], name: &["name.display_name"], image: &["profile_photo_url"], ..CLAIMS },
        ..USUAL
    },
    Entry {
        id: "figma",
        authorize: "https://www.figma.com/oauth",
        token: "https://api.figma.com/v1/oauth/token",
        scopes: &["current_user:read"],
        pkce: true,
        basic: true,
        source: Source::UserInfo("https://api.figma.com/v1/me"),
        profile: Mapping { id: &["id"], name: &["handle"], image: &["img_url"], ..UNCONFIRMED },
        ..USUAL
    },
    Entry {
        id: "huggingface",
        authorize: "https://huggingface.co/oauth/authorize",
        token: "https://huggingface.co/oauth/token",
        scopes: OPENID,
        pkce: true,
        source: Source::UserInfo("https://huggingface.co/oauth/userinfo"),
        profile: Mapping { name: &["name", "preferred_username", ""], ..CLAIMS },
        ..USUAL
    },
    Entry {
        id: "kakao",
        authorize: "https://kauth.kakao.com/oauth/authorize",
        token: "https://kauth.kakao.com/oauth/token",
        scopes: &["account_email", "profile_image", "profile_nickname"],
        login_hint: true,
        source: Source::UserInfo("https://kapi.kakao.com/v2/user/me"),
        profile: Mapping {
            root: "",
            id: &["id"],
            name: &["kakao_account.profile.nickname", "kakao_account.name", ""],
            image: &["kakao_account.profile.profile_image_url", "kakao_account.profile.thumbnail_image_url"],
            email: "kakao_account.email",
            verified: &["kakao_account.is_email_valid", "kakao_account.is_email_verified"],
        },
        ..USUAL
    },
    Entry {
        id: "kick",
        authorize: "https://id.kick.com/oauth/authorize",
        token: "https://id.kick.com/oauth/token",
        scopes: &["user:read"],
        pkce: true,
        source: Source::UserInfo("https://api.kick.com/public/v1/users"),
        profile: Mapping { root: "data.0", id: &["user_id"], image: &["profile_picture"], ..UNCONFIRMED },
        ..USUAL
    },
    Entry {
        id: "line",
        authorize: "https://access.line.me/oauth2/v2.1/authorize",
        token: "https://api.line.me/oauth2/v2.1/token",
        scopes: OPENID,
        pkce: true,
        login_hint: true,
        source: Source::IdTokenOr("https://api.line.me/oauth2/v2.1/userinfo"),
        profile: Mapping { name: &["name", ""], ..UNCONFIRMED },
        id_token: Some(IdToken {
            issuers: &[],
            keys: "https://api.line.me/oauth2/v2.1/verify",
            max_age: None,
            hashed_nonce: false,
        }),
        ..USUAL
    },
    Entry {
        id: "linear",
        authorize: "https://linear.app/oauth/authorize",
        token: "https://api.linear.app/oauth/token",
        scopes: &["read"],
        login_hint: true,
        source: Source::UserInfo("https://api.linear.app/graphql"),
        profile: Mapping { root: "data.viewer", id: &["id"], image: &["avatarUrl"], ..UNCONFIRMED },
        ..USUAL
    },
    Entry {
        id: "naver",
        authorize: "https://nid.naver.com/oauth2.0/authorize",
        token: "https://nid.naver.com/oauth2.0/token",
        scopes: &["profile", "email"],
        source: Source::UserInfo("https://openapi.naver.com/v1/nid/me"),
        profile: Mapping {
            root: "",
            id: &["response.id"],
            name: &["response.name", "response.nickname", ""],
            image: &["response.profile_image"],
            email: "response.email",
            verified: &[],
        },
        ..USUAL
    },
    Entry {
        id: "notion",
        authorize: "https://api.notion.com/v1/oauth/authorize",
        token: "https://api.notion.com/v1/oauth/token",
        basic: true,
        login_hint: true,
        params: &[("owner", "user")],
        source: Source::UserInfo("https://api.notion.com/v1/users/me"),
        profile: Mapping {
            root: "bot.owner.user",
            id: &["id"],
            name: &["name", ""],
            image: &["avatar_url"],
            email: "person.email",
            verified: &[],
        },
        ..USUAL
    },
    Entry {
        id: "paybin",
        authorize: "{server}/oauth2/authorize",
        token: "{server}/oauth2/token",
        scopes: &["openid", "email", "profile"],
        pkce: true,
        prompt: Some(""),
        login_hint: true,
        server: "https://idp.paybin.io",
        profile: Mapping { name: &["name", "preferred_username", ""], ..CLAIMS },
        ..USUAL
    },
    Entry {
        id: "paypal",
        authorize: "https://www.{server}/signin/authorize",
        token: "https://api-m.{server}/v1/oauth2/token",
        pkce: true,
        basic: true,
        prompt: Some(""),
        server: "sandbox.paypal.com",
        source: Source::UserInfo("https://api-m.{server}/v1/identity/oauth2/userinfo?schema=paypalv1.1"),
        profile: Mapping { id: &["user_id"], ..CLAIMS },
        ..USUAL
    },
    Entry {
        id: "polar",
        authorize: "https://polar.sh/oauth2/authorize",
        token: "https://api.polar.sh/v1/oauth2/token",
        scopes: OPENID,
        pkce: true,
        prompt: Some(""),
        source: Source::UserInfo("https://api.polar.sh/v1/oauth2/userinfo"),
        profile: Mapping { id: &["id"], name: &["public_name", "username", ""], image: &["avatar_url"], ..CLAIMS },
        ..USUAL
    },
    Entry {
        id: "railway",
        authorize: "https://backboard.railway.com/oauth/auth",
        token: "https://backboard.railway.com/oauth/token",
        scopes: &["openid", "email", "profile"],
        pkce: true,
        basic: true,
        source: Source::UserInfo("https://backboard.railway.com/oauth/me"),
        profile: UNCONFIRMED,
        ..USUAL
    },
    Entry {
        id: "reddit",
        authorize: "https://www.reddit.com/api/v1/authorize",
        token: "https://www.reddit.com/api/v1/access_token",
        scopes: &["identity"],
        basic: true,
        source: Source::UserInfo("https://oauth.reddit.com/api/v1/me"),
        profile: Mapping { id: &["id"], image: &["icon_img"], email: "", ..UNCONFIRMED },
        placeholder: true,
        ..USUAL
    },
    Entry {
        id: "roblox",
        authorize: "https://apis.roblox.com/oauth/v1/authorize",
        token: "https://apis.roblox.com/oauth/v1/token",
        scopes: &["openid", "profile"],
        prompt: Some("select_account consent"),
        source: Source::UserInfo("https://apis.roblox.com/oauth/v1/userinfo"),
        profile: Mapping { name: &["nickname", "preferred_username", ""], email: "", ..UNCONFIRMED },
        placeholder: true,
        ..USUAL
    },
    Entry {
        id: "salesforce",
        authorize: "https://{server}/services/oauth2/authorize",
        token: "https://{server}/services/oauth2/token",
        scopes: &["openid", "email", "profile"],
        pkce: true,
        server: "login.salesforce.com",
        source: Source::UserInfo("https://{server}/services/oauth2/userinfo"),
        profile: Mapping { id: &["user_id"], image: &["photos.picture", "photos.thumbnail"], ..CLAIMS },
        ..USUAL
    },
    Entry {
        id: "tiktok",
        authorize: "https://www.tiktok.com/v2/auth/authorize",
        token: "https://open.tiktokapis.com/v2/oauth/token/",
        scopes: &["user.info.profile"],
        client_param: Some("client_key"),
        source: Source::UserInfo(
            "https://open.tiktokapis.com/v2/user/info/?fields=open_id%2Cavatar_large_url%2Cdisplay_name%2Cusername",
        ),
        profile: Mapping {
            root: "",
            id: &["data.user.open_id"],
            name: &["data.user.display_name", "data.user.username", ""],
            image: &["data.user.avatar_large_url"],
            email: "data.user.email",
            verified: &[],
        },
        placeholder: true,
        ..USUAL
    },
    Entry {
        id: "vercel",
        authorize: "https://vercel.com/oauth/authorize",
        token: "https://api.vercel.com/login/oauth/token",
        pkce: true,
        source: Source::UserInfo("https://api.vercel.com/login/oauth/userinfo"),
        profile: Mapping { name: &["name", "preferred_username", ""], ..CLAIMS },
        ..USUAL
    },
    Entry {
        id: "vk",
        authorize: "https://id.vk.com/authorize",
        token: "https://id.vk.com/oauth2/auth",
        scopes: &["email", "phone"],
        pkce: true,
        source: Source::UserInfo("https://id.vk.com/oauth2/user_info"),
        profile: Mapping {
            root: "",
            id: &["user.user_id"],
            name: &["user.first_name user.last_name"],
            image: &["user.avatar"],
            email: "user.email",
            verified: &[],
        },
        ..USUAL
    },
    Entry {
        id: "wechat",
        authorize: "https://open.weixin.qq.com/connect/qrconnect#wechat_redirect",
        token: "https://api.weixin.qq.com/sns/oauth2/access_token",
        scopes: &["snsapi_login"],
        client_param: Some("appid"),
        source: Source::UserInfo("https://api.weixin.qq.com/sns/userinfo"),
        profile: Mapping { id: &["unionid", "openid"], name: &["nickname"], image: &["headimgurl"], ..UNCONFIRMED },
        placeholder: true,
        ..USUAL
    },
    Entry {
        id: "zoom",
        authorize: "https://zoom.us/oauth/authorize",
        token: "https://zoom.us/oauth/token",
        pkce: true,
        source: Source::UserInfo("https://api.zoom.us/v2/users/me"),
        profile: Mapping {
            id: &["id"],
            name: &["display_name"],
            image: &["pic_url"],
            verified: &["verified"],
            ..CLAIMS
        },
        ..USUAL
    },
];
