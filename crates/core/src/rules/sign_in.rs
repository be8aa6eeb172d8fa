//! Decides who may sign up or in with which password (spec core §§3.3, 3.4, 14).

use crate::{
    config::EmailAndPassword,
    crypto::{hashes::scheme::SchemeName, password::PasswordCheck},
    model::User,
    reason::Reason,
};

/// Checks the length of a new password, in UTF-16 units as typed (spec core §7).
pub fn judge_new_password(password: &str, config: &EmailAndPassword) -> Result<(), Reason> {
    if length(password) < config.min_password_length as usize {
        return Err(Reason::PasswordTooShort);
    }
    judge_length(password, config)
}

/// Checks only the maximum length, which protects the hash and so applies to passwords that are only compared as well.
pub fn judge_length(password: &str, config: &EmailAndPassword) -> Result<(), Reason> {
    if length(password) > config.max_password_length as usize { Err(Reason::PasswordTooLong) } else { Ok(()) }
}

fn length(password: &str) -> usize {
    password.encode_utf16().count()
}

/// The user whom a sign-in found.
pub struct FoundUser {
    /// The user.
    pub user: User,
    /// The stored hash of the user's password, if there is one. An empty text counts as none.
    pub password: Option<String>,
}

/// A password that matches the stored hash.
#[derive(Debug)]
pub struct Match {
    /// The hash that replaces the stored one when a session opens, if that is another system's.
    pub replacement: Option<String>,
}

/// A password that does not match the stored hash.
#[derive(Debug)]
pub struct Mismatch {
    /// The reason, for the operator.
    pub reason: Reason,
    /// The cause with its fix, only for the log.
    pub cause: Option<String>,
}

impl From<Reason> for Mismatch {
    fn from(reason: Reason) -> Self {
        Self { reason, cause: None }
    }
}

/// Decides what the comparison of a password means. A hash that was not compared has a cause for the operator.
pub fn judge_hash(checked: PasswordCheck) -> Result<Match, Mismatch> {
    let refused = |reason, cause| Err(Mismatch { reason, cause: Some(cause) });
    match checked {
        PasswordCheck::Right => Ok(Match { replacement: None }),
        PasswordCheck::RightOfOther(hash) => Ok(Match { replacement: Some(hash) }),
        PasswordCheck::Wrong => Err(Reason::WrongPassword.into()),
        PasswordCheck::NoHash => Err(Reason::NoPassword.into()),
        PasswordCheck::NotAccepted(name) => {
            let name = name.text();
            let cause = format!(
                "the stored hash is of the scheme {name}, which the deployment does not accept; add \"{name}\" to \
                 `email_and_password.accept_hashes` in gatepost.toml and deploy"
            );
            refused(Reason::PasswordHashNotAccepted, cause)
        }
        PasswordCheck::TooCostly(name, bound) => {
            let cause = format!(
                "the stored hash of the scheme {} was not computed: {bound}; let the user set a new password with the mailed \
                 link",
                name.text()
            );
            refused(Reason::PasswordHashTooCostly, cause)
        }
        PasswordCheck::Damaged(name) => {
            let form = name.map_or("of better-auth or of another known scheme", SchemeName::text);
            let cause = format!(
                "the stored hash does not have the form {form}; let the user set a new password with the mailed link"
            );
            refused(Reason::MalformedPasswordHash, cause)
        }
    }
}

/// Decides whether `found` may sign in, given the result of comparing the password with the stored hash; with `confirmed`, only with
/// a confirmed address. The password is checked before the state of the address, so that only a person with the password learns that
/// state.
pub fn judge(
    found: Option<&FoundUser>,
    password: Result<Match, Mismatch>,
    confirmed: bool,
) -> Result<(&User, Match), Mismatch> {
    let found = found.ok_or(Reason::UnknownUser)?;
    let matching = password?;
    if confirmed && !found.user.is_verified() {
        return Err(Reason::EmailNotVerified.into());
    }
    Ok((&found.user, matching))
}
