//! `gatepost generate`: writes the files that follow from the table of endpoints, from `gatepost.toml` and from the help texts. A test
//! fails if one of them is stale.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use gatepost_core::{
    config::{self, FunctionLayout, Problems, Schema, Source},
    declarations,
    endpoint::{Body, Endpoint, Guard},
    features::cleanup,
    functions::FUNCTIONS,
    routes,
};
use serde_json::{Value, json};

use crate::{
    deployment, files,
    functions::{self, Plan},
    manual,
    migrate::sql,
    openapi, options, variables,
};

/// The page in which the tables of variables and of declared options are generated.
pub(crate) const CONFIGURATION: &str = "docs/CONFIGURATION.md";

/// The path in front of every endpoint: the folder in which the platform looks for functions.
const BASE: &str = "/api/auth";

/// Returns the generated files: path relative to the project, and text.
///
/// # Errors
/// If `Cargo.toml`, of which a part is generated, cannot be read or lacks the marks of that part.
pub fn files(project: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    written(project, &Plan::read(project)?)
}

/// Checks that a folder is the root of a clone, before a file of it is read or written.
fn in_clone(project: &Path) -> io::Result<()> {
    let missing: Vec<_> = ["Cargo.toml", "api"].into_iter().filter(|name| !project.join(name).exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let folder = std::path::absolute(project).unwrap_or_else(|_| project.to_owned());
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!(
            "{} is not the root of a clone of gatepost: it has no {}; run the command in the root of the clone, whose functions it \
             writes",
            folder.components().collect::<PathBuf>().display(),
            missing.join(" and no ")
        ),
    ))
}

fn written(project: &Path, plan: &Plan) -> io::Result<Vec<(PathBuf, String)>> {
    let manifest = files::read(&project.join("Cargo.toml"))?;
    let mut files = vec![
        ("vercel.json", vercel(project, plan)?),
        ("Cargo.toml", with_functions(project, plan, &manifest)?),
        ("docs/ENDPOINTS.md", endpoints(plan)),
        (manual::PAGE, manual::page()),
        ("docs/openapi.json", openapi::document()?),
        (".env.example", variables::example()),
        (
            "migrations/schema.sql",
            sql::whole(&deployment::used(configured(project, Schema::load)?, &plan.config)) + "\n",
        ),
    ];
    // A project may lack this page, most of which is not generated.
    if let Ok(page) = fs::read_to_string(project.join(CONFIGURATION)) {
        let part = (variables::BEGIN, variables::documentation(), variables::END);
        let page = between(CONFIGURATION, &page, part)?;
        let page = between(CONFIGURATION, &page, (options::COOKIES, options::cookies(), options::END_OF_COOKIES))?;
        files.push((CONFIGURATION, options::written(&page, config::OPTIONS, declarations::OPTIONS)?));
    }
    let functions = plan.files().into_iter();
    Ok(files.into_iter().map(|(path, text)| (path.into(), text)).chain(functions).collect())
}

/// The files that are not up to date.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StaleFiles {
    /// The files to write.
    pub written: Vec<PathBuf>,
    /// The files of functions that are no longer needed, to remove.
    pub removed: Vec<PathBuf>,
}

/// Writes stale files and removes functions that are no longer needed. Returns both lists. With `only_look`, changes nothing.
///
/// # Errors
/// If a file cannot be read or written, and if `gatepost.toml` is wrong.
pub fn generate(project: &Path, only_look: bool) -> io::Result<StaleFiles> {
    in_clone(project)?;
    let plan = Plan::read(project)?;
    let mut stale = StaleFiles { written: Vec::new(), removed: plan.stale(project)? };
    for (path, text) in written(project, &plan)? {
        let file = project.join(&path);
        if fs::read_to_string(&file).ok().as_deref() != Some(&text) {
            if !only_look {
                files::write(&file, text)?;
            }
            stale.written.push(path);
        }
    }
    for path in stale.removed.iter().filter(|_| !only_look) {
        files::remove(&project.join(path))?;
    }
    Ok(stale)
}

/// Makes `vercel.json`. The paths of endpoints come first; all others go to the last function, which answers 404. A path with a slash
/// at its end goes to the same function as without: the configuration decides whether it is served. Other members of the file, such
/// as the regions, stay.
fn vercel(project: &Path, plan: &Plan) -> io::Result<String> {
    let mut rewrites = Vec::new();
    for function in plan.functions.iter().take(plan.functions.len().saturating_sub(1)) {
        let destination = format!("{BASE}/{}", function.name);
        let endpoints = function.tables.iter().flat_map(|table| table.endpoints);
        let mut paths: Vec<_> =
            endpoints.filter_map(|endpoint| Some(pattern(routes::served(&plan.config, endpoint)?))).collect();
        paths.dedup();
        let sources = paths.iter().flat_map(|path| [format!("{BASE}{path}"), format!("{BASE}{path}/")]);
        let sources = sources.filter(|source| *source != destination);
        rewrites.extend(sources.map(|source| json!({ "source": source, "destination": destination })));
    }
    let fallback = plan.functions.last().map(|function| format!("{BASE}/{}", function.name)).unwrap_or_default();
    rewrites.extend(
        [BASE.to_owned(), format!("{BASE}/(.*)")].map(|source| json!({ "source": source, "destination": fallback })),
    );
    let path = project.join("vercel.json");
    let mut file = match files::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => serde_json::Map::new(),
        text => serde_json::from_str(&text?).map_err(|error| {
            io::Error::other(format!("vercel.json: it is not JSON: {error}; correct it or remove it"))
        })?,
    };
    file.extend([
        ("$schema".to_owned(), json!("https://openapi.vercel.sh/vercel.json")),
        ("framework".to_owned(), json!(null)),
        ("installCommand".to_owned(), json!("")),
        ("buildCommand".to_owned(), json!("")),
        ("functions".to_owned(), json!({ "api/**/*.rs": { "maxDuration": 30 } })),
        ("rewrites".to_owned(), json!(rewrites)),
    ]);
    cron(&mut file, plan);
    Ok(serde_json::to_string_pretty(&file)? + "\n")
}

/// Writes the platform's crons for `[cleanup]` and `[events]`, or removes those that are off. The crons of other paths stay.
fn cron(file: &mut serde_json::Map<String, Value>, plan: &Plan) {
    let (options, path) = (&plan.config.features.cleanup, format!("{BASE}{}", cleanup::PATH));
    let (events, events_path) = (&plan.config.features.events, format!("{BASE}{}", cleanup::EVENTS_PATH));
    let found = file.remove("crons").and_then(|crons| crons.as_array().cloned()).unwrap_or_default();
    let mut crons: Vec<Value> = found
        .into_iter()
        .filter(|cron| cron["path"] != path.as_str() && cron["path"] != events_path.as_str())
        .collect();
    if options.enabled {
        crons.push(json!({ "path": path, "schedule": options.schedule }));
    }
    if options.enabled && events.enabled {
        crons.push(json!({ "path": events_path, "schedule": events.schedule }));
    }
    if !crons.is_empty() {
        file.insert("crons".to_owned(), json!(crons));
    }
}

/// Loads a part of `gatepost.toml`, or its defaults if the file is missing.
fn configured<T>(project: &Path, load: impl Fn(Source<'_>) -> Result<T, Problems>) -> io::Result<T> {
    let text = files::read_if_there(&project.join("gatepost.toml"))?;
    load(Source { name: "gatepost.toml", text: &text }).map_err(|problems| io::Error::other(problems.to_string()))
}

/// Converts a path to a pattern of the platform. The platform's own `:name` would add the segment to the query.
fn pattern(path: &str) -> String {
    path.split_once(':').map_or_else(|| path.to_owned(), |(before, _)| format!("{before}([^/]+)"))
}

const BEGIN: &str = "# functions: begin\n";
const END: &str = "# functions: end\n";

/// Replaces the generated part of `text` between the lines `begin` and `end`.
pub(crate) fn between(file: &str, text: &str, (begin, part, end): (&str, String, &str)) -> io::Result<String> {
    let lost = || {
        io::Error::other(format!(
            "{file} lacks the lines `{}` and `{}`, between which `gatepost generate` writes; restore them",
            begin.trim(),
            end.trim()
        ))
    };
    let (before, rest) = text.split_once(begin).ok_or_else(lost)?;
    let (_, after) = rest.split_once(end).ok_or_else(lost)?;
    Ok(format!("{before}{begin}{part}{end}{after}"))
}

fn with_functions(project: &Path, plan: &Plan, manifest: &str) -> io::Result<String> {
    let bin = |name: &str, folder: &str| {
        format!("[[bin]]\nname = \"{name}\"\npath = \"{folder}/{name}.rs\"\ntest = false\nbench = false\n")
    };
    let endpoints = plan.functions.iter().map(|function| bin(function.name, functions::FOLDER));
    let own = own_functions(project)?;
    let bins: Vec<_> = endpoints.chain(own.iter().map(|name| bin(name, "api"))).collect();
    between("Cargo.toml", manifest, (BEGIN, format!("{}{}", plan.record, bins.join("\n")), END))
}

/// Lists the project's own functions: the files directly in `api/`, as the platform sees them.
///
/// # Errors
/// If the folder cannot be read.
pub fn own_functions(project: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for path in files::list(&project.join("api"))? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(stem) = name.strip_suffix(".rs").filter(|stem| !stem.starts_with(['.', '_'])) {
            names.push(stem.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn endpoints(plan: &Plan) -> String {
    let is_merged = plan.config.deployment.functions == FunctionLayout::Merged;
    let merged = plan.functions.last().filter(|_| is_merged).map(|function| function.name);
    let mut page = "# Endpoints\n\nGenerated by `cargo gatepost generate` from the table of endpoints and `gatepost.toml`. Paths are \
                    relative to the base path, `/api/auth` by default. Every other path, and every endpoint without a function \
                    in this table, answers an empty 404.\n\n\
                    | method | path | what it does | reads | checked first | function |\n|---|---|---|---|---|---|\n"
        .to_owned();
    for function in FUNCTIONS {
        for endpoint in function.endpoints() {
            let serving = routes::served(&plan.config, endpoint).map(|_| merged.unwrap_or(function.name));
            // Writing into a String cannot fail.
            let _ = writeln!(page, "{}", row(endpoint, serving));
        }
    }
    page
}

fn row(endpoint: &Endpoint, function: Option<&str>) -> String {
    let function = function.map_or_else(|| "–".to_owned(), |name| format!("`{name}`"));
    let body = match endpoint.body {
        Body::Ignored => "nothing",
        Body::Json => "JSON",
        Body::FormOrJson => "JSON or a form",
    };
    let guard = match endpoint.guard {
        Guard::Open => "",
        Guard::LoginCsrf => "that no other site sends it (login CSRF)",
        Guard::Link | Guard::Redirects => "that it redirects to a trusted origin",
        Guard::Session => "a session",
        Guard::SessionOrKey => "a session, or an API key",
        Guard::StoredSession => "a session, in the database",
        Guard::FreshSession => "a fresh session",
    };
    let Endpoint { method, path, about, .. } = endpoint;
    format!("| {method} | `{path}` | {about} | {body} | {guard} | {function} |")
}
