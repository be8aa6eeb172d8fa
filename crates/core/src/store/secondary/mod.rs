//! The secondary storage: sessions, single-use secrets and counts in a key-value store, under better-auth's keys and with its
//! values and expiries (spec jwt-oauth-schema §6), so that servers of both kinds may share one.
//!
//! Whatever reads and writes again what others write too is one command: a script that the store runs, as one step. Nothing
//! is lost between two of our servers at once, and an operation is one round trip.

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
    secret::{New, Secret},
    trips::Trips,
    values::Values,
};
use crate::{
    config::{Config, Field, SecondaryStorage, StoragePlace},
    model::{Session, User},
    stopwatch::Clock,
};

/// What an operation comes to.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Opens the secondary storage of a configuration, without connecting; none where it has none.
///
/// A value, like the keys that sign sessions: whoever is not given it is linked with nothing of this.
pub type Open = fn(&Config, Clock) -> Result<Option<Arc<dyn Secondary>>, String>;

/// The one there is.
pub const OPEN: Open = open;

/// Where a store is, without what is secret in its URL.
pub struct Address {
    /// The name or the address of the host.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Whether it is spoken to with TLS, whose certificate is verified then.
    pub tls: bool,
}

/// Reads where the store is.
///
/// # Errors
/// A sentence for the operator that quotes nothing of the URL.
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

/// Why there is no session for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// Nothing is there.
    Unknown,
    /// What is there is no session with this token. Nobody is asked for another one.
    Unreadable,
    /// It is there, and the user's sessions of that time were all revoked.
    Revoked,
}

/// What becomes of a session that changes.
#[derive(Clone, Copy)]
pub enum Change<'a> {
    /// Its expiry moves.
    Expiry(Timestamp),
    /// Columns of one's own.
    Own(&'a Values),
}

/// What the database keeps besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Besides {
    /// Sessions.
    pub sessions: bool,
    /// Sessions that ended as well, marked by their expiry: then the store alone says who is signed in.
    pub ended_sessions: bool,
    /// Single-use secrets, which are redeemed there.
    pub secrets: bool,
}

impl Besides {
    /// Whether a session that the store does not have may be in the database.
    pub fn may_have(self) -> bool {
        self.sessions && !self.ended_sessions
    }
}

/// The operations. Every one of them ends within the configured bounds.
pub trait Secondary: Send + Sync {
    /// What the database keeps besides.
    fn besides(&self) -> Besides;

    /// The session with this token, whatever its expiry, and its user.
    fn session<'a>(&'a self, trips: &'a Trips, token: &'a str) -> Answer<'a, Result<(Session, Option<User>), Gone>>;

    /// Writes a new session, and adds it to those of its user.
    fn open_session<'a>(&'a self, trips: &'a Trips, session: &'a Session, user: &'a User) -> Answer<'a, ()>;

    /// Changes a session and returns it; none where it ended meanwhile.
    fn change_session<'a>(
        &'a self,
        trips: &'a Trips,
        token: &'a str,
        change: Change<'a>,
        now: Timestamp,
    ) -> Answer<'a, Option<Session>>;

    /// The sessions of a user that are not over.
    fn sessions<'a>(&'a self, trips: &'a Trips, user_id: &'a str, now: Timestamp) -> Answer<'a, Vec<Session>>;

    /// Ends the session with this token, if there is one; with an owner, only that one's.
    fn end_session<'a>(&'a self, trips: &'a Trips, token: &'a str, owner: Option<&'a str>) -> Answer<'a, ()>;

    /// Ends every session of a user, those as well that are being opened at this moment.
    fn end_sessions<'a>(&'a self, trips: &'a Trips, user_id: &'a str) -> Answer<'a, ()>;

    /// Ends the sessions of a user but for one.
    fn end_other_sessions<'a>(&'a self, trips: &'a Trips, user_id: &'a str, token: &'a str) -> Answer<'a, ()>;

    /// Puts a user's new row into the user's sessions.
    fn change_user<'a>(&'a self, trips: &'a Trips, user: &'a User, now: Timestamp) -> Answer<'a, ()>;

    /// Stores a secret.
    fn put_secret<'a>(&'a self, trips: &'a Trips, new: &'a New) -> Answer<'a, ()>;

    /// What a secret stands for. It stays.
    fn secret<'a>(&'a self, trips: &'a Trips, identifiers: &'a [String]) -> Answer<'a, Option<Secret>>;

    /// What a secret stands for. It is gone then: of two who ask, one gets it.
    fn take_secret<'a>(&'a self, trips: &'a Trips, identifiers: &'a [String]) -> Answer<'a, Option<Secret>>;

    /// Counts a request, and says which one it is within a window of so many seconds that began with the first.
    fn count<'a>(&'a self, trips: &'a Trips, key: &'a str, window: u32) -> Answer<'a, u64>;

    /// Asks for nothing, to see whether the store answers and does what scripts here need. Nothing is changed.
    fn probe<'a>(&'a self, trips: &'a Trips) -> Answer<'a, ()>;

    /// Closes every connection that nobody uses.
    fn close_idle(&self);

    /// Connections that are open.
    fn size(&self) -> usize;
}

/// The store, as an instance knows it.
struct Stored {
    connections: connections::Connections,
    prefix: String,
    besides: Besides,
    /// Seconds for which it is known that all sessions of a user were revoked: no session lives longer.
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
        besides: Besides {
            sessions: session.store_in_database,
            ended_sessions: session.store_in_database && session.preserve_in_database,
            secrets: config.verification.store_in_database,
        },
        revoked_for: session.longest_lifetime(),
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
    async fn ask(&self, trips: &Trips, repeat: Repeat, command: &[&str]) -> Result<Value, StoreError> {
        trips.commanded();
        match self.connections.ask(&trips.watch, repeat, command).await? {
            Value::Refused(words) => Err(StoreError::Secondary(format!("it refuses: {words}"))),
            value => Ok(value),
        }
    }

    /// Has the store run a script.
    async fn run(
        &self,
        trips: &Trips,
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

/// Whole seconds from `now` until `until`, which is how long the store keeps what ends then.
fn seconds(until: Timestamp, now: Timestamp) -> i64 {
    (until.as_millisecond() - now.as_millisecond()).div_euclid(1_000).max(0)
}

impl Secondary for Stored {
    fn besides(&self) -> Besides {
        self.besides
    }

    fn session<'a>(&'a self, trips: &'a Trips, token: &'a str) -> Answer<'a, Result<(Session, Option<User>), Gone>> {
        Box::pin(self.session_of(trips, token))
    }

    fn open_session<'a>(&'a self, trips: &'a Trips, session: &'a Session, user: &'a User) -> Answer<'a, ()> {
        Box::pin(self.session_opened(trips, session, user))
    }

    fn change_session<'a>(
        &'a self,
        trips: &'a Trips,
        token: &'a str,
        change: Change<'a>,
        now: Timestamp,
    ) -> Answer<'a, Option<Session>> {
        Box::pin(self.session_changed(trips, token, change, now))
    }

    fn sessions<'a>(&'a self, trips: &'a Trips, user_id: &'a str, now: Timestamp) -> Answer<'a, Vec<Session>> {
        Box::pin(self.sessions_of(trips, user_id, now))
    }

    fn end_session<'a>(&'a self, trips: &'a Trips, token: &'a str, owner: Option<&'a str>) -> Answer<'a, ()> {
        Box::pin(self.session_ended(trips, token, owner))
    }

    fn end_sessions<'a>(&'a self, trips: &'a Trips, user_id: &'a str) -> Answer<'a, ()> {
        Box::pin(self.sessions_ended(trips, user_id, None))
    }

    fn end_other_sessions<'a>(&'a self, trips: &'a Trips, user_id: &'a str, token: &'a str) -> Answer<'a, ()> {
        Box::pin(self.sessions_ended(trips, user_id, Some(token)))
    }

    fn change_user<'a>(&'a self, trips: &'a Trips, user: &'a User, now: Timestamp) -> Answer<'a, ()> {
        Box::pin(self.user_changed(trips, user, now))
    }

    fn put_secret<'a>(&'a self, trips: &'a Trips, new: &'a New) -> Answer<'a, ()> {
        Box::pin(self.secret_put(trips, new))
    }

    fn secret<'a>(&'a self, trips: &'a Trips, identifiers: &'a [String]) -> Answer<'a, Option<Secret>> {
        Box::pin(self.secret_there(trips, identifiers))
    }

    fn take_secret<'a>(&'a self, trips: &'a Trips, identifiers: &'a [String]) -> Answer<'a, Option<Secret>> {
        Box::pin(self.secret_taken(trips, identifiers))
    }

    fn count<'a>(&'a self, trips: &'a Trips, key: &'a str, window: u32) -> Answer<'a, u64> {
        Box::pin(self.counted(trips, key, window))
    }

    fn probe<'a>(&'a self, trips: &'a Trips) -> Answer<'a, ()> {
        Box::pin(async move {
            let (named, not_named) = (self.key("probe"), self.key("probe of a key that is not named"));
            match self.run(trips, Repeat::Safe, scripts::PROBE, &[&named], &[&not_named]).await? {
                Value::Text(text) if text == scripts::PROBED => Ok(()),
                _ => Err(StoreError::Secondary("it runs scripts otherwise than Redis".to_owned())),
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
