//! Password hashes of other systems (`email_and_password.accept_hashes`). `tests/passwords/vectors.json` has hashes that the
//! systems' own programs made; `tests/passwords/make.mjs` makes new ones.

use std::sync::Mutex;

use gatepost_cli::edge;
use gatepost_core::{
    Auth, Config,
    auth::LinkedParts,
    config::Source,
    crypto::{
        hashes::{
            self,
            scheme::{Flaw, GivenPassword, Scheme, SchemeName, Settings},
        },
        password::{Hasher, PasswordCheck},
    },
    store::written::literal,
};
use serde_json::json;

use crate::support::{
    SECRET,
    crowd::at_once,
    examined,
    factors::{App, Browser, PASSWORD},
    http::Answer,
    passwords::{BCRYPT, OF_BCRYPT, is_own, store, stored, vectors},
    postgres::{Database, block_on},
    secondary_storage,
    service::{Service, log_lines},
};

fn sign_in(service: &Service, password: &str) -> Answer {
    let body = json!({ "email": "ada@example.com", "password": password });
    service.post("/sign-in/email", "", &body.to_string())
}

#[test]
fn a_scheme_that_is_not_named_is_a_wrong_password_and_the_log_says_what_to_write() {
    let database = Database::new();
    let service = Service::new(&database.url);
    service.user("ada@example.com");
    let before = log_lines().len();
    for vector in vectors().1 {
        let (by, hash) = (vector["made_by"].as_str().unwrap(), vector["stored"].as_str().unwrap());
        if is_own(hash) || hash.contains(':') {
            continue;
        }
        store(&database, hash);
        let answer = sign_in(&service, vector["password"].as_str().unwrap());
        assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("INVALID_EMAIL_OR_PASSWORD")), "{by}");
        assert_eq!(stored(&database), hash, "{by}");
        let told = format!("add \\\"{}\\\" to `email_and_password.accept_hashes`", vector["scheme"].as_str().unwrap());
        let lines = log_lines();
        let found =
            lines[before..].iter().any(|line| line.contains("password_hash_not_accepted") && line.contains(&told));
        assert!(found, "{by}: {told}");
        assert!(!lines[before..].iter().any(|line| line.contains(hash)), "the log has the hash of {by}");
    }
    // A text of no known scheme, and a damaged one.
    for hash in ["plain", "$2b$10$short", "md5$salt$0123", "$argon2id$v=19$m=8$c2FsdA$a2V5"] {
        store(&database, hash);
        assert_eq!(sign_in(&service, PASSWORD).status, 401, "{hash}");
    }
    assert!(log_lines()[before..].iter().any(|line| line.contains("malformed_password_hash")));
}

#[test]
fn every_endpoint_that_asks_the_password_accepts_an_old_one() {
    let toml = format!(
        "{BCRYPT}[username]\nenabled = true\n[two_factor]\nenabled = true\n[user.delete_user]\nenabled = true\n\
         [session]\nfresh_age = 0\n"
    );
    let database = secondary_storage::database(&toml);
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD, "username": "ada" });
    // Its cookies change where a second factor is switched off.
    let mut browser = Browser::new(&service.url);
    assert_eq!(browser.post("/sign-up/email", &body).status, 200);
    let requests = [
        ("/sign-in/email", json!({ "email": "ada@example.com", "password": PASSWORD })),
        ("/sign-in/username", json!({ "username": "ada", "password": PASSWORD })),
        ("/verify-password", json!({ "password": PASSWORD })),
        ("/two-factor/enable", json!({ "password": PASSWORD })),
        ("/two-factor/disable", json!({ "password": PASSWORD })),
        ("/change-password", json!({ "currentPassword": PASSWORD, "newPassword": PASSWORD })),
        ("/delete-user", json!({ "password": PASSWORD })),
    ];
    for (path, body) in requests {
        let wrong = serde_json::from_str(&body.to_string().replace(PASSWORD, "wrong horse battery")).unwrap();
        store(&database, OF_BCRYPT);
        let is_change = path == "/change-password";
        let refused = browser.post(path, &wrong);
        assert!([400, 401].contains(&refused.status), "{path}: {}", refused.text());
        assert_eq!(stored(&database), OF_BCRYPT, "{path}");
        let answer = browser.post(path, &body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        if path != "/delete-user" {
            let replaces = path.starts_with("/sign-in/") || is_change;
            assert_eq!(is_own(&stored(&database)), replaces, "{path}");
        }
    }
    assert_eq!(database.value("select count(*) from \"user\""), "0");
}

#[test]
fn a_sign_in_that_waits_for_the_second_factor_replaces_the_hash() {
    let toml = format!("{BCRYPT}[two_factor]\nenabled = true\n");
    let database = secondary_storage::database(&toml);
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    let app = App::enrolled(&service.url);
    store(&database, OF_BCRYPT);
    let mut browser = Browser::new(&service.url);
    browser.challenged();
    assert!(is_own(&stored(&database)));
    let answer = browser.give("totp", &app.code(&database));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(browser.is_in());
}

#[test]
fn several_first_sign_ins_at_once_all_succeed() {
    const AT_ONCE: usize = 8;
    let database = Database::new();
    let service = Service::with(BCRYPT, &[("DATABASE_URL", &database.url)]);
    service.user("ada@example.com");
    database.query("delete from session");
    store(&database, OF_BCRYPT);
    let answers = at_once(AT_ONCE, |_| sign_in(&service, PASSWORD).status);
    assert_eq!(answers, [200; AT_ONCE]);
    assert_eq!(database.value("select count(*) from session"), AT_ONCE.to_string());
    assert!(is_own(&stored(&database)));
}

#[test]
fn replacing_a_hash_leaves_mailed_links_and_the_time_of_the_last_change_as_they_are() {
    let database = Database::new();
    let service = Service::with(BCRYPT, &[("DATABASE_URL", &database.url)]);
    service.user("ada@example.com");
    store(&database, OF_BCRYPT);
    let changed = || database.value("select \"updatedAt\"::text from account");
    let before = changed();
    assert_eq!(sign_in(&service, PASSWORD).status, 200);
    assert!(is_own(&stored(&database)));
    assert_eq!(changed(), before);
}

#[test]
fn doctor_counts_the_hashes_and_proposes_the_line() {
    let database = Database::new();
    let service = Service::new(&database.url);
    for name in ["ada", "bob", "eve"] {
        service.user(&format!("{name}@example.com"));
    }
    let told = |toml: &str| {
        let report = examined::local(&database, toml);
        let found = report.findings.into_iter().find(|finding| finding.check == "passwords");
        found.map(|found| (format!("{:?}", found.verdict), found.evidence, found.fix.unwrap_or_default()))
    };
    assert_eq!(told(""), None);
    let of = |name: &str, hash: &str| {
        database.query(&format!(
            "update account set password = {} where \"userId\" = (select id from \"user\" where email = '{name}@example.com')",
            literal(hash)
        ));
    };
    of("ada", OF_BCRYPT);
    of("bob", "pbkdf2_sha256$1000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let (verdict, evidence, fix) = told("").unwrap();
    assert_eq!(
        (verdict.as_str(), evidence.as_str()),
        ("Fail", "stored password hashes: 1 bcrypt, 1 better-auth, 1 pbkdf2")
    );
    let line = fix.lines().last().unwrap();
    assert_eq!(line, "accept_hashes = [\"bcrypt\", \"pbkdf2\"]");
    assert_eq!(told(line).unwrap().0, "Ok");
    of("bob", "plain");
    assert_eq!(told(line).unwrap().0, "Warn");
}

#[test]
fn a_scheme_that_is_not_built_in_is_told_at_start() {
    let all = examined::variables(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")]);
    let config = |text| Config::load(&all, Some(Source { name: "gatepost.toml", text }));
    let linked = LinkedParts { hashes: &[&hashes::ARGON2], ..LinkedParts::ALL };
    let problems = Auth::with(config(BCRYPT).unwrap(), edge::now, linked).err().unwrap().to_string();
    assert!(problems.contains("email_and_password.accept_hashes: it is not built in"), "{problems}");
    assert!(Auth::with(config(&BCRYPT.replace("bcrypt", "argon2")).unwrap(), edge::now, linked).is_ok());
}

#[test]
fn options_of_old_hashes_that_cannot_work_are_refused_at_start() {
    let told = |toml: &str, key: Option<&str>| {
        let mut all = vec![("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
        all.extend(key.map(|key| ("FIREBASE_SIGNER_KEY", key)));
        let toml = format!("[email_and_password]\n{toml}\n");
        let read = Config::load(&examined::variables(&all), Some(Source { name: "gatepost.toml", text: &toml }));
        read.err().map(|problems| problems.to_string()).unwrap_or_default()
    };
    let firebase = "accept_hashes = [\"firebase-scrypt\"]";
    for (toml, key, expected) in [
        ("accept_hashes = [\"bcrypt\", \"bcrypt\", \"scrypt\"]", None, ""),
        ("accept_hashes = [\"md5\"]", None, "an unknown scheme, \"md5\"; write one of \"bcrypt\""),
        ("scrypt_parameters = \"N=16384,r=8,p=1\"", None, "has no effect; add \"scrypt\""),
        ("accept_hashes = [\"scrypt\"]\nscrypt_parameters = \"N=16384,r=8,p=1\"", None, ""),
        ("accept_hashes = [\"scrypt\"]\nscrypt_parameters = \"N=16383,r=8,p=1\"", None, "must be like"),
        ("accept_hashes = [\"scrypt\"]\nscrypt_parameters = \"N=1073741824,r=8,p=1\"", None, "must be like"),
        (firebase, None, "FIREBASE_SIGNER_KEY: it is missing"),
        (firebase, Some("not base64!"), "FIREBASE_SIGNER_KEY: it is not a signer key"),
        (firebase, Some(vectors().0.as_str()), ""),
    ] {
        let told = told(toml, key);
        assert!(if expected.is_empty() { told.is_empty() } else { told.contains(expected) }, "{toml}: {told}");
        assert!(!told.contains("not base64!"), "{told}");
    }
}

/// The inputs of the scheme [`NOTING`].
static COMPARED: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn note(given: &GivenPassword<'_>) -> Result<bool, Flaw> {
    COMPARED.lock().unwrap().push(given.stored.to_owned());
    match given.stored {
        "$2b$flawed" => Err(Flaw::Malformed),
        _ => Ok(given.password == "right"),
    }
}

static NOTING: Scheme = Scheme { name: SchemeName::Bcrypt, check: note, usual: "usual" };

#[test]
fn whatever_is_stored_one_hash_of_each_accepted_scheme_is_computed() {
    let hasher = Hasher::new(1).accepting([&NOTING].into_iter(), Settings::default());
    let own = block_on(hasher.hash("right", "0".repeat(32))).unwrap();
    let check = |stored: Option<&str>, password: &str| {
        COMPARED.lock().unwrap().clear();
        let checked = block_on(hasher.check(stored, password, "1".repeat(32))).unwrap();
        (checked, std::mem::take(&mut *COMPARED.lock().unwrap()))
    };
    let usual = || vec!["usual".to_owned()];
    assert_eq!(check(None, "right"), (PasswordCheck::NoHash, usual()));
    assert_eq!(check(Some(&own), "right"), (PasswordCheck::Right, usual()));
    assert_eq!(check(Some(&own), "wrong"), (PasswordCheck::Wrong, usual()));
    assert_eq!(check(Some("plain"), "right"), (PasswordCheck::Damaged(None), usual()));
    let not_accepted = PasswordCheck::NotAccepted(SchemeName::Argon2);
    assert_eq!(check(Some("$argon2id$v=19$"), "right"), (not_accepted, usual()));
    // A flawed one costs as much as the usual one, although it is not computed.
    let damaged = PasswordCheck::Damaged(Some(SchemeName::Bcrypt));
    assert_eq!(check(Some("$2b$flawed"), "right"), (damaged, ["$2b$flawed", "usual"].map(str::to_owned).to_vec()));
    let first = check(Some("$2b$one"), "wrong");
    assert_eq!(first, (PasswordCheck::Wrong, vec!["$2b$one".to_owned()]));
    // From now on an unknown address costs as much as the last one that was stored.
    assert_eq!(check(None, "right"), (PasswordCheck::NoHash, vec!["$2b$one".to_owned()]));
    let (checked, compared) = check(Some("$2b$one"), "right");
    let PasswordCheck::RightOfOther(new) = checked else { panic!("{checked:?}") };
    assert!(is_own(&new) && compared == ["$2b$one"], "{new} {compared:?}");
    COMPARED.lock().unwrap().clear();
    assert!(is_own(&block_on(hasher.hash_as_slowly("right", "2".repeat(32))).unwrap()));
    assert_eq!(COMPARED.lock().unwrap().len(), 1);
}

#[test]
fn the_usual_hash_of_each_scheme_is_computed_and_matches_no_password() {
    let settings =
        Settings { firebase_key: Some(gatepost_core::crypto::secret::Secret::new(vectors().0)), scrypt: None };
    for scheme in hashes::ALL {
        let checked = (scheme.check)(&GivenPassword { stored: scheme.usual, password: PASSWORD, settings: &settings });
        assert_eq!(checked, Ok(false), "{}", scheme.name.text());
        assert_eq!(SchemeName::of(scheme.usual), Some(scheme.name));
    }
}
