//! Signing in with providers, from outside: who is kept out, and why, by name.

use std::collections::BTreeMap;

use gatepost_core::verify::{self, Expected, KeySet, LocalKeySet};
use serde_json::json;

use crate::support::{
    flows::{self, Flows},
    http::{self, Answer},
    mailbox::Mailbox,
    postgres::{Database, block_on},
    provider::Provider,
    service::DEFAULT,
};

#[track_caller]
fn assert_sent(answer: &Answer, to: &str, reason: &str) {
    let found = (answer.status, answer.header("location"), answer.header("x-gatepost-reason"));
    assert_eq!(found, (302, Some(to), Some(reason)), "{}", answer.text());
    assert!(!answer.cookies().contains("session_token"), "{:?}", answer.set_cookies());
}

#[track_caller]
fn assert_in(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.header("location")), (302, Some("/in")), "{}", answer.text());
    let cookie = answer.cookies();
    assert!(cookie.contains("session_token"), "{cookie}");
    cookie
}

#[test]
fn whoever_does_not_come_in_is_told_where_to_go_and_the_operator_why() {
    let flows = Flows::new(DEFAULT);
    let (no_state, usual) = (flows.back("github", "code=x", ""), format!("{}/api/auth/error", flows.service.url));
    assert_sent(&no_state, &format!("{usual}?error=state_not_found"), "no_state");
    assert_sent(
        &flows.back("github", "code=x&state=unknown", ""),
        &format!("{usual}?error=state_mismatch"),
        "unknown_state",
    );
    let begun = flows.begin("github");
    let back = |query: &str| flows.back("github", &format!("{query}&state={}", begun.state), &begun.cookie);
    assert_sent(&back("error=access_denied"), "/no?error=access_denied", "provider_refused");
    assert_sent(&back("code=x"), &format!("{usual}?error=state_mismatch"), "unknown_state");
    for (code, error, reason) in [
        ("x~denied", "invalid_code", "code_refused"),
        ("x~mute", "unable_to_get_user_info", "no_profile"),
        ("x~no-email", "email_not_found", "no_provider_email"),
    ] {
        assert_sent(&flows.come("github", code), &format!("/no?error={error}"), reason);
    }
    let begun = flows.begin("github");
    let unknown = flows.back("nobody", &format!("code=x&state={}", begun.state), &begun.cookie);
    assert_sent(&unknown, "/no?error=oauth_provider_not_found", "unknown_provider");
    let begun = flows.begin("github");
    let no_code = flows.back("github", &format!("state={}", begun.state), &begun.cookie);
    assert_sent(&no_code, "/no?error=no_code", "no_code");
    let begun = flows.begin("github");
    flows
        .database
        .query(r#"update verification set value = regexp_replace(value, '"expiresAt":[0-9]+', '"expiresAt":1')"#);
    let late = flows.back("github", &format!("code=x&state={}", begun.state), &begun.cookie);
    assert_sent(&late, "/no?error=state_mismatch", "state_expired");
}

#[test]
fn login_csrf_a_state_of_another_browser_signs_nobody_in_and_stays_good_in_its_own() {
    let flows = Flows::new(DEFAULT);
    let (mine, other) = (flows.begin("github"), flows.begin("github"));
    let query = format!("code=ada&state={}", mine.state);
    for cookie in ["", other.cookie.as_str(), &format!("better-auth.state={}", mine.state)] {
        assert_sent(&flows.back("github", &query, cookie), "/no?error=state_mismatch", "state_of_another_browser");
    }
    assert!(flows.asked("ada").is_empty(), "a code was spent");
    assert_in(&flows.back("github", &query, &mine.cookie));
    // Without a database the state is in the cookie; the same holds.
    let cookies = Flows::new("[email_and_password]\nenabled = true\n[account]\nstore_state_strategy = \"cookie\"\n");
    let (mine, other) = (cookies.begin("github"), cookies.begin("github"));
    let query = format!("code=ada&state={}", mine.state);
    assert_sent(&cookies.back("github", &query, &other.cookie), "/no?error=state_mismatch", "state_of_another_browser");
    let forged = cookies.back("github", &query, "better-auth.oauth_state=00");
    assert_eq!(forged.header("x-gatepost-reason"), Some("invalid_state"));
    assert_in(&cookies.back("github", &query, &mine.cookie));
}

#[test]
fn mix_up_an_answer_of_another_provider_than_was_asked_is_refused_before_its_code_is_sent_anywhere() {
    let flows = Flows::new(DEFAULT);
    let begun = flows.begin("github");
    let mixed = flows.back("google", &format!("code=stolen&state={}", begun.state), &begun.cookie);
    assert_sent(&mixed, "/no?error=state_mismatch", "state_of_another_provider");
    assert!(flows.asked("stolen").is_empty());
    // The request has used the state up: a second try fails.
    let again = flows.back("github", &format!("code=stolen&state={}", begun.state), &begun.cookie);
    assert_eq!(again.header("x-gatepost-reason"), Some("unknown_state"));
}

#[test]
fn ghsa_965c_763c_88jm_a_state_is_no_other_token_and_no_other_token_is_a_state() {
    let mailbox = Mailbox::new();
    let (database, provider) = (Database::new(), Provider::new());
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
    let service = flows::service(DEFAULT, &variables, &provider);
    service.user("ada@example.com");
    service.post("/request-password-reset", "", r#"{"email":"ada@example.com","redirectTo":"/x"}"#);
    let token = mailbox.token("reset-password");
    let body = json!({ "provider": "github", "callbackURL": "/in", "additionalData": { "a": 1 } });
    let begun = flows::begin(&service.url, "/sign-in/social", &body, "");
    let reset = json!({ "newPassword": "another password", "token": begun.state }).to_string();
    assert_eq!(service.post("/reset-password", "", &reset).status, 400);
    let prefixed = json!({ "newPassword": "another password", "token": format!("../auth-state:{}", begun.state) });
    assert_eq!(service.post("/reset-password", "", &prefixed.to_string()).status, 400);
    for state in [token.clone(), format!("reset-password:{token}")] {
        let answer = flows::back(&service.url, "github", &format!("code=ada&state={state}"), &begun.cookie);
        assert!(answer.header("location").unwrap().ends_with("?error=state_mismatch"), "{answer:?}");
    }
    let good = json!({ "newPassword": "another password", "token": token }).to_string();
    assert_eq!(service.post("/reset-password", "", &good).status, 200);
}

#[test]
fn wxw3_q3m9_c3jr_a_state_is_used_once_by_twenty_at_once() {
    let flows = Flows::new(DEFAULT);
    let begun = flows.begin("github");
    let query = format!("code=ada&state={}", begun.state);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(|| flows.back("github", &query, &begun.cookie))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.header("location") == Some("/in")).count(), 1);
    assert_eq!(flows.asked("ada").len(), 1);
    assert_eq!(flows.database.value("select count(*) from session"), "1");
}

#[test]
fn g38m_r43w_p2q7_registering_an_address_before_its_owner_gives_nothing_of_the_owners_account() {
    let flows = Flows::new(DEFAULT);
    let attacker = flows.service.user("ada@example.com");
    assert_sent(&flows.come("google", "ada"), "/no?error=account_not_linked", "account_not_linked");
    assert_eq!(flows.database.value("select count(*) from account"), "1");
    assert_eq!(flows.service.get("/get-session", &attacker).json()["user"]["emailVerified"], false);
    // Nor the other way round: who comes with an address that the provider has not confirmed takes nobody's place.
    flows.service.user("eve@example.com");
    flows.database.query(r#"update "user" set "emailVerified" = true"#);
    assert_sent(&flows.come("google", "eve~unverified"), "/no?error=account_not_linked", "account_not_linked");
    let owner = assert_in(&flows.come("github", "mia"));
    let taken = r#"{"name":"X","email":"mia@example.com","password":"correct horse battery"}"#;
    assert_eq!(flows.service.post("/sign-up/email", "", taken).status, 422);
    assert_eq!(flows.service.get("/get-session", &owner).json()["user"]["email"], "mia@example.com");
}

#[test]
fn an_account_is_linked_to_whoever_began_and_to_nobody_else() {
    let flows = Flows::new(DEFAULT);
    let ada = flows.service.user("ada@example.com");
    let begun = flows.begin_at("/link-social", "github", &ada);
    let query = format!("code=ada&state={}", begun.state);
    // Another user's browser follows the link.
    let eve = flows.service.user("eve@example.com");
    assert_sent(&flows.back("github", &query, &eve), "/no?error=state_mismatch", "state_of_another_browser");
    let linked = flows.back("github", &query, &begun.cookie);
    assert_eq!((linked.status, linked.header("location")), (302, Some("/in")));
    assert!(!linked.cookies().contains("session_token"), "linking opens no session");
    for (code, error, reason) in [
        ("ada~unverified", "unable_to_link_account", "account_not_linked"),
        ("mia", "email_does_not_match", "email_mismatch"),
    ] {
        let begun = flows.begin_at("/link-social", "google", &ada);
        let answer = flows.back("google", &format!("code={code}&state={}", begun.state), &begun.cookie);
        assert_sent(&answer, &format!("/no?error={error}"), reason);
    }
    flows.database.query(r#"update "user" set email = 'x@example.com' where email = 'ada@example.com'"#);
    flows.database.query(r#"update "user" set email = 'ada@example.com' where email = 'eve@example.com'"#);
    let begun = flows.begin_at("/link-social", "github", &eve);
    let answer = flows.back("github", &format!("code=ada&state={}", begun.state), &begun.cookie);
    assert_sent(&answer, "/no?error=account_already_linked_to_different_user", "linked_elsewhere");
    let begun = flows.begin_at("/link-social", "google", &eve);
    flows.service.post("/sign-out", &eve, "{}");
    let answer = flows.back("google", &format!("code=ada&state={}", begun.state), &begun.cookie);
    assert_sent(&answer, "/no?error=unable_to_link_account", "link_session_over");
}

#[test]
fn open_redirect_nothing_that_the_browser_brings_back_says_where_it_goes() {
    let flows = Flows::new(DEFAULT);
    let begun = flows.begin("github");
    let evil = "callbackURL=https://evil.example&errorCallbackURL=https://evil.example&redirectTo=https://evil.example&errorURL=//evil.example";
    assert_in(&flows.back("github", &format!("{evil}&code=ada&state={}", begun.state), &begun.cookie));
    let refused = flows.back("github", &format!("{evil}&error=x&state=y"), "");
    assert_eq!(
        refused.header("location"),
        Some(&*format!("{}/api/auth/error?error=state_mismatch", flows.service.url))
    );
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let forwarded = flows.service.send("POST", "/callback/github", &form, "code=a&state=b&callbackURL=/x&other=y");
    let own = format!("{}/api/auth/callback/github?code=a&state=b", flows.service.url);
    assert_eq!((forwarded.status, forwarded.header("location")), (302, Some(own.as_str())));
    for url in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        for key in ["callbackURL", "errorCallbackURL", "newUserCallbackURL"] {
            let body = json!({ "provider": "github", key: url }).to_string();
            assert_eq!(flows.service.post("/sign-in/social", "", &body).status, 403, "{key} {url}");
        }
    }
}

#[test]
fn what_a_provider_answers_is_bounded_and_leads_nowhere_else() {
    let flows = Flows::new(DEFAULT);
    for code in ["x~moved", "x~huge"] {
        assert_sent(&flows.come("google", code), "/no?error=invalid_code", "code_refused");
    }
    // Nothing stands for this host, and its address is not public.
    let variables = [
        ("DATABASE_URL", flows.database.url.as_str()),
        ("VERCEL_ENV", "development"),
        ("INSIDE_CLIENT_ID", "a"),
        ("INSIDE_CLIENT_SECRET", "b"),
    ];
    let toml = |more: &str| {
        format!(
            "{DEFAULT}[social.inside]\ndiscovery_url = \"http://localhost:1/.well-known/openid-configuration\"\n{more}"
        )
    };
    for (more, cause) in [("", "must be https"), ("allow_private_addresses = true", "localhost: Connection refused")] {
        let service = flows::service(&toml(more), &variables, &flows.provider);
        let answer = service.post("/sign-in/social", "", r#"{"provider":"inside"}"#);
        assert_eq!((answer.status, answer.header("x-gatepost-reason")), (503, Some("provider_unavailable")));
        assert_eq!(
            (answer.json()["code"].as_str(), answer.header("retry-after")),
            (Some("PROVIDER_UNAVAILABLE"), Some("1"))
        );
        let told = crate::support::service::log_lines().into_iter().any(|line| line.contains(cause));
        assert!(told, "no line says `{cause}`");
    }
}

#[test]
fn an_account_of_two_users_signs_nobody_in_and_one_of_nobody_neither() {
    let flows = Flows::new(DEFAULT);
    assert_in(&flows.come("github", "ada"));
    assert_in(&flows.come("github", "eve"));
    flows.database.query(
        r#"update account set "accountId" = (select min("accountId") from account where "providerId" = 'github')
        where "providerId" = 'github'"#,
    );
    let usual = format!("{}/api/auth/error?error=internal_server_error", flows.service.url);
    assert_sent(&flows.come("github", "ada"), &usual, "ambiguous_account");
}

#[test]
fn what_tokens_and_id_tokens_are_refused_for_is_named() {
    let flows = Flows::new(DEFAULT);
    let cookie = assert_in(&flows.come("github", "ada~no-refresh"));
    let id = flows.service.get("/list-accounts", &cookie).json()[0]["id"].as_str().unwrap().to_owned();
    let reason = |path: &str, body: &str, cookie: &str| {
        let answer = flows.service.post(path, cookie, body);
        (answer.status, answer.header("x-gatepost-reason").unwrap_or_default().to_owned())
    };
    let row = json!({ "accountId": id }).to_string();
    assert_eq!(reason("/refresh-token", &row, &cookie), (400, "no_provider_token".into()));
    flows
        .database
        .query(r#"update account set "refreshToken" = 'refresh-ada~refuses', "accessTokenExpiresAt" = now()"#);
    for path in ["/refresh-token", "/get-access-token"] {
        assert_eq!(reason(path, &row, &cookie), (400, "provider_token_refused".into()));
    }
    let sign_in = |provider: &str, token: &str| {
        let body = json!({ "provider": provider, "idToken": { "token": token } }).to_string();
        reason("/sign-in/social", &body, "")
    };
    assert_eq!(sign_in("github", "x"), (404, "id_token_unsupported".into()));
    assert_eq!(sign_in("google", "a.b.c"), (401, "invalid_id_token".into()));
    assert_eq!(sign_in("nobody", "x"), (404, "unknown_provider".into()));
    let info = flows.service.get(&format!("/account-info?accountId={id}"), &cookie);
    assert_eq!(info.status, 400);
}

#[test]
fn nothing_of_a_flow_is_in_the_log() {
    let flows = Flows::new(DEFAULT);
    let begun = flows.begin("google");
    let answer = flows.back("google", &format!("code=secretcode&state={}", begun.state), &begun.cookie);
    let cookie = assert_in(&answer);
    flows.come("google", "secretcode~denied");
    flows.service.get("/list-accounts", &cookie);
    let lines = crate::support::service::log_lines().join("\n");
    assert!(lines.contains("account.callback") && lines.contains("sign_in.social"));
    for secret in ["secretcode", begun.state.as_str(), "google-secret", "github-secret", "secretcode@example.com"] {
        assert!(!lines.contains(secret), "{secret}");
    }
}

#[test]
fn a_flow_is_one_statement_to_begin_and_three_to_end() {
    let (database, provider) = (Database::new(), Provider::new());
    let wire = crate::support::wire::Wire::new(&database.url);
    let service = flows::service(DEFAULT, &[("DATABASE_URL", &wire.url)], &provider);
    // What frames a transaction travels with its statement.
    let is_framing = |sql: &String| sql.starts_with("begin") || sql == "commit";
    let sent = || wire.statements().iter().filter(|sql| !is_framing(sql)).count();
    let mut counts = BTreeMap::new();
    for (what, code) in [("new", "ada"), ("again", "ada"), ("linked", "ada")] {
        if what == "linked" {
            database.query(r#"delete from account; update "user" set "emailVerified" = true"#);
        }
        sent();
        let body = json!({ "provider": "github", "callbackURL": "/in" });
        let begun = flows::begin(&service.url, "/sign-in/social", &body, "");
        let started = sent();
        assert_in(&flows::back(&service.url, "github", &format!("code={code}&state={}", begun.state), &begun.cookie));
        counts.insert(what, (started, sent()));
    }
    assert_eq!(counts, BTreeMap::from([("new", (1, 3)), ("again", (1, 3)), ("linked", (1, 3))]));
}

#[test]
fn whoever_reads_the_table_cannot_end_a_flow_where_it_holds_hashes() {
    let flows = Flows::new("[email_and_password]\nenabled = true\n[verification]\nstore_identifier = \"hashed\"\n");
    let begun = flows.begin("github");
    let identifier = flows.database.value("select identifier from verification");
    assert!(!identifier.contains(&begun.state) && !identifier.contains("auth-state"), "{identifier}");
    assert_in(&flows.back("github", &format!("code=ada&state={}", begun.state), &begun.cookie));
    assert_eq!(flows.database.value("select count(*) from verification"), "0");
}

#[test]
fn a_login_form_of_another_site_begins_no_flow() {
    let flows = Flows::new(DEFAULT);
    let body = br#"{"provider":"github"}"#;
    let send = |headers: &[(&str, &str)]| {
        http::send("POST", &format!("{}/api/auth/sign-in/social", flows.service.url), headers, body).status
    };
    let json = ("content-type", "application/json");
    assert_eq!(send(&[json, ("cookie", "a=b"), ("origin", "https://evil.example")]), 403);
    assert_eq!(send(&[("content-type", "text/plain"), ("origin", "https://evil.example")]), 415);
    assert_eq!(send(&[json]), 200);
}

/// A key like those that Apple hands out, made for this test, and its public half.
const APPLE_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwIlTTLe+lVRdAn6z
JKQ+bc4JQ0LHIcTgjhoJpgp7dxqhRANCAATp+M2JiUPeSiIcc3S5/t+2DFV2JcW1
1W/TUB11KEoEbFvStaDtsdXCyKm0DOPkTc4PYmHKjL4Cp0yncXscCiMU
-----END PRIVATE KEY-----";
const APPLE_PUBLIC: &str = r#"{"keys":[{"kty":"EC","x":"6fjNiYlD3koiHHN0uf7ftgxVdiXFtdVv01AddShKBGw","y":"W9K1oO2x1cLIqbQM4-RNzg9iYcqMvgKnTKdxexwKIxQ","crv":"P-256","alg":"ES256","kid":"KEY"}]}"#;

#[test]
fn apples_client_secret_is_signed_for_the_occasion() {
    let (database, provider) = (Database::new(), Provider::new());
    for key in [APPLE_KEY.to_owned(), APPLE_KEY.replace('\n', "\\n")] {
        let variables = [
            ("DATABASE_URL", database.url.as_str()),
            ("APPLE_CLIENT_ID", "apple-client"),
            ("APPLE_TEAM_ID", "TEAM"),
            ("APPLE_KEY_ID", "KEY"),
            ("APPLE_PRIVATE_KEY", &key),
        ];
        let service = flows::service(DEFAULT, &variables, &provider);
        let body = json!({ "provider": "apple", "callbackURL": "/in" });
        let begun = flows::begin(&service.url, "/sign-in/social", &body, "");
        assert_in(&flows::back(&service.url, "apple", &format!("code=ada&state={}", begun.state), &begun.cookie));
        let asked = http::send("GET", &format!("{}/asked?code=ada", provider.url), &[], b"").json();
        let form = asked.as_array().unwrap().last().unwrap()["form"].as_array().unwrap().clone();
        let secret = form.iter().find(|pair| pair[0] == "client_secret").unwrap()[1].as_str().unwrap().to_owned();
        let keys = KeySet::Local(LocalKeySet::read(APPLE_PUBLIC.as_bytes()).unwrap());
        let expected = Expected::new("TEAM", "https://appleid.apple.com");
        let claims = block_on(verify::verify(&secret, &keys, &expected, gatepost_cli::edge::now())).unwrap();
        assert_eq!(claims.subject(), "apple-client");
    }
}
