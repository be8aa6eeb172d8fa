//! `gatepost doctor`: a deployment that works is broken in one way, and the first thing that is said to be wrong is that.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
};

use gatepost_cli::{
    doctor,
    report::{Report, Verdict},
    roles,
};
use gatepost_core::config::Variables;

use crate::support::{
    SECRET, http,
    node::Reference,
    postgres::{Database, block_on, execute},
    reports::with_fixes,
    schema,
    service::{DEFAULT, Service},
    smtp::SmtpServer,
    transport,
};

/// A deployment that needs no mails.
const WITHOUT_MAILS: &str = "[email_and_password]\nenabled = true\nsend_reset_password = false\n";
const DELETING: &str = "[user.delete_user]\nenabled = true\n";

/// From the variables of a deployment on Vercel at `https://auth.example.com`, changed and added to.
fn local(database_url: &str, toml: &str, changes: &[(&str, &str)], origin: Option<&str>) -> Report {
    let folder = tempfile::tempdir().unwrap();
    schema::written(folder.path(), toml);
    let mut variables = Variables::default();
    let usual = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", "https://auth.example.com"),
        ("DATABASE_URL", database_url),
        ("VERCEL_ENV", "preview"),
    ];
    let all = usual.iter().chain(changes);
    all.for_each(|(name, value)| variables.set(*name, transport::variable(toml, name, value)));
    let report = block_on(doctor::local(folder.path(), &variables, origin)).unwrap();
    let told = report.to_string() + &report.json();
    assert!(!told.contains(SECRET) && !told.contains("hunter2"), "{told}");
    with_fixes(report)
}

fn outside(url: &str, origin: Option<&str>) -> Report {
    with_fixes(block_on(doctor::outside::walk(url, origin, true)).unwrap())
}

/// The only thing that failed is this check, and it says this.
#[track_caller]
fn fails(report: &Report, check: &str, told: &str) {
    let failed: Vec<_> = report.findings.iter().filter(|finding| finding.verdict == Verdict::Fail).collect();
    assert!(
        !failed.is_empty() && failed.iter().all(|finding| finding.check == check && finding.fix.is_some()),
        "{report}"
    );
    assert!(failed.iter().any(|finding| finding.evidence.contains(told)), "{told}: {report}");
    assert_eq!(report.verdict, Verdict::Fail);
}

#[track_caller]
fn nothing_failed(report: &Report) {
    assert_eq!(report.status(), 0, "{report}");
}

fn checks(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.check).collect()
}

#[test]
fn a_deployment_that_works_passes_every_check() {
    let database = Database::new();
    let report = local(
        &database.url,
        WITHOUT_MAILS,
        &[("BETTER_AUTH_TRUSTED_ORIGINS", "https://app.example.com")],
        Some("https://app.example.com"),
    );
    nothing_failed(&report);
    let expected = [
        "environment",
        "cookies",
        "origin",
        "clients",
        "mail",
        "database",
        "clock",
        "schema",
        "rights",
        "rows",
        "keys",
    ];
    assert_eq!(checks(&report), expected, "{report}");
    assert!(report.findings.iter().all(|finding| finding.verdict == Verdict::Ok), "{report}");
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap();
    assert_eq!(
        (&json["verdict"], &json["complete"], &json["findings"][0]["check"]),
        (&"ok".into(), &true.into(), &"environment".into())
    );
    // Nothing was written.
    assert_eq!(database.value("select count(*) from jwks"), "0");
}

#[test]
fn a_service_that_works_is_walked_through_and_left_as_it_was() {
    let database = Database::new();
    let toml = format!("{DEFAULT}{DELETING}");
    let page = "http://localhost:5173";
    let variables = [("DATABASE_URL", database.url.as_str()), ("BETTER_AUTH_TRUSTED_ORIGINS", page)];
    let service = Service::with(&toml, &variables);
    for origin in [None, Some(page)] {
        let report = outside(&service.url, origin);
        nothing_failed(&report);
        let expected =
            ["reach", "clock", "get-session", "preflight", "sign-up", "cookies", "session", "write", "clean-up"];
        assert_eq!(checks(&report), expected, "{report}");
        assert!(report.findings.iter().all(|finding| finding.verdict == Verdict::Ok), "{report}");
    }
    assert_eq!(database.value(r#"select count(*) from "user""#), "0");
    let report = block_on(doctor::outside::walk(&service.url, None, false)).unwrap();
    assert_eq!(checks(&report), ["reach", "clock", "get-session", "preflight"], "{report}");
}

#[test]
fn a_user_that_cannot_be_removed_again_is_told_of() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let report = outside(&service.url, None);
    nothing_failed(&report);
    let last = report.findings.last().unwrap();
    assert!(last.check == "clean-up" && last.verdict == Verdict::Warn, "{report}");
    database.query(last.fix.clone().unwrap().split_once("delete it: ").unwrap().1);
    assert_eq!(database.value(r#"select count(*) from "user""#), "0");
}

#[test]
fn the_page_is_of_another_site() {
    let database = Database::new();
    let page = "https://shop.example.org";
    let trusted = [("BETTER_AUTH_TRUSTED_ORIGINS", page)];
    fails(&local(&database.url, DEFAULT, &trusted, Some(page)), "cookies", "no browser sends it with a request");
    let sent = "[advanced.default_cookie_attributes]\nsame_site = \"none\"\n";
    let report = local(&database.url, &format!("{DEFAULT}{sent}"), &trusted, Some(page));
    nothing_failed(&report);
    assert!(report.verdict == Verdict::Warn && report.to_string().contains("Safari"), "{report}");

    let service = Service::with(&format!("{DEFAULT}{DELETING}"), &[("DATABASE_URL", &database.url), trusted[0]]);
    let report = outside(&service.url, Some(page));
    fails(&report, "cookies", "no browser sends it with a request");
    assert_eq!(report.status(), 1);
    assert_eq!(database.value(r#"select count(*) from "user""#), "0");
}

#[test]
fn the_pages_origin_is_not_trusted() {
    let database = Database::new();
    fails(&local(&database.url, DEFAULT, &[], Some("https://app.example.com")), "origin", "is not trusted");
    let service = Service::new(&database.url);
    let report = outside(&service.url, Some("http://localhost:5173"));
    fails(&report, "preflight", "does not allow http://localhost:5173");
    assert_eq!(database.value(r#"select count(*) from "user""#), "0");
}

#[test]
fn the_cookies_domain_is_a_public_suffix_or_somebody_elses() {
    let database = Database::new();
    let with =
        |domain: &str| format!("{DEFAULT}[advanced.cross_sub_domain_cookies]\nenabled = true\ndomain = \"{domain}\"\n");
    let on = |base: &str, domain: &str| local(&database.url, &with(domain), &[("BETTER_AUTH_URL", base)], None);
    nothing_failed(&on("https://auth.example.com", "example.com"));
    fails(&on("https://shop.vercel.app", "vercel.app"), "cookies", "is a public suffix");
    fails(&on("https://auth.example.com", "example.org"), "cookies", "does not cover auth.example.com");
}

#[test]
fn the_base_url_is_http_or_names_another_host() {
    let database = Database::new();
    let report = local(&database.url, DEFAULT, &[("BETTER_AUTH_URL", "http://auth.example.com")], None);
    fails(&report, "environment", "it is not https: cookies would be sent unencrypted");
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("BETTER_AUTH_URL", "http://localhost:1")]);
    let report = outside(&service.url, None);
    fails(&report, "sign-up", "is answered 403 INVALID_ORIGIN");
    assert!(report.to_string().contains("set BETTER_AUTH_URL to the URL at which"), "{report}");
    let secure = format!("trusted_origins = [\"http://localhost:*\"]\n{DEFAULT}");
    let variables = [("DATABASE_URL", database.url.as_str()), ("BETTER_AUTH_URL", "https://auth.example.com")];
    let secure = Service::with(&secure, &variables);
    let report = outside(&secure.url, None);
    assert!(report.to_string().contains("is Secure at http://localhost"), "{report}");
}

#[test]
fn the_configuration_is_wrong() {
    let database = Database::new();
    let report = local(&database.url, "[session]\nexpires_im = 3\n", &[("BETTER_AUTH_SECRET", "short")], None);
    fails(&report, "environment", "gatepost.toml:2");
    assert!(report.to_string().contains("BETTER_AUTH_SECRET: it has 5 characters"), "{report}");
    assert_eq!(report.status(), 2);
}

#[test]
fn refresh_cache_beside_a_database_is_told_as_better_auth_tells_it() {
    let database = Database::new();
    let with = |line: &str| format!("{DEFAULT}[session.cookie_cache]\nenabled = true\n{line}\n");
    let notices = |toml: &str| -> Vec<String> {
        let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
        service.auth.notices().filter(|line| line.contains("refresh_cache")).collect()
    };
    for line in ["refresh_cache = true", "refresh_cache = { update_age = 60 }"] {
        let report = local(&database.url, &with(line), &[], None);
        nothing_failed(&report);
        let told = "session.cookie_cache.refresh_cache: `refresh_cache` has no effect where sessions are stored";
        let warned = report.findings.iter().filter(|finding| finding.verdict == Verdict::Warn);
        assert_eq!(warned.filter(|finding| finding.evidence.starts_with(told)).count(), 1, "{report}");
        assert_eq!(notices(&with(line)).len(), 1);
    }
    for line in ["refresh_cache = false", ""] {
        let report = local(&database.url, &with(line), &[], None);
        assert!(!report.to_string().contains("refresh_cache"), "{report}");
        assert_eq!(notices(&with(line)), Vec::<String>::new());
    }
}

#[test]
fn the_database_is_not_reached() {
    let database = Database::new();
    let mut wrong: url::Url = database.url.parse().unwrap();
    wrong.set_path("/nowhere");
    let report = local(wrong.as_str(), DEFAULT, &[], None);
    fails(&report, "database", "SQLSTATE 3D000");
    assert_eq!(report.status(), 2);
    fails(&local("postgres://app:hunter2@127.0.0.1:1/x", DEFAULT, &[], None), "database", "DATABASE_URL (127.0.0.1:1)");
    fails(
        &local("mysql://nobody:hunter2@127.0.0.1/x", DEFAULT, &[], None),
        "environment",
        "DATABASE_URL: it does not begin",
    );

    // A server that answers the question for TLS with no, regardless of this run's own server.
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://u:hunter2@{}/x?sslmode=require", plain.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = plain.accept().unwrap();
        stream.read_exact(&mut [0; 8]).unwrap();
        stream.write_all(b"N").unwrap();
    });
    let report = local(&url, DEFAULT, &[], None);
    fails(&report, "database", "does not support TLS");
    assert!(report.to_string().contains("write `sslmode=disable` into the URL"), "{report}");

    let role = format!("doctor {}", std::process::id());
    let own = |sql: &str| drop(execute(&database.direct, sql));
    own(&format!("create role \"{role}\" login password 'right'"));
    let mut other: url::Url = database.url.parse().unwrap();
    other.set_username(&role).unwrap();
    other.set_password(Some("hunter2")).unwrap();
    let report = local(other.as_str(), DEFAULT, &[], None);
    own(&format!("drop role \"{role}\""));
    fails(&report, "database", "SQLSTATE 28P01");
    assert!(report.to_string().contains("the user or the password in the URL is wrong"), "{report}");
}

#[test]
fn the_schema_is_missing_or_half_made() {
    let database = Database::empty();
    let missing = |what: &[&str]| {
        let names: Vec<_> = what.iter().map(|what| schema::told(what)).collect();
        format!("missing: {}", names.join(", "))
    };
    let all = missing(&["user", "session", "account", "verification", "jwks"]);
    fails(&local(&database.url, DEFAULT, &[], None), "schema", &all);
    let database = Database::new();
    database.change("drop table {jwks} cascade; alter table {session} drop column {session.userAgent} cascade");
    fails(&local(&database.url, DEFAULT, &[], None), "schema", &missing(&["session.userAgent", "jwks"]));
    let view = Database::new();
    view.change("create table other (like {session}); drop table {session} cascade; create view {session} as select * from other");
    fails(
        &local(&view.url, DEFAULT, &[], None),
        "schema",
        &format!("`{}` is a view, and the service needs a table", schema::told("session")),
    );
    let without =
        format!("{DEFAULT}[jwt]\nenabled = false\n[user.additional_fields]\nplan = {{ type = \"string\" }}\n");
    fails(
        &local(&database.url, &without, &[], None),
        "schema",
        &format!("missing: {}.plan, {}", schema::told("user"), schema::told("session.userAgent")),
    );
}

#[test]
fn a_plugin_of_better_auth_keeps_nobody_out_here() {
    let database = Database::new();
    database.change("alter table {user} add banned boolean, add two_factor_enabled boolean");
    let report = local(&database.url, WITHOUT_MAILS, &[], None);
    nothing_failed(&report);
    let warned: Vec<_> = report.findings.iter().filter(|finding| finding.verdict == Verdict::Warn).collect();
    let text = report.to_string();
    assert!(warned.len() == 2 && warned.iter().all(|finding| finding.check == "schema"), "{text}");
    assert!(text.contains("banned users can sign in") && text.contains("with only their password"), "{text}");
}

#[test]
fn the_role_may_not_write_or_does_not_see_the_rows() {
    let database = Database::new();
    let role = format!("doctor's {}", std::process::id());
    let own = |sql: &str| drop(execute(&database.direct, sql));
    own(&roles::sql(&role, schema::of_the_run()));
    own(&format!("alter role \"{role}\" password 'p'"));
    let mut url: url::Url = database.url.parse().unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("p")).unwrap();
    let look = || local(url.as_str(), DEFAULT, &[], None);
    let good = look();
    let session = schema::filled("{session}");
    own(&format!("revoke insert, update on {session} from \"{role}\""));
    let refused = look();
    own(&format!("grant insert, update on {session} to \"{role}\"; alter table {session} enable row level security"));
    let hidden = look();
    own(&format!(
        "alter role \"{role}\" set default_transaction_read_only = on; alter table {session} disable row level security"
    ));
    let only_reads = look();
    own(&format!("drop owned by \"{role}\"; drop role \"{role}\""));
    nothing_failed(&good);
    let name = schema::told("session");
    fails(&refused, "rights", &format!("may not insert on {name}, update on {name}"));
    fails(&hidden, "rights", &format!("row level security hides rows of {name}"));
    fails(&only_reads, "database", "it accepts no writes");
}

#[test]
fn the_secret_does_not_fit_the_keys() {
    let database = Database::new();
    let toml = format!("{DEFAULT}[jwt]\nenabled = true\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.get("/token", &cookie).status, 200);
    let look = |changes: &[(&str, &str)]| local(&database.url, &toml, changes, None);
    let report = look(&[]);
    assert!(report.status() == 0 && report.to_string().contains("decrypts every key (1)"), "{report}");
    let another = "another-secret-that-is-long-enough-for-anybody";
    fails(&look(&[("BETTER_AUTH_SECRET", another)]), "keys", "it was encrypted with another secret");
    let report = look(&[("BETTER_AUTH_SECRETS", &format!("2:{another}"))]);
    assert!(report.verdict == Verdict::Warn && report.to_string().contains("an older secret"), "{report}");
}

#[test]
fn the_mail_server_does_not_answer() {
    let database = Database::new();
    let from = ("EMAIL_FROM", "a@example.com");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let look = |url: &str| local(&database.url, DEFAULT, &[("EMAIL_URL", url), from], None);
    fails(&look(&format!("smtp://me:hunter2@{closed}")), "mail", "cannot be reached");
    fails(&look(&format!("webhook+http://hunter2@{closed}/")), "mail", "connecting to the webhook's host");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mails");
    let server = SmtpServer::start(&[("MAIL_FILE", file.to_str().unwrap()), ("LOGIN", "me:pass")]);
    let as_user = |login: &str| look(&server.url.replace("smtp://", &format!("smtp://{login}@")));
    nothing_failed(&as_user("me:pass"));
    fails(&as_user("me:hunter2"), "mail", "the SMTP server answered 535");
    assert!(!file.exists(), "a mail was sent");
    fails(&look("file:/nowhere/mails"), "mail", "/nowhere is not a folder");
    let open = TcpListener::bind("127.0.0.1:0").unwrap();
    nothing_failed(&look(&format!("webhook+http://hunter2@{}/", open.local_addr().unwrap())));
    let waits = format!("{DEFAULT}require_email_verification = true\n");
    fails(&local(&database.url, &waits, &[], None), "mail", "users cannot sign in before");
    let nowhere = [
        ("VERCEL_ENV", "production"),
        ("BETTER_AUTH_URL", ""),
        ("EMAIL_URL", "webhook+https://hunter2@hooks.example/"),
    ];
    fails(
        &local(&database.url, DEFAULT, &nowhere, None),
        "environment",
        "BETTER_AUTH_URL: it is missing, and mails need it",
    );
}

#[test]
fn the_service_is_not_where_it_is_looked_for() {
    let database = Database::new();
    let service =
        Service::with(&format!("base_path = \"/auth\"\n{DEFAULT}{DELETING}"), &[("DATABASE_URL", &database.url)]);
    let report = outside(&service.url, None);
    fails(&report, "reach", "gatepost does not answer there");
    assert_eq!(report.status(), 2);
    nothing_failed(&outside(&format!("{}/auth", service.url), None));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let report = outside(&format!("http://{closed}"), None);
    fails(&report, "reach", "cannot be reached");
    assert_eq!(report.status(), 2);
}

#[test]
fn the_database_of_a_running_service_does_not_answer() {
    let service = Service::with(DEFAULT, &[("DATABASE_URL", "postgres://app:nothing@127.0.0.1:1/x")]);
    fails(&outside(&service.url, None), "sign-up", "503 DATABASE_UNAVAILABLE");
    let database = Database::new();
    let service = Service::new(&database.url);
    database.change("drop table {session} cascade");
    fails(&outside(&service.url, None), "sign-up", "500");
}

#[test]
fn where_nobody_may_sign_up_the_walk_ends_with_a_warning() {
    let database = Database::new();
    let strict = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n";
    for (toml, told) in [
        ("[email_and_password]\nenabled = false\n", "signing up with a password is switched off"),
        (strict, "cannot sign in before the address is confirmed"),
    ] {
        let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
        let report = outside(&service.url, None);
        assert!(
            report.status() == 0 && report.verdict == Verdict::Warn && report.to_string().contains(told),
            "{report}"
        );
    }
}

#[test]
fn where_signing_up_does_not_sign_in_the_walk_signs_in() {
    let database = Database::new();
    let toml = format!("[email_and_password]\nenabled = true\nauto_sign_in = false\n{DELETING}");
    let report = outside(&Service::with(&toml, &[("DATABASE_URL", &database.url)]).url, None);
    nothing_failed(&report);
    assert!(report.to_string().contains("signed up and signed in") && checks(&report).contains(&"session"), "{report}");
    assert_eq!(database.value(r#"select count(*) from "user""#), "0");
}

/// Stands in front of a service and drops headers of requests and answers.
fn proxy(upstream: &str, dropped: &'static [&'static str], added: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
    let upstream = upstream.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream);
            let mut head = String::new();
            while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
            let mut lines = head.lines();
            let mut first = lines.next().unwrap_or_default().split(' ');
            let (method, path) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
            let headers: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
            let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
            reader.read_exact(&mut body).unwrap();
            let own = ["host", "connection", "content-length"];
            let passed: Vec<_> = headers
                .into_iter()
                .filter(|(name, _)| !own.iter().chain(dropped).any(|it| name.eq_ignore_ascii_case(it)))
                .collect();
            let answer = http::send(method, &format!("{upstream}{path}"), &passed, &body);
            let mut back = format!(
                "HTTP/1.1 {} x\r\nconnection: close\r\ncontent-length: {}\r\n{added}",
                answer.status,
                answer.body.len()
            );
            for (name, value) in
                answer.headers.iter().filter(|(name, _)| name != "content-length" && !dropped.contains(&name.as_str()))
            {
                back.push_str(&format!("{name}: {value}\r\n"));
            }
            let mut stream = reader.into_inner();
            let _ = stream.write_all(&[back.as_bytes(), b"\r\n", &answer.body].concat());
        }
    });
    url
}

#[test]
fn a_proxy_in_front_of_the_service_takes_headers_away() {
    let database = Database::new();
    let page = "http://localhost:5173";
    let toml = format!("trusted_origins = [\"{page}\", \"http://localhost:*\"]\n{DEFAULT}{DELETING}");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    nothing_failed(&outside(&proxy(&service.url, &[], ""), Some(page)));
    fails(&outside(&proxy(&service.url, &["set-cookie"], ""), Some(page)), "cookies", "sets no cookie");
    fails(&outside(&proxy(&service.url, &["origin"], ""), None), "write", "403 MISSING_OR_NULL_ORIGIN");
    fails(&outside(&proxy(&service.url, &["cookie"], ""), None), "session", "200 OK null");
    let wildcard = proxy(&service.url, &["access-control-allow-origin"], "access-control-allow-origin: *\r\n");
    fails(&outside(&wildcard, Some(page)), "preflight", "allows `*`");
}

#[test]
fn an_address_that_is_none_is_refused_in_a_sentence() {
    let refused = |url: &str, origin: Option<&str>| block_on(doctor::outside::walk(url, origin, true)).unwrap_err();
    assert!(refused("auth.example.com", None).contains("--url is `auth.example.com`"));
    for origin in ["app.example.com", "https://app.example.com/path", "null", "*"] {
        assert!(refused("http://localhost:1", Some(origin)).contains(&format!("--origin is `{origin}`")), "{origin}");
    }
}

#[test]
fn better_auth_on_node_is_recognized_and_what_changes_is_said() {
    let database = Database::empty();
    let options = r#"{"username":{},"twoFactor":{},"user":{"deleteUser":{"enabled":true}},"advanced":{"cookiePrefix":"shop"},
        "session":{"cookieCache":{"enabled":true,"strategy":"jwe"}}}"#;
    let reference = Reference::new(&database.url, options);
    let report = outside(&reference.url, None);
    nothing_failed(&report);
    let said = report.to_string();
    for expected in [
        "better-auth on Node answers there",
        "plugins that can be seen from outside: twoFactor, username",
        "`[two_factor]`",
        "`[username]`",
        "the plugin jwt is not in use",
        "cookie_prefix = \"shop\"",
        "strategy = \"jwe\"",
        "the new session can be read",
        "the test user is deleted",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(database.value(r#"select count(*) from "user""#), "0");
    let page = outside(&reference.url, Some("https://shop.example.org"));
    assert!(page.to_string().contains("better-auth on Node leaves CORS to a proxy"), "{page}");

    // gatepost itself is not taken for it.
    let database = Database::new();
    let service = Service::new(&database.url);
    assert!(!outside(&service.url, None).to_string().contains("switching"));
}
