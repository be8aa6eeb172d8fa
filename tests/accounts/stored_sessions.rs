//! Rules for all endpoints: those that write act on the stored session, those that mail count as a mail; and what clients
//! store has a bound.

use std::{fs, path::Path};

use gatepost_core::{
    Config,
    config::{Source, Variables},
    declaration::Resource,
    endpoint::{Endpoint, Guard},
    functions::FUNCTIONS,
    rules::limit,
};
use http::Method;
use serde_json::json;

use crate::support::{
    authenticator::{Authenticator, REGISTER, REGISTERED},
    factors::Browser,
    http::Answer,
    secondary_storage::deployed,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[api_key]\nenabled = true\nenable_metadata = true\n";
const CACHED: &str = "[session.cookie_cache]\nenabled = true\n";

fn endpoints() -> impl Iterator<Item = &'static Endpoint> {
    FUNCTIONS.iter().flat_map(|function| function.endpoints())
}

/// The source of the core, each file below `crates/core/src` with its text.
pub(super) fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<(String, String)>) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                walk(&path, root, found);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/core/src");
    let mut found = Vec::new();
    walk(&root, &root, &mut found);
    found
}

#[test]
fn every_endpoint_that_posts_acts_on_the_stored_session() {
    // Endpoints without a guard read the session themselves. These may believe a cached one: they only look whether a user is signed in,
    // or compare the user with another one, and the statement that writes looks again.
    const MAY: &[&str] = &[
        "signed_in.rs",
        "protected.rs",
        "endpoints/email.rs",
        "features/admin/impersonation.rs",
        "features/email_otp/address.rs",
        "features/passkey/authentication.rs",
    ];
    let cached = endpoints().filter(|one| one.method == Method::POST);
    let cached = cached.filter(|one| matches!(one.guard, Guard::Session | Guard::SessionOrKey)).map(|one| one.id);
    assert_eq!(cached.collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(endpoints().filter(|one| one.guard == Guard::StoredSession).count() > 20);
    let optional =
        sources().into_iter().filter(|(_, text)| text.contains("signed_in::optional(")).map(|(file, _)| file);
    let others: Vec<_> = optional.filter(|file| !MAY.contains(&file.as_str())).collect();
    assert_eq!(others, Vec::<String>::new());
}

#[test]
fn attack_a_session_that_has_ended_removes_no_api_key() {
    let (database, service) = deployed(&format!("{TOML}{CACHED}"), &[]);
    let mut browser = Browser::new(&service.url);
    browser.sign_up("ada@example.com");
    let key = browser.post("/api-key/create", &json!({ "name": "x" })).json();
    database.query("delete from session");
    assert_eq!(browser.get("/get-session").json()["user"]["email"], "ada@example.com");
    assert_eq!(browser.post("/api-key/delete", &json!({ "keyId": key["id"] })).status, 401);
    assert_eq!(database.value("select count(*)::text from apikey"), "1");
}

#[test]
fn each_endpoint_that_mails_counts_as_a_mail() {
    // A provider's answer leads to one mail, to the address that the provider names, and works once.
    const ONCE: &[&str] = &["/callback/:id", "/link-social", "/one-tap/callback"];
    // The handlers of these paths count the mail themselves, because not each of their requests sends one.
    const COUNTED: &[(&str, &str, &str)] = &[
        ("/change-email", "endpoints/user.rs", "limit::check_mail("),
        ("/delete-user", "endpoints/user.rs", "limit::check_mail("),
        ("/verify-email", "endpoints/email.rs", "limit::check_mail("),
        ("/organization/invite-member", "features/organization/invitations.rs", "counted::count("),
    ];
    let (config, _) = Config::examine(&Variables::default(), Some(Source { name: "gatepost.toml", text: "" }));
    let sources = sources();
    let mut mailing = 0;
    for endpoint in endpoints().filter(|one| one.uses.contains(&Resource::Mail)) {
        mailing += 1;
        let path = endpoint.path;
        if let Some((_, file, counts)) = COUNTED.iter().find(|(counted, ..)| *counted == path) {
            let text = &sources.iter().find(|(name, _)| name == file).unwrap().1;
            assert!(text.contains(counts), "{file}");
            continue;
        }
        // The rules of features hold where they are on, so they are asked for by the declarations too.
        let toml = endpoint.served.iter().map(|condition| condition.name()).filter_map(|name| name.split_once('.'));
        let toml: String = toml.map(|(section, key)| format!("[{section}]\n{key} = true\n")).collect();
        let (own, _) = Config::examine(&Variables::default(), Some(Source { name: "gatepost.toml", text: &toml }));
        let rule = limit::rule(path, &own.rate_limit, &own.features).unwrap();
        let is_special = !rule.name.is_empty() && rule.limit.max < config.rate_limit.general().max;
        assert!(is_special || ONCE.contains(&path), "{path} sends mails with the general limit");
    }
    assert!(mailing > 10, "{mailing}");
}

#[track_caller]
fn invalid(answer: &Answer) {
    let found = (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned());
    assert_eq!(found, (400, "VALIDATION_ERROR".to_owned()), "{}", answer.text());
}

#[test]
fn attack_names_of_users_and_passkeys_fit_into_memory() {
    let (_database, service) = deployed("[email_and_password]\nenabled = true\n[passkey]\nenabled = true\n", &[]);
    let long = "x".repeat(1_001);
    let body = json!({ "name": long, "email": "eve@example.com", "password": "correct horse battery" });
    let mut browser = Browser::new(&service.url);
    invalid(&browser.post("/sign-up/email", &body));
    browser.sign_up("ada@example.com");
    invalid(&browser.post("/update-user", &json!({ "name": long })));
    assert_eq!(browser.post("/update-user", &json!({ "name": long[1..] })).status, 200);
    let options = browser.options(REGISTER);
    let response = Authenticator::new(7).register(&options, &service.url);
    invalid(&browser.post(REGISTERED, &json!({ "response": response, "name": long })));
    invalid(&browser.post("/passkey/update-passkey", &json!({ "id": "x", "name": long })));
}

#[test]
fn attack_a_list_of_api_keys_reads_one_page() {
    let (database, service) = deployed(TOML, &[]);
    let mut browser = Browser::new(&service.url);
    browser.sign_up("ada@example.com");
    assert_eq!(browser.post("/api-key/create", &json!({ "name": "first" })).status, 200);
    let columns = database.value(
        "select string_agg(quote_ident(column_name), ', ') from information_schema.columns
         where table_name = 'apikey' and column_name not in ('id', 'key', 'name')",
    );
    let is_text = database
        .value("select data_type from information_schema.columns where table_name = 'apikey' and column_name = 'id'");
    let (id, value) = if is_text == "text" { ("id, ", "md5(i::text), ") } else { ("", "") };
    database.query(&format!(
        "insert into apikey ({id}key, name, {columns}) select {value}md5('k' || i), 'n' || lpad(i::text, 5, '0'), {columns}
         from apikey, generate_series(1, 1200) i"
    ));
    let mut list = |query: &str| browser.get(&format!("/api-key/list?{query}")).json();
    let all = list("");
    assert_eq!((&all["total"], all["apiKeys"].as_array().unwrap().len()), (&json!(1_201), 1_000));
    let mut names = Vec::new();
    for offset in [0, 500, 1_000] {
        let page = list(&format!("sortBy=name&limit=500&offset={offset}"));
        names.extend(page["apiKeys"].as_array().unwrap().iter().map(|key| key["name"].to_string()));
    }
    assert_eq!(names.len(), 1_201);
    assert!(names.is_sorted(), "{names:?}");
    let past = list("limit=5&offset=5000");
    assert_eq!((&past["total"], &past["apiKeys"], &past["limit"]), (&json!(1_201), &json!([]), &json!(5)));
    assert_eq!(list("configId=other")["total"], 0);
    assert_eq!(list("sortBy=key")["code"], "VALIDATION_ERROR");
    // Keys of organizations do not exist here: the client asks for something that is not available.
    let answer = browser.get("/api-key/list?organizationId=x");
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (400, Some("feature_disabled")));
    assert_eq!(answer.json()["code"], "ORGANIZATION_PLUGIN_REQUIRED");
}
