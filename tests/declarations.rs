//! A feature is what it declares: a made-up one shows that tables, columns, the migration and `doctor` follow from the
//! declaration alone.

use gatepost_cli::{doctor, edge, migrate};
use gatepost_core::{
    Auth, Config,
    config::{self, Schema, Source, Variables},
    declaration::{ColumnDefault, Declaration, FeatureColumn, FeatureTable, Model, ModelColumn, Need, Resource},
    declarations::{self, Declared},
    options::{Default, Row},
};

use super::support::{
    SECRET,
    postgres::{Database, block_on},
    server, transport,
};

const CARD: Model = Model {
    name: "giftCard",
    key: "gift_card",
    columns: &[
        ModelColumn::owner(),
        ModelColumn::text("code", "code").unique(),
        ModelColumn::number("uses", "uses").or(ColumnDefault::Number(3)),
        ModelColumn::boolean("isOpen", "is_open"),
        ModelColumn::date("expiresAt", "expires_at").optional(),
        ModelColumn::date("createdAt", "created_at").or(ColumnDefault::Now),
    ],
};
const NOTE: Model = Model {
    name: "giftNote",
    key: "gift_note",
    columns: &[
        ModelColumn::reference("cardId", "card_id", "giftCard").indexed(),
        ModelColumn::text("note", "note").or(ColumnDefault::Text("thanks")),
    ],
};

static GIFTS: Declaration = Declaration {
    tables: &[FeatureTable { model: CARD, when: &[] }, FeatureTable { model: NOTE, when: &["notes"] }],
    columns: &[
        FeatureColumn {
            table: "user",
            column: ModelColumn::boolean("isGiver", "is_giver").or(ColumnDefault::Boolean(false)),
            input: false,
            returned: true,
            when: &[],
        },
        FeatureColumn {
            table: "session",
            column: ModelColumn::text("giftCode", "gift_code").optional(),
            input: false,
            returned: false,
            when: &["notes"],
        },
        FeatureColumn {
            table: "giftCard",
            column: ModelColumn::text("notedBy", "noted_by").optional(),
            input: false,
            returned: false,
            when: &["notes"],
        },
    ],
    needs: &[Need { resource: Resource::Database, switch: "enabled" }],
    ..Declaration::of("gifts")
};

fn gifts(on: &[&str]) -> [Declared; 1] {
    [Declared::new(&GIFTS, on.iter().map(|key| (*key).to_owned()).collect())]
}

fn source(toml: &str) -> Source<'_> {
    Source { name: "gatepost.toml", text: toml }
}

fn schema(toml: &str, on: &[&str]) -> Schema {
    Schema::load_with(source(toml), &gifts(on)).unwrap()
}

fn problems(toml: &str, on: &[&str]) -> Vec<String> {
    let read = Schema::load_with(source(toml), &gifts(on));
    read.err().map(|problems| problems.0.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

/// The made-up feature's tables and columns with their types, as the database has them.
fn made(database: &Database, like: &str) -> Vec<String> {
    let sql = format!(
        "select table_name || '.' || column_name || ' ' || data_type from information_schema.columns
         where table_schema = 'public' and table_name || '.' || column_name like '%{like}%' order by 1"
    );
    database.query(&sql).into_iter().filter_map(|row| row[0].clone()).collect()
}

/// What `doctor` finds in a database for a deployment with this schema.
fn doctored(database: &Database, schema: Schema) -> (i32, String) {
    let all = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", database.url.as_str())];
    let variables: Variables = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (mut config, _) = Config::examine(&variables, None);
    config.schema = schema;
    let auth = Auth::new(config, edge::now).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = block_on(doctor::of_database(&auth, folder.path(), &variables, Vec::new()));
    (report.status().into(), report.to_string())
}

const ALL: &[&str] = &["enabled", "notes"];

#[test]
fn a_declared_table_is_migrated_and_doctor_writes_a_row_of_it_whatever_its_names_and_identifiers() {
    let renamed = "[schema.gift_card]\nmodel_name = \"Cards \\\"given\\\"\"\nfields = { user_id = \"who\", is_open = \"open?\" }\n\
                   [schema.gift_note.fields]\nnote = \"select\"\n[schema.user.fields]\nis_giver = \"gives\"\n";
    let ids = |kind: &str| format!("[advanced.database]\ngenerate_id = \"{kind}\"\n");
    for (toml, card, note) in [
        ("", "giftCard.userId text", "giftNote.cardId text"),
        (renamed, "Cards \"given\".who text", "giftNote.cardId text"),
        ("[schema]\nnaming = \"snake_case\"\nplural = true\n", "gift_cards.user_id text", "gift_notes.card_id text"),
        (&ids("uuid"), "giftCard.userId uuid", "giftNote.cardId uuid"),
        (&ids("serial"), "giftCard.userId integer", "giftNote.cardId integer"),
    ] {
        let (database, wanted) = (Database::empty(), schema(toml, ALL));
        server::migrated_to(&database.direct, &wanted);
        let found = made(&database, "");
        assert!([card, note].iter().all(|column| found.contains(&(*column).to_owned())), "{toml}: {found:#?}");
        let left = block_on(async {
            migrate::plan(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap().statements
        });
        assert_eq!(left, Vec::<String>::new(), "{toml}");
        let names: Vec<_> = ["giftCard", "giftNote"].map(|model| wanted.table(model).unwrap().name.clone()).into();
        let (status, report) = doctored(&database, wanted);
        assert!(status == 0 && report.contains(&format!("{}, {} was written", names[0], names[1])), "{toml}: {report}");
    }
}

#[test]
fn a_declared_table_is_made_as_better_auth_makes_one() {
    let wanted = schema("", ALL);
    let sql = migrate::sql::whole(&wanted);
    for part in [
        r#""giftCard" ("id" text not null primary key, "userId" text not null references "user" ("id") on delete cascade, "#,
        r#""code" text not null unique, "uses" integer not null, "isOpen" boolean not null, "expiresAt" timestamptz, "#,
        r#""createdAt" timestamptz default CURRENT_TIMESTAMP not null, "notedBy" text)"#,
        r#""cardId" text not null references "giftCard" ("id") on delete cascade, "note" text not null)"#,
        r#"create index if not exists "giftNote_cardId_idx" on "giftNote" ("cardId")"#,
        r#"create index if not exists "giftCard_userId_idx" on "giftCard" ("userId")"#,
    ] {
        assert!(sql.contains(part), "{part}\n{sql}");
    }
}

#[test]
fn a_database_with_users_gets_the_tables_and_columns_of_a_feature_that_is_switched_on() {
    let database = Database::empty();
    server::migrated_to(&database.direct, &schema("", &[]));
    assert_eq!(made(&database, "ift"), Vec::<String>::new());
    database
        .query(r#"insert into "user" (id, name, email, "emailVerified") values ('1', 'Ada', 'ada@example.com', true)"#);
    let (status, report) = doctored(&database, schema("", &["enabled"]));
    assert!(status != 0 && report.contains("giftCard"), "{report}");
    // `notes` without `enabled` is nothing.
    assert!(schema("", &["notes"]).table("giftNote").is_none());
    server::migrated_to(&database.direct, &schema("", &["enabled"]));
    assert_eq!(
        made(&database, "giftCode").len() + made(&database, "giftNote").len() + made(&database, "notedBy").len(),
        0
    );
    assert_eq!(made(&database, "isGiver"), ["user.isGiver boolean"]);
    assert_eq!(database.value(r#"select "isGiver" from "user""#), "f");
    server::migrated_to(&database.direct, &schema("", ALL));
    assert_eq!(made(&database, "giftCode"), ["session.giftCode text"]);
    assert_eq!(doctored(&database, schema("", ALL)).0, 0);
}

#[test]
fn names_of_declared_tables_are_judged_like_those_of_the_core() {
    assert_eq!(problems("[schema.gift_card]\nmodel_name = \"cards\"\n", ALL), Vec::<String>::new());
    for (toml, on, told) in [
        ("[schema.gift_card]\nmodel_name = \"user\"\n", ALL, "`user` and `giftCard` cannot both be the table `user`"),
        ("[schema.gift_card.fields]\ncode = \"uses\"\n", ALL, "gatepost.toml:2: two fields have the column `uses`"),
        (
            "[schema.gift_card.fields]\nCode = \"x\"\n",
            ALL,
            "`schema.gift_card.fields.Code` is not a known key; write `schema.gift_card.fields.code`",
        ),
        ("[schema.gift_card]\nmodel_name = \"cards\"\n", &[], "`schema.gift_card` is not a known key"),
        (
            "[user.additional_fields]\nisGiver = { type = \"boolean\" }\n",
            ALL,
            "`isGiver` is a column that is there already",
        ),
        (
            "[session.additional_fields]\nx = { field_name = \"giftCode\" }\n",
            ALL,
            "the column `giftCode` of `x` is the one of `giftCode`",
        ),
    ] {
        let found = problems(toml, on);
        assert!(found.len() == 1 && found[0].contains(told), "{toml}: {found:#?}");
    }
    // Members of requests and answers that are no columns stay taken, and so do the core's columns.
    for (table, field) in [("user", "password"), ("user", "emailVerified"), ("session", "token"), ("account", "scopes")]
    {
        let found = problems(&format!("[{table}.additional_fields]\n{field} = {{ type = \"string\" }}\n"), &[]);
        assert!(
            found.len() == 1 && found[0].contains("is a column that is there already"),
            "{table}.{field}: {found:#?}"
        );
    }
}

/// Every option below a path, with the default as one would write it; none where words say it.
fn defaults(path: &str, rows: &[Row]) -> Vec<(String, &'static str, Option<String>)> {
    let mut found = Vec::new();
    for row in rows {
        let default = match row.default {
            Default::Section(rows) => {
                found.extend(defaults(&format!("{path}.{}", row.key), rows));
                continue;
            }
            Default::Boolean(value) => Some(value.to_string()),
            Default::Number(number) | Default::Seconds(number) => Some(number.to_string()),
            Default::Text(text) => Some(format!("{text:?}")),
            Default::EmptyList => Some("[]".to_owned()),
            Default::Told(_) => None,
        };
        found.push((path.to_owned(), row.key, default));
    }
    found
}

#[test]
fn a_default_that_is_documented_changes_nothing_where_it_is_written() {
    let all = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
    let variables: Variables = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let read = |toml: &str| format!("{:?}", Config::load(&variables, Some(source(toml))).unwrap());
    let options = config::OPTIONS.iter().chain(declarations::OPTIONS);
    let rows: Vec<_> = options.flat_map(|(name, table)| defaults(name, table.rows)).collect();
    assert!(rows.len() > 40, "{rows:?}");
    for (section, key, default) in &rows {
        let Some(default) = default else { continue };
        assert_eq!(read(&format!("[{section}]\n{key} = {default}\n")), read(""), "{section}.{key} = {default}");
        // The key is read: another type is a problem of that key.
        let found = Config::load(&variables, Some(source(&format!("[{section}]\n{key} = 1.5\n")))).unwrap_err();
        assert!(found.to_string().contains(&format!("`{section}.{key}` must be ")), "{found}");
    }
}
