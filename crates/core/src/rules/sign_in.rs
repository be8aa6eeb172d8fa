//! Decides who may sign up or in with which password (spec core §§3.3, 3.4, 14).

use crate::{config::EmailAndPassword, model::User, reason::Reason};

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
pub struct Found {
    /// The user.
    pub user: User,
    /// The stored hash of the user's password, if there is one. An empty text counts as none.
    pub password: Option<String>,
}

/// Decides whether `found` may sign in, given the result of comparing the password with the stored hash. The password is checked
/// before the state of the address, so that only a person with the password learns that state.
pub fn judge<'a>(
    found: Option<&'a Found>,
    password: Result<(), Reason>,
    config: &EmailAndPassword,
) -> Result<&'a User, Reason> {
    let found = found.ok_or(Reason::UnknownUser)?;
    password?;
    if config.require_email_verification && !found.user.is_verified() {
        return Err(Reason::EmailNotVerified);
    }
    Ok(&found.user)
}
