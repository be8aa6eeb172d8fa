//! Passkeys: behaviour that differs from better-auth, with a test for each closed hole. The common behaviour is compared in
//! tests/conformance, and Chromium is driven in tests/deployment.

use serde_json::json;

use crate::support::{
    authenticator::{Authenticator, PRESENT, REGISTER, REGISTERED, SIGN_IN, SIGNED_IN, VERIFIED},
    crowd::at_once,
    factors::{App, Browser},
    http::{Answer, shut_out},
    mailing::Mailing,
    node::Reference,
    postgres::Database,
    redis::Redis,
    schema,
    secondary_storage::{database, deployed},
    service::Service,
    wire::{Fault, Wire},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[passkey]\nenabled = true\n";
const EMAIL: &str = "ada@example.com";

fn with(more: &str, variables: &[(&str, &str)]) -> (Database, Service) {
    deployed(&format!("{TOML}{more}"), variables)
}

fn signed_up(service: &Service, email: &str) -> Browser {
    let mut browser = Browser::new(&service.url);
    browser.sign_up(email);
    browser
}

/// Registers a passkey for the user who is signed in.
#[track_caller]
fn registered(browser: &mut Browser, key: &Authenticator) -> String {
    let answer = browser.register(key);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn opens(answer: &Answer) -> bool {
    answer.cookies().contains("session_token")
}

#[test]
fn passkeys_that_are_off_answer_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user(EMAIL);
    for path in [REGISTER, SIGN_IN, "/passkey/list-user-passkeys"] {
        assert_eq!(service.get(path, &cookie).status, 404, "{path}");
    }
    for path in [REGISTERED, SIGNED_IN, "/passkey/update-passkey", "/passkey/delete-passkey"] {
        assert_eq!(service.post(path, &cookie, "{}").status, 404, "{path}");
    }
}

#[test]
fn a_challenge_opens_one_session_of_fifty_and_stores_one_passkey() {
    let redis = Redis::start();
    let url = redis.as_ref().map(Redis::url);
    let stores: &[&[(&str, &str)]] = &[&[], &[("REDIS_URL", url.as_deref().unwrap_or_default())]];
    for variables in &stores[..1 + usize::from(redis.is_some())] {
        let more = if variables.is_empty() { "" } else { "[secondary_storage]\nenabled = true\n" };
        let (database, service) = with(more, variables);
        let (mut own, key) = (signed_up(&service, EMAIL), Authenticator::new(1));

        let options = own.options(REGISTER);
        let body = json!({ "response": key.register(&options, &service.url) });
        let answers = at_once(50, |_| own.clone().post(REGISTERED, &body));
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            shut_out(answer, 400, "CHALLENGE_NOT_FOUND", "no_passkey_challenge");
        }
        assert_eq!(database.value("select count(*) from passkey"), "1");

        let mut there = Browser::new(&service.url);
        let options = there.options(SIGN_IN);
        let body = json!({ "response": key.sign(&options, &service.url) });
        let answers = at_once(50, |_| there.clone().post(SIGNED_IN, &body));
        assert_eq!(answers.iter().filter(|answer| opens(answer)).count(), 1);
        for answer in answers.iter().filter(|answer| !opens(answer)) {
            shut_out(answer, 400, "CHALLENGE_NOT_FOUND", "no_passkey_challenge");
        }
    }
}

#[test]
fn a_passkey_is_registered_once_and_a_counter_is_used_once_however_many_challenges_there_are() {
    let (database, service) = with("", &[]);
    let (own, mut key) = (signed_up(&service, EMAIL), Authenticator::new(1));
    let answers = at_once(10, |_| own.clone().register(&key));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        shut_out(answer, 400, "PREVIOUSLY_REGISTERED", "passkey_registered");
    }
    assert_eq!(database.value("select count(*) from passkey"), "1");

    key.counter = 1;
    let answers = at_once(10, |_| Browser::new(&service.url).enter(&key));
    assert_eq!(answers.iter().filter(|answer| opens(answer)).count(), 1);
    assert_eq!(database.value("select counter from passkey"), "1");
    // An authenticator that does not count signs in each time.
    let silent = Authenticator::new(2);
    registered(&mut own.clone(), &silent);
    assert!(at_once(10, |_| Browser::new(&service.url).enter(&silent)).iter().all(opens));
}

/// Holds the statement with this text of `request` back until `meanwhile` is done.
fn meanwhile(
    database: &Database,
    text: &'static str,
    request: impl FnOnce(&Service) -> Answer + Send,
    meanwhile: impl FnOnce(),
) -> Answer {
    let wire = Wire::new(&database.url);
    let slow = Service::with(TOML, &[("DATABASE_URL", &wire.url), ("VERCEL_ENV", "development")]);
    wire.statements();
    wire.set(Fault::HoldBack(text));
    std::thread::scope(|scope| {
        let held = scope.spawn(|| request(&slow));
        wire.await_statement(text);
        meanwhile();
        wire.set(Fault::None);
        held.join().unwrap()
    })
}

#[test]
fn a_passkey_that_is_used_again_or_removed_meanwhile_opens_no_session() {
    let (database, service) = with("", &[]);
    let (mut own, mut key) = (signed_up(&service, EMAIL), Authenticator::new(1));
    registered(&mut own, &key);
    for (counter, change) in [(5, "update passkey set counter = 9"), (20, "delete from passkey")] {
        key.counter = counter;
        let answer = meanwhile(
            &database,
            "with counted as",
            |slow| Browser::new(&slow.url).enter(&key),
            || {
                database.query(change);
            },
        );
        shut_out(&answer, 400, "AUTHENTICATION_FAILED", "passkey_overtaken");
    }
    assert_eq!(database.value("select count(*) from session"), "1");
}

#[test]
fn a_session_that_has_ended_registers_no_passkey() {
    let (database, service) = with("", &[]);
    let (own, key) = (signed_up(&service, EMAIL), Authenticator::new(1));
    let answer = meanwhile(
        &database,
        "insert into \"passkey\"",
        |slow| Browser { url: slow.url.clone(), ..own.clone() }.register(&key),
        || {
            database.query("delete from session");
        },
    );
    shut_out(&answer, 401, "UNAUTHORIZED", "session_ended_meanwhile");
    assert_eq!(database.value("select count(*) from passkey"), "0");
}

#[test]
fn attack_another_users_passkey_is_not_registered_again() {
    let (database, service) = with("", &[]);
    let (mut ada, mut eve, key) =
        (signed_up(&service, EMAIL), signed_up(&service, "eve@example.com"), Authenticator::new(1));
    registered(&mut ada, &key);
    shut_out(&eve.register(&key), 400, "PREVIOUSLY_REGISTERED", "passkey_registered");
    // Of rows that better-auth wrote, the oldest one counts, wherever the table has it.
    // The database makes identifiers that are no texts.
    let (column, id) = if schema::ids() == "text" { ("id, ", "'second', ") } else { ("", "") };
    database.query(&format!(
        r#"insert into passkey ({column}name, "publicKey", "userId", "credentialID", counter, "deviceType", "backedUp", transports,
                "createdAt", aaguid)
            select {id}'second', "publicKey", (select id from "user" where email = 'eve@example.com'), "credentialID", counter,
                "deviceType", "backedUp", transports, now() + interval '1 second', aaguid from passkey;
        update passkey set name = 'moved to the end of the table' where name is distinct from 'second'"#
    ));
    let answer = Browser::new(&service.url).enter(&key);
    assert_eq!(answer.json()["user"]["email"], EMAIL, "{}", answer.text());
    // A row with another key under the same identifier keeps no user out.
    let other = Authenticator::new(7).public_key();
    database.query(&format!(
        r#"update passkey set "publicKey" = '{other}', "createdAt" = now() - interval '1 day' where name = 'second'"#
    ));
    let answer = Browser::new(&service.url).enter(&key);
    assert_eq!(answer.json()["user"]["email"], EMAIL, "{}", answer.text());
}

#[test]
fn ghsa_4vcf_q4xf_f48m_no_user_renames_or_removes_another_users_passkey() {
    let (database, service) = with("", &[]);
    let (mut ada, mut eve) = (signed_up(&service, EMAIL), signed_up(&service, "eve@example.com"));
    let id = registered(&mut ada, &Authenticator::new(1));
    let renamed = eve.post("/passkey/update-passkey", &json!({ "id": id, "name": "mine" }));
    shut_out(&renamed, 401, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY", "passkey_of_another_user");
    let removed = eve.post("/passkey/delete-passkey", &json!({ "id": id }));
    assert_eq!((removed.status, removed.text().as_str()), (401, ""));
    let unknown = eve.post("/passkey/delete-passkey", &json!({ "id": "no such passkey" }));
    shut_out(&unknown, 404, "PASSKEY_NOT_FOUND", "unknown_passkey");
    assert_eq!(database.value("select count(*) from passkey where name is null"), "1");
}

#[test]
fn attack_a_passkey_opens_no_session_of_a_banned_user() {
    let (database, service) = with("[admin]\nenabled = true\n", &[]);
    let (mut own, key) = (signed_up(&service, EMAIL), Authenticator::new(1));
    registered(&mut own, &key);
    database.query("update \"user\" set banned = true");
    shut_out(&Browser::new(&service.url).enter(&key), 403, "BANNED_USER", "banned");
}

#[test]
fn a_passkey_counts_as_two_factors_only_if_the_authenticator_verified_the_person() {
    for (ask_on, flags, is_asked) in
        [("every_way", VERIFIED, false), ("every_way", PRESENT, true), ("credentials", PRESENT, false)]
    {
        let (database, service) = with(&format!("[two_factor]\nenabled = true\nask_on = \"{ask_on}\"\n"), &[]);
        let (mut own, mut key) = (signed_up(&service, EMAIL), Authenticator::new(1));
        registered(&mut own, &key);
        App::of(own, String::new());
        let sessions = database.value("select count(*) from session");
        (key.flags, key.counter) = (flags, 1);
        let answer = Browser::new(&service.url).enter(&key);
        let asked = answer.json()["twoFactorRedirect"] == json!(true);
        assert_eq!((answer.status, asked, opens(&answer)), (200, is_asked, !is_asked), "{ask_on} {flags}");
        let more = database.value("select count(*) from session") != sessions;
        assert_eq!((more, database.value("select counter from passkey")), (!is_asked, "1".to_owned()));
    }
}

#[test]
fn a_required_verification_is_required_of_registrations_and_sign_ins() {
    let (database, service) = with("[passkey.authenticator_selection]\nuser_verification = \"required\"\n", &[]);
    let (mut own, mut key) = (signed_up(&service, EMAIL), Authenticator::new(1));
    key.flags = PRESENT;
    shut_out(&own.register(&key), 400, "FAILED_TO_VERIFY_REGISTRATION", "passkey_refused");
    assert_eq!(database.value("select count(*) from passkey"), "0");
    key.flags = VERIFIED;
    registered(&mut own, &key);
    let mut there = Browser::new(&service.url);
    assert_eq!(there.options(SIGN_IN)["userVerification"], "required");
    key.flags = PRESENT;
    shut_out(&there.enter(&key), 400, "AUTHENTICATION_FAILED", "passkey_refused");
    key.flags = VERIFIED;
    assert!(opens(&there.enter(&key)));
}

#[test]
fn a_passkey_of_an_unproven_address_goes_when_its_owner_proves_it() {
    let links = Mailing::new(&format!("{TOML}[magic_link]\nenabled = true\n"), &[]);
    let (mut attacker, key) = (links.browser(), Authenticator::new(1));
    attacker.sign_up(EMAIL);
    registered(&mut attacker, &key);
    links.browser().post("/sign-in/magic-link", &json!({ "email": EMAIL }));
    let url = links.mailbox.newest("magic-link")["url"].as_str().unwrap().to_owned();
    let path = url.split_once("/api/auth").unwrap().1.to_owned();
    assert!(opens(&links.service.get(&path, "")));
    assert_eq!(links.count("passkey"), "0");
    shut_out(&links.browser().enter(&key), 401, "PASSKEY_NOT_FOUND", "unknown_passkey");
}

#[test]
fn a_page_of_another_origin_registers_nothing_and_opens_no_session() {
    let (_database, service) = with("", &[]);
    let (mut own, key) = (signed_up(&service, EMAIL), Authenticator::new(1));
    let options = own.options(REGISTER);
    let answer = own.post(REGISTERED, &json!({ "response": key.register(&options, "https://evil.example") }));
    shut_out(&answer, 400, "FAILED_TO_VERIFY_REGISTRATION", "passkey_refused");
    registered(&mut own, &key);
    let mut there = Browser::new(&service.url);
    let options = there.options(SIGN_IN);
    // The page's own origin is not trusted, even if the check of origins is off for everything else.
    let body = json!({ "response": key.sign(&options, "https://evil.example") }).to_string();
    let evil = [("content-type", "application/json"), ("origin", "https://evil.example"), ("cookie", &there.cookie)];
    let answer = service.send("POST", SIGNED_IN, &evil, &body);
    shut_out(&answer, 403, "INVALID_ORIGIN", "untrusted_origin");
    let (_database, lax) = with("[advanced]\ndisable_origin_check = true\n", &[]);
    shut_out(&lax.send("POST", SIGNED_IN, &evil, &body), 403, "INVALID_ORIGIN", "untrusted_origin");
}

#[test]
fn a_name_that_cannot_be_stored_uses_no_challenge_up() {
    let (_database, service) = with("", &[]);
    let (mut own, key) = (signed_up(&service, EMAIL), Authenticator::new(1));
    let options = own.options(REGISTER);
    let mut named =
        |name: &str| own.post(REGISTERED, &json!({ "response": key.register(&options, &service.url), "name": name }));
    shut_out(&named("a\0b"), 400, "VALUE_NOT_STORABLE", "invalid_input");
    let answer = named("Laptop");
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn attack_a_page_of_another_origin_frames_the_page_and_gets_a_passkey_used() {
    const HERE: &str = "https://app.example.com";
    let (database, service) = with(&format!("origin = [\"{HERE}\", \"https://shop.example.com\"]\n"), &[]);
    let (mut own, mut key) = (signed_up(&service, EMAIL), Authenticator::new(1));
    let register = |own: &mut Browser, key: &Authenticator| {
        let options = own.options(REGISTER);
        own.post(REGISTERED, &json!({ "response": key.register(&options, HERE) }))
    };
    let enter = |key: &Authenticator| {
        let mut there = Browser::new(&service.url);
        let options = there.options(SIGN_IN);
        there.post(SIGNED_IN, &json!({ "response": key.sign(&options, HERE) }))
    };
    // The page is in a frame of another origin: one that is not named, one that is not configured, and one that looks like it.
    let framed = [
        json!({ "crossOrigin": true }),
        json!({ "crossOrigin": true, "topOrigin": "https://evil.example" }),
        json!({ "crossOrigin": true, "topOrigin": "https://app.example.com.evil.example" }),
        json!({ "crossOrigin": true, "topOrigin": "" }),
        json!({ "crossOrigin": true, "topOrigin": null }),
        json!({ "crossOrigin": false, "topOrigin": "https://evil.example" }),
        json!({ "topOrigin": "null" }),
        json!({ "crossOrigin": "true" }),
        json!({ "crossOrigin": false, "topOrigin": [HERE] }),
    ];
    for said in &framed {
        key.said = said.clone();
        shut_out(&register(&mut own, &key), 400, "FAILED_TO_VERIFY_REGISTRATION", "passkey_refused");
    }
    assert_eq!(database.value("select count(*) from passkey"), "0");
    key.said = json!({ "crossOrigin": false });
    let answer = register(&mut own, &key);
    assert_eq!(answer.status, 200, "{}", answer.text());
    for said in framed {
        key.said = said;
        shut_out(&enter(&key), 400, "AUTHENTICATION_FAILED", "passkey_refused");
    }
    // A frame of an origin that is configured too is meant to be, and browsers may leave both members out.
    for said in [
        json!({ "crossOrigin": true, "topOrigin": "https://shop.example.com" }),
        json!({ "crossOrigin": null }),
        json!({}),
    ] {
        key.said = said;
        assert!(opens(&enter(&key)), "{}", key.said);
    }
}

#[test]
fn an_origin_that_no_browser_sends_is_refused_at_start() {
    use gatepost_core::config::{Source, Variables};
    let problems = |origins: &str| {
        let toml = format!("{TOML}origin = {origins}\n");
        let source = Source { name: "gatepost.toml", text: &toml };
        let variables = [("DATABASE_URL".to_owned(), "postgres://u@localhost/x".to_owned())];
        let (_, problems) = gatepost_core::Config::examine(&variables.into_iter().collect::<Variables>(), Some(source));
        let texts = problems.0.iter().map(ToString::to_string);
        texts.filter(|text| text.contains("passkey")).collect::<Vec<_>>()
    };
    for (origin, fix) in [
        ("app.example.com", "`app.example.com` has no scheme; write `https://app.example.com`"),
        ("example.com:3000", "`example.com:3000` has no scheme; write `https://example.com:3000`"),
        ("localhost:3000", "`localhost:3000` has no scheme; write `http://localhost:3000`"),
        ("127.0.0.1", "`127.0.0.1` has no scheme; write `http://127.0.0.1`"),
        ("https://", "`https://` is no origin; write one like `https://app.example.com`"),
        ("https:app.example.com", "write `https://app.example.com`"),
        ("//app.example.com", "`//app.example.com` has no scheme; write `https://app.example.com`"),
        ("null", "`null` is no origin; write one like `https://app.example.com`"),
        ("a b", "`a b` is no origin; write one like `https://app.example.com`"),
        ("https://app.example.com/", "write `https://app.example.com`"),
        ("https://app.example.com/login?a#b", "write `https://app.example.com`"),
        ("https://App.example.com", "write `https://app.example.com`"),
        ("https://app.example.com:443", "write `https://app.example.com`"),
        ("https://ada@app.example.com", "write `https://app.example.com`"),
        ("https://*.example.com", "`https://*.example.com` is a pattern; write each origin in a list"),
        ("tauri://localhost/", "`tauri://localhost/` is no origin; write `tauri://localhost`"),
        ("chrome-extension://", "`chrome-extension://` is no origin; write one like `https://app.example.com`"),
        ("android:apk-key-hash:", "`android:apk-key-hash:` is no origin; write one like `https://app.example.com`"),
    ] {
        for written in [format!("\"{origin}\""), format!("[\"https://other.example\", \"{origin}\"]")] {
            let found = problems(&written);
            let [found] = found.as_slice() else { panic!("{origin}: {found:?}") };
            assert!(found.contains(fix) && found.contains("passkey.origin"), "{found}");
        }
    }
    for origin in [
        "https://app.example.com",
        "http://localhost:3000",
        "https://example.com:8443",
        "http://[::1]:3000",
        "android:apk-key-hash:sha256_cert-fingerprint",
        "chrome-extension://abcdefgh",
        "tauri://localhost",
    ] {
        assert_eq!(problems(&format!("\"{origin}\"")), Vec::<String>::new(), "{origin}");
    }
    assert_eq!(problems("\"\""), Vec::<String>::new());
}

#[test]
fn the_options_of_a_sign_in_are_the_same_for_everyone_who_is_signed_out() {
    let (_database, service) = with("", &[]);
    let shown = |mut browser: Browser| {
        let mut options = browser.options(SIGN_IN);
        options["challenge"] = json!(null);
        options
    };
    let before = shown(Browser::new(&service.url));
    registered(&mut signed_up(&service, EMAIL), &Authenticator::new(1));
    assert_eq!(shown(Browser::new(&service.url)), before);
    assert!(before.get("allowCredentials").is_none());
}

#[test]
fn an_identifier_that_no_column_holds_is_an_unknown_passkey() {
    let (_database, service) = with("", &[]);
    let mut there = Browser::new(&service.url);
    for id in [json!("\u{0}"), json!(7), json!(null)] {
        there.options(SIGN_IN);
        let answer = there.post(SIGNED_IN, &json!({ "response": { "id": id } }));
        shut_out(&answer, 401, "PASSKEY_NOT_FOUND", "unknown_passkey");
    }
}

#[test]
fn passkeys_and_challenges_of_better_auth_work_here_and_ours_there() {
    let database = database(TOML);
    let reference = Reference::with(&database.direct, r#"{"passkey":{}}"#, &[("MIGRATE", "0")]);
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url)]);
    let both = [(&reference.url, &service.url), (&service.url, &reference.url)];
    for (seed, (first, second)) in (1..).zip(both) {
        let (mut own, mut key) = (Browser::new(first), Authenticator::new(seed));
        own.sign_up(EMAIL);
        // A registration that begins on one server and ends on the other, whose page it is.
        let options = own.options(REGISTER);
        own.url.clone_from(second);
        let answer = own.post(REGISTERED, &json!({ "response": key.register(&options, second) }));
        assert_eq!(answer.status, 200, "{first} then {second}: {}", answer.text());
        // So does a sign-in.
        let mut there = Browser::new(first);
        let options = there.options(SIGN_IN);
        there.url.clone_from(second);
        key.counter = 1;
        let answer = there.post(SIGNED_IN, &json!({ "response": key.sign(&options, second) }));
        assert_eq!(answer.status, 200, "{first} then {second}: {}", answer.text());
        assert!(there.is_in());
        // And the passkey signs in on both.
        for url in [first, second] {
            key.counter += 1;
            assert_eq!(Browser::new(url).enter(&key).status, 200, "{url}");
        }
        assert_eq!(database.value("select counter from passkey"), "3");
        database.query(r#"delete from session; delete from account; delete from "user""#);
    }
}
