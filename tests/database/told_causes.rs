//! The log's description of an error of the database: the constraint, column, table or function that it is about, and no value of
//! a row, regardless of the messages of triggers.

use serde_json::json;

use crate::support::{
    mailbox::Mailbox,
    postgres::Database,
    service::{DEFAULT, Service, log_lines},
};

const CHANGING: &str = "[email_and_password]\nenabled = true\n[user.change_email]\nenabled = true\n\
    update_email_without_verification = true\n";

/// The log's lines that have this in them.
fn lines_with(text: &str) -> Vec<String> {
    log_lines().into_iter().filter(|line| line.contains(text)).collect()
}

#[test]
fn what_a_trigger_says_is_not_in_the_log_and_where_it_says_it_is() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url)]);
    for (number, body) in [
        "raise exception 'not you, %', new.told",
        "raise exception 'not you, %', new.told using errcode = '42P01'",
        "raise exception 'not you, %', new.told using errcode = '08006'",
        "raise exception 'not you, %', new.told using errcode = '53300'",
        "raise exception 'not you, %', new.told using errcode = '40001'",
        "raise exception 'not you, %', new.told using errcode = '55000', detail = new.told, hint = new.told",
        "raise exception 'not you, %', new.told using errcode = '23514'",
        "raise exception 'no' using errcode = '23505', table = new.told, column = new.told, constraint = new.told, datatype = new.told",
        "raise exception 'no' using errcode = '42501', table = new.told",
        "execute 'select 1 from ' || quote_ident(new.told)",
        "perform new.told::integer",
    ]
    .iter()
    .enumerate()
    {
        let own = service.user(&format!("told{number}@secret.example"));
        let body = body.replace("new.told", "new.{user.email}");
        database.change(&format!(
            "create function telling_{number}() returns trigger language plpgsql as $f$ begin {body}; return new; end $f$;
            create trigger telling before update on {{user}} for each row execute function telling_{number}()"
        ));
        let answer = service.post("/update-user", &own, r#"{"name":"A"}"#);
        assert_ne!(answer.status, 200, "{body}");
        assert!(!answer.text().contains("secret.example"), "{body}");
        database.change("drop trigger telling on {user}");
    }
    assert_eq!(lines_with("secret.example"), Vec::<String>::new());
    for (number, state) in [(0, "P0001"), (1, "42P01"), (5, "55000"), (8, "42501"), (9, "42P01")] {
        let told = lines_with(&format!("telling_{number}()"));
        assert!(told.len() == 1 && told[0].contains(state) && told[0].contains("line 1"), "{number}: {told:?}");
    }
}

#[test]
fn a_refused_change_of_an_address_is_told_by_its_constraint() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    database.change(
        "alter table {user} add slug text generated always as (split_part({user.email}, '@', 1)) stored;
        alter table {user} add constraint one_slug unique (slug),
            add constraint our_domains check ({user.email} not like '%.invalid')",
    );
    let variables =
        [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url()), ("VERCEL_ENV", "development")];
    let service = Service::with(CHANGING, &variables);
    service.user("taken@change.example");
    let own = service.user("ada@change.example");
    let change = |to: &str| service.post("/change-email", &own, &json!({ "newEmail": to }).to_string());
    assert_eq!(change("ada@change.invalid").status, 422);
    let told = lines_with("our_domains");
    assert!(told.len() == 1 && told[0].contains("23514"), "{told:?}");
    // The answer is that of an address that is taken.
    let answer = change("taken@other.example");
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (200, Some("email_taken")));
    let told = lines_with("one_slug");
    assert!(told.len() == 1 && told[0].contains("23505"), "{told:?}");

    // By a link, with a page for the error and without one.
    database.query("update \"user\" set \"emailVerified\" = true");
    for (number, callback) in [("2", "&callbackURL=/there"), ("3", "")] {
        let before = mailbox.mails(0).len();
        assert_eq!(change(&format!("taken@other{number}.example")).status, 200);
        mailbox.mails(before + 1);
        let kind = "verify-email";
        let token = mailbox.token(kind);
        let answer = service.get(&format!("/verify-email?token={token}{callback}"), &own);
        assert_eq!(answer.status, if callback.is_empty() { 401 } else { 302 }, "{}", answer.text());
        assert_eq!(answer.header("x-gatepost-reason"), Some("invalid_token"));
    }
    assert_eq!(lines_with("one_slug").len(), 3);
    assert_eq!(lines_with("change.example"), Vec::<String>::new());
}

#[test]
fn a_sign_up_that_answers_like_a_free_address_tells_the_log_which_constraint_it_was() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    database.change(
        "alter table {user} add slug text generated always as (split_part({user.email}, '@', 1)) stored;
        alter table {user} add constraint one_local_part unique (slug)",
    );
    let toml = format!("{DEFAULT}require_email_verification = true\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    service.user("ada@one.example");
    service.user("ada@two.example");
    assert_eq!(database.value("select count(*) from \"user\""), "1");
    let told = lines_with("one_local_part");
    assert!(told.len() == 1 && told[0].contains("email_taken") && told[0].contains("23505"), "{told:?}");
}
