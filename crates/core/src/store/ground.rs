//! The ground on which a signed-in request acts: its session and, if it proved one, the password. Hashing a password and asking a
//! provider take time. Meanwhile the user may end the session or set another password, so the statement that writes looks again.

use super::{Db, Param, StoreError, secondary::NoSession};

/// The session and the password on which a request acts.
#[derive(Debug, Clone, Copy)]
pub struct RequestProof<'a> {
    /// The token of the session.
    pub session: &'a str,
    /// The hash that the typed password was compared with, where there was one.
    pub password: Option<&'a str>,
}

impl<'a> RequestProof<'a> {
    /// A session alone.
    pub fn session(token: &'a str) -> Self {
        Self { session: token, password: None }
    }

    /// The values of `{holds $1 $2 $3}` behind the user's identifier: the token and the hash. NULL is not looked for. `None` if a
    /// secondary storage has the sessions, which no statement can ask, and says at this moment that the session is over.
    ///
    /// # Errors
    /// The failure of the secondary storage.
    pub(crate) async fn params(&self, db: &Db) -> Result<Option<[Param<'a>; 2]>, StoreError> {
        let token = match &db.secondary {
            None => Some(self.session),
            Some(secondary) => match secondary.session(&db.trips, self.session).await? {
                Ok(_) => None,
                Err(NoSession::Unknown) if secondary.in_database().may_have_session() => Some(self.session),
                Err(_) => return Ok(None),
            },
        };
        Ok(Some([token.into(), self.password.into()]))
    }

    /// Returns the values of [`Self::params`] for a statement that some requests send without a session: then both are NULL.
    ///
    /// # Errors
    /// The failure of the secondary storage.
    pub(crate) async fn params_of(ground: Option<&Self>, db: &Db) -> Result<Option<[Param<'a>; 2]>, StoreError> {
        match ground {
            Some(ground) => ground.params(db).await,
            None => Ok(Some([Param::Null; 2])),
        }
    }
}
