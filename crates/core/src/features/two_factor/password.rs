//! The password check that every change of a second factor requires.

use http::StatusCode;

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
    let wrong = |mismatch| Error::mismatch(StatusCode::BAD_REQUEST, code::INVALID_PASSWORD, mismatch);
    let typed = typed.filter(|typed| !typed.is_empty()).ok_or_else(|| wrong(Reason::WrongPassword.into()))?;
    sign_in::judge_length(typed, &cx.auth.config.email_and_password).map_err(Error::password_length)?;
    cx.check_password(stored, typed).await?.map_err(wrong)?;
    Ok(())
}
