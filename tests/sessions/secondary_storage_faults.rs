//! A secondary storage that is away, slow, frozen, lost or full of others' requests: 503 with a code and `Retry-After`, never a
//! `null`, never a session that was revoked, and no single-use secret twice.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    LIMIT,
    certificates::certificates,
    flows::{self, back, begin},
    held::held,
    http::Answer,
    instance::Instance,
    mailbox::Mailbox,
    postgres::Database,
    provider::Provider,
    redis::Redis,
    rest::Rest,
    schema,
    secondary_storage::{TOML, database, service},
    service::{Service, log_lines},
    wire::{Fault, Wire},
};

const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
/// Bounds short enough for a test.
const BOUNDS: &str = "max_connections = 2\nwait_timeout = 1\nconnect_timeout = 1\ncommand_timeout = 1\n";
/// Waiting, connecting and a command take a second each at most, and a lost connection repeats one command; what is over that
/// is for hashing passwords on a machine that does much else.
const LONGEST: Duration = Duration::from_secs(30);

#[track_caller]
fn assert_unavailable(answer: &Answer) {
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{}", answer.text());
    assert_eq!(
        answer.text(),
        r#"{"message":"The service is temporarily unavailable. Try again shortly.","code":"SECONDARY_STORAGE_UNAVAILABLE"}"#
    );
    assert_eq!(answer.header("x-gatepost-reason"), Some("secondary_storage_unavailable"));
}

fn impatient(database: &Database, store: &str) -> Service {
    service(&format!("{TOML}{BOUNDS}"), database, store)
}

fn email(answer: &Answer) -> String {
    answer.json()["user"]["email"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
}

/// The store's URL as the proxy wants it.
fn behind(redis: &Redis) -> Wire {
    Wire::new(&format!("redis://nobody@127.0.0.1:{}/0", redis.port))
}

#[test]
fn a_store_that_is_down_is_503_and_a_session_never_null() {
    let Some(redis) = Redis::start() else { return };
    let database = database(TOML);
    let cookie = service(TOML, &database, &redis.url()).user("ada@example.com");
    // No server listens on port 1.
    let down = impatient(&database, "redis://127.0.0.1:1");
    for path in ["/get-session", "/list-sessions", "/list-accounts"] {
        assert_unavailable(&down.get(path, &cookie));
    }
    for path in ["/sign-out", "/revoke-sessions", "/update-user", "/delete-user"] {
        assert_unavailable(&down.post(path, &cookie, r#"{"name":"B"}"#));
    }
    assert_eq!(down.get("/get-session", "").text(), "null");
    assert_eq!(down.get("/ok", "").status, 200);
    // If it counts requests, no client is let through uncounted.
    let counting = service(&format!("{TOML}{BOUNDS}[rate_limit]\nenabled = true\n"), &database, "redis://127.0.0.1:1");
    assert_unavailable(&counting.get("/ok", ""));
}

#[test]
fn a_user_whose_session_cannot_be_stored_is_whole_and_can_sign_in() {
    let Some(redis) = Redis::start() else { return };
    let database = database(TOML);
    let down = impatient(&database, "redis://127.0.0.1:1");
    assert_unavailable(&down.post("/sign-up/email", "", PERSON));
    assert_unavailable(&down.post("/sign-in/email", "", PERSON));
    assert_eq!(
        database.value(r#"select (select count(*) from "user") || ' ' || (select count(*) from account)"#),
        "1 1"
    );
    let up = service(TOML, &database, &redis.url());
    assert_eq!(up.post("/sign-up/email", "", PERSON).json()["code"], "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    let answer = up.post("/sign-in/email", "", PERSON);
    assert_eq!(email(&up.get("/get-session", &answer.cookies())), "ada@example.com");
}

#[test]
fn a_network_that_stalls_or_swallows_ends_within_the_bounds_and_is_well_again_after() {
    let Some(redis) = Redis::start() else { return };
    let (database, wire) = (database(TOML), behind(&redis));
    let service = impatient(&database, &wire.url);
    let cookie = service.user("ada@example.com");
    for fault in [Fault::Stall, Fault::BlackHole] {
        wire.set(fault);
        let begun = Instant::now();
        assert_unavailable(&service.get("/get-session", &cookie));
        assert!(begun.elapsed() < LONGEST);
        wire.set(Fault::None);
        assert_eq!(email(&service.get("/get-session", &cookie)), "ada@example.com", "{fault:?}");
    }
}

#[test]
fn a_server_that_is_frozen_is_503_and_thawed_it_answers() {
    let Some(redis) = Redis::start() else { return };
    let database = database(TOML);
    let service = impatient(&database, &redis.url());
    let cookie = service.user("ada@example.com");
    redis.freeze(true);
    let begun = Instant::now();
    for _ in 0..3 {
        assert_unavailable(&service.get("/get-session", &cookie));
    }
    assert!(begun.elapsed() < LONGEST);
    redis.freeze(false);
    assert_eq!(email(&service.get("/get-session", &cookie)), "ada@example.com");
}

#[test]
fn a_connection_that_was_closed_meanwhile_costs_no_request() {
    let Some(mut redis) = Redis::with(&["--appendonly", "yes", "--appendfsync", "always"]) else { return };
    let (database, wire) = (database(TOML), behind(&redis));
    let service = service(TOML, &database, &wire.url);
    let cookie = service.user("ada@example.com");
    for _ in 0..5 {
        wire.cut();
        assert_eq!(email(&service.get("/get-session", &cookie)), "ada@example.com");
    }
    redis.restart();
    assert_eq!(email(&service.get("/get-session", &cookie)), "ada@example.com");
    // What must not be done twice is not: the closed connection is seen before anything is sent.
    wire.cut();
    assert_eq!(service.post("/sign-out", &cookie, "{}").status, 200);
    assert_eq!(service.get("/get-session", &cookie).text(), "null");
}

#[test]
fn a_connection_that_was_idle_for_longer_than_it_may_be_is_not_used_again() {
    let Some(redis) = Redis::start() else { return };
    let (database, wire) = (database(TOML), behind(&redis));
    let service = service(&format!("{TOML}idle_timeout = 1\n"), &database, &wire.url);
    let cookie = service.user("ada@example.com");
    let before = wire.connections();
    thread::sleep(Duration::from_millis(1_200));
    assert_eq!(email(&service.get("/get-session", &cookie)), "ada@example.com");
    assert_eq!(wire.connections(), before + 1);
}

/// A function that reads sessions from the store that variables name, with this in its `[secondary_storage]`.
fn function(database: &Database, store: &[(&str, &str)], more: &str) -> (Instance, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let toml = format!("{TOML}{more}[rate_limit]\nenabled = false\n[jwt]\nenabled = false\n");
    let config = schema::written(folder.path(), &toml);
    (Instance::with("get-session", &database.url, &config, store), folder)
}

#[test]
fn a_function_that_stood_still_serves_the_first_request_after_it() {
    let Some(mut redis) = Redis::with(&["--appendonly", "yes", "--appendfsync", "always"]) else { return };
    let database = database(TOML);
    let cookie = service(TOML, &database, &redis.url()).user("ada@example.com");
    // Connections are trusted for longer than it stands still: that they are closed has to be seen.
    let (instance, _folder) = function(&database, &[("REDIS_URL", &redis.url())], "idle_timeout = 60\n");
    for round in 0..12 {
        assert_eq!(email(&instance.session(&cookie)), "ada@example.com", "round {round}");
        instance.freeze();
        if round % 4 == 3 {
            redis.restart();
        } else {
            redis.ask(&["CLIENT", "KILL", "TYPE", "normal"]);
        }
        instance.thaw();
    }
}

/// For how long connections are trusted, in tests about older connections.
const IDLE: &str = "idle_timeout = 1\n[database]\nidle_timeout = 1\n";

#[test]
fn a_function_closes_its_connections_before_it_stands_still() {
    let Some(redis) = Redis::start() else { return };
    let database = database(TOML);
    let cookie = service(TOML, &database, &redis.url()).user("ada@example.com");
    let (instance, _folder) = function(&database, &[("REDIS_URL", &redis.url())], IDLE);
    redis.ask(&["CLIENT", "KILL", "TYPE", "normal"]);
    assert_eq!(email(&instance.session(&cookie)), "ada@example.com");
    let begun = Instant::now();
    // The client that asks is one of them.
    while redis.ask(&["CLIENT", "LIST", "TYPE", "normal"]).lines().count() > 1 {
        assert!(begun.elapsed() < LIMIT, "a connection is still open");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_request_that_went_away_leaves_its_connection_to_nobody() {
    let Some(redis) = Redis::start() else { return };
    let (database, wire) = (database(TOML), behind(&redis));
    let service = service(&format!("{TOML}max_connections = 1\nwait_timeout = 30\n"), &database, &wire.url);
    let (ada, eve) = (service.user("ada@example.com"), service.user("eve@example.com"));
    let before = wire.round_trips();
    wire.set(Fault::Stall);
    let mut stream = std::net::TcpStream::connect(service.url.replace("http://localhost", "127.0.0.1")).unwrap();
    use std::io::Write as _;
    write!(stream, "GET /api/auth/get-session HTTP/1.1\r\nhost: localhost\r\ncookie: {ada}\r\n\r\n").unwrap();
    let begun = Instant::now();
    while wire.round_trips() == 0 {
        assert!(begun.elapsed() < LONGEST, "nothing was asked after {before}");
        thread::sleep(Duration::from_millis(2));
    }
    drop(stream);
    wire.set(Fault::None);
    // On it, eve would be given the answer about ada.
    assert_eq!(email(&service.get("/get-session", &eve)), "eve@example.com");
}

#[test]
fn a_store_that_refuses_is_503_and_the_log_says_why() {
    let Some(redis) = Redis::start() else { return };
    let database = database(TOML);
    let service = impatient(&database, &redis.url());
    let cookie = service.user("ada@example.com");
    redis.ask(&["CONFIG", "SET", "requirepass", "right"]);
    assert_unavailable(&impatient(&database, &redis.url()).get("/get-session", &cookie));
    assert_unavailable(&impatient(&database, &redis.url().replace("//", "//:wrong@")).get("/get-session", &cookie));
    let right = impatient(&database, &redis.url().replace("//", "//default:right@"));
    assert_eq!(email(&right.get("/get-session", &cookie)), "ada@example.com");
    redis.ask(&["-a", "right", "REPLICAOF", "127.0.0.1", "1"]);
    assert_unavailable(&right.post("/sign-in/email", "", PERSON));
    let causes: Vec<_> =
        log_lines().into_iter().filter(|line| line.contains("secondary_storage_unavailable")).collect();
    for words in ["NOAUTH", "WRONGPASS", "READONLY"] {
        assert!(causes.iter().any(|line| line.contains(words)), "{words}: {causes:?}");
    }
    assert!(causes.iter().all(|line| !line.contains("right@") && !line.contains("ada@example.com")));
}

#[test]
fn a_secret_whose_answer_is_lost_is_not_redeemed_again() {
    let Some(redis) = Redis::start() else { return };
    let (database, wire, provider) = (database(TOML), behind(&redis), Provider::new());
    let variables = [("DATABASE_URL", database.url.as_str()), ("REDIS_URL", &wire.url), ("VERCEL_ENV", "development")];
    let service = flows::service(TOML, &variables, &provider);
    let begun = begin(&service.url, "/sign-in/social", &json!({ "provider": "github", "callbackURL": "/in" }), "");
    redis.ask(&["CONFIG", "RESETSTAT"]);
    wire.set(Fault::CutInAnswer);
    assert_unavailable(&back(&service.url, "github", &format!("code=ada&state={}", begun.state), &begun.cookie));
    wire.set(Fault::None);
    assert!(redis.ask(&["INFO", "commandstats"]).contains("cmdstat_eval:calls=1,"));
    let again = back(&service.url, "github", &format!("code=ada&state={}", begun.state), &begun.cookie);
    assert!(again.header("location").unwrap().contains("state_mismatch"));
}

#[test]
fn of_fifty_who_come_with_one_state_one_comes_in() {
    let Some(redis) = Redis::start() else { return };
    let (database, provider) = (database(TOML), Provider::new());
    let (url, store) = (database.url.as_str(), redis.url());
    let service = flows::service(TOML, &[("DATABASE_URL", url), ("REDIS_URL", &store)], &provider);
    let begun = begin(&service.url, "/sign-in/social", &json!({ "provider": "github", "callbackURL": "/in" }), "");
    let query = format!("code=ada&state={}", begun.state);
    let came_in = thread::scope(|scope| {
        let all: Vec<_> = (0..50)
            .map(|_| {
                scope.spawn(|| back(&service.url, "github", &query, &begun.cookie).header("location") == Some("/in"))
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).filter(|came_in| *came_in).count()
    });
    assert_eq!(came_in, 1);
}

#[test]
fn sessions_that_begin_and_end_at_once_are_all_in_the_list() {
    let Some(redis) = Redis::start() else { return };
    let database = database(TOML);
    let service = service(&format!("{TOML}max_connections = 16\n"), &database, &redis.url());
    let own = service.user("ada@example.com");
    let signed_in: Vec<String> = thread::scope(|scope| {
        let all: Vec<_> =
            (0..20).map(|_| scope.spawn(|| service.post("/sign-in/email", "", PERSON).cookies())).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let listed = || service.get("/list-sessions", &own).json().as_array().unwrap().len();
    assert_eq!(listed(), 21);
    thread::scope(|scope| {
        for cookie in &signed_in[..10] {
            scope.spawn(|| assert_eq!(service.post("/sign-out", cookie, "{}").status, 200));
        }
        // The user changes meanwhile: this brings no session back that was signed out.
        scope.spawn(|| assert_eq!(service.post("/update-user", &own, r#"{"name":"New"}"#).status, 200));
    });
    assert_eq!(listed(), 11);
    for (number, cookie) in signed_in.iter().enumerate() {
        let answer = service.get("/get-session", cookie).json();
        let expected = if number < 10 { Value::Null } else { "New".into() };
        assert_eq!(answer.get("user").map_or(Value::Null, |user| user["name"].clone()), expected);
    }
    // And of all that end at once none is left, however they were opened.
    assert_eq!(service.post("/revoke-sessions", &own, "{}").status, 200);
    assert!(signed_in.iter().all(|cookie| service.get("/get-session", cookie).text() == "null"));
    assert!(redis.keys().iter().all(|key| key.starts_with("revoked-sessions-before-")), "{:?}", redis.keys());
}

#[test]
fn whoever_signs_in_while_all_sessions_end_has_none() {
    for (path, toml) in [("/revoke-sessions", ""), ("/delete-user", "[user.delete_user]\nenabled = true\n")] {
        let Some(redis) = Redis::start() else { return };
        let (database, wire) = (database(TOML), behind(&redis));
        let slow = service(&format!("{TOML}command_timeout = 60\n"), &database, &wire.url);
        let service = service(&format!("{TOML}{toml}"), &database, &redis.url());
        let own = service.user("ada@example.com");
        wire.set(Fault::Stall);
        let signed_in = thread::scope(|scope| {
            let signing_in = scope.spawn(|| slow.post("/sign-in/email", "", PERSON));
            // It has opened a connection, and has sent the session, which does not arrive yet.
            let (begun, mut trips) = (Instant::now(), 0);
            while trips < 2 {
                assert!(begun.elapsed() < LIMIT, "the session is not sent");
                trips += wire.round_trips();
                thread::sleep(Duration::from_millis(2));
            }
            assert_eq!(service.post(path, &own, "{}").status, 200);
            wire.set(Fault::None);
            signing_in.join().unwrap()
        });
        assert_eq!(signed_in.status, 200, "{}", signed_in.text());
        // It is in the store, and does not count.
        let answer = service.get("/get-session", &signed_in.cookies());
        let told = (answer.text(), answer.header("x-gatepost-reason"));
        assert_eq!(told, ("null".to_owned(), Some("session_revoked")), "{path}");
    }
}

#[test]
fn a_new_password_leaves_no_session_of_before_where_the_store_fails_after_it() {
    let change =
        r#"{"currentPassword":"correct horse battery","newPassword":"another password","revokeOtherSessions":true}"#;
    for path in ["/change-password", "/reset-password"] {
        let Some(redis) = Redis::start() else { return };
        let (database, wire, mailbox) = (database(TOML), behind(&redis), Mailbox::new());
        let toml = format!("{TOML}{BOUNDS}").replacen(
            "enabled = true\n",
            "enabled = true\nrevoke_sessions_on_password_reset = true\n",
            1,
        );
        let variables = [
            ("DATABASE_URL", database.url.as_str()),
            ("REDIS_URL", &wire.url),
            ("EMAIL_URL", &mailbox.url()),
            ("VERCEL_ENV", "development"),
        ];
        let service = Service::with(&toml, &variables);
        let own = service.user("ada@example.com");
        let other = service.post("/sign-in/email", "", PERSON).cookies();
        let body = if path == "/change-password" {
            change.to_owned()
        } else {
            service.post("/request-password-reset", "", r#"{"email":"ada@example.com"}"#);
            format!(r#"{{"newPassword":"another password","token":"{}"}}"#, mailbox.token("reset-password"))
        };
        let answer = held(&database, "update on {account}", |held| {
            thread::scope(|scope| {
                let setting = scope.spawn(|| service.post(path, &own, &body));
                held.waiting(1);
                wire.set(Fault::BlackHole);
                held.let_go();
                setting.join().unwrap()
            })
        });
        assert_unavailable(&answer);
        wire.set(Fault::None);
        // The new password holds, and no session is left that the old one opened.
        assert_eq!(service.post("/sign-in/email", "", PERSON).status, 401, "{path}");
        for cookie in [&own, &other] {
            assert_eq!(service.get("/get-session", cookie).text(), "null", "{path}");
        }
        let person = PERSON.replace("correct horse battery", "another password");
        assert_eq!(
            email(&service.get("/get-session", &service.post("/sign-in/email", "", &person).cookies())),
            "ada@example.com"
        );
    }
}

#[test]
fn a_user_who_is_deleted_has_no_session_left() {
    let Some(redis) = Redis::start() else { return };
    let toml = format!("{TOML}[user.delete_user]\nenabled = true\n");
    let database = database(&toml);
    let service = service(&toml, &database, &redis.url());
    let (own, other) = (service.user("ada@example.com"), service.post("/sign-in/email", "", PERSON).cookies());
    assert_eq!(service.post("/delete-user", &own, "{}").json()["success"], true);
    for cookie in [&own, &other] {
        assert_eq!(service.get("/get-session", cookie).text(), "null");
    }
    assert_eq!(
        database.value(r#"select (select count(*) from "user") || ' ' || (select count(*) from account)"#),
        "0 0"
    );
}

#[test]
fn tls_is_verified_against_the_authority_that_the_url_or_the_file_names() {
    let folder = tempfile::tempdir().unwrap();
    let (root, certificate, key) = certificates();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pem = root;
    let (root, certificate, key) = (file("root.pem", &pem), file("server.pem", &certificate), file("key.pem", &key));
    let other = file("other.pem", &certificates().0);
    let tls = [
        "--tls-port",
        "{port}",
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &root,
        "--tls-auth-clients",
        "no",
    ];
    let Some(redis) = Redis::with(&tls) else { return };
    let database = database(TOML);
    let url = |host: &str, authority: &str| format!("rediss://{host}:{}?sslrootcert={authority}", redis.port);
    let cookie = impatient(&database, &url("localhost", &root)).user("ada@example.com");
    assert_eq!(email(&impatient(&database, &url("localhost", &root)).get("/get-session", &cookie)), "ada@example.com");
    // Functions have no files: the certificate stands in what is built in.
    let toml = format!("{TOML}root_certificates = \"\"\"\n{pem}\"\"\"\n");
    let by_text = service(&toml, &database, &format!("rediss://localhost:{}", redis.port));
    assert_eq!(email(&by_text.get("/get-session", &cookie)), "ada@example.com");
    for url in [
        url("localhost", &other),
        url("127.0.0.1", &root),
        format!("rediss://localhost:{}", redis.port),
        format!("redis://localhost:{}", redis.port),
    ] {
        assert_unavailable(&impatient(&database, &url).get("/get-session", &cookie));
    }
    let lines = log_lines();
    assert!(lines.iter().any(|line| line.contains("secondary storage") && line.contains("`root_certificates`")));
}

fn over_rest(toml: &str, token: &str, database: &Database, rest: &Rest) -> Service {
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("KV_REST_API_URL", &rest.url),
        ("KV_REST_API_TOKEN", token),
        ("VERCEL_ENV", "development"),
    ];
    Service::with(&format!("{TOML}{BOUNDS}{toml}"), &variables)
}

/// A warm command is one round trip over REST too, and a connection that is kept costs no client a request.
#[test]
fn over_rest_commands_share_a_connection_and_one_that_was_closed_costs_no_request() {
    let Some(redis) = Redis::start() else { return };
    let (database, rest) = (database(TOML), Rest::new(redis.port, "right"));
    let service = over_rest("idle_timeout = 1\n", "right", &database, &rest);
    let read = |cookie: &str| assert_eq!(email(&service.get("/get-session", cookie)), "ada@example.com");
    let cookie = service.user("ada@example.com");
    assert_eq!(rest.seen(), (1, 1));
    for _ in 0..5 {
        read(&cookie);
    }
    assert_eq!(rest.seen(), (0, 5));
    // The server closes what is idle: nothing is sent there, what must not be sent twice included.
    for number in 1..=5 {
        rest.close();
        assert_eq!(service.post("/sign-in/email", "", PERSON).status, 200, "{number}");
    }
    assert_eq!(rest.seen(), (5, 5));
    // It was idle for too long.
    thread::sleep(Duration::from_millis(1_200));
    read(&cookie);
    assert_eq!(rest.seen(), (1, 1));
    // One that keeps none.
    rest.close_after_each(true);
    for _ in 0..5 {
        read(&cookie);
    }
    assert_eq!(rest.seen(), (4, 5));
}

#[test]
fn over_rest_a_function_that_stood_still_serves_the_first_request_and_leaves_no_connection() {
    let Some(redis) = Redis::start() else { return };
    let (database, rest) = (database(TOML), Rest::new(redis.port, "right"));
    let cookie = service(TOML, &database, &redis.url()).user("ada@example.com");
    let store = [("KV_REST_API_URL", rest.url.as_str()), ("KV_REST_API_TOKEN", "right")];
    let (instance, _folder) = function(&database, &store, "idle_timeout = 60\n");
    for round in 0..12 {
        assert_eq!(email(&instance.session(&cookie)), "ada@example.com", "round {round}");
        instance.freeze();
        rest.close();
        instance.thaw();
    }
    assert_eq!(rest.seen(), (12, 12));
    drop(instance);

    let (instance, _folder) = function(&database, &store, IDLE);
    assert_eq!(email(&instance.session(&cookie)), "ada@example.com");
    let begun = Instant::now();
    while rest.open() > 0 {
        assert!(begun.elapsed() < LIMIT, "a connection is still open");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn over_rest_the_store_has_the_same_and_a_silent_one_is_503() {
    let Some(redis) = Redis::start() else { return };
    let (database, rest) = (database(TOML), Rest::new(redis.port, "right"));
    let (service, beside) = (over_rest("", "right", &database, &rest), service(TOML, &database, &redis.url()));
    let own = service.user("ada@example.com");
    let more = beside.post("/sign-in/email", "", PERSON).cookies();
    assert_eq!(service.post("/update-user", &own, r#"{"name":"Ada “Ä” \\ \u0001"}"#).status, 200);
    for (server, cookie) in [(&service, &own), (&service, &more), (&beside, &own), (&beside, &more)] {
        assert_eq!(server.get("/get-session", cookie).json()["user"]["name"], "Ada “Ä” \\ \u{1}");
    }
    assert_eq!(service.get("/list-sessions", &more).json().as_array().unwrap().len(), 2);
    rest.seen();
    assert_eq!(email(&service.get("/get-session", &own)), "ada@example.com");
    assert_eq!(rest.seen(), (0, 1));
    assert_eq!(service.post("/sign-out", &more, "{}").status, 200);
    assert_eq!(beside.get("/get-session", &more).text(), "null");
    assert_eq!(service.get("/get-session", &more).header("x-gatepost-reason"), Some("unknown_session"));

    let counting = over_rest("[rate_limit]\nenabled = true\nwindow = 60\nmax = 2\n", "right", &database, &rest);
    let statuses: Vec<u16> = (0..3).map(|_| counting.get("/ok", "").status).collect();
    assert_eq!(statuses, [200, 200, 429]);

    assert_unavailable(&over_rest("", "wrong", &database, &rest).get("/get-session", &own));
    rest.silence(true);
    let begun = Instant::now();
    assert_unavailable(&service.get("/get-session", &own));
    assert!(begun.elapsed() < LONGEST);
    rest.silence(false);
    assert_eq!(email(&service.get("/get-session", &own)), "ada@example.com");
    assert!(log_lines().iter().all(|line| !line.contains("Bearer")));
}
