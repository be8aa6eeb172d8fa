//! The database behind a WebSocket (`[database] transport`): functions have it by the feature `websocket`, and so have
//! the commands of `.cargo/config.toml`, always.

use std::thread;

use gatepost_cli::{deployment, doctor, edge, explain, migrate, secret};
use gatepost_core::config::{ConnectionOptions, Source, Variables};

use crate::support::{
    SECRET,
    certificates::certificates,
    neon::Neon,
    postgres::{Database, block_on},
    schema,
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[database]\ntransport = \"websocket\"\n";

#[test]
fn every_flow_works_through_a_websocket() {
    let database = Database::new();
    let neon = Neon::with_websockets(&database.direct);
    let service = Service::with(TOML, &[("DATABASE_URL", &neon.url)]);
    thread::scope(|scope| {
        for number in 0..8 {
            let service = &service;
            scope.spawn(move || {
                let email = format!("user{number}@example.com");
                let cookie = service.user(&email);
                for _ in 0..5 {
                    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], email);
                }
                assert_eq!(service.post("/sign-out", &cookie, "{}").status, 200);
                assert_eq!(service.get("/get-session", &cookie).text(), "null");
            });
        }
    });
    assert!((1..=4).contains(&service.auth.pool.size()), "{}", service.auth.pool.size());
    // More than a message, and more than a read.
    let cookie = service.user("large@example.com");
    let image = "n".repeat(300_000);
    let answer = service.post("/update-user", &cookie, &format!(r#"{{"image":"{image}"}}"#));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["image"], image);
}

#[test]
fn a_connection_in_a_websocket_that_the_server_closed_costs_no_request() {
    let database = Database::new();
    let neon = Neon::with_websockets(&database.direct);
    let service = Service::with(TOML, &[("DATABASE_URL", &neon.url)]);
    let cookie = service.user("ada@example.com");
    for _ in 0..20 {
        database.end_connections();
        assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    }
}

#[test]
fn a_websocket_is_encrypted_where_the_url_asks_for_tls_and_a_foreign_authority_is_refused() {
    let database = Database::new();
    let folder = tempfile::tempdir().unwrap();
    let ((root, certificate, key), (foreign, ..)) = (certificates(), certificates());
    let neon = Neon::with_tls(&database.direct, &certificate, &key);
    let through = |root: &str, file: &str| {
        let path = folder.path().join(file);
        std::fs::write(&path, root).unwrap();
        let url = neon.url.replace("127.0.0.1", "localhost");
        let url = format!("{url}?sslmode=verify-full&channel_binding=require&sslrootcert={}", path.display());
        Service::with(TOML, &[("DATABASE_URL", &url)])
    };
    let cookie = through(&root, "root.pem").user("ada@example.com");
    assert_eq!(through(&root, "root.pem").get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    assert_eq!(through(&foreign, "foreign.pem").get("/get-session", &cookie).status, 503);
}

#[test]
fn a_server_that_speaks_no_websockets_is_503_and_its_password_stays_here() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let service = Service::with(TOML, &[("DATABASE_URL", &database.direct)]);
    assert_eq!(service.get("/get-session", &cookie).status, 503);
}

#[test]
fn the_command_line_goes_the_way_of_the_functions() {
    let database = Database::empty();
    let (neon, folder) = (Neon::with_websockets(&database.direct), tempfile::tempdir().unwrap());
    schema::written(folder.path(), TOML);
    let options = ConnectionOptions::load(Source { name: "gatepost.toml", text: TOML }).unwrap();
    let migrated = || block_on(async { migrate::migrate(&neon.url, &options, schema::of_the_run()).await.unwrap() });
    assert_eq!((migrated().created.len(), migrated().created.len()), (6, 0));
    let service = Service::with(TOML, &[("DATABASE_URL", &neon.url)]);
    let cookie = service.user("ada@example.com");

    let counted = secret::status(&neon.url, &options, &service.auth.config.secrets, schema::of_the_run());
    let (counts, _) = block_on(counted).unwrap();
    assert!(counts.contains("sessions: 1."), "{counts}");

    let variables = |url: &str| -> Variables {
        // The service is on this machine.
        let here = ("VERCEL_ENV", "development");
        let all = [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", &service.url), ("DATABASE_URL", url), here];
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect()
    };
    let report = |url: &str| block_on(doctor::local(folder.path(), &variables(url), None)).unwrap();
    let found = report(&neon.url);
    let port = neon.url.rsplit(':').next().unwrap().split('/').next().unwrap();
    assert!(
        found.status() == 0
            && found
                .to_string()
                .contains(&format!("connected to 127.0.0.1:{port} directly and inside WebSockets, without TLS")),
        "{found}"
    );
    let broken = report(&database.direct).to_string();
    assert!(broken.contains("FAIL  database") && broken.contains("accepts WebSockets at /v2"), "{broken}");

    let auth = deployment::read(folder.path(), &variables(&neon.url)).unwrap();
    let asked = explain::RequestHeaders { cookie: Some(cookie), authorization: None };
    let explained = block_on(async { explain::request(auth, &asked, edge::request().unwrap()).await.unwrap() });
    assert_eq!((explained.status(), explained.reason), (0, None), "{explained}");
}
