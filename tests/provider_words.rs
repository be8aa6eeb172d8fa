//! What a provider's word changes of a user who is there, and what it does not.

use std::thread;

use serde_json::json;

use super::support::{
    flows,
    http::Answer,
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
    wire.set(Fault::HoldBack("with made as"));
    thread::scope(|scope| {
        let arriving = scope.spawn(|| come(&slow, "google", "eve"));
        wire.await_statement("with made as");
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
