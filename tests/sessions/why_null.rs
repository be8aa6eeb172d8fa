//! docs/why-is-my-session-null.md, one test a case: a deployment that works is broken in that way, the service answers null,
//! and `gatepost explain` names the same reason and what is behind it.

use std::path::Path;

use gatepost_cli::{
    deployment, edge,
    explain::{self, RequestHeaders},
    report::{Report, Verdict},
};
use gatepost_core::{config::Variables, context::Edge};
use jiff::{SignedDuration, Timestamp};

use crate::support::{
    SECRET,
    postgres::{Database, block_on},
    redis::Redis,
    reports::with_fixes,
    schema, secondary_storage,
    service::{DEFAULT, Service, log_lines},
    transport,
};

/// The base URL of the deployment; the port at which it really listens differs from start to start.
const BASE: &str = "http://localhost:3000";
const LONG: &str = "another-secret-that-is-long-enough-for-anybody";

/// The parts of a deployment that a test changes.
#[derive(Clone)]
struct Deployment {
    toml: String,
    variables: Vec<(String, String)>,
}

impl Deployment {
    fn new(database: &Database, toml: &str) -> Self {
        let jwt = if toml.contains("[jwt]") { "" } else { "\n[jwt]\nenabled = false\n" };
        let toml = format!("{toml}{jwt}");
        let variables = [
            ("BETTER_AUTH_SECRET", SECRET),
            ("BETTER_AUTH_URL", BASE),
            ("DATABASE_URL", &database.url),
            ("VERCEL_ENV", "development"),
            ("BETTER_AUTH_TRUSTED_ORIGINS", "http://localhost:*"),
        ];
        Self { toml, variables: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec() }
    }

    /// Another value; an empty one is none.
    fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        changed.variables.retain(|(found, _)| found != name);
        changed.variables.push((name.to_owned(), value.to_owned()));
        changed
    }

    fn configured(&self, more: &str) -> Self {
        Self { toml: format!("{}\n{more}\n", self.toml), ..self.clone() }
    }

    fn serve(&self) -> Service {
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Service::with(&self.toml, &variables)
    }

    fn explain(&self, asked: &RequestHeaders, now: Timestamp) -> Report {
        let folder = tempfile::tempdir().unwrap();
        schema::written(folder.path(), &self.toml);
        let given = |(name, value): &(String, String)| (name.clone(), transport::variable(&self.toml, name, value));
        let variables: Variables = self.variables.iter().map(given).collect();
        let auth = deployment::read(folder.path(), &variables).unwrap();
        let report = block_on(async { explain::request(auth, asked, Edge { now, ..edge::request().unwrap() }).await });
        let report = report.unwrap();
        // The report contains nothing with which a reader could sign in.
        let told = report.to_string() + &report.json();
        for secret in [SECRET, LONG] {
            assert!(!told.contains(secret), "{told}");
        }
        let values = [&asked.cookie, &asked.authorization]
            .into_iter()
            .flatten()
            .flat_map(|text| text.split(['=', ';', ' ', '.', '%']));
        for value in values.filter(|value| value.len() >= 32) {
            assert!(!told.contains(value), "{told}");
        }
        with_fixes(report)
    }

    /// The service answers null for this reason, and so it is explained, by a step that says `told`.
    #[track_caller]
    fn is_null(&self, cookie: &str, reason: &str, told: &str) {
        let answer = self.serve().get("/get-session", cookie);
        assert_eq!((answer.text().as_str(), answer.header("x-gatepost-reason")), ("null", Some(reason)));
        explained(&self.explain(&with_cookie(cookie), edge::now()), reason, told);
    }

    #[track_caller]
    fn has_session(&self, cookie: &str) -> Report {
        let answer = self.serve().get("/get-session", cookie);
        assert_eq!((answer.status, answer.header("x-gatepost-reason")), (200, None), "{}", answer.text());
        assert!(answer.json()["user"]["id"].is_string(), "{}", answer.text());
        let report = self.explain(&with_cookie(cookie), edge::now());
        assert_eq!((report.status(), report.reason), (0, None), "{report}");
        report
    }
}

fn with_cookie(cookie: &str) -> RequestHeaders {
    RequestHeaders { cookie: (!cookie.is_empty()).then(|| cookie.to_owned()), authorization: None }
}

fn with_token(token: &str) -> RequestHeaders {
    RequestHeaders { cookie: None, authorization: Some(format!("Bearer {token}")) }
}

#[track_caller]
fn explained(report: &Report, reason: &str, told: &str) {
    assert_eq!((report.status(), report.reason.map(|reason| reason.name())), (1, Some(reason)), "{report}");
    let steps = report.findings.iter().filter(|step| step.verdict != Verdict::Ok);
    assert!(steps.clone().any(|step| step.fix.is_some()), "{report}");
    assert!(steps.clone().any(|step| step.evidence.contains(told)), "{told}: {report}");
}

/// A deployment that works, and the cookie of a signed-in user there.
fn working(toml: &str) -> (Database, Deployment, String) {
    let database = Database::new();
    let deployment = Deployment::new(&database, toml);
    let cookie = deployment.serve().user("ada@example.com");
    deployment.has_session(&cookie);
    (database, deployment, cookie)
}

fn token_of(cookie: &str) -> &str {
    cookie.split_once('=').unwrap().1.split('.').next().unwrap()
}

#[test]
fn explaining_changes_nothing() {
    let (database, deployment, cookie) = working(&format!("{DEFAULT}[session]\nupdate_age = 0\n"));
    database
        .query(r#"update session set "expiresAt" = now() - interval '1 hour', "updatedAt" = now() - interval '1 day'"#);
    let rows = || database.query(r#"select * from session join "user" on true"#);
    let before = rows();
    let report = deployment.explain(&with_cookie(&cookie), edge::now());
    assert_eq!(report.reason.map(|reason| reason.name()), Some("session_expired"));
    database.query(r#"update session set "expiresAt" = now() + interval '1 hour'"#);
    let before_refresh = rows();
    let report = deployment.explain(&with_cookie(&cookie), edge::now());
    assert!(report.to_string().contains("moves the expiry to"), "{report}");
    assert!(rows() == before_refresh && before.len() == before_refresh.len());
    let tokens = deployment.configured("").with("VERCEL_ENV", "production");
    let tokens = Deployment { toml: tokens.toml.replace("enabled = false", "enabled = true"), ..tokens };
    tokens.explain(&with_token("a.b.c"), edge::now());
    assert_eq!(database.value("select count(*) from jwks"), "0");
}

#[test]
fn the_browser_sends_no_cookie() {
    let (_database, deployment, _) = working(DEFAULT);
    deployment.is_null("", "no_session_cookie", "the request has no Cookie header");
    deployment.is_null("theme=dark; lang=en", "no_session_cookie", "its cookies are: theme, lang");
    deployment.is_null("better-auth.session_token=", "no_session_cookie", "is empty");
}

#[test]
fn the_cookie_has_another_prefix() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let broken = deployment.with("BETTER_AUTH_URL", "https://localhost:3000");
    broken.is_null(&cookie, "no_session_cookie", "but the configuration expects __Secure-better-auth.session_token");
    let secure = broken.serve().user("eve@example.com");
    deployment.is_null(&secure, "no_session_cookie", "the request has __Secure-better-auth.session_token");
}

#[test]
fn the_cookie_has_another_name() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let broken = deployment.configured("[advanced]\ncookie_prefix = \"shop\"");
    broken.is_null(&cookie, "no_session_cookie", "but the configuration expects shop.session_token");
}

#[test]
fn the_secret_was_replaced() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let broken = deployment.with("BETTER_AUTH_SECRET", LONG);
    broken.is_null(&cookie, "bad_cookie_signature", "none of the secrets has signed the token");
}

#[test]
fn an_older_secret_was_dropped_too_early() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let rotated =
        deployment.with("BETTER_AUTH_SECRETS", &format!("2:{LONG},1:{SECRET}")).with("BETTER_AUTH_SECRET", "");
    let report = rotated.has_session(&cookie);
    assert!(report.to_string().contains("version 1 of BETTER_AUTH_SECRETS has signed"), "{report}");
    let beside = deployment.with("BETTER_AUTH_SECRETS", &format!("2:{LONG}"));
    let report = beside.has_session(&cookie);
    assert!(report.to_string().contains("BETTER_AUTH_SECRET, the oldest has signed"), "{report}");
    let broken = deployment.with("BETTER_AUTH_SECRETS", &format!("2:{LONG}")).with("BETTER_AUTH_SECRET", "");
    broken.is_null(&cookie, "bad_cookie_signature", "none of the secrets");
}

#[test]
fn the_secret_has_a_line_break_or_quotes_in_one_of_two_deployments() {
    let (_database, deployment, cookie) = working(DEFAULT);
    deployment.with("BETTER_AUTH_SECRET", &format!("{SECRET}\n")).is_null(
        &cookie,
        "bad_cookie_signature",
        "without the white space",
    );
    deployment.with("BETTER_AUTH_SECRET", &format!("\"{SECRET}\"")).is_null(
        &cookie,
        "bad_cookie_signature",
        "without the quotes",
    );
    let other = deployment.with("BETTER_AUTH_SECRET", &format!("{SECRET}\n")).serve().user("eve@example.com");
    deployment.is_null(&other, "bad_cookie_signature", "with a line break at its end");
}

#[test]
fn a_proxy_encodes_the_cookie_again_or_breaks_it() {
    let (_database, deployment, cookie) = working(DEFAULT);
    // A signature in base64 ends with `=`, so that there is something to encode.
    deployment.is_null(&cookie.replace('%', "%25"), "bad_cookie_signature", "percent-encoded twice");
    deployment.is_null(
        &format!("{}%", cookie.replace("%3D", "")),
        "bad_cookie_signature",
        "percent-encoding is broken",
    );
    deployment.is_null(&cookie.replace("%3D", ""), "bad_cookie_signature", "43 characters");
}

#[test]
fn the_application_sets_the_cookie_itself() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let bare = format!("better-auth.session_token={}", token_of(&cookie));
    deployment.is_null(&bare, "bad_cookie_signature", "is a bare token");
}

#[test]
fn the_browser_has_two_cookies_of_one_name() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let service = deployment.serve();
    let old = service.user("eve@example.com");
    assert_eq!(service.send("POST", "/sign-out", &[("cookie", &old), ("origin", BASE)], "").status, 200);
    let report = deployment.has_session(&format!("{cookie}; {old}"));
    assert!(report.to_string().contains(" 2 times, and the service reads the first"), "{report}");
    deployment.is_null(&format!("{old}; {cookie}"), "unknown_session", " 2 times, and the service reads the first");
}

#[test]
fn the_session_was_signed_out_or_is_in_another_database() {
    let (database, deployment, cookie) = working(DEFAULT);
    let other = Database::new();
    deployment.with("DATABASE_URL", &other.url).is_null(
        &cookie,
        "unknown_session",
        "no row of the table has the token",
    );
    deployment.has_session(&cookie);
    database.query("delete from session");
    deployment.is_null(&cookie, "unknown_session", "no row of the table has the token");
}

/// A deployment that works with a secondary storage; `None` if Redis is not installed.
fn working_with_storage() -> Option<(Redis, Database, Deployment, String)> {
    let (redis, database) = (Redis::start()?, Database::new());
    let toml = format!("{DEFAULT}[secondary_storage]\nenabled = true\n");
    let deployment = Deployment::new(&database, &toml).with("REDIS_URL", &redis.url());
    let cookie = deployment.serve().user("ada@example.com");
    deployment.has_session(&cookie);
    Some((redis, database, deployment, cookie))
}

#[test]
fn the_session_is_not_in_the_secondary_storage_or_was_revoked_there() {
    let Some((redis, _database, deployment, cookie)) = working_with_storage() else { return };
    let elsewhere = deployment.with("REDIS_URL", &format!("{}/1", redis.url()));
    elsewhere.is_null(&cookie, "unknown_session", "no session in the secondary storage has the token");
    deployment.has_session(&cookie);
    let id = redis.keys().into_iter().find_map(|key| key.strip_prefix("active-sessions-").map(str::to_owned)).unwrap();
    let later = (edge::now() + SignedDuration::from_secs(1)).as_millisecond().to_string();
    redis.ask(&["SET", &format!("better-auth:revoked-sessions-before-{id}"), &later, "EX", "600"]);
    deployment.is_null(&cookie, "session_revoked", "all sessions of the user from that time were revoked");
    redis.ask(&["FLUSHALL"]);
    deployment.is_null(&cookie, "unknown_session", "no session in the secondary storage has the token");
}

#[test]
fn the_session_is_in_the_table_besides_the_secondary_storage() {
    let Some((redis, database, deployment, _)) = working_with_storage() else { return };
    let deployment = deployment.configured("[session]\nstore_session_in_database = true");
    let cookie = deployment.serve().user("eve@example.com");
    let report = deployment.has_session(&cookie);
    assert!(report.to_string().contains("in the secondary storage: signed in at"), "{report}");
    redis.ask(&["FLUSHALL"]);
    let report = deployment.has_session(&cookie);
    assert!(report.to_string().contains("in the table, but not in the secondary storage: signed in at"), "{report}");
    database.query("delete from session");
    deployment.is_null(&cookie, "unknown_session", "neither a session in the secondary storage nor a row of the table");
}

#[test]
fn explaining_changes_nothing_in_the_secondary_storage() {
    let Some((redis, _database, deployment, cookie)) = working_with_storage() else { return };
    let deployment = deployment.configured("[session]\nupdate_age = 0");
    let stored = || redis.keys().into_iter().map(|key| (redis.get(&key), key)).collect::<Vec<_>>();
    let before = stored();
    let report = deployment.explain(&with_cookie(&cookie), edge::now());
    assert!(report.to_string().contains("moves the expiry to"), "{report}");
    let later = edge::now() + SignedDuration::from_hours(24 * 30);
    explained(&deployment.explain(&with_cookie(&cookie), later), "session_expired", "it has expired");
    assert_eq!(stored(), before);
    // The service, asked the same, writes.
    deployment.serve().get("/get-session", &cookie);
    assert_ne!(stored(), before);
}

#[test]
fn the_secondary_storage_is_not_reached() {
    let Some((mut redis, _database, deployment, cookie)) = working_with_storage() else { return };
    redis.stop();
    let answer = deployment.serve().get("/get-session", &cookie);
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (503, Some("secondary_storage_unavailable")));
    let report = deployment.explain(&with_cookie(&cookie), edge::now());
    assert_eq!((report.status(), report.reason), (2, None), "{report}");
    assert!(report.to_string().contains("the secondary storage: "), "{report}");
}

#[test]
fn the_session_has_expired() {
    let (database, deployment, cookie) = working(DEFAULT);
    database.query(r#"update session set "expiresAt" = '2025-01-15T12:00:00Z'"#);
    let report = deployment.explain(&with_cookie(&cookie), edge::now());
    explained(&report, "session_expired", "it has expired: it expired at 2025-01-15T12:00:00Z");
    deployment.serve().get("/get-session", &cookie);
    // Who reads it removes it: the second time it is unknown.
    deployment.is_null(&cookie, "unknown_session", "no row of the table");
}

#[test]
fn the_user_was_removed_past_the_service() {
    let (database, deployment, cookie) = working(DEFAULT);
    database.change("alter table {user} disable trigger all; delete from {user}");
    deployment.is_null(&cookie, "user_gone", "the session exists, but the user");
}

#[test]
fn the_user_is_banned() {
    let toml = format!("{DEFAULT}[admin]\nenabled = true\n");
    let database = secondary_storage::database(&toml);
    let deployment = Deployment::new(&database, &toml);
    let cookie = deployment.serve().user("ada@example.com");
    deployment.has_session(&cookie);
    database.query("update \"user\" set banned = true, \"banExpires\" = '2999-01-01T00:00:00Z'");
    deployment.is_null(&cookie, "banned", "is banned until 2999-01-01T00:00:00.000Z");
}

const CACHED: &str = "[session.cookie_cache]\nenabled = true\nstrategy = \"jwe\"\n";

/// Returns the deployment without its database: the session in the cookie counts.
fn stateless(deployment: &Deployment, more: &str) -> Deployment {
    let toml = format!("[session.cookie_cache]\n{more}\n[jwt]\nenabled = false\n");
    Deployment { toml, ..deployment.with("DATABASE_URL", "") }
}

#[test]
fn the_session_in_the_cookie_is_of_another_version() {
    let (_database, deployment, cookie) = working(&format!("{DEFAULT}{CACHED}"));
    let kept = stateless(&deployment, "");
    let report = kept.has_session(&cookie);
    assert!(report.to_string().contains("session_data is valid"), "{report}");
    stateless(&deployment, "version = \"2\"").is_null(
        &cookie,
        "unknown_session",
        "another `session.cookie_cache.version` than \"2\"",
    );
    let token = cookie.split("; ").find(|pair| pair.contains("session_token")).unwrap();
    kept.is_null(token, "unknown_session", "the request has no better-auth.session_data");
    kept.configured("").with("BETTER_AUTH_SECRETS", &format!("2:{LONG}")).has_session(&cookie);
}

#[test]
fn the_session_in_the_cookie_is_too_old_or_anothers() {
    let (_database, deployment, cookie) = working(&format!("{DEFAULT}{CACHED}"));
    let later = edge::now() + SignedDuration::from_mins(10);
    let report = stateless(&deployment, "").explain(&with_cookie(&cookie), later);
    explained(&report, "unknown_session", "is too old: past `max_age`");
    // With a database it is asked instead.
    let report = deployment.explain(&with_cookie(&cookie), later);
    assert!(report.status() == 0 && report.to_string().contains("the service asks the database"), "{report}");
    let other = deployment.serve().user("eve@example.com");
    let part = |cookie: &str, name: &str| cookie.split("; ").find(|pair| pair.contains(name)).unwrap().to_owned();
    let mixed = format!("{}; {}", part(&cookie, "session_token"), part(&other, "session_data"));
    stateless(&deployment, "").is_null(&mixed, "unknown_session", "belongs to another session");
    let forged = format!("{}; better-auth.session_data=nonsense", part(&cookie, "session_token"));
    stateless(&deployment, "").is_null(&forged, "unknown_session", "none of the secrets has signed or encrypted");
}

#[test]
fn a_session_token_in_the_header_is_not_taken() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let token = token_of(&cookie).to_owned();
    let null = |deployment: &Deployment, asked: &RequestHeaders, told: &str| {
        let header = asked.authorization.clone().unwrap();
        let answer = deployment.serve().send("GET", "/get-session", &[("authorization", &header)], "");
        assert_eq!((answer.text().as_str(), answer.header("x-gatepost-reason")), ("null", Some("no_session_cookie")));
        explained(&deployment.explain(asked, edge::now()), "no_session_cookie", told);
    };
    let report = deployment.explain(&with_token(&token), edge::now());
    assert!(report.status() == 0 && report.to_string().contains("it replaces the session cookie"), "{report}");
    null(&deployment.configured("[bearer]\nenabled = false"), &with_token(&token), "`bearer.enabled` is false");
    let strict = deployment.configured("[bearer]\nrequire_signature = true");
    null(&strict, &with_token(&token), "the token has no signature");
    let signed = cookie.split_once('=').unwrap().1.split(';').next().unwrap().to_owned();
    assert_eq!(strict.explain(&with_token(&signed), edge::now()).status(), 0);
    let replaced = deployment.with("BETTER_AUTH_SECRET", LONG);
    null(&replaced, &with_token(&signed), "none of the secrets has signed the token");
    let basic = RequestHeaders { cookie: None, authorization: Some("Basic YTpi".to_owned()) };
    null(&deployment, &basic, "scheme is not Bearer");
}

#[test]
fn a_genuine_token_in_the_header_counts_and_the_cookie_does_not() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let forged = "better-auth.session_token=nothing.nothing".to_owned();
    let both = RequestHeaders { cookie: Some(forged), authorization: Some(format!("Bearer {}", token_of(&cookie))) };
    let report = deployment.explain(&both, edge::now());
    assert_eq!((report.status(), report.reason), (0, None), "{report}");
    let checks: Vec<_> = report.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, ["session cookie", "authorization", "session in the database", "answer"], "{report}");
    let ignored = RequestHeaders { authorization: Some("Basic YTpi".to_owned()), ..both };
    let report = deployment.explain(&ignored, edge::now());
    explained(&report, "bad_cookie_signature", "a signature has 44 and ends in `=`");
    let checks: Vec<_> = report.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, ["session cookie", "authorization", "signature", "answer"], "{report}");
}

#[test]
fn where_the_refresh_is_deferred_the_client_is_asked_to_move_the_expiry() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let deferred = deployment.configured("[session]\nupdate_age = 0\ndefer_session_refresh = true");
    let report = deferred.has_session(&cookie);
    assert!(report.to_string().contains("asks the client to move the expiry with a POST request"), "{report}");
}

#[test]
fn a_token_for_other_services_is_not_believed() {
    let database = Database::new();
    let deployment = Deployment::new(&database, &format!("{DEFAULT}[jwt]\nenabled = true\n"));
    let service = deployment.serve();
    let cookie = service.user("ada@example.com");
    let token = service.get("/token", &cookie).json()["token"].as_str().unwrap().to_owned();
    let report = deployment.explain(&with_token(&token), edge::now());
    assert!(report.status() == 0 && report.to_string().contains("get-session reads cookies"), "{report}");

    let another = deployment.with("BETTER_AUTH_URL", "https://auth.example.com");
    let told = r#"iss is "http://localhost:3000", and must be "https://auth.example.com""#;
    explained(&another.explain(&with_token(&token), edge::now()), "invalid_token", told);
    let toml = deployment.toml.replace("[jwt]", "[jwt]\naudience = \"https://api.example.com\"");
    let told = r#"aud is "http://localhost:3000", and must be "https://api.example.com""#;
    explained(
        &Deployment { toml, ..deployment.clone() }.explain(&with_token(&token), edge::now()),
        "invalid_token",
        told,
    );
    let later = edge::now() + SignedDuration::from_mins(16);
    explained(&deployment.explain(&with_token(&token), later), "token_expired", "exp is ");
    let other = Database::new();
    let moved = deployment.with("DATABASE_URL", &other.url);
    explained(&moved.explain(&with_token(&token), edge::now()), "invalid_token", "which the key set does not have");
    assert_eq!(other.value("select count(*) from jwks"), "0");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let changed = format!("{signed}.{}{}", if signature.starts_with('A') { "B" } else { "A" }, &signature[1..]);
    explained(&deployment.explain(&with_token(&changed), edge::now()), "invalid_token", "signature");
}

#[test]
fn in_production_the_log_says_why() {
    let (_database, deployment, _) = working(DEFAULT);
    let service = deployment.with("VERCEL_ENV", "production").serve();
    let forged = "better-auth.session_token=nothing.nothing";
    let answer = service.get("/get-session", forged);
    assert_eq!((answer.text().as_str(), answer.header("x-gatepost-reason")), ("null", None));
    drop(service);
    let lines = log_lines();
    let line = lines.iter().rev().find(|line| line.contains("bad_cookie_signature")).unwrap();
    let id = serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
    let report = explain::logged(line, &id).unwrap();
    explained(&report, "bad_cookie_signature", "get_session was answered 200");
    let told = explain::logged(&lines.join("\n"), "iad1::nowhere").unwrap_err().to_string();
    assert!(told.contains("iad1::nowhere") && told.contains("vercel logs"), "{told}");
}

#[test]
fn a_database_that_does_not_answer_is_no_null_and_nobody_can_tell() {
    let (_database, deployment, cookie) = working(DEFAULT);
    let away = deployment.with("DATABASE_URL", "postgres://app:hunter2@127.0.0.1:1/x");
    assert_eq!(away.serve().get("/get-session", &cookie).status, 503);
    let report = away.explain(&with_cookie(&cookie), edge::now());
    assert_eq!((report.status(), report.reason), (2, None), "{report}");
    assert!(report.to_string().contains("the database cannot be reached") && !report.to_string().contains("hunter2"));
    let tokens = Deployment { toml: away.toml.replace("enabled = false", "enabled = true"), ..away };
    let report = tokens.explain(&with_token("a.b.c"), edge::now());
    assert_eq!((report.status(), report.reason), (2, None), "{report}");
    let told = report.to_string();
    assert!(
        told.contains("it is a JWT") && told.contains("session in the database: the database cannot be reached"),
        "{told}"
    );
}

#[test]
fn whatever_a_cookie_is_it_is_explained_as_the_service_judges_it() {
    let (_database, deployment, cookie) = working(&format!("{DEFAULT}{CACHED}"));
    let service = deployment.serve();
    let pieces =
        ["%", "%2", "%25", "%2B", "%ff", "=", ";", "; ", "\"", " ", ".", "+", "A", "é", "better-auth.session_token="];
    // A simple generator: the same cookies every time.
    let mut state = 7_u64;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let (mut nulls, mut sessions) = (0, 0);
    for _ in 0..200 {
        let mut text: Vec<char> = cookie.chars().collect();
        for _ in 0..=below(2) {
            let at = below(text.len().min(120));
            let until = (at + below(3)).min(text.len());
            text.splice(at..until, pieces[below(pieces.len())].chars());
        }
        let changed: String = text.into_iter().collect();
        let answer = service.get("/get-session", &changed);
        let report = deployment.explain(&with_cookie(&changed), edge::now());
        let reason = report.reason.map(|reason| reason.name());
        assert_eq!(
            (answer.text() == "null", answer.header("x-gatepost-reason")),
            (reason.is_some(), reason),
            "{changed}: {report}"
        );
        *(if reason.is_some() { &mut nulls } else { &mut sessions }) += 1;
    }
    assert!(nulls > 50 && sessions > 0, "{nulls} {sessions}");
}

/// The names of the tests in backquotes after `Test:` in the walk-through.
#[test]
fn every_case_of_the_walk_through_is_reproduced_by_a_test() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(project.join(file)).unwrap();
    let tests =
        read("tests/sessions/why_null.rs") + &read("tests/operators/doctor.rs") + &read("tests/operators/diagnosis.rs");
    let page = read("docs/why-is-my-session-null.md");
    let named: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("Test: `")?.strip_suffix('`')).collect();
    for name in &named {
        assert!(tests.contains(&format!("fn {name}()")), "{name}");
    }
    let cases = page.lines().filter(|line| line.starts_with("### ")).count();
    assert!(named.len() == cases && cases >= 12, "{} tests of {cases} cases", named.len());
}
