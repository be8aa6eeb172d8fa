//! The secondary storage: sessions, single-use values and counts in a key-value store, under better-auth's keys and with its values
//! and expiries (spec jwt-oauth-schema §6), so that gatepost and better-auth may share one.
//!
//! Each operation that reads and writes shared entries is one command: a script, which the storage runs as one step. So concurrent
//! instances lose no changes, and an operation is one round trip.

mod connections;
mod counts;
mod redis;
mod resp;
mod rest;
mod scripts;
mod secrets;
mod sessions;
mod url;
mod value;

use std::{pin::Pin, sync::Arc};

use jiff::Timestamp;

use self::value::Value;
use super::{
    StoreError,
    pool::Repeat,
    secret::{NewSecret, Secret},
    trips::RoundTrips,
    values::Values,
};
use crate::{
    config::{Config, Field, SecondaryStorage, StoragePlace},
    model::{Session, User},
    stopwatch::Clock,
};

/// The result of an operation.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Opens the secondary storage of a configuration, without connecting; `None` if it has none.
///
/// A function value, like those in `context::SessionKeys`: a binary that does not use it does not contain the secondary
/// storage.
pub type OpenStorage = fn(&Config, Clock) -> Result<Option<Arc<dyn Secondary>>, String>;

/// The implementation of [`OpenStorage`].
pub const OPEN: OpenStorage = open;

/// The address of a secondary storage, without the secrets of its URL.
pub struct Address {
    /// The host's name or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether the connection uses TLS, with a verified certificate.
    pub tls: bool,
}

/// Reads the address of the secondary storage.
///
/// # Errors
/// A sentence for the operator, which quotes nothing of the URL.
pub fn address(storage: &SecondaryStorage) -> Result<Address, String> {
    Ok(match &storage.place {
        StoragePlace::Redis { url, .. } => {
            let target = url::read(url.text(), storage.options.root_certificates.as_deref())?;
            Address { host: target.host, port: target.port, tls: target.tls.is_some() }
        }
        StoragePlace::Rest { url, .. } => Address {
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or(443),
            tls: url.scheme() == "https",
        },
    })
}

/// The reason why a token has no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSession {
    /// The token has no entry.
    Unknown,
    /// The entry is not a session with this token. The database is not asked for one either.
    Unreadable,
    /// The session exists, but all sessions that the user had then were revoked.
    Revoked,
}

/// A change of a session.
#[derive(Clone, Copy)]
pub enum Change<'a> {
    /// Moves the expiry.
    Expiry(Timestamp),
    /// Sets additional fields.
    Own(&'a Values),
}

/// The kinds of entries that the database holds in addition to the secondary storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseEntries {
    /// Whether it holds sessions.
    pub sessions: bool,
    /// Whether it also keeps ended sessions, marked by their expiry: then only the secondary storage decides who is signed in.
    pub ended_sessions: bool,
    /// Whether it holds single-use values, which are redeemed there.
    pub secrets: bool,
}

impl DatabaseEntries {
    /// Whether a session that the secondary storage does not have may be in the database.
    pub fn may_have_session(self) -> bool {
        self.sessions && !self.ended_sessions
    }
}

/// The operations of a secondary storage. Each ends within the configured bounds.
pub trait Secondary: Send + Sync {
    /// Returns what the database holds in addition.
    fn in_database(&self) -> DatabaseEntries;

    /// Returns the session with this token, expired or not, and its user.
    fn session<'a>(
        &'a self,
        trips: &'a RoundTrips,
        token: &'a str,
    ) -> Answer<'a, Result<(Session, Option<User>), NoSession>>;

    /// Stores a new session, and adds it to the list of its user.
    fn open_session<'a>(&'a self, trips: &'a RoundTrips, session: &'a Session, user: &'a User) -> Answer<'a, ()>;

    /// Changes a session and returns it; `None` if it has ended.
    fn change_session<'a>(
        &'a self,
        trips: &'a RoundTrips,
        token: &'a str,
        change: Change<'a>,
        now: Timestamp,
    ) -> Answer<'a, Option<Session>>;

    /// Gives a session the identifier, the token, the expiry and the beginning of `new`, and returns it; `None` if it has ended.
    fn rename_session<'a>(
        &'a self,
        trips: &'a RoundTrips,
        old: &'a str,
        new: &'a Session,
    ) -> Answer<'a, Option<Session>>;

    /// Returns the sessions of a user that have not expired.
    fn sessions<'a>(&'a self, trips: &'a RoundTrips, user_id: &'a str, now: Timestamp) -> Answer<'a, Vec<Session>>;

    /// Ends the session with this token, if it exists; with `owner`, only if it belongs to that user.
    fn end_session<'a>(&'a self, trips: &'a RoundTrips, token: &'a str, owner: Option<&'a str>) -> Answer<'a, ()>;

    /// Ends every session of a user, including those that are being opened.
    fn end_sessions<'a>(&'a self, trips: &'a RoundTrips, user_id: &'a str) -> Answer<'a, ()>;

    /// Ends the sessions of a user, except the one with `token`.
    fn end_other_sessions<'a>(&'a self, trips: &'a RoundTrips, user_id: &'a str, token: &'a str) -> Answer<'a, ()>;

    /// Ends the sessions in which an administrator acts as others, including those that are being opened.
    fn end_impersonations<'a>(&'a self, trips: &'a RoundTrips, administrator: &'a str) -> Answer<'a, ()>;

    /// Replaces the user in each session of the user.
    fn change_user<'a>(&'a self, trips: &'a RoundTrips, user: &'a User, now: Timestamp) -> Answer<'a, ()>;

    /// Stores a single-use value.
    fn put_secret<'a>(&'a self, trips: &'a RoundTrips, new: &'a NewSecret) -> Answer<'a, ()>;

    /// Returns a single-use value, without redeeming it.
    fn secret<'a>(&'a self, trips: &'a RoundTrips, identifiers: &'a [String]) -> Answer<'a, Option<Secret>>;

    /// Takes a single-use value: of two concurrent requests, one gets it.
    fn take_secret<'a>(&'a self, trips: &'a RoundTrips, identifiers: &'a [String]) -> Answer<'a, Option<Secret>>;

    /// Counts a request, and returns the count in a window of this many seconds that began with its first request.
    fn count<'a>(&'a self, trips: &'a RoundTrips, key: &'a str, window: u32) -> Answer<'a, u64>;

    /// Whether a request was counted in a window that has not ended.
    fn has_count<'a>(&'a self, trips: &'a RoundTrips, key: &'a str) -> Answer<'a, bool>;

    /// Checks that the storage answers and supports what the scripts need. Changes nothing.
    fn probe<'a>(&'a self, trips: &'a RoundTrips) -> Answer<'a, ()>;

    /// Closes every idle connection.
    fn close_idle(&self);

    /// Returns the number of open connections.
    fn size(&self) -> usize;
}

/// The secondary storage of an instance.
struct Stored {
    connections: connections::Connections,
    prefix: String,
    in_database: DatabaseEntries,
    /// For how many seconds a revocation of all of a user's sessions, or of an administrator's impersonations, is remembered: the longest
    /// lifetime of a session.
    revoked_for: u32,
    clock: Clock,
    user_fields: Vec<Field>,
    session_fields: Vec<Field>,
}

fn open(config: &Config, clock: Clock) -> Result<Option<Arc<dyn Secondary>>, String> {
    let Some(storage) = &config.secondary_storage else { return Ok(None) };
    let session = &config.session;
    Ok(Some(Arc::new(Stored {
        connections: connections::Connections::new(storage, clock)?,
        prefix: storage.options.key_prefix.clone(),
        in_database: DatabaseEntries {
            sessions: session.store_in_database,
            ended_sessions: session.store_in_database && session.preserve_in_database,
            secrets: config.verification.store_in_database,
        },
        revoked_for: session.longest_lifetime().max(config.features.admin.impersonation_session_duration),
        clock,
        user_fields: config.schema.additional.user.clone(),
        session_fields: config.schema.additional.session.clone(),
    })))
}

impl Stored {
    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Sends one command, which is one round trip.
    async fn ask(&self, trips: &RoundTrips, repeat: Repeat, command: &[&str]) -> Result<Value, StoreError> {
        trips.commanded();
        match self.connections.ask(&trips.watch, repeat, command).await? {
            Value::Refused(words) => Err(StoreError::Secondary(format!("it refuses: {words}"))),
            value => Ok(value),
        }
    }

    /// Runs a script in the storage.
    async fn run(
        &self,
        trips: &RoundTrips,
        repeat: Repeat,
        script: &str,
        keys: &[&str],
        arguments: &[&str],
    ) -> Result<Value, StoreError> {
        let count = keys.len().to_string();
        let command: Vec<&str> =
            ["EVAL", script, &count].into_iter().chain(keys.iter().copied()).chain(arguments.iter().copied()).collect();
        self.ask(trips, repeat, &command).await
    }
}

/// Returns the whole seconds from `now` to `until`, which is how long the storage keeps what ends then.
fn seconds(until: Timestamp, now: Timestamp) -> i64 {
    (until.as_millisecond() - now.as_millisecond()).div_euclid(1_000).max(0)
}

impl Secondary for Stored {
    fn in_database(&self) -> DatabaseEntries {
        self.in_database
    }

    fn session<'a>(
        &'a self,
        trips: &'a RoundTrips,
        token: &'a str,
    ) -> Answer<'a, Result<(Session, Option<User>), NoSession>> {
        Box::pin(self.session_of(trips, token))
    }

    fn open_session<'a>(&'a self, trips: &'a RoundTrips, session: &'a Session, user: &'a User) -> Answer<'a, ()> {
        Box::pin(self.session_opened(trips, session, user))
    }

    fn change_session<'a>(
        &'a self,
        trips: &'a RoundTrips,
        token: &'a str,
        change: Change<'a>,
        now: Timestamp,
    ) -> Answer<'a, Option<Session>> {
        Box::pin(self.session_changed(trips, token, change, now))
    }

    fn rename_session<'a>(
        &'a self,
        trips: &'a RoundTrips,
        old: &'a str,
        new: &'a Session,
    ) -> Answer<'a, Option<Session>> {
        Box::pin(self.session_renamed(trips, old, new))
    }

    fn sessions<'a>(&'a self, trips: &'a RoundTrips, user_id: &'a str, now: Timestamp) -> Answer<'a, Vec<Session>> {
        Box::pin(self.sessions_of(trips, user_id, now))
    }

    fn end_session<'a>(&'a self, trips: &'a RoundTrips, token: &'a str, owner: Option<&'a str>) -> Answer<'a, ()> {
        Box::pin(self.session_ended(trips, token, owner))
    }

    fn end_sessions<'a>(&'a self, trips: &'a RoundTrips, user_id: &'a str) -> Answer<'a, ()> {
        Box::pin(self.sessions_ended(trips, user_id, None))
    }

    fn end_other_sessions<'a>(&'a self, trips: &'a RoundTrips, user_id: &'a str, token: &'a str) -> Answer<'a, ()> {
        Box::pin(self.sessions_ended(trips, user_id, Some(token)))
    }

    fn end_impersonations<'a>(&'a self, trips: &'a RoundTrips, administrator: &'a str) -> Answer<'a, ()> {
        Box::pin(self.impersonations_ended(trips, administrator))
    }

    fn change_user<'a>(&'a self, trips: &'a RoundTrips, user: &'a User, now: Timestamp) -> Answer<'a, ()> {
        Box::pin(self.user_changed(trips, user, now))
    }

    fn put_secret<'a>(&'a self, trips: &'a RoundTrips, new: &'a NewSecret) -> Answer<'a, ()> {
        Box::pin(self.secret_put(trips, new))
    }

    fn secret<'a>(&'a self, trips: &'a RoundTrips, identifiers: &'a [String]) -> Answer<'a, Option<Secret>> {
        Box::pin(self.secret_there(trips, identifiers))
    }

    fn take_secret<'a>(&'a self, trips: &'a RoundTrips, identifiers: &'a [String]) -> Answer<'a, Option<Secret>> {
        Box::pin(self.secret_taken(trips, identifiers))
    }

    fn count<'a>(&'a self, trips: &'a RoundTrips, key: &'a str, window: u32) -> Answer<'a, u64> {
        Box::pin(self.counted(trips, key, window))
    }

    fn has_count<'a>(&'a self, trips: &'a RoundTrips, key: &'a str) -> Answer<'a, bool> {
        Box::pin(self.is_counted(trips, key))
    }

    fn probe<'a>(&'a self, trips: &'a RoundTrips) -> Answer<'a, ()> {
        Box::pin(async move {
            let (named, not_named) = (self.key("probe"), self.key("probe of a key that is not named"));
            match self.run(trips, Repeat::Safe, scripts::PROBE, &[&named], &[&not_named]).await? {
                Value::Text(text) if text == scripts::PROBED => Ok(()),
                _ => Err(StoreError::Secondary("it does not run scripts as Redis does".to_owned())),
            }
        })
    }

    fn close_idle(&self) {
        self.connections.close_idle();
    }

    fn size(&self) -> usize {
        self.connections.size()
    }
}
