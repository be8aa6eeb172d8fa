//! The check of a deployment's environment before it serves requests, and the variables that each function may see.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use gatepost_cli::migrate;
use gatepost_core::{
    check::{self, KnownFacts, Severity},
    config::{self, Config, PROVIDER, Readers, Source, Variable, Variables},
    functions::FUNCTIONS,
};

use crate::support::platform::Platform;

const SECRET: (&str, &str) = ("BETTER_AUTH_SECRET", "K7vQ2xLm9RtY4wZp8NbH3cJf6DsG1aVe");
const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://u:hunter2@db.example/x");
const MAILS: (&str, &str) = ("EMAIL_URL", "webhook+https://S3cretS3cret@hooks.example/mail");
const URL: (&str, &str) = ("BETTER_AUTH_URL", "https://auth.example.com");
const PRODUCTION: (&str, &str) = ("VERCEL_ENV", "production");
const PREVIEW: (&str, &str) = ("VERCEL_ENV", "preview");

fn variables(pairs: &[(&str, &str)]) -> Variables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Returns the findings for these variables; later ones replace earlier ones.
fn found(pairs: &[&[(&str, &str)]]) -> Vec<String> {
    let variables = variables(&pairs.concat());
    let source = Source { name: "gatepost.toml", text: crate::support::service::DEFAULT };
    let (config, problems) = Config::examine(&variables, Some(source));
    let findings = check::environment(&variables, &config, &problems, &KnownFacts::default());
    assert_eq!(findings.has_problems(), findings.0.iter().any(|finding| finding.severity == Severity::Problem));
    findings.0.iter().map(ToString::to_string).collect()
}

const GOOD: &[(&str, &str)] = &[SECRET, DATABASE, MAILS, URL, PRODUCTION];

#[test]
fn a_good_environment_has_nothing_to_complain_about() {
    assert_eq!(found(&[GOOD]), Vec::<String>::new());
    assert_eq!(found(&[&[SECRET, DATABASE, MAILS, PREVIEW]]), Vec::<String>::new());
    assert_eq!(found(&[&[SECRET, DATABASE, ("VERCEL_ENV", "development")]]), Vec::<String>::new());
}

#[test]
fn a_missing_variable_that_an_option_needs_is_told_once() {
    let text = format!("{}[email_verification]\nsend_on_sign_up = true\n", crate::support::service::DEFAULT);
    let variables = variables(&[SECRET, DATABASE, URL, PRODUCTION]);
    let (config, problems) = Config::examine(&variables, Some(Source { name: "gatepost.toml", text: &text }));
    let findings = check::environment(&variables, &config, &problems, &KnownFacts::default());
    let told: Vec<_> = findings.0.iter().filter(|finding| finding.place == "EMAIL_URL").collect();
    let [finding] = told[..] else { panic!("{findings}") };
    assert_eq!(finding.severity, Severity::Problem, "{findings}");
}

#[test]
fn each_mistake_is_found_and_named_without_a_secret() {
    let weak = "ababababababababababababababababab";
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("BETTER_AUTH_SECRET", "")], "problem  BETTER_AUTH_SECRET: it is missing"),
        (&[("BETTER_AUTH_SECRET", weak)], "warning  BETTER_AUTH_SECRET: a secret in it is easy to guess"),
        (
            &[("BETTER_AUTH_SECRETS", "2:abababababababababababababababababab")],
            "warning  BETTER_AUTH_SECRETS: a secret",
        ),
        (&[("DATABASE_URL", "mysql://u:hunter2@h/x")], "problem  DATABASE_URL: it does not begin with postgres://"),
        (&[("DATABASE_URL", "")], "problem  DATABASE_URL: it is missing, and `email_and_password.enabled` needs it"),
        (&[("EMAIL_URL", "")], "warning  EMAIL_URL: it is missing: users cannot replace a forgotten password"),
        (&[("EMAIL_URL", "file:/tmp/mails")], "warning  EMAIL_URL: a function's files are lost with its instance"),
        (&[("EMAIL_URL", "smtp://u:hunter2@mail.example")], "problem  EMAIL_FROM: it is missing"),
        (&[("BETTER_AUTH_URL", "")], "problem  BETTER_AUTH_URL: it is missing, and mails need it"),
        (
            &[("BETTER_AUTH_URL", ""), ("VERCEL_PROJECT_PRODUCTION_URL", "example.com")],
            "warning  BETTER_AUTH_URL: it is missing: tokens name the host of each request",
        ),
        (&[("BETTER_AUTH_URL", "http://auth.example.com")], "problem  BETTER_AUTH_URL: it is not https"),
        (
            &[("BETTER_AUTH_URL", "http://localhost:3000")],
            "problem  BETTER_AUTH_URL: `localhost` is the developer's machine",
        ),
        (
            &[("VERCEL_PROJECT_PRODUCTION_URL", "example.com"), ("VERCEL_URL", "x-1.vercel.app")],
            "warning  BETTER_AUTH_URL: `auth.example.com` is not `example.com`, the project's domain",
        ),
        (
            &[PREVIEW, ("VERCEL_PROJECT_PRODUCTION_URL", "auth.example.com")],
            "problem  BETTER_AUTH_URL: it is production's URL, and this is a preview",
        ),
        (
            &[("NEXT_PUBLIC_AUTH_KEY", SECRET.1)],
            "problem  NEXT_PUBLIC_AUTH_KEY: BETTER_AUTH_SECRET is in it, and front ends",
        ),
        (&[("VITE_DB", "x postgres://u:hunter2@db.example/x y")], "problem  VITE_DB: DATABASE_URL is in it"),
        (&[("NUXT_PUBLIC_EMAIL_URL", "else")], "problem  NUXT_PUBLIC_EMAIL_URL: EMAIL_URL is a secret"),
        (
            &[
                ("BETTER_AUTH_SECRETS", "1:Zp8NbH3cJf6DsG1aVeK7vQ2xLm9RtY4w"),
                ("PUBLIC_K", "Zp8NbH3cJf6DsG1aVeK7vQ2xLm9RtY4w"),
            ],
            "problem  PUBLIC_K: BETTER_AUTH_SECRETS is in it",
        ),
        (&[("BETTER_AUTH_SECERT", "x")], "warning  BETTER_AUTH_SECERT: nothing reads it; write BETTER_AUTH_SECRET"),
        (
            &[("DATABASE_URL_UNPOOLED", "")],
            "warning  DATABASE_URL_UNPOOLED: it is empty, which counts as absent; `vercel env pull`",
        ),
    ];
    for (changed, expected) in cases {
        let mut pairs: Vec<_> =
            GOOD.iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name)).copied().collect();
        pairs.extend(*changed);
        let found = found(&[&pairs]);
        assert!(found.iter().any(|finding| finding.starts_with(expected)), "{expected}: {found:#?}");
        assert!(found.iter().all(|finding| !finding.contains("hunter2") && !finding.contains(SECRET.1)), "{found:#?}");
    }
}

#[test]
fn more_than_the_platform_takes_is_a_problem_and_a_large_variable_a_warning() {
    let large = "x".repeat(4_096);
    let text = found(&[GOOD, &[("LARGE", &large)]]).join("\n");
    assert_eq!(
        text,
        "warning  LARGE: it has 4101 bytes; values above 4096 are probably not a setting; check it, or remove it"
    );
    let names: Vec<_> = (0..16).map(|number| format!("PART_{number}")).collect();
    let many: Vec<_> = names.iter().map(|name| (name.as_str(), &large[..4_080])).collect();
    let found = found(&[GOOD, &many]);
    assert!(found.len() == 1 && found[0].starts_with("problem  all variables: they have "), "{found:?}");
}

/// Everything that a configuration may ask for.
const EVERYTHING: &str = "[email_and_password]\nenabled = true\n[user.delete_user]\nenabled = true\n\
                          [user.change_email]\nenabled = true\n";

/// A name that can be set: that of a provider's client stands for any provider.
fn settable(name: &str) -> String {
    name.replace(PROVIDER, "GITHUB")
}

#[test]
fn every_variable_that_is_asked_for_is_in_the_list() {
    for pairs in [&[][..], GOOD] {
        let variables = variables(pairs);
        let _ = Config::load(&variables, Some(Source { name: "gatepost.toml", text: EVERYTHING }));
        let _ = migrate::url(&variables);
        let asked = variables.asked();
        assert!(asked.contains("BETTER_AUTH_SECRET") && asked.contains("EMAIL_URL"), "{asked:?}");
        for name in asked {
            let is_listed = config::variables().any(|variable| variable.is(&name));
            assert!(is_listed, "{name} is not in config::variables, and no function sees it");
        }
    }
}

#[test]
fn a_function_is_given_what_its_endpoints_need_and_nothing_else() {
    let set: Vec<_> = config::variables().flat_map(Variable::names).map(|name| (settable(name), "set")).collect();
    let set: Vec<_> = set.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let all = variables(&[&set[..], &[("SOMETHING_ELSE", "set")]].concat());
    for function in FUNCTIONS {
        let given = all.only_for(function.uses());
        assert_eq!(given.get("SOMETHING_ELSE"), None);
        for variable in config::variables() {
            let reads = variable.is_read_by(function.uses());
            for name in variable.names() {
                let seen = given.get(&settable(name)).is_some();
                assert_eq!((seen, given.is_withheld(name)), (reads, !reads), "{name}");
            }
        }
    }
    let of = |name: &str| config::variables().find(|variable| variable.name == name).unwrap();
    let get_session = FUNCTIONS.iter().find(|function| function.name == "get-session").unwrap();
    assert!(!of("EMAIL_URL").is_read_by(get_session.uses()) && of("DATABASE_URL").is_read_by(get_session.uses()));
    assert!(!of("DATABASE_URL_UNPOOLED").is_read_by(get_session.uses()));
}

#[test]
fn a_variable_that_is_wrong_breaks_the_functions_that_read_it_and_no_other() {
    let partly = config::variables().filter(|variable| matches!(variable.readers, Readers::Using(_)));
    let partly: Vec<_> = partly.collect();
    assert!(!partly.is_empty());
    for variable in partly {
        let name = settable(variable.name);
        let wrong = (name.as_str(), "wrong in any case");
        let platform = Platform::start(&[SECRET, ("DATABASE_URL", "postgres://u:p@127.0.0.1:1/x"), wrong], false);
        // Those that this project deploys: a path of no function reaches the last one.
        let deployed = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("api/auth/{name}.rs")).exists();
        for function in FUNCTIONS.iter().filter(|function| deployed(function.name)) {
            let answer = platform.send("PUT", &format!("/api/auth/{}", function.name), &[], "");
            let expected = if variable.is_read_by(function.uses()) { 500 } else { 404 };
            assert_eq!(answer.status, expected, "{} in {}: {}", variable.name, function.name, answer.text());
        }
    }
}

/// Runs `build.sh` as the platform's builder does, with a compiler that has nothing to do and the function `status` that this
/// test was built with.
fn build(variables: &[(&str, &str)]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let (tools, built) = (folder.path().join(".cargo/bin"), folder.path().join("release"));
    fs::create_dir_all(&tools).unwrap();
    fs::create_dir_all(&built).unwrap();
    fs::write(tools.join("cargo"), "#!/bin/sh\necho \"cargo $*\" >&2\n").unwrap();
    fs::set_permissions(tools.join("cargo"), fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_status"), built.join("status")).unwrap();
    let mut command = Command::new("bash");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("build.sh")).env_clear();
    command.envs([("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", folder.path().to_str().unwrap())]);
    let output = command.env("CARGO_TARGET_DIR", folder.path()).envs(variables.iter().copied()).output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_build_of_the_platform_fails_with_every_problem_of_its_environment() {
    const IMAGE: (&str, &str) = ("VERCEL_BUILD_IMAGE", "1");
    let (built, text) = build(&[&[IMAGE][..], GOOD].concat());
    assert!(built && text.contains("cargo build --release") && text.contains("0 problems"), "{text}");
    let (built, text) =
        build(&[IMAGE, PRODUCTION, ("EMAIL_URL", "pigeon:home"), ("BETTER_AUTH_URL", "http://a.example")]);
    assert!(!built, "{text}");
    for name in ["BETTER_AUTH_SECRET", "DATABASE_URL", "EMAIL_URL", "BETTER_AUTH_URL"] {
        assert!(text.contains(&format!("problem  {name}: ")), "{name}: {text}");
    }
}

#[test]
fn a_build_without_an_environment_checks_nothing_and_one_outside_the_image_asks_the_command() {
    let (built, text) = build(&[("VERCEL_BUILD_IMAGE", "1"), ("VERCEL", "1")]);
    assert!(built && text == "cargo build --release --quiet --package gatepost --bins\n", "{text}");
    assert_eq!(build(&[("VERCEL", "1")]), (true, String::new()));
    assert_eq!(build(&[PRODUCTION]), (true, "cargo gatepost check env\n".to_owned()));
}
