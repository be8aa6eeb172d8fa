//! `[email_and_password]` (spec core §14).

use crate::{
    crypto::hashes::scheme::{SchemeName, ScryptCost},
    declaration::Resource,
    options::{Default, Section, number, optional_switch, options, positive_seconds, read_by, switch},
    problem::Problems,
};

options! {
    /// Signing up and in with a password.
    pub struct EmailAndPassword {
        /// Users can sign up and in with a password.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// No one can sign up.
        disable_sign_up: bool = switch("disable_sign_up", false),
        /// Signing up signs in.
        auto_sign_in: bool = switch("auto_sign_in", true),
        /// Users whose address is not confirmed cannot sign in.
        require_email_verification: bool = switch("require_email_verification", false).needs(Resource::Mail),
        /// The fewest UTF-16 units of a new password.
        min_password_length: u32 = number("min_password_length", 1, 4_096, 8),
        /// The most UTF-16 units of any password.
        max_password_length: u32 = number("max_password_length", 1, 4_096, 128),
        /// A forgotten password can be replaced by a mailed link; without `EMAIL_URL` it cannot.
        send_reset_password: Option<bool> = optional_switch("send_reset_password", "`true`").needs(Resource::Mail),
        /// How long that link works, in seconds.
        reset_password_token_expires_in: u32 = positive_seconds("reset_password_token_expires_in", 3_600),
        /// Setting a new password by that link ends every session of the user.
        revoke_sessions_on_password_reset: bool = switch("revoke_sessions_on_password_reset", false),
        /// The schemes of other systems whose password hashes are accepted: `"bcrypt"`, `"argon2"`, `"pbkdf2"`, `"scrypt"`,
        /// `"firebase-scrypt"`. A hash is replaced by better-auth's at the first sign-in. Each scheme makes every comparison of a
        /// password slower ([Bring old passwords](old-passwords.md)).
        accept_hashes: Vec<SchemeName> = read_by("accept_hashes", Default::EmptyList, schemes),
        /// The parameters of stored texts `<salt>:<key>` that are not better-auth's, `"N=16384,r=8,p=1"`; for `"scrypt"` in
        /// `accept_hashes`.
        scrypt_parameters: Option<ScryptCost> = read_by("scrypt_parameters", Default::Told("none"), scrypt_parameters),
    }
    check: contradictions
}

/// Reads the schemes; an unknown one is a problem that lists the known ones.
fn schemes(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<SchemeName> {
    let mut read = Vec::new();
    for text in section.texts(key, problems).unwrap_or_default() {
        match SchemeName::ALL.into_iter().find(|name| name.text() == text) {
            Some(name) if read.contains(&name) => {}
            Some(name) => read.push(name),
            None => {
                let known = SchemeName::ALL.map(|name| format!("\"{}\"", name.text())).join(", ");
                let text =
                    format!("`email_and_password.accept_hashes` has an unknown scheme, {text:?}; write one of {known}");
                problems.add(section.place(key), text);
            }
        }
    }
    read
}

fn scrypt_parameters(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<ScryptCost> {
    let text = section.text(key, problems)?;
    let cost = ScryptCost::parse(&text);
    if cost.is_none_or(|cost| cost.bounded().is_err()) {
        let text = "`email_and_password.scrypt_parameters` must be like \"N=16384,r=8,p=1\", with a power of two for N, within 128 \
                    MiB of memory (128 · N · r bytes) and 2097152 for N · r · p";
        problems.add(section.place(key), text);
    }
    cost
}

fn contradictions(read: &EmailAndPassword, section: &Section<'_>, problems: &mut Problems) {
    lengths(read, section, problems);
    if section.has("scrypt_parameters") && !read.accept_hashes.contains(&SchemeName::Scrypt) {
        let text =
            "`email_and_password.scrypt_parameters` has no effect; add \"scrypt\" to `accept_hashes`, or remove it";
        problems.add(section.place("scrypt_parameters"), text);
    }
}

fn lengths(read: &EmailAndPassword, section: &Section<'_>, problems: &mut Problems) {
    let (min, max) = (read.min_password_length, read.max_password_length);
    if min > max {
        let text = format!(
            "`email_and_password.min_password_length` is {min}, above `max_password_length`, {max}, and no password fits; lower the \
             one or raise the other"
        );
        problems.add(section.place_of_either("min_password_length", "max_password_length"), text);
    }
}

impl EmailAndPassword {
    /// Whether sign-up must not tell a taken address from a free one (spec core §14, "protected mode").
    pub fn hides_taken_addresses(&self) -> bool {
        self.require_email_verification || !self.auto_sign_in
    }
}
