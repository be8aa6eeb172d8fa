//! Connections to a Redis, as proof against an instance that freezes between two requests as those to the database are
//! (`store/pool.rs`). Nothing in here waits without a bound, and nothing runs between two commands.

use std::{io, sync::Arc, time::Duration};

use deadpool::managed::{self, Hook, HookError, Metrics, PoolConfig, PoolError, RecycleError, RecycleResult, Timeouts};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{
    Value,
    resp::{self, Unread},
    url::Target,
};
use crate::{
    config::SecondaryStorage,
    stopwatch::{Clock, Step, Stopwatch, What},
    store::{
        StoreError,
        pool::{PAUSES, Repeat, idle_for_too_long},
        tls,
    },
};

/// The connections of this process.
pub(super) struct Redis {
    pool: managed::Pool<Connections>,
    clock: Clock,
    wait: Duration,
    command: Duration,
}

/// Refusals of a server that is not itself at the moment, or not the one any more that takes writes.
const PASSING: [&str; 5] = ["LOADING", "MASTERDOWN", "READONLY", "TRYAGAIN", "CLUSTERDOWN"];

struct Connections {
    target: Target,
    tls: Option<TlsConnector>,
    clock: Clock,
}

/// With and without TLS alike.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for S {}

struct Connection {
    stream: Box<dyn Stream>,
    used_at: Timestamp,
    /// Whether a command is not answered yet. It never will be where its request went away.
    asked: bool,
}

impl managed::Manager for Connections {
    type Type = Connection;
    type Error = io::Error;

    async fn create(&self) -> Result<Connection, io::Error> {
        let mut pauses = PAUSES.into_iter();
        loop {
            match (self.connect().await, pauses.next()) {
                // What TLS or the login refuses it will refuse again.
                (Err(error), Some(pause)) if error.kind() != io::ErrorKind::InvalidData => {
                    tokio::time::sleep(pause).await;
                }
                (connected, _) => return connected,
            }
        }
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<io::Error> {
        if connection.asked {
            return Err(RecycleError::message("a request went away before its answer"));
        }
        // Nobody has asked for anything: there is something to read only where the server has closed it, or says so.
        match connection.stream.read_u8().now_or_never() {
            None => Ok(()),
            Some(_) => Err(RecycleError::message("the server has closed it")),
        }
    }
}

impl Connections {
    async fn connect(&self) -> Result<Connection, io::Error> {
        let Target { host, port, user, password, database, .. } = &self.target;
        let stream = TcpStream::connect((host.as_str(), *port)).await?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
                Box::new(tls.connect(name, stream).await?)
            }
        };
        let mut connection = Connection { stream, used_at: (self.clock)(), asked: false };
        if let Some(password) = password {
            let login: Vec<&str> = ["AUTH"].into_iter().chain(user.as_deref()).chain([password.as_str()]).collect();
            connection.greet(&login).await?;
        }
        if *database != 0 {
            connection.greet(&["SELECT", &database.to_string()]).await?;
        }
        Ok(connection)
    }
}

impl Connection {
    /// What has to succeed before anything else is asked.
    async fn greet(&mut self, command: &[&str]) -> Result<(), io::Error> {
        match self.exchange(&resp::command(command)).await? {
            Value::Refused(words) if is_passing(&words) => Err(io::Error::other(words)),
            Value::Refused(words) => Err(io::Error::new(io::ErrorKind::InvalidData, words)),
            _ => Ok(()),
        }
    }

    async fn exchange(&mut self, command: &[u8]) -> Result<Value, io::Error> {
        self.stream.write_all(command).await?;
        self.stream.flush().await?;
        let mut bytes = Vec::with_capacity(4_096);
        loop {
            if self.stream.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match resp::answer(&bytes) {
                Ok((value, length)) if length == bytes.len() => return Ok(value),
                Err(Unread::Incomplete) => {}
                // More than one answer to one command is none.
                Ok(_) | Err(Unread::Broken) => return Err(io::Error::other("it does not speak the protocol of Redis")),
            }
        }
    }
}

fn is_passing(words: &str) -> bool {
    PASSING.iter().any(|word| words.starts_with(word))
}

impl Redis {
    /// For the server of a URL, without connecting.
    ///
    /// # Errors
    /// Where the connections cannot be kept.
    pub(super) fn new(mut target: Target, config: &SecondaryStorage, clock: Clock) -> Result<Self, String> {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        let idle = seconds(config.idle_timeout);
        let not_idle_for_long = Hook::sync_fn(move |connection: &mut Connection, _| {
            let too_long = idle_for_too_long(connection.used_at, clock(), idle);
            if too_long { Err(HookError::message("idle for too long")) } else { Ok(()) }
        });
        let timeouts = Timeouts {
            wait: Some(seconds(config.wait_timeout)),
            create: Some(seconds(config.connect_timeout)),
            recycle: Some(Duration::from_secs(2)),
        };
        let tls = target.tls.take().map(|tls| TlsConnector::from(Arc::new(tls)));
        let pool = managed::Pool::builder(Connections { target, tls, clock })
            .config(PoolConfig { max_size: config.max_connections as usize, timeouts, ..PoolConfig::default() })
            .runtime(deadpool::Runtime::Tokio1)
            .pre_recycle(not_idle_for_long)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { pool, clock, wait: seconds(config.wait_timeout), command: seconds(config.command_timeout) })
    }

    async fn checkout(&self, watch: &Stopwatch) -> Result<managed::Object<Connections>, StoreError> {
        let mut getting = std::pin::pin!(self.pool.get());
        // With an idle connection there is no wait, and nobody reads a clock.
        let got = match getting.as_mut().now_or_never() {
            Some(got) => got,
            None => {
                let from = (self.clock)();
                let got = getting.await;
                watch.note(Step { what: What::Wait, from, to: (self.clock)() });
                got
            }
        };
        got.map_err(|error| match error {
            PoolError::Timeout(managed::TimeoutType::Wait) => StoreError::Secondary(format!(
                "no connection became free within {} s: raise `secondary_storage.max_connections`",
                self.wait.as_secs()
            )),
            PoolError::Timeout(_) => StoreError::Secondary("connecting took too long".to_owned()),
            PoolError::Backend(error) => StoreError::Secondary(explained(&error)),
            other => StoreError::Secondary(other.to_string()),
        })
    }

    /// Sends one command and reads its answer.
    pub(super) async fn ask(&self, watch: &Stopwatch, repeat: Repeat, command: &[&str]) -> Result<Value, StoreError> {
        let command = resp::command(command);
        let (mut may_repeat, mut pauses) = (repeat == Repeat::Safe, PAUSES.into_iter());
        loop {
            let mut connection = self.checkout(watch).await?;
            connection.asked = true;
            let asking = tokio::time::timeout(self.command, connection.exchange(&command));
            let answer = watch.measure(What::Database, asking).await;
            connection.asked = false;
            connection.used_at = (self.clock)();
            match answer {
                Ok(Ok(Value::Refused(words))) if is_passing(&words) => {
                    // Nothing was done, and another server may be the right one in a moment.
                    self.give_up(connection);
                    match pauses.next() {
                        Some(pause) => tokio::time::sleep(pause).await,
                        None => return Ok(Value::Refused(words)),
                    }
                }
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(error)) => {
                    self.give_up(connection);
                    if !may_repeat {
                        return Err(StoreError::Secondary(format!("the connection was lost: {}", explained(&error))));
                    }
                    may_repeat = false;
                }
                Err(_) => {
                    self.give_up(connection);
                    let seconds = self.command.as_secs();
                    return Err(StoreError::Secondary(format!("a command was not answered within {seconds} s")));
                }
            }
        }
    }

    /// It must not come back into the pool, and the idle ones are likely to be as dead.
    fn give_up(&self, connection: managed::Object<Connections>) {
        drop(managed::Object::take(connection));
        self.close_idle();
    }

    pub(super) fn close_idle(&self) {
        self.pool.retain(|_, _| false);
    }

    pub(super) fn size(&self) -> usize {
        self.pool.status().size
    }
}

fn explained(error: &io::Error) -> String {
    match tls::advice(error) {
        Some(advice) => format!("{error}; {advice}"),
        None => error.to_string(),
    }
}
