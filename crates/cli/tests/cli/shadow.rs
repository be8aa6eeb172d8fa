//! `gatepost shadow` as a user runs it: its arguments, its output and how it ends.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

use super::dev::{ended, folder, gatepost};

fn output(command: Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = ended(command);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// A server that answers every request with this body, until the test ends.
fn server(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
            let _ = stream.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
    });
    url
}

fn replay(folder: &Path, from: &str, to: &str, recording: &str) -> (Option<i32>, String, String) {
    std::fs::write(folder.join("session.har"), recording).unwrap();
    output(gatepost(folder, &["shadow", "--from", from, "--to", to, "--replay", "session.har"]))
}

const RECORDING: &str = r#"{"log":{"entries":[
    {"request":{"method":"GET","url":"https://app.example.com/api/auth/get-session","headers":[{"name":"cookie","value":"a=s3cret"}]}},
    {"request":{"method":"POST","url":"https://app.example.com/api/auth/sign-out"}}]}}"#;

#[test]
fn a_recording_is_replayed_and_the_status_says_whether_the_answers_are_the_same() {
    let folder = folder();
    let (ada, eve) =
        (server(r#"{"user":{"email":"ada@example.com"}}"#), server(r#"{"user":{"email":"eve@example.com"}}"#));
    let (status, out, err) = replay(folder.path(), &ada, &ada, RECORDING);
    assert_eq!((status, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with("2 requests: 1 the same, 0 different, 1 only for --from"), "{out}");

    let (status, out, _) = replay(folder.path(), &ada, &eve, RECORDING);
    assert_eq!(status, Some(1), "{out}");
    assert!(out.contains("DIFFERS GET /get-session: body.user.email was <text of 15 characters #"), "{out}");
    assert!(out.contains("1 differ: /get-session") && !out.contains("example.com") && !out.contains("s3cret"), "{out}");

    let mut command = gatepost(folder.path(), &["shadow", "--from", &ada, "--to", "http://127.0.0.1:1"]);
    command.args(["--replay", "session.har", "--json"]);
    let (status, out, _) = output(command);
    assert!(status == Some(1) && out.contains("\"failed\": 1"), "{out}");
}

#[test]
fn what_cannot_be_compared_ends_with_a_sentence() {
    let folder = folder();
    let (status, out, _) =
        replay(folder.path(), "http://127.0.0.1:1", "http://127.0.0.1:1", r#"{"log":{"entries":[]}}"#);
    assert!(status == Some(2) && out.starts_with("0 requests"), "{out}");
    let (status, _, err) = replay(folder.path(), "http://127.0.0.1:1", "http://127.0.0.1:1", "s3cret");
    assert!(status == Some(2) && err.contains("session.har: it is not a HAR file") && !err.contains("s3cret"), "{err}");
    let (status, _, err) = replay(folder.path(), "auth.example.com", "http://127.0.0.1:1", RECORDING);
    assert!(status == Some(2) && err.contains("--from is `auth.example.com`"), "{err}");
    let (status, _, err) = replay(folder.path(), "http://127.0.0.1:1", "auth.example.com", RECORDING);
    assert!(status == Some(2) && err.contains("--to is `auth.example.com`"), "{err}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (status, _, err) = output(gatepost(
        folder.path(),
        &["shadow", "--from", "http://127.0.0.1:1", "--to", "http://127.0.0.1:1", "--port", &port],
    ));
    assert!(
        status == Some(2) && err.contains(&format!("cannot listen on port {port}")) && err.contains("--port"),
        "{err}"
    );
}
