//! `[advanced.database] generate_id`: each kind of identifiers on columns that take it, with the tables of features.

use std::collections::BTreeSet;

use serde_json::json;

use crate::support::{
    examined,
    factors::{App, Browser, PASSWORD},
    mailbox::Mailbox,
    postgres::Database,
    secondary_storage,
    service::Service,
};

fn toml(generate: &str) -> String {
    format!(
        "[email_and_password]\nenabled = true\n[two_factor]\nenabled = true\n[username]\nenabled = true\n\
         [rate_limit]\nenabled = true\nstorage = \"database\"\ncustom_rules = {{ \"/**\" = {{ window = 10, max = 1000 }} }}\n[jwt]\nenabled = true\n[user.delete_user]\nenabled = true\n\
         [session]\nfresh_age = 0\n[advanced.database]\ngenerate_id = {generate}\n"
    )
}

/// Whether a text is an identifier of this kind.
fn is_of(generate: &str, id: &str) -> bool {
    let all = |alphabet: &str, length: usize| id.len() == length && id.chars().all(|letter| alphabet.contains(letter));
    let is_uuid = |version: &str| id.len() == 36 && &id[14..15] == version && id[19..20].contains(['8', '9', 'a', 'b']);
    match generate {
        "\"uuid\"" | "\"uuidv4\"" | "false" => is_uuid("4"),
        "\"uuidv7\"" => is_uuid("7"),
        "\"nanoid\"" => all("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", 21),
        "\"ulid\"" => all("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 26),
        _ => id.parse::<u32>().is_ok(),
    }
}

/// Uses every table of these features, and returns the identifiers in them.
fn used(generate: &str, database: &Database) -> Vec<(String, String)> {
    let toml = toml(generate);
    let mailbox = Mailbox::new();
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let mut app = App::enrolled(&service.url);
    let mut browser = Browser::new(&service.url);
    browser.challenged();
    let answer = browser.give("totp", &app.code(database));
    assert_eq!(answer.status, 200, "{generate}: {}", answer.text());
    assert!(browser.is_in(), "{generate}");
    let token = app.browser.get("/token");
    assert_eq!(token.status, 200, "{generate}: {}", token.text());
    let reset = app.browser.post("/request-password-reset", &json!({ "email": "ada@example.com" }));
    assert_eq!(reset.status, 200, "{generate}: {}", reset.text());
    mailbox.token("reset-password");
    let tables = ["user", "session", "account", "verification", "twoFactor", "jwks", "rateLimit"];
    let mut all = Vec::new();
    for table in tables {
        let ids = database.query(&format!("select id::text from \"{table}\""));
        assert!(!ids.is_empty(), "{generate}: {table} has no row");
        all.extend(ids.into_iter().map(|row| (table.to_owned(), row[0].clone().unwrap())));
    }
    let user = app.browser.get("/get-session").json()["user"]["id"].as_str().unwrap().to_owned();
    assert_eq!(user, app.user, "{generate}");
    let deleted = app.browser.post("/delete-user", &json!({ "password": PASSWORD }));
    assert_eq!(deleted.status, 200, "{generate}: {}", deleted.text());
    assert_eq!(database.value("select count(*) from account"), "0", "{generate}");
    all
}

#[test]
fn every_kind_of_identifier_is_made_in_every_table() {
    for generate in ["\"uuid\"", "\"uuidv4\"", "\"uuidv7\"", "\"nanoid\"", "\"ulid\"", "\"serial\"", "false"] {
        let toml = toml(generate);
        let database = secondary_storage::database(&toml);
        let report = examined::local(
            &database,
            &format!("[advanced.database]\ngenerate_id = {generate}\n[jwt]\nenabled = false\n"),
        );
        assert_eq!(report.status(), 0, "{generate}: {report}");
        let ids = used(generate, &database);
        let wrong: Vec<_> = ids.iter().filter(|(_, id)| !is_of(generate, id)).collect();
        assert_eq!(wrong, Vec::<&(String, String)>::new(), "{generate}");
        let distinct: BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{generate}");
    }
}

#[test]
fn identifiers_that_the_service_makes_go_into_columns_of_text() {
    for generate in ["\"uuidv4\"", "\"uuidv7\"", "\"nanoid\"", "\"ulid\""] {
        // The tables as better-auth makes them for a `generateId` function.
        let plain = toml(generate).replace(&format!("generate_id = {generate}\n"), "");
        let database = secondary_storage::database(&plain);
        let ids = used(generate, &database);
        assert!(ids.iter().all(|(_, id)| is_of(generate, id)), "{generate}: {ids:?}");
    }
}

#[test]
fn where_the_database_makes_identifiers_any_default_will_do() {
    let database = secondary_storage::database(&toml("\"nanoid\""));
    for table in ["user", "session", "account", "verification", "twoFactor", "jwks", "rateLimit"] {
        database
            .query(&format!("alter table \"{table}\" alter column id set default 'own-' || gen_random_uuid()::text"));
    }
    let ids = used("false", &database);
    assert!(ids.iter().all(|(_, id)| id.starts_with("own-")), "{ids:?}");
}

#[test]
fn doctor_says_where_the_database_has_no_default() {
    let database = secondary_storage::database("[email_and_password]\nenabled = true\n");
    let report = examined::local(&database, "[advanced.database]\ngenerate_id = false\n");
    let told: Vec<_> = report.findings.iter().filter_map(|finding| finding.fix.clone()).collect();
    assert_eq!(report.status(), 1, "{report}");
    assert!(told.iter().any(|fix| fix.contains("give it a default")), "{told:?}");
}
