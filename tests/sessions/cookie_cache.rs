//! The session in a cookie: no statement while it is believed, the same cookie on Node and here, and none that lives on
//! after a sign-out or a forgery.

use crate::support::{
    http,
    node::Reference,
    postgres::Database,
    service::{DEFAULT, Service},
    wire::Wire,
};

/// The names of the forms, as gatepost and better-auth configure them.
const STRATEGIES: [&str; 3] = ["compact", "jwt", "jwe"];

fn toml(strategy: &str, more: &str) -> String {
    format!("{DEFAULT}\n[session.cookie_cache]\nenabled = true\nstrategy = \"{strategy}\"\n{more}\n")
}

fn service(strategy: &str, more: &str, url: &str) -> Service {
    Service::with(&toml(strategy, more), &[("DATABASE_URL", url)])
}

/// The pairs of a `Cookie` header, but for those of this name.
fn without(cookie: &str, name: &str) -> String {
    cookie.split("; ").filter(|pair| !pair.contains(name)).collect::<Vec<_>>().join("; ")
}

/// The pair of this name.
fn pair(cookie: &str, name: &str) -> String {
    cookie.split("; ").find(|pair| pair.contains(name)).unwrap().to_owned()
}

fn sessions_gone(database: &Database) {
    database.query("delete from session");
}

#[test]
fn a_session_out_of_the_cookie_needs_no_database_and_no_connection() {
    let database = Database::new();
    for strategy in STRATEGIES {
        let cookie = service(strategy, "", &database.url).user(&format!("{strategy}@example.com"));
        let wire = Wire::new(&database.url);
        let service = service(strategy, "", &wire.url);
        let read = service.get("/get-session", &cookie);
        assert_eq!(read.json()["user"]["email"], format!("{strategy}@example.com"));
        assert_eq!(read.header("set-cookie"), None);
        assert_eq!(wire.statements(), Vec::<String>::new());
        assert_eq!(service.auth.pool.size(), 0, "{strategy}");
    }
}

#[test]
fn a_cookie_that_better_auth_wrote_is_believed_here_and_the_other_way_round() {
    let keys = ("jwt", r#","jwt":{"sessionCookieCache":true}"#, "[jwt]\nsession_cookie_cache = true");
    for (strategy, plugin, more) in STRATEGIES.map(|strategy| (strategy, "", "")).into_iter().chain([keys]) {
        let database = Database::empty();
        let options = format!(r#"{{"session":{{"cookieCache":{{"enabled":true,"strategy":"{strategy}"}}}}{plugin}}}"#);
        // The issuer of a cookie is the base URL, which two servers of one deployment share.
        let reference = Reference::with(&database.url, &options, &[]);
        let variables = [("DATABASE_URL", database.url.as_str()), ("BETTER_AUTH_URL", &reference.url)];
        let service = Service::with(&toml(strategy, more), &variables);
        let read = |url: &str, cookie: &str| {
            http::send("GET", &format!("{url}/api/auth/get-session"), &[("cookie", cookie)], b"")
        };
        let headers = [("content-type", "application/json"), ("origin", reference.url.as_str())];
        let body = br#"{"name":"Someone","email":"ours@example.com","password":"correct horse battery"}"#;
        let ours = http::send("POST", &format!("{}/api/auth/sign-up/email", service.url), &headers, body).cookies();
        let body = br#"{"name":"Someone","email":"theirs@example.com","password":"correct horse battery"}"#;
        let url = format!("{}/api/auth/sign-up/email", reference.url);
        let theirs = http::send("POST", &url, &headers, body).cookies();
        // Without rows only the cookie can be the answer.
        sessions_gone(&database);
        for cookie in [ours, theirs] {
            let (here, there) = (read(&service.url, &cookie), read(&reference.url, &cookie));
            assert_eq!(here.text(), there.text(), "{strategy}");
            assert!(here.json()["session"]["token"].is_string(), "{strategy}: {}", here.text());
            assert_eq!(read(&reference.url, &without(&cookie, "session_data")).text(), "null");
        }
    }
}

#[test]
fn attack_a_cookie_spliced_from_two_users_is_not_believed() {
    let database = Database::new();
    for strategy in STRATEGIES {
        let service = service(strategy, "", &database.url);
        let (ada, eve) = (
            service.user(&format!("ada.{strategy}@example.com")),
            service.user(&format!("eve.{strategy}@example.com")),
        );
        let spliced = format!("{}; {}", pair(&eve, "session_token"), pair(&ada, "session_data"));
        let read = service.get("/get-session", &spliced);
        assert_eq!(read.json()["user"]["email"], format!("eve.{strategy}@example.com"));
        // The payload of one and the signature of the other.
        let (ada, eve) = (pair(&ada, "session_data"), pair(&eve, "session_data"));
        let cut = |text: &str| text.len() - 43;
        let mixed = format!("{}{}", &ada[..cut(&ada)], &eve[cut(&eve)..]);
        let token = format!("{}; {mixed}", pair(&service.user(&format!("x.{strategy}@example.com")), "session_token"));
        assert_eq!(service.get("/get-session", &token).json()["user"]["email"], format!("x.{strategy}@example.com"));
    }
}

#[test]
fn attack_an_old_cookie_is_not_believed_after_signing_out_and_where_it_matters() {
    let database = Database::new();
    for strategy in STRATEGIES {
        let service = service(strategy, "", &database.url);
        let email = format!("ada.{strategy}@example.com");
        let cookie = service.user(&email);
        let out = service.post("/sign-out", &cookie, "{}");
        let expired = out.set_cookies().into_iter().filter(|line| line.contains("session_data=;")).count();
        assert!(expired > 0, "{strategy}");
        // The browser has none any more; a copy of it opens nothing that matters.
        let sensitive = [
            ("/change-password", r#"{"currentPassword":"correct horse battery","newPassword":"another password"}"#),
            ("/verify-password", r#"{"password":"correct horse battery"}"#),
            ("/change-email", r#"{"newEmail":"new@example.com"}"#),
            ("/delete-user", "{}"),
        ];
        for (path, body) in sensitive {
            assert_eq!(service.post(path, &cookie, body).status, 401, "{strategy} {path}");
        }
        assert_eq!(service.get("/get-session?disableCookieCache=true", &cookie).text(), "null");
    }
}

#[test]
fn attack_a_copy_of_a_cookie_does_nothing_that_matters_after_a_new_password_and_after_deletion() {
    let database = Database::new();
    for strategy in STRATEGIES {
        let service = service(strategy, "[user.delete_user]\nenabled = true", &database.url);
        let email = format!("ada.{strategy}@example.com");
        let stolen = service.user(&email);
        let body = format!(r#"{{"email":"{email}","password":"correct horse battery"}}"#);
        let own = service.post("/sign-in/email", "", &body).cookies();
        let change = r#"{"currentPassword":"correct horse battery","newPassword":"another password","revokeOtherSessions":true}"#;
        let own = service.post("/change-password", &own, change).cookies();
        let sensitive = |cookie: &str| {
            let bodies = [("/verify-password", r#"{"password":"another password"}"#), ("/delete-user", "{}")];
            bodies.map(|(path, body)| service.post(path, cookie, body).status)
        };
        assert_eq!(sensitive(&stolen), [401, 401], "{strategy}");
        assert_eq!(service.get("/get-session?disableCookieCache=1", &stolen).text(), "null");
        assert_eq!(service.get("/get-session?disableCookieCache=1", &own).json()["user"]["email"], email);
        assert_eq!(service.post("/delete-user", &own, "{}").status, 200);
        assert_eq!(sensitive(&own), [401, 401], "{strategy}");
        assert_eq!(service.get("/token?disableCookieCache=1", &own).status, 404, "tokens are off here");
        assert_eq!(service.get("/get-session?disableCookieCache=1", &own).text(), "null");
    }
}

#[test]
fn attack_a_copy_of_a_cookie_learns_of_no_other_session_and_does_not_write_itself_anew() {
    let database = Database::new();
    let more = "[user.delete_user]\nenabled = true";
    let service = service("compact", more, &database.url);
    let stolen = service.user("ada@example.com");
    sessions_gone(&database);
    let asked = [
        service.get("/list-sessions", &stolen),
        service.post("/unlink-account", &stolen, r#"{"accountId":"x"}"#),
        service.post("/update-user", &stolen, r#"{"name":"Eve"}"#),
        service.post("/update-session", &stolen, r#"{"theme":"dark"}"#),
        service.get("/delete-user/callback?token=x", &stolen),
    ];
    let statuses: Vec<u16> = asked.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 404]);
    assert_eq!(asked[4].json()["code"], "FAILED_TO_GET_USER_INFO");
    let written = |line: &&str| line.starts_with("better-auth.session") && !line.contains("=;");
    let lines: Vec<&str> = asked.iter().flat_map(http::Answer::set_cookies).filter(written).collect();
    assert_eq!(lines, Vec::<&str>::new());
}

#[test]
fn a_revoked_session_lives_on_no_longer_than_the_bound_that_is_configured() {
    let database = Database::new();
    let unbounded = service("compact", "", &database.url);
    let bounded = service("compact", "revocation_check = 0", &database.url);
    let cookie = unbounded.user("ada@example.com");
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(bounded.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    sessions_gone(&database);
    assert_eq!(unbounded.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    assert_eq!(bounded.get("/get-session", &cookie).text(), "null");
}

/// better-auth believes the cookie for `/token` as well, and so does gatepost: the bound holds there too, and so does asking.
#[test]
fn attack_a_copy_of_a_cookie_gets_no_token_after_signing_out_beyond_the_bound() {
    let database = Database::new();
    let unbounded = service("compact", "[jwt]\nenabled = true", &database.url);
    let cookie = unbounded.user("ada@example.com");
    let bounded = service("compact", "revocation_check = 0\n[jwt]\nenabled = true", &database.url);
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(bounded.get("/token", &cookie).status, 200);
    assert_eq!(unbounded.post("/sign-out", &cookie, "{}").status, 200);
    for (service, path, status) in [
        (&unbounded, "/token", 200),
        (&unbounded, "/token?disableCookieCache=true", 401),
        (&bounded, "/token", 401),
        (&bounded, "/get-session", 200),
    ] {
        let answer = service.get(path, &cookie);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(answer.header("set-auth-jwt"), None, "{path}");
    }
    assert_eq!(bounded.get("/get-session", &cookie).text(), "null");
}

#[test]
fn a_cookie_that_makes_no_sense_is_replaced_and_never_an_error() {
    let database = Database::new();
    for strategy in STRATEGIES {
        let service = service(strategy, "", &database.url);
        let token = pair(&service.user(&format!("ada.{strategy}@example.com")), "session_token");
        for data in
            ["a.b.c", "a.b.c.d.e", "....", "..", "e30.e30.e30", "e30..e30.e30.e30", "eyJzZXNzaW9uIjp7fX0", "%00", "%ff"]
        {
            let read = service.get("/get-session", &format!("{token}; better-auth.session_data={data}"));
            assert_eq!(read.status, 200, "{strategy} {data}");
            let lines = read.set_cookies();
            assert!(lines.iter().any(|line| line.starts_with("better-auth.session_data=;")), "{strategy} {data}");
        }
    }
}
