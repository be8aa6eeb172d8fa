//! The shape of the project: who may import whom, what is generated, and that nothing is without a test.

mod graph;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use gatepost_cli::{functions::Plan, generate};
use gatepost_core::{
    declarations,
    functions::{FUNCTIONS, Function},
    reason::Reason,
};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(below: &str, extension: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, extension, found);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&project().join(below), extension, &mut found);
    found.sort();
    found
}

/// The modules of the core that a file names, tests aside. The declarations of features are a module of their own.
fn imports(file: &Path) -> BTreeSet<String> {
    let mut found = named_behind("crate::", file);
    let text = fs::read_to_string(file).unwrap();
    let is_declaration = |(at, _): (usize, &str)| {
        let path: Vec<_> = text[at..].splitn(5, "::").collect();
        path.len() > 3 && path[3] == "declaration"
    };
    if found.contains("features") && text.match_indices("crate::features::").all(is_declaration) {
        found.remove("features");
        found.insert("declarations".to_owned());
    }
    found
}

/// The names right behind a prefix like `crate::`, tests aside.
fn named_behind(prefix: &str, file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap().lines().filter(|line| !line.trim_start().starts_with("//"));
    let text = code.collect::<String>().replace(char::is_whitespace, "");
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => {
                found.insert(
                    rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap().to_owned(),
                );
            }
            Some(list) => {
                let (mut depth, mut name, mut first) = (0, String::new(), true);
                for letter in list.chars() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => {
                            found.insert(std::mem::take(&mut name));
                            first = true;
                        }
                        ':' => first = false,
                        letter if depth == 0 && first => name.push(letter),
                        _ => {}
                    }
                }
                found.insert(name);
            }
        }
    }
    found.remove("");
    found
}

/// The floors of the core, from the ground up, and their modules in order. A module imports only modules that stand before it.
const FLOORS: &[(&str, &[&str])] = &[
    (
        "ground: values and bytes",
        &[
            "code",
            "crypto",
            "fetch",
            "hooks",
            "html",
            "json",
            "syntax",
            "model",
            "percent",
            "problem",
            "reason",
            "declaration",
            "options",
            "stopwatch",
            "webhook",
        ],
    ),
    ("declarations of features, their files below `features/` among them", &["declarations"]),
    ("configuration", &["config"]),
    (
        "decisions and formats",
        &[
            "rules",
            "api_keys",
            "wire",
            "cookie",
            "cookie_cache",
            "verify",
            "providers",
            "keyring",
            "counters",
            "outcome",
            "mail",
        ],
    ),
    ("database", &["store", "error", "reply", "telemetry", "check"]),
    ("what requests share, and one request", &["auth", "context"]),
    (
        "steps on the way of a request",
        &[
            "account_cookie",
            "bearer",
            "cors",
            "endpoint",
            "body",
            "limit",
            "links",
            "button_page",
            "guard",
            "routes",
            "openapi",
            "signing_keys",
            "session_jwt",
            "session_cookies",
        ],
    ),
    ("sessions", &["lookup", "signed_in", "flow", "run"]),
    ("features", &["features"]),
    ("endpoints, and the way to them", &["endpoints", "functions", "protected", "handle", "lib"]),
];

/// Imports that a module must not have, although they lie below it.
const NEVER: &[(&str, &[&str])] = &[
    ("store", &["wire", "cookie", "cookie_cache", "mail", "percent", "html"]),
    ("mail", &["cookie", "cookie_cache", "rules", "wire"]),
    ("wire", &["crypto", "fetch"]),
    ("cookie_cache", &["fetch", "rules"]),
    ("account_cookie", &["store"]),
];

#[test]
fn every_import_goes_down() {
    let modules: Vec<&str> = FLOORS.iter().flat_map(|(_, modules)| modules.iter().copied()).collect();
    let place = |module: &str| modules.iter().position(|listed| *listed == module);
    let folder = project().join("crates/core/src");
    let mut seen = BTreeSet::new();
    for file in files("crates/core/src", "rs") {
        let path = file.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        let is_declaration = path.starts_with("features/") && path.ends_with("/declaration.rs");
        let module = path.split('/').next().unwrap().trim_end_matches(".rs");
        let module = if is_declaration { "declarations" } else { module };
        let own = place(module).unwrap_or_else(|| panic!("{module} stands on no floor"));
        seen.insert(module.to_owned());
        for import in imports(&file).into_iter().filter(|import| import != module) {
            let below = place(&import).unwrap_or_else(|| panic!("{path} imports {import}, which stands on no floor"));
            assert!(below < own, "{path} imports {import}, which stands above it");
            let never =
                NEVER.iter().find(|(name, _)| *name == module).is_some_and(|(_, all)| all.contains(&import.as_str()));
            assert!(!never, "{path} imports {import}, which is none of its business");
        }
    }
    assert_eq!(seen, modules.iter().map(|module| (*module).to_owned()).collect(), "a floor lists what is not there");
}

/// Circles that stay. A request holds the places that features act at, and a place is a function of the request: one definition in
/// three files.
const CIRCLES: &[&[&str]] = &[&["context/edge.rs", "context/mod.rs", "context/places.rs"]];

#[test]
fn no_file_imports_itself_by_way_of_others() {
    let edges = graph::of_the_core();
    assert!(edges["store/session.rs"].contains("store/user/read.rs") && edges["features/mod.rs"].is_empty());
    for circle in graph::circles(&edges) {
        let stays = CIRCLES.iter().any(|known| circle.iter().all(|file| known.contains(&file.as_str())));
        let imports = circle.iter().map(|file| (file, edges[file].intersection(&circle).collect::<Vec<_>>()));
        assert!(stays, "the files import each other: {:#?}", imports.collect::<Vec<_>>());
    }
}

#[test]
fn circles_of_files_are_found() {
    let edges = |list: &[(&str, &[&str])]| {
        let files = list.iter().map(|(file, imports)| {
            ((*file).to_owned(), imports.iter().map(|import| (*import).to_owned()).collect::<BTreeSet<_>>())
        });
        files.collect()
    };
    assert_eq!(graph::circles(&edges(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])), BTreeSet::new());
    let found = graph::circles(&edges(&[("a", &["b"]), ("b", &["c"]), ("c", &["a", "d"]), ("d", &[])]));
    assert_eq!(found, BTreeSet::from([["a", "b", "c"].map(str::to_owned).into()]));
}

#[test]
fn no_feature_imports_another() {
    let feature = |file: &str| file.strip_prefix("features/")?.split(['/', '.']).next().map(str::to_owned);
    let mut features = BTreeSet::new();
    for (file, imports) in graph::of_the_core() {
        let Some(own) = feature(&file).filter(|own| own != "mod") else { continue };
        let others = imports.iter().filter(|import| feature(import).is_some_and(|other| other != own));
        assert_eq!(others.collect::<Vec<_>>(), Vec::<&String>::new(), "{file} imports another feature");
        features.insert(own);
    }
    assert!(features.len() > 3, "{features:?}");
}

/// The parts of a feature that are what a module below is, and may know no more than it does.
const PARTS: &[(&str, &str)] = &[("rules.rs", "rules"), ("rows.rs", "store"), ("wire.rs", "wire")];

#[test]
fn a_features_parts_know_no_more_than_the_modules_of_their_kind() {
    let modules: Vec<&str> = FLOORS.iter().flat_map(|(_, modules)| modules.iter().copied()).collect();
    let place = |module: &str| modules.iter().position(|listed| *listed == module).unwrap();
    let mut seen = BTreeSet::new();
    for file in files("crates/core/src/features", "rs") {
        let Some((_, kind)) = PARTS.iter().find(|(name, _)| file.ends_with(name)) else { continue };
        seen.insert(*kind);
        let never = NEVER.iter().find(|(name, _)| name == kind).map_or(&[][..], |(_, all)| all);
        for import in imports(&file) {
            assert!(place(&import) <= place(kind), "{} imports {import}", file.display());
            assert!(!never.contains(&import.as_str()), "{} imports {import}", file.display());
        }
    }
    assert_eq!(seen.len(), PARTS.len());
}

/// An endpoint that hashed a password by itself would store it without asking the features.
#[test]
fn only_accepted_passwords_are_hashed_for_storing() {
    let hashing = files("crates/core/src", "rs")
        .into_iter()
        .filter(|file| fs::read_to_string(file).unwrap().contains("hasher.hash("));
    assert_eq!(hashing.collect::<Vec<_>>(), [project().join("crates/core/src/context/mod.rs")]);
}

#[test]
fn every_folder_of_a_feature_has_a_readme_with_its_threats() {
    let folders = fs::read_dir(project().join("crates/core/src/features")).unwrap().map(|entry| entry.unwrap().path());
    for folder in folders.filter(|path| path.is_dir()) {
        let text = fs::read_to_string(folder.join("README.md")).unwrap_or_default();
        assert!(text.contains("\n## Threats\n"), "{}", folder.display());
        assert!(text.lines().count() <= 60, "{} is longer than a page", folder.display());
    }
}

#[test]
fn the_pure_parts_do_nothing_but_decide() {
    let of_features = files("crates/core/src/features", "rs").into_iter().filter(|file| file.ends_with("rules.rs"));
    let rules: Vec<_> = files("crates/core/src/rules", "rs").into_iter().chain(of_features).collect();
    let below = ["crypto", "syntax"].map(|part| files(&format!("crates/core/src/{part}"), "rs"));
    for file in rules.iter().chain(below.iter().flatten()) {
        let text = fs::read_to_string(file).unwrap();
        for word in ["http::", "tokio_postgres", "Set-Cookie", "std::env", "std::fs"] {
            assert!(!text.contains(word), "{} has {word}", file.display());
        }
    }
    for file in &rules {
        assert!(!fs::read_to_string(file).unwrap().contains("async "), "{} waits", file.display());
    }
    let without_platform = ["core", "cli", "serve"].map(|part| files(&format!("crates/{part}/src"), "rs"));
    for file in without_platform.concat() {
        assert!(
            !fs::read_to_string(&file).unwrap().contains("vercel_runtime"),
            "{} knows the platform",
            file.display()
        );
    }
}

/// A lookup writes nothing and sets no cookie: it cannot change the context, and of the store it asks for a session alone.
/// `explain` prints its steps, and so has no order of its own.
#[test]
fn looking_a_session_up_and_explaining_it_writes_nothing() {
    let lookup = project().join("crates/core/src/lookup.rs");
    for file in files("crates/cli/src/explain", "rs").into_iter().chain([lookup.clone()]) {
        let text = fs::read_to_string(&file).unwrap();
        for word in ["&mut Context", "session_cookies", "signed_in::", "store::jwk"] {
            assert!(!text.contains(word), "{} has {word}", file.display());
        }
        let asks = if file == lookup { 1 } else { 0 };
        assert_eq!(text.matches("store::session::").count(), asks, "{}", file.display());
        assert_eq!(text.matches("store::session::with_user(").count(), asks, "{}", file.display());
        assert_eq!(text.matches("session::judge").count(), asks, "{}", file.display());
    }
}

#[test]
fn the_generated_files_are_fresh() {
    for (path, text) in generate::files(project()).unwrap() {
        let found = fs::read_to_string(project().join(&path)).unwrap_or_default();
        assert!(found == text, "{} is stale; run `cargo gatepost generate`", path.display());
    }
}

#[test]
fn the_key_set_and_functions_of_ones_own_are_routed_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(project().join("Cargo.toml"), folder.path().join("Cargo.toml")).unwrap();
    fs::create_dir(folder.path().join("api")).unwrap();
    fs::write(folder.path().join("api/yours.rs"), "").unwrap();
    fs::write(folder.path().join("gatepost.toml"), "[jwks]\njwks_path = \"/keys/of.json\"\n").unwrap();
    let files = generate::files(folder.path()).unwrap();
    let file = |name: &str| files.iter().find(|(path, _)| path == Path::new(name)).unwrap().1.clone();
    assert!(
        file("vercel.json").contains("\"source\": \"/api/auth/keys/of.json\"") && !file("vercel.json").contains("jwks")
    );
    assert!(
        file("Cargo.toml").contains("name = \"yours\"\npath = \"api/yours.rs\"")
            && !file("Cargo.toml").contains("name = \"me\"")
    );
}

#[test]
fn what_is_ones_own_in_vercel_json_stays_and_what_cannot_be_read_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(project().join("Cargo.toml"), folder.path().join("Cargo.toml")).unwrap();
    let own = folder.path().join("vercel.json");
    fs::write(&own, r#"{ "regions": ["fra1"], "rewrites": [], "buildCommand": "mine" }"#).unwrap();
    for name in ["api", "docs", "migrations"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    assert!(generate::generate(folder.path(), false).unwrap().written.contains(&"vercel.json".into()));
    let file: serde_json::Value = serde_json::from_str(&fs::read_to_string(&own).unwrap()).unwrap();
    let mut expected: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(project().join("vercel.json")).unwrap()).unwrap();
    expected["regions"] = serde_json::json!(["fra1"]);
    assert_eq!(file, expected);

    fs::write(&own, "{ regions").unwrap();
    let error = generate::generate(folder.path(), false).unwrap_err().to_string();
    assert!(error.starts_with("vercel.json: "), "{error}");
    assert_eq!(fs::read_to_string(&own).unwrap(), "{ regions");
}

#[test]
fn a_functions_file_names_its_own_tables_and_functions_of_ones_own_know_only_the_platforms_front() {
    // What the files hold, `the_generated_files_are_fresh` compares. Here is that there are no others.
    let plan = Plan::read(project()).unwrap();
    let expected: BTreeSet<_> = plan.files().into_iter().map(|(path, _)| project().join(path)).collect();
    assert_eq!(files("api/auth", "rs").into_iter().collect::<BTreeSet<_>>(), expected);
    let own = generate::own_functions(project()).unwrap();
    let own = own.iter().map(|name| format!("api/{name}.rs")).chain(["examples/me.rs".to_owned()]);
    for file in own {
        assert!(!fs::read_to_string(project().join(file)).unwrap().contains("gatepost_core"));
    }
}

fn tests_text() -> String {
    let rust = files("tests", "rs").into_iter().filter(|file| !file.ends_with("structure.rs"));
    let node = files("tests/client/scenarios", "mjs");
    rust.chain(node).map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn every_endpoint_has_a_test() {
    let tests = tests_text();
    for endpoint in FUNCTIONS.iter().flat_map(Function::endpoints) {
        let path = endpoint.path.split(':').next().unwrap();
        assert!(tests.contains(path), "{} {}", endpoint.method, endpoint.path);
    }
}

/// Reasons without a test. May only shrink.
const UNTESTED: &[Reason] = &[];

#[test]
fn every_reason_has_a_test() {
    let tests = tests_text();
    let is_tested = |reason: &Reason| tests.contains(&format!("\"{}\"", reason.name()));
    let untested: Vec<_> = declarations::reasons().map(|one| one.reason).filter(|reason| !is_tested(reason)).collect();
    assert_eq!(untested, UNTESTED);
}

#[test]
fn every_file_is_about_one_thing() {
    for file in files("crates", "rs").into_iter().filter(|file| !file.to_str().unwrap().contains("/tests/")) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 400, "{} has {lines} lines", file.display());
    }
}

#[test]
fn every_action_of_the_workflows_is_pinned_by_a_commit() {
    let files = files(".github/workflows", "yml").into_iter().chain(files(".github/workflows", "yaml"));
    let mut pinned = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| line.trim_start().trim_start_matches("- ").starts_with("uses:")) {
            // `owner/name@<40 hexadecimal digits> # v1.2.3`: a tag can be moved to another commit.
            let (action, version) = line.split_once(" # v").unwrap_or_else(|| panic!("no version: {line}"));
            let (_, commit) = action.rsplit_once('@').unwrap_or_else(|| panic!("no commit: {line}"));
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            assert!(is_commit && version.split('.').count() == 3, "{}: {line}", file.display());
            pinned += 1;
        }
        assert!(text.contains("permissions:\n  contents: read\n"), "{} may write", file.display());
    }
    assert!(pinned > 0);
}
