//! `[schema]`'s short forms: `naming`, `plural` and `fields = "snake_case"`, and the tables of projects that have such names.

use std::collections::BTreeSet;

use gatepost_cli::migrate;
use gatepost_core::config::{Config, Schema, Source};

use crate::support::{SECRET, postgres::Database, tables::drizzle};

const SHORT: &str = "[schema]\nnaming = \"snake_case\"\nplural = true\n";

fn load(toml: &str) -> Result<Schema, Vec<String>> {
    let source = Source { name: "gatepost.toml", text: toml };
    let loaded = Schema::load(source).map_err(|problems| problems.0.iter().map(ToString::to_string).collect());
    // The whole configuration says the same about this part of it.
    let variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let whole = Config::load(&variables, Some(source)).map(|config| names(&config.schema));
    let whole = whole.map_err(|problems| problems.0.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(whole, loaded.as_ref().map(names).map_err(Clone::clone));
    loaded
}

/// `table.column` of every column.
fn names(schema: &Schema) -> BTreeSet<String> {
    let of = |table: &gatepost_core::config::Table| {
        let columns = table.columns.iter().map(|column| format!("{}.{}", table.name, column.name));
        columns.collect::<Vec<_>>()
    };
    schema.tables.iter().flat_map(of).collect()
}

fn tables(toml: &str) -> Vec<String> {
    load(toml).unwrap().tables.into_iter().map(|table| table.name).collect()
}

fn columns(toml: &str, model: &str) -> Vec<String> {
    let schema = load(toml).unwrap();
    schema.table(model).unwrap().columns.iter().map(|column| column.name.clone()).collect()
}

fn columns_of(database: &Database) -> BTreeSet<String> {
    let sql = "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public'";
    database.query(sql).into_iter().filter_map(|row| row[0].clone()).collect()
}

#[test]
fn three_lines_are_the_names_of_a_project_with_drizzle() {
    let database = Database::empty();
    database.query(&drizzle::WHOLE);
    let wanted = load(SHORT).unwrap();
    assert!(columns_of(&database).len() > 40);
    assert_eq!(names(&wanted), columns_of(&database));
    // What a migration makes by these names has the same ones.
    let ours = Database::empty();
    ours.query(&migrate::sql::whole(&wanted));
    assert_eq!(columns_of(&ours), columns_of(&database));
}

#[test]
fn tables_follow_the_naming_style_and_the_plural_and_a_given_name_wins() {
    let plain = ["user", "session", "account", "verification", "jwks", "rateLimit"];
    assert_eq!(tables(""), plain);
    assert_eq!(tables("[schema]\nnaming = \"camelCase\"\nplural = false\n"), plain);
    let plural = "[schema]\nplural = true\n";
    assert_eq!(tables(plural), ["users", "sessions", "accounts", "verifications", "jwks", "rateLimits"]);
    let snake = "[schema]\nnaming = \"snake_case\"\n";
    assert_eq!(tables(snake), ["user", "session", "account", "verification", "jwks", "rate_limit"]);
    // A name that is given has no `s` behind it.
    let given = format!("{SHORT}[schema.user]\nmodel_name = \"member\"\n[schema.jwks]\nmodel_name = \"jwkss\"\n");
    assert_eq!(tables(&given), ["member", "sessions", "accounts", "verifications", "jwkss", "rate_limits"]);
}

#[test]
fn columns_follow_the_naming_style_of_their_table_and_a_given_name_wins() {
    let snake = ["id", "name", "email", "email_verified", "image", "created_at", "updated_at"];
    assert_eq!(columns("[schema]\nnaming = \"snake_case\"\n", "user"), snake);
    let one = "[schema.user]\nfields = \"snake_case\"\n";
    assert_eq!(columns(one, "user"), snake);
    assert!(columns(one, "session").contains(&"userId".to_owned()));
    let given = "[schema]\nnaming = \"snake_case\"\n[schema.user.fields]\nimage = \"avatar_url\"\n";
    assert!(columns(given, "user").contains(&"avatar_url".to_owned()));
    assert!(columns(given, "user").contains(&"email_verified".to_owned()));
    let but = "[schema]\nnaming = \"snake_case\"\n[schema.session]\nfields = \"camelCase\"\n";
    assert!(columns(but, "session").contains(&"userId".to_owned()));
    assert!(columns(but, "account").contains(&"id_token".to_owned()));
}

#[test]
fn additional_fields_follow_the_naming_style_of_their_table_and_a_field_name_wins() {
    let fields = "[user.additional_fields]\ndisplayName = { type = \"string\", required = false }\n\
                  stripeID = { type = \"string\", field_name = \"stripeCustomer\", required = false }\n\
                  [session.additional_fields]\nactiveTeamID = { type = \"string\", required = false }\n";
    let own = |toml: &str, model: &str| columns(&format!("{toml}{fields}"), model).pop().unwrap();
    let user = columns(&format!("{SHORT}{fields}"), "user");
    assert_eq!(user[7..], ["display_name", "stripeCustomer"]);
    assert_eq!(own(SHORT, "session"), "active_team_id");
    assert_eq!(own("", "session"), "activeTeamID");
    // The style is the table's own, wherever it comes from.
    assert_eq!(own("[schema.session]\nfields = \"snake_case\"\n", "session"), "active_team_id");
    assert_eq!(
        own("[schema]\nnaming = \"snake_case\"\n[schema.session]\nfields = \"camelCase\"\n", "session"),
        "activeTeamID"
    );
}

#[test]
fn what_collides_and_what_makes_no_sense_is_told_with_its_line_and_what_to_write() {
    let snake = "[schema]\nnaming = \"snake_case\"\n";
    for (toml, told) in [
        (
            "[schema]\nnaming = \"kebab-case\"\n".to_owned(),
            "gatepost.toml:2: `schema.naming` must be one of \"camelCase\", \"snake_case\"",
        ),
        ("[schema]\nplural = \"s\"\n".to_owned(), "gatepost.toml:2: `schema.plural` must be true or false"),
        (
            "[schema.user]\nfields = \"Snake\"\n".to_owned(),
            "gatepost.toml:2: `schema.user.fields` must be one of \"camelCase\", \"snake_case\", or a table, like { … }",
        ),
        (
            "[schema.user]\nfields = true\n".to_owned(),
            "gatepost.toml:2: `schema.user.fields` must be one of \"camelCase\", \"snake_case\", or a table, like { … }",
        ),
        (
            "[schema]\nplural = true\n[schema.user]\nmodel_name = \"accounts\"\n".to_owned(),
            "gatepost.toml:4: `user` and `account` cannot both be the table `accounts`; write another `model_name` for one of them",
        ),
        (
            format!("{snake}[schema.user.fields]\nimage = \"created_at\"\n"),
            "gatepost.toml:4: two fields have the column `created_at`; write another name for one of them",
        ),
        (
            format!("{snake}[user.additional_fields]\na = {{ type = \"string\", field_name = \"email_verified\" }}\n"),
            "gatepost.toml:4: the column `email_verified` of `a` is the one of `emailVerified`; write another `field_name`",
        ),
        (
            format!(
                "{snake}[user.additional_fields]\nfooBar = {{ type = \"string\" }}\nfoo_bar = {{ type = \"string\" }}\n"
            ),
            "gatepost.toml:5: two fields have the column `foo_bar`; write another name for one of them",
        ),
        (
            "[user.additional_fields]\nx = { type = \"string\" }\n[schema.user.fields]\nimage = \"x\"\n".to_owned(),
            "gatepost.toml:2: the column `x` of `x` is the one of `image`; write another `field_name`",
        ),
    ] {
        assert_eq!(load(&toml).unwrap_err(), [told], "{toml}");
    }
    // In snake_case `emailVerified` is a name like any other for a column.
    load(&format!("{snake}[user.additional_fields]\na = {{ type = \"string\", field_name = \"emailVerified\" }}\n"))
        .unwrap();
}
