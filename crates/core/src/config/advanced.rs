//! `[advanced]`: cookies (spec core §4), origin checks (§8.6), identifiers and client addresses (§10).

use serde_json::Value;

use super::{CookieAttributes, CookieOverrides, Ids, Problems};
use crate::{
    crypto::random::IdForm,
    options::{Default, Section, number, optional_switch, options, read_by, section, switch, text},
    syntax::network::Network,
};

options! {
    /// Cookies, origin checks and client addresses.
    pub struct Advanced {
        /// Cookies have the attribute `Secure`, and `__Secure-` in front of their names.
        use_secure_cookies: Option<bool> = optional_switch("use_secure_cookies", "by the base URL"),
        /// Text in front of every cookie's name.
        cookie_prefix: String = text("cookie_prefix", "better-auth"),
        /// Cookies for all subdomains.
        cross_sub_domain_cookies: CrossSubDomainCookies =
            section::<CrossSubDomainCookies>("cross_sub_domain_cookies"),
        /// The attributes of every cookie.
        default_cookie_attributes: CookieAttributes = section::<CookieAttributes>("default_cookie_attributes"),
        /// The name of a single cookie, and its attributes, which have the same keys as `default_cookie_attributes`:
        /// `session_token = { name = "sid", attributes = { same_site = "strict" } }`. The cookies are listed below.
        cookies: CookieOverrides = read_by("cookies", Default::Told("–"), CookieOverrides::read),
        /// Requests with cookies need not say where they come from. Dangerous.
        disable_csrf_check: Option<bool> = optional_switch("disable_csrf_check", "as `disable_origin_check`"),
        /// URLs to redirect to are not checked, and requests with cookies may come from any origin. Dangerous.
        disable_origin_check: bool = switch("disable_origin_check", false),
        /// `/ok/` answers like `/ok`.
        skip_trailing_slashes: bool = switch("skip_trailing_slashes", false),
        /// Without a base URL, the service trusts `x-forwarded-host` and `x-forwarded-proto`.
        trusted_proxy_headers: bool = switch("trusted_proxy_headers", false),
        /// Identifiers of rows.
        database: Identifiers = section::<Identifiers>("database"),
        /// The source of the client's address.
        ip_address: IpAddress = section::<IpAddress>("ip_address"),
    }
}

options! {
    /// Cookies for all subdomains.
    pub struct CrossSubDomainCookies {
        /// Cookies carry a `Domain`.
        enabled: bool = switch("enabled", false),
        /// The `Domain` of the cookies.
        domain: Option<String> = read_by("domain", Default::Told("the base URL's host"), |section, key, problems| {
            section.text(key, problems).filter(|domain| !domain.is_empty())
        }),
    }
    check: has_domain
}

options! {
    /// Identifiers of rows.
    pub struct Identifiers {
        /// `"uuid"` or `"serial"`: identifiers are UUIDs or numbers, and the database makes them; answers still have them as
        /// texts. `false`: the default of each table's column makes them, of any type. `"uuidv4"`, `"uuidv7"`, `"nanoid"`,
        /// `"ulid"`: the service makes them. Left out, they are texts of 32 letters and digits.
        generate_id: Ids = read_by("generate_id", Default::Told("–"), Identifiers::read_ids),
    }
}

impl Identifiers {
    fn read_ids(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Ids {
        const CHOICES: &[(&str, Ids)] = &[
            ("uuid", Ids::Uuid),
            ("uuidv4", Ids::Here(IdForm::UuidV4)),
            ("uuidv7", Ids::Here(IdForm::UuidV7)),
            ("nanoid", Ids::Here(IdForm::NanoId)),
            ("ulid", Ids::Here(IdForm::Ulid)),
            ("serial", Ids::Serial),
        ];
        if section.json(key) == Some(Value::Bool(false)) {
            return Ids::Database;
        }
        let names: Vec<_> = CHOICES.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let wanted = format!("one of {}, or false", names.join(", "));
        section.one_of(key, problems, &wanted, CHOICES).unwrap_or(Ids::Here(IdForm::Letters))
    }
}

options! {
    /// The source of the client's address.
    pub struct IpAddress {
        /// Headers in which the service looks for the client's address. It trusts a header with several addresses only with
        /// `trusted_proxies`. Clients without a readable address share one count: three attempts to sign in within ten seconds for all
        /// of them. `gatepost doctor` warns where that may happen, and the log says `rate_limited_without_address`.
        ip_address_headers: Vec<String> = read_by(
            "ip_address_headers",
            Default::Told(
                "`[\"x-forwarded-for\"]`; on Vercel, which sets `VERCEL_URL` and `VERCEL_REGION`, `[\"x-vercel-forwarded-for\", \
                 \"x-real-ip\", \"x-forwarded-for\"]` unless `trusted_proxies` is set",
            ),
            |section, key, problems| section.texts(key, problems).unwrap_or_default(),
        ),
        /// Addresses and networks of the proxies in front, as of a rewrite that adds its own. The last address in the header that is
        /// none of these is the client's.
        trusted_proxies: Vec<Network> = read_by("trusted_proxies", Default::EmptyList, networks),
        /// How many bits of an IPv6 address count.
        ipv6_subnet: u32 = number("ipv6_subnet", 1, 128, 64),
        /// The service stores no address and counts no requests: there are no rate limits then.
        disable_ip_tracking: bool = switch("disable_ip_tracking", false),
    }
    check: headers
}

/// Which requests must prove where they come from: the switches `disable_csrf_check` and `disable_origin_check`, resolved (spec
/// core §8.6). All are on by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// Requests with cookies must come from a trusted origin.
    pub origin: bool,
    /// A navigation from another site may not sign in.
    pub navigation: bool,
    /// URLs to redirect to must be trusted.
    pub redirects: bool,
}

impl Advanced {
    /// Which requests must prove where they come from.
    pub fn checks(&self) -> Checks {
        let (csrf, origin) = (self.disable_csrf_check, self.disable_origin_check);
        Checks { origin: !origin && csrf != Some(true), navigation: !csrf.unwrap_or(origin), redirects: !origin }
    }
}

fn has_domain(read: &CrossSubDomainCookies, section: &Section<'_>, problems: &mut Problems) {
    if read.enabled && read.domain.is_none() && section.circumstances().without_base_url {
        let text = "`advanced.cross_sub_domain_cookies` needs a domain; set its `domain`, or BETTER_AUTH_URL";
        problems.add(section.place("enabled"), text);
    }
}

fn networks(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<Network> {
    let mut networks = Vec::new();
    for text in section.texts(key, problems).unwrap_or_default() {
        match text.parse() {
            Ok(network) => networks.push(network),
            Err(()) => {
                let text =
                    format!("`{text}` is neither an address nor a network; write \"10.0.0.1\" or \"10.0.0.0/8\"");
                problems.add(section.place(key), text);
            }
        }
    }
    networks
}

const FORWARDED: &str = "x-forwarded-for";
/// Vercel replaces these in every request (vercel.com/docs/headers/request-headers). `x-forwarded-for` alone may have been
/// written by a proxy of the deployment's own, and then name several addresses.
const BY_VERCEL: [&str; 3] = ["x-vercel-forwarded-for", "x-real-ip", FORWARDED];

/// Sets the usual headers where none are configured. A deployment that names proxies reads the header that those proxies write.
fn headers(read: &mut IpAddress, section: &Section<'_>, _: &mut Problems) {
    if !section.has("ip_address_headers") {
        let on_vercel = section.circumstances().on_vercel && read.trusted_proxies.is_empty();
        let usual = if on_vercel { BY_VERCEL.as_slice() } else { &[FORWARDED] };
        read.ip_address_headers = usual.iter().map(|name| (*name).to_owned()).collect();
    }
}
