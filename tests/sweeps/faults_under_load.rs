//! A database that fails while it is in use. For every fault of the connections: each answer is the right one or a 503, none is
//! later than the bounds add up to, no client gets another user's session, no user is stored in part or twice, and all is well
//! again one bound after the fault.

use std::{
    io::Write as _,
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    http::Answer,
    postgres::{self, Database},
    schema,
    server::Server,
    service::Service,
    wire::{Fault, Wire},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[database]\nmax_connections = 3\nwait_timeout = 1\nconnect_timeout = 1\nstatement_timeout = 1\n";
/// Waiting, connecting and a statement take a second each at most (`TOML`).
const BOUND: Duration = Duration::from_secs(3);
/// No endpoint here sends more than two statements, a lost connection repeats one; what is over that is for hashing passwords
/// on a machine that does much else.
const LONGEST: Duration = Duration::from_secs(30);
/// How long each fault lasts: longer than any of the bounds.
const FAULT: Duration = Duration::from_millis(1_500);
const PEOPLE: usize = 4;

/// Counts of the requests by result.
#[derive(Default)]
struct Tally {
    served: AtomicUsize,
    unavailable: AtomicUsize,
    over: AtomicBool,
}

impl Tally {
    /// Right, or a 503 that says when to come back, within the bound.
    fn check(&self, begun: Instant, answer: &Answer, right: impl FnOnce() -> bool) {
        let took = begun.elapsed();
        assert!(took < LONGEST, "an answer after {took:?}");
        match answer.status {
            503 => {
                assert_eq!(answer.json()["code"], "DATABASE_UNAVAILABLE");
                assert_eq!(answer.header("retry-after"), Some("1"));
                self.unavailable.fetch_add(1, Relaxed);
            }
            _ => {
                assert!(right(), "{}: {}", answer.status, answer.text());
                self.served.fetch_add(1, Relaxed);
            }
        }
    }
}

/// Ends all threads when it is dropped, also by a test that fails.
struct EndsThreads<'a>(&'a Tally);

impl Drop for EndsThreads<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Relaxed);
    }
}

/// Reads its session again and again, and now and then signs up a new user, who then signs in.
fn person(service: &Service, number: usize, cookie: &str, tally: &Tally) {
    for round in 0.. {
        if tally.over.load(Relaxed) {
            return;
        }
        let begun = Instant::now();
        let answer = service.get("/get-session", cookie);
        tally.check(begun, &answer, || answer.json()["user"]["email"] == format!("person{number}@example.com"));
        if round % 8 == 0 {
            let body = format!(
                r#"{{"name":"New","email":"new{number}-{round}@example.com","password":"correct horse battery"}}"#
            );
            let (begun, answer) = (Instant::now(), service.post("/sign-up/email", "", &body));
            tally.check(begun, &answer, || answer.status == 200);
            let signed_up = answer.status == 200;
            let (begun, answer) = (Instant::now(), service.post("/sign-in/email", "", &body));
            // A sign-up that was answered with 503 may have been written.
            tally.check(begun, &answer, || answer.status == 200 || (!signed_up && answer.status == 401));
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Puts the service behind `url` under load, has `fault` happen, and looks at what is left. Returns what was served and what
/// was not.
fn under_load(url: &str, rows_url: &str, fault: impl FnOnce(&Tally)) -> (usize, usize) {
    let service = Service::with(TOML, &[("DATABASE_URL", url)]);
    let cookies: Vec<_> = (0..PEOPLE).map(|number| service.user(&format!("person{number}@example.com"))).collect();
    let tally = Tally::default();
    thread::scope(|scope| {
        let over = EndsThreads(&tally);
        let people: Vec<_> = cookies
            .iter()
            .enumerate()
            .map(|(number, cookie)| {
                let (service, tally) = (&service, &tally);
                scope.spawn(move || person(service, number, cookie, tally))
            })
            .collect();
        thread::sleep(Duration::from_millis(200));
        fault(&tally);
        thread::sleep(BOUND);
        // One bound after the fault, no request meets it any more.
        for (number, cookie) in cookies.iter().enumerate() {
            let answer = service.get("/get-session", cookie);
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(answer.json()["user"]["email"], format!("person{number}@example.com"));
        }
        service.user("afterwards@example.com");
        drop(over);
        people.into_iter().for_each(|person| person.join().unwrap());
    });
    let wrong = r#"select
        (select count(*) from "user" u where (select count(*) from account a where a."userId" = u.id) <> 1) || ' ' ||
        (select count(*) from "user" u where not exists (select from session s where s."userId" = u.id)) || ' ' ||
        (select count(*) from session s where not exists (select from "user" u where u.id = s."userId")) || ' ' ||
        (select count(*) - count(distinct email) from "user")"#;
    assert_eq!(
        postgres::execute(&schema::shown_at(rows_url), wrong)[0][0].as_deref(),
        Some("0 0 0 0"),
        "something is half written"
    );
    assert!(service.auth.pool.size() <= 3);
    let tally = (tally.served.into_inner(), tally.unavailable.into_inner());
    println!("{tally:?} were served, were a 503");
    tally
}

fn on_the_wire(fault: Fault) -> (usize, usize) {
    on_the_wire_until(fault, |_| true)
}

/// The fault goes on until a request has met it: on a busy machine none may begin in time.
fn on_the_wire_until(fault: Fault, is_met: impl Fn(&Tally) -> bool) -> (usize, usize) {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    under_load(&wire.url, &database.direct, |tally| {
        wire.set(fault);
        let begun = Instant::now();
        while begun.elapsed() < FAULT || (!is_met(tally) && begun.elapsed() < LONGEST) {
            thread::sleep(Duration::from_millis(50));
        }
        wire.set(Fault::None);
    })
}

fn one_is_refused(tally: &Tally) -> bool {
    tally.unavailable.load(Relaxed) > 0
}

#[test]
fn a_network_that_stalls_under_load_loses_nothing() {
    let (served, unavailable) = on_the_wire_until(Fault::Stall, one_is_refused);
    assert!(served > 0 && unavailable > 0);
}

#[test]
fn a_network_that_swallows_everything_under_load_loses_nothing() {
    let (served, unavailable) = on_the_wire_until(Fault::BlackHole, one_is_refused);
    assert!(served > 0 && unavailable > 0);
}

#[test]
fn a_network_that_takes_200_ms_under_load_costs_no_request() {
    let (served, unavailable) = on_the_wire(Fault::Delay(Duration::from_millis(200)));
    // Some wait for a connection longer than they may, since three of them carry less now.
    assert!(served > unavailable);
}

#[test]
fn answers_that_are_cut_in_their_middle_under_load_lose_nothing() {
    let (served, unavailable) = on_the_wire_until(Fault::CutInAnswer, one_is_refused);
    assert!(served > 0 && unavailable > 0);
}

#[test]
fn connections_that_are_refused_under_load_lose_nothing() {
    let (served, _) = on_the_wire(Fault::Refuse);
    assert!(served > 0);
}

#[test]
fn connections_that_the_server_ends_at_random_under_load_cost_no_read() {
    let database = Database::new();
    let mut seed = 0x9e37_79b9_u32;
    let (served, unavailable) = under_load(&database.url, &database.direct, |_| {
        for _ in 0..40 {
            // A generator that forgets nothing: the same connections are ended in every run.
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            database.query(&format!(
                "select pg_terminate_backend((select pid from pg_stat_activity where datname = current_database()
                and application_name = 'gatepost' and pid <> pg_backend_pid() order by md5(pid::text || '{seed}') limit 1))"
            ));
            thread::sleep(Duration::from_millis(20 + u64::from(seed % 30)));
        }
    });
    assert!(served > 10 * unavailable, "{served} and {unavailable}");
}

#[test]
fn a_server_that_restarts_under_load_loses_nothing() {
    let mut server = Server::with_schema("restarted", |_| {});
    let url = server.url();
    let (served, _) = under_load(&url, &url, |_| server.restart());
    assert!(served > 0);
}

#[test]
fn a_sign_up_whose_answer_is_lost_is_not_done_again() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let service = Service::with(TOML, &[("DATABASE_URL", &wire.url)]);
    let writing = schema::part("insert into {user}");
    for number in 0..10 {
        let body = format!(r#"{{"name":"Ada","email":"ada{number}@example.com","password":"correct horse battery"}}"#);
        wire.statements();
        wire.set(Fault::CutBeforeAnswer(writing));
        let answer = service.post("/sign-up/email", "", &body);
        wire.set(Fault::None);
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{}", answer.text());
        let sent = wire.statements().iter().filter(|sql| sql.contains(writing)).count();
        assert_eq!(sent, 1, "nobody knows whether it went through");
        // It did, whole: the answer says so, and the person can sign in.
        let again = service.post("/sign-up/email", "", &body);
        assert_eq!((again.status, again.json()["code"].as_str()), (422, Some("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")));
        assert_eq!(service.post("/sign-in/email", "", &body).status, 200);
    }
    let counts = r#"select (select count(*) from "user") || ' ' || (select count(*) from account) || ' ' || (select count(*) from session)"#;
    assert_eq!(database.value(counts), "10 10 20");
}

#[test]
fn a_session_whose_answer_is_lost_is_opened_once_and_read_again() {
    let opening = schema::part("on conflict ({session.token})");
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let service = Service::with(TOML, &[("DATABASE_URL", &wire.url)]);
    service.user("ada@example.com");
    let body = r#"{"email":"ada@example.com","password":"correct horse battery"}"#;
    wire.set(Fault::CutBeforeAnswer(opening));
    thread::scope(|scope| {
        let signing_in = scope.spawn(|| service.post("/sign-in/email", "", body));
        wire.await_statement(opening);
        // The statement is sent once more, and that answer arrives.
        wire.set(Fault::None);
        let signed_in = signing_in.join().unwrap();
        assert_eq!(signed_in.status, 200, "{}", signed_in.text());
        assert_eq!(service.get("/get-session", &signed_in.cookies()).json()["user"]["email"], "ada@example.com");
    });
    assert_eq!(database.value("select count(*) from session"), "2");
}

#[test]
fn a_connection_whose_request_went_away_in_the_middle_of_a_statement_is_lent_to_nobody() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let toml = "[email_and_password]\nenabled = true\n[database]\nmax_connections = 1\nwait_timeout = 30\n";
    let service = Service::with(toml, &[("DATABASE_URL", &wire.url)]);
    let (ada, eve) = (service.user("ada@example.com"), service.user("eve@example.com"));
    wire.statements();
    wire.set(Fault::BlackHole);
    let mut stream = TcpStream::connect(service.url.replace("http://localhost", "127.0.0.1")).unwrap();
    write!(stream, "GET /api/auth/get-session HTTP/1.1\r\nhost: localhost\r\ncookie: {ada}\r\n\r\n").unwrap();
    wire.await_statement("left join");
    drop(stream);
    wire.set(Fault::None);
    // The connection will never say anything again. On it, this would wait for the statement's bound and be a 503.
    assert_eq!(service.get("/get-session", &eve).json()["user"]["email"], "eve@example.com");
}
