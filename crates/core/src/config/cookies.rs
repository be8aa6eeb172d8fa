//! The cookies of the core, and what `[advanced]` says of cookies: names and attributes (spec core §4).

use crate::{
    declaration::{CookieDeclaration, CookieName},
    declarations,
    options::{Default, Options as _, Section, optional_switch, optional_text, options, read_by, section},
    problem::Problems,
};

/// The cookies of the core.
const OF_CORE: &[CookieDeclaration] = &[
    CookieDeclaration {
        lifetime: "`session.expires_in`, or until the browser closes",
        about: "The session's token, signed",
        ends_at_sign_out: true,
        ..CookieDeclaration::of("session_token")
    },
    CookieDeclaration {
        lifetime: "`session.cookie_cache.max_age`",
        about: "With `session.cookie_cache.enabled`: the session and its user, signed or encrypted",
        ends_at_sign_out: true,
        ..CookieDeclaration::of("session_data")
    },
    CookieDeclaration {
        lifetime: "until the browser closes",
        about: "The user asked not to be remembered; signed",
        ends_at_sign_out: true,
        ..CookieDeclaration::of("dont_remember")
    },
    CookieDeclaration {
        lifetime: "`session.cookie_cache.max_age`",
        about: "With `account.store_account_cookie`: the account that the user signed in with, and its tokens, encrypted",
        ends_at_sign_out: true,
        ..CookieDeclaration::of("account_data")
    },
    CookieDeclaration {
        lifetime: "5 minutes",
        about: "Binds a flow with a provider to the browser that began it; signed. The state of the flow is stored",
        ..CookieDeclaration::of("state")
    },
    CookieDeclaration {
        lifetime: "10 minutes",
        about: "With `account.store_state_strategy = \"cookie\"`: the state of a flow with a provider, encrypted",
        ends_at_sign_out: true,
        ..CookieDeclaration::of("oauth_state")
    },
];

/// Every cookie with the feature that sets it: those of the core, then those of features.
pub fn cookies() -> impl Iterator<Item = (Option<&'static str>, &'static CookieDeclaration)> {
    let of_core = OF_CORE.iter().map(|cookie| (None, cookie));
    let of = |feature: &&'static crate::declaration::Declaration| {
        let name = feature.name;
        feature.cookies.iter().map(move |cookie| (Some(name), cookie))
    };
    of_core.chain(declarations::ALL.iter().flat_map(of))
}

options! {
    /// Attributes of cookies; those that are absent stay as they are.
    pub struct CookieAttributes {
        /// The attribute `Domain`.
        domain: Option<String> = optional_text("domain", "as `cross_sub_domain_cookies` says"),
        /// The attribute `Path`.
        path: Option<String> = optional_text("path", "`\"/\"`"),
        /// The attribute `HttpOnly`.
        http_only: Option<bool> = optional_switch("http_only", "`true`"),
        /// The attribute `Secure`.
        secure: Option<bool> = optional_switch("secure", "as `use_secure_cookies`"),
        /// The attribute `SameSite`: `"lax"`, `"strict"` or `"none"`, which requires `Secure`.
        same_site: Option<SameSite> = read_by("same_site", Default::Told("`\"lax\"`"), |section, key, problems| {
            section.choice(key, problems, SAME_SITE)
        }),
        /// The attribute `Partitioned`.
        partitioned: Option<bool> = optional_switch("partitioned", "`false`"),
        /// The attribute `Max-Age`, in seconds, of cookies without a lifetime of their own.
        max_age: Option<u32> = read_by("max_age", Default::Told("–"), |section, key, problems| {
            section.seconds(key, problems)
        }),
    }
}

options! {
    /// The name and attributes that replace those of one cookie.
    pub struct CookieOverride {
        /// The name, which `__Secure-` still precedes on https.
        name: Option<String> = optional_text("name", "–"),
        /// The attributes.
        attributes: CookieAttributes = section::<CookieAttributes>("attributes"),
    }
}

/// The values of `SameSite`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Sent with top-level navigations from other sites.
    Lax,
    /// Never sent from other sites.
    Strict,
    /// Always sent; requires `Secure`.
    None,
}

const SAME_SITE: &[(&str, SameSite)] = &[
    ("lax", SameSite::Lax),
    ("Lax", SameSite::Lax),
    ("strict", SameSite::Strict),
    ("Strict", SameSite::Strict),
    ("none", SameSite::None),
    ("None", SameSite::None),
];

/// Names and attributes that replace those of single cookies.
#[derive(Debug, Clone)]
pub struct CookieOverrides {
    declared: Vec<(&'static str, CookieOverride)>,
    /// The override of a cookie that is not declared: it replaces nothing.
    other: CookieOverride,
}

impl CookieOverrides {
    pub(super) fn read(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Self {
        let mut section = section.section(key, problems);
        let mut declared = Vec::new();
        for (_, cookie) in cookies() {
            if let CookieName::Prefixed(name) = cookie.name {
                declared.push((name, CookieOverride::read(section.section(name, problems), problems)));
            }
        }
        section.finish(problems);
        Self { declared, other: CookieOverride::read(Section::empty(), problems) }
    }

    /// Returns the override of the cookie that is declared under this name.
    pub fn of(&self, name: &str) -> &CookieOverride {
        self.declared.iter().find(|(found, _)| *found == name).map_or(&self.other, |(_, cookie)| cookie)
    }

    /// For how many seconds the content of a cookie is accepted: as long as the browser keeps it, where that is configured, else
    /// `usual`.
    pub fn believed_for(&self, name: &str, usual: u32) -> u32 {
        self.of(name).attributes.max_age.filter(|seconds| *seconds > 0).unwrap_or(usual)
    }
}
