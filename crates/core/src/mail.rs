//! Mails: what they say, and the transport that takes them away after the answer. A mail that fails is a log line, never
//! an error of the request that asked for it (spec core §3.3).

use std::io::Write as _;

use serde::Serialize;

use crate::config::Transport;

/// One mail.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Which mail this is.
    pub kind: Kind,
    /// The address.
    pub to: String,
    /// What the person is called.
    pub name: String,
    /// The address that `to` shall become, where that is what is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_email: Option<String>,
    /// The link.
    pub url: String,
    /// The token in the link.
    pub token: String,
}

/// The mails that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Confirm your address.
    VerifyEmail,
    /// Set a new password.
    ResetPassword,
    /// Confirm that you delete your account.
    DeleteAccount,
    /// Confirm, at the old address, that it changes.
    ChangeEmailConfirmation,
}

/// Hands `mail` to `transport`.
///
/// # Errors
/// What went wrong, without the address.
pub async fn send(transport: &Transport, mail: &Mail) -> Result<(), String> {
    match transport {
        Transport::File(path) => {
            let mut line = serde_json::to_vec(mail).map_err(|error| error.to_string())?;
            line.push(b'\n');
            let file = path.clone();
            let append = move || std::fs::OpenOptions::new().create(true).append(true).open(file)?.write_all(&line);
            let done = tokio::task::spawn_blocking(append).await.map_err(|error| error.to_string())?;
            done.map_err(|error| format!("{path} of EMAIL_URL cannot be written: {error}"))
        }
    }
}
