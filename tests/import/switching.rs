//! Each project that can switch, from its source to a session.

use std::{path::Path, time::Duration};

use gatepost_cli::{doctor, import, migrate, report::Verdict as Checked};
use gatepost_core::config::{ConnectionOptions, Schema, Source, Variables};

use crate::support::{
    SECRET, node,
    postgres::{Database, block_on},
    redis::Redis,
    service::Service,
};

/// How long the client may take: hashes of passwords are slow on a machine that does more.
const LIMIT: Duration = Duration::from_secs(240);

/// A project, from its folder to a running service.
struct Switched {
    database: Database,
    toml: String,
    variables: Vec<(String, String)>,
}

impl Switched {
    /// Imports the project, makes its own tables and migrates them.
    fn new(name: &str, more: &[(&str, &str)]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
        let report = import::read(&folder.join("projects").join(name));
        let toml = report.toml.clone().unwrap_or_else(|| panic!("{report}"));
        let database = Database::empty();
        database.query(&std::fs::read_to_string(folder.join("tables").join(format!("{name}.sql"))).unwrap());
        let mut variables = vec![("DATABASE_URL".to_owned(), database.url.clone())];
        variables.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let switched = Self { database, toml, variables };
        switched.migrate();
        switched.checked();
        switched
    }

    /// `gatepost migrate`: adds what is missing and refuses nothing.
    fn migrate(&self) {
        let source = Source { name: "gatepost.toml", text: &self.toml };
        let (schema, options) = (Schema::load(source).unwrap(), ConnectionOptions::load(source).unwrap());
        let done = block_on(migrate::migrate(&self.database.direct, &options, &schema));
        let plan = done.unwrap_or_else(|failure| panic!("{failure}\n{}", self.toml));
        assert!(plan.refusals.is_empty() && plan.problems.is_empty(), "{:?} {:?}", plan.refusals, plan.problems);
    }

    /// `gatepost check database`: no check fails.
    fn checked(&self) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gatepost.toml"), &self.toml).unwrap();
        let mut variables = Variables::default();
        variables.set("BETTER_AUTH_SECRET", SECRET);
        variables.set("BETTER_AUTH_URL", "https://auth.example.com");
        self.variables.iter().for_each(|(name, value)| variables.set(name.clone(), value.clone()));
        let report = block_on(doctor::database(folder.path(), &variables));
        assert!(report.complete && report.verdict != Checked::Fail, "{report}\n{}", self.toml);
    }

    /// The service, with a change of the file.
    fn service(&self, from: &str, to: &str) -> Service {
        assert!(self.toml.contains(from), "{from}: {}", self.toml);
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Service::with(&self.toml.replace(from, to), &variables)
    }

    /// Drives the service by the real client.
    fn driven(&self, path: &str, arguments: &[&str]) {
        let service = self.service("", "");
        drive(&service, path, arguments);
    }
}

fn drive(service: &Service, path: &str, arguments: &[&str]) {
    let (url, origin) = (format!("{}{path}", service.url), service.url.clone());
    let all = [&["--url", &url, "--origin", &origin], arguments].concat();
    node::run("imported.mjs", &all, LIMIT);
}

/// Mails into a file that no test reads.
fn mails() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file:{}", folder.path().join("mails").display());
    (folder, url)
}

#[test]
fn a_plain_pool_switches() {
    let (_folder, mails) = mails();
    let switched = Switched::new("01-plain-pool", &[("EMAIL_URL", &mails)]);
    switched.driven("/api/auth", &["--way", "password"]);
}

#[test]
fn drizzle_with_snake_case_and_confirmed_addresses_switches() {
    let (_folder, mails) = mails();
    let switched = Switched::new("02-drizzle-snake-plural", &[("EMAIL_URL", &mails)]);
    switched.driven("/api/auth", &["--way", "password", "--verify", "--email", "orchard@example.com"]);
    switched.database.query("update users set email_verified = true");
    switched.driven("/api/auth", &["--way", "seeded", "--email", "orchard@example.com"]);
}

#[test]
fn prisma_with_mapped_names_and_an_enumeration_switches() {
    let switched = Switched::new("03-prisma-map-enum", &[]);
    let open = switched.service("disable_sign_up = true", "disable_sign_up = false");
    drive(&open, "/api/auth", &["--way", "password", "--email", "reader@example.com"]);
    assert_eq!(switched.database.value("select role::text from members"), "READER");
    switched.driven("/api/auth", &["--way", "seeded", "--email", "reader@example.com"]);
}

#[test]
fn additional_fields_of_every_type_switch() {
    let switched = Switched::new("04-additional-fields", &[]);
    switched
        .driven("/api/auth", &["--way", "password", "--fields", r#"{"inviteCode":"LANTERN","bornOn":"1990-04-02"}"#]);
    let row = "select tier::text || ' ' || locale || ' ' || crossings || ' ' || newsletter || ' ' || invite_code from identity.crew";
    assert_eq!(switched.database.value(row), "deck en 0 true LANTERN");
}

#[test]
fn names_in_the_options_and_a_base_path_switch() {
    let (_folder, mails) = mails();
    let switched = Switched::new("05-origins-function-cookies", &[("EMAIL_URL", &mails)]);
    switched.driven("/auth", &["--way", "password"]);
    assert_eq!(switched.database.value("select display_name from person"), "Imported");
}

#[test]
fn providers_switch() {
    let mut variables = Vec::new();
    for name in ["GOOGLE", "DISCORD", "MICROSOFT", "APPLE"] {
        variables.push((format!("{name}_CLIENT_ID"), "client".to_owned()));
        variables.push((format!("{name}_CLIENT_SECRET"), "secret".to_owned()));
    }
    let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let switched = Switched::new("06-social-spread", &variables);
    for provider in ["google", "discord", "microsoft"] {
        switched.driven("/api/auth", &["--way", provider]);
    }
}

#[test]
fn a_store_in_redis_with_uuids_switches_but_for_its_hashes() {
    let Some(redis) = Redis::start() else { panic!("redis-server is needed for this test") };
    let variables = [("REDIS_URL", redis.url()), ("CAPTCHA_SECRET_KEY", "key".to_owned())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let switched = Switched::new("10-redis-limits-uuid", &variables);
    let open = switched.service("[captcha]\nenabled = true", "[captcha]\nenabled = false");
    drive(&open, "/api/auth", &["--way", "password", "--email", "market@example.com"]);
    assert!(redis.keys().iter().all(|key| key.starts_with("gw:auth:")), "{:?}", redis.keys());
    switched.driven("/api/auth", &["--way", "seeded", "--email", "market@example.com"]);
}

#[test]
fn a_factory_with_sessions_in_redis_switches() {
    let Some(redis) = Redis::start() else { panic!("redis-server is needed for this test") };
    let (_folder, mails) = mails();
    let variables = [("REDIS_URL", redis.url()), ("EMAIL_URL", mails)];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let switched = Switched::new("13-hono-vercel-factory", &variables);
    switched.driven("/api/auth", &["--way", "password"]);
    assert_eq!(switched.database.value("select full_name from id_users"), "Imported");
    assert!(redis.keys().iter().all(|key| key.starts_with("driftwood:")), "{:?}", redis.keys());
}

#[test]
fn prisma_in_another_postgresql_schema_switches() {
    let variables = [("FACEBOOK_CLIENT_ID", "client"), ("FACEBOOK_CLIENT_SECRET", "secret")];
    Switched::new("14-vercel-plain-node", &variables).driven("/api/auth", &["--way", "facebook"]);
}

#[test]
fn a_monorepo_switches() {
    let key = "a-key-for-previews-that-is-long-enough-0123";
    let variables = [("SLACK_CLIENT_ID", "client"), ("SLACK_CLIENT_SECRET", "secret"), ("GATEPOST_PREVIEW_KEY", key)];
    Switched::new("15-monorepo-generic", &variables).driven("/api/auth", &["--way", "slack"]);
}

#[test]
fn the_tables_that_are_really_there_are_compared_and_not_changed() {
    use gatepost_cli::import::command::{ImportArguments, run};
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let ask = |name: &str, database: &Database| {
        let paths = vec![folder.join("projects").join(name)];
        let (out, url) = (Path::new("unused").to_owned(), Some(database.url.clone()));
        let asked = ImportArguments {
            paths,
            out,
            is_plan: true,
            force: false,
            anyway: false,
            database: url,
            summary: false,
            json: false,
        };
        block_on(async { run(&asked).await.map_err(|error| error.to_string()) }).unwrap().0
    };
    // A project whose schema is not there, on tables with other names.
    let others = Database::empty();
    others.query(&std::fs::read_to_string(folder.join("tables/02-drizzle-snake-plural.sql")).unwrap());
    let text = ask("06-social-spread", &others);
    assert!(text.contains("the database: ") && text.contains("naming = \"snake_case\""), "{text}");
    let text = ask("02-drizzle-snake-plural", &others);
    assert!(text.contains("the database: `gatepost migrate` would run"), "{text}");
    assert_eq!(others.value("select count(*) from information_schema.tables where table_schema = 'public'"), "4");
}
