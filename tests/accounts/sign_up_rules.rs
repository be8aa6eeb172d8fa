//! `[sign_up]`: rules for new users, which hold in every way in which a user is created.

use gatepost_cli::edge;
use gatepost_core::{
    Config,
    config::{Ids, Source},
};
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    crowd::at_once,
    examined::{migrated, variables},
    flows,
    http::{self, Answer},
    mailbox::Mailbox,
    postgres::Database,
    provider::Provider,
    redis::Redis,
    schema,
    secondary_storage::database,
    service::{Service, log_lines},
    wire::Wire,
};

const ONLY_EXAMPLE: &str =
    "[email_and_password]\nenabled = true\n[sign_up]\nenabled = true\nallow_domains = [\"example.com\"]\n";
const ROLE: &str = "[user.additional_fields]\nrole = { type = \"string\", required = false, input = false, default_value = \
                    \"member\" }\n";

struct Deployment {
    service: Service,
    database: Database,
    mailbox: Mailbox,
    provider: Provider,
}

impl Deployment {
    fn new(toml: &str) -> Self {
        Self::with(toml, &[])
    }

    fn with(toml: &str, more: &[(&str, &str)]) -> Self {
        let database = database(toml);
        Self::on(database, toml, more)
    }

    /// On a database that another deployment has used.
    fn on(database: Database, toml: &str, more: &[(&str, &str)]) -> Self {
        let (mailbox, provider) = (Mailbox::new(), Provider::new());
        let email_url = mailbox.url();
        let own = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &email_url), ("VERCEL_ENV", "development")];
        let service = flows::service(toml, &[&own, more].concat(), &provider);
        Self { service, database, mailbox, provider }
    }

    fn up(&self, email: &str) -> Answer {
        let body = json!({ "name": "Ada", "email": email, "password": "correct horse battery" });
        self.service.post("/sign-up/email", "", &body.to_string())
    }

    /// Signs in with a provider that says who `code` is.
    fn come(&self, provider: &str, code: &str) -> Answer {
        let body = json!({ "provider": provider, "callbackURL": "/in", "errorCallbackURL": "/no" });
        let begun = flows::begin(&self.service.url, "/sign-in/social", &body, "");
        flows::back(&self.service.url, provider, &format!("code={code}&state={}", begun.state), &begun.cookie)
    }

    fn users(&self) -> String {
        self.database.value(r#"select coalesce(string_agg(email, ' ' order by email), '') from "user""#)
    }
}

fn told(answer: &Answer) -> (u16, String, Option<String>) {
    let reason = answer.header("x-gatepost-reason").map(str::to_owned);
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned(), reason)
}

fn not_allowed() -> (u16, String, Option<String>) {
    (403, "EMAIL_DOMAIN_NOT_ALLOWED".to_owned(), Some("domain_not_allowed".to_owned()))
}

#[test]
fn a_domain_holds_for_every_way_in_which_a_user_is_created() {
    let deployment = Deployment::new(&format!("{ONLY_EXAMPLE}[username]\nenabled = true\n"));
    for email in ["eve@evil.example", "eve@EVIL.example", "eve@example.com.evil.example", "eve@sub.example.com"] {
        assert_eq!(told(&deployment.up(email)), not_allowed(), "{email}");
    }
    let with_name =
        json!({ "name": "Eve", "email": "eve@evil.example", "password": "correct horse battery", "username": "eve" });
    assert_eq!(told(&deployment.service.post("/sign-up/email", "", &with_name.to_string())), not_allowed());
    for provider in ["github", "google"] {
        let answer = deployment.come(provider, &format!("eve-{provider}~eve@evil.example"));
        let to = "/no?error=EMAIL_DOMAIN_NOT_ALLOWED&error_description=This+email+address+cannot+be+used+here";
        assert_eq!((answer.status, answer.header("location")), (302, Some(to)), "{provider}");
        assert_eq!(answer.header("x-gatepost-reason"), Some("domain_not_allowed"));
        assert!(!answer.cookies().contains("session_token"));
    }
    assert_eq!(
        (deployment.users().as_str(), deployment.database.value("select count(*) from account")),
        ("", "0".to_owned())
    );
    let now = edge::now().as_second();
    let claims = json!({
        "iss": "https://accounts.google.com", "aud": "google-client", "sub": "77", "email": "eve@evil.example",
        "email_verified": true, "iat": now, "exp": now + 3_600,
    });
    let mint = format!("{}/mint", deployment.provider.url);
    let minted = http::send("POST", &mint, &[], json!({ "claims": claims }).to_string().as_bytes()).json();
    let body = json!({ "provider": "google", "idToken": { "token": minted["token"] } }).to_string();
    assert_eq!(told(&deployment.service.post("/sign-in/social", "", &body)), not_allowed());
    assert_eq!(deployment.users(), "");
    assert_eq!(deployment.up("Ada@Example.com").status, 200);
    assert_eq!(deployment.come("github", "bob~bob@example.com").header("location"), Some("/in"));
    assert_eq!(deployment.users(), "ada@example.com bob@example.com");
}

#[test]
fn a_domain_holds_without_a_database_too() {
    let provider = Provider::new();
    let toml = "[sign_up]\nenabled = true\nblock_domains = [\"evil.example\"]\n";
    let service = flows::service(toml, &[("VERCEL_ENV", "development")], &provider);
    let come = |code: &str| {
        let body = json!({ "provider": "github", "callbackURL": "/in", "errorCallbackURL": "/no" });
        let begun = flows::begin(&service.url, "/sign-in/social", &body, "");
        flows::back(&service.url, "github", &format!("code={code}&state={}", begun.state), &begun.cookie)
    };
    assert_eq!(come("eve~eve@mail.evil.example").header("x-gatepost-reason"), Some("domain_not_allowed"));
    assert_eq!(come("ada~ada@example.com").header("location"), Some("/in"));
}

#[test]
fn an_existing_user_signs_in_although_the_address_may_not_sign_up_any_more() {
    let before = Deployment::new("[email_and_password]\nenabled = true\n");
    assert_eq!(before.up("ada@old.example").status, 200);
    assert_eq!(before.come("github", "bob~bob@old.example").header("location"), Some("/in"));
    let Deployment { database, .. } = before;
    let deployment = Deployment::on(database, ONLY_EXAMPLE, &[]);
    let body = r#"{"email":"ada@old.example","password":"correct horse battery"}"#;
    assert_eq!(deployment.service.post("/sign-in/email", "", body).status, 200);
    assert_eq!(deployment.come("github", "bob~bob@old.example").header("location"), Some("/in"));
}

#[test]
fn the_answer_does_not_tell_which_refused_addresses_are_taken() {
    let before = Deployment::new("[email_and_password]\nenabled = true\n");
    assert_eq!(before.up("ada@old.example").status, 200);
    let Deployment { database, .. } = before;
    for more in ["", "require_email_verification = true\n"] {
        let toml = ONLY_EXAMPLE.replace("enabled = true\n[sign_up]", &format!("enabled = true\n{more}[sign_up]"));
        let wire = Wire::new(&database.url);
        let service = Service::with(&toml, &[("DATABASE_URL", wire.url.as_str()), ("VERCEL_ENV", "development")]);
        for email in ["ada@old.example", "free@old.example"] {
            let body = json!({ "name": "Ada", "email": email, "password": "correct horse battery" });
            assert_eq!(told(&service.post("/sign-up/email", "", &body.to_string())), not_allowed(), "{email}");
        }
        assert_eq!(wire.statements().len(), 0);
    }
}

#[test]
fn a_changed_address_must_be_one_that_may_sign_up() {
    let toml = format!("{ONLY_EXAMPLE}[user.change_email]\nenabled = true\nupdate_email_without_verification = true\n");
    let deployment = Deployment::new(&toml);
    let cookie = deployment.up("ada@example.com").cookies();
    let change =
        |service: &Service, to: &str| service.post("/change-email", &cookie, &json!({ "newEmail": to }).to_string());
    assert_eq!(told(&change(&deployment.service, "ada@evil.example")), not_allowed());
    assert_eq!(deployment.users(), "ada@example.com");
    // Also once the address is confirmed, and the change takes a link.
    deployment.database.query(r#"update "user" set "emailVerified" = true"#);
    assert_eq!(told(&change(&deployment.service, "ada@evil.example")), not_allowed());
    assert_eq!(change(&deployment.service, "new@example.com").status, 200);
    let token = deployment.mailbox.token("verify-email");
    // The rules become stricter before the link is followed.
    let Deployment { database, .. } = deployment;
    let stricter = toml.replace("\"example.com\"", "\"other.example\"");
    let deployment = Deployment::on(database, &stricter, &[]);
    let answer = deployment.service.get(&format!("/verify-email?token={token}"), &cookie);
    assert_eq!(told(&answer), not_allowed());
    let answer = deployment.service.get(&format!("/verify-email?token={token}&callbackURL=/done"), &cookie);
    assert!(answer.header("location").unwrap().starts_with("/done?error=EMAIL_DOMAIN_NOT_ALLOWED"), "{answer:?}");
    assert_eq!(deployment.users(), "ada@example.com");
    let deployment = Deployment::on(deployment.database, &toml, &[]);
    assert_eq!(deployment.service.get(&format!("/verify-email?token={token}"), &cookie).status, 200);
    assert_eq!(deployment.users(), "new@example.com");
}

#[test]
fn a_provider_does_not_give_a_user_an_address_that_may_not_sign_up() {
    let toml = format!("{ONLY_EXAMPLE}[social.google]\noverride_user_info_on_sign_in = true\n");
    let deployment = Deployment::new(&toml);
    assert_eq!(deployment.come("google", "ada").header("location"), Some("/in"));
    let refused = deployment.come("google", "ada~ada@evil.example");
    assert!(refused.header("location").unwrap().starts_with("/no?error=EMAIL_DOMAIN_NOT_ALLOWED"), "{refused:?}");
    assert_eq!(deployment.come("google", "ada~new@example.com").header("location"), Some("/in"));
    assert_eq!(deployment.users(), "new@example.com");
}

#[test]
fn an_invitation_admits_one_address_until_it_expires() {
    let toml = "[email_and_password]\nenabled = true\n[sign_up]\nenabled = true\ninvitation_only = true\nallow_list = \
                [\"root@example.com\"]\nmessage = \"Ask us for an invitation\"\n";
    let deployment = Deployment::new(toml);
    let refused = || (403, "SIGN_UP_BY_INVITATION_ONLY".to_owned(), Some("not_invited".to_owned()));
    let answer = deployment.up("ada@example.com");
    assert_eq!((told(&answer), answer.json()["message"].as_str()), (refused(), Some("Ask us for an invitation")));
    let invite = |email: &str, expires: &str| invite(&deployment.database, email, expires);
    invite("Ada@example.com", "null");
    invite("late@example.com", "now() - interval '1 minute'");
    invite("bob@example.com", "now() + interval '1 hour'");
    assert_eq!(told(&deployment.up("late@example.com")), refused());
    let callback = deployment.come("github", "eve~eve@example.com");
    assert_eq!(callback.header("x-gatepost-reason"), Some("not_invited"));
    assert_eq!(deployment.up("ada@example.com").status, 200);
    assert_eq!(deployment.come("github", "bob~bob@example.com").header("location"), Some("/in"));
    assert_eq!(deployment.up("root@example.com").status, 200);
    assert_eq!(deployment.users(), "ada@example.com bob@example.com root@example.com");
}

/// Adds an invitation that expires at an instant of SQL.
pub(super) fn invite(database: &Database, email: &str, expires: &str) {
    let (id, value) = match schema::of("").ids {
        Ids::Here(_) => ("id, ", "gen_random_uuid()::text, "),
        // The database makes identifiers.
        Ids::Uuid | Ids::Serial | Ids::Database => ("", ""),
    };
    database.query(&format!(
        r#"insert into "signUpInvitation" ({id}email, "expiresAt") values ({value}'{email}', {expires})"#
    ));
}

fn first(toml: &str) -> String {
    format!(
        "[email_and_password]\nenabled = true\n{ROLE}[sign_up]\nenabled = true\nfirst_user_role = \"admin\"\n{toml}"
    )
}

#[test]
fn the_first_user_gets_a_role_and_no_other_does() {
    let deployment = Deployment::new(&first(""));
    let role =
        |answer: &Answer| deployment.service.get("/get-session", &answer.cookies()).json()["user"]["role"].clone();
    let ada = deployment.up("ada@example.com");
    assert_eq!((&ada.json()["user"]["role"], role(&ada)), (&Value::from("admin"), "admin".into()));
    assert_eq!(role(&deployment.up("bob@example.com")), "member");
    assert_eq!(role(&deployment.come("github", "eve~eve@example.com")), "member");
    deployment.database.query(r#"delete from "user""#);
    assert_eq!(role(&deployment.come("google", "eve~eve@example.com")), "admin");
    assert_eq!(role(&deployment.come("github", "gil~gil@example.com")), "member");
}

#[test]
fn of_several_first_sign_ups_at_once_one_gets_the_role() {
    for round in 0..4 {
        let deployment = Deployment::new(&first(""));
        let statuses = at_once(6, |at| match at % 2 {
            0 => deployment.up(&format!("p{at}@example.com")).status,
            _ => deployment.come("github", &format!("p{at}~p{at}@example.com")).status,
        });
        assert_eq!(statuses, [200, 302, 200, 302, 200, 302], "{round}");
        let roles = deployment.database.query(r#"select role, count(*) from "user" group by role order by role"#);
        let row = |role: &str, count: &str| vec![Some(role.to_owned()), Some(count.to_owned())];
        assert_eq!(roles, [row("admin", "1"), row("member", "5")], "{round}");
    }
}

#[test]
fn the_first_user_in_a_secondary_storage_has_the_role_too() {
    let Some(redis) = Redis::start() else { return };
    let deployment = Deployment::with(&first("[secondary_storage]\nenabled = true\n"), &[("REDIS_URL", &redis.url())]);
    let cookie = deployment.up("ada@example.com").cookies();
    assert_eq!(deployment.service.get("/get-session", &cookie).json()["user"]["role"], "admin");
}

#[test]
fn a_refused_first_sign_up_leaves_nothing_and_the_next_one_is_the_first() {
    let deployment = Deployment::new(&first("allow_domains = [\"example.com\"]\n"));
    assert_eq!(told(&deployment.up("eve@evil.example")), not_allowed());
    deployment.database.change("alter table {user} add constraint kept check ({user.name} <> 'Ada') not valid");
    assert_eq!(deployment.up("ada@example.com").status, 422);
    assert_eq!(
        (deployment.users().as_str(), deployment.database.value("select count(*) from session")),
        ("", "0".to_owned())
    );
    deployment.database.change("alter table {user} drop constraint kept");
    assert_eq!(deployment.up("ada@example.com").json()["user"]["role"], "admin");
}

#[test]
fn rules_that_protect_nothing_are_refused_at_start() {
    let problems = |toml: &str| {
        let all = variables(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")]);
        let loaded = Config::load(&all, Some(Source { name: "gatepost.toml", text: toml }));
        loaded.err().map(|found| found.to_string()).unwrap_or_default()
    };
    for (toml, expected) in [
        ("[sign_up]\nallow_domains = [\"example.com\"]\n", "no effect while `sign_up.enabled` is off"),
        ("[sign_up]\ninvitation_only = true\n", "no effect while `sign_up.enabled` is off"),
        ("[sign_up]\nenabled = true\nallow_domains = [\"@example.com\"]\n", "is not a domain"),
        ("[sign_up]\nenabled = true\nallow_domains = [\"*.com\"]\n", "is not a domain"),
        ("[sign_up]\nenabled = true\nblock_domains = [\"*.example.com\"]\n", "is not a domain"),
        ("[sign_up]\nenabled = true\nallow_list = [\"example.com\"]\n", "is not an address"),
        ("[sign_up]\nenabled = true\nfirst_user_role = \"admin\"\n", "users have no column `role`"),
        (
            "[sign_up]\nenabled = true\nfirst_user_role = \"admin\"\n[user.additional_fields]\nrole = { required = false }\n",
            "clients could choose their role",
        ),
    ] {
        let found = problems(toml);
        assert!(found.contains(expected), "{toml}: {found}");
    }
    assert_eq!(problems(&first("")), "");
}

#[test]
fn the_table_of_invitations_is_migrated_and_doctor_asks_for_it() {
    let toml = "[email_and_password]\nenabled = true\n[sign_up]\nenabled = true\ninvitation_only = true\n";
    let (database, report) = migrated(toml, "signUpInvitation");
    assert!(report.to_string().contains("signUpInvitation was written, read, changed and deleted"), "{report}");
    assert_eq!(database.query(r#"select email from "signUpInvitation""#).len(), 0);
}

#[test]
fn the_log_says_why_and_has_no_address() {
    let deployment = Deployment::new(ONLY_EXAMPLE);
    deployment.up("a.person@somewhere-else.example");
    let lines = log_lines();
    assert!(lines.iter().any(|line| line.contains("sign_up.email") && line.contains("domain_not_allowed")));
    assert!(lines.iter().all(|line| !line.contains("somewhere-else")), "an address is in the log");
}
