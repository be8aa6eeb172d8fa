//! Every refusal has a named reason: in development it is a header, everywhere it is in the log line.

use std::sync::Arc;

use gatepost_core::{
    Auth, Config,
    config::{Problems, Variables},
    endpoint::{Body, Endpoint, Guard, Run},
    handle,
    outcome::Outcome,
    reason::Reason,
    reply::Reply,
    wire::EndpointReads,
};
use http::Method;
use http_body_util::Full;

use crate::support::{
    SECRET,
    http::Answer,
    mailbox::Mailbox,
    postgres::{Database, block_on},
    service::{DEFAULT, Service},
};

const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;

fn development(toml: &str) -> (Database, Service) {
    let database = Database::new();
    let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    (database, service)
}

#[track_caller]
fn assert_reason(answer: &Answer, status: u16, reason: &str) {
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (status, Some(reason)), "{}", answer.text());
}

#[test]
fn what_a_request_gets_wrong_is_named() {
    let (_database, service) = development(&format!("disabled_paths = [\"/ok\"]\n{DEFAULT}"));
    let origin = service.url.as_str();
    let json = ("content-type", "application/json");
    let post = |headers: &[(&str, &str)], body: &str| service.send("POST", "/sign-in/email", headers, body);
    assert_reason(&service.get("/nowhere", ""), 404, "unknown_route");
    assert_reason(&service.get("/ok", ""), 404, "disabled_path");
    assert_reason(&service.post("/get-session", "", "{}"), 405, "deferred_refresh_disabled");
    assert_reason(&post(&[("content-type", "text/plain")], "x"), 415, "unsupported_content_type");
    assert_reason(&post(&[json], "{"), 400, "malformed_json");
    assert_reason(&post(&[json], &" ".repeat(5_000_000)), 413, "body_too_large");
    assert_reason(&post(&[json, ("transfer-encoding", "chunked")], "x"), 400, "body_incomplete");
    assert_reason(&post(&[json], "[]"), 400, "invalid_input");
    assert_reason(&post(&[json, ("cookie", "a=b")], "{}"), 403, "missing_origin");
    assert_reason(&post(&[json, ("cookie", "a=b"), ("origin", "https://evil.example")], "{}"), 403, "untrusted_origin");
    let navigation = [json, ("origin", origin), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    assert_reason(&post(&navigation, PERSON), 403, "cross_site_navigation");
    assert_reason(&post(&[json], r#"{"callbackURL":"https://evil.example"}"#), 403, "untrusted_redirect");
}

#[test]
fn why_somebody_signed_in_is_refused_is_named() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let toml = "[email_and_password]\nenabled = true\n[user.delete_user]\nenabled = true\n[user.change_email]\nenabled = true\n";
    let variables =
        [("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development"), ("EMAIL_URL", &mailbox.url())];
    let service = Service::with(toml, &variables);
    let cookie = service.user("ada@example.com");
    let post = |path: &str, body: &str| service.post(path, &cookie, body);
    assert_reason(&service.get("/list-accounts", ""), 401, "no_session_cookie");
    assert_reason(&post("/update-user", "{}"), 400, "nothing_to_update");
    assert_reason(&post("/change-email", r#"{"newEmail":"ada@example.com"}"#), 400, "same_email");
    assert_reason(&post("/send-verification-email", r#"{"email":"eve@example.com"}"#), 400, "email_mismatch");
    assert_reason(&post("/unlink-account", r#"{"accountId":"x"}"#), 400, "last_account");
    assert_reason(&post("/reset-password", r#"{"newPassword":"long enough","token":"x"}"#), 400, "invalid_token");
    assert_eq!(post("/send-verification-email", r#"{"email":"ada@example.com"}"#).status, 200);
    let link = format!("/verify-email?token={}", mailbox.token("verify-email"));
    assert_eq!(service.get(&link, "").status, 200);
    assert_reason(&post("/send-verification-email", r#"{"email":"ada@example.com"}"#), 400, "email_already_verified");
    database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
        select {new 'second'}'g1', 'github', u.{user.id}, now(), now() from {user} u",
    );
    assert_reason(&post("/unlink-account", r#"{"accountId":"x"}"#), 400, "unknown_account");
    database.query("update session set \"createdAt\" = now() - interval '2 days'");
    assert_reason(&post("/unlink-account", r#"{"accountId":"x"}"#), 403, "session_not_fresh");

    let (_database, plain) = development(DEFAULT);
    let cookie = plain.user("ada@example.com");
    assert_reason(&plain.post("/delete-user", &cookie, "{}"), 404, "feature_disabled");
}

#[test]
fn links_that_are_too_late_or_followed_by_another_user_are_named() {
    let claims = |exp: i64| {
        let claims = format!(
            r#"{{"email":"ada@example.com","updateTo":"new@example.com","requestType":"change-email-verification","userId":"USER","exp":{exp}}}"#
        );
        move |id: &str| gatepost_core::crypto::jwt::sign(SECRET.as_bytes(), claims.replace("USER", id).as_bytes())
    };
    let (database, service) = development(DEFAULT);
    service.user("ada@example.com");
    let id = database.value("select id from \"user\"");
    let eve = service.user("eve@example.com");
    assert_reason(&service.get(&format!("/verify-email?token={}", claims(1)(&id)), ""), 401, "token_expired");
    assert_reason(
        &service.get(&format!("/verify-email?token={}", claims(9_999_999_999)(&id)), &eve),
        401,
        "another_user",
    );
}

#[test]
fn why_somebody_cannot_sign_up_or_in_is_named() {
    let (database, service) = development(DEFAULT);
    let sign_up = |body: &str| service.post("/sign-up/email", "", body);
    let sign_in = |body: &str| service.post("/sign-in/email", "", body);
    assert_reason(&sign_up(&PERSON.replace("correct horse battery", "short")), 400, "password_too_short");
    assert_reason(&sign_up(&PERSON.replace("correct horse battery", &"x".repeat(129))), 400, "password_too_long");
    assert_reason(&sign_up(&PERSON.replace("Ada", "A\\u0000")), 422, "row_refused");
    assert_eq!(sign_up(PERSON).status, 200);
    assert_reason(&sign_up(PERSON), 422, "email_taken");
    assert_reason(&sign_in(&PERSON.replace("ada@example.com", "nobody")), 400, "invalid_email");
    assert_reason(&sign_in(&PERSON.replace("ada@", "eve@")), 401, "unknown_user");
    assert_reason(&sign_in(&PERSON.replace("correct", "wrong")), 401, "wrong_password");
    database.query("update account set password = 'nonsense'");
    assert_reason(&sign_in(PERSON), 401, "malformed_password_hash");
    database.query("update account set password = null");
    assert_reason(&sign_in(PERSON), 401, "no_password");

    let (_database, closed) = development("[email_and_password]\nenabled = false\n");
    assert_reason(&closed.post("/sign-in/email", "", PERSON), 400, "passwords_disabled");
    let (_database, closed) = development("[email_and_password]\nenabled = true\ndisable_sign_up = true\n");
    assert_reason(&closed.post("/sign-up/email", "", PERSON), 400, "sign_up_disabled");
    let (_database, strict) = development("[email_and_password]\nenabled = true\nrequire_email_verification = true\n");
    assert_eq!(strict.post("/sign-up/email", "", PERSON).status, 200);
    assert_reason(&strict.post("/sign-in/email", "", PERSON), 403, "email_not_verified");
}

#[test]
fn what_the_database_gets_wrong_is_named() {
    let (database, service) = development("[email_and_password]\nenabled = true\n[session]\nupdate_age = 0\n");
    let cookie = service.user("ada@example.com");
    database.change("create function nothing() returns trigger language plpgsql as 'begin return null; end'");
    database.change("create trigger gone before update on {session} for each row execute function nothing()");
    assert_reason(&service.get("/get-session", &cookie), 401, "session_ended_meanwhile");
    database.change("drop table {session} cascade");
    assert_reason(&service.get("/get-session", &cookie), 500, "database_error");
    let away = [("DATABASE_URL", "postgres://app:nothing@127.0.0.1:1/x"), ("VERCEL_ENV", "development")];
    assert_reason(&Service::with(DEFAULT, &away).get("/get-session", &cookie), 503, "database_unavailable");
}

#[test]
fn a_handler_that_panics_is_an_answer_and_a_log_line() {
    const TABLE: &[Endpoint] = &[Endpoint {
        id: "bug",
        method: Method::GET,
        path: "/bug",
        about: "",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[],
        uses: &[],
        run: Run { reads: EndpointReads::NOTHING, call: |_, _, _| Box::pin(async { panic!("what the bug says") }) },
    }];
    let variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://localhost/x")]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into_iter()
        .collect();
    let config = Config::load(&variables, None).unwrap();
    let edge = gatepost_cli::edge::request().unwrap();
    let request = http::Request::get("/api/auth/bug").body(Full::<&[u8]>::default()).unwrap();
    let response = block_on(async {
        let auth = Arc::new(Auth::new(config, gatepost_cli::edge::now).unwrap());
        handle::handle(auth, &[TABLE], request, edge).await
    });
    assert_eq!((response.status().as_u16(), response.body().len()), (500, 0));
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert_eq!(outcome.reason.map(Reason::name), Some("panicked"));
    assert_eq!(outcome.cause.as_deref(), Some("what the bug says"));
}

#[test]
fn a_url_that_no_header_carries_is_named_and_no_header() {
    for url in ["/\u{20ac}", "/\u{e4}", "/a\nb", "/\u{7f}"] {
        let error = Reply::redirect(url).err().unwrap();
        assert_eq!(error.reason().name(), "unwritable_header", "{url:?}");
    }
}

#[test]
fn a_wrong_configuration_is_an_answer_that_tells_nothing_and_a_log_line_that_tells_all() {
    let mut problems = Problems::default();
    problems.add("BETTER_AUTH_SECRET", "it is missing");
    let response = handle::misconfigured(&problems);
    assert_eq!(response.status().as_u16(), 500);
    assert_eq!(
        response.body(),
        r#"{"message":"The service is not configured correctly","code":"SERVER_MISCONFIGURED"}"#.as_bytes()
    );
    let outcome = response.extensions().get::<Outcome>().unwrap();
    assert_eq!(outcome.reason.map(Reason::name), Some("misconfigured"));
    assert!(outcome.cause.as_deref().unwrap().contains("BETTER_AUTH_SECRET: it is missing"));
}
