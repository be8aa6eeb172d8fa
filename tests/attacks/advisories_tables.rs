//! Holes that tables of other people's making open, each closed here: a confirmed address whose column holds another word than
//! `true`, and constraints that tell a taken address from a free one.

use serde_json::{Value, json};

use crate::support::{
    http::Answer, mailbox::Mailbox, postgres::Database, secondary_storage::database, service::Service, wire::Wire,
};

const REQUIRED: &str = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n";
const OWN: &str = "correct horse battery";
const ANOTHER: &str = "the password of somebody else";

fn service(toml: &str, database: &Database, mailbox: &Mailbox) -> Service {
    Service::with(toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())])
}

fn post(service: &Service, path: &str, email: &str, password: &str, more: &Value) -> Answer {
    let mut body = json!({ "name": "Ada", "email": email, "password": password });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    service.post(path, "", &body.to_string())
}

#[test]
fn prehijack_of_an_address_that_is_confirmed_in_another_word() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    database.change("alter table {user} alter {user.emailVerified} drop default, alter {user.emailVerified} type text");
    let service = service(REQUIRED, &database, &mailbox);
    let sign_up = |password: &str| post(&service, "/sign-up/email", "ada@example.com", password, &json!({}));
    let sign_in = |password: &str| post(&service, "/sign-in/email", "ada@example.com", password, &json!({})).status;
    assert_eq!(sign_up(OWN).status, 200);
    // The work after an answer is done when the next mail is there.
    let settled = || {
        let before = mailbox.mails(0).len();
        let body = json!({ "email": "ada@example.com" }).to_string();
        assert_eq!(service.post("/request-password-reset", "", &body).status, 200);
        mailbox.mails(before + 1);
    };
    mailbox.mails(1);
    for word in ["true", "t", "TRUE", "Yes", "y", "on", "1", " true "] {
        database.query(&format!("update \"user\" set \"emailVerified\" = '{word}'"));
        assert_eq!(sign_up(ANOTHER).status, 200);
        settled();
        assert_eq!((sign_in(OWN), sign_in(ANOTHER)), (200, 401), "{word:?}");
    }
    // Where it is confirmed, accounts of providers stay when the password is set anew.
    database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
        select {new 'google'}'1', 'google', u.{user.id}, now(), now() from {user} u",
    );
    let body = json!({ "token": mailbox.token("reset-password"), "newPassword": ANOTHER }).to_string();
    assert_eq!(service.post("/reset-password", "", &body).status, 200);
    assert_eq!((sign_in(ANOTHER), database.value("select count(*) from account")), (200, "2".to_owned()));
    // And in a word that does not say so, a second sign-up takes the password.
    database.change("delete from {account} a where a.{account.providerId} = 'google'");
    database.query("update \"user\" set \"emailVerified\" = 'off'");
    let before = mailbox.mails(0).len();
    assert_eq!(sign_up(OWN).status, 200);
    mailbox.mails(before + 1);
    assert_eq!((sign_in(OWN), sign_in(ANOTHER)), (401, 401));
}

#[test]
fn takeover_of_a_user_whose_confirmation_has_a_line_break() {
    for word in ["true\\n", "\\ttrue", "t\\r", "\\f1"] {
        let (database, mailbox) = (Database::new(), Mailbox::new());
        database
            .change("alter table {user} alter {user.emailVerified} drop default, alter {user.emailVerified} type text");
        let service = service(REQUIRED, &database, &mailbox);
        let sign_up = |password: &str| post(&service, "/sign-up/email", "ada@example.com", password, &json!({}));
        assert_eq!(sign_up(OWN).status, 200);
        mailbox.mails(1);
        database.query(&format!("update \"user\" set \"emailVerified\" = E'{word}'"));
        // To the statement of a second sign-up the address is not confirmed, and neither it is to a sign-in.
        assert_eq!(sign_up(OWN).status, 200);
        mailbox.mails(2);
        let sign_in = |password: &str| post(&service, "/sign-in/email", "ada@example.com", password, &json!({})).status;
        assert_eq!(sign_in(OWN), 403, "{word}");
        assert_eq!(sign_up(ANOTHER).status, 200);
        mailbox.mails(3);
        assert_eq!((sign_in(OWN), sign_in(ANOTHER)), (401, 401), "{word}");
    }
}

#[test]
fn no_constraint_of_a_table_tells_a_taken_address_from_a_free_one() {
    let toml = format!(
        "{REQUIRED}[user.additional_fields]\nhandle = {{ type = \"string\", required = false, unique = true }}\n\
        local = {{ type = \"string\", required = false, input = false }}\n"
    );
    for change in [
        "alter table {user} add check ({user.email} = lower({user.email}))",
        "alter table {user} alter {user.email} type varchar(20)",
        "alter table {user} add check ({user.email} ~ '^[a-z]+[.][a-z]+[+][0-9]@')",
        "alter table {user} drop column local, add local text generated always as (split_part({user.email}, '@', 1)) stored",
        "do $$ declare c record; begin for c in select conname from pg_constraint
            where contype = 'u' and conrelid = '{user}'::regclass and conname like '%handle%' loop
            execute format('alter table {user} drop constraint %I', c.conname); end loop; end $$;
        alter table {user} add constraint late unique (handle) deferrable initially deferred",
    ] {
        let (database, mailbox) = (database(&toml), Mailbox::new());
        database.change(change);
        let service = service(&toml, &database, &mailbox);
        let sign_up = |email: &str, more: &Value| {
            let answer = post(&service, "/sign-up/email", email, OWN, more);
            let mut told = answer.json();
            if let Some(user) = told["user"].as_object_mut() {
                ["id", "email", "createdAt", "updatedAt"].iter().for_each(|member| drop(user.remove(*member)));
                user.iter_mut().for_each(|(_, value)| {
                    let local = email.split('@').next().unwrap();
                    *value = value.as_str().map_or(value.clone(), |text| text.replace(local, "LOCAL").into());
                });
            }
            (answer.status, told)
        };
        assert_eq!(sign_up("adam.l+1@example.com", &json!({ "handle": "ada" })).0, 200, "{change}");
        database.query("update \"user\" set \"emailVerified\" = true");
        for (number, (status, more)) in
            [(200, json!({})), (200, json!({ "handle": "eve" })), (422, json!({ "handle": "ada" }))].iter().enumerate()
        {
            let taken = sign_up("adam.l+1@example.com", more);
            let free = sign_up(&format!("evan.m+{number}@example.com"), more);
            assert_eq!((taken.0, &taken), (*status, &free), "{change}: {more}");
            database.change("update {user} u set handle = null where handle = 'eve'");
        }
    }
}

#[test]
fn a_value_that_is_too_large_for_an_index_is_client_error() {
    let toml = "[email_and_password]\nenabled = true\n[user.change_email]\nenabled = true\n\
        update_email_without_verification = true\n[user.additional_fields]\n\
        handle = { type = \"string\", required = false, unique = true }\n";
    let (database, mailbox) = (database(toml), Mailbox::new());
    let service = service(toml, &database, &mailbox);
    // Nothing repeats in it, so that PostgreSQL cannot make it smaller.
    let large: String = (0..4_000_u32).map(|number| format!("{:x}", number.wrapping_mul(2_654_435_761))).collect();
    let address = format!("{large}@example.com");
    let code = |answer: Answer| (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned());
    let sign_up = |email: &str, more: &Value| post(&service, "/sign-up/email", email, OWN, more);
    let refused = (422, "FAILED_TO_CREATE_USER".to_owned());
    assert_eq!(code(sign_up(&address, &json!({}))), refused);
    assert_eq!(code(sign_up("ada@example.com", &json!({ "handle": large }))), refused);
    let cookie = sign_up("ada@example.com", &json!({})).cookies();
    let refused = (400, "VALUE_NOT_STORABLE".to_owned());
    assert_eq!(code(service.post("/update-user", &cookie, &json!({ "handle": large }).to_string())), refused);
    let change = |to: &str| code(service.post("/change-email", &cookie, &json!({ "newEmail": to }).to_string()));
    assert_eq!(change(&address), refused);
    // What a constraint refuses is no fault of the server's either.
    database.change("alter table {user} add check ({user.email} like '%@example.com')");
    assert_eq!(change("ada@example.org"), (422, "FAILED_TO_UPDATE_USER".to_owned()));
    assert_eq!(database.value("select count(*) from \"user\""), "1");
}

#[test]
fn a_sign_up_waits_for_its_commit_whether_the_address_is_taken_or_free() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let wire = Wire::new(&database.url);
    let variables = [("DATABASE_URL", wire.url.as_str()), ("EMAIL_URL", &mailbox.url())];
    let service = Service::with(REQUIRED, &variables);
    let sign_up = || post(&service, "/sign-up/email", "ada@example.com", OWN, &json!({})).status;
    assert_eq!(sign_up(), 200);
    database.query("update \"user\" set \"emailVerified\" = true");
    wire.statements();
    assert_eq!(sign_up(), 200);
    // A transaction that is rolled back as a whole is not waited for until it is on the disk.
    let statements = wire.statements();
    assert!(statements.iter().any(|sql| sql == "rollback to savepoint undone; commit"), "{statements:?}");
}
