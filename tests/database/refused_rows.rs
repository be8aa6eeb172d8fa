//! The answers about rows that the database refuses by a rule of its own: a trigger that raises an exception, and a column that
//! does not accept the empty text that stands for an unknown address.

use serde_json::json;

use crate::support::{
    http::{self, Answer},
    node::Reference,
    postgres::Database,
    service::{Service, log_lines},
};

const PASSWORD: &str = "correct horse battery";

/// Makes a trigger that refuses every change of a table with this statement.
fn refusing(database: &Database, table: &str, when: &str, statement: &str) {
    database.change(&format!(
        "create or replace function refusing() returns trigger language plpgsql as $f$ begin {statement}; end $f$;
        create trigger refusing before {when} on {table} for each row execute function refusing()"
    ));
}

fn post(url: &str, path: &str, cookie: &str, body: &serde_json::Value) -> Answer {
    let mut headers = vec![("content-type", "application/json"), ("origin", url)];
    if !cookie.is_empty() {
        headers.push(("cookie", cookie));
    }
    http::send("POST", &format!("{url}/api/auth{path}"), &headers, body.to_string().as_bytes())
}

/// Compares the answers of both servers while a trigger raises an exception, as statuses of Node and here.
#[test]
fn a_trigger_that_raises_is_a_refused_row_wherever_a_row_is_written() {
    let database = Database::empty();
    let node =
        Reference::new(&database.direct, r#"{"emailAndPassword":{"enabled":true},"rateLimit":{"enabled":false}}"#);
    let service = Service::new(&database.url);
    let user = |email: &str| json!({ "name": "Ada", "email": email, "password": PASSWORD });
    let cookies = [&node.url, &service.url].map(|url| {
        let email = format!("of{}@example.com", url.rsplit(':').next().unwrap());
        (post(url, "/sign-up/email", "", &user(&email)).cookies(), email)
    });
    let both = |path: &str, body: &dyn Fn(&str) -> serde_json::Value| {
        let urls = [&node.url, &service.url].into_iter().zip(&cookies);
        urls.map(|(url, (cookie, email))| post(url, path, cookie, &body(email))).collect::<Vec<_>>()
    };
    let new_password = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
    type Body<'a> = &'a dyn Fn(&str) -> serde_json::Value;
    type Case<'a> = (&'a str, &'a str, &'a str, Body<'a>, [u16; 2], &'a str);
    let cases: [Case<'_>; 5] = [
        (
            "{user}",
            "insert",
            "/sign-up/email",
            &|email| user(&format!("new.{email}")),
            [422, 422],
            "FAILED_TO_CREATE_USER",
        ),
        ("{user}", "update", "/update-user", &|_| json!({ "name": "B" }), [500, 422], "FAILED_TO_UPDATE_USER"),
        (
            "{session}",
            "insert",
            "/sign-in/email",
            &|email| json!({ "email": email, "password": PASSWORD }),
            [500, 401],
            "FAILED_TO_CREATE_SESSION",
        ),
        ("{account}", "update", "/change-password", &|_| new_password.clone(), [500, 500], ""),
        // better-auth says that the session ended, and it lives.
        ("{session}", "delete", "/sign-out", &|_| json!({}), [200, 500], ""),
    ];
    for raised in ["raise exception 'no'", "raise exception 'no' using errcode = '23514'", "assert false"] {
        for (table, when, path, body, statuses, code) in &cases {
            refusing(&database, table, when, raised);
            let answers = both(path, body);
            let got: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
            assert_eq!(got, statuses, "{path} {raised}: {}", answers[1].text());
            if code.is_empty() {
                assert!(!answers[1].text().contains("success"), "{path}");
            } else {
                assert_eq!(answers[1].json()["code"], *code, "{path} {raised}");
            }
            database.change(&format!("drop trigger refusing on {table}"));
        }
    }
    let told = log_lines().into_iter().filter(|line| line.contains("refusing() line 1 at ")).count();
    assert!(told >= 3 * cases.len(), "{told} lines");
    for (cookie, _) in &cookies {
        assert_ne!(service.get("/get-session", cookie).text(), "null", "nothing was written");
    }
}

/// For any SQLSTATE that the trigger chooses: those of values are not believed to be about the token.
#[test]
fn attack_signing_out_never_succeeds_while_the_session_lives() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    for state in ["P0001", "22P02", "22001", "23503", "54000", "428C9"] {
        refusing(&database, "{session}", "delete", &format!("raise exception 'no' using errcode = '{state}'"));
        let answer = service.post("/sign-out", &cookie, "{}");
        assert_eq!((answer.status, answer.text().as_str()), (500, ""), "{state}");
        assert!(answer.set_cookies().iter().any(|line| line.contains("session_token=;")), "{state}");
        assert_ne!(service.get("/get-session", &cookie).text(), "null", "{state}");
        database.change("drop trigger refusing on {session}");
    }
    assert_eq!(service.post("/sign-out", &cookie, "{}").status, 200);
    assert_eq!(service.get("/get-session", &cookie).text(), "null");
}

/// Signing out without a session that could live stays a success: a column of UUIDs has no row with this token.
#[test]
fn signing_out_with_a_token_that_its_column_cannot_hold_succeeds() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    database.query("delete from session");
    database.change("alter table {session} alter {session.token} type uuid using null");
    let answer = service.post("/sign-out", &cookie, "{}");
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"success":true}"#));
}

fn sign_in(service: &Service, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("content-type", "application/json"), ("origin", service.url.as_str())];
    all.extend(headers);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD }).to_string();
    service.send("POST", "/sign-in/email", &all, &body)
}

/// The type of the column, and what is stored of a client whose address is not known.
#[test]
fn a_column_of_addresses_that_takes_no_empty_text_is_null_where_nothing_is_known() {
    for (column, stored) in [
        ("text", ""),
        ("text not null default 'x'", ""),
        ("inet", "null"),
        ("inet default '192.0.2.1'", "null"),
        ("cidr", "null"),
    ] {
        let database = Database::new();
        database.change(&format!(
            "alter table {{session}} drop {{session.ipAddress}}; alter table {{session}} add {{session.ipAddress}} {column}"
        ));
        let toml = "[email_and_password]\nenabled = true\n[advanced.ip_address]\nip_address_headers = [\"x-client\"]\n";
        let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
        service.user("ada@example.com");
        let known = [("x-client", "192.0.2.7")];
        for (headers, wanted) in [(&[][..], stored), (&known[..], "192.0.2.7"), (&[][..], stored)] {
            let answer = sign_in(&service, headers);
            assert_eq!(answer.status, 200, "{column}: {}", answer.text());
            let row = database.query(
                "select coalesce(split_part(\"ipAddress\"::text, '/', 1), 'null') from session
                order by \"createdAt\" desc limit 1",
            );
            assert_eq!(row[0][0].as_deref(), Some(wanted), "{column}");
            let session = &service.get("/get-session", &answer.cookies()).json()["session"];
            let shown = session["ipAddress"].as_str().unwrap_or("null");
            assert_eq!(shown.trim_end_matches("/32"), wanted, "{column}");
        }
    }
}

/// A constraint is the table's own rule: NULL, which would pass it, is not tried.
#[test]
fn a_constraint_on_addresses_is_not_passed_by() {
    let database = Database::new();
    let service = Service::new(&database.url);
    database.change("alter table {session} add check ({session.ipAddress} <> '')");
    let body = json!({ "name": "A", "email": "ada@example.com", "password": PASSWORD });
    assert_eq!(service.post("/sign-up/email", "", &body.to_string()).status, 422);
    assert_eq!(database.value("select count(*) from session"), "0");
}

/// A refusal that has nothing to do with the client's address stays what it is, and the address stays a text.
#[test]
fn a_value_of_the_clients_that_is_refused_does_not_change_what_is_written_of_others() {
    let toml = "[email_and_password]\nenabled = true\n[user.additional_fields]\nhost = { type = \"string\", required = false }\n";
    let database = Database::new();
    database.change("alter table {user} add host inet; alter table {session} alter {session.ipAddress} set not null");
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    let body = json!({ "name": "A", "email": "eve@example.com", "password": PASSWORD, "host": "" });
    assert_eq!(service.post("/sign-up/email", "", &body.to_string()).status, 422);
    service.user("ada@example.com");
    assert_eq!(database.value("select \"ipAddress\" from session"), "");
}
