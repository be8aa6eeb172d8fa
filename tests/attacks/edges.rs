//! The edges of a request: hashes of other systems, cookies in pieces, clients without an address, bodies that do not
//! come.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
};

use gatepost_cli::doctor;
use gatepost_core::{
    Config,
    config::{Source, Variables},
    cookie::{Cookies, Jar, PendingCookies},
};

use crate::support::{
    LIMIT, SECRET,
    http::Answer,
    postgres::{Database, block_on},
    service::{DEFAULT, Service, log_lines},
};

const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;

fn told(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text())
}

#[test]
fn foreign_hash_is_an_oracle() {
    let database = Database::new();
    let toml = format!("{DEFAULT}[user.delete_user]\nenabled = true\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let cookie = service.user("ada@example.com");
    let wrong = |path: &str| {
        let body = r#"{"email":"ada@example.com","password":"wrong horse battery","currentPassword":"wrong horse battery","newPassword":"other horse battery"}"#;
        service.post(path, if path == "/sign-in/email" { "" } else { &cookie }, body)
    };
    let paths = ["/sign-in/email", "/change-password", "/verify-password", "/delete-user"];
    let usual = paths.map(|path| told(&wrong(path)));
    assert_eq!(usual.each_ref().map(|(status, _)| *status), [401, 400, 400, 400]);
    let unknown = service.post("/sign-in/email", "", &PERSON.replace("ada@", "eve@"));
    assert_eq!(told(&unknown), usual[0]);
    let key = "0".repeat(128);
    let huge = "x".repeat(1_000_000);
    for hash in [
        "nonsense",
        "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
        "pbkdf2:sha256:260000$salt$abcdef",
        &format!("salt:{}", &key[1..]),
        &format!("salt:{}g", &key[1..]),
        &format!(":{key}"),
        "salt:",
        ":",
        " ",
        &huge,
        &format!("{huge}:{key}"),
        &format!("salt:{huge}"),
    ] {
        database.query(&format!("update account set password = '{hash}'"));
        let is_bcrypt = hash.starts_with("$2b$");
        let reason = if is_bcrypt { "password_hash_not_accepted" } else { "malformed_password_hash" };
        for (path, usual) in paths.iter().zip(&usual) {
            let answer = wrong(path);
            assert_eq!(&told(&answer), usual, "{path} {hash:.40}");
            assert_eq!(answer.header("x-gatepost-reason"), Some(reason), "{path} {hash:.40}");
        }
    }
    // Nothing matches it, not even itself.
    database.query("update account set password = 'nonsense'");
    assert_eq!(service.post("/sign-in/email", "", &PERSON.replace("correct horse battery", "nonsense")).status, 401);
    let lines = log_lines();
    assert!(lines.iter().any(|line| line.contains("malformed_password_hash")));
    assert!(lines.iter().all(|line| !line.contains("nonsense") && !line.contains("N9qo8uLO")));
    database.query("update account set password = ''");
    assert_eq!(told(&wrong("/sign-in/email")), usual[0]);
}

fn cookies() -> Cookies {
    let variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("VERCEL_ENV", "development")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    Cookies::new(&Config::load(&variables, Some(Source { name: "gatepost.toml", text: "" })).unwrap())
}

/// `better-auth.session_data.0=…; better-auth.session_data.1=…` and so on.
fn pieces(numbers: impl Iterator<Item = usize>, value: &str) -> String {
    numbers.map(|number| format!("better-auth.session_data.{number}={value}")).collect::<Vec<_>>().join("; ")
}

#[test]
fn pieces_are_bounded() {
    let cookies = cookies();
    let lines = |jar: &Jar| {
        let mut pending = PendingCookies::default();
        pending.expire_pieces(&cookies.session_data, jar);
        pending.into_lines().collect::<Vec<_>>()
    };
    // Of a hundred thousand names a hundred are gatepost's, and only those are read and answered. Each occurs a thousand times: more
    // than one walk over the header would take longer than any client waits.
    let all = pieces((0..1_000).flat_map(|_| 0..100).chain(100..100_000), "x");
    let jar = Jar::new(Some(all));
    let told = lines(&jar);
    assert_eq!(told.len(), 100);
    assert!(told.iter().map(String::len).sum::<usize>() < 10_000);
    assert_eq!(jar.whole(&cookies.session_data), Some("x".repeat(100)));
    let mut pending = PendingCookies::default();
    pending.set_pieces(&cookies.session_data, "new", true, &jar);
    assert_eq!(pending.into_lines().count(), 101);

    // Names that we never write are nobody's: not read, not told.
    for name in [
        "100",
        "007",
        "00",
        "+1",
        "-1",
        "1e1",
        "1.0",
        "",
        " 1",
        "\u{661}",
        "9007199254740991",
        "18446744073709551616",
        "0x1",
    ] {
        let jar = Jar::new(Some(format!(
            "better-auth.session_data.{name}=x; better-auth.session_datax=x; xbetter-auth.session_data.0=x"
        )));
        assert_eq!((lines(&jar), jar.whole(&cookies.session_data)), (Vec::new(), None), "{name:?}");
    }
    // The last of one name counts, in the order of their numbers.
    let jar = Jar::new(Some("better-auth.session_data.10=c; better-auth.session_data.2=x; better-auth.session_data.0=a; better-auth.session_data.2=b".to_owned()));
    assert_eq!(jar.whole(&cookies.session_data).as_deref(), Some("abc"));
    assert_eq!(lines(&jar).len(), 3);
    // A value that takes more than a hundred pieces is not set.
    let mut pending = PendingCookies::default();
    pending.set_pieces(&cookies.session_data, &"x".repeat(100 * 4_050), true, &Jar::default());
    assert_eq!(pending.into_lines().count(), 0);
}

#[test]
fn pieces_are_bounded_in_an_answer() {
    let database = Database::new();
    for more in ["", "[session.cookie_cache]\nenabled = true\n[account]\nstore_account_cookie = true\n"] {
        let service = Service::with(&format!("{DEFAULT}{more}"), &[("DATABASE_URL", &database.url)]);
        let cookie = service.user(&format!("ada{}@example.com", more.len()));
        let foreign = pieces(0..3_000, "x") + "; " + &pieces(0..3_000, "y").replace("session_data", "account_data");
        let with_session = format!("{cookie}; {foreign}");
        for cookie in [&foreign, &with_session] {
            for (method, path) in [("GET", "/get-session"), ("POST", "/sign-out")] {
                let headers = [("cookie", cookie.as_str()), ("origin", &service.url)];
                let answer = service.send(method, path, &headers, "");
                assert_eq!(answer.status, 200, "{path}");
                let size: usize = answer.set_cookies().iter().map(|line| line.len()).sum();
                assert!(size < 25_000 && answer.set_cookies().len() <= 210, "{path}: {size}");
                assert!(answer.set_cookies().iter().all(|line| !line.contains("_data.100=")), "{path}");
            }
        }
    }
}

const ON_VERCEL: [(&str, &str); 2] = [("VERCEL_URL", "app-7.vercel.app"), ("VERCEL_REGION", "iad1")];
const LIMITED: &str = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = true\n";

/// The statuses of four attempts to sign in with these headers, one after the other.
fn attempts(service: &Service, headers: &[&[(&str, &str)]; 4]) -> [u16; 4] {
    headers.map(|headers| {
        let all = [&[("content-type", "application/json")], headers].concat();
        service.send("POST", "/sign-in/email", &all, PERSON).status
    })
}

#[test]
fn shared_bucket() {
    let database = Database::new();
    let with = |toml: &str, more: &[(&str, &str)]| {
        let variables = [&[("DATABASE_URL", database.url.as_str())], more].concat();
        Service::with(toml, &variables)
    };
    let many: [&[(&str, &str)]; 4] = [
        &[("x-vercel-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "192.0.2.1, 10.0.0.1")],
        &[("x-vercel-forwarded-for", "192.0.2.2"), ("x-forwarded-for", "192.0.2.2, 10.0.0.1")],
        &[("x-vercel-forwarded-for", "192.0.2.3"), ("x-forwarded-for", "192.0.2.3, 10.0.0.1")],
        &[("x-real-ip", "192.0.2.4")],
    ];
    let one: [&[(&str, &str)]; 4] = [
        &[("x-vercel-forwarded-for", "192.0.2.9"), ("x-forwarded-for", "198.51.100.1")],
        &[("x-vercel-forwarded-for", "192.0.2.9"), ("x-forwarded-for", "198.51.100.2")],
        &[("x-vercel-forwarded-for", "192.0.2.9"), ("x-real-ip", "198.51.100.3")],
        &[("x-vercel-forwarded-for", "192.0.2.9"), ("x-forwarded-for", "198.51.100.4")],
    ];
    // On Vercel each client is one, by what Vercel says and not by what the client says.
    let service = with(LIMITED, &ON_VERCEL);
    assert_eq!(attempts(&service, &many), [401; 4]);
    assert_eq!(attempts(&service, &one), [401, 401, 401, 429]);
    // Elsewhere any client could send those headers: they are not read, and clients without an address share a limit.
    let service = with(LIMITED, &[]);
    assert_eq!(attempts(&service, &many), [401, 401, 401, 429]);
    let development = with(LIMITED, &[("VERCEL_ENV", "development"), ON_VERCEL[0], ON_VERCEL[1]]);
    assert_eq!(attempts(&development, &many), [401, 401, 401, 429]);
    let last = development.send("POST", "/sign-in/email", &[("content-type", "application/json")], PERSON);
    assert_eq!(last.header("x-gatepost-reason"), Some("rate_limited_without_address"));
    // What is configured counts alone.
    let own = format!("{LIMITED}[advanced.ip_address]\nip_address_headers = [\"cf-connecting-ip\"]\n");
    assert_eq!(attempts(&with(&own, &ON_VERCEL), &many), [401, 401, 401, 429]);
    let proxies = format!("{LIMITED}[advanced.ip_address]\ntrusted_proxies = [\"10.0.0.1\"]\n");
    assert_eq!(attempts(&with(&proxies, &ON_VERCEL), &many), [401; 4]);
    assert_eq!(attempts(&with(&proxies, &ON_VERCEL), &one), [401; 4]);
}

#[test]
fn shared_bucket_is_told_by_doctor() {
    let told = |toml: &str, more: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gatepost.toml"), toml).unwrap();
        let mut variables = Variables::default();
        let usual = [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", "https://auth.example.com")];
        usual.iter().chain(more).for_each(|(name, value)| variables.set(*name, *value));
        let report = block_on(doctor::local(folder.path(), &variables, None)).unwrap();
        let finding = report.findings.into_iter().find(|finding| finding.check == "clients").unwrap();
        (finding.fix.is_some(), finding.evidence)
    };
    let (is_wrong, evidence) = told("", &[]);
    assert!(is_wrong && evidence.contains("share 3 attempts to sign in within 10 s"), "{evidence}");
    let (is_wrong, evidence) = told("", &[("VERCEL_ENV", "production")]);
    assert!(!is_wrong && evidence.contains("x-vercel-forwarded-for"), "{evidence}");
    let own = "[advanced.ip_address]\nip_address_headers = [\"cf-connecting-ip\"]\n";
    let (is_wrong, evidence) = told(own, &[]);
    assert!(!is_wrong && evidence.contains("by cf-connecting-ip"), "{evidence}");
    let (is_wrong, evidence) = told("[rate_limit]\nenabled = false\n", &[]);
    assert!(!is_wrong && evidence.contains("not counted"), "{evidence}");
}

/// Sends the beginning of a request and nothing more, and reads what comes until the other side closes.
fn begun(service: &Service, request: &str) -> String {
    let mut stream = TcpStream::connect(service.url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_body_that_does_not_come_and_headers_that_do_not_end_hold_nothing_for_ever() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let head = "POST /api/auth/sign-up/email HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n";
    std::thread::scope(|scope| {
        let body = scope.spawn(|| begun(&service, &format!("{head}content-length: 100\r\n\r\n{{\"name\":")));
        let chunked = scope.spawn(|| begun(&service, &format!("{head}transfer-encoding: chunked\r\n\r\n5\r\n{{\"nam")));
        let headers = scope.spawn(|| begun(&service, &format!("{head}x-never: end")));
        for answer in [body.join().unwrap(), chunked.join().unwrap()] {
            assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
            let reason = answer.lines().find_map(|line| line.strip_prefix("x-gatepost-reason: "));
            assert_eq!(reason, Some("body_too_slow"), "{answer}");
            assert!(answer.contains(r#""code":"REQUEST_TIMEOUT""#), "{answer}");
        }
        // The client gets no answer: the connection is closed.
        assert!(!headers.join().unwrap().contains("200 OK"));
    });
    assert_eq!(database.value("select count(*) from \"user\""), "0");
    assert_eq!(service.post("/sign-up/email", "", PERSON).status, 200);
}
