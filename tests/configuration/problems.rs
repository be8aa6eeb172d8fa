//! All problems of a configuration are reported at once, with the place and the text to write, and never with a secret.

use std::collections::BTreeSet;

use gatepost_core::{
    Auth, Config,
    check::{self, KnownFacts},
    config::{Environment, Source, Variables},
};

fn variables(pairs: &[(&str, &str)]) -> Variables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

const GOOD: [(&str, &str); 2] =
    [("BETTER_AUTH_SECRET", crate::support::SECRET), ("DATABASE_URL", "postgres://u:hunter2@localhost/x")];

fn problems(toml: &str, pairs: &[(&str, &str)]) -> Vec<String> {
    let loaded = Config::load(&variables(pairs), Some(Source { name: "gatepost.toml", text: toml }));
    let problems = loaded.err().map(|problems| problems.0).unwrap_or_default();
    for problem in &problems {
        let is_place = problem.place.starts_with("gatepost.toml") || problem.place.chars().all(is_of_a_name);
        let says_what_to_write = ["; ", " must be "].iter().any(|words| problem.text.contains(words));
        assert!(is_place && says_what_to_write, "{problem}");
    }
    problems.iter().map(ToString::to_string).collect()
}

/// A variable, or a key that is missing in the file.
fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || ['_', '.'].contains(&letter)
}

#[test]
fn a_certificate_that_is_none_is_named_with_what_to_write() {
    for text in ["", "/etc/ca.pem", "-----BEGIN CERTIFICATE-----\\nMII\\n"] {
        let found = problems(&format!("[database]\nroot_certificates = \"{text}\"\n"), &GOOD);
        assert!(
            found.len() == 1
                && found[0].contains("gatepost.toml:2")
                && found[0].contains("certificates between three quotes"),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn every_problem_is_reported_at_once_with_its_place_and_what_to_write() {
    let toml = "[email_and_password]
enabled = \"yes\"
minPasswordLength = 10
max_password_length = 0

[session]
expires_in = \
                \"soon\"
update_agee = 3
surprise = 1

[sessions]
expires_in = 3

[user.delete_user]
enabled = true
";
    let found = problems(toml, &[("EMAIL_URL", "pigeon:home")]);
    let expected = [
        "BETTER_AUTH_SECRET: it is missing; make one with `cargo gatepost secret new` and set it for this environment",
        "gatepost.toml:2: `email_and_password.enabled` must be true or false",
        "gatepost.toml:4: `email_and_password.max_password_length` must be a whole number from 1 to 4096",
        "gatepost.toml:3: `email_and_password.minPasswordLength` is not a known key; write `email_and_password.min_password_length`",
        "EMAIL_URL: it names no transport; write smtp://user:password@host:587, smtps://user:password@host, resend://KEY, webhook+https://SECRET@host/path, file:PATH, or in development log:",
        "gatepost.toml:7: `session.expires_in` must be a duration: seconds, or a text like \"7d\", \"12h\", \"30m\", \"45s\"",
        "gatepost.toml:9: `session.surprise` is not a known key; known here: `additional_fields`, `cookie_cache`, `defer_session_refresh`, `disable_session_refresh`, `expires_in`, `fresh_age`, `preserve_session_in_database`, `store_session_in_database`, `update_age`",
        "gatepost.toml:8: `session.update_agee` is not a known key; write `session.update_age`",
        "DATABASE_URL: it is missing, and `user.delete_user.enabled` needs it; set it to the address of the database, postgres://user:password@host/name, or remove that",
        "gatepost.toml:11: `sessions` is not a known key; write `session`",
    ];
    for text in expected {
        assert!(found.iter().any(|problem| problem == text), "not there: {text}\n{found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

#[test]
fn a_problem_of_an_absent_key_names_the_key_and_the_line_of_its_section() {
    let phone = "[phone_number]\nenabled = true\n[phone_number.sign_up_on_verification]\nenabled = true\n";
    let in_one_line = "[phone_number]\nenabled = true\nsign_up_on_verification = { enabled = true }\n";
    for toml in [phone, in_one_line] {
        let place = "gatepost.toml:5: `temp_email` is not set in [phone_number.sign_up_on_verification]: ";
        let found = problems(&format!("# A comment\n\n{toml}"), &GOOD);
        assert_eq!(found.iter().filter(|problem| problem.starts_with(place)).count(), 1, "{found:#?}");
    }
}

#[test]
fn a_problem_of_two_keys_is_at_the_one_that_is_written() {
    for (toml, problem) in [
        (
            "[email_and_password]\nenabled = true\nmax_password_length = 4\n",
            "gatepost.toml:3: `email_and_password.min_password_length` is 8, above `max_password_length`, 4, ",
        ),
        (
            "[username]\nenabled = true\nmax_username_length = 1\n",
            "gatepost.toml:3: `username.min_username_length` is 3, above `username.max_username_length`, 1: ",
        ),
        (
            "[email_and_password]\nmax_password_length = 4\nmin_password_length = 5\n",
            "gatepost.toml:3: `email_and_password.min_password_length` is 5, above `max_password_length`, 4, ",
        ),
    ] {
        let found = problems(toml, &GOOD);
        assert_eq!(found.iter().filter(|found| found.starts_with(problem)).count(), 1, "{problem}: {found:#?}");
    }
}

#[test]
fn a_limit_that_nothing_could_keep_is_a_problem() {
    let toml = "[database]
connect_timeout = 0
statement_timeout = \"0s\"
idle_timeout = 0
wait_timeout = \
                0

[secondary_storage]
enabled = true
connect_timeout = 0
command_timeout = 0
";
    let found = problems(toml, &[GOOD[0], GOOD[1], ("REDIS_URL", "redis://localhost")]);
    let expected = [(2, "database.connect"), (3, "database.statement")];
    let expected = expected.into_iter().chain([(9, "secondary_storage.connect"), (10, "secondary_storage.command")]);
    let text = |(line, key)| {
        format!(
            "gatepost.toml:{line}: `{key}_timeout` must be a second or more: seconds, or a text like \"30s\", \"2m\""
        )
    };
    assert_eq!(found.iter().collect::<BTreeSet<_>>(), expected.map(text).collect::<Vec<_>>().iter().collect());
}

#[test]
fn a_file_that_is_no_toml_is_a_problem_with_a_line() {
    let found = problems("[session]\nexpires_in = = 3\n", &GOOD);
    assert!(found.len() == 1 && found[0].starts_with("gatepost.toml:2: this is not TOML"), "{found:?}");
}

#[test]
fn a_deployment_refuses_a_missing_a_default_and_a_short_secret_and_names_the_variable_and_the_command() {
    for environment in ["production", "preview"] {
        for (secret, says) in [
            ("", "missing"),
            ("better-auth-secret-12345678901234567890", "public default"),
            ("only-31-characters-are-too-few!", "31 characters"),
        ] {
            let found = problems("", &[("VERCEL_ENV", environment), ("BETTER_AUTH_SECRET", secret), GOOD[1]]);
            assert!(found.len() == 1 && found[0].starts_with("BETTER_AUTH_SECRET: "), "{found:?}");
            assert!(found[0].contains(says) && found[0].contains("cargo gatepost secret new"), "{found:?}");
            assert!(secret.is_empty() || !found[0].contains(secret), "{found:?}");
        }
    }
    assert_eq!(
        problems("", &[("VERCEL_ENV", "development"), ("BETTER_AUTH_SECRET", "short"), GOOD[1]]),
        Vec::<String>::new()
    );
}

#[test]
fn the_list_of_secrets_is_read_like_better_auths() {
    let with = |text: &'static str| problems("", &[("BETTER_AUTH_SECRETS", text), GOOD[1]]);
    let long = "x2345678901234567890123456789012";
    assert_eq!(with("2:x2345678901234567890123456789012,1:short"), Vec::<String>::new());
    assert_eq!(with(" 02x : x2345678901234567890123456789012 "), Vec::<String>::new());
    for (text, says) in [
        ("1:x2345678901234567890123456789012,", "entry 2"),
        ("x2345678901234567890123456789012", "entry 1"),
        ("1:x2345678901234567890123456789012,01:y", "twice"),
        ("1:short", "5 characters"),
    ] {
        let found = with(text);
        assert!(
            found.iter().any(|problem| problem.starts_with("BETTER_AUTH_SECRETS: ") && problem.contains(says)),
            "{found:?}"
        );
        assert!(found.iter().all(|problem| !problem.contains(long)), "{found:?}");
    }
}

#[test]
fn a_url_of_the_database_that_is_none_is_refused_without_being_quoted() {
    let config = Config::load(&variables(&[GOOD[0], ("POSTGRES_URL", "mysql://u:hunter2@h/x")]), None).unwrap();
    let problems = Auth::new(config, gatepost_cli::edge::now).err().unwrap().to_string();
    assert!(
        problems.contains("POSTGRES_URL: it does not begin with postgres://") && !problems.contains("hunter2"),
        "{problems}"
    );
}

#[test]
fn a_secret_and_a_database_url_are_hidden_when_a_configuration_is_printed() {
    let config = Config::load(&variables(&GOOD), None).unwrap();
    let printed = format!("{config:?}");
    assert!(!printed.contains("hunter2") && !printed.contains(crate::support::SECRET), "{printed}");
}

#[test]
fn the_environment_is_production_unless_it_is_named() {
    let environment =
        |pairs: &[(&str, &str)]| Config::load(&variables(&[&GOOD, pairs].concat()), None).unwrap().environment;
    assert_eq!(environment(&[]), Environment::Production);
    assert_eq!(environment(&[("VERCEL_ENV", "preview")]), Environment::Preview);
    assert_eq!(environment(&[("VERCEL_ENV", "development")]), Environment::Development);
}

#[test]
fn a_trusted_origin_that_can_never_match_is_a_problem() {
    let found = problems("trusted_origins = [\"https://app.example.com/\"]", &GOOD);
    assert_eq!(
        found,
        [
            "gatepost.toml:1: the trusted origin `https://app.example.com/` never matches; write `https://app.example.com`"
        ]
    );
}

#[test]
fn a_problem_of_a_value_names_the_variable_or_the_line_that_has_it() {
    const NAME: &str = "BETTER_AUTH_TRUSTED_ORIGINS";
    let slash = "the trusted origin `https://a.example/` never matches; write `https://a.example`";
    let login = "an origin in it has a user or a password in front of its host; write the origin without them";
    let both = "app_name = \"x\"\ntrusted_origins = [\"https://u@b.example\", \"https://b.example\"]\n";
    for (toml, value, expected) in [
        ("", "https://a.example/", vec![format!("{NAME}: {slash}")]),
        ("", "https://u:p@a.example", vec![format!("{NAME}: {login}")]),
        (both, "https://a.example/", vec![format!("{NAME}: {slash}"), format!("gatepost.toml:2: {login}")]),
    ] {
        assert_eq!(problems(toml, &[GOOD[0], GOOD[1], (NAME, value)]), expected);
    }
    // Every variable that stands for the key of the address, and the key.
    for name in ["BETTER_AUTH_URL", "NEXT_PUBLIC_BETTER_AUTH_URL"] {
        let found = problems("", &[GOOD[0], GOOD[1], (name, "nothing")]);
        assert!(found.len() == 1 && found[0].starts_with(&format!("{name}: ")), "{found:?}");
        let told = checked("", &[(name, "http://auth.example.com")]);
        assert!(told.contains(&format!("problem  {name}: it is not https")), "{told}");
    }
    let told = checked("\nbase_url = \"http://auth.example.com\"\n", &[("BETTER_AUTH_URL", "https://x.example")]);
    assert!(told.contains("problem  gatepost.toml:2: it is not https"), "{told}");
    let told = checked("", &[("POSTGRES_URL", "postgres://u@db.example/x?sslmode=no-verify")]);
    assert!(told.contains("warning  POSTGRES_URL: "), "{told}");
}

/// The findings of `check env` about these variables and a secret.
fn checked(toml: &str, pairs: &[(&str, &str)]) -> String {
    let variables = variables(&[&[GOOD[0]], pairs].concat());
    let (config, problems) = Config::examine(&variables, Some(Source { name: "gatepost.toml", text: toml }));
    check::environment(&variables, &config, &problems, &KnownFacts::default()).to_string()
}

#[test]
fn problems_stand_in_the_order_of_the_file_and_a_missing_variable_is_one_problem() {
    let toml = "[session]\nexpires_in = \"soon\"\nsurprise = 1\n[email_and_password]\nenabled = 3\n[user.delete_user]\nenabled = true\n[jwt]\nenabled = 4\n[admin]\nenabled = true\n[two_factor]\nenabled = true\n";
    let found = problems(toml, &[GOOD[0]]);
    let lines: Vec<_> =
        found.iter().filter_map(|told| told.strip_prefix("gatepost.toml:")?.split(':').next()).collect();
    assert_eq!(lines, ["2", "3", "5", "9"], "{found:#?}");
    let told: Vec<_> = found.iter().filter(|told| told.starts_with("DATABASE_URL")).collect();
    let [told] = told[..] else { panic!("{found:#?}") };
    for key in ["user.delete_user.enabled", "admin.enabled", "two_factor.enabled"] {
        assert!(told.contains(&format!("`{key}`")), "{told}");
    }
    assert!(told.contains(" need it; ") && told.ends_with("or remove those"), "{told}");
    assert_eq!(found[0], *told, "{found:#?}");
    // The same for mails, which production needs.
    let toml = "[email_verification]\nsend_on_sign_up = true\n[magic_link]\nenabled = true\n";
    let found = problems(toml, &[GOOD[0], GOOD[1], ("VERCEL_ENV", "production")]);
    assert_eq!(
        found,
        [
            "EMAIL_URL: it is missing, and `email_verification.send_on_sign_up` and `magic_link.send_magic_link` need it; set it, or switch those off"
        ]
    );
}

#[test]
fn the_longest_lifetime_of_what_a_secret_signs_is_that_of_the_deployment() {
    let longest = |toml: &str| {
        let file = Source { name: "gatepost.toml", text: toml };
        Config::examine(&variables(&GOOD), Some(file)).0.longest_signed()
    };
    let day = 86_400;
    for (toml, expected) in [
        ("", (7 * day, "session.expires_in")),
        ("[session]\nexpires_in = \"30d\"\n", (30 * day, "session.expires_in")),
        ("[two_factor]\nenabled = true\n", (30 * day, "two_factor.trust_device_max_age")),
        ("[two_factor]\ntrust_device_max_age = \"90d\"\n", (7 * day, "session.expires_in")),
        ("[two_factor]\nenabled = true\n[session]\nexpires_in = \"60d\"\n", (60 * day, "session.expires_in")),
        ("[email_verification]\nexpires_in = \"9d\"\n", (9 * day, "email_verification.expires_in")),
        (
            "[admin]\nenabled = true\nimpersonation_session_duration = \"8d\"\n",
            (8 * day, "admin.impersonation_session_duration"),
        ),
        ("[session.cookie_cache]\nenabled = true\nmax_age = \"20d\"\n", (20 * day, "session.cookie_cache.max_age")),
    ] {
        assert_eq!(longest(toml), expected, "{toml}");
    }
}

#[test]
fn building_everything_that_requests_share_connects_to_nothing() {
    let config = Config::load(&variables(&GOOD), None).unwrap();
    let auth = Auth::new(config, gatepost_cli::edge::now).unwrap();
    assert_eq!(auth.pool.size(), 0);
}

#[test]
fn a_host_name_of_the_platform_that_is_none_is_a_problem_and_not_trusted() {
    for host in ["https://app.vercel.app", "*.vercel.app/x", "app.vercel.app/", "a b", "app@evil.example"] {
        let mut good = GOOD.to_vec();
        good.push(("VERCEL_URL", host));
        let found = problems("", &good);
        assert!(found.len() == 1 && found[0].starts_with("VERCEL_URL: "), "{host}: {found:?}");
    }
}

#[test]
fn every_key_is_documented() {
    let documentation = include_str!("../../docs/CONFIGURATION.md");
    let sections = [
        "",
        "on_api_error",
        "email_and_password",
        "email_verification",
        "session",
        "session.cookie_cache",
        "user",
        "user.delete_user",
        "user.change_email",
        "account",
        "account.account_linking",
        "deployment",
        "mail",
        "mail.urls",
        "previews",
        "social.apple",
        "social.cognito",
        "social.discord",
        "social.dropbox",
        "social.facebook",
        "social.github",
        "social.gitlab",
        "social.google",
        "social.microsoft",
        "social.paypal",
        "social.salesforce",
        "social.zoom",
        "verification",
        "rate_limit",
        "jwt",
        "jwks",
        "jwks.key_pair_config",
        "bearer",
        "username",
        "username.validation_order",
        "last_login_method",
        "captcha",
        "have_i_been_pwned",
        "multi_session",
        "access",
        "admin",
        "magic_link",
        "email_otp",
        "email_otp.change_email",
        "phone_number",
        "phone_number.limits",
        "phone_number.sign_up_on_verification",
        "one_tap",
        "one_time_token",
        "anonymous",
        "sign_up",
        "custom_session",
        "cleanup",
        "events",
        "api_key",
        "audit",
        "api_key.key_expiration",
        "api_key.permissions",
        "api_key.rate_limit",
        "api_key.starting_characters_config",
        "passkey",
        "passkey.authenticator_selection",
        "passkey.registration",
        "passkey.authentication",
        "organization",
        "organization.teams",
        "organization.teams.default_team",
        "organization.dynamic_access_control",
        "schema",
        "schema.user",
        "schema.rate_limit",
        "open_api",
        "observability",
        "database",
        "secondary_storage",
        "advanced",
        "advanced.database",
        "advanced.cross_sub_domain_cookies",
        "advanced.default_cookie_attributes",
        "advanced.cookies",
        "advanced.ip_address",
    ];
    // Other keys of `[events]` are the names of receivers.
    for section in sections.into_iter().filter(|section| *section != "events") {
        let header = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
        let found = problems(&format!("{header}no_such_key_at_all = 1\n"), &GOOD);
        let (_, known) = found[0].split_once("known here: ").unwrap_or_else(|| panic!("{found:?}"));
        for key in known.split(", ").map(|key| key.trim_matches('`')) {
            let nested = sections
                .iter()
                .any(|other| other.ends_with(&format!("{section}.{key}").trim_start_matches('.').to_owned()));
            let documented =
                [format!("`{key}`"), format!(".{key}`")].iter().any(|form| documentation.contains(form.as_str()));
            assert!(documented || nested, "{section}.{key} is not in docs/CONFIGURATION.md");
        }
    }
}

#[test]
fn a_database_and_providers_that_the_file_rules_out_need_no_variable_and_read_none() {
    let halves = [GOOD[0], GOOD[1], ("GITHUB_CLIENT_ID", "id"), ("APPLE_KEY_ID", "id")];
    let toml = "[database]\nenabled = false\n[social]\nenabled = false\n[social.github]\ndisable_sign_up = true\n";
    let config = Config::load(&variables(&halves), Some(Source { name: "gatepost.toml", text: toml })).unwrap();
    assert!(config.is_stateless() && config.database.url.is_none() && config.social.clients.is_empty());
    assert_eq!(problems("[social]\n", &halves).len(), 2);
    assert_eq!(
        problems(&format!("{toml}[email_and_password]\nenabled = true\n"), &GOOD),
        ["database.enabled: it is false, and `email_and_password.enabled` needs a database; remove one of them"]
    );
    let found = problems("[social]\nenabled = true\nother = 1\n", &GOOD);
    assert_eq!(found, ["gatepost.toml:3: `social.other` must be a table, like { … }"]);
}

/// A value may be, or have in it, a secret that was pasted into the wrong place.
#[test]
fn attack_no_message_repeats_a_login_or_a_value_of_a_variable() {
    let login = "has a user or a password in front of its host";
    for (name, value, told) in [
        ("BETTER_AUTH_URL", "https://ada:hunter2@auth.example.com", login),
        ("BETTER_AUTH_URL", "https://hunter2@auth.example.com/api", login),
        ("BETTER_AUTH_URL", "ftp://ada:hunter2@auth.example.com", login),
        ("BETTER_AUTH_URL", "hunter2", "it is not a base URL; write"),
        ("BETTER_AUTH_URL", "postgres:hunter2", "it is not a base URL; write"),
        ("NEXT_PUBLIC_BETTER_AUTH_URL", "https://:hunter2@auth.example.com", login),
        ("BETTER_AUTH_TRUSTED_ORIGINS", "https://ada:hunter2@app.example.com", login),
        ("BETTER_AUTH_TRUSTED_ORIGINS", "https://a.example.com,https://hunter2@app.example.com/", login),
        ("BETTER_AUTH_TRUSTED_ORIGINS", "https://*:hunter2@*.example.com", login),
        ("EMAIL_URL", "hunter2://mail.example", "it names no transport"),
        ("EMAIL_URL", "smtps://u:hunter2@mail.example:port", "the part after `://` is not an address"),
        ("EMAIL_URL", "smtps://u:12?hunter2@mail.example", "a parameter other than `sslrootcert`"),
        ("VERCEL_URL", "u:hunter2@x.vercel.app", "it is not a host name"),
    ] {
        let found = problems("", &[GOOD[0], GOOD[1], (name, value)]);
        assert!(found.iter().any(|problem| problem.contains(told)), "{name}={value}: {found:?}");
        assert!(found.iter().all(|problem| !problem.contains("hunter2") && !problem.contains("ada")), "{found:?}");
    }
    let found = problems("base_url = \"https://ada:hunter2@auth.example.com\"\n", &GOOD);
    assert!(found[0].starts_with("gatepost.toml:1: `base_url`") || found[0].contains(login), "{found:?}");
    assert!(found.iter().all(|problem| !problem.contains("hunter2")), "{found:?}");
    // An `@` in a path is no login.
    assert_eq!(problems("", &[GOOD[0], GOOD[1], ("BETTER_AUTH_URL", "https://auth.example.com/@auth")]), [""; 0]);
}

#[test]
fn previews_need_an_address_and_a_key_of_their_own() {
    const KEY: &str = "a-key-of-the-previews-0123456789abcdef";
    let with = |toml: &str, key: &str| problems(toml, &[GOOD[0], GOOD[1], ("GATEPOST_PREVIEW_KEY", key)]);
    let toml = |url: &str| format!("[previews]\nproduction_url = \"{url}\"\n");
    let good = toml("https://auth.example.com");
    assert!(with(&good, KEY).is_empty() && with("", "").is_empty());
    for (found, expected) in [
        (with(&good, ""), "GATEPOST_PREVIEW_KEY: it is missing, and `previews.production_url` needs it"),
        (with("", KEY), "GATEPOST_PREVIEW_KEY: it is set, and `previews.production_url` is not"),
        (with(&good, "short"), "GATEPOST_PREVIEW_KEY: it is shorter than 32 characters"),
        (with(&good, crate::support::SECRET), "GATEPOST_PREVIEW_KEY: it is also a secret of this deployment"),
        (
            with(&toml("http://auth.example.com"), KEY),
            "gatepost.toml:2: `previews.production_url` must be an https URL",
        ),
        (with(&toml("https://*.example.com"), KEY), "gatepost.toml:2: `previews.production_url` must be an https URL"),
    ] {
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(expected), "{found:?}");
    }
}

#[test]
fn a_provider_that_is_half_configured_is_a_problem() {
    let with = |toml: &str, more: &[(&str, &str)]| problems(toml, &[&GOOD, more].concat());
    let id = ("GITHUB_CLIENT_ID", "a");
    assert_eq!(with("", &[id, ("GITHUB_CLIENT_SECRET", "hunter2")]), Vec::<String>::new());
    for (toml, variables, expected) in [
        ("", &[id][..], "GITHUB_CLIENT_SECRET: it is missing, and GITHUB_CLIENT_ID is set; set both, or neither"),
        (
            "",
            &[("ACME_CLIENT_SECRET", "hunter2"), ("GITHUB_CLIENT_SECRET", "hunter2")],
            "GITHUB_CLIENT_ID: it is missing, and GITHUB_CLIENT_SECRET is set; set both, or neither",
        ),
        (
            "[social.acme]\n",
            &[],
            "gatepost.toml:1: `acme` is not a provider that gatepost knows by name; set `discovery_url`",
        ),
        ("[social.Acme]\n", &[], "gatepost.toml:1: `Acme` cannot be a provider's name"),
        ("[social.credential]\n", &[], "gatepost.toml:1: `credential` cannot be a provider's name"),
        ("[social.acme]\ndiscovery_url = \"http://id.example.com\"\n", &[], "gatepost.toml:2: it must be an https URL"),
        ("[social.github]\nhd = \"x\"\n", &[], "gatepost.toml:2: `social.github.hd` is not a known key"),
        ("", &[("GATEPOST_FETCH_REWRITE", "x")], "GATEPOST_FETCH_REWRITE: it must be a JSON object of URLs"),
        (
            "",
            &[("GATEPOST_FETCH_REWRITE", "{}"), ("VERCEL_ENV", "production")],
            "GATEPOST_FETCH_REWRITE: it is for tests, and this is production; remove it",
        ),
        ("", &[("APPLE_CLIENT_ID", "a"), ("APPLE_PRIVATE_KEY", "hunter2")], "APPLE_PRIVATE_KEY: it is not a P-256 key"),
        ("", &[("APPLE_CLIENT_ID", "a"), ("APPLE_PRIVATE_KEY", "x")], "APPLE_TEAM_ID: it is missing"),
    ] {
        let found = with(toml, variables);
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{expected}\n{found:#?}");
        assert!(!found.join(" ").contains("hunter2"), "{found:?}");
    }
    assert_eq!(with("[social.github]\nenabled = false\n", &[id]), Vec::<String>::new());
}

/// A container has no `VERCEL_ENV`, and serves people at an address of its own.
#[test]
fn attack_a_container_in_production_is_configured_like_a_test() {
    let found = |toml: &str, url: &str, more: &[(&str, &str)]| {
        let secrets = &GOOD[..1];
        assert_eq!(secrets[0].0, "BETTER_AUTH_SECRET");
        let all = [secrets, &[("BETTER_AUTH_URL", url), ("DATABASE_URL", "postgres://u:p@db.example.com/app")], more]
            .concat();
        problems(toml, &all).join("\n")
    };
    let mails = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n[magic_link]\nenabled = true\n\
                 [phone_number]\nenabled = true\n";
    let rewrites = ("GATEPOST_FETCH_REWRITE", "{\"https://github.com\":\"http://192.0.2.1\"}");
    let (public, local) = ("https://auth.example.com", "http://localhost:3000");
    for environment in [&[][..], &[("VERCEL_ENV", "staging")], &[("VERCEL_ENV", "production")]] {
        let refused = found(mails, public, environment);
        for expected in [
            "EMAIL_URL: it is missing, and `email_and_password.require_email_verification` and `magic_link.send_magic_link` need it",
            "SMS_URL: it is missing, and `phone_number.send_otp` and `phone_number.send_password_reset_otp` need it",
        ] {
            assert!(refused.contains(expected), "{environment:?}\n{refused}");
        }
        let refused = found("", public, &[&[rewrites], environment].concat());
        assert!(refused.contains("GATEPOST_FETCH_REWRITE: it is for tests"), "{environment:?}\n{refused}");
    }
    // Where only a developer is at the other end, both are allowed.
    for (url, environment) in [(local, ""), (local, "development"), (public, "preview")] {
        let environment = ("VERCEL_ENV", environment);
        assert!(!found(mails, url, &[environment]).contains("_URL: it is missing"), "{environment:?}");
        assert!(!found("", url, &[rewrites, environment]).contains("for tests"), "{environment:?}");
    }
}

#[test]
fn a_profile_fills_no_field_that_protects() {
    let fields = "[user.additional_fields.plan]\ntype = \"string\"\n[user.additional_fields.secret]\ntype = \"string\"\n\
                  input = false\n[admin]\nenabled = true\n[two_factor]\nenabled = true\n[phone_number]\nenabled = true\n";
    let with = |line: &str| problems(&format!("[social.github.profile]\n{line}\n{fields}"), &GOOD);
    let refused =
        |line: &str| with(line).into_iter().find(|found| found.starts_with("gatepost.toml:2: ")).unwrap_or_default();
    for field in [
        "id",
        "email",
        "emailVerified",
        "email_verified",
        "secret",
        "role",
        "banned",
        "twoFactorEnabled",
        "phoneNumber",
        "phoneNumberVerified",
        "createdAt",
        "username",
        "other",
    ] {
        let expected = format!("gatepost.toml:2: `{field}` is no field that a profile fills; use name, image, plan");
        assert_eq!(refused(&format!("{field} = \"login\"")), expected);
    }
    for field in ["name", "image", "plan"] {
        assert_eq!(refused(&format!("{field} = \"login\"")), "");
    }
    assert!(refused("plan = \"\"").contains("names no member; write one"));
    assert!(refused("plan = 1").contains("must be a text between quotes"));
}

#[test]
fn an_identifier_that_passes_to_another_person_is_none() {
    let with = |toml: &str| problems(toml, &GOOD);
    let described = "[social.acme]\nauthorization_url = \"https://a.example/a\"\ntoken_url = \"https://a.example/t\"\n";
    assert_eq!(with(&format!("{described}account_subject = \"data.user_id\"\n")), Vec::<String>::new());
    for path in ["", "email", "data.Email", "login", "user.name", "preferred_username"] {
        let found = with(&format!("{described}account_subject = \"{path}\"\n"));
        assert!(found.len() == 1 && found[0].contains("does not identify a user for good"), "{path}: {found:?}");
    }
    let url = "https://a.example/.well-known/openid-configuration";
    let found = with(&format!("[social.acme]\ndiscovery_url = \"{url}\"\naccount_subject = \"user_id\"\n"));
    assert!(found.len() == 1 && found[0].contains("`sub` identifies the user; remove it"), "{found:?}");
    let found = with("[social.github]\naccount_subject = \"node_id\"\n");
    assert!(found.len() == 1 && found[0].contains("account_subject"), "{found:?}");
}

#[test]
fn cognito_needs_its_pool_and_hosts_are_hosts() {
    let with = |toml: &str| {
        let client = [("COGNITO_CLIENT_ID", "a"), ("COGNITO_CLIENT_SECRET", "hunter2")];
        problems(toml, &[&GOOD, &client[..]].concat())
    };
    let whole = "[social.cognito]\ndomain = \"https://a.example\"\nregion = \"eu-1\"\nuser_pool_id = \"eu-1_P\"\n";
    assert_eq!(with(whole), Vec::<String>::new());
    assert!(with("")[0].starts_with("COGNITO_CLIENT_ID: `social.cognito` needs `domain`"), "{:?}", with(""));
    for (from, to, expected) in [
        ("https://a.example", "a.example/x", "gatepost.toml:2: it is no host"),
        ("https://a.example", "a@b.example", "gatepost.toml:2: it is no host"),
        ("\"eu-1\"", "\"eu-1/..\"", "gatepost.toml:3: `region` may have letters"),
        ("eu-1_P", "a.example/", "gatepost.toml:4: `user_pool_id` may have letters"),
    ] {
        let found = with(&whole.replace(from, to));
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{found:?}");
    }
}

#[test]
fn a_client_without_a_secret_says_so_and_only_where_the_provider_takes_one() {
    let with = |toml: &str, more: &[(&str, &str)]| problems(toml, &[&GOOD, more].concat());
    let (id, secret) = (("MICROSOFT_CLIENT_ID", "a"), ("MICROSOFT_CLIENT_SECRET", "hunter2"));
    let public = "[social.microsoft]\ntoken_endpoint_auth = \"none\"\n";
    assert_eq!(with(public, &[id]), Vec::<String>::new());
    for (toml, variables, expected) in [
        (
            "",
            &[id][..],
            "MICROSOFT_CLIENT_SECRET: it is missing, and MICROSOFT_CLIENT_ID is set; set both, or neither, or write",
        ),
        (
            public,
            &[id, secret],
            "MICROSOFT_CLIENT_SECRET: it is set, and `social.microsoft.token_endpoint_auth` is \"none\"",
        ),
        (
            "[social.microsoft]\ntoken_endpoint_auth = \"client_secret_basic\"\n",
            &[id, secret],
            "gatepost.toml:2: `social.microsoft.token_endpoint_auth` must be one of \"none\"; ",
        ),
        (
            "[social.google]\ntoken_endpoint_auth = \"none\"\n",
            &[("GOOGLE_CLIENT_ID", "a")],
            "gatepost.toml:2: `social.google.token_endpoint_auth` is an option of better-auth that gatepost does not have; remove it: ",
        ),
    ] {
        let found = with(toml, variables);
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{expected}\n{found:#?}");
        assert!(!found.join(" ").contains("hunter2"), "{found:?}");
    }
}

#[test]
fn what_a_provider_is_described_by_has_a_form() {
    for (line, expected) in [
        ("authorization_url = \"id.example.com\"", "gatepost.toml:2: it must be an https URL"),
        ("token_url = \"http://id.example.com/token\"", "gatepost.toml:2: it must be an https URL"),
        ("user_info_url = \"ftp://id.example.com\"", "gatepost.toml:2: it must be an https URL"),
        (
            "authorization_url = \"https://id.example.com/a\"",
            "gatepost.toml:1: `acme` is not a provider that gatepost knows by name",
        ),
        (
            "require_id_token_verification = true",
            "gatepost.toml:2: `require_id_token_verification` needs the keys of ID tokens; set",
        ),
        (
            "authorization_url_params = { state = \"x\" }",
            "gatepost.toml:2: `state` in `authorization_url_params` is set by",
        ),
        (
            "token_url_params = { client_id = \"x\" }",
            "gatepost.toml:2: `client_id` in `token_url_params` is set by gatepost",
        ),
        (
            "refresh_token_params = { grant_type = \"x\" }",
            "gatepost.toml:2: `grant_type` in `refresh_token_params` is set by",
        ),
        (
            "refresh_token_params = { audience = 1 }",
            "gatepost.toml:2: `social.acme.refresh_token_params` must be a table of",
        ),
        (
            "authorization_headers = { \"a b\" = \"hunter2\" }",
            "gatepost.toml:2: `a b` in `authorization_headers` is not a header",
        ),
        ("discovery_headers = { a = \"hunter2\\n\" }", "gatepost.toml:2: `a` in `discovery_headers` is not a header"),
        (
            "access_token_expires_in = \"soon\"",
            "gatepost.toml:2: `social.acme.access_token_expires_in` must be a duration",
        ),
    ] {
        let found = problems(&format!("[social.acme]\n{line}\n"), &GOOD);
        assert!(found.iter().any(|problem| problem.starts_with(expected)), "{expected}\n{found:#?}");
        assert!(!found.join(" ").contains("hunter2"), "{found:?}");
    }
    let toml = "[social.acme]\nauthorization_url = \"https://id.example.com/a\"\ntoken_url = \"https://id.example.com/t\"\n\
                authorization_headers = { X-Token = \"hunter2\" }\n";
    let pairs = [GOOD[0], GOOD[1], ("ACME_CLIENT_ID", "a"), ("ACME_CLIENT_SECRET", "b")];
    let config = Config::load(&variables(&pairs), Some(Source { name: "gatepost.toml", text: toml })).unwrap();
    let printed = format!("{:?}", config.social);
    assert!(printed.contains("x-token") && !printed.contains("hunter2"), "{printed}");
}

#[test]
fn a_cache_that_is_refreshed_has_no_effect_beside_a_database_and_stops_no_service() {
    for value in ["true", "false", "{ update_age = 60 }", "{}"] {
        let toml = format!("[session.cookie_cache]\nenabled = true\nrefresh_cache = {value}\n");
        let config = Config::load(&variables(&GOOD), Some(Source { name: "gatepost.toml", text: &toml })).unwrap();
        assert_eq!(config.session.cookie_cache.refresh_before(), None, "{value}");
        let config = Config::load(&variables(&GOOD[..1]), Some(Source { name: "gatepost.toml", text: &toml })).unwrap();
        let expected = match value {
            "false" => None,
            "{ update_age = 60 }" => Some(60),
            _ => Some(120_960),
        };
        assert_eq!(config.session.cookie_cache.refresh_before(), expected, "{value}");
    }
    let found = problems("[session.cookie_cache]\nrefresh_cache = 5\n", &GOOD);
    assert!(found[0].contains("must be true, false or { update_age = 60 }"), "{found:?}");
}

#[test]
fn options_that_would_have_no_effect_are_named() {
    let all = "[admin]\nenabled = true\ndefault_role = \"nope\"\n[access.roles]\nadmin = { built_in = \"admin\" }\nx = { user = [\"lst\"] }\n\
               [access.organization_roles.y]\nmember = [\"invite\"]\nproject = [\"open\"]\n\
               [organization.teams]\nenabled = true\n[organization.dynamic_access_control]\nenabled = true\n\
               [api_key]\nenabled = true\ndefault_prefix = \"\u{fc}\"\n[api_key.configurations.ci]\ndefault_prefix = \"a b\"\n";
    let found = problems(all, &GOOD);
    for told in [
        "there is no role `nope`; add `[access.roles.nope]`, or write one of \"admin\", \"x\"",
        "the resource `user` has no action `lst`",
        "the resource `member` has no action `invite`",
        "organization.teams.enabled: it is part of organizations, and they are off",
        "organization.dynamic_access_control.enabled: it is part of organizations, and they are off",
        "api_key.default_prefix: a prefix has only",
        "api_key.configurations.ci.default_prefix: a prefix has only",
    ] {
        assert_eq!(found.iter().filter(|problem| problem.contains(told)).count(), 1, "{told}: {found:#?}");
    }
    assert_eq!(found.len(), 7, "{found:#?}");
    // Without listed roles any text is a role, and a list of statements adds actions.
    let fine = "[admin]\nenabled = true\ndefault_role = \"customer\"\n[access.statements]\nmember = [\"invite\"]\n\
                [access.organization_roles]\nowner = { built_in = \"owner\" }\ny = { member = [\"invite\"] }\n\
                [organization]\nenabled = true\nsend_invitation_email = false\n[organization.teams]\nenabled = true\n[api_key]\nenabled = true\ndefault_prefix = \"ok-_1\"\n";
    assert_eq!(problems(fine, &GOOD), Vec::<String>::new());
}
