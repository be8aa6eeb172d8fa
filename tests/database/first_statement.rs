//! How many round trips a new connection needs before its first answer: what the protocol allows, shown by a client that is nothing but
//! a socket. A client may send its first statement together with the last message of the login.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    num::NonZeroU32,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{digest, hmac, pbkdf2};
use url::Url;

use crate::support::{
    LIMIT,
    pooler::{MISSING, Pooler},
    postgres::Database,
};

/// A connection, and how often it waited for an answer.
struct Raw {
    stream: TcpStream,
    read: Vec<u8>,
    waited: usize,
}

/// A message with its kind.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind], &length[..], body].concat()
}

impl Raw {
    fn open(url: &Url) -> Self {
        let stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new(), waited: 1 }
    }

    /// Sends bytes at once, then reads messages up to one of this kind, whose body it returns.
    fn ask(&mut self, bytes: &[u8], until: &[u8]) -> Vec<u8> {
        self.stream.write_all(bytes).unwrap();
        self.waited += 1;
        self.next(until)
    }

    fn next(&mut self, until: &[u8]) -> Vec<u8> {
        loop {
            while let Some(length) = self.read.get(1..5) {
                let end = 1 + u32::from_be_bytes(length.try_into().unwrap()) as usize;
                if self.read.len() < end {
                    break;
                }
                let message: Vec<u8> = self.read.drain(..end).collect();
                let said = String::from_utf8_lossy(&message[5..]).into_owned();
                assert!(message[0] != b'E', "the server refuses: {said}");
                if until.contains(&message[0]) {
                    return message[5..].to_vec();
                }
            }
            let mut bytes = [0; 8_192];
            let read = self.stream.read(&mut bytes).unwrap();
            assert!(read > 0, "the server closes the connection");
            self.read.extend_from_slice(&bytes[..read]);
        }
    }
}

/// Which messages leave together.
#[derive(Clone, Copy, PartialEq)]
enum Together {
    /// None: each waits for the answer to the one before, as drivers do.
    Nothing,
    /// The last message of the login and the statement.
    Statement,
    /// These, and the first message of the login with the one before it.
    All,
}

/// Logs in with a password and reads one value. Returns it, and how often the client waited.
fn first_value(url: &str, together: Together) -> (String, usize) {
    let url = Url::parse(url).unwrap();
    let (user, password) = (url.username().to_owned(), url.password().unwrap().to_owned());
    let parameters = format!("user\0{user}\0database\0{}\0\0", url.path().trim_start_matches('/'));
    let length = u32::try_from(parameters.len() + 8).unwrap().to_be_bytes();
    let startup = [&length[..], &196_608_u32.to_be_bytes(), parameters.as_bytes()].concat();

    let first = "n=,r=a nonce of this test".replace(' ', "-");
    let client_first = format!("n,,{first}");
    let size = u32::try_from(client_first.len()).unwrap().to_be_bytes();
    let begin = message(b'p', &[b"SCRAM-SHA-256\0", &size[..], client_first.as_bytes()].concat());
    let mut raw = Raw::open(&url);
    let challenge = if together == Together::All {
        let mechanisms = raw.ask(&[startup, begin].concat(), b"R");
        assert_eq!(mechanisms[..4], 10_u32.to_be_bytes());
        raw.next(b"R")
    } else {
        raw.ask(&startup, b"R");
        raw.ask(&begin, b"R")
    };
    assert_eq!(challenge[..4], 11_u32.to_be_bytes());
    let challenge = String::from_utf8(challenge[4..].to_vec()).unwrap();
    let field = |name: &str| challenge.split(',').find_map(|part| part.strip_prefix(name)).unwrap();
    let (nonce, salt) = (field("r="), STANDARD.decode(field("s=")).unwrap());
    let iterations: NonZeroU32 = field("i=").parse().unwrap();

    let mut salted = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, iterations, &salt, password.as_bytes(), &mut salted);
    let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec();
    let client_key = sign(&salted, b"Client Key");
    let without_proof = format!("c=biws,r={nonce}");
    let signed = sign(
        digest::digest(&digest::SHA256, &client_key).as_ref(),
        format!("{first},{challenge},{without_proof}").as_bytes(),
    );
    let proof: Vec<u8> = client_key.iter().zip(&signed).map(|(key, signed)| key ^ signed).collect();
    let last = message(b'p', format!("{without_proof},p={}", STANDARD.encode(proof)).as_bytes());
    // Parse, Bind, Execute, Sync, as the service sends a statement.
    let statement = [
        message(b'P', b"\0select 'the ' || $1\0\0\x01\0\0\0\x19"),
        message(b'B', b"\0\0\0\0\0\x01\0\0\0\x06answer\0\0"),
        message(b'E', b"\0\0\0\0\0"),
        message(b'S', b""),
    ]
    .concat();
    let row = if together == Together::Nothing {
        raw.ask(&last, b"Z");
        raw.ask(&statement, b"D")
    } else {
        raw.ask(&[last, statement].concat(), b"D")
    };
    // The number of columns and the length of the first are before it.
    (String::from_utf8(row[6..].to_vec()).unwrap(), raw.waited)
}

#[test]
fn the_server_answers_a_statement_that_comes_with_the_last_message_of_the_login() {
    let database = Database::new();
    let waits = [Together::Nothing, Together::Statement, Together::All].map(|together| {
        let (value, waits) = first_value(&database.direct, together);
        assert_eq!(value, "the answer");
        waits
    });
    assert_eq!(waits, [5, 4, 3]);
}

#[test]
fn a_pooler_answers_a_statement_that_comes_with_the_last_message_of_the_login() {
    let database = Database::new();
    let Some(pooler) = Pooler::start(&database.direct, 2) else { return println!("{MISSING}") };
    let waits = [Together::Nothing, Together::Statement, Together::All].map(|together| {
        let (value, waits) = first_value(&pooler.url(&database.direct), together);
        assert_eq!(value, "the answer");
        waits
    });
    assert_eq!(waits, [5, 4, 3]);
}
