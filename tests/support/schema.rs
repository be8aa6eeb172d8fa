//! The names of this run's tables, the program that makes them, and the maker of identifiers: the defaults, or as
//! `GATEPOST_TEST_SCHEMA` says, so that the behaviours are the same with every schema.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use gatepost_cli::edge;
use gatepost_core::{
    config::{Schema, Source, Table},
    store::{
        self,
        written::{literal, quoted},
    },
};
use serde_json::{Map, json};
use url::Url;

use super::{tables::drizzle, transport};

/// The variable.
pub const VARIABLE: &str = "GATEPOST_TEST_SCHEMA";

/// A schema in which every table and column has another name, and needs its quotes.
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
/// The table of second factors, where there are some.
const RENAMED_FACTORS: &str = r#"
[schema.two_factor]
model_name = "second factors"
fields = { secret = "key", backup_codes = "left", user_id = "who", verified = "counts", failed_verification_count = "wrong", locked_until = "until" }
"#;
/// Its quotes it needs for the capital letter; Node is given it in a URL.
const NAMESPACE: &str = "Auth";
const SCHEMA_NAME: &str = "schema_name = \"Auth\"\n";

/// Tables that another tool made before gatepost or better-auth came.
struct Made {
    sql: fn() -> &'static str,
    /// The lines of `gatepost.toml` that name them.
    toml: &'static str,
    /// The time zone of their databases.
    zone: &'static str,
}

const DRIZZLE: Made = Made {
    sql: || &drizzle::WHOLE,
    toml: "\n[schema]\nnaming = \"snake_case\"\nplural = true\n",
    zone: "America/New_York",
};
const PRISMA: Made = Made { sql: || include_str!("../schemas/prisma-1.7/schema.sql"), toml: "", zone: "Asia/Kolkata" };

fn asked_for() -> &'static str {
    static ASKED: OnceLock<String> = OnceLock::new();
    ASKED.get_or_init(|| edge::environment().get(VARIABLE).unwrap_or_default().to_owned())
}

fn is_renamed() -> bool {
    asked_for() == "renamed"
}

fn already_made() -> Option<&'static Made> {
    made_by(asked_for())
}

fn made_by(asked: &str) -> Option<&'static Made> {
    match asked {
        "drizzle" => Some(&DRIZZLE),
        "prisma" => Some(&PRISMA),
        _ => None,
    }
}

/// Whether tests look at rows by views: names, or what columns take when they are left out, are others than by default.
pub fn is_shown() -> bool {
    is_renamed() || already_made().is_some()
}

/// The type of identifiers in this run: `text`, `uuid` or `serial`.
pub fn ids() -> &'static str {
    match asked_for() {
        ids @ ("uuid" | "serial") => ids,
        _ => "text",
    }
}

/// A test's `gatepost.toml` with what this run asks for.
pub fn configured(toml: &str) -> String {
    configured_as(asked_for(), &transport::configured(toml))
}

/// Adds the lines that `asked` names, as [`VARIABLE`] does.
pub fn configured_as(asked: &str, toml: &str) -> String {
    match asked {
        "" => toml.to_owned(),
        "renamed" => {
            let factors = if toml.contains("[two_factor]") { RENAMED_FACTORS } else { "" };
            let names = if toml.contains("[admin]") { with_administration() } else { RENAMED.to_owned() };
            match toml.contains("[database]\n") {
                true => toml.replacen("[database]\n", &format!("[database]\n{SCHEMA_NAME}"), 1) + &names + factors,
                false => format!("{toml}\n[database]\n{SCHEMA_NAME}{names}{factors}"),
            }
        }
        ids @ ("uuid" | "serial") => format!("{toml}\n[advanced.database]\ngenerate_id = \"{ids}\"\n"),
        other => match made_by(other) {
            Some(made) => toml.to_owned() + made.toml,
            None => panic!("{VARIABLE} is {other}: there are renamed, uuid, serial, drizzle and prisma"),
        },
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
#[allow(dead_code, reason = "the sweeps need it")]
pub fn part(sql: &str) -> &'static str {
    filled(sql).leak()
}

/// The name of a table or a column in this run, as a report prints it: `session`, or `session.userAgent`.
pub fn told(what: &str) -> String {
    let (model, field) = what.split_once('.').unwrap_or((what, ""));
    let table = of_the_run().table(model).unwrap();
    match table.column(field) {
        Some(column) => format!("{}.{}", table.name, column.name),
        None => table.name.clone(),
    }
}

/// [`RENAMED`] with other names for the columns of administration as well.
fn with_administration() -> String {
    let user = "updated_at = \"changed\", role = \"the role\", banned = \"is banned\", ban_reason = \"why\", ban_expires = \"ban's end\" }";
    let session = "user_id = \"who\", impersonated_by = \"acting\" }\n[schema.account]";
    RENAMED.replacen("updated_at = \"changed\" }", user, 1).replacen(
        "user_id = \"who\" }\n[schema.account]",
        session,
        1,
    )
}

/// The tables with the columns of all features that have some.
fn with_features() -> Schema {
    of("[username]\nenabled = true\n[last_login_method]\nenabled = true\nstore_in_database = true\n\
        [admin]\nenabled = true\n[two_factor]\nenabled = true\n[anonymous]\nenabled = true\n[passkey]\nenabled = true\n\
        [organization]\nenabled = true\n[api_key]\nenabled = true\n[sign_up]\nenabled = true\ninvitation_only = true\n\
        [organization.teams]\nenabled = true\n[organization.dynamic_access_control]\nenabled = true\n[phone_number]\nenabled = true\n")
}

/// better-auth's options for what this run asks for, as JSON; `reference.mjs` puts them into a test's own.
pub fn options() -> String {
    let mut options = json!({});
    if matches!(asked_for(), "uuid" | "serial") {
        options["advanced"]["database"] = json!({ "generateId": asked_for() });
    }
    let features = with_features();
    // The table of invitations to sign up is gatepost's alone.
    let of_both = |table: &&Table| is_shown() && table.model != "signUpInvitation";
    for table in features.tables.iter().filter(of_both) {
        let is_of_feature =
            |field: &str| of_the_run().table(table.model).is_some_and(|own| own.column(field).is_none());
        let renamed =
            table.columns.iter().filter(|column| column.field != column.name && !is_of_feature(&column.field));
        let fields: Map<_, _> = renamed.map(|column| (column.field.clone(), column.name.as_str().into())).collect();
        options[table.model] = json!({ "modelName": table.name, "fields": fields });
    }
    // The columns of features follow the naming as well.
    for model in ["user", "session"] {
        let own = of_the_run().table(model).unwrap();
        let columns = features.table(model).into_iter().flat_map(|table| &table.columns);
        for column in columns.filter(|column| own.column(&column.field).is_none() && column.field != column.name) {
            options["features"][&column.field] = column.name.as_str().into();
        }
    }
    options.to_string()
}

/// SQL that makes the tables that another tool made in this run, those of `schema` alone, unless they are there.
pub fn made(schema: &Schema) -> Option<String> {
    let is_about = |statement: &str, table: &str| {
        ["TABLE", "ON"].iter().any(|word| statement.contains(&format!("{word} \"{table}\"")))
    };
    let wanted = |statement: &&str| schema.tables.iter().any(|table| is_about(statement, &table.name));
    let statements: String = (already_made()?.sql)().split_inclusive(";\n").filter(wanted).collect();
    let user = literal(&schema.quoted(schema.table("user")?));
    Some(format!("do $made$ begin if to_regclass({user}) is null then {statements} end if; end $made$"))
}

/// SQL that sets a database to the time zone of this run.
pub fn zoned(database: &str) -> Option<String> {
    already_made().map(|made| format!("alter database {} set timezone to {}", quoted(database), literal(made.zone)))
}

/// Views by which tests look at tables and write into them by better-auth's names. The service does not see them: they are in
/// a schema that is in no search path but the tests', so that a statement of the service that forgets a name fails. Drizzle's and
/// Prisma's clients give `updatedAt` a value where the table has no default; here the views do.
pub fn shown(schema: &Schema) -> String {
    if !is_shown() {
        return "select 1".to_owned();
    }
    let features = with_features();
    let views = schema.tables.iter().map(|table| {
        let known = features.table(table.model);
        let columns = table.columns.iter().map(|column| {
            // The name that a test gave an additional field is its name here as well.
            let is_given = known.is_some_and(|known| known.column(&column.field).is_none());
            let shown = if is_given { &column.name } else { &column.field };
            format!("{} as {}", quoted(&column.name), quoted(shown))
        });
        let (columns, table_name) = (columns.collect::<Vec<_>>().join(", "), schema.quoted(table));
        let view = format!("shown.{}", quoted(table.model));
        let is_filled = already_made().is_some() && table.column("updatedAt").is_some();
        let filled = format!("alter view {view} alter column \"updatedAt\" set default now();");
        format!(
            "if to_regclass({}) is not null then create view {view} as select {columns}, xmin from {table_name}; {} end if;",
            literal(&table_name),
            if is_filled { filled } else { String::new() }
        )
    });
    let views: String = views.collect();
    format!("drop schema if exists shown cascade; create schema shown; do $views$ begin {views} end $views$")
}

/// A database's URL for a reader of those views, in UTC regardless of the database's time zone: a column without a
/// time zone has UTC in it.
pub fn shown_at(url: &str) -> String {
    if is_shown() { with_options(url, "-csearch_path=shown -ctimezone=UTC") } else { url.to_owned() }
}

/// A database's URL for better-auth, which knows a schema by the search path.
pub fn at(url: &str) -> String {
    if is_renamed() { with_options(url, &format!("-csearch_path=\"{NAMESPACE}\"")) } else { url.to_owned() }
}

/// Makes the schema that [`at`] names: better-auth does not. `None` if it names none.
pub fn namespace() -> Option<String> {
    is_renamed().then(|| format!("create schema if not exists \"{NAMESPACE}\""))
}

fn with_options(url: &str, options: &str) -> String {
    if url.is_empty() {
        return String::new();
    }
    let mut url: Url = url.parse().unwrap();
    url.query_pairs_mut().append_pair("options", options);
    // A plus is a plus to PostgreSQL.
    url.as_str().replace('+', "%20")
}
