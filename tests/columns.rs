//! Columns of one's own: what they take whatever the server is set to, and what a refused value tells.

use serde_json::{Value, json};

use super::{
    secondary_storage::database,
    support::{mailbox::Mailbox, postgres::Database, schema, service::Service, wire::Wire},
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
        // A row that is taken back is one statement in a transaction, all in one round trip.
        let statements = wire.statements().into_iter().filter(|sql| !sql.starts_with("begin") && sql != "rollback");
        let count = statements.count();
        let mut told = answer.json();
        for member in ["id", "email", "createdAt", "updatedAt"] {
            told["user"].as_object_mut().into_iter().for_each(|user| drop(user.remove(member)));
        }
        (answer.status, told, count)
    };
    let first = sign_up("taken@example.com", &json!({ "handle": "ada" }));
    assert_eq!((first.0, first.2), (200, 2));
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
        assert!(taken.2 <= 3, "{extra}");
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

/// A database that is far from UTC, in which every time has another type, as drizzle and Prisma make them.
fn with_times(toml: &str, kind: &str) -> Database {
    let database = database(toml);
    database.change(&format!("alter database {} set timezone to 'America/New_York'", database.name));
    database.change("drop schema if exists shown cascade");
    let change = format!(
        "do $$ declare c record; begin for c in select * from information_schema.columns
            where data_type = 'timestamp with time zone' and table_schema not in ('pg_catalog', 'information_schema') loop
            execute format('alter table %I.%I alter %3$I drop default, alter %3$I drop not null, alter %3$I type {kind} using null',
                c.table_schema, c.table_name, c.column_name);
        end loop; end $$"
    );
    database.change(&change);
    database.change(&schema::shown(&schema::of(toml)));
    database
}

#[test]
fn a_time_is_an_instant_in_utc_whatever_its_columns_type_is() {
    let toml = "[email_and_password]\nenabled = true\n[user.change_email]\nenabled = true\n[user.delete_user]\nenabled = true\n[jwt]\nenabled = true\n";
    for kind in ["timestamp", "timestamp(3)", "text", "varchar(40)"] {
        let (database, mailbox) = (with_times(toml, kind), Mailbox::new());
        let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
        let cookie = service.user("ada@example.com");
        let read = service.get("/get-session", &cookie).json();
        let near = |value: &Value, seconds: i64| {
            let at: jiff::Timestamp = value.as_str().unwrap().parse().unwrap();
            let off = at.duration_since(jiff::Timestamp::now()).as_secs() - seconds;
            assert!(off.abs() < 300, "{kind}: {value}");
        };
        near(&read["session"]["expiresAt"], 604_800);
        near(&read["session"]["createdAt"], 0);
        near(&read["user"]["createdAt"], 0);
        let stored = database.value("select \"expiresAt\"::text from session").replace(' ', "T");
        near(&json!(format!("{}Z", &stored[..19])), 604_800);
        for (path, body) in [
            ("/update-user", json!({ "name": "Eve" })),
            (
                "/change-password",
                json!({ "currentPassword": "correct horse battery", "newPassword": "another horse battery", "revokeOtherSessions": false }),
            ),
            ("/send-verification-email", json!({ "email": "ada@example.com" })),
            ("/request-password-reset", json!({ "email": "ada@example.com" })),
        ] {
            assert_eq!(service.post(path, &cookie, &body.to_string()).status, 200, "{kind} {path}");
        }
        assert_eq!(service.get("/list-sessions", &cookie).json().as_array().unwrap().len(), 1);
        assert_eq!(service.get("/token", &cookie).status, 200, "{kind}");
        assert_eq!(service.get("/list-accounts", &cookie).status, 200, "{kind}");
        let reset = json!({ "token": mailbox.token("reset-password"), "newPassword": "a third horse battery" });
        assert_eq!(service.post("/reset-password", "", &reset.to_string()).status, 200, "{kind}");
        database.query("update session set \"expiresAt\" = '2020-01-01T00:00:00.000'");
        assert_eq!(service.get("/get-session", &cookie).text(), "null", "{kind}");
    }
}

#[test]
fn tables_without_unique_constraints_are_served() {
    let toml = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = true\nstorage = \"database\"\n";
    let database = database(toml);
    database.change("alter table {session} drop constraint if exists \"session_token_key\" cascade");
    database.change(
        "do $$ declare c record; begin for c in select conrelid::regclass as t, conname from pg_constraint
            where contype = 'u' and connamespace not in ('pg_catalog'::regnamespace) loop
            execute format('alter table %s drop constraint %I cascade', c.t, c.conname);
        end loop; end $$",
    );
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    let address = [("x-forwarded-for", "192.0.2.1"), ("content-type", "application/json")];
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" }).to_string();
    let post = |path: &str| {
        let url = format!("{}/api/auth{path}", service.url);
        super::support::http::send("POST", &url, &address, body.as_bytes()).status
    };
    assert_eq!(post("/sign-up/email"), 200);
    let signed_in: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..12).map(|_| scope.spawn(|| post("/sign-in/email"))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    // Three in ten seconds, of those that come at once as well.
    assert_eq!(signed_in.iter().filter(|status| **status == 200).count(), 3, "{signed_in:?}");
    assert_eq!(signed_in.iter().filter(|status| **status == 429).count(), 9, "{signed_in:?}");
}
