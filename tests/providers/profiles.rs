//! Profiles of providers: which fields of a user they fill, and what they do not prove.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatepost_core::features::social::provider;
use serde_json::{Value, json};

use crate::support::{
    flows::{self, Flows},
    http::{self, Answer},
    node, secondary_storage,
    service::{DEFAULT, log_lines},
};

/// Clients of the providers of these tests.
const CLIENTS: [(&str, &str); 10] = [
    ("KICK_CLIENT_ID", "kick-client"),
    ("KICK_CLIENT_SECRET", "kick-secret"),
    ("CLOUDFLARE_CLIENT_ID", "cloudflare-client"),
    ("CLOUDFLARE_CLIENT_SECRET", "cloudflare-secret"),
    ("LINE_CLIENT_ID", "line-client"),
    ("LINE_CLIENT_SECRET", "line-secret"),
    ("REDDIT_CLIENT_ID", "reddit-client"),
    ("REDDIT_CLIENT_SECRET", "reddit-secret"),
    ("ZOOM_CLIENT_ID", "zoom-client"),
    ("ZOOM_CLIENT_SECRET", "zoom-secret"),
];

fn flows(more: &str) -> Flows {
    let toml = format!("{DEFAULT}{more}");
    let (database, provider) = (secondary_storage::database(&toml), crate::support::provider::Provider::new());
    let variables = [&CLIENTS[..], &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]].concat();
    let service = flows::service(&toml, &variables, &provider);
    Flows { database, provider, service }
}

#[track_caller]
fn assert_sent(answer: &Answer, to: &str) {
    assert_eq!((answer.status, answer.header("location")), (302, Some(to)), "{}", answer.text());
    assert_eq!(answer.cookies().contains("session_token"), to == "/in", "{:?}", answer.set_cookies());
}

/// A code whose profile has these members.
fn said(name: &str, profile: &Value) -> String {
    format!("{name}~set:{}", URL_SAFE_NO_PAD.encode(json!({ "profile": profile }).to_string()))
}

#[test]
fn a_profile_fills_fields_of_new_users_only() {
    let flows = flows(
        "[username]\nenabled = true\n[user.additional_fields.plan]\ntype = \"string\"\n[social.github]\n\
         override_user_info_on_sign_in = true\n[social.github.profile]\nusername = \"login\"\nplan = \"plan.name\"\n\
         name = \"first last\"\n",
    );
    let profile = json!({ "plan": { "name": "pro" }, "first": "Ada", "last": "L" });
    assert_sent(&flows.come("github", &said("adaada", &profile)), "/in");
    let user = r#"select concat_ws(',', name, username, "displayUsername", plan, email) from "user""#;
    assert_eq!(flows.database.value(user), "Ada L,adaada,adaada,pro,adaada@example.com");
    flows.database.query(r#"update "user" set name = 'Own', username = 'own', plan = 'own'"#);
    assert_sent(&flows.come("github", &said("adaada", &profile)), "/in");
    assert_eq!(flows.database.value(user), "Ada L,own,adaada,own,adaada@example.com");
}

#[test]
fn attack_a_picture_of_a_provider_has_a_largest_size() {
    // A size that no other test has, by which the lines of the log are found.
    let flows = flows(
        "[user]\nmaximum_image_bytes = 2017\n[account.account_linking]\nupdate_user_info_on_link = true\n\
         allow_different_emails = true\n[social.github]\noverride_user_info_on_sign_in = true\n",
    );
    let url = |bytes: usize| format!("https://pictures.example/{}", "x".repeat(bytes - 25));
    let come = |picture: &Value| flows.come("github", &said("ada", &json!({ "avatar_url": picture })));
    let stored = || flows.database.value("select coalesce(octet_length(image)::text, 'none') from \"user\"");
    let noted = || {
        let lines = log_lines();
        lines.into_iter().filter(|line| line.contains("`user.maximum_image_bytes` permits 2017")).collect::<Vec<_>>()
    };
    // The user signs up without it, and a former picture stays.
    assert_sent(&come(&json!(url(2_018))), "/in");
    assert_eq!(stored(), "none");
    let [line] = noted().try_into().unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    let notice = "the picture that github returned is left out, because it has 2018 bytes; `user.maximum_image_bytes` permits 2017";
    assert_eq!(line["notice"], notice);
    assert_sent(&come(&json!(url(2_017))), "/in");
    assert_eq!((stored().as_str(), noted().len()), ("2017", 1));
    assert_sent(&come(&json!(url(2_500))), "/in");
    assert_sent(&come(&json!("https://pictures.example/\0")), "/in");
    assert_eq!((stored().as_str(), noted().len()), ("2017", 2));
    // An account that the user links.
    let own = come(&json!(url(1_900))).cookies();
    for (bytes, image) in [(3_000, "1900"), (1_000, "1000")] {
        let begun = flows.begin_at("/link-social", "github", &own);
        let code = said("other", &json!({ "avatar_url": url(bytes) }));
        let back =
            flows.back("github", &format!("code={code}&state={}", begun.state), &format!("{own}; {}", begun.cookie));
        assert_eq!((back.status, back.header("location")), (302, Some("/in")), "{}", back.text());
        assert_eq!(stored(), image);
    }
    assert_eq!(noted().len(), 3);
}

#[test]
fn a_name_of_a_provider_that_cannot_be_stored_is_stored_without_what_is_wrong() {
    let flows = flows("");
    assert_sent(&flows.come("github", &said("ada", &json!({ "name": "A\0da" }))), "/in");
    assert_eq!(flows.database.value(r#"select name from "user""#), "Ada");
}

#[test]
fn a_change_by_a_profile_is_noted() {
    let flows = flows("[audit]\nenabled = true\n[social.github]\noverride_user_info_on_sign_in = true\n");
    assert_sent(&flows.come("github", "ada"), "/in");
    assert_sent(&flows.come("github", "ada~new@example.com"), "/in");
    assert_eq!(flows.database.value(r#"select email from "user""#), "new@example.com");
    let kinds =
        r#"select string_agg(kind, ',' order by kind) from audit where kind like 'user.%' or kind like 'email.%'"#;
    assert_eq!(flows.database.value(kinds), "email.changed,user.created,user.updated");
}

#[test]
fn a_username_of_a_profile_obeys_the_rules_of_usernames() {
    let flows = flows("[username]\nenabled = true\n[social.github.profile]\nusername = \"login\"\n");
    assert_sent(&flows.come("github", "adaada"), "/in");
    let taken = flows.come("github", &said("eveeve", &json!({ "login": "AdaAda" })));
    assert!(taken.header("location").unwrap().starts_with("/no?error=USERNAME_IS_ALREADY_TAKEN"), "{taken:?}");
    let invalid = flows.come("github", &said("maxmax", &json!({ "login": "a b" })));
    assert!(invalid.header("location").unwrap().starts_with("/no?error=INVALID_USERNAME"), "{invalid:?}");
    assert_eq!(flows.database.value(r#"select count(*) from "user""#), "1");
}

#[test]
fn takeover_by_a_flag_of_a_provider_that_is_a_text() {
    let flows = flows("");
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse battery" }).to_string();
    assert_eq!(flows.service.post("/sign-up/email", "", &body).status, 200);
    flows.database.query(r#"update "user" set "emailVerified" = true"#);
    for flag in [json!("false"), json!("0"), json!(2), json!([]), json!({}), json!(null)] {
        let answer = flows.come("zoom", &said("ada", &json!({ "verified": flag })));
        assert_sent(&answer, "/no?error=account_not_linked");
    }
    assert_sent(&flows.come("zoom", &said("ada", &json!({ "verified": 1 }))), "/in");
}

#[test]
fn a_profile_without_its_object_leads_the_user_back() {
    let flows = flows("");
    for provider in ["kick", "cloudflare"] {
        assert_sent(&flows.come(provider, "ada~refuses"), "/no?error=unable_to_get_user_info");
    }
    for data in [json!(null), json!([null]), json!(["x"]), json!({}), json!({ "0": [] })] {
        assert_sent(&flows.come("kick", &said("ada", &json!({ "data": data }))), "/no?error=unable_to_get_user_info");
    }
    assert_eq!(flows.database.value(r#"select count(*) from "user""#), "0");
}

#[test]
fn a_user_of_reddit_gets_a_placeholder_that_is_not_confirmed() {
    let flows = flows("");
    assert_sent(&flows.come("reddit", &said("ada", &json!({ "id": "t2_x", "email": "eve@example.com" }))), "/in");
    let user = r#"select concat_ws(',', email, "emailVerified") from "user""#;
    assert_eq!(flows.database.value(user), "t2_x@reddit.placeholder.invalid,f");
}

#[test]
fn an_id_token_of_line_without_the_given_nonce_signs_nobody_in() {
    let flows = flows("");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let sign = |claims: Value, nonce: Option<&str>| {
        let mut all = json!({ "iss": "https://access.line.me", "aud": "line-client", "sub": "l", "email": "ada@example.com",
            "iat": now, "exp": now + 600 });
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let minted = json!({ "claims": all }).to_string();
        let token = http::send("POST", &format!("{}/mint", flows.provider.url), &[], minted.as_bytes()).json();
        let mut given = json!({ "token": token["token"] });
        given.as_object_mut().unwrap().extend(nonce.map(|nonce| ("nonce".to_owned(), json!(nonce))));
        let body = json!({ "provider": "line", "idToken": given });
        flows.service.post("/sign-in/social", "", &body.to_string()).status
    };
    assert_eq!(sign(json!({}), Some("n")), 401);
    assert_eq!(sign(json!({ "nonce": "m" }), Some("n")), 401);
    assert_eq!(sign(json!({ "aud": "other-client" }), None), 401);
    assert_eq!(flows.database.value("select count(*) from session"), "0");
    assert_eq!(sign(json!({ "nonce": "n" }), Some("n")), 200);
    assert_eq!(flows.database.value(r#"select "emailVerified" from "user""#), "f");
}

#[test]
fn every_provider_that_better_auth_knows_by_name_is_known() {
    let theirs = node::run("providers.mjs", &[], Duration::from_secs(60));
    let theirs: BTreeSet<&str> = theirs.lines().collect();
    let ours: BTreeSet<&str> = provider::entries().map(|entry| entry.id).collect();
    assert!(theirs.len() > 30, "{theirs:?}");
    assert_eq!(ours, theirs);
}
