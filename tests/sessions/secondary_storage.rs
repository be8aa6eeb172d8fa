//! Sessions, single-use secrets and counts in a Redis: what is in it, command by command as better-auth's own transcript has it,
//! and gatepost beside better-auth on Node on one store and one database.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{
    flows::{self, back, begin},
    http,
    mailbox::Mailbox,
    node::Reference,
    postgres::Database,
    provider::Provider,
    redis::Redis,
    schema,
    secondary_storage::{TOML, database, service},
    service::{Service, log_lines},
};

const PASSWORD: &str = "correct horse battery";

fn post(url: &str, path: &str, cookie: &str, body: &Value) -> http::Answer {
    let mut headers = vec![("content-type", "application/json"), ("origin", url)];
    if !cookie.is_empty() {
        headers.push(("cookie", cookie));
    }
    http::send("POST", &format!("{url}/api/auth{path}"), &headers, body.to_string().as_bytes())
}

fn get(url: &str, path: &str, cookie: &str) -> http::Answer {
    http::send("GET", &format!("{url}/api/auth{path}"), &[("cookie", cookie)], b"")
}

fn sign_up(url: &str, email: &str) -> String {
    let body = json!({ "name": "Ada", "email": email, "password": PASSWORD });
    let answer = post(url, "/sign-up/email", "", &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.cookies()
}

fn sign_in(url: &str, email: &str) -> String {
    let answer = post(url, "/sign-in/email", "", &json!({ "email": email, "password": PASSWORD }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.cookies()
}

fn reason(answer: &http::Answer) -> &str {
    answer.header("x-gatepost-reason").unwrap_or_default()
}

/// The shape of a value, without its writer and time: names of members, kinds of values. A missing member is as good as null.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let known = members.iter().filter(|(name, value)| *name != "gatepostProvider" && !value.is_null());
            Value::Object(known.map(|(name, value)| (name.clone(), shape(value))).collect())
        }
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ Value::Object(_)) => shape(&inner),
            _ if text.len() == 24 && text.ends_with('Z') && text.as_bytes()[10] == b'T' => "an instant".into(),
            _ if is_random(text) => "random".into(),
            _ => "a text".into(),
        },
        Value::Number(number) => format!("a number of {} digits", number.to_string().len()).into(),
        other => other.clone(),
    }
}

/// Whether it is a secret, or an identifier as this run makes them.
fn is_random(text: &str) -> bool {
    let identifier = match schema::ids() {
        "uuid" => text.len() == 36,
        "serial" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    };
    identifier || (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)))
}

/// A key without what is random in it.
fn kind(key: &str) -> String {
    let random = key
        .split([':', '|'])
        .flat_map(|part| [part, part.rsplit("ions-").next().unwrap(), part.rsplit("before-").next().unwrap()])
        .find(|part| is_random(part));
    random.map_or_else(|| key.to_owned(), |random| key.replace(random, "*"))
}

/// The kinds of keys with the shapes of their values and their expiries.
type Entries = BTreeMap<String, Vec<(String, i64)>>;

fn entries(all: impl Iterator<Item = (String, String, i64)>) -> Entries {
    let mut entries = Entries::new();
    for (key, value, seconds) in all {
        let value: Value = serde_json::from_str(&value).unwrap();
        entries.entry(kind(&key)).or_default().push((shape(&value).to_string(), seconds));
    }
    entries.values_mut().for_each(|of_kind| of_kind.sort());
    entries
}

#[test]
fn another_process_sees_what_better_auths_transcript_has() {
    let vector: Value = serde_json::from_str(include_str!("../vectors/secondary-storage.json")).unwrap();
    let steps = vector["secondaryStorageTranscript"].as_array().unwrap();
    let Some(redis) = Redis::start() else { return };
    let (database, provider) = (database(TOML), Provider::new());
    // A slow run must not outlive a window: they are longer than the ten seconds of the transcript.
    const WINDOW: i64 = 3_600;
    let paths =
        ["/sign-up/email", "/get-session", "/update-user", "/sign-in/social", "/callback/github", "/revoke-sessions"];
    let rules = paths.map(|path| format!("\"{path}\" = {{ window = {WINDOW}, max = 9 }}\n"));
    let toml = format!("{TOML}[rate_limit]\nenabled = true\n[rate_limit.custom_rules]\n{}", rules.concat());
    let mut variables = vec![("DATABASE_URL", database.url.as_str())];
    let url = redis.url();
    variables.extend([("REDIS_URL", url.as_str()), ("GATEPOST_FETCH_REWRITE", provider.rewrites.as_str())]);
    variables.extend(flows::CLIENTS);
    let service = Service::with(&toml, &variables);

    // What their store has after each step.
    let mut theirs: BTreeMap<String, (String, i64)> = BTreeMap::new();
    let (mut cookie, mut flow) = (String::new(), None);
    for step in steps {
        for op in step["ops"].as_array().unwrap() {
            let text = |at: usize| op[at].as_str().unwrap_or_default().to_owned();
            let key = text(1).replace("callback/demo", "callback/github").replace("1.2.3.4", "no-trusted-ip");
            match op[0].as_str().unwrap() {
                "set" => drop(theirs.insert(key, (text(2), op[3].as_i64().unwrap()))),
                "increment" => {
                    let entry = theirs.entry(key).or_insert(("0".to_owned(), WINDOW));
                    entry.0 = (entry.0.parse::<u32>().unwrap() + 1).to_string();
                }
                "delete" => drop(theirs.remove(&key)),
                _ => {}
            }
        }
        let name = step["step"].as_str().unwrap();
        let answer = match name {
            "POST /sign-up/email" => {
                let answer = service.post(
                    "/sign-up/email",
                    "",
                    r#"{"name":"Ann","email":"a@b.co","password":"correct horse battery"}"#,
                );
                cookie = answer.cookies();
                answer
            }
            "GET /get-session" => service.get("/get-session", &cookie),
            "POST /update-user" => service.post("/update-user", &cookie, r#"{"name":"B"}"#),
            "POST /sign-in/social" => {
                let body = json!({ "provider": "github", "callbackURL": "/d" });
                let answer = post(&service.url, "/sign-in/social", "", &body);
                let url: url::Url = answer.json()["url"].as_str().unwrap().parse().unwrap();
                let state = url.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
                flow = Some((state, answer.cookies()));
                answer
            }
            "GET /callback/demo" => {
                let (state, its) = flow.take().unwrap();
                let answer = back(&service.url, "github", &format!("code=ada&state={state}"), &its);
                cookie = answer.cookies();
                answer
            }
            "POST /revoke-sessions" => service.post("/revoke-sessions", &cookie, "{}"),
            other => panic!("{other} is a new step"),
        };
        assert_eq!(u64::from(answer.status), step["status"].as_u64().unwrap(), "{name}: {}", answer.text());
        let expected = entries(theirs.iter().map(|(key, (value, seconds))| (key.clone(), value.clone(), *seconds)));
        let ours = entries(redis.keys().into_iter().map(|key| {
            let (value, seconds) = (redis.get(&key), redis.seconds(&key));
            (key, value, seconds)
        }));
        assert_eq!(ours.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{name}");
        for (kind, expected) in expected {
            let (shapes, seconds): (Vec<_>, Vec<_>) = expected.into_iter().unzip();
            let (our_shapes, our_seconds): (Vec<_>, Vec<_>) = ours[&kind].iter().cloned().unzip();
            assert_eq!(our_shapes, shapes, "{name}: {kind}");
            // A slow run may have used some of it up.
            for (ours, theirs) in our_seconds.iter().zip(seconds) {
                assert!((theirs - 60..=theirs).contains(ours), "{name}: {kind} is kept for {ours} s, not {theirs}");
            }
        }
    }
}

#[test]
fn an_operation_is_one_round_trip_and_the_log_counts_it() {
    let Some(redis) = Redis::start() else { return };
    let database = database(TOML);
    let service = service(TOML, &database, &redis.url());
    let cookie = service.user("ada@example.com");
    for (path, statements, commands) in [("/get-session", 0, 1), ("/list-sessions", 0, 2)] {
        redis.ask(&["CONFIG", "RESETSTAT"]);
        assert_eq!(service.get(path, &cookie).status, 200);
        let asked: usize = redis
            .ask(&["INFO", "commandstats"])
            .lines()
            .filter(|line| line.starts_with("cmdstat_eval:"))
            .map(|line| line.split("calls=").nth(1).unwrap().split(',').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(asked, commands, "{path}");
        let line: Value = log_lines()
            .iter()
            .rev()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .find(|line| line["secondary_round_trips"] == commands && line["round_trips"] == statements)
            .unwrap();
        assert_eq!(line["status"], 200, "{path}");
    }
}

#[test]
fn what_answers_do_not_show_and_what_only_another_server_knows_stays_in_the_store() {
    let toml = format!(
        "{TOML}[session.additional_fields]\ntheme = {{ type = \"string\", required = false, default_value = \"dark\" }}\n\
         hidden = {{ type = \"string\", required = false, default_value = \"x\", returned = false }}\n"
    );
    let Some(redis) = Redis::start() else { return };
    let database = database(&toml);
    let service = service(&toml, &database, &redis.url());
    let cookie = service.user("ada@example.com");
    let token = redis.keys().into_iter().find(|key| key.len() == 32).unwrap();
    let mut entry: Value = serde_json::from_str(&redis.get(&token)).unwrap();
    assert_eq!((&entry["session"]["theme"], &entry["session"]["hidden"]), (&"dark".into(), &"x".into()));
    entry["session"]["activeOrganizationId"] = "an organization".into();
    entry["user"]["role"] = "admin".into();
    redis.ask(&["SET", &format!("better-auth:{token}"), &entry.to_string(), "KEEPTTL"]);
    let changed = service.post("/update-session", &cookie, r#"{"theme":"light","hidden":"y"}"#);
    assert_eq!(changed.json()["session"]["theme"], "light", "{}", changed.text());
    assert_eq!(service.post("/update-user", &cookie, r#"{"name":"New"}"#).status, 200);
    for answer in [changed, service.get("/get-session", &cookie), service.get("/list-sessions", &cookie)] {
        assert!(!["hidden", "activeOrganizationId", "role"].iter().any(|name| answer.text().contains(name)));
    }
    let entry: Value = serde_json::from_str(&redis.get(&token)).unwrap();
    let (session, user) = (&entry["session"], &entry["user"]);
    assert_eq!((&session["theme"], &session["hidden"]), (&"light".into(), &"y".into()));
    assert_eq!(session["activeOrganizationId"], "an organization");
    assert_eq!((&user["name"], &user["role"]), (&"New".into(), &"admin".into()));
}

/// Both servers on one store and one database, with mails and a provider.
struct BothServers {
    redis: Redis,
    database: Database,
    provider: Provider,
    mailbox: Mailbox,
}

impl BothServers {
    fn new() -> Option<Self> {
        let redis = Redis::start()?;
        Some(Self { redis, database: Database::empty(), provider: Provider::new(), mailbox: Mailbox::new() })
    }

    fn servers(&self, options: &Value, toml: &str) -> (Reference, Service) {
        let (store, email_url) = (self.redis.url(), self.mailbox.url());
        let mut options = options.clone();
        options["socialProviders"] =
            json!({ "github": { "clientId": "github-client", "clientSecret": "github-secret" } });
        let variables = [
            ("SECONDARY_STORAGE", store.as_str()),
            ("MAIL_FILE", email_url.strip_prefix("file:").unwrap()),
            ("FETCH_REWRITE", self.provider.rewrites.as_str()),
        ];
        let reference = Reference::with(&self.database.url, &options.to_string(), &variables);
        let mut variables = vec![
            ("DATABASE_URL", self.database.url.as_str()),
            ("REDIS_URL", store.as_str()),
            ("EMAIL_URL", email_url.as_str()),
            ("GATEPOST_FETCH_REWRITE", self.provider.rewrites.as_str()),
            ("VERCEL_ENV", "development"),
        ];
        variables.extend(flows::CLIENTS);
        (reference, Service::with(toml, &variables))
    }
}

#[test]
fn attack_a_bearer_token_that_is_the_name_of_another_key_ends_nothing() {
    let Some(store) = Redis::start() else { return };
    let database = database(TOML);
    let service = service(TOML, &database, &store.url());
    sign_up(&service.url, "ada@example.com");
    for (key, value) in [
        ("no-trusted-ip|/sign-in/email", "3"),
        ("revoked-sessions-before-somebody", "1796015091574"),
        ("verification:x", r#"{"id":"1","value":"{}"}"#),
        ("another-session", r#"{"session":{"token":"not this key","userId":"1"},"user":{}}"#),
        ("no-json", "{"),
    ] {
        store.ask(&["SET", &format!("better-auth:{key}"), value]);
    }
    let before = store.keys();
    let list = before.iter().position(|key| key.starts_with("active-sessions-")).expect("a list of sessions");
    let session = before.iter().position(|key| key.len() == 32 && !key.contains('-')).expect("a session");
    let sign_out = |key: &str| {
        let bearer = format!("Bearer {key}");
        let headers = [("content-type", "application/json"), ("authorization", &bearer)];
        http::send("POST", &format!("{}/api/auth/sign-out", service.url), &headers, b"{}").status
    };
    for key in before.iter().filter(|key| **key != before[session]) {
        assert_eq!(sign_out(key), 200, "{key}");
    }
    assert_eq!(store.keys(), before);
    // The token of a session still ends it, and takes it off the list.
    assert_eq!(sign_out(&before[session]), 200);
    let left: Vec<_> = before.iter().enumerate().filter(|(at, _)| ![list, session].contains(at)).collect();
    assert_eq!(store.keys(), left.into_iter().map(|(_, key)| key.clone()).collect::<Vec<_>>());
}

#[test]
fn what_one_server_does_with_sessions_the_other_sees() {
    let Some(both) = BothServers::new() else { return };
    let (reference, service) = both.servers(&json!({}), TOML);
    for (first, second, name) in [(&reference.url, &service.url, "ada"), (&service.url, &reference.url, "eve")] {
        let email = format!("{name}@example.com");
        let user = |url: &str, cookie: &str| get(url, "/get-session", cookie).json()["user"].clone();
        let own = sign_up(first, &email);
        assert_eq!(user(second, &own)["email"], email);
        let more = sign_in(second, &email);
        // The user changes: every session shows it, everywhere.
        assert_eq!(post(second, "/update-user", &own, &json!({ "name": "New" })).status, 200);
        for (url, cookie) in [(first, &own), (first, &more), (second, &own), (second, &more)] {
            assert_eq!(user(url, cookie)["name"], "New", "{url}");
        }
        // Both list the same, the other way of writing apart.
        let listed = |url: &str| {
            let mut tokens: Vec<String> = get(url, "/list-sessions", &own)
                .json()
                .as_array()
                .unwrap()
                .iter()
                .map(|session| session["token"].as_str().unwrap().to_owned())
                .collect();
            tokens.sort();
            tokens
        };
        assert_eq!(listed(first).len(), 2);
        assert_eq!(listed(first), listed(second));
        // One is signed out, one revoked, then all.
        assert_eq!(post(second, "/sign-out", &own, &json!({})).status, 200);
        assert_eq!((user(first, &own), user(second, &own)), (Value::Null, Value::Null));
        let (third, token) =
            (sign_in(first, &email), get(first, "/get-session", &more).json()["session"]["token"].clone());
        assert_eq!(post(second, "/revoke-session", &third, &json!({ "token": token })).status, 200);
        assert_eq!((user(first, &more), user(second, &more)), (Value::Null, Value::Null));
        let fourth = sign_in(second, &email);
        assert_eq!(post(second, "/revoke-other-sessions", &fourth, &json!({})).status, 200);
        assert_eq!((user(first, &third), user(first, &fourth)["email"].clone()), (Value::Null, email.as_str().into()));
        let id = user(first, &fourth)["id"].as_str().unwrap().to_owned();
        let kept = get(first, "/get-session", &fourth).json()["session"]["token"].as_str().unwrap().to_owned();
        let entry = both.redis.get(&kept);
        assert_eq!(post(first, "/revoke-sessions", &fourth, &json!({})).status, 200);
        for url in [first, second] {
            assert_eq!(user(url, &fourth), Value::Null, "{url}");
        }
        // A server that knew nothing of it writes the entry again; this does not bring the session back.
        both.redis.ask(&["SET", &format!("better-auth:{kept}"), &entry, "EX", "600"]);
        for url in [first, second] {
            assert_eq!(user(url, &fourth), Value::Null, "{url}");
        }
        assert_eq!(reason(&get(&service.url, "/get-session", &fourth)), "session_revoked");
        assert!(both.redis.keys().contains(&format!("revoked-sessions-before-{id}")));
    }
}

/// Sessions that are not remembered live for a day, even where all others live for ten minutes.
#[test]
fn a_revocation_is_known_for_as_long_as_the_longest_session_lives() {
    let Some(redis) = Redis::start() else { return };
    let toml = format!("{TOML}[session]\nexpires_in = 600\n");
    let database = database(&toml);
    let service = service(&toml, &database, &redis.url());
    let remembered = sign_up(&service.url, "ada@example.com");
    let body = json!({ "email": "ada@example.com", "password": PASSWORD, "rememberMe": false });
    let forgotten = post(&service.url, "/sign-in/email", "", &body).cookies();
    // When a key is gone, in seconds since 1970: no matter when it is asked.
    let gone_at = |key: &str| redis.ask(&["EXPIRETIME", &format!("better-auth:{key}")]).parse::<i64>().unwrap();
    let session = |cookie: &str| get(&service.url, "/get-session", cookie).json()["session"].clone();
    let lifetime = |session: &Value| {
        let at = |name: &str| session[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        at("expiresAt").duration_since(at("createdAt")).as_secs()
    };
    assert_eq!(lifetime(&session(&remembered)), 600);
    let forgotten_session = session(&forgotten);
    assert_eq!(lifetime(&forgotten_session), 86_400);
    let gone = gone_at(forgotten_session["token"].as_str().unwrap());
    assert_eq!(post(&service.url, "/revoke-sessions", &forgotten, &json!({})).status, 200);
    let since = redis.keys().into_iter().find(|key| key.starts_with("revoked-sessions-before-")).unwrap();
    assert!(gone > 0 && gone_at(&since) >= gone, "{} {gone}", gone_at(&since));
}

#[test]
fn secrets_that_one_server_stored_the_other_redeems_once() {
    let Some(both) = BothServers::new() else { return };
    let deletion = json!({ "user": { "deleteUser": { "enabled": true, "sendDeleteAccountVerification": true } } });
    let toml = format!("{TOML}[user.delete_user]\nenabled = true\nsend_delete_account_verification = true\n");
    let (reference, service) = both.servers(&deletion, &toml);
    let mut mails = 0;
    for (first, second, name) in [(&reference.url, &service.url, "ada"), (&service.url, &reference.url, "eve")] {
        let email = format!("{name}@example.com");
        sign_up(first, &email);
        let asked = json!({ "email": email, "redirectTo": "/reset" });
        assert_eq!(post(first, "/request-password-reset", "", &asked).status, 200);
        mails += 1;
        let token = both.mailbox.mails(mails)[mails - 1]["token"].as_str().unwrap().to_owned();
        let new = json!({ "newPassword": PASSWORD, "token": token });
        assert_eq!(post(second, "/reset-password", "", &new).status, 200);
        for url in [first, second] {
            assert_eq!(post(url, "/reset-password", "", &new).status, 400, "{url}");
        }
        // Here a reset of an unconfirmed address ends its sessions (docs/DIFFERENCES.md).
        let cookie = sign_in(first, &email);
        // A flow that one began the other ends, once.
        let body = json!({ "provider": "github", "callbackURL": "/in", "errorCallbackURL": "/no" });
        let begun = begin(first, "/sign-in/social", &body, "");
        let query = format!("code={name}2&state={}", begun.state);
        assert_eq!(back(second, "github", &query, &begun.cookie).header("location"), Some("/in"));
        for url in [first, second] {
            let again = back(url, "github", &query, &begun.cookie);
            assert!(again.header("location").unwrap().contains("state_mismatch"), "{url}");
        }
        // And so it is with the end of a user.
        let asked = post(first, "/delete-user", &cookie, &json!({}));
        assert_eq!(asked.json()["message"], "Verification email sent", "{}", asked.text());
        mails += 1;
        let token = both.mailbox.mails(mails)[mails - 1]["token"].as_str().unwrap().to_owned();
        let gone = post(second, "/delete-user", &cookie, &json!({ "token": token }));
        assert_eq!(gone.json()["message"], "User deleted", "{}", gone.text());
        for url in [first, second] {
            assert_eq!(get(url, "/get-session", &cookie).text(), "null", "{url}");
        }
    }
    assert_eq!(both.redis.keys().iter().filter(|key| key.starts_with("verification:")).count(), 0);
}

#[test]
fn requests_to_both_servers_are_counted_together() {
    let Some(both) = BothServers::new() else { return };
    let (reference, service) = both.servers(
        &json!({ "rateLimit": { "enabled": true, "window": 60, "max": 3 } }),
        &format!("{TOML}[rate_limit]\nenabled = true\nwindow = 60\nmax = 3\n"),
    );
    for (number, url) in
        [&reference.url, &service.url, &service.url, &reference.url, &service.url].into_iter().enumerate()
    {
        let headers = [("x-forwarded-for", "203.0.113.9")];
        let answer = http::send("GET", &format!("{url}/api/auth/get-session"), &headers, b"");
        let expected = if number < 3 { (200, None) } else { (429, Some("60")) };
        assert_eq!((answer.status, answer.header("x-retry-after")), expected, "request {number}");
    }
    assert_eq!(both.redis.get("203.0.113.9|/get-session"), "5");
}

#[test]
fn without_a_database_the_sessions_of_providers_are_in_the_store() {
    const TOML: &str = "[secondary_storage]\nenabled = true\n";
    let Some(redis) = Redis::start() else { return };
    let (provider, store) = (Provider::new(), redis.url());
    let start = || flows::service(TOML, &[("REDIS_URL", &store), ("VERCEL_ENV", "development")], &provider);
    let (service, another) = (start(), start());
    let come = || {
        let begun = begin(&service.url, "/sign-in/social", &json!({ "provider": "github", "callbackURL": "/in" }), "");
        assert!(redis.keys().contains(&format!("verification:auth-state:{}", begun.state)));
        // What one instance began another one ends.
        let answer = back(&another.url, "github", &format!("code=ada&state={}", begun.state), &begun.cookie);
        assert_eq!(answer.header("location"), Some("/in"));
        answer.cookies()
    };
    let cookie = come();
    assert!(!cookie.contains("session_data") && cookie.contains("account_data"), "{cookie}");
    let reference = Reference::with("", "{}", &[("SECONDARY_STORAGE", &store)]);
    let everywhere = [&service.url, &another.url, &reference.url];
    for url in everywhere {
        let answer = get(url, "/get-session", &cookie);
        assert_eq!(answer.json()["user"]["email"], "ada@example.com", "{url} {}", answer.text());
    }
    assert_eq!(get(&service.url, "/list-sessions", &cookie).json().as_array().unwrap().len(), 1);
    let token = post(&service.url, "/get-access-token", &cookie, &json!({ "useAccountCookie": true }));
    assert_eq!(token.json()["accessToken"], "access-ada", "{}", token.text());
    // It ends everywhere, by either server.
    let more = come();
    assert_eq!(post(&reference.url, "/sign-out", &cookie, &json!({})).status, 200);
    for url in everywhere {
        assert_eq!(get(url, "/get-session", &cookie).text(), "null", "{url}");
    }
    assert_eq!(post(&service.url, "/revoke-sessions", &more, &json!({})).status, 200);
    for url in everywhere {
        assert_eq!(get(url, "/get-session", &more).text(), "null", "{url}");
    }
    let token = post(&service.url, "/get-access-token", &more, &json!({ "useAccountCookie": true }));
    assert_eq!(token.status, 401, "a session that was revoked gets no more tokens");
    // Every endpoint that needs rows is missing.
    assert_eq!(post(&service.url, "/sign-up/email", "", &json!({})).status, 404);
    assert_eq!(post(&service.url, "/update-user", &more, &json!({})).status, 404);
}
