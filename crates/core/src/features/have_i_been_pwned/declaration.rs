//! Options, code and reasons of breached passwords (spec sign-in-plugins §9).

use url::Url;

use crate::{
    code::codes,
    declaration::{Declaration, Documentation},
    options::{Section, choice, optional_texts, optional_url, options, switch, text},
    problem::Problems,
    reason::reasons,
};

/// The feature.
pub const DECLARATION: Declaration = Declaration::of("have_i_been_pwned");

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

options! {
    /// New passwords must not be in a known data breach: better-auth's plugin `haveIBeenPwned`. Where a client sets a password,
    /// gatepost asks Have I Been Pwned for the breached passwords whose SHA-1 hashes begin with the same five digits. Neither
    /// the password nor the rest of its hash leaves the service.
    pub struct HaveIBeenPwned {
        /// New passwords are checked.
        enabled: bool = switch("enabled", false),
        /// The message of a refusal, instead of better-auth's.
        message: String = text("custom_password_compromised_message", ""),
        /// The paths at which passwords are checked.
        paths: Option<Vec<String>> = optional_texts("paths", "every endpoint that sets a password"),
        /// If the range API cannot be asked: `"refuse"` refuses the password with 500, as better-auth does. `"continue"` accepts it
        /// unchecked and writes the cause to the log; then an attacker who can keep the range API from answering can set a
        /// breached password.
        on_failure: OnFailure = choice("on_failure", REFUSE, &[REFUSE, ("continue", OnFailure::Continue)]),
        /// A copy of the range API instead of the public one, for a mirror of yours or a test. The five digits follow it as a
        /// path segment.
        range_url: Option<Url> = optional_url("range_url", "`https://api.pwnedpasswords.com/range/`"),
    }
    check: paths
}

impl HaveIBeenPwned {
    /// Whether passwords that are set at `path` are checked.
    pub fn checks(&self, path: &str) -> bool {
        self.enabled && self.paths.as_ref().is_none_or(|paths| paths.iter().any(|listed| listed == path))
    }
}

/// The decision about a password that cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    /// It is refused.
    Refuse,
    /// It is accepted.
    Continue,
}

const REFUSE: (&str, OnFailure) = ("refuse", OnFailure::Refuse);

/// The endpoints at which a password is set, here or in better-auth, so that its list can be copied.
const KNOWN: [&str; 7] = [
    "/sign-up/email",
    "/change-password",
    "/reset-password",
    "/email-otp/reset-password",
    "/phone-number/reset-password",
    "/admin/create-user",
    "/admin/set-user-password",
];

/// A path at which no password is set would look as if it protected.
fn paths(read: &HaveIBeenPwned, section: &Section<'_>, problems: &mut Problems) {
    let Some(listed) = &read.paths else { return };
    if listed.is_empty() && read.enabled {
        let text = "no password would be checked; remove `paths`, or set `enabled = false`";
        problems.add(section.place("paths"), text);
    }
    for path in listed.iter().filter(|path| !KNOWN.contains(&path.as_str())) {
        problems
            .add(section.place("paths"), format!("no password is set at `{path}`; write one of {}", KNOWN.join(", ")));
    }
}

reasons! {
    PasswordBreached = "password_breached":
        "the new password is in a known data breach, and `[have_i_been_pwned]` refuses such passwords",
        "choose another password, one that is used nowhere else";
    PasswordUnchecked = "password_unchecked":
        "the service that lists breached passwords could not be asked, and `have_i_been_pwned.on_failure` is \"refuse\"",
        "the cause in the log says why; try again, and compare `have_i_been_pwned.range_url`. With `on_failure = \"continue\"` \
         such passwords are accepted unchecked";
}

codes! {
    /// The password is in a known data breach; the message can be configured.
    PASSWORD_COMPROMISED = "The password you entered has been compromised. Please choose a different password.";
}
