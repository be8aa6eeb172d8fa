//! A feature is what it declares: a made-up one shows that tables, columns, the migration and `doctor` follow from the
//! declaration alone.

use gatepost_cli::{doctor, edge, migrate, options as documents};
use gatepost_core::{
    Auth, Config,
    config::{self, Deployment, Schema, Source, Variables},
    cookie::{Cookie, Cookies, Jar, PendingCookies},
    declaration::{
        ColumnDefault, CookieName, Declaration, FeatureColumn, FeatureTable, Limit, LimitRule, Model, ModelColumn,
        Paths, Readers, Resource, Variable, VariablePlace,
    },
    declarations::{self, DeclaredFeature},
    endpoint::Condition,
    functions::{FUNCTIONS, Function},
    options::{self, Default, EnabledSwitch, Options, Row, Section, seconds, switch},
    problem::Problems,
    rules::limit,
};

use crate::support::{
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
    limits: &[LimitRule { paths: Paths::BeginWith("/sign-in/gift"), limit: Limit { window: 90, max: 2 } }],
    variables: &[Variable {
        name: "GIFTS_KEY",
        aliases: &[],
        about: "opens cards",
        needed: "gifts",
        readers: Readers::Using(Resource::Of("gifts")),
        sensitive: true,
        set: VariablePlace::Deployments,
    }],
    ..Declaration::of("gifts")
};

gatepost_core::options! {
    /// Users give each other cards.
    pub struct Gifts {
        /// Cards can be given.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Cards have notes, which are mailed.
        notes: bool = switch("notes", false).needs(Resource::Mail),
        /// How long a card can be used, in seconds.
        lasts: u32 = seconds("lasts", 86_400),
    }
}

/// The section of the made-up feature, and what is wrong with it.
fn read(toml: &str) -> (Gifts, Problems) {
    let mut problems = Problems::default();
    let table = options::parse(source(toml), &mut problems);
    let mut root = Section::root(source(toml), table.as_ref().map(|table| table.get_ref()), |_| None);
    let section = root.section("gifts", &mut problems);
    (Gifts::read(section, &mut problems), problems)
}

fn gifts(on: &[&str]) -> [DeclaredFeature; 1] {
    [DeclaredFeature::new(&GIFTS, on.iter().map(|key| EnabledSwitch::of(key)).collect())]
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

/// Returns the findings of `doctor` in a database for a deployment with this schema.
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
        ("[user.additional_fields]\nisGiver = { type = \"boolean\" }\n", ALL, "`isGiver` is already a column"),
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
        assert!(found.len() == 1 && found[0].contains("is already a column"), "{table}.{field}: {found:#?}");
    }
}

/// A key below a path; the path itself where the key, or the path, is empty.
fn below(path: &str, key: &str) -> String {
    let parts: Vec<_> = [path, key].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(".")
}

/// Every option below a path, with the default as a file has it; no default if words describe it.
fn defaults(path: &str, rows: &[Row]) -> Vec<(String, &'static str, Option<String>)> {
    let mut found = Vec::new();
    for row in rows {
        let default = match row.default {
            Default::Section(rows) => {
                found.extend(defaults(&below(path, row.key), rows));
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

/// Durations of which better-auth reads `0` as the default.
const ZERO_IS_THE_DEFAULT: [&str; 8] = [
    "admin.impersonation_session_duration",
    "email_and_password.reset_password_token_expires_in",
    "magic_link.expires_in",
    "organization.invitation_expires_in",
    "phone_number.expires_in",
    "rate_limit.window",
    "session.expires_in",
    "user.delete_user.delete_token_expires_in",
];
/// Durations of which `0` has a meaning of its own.
const ZERO_HAS_A_MEANING: [&str; 10] = [
    "api_key.remember_verdicts",
    "database.idle_timeout",
    "database.wait_timeout",
    "jwks.grace_period",
    "observability.slow_wait",
    "secondary_storage.idle_timeout",
    "secondary_storage.wait_timeout",
    "session.fresh_age",
    "session.update_age",
    "two_factor.trust_device_max_age",
];

#[test]
fn a_duration_of_no_time_is_refused_unless_it_means_something() {
    let variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
    let variables: Variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
    let read = |toml: &str| {
        let (config, problems) = Config::examine(&variables, Some(source(toml)));
        (format!("{config:?}"), problems.0.into_iter().map(|problem| problem.text).collect::<Vec<_>>())
    };
    let (usual, _) = read("");
    let options = config::OPTIONS.iter().chain(declarations::OPTIONS);
    let durations = options.flat_map(|(name, table)| durations(name, table.rows));
    let paths: Vec<_> = durations
        .map(|(section, key)| below(&section.replace("<name>", "github").replace("<other>", "acme"), key))
        .collect();
    for path in &paths {
        let (found, problems) = read(&format!("{path} = 0\n"));
        let is_refused = problems.iter().any(|text| text.contains(&format!("`{path}` must be a second or more")));
        let (is_default, is_meant) =
            (ZERO_IS_THE_DEFAULT.contains(&path.as_str()), ZERO_HAS_A_MEANING.contains(&path.as_str()));
        assert_eq!(is_refused, !is_default && !is_meant, "{path}: {problems:?}");
        assert!(!is_default || found == usual, "{path}");
    }
    let known = ZERO_IS_THE_DEFAULT.iter().chain(&ZERO_HAS_A_MEANING);
    let gone: Vec<_> = known.filter(|known| !paths.iter().any(|path| path == *known)).collect();
    assert!(gone.is_empty() && paths.len() > 25, "{gone:?} of {paths:?}");
}

/// Every duration below a path.
fn durations(path: &str, rows: &[Row]) -> Vec<(String, &'static str)> {
    let of = |row: &Row| match row.default {
        Default::Section(rows) => durations(&below(path, row.key), rows),
        Default::Seconds(_) => vec![(path.to_owned(), row.key)],
        _ => Vec::new(),
    };
    rows.iter().flat_map(of).collect()
}

#[test]
fn a_default_that_is_documented_changes_nothing_where_it_is_written() {
    let events = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let all = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x"), ("EVENTS_SECRET", events)];
    let variables: Variables = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let read = |toml: &str| format!("{:?}", Config::load(&variables, Some(source(toml))).unwrap());
    // A provider that is not known by name must be described.
    let described = "social.acme.discovery_url = \"https://acme.example/.well-known/openid-configuration\"\n";
    let options = config::OPTIONS.iter().chain(declarations::OPTIONS);
    let rows: Vec<_> = options.flat_map(|(name, table)| defaults(name, table.rows)).collect();
    assert!(rows.len() > 130, "{rows:?}");
    for (section, key, default) in &rows {
        let path = below(&section.replace("<name>", "github").replace("<other>", "acme"), key);
        // A hook must have an event and be reachable.
        let of_hook = [("before", "user.create"), ("function", "decide")].map(|(other, value)| match other == *key {
            true => String::new(),
            false => format!("hooks.github.{other} = \"{value}\"\n"),
        });
        let of_hook = format!("hooks.enabled = true\n{}", of_hook.concat());
        let before = match path.as_str() {
            path if path.starts_with("social.acme") && *key != "discovery_url" => described,
            path if path.starts_with("hooks.github") => &of_hook,
            // A receiver of events must be reachable.
            "events.github.url" => "events.enabled = true\n",
            path if path.starts_with("events.github") => {
                "events.enabled = true\nevents.github.url = \"https://example.com/events\"\n"
            }
            _ => "",
        };
        if let Some(default) = default {
            assert_eq!(read(&format!("{before}{path} = {default}\n")), read(before), "{path} = {default}");
        }
        // The key is read: another type is a problem of that key.
        let found = Config::load(&variables, Some(source(&format!("{before}{path} = 1.5\n")))).unwrap_err();
        let told = ["must be ", "is a section"].map(|told| format!("`{path}` {told}"));
        assert!(told.iter().any(|told| found.to_string().contains(told)), "{found}");
    }
}

#[test]
fn a_declared_section_is_read_and_documented() {
    let (gifts, problems) = read("[gifts]\nenabled = true\nlasts = \"2h\"\n");
    assert_eq!((gifts.enabled, gifts.notes, gifts.lasts, problems.0.len()), (true, false, 7_200, 0));
    assert_eq!(gifts.switched_on(), [EnabledSwitch { key: "enabled".to_owned(), needs: Some(Resource::Database) }]);
    let (gifts, problems) = read("[gifts]\nenabled = 1\nlasts = true\nnote = true\n");
    let found: Vec<_> = problems.0.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "gatepost.toml:2: `gifts.enabled` must be true or false",
            "gatepost.toml:3: `gifts.lasts` must be a duration: seconds, or a text like \"7d\", \"12h\", \"30m\", \"45s\"",
            "gatepost.toml:4: `gifts.note` is not a known key; write `gifts.notes`",
        ]
    );
    assert!(!gifts.enabled && gifts.lasts == 86_400);
    let page =
        "before\n<!-- features: begin, written by `cargo gatepost generate` -->\nold\n<!-- features: end -->\nafter\n";
    let page = documents::written(page, &[], &[("gifts", Gifts::TABLE)]).unwrap();
    let section = "### `[gifts]`\n\nUsers give each other cards.\n\n| key | default | what it decides |\n|---|---|---|\n\
                   | `enabled` | `false` | Cards can be given |\n| `notes` | `false` | Cards have notes, which are mailed |\n\
                   | `lasts` | `\"1d\"` | How long a card can be used, in seconds |\n";
    assert!(page.contains(section) && page.starts_with("before\n") && page.ends_with("after\n"), "{page}");
    assert!(!page.contains("old"), "{page}");
}

#[test]
fn limits_needs_switches_and_variables_follow_from_a_declaration() {
    let examined = |all: &[(&str, &str)], toml: &str, gifts: &str| {
        let variables: Variables = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let declared = DeclaredFeature::new(&GIFTS, read(gifts).0.switched_on());
        let (config, problems) = Config::examine_with(&variables, Some(source(toml)), &[declared]);
        (config, problems.0.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let database = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
    let on = "[gifts]\nenabled = true\nnotes = true\n";
    let (with, _) = examined(&database, "", on);
    let (without, _) = examined(&database, "", "[gifts]\nnotes = true\n");
    // The feature's limit goes above the core's for `/sign-in`; a rule of the deployment's own goes above both.
    let rule = |config: &Config| {
        limit::rule("/sign-in/gift/open", &config.rate_limit, &config.features).map(|rule| rule.limit)
    };
    assert_eq!(rule(&with), Some(Limit { window: 90, max: 2 }));
    assert_eq!(rule(&without), Some(Limit { window: 10, max: 3 }));
    let (own, _) = examined(&database, "[rate_limit.custom_rules]\n\"/sign-in/*\" = { window = 1, max = 1 }\n", on);
    assert_eq!(rule(&own), Some(Limit { window: 1, max: 1 }));
    assert_eq!([&with, &without].map(|config| config.rate_limit.longest_window(&config.features)), [90, 60]);
    // Endpoints are served under its switches.
    for key in ["gifts.enabled", "gifts.notes"] {
        assert_eq!([&with, &without].map(|config| Condition::Switch(key).holds(config)), [true, false], "{key}");
    }
    let production = [database[0], database[1], ("VERCEL_ENV", "production"), ("BETTER_AUTH_URL", "https://a.example")];
    assert_eq!(
        examined(&production, "", on).1,
        ["EMAIL_URL: it is missing, and `gifts.notes` needs it; set it, or switch that off"]
    );
    assert_eq!(examined(&production, "", "[gifts]\nenabled = true\n").1, Vec::<String>::new());
    let found = examined(&[database[0], ("VERCEL_ENV", "preview")], "", on).1;
    assert!(found.len() == 1 && found[0].contains("`gifts.enabled` needs it"), "{found:?}");
    let [key] = GIFTS.variables else { panic!("one variable") };
    assert!(key.is_read_by([Resource::Mail, Resource::Of("gifts")]));
    assert!(!key.is_read_by([Resource::Mail, Resource::Of("others")]));
}

#[test]
fn every_switch_of_an_endpoint_is_a_key_and_decides_whether_it_is_served() {
    let database = ("DATABASE_URL", "postgres://u@localhost/x");
    let all =
        [("BETTER_AUTH_SECRET", SECRET), database, ("CRON_SECRET", SECRET), ("BETTER_AUTH_URL", "http://localhost")];
    let variables: Variables = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let conditions = FUNCTIONS.iter().flat_map(Function::endpoints).flat_map(|endpoint| endpoint.served);
    let switches: std::collections::BTreeSet<_> = conditions
        .filter_map(|condition| match condition {
            Condition::Switch(key) => Some(*key),
            Condition::Database | Condition::StoredSessions => None,
        })
        .collect();
    assert!(switches.len() > 3, "{switches:?}");
    for key in switches {
        for on in [true, false] {
            // A switch below a feature's section counts while the feature is on.
            let feature = key.split_once('.').filter(|(_, below)| below.contains('.')).map(|(feature, _)| feature);
            let feature = feature.map(|feature| format!("{feature}.enabled = true\n")).unwrap_or_default();
            let toml = format!("{feature}{key} = {on}\n");
            let config = Config::load(&variables, Some(source(&toml))).unwrap();
            assert_eq!(Condition::Switch(key).holds(&config), on, "{toml}");
            // The functions are written anew where it changes.
            let record = Deployment::record(source(&toml)).unwrap();
            assert!(record.contains(&format!("{key} = {on}")), "{record}");
        }
    }
}

#[test]
fn every_cookie_is_declared_and_can_be_renamed_and_sign_out_removes_those_that_say_so() {
    let all = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
    let variables: Variables = all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let with = |toml: &str| Config::load(&variables, Some(source(toml))).unwrap();
    let prefixed = config::cookies().filter_map(|(feature, cookie)| match cookie.name {
        CookieName::Prefixed(name) => Some((feature, name, cookie.ends_at_sign_out)),
        CookieName::Configured(_) => None,
    });
    let prefixed: Vec<_> = prefixed.collect();
    for (_, name, _) in &prefixed {
        let named = with(&format!("[advanced.cookies.{name}]\nname = \"other\"\nattributes = {{ max_age = 7 }}\n"));
        assert_eq!(Cookie::new(name, None, &named).name, "__Secure-other");
        assert_eq!(named.advanced.cookies.believed_for(name, 5), 7);
        let usual = Cookie::new(name, None, &with("")).name;
        assert_eq!(usual, format!("__Secure-better-auth.{name}"));
    }
    let config = with("[account]\nstore_account_cookie = true\nstore_state_strategy = \"cookie\"\n");
    let cookies = Cookies::new(&config);
    let Cookies { session_token, session_data, dont_remember, account_data, state, oauth_state } = &cookies;
    let of_core = [session_token, session_data, dont_remember, account_data, state, oauth_state];
    let plain = |name: &str| name.rsplit('.').next().unwrap().to_owned();
    let declared = prefixed.iter().filter(|(feature, ..)| feature.is_none());
    let declared: Vec<_> = declared.map(|(_, name, _)| (*name).to_owned()).collect();
    assert_eq!(of_core.map(|cookie| plain(&cookie.name)).to_vec(), declared);
    let mut pending = PendingCookies::default();
    pending.clear_session(&cookies, &Jar::default(), &config.account);
    let mut removed: Vec<_> = pending.into_lines().map(|line| plain(line.split('=').next().unwrap())).collect();
    let mut ending: Vec<_> =
        prefixed.iter().filter(|(.., ends)| *ends).map(|(_, name, _)| (*name).to_owned()).collect();
    removed.sort_unstable();
    ending.sort_unstable();
    assert_eq!(removed, ending);
}

#[test]
fn every_feature_that_asks_what_the_roles_of_users_permit_declares_these_rights() {
    let features = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/crates/core/src/features"));
    let asks = |name: &str| {
        let files = std::fs::read_dir(features.join(name)).unwrap().map(|entry| entry.unwrap().path());
        let texts = files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap());
        texts.into_iter().any(|text| text.contains("access.roles") && text.contains("WantedActions::all"))
    };
    // Administration has those of better-auth, which are always compared.
    let of_features = declarations::ALL.iter().filter(|one| one.name != "admin" && asks(one.name));
    let of_features: Vec<_> = of_features.map(|one| (one.name, one.rights)).collect();
    assert_eq!(of_features, [("audit", &[("audit", &["list"][..])][..])]);
}
