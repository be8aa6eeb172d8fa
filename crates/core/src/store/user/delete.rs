//! Deletes users with everything that belongs to them.

use jiff::Timestamp;

use crate::model::User;
use crate::store::{Db, Param, StoreError, credential, mailed, pool::Repeat, verification, written::literal};

/// Deletes a user with accounts and sessions: all of it or nothing. Sessions in the secondary storage end before that, so that none
/// outlives its user if a later step fails, and after it, in case the user signed in meanwhile.
pub async fn delete(db: &Db, id: &str) -> Result<(), StoreError> {
    let params: [Param<'_>; 1] = [id.into()];
    let Some(secondary) = &db.secondary else {
        return db.rows(Repeat::Safe, deletion(true), &params).await.map(|_| ());
    };
    secondary.end_sessions(&db.trips, id).await?;
    db.rows(Repeat::Safe, deletion(secondary.in_database().sessions), &params).await?;
    secondary.end_sessions(&db.trips, id).await
}

/// The statement that removes the user in `$1` with accounts and, where they are in the same database, sessions.
pub(crate) fn deletion(with_sessions: bool) -> &'static str {
    const ROWS: &str = "accounts as (delete from {account} where {account.userId} = $1)
        delete from {user} where {user.id} = $1";
    const WITH_SESSIONS: &str =
        const_format::concatcp!("with sessions as (delete from {session} where {session.userId} = $1), ", ROWS);
    const WITHOUT_SESSIONS: &str = const_format::concatcp!("with ", ROWS);
    if with_sessions { WITH_SESSIONS } else { WITHOUT_SESSIONS }
}

/// Deletes a user as [`delete`] does, if a mailed secret of this user still works, and uses the secret up. `false` if it does not work.
/// A change of the password or the address removes the secret; one in the secondary storage is compared with the time of that change.
pub async fn delete_by_secret(
    db: &Db,
    user: &User,
    identifiers: &[String],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let id = user.id.as_str();
    if db.secondary.is_some() {
        // Somebody else's stays.
        let secret = verification::peek(db, identifiers)
            .await?
            .filter(|secret| secret.is_of(id, now) && secret.is_bound_to(&user.email));
        let Some(secret) = secret else { return Ok(false) };
        if mailed::is_overtaken(db, id, secret.made_at).await? {
            return Ok(false);
        }
        let taken = verification::take(db, identifiers).await?;
        return match taken.filter(|secret| secret.is_of(id, now)) {
            Some(_) => delete(db, id).await.map(|()| true),
            None => Ok(false),
        };
    }
    let sql = "with used as (delete from {verification}
            where {verification.identifier} = any($2) and {verification.value} = $1 returning {time verification.expiresAt} as until),
        owner as (select 1 from used where until > $3 limit 1),
        sessions as (delete from {session} where {session.userId} = $1 and exists (select 1 from owner)),
        accounts as (delete from {account} where {account.userId} = $1 and exists (select 1 from owner))
        delete from {user} where {user.id} = $1 and exists (select 1 from owner) returning 1";
    let params: [Param<'_>; 3] = [id.into(), identifiers.into(), now.into()];
    Ok(db.row_behind((credential::LOCK, &[literal(id)]), sql, &params).await?.is_some())
}
