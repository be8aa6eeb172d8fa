//! Tables without a unique constraint on addresses, as made by hand or imported: still one user for each address. And one row for
//! each account of a provider, on which no version of better-auth has a constraint.

use std::thread;

use serde_json::json;

use crate::support::{
    crowd::at_once,
    flows::{self, Begun},
    held::held,
    http::Answer,
    mailbox::Mailbox,
    postgres::Database,
    provider::Provider,
    service::Service,
};

const AT_ONCE: usize = 20;
const TOML: &str = "[email_and_password]\nenabled = true\n[user.change_email]\nenabled = true\n\
    update_email_without_verification = true\n[account.account_linking]\nallow_different_emails = true\n\
    [database]\nmax_connections = 20\nstatement_timeout = 60\n";

/// A database whose tables have no unique constraint.
fn without_constraints() -> Database {
    let database = Database::new();
    database.change(
        "do $$ declare c record; begin for c in select conrelid::regclass as t, conname from pg_constraint
            where contype = 'u' and connamespace not in ('pg_catalog'::regnamespace) loop
            execute format('alter table %s drop constraint %I cascade', c.t, c.conname);
        end loop; end $$",
    );
    database
}

fn sign_up(service: &Service) -> Answer {
    let body = json!({ "name": "Ada", "email": "Ada@example.com", "password": "correct horse battery" });
    service.post("/sign-up/email", "", &body.to_string())
}

/// The answers to requests at once, where all of them have made their checks before the first of them writes.
fn at_once_behind_checks(
    database: &Database,
    what: &str,
    request: impl Fn(usize) -> Answer + Sync + Send,
) -> Vec<Answer> {
    held(database, what, |held| {
        thread::scope(|scope| {
            let answers = scope.spawn(|| at_once(AT_ONCE, request));
            held.waiting(AT_ONCE);
            held.let_go();
            answers.join().unwrap()
        })
    })
}

fn count(database: &Database, table: &str) -> String {
    database.value(&format!("select count(*) from \"{table}\""))
}

#[test]
fn twenty_sign_ups_with_one_address_make_one_user() {
    let deferrable = Database::new();
    deferrable.change(
        "do $$ declare c record; begin for c in select conname, conrelid::regclass as t from pg_constraint
            where contype = 'u' and conrelid = '{user}'::regclass loop
            execute format('alter table %s drop constraint %I', c.t, c.conname); end loop; end $$;
        alter table {user} add unique ({user.email}) deferrable initially deferred",
    );
    for database in [without_constraints(), deferrable] {
        let service = Service::with(TOML, &[("DATABASE_URL", &database.url)]);
        let answers = at_once(AT_ONCE, |_| sign_up(&service));
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 422].contains(status)), "{statuses:?}");
        assert_eq!(["user", "account", "session"].map(|table| count(&database, table)), ["1", "1", "1"]);
    }
}

#[test]
fn twenty_sign_ups_that_tell_nobody_make_one_user() {
    let (database, mailbox) = (without_constraints(), Mailbox::new());
    let toml = TOML.replace("enabled = true\n[user", "enabled = true\nrequire_email_verification = true\n[user");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let answers = at_once(AT_ONCE, |_| sign_up(&service));
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{:?}",
        answers.iter().map(Answer::text).collect::<Vec<_>>()
    );
    assert_eq!(["user", "account"].map(|table| count(&database, table)), ["1", "1"]);
}

#[test]
fn twenty_users_who_change_to_one_address_at_once_are_one_who_does() {
    let (database, mailbox) = (without_constraints(), Mailbox::new());
    let service = Service::with(TOML, &[("DATABASE_URL", &database.direct), ("EMAIL_URL", &mailbox.url())]);
    let users: Vec<String> = (0..AT_ONCE).map(|number| service.user(&format!("user{number}@example.com"))).collect();
    let body = json!({ "newEmail": "new@example.com" }).to_string();
    let change = |number: usize| service.post("/change-email", &users[number], &body);
    let answers = at_once_behind_checks(&database, "update on {user}", change);
    // A taken address is not told from a free one.
    assert!(answers.iter().all(|answer| (answer.status, answer.text().as_str()) == (200, r#"{"status":true}"#)));
    assert_eq!(database.value("select count(*) from \"user\" where email = 'new@example.com'"), "1");
    // A sign-up takes no address that a change is about to take.
    assert_eq!(database.value("select count(distinct email) from \"user\""), "20");
}

/// Flows that were begun, one for each of the requests.
fn begun(service: &Service, path: &str, cookie: &str) -> Vec<Begun> {
    let body = json!({ "provider": "google", "callbackURL": "/in", "errorCallbackURL": "/no" });
    (0..AT_ONCE).map(|_| flows::begin(&service.url, path, &body, cookie)).collect()
}

fn back(service: &Service, begun: &Begun, code: &str) -> Answer {
    flows::back(&service.url, "google", &format!("code={code}&state={}", begun.state), &begun.cookie)
}

#[track_caller]
fn locations(answers: &[Answer]) -> (usize, usize) {
    let to =
        |prefix: &str| answers.iter().filter(|answer| answer.header("location").unwrap().starts_with(prefix)).count();
    let (came_in, refused) = (to("/in"), to("/no?error="));
    assert_eq!(came_in + refused, AT_ONCE);
    (came_in, refused)
}

#[test]
fn twenty_people_of_a_provider_with_one_address_are_one_user() {
    let (database, provider) = (without_constraints(), Provider::new());
    let service = flows::service(TOML, &[("DATABASE_URL", &database.direct)], &provider);
    let begun = begun(&service, "/sign-in/social", "");
    let come = |number: usize| back(&service, &begun[number], &format!("person{number}~eve@example.com"));
    let answers = at_once_behind_checks(&database, "insert on {user}", come);
    assert_eq!(locations(&answers), (1, AT_ONCE - 1));
    assert_eq!(["user", "account", "session"].map(|table| count(&database, table)), ["1", "1", "1"]);
}

#[test]
fn one_person_of_a_provider_who_comes_twenty_times_at_once_is_one_user() {
    // The address changes meanwhile: a constraint on addresses would see no difference.
    let (database, provider) = (Database::new(), Provider::new());
    let service = flows::service(TOML, &[("DATABASE_URL", &database.direct)], &provider);
    let begun = begun(&service, "/sign-in/social", "");
    let come = |number: usize| back(&service, &begun[number], &format!("eve~eve{number}@example.com"));
    let answers = at_once_behind_checks(&database, "insert on {user}", come);
    assert_eq!(locations(&answers), (1, AT_ONCE - 1));
    assert_eq!(["user", "account"].map(|table| count(&database, table)), ["1", "1"]);
}

#[test]
fn one_account_that_is_linked_twenty_times_at_once_is_one_row() {
    let (database, provider) = (Database::new(), Provider::new());
    let service = flows::service(TOML, &[("DATABASE_URL", &database.direct)], &provider);
    let own = service.user("ada@example.com");
    let begun = begun(&service, "/link-social", &own);
    let answers =
        at_once_behind_checks(&database, "insert on {account}", |number| back(&service, &begun[number], "ada"));
    assert_eq!(locations(&answers), (1, AT_ONCE - 1));
    assert_eq!(database.value("select count(*) from account where \"providerId\" = 'google'"), "1");
}

#[test]
fn a_provider_that_says_an_address_of_another_user_gives_it_to_nobody() {
    let (database, provider) = (without_constraints(), Provider::new());
    let toml = format!("{TOML}[social.google]\noverride_user_info_on_sign_in = true\n");
    let service = flows::service(&toml, &[("DATABASE_URL", &database.url)], &provider);
    let come = |code: &str| back(&service, &begun(&service, "/sign-in/social", "")[0], code);
    assert_eq!(come("eve").header("location"), Some("/in"));
    service.user("ada@example.com");
    let refused = come("eve~ada@example.com");
    assert_eq!(refused.header("location"), Some("/no?error=unable_to_create_session"));
    assert_eq!(come("eve~new@example.com").header("location"), Some("/in"));
    let emails = r#"select string_agg(email, ' ' order by email) from "user""#;
    assert_eq!(database.value(emails), "ada@example.com new@example.com");
}
