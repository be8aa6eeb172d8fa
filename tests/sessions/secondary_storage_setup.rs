//! A secondary storage before anything is asked of it: what is configured wrong and what to write, which tables are left out,
//! what `gatepost doctor` and `gatepost check env` say, and what is linked.

use gatepost_cli::{doctor, report::Verdict};
use gatepost_core::{
    Auth, Config,
    auth::LinkedParts,
    check::{self, KnownFacts},
    config::{Environment, Schema, Source, Variables},
};

use crate::support::{
    SECRET,
    postgres::block_on,
    redis::Redis,
    rest::Rest,
    schema,
    secondary_storage::{TOML, database},
    transport,
};

const DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://u:hunter2@db.example/x");

fn variables(pairs: &[(&str, &str)]) -> Variables {
    let usual = [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", "https://auth.example.com")];
    usual.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn problems(toml: &str, pairs: &[(&str, &str)]) -> String {
    let source = Source { name: "gatepost.toml", text: toml };
    let config = match Config::load(&variables(pairs), Some(source)) {
        Ok(config) => config,
        Err(problems) => return problems.to_string(),
    };
    Auth::new(config, gatepost_cli::edge::now).err().map(|problems| problems.to_string()).unwrap_or_default()
}

#[test]
fn what_is_missing_or_malformed_is_named_with_what_to_write_and_never_quoted() {
    const REDIS: (&str, &str) = ("REDIS_URL", "redis://u:hunter2@store.example");
    const REST: (&str, &str) = ("KV_REST_API_URL", "https://store.example");
    let rest = format!("{TOML}transport = \"rest\"\n");
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let cases: &[Case<'_>] = &[
        (TOML, &[DATABASE], "REDIS_URL: it is missing, and `secondary_storage.enabled` needs it; set it to"),
        (
            TOML,
            &[DATABASE, ("REDIS_URL", "http://u:hunter2@h")],
            "REDIS_URL: it does not begin with redis:// or rediss://; write rediss://",
        ),
        (TOML, &[DATABASE, ("KV_URL", "redis://u:hunter2@h/x")], "KV_URL: its path is not the number of a database"),
        (
            TOML,
            &[DATABASE, ("REDIS_URL", "rediss://u:hunter2@h?sslrootcert=/nowhere")],
            "REDIS_URL: its `sslrootcert` names /nowhere",
        ),
        (TOML, &[DATABASE, REST], "KV_REST_API_TOKEN: it is missing, and KV_REST_API_URL needs it"),
        (
            TOML,
            &[DATABASE, ("UPSTASH_REDIS_REST_URL", "hunter2"), ("UPSTASH_REDIS_REST_TOKEN", "t")],
            "UPSTASH_REDIS_REST_URL: it is not the URL of a REST interface; write it like https://",
        ),
        (
            &rest,
            &[DATABASE, REDIS],
            "UPSTASH_REDIS_REST_URL: it is missing, and `secondary_storage.transport` is \"rest\"",
        ),
        (
            "[secondary_storage]\nenabled = true\n[session]\nstore_session_in_database = true\n",
            &[REDIS],
            "DATABASE_URL: it is missing, and `session.store_session_in_database` needs it",
        ),
        (TOML, &[REDIS], "DATABASE_URL: it is missing, and `email_and_password.enabled` needs it"),
        (
            "[session]\nstore_session_in_database = true\n",
            &[DATABASE],
            "session.store_session_in_database: it is for services with a secondary storage",
        ),
        (
            "[verification]\nstore_in_database = true\n",
            &[DATABASE],
            "verification.store_in_database: it is for services",
        ),
        (
            "[rate_limit]\nstorage = \"secondary-storage\"\n",
            &[DATABASE],
            "rate_limit.storage = \"secondary-storage\": it is for services",
        ),
    ];
    for (toml, pairs, expected) in cases {
        let found = problems(toml, pairs);
        assert!(found.contains(expected) && !found.contains("hunter2"), "{expected}: {found}");
    }
    for pairs in [&[DATABASE, REDIS][..], &[DATABASE, REST, ("KV_REST_API_TOKEN", "t")], &[DATABASE, REDIS, REST]] {
        assert_eq!(problems(TOML, pairs), "", "{pairs:?}");
    }
    assert_eq!(problems("[secondary_storage]\nenabled = true\n", &[REDIS]), "");
}

#[test]
fn a_function_that_is_not_linked_with_it_says_so() {
    let source = Source { name: "gatepost.toml", text: TOML };
    let config = Config::load(&variables(&[DATABASE, ("REDIS_URL", "redis://localhost")]), Some(source)).unwrap();
    let linked = LinkedParts { secondary_storage: None, ..LinkedParts::ALL };
    let problems = Auth::with(config, gatepost_cli::edge::now, linked).err().unwrap().to_string();
    assert!(
        problems.contains("secondary_storage: it is not built in: it must be in the `gatepost.toml`"),
        "{problems}"
    );
}

#[test]
fn tables_that_nothing_is_in_are_not_made_and_limits_are_in_the_store() {
    let tables = |more: &str| {
        let toml = format!("{TOML}{more}");
        let schema = Schema::load(Source { name: "gatepost.toml", text: &toml }).unwrap();
        schema.tables.iter().map(|table| table.model).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(tables(""), "user account jwks rateLimit");
    assert_eq!(tables("[session]\nstore_session_in_database = true\n"), "user session account jwks rateLimit");
    assert_eq!(tables("[verification]\nstore_in_database = true\n"), "user account verification jwks rateLimit");
    let database = database(TOML);
    let made = "select count(*) from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')";
    assert_eq!(database.value(made), "4");
}

#[test]
fn an_environment_is_checked_for_it() {
    let found = |pairs: &[(&str, &str)]| {
        let variables = variables(
            &[
                &[DATABASE, ("VERCEL_ENV", "production"), ("EMAIL_URL", "resend://key"), ("EMAIL_FROM", "a@b.co")],
                pairs,
            ]
            .concat(),
        );
        let (config, problems) = Config::examine(&variables, Some(Source { name: "gatepost.toml", text: TOML }));
        assert_eq!(config.environment, Environment::Production);
        check::environment(&variables, &config, &problems, &KnownFacts::default()).to_string()
    };
    assert!(found(&[]).contains("problem  REDIS_URL: it is missing"));
    assert!(found(&[("REDIS_URL", "redis://u:hunter2@h:port")]).contains("problem  REDIS_URL: it is not a URL"));
    let plain = found(&[("REDIS_URL", "redis://u:hunter2@store.example")]);
    assert!(
        plain.contains("warning  REDIS_URL: `store.example` is used without TLS") && !plain.contains("hunter2"),
        "{plain}"
    );
    assert!(!found(&[("REDIS_URL", "rediss://u:hunter2@store.example")]).contains("REDIS_URL"));
    assert!(
        found(&[("REDSI_URL", "rediss://u:hunter2@store.example")])
            .contains("REDSI_URL: nothing reads it; write REDIS_URL")
    );
    assert!(found(&[("NEXT_PUBLIC_REDIS_URL", "x")]).contains("problem  NEXT_PUBLIC_REDIS_URL: REDIS_URL is a secret"));
}

#[test]
fn doctor_says_whether_it_answers_and_what_to_do_where_it_does_not() {
    let Some(redis) = Redis::start() else { return };
    let (database, rest) = (database(TOML), Rest::new(redis.port, "right"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gatepost.toml"), schema::configured(TOML)).unwrap();
    let told = |pairs: &[(&str, &str)]| {
        let variables = variables(&[&[("DATABASE_URL", transport::url(&database.url).as_str())], pairs].concat());
        let report = block_on(doctor::local(folder.path(), &variables, None)).unwrap();
        let mut findings = report.findings.into_iter();
        let finding = findings.find(|finding| finding.check == "secondary storage").unwrap();
        // A feature that is switched off misses nothing.
        assert!(findings.all(|finding| finding.verdict == Verdict::Ok));
        (finding.verdict, finding.evidence, finding.fix.unwrap_or_default())
    };
    let (verdict, evidence, _) = told(&[("REDIS_URL", &redis.url())]);
    assert_eq!(verdict, Verdict::Ok, "{evidence}");
    assert!(evidence.contains(&format!("127.0.0.1:{} answers, without TLS", redis.port)), "{evidence}");
    assert!(evidence.contains("sessions and single-use secrets are stored only there"), "{evidence}");
    let over_rest = |token| told(&[("KV_REST_API_URL", &rest.url), ("KV_REST_API_TOKEN", token)]);
    assert_eq!(over_rest("right").0, Verdict::Ok);
    let (verdict, evidence, fix) = over_rest("wrong");
    assert_eq!(verdict, Verdict::Fail);
    assert!(evidence.contains("WRONGPASS") && fix.contains("the token beside it"), "{evidence} {fix}");
    // A user who may do everything but run scripts is of no use here.
    redis.ask(&["ACL", "SETUSER", "poor", "on", ">hunter2", "~*", "+@all", "-eval"]);
    let (verdict, evidence, fix) = told(&[("REDIS_URL", &format!("redis://poor:hunter2@127.0.0.1:{}", redis.port))]);
    assert_eq!(verdict, Verdict::Fail);
    assert!(evidence.contains("NOPERM") && fix.contains("EVAL") && !evidence.contains("hunter2"), "{evidence} {fix}");
    let (verdict, evidence, fix) = told(&[("REDIS_URL", "redis://nobody:hunter2@127.0.0.1:1")]);
    assert_eq!(verdict, Verdict::Fail);
    assert!(evidence.contains("REDIS_URL (127.0.0.1:1)") && fix.contains("start the store"), "{evidence} {fix}");
    assert!(!evidence.contains("hunter2"));
}
