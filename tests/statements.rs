//! How many statements reach PostgreSQL, counted on the wire, ours beside better-auth's on Node. One statement is one
//! round trip; none has a name, since behind a pooler a name may be another process's.

use super::support::{
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
