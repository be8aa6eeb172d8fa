//! Usernames and the last login method, as far as only gatepost has them. conformance.rs compares the rest with better-auth.

use std::time::Duration;

use gatepost_cli::edge;
use gatepost_core::{Auth, Config, auth::LinkedParts, config::Source};

use crate::support::{
    SECRET,
    crowd::at_once,
    examined::{migrated, variables},
    http::Answer,
    node,
    postgres::Database,
    schema,
    secondary_storage::database,
    service::{Service, log_lines},
    wire::Wire,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[username]\nenabled = true\n[last_login_method]\nenabled = \
                    true\nstore_in_database = true\n";

fn with(toml: &str, more: &[(&str, &str)]) -> (Database, Service) {
    let toml = format!("{TOML}{toml}");
    let database = database(&toml);
    let url = database.url.clone();
    let service = Service::with(&toml, &[&[("DATABASE_URL", url.as_str())], more].concat());
    (database, service)
}

fn up(service: &Service, email: &str, member: &str) -> Answer {
    let body = format!(r#"{{"name":"Ada","email":"{email}","password":"correct horse battery"{member}}}"#);
    service.post("/sign-up/email", "", &body)
}

fn by_name(service: &Service, username: &str, password: &str) -> Answer {
    service.post("/sign-in/username", "", &format!(r#"{{"username":"{username}","password":"{password}"}}"#))
}

fn told(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn the_real_client_signs_in_by_username_and_knows_the_last_method() {
    let (_database, service) = with("", &[]);
    let said = node::run("features.mjs", &["--url", &service.url], Duration::from_secs(60));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn what_is_off_answers_nothing_and_adds_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    for path in ["/sign-in/username", "/is-username-available"] {
        let answer = service.post(path, "", r#"{"username":"ada","password":"correct horse battery"}"#);
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
    }
    let answer = up(&service, "ada@example.com", r#","username":"ab""#);
    assert_eq!((answer.status, answer.json()["user"].get("username")), (200, None));
    assert!(!answer.cookies().contains("last_used"), "{}", answer.cookies());
}

#[test]
fn a_user_without_a_password_costs_as_much_as_an_unknown_one() {
    let (database, service) = with("[observability]\nserver_timing = true\n", &[]);
    assert_eq!(up(&service, "ada@example.com", r#","username":"ada""#).status, 200);
    let hashed = |username: &str| {
        let answer = by_name(&service, username, "wrong horse battery");
        let timing = answer.header("server-timing").unwrap().to_owned();
        let crypto = timing.split("crypto;dur=").nth(1).and_then(|rest| rest.split(',').next()).unwrap();
        (told(&answer), crypto.parse::<f64>().unwrap() > 0.0)
    };
    let refused = || ((401, "INVALID_USERNAME_OR_PASSWORD".to_owned()), true);
    assert_eq!((hashed("ada"), hashed("nobody")), (refused(), refused()));
    database.query("update account set password = null");
    assert_eq!(hashed("ada"), refused());
    database.query("delete from account");
    assert_eq!(hashed("ada"), refused());
}

#[test]
fn an_immutable_username_is_not_removed_by_null() {
    let (database, service) = with("", &[]);
    let cookie = up(&service, "ada@example.com", r#","username":"ada""#).cookies();
    let toml = TOML.replace("[last", "immutable_username = true\n[last");
    let service = Service::with(&toml, &[("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development")]);
    let change = |value: &str| service.post("/update-user", &cookie, &format!(r#"{{"username":{value}}}"#));
    for value in ["null", r#""other""#] {
        let answer = change(value);
        assert_eq!(told(&answer), (400, "USERNAME_IS_IMMUTABLE".to_owned()), "{value}");
        assert_eq!(answer.header("x-gatepost-reason"), Some("username_immutable"));
    }
    assert_eq!(change(r#""ADA""#).status, 200);
    assert_eq!(database.value("select username from \"user\""), "ada");
}

#[test]
fn bodies_that_are_none_are_a_400_and_usernames_that_are_no_text_a_422() {
    let (database, service) = with("", &[("VERCEL_ENV", "development")]);
    let cookie = up(&service, "ada@example.com", r#","username":"ada""#).cookies();
    for path in ["/sign-up/email", "/update-user"] {
        assert_eq!(told(&service.post(path, &cookie, "null")), (400, "VALIDATION_ERROR".to_owned()), "{path}");
        let nothing = service.send("POST", path, &[("origin", &service.url), ("cookie", &cookie)], "");
        assert_eq!(told(&nothing), (400, "VALIDATION_ERROR".to_owned()), "{path}");
    }
    for value in ["0", "5", "false", "true", "[]", r#"["eve"]"#, "{}"] {
        let answer = up(&service, "eve@example.com", &format!(r#","username":{value}"#));
        assert_eq!(told(&answer), (422, "FAILED_TO_CREATE_USER".to_owned()), "{value}");
        let answer = service.post("/update-user", &cookie, &format!(r#"{{"username":{value}}}"#));
        assert_eq!(told(&answer), (422, "FAILED_TO_UPDATE_USER".to_owned()), "{value}");
    }
    let short = up(&service, "eve@example.com", r#","username":"ab""#);
    assert_eq!(short.header("x-gatepost-reason"), Some("invalid_username"));
    assert_eq!(database.query("select username from \"user\""), [[Some("ada".to_owned())]]);
}

#[test]
fn a_signed_out_update_does_not_tell_which_usernames_are_taken() {
    let (_database, service) = with("", &[("VERCEL_ENV", "development")]);
    let cookie = up(&service, "ada@example.com", r#","username":"ada""#).cookies();
    for username in ["ada", "free", "ab"] {
        let answer = service.post("/update-user", "", &format!(r#"{{"username":"{username}"}}"#));
        assert_eq!(told(&answer), (401, "UNAUTHORIZED".to_owned()), "{username}");
    }
    assert_eq!(up(&service, "eve@example.com", r#","username":"eve""#).status, 200);
    let answer = service.post("/update-user", &cookie, r#"{"username":"EVE"}"#);
    assert_eq!(told(&answer), (400, "USERNAME_IS_ALREADY_TAKEN".to_owned()));
    assert_eq!(answer.header("x-gatepost-reason"), Some("username_taken"));
}

#[test]
fn no_other_site_signs_a_browser_in_by_username() {
    let (_database, service) = with("", &[]);
    assert_eq!(up(&service, "ada@example.com", r#","username":"ada""#).status, 200);
    let headers = [("content-type", "application/json"), ("origin", "https://evil.example")];
    let body = r#"{"username":"ada","password":"correct horse battery"}"#;
    let answer = service.send("POST", "/sign-in/username", &headers, body);
    assert_eq!((told(&answer), answer.cookies().as_str()), ((403, "INVALID_ORIGIN".to_owned()), ""));
    assert_eq!(service.send("POST", "/sign-in/username", &headers[..1], body).status, 200);
}

#[test]
fn one_of_several_sign_ups_at_once_gets_the_username() {
    let (database, service) = with("", &[]);
    let answers = at_once(4, |at| up(&service, &format!("p{at}@example.com"), r#","username":"same""#).status);
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 400, 422].contains(status)), "{answers:?}");
    assert_eq!(database.value("select count(*) from \"user\""), "1");
}

#[test]
fn signing_in_by_username_costs_as_many_statements_as_by_address() {
    let toml = "[email_and_password]\nenabled = true\n[username]\nenabled = true\n";
    let database = database(toml);
    let wire = Wire::new(&database.url);
    let service = Service::with(toml, &[("DATABASE_URL", &wire.url)]);
    let count = |answer: &Answer| {
        assert_eq!(answer.status, 200, "{}", answer.text());
        wire.statements().len()
    };
    // The name is looked up before the address.
    assert_eq!(count(&up(&service, "ada@example.com", r#","username":"ada""#)), 3);
    let by_address = r#"{"email":"ada@example.com","password":"correct horse battery"}"#;
    assert_eq!(count(&service.post("/sign-in/email", "", by_address)), 2);
    assert_eq!(count(&by_name(&service, "ada", "correct horse battery")), 2);
    assert_eq!(count(&service.post("/is-username-available", "", r#"{"username":"eve"}"#)), 1);
    assert_eq!(count(&up(&service, "eve@example.com", "")), 2);
}

#[test]
fn a_sign_in_is_not_refused_because_its_method_cannot_be_written() {
    let (database, service) = with("", &[]);
    assert_eq!(up(&service, "ada@example.com", r#","username":"ada""#).status, 200);
    let column = &schema::of(TOML).table("user").unwrap().column("lastLoginMethod").unwrap().name.clone();
    database.change(&format!("alter table {{user}} add constraint kept check (\"{column}\" is null) not valid"));
    let answer =
        service.post("/sign-in/email", "", r#"{"email":"ada@example.com","password":"correct horse battery"}"#);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(service.get("/get-session", &answer.cookies()).json()["user"]["username"], "ada");
}

#[test]
fn what_is_configured_wrongly_is_told() {
    let problems = |toml: &str, url: bool| {
        let all = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
        let variables = variables(&all[..1 + usize::from(url)]);
        let loaded = Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml }));
        loaded.err().map(|found| found.to_string()).unwrap_or_default()
    };
    for (toml, expected) in [
        ("[username]\nmin_username_length = 40\n", "no name would be valid"),
        ("[username]\nenabled = true\n[user.additional_fields]\nusername = {}\n", "`username` is already a column"),
        ("[schema.user]\nfields = { username = \"x\" }\n", "`schema.user.fields.username` is not a known key"),
        (
            "[username]\nenabled = true\n[schema.user]\nfields = { username = \"email\" }\n",
            "two fields have the column `email`",
        ),
        ("[last_login_method]\ncookie_name = \"a b\"\n", "cannot be the name of a cookie"),
    ] {
        let found = problems(toml, true);
        assert!(found.contains(expected), "{toml}: {found}");
    }
    let found =
        problems("[username]\nenabled = true\n[last_login_method]\nenabled = true\nstore_in_database = true\n", false);
    assert!(found.contains("`username.enabled` and `last_login_method.store_in_database` need it"), "{found}");
}

#[test]
fn the_log_says_why_and_names_nobody() {
    let (_database, service) = with("", &[]);
    assert_eq!(up(&service, "ada@example.com", r#","username":"somebodys_secret""#).status, 200);
    by_name(&service, "somebodys_secret", "wrong password");
    let lines = log_lines();
    assert!(lines.iter().any(|line| line.contains("sign_in.username") && line.contains("wrong_password")));
    assert!(lines.iter().all(|line| !line.contains("somebodys_secret")));
}

#[test]
fn a_database_that_is_there_gets_the_columns_and_doctor_asks_for_them() {
    let (database, report) = migrated(TOML, "username");
    assert!(!report.to_string().contains("username"), "{report}");
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url)]);
    assert_eq!(up(&service, "ada@example.com", r#","username":"ada""#).status, 200);
    let unique =
        "select count(*) from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indisunique and a.attname = 'username'";
    assert_eq!(database.value(unique), "1");
}

#[test]
fn a_feature_that_is_not_built_in_is_told_and_not_passed_over() {
    let all = variables(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")]);
    let linked = LinkedParts { features: Some("other"), ..LinkedParts::ALL };
    let config = |text| Config::load(&all, Some(Source { name: "gatepost.toml", text })).unwrap();
    let found = Auth::with(config(TOML), edge::now, linked).err().unwrap().to_string();
    for feature in ["username: ", "last_login_method: "] {
        assert!(found.contains(feature) && found.contains("not built in"), "{found}");
    }
    assert!(Auth::with(config(""), edge::now, linked).is_ok());
}
