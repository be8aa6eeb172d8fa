//! The account that a user signed in with, in an encrypted cookie (spec jwt-oauth-schema §7), so that its tokens are available
//! without a database. Written with `account.store_account_cookie`.

use serde::Deserialize;

use crate::{context::Context, crypto::jwe, json, model::LinkedAccount};

/// The salt that separates this cookie's key from those of others.
const SALT: &str = "better-auth-account";

/// Writes the cookie, with the lifetime of cached sessions.
pub fn write(cx: &mut Context, account: &LinkedAccount) {
    let auth = cx.auth.clone();
    if !auth.config.account.store_account_cookie {
        return;
    }
    let seconds = auth.config.session.cookie_cache.max_age;
    let seconds = auth.config.advanced.cookies.believed_for("account_data", seconds);
    let (iat, seconds) = (cx.now.as_second(), i64::from(seconds));
    let row = json::to_string(account);
    let row = row.strip_suffix('}').unwrap_or_default();
    let claims = format!(r#"{row},"iat":{iat},"exp":{},"jti":"{}"}}"#, iat + seconds, cx.rng.uuid());
    let sealed = jwe::Keys::new(&auth.config.secrets, SALT).seal(claims.as_bytes(), &mut cx.rng);
    cx.cookies.set_pieces(&auth.cookies.account_data, &sealed, true, &cx.jar);
}

/// Returns the account in the cookie; `None` without a valid cookie.
pub fn read(cx: &Context) -> Option<LinkedAccount> {
    #[derive(Deserialize)]
    struct Claims {
        exp: i64,
        #[serde(flatten)]
        account: LinkedAccount,
    }
    if !cx.auth.config.account.store_account_cookie {
        return None;
    }
    let sealed = cx.jar.whole(&cx.auth.cookies.account_data)?;
    let claims = jwe::Keys::new(&cx.auth.config.secrets, SALT).open(&sealed)?;
    let Claims { exp, account } = serde_json::from_slice(&claims).ok()?;
    (exp >= cx.now.as_second()).then_some(account)
}

/// Renews the cookie together with the cached session, so that both expire together. The cookie of another user is removed.
pub fn renew(cx: &mut Context, user_id: &str) {
    let auth = cx.auth.clone();
    if cx.cookies.has(&auth.cookies.account_data) {
        return;
    }
    if let Some(account) = read(cx) {
        if account.user_id == user_id {
            write(cx, &account);
        } else {
            cx.cookies.expire(&auth.cookies.account_data);
            cx.cookies.expire_pieces(&auth.cookies.account_data, &cx.jar);
        }
    }
}
