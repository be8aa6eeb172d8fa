//! The password check that every change of a second factor requires.

use crate::{code, context::Context, error::Error, reason::Reason, rules::sign_in};

/// Checks the password. With `free`, a user without a password needs none.
pub(super) async fn prove(
    cx: &mut Context,
    typed: Option<&str>,
    stored: Option<&str>,
    free: bool,
) -> Result<(), Error> {
    if free && stored.is_none() {
        return Ok(());
    }
    let wrong = |reason| Error::bad(code::INVALID_PASSWORD, reason);
    let typed = typed.filter(|typed| !typed.is_empty()).ok_or_else(|| wrong(Reason::WrongPassword))?;
    sign_in::judge_length(typed, &cx.auth.config.email_and_password).map_err(Error::password_length)?;
    cx.check_password(stored, typed).await?.map_err(wrong)
}
