//! A secondary storage in memory that keeps one secret, and has one session or none. The statements for PostgreSQL depend on no more than that,
//! and need no Redis on the machine.

use std::sync::Mutex;

use gatepost_core::{
    model::{Additional, Session, User},
    store::{
        secondary::{Answer, Change, DatabaseEntries, NoSession, Secondary},
        secret::{NewSecret, Secret},
        trips::RoundTrips,
    },
};
use jiff::Timestamp;

/// The storage.
pub struct Store {
    in_database: DatabaseEntries,
    secret: Mutex<Option<(String, Timestamp)>>,
}

impl Store {
    /// A storage beside a database that holds `in_database`.
    pub fn new(in_database: DatabaseEntries) -> Self {
        Self { in_database, secret: Mutex::default() }
    }
}

fn is<'a, T: Send + 'a>(answer: T) -> Answer<'a, T> {
    Box::pin(std::future::ready(Ok(answer)))
}

fn secret((value, expires_at): (String, Timestamp)) -> Secret {
    Secret { value, address: None, expires_at, made_at: None }
}

fn anyone() -> Session {
    Session {
        id: "session".to_owned(),
        expires_at: Timestamp::MAX,
        token: "token".to_owned(),
        created_at: None,
        updated_at: None,
        ip_address: None,
        user_agent: None,
        user_id: "user".to_owned(),
        additional: Additional::default(),
        values: serde_json::Map::new(),
    }
}

impl Secondary for Store {
    fn in_database(&self) -> DatabaseEntries {
        self.in_database
    }

    fn session<'a>(&'a self, _: &'a RoundTrips, _: &'a str) -> Answer<'a, Result<(Session, Option<User>), NoSession>> {
        // Where the table may have a session that the storage has not, it is asked.
        is(if self.in_database.may_have_session() { Err(NoSession::Unknown) } else { Ok((anyone(), None)) })
    }

    fn open_session<'a>(&'a self, _: &'a RoundTrips, _: &'a Session, _: &'a User) -> Answer<'a, ()> {
        is(())
    }

    fn change_session<'a>(
        &'a self,
        _: &'a RoundTrips,
        _: &'a str,
        _: Change<'a>,
        _: Timestamp,
    ) -> Answer<'a, Option<Session>> {
        is(None)
    }

    fn rename_session<'a>(&'a self, _: &'a RoundTrips, _: &'a str, _: &'a Session) -> Answer<'a, Option<Session>> {
        is(None)
    }

    fn sessions<'a>(&'a self, _: &'a RoundTrips, _: &'a str, _: Timestamp) -> Answer<'a, Vec<Session>> {
        is(Vec::new())
    }

    fn end_session<'a>(&'a self, _: &'a RoundTrips, _: &'a str, _: Option<&'a str>) -> Answer<'a, ()> {
        is(())
    }

    fn end_sessions<'a>(&'a self, _: &'a RoundTrips, _: &'a str) -> Answer<'a, ()> {
        is(())
    }

    fn end_other_sessions<'a>(&'a self, _: &'a RoundTrips, _: &'a str, _: &'a str) -> Answer<'a, ()> {
        is(())
    }

    fn end_impersonations<'a>(&'a self, _: &'a RoundTrips, _: &'a str) -> Answer<'a, ()> {
        is(())
    }

    fn change_user<'a>(&'a self, _: &'a RoundTrips, _: &'a User, _: Timestamp) -> Answer<'a, ()> {
        is(())
    }

    fn put_secret<'a>(&'a self, _: &'a RoundTrips, new: &'a NewSecret) -> Answer<'a, ()> {
        *self.secret.lock().unwrap() = Some((new.value.clone(), new.expires_at));
        is(())
    }

    fn secret<'a>(&'a self, _: &'a RoundTrips, _: &'a [String]) -> Answer<'a, Option<Secret>> {
        is(self.secret.lock().unwrap().clone().map(secret))
    }

    fn take_secret<'a>(&'a self, _: &'a RoundTrips, _: &'a [String]) -> Answer<'a, Option<Secret>> {
        is(self.secret.lock().unwrap().take().map(secret))
    }

    fn count<'a>(&'a self, _: &'a RoundTrips, _: &'a str, _: u32) -> Answer<'a, u64> {
        is(1)
    }

    fn has_count<'a>(&'a self, _: &'a RoundTrips, _: &'a str) -> Answer<'a, bool> {
        is(false)
    }

    fn probe<'a>(&'a self, _: &'a RoundTrips) -> Answer<'a, ()> {
        is(())
    }

    fn close_idle(&self) {}

    fn size(&self) -> usize {
        0
    }
}
