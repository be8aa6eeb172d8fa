//! Decides what happens to a session that is read, and creates new ones (spec core §§3.6, 6).

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::fields;
use crate::{
    config::{self, Field},
    crypto::random::Rng,
    model::{Additional, Session},
    reason::Reason,
};

/// The decision about a session that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The session has ended: clear the cookies. `delete` says whether to remove its row.
    Ended {
        /// The reason for the end.
        reason: Reason,
        /// The row exists, and nothing else removes it.
        delete: bool,
    },
    /// The session is valid as it is. `needs_refresh` is set only if reading never writes and the client is to post.
    Good {
        /// Whether the client is to request that the expiry moves.
        needs_refresh: Option<bool>,
    },
    /// The expiry is due to move to this instant.
    Refresh(Timestamp),
}

/// The way in which a session is read.
#[derive(Debug, Clone, Copy)]
pub struct ReadMode {
    /// By GET, which does not write if the refresh is deferred.
    pub by_get: bool,
    /// The browser was asked not to remember the session, so the expiry never moves.
    pub dont_remember: bool,
    /// The request asks not to move the expiry.
    pub disable_refresh: bool,
}

/// Judges a session by its expiry, by whether its user exists, and by how it is read (spec core §3.6, steps 6–11). The expiry of an
/// impersonation never moves.
pub fn judge(
    session: &Session,
    user_exists: bool,
    read: ReadMode,
    config: &config::Session,
    now: Timestamp,
) -> Verdict {
    let deferred = config.defer_session_refresh && read.by_get;
    if !user_exists {
        return Verdict::Ended { reason: Reason::UserGone, delete: false };
    }
    if session.expires_at < now {
        return Verdict::Ended { reason: Reason::SessionExpired, delete: !deferred };
    }
    // Only the stored session says who acts: a client can leave cookies out.
    if read.dont_remember || read.disable_refresh || session.impersonated_by().is_some() {
        return Verdict::Good { needs_refresh: None };
    }
    let due_at = after(after(session.expires_at, -i64::from(config.expires_in)), i64::from(config.update_age));
    let due = due_at <= now && !config.disable_session_refresh;
    match (deferred, due) {
        (true, due) => Verdict::Good { needs_refresh: Some(due) },
        (false, true) => Verdict::Refresh(after(now, i64::from(config.expires_in))),
        (false, false) => Verdict::Good { needs_refresh: None },
    }
}

/// Whether the session is fresh: the user signed in less than `fresh_age` ago (spec core §3, class F). Moving the expiry does not
/// count.
pub fn is_fresh(session: &Session, config: &config::Session, now: Timestamp) -> bool {
    config.fresh_age == 0
        || session.created_at.is_some_and(|created_at| now < after(created_at, i64::from(config.fresh_age)))
}

/// Creates a session of `user_id`. `remember` is false only if the user asked for that.
pub fn open(
    user_id: &str,
    remember: bool,
    client: Client,
    config: &config::Session,
    now: Timestamp,
    rng: &mut Rng,
) -> Session {
    Session {
        expires_at: after(now, i64::from(config.lifetime(remember))),
        token: rng.session_token(),
        created_at: Some(now),
        updated_at: Some(now),
        ip_address: Some(client.ip_address),
        user_agent: Some(client.user_agent),
        user_id: user_id.to_owned(),
        additional: Additional::default(),
        id: rng.id(),
        values: Map::new(),
    }
}

/// Returns a session that is not stored yet with these values of additional fields, and with the defaults of the others.
pub fn with_values(session: Session, values: Map<String, Value>, fields: &[Field]) -> Session {
    let mut all = Field::defaults(fields);
    let is_default = values.is_empty();
    all.extend(values);
    let additional = fields::shown(fields, &all);
    Session { additional, values: if is_default { Map::new() } else { all }, ..session }
}

/// The client that opens a session. Texts are empty if they are not known.
pub struct Client {
    /// The address, from [`super::address::client`].
    pub ip_address: String,
    /// The header `User-Agent`, unchanged.
    pub user_agent: String,
}

/// Returns the instant `seconds` after `instant`, which stays at the end of time.
fn after(instant: Timestamp, seconds: i64) -> Timestamp {
    instant.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: ReadMode = ReadMode { by_get: true, dont_remember: false, disable_refresh: false };
    const DAY: i64 = 86_400;

    fn config() -> config::Session {
        let variables = [("BETTER_AUTH_SECRET", "x".repeat(32)), ("DATABASE_URL", "postgres://localhost/x".to_owned())];
        config::Config::load(&variables.map(|(k, v)| (k.to_owned(), v)).into_iter().collect(), None).unwrap().session
    }

    fn now() -> Timestamp {
        "2025-01-15T12:00:00Z".parse().unwrap()
    }

    fn expiring(seconds: i64) -> Session {
        let client = Client { ip_address: String::new(), user_agent: String::new() };
        let session = open("user", true, client, &config(), now(), &mut Rng::from_seed([0; 32]));
        Session { expires_at: after(now(), seconds), ..session }
    }

    #[test]
    fn a_session_ends_after_its_expiry_and_not_at_it() {
        let ended = Verdict::Ended { reason: Reason::SessionExpired, delete: true };
        assert_eq!(judge(&expiring(-1), true, READ, &config(), now()), ended);
        assert_eq!(judge(&expiring(7 * DAY), true, READ, &config(), now()), Verdict::Good { needs_refresh: None });
        let at_expiry = judge(&expiring(0), true, ReadMode { disable_refresh: true, ..READ }, &config(), now());
        assert_eq!(at_expiry, Verdict::Good { needs_refresh: None });
    }

    #[test]
    fn the_expiry_moves_a_day_after_the_last_move_and_not_a_second_before() {
        let moved = Verdict::Refresh(after(now(), 7 * DAY));
        assert_eq!(judge(&expiring(6 * DAY), true, READ, &config(), now()), moved);
        assert_eq!(judge(&expiring(6 * DAY + 1), true, READ, &config(), now()), Verdict::Good { needs_refresh: None });
        let never = config::Session { disable_session_refresh: true, ..config() };
        assert_eq!(judge(&expiring(6 * DAY), true, READ, &never, now()), Verdict::Good { needs_refresh: None });
        let always = config::Session { update_age: 0, ..config() };
        assert_eq!(judge(&expiring(7 * DAY), true, READ, &always, now()), moved);
    }

    #[test]
    fn a_session_that_is_not_remembered_never_moves() {
        let read = ReadMode { dont_remember: true, ..READ };
        assert_eq!(judge(&expiring(60), true, read, &config(), now()), Verdict::Good { needs_refresh: None });
    }

    #[test]
    fn attack_an_impersonation_is_read_without_the_wish_not_to_be_remembered() {
        let mut session = expiring(60);
        session.additional.set("impersonatedBy", "root".into());
        for defer_session_refresh in [false, true] {
            let config = config::Session { defer_session_refresh, update_age: 0, ..config() };
            for by_get in [false, true] {
                let verdict = judge(&session, true, ReadMode { by_get, ..READ }, &config, now());
                assert_eq!(verdict, Verdict::Good { needs_refresh: None });
            }
        }
    }

    #[test]
    fn a_session_is_fresh_for_a_day_after_signing_in() {
        let session = expiring(DAY);
        assert!(is_fresh(&session, &config(), after(now(), DAY - 1)));
        assert!(!is_fresh(&session, &config(), after(now(), DAY)));
        let always = config::Session { fresh_age: 0, ..config() };
        assert!(is_fresh(&session, &always, after(now(), 900 * DAY)));
    }

    #[test]
    fn where_the_refresh_is_deferred_reading_never_writes() {
        let deferred = config::Session { defer_session_refresh: true, ..config() };
        assert_eq!(judge(&expiring(DAY), true, READ, &deferred, now()), Verdict::Good { needs_refresh: Some(true) });
        assert_eq!(
            judge(&expiring(7 * DAY), true, READ, &deferred, now()),
            Verdict::Good { needs_refresh: Some(false) }
        );
        let ended = Verdict::Ended { reason: Reason::SessionExpired, delete: false };
        assert_eq!(judge(&expiring(-1), true, READ, &deferred, now()), ended);
        let posted = ReadMode { by_get: false, ..READ };
        assert_eq!(judge(&expiring(DAY), true, posted, &deferred, now()), Verdict::Refresh(after(now(), 7 * DAY)));
    }
}
