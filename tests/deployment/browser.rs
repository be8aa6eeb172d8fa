//! The same from inside a real browser, which decides for itself what a page may send and read.

use std::{path::PathBuf, time::Duration};

use serde_json::{Value, json};

use crate::support::{node, postgres::Database, service::Service};

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
