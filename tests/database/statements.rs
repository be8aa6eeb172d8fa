//! The number of statements that reach PostgreSQL, counted on the wire, gatepost's beside better-auth's on Node. One statement is
//! one round trip; none has a name, since behind a pooler a name may be another process's.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::support::{
    http::Answer,
    mailbox::Mailbox,
    node::Reference,
    postgres::{Database, block_on},
    round_trips,
    service::{DEFAULT, Service},
    transport,
    wire::Wire,
};

#[test]
fn each_endpoint_sends_as_few_statements_as_promised_and_fewer_than_better_auth() {
    let (ours, theirs) = (Database::new(), Database::new());
    let (our_wire, their_wire) = (Wire::new(&ours.url), Wire::new(&theirs.url));
    let folder = tempfile::tempdir().unwrap();
    let file = |side: &str| folder.path().join(side).to_str().unwrap().to_owned();
    let email_url = format!("file:{}", file("ours"));
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &our_wire.url), ("EMAIL_URL", &email_url)]);
    let reference = Reference::with(&their_wire.url, "{}", &[("MAIL_FILE", &file("theirs"))]);
    let (our_counts, their_counts) =
        (round_trips::count(&service.url, &our_wire), round_trips::count(&reference.url, &their_wire));
    println!("gatepost {our_counts:?}\nbetter-auth {their_counts:?}");
    let expected = [
        ("sign-up", 2),
        ("sign-in", 2),
        ("get-session", 1),
        ("request-password-reset", 2),
        ("list-sessions", 2),
        ("update-user", 2),
        // In as many round trips as before: the last one is a transaction, which ends the others' sessions.
        ("change-password", 5),
        ("sign-out", 1),
    ];
    assert_eq!(our_counts, expected);
    for ((step, ours), (_, theirs)) in our_counts.iter().zip(&their_counts) {
        assert!(ours < theirs, "{step}: {ours} and {theirs}");
    }
    assert_eq!(our_wire.named(), Vec::<String>::new());
}

#[test]
fn the_other_endpoints_of_a_user_send_as_few_statements_in_as_few_round_trips_as_promised() {
    const PASSWORD: &str = "correct horse battery";
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let wire = Wire::new(&database.url);
    let toml = format!(
        "{DEFAULT}[user.delete_user]\nenabled = true\nsend_delete_account_verification = false\n\
         [user.change_email]\nenabled = true\nupdate_email_without_verification = true\n"
    );
    let service = Service::with(&toml, &[("DATABASE_URL", &wire.url), ("EMAIL_URL", &mailbox.url())]);
    let counts = RefCell::new(Vec::new());
    let count = |path: &'static str, answer: Answer| {
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        counts.borrow_mut().push((path, wire.statements().len(), wire.round_trips()));
        answer
    };
    let forget = || (wire.statements(), wire.round_trips());
    let post = |path, cookie: &str, body: Value| {
        forget();
        count(path, service.post(path, cookie, &body.to_string()))
    };
    let get = |path: &'static str, query: &str, cookie: &str| {
        forget();
        count(path, service.get(&format!("{path}{query}"), cookie))
    };
    let sign_in = |email: &str| {
        let person = json!({ "email": email, "password": PASSWORD }).to_string();
        service.post("/sign-in/email", "", &person).cookies()
    };

    let cookie = service.user("ada@example.com");
    get("/list-accounts", "", &cookie);
    post("/verify-password", &cookie, json!({ "password": PASSWORD }));
    post("/change-email", &cookie, json!({ "newEmail": "eve@example.com" }));
    post("/send-verification-email", "", json!({ "email": "eve@example.com" }));
    let token = mailbox.token("verify-email");
    get("/verify-email", &format!("?token={token}"), "");
    assert_eq!(service.post("/request-password-reset", "", r#"{"email":"eve@example.com"}"#).status, 200);
    let token = mailbox.token("reset-password");
    post("/reset-password", "", json!({ "token": token, "newPassword": PASSWORD }));
    let (cookie, _) = (sign_in("eve@example.com"), sign_in("eve@example.com"));
    let sessions = service.get("/list-sessions", &cookie).json();
    let is_other = |token: &&str| !cookie.contains(token);
    let other = sessions.as_array().unwrap().iter().filter_map(|session| session["token"].as_str()).find(is_other);
    post("/revoke-session", &cookie, json!({ "token": other.unwrap() }));
    post("/revoke-other-sessions", &cookie, json!({}));
    post("/revoke-sessions", &cookie, json!({}));
    post("/delete-user", &sign_in("eve@example.com"), json!({ "password": PASSWORD }));
    assert_eq!(database.value("select count(*) from \"user\""), "0");
    // A transaction is several statements in one round trip.
    let expected = [
        ("/list-accounts", 2, 2),
        ("/verify-password", 2, 2),
        ("/change-email", 5, 3),
        ("/send-verification-email", 1, 1),
        ("/verify-email", 4, 2),
        ("/reset-password", 5, 3),
        ("/revoke-session", 2, 2),
        ("/revoke-other-sessions", 2, 2),
        ("/revoke-sessions", 2, 2),
        ("/delete-user", 5, 3),
    ];
    assert_eq!(counts.into_inner(), expected);
}

#[test]
fn a_cold_start_waits_for_its_connection_and_for_nothing_else() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let wire = Wire::new(&database.url);
    block_on(async { transport::connect(&wire.url).await.unwrap() });
    let connecting = wire.round_trips();
    let get = |service: &Service| assert_eq!(service.get("/get-session", &cookie).status, 200);
    let service = Service::new(&wire.url);
    get(&service);
    assert_eq!(wire.round_trips(), connecting + 1);
    get(&service);
    assert_eq!(wire.round_trips(), 1);
    let person = r#"{"name":"Eve","email":"eve@example.com","password":"correct horse battery"}"#;
    for path in ["/sign-up/email", "/sign-in/email"] {
        let service = Service::new(&wire.url);
        assert_eq!(service.post(path, "", person).status, 200);
        assert_eq!(wire.round_trips(), connecting + 2, "{path}");
    }
}

#[test]
fn a_request_without_a_genuine_cookie_and_one_for_ok_touch_no_database() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let service = Service::new(&wire.url);
    service.get("/get-session", "");
    service.get("/get-session", "better-auth.session_token=forged.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D");
    service.get("/ok", "");
    service.post("/sign-out", "", "{}");
    assert_eq!(wire.statements(), Vec::<String>::new());
    assert_eq!(service.auth.pool.size(), 0);
}

#[test]
fn every_flow_works_with_a_single_connection() {
    let database = Database::new();
    let toml = "[email_and_password]\nenabled = true\n[database]\nmax_connections = 1\n[session]\nupdate_age = 0\n";
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let service = &service;
            scope.spawn(move || {
                let cookie = service.user(&format!("user{number}@example.com"));
                for _ in 0..5 {
                    assert_eq!(
                        service.get("/get-session", &cookie).json()["user"]["email"],
                        format!("user{number}@example.com")
                    );
                }
                assert_eq!(service.post("/sign-out", &cookie, "{}").status, 200);
            });
        }
    });
    assert_eq!(service.auth.pool.size(), 1);
}
