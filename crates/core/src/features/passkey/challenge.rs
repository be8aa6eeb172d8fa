//! Challenges (spec management-plugins §4.2): a stored value says for which ceremony and user a challenge is, and a cookie names it.
//! The first request that answers redeems it, also if the answer is refused.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    declaration::{COOKIE, Requirement},
    words,
};
use crate::{
    config::Config, context::Context, cookie::Cookie, error::Error, json, links, model::User, reason::Reason,
    store::verification,
};

/// How long a challenge can be answered, in seconds.
const LIFETIME: u32 = 300;
/// The number of characters of a challenge's name.
const NAME: usize = 32;

/// The use of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// A passkey is registered.
    Registration,
    /// A passkey signs in.
    Authentication,
}

impl Ceremony {
    fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Authentication => "authentication",
        }
    }
}

/// The stored value of a challenge, as better-auth writes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenChallenge<'a> {
    r#type: &'static str,
    expected_challenge: &'a str,
    user_data: UserData<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Option<&'a str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserData<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredChallenge {
    r#type: String,
    expected_challenge: String,
    user_data: StoredUser,
}

#[derive(Deserialize)]
struct StoredUser {
    id: String,
}

/// A challenge that was redeemed.
pub(super) struct Challenge {
    /// The challenge, as base64url.
    pub(super) text: String,
    /// The identifier of the user for whom it was made; empty if no user was signed in.
    pub(super) user_id: String,
}

fn cookie(config: &Config) -> Cookie {
    Cookie::new(COOKIE, Some(LIFETIME), config)
}

/// Makes a challenge: 32 random bytes, as base64url.
fn made(cx: &mut Context) -> String {
    let mut bytes = [0; 32];
    cx.rng.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The name by which authenticators know a user: the address, or the identifier of a user who has none.
pub(super) fn user_name(user: &User) -> &str {
    if user.email.is_empty() { &user.id } else { &user.email }
}

/// Begins the registration of a passkey for a user.
pub(super) async fn of_registration(cx: &mut Context, user: &User, context: Option<&str>) -> Result<String, Error> {
    let (challenge, name) = (made(cx), Some(user_name(user)));
    let written = WrittenChallenge {
        r#type: Ceremony::Registration.name(),
        expected_challenge: &challenge,
        user_data: UserData { id: &user.id, name, display_name: name },
        context: Some(context),
    };
    store(cx, &json::to_string(&written)).await?;
    Ok(challenge)
}

/// Begins a sign-in.
pub(super) async fn of_authentication(cx: &mut Context, user: Option<&User>) -> Result<String, Error> {
    let challenge = made(cx);
    let id = user.map_or("", |user| user.id.as_str());
    let written = WrittenChallenge {
        r#type: Ceremony::Authentication.name(),
        expected_challenge: &challenge,
        user_data: UserData { id, name: None, display_name: None },
        context: None,
    };
    store(cx, &json::to_string(&written)).await?;
    Ok(challenge)
}

async fn store(cx: &mut Context, value: &str) -> Result<(), Error> {
    let auth = cx.auth.clone();
    let name = cx.rng.token(NAME);
    let secret = links::secret(cx, "", &name, LIFETIME, value);
    verification::insert(&cx.db, &secret).await?;
    cx.cookies.sign_as_configured(&cookie(&auth.config), &name, auth.config.secrets.current());
    Ok(())
}

/// Redeems the challenge of the browser. The statement that removes it decides: of several requests at once, one gets it.
///
/// # Errors
/// 400 if there is none, or if it is for another ceremony.
pub(super) async fn take(cx: &Context, ceremony: Ceremony) -> Result<Challenge, Error> {
    let none = || Error::bad(words::CHALLENGE_NOT_FOUND, Reason::NoPasskeyChallenge);
    let name = cx.jar.signed(&cookie(&cx.auth.config).name, &cx.auth.config.secrets).genuine().ok_or_else(none)?;
    // A signature does not show for which cookie it was made.
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if name.len() != NAME || !name.bytes().all(is_letter) {
        return Err(none());
    }
    let taken = verification::take(&cx.db, &links::identifiers(cx, "", &name)).await?;
    let taken = taken.filter(|taken| taken.expires_at >= cx.now).ok_or_else(none)?;
    let stored: StoredChallenge = serde_json::from_str(&taken.value).map_err(|_| none())?;
    if stored.r#type != ceremony.name() {
        return Err(none());
    }
    Ok(Challenge { text: stored.expected_challenge, user_id: stored.user_data.id })
}

/// Returns the domain of passkeys.
pub(super) fn rp_id(cx: &Context) -> String {
    let configured = &cx.auth.config.features.passkey.rp_id;
    if !configured.is_empty() {
        return configured.clone();
    }
    let host = cx.link_base().and_then(|base| Url::parse(&base).ok()?.host_str().map(str::to_owned));
    host.unwrap_or_else(|| "localhost".to_owned())
}

/// Returns the origins that the page of an answer may have: the configured ones, or that of the request, which must be trusted.
/// `None` if the request names none.
///
/// # Errors
/// 403 if that of the request is not trusted.
pub(super) fn origins(cx: &Context) -> Result<Option<Vec<String>>, Error> {
    let configured = &cx.auth.config.features.passkey.origin;
    if !configured.is_empty() {
        return Ok(Some(configured.clone()));
    }
    match cx.header("origin").filter(|origin| !origin.is_empty()) {
        None => Ok(None),
        Some(origin) if cx.trusts(&origin) => Ok(Some(vec![origin])),
        Some(_) => {
            let status = http::StatusCode::FORBIDDEN;
            Err(Error::api(status, crate::code::INVALID_ORIGIN, Reason::UntrustedOrigin))
        }
    }
}

/// Whether the authenticator must verify the person.
pub(super) fn must_verify(cx: &Context) -> bool {
    cx.auth.config.features.passkey.authenticator_selection.user_verification == Requirement::Required
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_stored_as_better_auth_stores_it() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../../../tests/vectors/passkeys.json")).unwrap();
        let row = |ceremony: &str| vectors[ceremony]["verification_row"]["value"].as_str().unwrap();
        let of = |row: &str| serde_json::from_str::<StoredChallenge>(row).unwrap();
        let registration = of(row("registration"));
        let (id, name) = (registration.user_data.id.as_str(), Some("ann@example.com"));
        let written = WrittenChallenge {
            r#type: Ceremony::Registration.name(),
            expected_challenge: &registration.expected_challenge,
            user_data: UserData { id, name, display_name: name },
            context: Some(None),
        };
        assert_eq!(json::to_string(&written), row("registration"));
        let authentication = of(row("authentication"));
        let written = WrittenChallenge {
            r#type: Ceremony::Authentication.name(),
            expected_challenge: &authentication.expected_challenge,
            user_data: UserData { id: "", name: None, display_name: None },
            context: None,
        };
        assert_eq!(json::to_string(&written), row("authentication"));
    }
}
