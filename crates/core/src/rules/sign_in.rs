//! Who may sign up or in with which password (spec core §§3.3, 3.4, 14).

use crate::{config::EmailAndPassword, model::User, reason::Reason};

/// A new password's length, in UTF-16 units of what was typed (spec core §7).
pub fn judge_new_password(password: &str, config: &EmailAndPassword) -> Result<(), Reason> {
    if length(password) < config.min_password_length as usize {
        return Err(Reason::PasswordTooShort);
    }
    judge_length(password, config)
}

/// The upper bound alone: it protects the hash, and holds for passwords that are only compared too.
pub fn judge_length(password: &str, config: &EmailAndPassword) -> Result<(), Reason> {
    if length(password) > config.max_password_length as usize { Err(Reason::PasswordTooLong) } else { Ok(()) }
}

fn length(password: &str) -> usize {
    password.encode_utf16().count()
}

/// What sign-in found under the address.
pub struct Found {
    /// The user.
    pub user: User,
    /// The stored hash of the user's password, if there is one; an empty text is none.
    pub password: Option<String>,
}

/// Whether `found` is the one who signs in, given what the comparison of the password with the stored hash brought. The
/// password counts before the state of the address, so that only its owner learns of that.
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
