//! Tokens for other services: their cost, the origin of their keys, and the treatment of keys that are lost.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    http,
    node::{self, Reference},
    platform::Platform,
    postgres::Database,
    service::{DEFAULT, Service},
    wire::Wire,
};

const TOKENS: &str = "[jwt]\nenabled = true\n";

fn service(more: &str, variables: &[(&str, &str)]) -> Service {
    Service::with(&format!("{DEFAULT}\n{TOKENS}\n{more}"), variables)
}

fn token(service: &Service, cookie: &str) -> String {
    let answer = service.get("/token", cookie);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// A part of a token, decoded: 0 is the header, 1 the claims.
fn part(token: &str, at: usize) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

fn kid(token: &str) -> String {
    part(token, 0)["kid"].as_str().unwrap().to_owned()
}

fn kids(url: &str) -> Vec<String> {
    let set = http::send("GET", &format!("{url}/api/auth/jwks"), &[], b"").json();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// Returns jose's result for a token, by the key set at `url`: its claims, or a code.
fn jose(url: &str, token: &str) -> Value {
    let cases = json!([{ "token": token, "issuer": url, "audience": url }]).to_string();
    let keys = format!("{url}/api/auth/jwks");
    let said = node::run("jose.mjs", &["--keys", &keys, "--cases", &cases], Duration::from_secs(30));
    serde_json::from_str::<Value>(&said).unwrap()[0].clone()
}

#[test]
fn a_token_costs_the_lookup_of_the_session_and_the_key_set_nothing_once_they_are_known() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let service = service("", &[("DATABASE_URL", &wire.url)]);
    let cookie = service.user("ada@example.com");
    token(&service, &cookie);
    wire.statements();
    let count = |path: &str| {
        assert_eq!(service.get(path, &cookie).status, 200);
        wire.statements().len()
    };
    assert_eq!([count("/token"), count("/get-session"), count("/jwks")], [1, 1, 0]);
    // A client that is not signed in makes no key.
    service.get("/token", "");
    assert_eq!(wire.statements().len(), 0);
    assert_eq!(wire.named(), Vec::<String>::new());
}

#[test]
fn the_key_set_may_be_cached_for_a_minute_and_shown_where_the_service_fails() {
    let database = Database::new();
    let service = service("", &[("DATABASE_URL", &database.url)]);
    let answer = service.get("/jwks", "");
    assert_eq!(answer.header("cache-control"), Some("public, max-age=60, s-maxage=60, stale-if-error=86400"));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(service.get("/token", "").header("cache-control"), None);
}

#[test]
fn of_instances_that_start_at_once_on_an_empty_table_one_makes_the_key() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let instances: Vec<_> = (0..6).map(|_| service("", &[("DATABASE_URL", &database.url)])).collect();
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let ask = |instance| {
            scope.spawn({
                let cookie = &cookie;
                move || token(instance, cookie)
            })
        };
        let asked: Vec<_> = instances.iter().chain(&instances).map(ask).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(database.value("select count(*) from jwks"), "1");
    assert_eq!(tokens.iter().map(|token| kid(token)).collect::<std::collections::BTreeSet<_>>().len(), 1);
}

#[test]
fn keys_that_better_auth_stored_sign_here_and_the_other_way_round() {
    for (algorithm, secrets) in [
        ("EdDSA", None),
        ("ES256", None),
        ("ES512", None),
        ("RS256", None),
        ("PS256", None),
        ("EdDSA", Some("2:a-newer-secret-a-newer-secret-012345,1:x")),
    ] {
        let options = format!(r#"{{"jwt":{{"jwks":{{"keyPairConfig":{{"alg":"{algorithm}"}}}}}}}}"#);
        let toml = format!("[jwks.key_pair_config]\nalg = \"{algorithm}\"\n");
        let secrets = secrets.map(|secrets| ("BETTER_AUTH_SECRETS", secrets));
        for theirs_first in [true, false] {
            let database = Database::empty();
            let their_variables: Vec<_> = secrets.into_iter().collect();
            let reference = Reference::with(&database.url, &options, &their_variables);
            let mut variables = their_variables.clone();
            variables.push(("DATABASE_URL", &database.url));
            let service = service(&toml, &variables);
            let cookie = service.user("ada@example.com");
            let first = if theirs_first { &reference.url } else { &service.url };
            let known = kids(first);
            assert_eq!(known.len(), 1, "{algorithm}");
            let theirs = http::send("GET", &format!("{}/api/auth/token", reference.url), &[("cookie", &cookie)], b"");
            let (ours, theirs) = (token(&service, &cookie), theirs.json()["token"].as_str().unwrap().to_owned());
            assert_eq!([kid(&ours), kid(&theirs)], [known[0].clone(), known[0].clone()], "{algorithm}");
            // Each checks by the other's key set.
            let claims = jose(&service.url, &ours);
            assert_eq!(claims["email"], "ada@example.com", "{algorithm}: {claims}");
            let keys = format!("{}/api/auth/jwks", service.url);
            let cases = json!([{ "token": theirs, "issuer": reference.url }, { "token": ours, "issuer": service.url }])
                .to_string();
            let said = node::run("jose.mjs", &["--keys", &keys, "--cases", &cases], Duration::from_secs(30));
            let said: Value = serde_json::from_str(&said).unwrap();
            assert!(said.as_array().unwrap().iter().all(|claims| claims["email"] == "ada@example.com"), "{said}");
            assert_eq!(database.value("select count(*) from jwks"), "1");
        }
    }
}

#[test]
fn a_key_that_cannot_be_decrypted_gives_way_to_a_new_one_and_breaks_nothing() {
    let database = Database::new();
    let before = service("", &[("DATABASE_URL", &database.url)]);
    let old = token(&before, &before.user("ada@example.com"));
    let changed =
        [("DATABASE_URL", database.url.as_str()), ("BETTER_AUTH_SECRET", "another-secret-another-secret-123456")];
    let after = service("", &changed);
    let cookie = after.user("eve@example.com");
    let read = after.get("/get-session", &cookie);
    assert_eq!(read.json()["user"]["email"], "eve@example.com");
    let new = read.header("set-auth-jwt").unwrap().to_owned();
    assert_ne!(kid(&new), kid(&old));
    assert_eq!(kid(&token(&after, &cookie)), kid(&new));
    // What was signed before is good as long as it lasts.
    assert_eq!(kids(&after.url), [kid(&old), kid(&new)]);
    assert!(jose(&after.url, &new)["email"] == "eve@example.com");
    let retired = format!("select count(*) from jwks where \"expiresAt\" <= now() and id = '{}'", kid(&old));
    assert_eq!(database.value(&retired), "1");
    // An instance that starts now finds a key that works, and makes none.
    let later = service("", &changed);
    assert_eq!(kid(&token(&later, &cookie)), kid(&new));
    assert_eq!(database.value("select count(*) from jwks"), "2");
}

#[test]
fn the_log_says_which_key_was_lost_and_what_to_do() {
    let database = Database::new();
    let before = service("", &[("DATABASE_URL", &database.url)]);
    let lost = kid(&token(&before, &before.user("ada@example.com")));
    let variables = [("BETTER_AUTH_SECRET", "another-secret-another-secret-123456"), ("DATABASE_URL", &database.url)];
    let platform = Platform::start(&variables, false);
    let person = r#"{"email":"ada@example.com","password":"correct horse battery"}"#;
    let cookie = platform.post("/api/auth/sign-in/email", &[], person).cookies();
    assert_eq!(platform.send("GET", "/api/auth/token", &[("cookie", &cookie)], "").status, 200);
    let line = platform.line("token", |line| line.contains("private half"));
    let line: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
    let cause = line["cause"].as_str().unwrap();
    assert_eq!((&line["level"], cause.contains(&lost)), (&"error".into(), true), "{line}");
    assert!(cause.contains("list the old one in BETTER_AUTH_SECRETS after the current one"), "{line}");
}

#[test]
fn a_session_is_read_also_where_no_key_can_be_had_and_the_reason_has_a_name() {
    let database = Database::new();
    let service = service("", &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let cookie = service.user("ada@example.com");
    // Every stored key is spoilt, as by a process with another secret.
    database.change(
        r#"create function spoil() returns trigger language plpgsql as $$ begin new.{jwks.privateKey} = '"00"'; return new; end $$;
        create trigger spoil before insert on {jwks} for each row execute function spoil()"#,
    );
    let read = service.get("/get-session", &cookie);
    assert_eq!((read.status, read.json()["user"]["email"].as_str()), (200, Some("ada@example.com")));
    assert_eq!(read.header("set-auth-jwt"), None);
    let refused = service.get("/token", &cookie);
    assert_eq!((refused.status, refused.header("x-gatepost-reason")), (500, Some("no_signing_key")));
    // A database from before tokens.
    database.change("drop table {jwks} cascade");
    let read = service.get("/get-session", &cookie);
    assert_eq!((read.status, read.json()["user"]["email"].as_str()), (200, Some("ada@example.com")));
}

#[test]
fn a_database_that_says_nothing_keeps_nobody_from_a_session_in_its_cookie_for_longer_than_the_bound() {
    let database = Database::new();
    let cache = "[session.cookie_cache]\nenabled = true\n[database]\nconnect_timeout = 300\nstatement_timeout = 300\n";
    let cookie = service(cache, &[("DATABASE_URL", &database.url)]).user("ada@example.com");
    let wire = Wire::new(&database.url);
    let cold = service(cache, &[("DATABASE_URL", &wire.url)]);
    wire.stall(true);
    // A request that waited for the database would wait for longer than this test reads.
    let read = cold.get("/get-session", &cookie);
    assert_eq!((read.status, read.header("set-auth-jwt")), (200, None));
    // For a moment, no request tries again.
    assert_eq!(cold.get("/get-session", &cookie).header("set-auth-jwt"), None);
}

#[test]
fn a_private_half_is_read_whether_it_is_encrypted_or_not() {
    let database = Database::new();
    let plain = service("[jwks]\ndisable_private_key_encryption = true\n", &[("DATABASE_URL", &database.url)]);
    let cookie = plain.user("ada@example.com");
    let first = token(&plain, &cookie);
    assert_eq!(database.value("select left(\"privateKey\", 1) from jwks"), "{");
    assert_eq!(kid(&token(&service("", &[("DATABASE_URL", &database.url)]), &cookie)), kid(&first));
}

#[test]
fn keys_that_are_shown_elsewhere_are_not_shown_here_and_what_is_off_is_nowhere() {
    let database = Database::new();
    let elsewhere =
        service("[jwks]\nremote_url = \"https://keys.example/jwks.json\"\n", &[("DATABASE_URL", &database.url)]);
    let answer = elsewhere.get("/jwks", "");
    assert_eq!((answer.status, answer.text().as_str()), (404, ""));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let off = Service::new(&database.url);
    for path in ["/jwks", "/token"] {
        assert_eq!(off.get(path, &off.user(&format!("{}@example.com", &path[1..]))).status, 404);
    }
}

#[test]
fn attack_a_field_of_the_user_does_not_set_a_registered_claim() {
    let fields = "[user.additional_fields]\niss = { type = \"string\", required = false }\nexp = { type = \"number\", required = false }\nsub = { type = \"string\", required = false }\n";
    let database = Database::new();
    database.change(r#"alter table {user} add column iss text, add column exp integer, add column sub text"#);
    let service = service(fields, &[("DATABASE_URL", &database.url)]);
    let person = r#"{"name":"Eve","email":"eve@example.com","password":"correct horse battery","iss":"https://bank.example","exp":2000000000,"sub":"ada"}"#;
    let cookie = service.post("/sign-up/email", "", person).cookies();
    let claims = part(&token(&service, &cookie), 1);
    assert_eq!(claims["iss"], service.url);
    assert_eq!(claims["sub"], claims["id"]);
    assert!(claims["exp"].as_i64().unwrap() < 2_000_000_000, "{claims}");
}
