//! The section `[passkey]`, and the table of the feature (spec management-plugins §§4.1, 4.8).

use serde_json::{Map, Value};

use super::words;
use crate::{
    declaration::{CookieDeclaration, Declaration, Documentation, FeatureTable, Model, ModelColumn, Resource},
    options::{Default, Section, choice, optional_choice, optional_table, options, read_by, section, switch, text},
    problem::Problems,
};

/// The cookie that names the challenge of a browser.
pub(super) const COOKIE: &str = "better-auth-passkey";

/// The feature.
pub const DECLARATION: Declaration = Declaration {
    tables: &[FeatureTable {
        model: Model {
            name: "passkey",
            key: "passkey",
            columns: &[
                ModelColumn::text("name", "name").optional(),
                ModelColumn::text("publicKey", "public_key"),
                ModelColumn::owner(),
                ModelColumn::text("credentialID", "credential_id").indexed(),
                ModelColumn::number("counter", "counter"),
                ModelColumn::text("deviceType", "device_type"),
                ModelColumn::boolean("backedUp", "backed_up"),
                ModelColumn::text("transports", "transports").optional(),
                ModelColumn::date("createdAt", "created_at").optional(),
                ModelColumn::text("aaguid", "aaguid").optional(),
            ],
        },
        when: &[],
    }],
    cookies: &[CookieDeclaration {
        lifetime: "5 minutes",
        about: "Names the challenge of a registration or a sign-in; signed",
        ..CookieDeclaration::of(COOKIE)
    }],
    absent: &[
        ("advanced", "write `[advanced.cookies.better-auth-passkey] name = \"…\"`"),
        ("authentication.after_verification", "a function cannot be configured"),
        (
            "authenticator_selection.require_resident_key",
            "write `resident_key = \"required\"`, from which browsers learn the same",
        ),
        ("registration.after_verification", "a function cannot be configured"),
        (
            "registration.require_session",
            "a passkey is registered by a user who is signed in: create the user first, for example with a mailed link or code",
        ),
        (
            "registration.resolve_user",
            "a function cannot be configured; a passkey is registered by a user who is signed in",
        ),
        ("schema", "write `[schema.passkey]`"),
    ],
    ..Declaration::of("passkey")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: words::REASONS, codes: words::CODES };

options! {
    /// Passkeys (WebAuthn) that sign in, also without an address: better-auth's plugin `passkey`. It needs the table `passkey`: run
    /// `cargo gatepost migrate`.
    pub struct Passkey {
        /// The endpoints below `/passkey/` answer.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// The domain for which passkeys are registered: that of the pages, or a domain above it. Passkeys of one domain do not work
        /// for another, so do not change it. If it is empty, it is the host of the base URL.
        rp_id: String = text("rp_id", ""),
        /// The name that browsers show for the service; `app_name` if it is empty.
        rp_name: String = text("rp_name", ""),
        /// The origins of the pages that use passkeys, as a text or a list, for example `"https://app.example.com"`. If it is empty,
        /// every trusted origin may, and the header `Origin` says which one does.
        origin: Vec<String> = read_by("origin", Default::EmptyList, origins),
        /// The authenticators that may be registered.
        authenticator_selection: AuthenticatorSelection = section::<AuthenticatorSelection>("authenticator_selection"),
        /// Registrations.
        registration: Ceremony = section::<Ceremony>("registration"),
        /// Sign-ins.
        authentication: Ceremony = section::<Ceremony>("authentication"),
    }
    check: contradictions
}

options! {
    /// The authenticators that may be registered.
    pub struct AuthenticatorSelection {
        /// `"platform"`: those of the device; `"cross-platform"`: those that a device connects to. A page may choose otherwise.
        attachment: Option<Attachment> = optional_choice("authenticator_attachment", "both", ATTACHMENTS),
        /// Whether the authenticator stores the passkey, so that a sign-in needs no address: `"required"`, `"preferred"` or
        /// `"discouraged"`.
        resident_key: Requirement = choice("resident_key", PREFERRED, WISHES),
        /// Whether the authenticator asks for a PIN or a fingerprint: `"required"`, `"preferred"` or `"discouraged"`. With
        /// `"required"` a passkey registers and signs in only with it.
        user_verification: Requirement = choice("user_verification", PREFERRED, WISHES),
    }
}

options! {
    /// Registrations, or sign-ins.
    pub struct Ceremony {
        /// The WebAuthn extensions that the browser is asked for, as a table, for example `{ uvm = true }`. Their results are not
        /// read.
        extensions: Option<Map<String, Value>> = optional_table("extensions", "none"),
    }
}

/// The place of an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attachment {
    /// In the device.
    Platform,
    /// Elsewhere, for example a security key or a telephone.
    CrossPlatform,
}

impl Attachment {
    /// The name in WebAuthn.
    pub fn name(self) -> &'static str {
        name(ATTACHMENTS, self)
    }
}

/// How much something is wanted of an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement {
    /// Without it the ceremony fails.
    Required,
    /// With it if possible.
    Preferred,
    /// Without it if possible.
    Discouraged,
}

impl Requirement {
    /// The name in WebAuthn.
    pub fn name(self) -> &'static str {
        name(WISHES, self)
    }
}

const ATTACHMENTS: &[(&str, Attachment)] =
    &[("platform", Attachment::Platform), ("cross-platform", Attachment::CrossPlatform)];
const PREFERRED: (&str, Requirement) = ("preferred", Requirement::Preferred);
const WISHES: &[(&str, Requirement)] =
    &[("required", Requirement::Required), PREFERRED, ("discouraged", Requirement::Discouraged)];

fn name<T: Copy + PartialEq>(all: &[(&'static str, T)], one: T) -> &'static str {
    all.iter().find(|(_, other)| *other == one).map_or("", |(name, _)| *name)
}

/// Reads one origin or a list. WebAuthn compares them as texts, so that each must be written as browsers write it.
fn origins(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<String> {
    if section.is_list(key) {
        return section.texts(key, problems).unwrap_or_default();
    }
    section.text(key, problems).into_iter().filter(|origin| !origin.is_empty()).collect()
}

/// A domain with a scheme or a port, and a text that is no origin, match nothing that a browser sends.
fn contradictions(read: &Passkey, section: &Section<'_>, problems: &mut Problems) {
    let is_domain = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    if !is_domain(&read.rp_id) {
        let text = format!("`{}` is not a domain; write one like example.com, without a scheme and a port", read.rp_id);
        problems.add(section.place("rp_id"), text);
    }
    for (cause, fix) in read.origin.iter().filter_map(|origin| wrong_origin(origin)) {
        problems.add(section.place("origin"), format!("`passkey.origin`: {cause}; write {fix}"));
    }
}

/// Returns why browsers never send a text as an origin, and the text to write instead. The origins of Android applications have a form of
/// their own, and those of other programs, such as extensions of browsers, have a scheme and a host.
fn wrong_origin(origin: &str) -> Option<(String, String)> {
    const ANDROID: &str = "android:apk-key-hash:";
    let is_none = |fix: String| Some((format!("`{origin}` is no origin"), fix));
    let example = || is_none("one like `https://app.example.com`".to_owned());
    if origin.strip_prefix(ANDROID).is_some_and(|hash| !hash.is_empty()) {
        return None;
    }
    if origin.contains('*') {
        return Some((format!("`{origin}` is a pattern"), "each origin in a list".to_owned()));
    }
    let written = |text: &str| Some(url::Url::parse(text).ok()?.origin()).filter(url::Origin::is_tuple);
    if let Some(written) = written(origin).map(|written| written.ascii_serialization()) {
        let differs = written != origin;
        return differs.then(|| (format!("browsers never send `{origin}` as an origin"), format!("`{written}`")));
    }
    match origin.split_once("://") {
        Some(("https" | "http" | "", _)) => example(),
        Some((scheme, rest)) => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let is_host = !host.is_empty() && !host.contains(char::is_whitespace);
            match is_host && url::Url::parse(origin).is_ok() {
                false => example(),
                true if host == rest => None,
                true => is_none(format!("`{scheme}://{host}`")),
            }
        }
        None => {
            let host = origin.split(':').next().unwrap_or_default();
            let is_local = matches!(host, "localhost" | "127.0.0.1");
            let scheme = if is_local { "http" } else { "https" };
            let written = written(&format!("{scheme}://{origin}")).filter(|_| is_local || host.contains('.'));
            match written.map(|written| written.ascii_serialization()) {
                Some(written) => Some((format!("`{origin}` has no scheme"), format!("`{written}`"))),
                None => example(),
            }
        }
    }
}
