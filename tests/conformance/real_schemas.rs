//! Tables that people have when they come: made by Drizzle, by Prisma, by the command lines of older versions, by hand. On each,
//! in each time zone, better-auth and gatepost answer alike and leave the same rows; and each goes on with what the other wrote.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::Duration,
};

use gatepost_cli::edge;
use serde_json::Value;

use crate::support::{
    SECRET,
    node::{self, Reference},
    postgres::Database,
    provider::Provider,
    service::{self, Service},
};

/// The time zones of the databases. The process of Node is in UTC, as on every platform.
const ZONES: [&str; 3] = ["UTC", "America/New_York", "Asia/Kolkata"];
/// The longest takes two minutes on two cores that do nothing else.
const LIMIT: Duration = Duration::from_secs(900);
/// The schemas that are compared in one time zone in every run. The others take minutes.
const ALWAYS: [&str; 6] = [
    "journey / a user with a password",
    "journey / a forgotten password",
    "journey / people of a provider",
    "limits / too many requests",
    "times / a session that ends, ",
    "unknown / a user without createdAt",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas")
}

pub fn read(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The one provider of all these tests.
fn provider() -> &'static Provider {
    static PROVIDER: OnceLock<Provider> = OnceLock::new();
    PROVIDER.get_or_init(Provider::new)
}

/// One of the schemas, with the options that go with it.
pub struct Schema {
    name: String,
    pub sql: String,
    pub toml: String,
    /// better-auth's, those of all schemas and this one's: as texts, for their members have an order.
    common: String,
    pub options: String,
}

impl Schema {
    pub fn new(name: &str) -> Self {
        let (common, options) = (read("common.json"), read(&format!("{name}/options.json")));
        let toml = read("common.toml") + &read(&format!("{name}/gatepost.toml"));
        Self { name: name.to_owned(), sql: read(&format!("{name}/schema.sql")), toml, common, options }
    }

    /// A database with these tables, in this time zone.
    fn database(&self, zone: &str) -> Database {
        let database = Database::empty();
        let path = if self.sql.contains("CREATE SCHEMA \"identity\"") { "identity, public" } else { "public" };
        database.query(&self.sql);
        database.query(&format!(
            "alter database {name} set timezone to '{zone}'; alter database {name} set search_path to {path}",
            name = database.name
        ));
        database
    }

    /// better-auth on these tables, in a process of this time zone.
    fn reference(&self, database: &Database, mails: &str, zone: &str) -> Reference {
        let variables = [
            ("MAIL_FILE", mails),
            ("FETCH_REWRITE", &provider().rewrites),
            ("MIGRATE", "0"),
            ("TZ", zone),
            ("SCHEMA", &self.options),
        ];
        Reference::with(&database.direct, &self.common, &variables)
    }

    /// gatepost on these tables.
    fn service(&self, database: &Database, mails: &str) -> Service {
        let email_url = format!("file:{mails}");
        let variables = [
            ("DATABASE_URL", database.url.as_str()),
            ("EMAIL_URL", &email_url),
            ("GATEPOST_FETCH_REWRITE", &provider().rewrites),
            ("GITHUB_CLIENT_ID", "github-client"),
            ("GITHUB_CLIENT_SECRET", "github-secret"),
            ("GOOGLE_CLIENT_ID", "google-client"),
            ("GOOGLE_CLIENT_SECRET", "google-secret"),
        ];
        Service::with(&self.toml, &variables)
    }

    /// The files for scripts that name better-auth's options.
    fn written(&self, folder: &Path) -> [String; 2] {
        [("common.json", &self.common), ("options.json", &self.options)].map(|(name, text)| {
            let file = folder.join(name);
            fs::write(&file, text).unwrap();
            file.to_str().unwrap().to_owned()
        })
    }
}

/// The server that is compared with better-auth in UTC: gatepost, or better-auth itself in a time zone, by which the
/// comparison is tested.
#[derive(Clone, Copy)]
pub enum Target<'a> {
    Gatepost,
    BetterAuth { zone: &'a str },
}

impl Target<'_> {
    /// gatepost; better-auth itself where `GATEPOST_TEST_JUDGE` is set, which tells what the scenarios themselves vary in.
    pub fn asked_for() -> Self {
        if edge::environment().get("GATEPOST_TEST_JUDGE").is_some() {
            Self::BetterAuth { zone: "UTC" }
        } else {
            Self::Gatepost
        }
    }
}

/// Compares the scenarios of a folder on one schema, and returns what the comparison says: whether all are the same, or what
/// differs.
pub fn comparison(
    schema: &Schema,
    zone: &str,
    target: Target<'_>,
    scenarios: &str,
    only: &[&str],
) -> Result<String, String> {
    let (theirs, ours) = (schema.database(zone), schema.database(zone));
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    let (their_mails, our_mails) = (file("theirs"), file("ours"));
    let reference = schema.reference(&theirs, &their_mails, "UTC");
    let (service, other) = match target {
        Target::Gatepost => (Some(schema.service(&ours, &our_mails)), None),
        Target::BetterAuth { zone } => (None, Some(schema.reference(&ours, &our_mails, zone))),
    };
    let url = service.as_ref().map(|service| &service.url).or(other.as_ref().map(|other| &other.url)).unwrap();
    let scenarios = folder().join(scenarios);
    let title = format!("{} in {zone}", schema.name);
    let given: Value = serde_json::from_str(&schema.options).unwrap();
    let ids = given["advanced"]["database"]["generateId"].as_str().unwrap_or("text");
    let [common, options] = schema.written(files.path());
    let mut arguments = vec![
        ("--reference", reference.url.as_str()),
        ("--reference-db", &theirs.direct),
        ("--reference-mails", &their_mails),
        ("--target", url),
        ("--target-db", &ours.direct),
        ("--target-mails", &our_mails),
        ("--provider", &provider().url),
        ("--secret", SECRET),
        ("--scenarios", scenarios.to_str().unwrap()),
        ("--options", &common),
        ("--options", &options),
        ("--title", &title),
        ("--ids", ids),
    ];
    arguments.extend(only.iter().map(|only| ("--only", *only)));
    let arguments: Vec<&str> = arguments.iter().flat_map(|(name, value)| [*name, *value]).collect();
    let (passed, said) = node::outcome("compare.mjs", &arguments, LIMIT);
    if passed {
        return Ok(said);
    }
    // What failed on the service stands in its log alone.
    let failures = service::log_lines().into_iter().filter(|line| line.contains("\"status\":5")).collect::<Vec<_>>();
    Err(format!("{said}{}", failures.join("\n")))
}

/// Whether gatepost is like better-auth on one schema in one time zone; what differs otherwise.
fn compared(schema: &str, zone: &str, only: &[&str]) -> Result<String, String> {
    comparison(&Schema::new(schema), zone, Target::asked_for(), "scenarios", only)
}

macro_rules! schemas {
    ($($test:ident: $folder:literal in $zone:expr,)*) => {
        $(#[test] fn $test() { compared($folder, $zone, &ALWAYS).unwrap_or_else(|said| panic!("{said}")); })*
    };
}

// One of each kind: of each tool the newest and the one with other types or names, the oldest command line's, those of another
// library and of a hand, and identifiers that are numbers.
schemas! {
    drizzle_of_1_7: "drizzle-1.7" in "America/New_York",
    drizzle_with_uuids: "drizzle-uuid" in "Asia/Kolkata",
    prisma_of_1_7: "prisma-1.7" in "Asia/Kolkata",
    prisma_with_other_names: "prisma-map" in "America/New_York",
    a_pool_of_1_1: "pool-1.1" in "Asia/Kolkata",
    tables_of_next_auth: "next-auth" in "Asia/Kolkata",
    tables_made_by_hand: "hand-made" in "UTC",
    a_project_with_numbers: "project-crew" in "America/New_York",
}

/// The folders that have a schema.
fn schemas() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap().map(Result::unwrap);
    let with_schema = entries.filter(|entry| entry.path().join("schema.sql").exists());
    let mut names: Vec<_> = with_schema.map(|entry| entry.file_name().into_string().unwrap()).collect();
    assert!(names.len() > 15, "{names:?}");
    names.sort();
    names
}

/// Every schema in every time zone. They take twenty minutes together, so `.ci/run` leaves them out by this name.
mod every_schema_in_every_time_zone {
    use super::{ZONES, compared, schemas};

    fn all(folder: &str) {
        // In UTC nothing is shifted.
        let within = |zone| if zone == "UTC" { &["journey / "][..] } else { &[] };
        let failures: Vec<String> =
            ZONES.into_iter().filter_map(|zone| compared(folder, zone, within(zone)).err()).collect();
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    macro_rules! folders {
        ($($test:ident: $folder:literal,)*) => {
            $(#[test] fn $test() { all($folder); })*

            #[test]
            fn none_is_missing() {
                let mut named = [$($folder),*];
                named.sort_unstable();
                assert_eq!(schemas(), named);
            }
        };
    }

    folders! {
        drizzle_1_0: "drizzle-1.0",
        drizzle_1_1: "drizzle-1.1",
        drizzle_1_3: "drizzle-1.3",
        drizzle_1_7: "drizzle-1.7",
        drizzle_uuid: "drizzle-uuid",
        hand_made: "hand-made",
        next_auth: "next-auth",
        pool_1_1: "pool-1.1",
        pool_1_3: "pool-1.3",
        pool_1_7: "pool-1.7",
        prisma_1_1: "prisma-1.1",
        prisma_1_3: "prisma-1.3",
        prisma_1_7: "prisma-1.7",
        prisma_map: "prisma-map",
        project_crew: "project-crew",
        project_members: "project-members",
        project_orchard: "project-orchard",
        project_passkeys: "project-passkeys",
    }
}

/// Both servers on one database: what one wrote the other goes on with.
fn crossed(schema: &str, zone: &str) {
    let schema = Schema::new(schema);
    let database = schema.database(zone);
    let files = tempfile::tempdir().unwrap();
    let [their_mails, our_mails] = ["theirs", "ours"].map(|name| files.path().join(name).to_str().unwrap().to_owned());
    let (reference, service) =
        (schema.reference(&database, &their_mails, "UTC"), schema.service(&database, &our_mails));
    let [common, options] = schema.written(files.path());
    let arguments =
        ["--a", &reference.url, "--b", &service.url, "--mails-a", &their_mails, "--mails-b", &our_mails, "--options"];
    let arguments = arguments.into_iter().chain([common.as_str(), "--options", &options]).collect::<Vec<_>>();
    let said = node::run("../schemas/crossing.mjs", &arguments, LIMIT);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn each_goes_on_with_what_the_other_wrote_on_tables_of_drizzle() {
    crossed("drizzle-1.7", "America/New_York");
}

#[test]
fn each_goes_on_with_what_the_other_wrote_on_tables_of_prisma() {
    crossed("prisma-1.7", "Asia/Kolkata");
}

#[test]
fn each_goes_on_with_what_the_other_wrote_on_every_schema() {
    for schema in &schemas() {
        for zone in ["America/New_York", "Asia/Kolkata"] {
            crossed(schema, zone);
        }
    }
}

#[test]
fn nothing_stays_of_a_flow_that_a_table_refuses() {
    let schema = Schema::new("pool-1.7");
    let raises = "create function refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end'";
    for refusal in [
        "alter table \"user\" add column own text not null",
        "alter table session add column own text not null",
        "alter table account add column own integer not null",
        "create type kind as enum ('a'); alter table session add column own kind not null",
        "create type kind as enum ('a'); alter table account alter \"providerId\" type kind using 'a'",
        "alter table session add check (\"userAgent\" = 'none')",
        "alter table account alter \"accountId\" type varchar(5)",
        "alter table session alter token type uuid using null",
        &format!("{raises}; create trigger no before insert on session for each row execute function refuse()"),
        &format!("{raises}; create trigger no after insert on account for each row execute function refuse()"),
    ] {
        let database = schema.database("UTC");
        database.query(refusal);
        let files = tempfile::tempdir().unwrap();
        let service = schema.service(&database, files.path().join("mails").to_str().unwrap());
        let body = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
        let answer = service.post("/sign-up/email", "", body);
        assert!(answer.status >= 400, "{refusal}: {}", answer.text());
        let left =
            "select (select count(*) from \"user\") + (select count(*) from account) + (select count(*) from session)";
        assert_eq!(database.value(left), "0", "{refusal}: {} {}", answer.status, answer.text());
    }
}

#[test]
fn the_comparison_finds_an_instant_that_a_time_zone_has_shifted() {
    let schema = Schema::new("drizzle-1.7");
    let only = ["a user with a password", "a link that ends, 90"];
    let at = |zone| comparison(&schema, "America/New_York", Target::BetterAuth { zone }, "scenarios", &only);
    at("UTC").unwrap();
    let said = at("Asia/Kolkata").unwrap_err();
    assert!(said.contains("<now+19800s>") && said.contains("0 passed, 2 failed"), "{said}");
}
