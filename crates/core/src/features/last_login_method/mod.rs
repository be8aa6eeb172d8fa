//! The last login method (spec sign-in-plugins §11): a cookie that scripts can read names the way in which the browser last signed
//! in and, if configured, a column names it for the user. Neither proves anything, and nothing depends on them. README.md lists the
//! threats.

pub mod declaration;

use serde_json::Map;

use crate::{
    context::{
        Context,
        places::{Answer, Candidate, Entry, Places, Way},
    },
    error::Error,
    model::Session,
    outcome::Outcome,
    store::{self, user::Change},
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places {
    user_values: Some(user_values),
    waiting: Some(waiting),
    after_session: Some(after_session),
    ..Places::NONE
};

/// The column of users.
const FIELD: &str = "lastLoginMethod";

/// Returns the cookie's name for a way to sign in. better-auth has no name for the other ways, which leave the cookie unchanged.
fn method(way: Way<'_>) -> Option<&str> {
    match way {
        Way::Password | Way::SignUp => Some("email"),
        Way::Provider(id) => Some(id),
        Way::MagicLink => Some("magic-link"),
        Way::EmailCode => Some("email-otp"),
        Way::Passkey { .. } => Some("passkey"),
        Way::Username
        | Way::PhoneNumber
        | Way::PhoneCode
        | Way::IdToken(_)
        | Way::Link
        | Way::ChangedPassword
        | Way::OneTimeToken
        | Way::SecondFactor
        | Way::Impersonation(_)
        | Way::Anonymous
        | Way::Administrator => None,
    }
}

/// Adds the method to the row of a new user.
fn user_values<'a>(cx: &'a mut Context, candidate: &'a mut Candidate<'_>) -> Answer<'a, Result<(), Error>> {
    let found = method(candidate.way).filter(|_| cx.auth.config.features.last_login_method.stores());
    candidate.values.extend(found.map(|method| (FIELD.to_owned(), method.into())));
    Box::pin(async { Ok(()) })
}

/// Sets the cookie and writes the column. Answers show the column as it was before, as better-auth's do.
fn after_session<'a>(cx: &'a mut Context, entry: &'a Entry<'a>, _: &'a Session) -> Answer<'a, Result<(), Error>> {
    waiting(cx, entry)
}

/// As [`after_session`], where the session waits for another proof: nothing says the method any more when it opens.
fn waiting<'a>(cx: &'a mut Context, entry: &'a Entry<'a>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let config = &auth.config.features.last_login_method;
        let Some(method) = method(entry.way).filter(|_| config.enabled) else { return Ok(()) };
        let cookie = auth.cookies.session_token.readable(&config.cookie_name, config.max_age);
        cx.cookies.set(&cookie, method);
        // A row that this request has created or changed has the method already.
        let user = entry.user;
        let is_written = user.additional.text(FIELD) == Some(method) && user.updated_at == Some(cx.now);
        if config.stores() && !is_written {
            let values = Map::from_iter([(FIELD.to_owned(), method.into())]);
            let change = Change { name: None, image: None, additional: values.into() };
            // The session is open already. A failure to write the column is not worth refusing it; the next sign-in writes it
            // again.
            if let Err(error) = store::user::update(&cx.db, &user.id, &change, None, cx.now).await {
                Outcome::background("last_login_method", &error.to_string());
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_cookie_calls_ways_as_better_auth_calls_them() {
        let vectors = include_str!("../../../../../tests/vectors/sign-in-plugins.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        for (path, way) in [
            ("/callback/github", Way::Provider("github")),
            ("/sign-in/email", Way::Password),
            ("/sign-up/email", Way::SignUp),
            ("/sign-in/username", Way::Username),
            ("/sign-in/social", Way::IdToken("github")),
            ("/magic-link/verify", Way::MagicLink),
            ("/sign-in/email-otp", Way::EmailCode),
            ("/email-otp/verify-email", Way::Link),
            ("/one-time-token/verify", Way::OneTimeToken),
            ("/passkey/verify-authentication", Way::Passkey { verified: true }),
        ] {
            let cases = vectors["last_login_method"].as_array().unwrap();
            let case = cases.iter().find(|case| case["path"] == path).unwrap();
            assert_eq!(case["method"].as_str(), method(way), "{path}");
        }
    }
}
