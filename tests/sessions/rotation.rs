//! Replacing the secret: users who were seen in between stay signed in, no request fails, and everything encrypted stays
//! readable.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use gatepost_cli::{reencrypt, secret};
use gatepost_core::{
    config::{self, Variables},
    crypto::{envelope, random::Rng, secret::Secrets},
};

use crate::support::{
    SECRET,
    http::Answer,
    postgres::{Database, block_on},
    schema, secondary_storage,
    service::{DEFAULT, Service},
    transport,
};

const NEW: &str = "a-newer-secret-a-newer-secret-0123456789";
const TOKENS: &str = "[jwt]\nenabled = true\n";

fn service(url: &str, single: &str, listed: &str) -> Service {
    let variables = [("DATABASE_URL", url), ("BETTER_AUTH_SECRET", single), ("BETTER_AUTH_SECRETS", listed)];
    Service::with(&format!("{DEFAULT}\n{TOKENS}"), &variables)
}

fn secrets(single: &str, listed: &str) -> Secrets {
    let variables: Variables = [("BETTER_AUTH_SECRET", single), ("BETTER_AUTH_SECRETS", listed)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    config::load_secrets(&variables).unwrap()
}

/// The cookies of a browser that has had an answer.
fn kept(cookie: &str, answer: &Answer) -> String {
    let mut pairs: Vec<String> = cookie.split("; ").map(str::to_owned).collect();
    for line in answer.set_cookies() {
        let pair = line.split(';').next().unwrap();
        let name = &pair[..=pair.find('=').unwrap()];
        pairs.retain(|known| !known.starts_with(name));
        if !line.contains("Max-Age=0;") {
            pairs.push(pair.to_owned());
        }
    }
    pairs.join("; ")
}

/// The variables that `secret rotate` prints to set next.
fn next(secrets: &Secrets) -> String {
    let said = secret::rotate(secrets, (604_800, "session.expires_in")).unwrap();
    said.lines().find_map(|line| line.strip_prefix("    ")).unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn a_rotation_under_load_fails_no_request_and_signs_nobody_out_who_was_seen() {
    let database = Database::new();
    // What the command says, step by step.
    let known = next(&secrets(SECRET, ""));
    let used = next(&secrets(SECRET, &known));
    let alone = next(&secrets(SECRET, &used));
    let (old, new) = (known.split_once(',').unwrap().0, alone.as_str());
    assert_eq!(
        (old, known.as_str(), used.as_str()),
        (&*format!("1:{SECRET}"), &*format!("{old},{new}"), &*format!("{new},{old}"))
    );
    // Each deployment runs beside the one before it for a while.
    let deployments = [("", SECRET), (known.as_str(), SECRET), (used.as_str(), SECRET), (alone.as_str(), "")];
    let deployments: Vec<Service> =
        deployments.iter().map(|(listed, single)| service(&database.url, single, listed)).collect();
    let cookies: Vec<String> = (0..4).map(|number| deployments[0].user(&format!("user{number}@example.com"))).collect();
    let absent = deployments[0].user("absent@example.com");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let clients: Vec<_> = cookies
            .iter()
            .enumerate()
            .map(|(number, cookie)| {
                let (deployments, done) = (&deployments, &done);
                scope.spawn(move || {
                    let (mut cookie, email, mut requests) = (cookie.clone(), format!("user{number}@example.com"), 0);
                    for pair in deployments.windows(2) {
                        for round in 0..30 {
                            let answer = pair[round % 2].get("/get-session", &cookie);
                            assert_eq!(answer.status, 200);
                            assert_eq!(answer.json()["user"]["email"], email.as_str(), "{}", answer.text());
                            assert!(answer.header("set-auth-jwt").is_some());
                            let token = pair[round % 2].get("/token", &cookie);
                            assert_eq!(token.status, 200, "{}", token.text());
                            cookie = kept(&cookie, &answer);
                            requests += 2;
                            if done.load(Relaxed) {
                                return requests;
                            }
                        }
                    }
                    requests
                })
            })
            .collect();
        for client in clients {
            let requests = client.join().unwrap_or_else(|panic| {
                done.store(true, Relaxed);
                std::panic::resume_unwind(panic)
            });
            assert_eq!(requests, 180);
        }
    });
    // A user who was not seen meanwhile signs in again; the key that signs is the one from before.
    assert_eq!(deployments[3].get("/get-session", &absent).text(), "null");
    assert_eq!(database.value("select count(*) from jwks"), "1");
    assert_eq!(database.value("select count(*) from jwks where \"privateKey\" like '\"$ba$2$%'"), "1");
}

#[test]
fn a_cookie_signed_with_an_older_secret_is_signed_anew_for_as_long_as_it_would_have_lived() {
    let database = Database::new();
    let (before, after) =
        (service(&database.url, SECRET, ""), service(&database.url, SECRET, &format!("2:{NEW},1:{SECRET}")));
    let cookie = before.user("ada@example.com");
    database.query("update session set \"expiresAt\" = now() + interval '6 days 12 hours', \"updatedAt\" = now()");
    let read = after.get("/get-session", &cookie);
    let line = read.set_cookies().into_iter().find(|line| line.contains("session_token=")).unwrap().to_owned();
    let max_age: u32 = line.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap().parse().unwrap();
    assert!((561_500..=561_600).contains(&max_age), "{line}");
    assert!(read.header("set-auth-token").is_some());
    // Once is enough.
    let again = after.get("/get-session", &kept(&cookie, &read));
    assert!(again.set_cookies().is_empty() && again.text() != "null");
    // A browser that is to forget the session goes on doing so.
    let body = r#"{"email":"ada@example.com","password":"correct horse battery","rememberMe":false}"#;
    let brief = before.post("/sign-in/email", "", body).cookies();
    let read = after.get("/get-session", &brief);
    assert!(read.set_cookies().iter().all(|line| !line.contains("Max-Age")), "{:?}", read.set_cookies());
    assert_eq!(read.set_cookies().len(), 2);
    let alone = service(&database.url, "", &format!("2:{NEW}"));
    assert_eq!(alone.get("/get-session", &kept(&brief, &read)).json()["user"]["email"], "ada@example.com");
    assert_eq!(alone.get("/get-session", &brief).text(), "null");
}

#[test]
fn the_status_counts_what_still_needs_an_older_secret() {
    let database = Database::new();
    let before = service(&database.url, SECRET, "");
    let cookie = before.user("ada@example.com");
    before.get("/token", &cookie);
    let listed = format!("2:{NEW},1:{SECRET}");
    let status = |single: &str, listed: &str| {
        let (url, secrets) = (transport::url(&database.url), secrets(single, listed));
        block_on(secret::status(&url, &transport::options(), &secrets, schema::of_the_run())).unwrap()
    };
    let (text, done) = status(SECRET, &listed);
    assert!(
        text.contains("private signing keys: 0 encrypted with the current secret, 1 with an older secret, 0 with"),
        "{text}"
    );
    assert!(text.contains("sessions: 1.") && !done && !text.contains(NEW) && !text.contains(SECRET));
    let after = service(&database.url, SECRET, &listed);
    after.get("/token", &cookie);
    // It is encrypted anew after the answer.
    for _ in 0..200 {
        if status(SECRET, &listed).1 {
            break;
        }
        std::thread::sleep(Duration::from_millis(25));
    }
    let (text, done) = status("", &format!("2:{NEW}"));
    assert!(
        done && text.contains("private signing keys: 1 encrypted with the current secret, 0 with an older secret"),
        "{text}"
    );
    // A provider's tokens count as well.
    database.query("update account set \"accessToken\" = '$ba$1$00'");
    let (text, _) = status("", &format!("2:{NEW}"));
    assert!(
        text.contains("tokens of providers: 0 encrypted with the current secret, 0 with an older secret, 1 with a secret that is not set"),
        "{text}"
    );
}

#[test]
fn the_status_needs_no_tables_that_the_deployment_does_without() {
    let database = Database::empty();
    let (url, secrets) = (transport::url(&database.url), secrets("", &format!("2:{NEW},1:{SECRET}")));
    let (text, done) = block_on(secret::status(&url, &transport::options(), &secrets, schema::of_the_run())).unwrap();
    assert!(done && text.contains("private signing keys: none, because the database has no table for them"), "{text}");
    assert!(text.contains("tokens of providers: none, ") && text.contains("sessions: 0."), "{text}");
}

#[test]
fn attack_the_status_counts_second_factors_that_only_an_older_secret_can_read() {
    let toml = "[two_factor]\nenabled = true\n";
    let database = secondary_storage::database(&format!("{DEFAULT}{toml}"));
    let variables = [("DATABASE_URL", database.url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
    let before = Service::with(&format!("{DEFAULT}{toml}"), &variables);
    let cookie = before.user("ada@example.com");
    let enabled = before.post("/two-factor/enable", &cookie, r#"{"password":"correct horse battery"}"#);
    assert_eq!(enabled.status, 200, "{}", enabled.text());
    let (url, secrets) = (transport::url(&database.url), secrets(SECRET, &format!("2:{NEW},1:{SECRET}")));
    let tables = schema::of(toml);
    let (text, done) = block_on(secret::status(&url, &transport::options(), &secrets, &tables)).unwrap();
    let told = "second factors and lists of backup codes: 0 encrypted with the current secret, 2 with an older secret";
    assert!(!done && text.contains(told), "{text}");
    assert!(text.contains("keep it"), "{text}");
}

#[test]
fn every_stored_value_is_encrypted_again_and_the_older_secret_can_go() {
    let toml = "[two_factor]\nenabled = true\n[jwt]\nenabled = true\n";
    let database = secondary_storage::database(&format!("{DEFAULT}{toml}"));
    let variables = [("DATABASE_URL", database.url.as_str()), ("BETTER_AUTH_SECRET", SECRET)];
    let before = Service::with(&format!("{DEFAULT}{toml}"), &variables);
    let cookie = before.user("ada@example.com");
    let enabled = before.post("/two-factor/enable", &cookie, r#"{"password":"correct horse battery"}"#);
    assert_eq!(enabled.status, 200, "{}", enabled.text());
    assert_eq!(before.get("/token", &cookie).status, 200);
    let old = secrets(SECRET, "");
    let mut rng = Rng::from_seed([7; 32]);
    let (mine, foreign) = (
        envelope::seal(&old, "a token", &mut rng),
        envelope::seal(&secrets("", "9:another-secret-another-secret-0123456789"), "x", &mut rng),
    );
    database.query(&format!(
        "update account set \"accessToken\" = '{mine}', \"refreshToken\" = '{foreign}', \"idToken\" = '{mine}'"
    ));
    let (url, both, tables) =
        (transport::url(&database.url), secrets(SECRET, &format!("2:{NEW},1:{SECRET}")), schema::of(toml));
    let run = |plan| {
        block_on(reencrypt::run(&url, &transport::options(), &both, &tables, &mut Rng::from_seed([9; 32]), plan))
            .unwrap()
    };
    let (text, _) = run(true);
    for told in [
        "private signing keys: 1 would be",
        "tokens of providers: 1 would be",
        "tokens of providers: 1 need a secret that is not set",
        "second factors and lists of backup codes: 2 would be",
    ] {
        assert!(text.contains(told), "{text}");
    }
    assert_eq!(database.value("select \"accessToken\" from account"), mine);
    let (text, is_done) = run(false);
    assert!(
        is_done
            && text.contains("private signing keys: 1 encrypted")
            && text.contains("second factors and lists of backup codes: 2 encrypted"),
        "{text}"
    );
    assert!(!text.contains(SECRET) && !text.contains(NEW));
    let (text, is_done) = block_on(secret::status(&url, &transport::options(), &both, &tables)).unwrap();
    assert!(is_done, "{text}");
    assert!(run(false).0.contains("private signing keys: 0 encrypted"));
    // A value that no secret decrypts stays, and so does one in a column of plain values.
    assert_eq!(database.value("select \"refreshToken\" from account"), foreign);
    assert_eq!(database.value("select \"idToken\" from account"), mine);
    let only = secrets("", &format!("2:{NEW}"));
    let stored = database.value("select \"accessToken\" from account");
    assert_eq!(envelope::open(&only, &stored).unwrap(), "a token");
    for column in ["secret", "\"backupCodes\""] {
        let stored = database.value(&format!("select {column} from \"twoFactor\""));
        assert!(envelope::open(&only, &stored).is_ok(), "{column}: {stored}");
    }
    // The same key signs with the new secret alone.
    let key = database.value("select id from jwks");
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("BETTER_AUTH_SECRET", ""),
        ("BETTER_AUTH_SECRETS", &format!("2:{NEW}")),
    ];
    let after = Service::with(&format!("{DEFAULT}{toml}"), &variables);
    let cookie = after.user("eve@example.com");
    assert_eq!(after.get("/token", &cookie).status, 200);
    assert_eq!(database.value("select id from jwks"), key);
}
