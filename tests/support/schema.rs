//! What the tables of this run are called and who makes identifiers: as by default, or as `GATEPOST_TEST_SCHEMA` says, so that
//! the behaviours are the same whatever the schema is.

use std::sync::OnceLock;

use gatepost_cli::edge;
use gatepost_core::{
    config::{Schema, Source},
    store::schema::quoted,
};

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
const SCHEMA_NAME: &str = "schema_name = \"the auth schema\"\n";

fn asked_for() -> &'static str {
    static ASKED: OnceLock<String> = OnceLock::new();
    ASKED.get_or_init(|| edge::environment().get(VARIABLE).unwrap_or_default().to_owned())
}

/// A test's `gatepost.toml` with what this run asks for.
pub fn configured(toml: &str) -> String {
    match asked_for() {
        "" => toml.to_owned(),
        "renamed" if toml.contains("[database]\n") => {
            toml.replacen("[database]\n", &format!("[database]\n{SCHEMA_NAME}"), 1) + RENAMED
        }
        "renamed" => format!("{toml}\n[database]\n{SCHEMA_NAME}{RENAMED}"),
        ids @ ("uuid" | "serial") => format!("{toml}\n[advanced.database]\ngenerate_id = \"{ids}\"\n"),
        other => panic!("{VARIABLE} is {other}: there are renamed, uuid and serial"),
    }
}

/// The schema of this run.
pub fn of_the_run() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| Schema::load(Source { name: "gatepost.toml", text: &configured("") }).unwrap())
}

/// Views by which tests look at renamed tables and write into them. The service does not see them: they are in a schema that
/// is in nobody's search path, so that a statement of the service that forgets a name fails.
pub fn shown() -> String {
    if asked_for() != "renamed" {
        return "select 1".to_owned();
    }
    let schema = of_the_run();
    let views = schema.tables.iter().map(|table| {
        let columns =
            table.columns.iter().map(|column| format!("{} as {}", quoted(&column.name), quoted(&column.field)));
        let columns: Vec<_> = columns.collect();
        format!(
            "create view shown.{} as select {} from {}",
            quoted(table.model),
            columns.join(", "),
            schema.quoted(table)
        )
    });
    let views: Vec<_> = views.collect();
    format!("create schema shown; {}", views.join("; "))
}

/// A database's URL for whoever looks at it by those views.
pub fn shown_at(url: &str) -> String {
    if asked_for() != "renamed" {
        return url.to_owned();
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-csearch_path%3Dshown")
}
