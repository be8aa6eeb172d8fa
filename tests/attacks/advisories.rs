//! Holes that software of this kind has had, each closed here: a test is named after the advisory, or after the class
//! where there was none.

use crate::support::{
    flows::Flows,
    http::{self, Answer},
    postgres::Database,
    service::{DEFAULT, Service},
    wire::Wire,
};

const JSON: (&str, &str) = ("content-type", "application/json");
const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;

fn service(toml: &str) -> (Database, Service) {
    let database = Database::new();
    let service = Service::with(&format!("{toml}\n{DEFAULT}"), &[("DATABASE_URL", &database.url)]);
    (database, service)
}

fn sign_in_to(service: &Service, url: &str) -> Answer {
    let body =
        serde_json::json!({ "email": "ada@example.com", "password": "correct horse battery", "callbackURL": url });
    service.send("POST", "/sign-in/email", &[JSON], &body.to_string())
}

#[track_caller]
fn assert_refused(service: &Service, urls: &[&str]) {
    for url in urls {
        let answer = sign_in_to(service, url);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("INVALID_CALLBACK_URL")), "{url:?}");
        assert_eq!(answer.header("location"), None);
    }
}

#[test]
fn ghsa_8jhw_6pjj_8723_a_callback_url_leads_to_no_other_origin() {
    let (_database, service) = service("trusted_origins = [\"https://app.example.com\"]");
    service.user("ada@example.com");
    let evil = [
        "https://evil.example",
        "https://app.example.com.evil.example",
        "https://app.example.com@evil.example",
        "https://evil.example/https://app.example.com",
        "http://app.example.com",
        "https://app.example.com:8443",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%2f/evil.example",
        "/%5cevil.example",
        "evil.example",
    ];
    assert_refused(&service, &evil);
    for good in ["/dashboard", "/a?next=//x", "https://app.example.com/a?b#c", "https://APP.example.com:443/"] {
        let answer = sign_in_to(&service, good);
        assert_eq!((answer.status, answer.header("location")), (200, Some(good)));
    }
}

#[test]
fn ghsa_hjpm_7mrm_26w8_a_url_without_a_scheme_is_no_way_around() {
    let (_database, service) = service("trusted_origins = [\"https://app.example.com\"]");
    assert_refused(
        &service,
        &[
            "app.example.com.evil.example",
            "app.example.com",
            ":evil.example",
            "https:evil.example",
            "https:/evil.example",
            "http:\\\\evil.example",
        ],
    );
}

#[test]
fn ghsa_vp58_j275_797x_a_wildcard_is_anchored() {
    let (_database, service) = service("trusted_origins = [\"https://*.example.com\"]");
    assert_refused(
        &service,
        &[
            "https://example.com",
            "https://evil.example/?x=.example.com",
            "https://evil.example#.example.com",
            "https://a.example.com.evil.example",
            "https://evil-example.com",
        ],
    );
}

#[test]
fn ghsa_36rg_gfq2_3h56_every_url_of_a_body_is_checked_on_every_endpoint() {
    let (_database, service) = service("");
    for path in ["/sign-up/email", "/sign-in/email", "/sign-out"] {
        for key in ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"] {
            let body = PERSON.replace('}', &format!(r#","{key}":"https://evil.example"}}"#));
            assert_eq!(service.send("POST", path, &[JSON], &body).status, 403, "{path} {key}");
        }
        assert_eq!(
            service.send("POST", &format!("{path}?callbackURL=https://evil.example"), &[JSON], PERSON).status,
            403
        );
    }
}

#[test]
fn ghsa_9x4v_xfq5_m8x5_the_error_page_reflects_nothing_that_runs() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let answer = service
        .get("/error?error=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&error_description=%3Csvg%20onload=alert(1)%3E", "");
    assert!(!answer.text().contains("<script") && !answer.text().contains("<svg"), "{}", answer.text());
    assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
}

#[test]
fn ghsa_x732_6j76_qmhm_no_spelling_of_a_path_gets_around_disabled_paths() {
    let (_database, service) = service("disabled_paths = [\"/sign-up/email\"]");
    let host = service.url.strip_prefix("http://").unwrap();
    let spellings = [
        "/api/auth/sign-up/email",
        "/api/auth/sign-up/email/",
        "/api/auth//sign-up/email",
        "//api/auth/sign-up/email",
        "/api/auth/sign-up//email",
        "/api/auth/./sign-up/email",
        "/api/auth/x/../sign-up/email",
        "/api/auth/%2e/sign-up/email",
        "/api/auth/sign-up%2femail",
        "/api/auth/%73ign-up/email",
        "/api/auth/sign-up/email%2f",
        "/api/auth/SIGN-UP/email",
        "/api/auth/sign-up/email;x",
    ];
    for path in spellings {
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n");
        let request = format!("{head}content-length: {}\r\n\r\n{PERSON}", PERSON.len());
        assert_eq!(http::raw(host, request.as_bytes()).status, 404, "{path}");
    }
}

#[test]
fn ghsa_p6v2_xcpg_h6xw_one_network_of_ipv6_is_one_client() {
    let (database, service) = service("");
    for (number, address) in
        ["2001:db8:1:2::1", "2001:DB8:1:2:ffff::9", "2001:0db8:0001:0002:0:0:0:7"].iter().enumerate()
    {
        let body = PERSON.replace("ada@", &format!("ada{number}@"));
        service.send("POST", "/sign-up/email", &[JSON, ("x-forwarded-for", address)], &body);
    }
    service.send("POST", "/sign-up/email", &[JSON, ("x-forwarded-for", "::ffff:192.0.2.1")], PERSON);
    let found = database.query(r#"select distinct "ipAddress" from session order by 1"#);
    let found: Vec<_> = found.iter().map(|row| row[0].clone().unwrap()).collect();
    assert_eq!(found, ["192.0.2.1", "2001:0db8:0001:0002:0000:0000:0000:0000"]);
}

#[test]
fn ghsa_569q_mpph_wgww_no_request_changes_what_the_next_one_meets() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("BETTER_AUTH_URL", "")]);
    service.send("GET", "/ok", &[("x-forwarded-host", "evil.example"), ("x-forwarded-proto", "https")], "");
    http::send("GET", &format!("{}/evil/auth/ok", service.url), &[], b"");
    let cookie = service.user("ada@example.com");
    let foreign = [JSON, ("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    assert_eq!(service.send("POST", "/sign-out", &foreign, "{}").status, 403);
    assert_eq!(service.post("/sign-out", &cookie, "{}").status, 200);
}

#[test]
fn ghsa_wmjr_v86c_m9jj_an_unsigned_cookie_ends_no_session() {
    let (database, service) = service("");
    let cookie = service.user("ada@example.com");
    let (name, value) = cookie.split_once('=').unwrap();
    let token = value.split('.').next().unwrap();
    for forged in
        [token.to_owned(), format!("{token}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D"), format!("{token}.")]
    {
        assert_eq!(service.post("/sign-out", &format!("{name}={forged}"), "{}").status, 200);
    }
    assert_eq!(database.value("select count(*) from session"), "1");
}

#[test]
fn ghsa_7rqj_j65f_68wh_an_address_that_only_looks_like_one_is_refused() {
    let (database, service) = service("");
    for address in [
        "ada＠example.com",
        "ada@exаmple.com",
        "ada@example.com\u{200b}",
        "a@b@example.com",
        "ada@example.com,eve@example.com",
        "ada@example.com\\nbcc:x",
    ] {
        let answer = service.send("POST", "/sign-up/email", &[JSON], &PERSON.replace("ada@example.com", address));
        assert_eq!(answer.status, 400, "{address}");
    }
    assert_eq!(database.value("select count(*) from \"user\""), "0");
}

#[test]
fn ghsa_7rqj_j65f_68wh_an_address_of_a_provider_that_only_looks_like_somebodys_is_not_it() {
    for toml in [DEFAULT.to_owned(), format!("{DEFAULT}[account.account_linking]\ntrusted_providers = [\"google\"]\n")]
    {
        let flows = Flows::new(&toml);
        let kate = flows.service.user("kate@example.com");
        flows.database.query(r#"update "user" set "emailVerified" = true"#);
        // The Kelvin sign is a k in lower case.
        let eve = flows.come("google", "eve~%E2%84%AAate@example.com");
        assert_eq!((eve.status, eve.header("location")), (302, Some("/in")));
        let user = &flows.service.get("/get-session", &eve.cookies()).json()["user"];
        assert_eq!((&user["email"], &user["emailVerified"]), (&"\u{212A}ate@example.com".into(), &false.into()));
        assert_eq!(flows.service.get("/list-accounts", &kate).json().as_array().unwrap().len(), 1);
        // Nor does one such address lead to the user who has another, regardless of the provider that vouches.
        assert_eq!(flows.come("google", "ada~%C3%85da@example.com").header("location"), Some("/in"));
        flows.database.query(r#"update "user" set "emailVerified" = true"#);
        let mia = flows.come("google", "mia~%E2%84%ABda@example.com");
        assert_eq!(mia.header("location"), Some("/no?error=account_not_linked"));
    }
}

#[test]
fn ghsa_xmf8_cvqr_rfgj_no_authorization_header_breaks_a_request() {
    let (_database, service) = service("");
    let long = "x.".repeat(4_000);
    for value in [
        "",
        "Bearer",
        "Bearer ",
        "bearer\t",
        "Bearer %",
        "Bearer .",
        "Bearer ..",
        "Bearer %00",
        "Basic x",
        "Bearer é",
        "\u{1}",
        &long,
        &format!("Bearer {long}"),
    ] {
        let answer = service.send("GET", "/get-session", &[("authorization", value)], "");
        assert!(
            answer.status == 200 && answer.text() == "null" || answer.status == 400,
            "{value:.20?}: {}",
            answer.status
        );
    }
}

#[test]
fn a_login_form_of_another_site_signs_nobody_in() {
    let (_database, service) = service("");
    service.user("ada@example.com");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let body = "email=ada%40example.com&password=correct+horse+battery";
    let send = |headers: &[(&str, &str)]| service.send("POST", "/sign-in/email", &[&[form], headers].concat(), body);
    let cross_site = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    assert_eq!(send(&[&cross_site[..], &[("origin", "https://evil.example")]].concat()).status, 403);
    assert_eq!(send(&cross_site).status, 403);
    assert_eq!(send(&[("origin", "https://evil.example")]).status, 403);
    assert_eq!(send(&[("origin", "null")]).status, 403);
    assert_eq!(send(&[("referer", "https://evil.example/x")]).status, 403);
    assert_eq!(send(&[("origin", &service.url)]).status, 200);
}

#[test]
fn a_password_beyond_the_limit_is_refused_before_it_costs_anything() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let service = Service::new(&wire.url);
    let long = PERSON.replace("correct horse battery", &"x".repeat(1_000_000));
    for path in ["/sign-up/email", "/sign-in/email"] {
        let answer = service.post(path, "", &long);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("PASSWORD_TOO_LONG")));
    }
    assert_eq!(wire.statements(), Vec::<String>::new());
}

#[test]
fn a_name_that_begins_or_ends_like_a_trusted_one_is_not_it() {
    let (_database, service) = service("trusted_origins = [\"http://localhost:5173\", \"myapp://callback\"]");
    assert_refused(
        &service,
        &[
            "http://evil-localhost:5173",
            "http://localhost.evil.example:5173",
            "http://localhost:51730",
            "http://0.0.0.0:5173",
            "myapp://callback.attacker.tld",
            "myapp://callbackx",
            "myapp2://callback",
        ],
    );
}

#[test]
fn a_session_is_in_no_cache() {
    let (_database, service) = service("");
    let cookie = service.user("ada@example.com");
    for cookie in ["", cookie.as_str(), "better-auth.session_token=x"] {
        let answer = service.get("/get-session", cookie);
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), Some("no-cache")));
    }
}

#[test]
fn a_new_sign_in_makes_a_new_token() {
    let (database, service) = service("");
    let first = service.user("ada@example.com");
    let second = service.post("/sign-in/email", &first, PERSON).cookies();
    assert_ne!(first, second);
    assert_eq!(database.value("select count(distinct token) from session"), "2");
}
