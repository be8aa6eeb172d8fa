//! The end of `gatepost serve`: by a signal it finishes what runs, and killed it loses nothing that it answered.

use std::{
    collections::BTreeSet,
    io::Write as _,
    net::TcpStream,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    LIMIT,
    held::held,
    mailbox::Mailbox,
    postgres::Database,
    serving::{DEFAULT, Serving, everything, person},
};

const VERIFIED: &str = "[email_verification]\nsend_on_sign_up = true\n";

/// Waits until the service accepts no connection.
fn refuses(serving: &Serving) {
    let begun = Instant::now();
    while TcpStream::connect(serving.host().replace("localhost", "127.0.0.1")).is_ok() {
        assert!(begun.elapsed() < LIMIT, "the service still accepts connections");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_signal_lets_requests_finish_and_their_mails_leave() {
    for signal in ["-TERM", "-INT"] {
        let (database, mailbox) = (Database::new(), Mailbox::new());
        let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
        let mut serving = Serving::with(&format!("{DEFAULT}{VERIFIED}"), &[], &variables);
        let mut idle = serving.connect();
        let mut busy = serving.connect();
        let answer = held(&database, "insert on {session}", |held| {
            busy.write_all(serving.signing_up("ada@example.com").as_bytes()).unwrap();
            held.waiting(1);
            serving.signal(signal);
            // The connection without a request is closed, and no other one is accepted; the one with a request waits.
            assert_eq!(everything(&mut idle), "");
            refuses(&serving);
            assert!(serving.runs());
            held.let_go();
            everything(&mut busy)
        });
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("connection: close"), "{answer}");
        assert_eq!(serving.ended().code(), Some(0), "{:#?}", serving.lines());
        // The process is gone, so nothing could send it now.
        assert_eq!(mailbox.mails(1).len(), 1);
        serving.line("\"serve\":\"ended\"");
    }
}

#[test]
fn work_that_takes_longer_than_the_grace_is_cut_and_the_status_shows_it() {
    let database = Database::new();
    let mut serving = Serving::new(&database.url, &["--grace", "1"]);
    let mut busy = serving.connect();
    held(&database, "insert on {session}", |held| {
        busy.write_all(serving.signing_up("ada@example.com").as_bytes()).unwrap();
        held.waiting(1);
        serving.signal("-TERM");
        assert_eq!(serving.ended().code(), Some(1));
        let line: serde_json::Value = serde_json::from_str(&serving.line("\"serve\":\"cut\"")).unwrap();
        assert_eq!((line["connections"].as_u64(), line["tasks"].as_u64()), (Some(1), Some(1)));
        held.let_go();
    });
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    let database = Database::new();
    let mut serving = Serving::new(&database.url, &["--grace", "600"]);
    let mut busy = serving.connect();
    held(&database, "insert on {session}", |held| {
        busy.write_all(serving.signing_up("ada@example.com").as_bytes()).unwrap();
        held.waiting(1);
        serving.signal("-TERM");
        serving.line("\"serve\":\"ending\"");
        serving.signal("-INT");
        assert_eq!(serving.ended().code(), Some(1));
        held.let_go();
    });
}

#[test]
fn a_service_that_drains_is_not_ready_and_still_answers() {
    let database = Database::new();
    let mut serving = Serving::new(&database.url, &["--drain", "600"]);
    assert_eq!(serving.get("/readyz").status, 200);
    serving.signal("-TERM");
    serving.line("\"serve\":\"ending\"");
    let answer = serving.get("/readyz");
    assert_eq!((answer.status, answer.text()), (503, r#"{"status":"draining"}"#.to_owned()));
    assert_eq!((serving.get("/healthz").status, serving.sign_up("ada@example.com").status), (200, 200));
    serving.signal("-TERM");
    serving.ended();
}

#[test]
fn a_client_that_disconnects_does_not_take_its_mail_along() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
    let serving = Serving::with(&format!("{DEFAULT}{VERIFIED}"), &[], &variables);
    held(&database, "insert on {session}", |held| {
        let mut client = serving.connect();
        client.write_all(serving.signing_up("ada@example.com").as_bytes()).unwrap();
        held.waiting(1);
        drop(client);
        // An answer behind the disconnection: the service has seen it.
        assert_eq!(serving.get("/api/auth/ok").status, 200);
        held.let_go();
    });
    assert_eq!(mailbox.newest("verify-email")["to"], "ada@example.com");
}

#[test]
fn a_process_that_is_killed_under_load_loses_nothing_that_it_answered() {
    const ANSWERS: usize = 12;
    let database = Database::new();
    let serving = Serving::new(&database.url, &[]);
    let (answered, count) = (Mutex::new(BTreeSet::new()), AtomicUsize::new(0));
    thread::scope(|scope| {
        for client in 0..6 {
            let (serving, answered, count) = (&serving, &answered, &count);
            scope.spawn(move || {
                for number in 0.. {
                    let email = format!("{client}-{number}@example.com");
                    let Ok(mut stream) = TcpStream::connect(serving.host().replace("localhost", "127.0.0.1")) else {
                        return;
                    };
                    let body = person(&email);
                    let head = format!(
                        "POST /api/auth/sign-up/email HTTP/1.1\r\nhost: {}\r\norigin: {}\r\nconnection: close\r\n",
                        serving.host(),
                        serving.url
                    );
                    let rest =
                        format!("content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                    if stream.write_all((head + &rest).as_bytes()).is_err() {
                        return;
                    }
                    stream.set_read_timeout(Some(LIMIT)).unwrap();
                    if !everything(&mut stream).starts_with("HTTP/1.1 200 ") {
                        return;
                    }
                    answered.lock().unwrap().insert(email);
                    count.fetch_add(1, Relaxed);
                }
            });
        }
        let begun = Instant::now();
        while count.load(Relaxed) < ANSWERS && begun.elapsed() < LIMIT {
            thread::sleep(Duration::from_millis(5));
        }
        serving.signal("-KILL");
    });
    let answered = answered.into_inner().unwrap();
    let kept = database.query(
        "select u.email from \"user\" u join account a on a.\"userId\" = u.id join session s on s.\"userId\" = u.id",
    );
    let kept: BTreeSet<String> = kept.into_iter().map(|mut row| row.remove(0).unwrap()).collect();
    assert!(answered.len() >= ANSWERS, "{}", answered.len());
    assert_eq!(answered.difference(&kept).collect::<Vec<_>>(), Vec::<&String>::new());
}
