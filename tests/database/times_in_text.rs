//! Times in columns of text: an instant is the same in every written form, to every statement that compares it.

use serde_json::json;

use crate::support::{
    flows,
    mailbox::Mailbox,
    postgres::{Database, execute},
    provider::Provider,
    schema,
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[user.delete_user]\nenabled = true\n\
    send_delete_account_verification = true\n[account.account_linking]\nallow_different_emails = true\n\
    [jwt]\nenabled = true\n[jwks]\nrotation_interval = 3600\n";

/// How a text may say an instant, as SQL of the instant `$at`. As texts, those of the local times of Node processes far in the west
/// are earlier than they are, and those far in the east are later.
const FORMS: [&str; 5] = [
    "to_char($at at time zone 'UTC' - interval '12 hours', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS') || '-12:00'",
    "to_char($at at time zone 'UTC' + interval '14 hours', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS') || '+14:00'",
    "to_char($at at time zone 'UTC' + interval '330 minutes', 'YYYY-MM-DD HH24:MI:SS.US') || '+0530'",
    "to_char($at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
    "to_char($at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
];

fn said(form: &str, hours: i32) -> String {
    form.replace("$at", &format!("(now() + interval '{hours} hours')"))
}

struct Texts {
    database: Database,
    mailbox: Mailbox,
    provider: Provider,
    service: Service,
}

impl Texts {
    /// With every time in a column of this type.
    fn new(data_type: &str) -> Self {
        let (database, mailbox, provider) = (Database::new(), Mailbox::new(), Provider::new());
        database.change(&format!(
            "do $$ declare c record; begin for c in select table_schema as s, table_name as t, column_name as n
                from information_schema.columns where data_type = 'timestamp with time zone'
                and table_schema not in ('pg_catalog', 'information_schema') loop
                execute format('alter table %I.%I alter %I drop default, alter %I type {data_type}', c.s, c.t, c.n, c.n);
            end loop; end $$"
        ));
        let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
        let service = flows::service(TOML, &variables, &provider);
        Self { database, mailbox, provider, service }
    }

    fn set(&self, column: &str, form: &str, hours: i32) {
        let (table, column) = column.split_once('.').unwrap();
        self.database.query(&format!("update \"{table}\" set \"{column}\" = {}", said(form, hours)));
    }

    fn listed(&self, cookie: &str) -> usize {
        self.service.get("/list-sessions", cookie).json().as_array().unwrap().len()
    }

    /// A cookie of one more session of the user.
    fn sign_in(&self) -> String {
        let body = json!({ "email": "ada@example.com", "password": "correct horse battery" });
        self.service.post("/sign-in/email", "", &body.to_string()).cookies()
    }

    /// Asks for a link of this kind and returns its token.
    fn mailed(&self, kind: &str, cookie: &str) -> String {
        let before = self.mailbox_size();
        let (path, body) = match kind {
            "delete-account" => ("/delete-user", "{}"),
            _ => ("/request-password-reset", r#"{"email":"ada@example.com"}"#),
        };
        assert_eq!(self.service.post(path, cookie, body).status, 200);
        self.mailbox.mails(before + 1);
        self.mailbox.token(kind)
    }

    fn mailbox_size(&self) -> usize {
        self.mailbox.mails(0).len()
    }

    fn reset(&self, token: &str) -> u16 {
        let body = json!({ "token": token, "newPassword": "correct horse battery" });
        self.service.post("/reset-password", "", &body.to_string()).status
    }
}

#[test]
fn a_session_is_listed_and_ended_by_the_instant_that_its_expiry_says() {
    for data_type in ["text", "varchar(40)"] {
        let texts = Texts::new(data_type);
        texts.service.user("ada@example.com");
        for form in FORMS {
            texts.database.query("delete from session");
            texts.sign_in();
            texts.set("session.expiresAt", form, -2);
            let own = texts.sign_in();
            assert_eq!(texts.listed(&own), 1, "{data_type} {form}");
            texts.set("session.expiresAt", form, 2);
            assert_eq!(texts.listed(&own), 2, "{data_type} {form}");
            assert_eq!(texts.service.post("/revoke-other-sessions", &own, "{}").status, 200);
            assert_eq!(texts.database.value("select count(*) from session"), "1", "{data_type} {form}");
            // The session that began to link an account goes on.
            let body = json!({ "provider": "google", "callbackURL": "/in", "errorCallbackURL": "/no" });
            let begun = flows::begin(&texts.service.url, "/link-social", &body, &own);
            let back =
                flows::back(&texts.service.url, "google", &format!("code=ada&state={}", begun.state), &begun.cookie);
            assert_eq!(back.header("location"), Some("/in"), "{data_type} {form}");
        }
    }
}

#[test]
fn no_session_outlives_the_end_of_all_others_by_the_form_of_its_expiry() {
    let texts = Texts::new("text");
    texts.service.user("ada@example.com");
    for form in ["T00:00:00+23:59", "T00:00:00Z[UTC]", "T00:00:00,5Z", "T00Z", "T00:00:60Z", "\t", "infinity"] {
        texts.database.query("delete from session");
        let thief = texts.sign_in();
        let expiry = if form == "infinity" { form.to_owned() } else { format!("2999-01-01{form}") };
        texts.database.query(&format!("update session set \"expiresAt\" = '{expiry}'"));
        let own = texts.sign_in();
        assert_eq!(texts.service.post("/revoke-other-sessions", &own, "{}").status, 200);
        assert_eq!(texts.service.get("/get-session", &thief).text(), "null", "{expiry}");
    }
}

#[test]
fn a_mailed_secret_works_until_the_instant_that_its_expiry_says() {
    let texts = Texts::new("text");
    for form in FORMS {
        texts.service.user("ada@example.com");
        let token = texts.mailed("reset-password", "");
        texts.set("verification.expiresAt", form, -2);
        assert_eq!(texts.reset(&token), 400, "{form}");
        texts.set("verification.expiresAt", form, 2);
        assert_eq!(texts.reset(&token), 200, "{form}");
        // A reset ends the sessions of an unconfirmed address.
        let own = texts.sign_in();
        let token = texts.mailed("delete-account", &own);
        let delete = || texts.service.post("/delete-user", &own, &json!({ "token": token }).to_string()).status;
        texts.set("verification.expiresAt", form, 2);
        assert_eq!(delete(), 200, "{form}");
        assert_eq!(texts.database.value("select count(*) from \"user\""), "0", "{form}");
    }
}

#[test]
fn a_reset_link_outlives_no_reset_whose_instant_another_server_wrote_in_its_own_way() {
    let texts = Texts::new("text");
    texts.service.user("ada@example.com");
    for form in FORMS {
        let token = texts.mailed("reset-password", "");
        texts.set("account.updatedAt", form, 2);
        assert_eq!(texts.reset(&token), 400, "{form}");
        let token = texts.mailed("reset-password", "");
        texts.set("account.updatedAt", form, -2);
        assert_eq!(texts.reset(&token), 200, "{form}");
    }
}

#[test]
fn what_is_cleaned_up_is_what_is_over_and_a_text_that_is_no_time_harms_nobody() {
    let texts = Texts::new("text");
    let own = texts.service.user("ada@example.com");
    let insert = |name: &str, until: &str| {
        texts.database.change(&format!(
            "insert into {{verification}} ({{verification.new}}{{verification.identifier}}, {{verification.value}},
                {{verification.expiresAt}}, {{verification.createdAt}}, {{verification.updatedAt}})
            values ({{new '{name}'}}'{name}', 'x', {until}, '', '')"
        ));
    };
    for (number, form) in FORMS.iter().enumerate() {
        insert(&format!("over{number}"), &said(form, -2));
        insert(&format!("works{number}"), &said(form, 2));
    }
    for text in ["'soon'", "'2026-02-31T00:00:00Z'", "'0000-00-00'", "''", "null"] {
        texts.database.change("alter table {verification} alter {verification.expiresAt} drop not null");
        insert("odd", text);
        texts.database.query("update verification set identifier = 'other' where identifier = 'odd'");
        texts.mailed("reset-password", "");
        texts.database.query("delete from verification where identifier = 'other'");
    }
    let left = r#"select string_agg(identifier, ' ' order by identifier) from verification where value = 'x'"#;
    assert_eq!(texts.database.value(left), "works0 works1 works2 works3 works4");
    texts.set("session.expiresAt", "'2026-02-31T00:00:00Z' || left($at::text, 0)", 0);
    assert_eq!(texts.service.get("/get-session", &own).text(), "null");
}

#[test]
fn a_signing_key_whose_expiry_is_a_text_is_over_at_its_instant() {
    let texts = Texts::new("text");
    let own = texts.service.user("ada@example.com");
    let token = || texts.service.get("/token", &own).status;
    assert_eq!(token(), 200);
    texts.set("jwks.expiresAt", FORMS[1], -2);
    let service = flows::service(TOML, &[("DATABASE_URL", &texts.database.url)], &texts.provider);
    assert_eq!(service.get("/token", &own).status, 200);
    assert_eq!(texts.database.value("select count(*) from jwks"), "2");
}

#[test]
fn an_index_on_times_is_used_as_before() {
    let database = Database::new();
    let sql = "create index soon on {verification} ({verification.expiresAt}); set enable_seqscan = off;
        explain select 1 from {verification} where {time verification.expiresAt} < '2026-01-01T00:00:00.000+00:00'";
    let plan = execute(&database.direct, &schema::filled(sql));
    let plan: Vec<_> = plan.into_iter().flatten().flatten().collect();
    assert!(plan.iter().any(|line| line.contains("Index Cond")), "{plan:?}");
}
