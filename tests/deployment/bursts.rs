//! Many instances at once, as the platform starts them for a crowd: the database is never asked for more connections than the
//! instances may have, what it has no connection for is a 503 in time, and after the crowd the connections are gone.

use std::{
    path::Path,
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use gatepost_cli::roles;
use gatepost_core::{config::ConnectionOptions, store::single};

use crate::support::{
    LIMIT, http,
    instance::Instance,
    pooler::{MISSING, Pooler},
    postgres::block_on,
    schema,
    server::Server,
    service::Service,
};

/// Bounds that are generous for a machine that runs a hundred processes and other tests.
const TOML: &str = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n[jwt]\nenabled = false\n[database]\nmax_connections = 2\nidle_timeout = 1\nwait_timeout = 10\nconnect_timeout = 10\nstatement_timeout = 10\n";
/// Waiting, connecting and a statement, once more where the connection was lost.
const LONGEST: Duration = Duration::from_secs(60);
/// The connections of each instance that has some.
const CONNECTIONS: &str = "select count(*) from pg_stat_activity where usename = 'app' group by application_name";
/// Requests that each instance has at once.
const AT_ONCE: usize = 4;

/// A server of its own that takes 50 connections, three of them for its owner alone, and somebody's cookies.
struct Crowd {
    server: Server,
    folder: tempfile::TempDir,
    cookie: String,
}

/// The answers to a crowd's requests, and the most connections that were counted: of one instance, and of all.
#[derive(Default, Debug)]
struct Outcome {
    served: usize,
    unavailable: usize,
    most_of_one: usize,
    most_of_all: usize,
}

impl Crowd {
    fn new(name: &str) -> Self {
        let server = Server::with_schema(name, |options| options.max_connections = 50);
        let folder = tempfile::tempdir().unwrap();
        schema::written(folder.path(), TOML);
        let cookie = Service::new(&server.url()).user("ada@example.com");
        // Not the owner, who could use the connections that are kept for emergencies.
        server.query("create role app login password 'app'");
        server.query(&roles::sql("app", schema::of_the_run()));
        Self { server, folder, cookie }
    }

    fn config(&self) -> std::path::PathBuf {
        self.folder.path().join("gatepost.toml")
    }

    /// The role's URL. The instance's name distinguishes its connections.
    fn url(&self) -> String {
        let url = self.server.url();
        let (_, rest) = url.split_once('@').unwrap();
        format!("postgres://app:app@{rest}")
    }

    /// Starts instances of these names at once and asks each for the session, several times at once and twice in a row.
    /// Counts connections all the while. Every answer without a session has to be a 503 that says when to come back.
    fn arrives(&self, url: &str, names: &[String]) -> (Vec<Instance>, Outcome) {
        let (over, config, begun) = (AtomicBool::new(false), self.config(), Barrier::new(2));
        thread::scope(|scope| {
            let counting = scope.spawn(|| self.count_until(&over, &begun));
            begun.wait();
            let starting: Vec<_> = names
                .iter()
                .map(|name| {
                    let (url, config) = (format!("{url}?application_name={name}"), &config);
                    scope.spawn(move || ask(&url, config, &self.cookie))
                })
                .collect();
            let asked: Vec<_> = starting.into_iter().map(|starting| starting.join()).collect();
            over.store(true, Relaxed);
            let (most_of_one, most_of_all) = counting.join().unwrap();
            let mut outcome = Outcome { most_of_one, most_of_all, ..Outcome::default() };
            let mut instances = Vec::new();
            for (instance, served, unavailable) in asked.into_iter().map(Result::unwrap) {
                outcome.served += served;
                outcome.unavailable += unavailable;
                instances.push(instance);
            }
            println!("{outcome:?}");
            (instances, outcome)
        })
    }

    /// On one connection that stays open: a server that is full would not take another.
    fn count_until(&self, over: &AtomicBool, begun: &Barrier) -> (usize, usize) {
        block_on(async {
            let client = single::connect(&self.server.url(), &ConnectionOptions::default()).await.unwrap();
            begun.wait();
            let (mut most_of_one, mut most_of_all) = (0, 0);
            while !over.load(Relaxed) {
                let rows = client.query_typed(CONNECTIONS, &[]).await.unwrap();
                let counts: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
                most_of_one = most_of_one.max(counts.iter().copied().max().unwrap_or(0));
                most_of_all = most_of_all.max(counts.iter().sum());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            (most_of_one.try_into().unwrap(), most_of_all.try_into().unwrap())
        })
    }

    /// The crowd is gone: so are its connections, though the instances are still there.
    fn leaves(&self) {
        let begun = Instant::now();
        while let left @ 1.. = self.server.query(CONNECTIONS).len() {
            assert!(begun.elapsed() < LIMIT, "{left} instances have connections");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn ask(url: &str, config: &Path, cookie: &str) -> (Instance, usize, usize) {
    let instance = Instance::start("get-session", url, config);
    let (mut served, mut unavailable) = (0, 0);
    for _ in 0..2 {
        let answers: Vec<_> = thread::scope(|scope| {
            let asking: Vec<_> = (0..AT_ONCE)
                .map(|_| {
                    scope.spawn(|| {
                        let begun = Instant::now();
                        (instance.session(cookie), begun.elapsed())
                    })
                })
                .collect();
            asking.into_iter().map(|asking| asking.join().unwrap()).collect()
        });
        for (answer, took) in answers {
            assert!(took < LONGEST, "an answer after {took:?}");
            if answer.status == 503 {
                assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
                unavailable += 1;
            } else {
                assert_eq!(answer.json()["user"]["email"], "ada@example.com");
                served += 1;
            }
        }
    }
    (instance, served, unavailable)
}

fn names(kind: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{kind}{number}")).collect()
}

#[test]
fn a_hundred_instances_and_fifty_connections_are_sessions_and_503s_in_time() {
    let crowd = Crowd::new("burst");
    let (instances, outcome) = crowd.arrives(&crowd.url(), &names("instance", 100));
    assert_eq!(outcome.served + outcome.unavailable, 100 * 2 * AT_ONCE);
    assert!(outcome.served > 0);
    assert!(outcome.most_of_one <= 2 && outcome.most_of_all <= 50, "{outcome:?}");
    crowd.leaves();
    // Nothing is left of it: each of them is served again, one after the other.
    for instance in &instances {
        assert_eq!(instance.session(&crowd.cookie).json()["user"]["email"], "ada@example.com");
    }
}

#[test]
fn a_hundred_instances_behind_a_pooler_are_all_served() {
    let crowd = Crowd::new("pooled-burst");
    let Some(pooler) = Pooler::start(&crowd.server.url(), 20) else { return println!("{MISSING}") };
    let (_instances, outcome) = crowd.arrives(&pooler.url(&crowd.url()), &names("instance", 100));
    assert_eq!((outcome.served, outcome.unavailable), (100 * 2 * AT_ONCE, 0));
    assert!(outcome.most_of_all <= 20, "{outcome:?}");
}

#[test]
fn two_versions_at_once_stay_inside_the_budget_of_one() {
    let crowd = Crowd::new("rolling");
    // 20 instances with two connections each are fewer than the server's 47.
    let both: Vec<_> = names("old", 10).into_iter().chain(names("new", 10)).collect();
    let (_instances, outcome) = crowd.arrives(&crowd.url(), &both);
    assert_eq!((outcome.served, outcome.unavailable), (20 * 2 * AT_ONCE, 0));
    assert!(outcome.most_of_one <= 2 && outcome.most_of_all <= 40, "{outcome:?}");
    crowd.leaves();
}

#[test]
fn two_hundred_sign_ins_at_once_stay_under_512_mb_and_past_the_queue_are_503() {
    let crowd = Crowd::new("overload");
    let instance = Instance::start("sign-in", &crowd.url(), &crowd.config());
    let body = br#"{"email":"ada@example.com","password":"correct horse battery"}"#;
    let headers = [("content-type", "application/json"), ("origin", instance.url.as_str())];
    let url = format!("{}/api/auth/sign-in/email", instance.url);
    let answers: Vec<_> = thread::scope(|scope| {
        let asking: Vec<_> = (0..200).map(|_| scope.spawn(|| http::send("POST", &url, &headers, body))).collect();
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    let (served, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert!(served.len() >= 100, "{}", served.len());
    for answer in &refused {
        assert_eq!((answer.status, answer.json()["code"].as_str()), (503, Some("OVERLOADED")));
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    let peak = instance.peak_memory();
    println!("{} were served, {} refused, at {} MB", served.len(), refused.len(), peak / 1_000_000);
    assert!(peak < 512_000_000, "{peak} bytes");
}
