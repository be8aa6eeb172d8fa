//! Columns of one's own: what they take whatever the server is set to, and what a refused value tells.

use serde_json::{Value, json};

use super::{
    secondary_storage::database,
    support::{mailbox::Mailbox, service::Service, wire::Wire},
};

const HIDING: &str = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n[user.additional_fields]\n\
    age = { type = \"number\", required = false }\nborn = { type = \"date\", required = false }\n\
    settings = { type = \"json\", required = false }\nhandle = { type = \"string\", required = false, unique = true }\n\
    hidden = { type = \"boolean\", required = false, returned = false }\nstrict = { type = \"string\", default_value = \"x\" }\n";

#[test]
fn no_value_of_a_sign_up_tells_a_taken_address_from_a_free_one() {
    let (database, mailbox) = (database(HIDING), Mailbox::new());
    let wire = Wire::new(&database.url);
    let service = Service::with(HIDING, &[("DATABASE_URL", &wire.url), ("EMAIL_URL", &mailbox.url())]);
    let sign_up = |email: &str, extra: &Value| {
        let mut body = json!({ "name": "Ada", "email": email, "password": "correct horse battery" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        wire.statements();
        let answer = service.post("/sign-up/email", "", &body.to_string());
        assert!(wire.statements().len() <= 2, "{extra}");
        let mut told = answer.json();
        for member in ["id", "email", "createdAt", "updatedAt"] {
            told["user"].as_object_mut().into_iter().for_each(|user| drop(user.remove(member)));
        }
        (answer.status, told)
    };
    assert_eq!(sign_up("taken@example.com", &json!({ "handle": "ada" })).0, 200);
    // Where nobody has confirmed it, the next sign-up takes its place.
    database.query("update \"user\" set \"emailVerified\" = true");
    for (number, (status, extra)) in [
        (422, json!({ "name": "a\u{0}" })),
        (422, json!({ "image": "\u{0}" })),
        (422, json!({ "handle": "\u{0}" })),
        (422, json!({ "age": "many" })),
        (422, json!({ "age": 1.5 })),
        (422, json!({ "age": 3e9 })),
        (422, json!({ "born": "now" })),
        (422, json!({ "settings": "hello" })),
        (422, json!({ "hidden": "perhaps" })),
        (422, json!({ "strict": null })),
        (422, json!({ "handle": "ada" })),
        (200, json!({ "age": "5", "born": "1990-05-01", "settings": "{\"a\": 1}", "hidden": "yes", "handle": 7 })),
        (200, json!({ "age": 36.0, "born": null, "settings": null })),
    ]
    .into_iter()
    .enumerate()
    {
        let taken = sign_up("taken@example.com", &extra);
        let free = sign_up(&format!("free{number}@example.com"), &extra);
        assert_eq!((taken.0, &taken), (status, &free), "{extra}");
    }
    assert_eq!(database.value("select count(*) from \"user\""), "3");
}

#[test]
fn a_date_without_an_offset_is_in_utc_whatever_the_servers_time_zone_is() {
    let toml = "[email_and_password]\nenabled = true\n[user.additional_fields]\nborn = { type = \"date\", required = false }\n";
    let database = database(toml);
    database.query(&format!("alter database {} set timezone to 'America/New_York'", database.name));
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    let cookie = service.user("ada@example.com");
    let update = |born: &str| service.post("/update-user", &cookie, &json!({ "born": born }).to_string()).status;
    for (given, instant) in [
        ("1990", "1990-01-01T00:00:00.000Z"),
        ("1990-05", "1990-05-01T00:00:00.000Z"),
        ("1990-05-01", "1990-05-01T00:00:00.000Z"),
        ("1990-05-01T10:30", "1990-05-01T10:30:00.000Z"),
        ("1990-05-01 10:30:15.1239", "1990-05-01T10:30:15.123Z"),
        ("1990-05-01T10:30:15+02:00", "1990-05-01T08:30:15.000Z"),
        ("1990-05-01T10:30:15Z", "1990-05-01T10:30:15.000Z"),
    ] {
        assert_eq!(update(given), 200, "{given}");
        assert_eq!(service.get("/get-session", &cookie).json()["user"]["born"], instant, "{given}");
        let stored = "select to_char(born at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from \"user\"";
        assert_eq!(database.value(stored), instant, "{given}");
    }
    for given in
        ["now", "today", "yesterday", "infinity", "-infinity", "epoch", "", "1990-13-01", "May 1 1990", "19900501"]
    {
        assert_ne!(update(given), 200, "{given}");
    }
}
