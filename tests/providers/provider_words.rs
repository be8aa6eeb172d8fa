//! The fields of a known user that a provider's answer changes, and those that it does not.

use std::thread;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use crate::support::{
    flows::{self, Flows},
    http::{self, Answer},
    postgres::Database,
    provider::Provider,
    service::{DEFAULT, Service},
    wire::{Fault, Wire},
};

const USER: &str = r#"select email, "emailVerified" from "user" order by "createdAt""#;

#[track_caller]
fn assert_sent(answer: &Answer, to: &str) {
    assert_eq!((answer.status, answer.header("location")), (302, Some(to)), "{}", answer.text());
    let opened = answer.cookies().contains("session_token");
    assert_eq!(opened, to == "/in", "{:?}", answer.set_cookies());
}

/// A flow from its beginning to its end.
fn come(service: &Service, provider: &str, code: &str) -> Answer {
    let body = json!({ "provider": provider, "callbackURL": "/in", "errorCallbackURL": "/no" });
    let begun = flows::begin(&service.url, "/sign-in/social", &body, "");
    flows::back(&service.url, provider, &format!("code={code}&state={}", begun.state), &begun.cookie)
}

#[test]
fn an_address_that_a_user_changes_to_while_a_provider_confirms_the_former_one_is_not_confirmed() {
    let toml = format!("{DEFAULT}[user.change_email]\nenabled = true\nupdate_email_without_verification = true\n");
    let (database, provider) = (Database::new(), Provider::new());
    let wire = Wire::new(&database.url);
    let slow = flows::service(&toml, &[("DATABASE_URL", &wire.url)], &provider);
    let service = flows::service(&toml, &[("DATABASE_URL", &database.url)], &provider);
    let attacker = come(&service, "google", "eve~unverified");
    assert_sent(&attacker, "/in");
    // The provider's word has been weighed, for the address that the user has. Before it is written down, there is another.
    wire.set(Fault::HoldBack("made as ("));
    thread::scope(|scope| {
        let arriving = scope.spawn(|| come(&slow, "google", "eve"));
        wire.await_statement("made as (");
        let victim = r#"{"newEmail":"victim@example.com"}"#;
        assert_eq!(service.post("/change-email", &attacker.cookies(), victim).status, 200);
        wire.set(Fault::None);
        assert_sent(&arriving.join().unwrap(), "/in");
    });
    let is = |verified: &str| vec![vec![Some("victim@example.com".to_owned()), Some(verified.to_owned())]];
    assert_eq!(database.query(USER), is("f"));
    // So the owner of the address does not come in as the attacker's user.
    assert_sent(&come(&service, "github", "victim"), "/no?error=account_not_linked");
    assert_eq!(database.value("select count(*) from account"), "1");
}

#[test]
fn takeover_by_an_address_that_changes_while_its_owner_is_linked_by_it() {
    let toml = format!(
        "{DEFAULT}[user.change_email]\nenabled = true\nupdate_email_without_verification = true\n\
        [account.account_linking]\nrequire_local_email_verified = false\n"
    );
    let (database, provider) = (Database::new(), Provider::new());
    let wire = Wire::new(&database.url);
    let slow = flows::service(&toml, &[("DATABASE_URL", &wire.url)], &provider);
    let service = flows::service(&toml, &[("DATABASE_URL", &database.url)], &provider);
    let stranger = come(&service, "google", "eve~unverified~ada@example.com");
    assert_sent(&stranger, "/in");
    // The owner is to be linked to the user who has the address. Before the stranger's ways in are removed, that is another user's.
    wire.set(Fault::HoldBack("removed as"));
    thread::scope(|scope| {
        let arriving = scope.spawn(|| come(&slow, "github", "ada"));
        wire.await_statement("removed as");
        let body = r#"{"newEmail":"eve@example.com"}"#;
        assert_eq!(service.post("/change-email", &stranger.cookies(), body).status, 200);
        wire.set(Fault::None);
        assert_sent(&arriving.join().unwrap(), "/no?error=account_not_linked");
    });
    let linked = r#"select count(*) from account where "providerId" = 'github'"#;
    assert_eq!(database.value(linked), "0");
    // The next time the owner is a user of their own.
    assert_sent(&come(&service, "github", "ada"), "/in");
    let own = r#"select u.email from "user" u, account a where a."userId" = u.id and a."providerId" = 'github'"#;
    assert_eq!(database.value(own), "ada@example.com");
}

#[test]
fn a_providers_word_on_an_address_counts_at_once() {
    let strict = format!("{DEFAULT}[social.google]\nrequire_email_verification = true\n");
    let flows = Flows::new(&strict);
    assert_sent(&flows.come("google", "eve~unverified"), "/no?error=email_not_verified");
    let confirmed = flows.come("google", "eve");
    assert_sent(&confirmed, "/in");
    let session = flows.service.get("/get-session", &confirmed.cookies()).json();
    assert_eq!(session["user"]["emailVerified"], true);

    // The same of an ID token: in the answer, and in the session in the cookie.
    let flows = Flows::new(&format!("{DEFAULT}[session.cookie_cache]\nenabled = true\n"));
    assert_sent(&flows.come("google", "eve~unverified"), "/in");
    let subject = flows.database.value(r#"select "accountId" from account"#);
    let now = gatepost_cli::edge::now().as_second();
    let claims = json!({
        "iss": "https://accounts.google.com", "aud": "google-client", "sub": subject,
        "email": "eve@example.com", "email_verified": true, "iat": now, "exp": now + 3_600,
    });
    let mint = format!("{}/mint", flows.provider.url);
    let minted = http::send("POST", &mint, &[], json!({ "claims": claims }).to_string().as_bytes()).json();
    let body = json!({ "provider": "google", "idToken": { "token": minted["token"] } });
    let answer = flows.service.post("/sign-in/social", "", &body.to_string());
    assert_eq!((answer.status, &answer.json()["user"]["emailVerified"]), (200, &json!(true)));
    flows.database.query(r#"update "user" set "emailVerified" = false"#);
    let cached = flows.service.get("/get-session", &answer.cookies()).json();
    assert_eq!(cached["user"]["emailVerified"], true);
}

#[test]
fn a_profile_whose_address_is_another_users_changes_nothing() {
    let flows = Flows::new(&format!("{DEFAULT}[social.google]\noverride_user_info_on_sign_in = true\n"));
    flows.service.user("ada@example.com");
    assert_sent(&flows.come("google", "eve"), "/in");
    let rows =
        || [USER, r#"select "accessToken", "updatedAt"::text from account"#].map(|sql| flows.database.query(sql));
    let before = rows();
    assert_sent(&flows.come("google", "eve~ada@example.com"), "/no?error=unable_to_create_session");
    assert_eq!(rows(), before);
}

#[test]
fn a_code_that_slack_refuses_is_one() {
    let clients = [("SLACK_CLIENT_ID", "slack-client"), ("SLACK_CLIENT_SECRET", "slack-secret")];
    let (database, provider) = (Database::new(), Provider::new());
    let mut variables = vec![("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development")];
    variables.extend(clients);
    let service = flows::service(DEFAULT, &variables, &provider);
    let refused = come(&service, "slack", "x~denied");
    assert_sent(&refused, "/no?error=invalid_code");
    assert_eq!(refused.header("x-gatepost-reason"), Some("code_refused"));
}

#[test]
fn a_provider_that_must_name_its_keys_signs_nobody_in_without_them_and_sees_its_headers() {
    let described = |host: &str| {
        format!(
            "{DEFAULT}[social.acme]\ndiscovery_url = \"https://{host}.example.com/.well-known/openid-configuration\"\n\
             disable_id_token_nonce_binding = true\nrequire_id_token_verification = true\ndiscovery_headers = {{ X-Extra = \"one\" }}\n"
        )
    };
    let (database, provider) = (Database::new(), Provider::new());
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("ACME_CLIENT_ID", "acme-client"),
        ("ACME_CLIENT_SECRET", "acme-secret"),
    ];
    let service = flows::service(&described("bare"), &variables, &provider);
    let body = json!({ "provider": "acme", "callbackURL": "/in" }).to_string();
    let refused = service.post("/sign-in/social", "", &body);
    assert_eq!((refused.status, &refused.json()["code"]), (503, &json!("PROVIDER_UNAVAILABLE")));
    let service = flows::service(&described("acme"), &variables, &provider);
    assert_sent(&come(&service, "acme", "ada"), "/in");
    for place in ["bare.example.com/.well-known/openid-configuration", "acme.example.com/keys"] {
        let asked = http::send("GET", &format!("{}/asked?code={place}", provider.url), &[], b"").json();
        assert_eq!(asked[0]["extra"], "one", "{asked}");
    }
}

#[test]
fn two_people_whose_numbers_a_reader_rounds_to_one_are_not_one_user() {
    let (database, provider) = (Database::new(), Provider::new());
    let service = flows::service(DEFAULT, &[("DATABASE_URL", &database.url)], &provider);
    for (name, id) in [("ada", "9007199254740992"), ("eve", "9007199254740993"), ("max", "1e21")] {
        let said = URL_SAFE_NO_PAD.encode(json!({ "profile": { "id": format!("raw:{id}") } }).to_string());
        let answer = come(&service, "github", &format!("{name}~set:{said}"));
        assert!(answer.header("location").unwrap().starts_with("/no?error="), "{id}: {:?}", answer.header("location"));
    }
    assert_eq!(database.value("select count(*) from \"user\""), "0");
    let said = URL_SAFE_NO_PAD.encode(json!({ "profile": { "id": "raw:9007199254740991" } }).to_string());
    assert_sent(&come(&service, "github", &format!("max~set:{said}")), "/in");
}
