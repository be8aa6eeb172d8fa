//! Sessions in the secondary storage: each under its token with its user, and a list of tokens for each user.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Change, NoSession, Stored, scripts, seconds, value::Value};
use crate::{
    config::Field,
    json,
    model::{Additional, ReadSession, ReadUser, Session, User, iso, iso_or_null},
    store::{StoreError, pool::Repeat, trips::RoundTrips},
};

/// How often a change is tried while other requests change the same sessions. Each attempt covers only those that were changed
/// meanwhile.
const TRIES: usize = 5;

/// A session with its user, as it is stored, with better-auth's order of members.
#[derive(Serialize)]
struct Entry<'a, U: Serialize> {
    session: WrittenSession<'a>,
    user: U,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WrittenSession<'a> {
    id: &'a str,
    ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
    #[serde(serialize_with = "iso")]
    expires_at: Timestamp,
    user_id: &'a str,
    token: &'a str,
    #[serde(serialize_with = "iso_or_null")]
    created_at: Option<Timestamp>,
    #[serde(serialize_with = "iso_or_null")]
    updated_at: Option<Timestamp>,
    #[serde(flatten)]
    additional: &'a Additional,
}

impl<'a> From<&'a Session> for WrittenSession<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            id: &session.id,
            ip_address: session.ip_address.as_deref(),
            user_agent: session.user_agent.as_deref(),
            expires_at: session.expires_at,
            user_id: &session.user_id,
            token: &session.token,
            created_at: session.created_at,
            updated_at: session.updated_at,
            additional: &session.additional,
        }
    }
}

/// A stored session as it is read. The user stays unparsed, because the entry may have none.
#[derive(Deserialize)]
struct StoredEntry<'a> {
    session: ReadSession,
    #[serde(borrow)]
    user: Option<&'a RawValue>,
}

/// Parses the time since when a user's sessions are valid, in milliseconds since 1970.
fn since(value: Option<Value>) -> Option<f64> {
    value.and_then(Value::text)?.parse().ok()
}

/// Whether the session began before `since`.
#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn is_revoked(session: &Session, since: Option<f64>) -> bool {
    let began = session.created_at.map_or(0, Timestamp::as_millisecond);
    since.is_some_and(|since| (began as f64) < since)
}

/// Returns the fields that answers show, in the configured order.
fn shown(fields: &[Field], mut all: Additional) -> Additional {
    let mut take = |field: &Field| {
        let at = all.0.iter().position(|(name, _)| *name == field.name)?;
        Some(all.0.swap_remove(at))
    };
    Additional(fields.iter().filter(|field| field.returned).filter_map(&mut take).collect())
}

/// Reads the session in an entry, with all of its members, and its user. A session without a time of creation counts as older than
/// every revocation.
fn session_in(text: &str) -> Option<(Session, Option<&RawValue>)> {
    let read: StoredEntry<'_> = serde_json::from_str(text).ok()?;
    Some((read.session.known(), read.user))
}

impl Stored {
    fn list_key(&self, user_id: &str) -> String {
        self.key(&format!("active-sessions-{user_id}"))
    }

    fn since_key(&self, user_id: &str) -> String {
        self.key(&format!("revoked-sessions-before-{user_id}"))
    }

    fn impersonations_key(&self, administrator: &str) -> String {
        self.key(&format!("revoked-impersonations-before-{administrator}"))
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Returns a session without the fields that answers do not show.
    fn shown_session(&self, session: Session) -> Session {
        Session { additional: shown(&self.session_fields, session.additional), ..session }
    }

    fn user_in(&self, text: &RawValue) -> Option<User> {
        let user = serde_json::from_str::<ReadUser>(text.get()).ok()?.known();
        Some(User { additional: shown(&self.user_fields, user.additional), ..user })
    }

    pub(super) async fn session_of(
        &self,
        trips: &RoundTrips,
        token: &str,
    ) -> Result<Result<(Session, Option<User>), NoSession>, StoreError> {
        let (key, since_key, by_key) = (self.key(token), self.since_key(""), self.impersonations_key(""));
        let answer = self.run(trips, Repeat::Safe, scripts::SESSION, &[&key], &[&since_key, &by_key]).await?;
        let mut answer = answer.list().into_iter();
        let Some(text) = answer.next().and_then(Value::text) else { return Ok(Err(NoSession::Unknown)) };
        let Some((session, user)) = session_in(&text).filter(|(session, _)| session.token == token) else {
            return Ok(Err(NoSession::Unreadable));
        };
        if [answer.next(), answer.next()].into_iter().any(|value| is_revoked(&session, since(value))) {
            return Ok(Err(NoSession::Revoked));
        }
        Ok(Ok((self.shown_session(session), user.and_then(|user| self.user_in(user)))))
    }

    pub(super) async fn session_opened(
        &self,
        trips: &RoundTrips,
        session: &Session,
        user: &User,
    ) -> Result<(), StoreError> {
        let mut whole = session.clone();
        let hidden = self.session_fields.iter().filter(|field| !field.returned);
        for field in hidden {
            if let Some(value) = session.values.get(&field.name).or(field.default.as_ref()) {
                whole.additional.set(&field.name, value.clone());
            }
        }
        let text = json::to_string(&Entry { session: (&whole).into(), user });
        let (list, key) = (self.list_key(&session.user_id), self.key(&session.token));
        let now = self.now();
        let arguments = [
            session.token.as_str(),
            &session.expires_at.as_millisecond().to_string(),
            &now.as_millisecond().to_string(),
            &text,
            &seconds(session.expires_at, now).to_string(),
        ];
        self.run(trips, Repeat::Safe, scripts::OPEN_SESSION, &[&list, &key], &arguments).await.map(|_| ())
    }

    pub(super) async fn session_changed(
        &self,
        trips: &RoundTrips,
        token: &str,
        change: Change<'_>,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let key = self.key(token);
        for _ in 0..TRIES {
            let found = self.ask(trips, Repeat::Safe, &["GET", &key]).await?.text();
            let Some(old) = found else { return Ok(None) };
            let Some((session, user)) = session_in(&old) else { return Ok(None) };
            let session = changed(session, change, now);
            let text = json::to_string(&Entry { session: (&session).into(), user });
            let list = self.list_key(&session.user_id);
            let now = self.now();
            let arguments = [
                token,
                &session.expires_at.as_millisecond().to_string(),
                &now.as_millisecond().to_string(),
                &text,
                &seconds(session.expires_at, now).to_string(),
                &old,
            ];
            match self.run(trips, Repeat::Safe, scripts::CHANGE_SESSION, &[&list, &key], &arguments).await? {
                Value::Number(-1) => {}
                Value::Number(0) => return Ok(None),
                _ => return Ok(Some(self.shown_session(session))),
            }
        }
        Err(StoreError::Secondary(format!(
            "a session was changed by other requests during {TRIES} attempts to change it"
        )))
    }

    pub(super) async fn session_renamed(
        &self,
        trips: &RoundTrips,
        old: &str,
        new: &Session,
    ) -> Result<Option<Session>, StoreError> {
        let (old_key, key) = (self.key(old), self.key(&new.token));
        for _ in 0..TRIES {
            let Some(before) = self.ask(trips, Repeat::Safe, &["GET", &old_key]).await?.text() else { return Ok(None) };
            let Some((session, user)) = session_in(&before) else { return Ok(None) };
            let (id, token) = (new.id.clone(), new.token.clone());
            let Session { expires_at, created_at, updated_at, .. } = *new;
            let session = Session { id, token, expires_at, created_at, updated_at, ..session };
            let text = json::to_string(&Entry { session: (&session).into(), user });
            let (list, now) = (self.list_key(&session.user_id), self.now());
            let arguments = [
                old,
                &session.token,
                &session.expires_at.as_millisecond().to_string(),
                &now.as_millisecond().to_string(),
                &text,
                &seconds(session.expires_at, now).to_string(),
                &before,
            ];
            let keys = [list.as_str(), &old_key, &key];
            match self.run(trips, Repeat::Never, scripts::RENAME_SESSION, &keys, &arguments).await? {
                Value::Number(-1) => {}
                Value::Number(0) => return Ok(None),
                _ => return Ok(Some(self.shown_session(session))),
            }
        }
        Err(StoreError::Secondary(format!("a session was changed by others {TRIES} times while it was being renamed")))
    }

    async fn entries(
        &self,
        trips: &RoundTrips,
        user_id: &str,
        now: Timestamp,
    ) -> Result<(Option<f64>, Vec<String>), StoreError> {
        let (list, since_key, tokens) = (self.list_key(user_id), self.since_key(user_id), self.key(""));
        let arguments = [tokens.as_str(), &now.as_millisecond().to_string(), &self.impersonations_key("")];
        let answer = self.run(trips, Repeat::Safe, scripts::SESSIONS, &[&list, &since_key], &arguments).await?;
        let mut answer = answer.list().into_iter();
        let own = since(answer.next());
        let mut entries = Vec::new();
        while let Some(entry) = answer.next() {
            let ended = since(answer.next());
            let holds = |text: &String| {
                ended.is_none() || session_in(text).is_some_and(|(session, _)| !is_revoked(&session, ended))
            };
            entries.extend(entry.text().filter(holds));
        }
        Ok((own, entries))
    }

    pub(super) async fn sessions_of(
        &self,
        trips: &RoundTrips,
        user_id: &str,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let (since, entries) = self.entries(trips, user_id, now).await?;
        let sessions = entries.iter().filter_map(|text| Some(session_in(text)?.0));
        let own = sessions.filter(|session| session.user_id == user_id && !is_revoked(session, since));
        Ok(own.map(|session| self.shown_session(session)).collect())
    }

    pub(super) async fn session_ended(
        &self,
        trips: &RoundTrips,
        token: &str,
        owner: Option<&str>,
    ) -> Result<(), StoreError> {
        let (key, lists, now) = (self.key(token), self.list_key(""), self.now().as_millisecond().to_string());
        let arguments = [lists.as_str(), token, &now, owner.unwrap_or_default()];
        self.run(trips, Repeat::Safe, scripts::END_SESSION, &[&key], &arguments).await.map(|_| ())
    }

    /// Ends the user's sessions except the one with the token `but_for`. Without one it ends all, including those that are being
    /// opened, which count as older.
    pub(super) async fn sessions_ended(
        &self,
        trips: &RoundTrips,
        user_id: &str,
        but_for: Option<&str>,
    ) -> Result<(), StoreError> {
        let (list, since_key, tokens) = (self.list_key(user_id), self.since_key(user_id), self.key(""));
        let now = self.now().as_millisecond().to_string();
        let since = if but_for.is_some() { "" } else { &now };
        let arguments = [tokens.as_str(), &now, but_for.unwrap_or_default(), since, &self.revoked_for.to_string()];
        self.run(trips, Repeat::Safe, scripts::END_SESSIONS, &[&list, &since_key], &arguments).await.map(|_| ())
    }

    /// Ends the sessions in which an administrator acts as others, including those that are being opened, which count as older.
    pub(super) async fn impersonations_ended(&self, trips: &RoundTrips, administrator: &str) -> Result<(), StoreError> {
        let (key, now) = (self.impersonations_key(administrator), self.now().as_millisecond().to_string());
        let arguments = [now.as_str(), &self.revoked_for.to_string()];
        self.run(trips, Repeat::Safe, scripts::END_IMPERSONATIONS, &[&key], &arguments).await.map(|_| ())
    }

    pub(super) async fn user_changed(&self, trips: &RoundTrips, user: &User, now: Timestamp) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let (_, entries) = self.entries(trips, &user.id, now).await?;
            if entries.is_empty() {
                return Ok(());
            }
            let (mut keys, mut arguments) = (Vec::new(), Vec::new());
            for old in entries {
                let Some((session, _)) = session_in(&old) else { continue };
                let left = seconds(session.expires_at, self.now());
                if session.user_id == user.id && left > 0 {
                    keys.push(self.key(&session.token));
                    let new = with_user(&old, user);
                    arguments.extend([old, new, left.to_string()]);
                }
            }
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            if self.run(trips, Repeat::Safe, scripts::CHANGE_USER, &keys, &arguments).await? == Value::Number(0) {
                return Ok(());
            }
        }
        Err(StoreError::Secondary(format!(
            "sessions of a user were changed by other requests during {TRIES} attempts to change them"
        )))
    }
}

/// Returns the entry with the current user. The session stays as it was written, and so do members of the user that are not known
/// here: fields of a server that has more of them.
fn with_user(entry: &str, user: &User) -> String {
    #[derive(Deserialize)]
    struct OldEntry<'a> {
        #[serde(borrow)]
        session: &'a RawValue,
        user: Option<Additional>,
    }
    #[derive(Serialize)]
    struct NewEntry<'a> {
        session: &'a RawValue,
        user: Additional,
    }
    let known = serde_json::from_str::<Additional>(&json::to_string(user));
    let (Ok(OldEntry { session, user: old }), Ok(mut user)) = (serde_json::from_str(entry), known) else {
        return entry.to_owned();
    };
    let is_new = |(name, _): &(String, _)| !user.0.iter().any(|(known, _)| known == name);
    let others: Vec<_> = old.into_iter().flat_map(|old| old.0).filter(is_new).collect();
    user.0.extend(others);
    json::to_string(&NewEntry { session, user })
}

fn changed(session: Session, change: Change<'_>, now: Timestamp) -> Session {
    match change {
        Change::Expiry(expires_at) => Session { expires_at, updated_at: Some(now), ..session },
        Change::Own(values) => {
            let mut additional = session.additional;
            values.json().iter().for_each(|(name, value)| additional.set(name, value.clone()));
            Session { additional, updated_at: Some(now), ..session }
        }
    }
}
