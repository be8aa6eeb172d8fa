//! Sends the requests from inside a real browser, which decides for itself what a page may send and read.

use std::{net::TcpListener, path::PathBuf, time::Duration};

use serde_json::{Value, json};

use crate::support::{node, postgres::Database, secondary_storage, service::Service};

const TOML: &str = "trusted_origins = [\"http://app.example.localhost:*\"]\n[email_and_password]\nenabled = true\n[advanced]\nuse_secure_cookies = false\n";

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders = ["/usr/bin", "/usr/local/bin", "/snap/bin"];
    folders.iter().flat_map(|folder| names.map(|name| PathBuf::from(folder).join(name))).find(|path| path.exists())
}

#[test]
fn in_chromium_a_trusted_page_signs_in_and_reads_its_session_and_another_page_can_do_nothing() {
    let Some(chromium) = chromium() else {
        println!("skipped: there is no Chromium; install Debian's package `chromium`");
        return;
    };
    let database = Database::new();
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url), ("BETTER_AUTH_URL", "")]);
    let port = service.url.rsplit(':').next().unwrap();
    let arguments = ["--chromium", chromium.to_str().unwrap(), "--service", port];
    let said = node::run("chromium.mjs", &arguments, Duration::from_secs(120));
    let got: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap_or_else(|_| panic!("{said}"));

    let (app, evil, after) = (&got["app"], &got["evil"], &got["after"]);
    assert_eq!(
        (&app["sign-up"]["data"], &app["session"]["data"]),
        (&json!("ada@example.com"), &json!("ada@example.com"))
    );
    assert_eq!(app["tokens"], json!([true, false]), "the page reads the header of the first answer");
    assert_eq!(app["cookies"], "", "no script sees the cookie");
    for step in ["session", "sign-in", "sign-out"] {
        assert_eq!((&evil[step]["data"], evil["tokens"].as_array().unwrap().len()), (&Value::Null, 0), "{got:#}");
    }
    assert_eq!(
        (&after["session"]["data"], &after["sign-out"]["data"]),
        (&json!("ada@example.com"), &json!({ "success": true }))
    );
    assert_eq!(database.value("select count(*) from session"), "0");
}

#[test]
fn in_chromium_passkeys_register_and_sign_in_from_the_pages_of_their_domain_alone() {
    let Some(chromium) = chromium() else {
        println!("skipped: there is no Chromium; install Debian's package `chromium`");
        return;
    };
    let pages = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let toml = format!(
        "{}[passkey]\nenabled = true\nrp_id = \"example.localhost\"\norigin = \"http://app.example.localhost:{pages}\"\n",
        TOML.replace("http://app.", "http://*.").replace("]\n[email", ", \"http://evil.localhost:*\"]\n[email")
    );
    let database = secondary_storage::database(&toml);
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("BETTER_AUTH_URL", "")]);
    let port = service.url.rsplit(':').next().unwrap();
    let arguments = ["--chromium", chromium.to_str().unwrap(), "--service", port, "--pages", &pages];
    let said = node::run("passkeys-chromium.mjs", &arguments, Duration::from_secs(240));
    let got: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap_or_else(|_| panic!("{said}"));
    let expected = json!({
        "added": { "name": "Laptop" },
        "again": { "status": 400, "code": "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED" },
        "listed": { "count": 1 },
        "nameless": { "user": "ada@example.com" },
        "replayed": { "status": 400, "code": "CHALLENGE_NOT_FOUND" },
        "session": { "user": "ada@example.com" },
        "conditional": { "user": "ada@example.com" },
        "resident": true,
        "copied": { "status": 400, "code": "AUTHENTICATION_FAILED" },
        "other": { "status": 400, "code": "AUTHENTICATION_FAILED" },
        "evil": { "status": 400, "code": "ERROR_INVALID_RP_ID" },
        "key": { "name": "Key" },
        "keyResident": false,
        "known": { "user": "eve@example.com" },
        "renamed": "Other",
        "removed": { "status": true },
        "left": { "count": 0 },
    });
    assert_eq!(got, expected, "{got:#}");
}
