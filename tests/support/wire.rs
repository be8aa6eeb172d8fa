//! A proxy in front of PostgreSQL that reads along, which statements reach the server and whether they have names, and that
//! does to the traffic what networks do.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use super::{LIMIT, protocol::Reader};

/// The treatment of the traffic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// Nothing bad.
    None,
    /// Bytes of the client are held back, and continue when this ends. Everything looks connected.
    Stall,
    /// A statement with this text is held back, and goes on when this ends.
    HoldBack(&'static str),
    /// All bytes are lost, in both directions, and the connection with them. Everything looks connected and stays so.
    BlackHole,
    /// Every answer comes so much later, that to connecting as well.
    #[allow(dead_code, reason = "the sweeps need it")]
    Delay(Duration),
    /// Half of an answer arrives, then the connection is closed.
    CutInAnswer,
    /// The server has done what a statement with this text asks for; then the connection is closed without its answer.
    CutBeforeAnswer(&'static str),
    /// New connections are closed at once; older ones go on.
    Refuse,
    /// New connections are answered with this, in the class of states that poolers use, and closed.
    Answer(&'static str),
}

/// The reason for which a client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The network's own connection.
    Tcp,
    /// Whether the server speaks TLS.
    TlsRequest,
    /// The handshake of TLS.
    Handshake,
    /// The start of the session, which names the user and the database.
    Startup,
    /// A message of the login.
    Login,
    /// A statement.
    Statement,
    /// One of the last three, inside TLS.
    Encrypted,
}

impl Phase {
    /// Reads it from the bytes with which a client begins to wait.
    fn of(bytes: &[u8]) -> Self {
        match bytes {
            [_, _, _, _, 4, 210, 22, 47, ..] => Self::TlsRequest,
            [22, 3, ..] => Self::Handshake,
            // In TLS 1.3 a record without content comes before the second hello, or before what is encrypted.
            [20, 3, _, _, _, _, 22, ..] => Self::Handshake,
            [20 | 23, 3, ..] => Self::Encrypted,
            [0, 0, _, _, 0, 3, 0, _, ..] => Self::Startup,
            [b'p', ..] => Self::Login,
            _ => Self::Statement,
        }
    }
}

/// A running proxy. Dropping it closes it and every connection through it.
pub struct Wire {
    /// The database's URL, through the proxy.
    pub url: String,
    port: u16,
    closed: Arc<AtomicBool>,
    shared: Shared,
}

/// The state that all connections share.
#[derive(Clone)]
struct Shared(Arc<Mutex<State>>);

struct State {
    fault: Fault,
    seen: Seen,
    streams: Vec<TcpStream>,
}

/// The traffic that went by.
#[derive(Default)]
struct Seen {
    statements: Vec<String>,
    named: Vec<String>,
    round_trips: usize,
    phases: Vec<Phase>,
    connections: usize,
    refusals: usize,
    first_byte: Option<u8>,
}

/// The state that both directions of a connection share.
#[derive(Default)]
struct Connection {
    lost: AtomicBool,
    cut: AtomicBool,
    asked: AtomicBool,
}

impl Wire {
    /// In front of the server of `url`.
    pub fn new(url: &str) -> Self {
        let (before, rest) = url.split_at(url.rfind('@').expect("a URL with a user") + 1);
        let (authority, after) = rest.split_at(rest.find('/').unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared =
            Shared(Arc::new(Mutex::new(State { fault: Fault::None, seen: Seen::default(), streams: Vec::new() })));
        let closed = Arc::new(AtomicBool::new(false));
        let wire = Self {
            url: format!("{before}127.0.0.1:{port}{after}"),
            port,
            closed: closed.clone(),
            shared: shared.clone(),
        };
        let server = authority.to_owned();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if closed.load(Relaxed) {
                    break;
                }
                let mut state = shared.lock();
                match state.fault {
                    Fault::Refuse => state.seen.refusals += 1,
                    Fault::Answer(words) => {
                        state.seen.refusals += 1;
                        thread::spawn(move || answer(client, words));
                    }
                    _ => {
                        let (shared, server) = (shared.clone(), server.clone());
                        thread::spawn(move || shared.connect(client, &server));
                    }
                }
            }
        });
        wire
    }

    /// The statements that were sent since the last call, in order.
    pub fn statements(&self) -> Vec<String> {
        std::mem::take(&mut self.shared.lock().seen.statements)
    }

    /// Waits until a statement with this text was sent, and forgets it and those before.
    pub fn await_statement(&self, text: &str) {
        let begun = Instant::now();
        while !self.statements().iter().any(|sql| sql.contains(text)) {
            assert!(begun.elapsed() < LIMIT, "no statement with {text} was sent");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The statements that were given a name.
    pub fn named(&self) -> Vec<String> {
        self.shared.lock().seen.named.clone()
    }

    /// How often since the last call a client waited for the server, the opening of connections included.
    pub fn round_trips(&self) -> usize {
        std::mem::take(&mut self.shared.lock().seen.round_trips)
    }

    /// The reasons of these waits since the last call.
    pub fn phases(&self) -> Vec<Phase> {
        std::mem::take(&mut self.shared.lock().seen.phases)
    }

    /// The first byte of the last connection.
    pub fn first_byte(&self) -> Option<u8> {
        self.shared.lock().seen.first_byte
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        self.shared.lock().seen.connections
    }

    /// How many connections [`Fault::Refuse`] and [`Fault::Answer`] have closed.
    pub fn refusals(&self) -> usize {
        self.shared.lock().seen.refusals
    }

    /// From now on this becomes of the traffic.
    pub fn set(&self, fault: Fault) {
        self.shared.lock().fault = fault;
    }

    /// Lets nothing more through to the server, while everything looks connected.
    pub fn stall(&self, stalled: bool) {
        self.set(if stalled { Fault::Stall } else { Fault::None });
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        for stream in std::mem::take(&mut self.shared.lock().streams) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.closed.store(true, Relaxed);
        self.set(Fault::None);
        self.cut();
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Answers every new connection with an error, and closes it.
fn answer(mut client: TcpStream, words: &str) -> std::io::Result<()> {
    const TLS_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
    let mut bytes = [0; 1_024];
    let read = client.read(&mut bytes)?;
    if bytes[4..read] == TLS_REQUEST {
        client.write_all(b"N")?;
        let _ = client.read(&mut bytes)?;
    }
    let fields = format!("SFATAL\0VFATAL\0CXX000\0M{words}\0\0");
    client.write_all(&[b"E", &u32::try_from(fields.len() + 4).unwrap().to_be_bytes()[..], fields.as_bytes()].concat())
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn connect(self, client: TcpStream, server: &str) {
        let Ok(server) = TcpStream::connect(server) else { return };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let fault = {
            let mut state = self.lock();
            state.seen.round_trips += 1;
            state.seen.phases.push(Phase::Tcp);
            state.seen.connections += 1;
            state.streams.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
            state.fault
        };
        if let Fault::Delay(time) = fault {
            thread::sleep(time);
        }
        let connection = Arc::new(Connection::default());
        let (to_client, from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let (back, its) = (self.clone(), connection.clone());
        thread::spawn(move || back.answers(from_server, to_client, &its));
        self.questions(client, server, &connection);
    }

    /// From the client to the server.
    fn questions(&self, mut client: TcpStream, mut server: TcpStream, connection: &Connection) {
        let (mut bytes, mut reader, mut first) = ([0; 65_536], Reader::default(), true);
        while let Ok(read @ 1..) = client.read(&mut bytes) {
            let mut state = self.lock();
            if std::mem::take(&mut first) {
                state.seen.first_byte = Some(bytes[0]);
            }
            let mut held = false;
            for statement in reader.read(&bytes[..read]) {
                held |= matches!(state.fault, Fault::HoldBack(text) if statement.sql.contains(text));
                if matches!(state.fault, Fault::CutBeforeAnswer(text) if statement.sql.contains(text)) {
                    connection.cut.store(true, Relaxed);
                }
                if statement.named {
                    state.seen.named.push(statement.sql.clone());
                }
                state.seen.statements.push(statement.sql);
            }
            // No client waits for the answer to a goodbye.
            if bytes[..read] != *b"X\0\0\0\x04" && !connection.asked.swap(true, Relaxed) {
                state.seen.round_trips += 1;
                state.seen.phases.push(Phase::of(&bytes[..read]));
            }
            let mut fault = state.fault;
            drop(state);
            while fault == Fault::Stall || (held && matches!(fault, Fault::HoldBack(_))) {
                thread::sleep(Duration::from_millis(5));
                fault = self.lock().fault;
            }
            if fault == Fault::BlackHole {
                connection.lost.store(true, Relaxed);
            }
            if !connection.lost.load(Relaxed) && server.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        let _ = server.shutdown(Shutdown::Both);
    }

    /// From the server to the client.
    fn answers(&self, mut server: TcpStream, mut client: TcpStream, connection: &Connection) {
        let mut bytes = [0; 65_536];
        while let Ok(read @ 1..) = server.read(&mut bytes) {
            let fault = self.lock().fault;
            match fault {
                Fault::Delay(time) => thread::sleep(time),
                Fault::BlackHole => connection.lost.store(true, Relaxed),
                _ => {}
            }
            if connection.lost.load(Relaxed) {
                continue;
            }
            let cut = connection.cut.load(Relaxed);
            let whole = !cut && fault != Fault::CutInAnswer;
            let part = if whole { read } else { read / 2 };
            connection.asked.store(false, Relaxed);
            let written = cut || client.write_all(&bytes[..part]).is_ok();
            if !whole || !written {
                break;
            }
        }
        // A connection that is lost is not closed.
        if !connection.lost.load(Relaxed) {
            let _ = client.shutdown(Shutdown::Both);
        }
        let _ = server.shutdown(Shutdown::Both);
    }
}
