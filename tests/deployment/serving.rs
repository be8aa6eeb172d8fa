//! `gatepost serve`: the client, many connections, probes, a UNIX socket, and what is refused before it listens.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::{
        fs::PermissionsExt as _,
        net::{UnixListener, UnixStream},
    },
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::support::{
    LIMIT,
    crowd::at_once,
    node,
    postgres::Database,
    project::example,
    serving::{DEFAULT, Serving, everything, one_answer},
    wire::{Fault, Wire},
};

#[test]
fn the_real_client_signs_up_signs_in_reads_its_session_and_signs_out() {
    let database = Database::new();
    let serving = Serving::new(&database.url, &[]);
    let said = node::run("journey.mjs", &["--url", &serving.url], Duration::from_secs(60));
    assert!(said.contains(" passed, 0 failed"), "{said}");
    let lines = serving.lines();
    let request = lines.iter().find(|line| line.contains("\"endpoint\":\"sign_up")).unwrap();
    let line: serde_json::Value = serde_json::from_str(request).unwrap();
    assert_eq!((line["level"].as_str(), line["status"].as_u64()), (Some("info"), Some(200)));
    assert!(!lines.iter().any(|line| line.contains('@')), "{lines:#?}");
}

#[test]
fn a_thousand_connections_read_sessions_without_an_error() {
    const COUNT: usize = 1_000;
    gatepost_serve::run::allow_files(2 * COUNT as u32);
    let database = Database::new();
    let serving = Serving::new(&database.url, &[]);
    let cookie = serving.sign_up("ada@example.com").cookies();
    let request = format!("GET /api/auth/get-session HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\n\r\n", serving.host());
    let mut connections: Vec<TcpStream> = (0..COUNT).map(|_| serving.connect()).collect();
    for round in 0..2 {
        for connection in &mut connections {
            connection.write_all(request.as_bytes()).unwrap();
        }
        for connection in &mut connections {
            let answer = one_answer(connection);
            assert!(answer.starts_with("http/1.1 200 ") && answer.contains("ada@example.com"), "{round}: {answer}");
        }
    }
}

#[test]
fn a_connection_beyond_the_bound_waits_until_another_ends() {
    let database = Database::new();
    let serving = Serving::new(&database.url, &["--max-connections", "2"]);
    let request = format!("GET /api/auth/ok HTTP/1.1\r\nhost: {}\r\n\r\n", serving.host());
    let mut first = serving.connect();
    first.write_all(request.as_bytes()).unwrap();
    assert!(!one_answer(&mut first).contains("connection: close"));
    let mut second = serving.connect();
    // The second fills the service: it is asked to connect again, so that others have their turn.
    second.write_all(request.as_bytes()).unwrap();
    assert!(one_answer(&mut second).contains("connection: close"));
    let rest = at_once(4, |_| serving.get("/api/auth/ok").status);
    assert_eq!(rest, [200; 4]);
    // A third one is answered when one of two that have begun to send ends, and not before.
    drop(first);
    let begun = || {
        let mut begun = serving.connect();
        begun.write_all(request.split_at(20).0.as_bytes()).unwrap();
        begun
    };
    let (first, _other) = (begun(), begun());
    let mut third = serving.connect();
    third.write_all(request.as_bytes()).unwrap();
    third.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(third.read(&mut [0]).is_err());
    third.set_read_timeout(Some(LIMIT)).unwrap();
    drop(first);
    assert!(one_answer(&mut third).starts_with("http/1.1 200 "));
}

#[test]
fn a_unix_socket_is_for_its_owner_and_group_and_leaves_with_the_process() {
    let database = Database::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    // What a process that was killed leaves behind.
    drop(UnixListener::bind(&path).unwrap());
    let address = format!("unix:{}", path.display());
    let mut serving = Serving::new(&database.url, &["--listen", &address]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o660);
    let ask = || {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask().starts_with("HTTP/1.1 200 "));
    serving.line("--trust-proxy unix");
    let probed = Command::new(example("serve")).args(["--probe", "--listen", &address]).env_clear().status().unwrap();
    assert_eq!(probed.code(), Some(0));

    // A socket on which a process listens stays, and so does a file that is not a socket.
    for other in [path.clone(), folder.path().join("file")] {
        if other != path {
            fs::write(&other, "mine").unwrap();
        }
        let mut refused = Serving::begin(
            DEFAULT,
            &["--listen", &format!("unix:{}", other.display())],
            &[("DATABASE_URL", &database.url)],
        );
        assert_eq!(refused.ended().code(), Some(2));
        refused.line("choose another address");
    }
    assert!(ask().starts_with("HTTP/1.1 200 "));
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "mine");

    serving.signal("-TERM");
    assert_eq!(serving.ended().code(), Some(0));
    assert!(!path.exists());
}

#[test]
fn the_service_is_ready_while_the_database_answers_and_lives_without_it() {
    let database = Database::new();
    let wire = Wire::new(&database.direct);
    let toml = format!("{DEFAULT}[database]\nconnect_timeout = 1\n");
    let serving = Serving::with(&toml, &[], &[("DATABASE_URL", &wire.url)]);
    let until = |status: u16| {
        let begun = Instant::now();
        while serving.get("/readyz").status != status {
            assert!(begun.elapsed() < LIMIT, "not {status}: {:#?}", serving.lines());
            thread::sleep(Duration::from_millis(50));
        }
    };
    let probe = || {
        let listen = serving.host().replace("localhost", "127.0.0.1");
        Command::new(example("serve")).args(["--probe", "--listen", &listen]).env_clear().status().unwrap().code()
    };
    until(200);
    assert_eq!(serving.get("/readyz").text(), r#"{"status":"ready"}"#);
    assert_eq!(probe(), Some(0));

    wire.set(Fault::Refuse);
    wire.cut();
    until(503);
    assert_eq!(serving.get("/readyz").text(), r#"{"status":"no database"}"#);
    assert_eq!(serving.get("/healthz").status, 200);
    assert_eq!(probe(), Some(1));
    let line: serde_json::Value = serde_json::from_str(&serving.line("\"not ready\"")).unwrap();
    assert!(line["cause"].as_str().is_some_and(|cause| !cause.is_empty()), "{line}");

    wire.set(Fault::None);
    until(200);
    // A database that swallows statements does not answer either, and holds no probe up.
    wire.set(Fault::BlackHole);
    until(503);
    assert_eq!(serving.get("/healthz").status, 200);
}

#[test]
fn probes_cost_the_database_one_statement_for_all_that_come_within_a_second() {
    let database = Database::new();
    let wire = Wire::new(&database.direct);
    let serving = Serving::with(DEFAULT, &[], &[("DATABASE_URL", &wire.url)]);
    let begun = Instant::now();
    for _ in 0..10 {
        assert_eq!(at_once(20, |_| serving.get("/readyz").status), [200; 20]);
        assert_eq!(at_once(5, |_| serving.get("/healthz").status), [200; 5]);
    }
    let asked = wire.statements().iter().filter(|sql| *sql == "select 1").count() as u64;
    assert!((1..=begun.elapsed().as_secs() + 1).contains(&asked), "{asked}");
    let refused = serving.post_with("/ok", &[], "{}");
    assert_eq!(refused.status, 404);
}

#[test]
fn every_problem_is_printed_before_it_listens() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let toml = "[email_and_password]\nenabled = 3\n";
    let variables = [("GATEPOST_SERVE_GRACE", "soon"), ("GATEPOST_SERVE_SPEED", "9"), ("EMAIL_URL", "pigeon://")];
    let mut wrong = Serving::begin(toml, &["--listen", &address], &variables);
    assert_eq!(wrong.ended().code(), Some(2));
    for place in ["GATEPOST_SERVE_GRACE", "GATEPOST_SERVE_SPEED", "gatepost.toml:2", "EMAIL_URL"] {
        wrong.line(place);
    }
    assert!(!wrong.lines().concat().contains("listen"), "{:#?}", wrong.lines());

    let database = Database::new();
    let mut taken = Serving::begin(DEFAULT, &["--listen", &address], &[("DATABASE_URL", &database.url)]);
    assert_eq!(taken.ended().code(), Some(2));
    taken.line(&address);
}

#[test]
fn a_connection_stays_open_for_the_next_request() {
    let database = Database::new();
    let serving = Serving::new(&database.url, &[]);
    let mut connection = serving.connect();
    let request = |close: &str| format!("GET /api/auth/ok HTTP/1.1\r\nhost: {}\r\n{close}\r\n", serving.host());
    for _ in 0..3 {
        connection.write_all(request("").as_bytes()).unwrap();
        assert!(one_answer(&mut connection).starts_with("http/1.1 200 "));
    }
    connection.write_all(request("connection: close\r\n").as_bytes()).unwrap();
    assert!(everything(&mut connection).starts_with("HTTP/1.1 200 "));
}
