//! A server or a pooler that refuses a connection: the log, `doctor` and `migrate` say why and what to write.

use std::time::Instant;

use gatepost_cli::{doctor, migrate};
use gatepost_core::config::{ConnectionOptions, Schema, Variables};

use crate::support::{
    LIMIT, SECRET,
    pooler::{MISSING, Pooler},
    postgres::{block_on, execute},
    server::Server,
    service::{DEFAULT, Service, log_lines},
    wire::Wire,
};

/// A refusal of a connection: the server's words, and the fix.
struct Refusal {
    url: String,
    words: &'static str,
    advice: &'static str,
}

impl Refusal {
    /// The log of a service, `doctor` and `migrate` tell both, and the service tries once.
    fn is_told(&self) {
        let Self { url, words, advice } = self;
        let wire = Wire::new(url);
        let service = Service::new(&wire.url);
        let before = log_lines().len();
        let answer = service.send("GET", "/get-session", &[("authorization", "Bearer unknown")], "");
        assert_eq!((answer.status, wire.connections()), (503, 1), "{url}");
        let lines = log_lines();
        let is_it = |line: &&String| line.contains(words) && line.contains(advice) && !line.contains("hunter2");
        assert!(lines[before..].iter().any(|line| is_it(&line)), "{url}: {:?}", &lines[before..]);

        let variables =
            [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", "https://auth.example.com"), ("DATABASE_URL", url)];
        let variables: Variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gatepost.toml"), DEFAULT).unwrap();
        let report = block_on(doctor::local(folder.path(), &variables, None)).unwrap();
        let last = report.findings.last().unwrap();
        let fix = last.fix.clone().unwrap_or_default();
        assert!(last.check == "database" && last.evidence.contains(words) && fix.contains(advice), "{url}: {report}");
        assert!(!last.evidence.contains(advice), "it is told twice: {report}");

        let planned = block_on(async {
            let planned = migrate::plan(url, &ConnectionOptions::default(), &Schema::default()).await;
            planned.err().map(|error| error.to_string())
        });
        let told = planned.expect("it was accepted");
        assert!(told.contains(words) && told.contains(advice), "{url}: {told}");
    }
}

/// A server that lets in users by name, without TLS.
fn server(name: &str) -> Server {
    let server = Server::start(name, |_| {});
    execute(
        &server.url(),
        "create role only_reads login; alter role only_reads set default_transaction_read_only = on;
         create role only_tls login password 'hunter2'; create role unlisted login password 'hunter2'",
    );
    // The server writes the file itself: it belongs to the account that it runs as. It escapes the ends of lines.
    let lines = "hostssl all only_tls all scram-sha-256
host all only_reads,absent all trust
host all banned all reject
host all postgres all scram-sha-256
";
    let write = "printf %b \"$(cat)\" > pg_hba.conf";
    execute(&server.url(), &format!("copy (select '{lines}') to program '{write}'"));
    execute(&server.url(), "select pg_reload_conf()");
    let begun = Instant::now();
    while Refusal::of(&server, "only_reads:", "", "").connects().is_some() {
        assert!(begun.elapsed() < LIMIT, "{:?}", Refusal::of(&server, "only_reads:", "", "").connects());
    }
    server
}

impl Refusal {
    /// With this login and these parameters instead of the superuser's.
    fn of(server: &Server, login: &str, words: &'static str, advice: &'static str) -> Self {
        let url = server.url();
        let (_, place) = url.split_once('@').unwrap();
        Self { url: format!("postgres://{login}@{place}"), words, advice }
    }

    fn connects(&self) -> Option<String> {
        block_on(async {
            gatepost_core::store::single::connect(&self.url, &ConnectionOptions::default())
                .await
                .err()
                .map(|e| e.to_string())
        })
    }
}

/// A token instead of the user's name, without a password.
#[test]
fn attack_a_user_without_a_password_is_not_named_where_a_connection_is_refused() {
    let server = server("unnamed");
    for login in ["hunter2_absent", "hunter2_absent:"] {
        Refusal::of(&server, login, "no pg_hba.conf entry", "by no line of its pg_hba.conf").is_told();
    }
    for (login, told) in [("absent", "role \"…\" does not exist"), ("absent:hunter2", "role \"absent\" does not exist")]
    {
        let said = Refusal::of(&server, login, "", "").connects().expect("it was let in");
        assert!(said.contains(told), "{login}: {said}");
    }
}

#[test]
fn what_a_server_refuses_is_told_with_what_to_do() {
    let server = server("refused");
    let with =
        |parameters: &str, words, advice| Refusal { url: format!("{}?{parameters}", server.url()), words, advice };
    let refusals = [
        Refusal::of(&server, "postgres", "password missing", "the URL has none"),
        Refusal::of(&server, "postgres:", "password missing", "the URL has none"),
        Refusal::of(&server, "postgres:hunter2", "(SQLSTATE 28P01)", "the user or the password in the URL is wrong"),
        Refusal::of(&server, "absent:hunter2", "does not exist (SQLSTATE 28000)", "no user has this name"),
        Refusal::of(&server, "unlisted:hunter2", "no pg_hba.conf entry", "by no line of its pg_hba.conf"),
        Refusal::of(&server, "banned:hunter2", "pg_hba.conf rejects", "by no line of its"),
        Refusal::of(&server, "only_tls:hunter2", "no encryption", "write `sslmode=require`"),
        Refusal {
            url: server.url_of("nowhere"),
            words: "(SQLSTATE 3D000)",
            advice: "correct it there, or create the database",
        },
        with("channel_binding=require", "did not use channel binding", "needs TLS and a login by SCRAM"),
        with("sslmode=require", "does not support TLS", "`sslmode=disable`"),
        with("options=-c nothing=1", "unrecognized configuration parameter", "does not take the `options`"),
        with("options=-c geqo=x", "requires a Boolean value", "does not take the `options`"),
    ];
    refusals.iter().for_each(Refusal::is_told);
}

#[test]
fn no_host_that_a_url_asks_for_is_told_with_what_to_do() {
    let server = server("refused-attributes");
    let told = |login: &str, attributes: &str| {
        let refusal = Refusal::of(&server, login, "", "");
        Refusal { url: format!("{}?target_session_attrs={attributes}", refusal.url), ..refusal }.connects()
    };
    for (login, attributes, words) in
        [("only_reads", "read-write", "does not allow writes"), ("only_reads:", "read-write", "does not allow writes")]
    {
        let told = told(login, attributes).expect("it was accepted");
        assert!(told.contains(words) && told.contains("no host of the URL is as its `target_session_attrs`"), "{told}");
    }
    assert_eq!(told("only_reads", "read-only"), None);
    assert_eq!(told("only_reads", "any"), None);
    assert!(told("only_reads", "primary").unwrap().contains("any, read-write, read-only"));
}

#[test]
fn what_a_pooler_refuses_is_told_with_what_to_do() {
    let server = Server::with_schema("refused-pooled", |_| {});
    let Some(pooler) = Pooler::start(&server.url(), 2) else { return println!("{MISSING}") };
    let url = pooler.url(&server.url());
    let (_, place) = url.split_once('@').unwrap();
    let other = |login: &str, words, advice| Refusal { url: format!("postgres://{login}@{place}"), words, advice };
    let refusals = [
        Refusal {
            url: format!("{url}?options=-c geqo=off"),
            words: "unsupported startup parameter",
            advice: "`ignore_startup_parameters = options`",
        },
        other("postgres:hunter2", "SASL authentication failed", "the user or the password in the URL is wrong"),
        other("absent:hunter2", "SASL authentication failed", "the user or the password in the URL is wrong"),
        other("postgres", "password missing", "the URL has none"),
    ];
    refusals.iter().for_each(Refusal::is_told);
    // It lets the login in, and learns of it with the first statement.
    let nowhere = pooler.url(&server.url_of("nowhere"));
    let planned =
        block_on(async { migrate::plan(&nowhere, &ConnectionOptions::default(), &Schema::default()).await.map(drop) });
    let told = planned.expect_err("it was accepted").to_string();
    assert!(told.contains("nowhere") && told.contains("or create the database"), "{told}");
}
