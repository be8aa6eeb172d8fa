//! The claims of a mailed link and the effect of following it (spec core §§3.18, 13.1). The link's token is signed and not stored: it works
//! only once because it names the state that following it changes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    crypto::secret::Secrets,
    model::User,
    reason::Reason,
    rules::binding::{self, Credential},
    syntax::email,
};

/// The request type of the first step of a change of address, mailed to the old address.
pub const CONFIRM_CHANGE: &str = "change-email-confirmation";
/// The request type of the second step, mailed to the new address.
pub const VERIFY_CHANGE: &str = "change-email-verification";

/// The claims of a link, in the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    /// The address that the link was made for.
    pub email: String,
    /// The new address, for a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update_to: Option<String>,
    /// The step of a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_type: Option<String>,
    /// The identifier of the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The digest of what the link is bound to ([`binding::state`]). Links of better-auth have none.
    #[serde(rename = "gatepostState", skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The time of creation, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// The expiry, in seconds since 1970. A link without one does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
}

impl Claims {
    /// Creates the claims of a link for `user` that works for `seconds` from `now` on.
    pub fn of(user: &User, now: Timestamp, seconds: u32) -> Self {
        let iat = now.as_second();
        Self {
            email: user.email.clone(),
            update_to: None,
            request_type: None,
            user_id: Some(user.id.clone()),
            state: None,
            iat: Some(iat),
            exp: Some(iat + i64::from(seconds)),
        }
    }

    /// Binds the claims to the password of `user`.
    #[must_use]
    pub fn bound(self, secrets: &Secrets, user: &User, password: Option<&str>) -> Self {
        Self { state: Some(binding::state(secrets, user, password)), ..self }
    }

    /// Turns the claims into those for a step of a change of address.
    #[must_use]
    pub fn changing(self, to: &str, step: &str) -> Self {
        Self { update_to: Some(to.to_owned()), request_type: Some(step.to_owned()), ..self }
    }

    /// Whether the address and the password of `user` are those that the link was made for.
    pub fn holds(&self, secrets: &Secrets, user: &User, credential: &Credential) -> bool {
        binding::holds(secrets, self.state.as_deref(), self.iat, user, credential)
    }

    /// Reads signed claims. They expire at the second in `exp`, not after it.
    pub fn read(signed: &[u8], now: Timestamp) -> Result<Self, Reason> {
        let claims: Self = serde_json::from_slice(signed).map_err(|_| Reason::InvalidToken)?;
        match claims.exp {
            Some(exp) if exp <= now.as_second() => Err(Reason::TokenExpired),
            _ if !email::is_valid(&claims.email) => Err(Reason::InvalidToken),
            _ => Ok(claims),
        }
    }
}

/// The effect of following a link.
#[derive(Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// Confirm the address.
    Confirm,
    /// Do nothing: the address is confirmed already.
    Nothing,
    /// Ask the new address, after the old one has agreed.
    AskNewAddress(&'a str),
    /// Replace the address, after the new one has agreed. It counts as confirmed if the old one did.
    Change(&'a str),
    /// Replace the address for a link of an older version: the new address is still to be confirmed.
    ChangeUnconfirmed(&'a str),
}

/// Judges a link by the user whom it names. `holds` says whether the user still has the address and password that the link was made
/// for.
pub fn judge<'a>(claims: &'a Claims, user: Option<&User>, holds: bool) -> Result<Step<'a>, Reason> {
    let Some(to) = &claims.update_to else {
        let user = user.ok_or(Reason::UnknownUser)?;
        return match &claims.user_id {
            Some(id) if *id != user.id => Err(Reason::InvalidToken),
            _ if user.is_verified() => Ok(Step::Nothing),
            _ if !holds => Err(Reason::InvalidToken),
            _ => Ok(Step::Confirm),
        };
    };
    if claims.user_id.is_none() {
        return Err(Reason::InvalidToken);
    }
    let user = user.ok_or(Reason::UnknownUser)?;
    if user.email != claims.email || !holds {
        return Err(Reason::InvalidToken);
    }
    Ok(match claims.request_type.as_deref() {
        Some(CONFIRM_CHANGE) => Step::AskNewAddress(to),
        Some(VERIFY_CHANGE) => Step::Change(to),
        _ => Step::ChangeUnconfirmed(to),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2025-01-15T12:00:00Z".parse().unwrap()
    }

    fn user() -> User {
        let text = |text: &str| text.to_owned();
        let (created_at, updated_at) = (Some(now()), Some(now()));
        let (name, email, id) = (Some(text("Ann")), text("ann@example.com"), text("user"));
        let additional = crate::model::Additional::default();
        User { name, email, email_verified: Some(false), image: None, created_at, updated_at, additional, id }
    }

    fn change(kind: Option<&str>) -> Claims {
        let update_to = Some("new@example.com".to_owned());
        Claims { update_to, request_type: kind.map(str::to_owned), ..Claims::of(&user(), now(), 60) }
    }

    #[test]
    fn a_link_ends_at_its_expiry_and_not_after_it() {
        let signed = serde_json::to_vec(&Claims::of(&user(), now(), 60)).unwrap();
        let at = |second: i64| Timestamp::from_second(now().as_second() + second).unwrap();
        assert!(Claims::read(&signed, at(59)).is_ok());
        assert_eq!(Claims::read(&signed, at(60)).err(), Some(Reason::TokenExpired));
        assert!(Claims::read(br#"{"email":"ann@example.com"}"#, at(60)).is_ok());
    }

    #[test]
    fn claims_that_are_another_purposes_are_no_link() {
        for other in [
            "null",
            "{}",
            r#"{"email":1}"#,
            r#"{"email":"nobody"}"#,
            r#"{"session":{},"user":{"email":"ann@example.com"}}"#,
            r#"{"email":"ann@example.com","exp":"soon"}"#,
        ] {
            assert_eq!(Claims::read(other.as_bytes(), now()).err(), Some(Reason::InvalidToken), "{other}");
        }
    }

    #[test]
    fn each_kind_of_link_leads_to_its_step() {
        let plain = Claims::of(&user(), now(), 60);
        assert_eq!(judge(&plain, Some(&user()), true), Ok(Step::Confirm));
        let confirmed = User { email_verified: Some(true), ..user() };
        assert_eq!(judge(&plain, Some(&confirmed), true), Ok(Step::Nothing));
        let to = "new@example.com";
        assert_eq!(judge(&change(Some(CONFIRM_CHANGE)), Some(&user()), true), Ok(Step::AskNewAddress(to)));
        assert_eq!(judge(&change(Some(VERIFY_CHANGE)), Some(&user()), true), Ok(Step::Change(to)));
        assert_eq!(judge(&change(None), Some(&user()), true), Ok(Step::ChangeUnconfirmed(to)));
    }

    #[test]
    fn a_link_works_for_its_user_in_its_state_only() {
        let moved = User { email: "new@example.com".to_owned(), ..user() };
        assert_eq!(judge(&change(Some(VERIFY_CHANGE)), Some(&moved), true), Err(Reason::InvalidToken));
        let other = User { id: "other".to_owned(), ..user() };
        assert_eq!(judge(&Claims::of(&other, now(), 60), Some(&user()), true), Err(Reason::InvalidToken));
        let nobodys = Claims { user_id: None, ..change(Some(VERIFY_CHANGE)) };
        assert_eq!(judge(&nobodys, Some(&user()), true), Err(Reason::InvalidToken));
        assert_eq!(judge(&change(None), None, true), Err(Reason::UnknownUser));
    }

    #[test]
    fn a_link_that_was_overtaken_changes_nothing() {
        for overtaken in
            [Claims::of(&user(), now(), 60), change(Some(CONFIRM_CHANGE)), change(Some(VERIFY_CHANGE)), change(None)]
        {
            assert_eq!(judge(&overtaken, Some(&user()), false), Err(Reason::InvalidToken));
        }
        let confirmed = User { email_verified: Some(true), ..user() };
        assert_eq!(judge(&Claims::of(&user(), now(), 60), Some(&confirmed), false), Ok(Step::Nothing));
    }
}
