//! What the tables of this run are called and who makes identifiers: as by default, or as `GATEPOST_TEST_SCHEMA` says, so that
//! the behaviours are the same whatever the schema is.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use gatepost_cli::edge;
use gatepost_core::{
    config::{Schema, Source},
    store::{
        self,
        schema::{literal, quoted},
    },
};
use serde_json::{Map, json};
use url::Url;

use super::transport;

/// The variable.
pub const VARIABLE: &str = "GATEPOST_TEST_SCHEMA";

/// Where every table and column has another name, and needs its quotes.
const RENAMED: &str = r#"
[schema.user]
model_name = "the \"people\""
fields = { name = "Name, given", email = "e-mail", email_verified = "is verified", image = "select", created_at = "made", updated_at = "changed" }
[schema.session]
model_name = "table"
fields = { expires_at = "until", token = "the token", created_at = "made", updated_at = "changed", ip_address = "from", user_agent = "with", user_id = "who" }
[schema.account]
model_name = "Ways In"
fields = { account_id = "their id", provider_id = "provider", user_id = "who", access_token = "access", refresh_token = "refresh", id_token = "token's id", access_token_expires_at = "access until", refresh_token_expires_at = "refresh until", scope = "scopes", password = "hash", created_at = "made", updated_at = "changed" }
[schema.verification]
model_name = "secrets; drop table x"
fields = { identifier = "which", value = "whose", expires_at = "until", created_at = "made", updated_at = "changed" }
[schema.jwks]
model_name = "keys"
fields = { public_key = "public", private_key = "private", created_at = "made", expires_at = "until", alg = "algorithm", crv = "curve" }
[schema.rate_limit]
model_name = "limits"
fields = { key = "who", count = "times", last_request = "last" }
"#;
/// Its quotes it needs for the capital letter; Node is given it in a URL.
const NAMESPACE: &str = "Auth";
const SCHEMA_NAME: &str = "schema_name = \"Auth\"\n";

fn asked_for() -> &'static str {
    static ASKED: OnceLock<String> = OnceLock::new();
    ASKED.get_or_init(|| edge::environment().get(VARIABLE).unwrap_or_default().to_owned())
}

/// Whether tables and columns have other names.
pub fn is_renamed() -> bool {
    asked_for() == "renamed"
}

/// What identifiers are in this run: `text`, `uuid` or `serial`.
pub fn ids() -> &'static str {
    match asked_for() {
        ids @ ("uuid" | "serial") => ids,
        _ => "text",
    }
}

/// A test's `gatepost.toml` with what this run asks for.
pub fn configured(toml: &str) -> String {
    let toml = transport::configured(toml);
    match asked_for() {
        "" => toml,
        "renamed" if toml.contains("[database]\n") => {
            toml.replacen("[database]\n", &format!("[database]\n{SCHEMA_NAME}"), 1) + RENAMED
        }
        "renamed" => format!("{toml}\n[database]\n{SCHEMA_NAME}{RENAMED}"),
        ids @ ("uuid" | "serial") => format!("{toml}\n[advanced.database]\ngenerate_id = \"{ids}\"\n"),
        other => panic!("{VARIABLE} is {other}: there are renamed, uuid and serial"),
    }
}

/// The project's `gatepost.toml` with what this run asks for, as a file for the functions, where it asks for anything.
pub fn file() -> Option<&'static Path> {
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let own = include_str!("../../gatepost.toml");
    let written = FILE.get_or_init(|| {
        let wanted = Some(configured(own)).filter(|wanted| wanted != own)?;
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("gatepost-{}.toml", std::process::id()));
        fs::write(&path, wanted).unwrap();
        Some(path)
    });
    written.as_deref()
}

/// A test's `gatepost.toml` with what this run asks for, as a file in this folder.
pub fn written(folder: &Path, toml: &str) -> PathBuf {
    let file = folder.join("gatepost.toml");
    fs::write(&file, configured(toml)).unwrap();
    file
}

/// The schema of a test's `gatepost.toml` in this run.
pub fn of(toml: &str) -> Schema {
    Schema::load(Source { name: "gatepost.toml", text: &configured(toml) }).unwrap()
}

/// The schema of this run.
pub fn of_the_run() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| of(""))
}

/// SQL with places like `{user.email}`, as the service's own has them, for tests that change the tables themselves.
pub fn filled(sql: &str) -> String {
    store::schema::Schema::new(of_the_run()).filled(sql)
}

/// A part of a statement by which a test knows it on the wire, for as long as the program runs.
pub fn part(sql: &str) -> &'static str {
    filled(sql).leak()
}

/// What a table or a column is called in this run, as a report tells it: `session`, or `session.userAgent`.
pub fn told(what: &str) -> String {
    let (model, field) = what.split_once('.').unwrap_or((what, ""));
    let table = of_the_run().table(model).unwrap();
    match table.column(field) {
        Some(column) => format!("{}.{}", table.name, column.name),
        None => table.name.clone(),
    }
}

/// better-auth's options for what this run asks for, as JSON; `reference.mjs` puts them into a test's own.
pub fn options() -> String {
    let mut options = json!({});
    if matches!(asked_for(), "uuid" | "serial") {
        options["advanced"]["database"] = json!({ "generateId": asked_for() });
    }
    for table in of_the_run().tables.iter().filter(|_| is_renamed()) {
        let renamed = table.columns.iter().filter(|column| column.field != column.name);
        let fields: Map<_, _> = renamed.map(|column| (column.field.clone(), column.name.as_str().into())).collect();
        options[table.model] = json!({ "modelName": table.name, "fields": fields });
    }
    options.to_string()
}

/// Views by which tests look at renamed tables and write into them. The service does not see them: they are in a schema that
/// is in nobody's search path, so that a statement of the service that forgets a name fails.
pub fn shown(schema: &Schema) -> String {
    if !is_renamed() {
        return "select 1".to_owned();
    }
    let views = schema.tables.iter().map(|table| {
        let columns =
            table.columns.iter().map(|column| format!("{} as {}", quoted(&column.name), quoted(&column.field)));
        let (columns, table_name) = (columns.collect::<Vec<_>>().join(", "), schema.quoted(table));
        format!(
            "if to_regclass({}) is not null then create view shown.{} as select {columns} from {table_name}; end if;",
            literal(&table_name),
            quoted(table.model)
        )
    });
    let views: String = views.collect();
    format!("drop schema if exists shown cascade; create schema shown; do $views$ begin {views} end $views$")
}

/// A database's URL for whoever looks at it by those views.
pub fn shown_at(url: &str) -> String {
    on_path(url, "shown")
}

/// A database's URL for better-auth, which knows a schema by the search path.
pub fn at(url: &str) -> String {
    on_path(url, &format!("\"{NAMESPACE}\""))
}

/// Makes the schema that [`at`] names: better-auth does not.
pub fn namespace() -> String {
    if is_renamed() { format!("create schema if not exists \"{NAMESPACE}\"") } else { "select 1".to_owned() }
}

fn on_path(url: &str, path: &str) -> String {
    if !is_renamed() || url.is_empty() {
        return url.to_owned();
    }
    let mut url: Url = url.parse().unwrap();
    url.query_pairs_mut().append_pair("options", &format!("-csearch_path={path}"));
    // A plus is a plus to PostgreSQL.
    url.as_str().replace('+', "%20")
}
