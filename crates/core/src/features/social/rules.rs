//! What becomes of somebody whom a provider vouches for: whose account it is, who is linked, who may sign up, and where the
//! browser goes (spec jwt-oauth-schema §§4.3, 4.4, 4.6, 4.7).

use serde_json::Value;

use crate::{
    config::{Client, Linking},
    json,
    model::{Additional, LinkedAccount, User},
    reason::Reason,
    syntax::email,
};

/// Whom a provider tells of.
#[derive(Clone)]
pub struct Profile {
    /// The provider's identifier of the person: never the address, which may become another person's.
    pub subject: String,
    /// What the person is called.
    pub name: Option<String>,
    /// The address as the provider writes it.
    pub email: Option<String>,
    /// Whether the provider has confirmed the address.
    pub email_verified: bool,
    /// Where a picture is.
    pub image: Picture,
    /// All that the provider said.
    pub raw: Additional,
}

/// Where a picture is. None where nothing is said of one, and none inside where it is said that there is none.
pub type Picture = Option<Option<String>>;

impl Profile {
    /// The address in the form in which it is stored and looked up.
    pub fn address(&self) -> String {
        email::stored(self.email.as_deref().unwrap_or_default())
    }

    /// Whether the address counts as confirmed. One with letters beyond ASCII does not, whatever the provider says, and links
    /// nobody: readers disagree about which of these are the same.
    pub fn confirms(&self) -> bool {
        self.email_verified && self.is_plain()
    }

    fn is_plain(&self) -> bool {
        self.email.as_deref().is_some_and(str::is_ascii)
    }
}

/// A provider's identifier of a person as text, as JavaScript writes numbers: so the accounts have it that better-auth made.
/// None where it identifies nobody (§4.4), and for a number beyond 2^53: readers round it, and two people would be one.
pub fn subject(value: &Value) -> Option<String> {
    /// The last whole number up to which JavaScript tells neighbours apart.
    const LAST_SAFE: f64 = 9_007_199_254_740_991.0;
    if value.as_f64().is_some_and(|number| number.abs() > LAST_SAFE) {
        return None;
    }
    let text = json::text(value)?;
    (!text.trim().is_empty() && text != "undefined" && text != "null").then_some(text)
}

/// Who has an account and an address, as the database knows them.
#[derive(Default)]
pub struct Known {
    /// The rows with the provider's identifier, each with its user if there still is one; two at most.
    pub accounts: Vec<(LinkedAccount, Option<User>)>,
    /// The user with the address; looked for only where there is no such account.
    pub by_email: Option<User>,
}

impl Known {
    /// The account, and its user if there still is one.
    ///
    /// # Errors
    /// Where two users have it: nobody can tell which one is meant.
    pub fn owner(self) -> Result<Owner, Refusal> {
        let mut accounts = self.accounts.into_iter();
        let Some((account, user)) = accounts.next() else {
            return Ok(self.by_email.map_or(Owner::Nobody, |user| Owner::OfAddress(user.into())));
        };
        if accounts.any(|(other, _)| other.user_id != account.user_id) {
            return Err(Refusal::Ambiguous);
        }
        user.map(|user| Owner::OfAccount(account.into(), user.into())).ok_or(Refusal::Orphaned)
    }
}

/// Whose a sign-in would be.
pub enum Owner {
    /// The account has a user.
    OfAccount(Box<LinkedAccount>, Box<User>),
    /// The account has none, but its address does.
    OfAddress(Box<User>),
    /// Neither.
    Nobody,
}

/// Why somebody whom a provider vouches for does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The address has a user, and the account may not be linked to it.
    NotLinked,
    /// Nobody new may come.
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
    /// What the client reads, with spaces; in a URL they are underscores (§4.6).
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

    /// What the operator reads.
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

/// Whether a sign-in may link the account to the user who has its address. Both sides must be certain of the address: the
/// provider, or it is trusted with all, and this service, or whoever registered the address first would share the user with
/// its owner (§4.6, rule 2).
pub fn may_link(provider: &str, profile: &Profile, user: &User, linking: &Linking) -> Result<(), Refusal> {
    let vouched = profile.email_verified || linking.trusted_providers.iter().any(|trusted| trusted == provider);
    let own = user.is_verified() || !linking.require_local_email_verified;
    if vouched && profile.is_plain() && own && linking.enabled && !linking.disable_implicit_linking {
        Ok(())
    } else {
        Err(Refusal::NotLinked)
    }
}

/// Whether somebody new may come (§4.6, rule 3).
pub fn may_sign_up(client: &Client, requested: bool) -> Result<(), Refusal> {
    let closed = client.options.disable_sign_up || (client.options.disable_implicit_sign_up && !requested);
    if closed { Err(Refusal::SignUpDisabled) } else { Ok(()) }
}

/// Whether somebody signed in may add the account with `/link-social` (§4.7).
///
/// # Errors
/// Why not: nobody vouches for the address, or it is another one.
pub fn may_add(provider: &str, profile: &Profile, own_email: &str, linking: &Linking) -> Result<(), Reason> {
    let vouched = profile.email_verified || linking.trusted_providers.iter().any(|trusted| trusted == provider);
    if !vouched || !linking.enabled {
        return Err(Reason::AccountNotLinked);
    }
    let same = profile.email.is_some() && profile.address() == email::stored(own_email);
    if same || linking.allow_different_emails { Ok(()) } else { Err(Reason::EmailMismatch) }
}

/// What a sign-in changes of a user; absent members stay.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// A new name.
    pub name: Option<String>,
    /// A new picture, or none any more.
    pub image: Picture,
    /// A new address.
    pub email: Option<String>,
    /// Whether the address counts as confirmed from now on: the new one or, where there is none, `of`.
    pub email_verified: Option<bool>,
    /// The address that the user had when this was decided. By the time it is written that may be another one, of which
    /// nothing was decided, and whose user gets no account by it. Empty where the user asks, whatever address that one has.
    pub of: String,
}

impl Change {
    /// What the provider's word changes of a user who was there (§4.6). `linked` says that the account is
    /// new, `takes_over` that the provider's word goes above all.
    pub fn of(profile: &Profile, user: &User, linked: bool, takes_over: bool, linking: &Linking) -> Self {
        let email = profile.address();
        let same = email == user.email;
        let mut change = Self { of: user.email.clone(), ..Self::default() };
        if profile.confirms() && !user.is_verified() && same {
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
            // Whoever comes in without a name has none from then on; whoever only adds an account keeps theirs.
            change.name = Some(profile.name.clone().unwrap_or_default());
            change.image = profile.image.clone();
        }
        change
    }

    /// What linking changes of a user: never the address.
    pub fn on_link(profile: &Profile, linking: &Linking) -> Self {
        if !linking.update_user_info_on_link {
            return Self::default();
        }
        Self { name: profile.name.clone(), image: profile.image.clone(), ..Self::default() }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        let Self { name, image, email, email_verified, of: _ } = self;
        name.is_none() && image.is_none() && email.is_none() && email_verified.is_none()
    }

    /// The user as it is then.
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

/// Stored scopes with those of a new grant: each once, the stored ones first (§4.7).
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
