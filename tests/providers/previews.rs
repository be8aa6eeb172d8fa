//! Preview deployments sign people in through the production deployment: only the answer to their own flow reaches them, once,
//! soon and encrypted for them alone (docs/previews.md).

use std::time::Duration;

use gatepost_cli::edge;
use gatepost_core::{
    config::Previews,
    crypto::{random::Rng, secret::Secret},
    features::social::previews::{Answer, Ticket},
};
use serde_json::json;

use crate::support::{
    flows::{self, Begun},
    http,
    postgres::Database,
    provider::Provider,
    service::Service,
};

const KEY: &str = "a-key-of-the-previews-0123456789abcdef";

/// A production deployment, a preview of it with a database and a secret of its own, and the provider, which knows only the
/// first.
struct Deployments {
    production: Service,
    preview: Service,
    provider: Provider,
    databases: [Database; 2],
}

impl Deployments {
    fn new() -> Self {
        let (provider, databases) = (Provider::new(), [Database::new(), Database::new()]);
        let production = deployment(&provider, &databases[0], "{url}", KEY);
        let preview = deployment(&provider, &databases[1], &production.url, KEY);
        Self { production, preview, provider, databases }
    }

    fn begin(&self) -> Begun {
        let body = json!({ "provider": "github", "callbackURL": "/in", "errorCallbackURL": "/no" });
        flows::begin(&self.preview.url, "/sign-in/social", &body, "")
    }

    /// The provider sends the browser to the production deployment; the URL to which that one sends it on.
    fn handed_over(&self, begun: &Begun) -> String {
        let answer = flows::back(&self.production.url, "github", &format!("code=grace&state={}", begun.state), "");
        assert_eq!(answer.status, 302, "{}", answer.text());
        assert!(answer.set_cookies().is_empty(), "the production deployment has no part in it");
        answer.header("location").unwrap().to_owned()
    }

    fn previews(&self) -> Previews {
        Previews { production: format!("{}/api/auth", self.production.url), key: Secret::new(KEY), own: Vec::new() }
    }
}

fn deployment(provider: &Provider, database: &Database, production: &str, key: &str) -> Service {
    let toml = format!("[email_and_password]\nenabled = true\n[previews]\nproduction_url = \"{production}\"\n");
    let secret = format!("a secret of {} alone, long enough", database.url.rsplit('/').next().unwrap());
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("VERCEL_ENV", "development"),
        ("GATEPOST_PREVIEW_KEY", key),
        ("BETTER_AUTH_SECRET", &secret),
    ];
    flows::service(&toml, &variables, provider)
}

fn follow(url: &str, cookie: &str) -> http::Answer {
    http::send("GET", url, &[("cookie", cookie)], b"")
}

#[track_caller]
fn assert_refused(answer: &http::Answer, reason: &str) {
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (302, Some(reason)), "{}", answer.text());
    let location = answer.header("location").unwrap();
    assert!(location.contains("error=state_mismatch"), "{location}");
    assert!(!answer.cookies().contains("session_token"), "{:?}", answer.set_cookies());
}

#[test]
fn somebody_signs_in_on_a_preview_through_the_production_deployment() {
    let all = Deployments::new();
    let begun = all.begin();
    let callback = format!("{}/api/auth/callback/github", all.production.url);
    let sent = percent_encoding::percent_decode_str(&begun.url).decode_utf8_lossy().into_owned();
    assert!(sent.contains(&format!("redirect_uri={callback}&")), "{sent}");

    let location = all.handed_over(&begun);
    assert!(location.starts_with(&format!("{}/api/auth/callback/github?handover=", all.preview.url)), "{location}");
    // Neither is made of letters of hex alone.
    assert!(!location.contains("grace") && !location.contains(&begun.state), "{location}");
    let arrived = follow(&location, &begun.cookie);
    assert_eq!((arrived.status, arrived.header("location")), (302, Some("/in")), "{}", arrived.text());
    let session = all.preview.get("/get-session", &arrived.cookies()).json();
    assert_eq!(session["user"]["email"], "grace@example.com");
    // The code is exchanged as it was asked for, by the preview.
    let asked = http::send("GET", &format!("{}/asked?code=grace", all.provider.url), &[], b"").json();
    let form = asked[0]["form"].as_array().unwrap();
    assert!(form.contains(&json!(["redirect_uri", callback])), "{asked}");
    // The production deployment's database received no question and no user, and its flows are its own.
    assert_eq!(
        all.databases[0].value(r#"select (select count(*) from "user") + (select count(*) from verification)"#),
        "0"
    );
    let body = json!({ "provider": "github", "callbackURL": "/in" });
    let own = flows::begin(&all.production.url, "/sign-in/social", &body, "");
    let query = format!("code=eve&state={}", own.state);
    let arrived = flows::back(&all.production.url, "github", &query, &own.cookie);
    assert_eq!(arrived.header("location"), Some("/in"));
    assert_eq!(all.production.get("/get-session", &arrived.cookies()).json()["user"]["email"], "eve@example.com");
}

#[test]
fn an_answer_that_was_handed_over_is_good_once_in_the_browser_that_began_and_for_that_preview() {
    let all = Deployments::new();
    let other = deployment(&all.provider, &all.databases[1], &all.production.url, KEY);
    let begun = all.begin();
    let location = all.handed_over(&begun);
    // Login CSRF: another user's browser.
    assert_refused(&follow(&location, ""), "state_of_another_browser");
    // Another preview, be it one on the same database.
    let elsewhere = location.replace(&all.preview.url, &other.url);
    assert_refused(&follow(&elsewhere, &begun.cookie), "hand_over_refused");
    let another_provider = location.replace("/callback/github", "/callback/google");
    assert_refused(&follow(&another_provider, &begun.cookie), "hand_over_refused");
    assert_eq!(follow(&location, &begun.cookie).header("location"), Some("/in"));
    assert_refused(&follow(&location, &begun.cookie), "unknown_state");
}

#[test]
fn what_was_handed_over_a_minute_ago_and_a_ticket_of_ten_minutes_ago_are_good_no_more() {
    let all = Deployments::new();
    let (previews, mut rng) = (all.previews(), Rng::from_seed([7; 32]));
    let now = edge::now();
    let to = format!("{}/api/auth", all.preview.url);
    for (age, good) in [(0, true), (60, false)] {
        let begun = all.begin();
        let expires_at = now.as_second() - age + 30;
        let ticket = Ticket { to: to.clone(), provider: "github".to_owned(), state: "x".to_owned(), expires_at };
        let query = format!("code=x&state={}", ticket.seal(&previews, &mut rng));
        let back = flows::back(&all.production.url, "github", &query, "");
        if good {
            assert!(back.header("location").unwrap().starts_with(&to), "{}", back.text());
        } else {
            assert_refused(&back, "state_expired");
        }
        let answer = Answer {
            provider: "github".to_owned(),
            members: vec![("code".to_owned(), "grace".to_owned()), ("state".to_owned(), "x".to_owned())],
            expires_at,
        };
        let sealed = answer.seal(&previews, &to, &mut rng);
        let received = follow(&format!("{to}/callback/github?handover={sealed}"), &begun.cookie);
        assert_refused(&received, if good { "unknown_state" } else { "hand_over_refused" });
    }
}

#[test]
fn open_redirect_the_production_deployment_sends_nobody_where_no_preview_of_its_key_asked_to() {
    let all = Deployments::new();
    let mut rng = Rng::from_seed([7; 32]);
    let ticket = Ticket {
        to: "https://evil.example/api/auth".to_owned(),
        provider: "github".to_owned(),
        state: "x".to_owned(),
        expires_at: edge::now().as_second() + 600,
    };
    let foreign = Previews { key: Secret::new("another-key-that-nobody-here-has-0123456"), ..all.previews() };
    let right = ticket.seal(&all.previews(), &mut rng);
    let turned = format!("{}{}", if right.starts_with('0') { '1' } else { '0' }, &right[1..]);
    let as_answer = Answer { provider: "github".to_owned(), members: Vec::new(), expires_at: i64::MAX };
    let other_purpose = as_answer.seal(&all.previews(), &ticket.to, &mut rng);
    for state in [
        &ticket.seal(&foreign, &mut rng),
        &turned,
        &right[..right.len() - 2],
        &other_purpose,
        "0",
        "https://evil.example",
    ] {
        let back = flows::back(&all.production.url, "github", &format!("code=grace&state={state}"), "");
        assert_refused(&back, "unknown_state");
        assert!(!back.header("location").unwrap().contains("evil"), "{:?}", back.header("location"));
    }
    // A ticket for another provider's answer.
    let back = flows::back(&all.production.url, "google", &format!("code=grace&state={right}"), "");
    assert_refused(&back, "state_of_another_provider");
}

/// An attacker has a flow of the same preview, with its ticket, its cookie and what was handed over for it.
#[test]
fn attack_what_was_handed_over_for_one_flow_or_changed_on_its_way_signs_nobody_in() {
    let all = Deployments::new();
    let (own, attackers) = (all.begin(), all.begin());
    let (location, of_attacker) = (all.handed_over(&own), all.handed_over(&attackers));
    // The victim's browser is led to the attacker's answer, and the attacker's to the victim's.
    assert_refused(&follow(&of_attacker, &own.cookie), "state_of_another_browser");
    assert_refused(&follow(&location, &attackers.cookie), "state_of_another_browser");
    let location = all.handed_over(&all.begin());
    let (url, sealed) = location.split_once("handover=").unwrap();
    let fresh = all.begin();
    // One letter is another one, in the nonce, in the text and in its tag.
    for at in [0, sealed.len() / 2, sealed.len() - 1] {
        let other = if sealed[at..].starts_with('0') { "1" } else { "0" };
        let changed = format!("{url}handover={}{other}{}", &sealed[..at], &sealed[at + 1..]);
        assert_refused(&follow(&changed, &fresh.cookie), "hand_over_refused");
    }
    // A ticket is not an answer, and an answer is none for the production deployment or beside parameters of the client.
    assert_refused(&follow(&format!("{url}handover={}", fresh.state), &fresh.cookie), "hand_over_refused");
    let at_production = location.replace(&all.preview.url, &all.production.url);
    let there = follow(&at_production, &fresh.cookie);
    assert_eq!((there.status, there.header("x-gatepost-reason")), (302, Some("no_state")), "{}", there.text());
    assert!(!there.cookies().contains("session_token") && !there.header("location").unwrap().contains("grace"));
    let beside = format!("{location}&code=eve&state={}", fresh.state);
    assert!(!follow(&beside, &fresh.cookie).cookies().contains("session_token"));
    for database in &all.databases {
        assert_eq!(database.value("select count(*) from session"), "0");
    }
}

#[test]
fn a_preview_with_another_key_than_production_gets_nothing() {
    let all = Deployments::new();
    let key = "a-key-that-production-does-not-have-0123";
    let stranger = deployment(&all.provider, &all.databases[1], &all.production.url, key);
    let body = json!({ "provider": "github", "callbackURL": "/in" });
    let begun = flows::begin(&stranger.url, "/sign-in/social", &body, "");
    let back = flows::back(&all.production.url, "github", &format!("code=grace&state={}", begun.state), "");
    assert_refused(&back, "unknown_state");
}

#[test]
fn a_refusal_of_the_provider_reaches_the_preview_too() {
    let all = Deployments::new();
    let begun = all.begin();
    let query = format!("error=access_denied&error_description=no&state={}", begun.state);
    let back = flows::back(&all.production.url, "github", &query, "");
    let arrived = follow(back.header("location").unwrap(), &begun.cookie);
    assert_eq!(arrived.header("location"), Some("/no?error=access_denied&error_description=no"));
}

#[test]
fn without_the_section_tickets_mean_nothing() {
    let (provider, database) = (Provider::new(), Database::new());
    let toml = "[email_and_password]\nenabled = true\n";
    let variables = [("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development")];
    let service = flows::service(toml, &variables, &provider);
    let previews = Previews { production: format!("{}/api/auth", service.url), key: Secret::new(KEY), own: Vec::new() };
    let ticket = Ticket {
        to: "http://127.0.0.1:1/api/auth".to_owned(),
        provider: "github".to_owned(),
        state: "x".to_owned(),
        expires_at: edge::now().checked_add(Duration::from_secs(60)).unwrap().as_second(),
    };
    let sealed = ticket.seal(&previews, &mut Rng::from_seed([7; 32]));
    assert_refused(&flows::back(&service.url, "github", &format!("code=grace&state={sealed}"), ""), "unknown_state");
}
