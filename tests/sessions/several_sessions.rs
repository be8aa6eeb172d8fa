//! Several users in one browser: the client's plugin, and where gatepost is safer than better-auth. The rest is compared with
//! better-auth in tests/conformance.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    SECRET,
    http::{self, Answer},
    node::{self, Reference},
    postgres::Database,
    service::{DEFAULT, Service},
    wire::Wire,
};

const FEATURE: &str = "\n[multi_session]\nenabled = true\n";
const LIST: &str = "/multi-session/list-device-sessions";
const ACTIVE: &str = "/multi-session/set-active";

fn service(url: &str, more: &[(&str, &str)]) -> Service {
    Service::with(&format!("{DEFAULT}{FEATURE}"), &[&[("DATABASE_URL", url)], more].concat())
}

/// Signs a user up in a browser with these cookies.
fn up(service: &Service, cookies: &str, name: &str) -> (Value, Vec<String>) {
    let body = json!({ "name": name, "email": format!("{name}@example.com"), "password": "correct horse battery" });
    let answer = service.post("/sign-up/email", cookies, &body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let pairs = answer.cookies().split("; ").map(str::to_owned).collect();
    (answer.json()["token"].clone(), pairs)
}

/// The pair of the cookie that keeps a session in the browser.
fn kept(pairs: &[String]) -> String {
    pairs.iter().find(|pair| pair.contains("_multi-")).unwrap().clone()
}

fn users(answer: &Answer) -> Vec<String> {
    let listed = answer.json();
    listed.as_array().unwrap().iter().map(|one| one["user"]["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_real_client_lists_switches_and_ends_sessions() {
    let database = Database::new();
    let service = service(&database.url, &[]);
    let said = node::run("several-sessions.mjs", &["--url", &service.url], Duration::from_secs(60));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn sessions_are_kept_only_where_the_feature_is_on() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let (_, pairs) = up(&service, "", "ada");
    assert!(!pairs.iter().any(|pair| pair.contains("_multi-")), "{pairs:?}");
    assert_eq!(service.get(LIST, "").status, 404);
    assert_eq!(service.post(ACTIVE, "", r#"{"sessionToken":"x"}"#).status, 404);
}

#[test]
fn attack_a_cookie_under_the_name_of_another_session_names_none() {
    let database = Database::new();
    let service = service(&database.url, &[("VERCEL_ENV", "development")]);
    let (ada, of_ada) = up(&service, "", "ada");
    let (eve, of_eve) = up(&service, "", "eve");
    // Genuine, but the session is another one than the name says.
    let (name, _) = kept(&of_ada).split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    let (_, value) = kept(&of_eve).split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    let swapped = format!("{name}={value}");
    assert_eq!(users(&service.get(LIST, &swapped)), [""; 0]);
    for token in [&ada, &eve] {
        let answer = service.post(ACTIVE, &swapped, &json!({ "sessionToken": token }).to_string());
        assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("INVALID_SESSION_TOKEN")));
        assert_eq!(answer.header("x-gatepost-reason"), Some("no_such_device_session"));
        assert!(answer.set_cookies().is_empty(), "{:?}", answer.set_cookies());
    }
    assert_eq!(service.post("/sign-out", &swapped, "{}").status, 200);
    assert_eq!(database.value("select count(*) from session"), "2");
}

#[test]
fn a_session_that_has_ended_ends_no_other() {
    let database = Database::new();
    let service = service(&database.url, &[]);
    let (_, of_ada) = up(&service, "", "ada");
    let (eve, of_eve) = up(&service, &of_ada.join("; "), "eve");
    let cookies = format!("{}; {}; {}", of_ada[0], kept(&of_ada), kept(&of_eve));
    database.query("delete from session where \"userId\" = (select id from \"user\" where name = 'ada')");
    let body = json!({ "sessionToken": eve }).to_string();
    assert_eq!(service.post("/multi-session/revoke", &cookies, &body).status, 401);
    assert_eq!(database.value("select count(*) from session"), "1");
}

#[test]
fn sessions_stay_in_the_browser_when_the_secret_is_replaced() {
    const NEW: &str = "a-newer-secret-a-newer-secret-0123456789";
    let database = Database::new();
    let (_, of_ada) = up(&service(&database.url, &[]), "", "ada");
    let both = format!("2:{NEW},1:{SECRET}");
    let rotating = service(&database.url, &[("BETTER_AUTH_SECRET", ""), ("BETTER_AUTH_SECRETS", &both)]);
    let answer = rotating.get(LIST, &kept(&of_ada));
    assert_eq!(users(&answer), ["ada"]);
    let renewed = answer.cookies();
    assert_ne!(renewed, kept(&of_ada));
    let rotated = service(&database.url, &[("BETTER_AUTH_SECRET", NEW)]);
    assert_eq!(users(&rotated.get(LIST, &kept(&of_ada))), [""; 0]);
    assert_eq!(users(&rotated.get(LIST, &renewed)), ["ada"]);
}

#[test]
fn several_sessions_in_one_browser_are_those_of_both_servers() {
    let database = Database::new();
    let reference = Reference::with(&database.direct, r#"{"multiSession":{}}"#, &[("MIGRATE", "0")]);
    let service = service(&database.url, &[]);
    let send = |method: &str, url: &str, path: &str, cookies: &str, body: &Value| {
        let headers = [("content-type", "application/json"), ("origin", url), ("cookie", cookies)];
        let sent = if method == "GET" { String::new() } else { body.to_string() };
        let answer = http::send(method, &format!("{url}/api/auth{path}"), &headers[..], sent.as_bytes());
        assert_eq!(answer.status, 200, "{url}{path}: {}", answer.text());
        answer
    };
    let none = json!({});
    for (first, second) in [(&reference.url, &service.url), (&service.url, &reference.url)] {
        let sign_up = |name: &str, cookies: &str| {
            let body =
                json!({ "name": name, "email": format!("{name}@example.com"), "password": "correct horse battery" });
            let answer = send("POST", first, "/sign-up/email", cookies, &body);
            let pairs: Vec<_> = answer.cookies().split("; ").map(str::to_owned).collect();
            (answer.json()["token"].clone(), kept(&pairs))
        };
        let (ada, of_ada) = sign_up("ada", "a=b");
        let (eve, of_eve) = sign_up("eve", &of_ada);
        let both = format!("{of_ada}; {of_eve}");
        let mut listed = users(&send("GET", second, LIST, &both, &none));
        listed.sort();
        assert_eq!(listed, ["ada", "eve"], "{first} then {second}");
        let active = send("POST", second, ACTIVE, &both, &json!({ "sessionToken": ada })).cookies();
        for url in [first, second] {
            assert_eq!(send("GET", url, "/get-session", &active, &none).json()["user"]["name"], "ada", "{url}");
        }
        let revoked = json!({ "sessionToken": eve });
        send("POST", second, "/multi-session/revoke", &format!("{active}; {both}"), &revoked);
        for url in [first, second] {
            assert_eq!(users(&send("GET", url, LIST, &both, &none)), ["ada"], "{url}");
        }
        database.query(r#"delete from session; delete from account; delete from "user""#);
    }
}

#[test]
fn statements_are_counted() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let service = service(&wire.url, &[]);
    let (ada, of_ada) = up(&service, "", "ada");
    // As without the feature: the address is looked up, and user, account and session are written.
    assert_eq!(wire.statements().len(), 2);
    let (_, of_eve) = up(&service, &of_ada.join("; "), "eve");
    assert_eq!(wire.statements().len(), 3, "the browser's sessions are read besides");
    let cookies = format!("{}; {}; {}", of_eve[0], kept(&of_ada), kept(&of_eve));
    assert_eq!(users(&service.get(LIST, &cookies)), ["ada", "eve"]);
    assert_eq!(wire.statements().len(), 1);
    let body = json!({ "sessionToken": ada }).to_string();
    assert_eq!(service.post(ACTIVE, &cookies, &body).status, 200);
    assert_eq!(wire.statements().len(), 1);
    assert_eq!(service.post("/sign-out", &cookies, "{}").status, 200);
    assert_eq!(wire.statements().len(), 2);
    assert_eq!(database.value("select count(*) from session"), "0");
}
