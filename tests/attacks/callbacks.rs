//! The URLs that requests carry, and where browsers are sent: what is checked is what is sent, byte for byte. The URLs are
//! made from a seed, mostly of parts that a header, a parser or a reader of text changes.

use std::{fs, time::Duration};

use gatepost_core::{
    crypto::random::Rng,
    reply::Reply,
    rules::query::{appended, with_params, with_query},
    syntax::origin::{Pattern, RelativeUrls, destination, of},
};
use serde_json::{Value, json};
use url::Url;

use crate::support::{
    flows::Flows,
    http::Answer,
    mailbox::Mailbox,
    node,
    postgres::Database,
    service::{DEFAULT, Service},
};

const SEED: [u8; 32] = *b"what is checked is what is sent!";
const CASES: usize = 30_000;
const BASE: &str = "https://auth.example.com";
const TRUSTED: [&str; 6] = [
    "https://auth.example.com",
    "https://app.example.com",
    "https://*.wild.example",
    "myapp://",
    "exp://**",
    "deep://host/cb",
];

const BEGINNINGS: [&str; 22] = [
    "/",
    "/",
    "/",
    "/",
    "https://app.example.com/",
    "https://app.example.com",
    "https://a.wild.example/",
    "myapp://",
    "myapp://cb/",
    "exp://a.exp.dev:8081/--/",
    "deep://host/cb/",
    "https://\u{ff41}pp.example.com/",
    "https://app\u{ad}.example.com/",
    "https://\u{65e5}\u{672c}.wild.example/",
    "https://xn--wgv71a.wild.example/",
    "MyApp://\u{65e5}\u{672c}/",
    " /",
    "\u{a0}/",
    "\t/",
    "//",
    "https://app\u{3002}example.com/",
    "https://\u{430}pp.example.com/",
];
const PIECES: [&str; 48] = [
    "a",
    "dashboard",
    "/",
    "/",
    "?",
    "#",
    "&x=y",
    "=",
    "\u{65e5}\u{672c}",
    "\u{e4}",
    "\u{e9}\u{20ac}",
    "\u{1f600}",
    "\u{ad}",
    "\u{200b}",
    "\u{202e}",
    "\u{feff}",
    "\u{fffd}",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{2028}",
    "\u{85}",
    "\u{a0}",
    "\u{3000}",
    " ",
    "  ",
    "\t",
    "\n",
    "\r",
    "\r\nx: y",
    "\u{0}",
    "\u{1b}",
    "\u{7f}",
    "\\",
    "%",
    "%zz",
    "%0a",
    "%00",
    "%E6%97%A5",
    "%2e%2e",
    "%2F",
    "..",
    ".",
    "\u{ff0f}",
    "\u{2215}",
    "\"<>`{}|^",
    "@",
    ":",
    "'",
];

struct Choices(Rng);

impl Choices {
    fn one(&mut self, from: &[&'static str]) -> &'static str {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        from[usize::try_from(u64::from_le_bytes(bytes) % from.len() as u64).unwrap()]
    }

    fn url(&mut self) -> String {
        let pieces = ["", "x", "xx", "xxx", "xxxx"];
        let count = self.one(&pieces).len();
        self.one(&BEGINNINGS).to_owned() + &(0..count).map(|_| self.one(&PIECES)).collect::<String>()
    }
}

fn location(reply: Reply) -> String {
    reply.headers["location"].to_str().unwrap().to_owned()
}

/// The place to which a browser takes a text: the origin of a web URL, scheme and host of another one.
fn place(text: &str) -> (String, String, Option<u16>) {
    let url = Url::parse(BASE).unwrap().join(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    (url.scheme().to_owned(), url.host_str().unwrap_or_default().to_ascii_lowercase(), url.port_or_known_default())
}

#[test]
fn callback_checked_is_callback_sent() {
    let mut choices = Choices(Rng::from_seed(SEED));
    let (mut sent, mut other) = (Vec::new(), 0);
    let trusted = TRUSTED.map(Pattern::new);
    for _ in 0..CASES {
        let given = choices.url();
        let Some(checked) = destination(&given, &trusted, RelativeUrls::Allowed) else { continue };
        // A header carries it, and it is what was checked.
        assert_eq!(location(Reply::redirect(&checked).unwrap_or_else(|_| panic!("{given:?}"))), checked);
        assert_eq!(
            destination(&checked, &trusted, RelativeUrls::Allowed).as_deref(),
            Some(checked.as_str()),
            "{given:?}"
        );
        // It leads where the given one leads.
        assert_eq!(place(&given), place(&checked), "{given:?} became {checked:?}");
        if given.is_ascii() {
            assert_eq!(given, checked);
        } else {
            other += 1;
        }
        // So does what is made of it: an error, a token, parameters.
        let made = [
            Some(appended(&checked, &[("error", "TOKEN_EXPIRED")])),
            with_query(BASE, &checked, "token", "x"),
            with_params(&checked, &[("error", "x")]),
        ];
        for made in made.into_iter().flatten() {
            assert_eq!(location(Reply::redirect(&made).unwrap_or_else(|_| panic!("{given:?}: {made:?}"))), made);
            assert_eq!(place(&checked), place(&made), "{given:?}");
        }
        sent.push((given, checked));
    }
    assert!(sent.len() > 5_000 && other > 2_000, "{} {other}", sent.len());
    // Node's parser agrees.
    let folder = tempfile::tempdir().unwrap();
    let read = |texts: Vec<&str>| -> Vec<Value> {
        let file = folder.path().join("urls.json");
        fs::write(&file, serde_json::to_vec(&texts).unwrap()).unwrap();
        let said = node::run("resolve.mjs", &[BASE, file.to_str().unwrap()], Duration::from_secs(60));
        serde_json::from_str(&said).unwrap()
    };
    let given = read(sent.iter().map(|(given, _)| given.as_str()).collect());
    let checked = read(sent.iter().map(|(_, checked)| checked.as_str()).collect());
    for ((pair, given), checked) in sent.iter().zip(&given).zip(&checked) {
        let parts = |url: &Value| ["protocol", "hostname", "port"].map(|part| url[part].clone());
        assert!(!checked.is_null(), "{pair:?}");
        assert_eq!(parts(given), parts(checked), "{pair:?}");
        // It is the same page, too, regardless of how it is written.
        if ["http:", "https:"].contains(&checked["protocol"].as_str().unwrap()) {
            assert_eq!(given["pathname"], checked["pathname"], "{pair:?}");
        }
    }
}

#[test]
fn callback_checked_is_callback_sent_a_control_or_a_space_at_an_end_is_refused_under_every_scheme() {
    let trusted = TRUSTED.map(Pattern::new);
    for good in ["/x", "https://app.example.com/x", "myapp://x", "exp://x/y", "deep://host/cb"] {
        assert!(destination(good, &trusted, RelativeUrls::Allowed).is_some(), "{good}");
        for control in (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32) {
            for bad in
                [format!("{good}{control}"), format!("{control}{good}"), good.replace('x', &format!("x{control}y"))]
            {
                let unchanged = bad == good;
                assert!(unchanged || destination(&bad, &trusted, RelativeUrls::Allowed).is_none(), "{bad:?}");
            }
        }
        for bad in [format!(" {good}"), format!("{good} ")] {
            assert_eq!(destination(&bad, &trusted, RelativeUrls::Allowed), None, "{bad:?}");
        }
    }
    assert_eq!(of("https://app\u{ad}.example.com"), Some("https://app.example.com".to_owned()));
}

/// URLs that were trusted and then could not be sent.
const ODD: [(&str, Option<&str>); 9] = [
    ("/\u{65e5}\u{672c}", Some("/%E6%97%A5%E6%9C%AC")),
    ("/caf\u{e9}", Some("/caf%C3%A9")),
    ("/a\u{ad}b", Some("/a%C2%ADb")),
    ("/a b", Some("/a b")),
    ("myapp://cb/\u{65e5}", Some("myapp://cb/%E6%97%A5")),
    ("/a\u{7f}", None),
    ("/a ", None),
    ("myapp://cb ", None),
    ("myapp://cb\t", None),
];

const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;

fn assert_code(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{}", answer.text());
}

#[test]
fn callback_checked_is_callback_sent_by_sign_in_and_links() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let toml = format!("trusted_origins = [\"myapp://\"]\n{DEFAULT}[user.delete_user]\nenabled = true\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let cookie = service.user("ada@example.com");
    for (given, sent) in ODD {
        let sessions = database.value("select count(*) from session");
        let mut body: Value = serde_json::from_str(PERSON).unwrap();
        body["callbackURL"] = given.into();
        let answer = service.post("/sign-in/email", "", &body.to_string());
        match sent {
            Some(sent) => {
                assert_eq!((answer.status, answer.header("location")), (200, Some(sent)));
                assert_eq!(answer.json()["url"], sent);
            }
            None => {
                assert_code(&answer, 403, "INVALID_CALLBACK_URL");
                assert_eq!(database.value("select count(*) from session"), sessions);
            }
        }
        // By mail: asked for, and followed.
        let encoded: String = url::form_urlencoded::byte_serialize(given.as_bytes()).collect();
        database.query("update \"user\" set \"emailVerified\" = false");
        let asked = service.post(
            "/send-verification-email",
            "",
            &json!({ "email": "ada@example.com", "callbackURL": given }).to_string(),
        );
        assert_eq!(asked.status, if sent.is_some() { 200 } else { 403 }, "{given:?}");
        if sent.is_some() {
            let token = mailbox.token("verify-email");
            let followed = service.get(&format!("/verify-email?token={token}&callbackURL={encoded}"), "");
            assert_eq!((followed.status, followed.header("location")), (302, sent));
            assert_eq!(database.value("select count(*) from \"user\" where \"emailVerified\""), "1");
        } else {
            let token =
                gatepost_core::crypto::jwt::sign(crate::support::SECRET.as_bytes(), br#"{"email":"ada@example.com"}"#);
            let followed = service.get(&format!("/verify-email?token={token}&callbackURL={encoded}"), "");
            assert_code(&followed, 403, "INVALID_CALLBACK_URL");
            assert_eq!(database.value("select count(*) from \"user\" where \"emailVerified\""), "0");
        }
        // Where a link fails it goes there too.
        let failed = service.get(&format!("/verify-email?token=x&callbackURL={encoded}"), "");
        match sent {
            Some(sent) => assert_eq!(failed.header("location"), Some(format!("{sent}?error=INVALID_TOKEN").as_str())),
            None => assert_eq!(failed.status, 403),
        }
        let reset = service.get(&format!("/reset-password/x?callbackURL={encoded}"), "");
        assert_eq!(reset.status, if sent.is_some() { 302 } else { 403 }, "{given:?}");
        let deletion = service.get(&format!("/delete-user/callback?token=x&callbackURL={encoded}"), &cookie);
        assert_eq!(deletion.status, if sent.is_some() { 404 } else { 403 }, "{given:?}");
        for (member, code) in [
            ("redirectTo", "INVALID_REDIRECT_URL"),
            ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL"),
            ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL"),
        ] {
            let answer = service.post("/sign-out", "", &json!({ member: given }).to_string());
            match sent {
                Some(_) => assert_eq!(answer.status, 200, "{given:?}"),
                None => assert_code(&answer, 403, code),
            }
        }
    }
}

#[test]
fn callback_checked_is_callback_sent_without_the_checks_as_well() {
    let database = Database::new();
    let toml = format!("{DEFAULT}[advanced]\ndisable_origin_check = true\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    service.user("ada@example.com");
    let sessions = || database.value("select count(*) from session");
    for (given, sent) in
        [("https://elsewhere.example/\u{65e5}", Some("https://elsewhere.example/%E6%97%A5")), ("/a\u{0}", None)]
    {
        let before = sessions();
        let mut body: Value = serde_json::from_str(PERSON).unwrap();
        body["callbackURL"] = given.into();
        let answer = service.post("/sign-in/email", "", &body.to_string());
        assert_eq!((answer.status, answer.header("location")), (if sent.is_some() { 200 } else { 403 }, sent));
        assert!(sent.is_some() || sessions() == before);
    }
}

#[test]
fn callback_checked_is_callback_sent_by_flows_with_providers() {
    let flows = Flows::new(&format!("trusted_origins = [\"myapp://\"]\n{DEFAULT}"));
    let begin = |body: Value| flows.service.post("/sign-in/social", "", &body.to_string());
    let state_of = |answer: &Answer| {
        let url = answer.json()["url"].as_str().unwrap().to_owned();
        url.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).unwrap().to_owned()
    };
    for (number, (given, sent)) in ODD.into_iter().enumerate() {
        let begun = begin(
            json!({ "provider": "github", "callbackURL": given, "newUserCallbackURL": given, "errorCallbackURL": given }),
        );
        let Some(sent) = sent else {
            assert_code(&begun, 403, "INVALID_CALLBACK_URL");
            continue;
        };
        let (state, cookie) = (state_of(&begun), begun.cookies());
        let arrived = flows.back("github", &format!("code=odd{number}&state={state}"), &cookie);
        assert_eq!((arrived.status, arrived.header("location")), (302, Some(sent)));
        // A known user, and an error.
        let begun = begin(json!({ "provider": "github", "callbackURL": given, "errorCallbackURL": given }));
        let arrived = flows.back("github", &format!("code=odd{number}&state={}", state_of(&begun)), &begun.cookies());
        assert_eq!(arrived.header("location"), Some(sent));
        let begun = begin(json!({ "provider": "github", "callbackURL": given, "errorCallbackURL": given }));
        let failed = flows.back("github", &format!("error=x&state={}", state_of(&begun)), &begun.cookies());
        let led = failed.header("location").unwrap();
        assert!(led.ends_with("?error=x") && led.starts_with(&sent.replace(' ', "%20")), "{led}");
    }
    // A flow that better-auth began has its URLs as they were given.
    for (stored, led) in [
        ("/\u{65e5}", "/%E6%97%A5"),
        ("/a\u{0}b", "/no?error=state_invalid"),
        ("/a\r\nx: y", "/no?error=state_invalid"),
    ] {
        let (users, begun) = (flows.database.value("select count(*) from \"user\""), flows.begin("github"));
        let value = flows.database.value("select value from verification");
        let written = json!(stored).to_string().replace('\u{0}', "\\u0000");
        let changed = value.replace(r#""callbackURL":"/in""#, &format!(r#""callbackURL":{written}"#));
        assert_ne!(value, changed);
        flows.database.query(&format!("update verification set value = '{changed}'"));
        let arrived = flows.back("github", &format!("code=old&state={}", begun.state), &begun.cookie);
        assert_eq!((arrived.status, arrived.header("location")), (302, Some(led)), "{stored:?}");
        let refused = led.contains("error");
        assert_eq!(flows.database.value("select count(*) from \"user\"") == users, refused, "{stored:?}");
    }
    // A form goes on as a query, regardless of the path.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for path in ["/callback/\u{65e5}", "/callback/%0a", "/callback/%E6%97%A5"] {
        let answer = flows.service.send("POST", path, &form, "code=x&state=y");
        assert!(answer.status < 500, "{path}: {}", answer.status);
    }
}
