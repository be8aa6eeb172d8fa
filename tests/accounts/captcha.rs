//! Captchas: what is gatepost's alone, each closed hole with a test of its name. What is better-auth's is compared with it in
//! tests/conformance/configurations.rs.

use std::fs;

use gatepost_cli::{doctor, report::Verdict};
use gatepost_core::{
    Config,
    check::{self, KnownFacts},
    config::{Source, Variables},
    features::captcha::declaration::Provider,
};
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    checks::Checks,
    http::{self, Answer},
    node,
    postgres::{Database, block_on},
    schema,
    service::{DEFAULT, Service, log_lines},
};

const KEY: (&str, &str) = ("CAPTCHA_SECRET_KEY", "captcha-secret");
const RESPONSE: &str = "x-captcha-response";

/// A service whose captchas the stand-in judges, in development, so that reasons are shown.
struct Guarded {
    checks: Checks,
    service: Service,
    _database: Database,
}

impl Guarded {
    /// With the provider that ignores actions and host names.
    fn new(more: &str) -> Self {
        Self::with("", "hcaptcha", more)
    }

    fn with(top: &str, provider: &str, more: &str) -> Self {
        let (checks, database) = (Checks::new(), Database::new());
        let toml = format!("{top}{DEFAULT}{}{more}", section(&checks, provider));
        let variables = [("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development"), KEY];
        let service = Service::with(&toml, &variables);
        Self { checks, service, _database: database }
    }

    /// Signs in with an address that no user has: 401 where the captcha lets it pass.
    fn sign_in(&self, response: &str) -> Answer {
        self.send("/sign-in/email", &[(RESPONSE, response)])
    }

    fn send(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let usual = [("content-type", "application/json"), ("origin", self.service.url.as_str())];
        let body = r#"{"email":"ada@example.com","password":"correct horse battery"}"#;
        self.service.send("POST", path, &[&usual, headers].concat(), body)
    }
}

fn section(checks: &Checks, provider: &str) -> String {
    let url = format!("{}/ours/siteverify", checks.url);
    format!("[captcha]\nenabled = true\nprovider = \"{provider}\"\nsite_verify_url_override = \"{url}\"\n")
}

fn accepted() -> String {
    json!({ "answer": { "success": true } }).to_string()
}

#[track_caller]
fn told(answer: &Answer, status: u16, code: &str, reason: &str) {
    let found = (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned());
    assert_eq!(found, (status, code.to_owned()), "{}", answer.text());
    assert_eq!(answer.header("x-gatepost-reason"), Some(reason), "{}", answer.text());
}

#[test]
fn what_is_off_asks_nothing() {
    let (checks, database) = (Checks::new(), Database::new());
    let toml = format!("{DEFAULT}{}", section(&checks, "hcaptcha").replace("enabled = true", "enabled = false"));
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    service.user("ada@example.com");
    assert_eq!(checks.asked(), Vec::<Value>::new());
}

#[test]
fn each_provider_is_asked_where_better_auth_asks_it() {
    let file = node::client().join("node_modules/better-auth/dist/plugins/captcha/constants.mjs");
    let constants = fs::read_to_string(file).unwrap();
    let urls: Vec<_> = constants.split('"').filter(|text| text.starts_with("https://")).collect();
    let ours = [Provider::Turnstile, Provider::Recaptcha, Provider::Hcaptcha, Provider::CaptchaFox];
    assert_eq!(urls, ours.map(Provider::url));
}

#[test]
fn refusals_are_named_in_the_log_without_the_secret_and_the_response() {
    let guarded = Guarded::with("", "cloudflare-turnstile", "expected_action = \"login\"\n");
    told(&guarded.send("/sign-in/email", &[]), 400, "MISSING_RESPONSE", "captcha_missing");
    let refused =
        json!({ "answer": { "success": false, "error-codes": ["timeout-or-duplicate"] }, "mark": "marked-1" });
    told(&guarded.sign_in(&refused.to_string()), 403, "VERIFICATION_FAILED", "captcha_refused");
    let other = json!({ "answer": { "success": true, "action": "other\"\n" }, "mark": "marked-2" });
    told(&guarded.sign_in(&other.to_string()), 403, "VERIFICATION_FAILED", "captcha_refused");
    let failing = json!({ "status": 503, "text": "", "mark": "marked-3" });
    told(&guarded.sign_in(&failing.to_string()), 500, "UNKNOWN_ERROR", "captcha_unavailable");
    let good = json!({ "answer": { "success": true, "action": "login" } });
    assert_eq!(guarded.sign_in(&good.to_string()).status, 401);
    let lines = log_lines();
    for cause in ["timeout-or-duplicate", "the action `other`", "127.0.0.1 answered 503"] {
        assert!(lines.iter().any(|line| line.contains("captcha_") && line.contains(cause)), "{cause}: {lines:#?}");
    }
    assert!(lines.iter().any(|line| line.contains("captcha_missing") && line.contains("sign_in.email")), "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains(KEY.1) && !line.contains("marked-")), "{lines:#?}");
}

#[test]
fn captchas_hold_below_the_base_path_of_the_base_url() {
    let (checks, database) = (Checks::new(), Database::new());
    let toml =
        format!("base_url = \"https://auth.example.com/custom/auth\"\n{DEFAULT}{}", section(&checks, "hcaptcha"));
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), KEY]);
    let headers = [("content-type", "application/json"), ("origin", "https://auth.example.com")];
    let body = br#"{"email":"ada@example.com","password":"correct horse battery"}"#;
    let answer = http::send("POST", &format!("{}/custom/auth/sign-in/email", service.url), &headers, body);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("MISSING_RESPONSE")), "{}", answer.text());
}

#[test]
fn no_form_of_a_guarded_path_reaches_its_endpoint_unguarded() {
    for top in ["", "[advanced]\nskip_trailing_slashes = true\n"] {
        let guarded = Guarded::with("", "hcaptcha", top);
        let forms = [
            "/sign-in/email",
            "/sign-in/email/",
            "/sign-in/email//",
            "//sign-in/email",
            "/sign-in//email",
            "/sign-in/./email",
            "/./sign-in/email",
            "/x/../sign-in/email",
            "/sign-in/email/.",
            "/sign-in/email/x/..",
            "/sign-in/%2e/email",
            "/sign-in/x/%2E%2e/email",
            "/sign-in\\email",
            "/sign-in/email?",
            "/sign-in/email?x=/sign-out",
            "/sign-in/email/?x",
            "/sign-in/%65mail",
            "/sign-in%2Femail",
            "/sign-in%5cemail",
            "/SIGN-IN/email",
            "/sign-in/email;x=y",
            "/sign-in/email%20",
            "/sign-in/email%00",
            "/../auth/sign-in/email",
        ];
        let mut refused = 0;
        for form in forms {
            let answer = guarded.send(form, &[]);
            let is_refused = answer.status == 400 && answer.json()["code"] == "MISSING_RESPONSE";
            assert!(is_refused || (answer.status == 404 && answer.body.is_empty()), "{form}: {}", answer.text());
            refused += usize::from(is_refused);
        }
        assert!(refused > 12, "{refused} forms lead there");
        assert_eq!(guarded.checks.asked(), Vec::<Value>::new());
    }
}

#[test]
fn a_request_is_refused_before_its_body_comes() {
    let guarded = Guarded::new("");
    let host = guarded.service.url.strip_prefix("http://").unwrap();
    let refused = json!({ "answer": { "success": false } }).to_string();
    for (response, status) in [(String::new(), 400), (format!("{RESPONSE}: {refused}\r\n"), 403)] {
        // A body that is announced and never comes is a 408 if the endpoint needs the body.
        let head = format!(
            "POST /api/auth/sign-up/email HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n{response}\
             connection: close\r\ncontent-length: 1000\r\n\r\n"
        );
        assert_eq!(http::raw(host, head.as_bytes()).status, status);
    }
}

#[test]
fn the_rate_limit_counts_before_a_provider_is_asked() {
    let guarded = Guarded::new("[rate_limit]\nenabled = true\nstorage = \"memory\"\n");
    let refused = json!({ "answer": { "success": false } }).to_string();
    let statuses: Vec<_> = (0..5).map(|_| guarded.sign_in(&refused).status).collect();
    assert_eq!(statuses, [403, 403, 403, 429, 429]);
    assert_eq!(guarded.sign_in(&accepted()).status, 429);
    assert_eq!(guarded.checks.asked().len(), 3);
}

#[test]
fn a_header_that_is_repeated_or_empty_or_huge_lets_nothing_pass() {
    let guarded = Guarded::new("");
    let good = accepted();
    let twice = [(RESPONSE, good.as_str()), (RESPONSE, good.as_str())];
    told(&guarded.send("/sign-in/email", &twice), 403, "VERIFICATION_FAILED", "captcha_refused");
    let [asked] = &guarded.checks.asked()[..] else { panic!("one question") };
    assert!(asked["body"].as_str().unwrap().contains("%2C+%7B"), "{asked}");
    for empty in ["", "   ", "\t"] {
        told(&guarded.sign_in(empty), 400, "MISSING_RESPONSE", "captcha_missing");
    }
    let huge = format!("{good}{}", " x".repeat(10_000));
    told(&guarded.sign_in(&huge), 403, "VERIFICATION_FAILED", "captcha_refused");
    assert_eq!(guarded.checks.asked(), Vec::<Value>::new());
    // Signs that have a meaning in a form add no member to what the provider is sent.
    guarded.sign_in("x&secret=mine&remoteip=192.0.2.1#\u{e9}");
    let [asked] = &guarded.checks.asked()[..] else { panic!("one question") };
    let expected = "secret=captcha-secret&response=x%26secret%3Dmine%26remoteip%3D192.0.2.1%23%C3%83%C2%A9";
    assert_eq!(asked["body"], expected);
}

#[test]
fn only_true_is_success() {
    let guarded = Guarded::new("");
    for success in [json!("true"), json!("false"), json!(1), json!({}), json!([])] {
        let response = json!({ "answer": { "success": success } }).to_string();
        told(&guarded.sign_in(&response), 403, "VERIFICATION_FAILED", "captcha_refused");
    }
    assert_eq!(guarded.sign_in(&accepted()).status, 401);
}

#[test]
fn a_provider_that_redirects_says_too_much_or_nothing_lets_nothing_pass() {
    let guarded = Guarded::new("");
    let elsewhere = format!("{}/ours/say", guarded.checks.url);
    for script in [
        json!({ "status": 302, "location": elsewhere, "text": "" }),
        json!({ "status": 307, "location": elsewhere, "answer": { "success": true } }),
        json!({ "answer": { "success": true }, "padding": 70_000 }),
        json!({ "answer": { "success": true }, "silent": true }),
    ] {
        told(&guarded.sign_in(&script.to_string()), 500, "UNKNOWN_ERROR", "captcha_unavailable");
    }
    assert_eq!(guarded.checks.asked().len(), 4);
}

#[test]
fn a_page_of_a_trusted_origin_may_send_its_response() {
    let guarded = Guarded::with("trusted_origins = [\"https://app.example.com\"]\n", "hcaptcha", "");
    let headers = [("origin", "https://app.example.com"), ("access-control-request-method", "POST")];
    let answer = guarded.service.send("OPTIONS", "/sign-in/email", &headers, "");
    assert_eq!(answer.status, 204);
    let allowed = answer.header("access-control-allow-headers");
    assert_eq!(allowed, Some("content-type, authorization, x-captcha-response"));
    let other = [("origin", "https://evil.example"), ("access-control-request-method", "POST")];
    assert_eq!(guarded.service.send("OPTIONS", "/sign-in/email", &other, "").status, 400);
}

fn variables(more: &[(&str, &str)]) -> Variables {
    let usual = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
    usual.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn options_that_protect_nothing_are_refused_at_start() {
    let problems = |toml: &str| {
        let text = format!("[captcha]\nenabled = true\n{toml}\n");
        let loaded = Config::load(&variables(&[KEY]), Some(Source { name: "gatepost.toml", text: &text }));
        loaded.err().map(|problems| problems.to_string()).unwrap_or_default()
    };
    let hcaptcha = "provider = \"hcaptcha\"";
    for (toml, told) in [
        ("", "gatepost.toml:2: `captcha.provider` is missing; name the provider"),
        (
            "provider = \"vercel-botid\"",
            "`captcha.provider` must be one of \"cloudflare-turnstile\", \"google-recaptcha\"",
        ),
        ("provider = \"vercel-botid\"", "choose another provider (docs/switching.md)"),
        ("provider = \"hcaptcha\"\nmin_score = 0.5", "gatepost.toml:4: `captcha.min_score` has no effect"),
        ("provider = \"captchafox\"\nexpected_action = \"x\"", "`captcha.expected_action` has no effect"),
        ("provider = \"hcaptcha\"\nallowed_hostnames = [\"x\"]", "`captcha.allowed_hostnames` has no effect"),
        ("provider = \"cloudflare-turnstile\"\nsite_key = \"x\"", "`captcha.site_key` has no effect"),
        ("provider = \"google-recaptcha\"\nmin_score = 1.5", "`captcha.min_score` must be a number from 0 to 1"),
        ("provider = \"google-recaptcha\"\nmin_score = \"x\"", "`captcha.min_score` must be a number from 0 to 1"),
        ("secret_key = \"x\"", "it is the variable CAPTCHA_SECRET_KEY"),
    ] {
        assert!(problems(toml).contains(told), "{told}: {}", problems(toml));
    }
    for entry in [
        "sign-in/email",
        "/sign-in/email/",
        "/api/auth/sign-in/email",
        "/sign-in//email",
        "/sign-?n/email",
        "*",
        "/a/*/",
        "",
    ] {
        let found = problems(&format!("{hcaptcha}\nendpoints = [\"/sign-up/email\", \"{entry}\"]"));
        assert!(found.contains(&format!("gatepost.toml:4: `{entry}` guards nothing")), "{entry}: {found}");
    }
    for url in ["http://example.com/siteverify", "https://u:p@example.com/", "ftp://localhost/x", "x", ""] {
        let found = problems(&format!("{hcaptcha}\nsite_verify_url_override = \"{url}\""));
        assert!(found.contains("`captcha.site_verify_url_override` must be an https URL"), "{url}: {found}");
    }
    for good in [
        "provider = \"google-recaptcha\"\nmin_score = 1\nendpoints = [\"/sign-in/**\", \"**\", \"**/email\", \"/sign-?n/*\"]",
        "provider = \"hcaptcha\"\nsite_verify_url_override = \"http://[::1]:3000/x\"\nendpoints = []",
    ] {
        assert_eq!(problems(good), "");
    }
}

#[test]
fn a_missing_secret_key_is_told_at_start_with_what_to_do() {
    let text = "[captcha]\nenabled = true\nprovider = \"hcaptcha\"\n";
    let told = "CAPTCHA_SECRET_KEY: it is missing, and `captcha.enabled` needs it; set it, or switch that off";
    for more in [&[][..], &[("CAPTCHA_SECRET_KEY", "")]] {
        let variables = variables(more);
        let (config, problems) = Config::examine(&variables, Some(Source { name: "gatepost.toml", text }));
        assert_eq!(problems.0.iter().map(ToString::to_string).collect::<Vec<_>>(), [told]);
        let findings = check::environment(&variables, &config, &problems, &KnownFacts::default());
        assert_eq!(findings.to_string().matches("problem  CAPTCHA_SECRET_KEY: it is missing").count(), 1, "{findings}");
    }
    let database = Database::new();
    let report = doctored(&database.url, text, &[]);
    assert!(
        report.contains("CAPTCHA_SECRET_KEY: it is missing") && report.contains("set it, or switch that off"),
        "{report}"
    );
    // Off, it is not needed. Set, it is not shown.
    let off = text.replace("true", "false");
    assert!(Config::load(&variables(&[]), Some(Source { name: "gatepost.toml", text: &off })).is_ok());
    let on = Config::load(&variables(&[KEY]), Some(Source { name: "gatepost.toml", text })).unwrap();
    assert!(on.features.value(KEY.0).is_some_and(|secret| secret.text() == KEY.1));
    assert!(!format!("{on:?}").contains(KEY.1));
}

/// Returns the report of `gatepost doctor` about a deployment.
fn doctored(database_url: &str, toml: &str, more: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    schema::written(folder.path(), toml);
    let usual =
        [("DATABASE_URL", database_url), ("BETTER_AUTH_URL", "https://auth.example.com"), ("VERCEL_ENV", "preview")];
    let report = block_on(doctor::local(folder.path(), &variables(&[&usual, more].concat()), None)).unwrap();
    let told = report.to_string();
    assert!(!told.contains("captcha-secret") && !told.contains("another-secret"), "{told}");
    told
}

#[test]
fn doctor_tells_of_a_wrong_key_an_open_way_and_a_misspelt_endpoint() {
    let (database, checks) = (Database::new(), Checks::new());
    let toml = format!("{DEFAULT}{}", section(&checks, "hcaptcha"));
    let good = doctored(&database.url, &toml, &[KEY]);
    assert!(good.contains("the provider knows the secret key"), "{good}");
    assert!(!good.contains("without a captcha") && !good.contains("no endpoint has"), "{good}");
    let wrong = doctored(&database.url, &toml, &[("CAPTCHA_SECRET_KEY", "another-secret")]);
    assert!(
        wrong.contains("the provider does not know the secret key") && wrong.contains("invalid-input-secret"),
        "{wrong}"
    );
    let nowhere = toml.replace(&checks.url, "http://127.0.0.1:1");
    assert!(doctored(&database.url, &nowhere, &[KEY]).contains("the provider cannot be asked: 127.0.0.1"));
    let open = format!("{toml}endpoints = [\"/sign-in/email\", \"/signin/*\"]\n[username]\nenabled = true\n");
    let open = doctored(&database.url, &open, &[KEY]);
    assert!(open.contains("`/sign-in/email` is guarded and `/sign-in/username` is not"), "{open}");
    assert!(
        open.contains("no endpoint has the path `/signin/*`") && !open.contains("the path `/sign-in/email`"),
        "{open}"
    );
}

#[test]
fn doctor_walks_up_to_a_guarded_sign_up_and_warns() {
    let guarded = Guarded::new("");
    let report = block_on(doctor::outside::walk(&guarded.service.url, None, true)).unwrap();
    assert!(report.verdict == Verdict::Warn && report.to_string().contains("a captcha guards it"), "{report}");
}
