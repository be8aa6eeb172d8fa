//! Decides whether browsers keep a cookie, and whether they send it when a page calls the service (RFC 6265bis; the public suffix
//! list). Pure decisions: from a line of `Set-Cookie` and two URLs to a verdict.

use gatepost_core::{config::SameSite, syntax::network::is_loopback};
use url::{Host, Url};

use crate::report::Verdict;

/// The most bytes of name and value together that browsers keep.
const LARGEST: usize = 4_096;

/// A cookie as an answer sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCookie {
    /// Its name.
    pub name: String,
    /// Its value, still percent-encoded.
    pub value: String,
    domain: Option<String>,
    path: Option<String>,
    secure: bool,
    same_site: SameSite,
    partitioned: bool,
    expires_at_once: bool,
}

/// The decision about a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieFate {
    /// `Fail` if browsers do not keep or send the cookie, `Warn` if some browsers do not.
    pub verdict: Verdict,
    /// The cause.
    pub evidence: String,
    /// The fix.
    pub fix: Option<String>,
}

impl SetCookie {
    /// Reads a line of `Set-Cookie`; `None` if it sets no cookie.
    pub fn read(line: &str) -> Option<Self> {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next()?.split_once('=')?;
        let mut cookie = Self {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            domain: None,
            path: None,
            secure: false,
            same_site: SameSite::Lax,
            partitioned: false,
            expires_at_once: false,
        };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key.to_ascii_lowercase().as_str() {
                "domain" => {
                    cookie.domain = Some(value.trim_start_matches('.').to_ascii_lowercase()).filter(|it| !it.is_empty())
                }
                "path" if value.starts_with('/') => cookie.path = Some(value.to_owned()),
                "secure" => cookie.secure = true,
                "partitioned" => cookie.partitioned = true,
                "max-age" => cookie.expires_at_once = value.parse().is_ok_and(|seconds: i64| seconds <= 0),
                "samesite" if value.eq_ignore_ascii_case("none") => cookie.same_site = SameSite::None,
                "samesite" if value.eq_ignore_ascii_case("strict") => cookie.same_site = SameSite::Strict,
                _ => {}
            }
        }
        Some(cookie)
    }

    /// Returns whether the line removes a cookie.
    pub fn is_removal(&self) -> bool {
        self.expires_at_once || self.value.is_empty()
    }

    /// Decides about the cookie if `service`, a URL with its path, sets it and a page of the origin `page` calls that service.
    pub fn fate(&self, service: &Url, page: &Url) -> CookieFate {
        self.is_kept(service).unwrap_or_else(|| self.is_sent(service, page))
    }

    /// Decides whether all or some browsers refuse to keep the cookie; `None` if they keep it.
    fn is_kept(&self, service: &Url) -> Option<CookieFate> {
        let Self { name, domain, path, .. } = self;
        let host = service.host_str().unwrap_or_default();
        if name.len() + self.value.len() > LARGEST {
            let evidence = format!("{name} has more than {LARGEST} bytes, and browsers drop it");
            return never(
                evidence,
                "store less in the session: fewer `additional_fields`, or no `session.cookie_cache`",
            );
        }
        if name.starts_with("__Secure-") && !self.secure {
            return never(
                format!("{name} is not Secure, which browsers require for its prefix"),
                "a proxy in front of the service rewrites the cookie: let it pass Set-Cookie unchanged",
            );
        }
        if name.starts_with("__Host-") && (!self.secure || domain.is_some() || path.as_deref() != Some("/")) {
            return never(
                format!("{name} needs Secure, Path=/ and no Domain, and browsers refuse it as it is"),
                "choose another name in `advanced.cookies`, or remove `domain` and `path` of its attributes",
            );
        }
        if let Some(domain) = domain.as_deref().filter(|domain| *domain != host) {
            if psl::suffix_str(domain) == Some(domain) {
                return never(
                    format!(
                        "Domain={domain} is a public suffix: the owner of any other name below it could read the cookie, so browsers refuse it"
                    ),
                    "use a domain of your own for the service, or remove `advanced.cross_sub_domain_cookies`",
                );
            }
            if !host.ends_with(&format!(".{domain}")) {
                return never(
                    format!("Domain={domain} does not cover {host}, and browsers refuse the cookie"),
                    format!("set `advanced.cross_sub_domain_cookies.domain` to {}", site(service)),
                );
            }
        }
        if !self.secure && (self.same_site == SameSite::None || self.partitioned) {
            return never(
                format!("{name} has SameSite=None or Partitioned without Secure, and browsers refuse it"),
                "a proxy in front of the service rewrites the cookie: let it pass Set-Cookie unchanged",
            );
        }
        if self.secure && service.scheme() == "http" {
            if is_loopback(host) || host.ends_with(".localhost") {
                return Some(CookieFate {
                    verdict: Verdict::Warn,
                    evidence: format!(
                        "{name} is Secure at {}: Chrome and Firefox keep it on this machine, Safari does not",
                        origin(service)
                    ),
                    fix: Some(
                        "set BETTER_AUTH_URL to the http address for development, which removes Secure".to_owned(),
                    ),
                });
            }
            return never(
                format!("{name} is Secure, but {} is not https: browsers refuse it", origin(service)),
                "serve it over https, and set BETTER_AUTH_URL to the https address",
            );
        }
        let base = service.path();
        let Some(path) = path.as_deref() else {
            return never(
                format!("{name} has no Path, and browsers send it only below the path that set it"),
                "remove `path` of the cookie's attributes, so that it is /",
            );
        };
        let below = path == "/"
            || base == path
            || base.strip_prefix(path).is_some_and(|rest| path.ends_with('/') || rest.starts_with('/'));
        if !below {
            return never(
                format!("Path={path} does not cover {base}, and browsers do not send it to the service"),
                "remove `path` of the cookie's attributes",
            );
        }
        None
    }

    /// Decides whether browsers send a cookie that they kept when the page calls the service.
    fn is_sent(&self, service: &Url, page: &Url) -> CookieFate {
        let Self { name, .. } = self;
        let (here, there) = (site(service), site(page));
        let fate = |verdict, evidence, fix: &str| CookieFate {
            verdict,
            evidence,
            fix: Some(fix.to_owned()).filter(|fix| !fix.is_empty()),
        };
        if here == there && service.scheme() == page.scheme() && service.scheme() == "https" && !self.secure {
            return fate(
                Verdict::Warn,
                format!("{name} has no Secure: anyone who can answer for {here} over http can read it"),
                "remove `advanced.use_secure_cookies = false`, or set BETTER_AUTH_URL to the https address",
            );
        }
        if here == there && service.scheme() == page.scheme() {
            return fate(
                Verdict::Ok,
                format!("{name} is sent from {}: page and service are on the site {here}", origin(page)),
                "",
            );
        }
        let apart = if here == there {
            format!(
                "{} and {} are one site with two schemes, which Chrome treats as two sites",
                origin(page),
                origin(service)
            )
        } else {
            format!("{} is on the site {there}, the service on {here}", origin(page))
        };
        let together = "give the service a name on the page's site, or let the page's host forward `/api/auth/*` to it (a \
                        rewrite), so that both are on one site";
        match self.same_site {
            SameSite::Lax | SameSite::Strict => fate(
                Verdict::Fail,
                format!(
                    "{apart}: {name} has SameSite={:?}, and no browser sends it with a request from there",
                    self.same_site
                ),
                &format!(
                    "{together}; or, without Safari, `[advanced.default_cookie_attributes]` with same_site = \"none\" and partitioned = true"
                ),
            ),
            SameSite::None if self.partitioned => fate(
                Verdict::Warn,
                format!(
                    "{apart}: {name} is a partitioned third-party cookie, which Chrome and Firefox send and Safari may not"
                ),
                &format!("if Safari matters, {together}"),
            ),
            SameSite::None => fate(
                Verdict::Warn,
                format!(
                    "{apart}: {name} is a third-party cookie. Safari and every browser on iOS block it, Firefox isolates it, \
                     Chrome lets users block it"
                ),
                together,
            ),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what its callers return")]
fn never(evidence: String, fix: impl Into<String>) -> Option<CookieFate> {
    Some(CookieFate { verdict: Verdict::Fail, evidence, fix: Some(fix.into()) })
}

/// Returns the registrable domain of a URL (`example.co.uk`), or its host if it has none.
pub fn site(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) => psl::domain_str(name).unwrap_or(name).to_owned(),
        Some(host) => host.to_string(),
        None => String::new(),
    }
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fate(line: &str, service: &str, page: &str) -> (Verdict, String) {
        let (service, page) = (Url::parse(service).unwrap(), Url::parse(page).unwrap());
        let fate = SetCookie::read(line).unwrap().fate(&service, &page);
        assert_eq!(fate.fix.is_some(), fate.verdict != Verdict::Ok, "{fate:?}");
        (fate.verdict, fate.evidence)
    }

    #[test]
    fn a_cookie_is_kept_and_sent_as_browsers_do() {
        const SERVICE: &str = "https://auth.example.com/api/auth";
        const SECURE: &str = "__Secure-better-auth.session_token=x; Path=/; HttpOnly; Secure; SameSite=";
        let lax = &format!("{SECURE}Lax");
        let none = &format!("{SECURE}None");
        let with = |more: &str| format!("{lax}; {more}");
        let plain = "better-auth.session_token=x; Path=/; HttpOnly; SameSite=Lax";
        let (ok, warn, fail) = (Verdict::Ok, Verdict::Warn, Verdict::Fail);
        let cases: &[(&str, &str, &str, Verdict, &str)] = &[
            (lax, SERVICE, "https://auth.example.com", ok, "site example.com"),
            (lax, SERVICE, "https://app.example.com", ok, "site example.com"),
            (lax, SERVICE, "https://example.com:8443", ok, "site example.com"),
            (lax, SERVICE, "http://app.example.com", fail, "two schemes"),
            (lax, SERVICE, "https://example.org", fail, "SameSite=Lax"),
            (&format!("{SECURE}Strict"), SERVICE, "https://example.org", fail, "SameSite=Strict"),
            (&format!("{SECURE}Strict"), SERVICE, "https://app.example.com", ok, ""),
            (none, SERVICE, "https://example.org", warn, "Safari"),
            (&format!("{none}; Partitioned"), SERVICE, "https://example.org", warn, "partitioned"),
            // What has no SameSite counts as Lax.
            ("a=x; Secure; Path=/", SERVICE, "https://example.org", fail, "SameSite=Lax"),
            // Names below a public suffix are separate sites, also if one owner has the suffix.
            (lax, "https://auth.example.co.uk/api/auth", "https://app.example.co.uk", ok, "example.co.uk"),
            (lax, "https://auth-7.vercel.app/api/auth", "https://app-7.vercel.app", fail, "auth-7.vercel.app"),
            (lax, "https://a.github.io/api/auth", "https://b.github.io", fail, ""),
            (&with("Domain=example.com"), SERVICE, "https://app.example.com", ok, ""),
            (&with("Domain=.example.com"), SERVICE, "https://app.example.com", ok, ""),
            (&with("Domain=auth.example.com"), SERVICE, "https://app.example.com", ok, ""),
            (&with("Domain=other.com"), SERVICE, "https://app.example.com", fail, "does not cover"),
            (&with("Domain=ample.com"), SERVICE, "https://app.example.com", fail, "does not cover"),
            (
                &with("Domain=vercel.app"),
                "https://a.vercel.app/api/auth",
                "https://a.vercel.app",
                fail,
                "public suffix",
            ),
            (&with("Domain=com"), SERVICE, "https://app.example.com", fail, "public suffix"),
            (&with("Path=/other"), SERVICE, "https://app.example.com", fail, "Path=/other"),
            (&with("Path=/api"), SERVICE, "https://app.example.com", ok, ""),
            (&with("Path=/ap"), SERVICE, "https://app.example.com", fail, "Path=/ap"),
            (lax, "http://auth.example.com/api/auth", "http://auth.example.com", fail, "is not https"),
            (lax, "http://localhost:3000/api/auth", "http://localhost:3001", warn, "Safari"),
            (plain, "http://localhost:3000/api/auth", "http://localhost:3001", ok, "localhost"),
            (plain, "http://localhost:3000/api/auth", "http://127.0.0.1:3001", fail, "127.0.0.1"),
            (plain, "http://192.168.0.7:3000/api/auth", "http://192.168.0.7:5173", ok, ""),
            (plain, SERVICE, "https://app.example.com", warn, "has no Secure"),
            ("__Secure-a=x; SameSite=Lax", SERVICE, "https://auth.example.com", fail, "is not Secure"),
            ("__Host-a=x; Secure; Path=/api", SERVICE, "https://auth.example.com", fail, "__Host-"),
            ("a=x; Secure", SERVICE, "https://auth.example.com", fail, "no Path"),
            ("a=x; SameSite=None; Path=/", SERVICE, "https://auth.example.com", fail, "without Secure"),
            (&format!("a={}; Secure", "x".repeat(4_096)), SERVICE, "https://auth.example.com", fail, "bytes"),
        ];
        for (line, service, page, verdict, evidence) in cases {
            let (found, told) = fate(line, service, page);
            assert!(found == *verdict && told.contains(evidence), "{line} {service} {page}: {found:?} {told}");
        }
    }

    #[test]
    fn a_line_that_takes_a_cookie_away_is_known() {
        let is_removal = |line| SetCookie::read(line).unwrap().is_removal();
        assert!(is_removal("a=; Max-Age=0; Path=/") && is_removal("a=x; Max-Age=0"));
        assert!(!is_removal("a=x; Max-Age=60") && !is_removal("a=x"));
        assert_eq!(SetCookie::read("nothing"), None);
    }
}
