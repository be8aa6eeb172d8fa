//! The rules for a profile from a provider: whose account it is, whether it is linked, and who may sign up (spec jwt-oauth-schema
//! §§4.3, 4.4, 4.6, 4.7).

use serde_json::{Map, Value};

use crate::{
    config::{Client, Linking},
    json,
    model::{Additional, LinkedAccount, User},
    reason::Reason,
    syntax::email,
};

/// A user's profile at a provider.
#[derive(Clone)]
pub struct Profile {
    /// The provider's identifier of the person: never the address, which may become another person's.
    pub subject: String,
    /// The person's name.
    pub name: Option<String>,
    /// The address as the provider writes it.
    pub email: Option<String>,
    /// Whether the provider has confirmed the address.
    pub email_verified: bool,
    /// The URL of a picture.
    pub image: Picture,
    /// The values of additional fields that `[social.<name>.profile]` takes from the profile.
    pub fields: Map<String, Value>,
    /// The part of the profile that was left out, with the reason, for operators.
    pub left_out: Option<String>,
    /// Everything that the provider returned.
    pub raw: Additional,
}

/// The URL of a picture. `None` if none is mentioned, `Some(None)` if the provider says that there is none.
pub type Picture = Option<Option<String>>;

impl Profile {
    /// Returns the address in the form in which it is stored and looked up.
    pub fn address(&self) -> String {
        email::stored(self.email.as_deref().unwrap_or_default())
    }

    /// Whether the address counts as confirmed. An address with letters beyond ASCII does not, regardless of the provider, and is
    /// not linked: systems disagree about which of these are equal.
    pub fn confirms(&self) -> bool {
        self.email_verified && self.is_plain()
    }

    fn is_plain(&self) -> bool {
        self.email.as_deref().is_some_and(str::is_ascii)
    }
}

/// Returns a provider's identifier of a person as text, with numbers as JavaScript writes them, so that it matches accounts that
/// better-auth created. Returns `None` if it identifies no person (§4.4), and for numbers beyond 2^53, which readers round, so that
/// two people could become one.
pub fn subject(value: &Value) -> Option<String> {
    /// The last whole number up to which JavaScript distinguishes neighbours.
    const LAST_SAFE: f64 = 9_007_199_254_740_991.0;
    if value.as_f64().is_some_and(|number| number.abs() > LAST_SAFE) {
        return None;
    }
    let text = json::text(value)?;
    (!text.trim().is_empty() && text != "undefined" && text != "null").then_some(text)
}

/// The users who have an account or an address, as the database knows them.
#[derive(Default)]
pub struct KnownUsers {
    /// The rows with the provider's identifier, each with its user if that exists; at most two.
    pub accounts: Vec<(LinkedAccount, Option<User>)>,
    /// The user with the address, looked up only if there is no such account.
    pub by_email: Option<User>,
}

impl KnownUsers {
    /// Returns the user whom the account or the address identifies.
    ///
    /// # Errors
    /// Two users have the account, so it is ambiguous, or the account's user is gone.
    pub fn owner(self) -> Result<Owner, Refusal> {
        let mut accounts = self.accounts.into_iter();
        let Some((account, user)) = accounts.next() else {
            return Ok(self.by_email.map_or(Owner::Unknown, |user| Owner::OfAddress(user.into())));
        };
        if accounts.any(|(other, _)| other.user_id != account.user_id) {
            return Err(Refusal::Ambiguous);
        }
        user.map(|user| Owner::OfAccount(account.into(), user.into())).ok_or(Refusal::Orphaned)
    }
}

/// The user whom a sign-in identifies.
pub enum Owner {
    /// The account has a user.
    OfAccount(Box<LinkedAccount>, Box<User>),
    /// The account has no user, but its address does.
    OfAddress(Box<User>),
    /// Neither has a user.
    Unknown,
}

/// The reason why a sign-in with a provider is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The address has a user, and the account may not be linked to this user.
    NotLinked,
    /// No new users are accepted.
    SignUpDisabled,
    /// The account's user is gone.
    Orphaned,
    /// Two users have the account.
    Ambiguous,
    /// The user's row could not be written.
    NotCreated,
    /// The session's row could not be written.
    NoSession,
    /// The address must be confirmed first.
    EmailNotVerified,
}

impl Refusal {
    /// Returns the text for the client, with spaces; in a URL they are underscores (§4.6).
    pub fn text(self) -> &'static str {
        match self {
            Self::NotLinked => "account not linked",
            Self::SignUpDisabled => "signup disabled",
            Self::Orphaned => "unable to link account",
            Self::Ambiguous => "internal server error",
            Self::NotCreated => "unable to create user",
            Self::NoSession => "unable to create session",
            Self::EmailNotVerified => "email not verified",
        }
    }

    /// Returns the reason for the operator.
    pub fn reason(self) -> Reason {
        match self {
            Self::NotLinked => Reason::AccountNotLinked,
            Self::SignUpDisabled => Reason::SignUpDisabled,
            Self::Orphaned => Reason::UserGone,
            Self::Ambiguous => Reason::AmbiguousAccount,
            Self::NotCreated | Self::NoSession => Reason::RowRefused,
            Self::EmailNotVerified => Reason::EmailNotVerified,
        }
    }
}

/// Decides whether a sign-in may link the account to the user who has its address (§4.6, rule 2). Both sides must be certain of the
/// address: the provider, unless it is trusted without confirmation, and this service. Otherwise the person who registered the
/// address first would share the user with its owner.
pub fn may_link(provider: &str, profile: &Profile, user: &User, linking: &Linking) -> Result<(), Refusal> {
    let vouched = profile.email_verified || linking.trusted_providers.iter().any(|trusted| trusted == provider);
    let own = user.is_verified() || !linking.require_local_email_verified;
    if vouched && profile.is_plain() && own && linking.enabled && !linking.disable_implicit_linking {
        Ok(())
    } else {
        Err(Refusal::NotLinked)
    }
}

/// Decides whether a new user may be created (§4.6, rule 3).
pub fn may_sign_up(client: &Client, requested: bool) -> Result<(), Refusal> {
    let closed = client.options.disable_sign_up || (client.options.disable_implicit_sign_up && !requested);
    if closed { Err(Refusal::SignUpDisabled) } else { Ok(()) }
}

/// Decides whether a signed-in user may add the account with `/link-social` (§4.7).
///
/// # Errors
/// The reason why not: the address is not vouched for, or differs from the user's.
pub fn may_add(provider: &str, profile: &Profile, own_email: &str, linking: &Linking) -> Result<(), Reason> {
    let vouched = profile.email_verified || linking.trusted_providers.iter().any(|trusted| trusted == provider);
    if !vouched || !linking.enabled {
        return Err(Reason::AccountNotLinked);
    }
    let same = profile.email.is_some() && profile.address() == email::stored(own_email);
    if same || linking.allow_different_emails { Ok(()) } else { Err(Reason::EmailMismatch) }
}

/// The changes of a sign-in to a user; absent members stay.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// A new name.
    pub name: Option<String>,
    /// A new picture; `Some(None)` removes it.
    pub image: Picture,
    /// A new address.
    pub email: Option<String>,
    /// Whether the address counts as confirmed from now on: the new address or, without one, `of`.
    pub email_verified: Option<bool>,
    /// The address that the user had when this was decided. If the user has another one by the time of writing, nothing was decided
    /// about that, and the user gets no account by it. Empty if the user asks for the change: then any address is accepted.
    pub of: String,
}

impl Change {
    /// Returns the changes that the profile makes to an existing user (§4.6). `linked` says that the account is new, `takes_over`
    /// that the profile has precedence.
    pub fn of(profile: &Profile, user: &User, linked: bool, takes_over: bool, linking: &Linking) -> Self {
        let email = profile.address();
        let same = email == user.email;
        let mut change = Self { of: user.email.clone(), ..Self::default() };
        if Self::proves(profile, user, false) {
            change.email_verified = Some(true);
        }
        if takes_over {
            let verified = profile.confirms() || (same && user.is_verified());
            return Self {
                name: Some(profile.name.clone().unwrap_or_default()),
                image: profile.image.clone(),
                email: Some(email),
                email_verified: Some(verified),
                ..change
            };
        }
        if linked && linking.update_user_info_on_link {
            // A sign-in without a name clears the name; linking without one keeps it.
            change.name = Some(profile.name.clone().unwrap_or_default());
            change.image = profile.image.clone();
        }
        change
    }

    /// Returns whether a sign-in with an account of the user proves an unconfirmed address: the user's, or with `takes_over` the one
    /// that the user gets from the provider.
    pub fn proves(profile: &Profile, user: &User, takes_over: bool) -> bool {
        profile.confirms() && !user.is_verified() && (takes_over || profile.address() == user.email)
    }

    /// Returns the changes that linking makes to a user: never to the address.
    pub fn on_link(profile: &Profile, linking: &Linking) -> Self {
        if !linking.update_user_info_on_link {
            return Self::default();
        }
        Self { name: profile.name.clone(), image: profile.image.clone(), ..Self::default() }
    }

    /// Whether the change is empty.
    pub fn is_empty(&self) -> bool {
        let Self { name, image, email, email_verified, of: _ } = self;
        name.is_none() && image.is_none() && email.is_none() && email_verified.is_none()
    }

    /// Whether the change gives the user another name, picture or address.
    pub fn changes_profile(&self, user: &User) -> bool {
        self.name.is_some() && self.name != user.name
            || self.image.as_ref().is_some_and(|image| *image != user.image)
            || self.email.as_ref().is_some_and(|email| *email != user.email)
    }

    /// Applies the change to the user.
    pub fn apply(self, user: &mut User, now: jiff::Timestamp) {
        if self.is_empty() {
            return;
        }
        user.updated_at = Some(now);
        user.name = self.name.or_else(|| user.name.take());
        user.image = self.image.unwrap_or_else(|| user.image.take());
        user.email = self.email.unwrap_or_else(|| std::mem::take(&mut user.email));
        user.email_verified = self.email_verified.or(user.email_verified);
    }
}

/// Merges stored scopes with those of a new grant: each once, the stored ones first (§4.7).
pub fn merged_scopes(stored: Option<&str>, granted: &[String]) -> String {
    let stored = stored.unwrap_or_default().split(',').map(str::trim);
    let mut all: Vec<&str> = Vec::new();
    for scope in stored.chain(granted.iter().map(|scope| scope.trim())).filter(|scope| !scope.is_empty()) {
        if !all.contains(&scope) {
            all.push(scope);
        }
    }
    all.join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_or_literal_undefined_account_id_identifies_nobody() {
        for value in
            [json!(""), json!(" "), json!("undefined"), json!("null"), json!(null), json!(true), json!({}), json!([])]
        {
            assert_eq!(subject(&value), None, "{value}");
        }
        assert_eq!(subject(&json!(42)).as_deref(), Some("42"));
        assert_eq!(subject(&json!("x")).as_deref(), Some("x"));
    }

    #[test]
    fn scopes_are_merged_without_repetition() {
        let granted = ["b", "c", " "].map(str::to_owned);
        assert_eq!(merged_scopes(Some("a, b"), &granted), "a,b,c");
        assert_eq!(merged_scopes(None, &[]), "");
    }
}
