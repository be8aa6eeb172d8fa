//! `sign_up.create_organization`: each new user gets an organization, in the statement that writes the user, in every way in which a
//! user is created.

use gatepost_cli::edge;
use gatepost_core::{Config, config::Source};
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    crowd::at_once,
    examined::variables,
    flows,
    http::{self, Answer},
    mailbox::Mailbox,
    postgres::Database,
    provider::Provider,
    redis::Redis,
    secondary_storage::database,
    service::Service,
};

const FOUNDING: &str = "[organization]\nenabled = true\n[sign_up]\nenabled = true\ncreate_organization = true\n";
const WAYS: &str = "[magic_link]\nenabled = true\n[email_otp]\nenabled = true\n[phone_number]\nenabled = true\n\
    [phone_number.sign_up_on_verification]\nenabled = true\ntemp_email = \"{digits}@phone.example.com\"\n\
    [anonymous]\nenabled = true\n[admin]\nenabled = true\n";

struct Founded {
    database: Database,
    mailbox: Mailbox,
    texts: Mailbox,
    provider: Provider,
    service: Service,
}

impl Founded {
    fn new(passwords: &str, more: &str, variables: &[(&str, &str)]) -> Self {
        let toml = format!("[email_and_password]\nenabled = true\n{passwords}{FOUNDING}{more}");
        let (database, mailbox, texts, provider) = (database(&toml), Mailbox::new(), Mailbox::new(), Provider::new());
        let (email_url, sms_url) = (mailbox.url(), texts.url());
        let own = [
            ("DATABASE_URL", database.url.as_str()),
            ("EMAIL_URL", &email_url),
            ("SMS_URL", &sms_url),
            ("VERCEL_ENV", "development"),
        ];
        let service = flows::service(&toml, &[&own, variables].concat(), &provider);
        Self { database, mailbox, texts, provider, service }
    }

    fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        self.service.post(path, cookie, &body.to_string())
    }

    fn up(&self, name: &str, email: &str) -> Answer {
        self.post("/sign-up/email", "", &json!({ "name": name, "email": email, "password": "correct horse battery" }))
    }

    fn come(&self, code: &str) -> Answer {
        let body = json!({ "provider": "github", "callbackURL": "/in", "errorCallbackURL": "/no" });
        let begun = flows::begin(&self.service.url, "/sign-in/social", &body, "");
        flows::back(&self.service.url, "github", &format!("code={code}&state={}", begun.state), &begun.cookie)
    }

    /// The organization of the user with these cookies, as the client reads it: active, the only one, and the user's own.
    #[track_caller]
    fn own(&self, cookies: &str) -> Value {
        let read = |path: &str| self.service.get(path, cookies).json();
        let session = read("/get-session");
        let full = read("/organization/get-full-organization");
        assert_eq!(session["session"]["activeOrganizationId"], full["id"], "{session} {full}");
        assert!(full["id"].is_string(), "{full}");
        let all = read("/organization/list");
        assert_eq!((all.as_array().map(Vec::len), &all[0]["id"]), (Some(1), &full["id"]), "{all}");
        assert_eq!(full["members"].as_array().map(Vec::len), Some(1));
        assert_eq!(full["members"][0]["role"], "owner");
        assert_eq!(full["members"][0]["userId"], session["user"]["id"]);
        assert_eq!(read("/organization/get-active-member")["role"], "owner");
        full
    }

    fn count(&self, table: &str) -> String {
        self.database.value(&format!("select count(*)::text from \"{table}\""))
    }
}

/// Whether a slug is `begin` with eight letters behind it.
fn is_slug(slug: &Value, begin: &str) -> bool {
    let end = slug.as_str().and_then(|slug| slug.strip_prefix(begin));
    end.is_some_and(|end| end.len() == 8 && end.bytes().all(|byte| byte.is_ascii_lowercase()))
}

#[test]
fn a_user_of_every_way_gets_an_organization_that_is_active_in_the_first_session() {
    let founded = Founded::new("", WAYS, &[]);
    let by_password = founded.up("Ada Lovelace", "ada@example.com");
    let own = founded.own(&by_password.cookies());
    assert_eq!(own["name"], "Ada Lovelace's organization");
    assert!(is_slug(&own["slug"], "ada-lovelace-"), "{own}");
    founded.own(&founded.come("bob~bob@example.com").cookies());
    let now = edge::now().as_second();
    let claims = json!({
        "iss": "https://accounts.google.com", "aud": "google-client", "sub": "77", "email": "eve@example.com",
        "name": "Eve", "email_verified": true, "iat": now, "exp": now + 3_600,
    });
    let mint = format!("{}/mint", founded.provider.url);
    let minted = http::send("POST", &mint, &[], json!({ "claims": claims }).to_string().as_bytes()).json();
    let body = json!({ "provider": "google", "idToken": { "token": minted["token"] } });
    founded.own(&founded.post("/sign-in/social", "", &body).cookies());
    founded.post("/sign-in/magic-link", "", &json!({ "email": "link@example.com" }));
    let token = founded.mailbox.token("magic-link");
    let own = founded.own(&founded.service.get(&format!("/magic-link/verify?token={token}"), "").cookies());
    // Without a name, the part of the address before the `@` names the organization.
    assert_eq!(own["name"], "link's organization");
    assert!(is_slug(&own["slug"], "link-"), "{own}");
    let body = json!({ "email": "code@example.com", "type": "sign-in" });
    assert_eq!(founded.post("/email-otp/send-verification-otp", "", &body).status, 200);
    let mails = founded.mailbox.mails(2);
    let code = mails.iter().find(|mail| mail["to"] == "code@example.com").unwrap()["code"].clone();
    let body = json!({ "email": "code@example.com", "otp": code });
    founded.own(&founded.post("/sign-in/email-otp", "", &body).cookies());
    assert_eq!(founded.post("/phone-number/send-otp", "", &json!({ "phoneNumber": "+41790000001" })).status, 200);
    let code = founded.texts.mails(1)[0]["code"].clone();
    founded.own(
        &founded.post("/phone-number/verify", "", &json!({ "phoneNumber": "+41790000001", "code": code })).cookies(),
    );
    assert_eq!((founded.count("user"), founded.count("organization"), founded.count("member")), six());
}

fn six() -> (String, String, String) {
    ("6".to_owned(), "6".to_owned(), "6".to_owned())
}

#[test]
fn an_anonymous_user_gets_no_organization_and_the_user_who_replaces_it_does() {
    let founded = Founded::new("", WAYS, &[]);
    let answer = founded.post("/sign-in/anonymous", "", &json!({}));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let guest = answer.cookies();
    assert_eq!((founded.count("user"), founded.count("organization")), ("1".to_owned(), "0".to_owned()));
    assert!(founded.service.get("/get-session", &guest).json()["session"]["activeOrganizationId"].is_null());
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    let answer = founded.post("/sign-up/email", &guest, &body);
    founded.own(&answer.cookies());
    assert_eq!(founded.count("organization"), "1");
}

#[test]
fn users_whom_administrators_create_get_an_organization_with_and_without_a_password() {
    let founded = Founded::new("", WAYS, &[]);
    founded.up("Root", "root@example.com");
    founded.database.query(r#"update "user" set role = 'admin'"#);
    let sign_in = |email: &str| {
        founded.post("/sign-in/email", "", &json!({ "email": email, "password": "correct horse battery" })).cookies()
    };
    let root = sign_in("root@example.com");
    founded.own(&root);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" });
    assert_eq!(founded.post("/admin/create-user", &root, &body).status, 200);
    assert_eq!(founded.own(&sign_in("ada@example.com"))["name"], "Ada's organization");
    assert_eq!(
        founded.post("/admin/create-user", &root, &json!({ "name": "Bob", "email": "bob@example.com" })).status,
        200
    );
    assert_eq!(founded.count("organization"), "3");
}

#[test]
fn the_first_session_comes_later_where_the_address_must_be_confirmed() {
    for id in ["", "[advanced.database]\ngenerate_id = \"serial\"\n", "[advanced.database]\ngenerate_id = \"uuid\"\n"] {
        let founded = Founded::new("require_email_verification = true\nauto_sign_in = true\n", id, &[]);
        assert_eq!(founded.up("Ada", "ada@example.com").status, 200);
        assert_eq!((founded.count("session"), founded.count("organization")), ("0".to_owned(), "1".to_owned()), "{id}");
        // A taken address gets the same answer, and writes nothing.
        assert_eq!(founded.up("Ada", "ada@example.com").status, 200);
        assert_eq!(founded.count("organization"), "1");
        founded.database.change("update {user} set {user.emailVerified} = true");
        let body = json!({ "email": "ada@example.com", "password": "correct horse battery" });
        founded.own(&founded.post("/sign-in/email", "", &body).cookies());
    }
}

#[test]
fn identifiers_of_the_database_and_teams_and_a_secondary_storage_change_nothing() {
    let redis = Redis::start();
    let url = redis.as_ref().map(Redis::url).unwrap_or_default();
    let storage = [("REDIS_URL", url.as_str())];
    for (more, variables) in [
        ("[advanced.database]\ngenerate_id = \"serial\"\n", &[][..]),
        ("[advanced.database]\ngenerate_id = \"uuid\"\n[organization.teams]\nenabled = true\n", &[]),
        ("[organization.teams]\nenabled = true\n[secondary_storage]\nenabled = true\n", &storage),
        ("[secondary_storage]\nenabled = true\n[advanced.database]\ngenerate_id = \"serial\"\n", &storage),
    ] {
        if !variables.is_empty() && redis.is_none() {
            continue;
        }
        let founded = Founded::new("", more, variables);
        for cookies in [founded.up("Ada", "ada@example.com").cookies(), founded.come("bob~bob@example.com").cookies()] {
            let own = founded.own(&cookies);
            if more.contains("teams") {
                let session = founded.service.get("/get-session", &cookies).json();
                assert_eq!(session["session"]["activeTeamId"], own["teams"][0]["id"], "{more}");
                assert_eq!(own["teams"][0]["name"], own["name"]);
                let members = founded.service.get("/organization/list-team-members", &cookies).json();
                assert_eq!(members[0]["userId"], session["user"]["id"], "{members}");
            }
        }
    }
}

#[test]
fn an_organization_that_the_database_refuses_leaves_no_user() {
    let founded = Founded::new("", "", &[]);
    founded.database.query("alter table member add constraint no_owner check (role <> 'owner')");
    assert_eq!(founded.up("Ada", "ada@example.com").status, 422);
    assert_eq!(founded.come("bob~bob@example.com").header("location").map(|to| to.starts_with("/no?")), Some(true));
    for table in ["user", "account", "session", "organization", "member"] {
        assert_eq!(founded.count(table), "0", "{table}");
    }
}

#[test]
fn users_of_one_name_at_once_get_an_organization_each() {
    let founded = Founded::new("", "[rate_limit]\nenabled = false\n", &[]);
    let answers = at_once(12, |number| founded.up("Ada", &format!("ada{number}@example.com")).status);
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    assert_eq!(founded.database.value("select count(distinct slug)::text from organization"), "12");
}

#[test]
fn one_address_signed_up_at_once_gets_one_organization() {
    let founded = Founded::new("", "[rate_limit]\nenabled = false\n", &[]);
    let answers = at_once(12, |_| founded.up("Ada", "ada@example.com").status);
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert_eq!((founded.count("user"), founded.count("organization"), founded.count("member")), one());
}

fn one() -> (String, String, String) {
    ("1".to_owned(), "1".to_owned(), "1".to_owned())
}

#[test]
fn the_name_of_the_organization_is_configured_and_slugs_have_plain_letters() {
    let toml = "organization_name = \"Team {name}\"\n";
    let database_toml = format!("[email_and_password]\nenabled = true\n{FOUNDING}{toml}");
    let database = database(&database_toml);
    let service = Service::with(&database_toml, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    for (name, email, expected, slug) in [
        ("Ada", "ada@example.com", "Team Ada", "ada-"),
        ("  ", "bob@example.com", "Team bob", "bob-"),
        ("Zoë O'Brien; drop table", "zoe@example.com", "Team Zoë O'Brien; drop table", "zo-o-brien-drop-table-"),
        ("李雷", "li@example.com", "Team 李雷", ""),
    ] {
        let body = json!({ "name": name, "email": email, "password": "correct horse battery" });
        let cookies = service.post("/sign-up/email", "", &body.to_string()).cookies();
        let own = service.get("/organization/get-full-organization", &cookies).json();
        assert_eq!(own["name"], expected);
        assert!(is_slug(&own["slug"], slug), "{own}");
    }
}

#[test]
fn a_configuration_without_organizations_or_with_a_name_for_all_is_refused() {
    let problems = |toml: &str| {
        let all = variables(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://localhost/x")]);
        Config::load(&all, Some(Source { name: "gatepost.toml", text: toml })).unwrap_err().to_string()
    };
    let told = problems("[sign_up]\nenabled = true\ncreate_organization = true\n");
    assert!(told.contains("it needs organizations; set `organization.enabled`, or remove the key"), "{told}");
    let told = problems(&format!("{FOUNDING}organization_name = \"Home\"\n"));
    assert!(told.contains("must have `{name}` exactly once"), "{told}");
    let told = problems("[organization]\nenabled = true\n[sign_up]\ncreate_organization = true\n");
    assert!(told.contains("`sign_up.create_organization` has no effect while `sign_up.enabled` is off"), "{told}");
}
