//! Every option of better-auth is accepted, or refused at start with its replacement. tests/client/options.json lists all of
//! them with the key that a user would write: behind a `-` those that are refused.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    time::Duration,
};

use gatepost_core::{
    Config,
    config::{Source, Variables},
};
use serde_json::Value;

use crate::support::{SECRET, node};

const SWITCHING: &str = include_str!("../../docs/switching.md");

fn listed() -> BTreeMap<String, String> {
    serde_json::from_str(include_str!("../client/options.json")).unwrap()
}

/// Returns the problems of a file in which this key alone is set, to a value that few of them can have.
fn problems(key: &str) -> Vec<String> {
    let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
    let header = if section.is_empty() { String::new() } else { format!("[{section}]\n") };
    let variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
    let variables: Variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    let text = format!("{header}{name} = 1.5\n");
    let loaded = Config::load(&variables, Some(Source { name: "gatepost.toml", text: &text }));
    loaded.err().map(|problems| problems.0.into_iter().map(|problem| problem.text).collect()).unwrap_or_default()
}

#[test]
fn the_list_has_every_option_that_better_auths_types_declare_and_no_other() {
    let declared = node::run("options.mjs", &[], Duration::from_secs(60));
    let declared: Vec<&str> = declared.lines().collect();
    assert!(declared.len() > 250, "{declared:?}");
    let listed = listed();
    // A list of options stands for those below it.
    let is_below = |path: &str, listed: &str| path == listed || path.starts_with(&format!("{listed}."));
    // Options that are sections in better-auth's types, and are listed by their members.
    let sections = ["advanced", "rateLimit", "secondaryStorage"];
    for path in declared.iter().filter(|path| !sections.contains(path)) {
        assert!(listed.keys().any(|listed| is_below(path, listed)), "`{path}` is not in options.json");
    }
    for listed in listed.keys() {
        assert!(declared.iter().any(|path| is_below(path, listed)), "better-auth has no `{listed}`");
    }
}

#[test]
fn every_option_is_taken_or_refused_with_what_becomes_of_it() {
    for (option, key) in listed() {
        let (key, taken) = key.strip_prefix('-').map_or((key.as_str(), true), |key| (key, false));
        let found = problems(key);
        let refused = found.iter().any(|text| {
            text.contains("is not a known key")
                || text.contains("is an option of better-auth that gatepost does not have; remove it")
        });
        let explained = found.iter().any(|text| text.ends_with("(docs/switching.md)"));
        assert!(if taken { !refused } else { explained }, "{option}, as `{key}`: {found:#?}");
    }
}

#[test]
fn every_option_that_is_refused_is_named_in_the_page_about_switching() {
    // Between backticks only: what is odd in this list is code.
    let code: Vec<&str> = SWITCHING.split('`').skip(1).step_by(2).collect();
    for (option, _) in listed().into_iter().filter(|(_, key)| key.starts_with('-')) {
        let name = option.rsplit('.').next().unwrap();
        let is_named = code.iter().any(|code| code.split(|c: char| !c.is_alphanumeric()).any(|word| word == name));
        assert!(is_named, "`{option}` is not in docs/switching.md");
    }
}

#[test]
fn a_refused_option_is_told_in_the_case_of_better_auth_too() {
    for (key, expected) in [
        (
            "social.acme.getUserInfo",
            "`social.acme.getUserInfo` is an option of better-auth that gatepost does not have; remove it: a function",
        ),
        ("user.additional_fields.plan.validator", "a constraint in the database"),
        ("user.modelName", "write `[schema.<table>] model_name`"),
        ("databaseHooks", "write a hook"),
        (
            "trusted_origins",
            "`trusted_origins` must be a list of texts, like [\"a\", \"b\"]; a function cannot be configured",
        ),
    ] {
        let found = problems(key);
        assert!(found.iter().any(|text| text.contains(expected)), "{key}: {found:#?}");
    }
}

/// The sections of better-auth's options with a way to sign in, or with what every way asks for.
const WAYS: [&str; 15] = [
    "anonymous",
    "captcha",
    "emailOTP",
    "genericOAuth",
    "haveIBeenPwned",
    "lastLoginMethod",
    "magicLink",
    "multiSession",
    "oneTap",
    "oneTimeToken",
    "passkey",
    "phoneNumber",
    "social",
    "twoFactor",
    "username",
];

/// The paths of all members; those of a list's items stand at the list's own path.
fn paths(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            paths(value, &path, found);
            found.insert(path);
        }),
        Value::Array(items) => items.iter().for_each(|item| paths(item, path, found)),
        _ => {}
    }
}

#[test]
fn every_option_of_a_way_to_sign_in_is_in_a_comparison_with_better_auth() {
    let mut compared = BTreeSet::new();
    for entry in fs::read_dir(node::client().join("scenarios")).unwrap().filter_map(Result::ok) {
        if let Ok(text) = fs::read_to_string(entry.path().join("options.json")) {
            paths(&serde_json::from_str(&text).unwrap(), "", &mut compared);
        }
    }
    let of_provider = |name: &str, option: &str| {
        let mut all = compared.iter().filter_map(|path| path.strip_prefix("socialProviders.")?.split_once('.'));
        all.any(|(provider, found)| found == option && (name == "*" || name == provider.to_lowercase()))
    };
    for (option, _) in listed().into_iter().filter(|(_, key)| !key.starts_with('-')) {
        let (section, rest) = option.split_once('.').unwrap_or((&option, ""));
        if WAYS.contains(&section) {
            let is_compared = match (section, rest.split_once('.')) {
                ("social", Some((name, member))) => of_provider(name, member),
                _ => compared.contains(&option),
            };
            assert!(is_compared, "`{option}` is in no options.json of tests/client/scenarios");
        }
    }
}
