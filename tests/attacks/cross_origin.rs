//! A front end on another origin: the trusted ones may call with cookies and read the answers, others may not.

use crate::support::{http::Answer, mailbox::Mailbox, postgres::Database, service::Service};

const APP: &str = "https://app.example.com";
const TOML: &str = "trusted_origins = [\"https://app.example.com\", \"https://*.preview.example.com\"]\n[email_and_password]\nenabled = true\n";

fn service() -> (Database, Service) {
    let database = Database::new();
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url)]);
    (database, service)
}

fn preflight(service: &Service, path: &str, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    service.send("OPTIONS", path, &headers, "")
}

#[track_caller]
fn assert_shut(answer: &Answer) {
    let open: Vec<_> = answer.headers.iter().filter(|(name, _)| name.starts_with("access-control-")).collect();
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(answer.header("vary"), Some("origin"));
}

#[test]
fn a_trusted_origin_gets_its_preflight_answered_on_every_route() {
    let (_database, service) = service();
    for path in ["/sign-in/email", "/get-session", "/no-such-route"] {
        for origin in [APP, "https://pr-7.preview.example.com", &service.url] {
            let answer = preflight(&service, path, origin);
            assert_eq!((answer.status, answer.body.len()), (204, 0), "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
            assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST, OPTIONS"));
            assert_eq!(answer.header("access-control-allow-headers"), Some("content-type, authorization"));
            assert_eq!(answer.header("access-control-max-age"), Some("7200"));
            assert_eq!(answer.header("vary"), Some("origin"));
        }
    }
}

#[test]
fn another_origin_gets_nothing() {
    let (_database, service) = service();
    let others = [
        "https://evil.example.com",
        "https://app.example.com.evil.com",
        "http://app.example.com",
        "https://preview.example.com",
        "null",
        "",
    ];
    for origin in others {
        let answer = preflight(&service, "/sign-in/email", origin);
        assert_eq!(answer.status, 404, "{origin}");
        assert_shut(&answer);
        assert_shut(&service.send("GET", "/get-session", &[("origin", origin)], ""));
    }
    assert_shut(&service.get("/get-session", ""));
    assert_eq!(service.send("OPTIONS", "/ok", &[("origin", APP)], "").status, 404);
}

#[test]
fn a_trusted_page_may_read_every_answer_errors_included() {
    let (_database, service) = service();
    let json = ("content-type", "application/json");
    let person = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
    let signed_up = service.send("POST", "/sign-up/email", &[json, ("origin", APP)], person);
    let cookie = signed_up.cookies();
    let answers = [
        (200, signed_up),
        (200, service.send("GET", "/get-session", &[("origin", APP), ("cookie", &cookie)], "")),
        (400, service.send("POST", "/sign-in/email", &[json, ("origin", APP)], "{")),
        (401, service.send("POST", "/sign-in/email", &[json, ("origin", APP)], &person.replace("correct", "wrong"))),
        (404, service.send("GET", "/nowhere", &[("origin", APP)], "")),
        (415, service.send("POST", "/sign-in/email", &[("content-type", "text/plain"), ("origin", APP)], "x")),
    ];
    for (status, answer) in answers {
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), Some(APP));
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        let exposed = answer.header("set-auth-token").map(|_| "set-auth-token");
        assert_eq!(answer.header("access-control-expose-headers"), exposed);
    }
}

#[test]
fn the_deployments_own_host_names_are_trusted_exactly() {
    let database = Database::new();
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("VERCEL_URL", "app-git-7-team.vercel.app"),
        ("VERCEL_BRANCH_URL", "App-branch.vercel.app"),
        ("VERCEL_PROJECT_PRODUCTION_URL", "app.example.com"),
    ];
    let service = Service::with("", &variables);
    for origin in ["https://app-git-7-team.vercel.app", "https://app-branch.vercel.app", "https://app.example.com"] {
        let answer = preflight(&service, "/get-session", origin);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some(origin)));
    }
    let others = [
        "https://other.vercel.app",
        "https://vercel.app",
        "http://app.example.com",
        "https://x.app.example.com",
        "https://app-git-7-team.vercel.app.evil.example",
        "https://app.example.com:8443",
    ];
    for origin in others {
        assert_shut(&service.send("GET", "/get-session", &[("origin", origin)], ""));
    }
}

#[test]
fn ghsa_569q_mpph_wgww_no_header_moves_the_base_url() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let toml = "[email_and_password]\nenabled = true\n[advanced]\ntrusted_proxy_headers = true\n";
    let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    service.user("ada@example.com");
    let spoofed = [
        ("content-type", "application/json"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example"),
        ("x-original-host", "evil.example"),
    ];
    let body = r#"{"email":"ada@example.com"}"#;
    assert_eq!(service.send("POST", "/request-password-reset", &spoofed, body).status, 200);
    let link = mailbox.newest("reset-password")["url"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&format!("{}/api/auth/reset-password/", service.url)), "{link}");
    let mut as_page = spoofed.to_vec();
    as_page.extend([("origin", "https://evil.example"), ("cookie", "a=b")]);
    let answer = service.send("POST", "/request-password-reset", &as_page, body);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("INVALID_ORIGIN")));
}
