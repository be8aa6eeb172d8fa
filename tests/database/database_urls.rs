//! The parts of a connection URL besides the place of the database: the schema of the tables, and passwords as people write them.

use gatepost_cli::{doctor, migrate};
use gatepost_core::{
    Auth, Config,
    check::{self, KnownFacts},
    config::{ConnectionOptions, DatabaseUrl, Schema, Source, Variables},
    store::single,
};

use crate::support::{
    LIMIT, SECRET,
    chance::Chance,
    node,
    pooler::{MISSING, Pooler},
    postgres::{Database, block_on, execute, server_url},
    service::{DEFAULT, Service, log_lines},
};

fn variables(pairs: &[(&str, &str)]) -> Variables {
    let usual = [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", "https://auth.example.com")];
    usual.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The schema of a deployment, as the command line reads it.
fn schema(toml: &str, pairs: &[(&str, &str)]) -> Result<Schema, String> {
    let source = Source { name: "gatepost.toml", text: toml };
    Schema::of_deployment(source, &variables(pairs)).map_err(|problems| problems.to_string())
}

/// Reads the configuration as the service does.
fn config(toml: &str, pairs: &[(&str, &str)]) -> Result<Config, String> {
    let source = Source { name: "gatepost.toml", text: toml };
    Config::load(&variables(pairs), Some(source)).map_err(|problems| problems.to_string())
}

fn migrated(url: &str, schema: &Schema) -> Vec<String> {
    block_on(async { migrate::migrate(url, &ConnectionOptions::default(), schema).await.unwrap().created })
}

fn with(url: &str, query: &str) -> String {
    format!("{url}?{query}")
}

/// Ways to name the schema `The_Auth`.
const NAMED: [&str; 6] = [
    "schema=The_Auth",
    "currentSchema=%22The_Auth%22",
    "search_path=%22The_Auth%22,pg_catalog",
    "schema_search_path=\"The_Auth\"",
    "options=-csearch_path%3D%22The_Auth%22",
    "options=-c search_path=\"The_Auth\"",
];

/// Everything that connects finds the tables in `The_Auth`, and a table of another schema is not taken for one of them.
fn is_used(database: &Database, url: &str) {
    let schema = schema("", &[("DATABASE_URL", url)]).unwrap();
    assert!(migrate::sql::whole(&schema).contains("create table if not exists \"The_Auth\".\"user\""), "{url}");
    assert_eq!(migrated(url, &schema).len(), 6, "{url}");
    assert!(migrated(url, &schema).is_empty(), "{url}");
    let service = Service::with(DEFAULT, &[("DATABASE_URL", url)]);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com", "{url}");
    assert_eq!(database.value("select count(*) from \"The_Auth\".\"user\""), "1", "{url}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gatepost.toml"), DEFAULT).unwrap();
    let report = block_on(doctor::local(folder.path(), &variables(&[("DATABASE_URL", url)]), None)).unwrap();
    assert_eq!(report.status(), 0, "{url}: {report}");
}

#[test]
fn the_schema_that_a_url_names_is_where_the_tables_are() {
    for query in NAMED {
        let database = Database::empty();
        database.query("create table \"user\" (nothing text)");
        is_used(&database, &with(&database.direct, query));
    }
}

#[test]
fn the_schema_that_a_url_names_is_where_the_tables_are_behind_a_pooler() {
    let Some(pooler) = Pooler::start(&server_url("postgres"), 2) else { return println!("{MISSING}") };
    for query in NAMED {
        let database = Database::empty();
        database.query("create table \"user\" (nothing text)");
        is_used(&database, &with(&pooler.url(&database.direct), query));
    }
}

#[test]
fn a_search_path_among_the_options_reaches_a_server_that_takes_it() {
    let database = Database::empty();
    let url = with(&database.direct, "options=-c search_path=auth");
    migrated(&url, &schema("", &[("DATABASE_URL", &url)]).unwrap());
    // A trigger that relies on it.
    database.query(
        "create table auth.profiles (id text);
         create function auth.profile() returns trigger language plpgsql as
             'begin insert into profiles values (new.id); return new; end';
         create trigger profile after insert on auth.\"user\" for each row execute function auth.profile()",
    );
    Service::with(DEFAULT, &[("DATABASE_URL", &url)]).user("ada@example.com");
    assert_eq!(database.value("select count(*) from auth.profiles"), "1");
}

#[test]
fn urls_and_file_name_one_schema_or_are_refused_with_both_names() {
    const NAME_A: &str = "[database]\nschema_name = \"a\"\n";
    const PATH: &str = "options=-c search_path=";
    let path = |path: &str| format!("{PATH}{path}");
    for (toml, service, unpooled, meant) in [
        ("", "schema=a", "", Ok(Some("a"))),
        ("", "schema=a", "schema=a", Ok(Some("a"))),
        ("", "schema=a", "connect_timeout=5", Ok(Some("a"))),
        ("", "schema=a&search_path=a", "", Ok(Some("a"))),
        (NAME_A, "schema=a", "schema=a", Ok(Some("a"))),
        (NAME_A, "sslmode=disable", "search_path=a", Ok(Some("a"))),
        // Which of several it is was said.
        (NAME_A, &path("a,public"), "", Ok(Some("a"))),
        ("", "schema=a&search_path=b,a", "", Ok(Some("a"))),
        ("", "sslmode=disable", "", Ok(None)),
        (NAME_A, "schema=b", "", Err(["`schema` is `b`", "`[database] schema_name` is `a`"])),
        (NAME_A, &path("b,c"), "", Err(["is `b`, `c`", "`[database] schema_name` is `a`"])),
        (NAME_A, "schema=a", "schema=b", Err(["DATABASE_URL_UNPOOLED: its `schema` is `b`", "is `a`"])),
        ("", "schema=a&search_path=b", "", Err(["`search_path` is `b`", "`schema` in DATABASE_URL is `a`"])),
        ("", "schema=a", "schema=b", Err(["DATABASE_URL_UNPOOLED: its `schema` is `b`", "DATABASE_URL is `a`"])),
        (
            "",
            "sslmode=disable",
            "schema=b",
            Err(["DATABASE_URL_UNPOOLED: its `schema` is `b`", "DATABASE_URL names no"]),
        ),
        ("", &path("a,public"), "", Err(["search_path` is `a`, `public`", "`schema_name`"])),
        ("", "search_path=\"$user\",public", "", Err(["is `$user`, `public`", "`schema_name`"])),
        ("", "search_path=\"$user\"", "", Err(["is `$user`", "`schema_name`"])),
    ] {
        let (service, unpooled) =
            (format!("postgres://u:hunter2@h/x?{service}"), format!("postgres://u:hunter2@h/x?{unpooled}"));
        let mut pairs = vec![("DATABASE_URL", service.as_str())];
        if !unpooled.ends_with('?') {
            pairs.push(("DATABASE_URL_UNPOOLED", &unpooled));
        }
        let found =
            [schema(toml, &pairs).map(|schema| schema.name), config(toml, &pairs).map(|config| config.schema.name)];
        for found in found {
            match (found, meant) {
                (Ok(name), Ok(meant)) => assert_eq!(name.as_deref(), meant, "{toml} {pairs:?}"),
                (Err(told), Err(parts)) => {
                    assert!(
                        parts.iter().all(|part| told.contains(part)) && !told.contains("hunter2"),
                        "{pairs:?}: {told}"
                    );
                }
                (found, _) => panic!("{toml} {pairs:?}: {found:?}"),
            }
        }
    }
    // Without the service's URL that of migrations counts alone.
    let alone = schema("", &[("DATABASE_URL_UNPOOLED", "postgres://u:p@h/x?schema=a")]).unwrap();
    assert_eq!(alone.name.as_deref(), Some("a"));
}

#[test]
fn a_password_is_read_as_nodes_driver_reads_it() {
    const LETTERS: [&str; 24] = [
        "a", "F", "4", "1", "0", "@", "#", "/", "?", "%", "%", "%4", "%2F", "%40", " ", ":", "+", "&", "=", ";", "\\",
        "'", "[", "é",
    ];
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut password = || (0..1 + chance.below(7)).map(|_| LETTERS[chance.below(LETTERS.len())]).collect::<String>();
    let urls: Vec<_> =
        (0..1_000).map(|_| format!("postgres://u:{}@host.example:5432/db?sslmode=disable", password())).collect();
    let theirs = node::run("urls.mjs", &[&serde_json::to_string(&urls).unwrap()], LIMIT);
    let theirs: Vec<serde_json::Value> = serde_json::from_str(&theirs).unwrap();
    let mut accepted = 0;
    for (url, theirs) in urls.iter().zip(&theirs) {
        let ours = DatabaseUrl::read(url).map(|read| read.keywords().parse::<tokio_postgres::Config>().unwrap());
        // Elsewhere it is refused, or `pg` takes a part of the password for the host.
        let is_meant = theirs["host"] == "host.example" && theirs["database"] == "db";
        match ours {
            Ok(ours) => {
                assert!(is_meant, "{url}: {theirs}");
                accepted += 1;
                let password = ours.get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                assert_eq!(password.as_deref(), theirs["password"].as_str(), "{url}");
                assert_eq!((ours.get_user(), ours.get_ports()), (Some("u"), &[5432][..]), "{url}");
            }
            Err(error) => assert!(!is_meant, "{url}: {error}"),
        }
    }
    assert!((300..900).contains(&accepted), "{accepted}");
}

#[test]
fn a_password_with_special_characters_logs_in() {
    let database = Database::new();
    let role = format!("special {}", std::process::id());
    let password = "p@ss: 100% 'q' \\é$";
    execute(
        &database.direct,
        &format!("create role \"{role}\" superuser login password '{}'", password.replace('\'', "''")),
    );
    let (_, place) = database.direct.split_once('@').unwrap();
    let urls = ["", "  ", "\n"].map(|around| format!("{around}postgres://{role}:{password}@{place}{around}"));
    let cookie = Service::new(&database.direct).user("ada@example.com");
    for url in &urls {
        assert!(Service::new(url).get("/get-session", &cookie).json()["user"].is_object(), "{url:?}");
    }
    drop(execute(&server_url("postgres"), &format!("drop role \"{role}\"")));
}

/// Everything that says something about a URL, with the URL in `DATABASE_URL` and in `DATABASE_URL_UNPOOLED`.
fn told_of(url: &str) -> String {
    let mut told = String::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gatepost.toml"), DEFAULT).unwrap();
    let pairs = [("DATABASE_URL", url), ("DATABASE_URL_UNPOOLED", url), ("VERCEL_ENV", "production")];
    let variables = variables(&pairs);
    let (config, problems) = Config::examine(&variables, Some(Source { name: "gatepost.toml", text: DEFAULT }));
    told += &format!("{problems} {:?}", config.database);
    told += &check::environment(&variables, &config, &problems, &KnownFacts::default()).to_string();
    match Auth::new(config, gatepost_cli::edge::now) {
        Ok(auth) => told.extend(auth.notices()),
        Err(problems) => told += &format!("{problems} {problems:?}"),
    }
    let report = block_on(doctor::local(folder.path(), &variables, None)).unwrap();
    told += &format!("{report} {} {report:?}", report.json());
    let options = ConnectionOptions::default();
    told += &format!("{:?}", single::address(url, options.transport));
    let connected = block_on(async { single::connect(url, &options).await.map(drop) });
    told += &connected.as_ref().map_or_else(|error| format!("{error} {error:?}"), |()| String::new());
    let plan = block_on(async { migrate::plan(url, &options, &Schema::default()).await.map(drop) });
    told += &plan.as_ref().map_or_else(|error| format!("{error} {error:?}"), |()| String::new());
    told += &format!("{:?}", DatabaseUrl::read(url));
    told
}

#[test]
fn attack_no_message_log_or_report_tells_a_part_of_a_password() {
    const PASSWORD: &str = "hunter2";
    let database = Database::new();
    let (_, place) = database.direct.split_once('@').unwrap();
    let (host, name) = place.split_once('/').unwrap();
    let user = "postgres";
    let urls = [
        // Refused by the server, by its name, by a port at which no server listens.
        format!("postgres://{user}:{PASSWORD}@{place}"),
        format!("postgres://{user}:{PASSWORD}@{host}/nowhere"),
        format!("postgres://app:{PASSWORD}@{place}"),
        format!("postgres://{user}:{PASSWORD}@127.0.0.1:1/{name}"),
        format!("postgres://{user}:{PASSWORD}@nowhere.invalid/{name}"),
        format!("postgres://{user}@{place}?password={PASSWORD}"),
        format!("postgres://{user}:{PASSWORD}@{place}?sslmode=require"),
        format!("postgres://{user}:{PASSWORD}@{place}?sslmode=no-verify"),
        format!("postgres://{user}:{PASSWORD}@{place}?channel_binding=require"),
        format!("postgres://{user}:{PASSWORD}@{place}?target_session_attrs=read-only"),
        format!("postgres://{user}:{PASSWORD}@{place}?sslrootcert=/nowhere.pem"),
        format!("postgres://{user}:{PASSWORD}@{place}?options=-c nothing=1"),
        format!("postgres://{user}:{PASSWORD}@{place}?schema=a&search_path=b"),
        // Not understood.
        format!("postgres://{user}:1/{PASSWORD}@{place}"),
        format!("postgres://{user}:1?{PASSWORD}@{place}"),
        format!("postgres://{user}:1#{PASSWORD}@{place}"),
        format!("postgres://{user}:x@{PASSWORD}/y@{place}"),
        format!("postgres://{user}:x@{PASSWORD}?y=z@{place}"),
        format!("postgres://{user}:x@{PASSWORD}#y@{place}"),
        format!("postgres://{user}:{PASSWORD}%ff@{place}"),
        format!("postgres://{user}:{PASSWORD}/{name}"),
        format!("postgres://{user}:{PASSWORD}@{place}?sslmode={PASSWORD}"),
        format!("postgres://{user}:{PASSWORD}@{place}?connect_timeout={PASSWORD}"),
        format!("postgres//{user}:{PASSWORD}@{place}"),
        format!("{user}:{PASSWORD}@{place}"),
        format!("'postgres://{user}:{PASSWORD}@{place}'"),
        format!("psql 'postgres://{user}:{PASSWORD}@{place}'"),
        format!("jdbc:postgresql://{host}/{name}?user={user}&password={PASSWORD}"),
        format!("prisma+postgres://localhost:51213/?api_key={PASSWORD}"),
        format!("postgresql+asyncpg://{user}:{PASSWORD}@{place}"),
        format!("postgresql+{PASSWORD}://{user}:p@{place}"),
        format!("DATABASE_URL=postgres://{user}:{PASSWORD}@{place}"),
        format!("host=h password={PASSWORD}"),
        PASSWORD.to_owned(),
    ];
    for url in &urls {
        let told = told_of(url);
        assert!(!told.contains(PASSWORD), "{url}: {told}");
        assert!(told.contains("DATABASE_URL"), "{url}: {told}");
    }
    // Requests, and their lines in the log.
    for url in &urls[..6] {
        let answer = Service::new(url).send("GET", "/get-session", &[("authorization", "Bearer unknown")], "");
        assert_eq!(answer.status, 503, "{url}");
        assert!(!answer.text().contains(PASSWORD), "{url}: {}", answer.text());
    }
    assert!(!log_lines().iter().any(|line| line.contains(PASSWORD)));
}
