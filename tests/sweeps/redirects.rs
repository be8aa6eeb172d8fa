//! A URL that is trusted for redirects leads to a trusted origin, however it is written: as the browser's parser reads
//! it, in Rust and in Node. The URLs are made from a seed, mostly of parts that parsers have disagreed about.

use std::{collections::BTreeMap, fs, time::Duration};

use gatepost_core::{
    crypto::random::Rng,
    rules::query::with_params,
    syntax::origin::{Pattern, RelativeUrls, is_trusted},
};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::Url;

use crate::support::node;

const CASES: usize = 200_000;
/// Accepted ones that Node reads too.
const SAMPLE: usize = 8_000;
const SEED: [u8; 32] = *b"where do all these URLs lead to?";

/// The service's own origin, in turn: what is relative to it may be read otherwise under another scheme.
const BASES: [&str; 2] = ["https://auth.example.com", "http://localhost:3000"];
const PATTERNS: [&str; 8] = [
    "https://app.example.com",
    "http://app.example.com:8080",
    "https://*.preview.example.com",
    "*.wild.dev",
    "http://192.168.*.*",
    "myapp://",
    "other://host/cb",
    "exp://**.exp.dev:*/--/*",
];

const SCHEMES: [&str; 38] = [
    "other:",
    "other:",
    "exp:",
    "exp:",
    "https:",
    "http:",
    "HTTPS:",
    "hTTp:",
    "https",
    "http",
    "",
    "",
    "",
    "myapp:",
    "MyApp:",
    "other:",
    "exp:",
    "javascript:",
    "JavaScript:",
    "data:text/html,",
    "vbscript:",
    "blob:https:",
    "file:",
    "about:blank",
    "ftp:",
    "ws:",
    "wss:",
    "view-source:https:",
    "mailto:",
    "filesystem:https:",
    "my\tapp:",
    "ht\ntps:",
    "\u{0}https:",
    " https:",
    "\u{a0}https:",
    "https\u{ff1a}",
    "x:",
    "//",
];
const SLASHES: [&str; 22] = [
    "//",
    "//",
    "//",
    "//",
    "//",
    "//",
    "/",
    "/",
    "",
    "\\\\",
    "/\\",
    "\\/",
    "///",
    "////",
    "//\\",
    "/\t/",
    "/\n/",
    "/%2f",
    "/%5c",
    "\u{2215}\u{2215}",
    "\u{ff0f}/",
    "/./",
];
const USERS: [&str; 16] = [
    "",
    "",
    "",
    "",
    "",
    "",
    "user@",
    "user:password@",
    "app.example.com@",
    "app.example.com:443@",
    "evil.example\\@",
    "evil.example/@",
    "evil.example#@",
    "evil.example?@",
    "%40",
    "@@",
];
const HOSTS: [&str; 64] = [
    "host",
    "host",
    "a.exp.dev",
    "a.exp.dev",
    "auth.example.com",
    "app.example.com",
    "app.example.com",
    "a.preview.example.com",
    "a.b.preview.example.com",
    "x.wild.dev",
    "192.168.1.5",
    "localhost",
    "host",
    "a.exp.dev",
    "evil.example",
    "evil.example",
    "APP.example.com",
    "app.example.com.",
    "app.example.com.evil.example",
    "evil.example%00.app.example.com",
    "evil.example\u{0}.preview.example.com",
    "evil.example%2f.preview.example.com",
    "evil.example\\.preview.example.com",
    "evil.example/.preview.example.com",
    "evil.example#.preview.example.com",
    "evil.example?.preview.example.com",
    "evil.example%23.wild.dev",
    "evil.example\\.wild.dev",
    "evil.example/.wild.dev",
    "app\u{3002}example\u{3002}com",
    "app\u{ff0e}example.com",
    "app\u{ff61}example.com",
    "\u{ff41}pp.example.com",
    "\u{430}pp.example.com",
    "xn--pp-7lc.example.com",
    "app\u{ad}.example.com",
    "app\u{200b}.example.com",
    "\u{212a}.wild.dev",
    "\u{df}.wild.dev",
    "app.ex\tample.com",
    "app.example.com\n",
    "app.example.com\u{9}",
    "app.example.com%20",
    "app.example%2ecom",
    "app%2eexample.com",
    "%61pp.example.com",
    "192.168.evil.example",
    "192.168.1.5.evil.example",
    "192.168.257.1",
    "192.168.1",
    "3232235781",
    "0xc0a80105",
    "0300.0250.1.5",
    "[::1]",
    "[::ffff:192.168.1.5]",
    "[::1].wild.dev",
    "[fe80::1%25eth0]",
    "192.168.1.5\\evil.example",
    "",
    ".",
    "..",
    "*.preview.example.com",
    ".preview.example.com",
    "preview.example.com",
];
const PORTS: [&str; 17] = [
    "",
    "",
    "",
    "",
    "",
    "",
    ":443",
    ":80",
    ":3000",
    ":8080",
    ":",
    ":0443",
    ":99999",
    ":x",
    ":443@evil.example",
    ":80\\@evil.example",
    ":8081",
];
const PATHS: [&str; 38] = [
    "",
    "",
    "/",
    "/dashboard",
    "/cb",
    "/cb/x",
    "/cbx",
    "/--/x",
    "/cb/../evil",
    "/cb/%2e%2e/evil",
    "/cb/.%2E/evil",
    "/cb/..%2fevil",
    "/x/..%2f../cb",
    "/cb/..\\evil",
    "/cb/\t../evil",
    "/cb%zz/../../evil",
    "/cb/%2e%2e/evil%zz",
    "/cb/%c3%28/../../x",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%2fevil.example",
    "/%5Cevil.example",
    "/%252fevil.example",
    "/..//evil.example",
    "/.//evil.example",
    "/./\\evil.example",
    "/\u{0}",
    "/\u{85}/evil.example",
    "/\u{2028}/evil.example",
    "?x=//evil.example",
    "#//evil.example",
    "?\\",
    "#\\@evil.example",
    "@evil.example",
    ";@evil.example",
    "/a?b=%2f%5c",
    "/\u{e4}\u{20ac}",
];
/// How URLs of other schemes begin that a pattern means.
const CUSTOM: [&str; 4] =
    ["other://host/cb", "OTHER://Host/cb/x", "exp://a.exp.dev:8081/--", "exp://b.a.exp.dev:19000/--/x"];
/// Texts that are inserted at any place.
const NASTY: [&str; 26] = [
    "\t", "\n", "\r", "\u{0}", "\u{1f}", "\u{7f}", "\u{85}", "\u{a0}", "\u{feff}", "\u{202e}", " ", "/", "\\", "@",
    ":", "#", "?", "%", "%2f", "%5c", "%00", "%2e", ".", "*", "[", "\u{ff0f}",
];

/// Choices from the seed.
struct Choices(Rng);

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % bound as u64).unwrap()
    }

    fn one<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn url(&mut self) -> String {
        let parts: [&[&str]; 6] = [&SCHEMES, &SLASHES, &USERS, &HOSTS, &PORTS, &PATHS];
        let mut url: String = parts.iter().map(|part| self.one(part)).collect();
        // A quarter is relative from the start, a third has something thrown in.
        if self.below(4) == 0 {
            url = format!("/{}{}", self.one(&PATHS), self.one(&PATHS));
        }
        // Parts that are chosen apart hardly ever make a URL that a pattern with its own scheme, host and path means.
        if self.below(16) == 0 {
            url = format!("{}{}", self.one(&CUSTOM), self.one(&PATHS));
        }
        for _ in 0..[0, 0, 0, 0, 1, 2][self.below(6)] {
            let places: Vec<usize> = url.char_indices().map(|(at, _)| at).chain([url.len()]).collect();
            let at = places[self.below(places.len())];
            url.insert_str(at, self.one(&NASTY));
        }
        url
    }
}

/// A URL as a parser read it.
#[derive(Debug)]
struct Read<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<u16>,
    path: &'a str,
}

/// Whether it is one of the places that `base` and `PATTERNS` mean: said again, without patterns.
fn is_meant(url: &Read<'_>, base: &str) -> bool {
    let port = url.port.map(|port| format!(":{port}")).unwrap_or_default();
    let origin = format!("{}://{}{port}", url.scheme, url.host);
    let web = ["http", "https"].contains(&url.scheme);
    let listed = [base, "https://app.example.com", "http://app.example.com:8080"].contains(&origin.as_str());
    let preview = url.scheme == "https" && url.host.ends_with(".preview.example.com") && url.port.is_none();
    let wild = web && url.host.ends_with(".wild.dev") && url.port.is_none();
    let address = url.host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.octets()[..2] == [192, 168]);
    let decoded = percent_decode_str(url.path).decode_utf8_lossy();
    // An app may read empty parts of its paths as it likes: they are none.
    let parts: Vec<_> = decoded.split('/').filter(|part| !part.is_empty()).collect();
    let below = parts.first() == Some(&"cb");
    (web && (listed || preview))
        || wild
        || (url.scheme == "http" && address)
        || url.scheme == "myapp"
        || (url.scheme == "other" && url.host.eq_ignore_ascii_case("host") && url.port.is_none() && below)
        || (url.scheme == "exp" && url.host.to_ascii_lowercase().ends_with(".exp.dev") && url.port.is_some())
}

/// The URLs that are trusted beside `base`, each once, in the order in which they were made.
fn accepted(base: &str, relative: RelativeUrls) -> Vec<String> {
    let mut choices = Choices(Rng::from_seed(SEED));
    let mut seen = BTreeMap::new();
    let patterns: Vec<_> = [base].into_iter().chain(PATTERNS).map(Pattern::new).collect();
    for number in 0..CASES {
        let url = choices.url();
        if is_trusted(&url, &patterns, relative) {
            seen.entry(url).or_insert(number);
        }
    }
    let mut urls: Vec<_> = seen.into_iter().collect();
    urls.sort_by_key(|(_, number)| *number);
    urls.into_iter().map(|(url, _)| url).collect()
}

#[test]
fn whatever_is_trusted_leads_to_a_trusted_origin_as_browsers_read_it() {
    for base in BASES {
        let page = Url::parse(base).unwrap();
        let urls = accepted(base, RelativeUrls::Allowed);
        for text in &urls {
            let url = page.join(text).unwrap_or_else(|error| panic!("{text:?} is trusted and no URL: {error}"));
            let host = url.host_str().unwrap_or_default();
            let read = Read { scheme: url.scheme(), host, port: url.port(), path: url.path() };
            assert!(is_meant(&read, base), "{text:?} is trusted on {base} and leads to {read:?}");
            // Written again with parameters behind, it leads there too.
            let Some(again) = with_params(text, &[("error", "x")]) else { continue };
            let url = page.join(&again).unwrap_or_else(|error| panic!("{text:?} became {again:?}: {error}"));
            let host = url.host_str().unwrap_or_default();
            let read = Read { scheme: url.scheme(), host, port: url.port(), path: url.path() };
            assert!(is_meant(&read, base), "{text:?} is trusted on {base}, became {again:?}, and leads to {read:?}");
        }
        // The generator reaches what it is for: each of the places, by more than a few spellings.
        let count = |wanted: &dyn Fn(&Url) -> bool| {
            urls.iter().filter(|text| wanted(&page.join(text.as_str()).unwrap())).count()
        };
        let host = |wanted: &'static str| count(&move |url| url.host_str().unwrap_or_default().ends_with(wanted));
        let own = page.host_str().unwrap().to_owned();
        let reached = [
            count(&|url| url.host_str() == Some(&own)),
            host("app.example.com"),
            host(".preview.example.com"),
            host(".wild.dev"),
            host("192.168.1.5"),
            count(&|url| url.scheme() == "myapp"),
            count(&|url| url.scheme() == "other"),
            count(&|url| url.scheme() == "exp"),
        ];
        println!("{base}: {} of {CASES} are trusted: {reached:?}", urls.len());
        assert!(reached.iter().all(|count| *count >= 20), "{reached:?}");
    }
}

#[test]
fn node_reads_what_is_trusted_the_same_way() {
    let folder = tempfile::tempdir().unwrap();
    for base in BASES {
        let urls = accepted(base, RelativeUrls::Allowed);
        let step = urls.len().div_ceil(SAMPLE);
        let sample: Vec<&String> = urls.iter().step_by(step).collect();
        let file = folder.path().join("urls.json");
        fs::write(&file, serde_json::to_vec(&sample).unwrap()).unwrap();
        let said = node::run("resolve.mjs", &[base, file.to_str().unwrap()], Duration::from_secs(60));
        let read: Vec<Value> = serde_json::from_str(&said).unwrap();
        assert_eq!(read.len(), sample.len());
        assert!(read.len() > 2_000, "{}", read.len());
        for (text, url) in sample.iter().zip(&read) {
            let part =
                |name: &str| url[name].as_str().unwrap_or_else(|| panic!("{text:?} is trusted and no URL to Node"));
            let (scheme, port) = (part("protocol").trim_end_matches(':'), part("port").parse().ok());
            let read = Read { scheme, host: part("hostname"), port, path: part("pathname") };
            assert!(is_meant(&read, base), "{text:?} is trusted on {base} and leads to {read:?}");
        }
    }
}

#[test]
fn an_origin_header_is_never_trusted_for_a_path() {
    for base in BASES {
        let urls = accepted(base, RelativeUrls::Refused);
        assert!(urls.len() > 1_000 && urls.iter().all(|url| !url.starts_with('/')));
    }
}

#[test]
fn a_pattern_of_hosts_trusts_no_scheme_that_runs_what_it_carries() {
    for url in [
        "javascript://x.wild.dev/%0aalert(1)",
        "JavaScript://x.wild.dev/%0aalert(1)",
        "java\tscript://x.wild.dev/%0aalert(1)",
        "vbscript://x.wild.dev/",
        "data://x.wild.dev/,x",
        "file://x.wild.dev/etc/passwd",
    ] {
        assert!(!is_trusted(url, &["*.wild.dev", "*", "**"].map(Pattern::new), RelativeUrls::Allowed), "{url}");
    }
}

#[test]
fn a_pattern_of_hosts_trusts_no_scheme_but_http_and_https() {
    let trusts = |pattern: &str, url: &str| is_trusted(url, &[Pattern::new(pattern)], RelativeUrls::Allowed);
    for url in [
        "intent://x.wild.dev/#Intent;scheme=evilapp;S.browser_fallback_url=https%3A%2F%2Fevil.example;end",
        "view-source://x.wild.dev",
        "ftp://x.wild.dev/",
        "ms-msdt://x.wild.dev/",
        "search-ms://x.wild.dev/",
        "ws://x.wild.dev/",
        "wss://x.wild.dev/",
        "myapp://x.wild.dev/",
        "myapp:x.wild.dev",
    ] {
        for pattern in ["*.wild.dev", "*", "**", "x.wild.de?", "*.wild.dev*"] {
            assert!(!trusts(pattern, url), "{pattern} {url}");
        }
    }
    for url in ["https://x.wild.dev/", "http://x.wild.dev/cb"] {
        assert!(trusts("*.wild.dev", url), "{url}");
    }
    // A scheme that is written is trusted.
    assert!(trusts("myapp://", "myapp://x.wild.dev/") && trusts("myapp://*.wild.dev", "myapp://x.wild.dev/"));
}
