//! Flows of several writes on tables that refuse one of them: no row of the flow stays, and what was there stays as it was.

use serde_json::json;

use crate::support::{
    flows, http,
    mailbox::Mailbox,
    postgres::Database,
    provider::Provider,
    secondary_storage::database,
    service::{DEFAULT, Service},
};

/// Lets the database refuse every new row of a table from now on, as a trigger of an owner may.
fn refuse(database: &Database, table: &str) {
    database.change(&format!(
        "create function refuse() returns trigger language plpgsql as
            $$ begin raise exception using errcode = '23514', message = 'refused'; end $$;
        create trigger refuse before insert on {{{table}}} for each row execute function refuse()"
    ));
}

fn allow(database: &Database, table: &str) {
    database.change(&format!("drop trigger refuse on {{{table}}}; drop function refuse"));
}

/// All rows, as text.
fn state(database: &Database) -> String {
    ["user", "session", "account", "verification"]
        .map(|table| format!("{:?}", database.query(&format!("select t::text from \"{table}\" t order by 1"))))
        .join("\n")
}

#[test]
fn a_refused_session_leaves_an_address_unconfirmed_and_the_link_works_later() {
    let toml = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n\
                [email_verification]\nauto_sign_in_after_verification = true\n";
    let (database, mailbox) = (database(toml), Mailbox::new());
    let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    assert_eq!(service.post("/sign-up/email", "", &body.to_string()).status, 200);
    let link = format!("/verify-email?token={}", mailbox.token("verify-email"));
    refuse(&database, "session");
    let before = state(&database);
    let refused = service.get(&link, "");
    assert!(refused.status >= 400, "{} {}", refused.status, refused.text());
    assert_eq!(state(&database), before);
    allow(&database, "session");
    assert_eq!(service.get(&link, "").status, 200);
    assert_eq!(database.value("select count(*) from session"), "1");
}

#[test]
fn a_refused_session_leaves_nothing_of_a_sign_in_with_a_provider() {
    let (database, provider) = (Database::new(), Provider::new());
    let service = flows::service(DEFAULT, &[("DATABASE_URL", &database.url)], &provider);
    for table in ["session", "account"] {
        refuse(&database, table);
        let body = json!({ "provider": "github", "callbackURL": "/in", "errorCallbackURL": "/no" });
        let begun = flows::begin(&service.url, "/sign-in/social", &body, "");
        let back = flows::back(&service.url, "github", &format!("code=ada&state={}", begun.state), &begun.cookie);
        assert!(!back.cookies().contains("session_token"), "{table}");
        assert_eq!((back.status, back.header("location").unwrap().starts_with("/no?error=")), (302, true), "{table}");
        for rows in ["user", "session", "account"] {
            assert_eq!(database.value(&format!("select count(*) from \"{rows}\"")), "0", "{table}: {rows}");
        }
        allow(&database, table);
    }
}

#[test]
fn a_refused_row_leaves_the_password_and_the_sessions_as_they_were() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let cookie = service.user("ada@example.com");
    refuse(&database, "session");
    let before = state(&database);
    let change = json!({ "currentPassword": "correct horse battery", "newPassword": "another horse battery",
        "revokeOtherSessions": true });
    let refused = service.post("/change-password", &cookie, &change.to_string());
    assert!(refused.status >= 400, "{} {}", refused.status, refused.text());
    assert_eq!(state(&database), before);
    allow(&database, "session");

    // A user without a password, whose first one a reset would make, and whose account is refused.
    assert_eq!(
        service.post("/request-password-reset", "", &json!({ "email": "ada@example.com" }).to_string()).status,
        200
    );
    let token = mailbox.token("reset-password");
    database.query("delete from account");
    refuse(&database, "account");
    let before = state(&database);
    let reset = json!({ "token": token, "newPassword": "another horse battery" }).to_string();
    let refused = service.post("/reset-password", "", &reset);
    assert!(refused.status >= 400, "{} {}", refused.status, refused.text());
    assert_eq!(state(&database), before);
    allow(&database, "account");
    assert_eq!(service.post("/reset-password", "", &reset).status, 200);
    let sign_in = json!({ "email": "ada@example.com", "password": "another horse battery" }).to_string();
    let url = format!("{}/api/auth/sign-in/email", service.url);
    assert_eq!(http::send("POST", &url, &[("content-type", "application/json")], sign_in.as_bytes()).status, 200);
}
