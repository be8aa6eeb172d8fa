//! Attacks below HTTP's meaning, on `gatepost serve`, where no platform stands in front: slow clients, oversized requests, smuggled
//! requests, and headers that name another client.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    thread,
    time::Duration,
};

use crate::support::{
    postgres::Database,
    serving::{DEFAULT, Serving, everything, one_answer},
};

fn serving(arguments: &[&str]) -> (Database, Serving) {
    let database = Database::new();
    let serving = Serving::new(&database.url, arguments);
    (database, serving)
}

/// The answers in everything that a connection returned.
fn count(answers: &str) -> usize {
    answers.matches("HTTP/1.1 ").count()
}

#[test]
fn attack_slowloris_is_cut() {
    let (_database, serving) = serving(&["--header-timeout", "1"]);
    let head = format!("GET /api/auth/ok HTTP/1.1\r\nhost: {}\r\nx-", serving.host());
    let mut slow = serving.connect();
    slow.write_all(head.as_bytes()).unwrap();
    let mut dripping = slow.try_clone().unwrap();
    let dripped = thread::spawn(move || {
        while dripping.write_all(b"a").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(everything(&mut slow), "");
    dripped.join().unwrap();

    // Neither does the second request of a connection have more time, nor a client that sends nothing.
    let mut second = serving.connect();
    second.write_all(format!("GET /api/auth/ok HTTP/1.1\r\nhost: {}\r\n\r\n", serving.host()).as_bytes()).unwrap();
    assert!(one_answer(&mut second).starts_with("http/1.1 200 "));
    second.write_all(head.as_bytes()).unwrap();
    assert_eq!(everything(&mut second), "");
    assert_eq!(everything(&mut serving.connect()), "");
}

#[test]
fn attack_a_connection_that_waits_for_ever_is_closed() {
    let (_database, serving) = serving(&["--idle-timeout", "1", "--header-timeout", "600"]);
    let mut idle = serving.connect();
    idle.write_all(format!("GET /api/auth/ok HTTP/1.1\r\nhost: {}\r\n\r\n", serving.host()).as_bytes()).unwrap();
    assert!(one_answer(&mut idle).starts_with("http/1.1 200 "));
    assert_eq!(everything(&mut idle), "");
}

#[test]
fn attack_connections_that_wait_keep_no_other_client_out() {
    let (_database, serving) = serving(&["--max-connections", "3", "--idle-timeout", "600", "--header-timeout", "600"]);
    let request = format!("GET /api/auth/ok HTTP/1.1\r\nhost: {}\r\n\r\n", serving.host());
    let _idle: Vec<_> = (0..2)
        .map(|_| {
            let mut idle = serving.connect();
            idle.write_all(request.as_bytes()).unwrap();
            assert!(!one_answer(&mut idle).contains("connection: close"));
            idle
        })
        .collect();
    let mut slow = serving.connect();
    slow.write_all(&request.as_bytes()[..20]).unwrap();
    // One more client replaces one that waits for a request. A request that has begun keeps its place.
    let mut more = serving.connect();
    more.write_all(request.as_bytes()).unwrap();
    assert!(one_answer(&mut more).starts_with("http/1.1 200 "));
    slow.write_all(&request.as_bytes()[20..]).unwrap();
    assert!(one_answer(&mut slow).starts_with("http/1.1 200 "));
}

#[test]
fn attack_a_client_that_takes_no_answers_is_cut() {
    let (_database, serving) = serving(&["--write-timeout", "1"]);
    let mut stream = serving.connect();
    let requests = format!("GET /api/auth/ok HTTP/1.1\r\nhost: {}\r\n\r\n", serving.host()).repeat(1_000);
    // The service stops reading when it cannot write, and then closes the connection.
    let ended = loop {
        if let Err(error) = stream.write_all(requests.as_bytes()) {
            break error;
        }
    };
    assert!(matches!(ended.kind(), std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe), "{ended}");
    assert_eq!(serving.get("/api/auth/ok").status, 200);
}

#[test]
fn attack_oversized_heads_and_bodies_are_refused() {
    let (_database, serving) = serving(&["--max-header-bytes", "8192", "--max-body-bytes", "1024"]);
    let host = serving.host();
    let head = |more: &str| format!("GET /api/auth/ok HTTP/1.1\r\nhost: {host}\r\n{more}\r\n\r\n");
    let many: String = (0..200).map(|number| format!("x-{number}: a\r\n")).collect();
    for request in [head(&format!("cookie: {}", "a".repeat(9_000))), head(many.trim_end())] {
        let answer = serving.exchange(request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 431 ") && count(&answer) == 1, "{answer}");
    }
    let long = format!("GET /api/auth/{} HTTP/1.1\r\nhost: {host}\r\n\r\n", "a".repeat(70_000));
    let answer = serving.exchange(long.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    // A head without an end is not collected either.
    let endless = format!("GET /api/auth/ok HTTP/1.1\r\nhost: {host}\r\nx: {}", "a".repeat(100_000));
    assert!(serving.exchange(endless.as_bytes()).starts_with("HTTP/1.1 431 "));

    let post = "POST /api/auth/sign-in/email HTTP/1.1\r\nconnection: close\r\ncontent-type: application/json";
    let body = "a".repeat(2_000);
    let by_length = format!("{post}\r\nhost: {host}\r\ncontent-length: 2000\r\n\r\n{body}");
    let by_chunks = format!("{post}\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n{body}\r\n0\r\n\r\n");
    for request in [by_length, by_chunks] {
        let answer = serving.exchange(request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 413 ") && count(&answer) == 1, "{answer}");
    }
    assert_eq!(serving.get("/api/auth/ok").status, 200);
}

/// Ways to let two servers disagree about the end of a request, each before a request that only one of them sees.
const AMBIGUOUS: [&str; 14] = [
    "content-length: 5\r\ncontent-length: 6\r\n\r\n",
    "content-length: 5, 6\r\n\r\n",
    "content-length: +5\r\n\r\n",
    "content-length: -1\r\n\r\n",
    "content-length: 0x5\r\n\r\n",
    "content-length: 99999999999999999999999\r\n\r\n",
    "transfer-encoding: identity\r\n\r\n",
    "transfer-encoding: chunked, identity\r\n\r\n",
    "transfer-encoding: xchunked\r\n\r\n",
    "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
    "transfer-encoding: chunked\r\n folded: a\r\n\r\n0\r\n\r\n",
    "x: a\rcontent-length: 5\r\n\r\n",
    "x: a\0b\r\n\r\n",
    "host : other\r\n\r\n",
];

/// Chunks that end in more than one way, or nowhere.
const BAD_CHUNKS: [&str; 8] = [
    "0x5\r\nhello\r\n0\r\n\r\n",
    "-5\r\nhello\r\n0\r\n\r\n",
    "+5\r\nhello\r\n0\r\n\r\n",
    "5\nhello\n0\n\n",
    "5\r\nhelloXX0\r\n\r\n",
    "ffffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    "\r\nhello\r\n0\r\n\r\n",
    "5 5\r\nhello\r\n0\r\n\r\n",
];

#[test]
fn attack_a_smuggled_request_is_not_answered() {
    let (_database, serving) = serving(&[]);
    let host = serving.host();
    let post = format!("POST /api/auth/sign-out HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
    let hidden = format!("GET /api/auth/ok HTTP/1.1\r\nhost: {host}\r\n\r\n");
    for head in AMBIGUOUS {
        let answer = serving.exchange(format!("{post}{head}{hidden}").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 ") && count(&answer) == 1, "{head:?}: {answer}");
    }
    let old = format!(
        "POST /api/auth/sign-out HTTP/1.0\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
    );
    let answer = serving.exchange(old.as_bytes());
    assert!(answer.contains(" 400 ") && count(&answer) + answer.matches("HTTP/1.0 ").count() == 1, "{answer}");
    for chunks in BAD_CHUNKS {
        let answer = serving.exchange(format!("{post}transfer-encoding: chunked\r\n\r\n{chunks}{hidden}").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 ") && count(&answer) == 1, "{chunks:?}: {answer}");
    }
    // With both, chunks decide, and the connection ends with the answer (RFC 9112, section 6.1): the bytes that a proxy
    // counts by the length are not read as a request.
    for both in ["content-length: 5\r\ntransfer-encoding: chunked", "transfer-encoding: chunked\r\ncontent-length: 5"] {
        let answer = serving.exchange(format!("{post}{both}\r\n\r\n0\r\n\r\n{hidden}").as_bytes());
        assert!(count(&answer) == 1 && answer.contains("connection: close"), "{both}: {answer}");
    }
    assert_eq!(serving.get("/api/auth/ok").status, 200);
}

#[test]
fn attack_a_request_that_a_proxy_reads_in_another_way_is_refused() {
    let (_database, serving) = serving(&[]);
    let host = format!("host: {}", serving.host());
    let other = "host: evil.example";
    for (target, headers) in [
        ("/api/auth/ok", String::new()),
        ("/api/auth/ok", format!("{host}\r\n{other}\r\n")),
        ("http://evil.example/api/auth/ok", format!("{host}\r\n")),
        ("/api/auth/ok", format!("{host}\r\ntransfer-encoding: gzip, chunked\r\n")),
        ("/api/auth/ok", format!("{host}\r\ntransfer-encoding: chunked, chunked\r\n")),
        // A proxy that lets no client through to /api/auth/admin does not see that these are below it.
        ("/api/auth/x/../ok", format!("{host}\r\n")),
        ("/api/auth/x/%2e%2E/ok", format!("{host}\r\n")),
        ("/api/auth\\ok", format!("{host}\r\n")),
    ] {
        let answer = serving.exchange(format!("GET {target} HTTP/1.1\r\n{headers}\r\n0\r\n\r\n").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 ") && count(&answer) == 1, "{target} {headers:?}: {answer}");
    }
    let absolute = format!("GET {}/api/auth/ok HTTP/1.1\r\n{host}\r\nconnection: close\r\n\r\n", serving.url);
    assert!(serving.exchange(absolute.as_bytes()).starts_with("HTTP/1.1 200 "));
}

/// A sign-in with a wrong password, from a client that calls itself `address`.
fn attempt(serving: &Serving, address: &str) -> u16 {
    let body = r#"{"email":"eve@example.com","password":"wrong horse battery"}"#;
    serving.post_with("/sign-in/email", &[("x-forwarded-for", address)], body).status
}

const LIMITED: &str = "[email_and_password]\nenabled = true\n[jwt]\nenabled = false\n[rate_limit]\nenabled = true\n";

#[test]
fn attack_a_forged_forwarded_address_escapes_no_limit_and_is_not_stored() {
    let database = Database::new();
    let serving = Serving::with(LIMITED, &[], &[("DATABASE_URL", &database.url)]);
    let statuses: Vec<u16> = (1..=5).map(|number| attempt(&serving, &format!("203.0.113.{number}"))).collect();
    assert_eq!(statuses, [401, 401, 401, 429, 429]);
    serving.line("--trust-proxy");
    let signed_up = serving.post_with(
        "/sign-up/email",
        &[("x-forwarded-for", "203.0.113.9"), ("x-real-ip", "203.0.113.9"), ("forwarded", "for=203.0.113.9")],
        &crate::support::serving::person("ada@example.com"),
    );
    assert_eq!(signed_up.status, 200);
    assert_eq!(database.value("select \"ipAddress\" from session"), "127.0.0.1");
    assert!(!serving.lines().iter().any(|line| line.contains("203.0.113.")), "{:#?}", serving.lines());
}

#[test]
fn attack_a_forged_host_from_a_client_that_is_no_proxy_is_ignored() {
    let database = Database::new();
    let toml = format!("{DEFAULT}[advanced]\ntrusted_proxy_headers = true\n");
    let address = |serving: &Serving| {
        let headers =
            [("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https"), ("origin", "https://evil.example")];
        let url = format!("{}/api/auth/sign-out", serving.url);
        let headers = [&headers[..], &[("content-type", "application/json"), ("cookie", "a=b")]].concat();
        crate::support::http::send("POST", &url, &headers, b"{}").status
    };
    let variables = [("DATABASE_URL", database.url.as_str()), ("BETTER_AUTH_URL", "")];
    assert_eq!(address(&Serving::with(&toml, &[], &variables)), 403);
    // The named proxy says what the client asked for, so the origin is the service's own.
    assert_eq!(address(&Serving::with(&toml, &["--trust-proxy", "127.0.0.1"], &variables)), 200);
}

#[test]
fn a_named_proxy_tells_clients_apart_and_its_chain_ends_at_the_first_stranger() {
    let database = Database::new();
    let proxies = ["--trust-proxy", "127.0.0.0/8,10.0.0.0/8"];
    let serving = Serving::with(LIMITED, &proxies, &[("DATABASE_URL", &database.url)]);
    let statuses: Vec<u16> = (1..=5).map(|number| attempt(&serving, &format!("203.0.113.{number}"))).collect();
    assert_eq!(statuses, [401; 5]);
    let chain = |number: u8| attempt(&serving, &format!("192.0.2.{number}, 203.0.113.99, 10.0.0.7"));
    assert_eq!((1..=4).map(chain).collect::<Vec<_>>(), [401, 401, 401, 429]);
}

#[test]
fn attack_a_slow_body_holds_no_request_for_ever() {
    let (_database, serving) = serving(&[]);
    let mut slow = serving.connect();
    let head = format!(
        "POST /api/auth/sign-in/email HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n",
        serving.host()
    );
    slow.write_all(head.as_bytes()).unwrap();
    let mut dripping = slow.try_clone().unwrap();
    let dripped = thread::spawn(move || {
        while dripping.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    let mut answer = [0; 13];
    slow.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408 ");
    everything(&mut slow);
    dripped.join().unwrap();
}

#[test]
fn attack_a_client_hides_its_address_behind_a_proxy_at_the_socket() {
    let database = Database::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let address = format!("unix:{}", path.display());
    let arguments = ["--listen", &address, "--trust-proxy", "unix"];
    let serving = Serving::with(LIMITED, &arguments, &[("DATABASE_URL", &database.url)]);
    let body = r#"{"email":"eve@example.com","password":"wrong horse battery"}"#;
    // A proxy adds the address of its client to what the client sent.
    let attempt = |forged: String| {
        let mut stream = UnixStream::connect(&path).unwrap();
        let head = format!(
            "POST /api/auth/sign-in/email HTTP/1.1\r\nhost: {}\r\norigin: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             x-forwarded-for: {forged}203.0.113.7\r\ncontent-length: {}\r\n\r\n{body}",
            serving.host(),
            serving.url,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    let forged = ["", "1.1.1.1, ", "1.1.1.2\r\nx-forwarded-for: ", "unknown, ", "1.1.1.3, 1.1.1.4,"];
    assert_eq!(forged.map(|forged| attempt(forged.to_owned())), ["401", "401", "401", "429", "429"]);
}
