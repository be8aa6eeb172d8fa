//! Which functions a deployment has: only those that its configuration needs, written by `gatepost generate`, and a build that
//! ends where they are not those of `gatepost.toml`.

use std::{fs, path::Path};

use gatepost_cli::functions::Plan;
use gatepost_core::{crypto::hashes::scheme::SchemeName, functions::FUNCTIONS};
use serde_json::Value;

use crate::support::{LIMIT, SECRET, node, postgres::Database, project::Project, schema};

#[path = "../../crates/core/src/config/build_keys.rs"]
mod build_keys;
#[path = "../../crates/vercel/build/instructions.rs"]
mod instructions;

const MERGED: &str = "[deployment]\nfunctions = \"merged\"\n";

/// The functions' names and tables.
fn planned(toml: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let plan = Plan::read(Project::new(toml).path()).unwrap();
    let tables = |tables: &[gatepost_core::functions::Table]| tables.iter().map(|table| table.constant).collect();
    plan.functions.iter().map(|function| (function.name, tables(&function.tables))).collect()
}

fn names(toml: &str) -> Vec<&'static str> {
    planned(toml).into_iter().map(|(name, _)| name).collect()
}

fn tables(toml: &str, name: &str) -> Vec<&'static str> {
    planned(toml).into_iter().find(|(found, _)| *found == name).map(|(_, tables)| tables).unwrap_or_default()
}

/// The routes to functions of their own: path and function.
fn routes(project: &Project) -> Vec<(String, String)> {
    let file: Value = serde_json::from_str(&project.text("vercel.json")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().trim_start_matches("/api/auth").to_owned();
    let rewrites = file["rewrites"].as_array().unwrap().iter();
    rewrites.map(|rewrite| (text(&rewrite["source"]), text(&rewrite["destination"]))).collect()
}

#[test]
fn by_default_there_is_every_function_and_what_is_off_costs_none() {
    let all = ["get-session", "sign-in", "sign-up", "user", "social", "accounts", "token", "status"];
    assert_eq!(names(""), all);
    let without = |missing: &[&str]| all.iter().copied().filter(|name| !missing.contains(name)).collect::<Vec<_>>();

    assert_eq!(names("[jwt]\nenabled = false\n"), without(&["token"]));
    // The key set is at another URL, and the service still issues tokens.
    assert_eq!(names("[jwks]\nremote_url = \"https://example.com/keys\"\n"), all);

    let no_providers = "[social]\nenabled = false\n";
    assert_eq!(names(no_providers), without(&["social"]));
    assert_eq!(tables(no_providers, "accounts"), ["endpoints::account::ENDPOINTS"]);

    let no_database = "[database]\nenabled = false\n";
    assert_eq!(names(no_database), without(&["sign-in", "sign-up"]));
    assert_eq!(tables(no_database, "user"), ["endpoints::sign_out::ENDPOINTS"]);
    assert_eq!(tables(no_database, "accounts"), ["features::social::TOKENS"]);
    let with_a_store = format!("{no_database}[secondary_storage]\nenabled = true\n");
    assert_eq!(tables(&with_a_store, "user"), ["endpoints::sign_out::ENDPOINTS", "endpoints::sessions::ENDPOINTS"]);
    assert_eq!(names(&format!("{no_database}{no_providers}")), ["get-session", "user", "token", "status"]);

    assert_eq!(names("disabled_paths = [\"/sign-up/email\"]\n"), without(&["sign-up"]));
    assert_eq!(names("disabled_paths = [\"/sign-up/email/\", \"/token\"]\n"), without(&["sign-up"]));
    assert_eq!(names("disabled_paths = [\"/keys\", \"/token\"]\n[jwks]\njwks_path = \"/keys\"\n"), without(&["token"]));
    // A path of which only some values are off is still a function's.
    assert_eq!(names("disabled_paths = [\"/callback/github\"]\n"), all);

    assert_eq!(tables("", "status"), ["endpoints::status::ENDPOINTS"]);
    assert_eq!(
        tables("[open_api]\nenabled = true\n", "status"),
        ["endpoints::status::ENDPOINTS", "endpoints::status::OPEN_API"]
    );
    // Signing in with a password answers better-auth's code where it is off.
    assert_eq!(names("[email_and_password]\nenabled = false\n"), all);
}

#[test]
fn whatever_is_configured_every_served_endpoint_has_a_function_and_none_is_left_for_what_is_not() {
    let configurations = [
        "",
        MERGED,
        "[jwt]\nenabled = false\n",
        "[social]\nenabled = false\n",
        "[database]\nenabled = false\n",
        "[database]\nenabled = false\n[social]\nenabled = false\n[jwt]\nenabled = false\n",
        "disabled_paths = [\"/sign-out\", \"/list-accounts\"]\n[jwks]\njwks_path = \"/keys\"\n",
        "[username]\nenabled = true\n",
        "[email_verification]\nconfirm_on_page = true\n",
        "[open_api]\nenabled = true\n[jwks]\nremote_url = \"https://example.com/keys\"\n",
    ];
    for toml in configurations {
        let project = Project::generated(toml);
        let plan = Plan::read(project.path()).unwrap();
        assert!(plan.functions.len() <= 12, "{toml}");
        let routes = routes(&project);
        let fallback = plan.functions.last().unwrap().name;
        for function in FUNCTIONS {
            for endpoint in function.endpoints() {
                let served = gatepost_core::routes::served(&plan.config, endpoint);
                let path = served.unwrap_or(endpoint.path).split(':').next().unwrap();
                let to = routes.iter().find(|(source, _)| source.split("([").next() == Some(path));
                let to = to.map(|(_, to)| to.trim_start_matches('/').to_owned());
                // A path that is a function's own needs no rewrite.
                let name = path.trim_start_matches('/');
                let own = plan.functions.iter().find(|function| function.name == name).map(|own| own.name.to_owned());
                let to = to.or(own).unwrap_or_else(|| fallback.to_owned());
                let is_linked = plan.functions.iter().any(|deployed| {
                    let mut endpoints = deployed.tables.iter().flat_map(|table| table.endpoints);
                    deployed.name == to && endpoints.any(|found| found.id == endpoint.id)
                });
                assert_eq!((is_linked, served.is_some()), (served.is_some(), is_linked), "{toml}: {}", endpoint.id);
            }
        }
    }
}

#[test]
fn merged_functions_are_one_and_the_project_has_a_copy_of_it_for_these_tests() {
    let project = Project::generated(MERGED);
    assert_eq!(project.names("api/auth"), ["all"]);
    let expected = [("", "/all"), ("/(.*)", "/all")].map(|(from, to)| (from.to_owned(), to.to_owned()));
    assert_eq!(routes(&project), expected);
    let every = FUNCTIONS.iter().flat_map(|function| function.tables).map(|table| table.constant);
    assert_eq!(
        tables(MERGED, "all"),
        every
            .filter(|name| {
                ![
                    "endpoints::email::PAGE",
                    "endpoints::status::OPEN_API",
                    "features::audit::ENDPOINTS",
                    "features::username::ENDPOINTS",
                    "features::admin::ENDPOINTS",
                    "features::api_key::ENDPOINTS",
                    "features::organization::ENDPOINTS",
                    "features::organization::teams::ENDPOINTS",
                    "features::organization::roles::ENDPOINTS",
                    "features::two_factor::ENDPOINTS",
                    "features::multi_session::ENDPOINTS",
                    "features::magic_link::ENDPOINTS",
                    "features::email_otp::ENDPOINTS",
                    "features::phone_number::ENDPOINTS",
                    "features::social::ONE_TAP",
                    "features::one_time_token::ENDPOINTS",
                    "features::anonymous::ENDPOINTS",
                    "features::passkey::ENDPOINTS",
                    "features::cleanup::ENDPOINTS",
                ]
                .contains(name)
            })
            .collect::<Vec<_>>()
    );
    let manifest = project.text("Cargo.toml");
    assert!(manifest.contains("path = \"api/auth/all.rs\"") && !manifest.contains("api/auth/status.rs"));
    let page = project.text("docs/ENDPOINTS.md");
    assert!(page.contains("| `all` |") && !page.contains("| `user` |"), "{page}");
    let copy = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/platform/all.rs");
    assert_eq!(project.text("api/auth/all.rs"), fs::read_to_string(copy).unwrap());
}

#[test]
fn the_real_client_makes_its_journey_through_one_merged_function() {
    let (database, project) = (Database::new(), Project::generated(MERGED));
    let folder = tempfile::tempdir().unwrap();
    // It signs in more often than a person does.
    let toml = format!("{MERGED}[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n");
    let config = schema::written(folder.path(), &toml);
    let config = config.to_str().unwrap();
    let variables =
        [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", database.url.as_str()), ("GATEPOST_CONFIG", config)];
    let platform = project.platform(&variables, true);
    let said = node::run("journey.mjs", &["--url", platform.url()], LIMIT);
    assert!(said.contains(" passed, 0 failed"), "{said}");
    let state = platform.state("all", |state| state["ends"] == state["invocations"]);
    assert_eq!(state["starts"], 1, "{state}");
    let nothing = platform.send("GET", "/api/auth/nothing", &[], "");
    assert_eq!((nothing.status, nothing.text().as_str()), (404, ""));
}

#[test]
fn what_is_off_and_has_no_function_is_a_404_as_it_is_with_one() {
    let toml = "disabled_paths = [\"/sign-up/email\"]\n[jwt]\nenabled = false\n[social]\nenabled = false\n";
    let folder = tempfile::tempdir().unwrap();
    let config = schema::written(folder.path(), toml);
    let variables = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("DATABASE_URL", "postgres://app:nothing@127.0.0.1:1/none"),
        ("GATEPOST_CONFIG", config.to_str().unwrap()),
        ("GITHUB_CLIENT_ID", "id"),
        ("GITHUB_CLIENT_SECRET", "secret"),
    ];
    let (few, all) = (Project::generated(toml), Project::generated(""));
    assert_eq!(few.names("api/auth").len() + 3, all.names("api/auth").len());
    let (few, all) = (few.platform(&variables, false), all.platform(&variables, false));
    for (method, path, text) in [
        ("GET", "/token", ""),
        ("GET", "/token/", ""),
        ("GET", "/jwks", ""),
        ("POST", "/sign-in/social", ""),
        ("GET", "/callback/github?code=x&state=y", ""),
        ("POST", "/get-access-token", ""),
        ("POST", "/sign-up/email", "Not Found"),
    ] {
        let url = format!("/api/auth{path}");
        let answers = [&few, &all].map(|platform| {
            let headers = [("content-type", "application/json"), ("origin", platform.url())];
            let answer = platform.send(method, &url, &headers, if method == "POST" { "{}" } else { "" });
            (answer.status, answer.text(), answer.header("content-type").map(str::to_owned))
        });
        assert_eq!(answers[0], answers[1], "{path}");
        assert_eq!((answers[0].0, answers[0].1.as_str()), (404, text), "{path}");
    }
}

#[test]
fn generate_removes_the_functions_that_are_not_needed_and_check_names_them() {
    let project = Project::generated("");
    assert_eq!(project.generate(true).unwrap(), Default::default());
    project.configure("[jwt]\nenabled = false\n");
    let stale = project.generate(true).unwrap();
    assert_eq!(stale.removed, [Path::new("api/auth/token.rs")]);
    for name in ["vercel.json", "Cargo.toml", "docs/ENDPOINTS.md"] {
        assert!(stale.written.contains(&name.into()), "{stale:?}");
    }
    assert!(project.names("api/auth").contains(&"token".to_owned()), "looking changes nothing");
    assert_eq!(project.generate(false).unwrap(), stale);
    assert!(!project.names("api/auth").contains(&"token".to_owned()));
    assert!(!project.text("Cargo.toml").contains("api/auth/token.rs"));
    assert!(
        project.text("docs/ENDPOINTS.md").contains("| `/token` | ")
            && routes(&project).iter().all(|(from, _)| from != "/token/")
    );
    assert_eq!(project.generate(true).unwrap(), Default::default());
}

#[test]
fn generate_removes_the_files_of_before_and_nothing_of_ones_own() {
    let project = Project::generated("");
    let file = |name: &str| project.path().join("api/auth").join(name);
    // As these files were before they were generated.
    let older = "//! `/api/auth/sign-out`: ends sessions.\n\nuse gatepost_core::endpoints::sign_out::ENDPOINTS;\n\n\
                 fn main() -> Result<(), gatepost_vercel::Error> {\n    gatepost_vercel::serve(ENDPOINTS)\n}\n";
    fs::write(file("sign-out.rs"), older).unwrap();
    fs::write(file("_notes.rs"), "// The platform passes over this name.\n").unwrap();
    assert_eq!(project.generate(false).unwrap().removed, [Path::new("api/auth/sign-out.rs")]);
    assert!(file("_notes.rs").exists());

    fs::write(file("mine.rs"), "fn main() {}\n").unwrap();
    project.configure("[jwt]\nenabled = false\n");
    let error = project.generate(false).unwrap_err().to_string();
    assert!(error.starts_with("api/auth/mine.rs: ") && error.contains("move it to api/mine.rs"), "{error}");
    assert!(file("mine.rs").exists() && file("token.rs").exists(), "nothing is half done");
}

#[test]
fn generate_refuses_a_configuration_that_is_wrong_and_asks_for_no_variable() {
    for (toml, text) in [
        ("[deployment]\nfunctions = \"one\"\n", "gatepost.toml:2: `deployment.functions` must be"),
        ("[deployment]\nfunction = \"merged\"\n", "write `deployment.functions`"),
        ("[jwt\n", "gatepost.toml:1: this is not TOML"),
    ] {
        let error = Project::new(toml).generate(false).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
    Project::generated("[email_and_password]\nrequire_email_verification = true\n");
}

/// Returns the instructions of the functions' build script to Cargo.
fn told(toml: &str, features: &[&str]) -> Vec<String> {
    let project = Project::generated(toml);
    instructions::of(toml, &project.text("Cargo.toml"), |name| features.contains(&name))
}

fn is_linked(toml: &str, name: &str) -> bool {
    told(toml, &[]).contains(&format!("rustc-cfg={name}"))
}

fn error(lines: &[String]) -> Option<&str> {
    lines.iter().find_map(|line| line.strip_prefix("error="))
}

#[test]
fn a_build_links_what_keys_switch_on_in_any_form_of_toml() {
    let needed = "enabled = true\nstrategy = \"jwt\"\n";
    for jwt in [
        format!("jwt.session_cookie_cache = true\n[session.cookie_cache]\n{needed}"),
        format!("jwt = {{ session_cookie_cache = true }}\n[session.cookie_cache]\n{needed}"),
        format!("[session.cookie_cache]\n{needed}[jwt]\n\"session_cookie_cache\" = true # of tokens\n"),
    ] {
        assert!(is_linked(&jwt, "session_keys") && !is_linked(&jwt, "secondary_storage"), "{jwt}");
    }
    for storage in [
        "secondary_storage.enabled = true\n",
        "secondary_storage = { enabled = true }\n",
        "[secondary_storage]\nkey_prefix = \"x:\"\nenabled=true\n",
    ] {
        assert!(is_linked(storage, "secondary_storage") && !is_linked(storage, "session_keys"), "{storage}");
    }
    for hook in [
        "[hooks]\nenabled = true\n[hooks.gate]\nbefore = \"user.create\"\nrust = \"gate\"\n",
        "hooks = { enabled = true, gate = { rust = \"gate\", before = \"user.create\" } }\n",
    ] {
        assert!(is_linked(hook, "rust_hooks"), "{hook}");
        assert!(!is_linked(&hook.replace("rust =", "function ="), "rust_hooks"), "{hook}");
    }
    let features = ["SESSION_KEYS", "SECONDARY_STORAGE", "RUST_HOOKS"];
    assert_eq!(told("", &features).len(), told("", &[]).len() + features.len());
}

#[test]
fn a_build_links_the_schemes_of_password_hashes_that_are_named_and_no_others() {
    let names = SchemeName::ALL.map(SchemeName::text);
    assert_eq!(instructions::HASHES, names);
    let linked = |toml: &str, features: &[&str]| -> Vec<String> {
        let lines = told(toml, features).into_iter();
        lines
            .filter_map(|line| Some(line.strip_prefix("rustc-cfg=accept_hashes=")?.trim_matches('"').to_owned()))
            .collect()
    };
    assert_eq!(linked("", &[]), Vec::<String>::new());
    for toml in [
        "[email_and_password]\naccept_hashes = [\"scrypt\", 'bcrypt']\n",
        "email_and_password = { accept_hashes = [\"bcrypt\", \"scrypt\"] } # not \"argon2\"\n",
    ] {
        assert_eq!(linked(toml, &[]), ["bcrypt", "scrypt"], "{toml}");
    }
    assert_eq!(linked("", &["HASHES"]), names);
}

#[test]
fn a_comment_or_a_text_that_names_a_feature_switches_nothing_on() {
    for toml in [
        "# session_cookie_cache = true and [secondary_storage] would be\n",
        "app_name = \"secondary_storage, session_cookie_cache\"\n",
        "app_name = '''\n[secondary_storage]\nenabled = true\n[database]\ntransport = \"websocket\"\n'''\n",
        "[secondary_storage]\nenabled = false\n[jwt]\nsession_cookie_cache = false\n",
        "[secondary_storage]\n# enabled = true\n[database]\n# transport = \"websocket\"\n",
    ] {
        assert_eq!(told(toml, &[]), told("", &[]), "{toml}");
    }
}

/// `.ci/vercel-build` shows the answer of a function that is built without the code and configured at run time.
#[test]
fn a_transport_that_is_not_built_in_ends_the_build_with_what_builds_it_in() {
    // This build has it, and so the project can be generated.
    for toml in [
        "[database]\n  transport = \"websocket\"\n",
        "database.transport = 'websocket'\n",
        "database = { transport = \"websocket\" }\n",
    ] {
        let (without, with) = (told(toml, &[]), told(toml, &["WEBSOCKET"]));
        let fix = "add `websocket` to the default features in Cargo.toml";
        assert!(error(&without).is_some_and(|text| text.contains(fix)), "{without:?}");
        assert_eq!(error(&with), None, "{toml}");
    }
    for other in ["", "[database]\ntransport = \"tcp\"\n", "# transport = \"websocket\"\n"] {
        assert_eq!(error(&told(other, &[])), None, "{other}");
    }
}

#[test]
fn a_build_with_functions_of_another_configuration_ends_with_the_command_to_run() {
    let changes = [
        "",
        MERGED,
        "[jwt]\nenabled = false\n",
        "[open_api]\nenabled = true\n",
        "[social]\nenabled = false\n",
        "[database]\nenabled = false\n",
        "[secondary_storage]\nenabled = true\n[database]\nenabled = false\n",
        "disabled_paths = [\"/token\"]\n",
        "disabled_paths = [\"/token\", \"/jwks\"]\n",
        "[jwks]\njwks_path = \"/keys\"\n",
        "[jwks]\nremote_url = \"https://example.com/keys\"\n",
    ];
    for before in changes {
        let project = Project::generated(before);
        for after in changes {
            let lines = instructions::of(after, &project.text("Cargo.toml"), |_| false);
            let told = error(&lines).is_some_and(|text| text.contains("run `cargo gatepost generate`"));
            project.configure(after);
            let stale = project.generate(true).unwrap() != Default::default();
            assert_eq!((told, stale), (before != after, before != after), "from {before} to {after}");
        }
    }
    // What changes no function needs no command.
    let manifest = Project::generated("").text("Cargo.toml");
    assert_eq!(
        error(&instructions::of("app_name = \"Other\"\n[jwt]\nissuer = \"https://a\"\n", &manifest, |_| false)),
        None
    );
    // A project of before this record was written.
    let older: String =
        manifest.lines().filter(|line| !line.starts_with("# For ")).map(|line| format!("{line}\n")).collect();
    assert!(
        error(&instructions::of("", &older, |_| false)).is_some_and(|text| text.contains("cargo gatepost generate"))
    );
    let broken = instructions::of("a = 1\n[jwt\n", &manifest, |_| false);
    assert!(error(&broken).is_some_and(|text| text.starts_with("gatepost.toml:2: this is not TOML")), "{broken:?}");
}
