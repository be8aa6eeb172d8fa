//! Additional columns: the values that they accept with any setting of the server, and the answer about a refused value.

use serde_json::{Value, json};

use crate::support::{
    flows,
    mailbox::Mailbox,
    postgres::{Database, execute},
    provider::Provider,
    schema,
    secondary_storage::database,
    server,
    service::{DEFAULT, Service},
    wire::Wire,
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
        // The statements around a transaction travel with its statement. An unconfirmed user is removed after the answer.
        let is_framing =
            |sql: &str| sql.starts_with("begin") || sql.starts_with("set constraints") || sql.ends_with("commit");
        let is_afterwards =
            |sql: &str| sql.starts_with("with owner") || (sql.starts_with("select ") && !sql.contains("left join"));
        let statements = wire.statements().into_iter().filter(|sql| !is_framing(sql) && !is_afterwards(sql));
        let count = statements.count();
        let mut told = answer.json();
        for member in ["id", "email", "createdAt", "updatedAt"] {
            told["user"].as_object_mut().into_iter().for_each(|user| drop(user.remove(member)));
        }
        (answer.status, told, count)
    };
    let first = sign_up("taken@example.com", &json!({ "handle": "ada" }));
    assert_eq!((first.0, first.2), (200, 2));
    // If the address is unconfirmed, the next sign-up replaces the user.
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

/// A digest of the address, made by the database: a generated column, a trigger, and a trigger that fills the picture.
#[test]
fn attack_what_the_database_makes_of_an_address_does_not_tell_at_sign_up_whether_it_is_taken() {
    let toml = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n[user.additional_fields]\n\
        avatar = { type = \"string\", required = false, input = false }\n\
        digest = { type = \"string\", required = false, input = false }\n\
        plan = { type = \"string\", required = false, default_value = \"free\" }\n\
        note = { type = \"string\", required = false }\n";
    let (database, mailbox) = (Database::new(), Mailbox::new());
    database.change(
        "alter table {user} add avatar text generated always as (md5({user.email})) stored,
            add digest text, add plan text, add note text;
        create function digesting() returns trigger language plpgsql as $f$ begin
            new.digest := md5(new.{user.email}); new.{user.image} := coalesce(new.{user.image}, md5(new.{user.email}));
            return new; end $f$;
        create trigger digesting before insert on {user} for each row execute function digesting()",
    );
    let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let sign_up = |email: &str| {
        let body = json!({ "name": "Ada", "email": email, "password": "correct horse battery", "note": "seen" });
        let answer = service.post("/sign-up/email", "", &body.to_string());
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut user = answer.json()["user"].clone();
        for member in ["id", "email", "createdAt", "updatedAt"] {
            user.as_object_mut().unwrap().remove(member).unwrap();
        }
        user
    };
    let free = sign_up("ada@example.com");
    database.query("update \"user\" set \"emailVerified\" = true");
    assert_eq!(sign_up("ada@example.com"), free);
    assert_eq!(sign_up("eve@example.com"), free);
    // What the request and the configuration give is shown, and the rows have the rest.
    assert_eq!((&free["note"], &free["plan"], &free["avatar"]), (&json!("seen"), &json!("free"), &Value::Null));
    let made = "select count(*) from {user} where avatar = md5({user.email}) and digest = {user.image}";
    assert_eq!(execute(&database.direct, &schema::filled(made)), [[Some("2".to_owned())]]);
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

#[test]
fn accounts_have_the_defaults_of_their_additional_fields_where_the_table_takes_no_null() {
    const OWN: &str = "[account.additional_fields]\ntenant = { type = \"string\", required = true, default_value = \"main\" }\n\
        rank = { type = \"number\", default_value = 7, field_name = \"rank_of\", returned = false }\n\
        tags = { type = \"string[]\", required = false, default_value = [\"a\", \"b\"] }\n";
    let toml = format!("{DEFAULT}{OWN}");
    let (database, provider, mailbox) = (Database::new(), Provider::new(), Mailbox::new());
    // As another service on the same database made them: an array where better-auth makes JSON.
    database.change(
        "alter table {account} add \"tenant\" text not null, add \"rank_of\" integer not null, add \"tags\" text[]",
    );
    server::migrated_to(&database.direct, &schema::of(&toml));
    let email_url = mailbox.url();
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", email_url.as_str())];
    let service = flows::service(&toml, &variables, &provider);
    let accounts = || {
        let sql = r#"select "providerId", tenant, rank_of::text, tags::text from account order by "createdAt""#;
        let rows = database.query(sql).into_iter().map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" "));
        rows.collect::<Vec<_>>()
    };
    // With a password, regardless of the client's input.
    let body =
        json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery", "tenant": "mine" });
    let cookie = service.post("/sign-up/email", "", &body.to_string()).cookies();
    assert_eq!(accounts(), ["credential main 7 {a,b}"]);
    let shown = service.get("/list-accounts", &cookie).json();
    assert_eq!((&shown[0]["tenant"], &shown[0]["tags"]), (&json!("main"), &json!(["a", "b"])), "{shown}");
    assert!(shown[0].get("rank").is_none() && shown[0].get("rank_of").is_none(), "{shown}");
    // By a provider: a new user, and one more account of a known user.
    for code in ["eve", "ada"] {
        database.query(r#"update "user" set "emailVerified" = true"#);
        let begun =
            flows::begin(&service.url, "/sign-in/social", &json!({ "provider": "google", "callbackURL": "/in" }), "");
        let back = flows::back(&service.url, "google", &format!("code={code}&state={}", begun.state), &begun.cookie);
        assert_eq!(back.header("location"), Some("/in"));
    }
    assert_eq!(accounts(), ["credential main 7 {a,b}", "google main 7 {a,b}", "google main 7 {a,b}"]);
    // By a mailed link, where there was no password.
    let body = json!({ "email": "eve@example.com", "redirectTo": "/new" });
    assert_eq!(service.post("/request-password-reset", "", &body.to_string()).status, 200);
    let token = mailbox.token("reset-password");
    let body = json!({ "newPassword": "another horse battery", "token": token });
    assert_eq!(service.post("/reset-password", "", &body.to_string()).status, 200);
    assert_eq!(accounts().last().map(String::as_str), Some("credential main 7 {a,b}"));
}

#[test]
fn sessions_have_the_defaults_of_their_additional_fields_on_every_way_to_one() {
    const OWN: &str = "[session.additional_fields]\ndevice = { type = \"string\", required = true, default_value = \"unknown\" }\n\
        tags = { type = \"string[]\", required = false, default_value = [\"a\", \"b\"] }\n\
        [email_verification]\nsend_on_sign_up = true\nauto_sign_in_after_verification = true\n";
    let toml = format!("{DEFAULT}{OWN}");
    let (database, provider, mailbox) = (Database::new(), Provider::new(), Mailbox::new());
    // As another service on the same database made them: an array where better-auth makes JSON.
    database.change("alter table {session} add \"device\" text not null, add \"tags\" text[]");
    server::migrated_to(&database.direct, &schema::of(&toml));
    let email_url = mailbox.url();
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", email_url.as_str())];
    // Each way meets the column for the first time.
    let opened = |way: &dyn Fn(&Service)| {
        let service = flows::service(&toml, &variables, &provider);
        database.query("delete from session");
        way(&service);
        let rows = database.query("select device, tags::text from session");
        assert_eq!(rows, [[Some("unknown".to_owned()), Some("{a,b}".to_owned())]]);
    };
    let user = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    let post = |service: &Service, path: &str, cookie: &str, body: &serde_json::Value| {
        let answer = service.post(path, cookie, &body.to_string());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    };
    opened(&|service| drop(post(service, "/sign-up/email", "", &user)));
    opened(&|service| {
        let link = format!("/verify-email?token={}", mailbox.token("verify-email"));
        assert_eq!(service.get(&link, "").status, 200);
    });
    opened(&|service| {
        let cookie = post(service, "/sign-in/email", "", &user).cookies();
        let body = json!({ "currentPassword": "correct horse battery", "newPassword": "another horse battery",
            "revokeOtherSessions": true });
        post(service, "/change-password", &cookie, &body);
    });
    // By a provider: a new user, and a new account of one who is there.
    for code in ["eve", "ada"] {
        opened(&|service| {
            let body = json!({ "provider": "google", "callbackURL": "/in" });
            let begun = flows::begin(&service.url, "/sign-in/social", &body, "");
            let query = format!("code={code}&state={}", begun.state);
            let back = flows::back(&service.url, "google", &query, &begun.cookie);
            assert_eq!(back.header("location"), Some("/in"));
        });
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
        crate::support::http::send("POST", &url, &address, body.as_bytes()).status
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
