//! The projects in tests/import/projects, each with the class of every option and the text of its file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use gatepost_cli::import::{self, report::Report};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/import")
}

/// The projects by name.
fn all() -> Vec<String> {
    let entries = fs::read_dir(folder().join("projects")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The plugins of a project that gatepost did not have when its expectations were written.
const NOT_SERVED: &str = "not_served";

/// The classes of all options, the verdict, the status and the variables.
fn found(report: &Report) -> Value {
    let mut classes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut not_served = Vec::new();
    for entry in &report.entries {
        let class = serde_json::to_value(entry.class).unwrap();
        classes.entry(entry.option.clone()).or_default().push(class);
        if entry.says.starts_with("gatepost does not have this plugin") {
            not_served.push(entry.option.clone());
        }
    }
    let stops = report.entries.iter().filter(|entry| entry.blocks || entry.protection).map(|entry| &entry.option);
    let variables = report.variables.iter().map(|one| (one.name.clone(), one.from.clone()));
    json!({
        "verdict": report.verdict,
        "status": report.status(),
        "options": classes,
        NOT_SERVED: not_served,
        "stops": stops.collect::<Vec<_>>(),
        "variables": variables.collect::<BTreeMap<_, _>>(),
    })
}

/// With this variable, the expected files are written and not compared: read the difference before you commit it.
const WRITE: &str = "GATEPOST_WRITE_EXPECTED";

#[test]
fn every_option_of_every_project_has_its_class_and_the_file_its_text() {
    let mut wrong = Vec::new();
    for name in all() {
        let report = import::read(&folder().join("projects").join(&name));
        let expected = folder().join("expected");
        let (json, toml) = (expected.join(format!("{name}.json")), expected.join(format!("{name}.toml")));
        let (classes, text) = (found(&report), report.toml.clone().unwrap_or_default());
        if std::env::var_os(WRITE).is_some() {
            fs::create_dir_all(&expected).unwrap();
            fs::write(&json, serde_json::to_string_pretty(&classes).unwrap() + "\n").unwrap();
            fs::write(&toml, &text).unwrap();
            continue;
        }
        let wanted: Value = serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap();
        let wanted_text = fs::read_to_string(&toml).unwrap();
        let served = now_served(&wanted, &classes);
        if served.is_empty() {
            if classes != wanted {
                wrong.push(format!("{name}.json:\n{}", serde_json::to_string_pretty(&classes).unwrap()));
            }
            if text != wanted_text {
                wrong.push(format!("{name}.toml:\n{text}"));
            }
            continue;
        }
        // A plugin that gatepost has meanwhile is carried. All else stays.
        for plugin in &served {
            assert_eq!(classes["options"][plugin][0], "carried", "{report}");
        }
        assert_eq!(without(&classes, &served), without(&wanted, &served), "{name}");
        let missing: Vec<_> = wanted_text.lines().filter(|line| !text.lines().any(|other| other == *line)).collect();
        assert!(missing.is_empty(), "{name}: {missing:?} are not in\n{text}");
    }
    assert!(wrong.is_empty(), "{WRITE}=1 writes these files anew:\n{}", wrong.join("\n"));
}

/// The plugins that gatepost has now and had not when the expectations were written.
fn now_served(wanted: &Value, found: &Value) -> Vec<String> {
    let listed = |value: &Value| {
        let all = value[NOT_SERVED].as_array().unwrap();
        all.iter().map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let still = listed(found);
    listed(wanted).into_iter().filter(|name| !still.contains(name)).collect()
}

/// The classes of the options that have nothing to do with these plugins.
fn without(found: &Value, plugins: &[String]) -> BTreeMap<String, Value> {
    let is_other =
        |option: &str| !plugins.iter().any(|plugin| option == plugin || option.starts_with(&format!("{plugin}.")));
    let all = found["options"].as_object().unwrap().iter();
    all.filter(|(option, _)| is_other(option)).map(|(option, class)| (option.clone(), class.clone())).collect()
}

#[test]
fn a_monorepo_is_the_same_from_its_root_its_package_and_its_only_caller() {
    let root = folder().join("projects/15-monorepo-generic");
    let whole = import::read(&root);
    for path in ["packages/auth", "packages/auth/src/index.ts", "apps/web", "apps/web/src/auth/server.ts"] {
        let part = import::read(&root.join(path));
        assert_eq!(
            (part.file.as_str(), &part.toml, &part.entries),
            (whole.file.as_str(), &whole.toml, &whole.entries),
            "{path}"
        );
    }
}

#[test]
fn what_protects_stands_above_the_verdict() {
    let report = import::read(&folder().join("projects/07-hooks-organization"));
    let text = report.to_string();
    let (above, below) = text.split_once("Do not switch yet").unwrap();
    for option in
        ["databaseHooks.user.create.before", "hooks.before", "plugins.organization.allowUserToCreateOrganization"]
    {
        assert!(above.contains(option) && !below.contains(&format!("{option}:")), "{option}: {text}");
    }
    for replacement in [
        "`[sign_up]` has rules for domains, invitations and the first user's role; a hook with `before = \"user.create\"`",
        "write a hook with `before = \"session.create\"`",
        "write a hook with `before = \"user.delete\"`",
    ] {
        assert!(text.contains(replacement), "{text}");
    }
}
