//! `[advanced]`: cookies (spec core §4), origin checks (§8.6) and client addresses (§10).

use url::Url;

use super::Problems;
use crate::options::Section;
use crate::syntax::network::Network;

/// Cookies, origin checks and client addresses.
#[derive(Debug, Clone)]
pub struct Advanced {
    /// Overrides the decision of spec core §4.2.
    pub use_secure_cookies: Option<bool>,
    /// In front of every cookie's name. Default `better-auth`.
    pub cookie_prefix: String,
    /// The `Domain` of every cookie, when they are shared between subdomains.
    pub cookie_domain: Option<String>,
    /// Attributes of every cookie.
    pub default_cookie_attributes: CookieOverride,
    /// Name and attributes of `session_token`.
    pub session_token: CookieOverride,
    /// Name and attributes of `session_data`.
    pub session_data: CookieOverride,
    /// Name and attributes of `dont_remember`.
    pub dont_remember: CookieOverride,
    /// Name and attributes of `account_data`.
    pub account_data: CookieOverride,
    /// Name and attributes of `state`.
    pub state: CookieOverride,
    /// Name and attributes of `oauth_state`.
    pub oauth_state: CookieOverride,
    /// Name and attributes of `two_factor`.
    pub two_factor: CookieOverride,
    /// Name and attributes of `trust_device`.
    pub trust_device: CookieOverride,
    /// Which requests must prove where they come from.
    pub checks: Checks,
    /// `/ok/` answers like `/ok`.
    pub skip_trailing_slashes: bool,
    /// Believe `x-forwarded-host` and `x-forwarded-proto` where no base URL is configured.
    pub trusted_proxy_headers: bool,
    /// Where the client's address comes from.
    pub ip_address: IpAddress,
}

/// The switches `disable_csrf_check` and `disable_origin_check`, resolved (spec core §8.6). All on by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// Requests with cookies must come from a trusted origin.
    pub origin: bool,
    /// A navigation from another site may not sign in.
    pub navigation: bool,
    /// URLs to redirect to must be trusted.
    pub redirects: bool,
}

/// What replaces a cookie's defaults; absent members leave them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CookieOverride {
    /// The name, which `__Secure-` still precedes on https.
    pub name: Option<String>,
    /// `Domain`.
    pub domain: Option<String>,
    /// `Path`.
    pub path: Option<String>,
    /// `HttpOnly`.
    pub http_only: Option<bool>,
    /// `Secure`.
    pub secure: Option<bool>,
    /// `SameSite`.
    pub same_site: Option<SameSite>,
    /// `Partitioned`.
    pub partitioned: Option<bool>,
    /// `Max-Age` in seconds.
    pub max_age: Option<u32>,
}

impl CookieOverride {
    /// For how many seconds a cookie's content is believed: as long as the browser keeps it, where that is configured.
    pub fn believed_for(&self, usual: u32) -> u32 {
        self.max_age.filter(|seconds| *seconds > 0).unwrap_or(usual)
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

/// `[advanced.ip_address]`.
#[derive(Debug, Clone)]
pub struct IpAddress {
    /// Do not find out the client's address.
    pub disable_ip_tracking: bool,
    /// Headers to look into, in order. Default `x-forwarded-for` alone; on Vercel those that it sets itself before it.
    pub ip_address_headers: Vec<String>,
    /// Proxies whose entries in a chain are passed over.
    pub trusted_proxies: Vec<Network>,
    /// How many bits of an IPv6 address count. Default 64.
    pub ipv6_subnet: u32,
}

impl Advanced {
    pub(super) fn read(
        mut section: Section<'_>,
        base_url: Option<&Url>,
        on_vercel: bool,
        problems: &mut Problems,
    ) -> Self {
        let mut cross = section.section("cross_sub_domain_cookies", problems);
        let shared = cross.boolean("enabled", problems).unwrap_or(false);
        let host = base_url.and_then(|url| url.host_str()).map(str::to_owned);
        let domain = cross.text("domain", problems).filter(|domain| !domain.is_empty()).or(host);
        if shared && domain.is_none() {
            let text = "`advanced.cross_sub_domain_cookies` needs a domain; set its `domain`, or BETTER_AUTH_URL";
            problems.add(cross.place("enabled"), text);
        }
        cross.finish(problems);
        let defaults = section.section("default_cookie_attributes", problems);
        let default_cookie_attributes = attributes(defaults, problems);
        let mut cookies = section.section("cookies", problems);
        let mut named = |key| cookie(cookies.section(key, problems), problems);
        let (session_token, session_data, dont_remember) =
            (named("session_token"), named("session_data"), named("dont_remember"));
        let (account_data, state, oauth_state) = (named("account_data"), named("state"), named("oauth_state"));
        let (two_factor, trust_device) = (named("two_factor"), named("trust_device"));
        cookies.finish(problems);
        let disable_csrf_check = section.boolean("disable_csrf_check", problems);
        let disable_origin_check = section.boolean("disable_origin_check", problems).unwrap_or(false);
        let read = Self {
            use_secure_cookies: section.boolean("use_secure_cookies", problems),
            cookie_prefix: section.text("cookie_prefix", problems).unwrap_or_else(|| "better-auth".to_owned()),
            cookie_domain: domain.filter(|_| shared),
            default_cookie_attributes,
            session_token,
            session_data,
            dont_remember,
            account_data,
            state,
            oauth_state,
            two_factor,
            trust_device,
            checks: Checks {
                origin: !disable_origin_check && disable_csrf_check != Some(true),
                navigation: !disable_csrf_check.unwrap_or(disable_origin_check),
                redirects: !disable_origin_check,
            },
            skip_trailing_slashes: section.boolean("skip_trailing_slashes", problems).unwrap_or(false),
            trusted_proxy_headers: section.boolean("trusted_proxy_headers", problems).unwrap_or(false),
            ip_address: IpAddress::read(section.section("ip_address", problems), on_vercel, problems),
        };
        section.finish(problems);
        read
    }
}

fn cookie(mut section: Section<'_>, problems: &mut Problems) -> CookieOverride {
    let name = section.text("name", problems);
    let attributes = attributes(section.section("attributes", problems), problems);
    section.finish(problems);
    CookieOverride { name, ..attributes }
}

fn attributes(mut section: Section<'_>, problems: &mut Problems) -> CookieOverride {
    let read = CookieOverride {
        name: None,
        domain: section.text("domain", problems),
        path: section.text("path", problems),
        http_only: section.boolean("http_only", problems),
        secure: section.boolean("secure", problems),
        same_site: section.choice("same_site", problems, SAME_SITE),
        partitioned: section.boolean("partitioned", problems),
        max_age: section.seconds("max_age", problems),
    };
    section.finish(problems);
    read
}

const SAME_SITE: &[(&str, SameSite)] = &[
    ("lax", SameSite::Lax),
    ("Lax", SameSite::Lax),
    ("strict", SameSite::Strict),
    ("Strict", SameSite::Strict),
    ("none", SameSite::None),
    ("None", SameSite::None),
];

const FORWARDED: &str = "x-forwarded-for";
/// Vercel replaces these in every request (vercel.com/docs/headers/request-headers). `x-forwarded-for` alone may have been
/// written by a proxy of the deployment's own, and then name several addresses.
const BY_VERCEL: [&str; 3] = ["x-vercel-forwarded-for", "x-real-ip", FORWARDED];

impl IpAddress {
    fn read(mut section: Section<'_>, on_vercel: bool, problems: &mut Problems) -> Self {
        let proxies = section.texts("trusted_proxies", problems).unwrap_or_default();
        let mut trusted_proxies = Vec::new();
        for text in proxies {
            match text.parse() {
                Ok(network) => trusted_proxies.push(network),
                Err(()) => problems.add(
                    section.place("trusted_proxies"),
                    format!("`{text}` is neither an address nor a network; write \"10.0.0.1\" or \"10.0.0.0/8\""),
                ),
            }
        }
        let headers = section.texts("ip_address_headers", problems);
        // A deployment that names proxies reads the header that those proxies write.
        let usual = if on_vercel && trusted_proxies.is_empty() { BY_VERCEL.as_slice() } else { &[FORWARDED] };
        let read = Self {
            disable_ip_tracking: section.boolean("disable_ip_tracking", problems).unwrap_or(false),
            ip_address_headers: headers.unwrap_or_else(|| usual.iter().map(|name| (*name).to_owned()).collect()),
            trusted_proxies,
            ipv6_subnet: section.number("ipv6_subnet", problems, 1..=128).unwrap_or(64),
        };
        section.finish(problems);
        read
    }
}
