//! Connections to the secondary storage. Like those to the database they tolerate instances that freeze between two requests
//! (`store/kept.rs`). Every wait has a bound, and nothing runs between two commands.

use std::{io, time::Duration};

use deadpool::managed::{self, Metrics, PoolError, RecycleError, RecycleResult};
use jiff::Timestamp;

use super::{
    redis, rest, url,
    value::{Value, is_passing},
};
use crate::{
    config::{SecondaryStorage, StoragePlace},
    stopwatch::{Clock, Step, StepKind, Stopwatch},
    store::{
        StoreError,
        kept::{self, IdleConnection, PAUSES},
        pool::Repeat,
        tls,
    },
};

/// The pool of connections of this process.
pub(super) struct Connections {
    pool: managed::Pool<Manager>,
    clock: Clock,
    wait: Duration,
    command: Duration,
}

/// The protocol of the secondary storage.
enum Server {
    Redis(Box<redis::Server>),
    Rest(rest::Server),
}

enum Line {
    Redis(redis::Line),
    Rest(Box<rest::Line>),
}

struct Manager {
    server: Server,
    clock: Clock,
}

struct Connection {
    line: Line,
    used_at: Timestamp,
    /// Whether a command is unanswered. It stays unanswered if its request was dropped.
    asked: bool,
}

impl IdleConnection for Connection {
    fn used_at(&self) -> Timestamp {
        self.used_at
    }
}

impl managed::Manager for Manager {
    type Type = Connection;
    type Error = io::Error;

    async fn create(&self) -> Result<Connection, io::Error> {
        let attempt = || async {
            match &self.server {
                Server::Redis(server) => server.connect().await.map(Line::Redis),
                Server::Rest(server) => server.connect().await.map(|line| Line::Rest(Box::new(line))),
            }
        };
        // TLS or the login will refuse again what they have refused once.
        let line = kept::connect(attempt, |error| error.kind() != io::ErrorKind::InvalidData).await?;
        Ok(Connection { line, used_at: (self.clock)(), asked: false })
    }

    async fn recycle(&self, connection: &mut Connection, _: &Metrics) -> RecycleResult<io::Error> {
        if connection.asked {
            return Err(RecycleError::message("a request was dropped before its answer"));
        }
        let is_over = match &mut connection.line {
            Line::Redis(line) => line.is_over(),
            Line::Rest(line) => line.is_over(),
        };
        if is_over { Err(RecycleError::message("the server has closed the connection")) } else { Ok(()) }
    }
}

impl Connection {
    async fn exchange(&mut self, command: &[&str]) -> io::Result<Value> {
        match &mut self.line {
            Line::Redis(line) => line.exchange(command).await,
            Line::Rest(line) => line.exchange(command).await,
        }
    }
}

impl Connections {
    /// Creates the pool for the storage of a configuration, without connecting.
    ///
    /// # Errors
    /// A sentence for the operator about the address of the storage, which quotes nothing of it.
    pub(super) fn new(config: &SecondaryStorage, clock: Clock) -> Result<Self, String> {
        let server = match &config.place {
            StoragePlace::Redis { url, .. } => {
                let target = url::read(url.text(), config.options.root_certificates.as_deref())?;
                Server::Redis(Box::new(redis::Server::new(target)))
            }
            StoragePlace::Rest { url, token, .. } => Server::Rest(rest::Server::new(url, token)?),
        };
        let pool =
            kept::pool(Manager { server, clock }, &config.options.bounds, config.options.connect_timeout, clock)?;
        Ok(Self { pool, clock, wait: config.options.bounds.wait_timeout, command: config.options.command_timeout })
    }

    async fn checkout(&self, watch: &Stopwatch) -> Result<managed::Object<Manager>, StoreError> {
        let waited = |from, to| watch.note(Step { kind: StepKind::Wait, from, to });
        let got = kept::checkout(&self.pool, self.clock, waited).await;
        got.map_err(|error| match error {
            PoolError::Timeout(managed::TimeoutType::Wait) => StoreError::Secondary(format!(
                "no connection became free within {} s: raise `secondary_storage.max_connections`",
                self.wait.as_secs()
            )),
            PoolError::Timeout(_) => StoreError::Secondary("connecting took too long".to_owned()),
            PoolError::Backend(error) => StoreError::Secondary(self.explained(&error)),
            other => StoreError::Secondary(other.to_string()),
        })
    }

    /// Sends one command and reads its answer.
    pub(super) async fn ask(&self, watch: &Stopwatch, repeat: Repeat, command: &[&str]) -> Result<Value, StoreError> {
        let (mut may_repeat, mut pauses) = (repeat == Repeat::Safe, PAUSES.into_iter());
        loop {
            let mut connection = self.checkout(watch).await?;
            connection.asked = true;
            let asking = tokio::time::timeout(self.command, connection.exchange(command));
            let answer = watch.measure(StepKind::Database, asking).await;
            connection.asked = false;
            connection.used_at = (self.clock)();
            match answer {
                Ok(Ok(Value::Refused(words))) if is_passing(&words) => {
                    // The command has done nothing, and another server may accept it in a moment.
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
                        return Err(StoreError::Secondary(format!(
                            "the connection was lost: {}",
                            self.explained(&error)
                        )));
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

    /// Discards a connection, so that it does not return to the pool, and the idle ones, which are probably dead as well.
    fn give_up(&self, connection: managed::Object<Manager>) {
        drop(managed::Object::take(connection));
        self.close_idle();
    }

    pub(super) fn close_idle(&self) {
        self.pool.retain(|_, _| false);
    }

    pub(super) fn size(&self) -> usize {
        self.pool.status().size
    }

    /// Writes an error for the operator, with advice if TLS is the cause and the URL can change it.
    fn explained(&self, error: &io::Error) -> String {
        match (&self.pool.manager().server, tls::advice(error)) {
            (Server::Redis(_), Some(advice)) => format!("{error}; {advice}"),
            _ => error.to_string(),
        }
    }
}
