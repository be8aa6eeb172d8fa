//! Breached passwords (spec sign-in-plugins §9): where a client sets a password, the range API of Have I Been Pwned is asked for the
//! breached passwords whose hashes begin with the same digits. README.md lists the threats.

pub mod declaration;
mod rules;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use url::Url;

use self::{
    declaration::{HaveIBeenPwned, OnFailure},
    rules::Hash,
};
use crate::{
    context::{
        Context,
        places::{Answer, Places},
    },
    error::Error,
    fetch,
    outcome::Outcome,
    reason::Reason,
};

/// The places at which the feature acts.
pub const PLACES: Places = Places { new_password: Some(new_password), ..Places::NONE };

/// The public range API.
const RANGE_API: &str = "https://api.pwnedpasswords.com/range/";
/// The most bytes of a list that are read: some 26,000 hashes with their counts.
const LONGEST_LIST: usize = 1 << 20;

/// Why a password could not be checked.
struct Failure {
    /// The message for the client.
    message: String,
    /// The cause of the failure, for the log.
    cause: String,
}

impl Failure {
    fn new(cause: impl ToString) -> Self {
        let message = "Failed to check password. Please try again later.".to_owned();
        Self { message, cause: cause.to_string() }
    }
}

/// Refuses a password that is in a known data breach.
pub fn new_password<'a>(cx: &'a mut Context, path: &'static str, password: &'a str) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let config = &cx.auth.config.features.have_i_been_pwned;
        if !config.checks(path) {
            return Ok(());
        }
        match is_breached(config, password).await {
            Ok(false) => Ok(()),
            Ok(true) => Err(refused(config)),
            Err(failure) if config.on_failure == OnFailure::Continue => {
                Outcome::background("have_i_been_pwned", &failure.cause);
                Ok(())
            }
            Err(Failure { message, cause }) => Err(Error::Failed { message, reason: Reason::PasswordUnchecked, cause }),
        }
    })
}

fn refused(config: &HaveIBeenPwned) -> Error {
    let (code, reason) = (declaration::PASSWORD_COMPROMISED, Reason::PasswordBreached);
    match config.message.as_str() {
        "" => Error::bad(code, reason),
        message => Error::explained(StatusCode::BAD_REQUEST, code, message.to_owned(), reason),
    }
}

async fn is_breached(config: &HaveIBeenPwned, password: &str) -> Result<bool, Failure> {
    for hash in Hash::of(password) {
        let range = range(config, hash.prefix()).await?;
        let is_in = hash.is_in(&range).ok_or_else(|| Failure::new("the answer is no list of hashes with counts"))?;
        if is_in {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Asks the range API about a hash that no password has to have, for a check of the API.
///
/// # Errors
/// Why passwords cannot be checked.
pub async fn examine(config: &HaveIBeenPwned) -> Result<(), String> {
    is_breached(config, "").await.map(|_| ()).map_err(|failure| failure.cause)
}

/// The list of the hashes that begin with `prefix`.
async fn range(config: &HaveIBeenPwned, prefix: &str) -> Result<String, Failure> {
    let mut url = match &config.range_url {
        Some(url) => url.clone(),
        None => Url::parse(RANGE_API).map_err(Failure::new)?,
    };
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push(prefix);
    }
    let host = url.host_str().unwrap_or_default().to_owned();
    let request = Request::get("/")
        .header("add-padding", "true")
        .header(header::USER_AGENT, "gatepost")
        .body(Full::new(Bytes::new()))
        .map_err(Failure::new)?;
    let answer = fetch::send_up_to(LONGEST_LIST, &url, request).await;
    let answer = answer.map_err(|error| Failure::new(format!("{host}: {error}")))?;
    let status = answer.status();
    if !status.is_success() {
        let message = format!("Failed to check password. Status: {}", status.as_u16());
        return Err(Failure { message, cause: format!("{host} answered {status}") });
    }
    Ok(String::from_utf8_lossy(answer.body()).into_owned())
}
