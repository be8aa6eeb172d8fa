//! Deletes users with everything that belongs to them.

use jiff::Timestamp;

use crate::model::User;
use crate::store::{Db, Param, RequestProof, StoreError, credential, mailed, verification, written::literal};

/// Deletes a user with accounts and sessions: all of it or nothing. Returns `false`, and deletes nothing, if `ground` does not hold any
/// more. Sessions in the secondary storage end before that, so that none outlives its user if a later step fails, and after it, in
/// case the user signed in meanwhile.
///
/// `keeps` is the role of creators. A user with it is not deleted if an organization has other members and none of them has the role.
pub async fn delete(
    db: &Db,
    id: &str,
    ground: Option<&RequestProof<'_>>,
    keeps: Option<&str>,
) -> Result<bool, StoreError> {
    let Some([token, password]) = RequestProof::params_of(ground, db).await? else { return Ok(false) };
    let (params, lock): ([Param<'_>; 4], _) = ([id.into(), token, password, keeps.into()], [literal(id)]);
    let lock = (LOCK, &lock[..]);
    let Some(secondary) = &db.secondary else {
        return Ok(db.row_behind(lock, deletion(true), &params).await?.is_some());
    };
    secondary.end_sessions(&db.trips, id).await?;
    let is_deleted = db.row_behind(lock, deletion(secondary.in_database().sessions), &params).await?.is_some();
    secondary.end_sessions(&db.trips, id).await?;
    Ok(is_deleted)
}

/// Locks the credentials of the user in `$1` and the user's organizations. Requests that change the members of these wait.
const LOCK: &str = const_format::concatcp!(
    credential::LOCK,
    "{?member};
    select 1 from {organization} o where o.{organization.id} in (select m.{member.organizationId} from {member} m
        where m.{member.userId} = $1) order by o.{organization.id} for no key update{/member}"
);

/// A condition that is appended to others: the user in `$1` is not the only one with the role of creators in `$4` in an organization that has other
/// members. With NULL, it holds.
const NOT_LAST: &str = "{?member} and not exists (select 1 from {member} m where m.{member.userId} = $1
            and $4::text = any (regexp_split_to_array(trim(m.{member.role}::text), '[[:space:]]*,[[:space:]]*'))
            and exists (select 1 from {member} y where y.{member.organizationId} = m.{member.organizationId}
                and y.{member.userId} <> m.{member.userId})
            and not exists (select 1 from {member} x where x.{member.organizationId} = m.{member.organizationId}
                and x.{member.userId} <> m.{member.userId}
                and $4::text = any (regexp_split_to_array(trim(x.{member.role}::text), '[[:space:]]*,[[:space:]]*')))){/member}";

/// The statement that deletes the user in `$1` with accounts and, if they are in the same database, sessions. It acts only while the
/// session with the token in `$2` and the password hash in `$3` exist; it does not look for one that is NULL. `$4` is the role of creators.
pub(crate) fn deletion(with_sessions: bool) -> &'static str {
    // A trigger may keep the user's row on purpose, so the answer depends on the ground alone.
    const ROWS: &str =
        "accounts as (delete from {account} where {account.userId} = $1 and exists (select 1 from owner)),
        deleted as (delete from {user} where {user.id} = $1 and exists (select 1 from owner)){change user.deleted owner $1 - -} select 1 from owner";
    const WITH_SESSIONS: &str = const_format::concatcp!(
        "with owner as (select 1 from {user} where {user.id} = $1 and {holds $1 $2 $3}",
        NOT_LAST,
        "),
        sessions as (delete from {session} where {session.userId} = $1 and exists (select 1 from owner)), ",
        ROWS
    );
    const WITHOUT_SESSIONS: &str = const_format::concatcp!(
        "with owner as (select 1 from {user} where {user.id} = $1 and {holds $1 - $3}",
        NOT_LAST,
        "), ",
        ROWS
    );
    if with_sessions { WITH_SESSIONS } else { WITHOUT_SESSIONS }
}

/// Deletes a user if a mailed secret of this user still works, and redeems the secret. Returns `false` if it does not work.
/// A change of the password or address removes a secret from the table; one in the secondary storage is compared with the
/// time of the last change.
pub async fn delete_by_secret(
    db: &Db,
    user: &User,
    identifiers: &[String],
    now: Timestamp,
    keeps: Option<&str>,
) -> Result<bool, StoreError> {
    const SQL: &str = const_format::concatcp!("with used as (delete from {verification}
            where {verification.identifier} = any($2) and {verification.value} = $1 returning {time verification.expiresAt} as until),
        owner as (select 1 from used where until > $3", NOT_LAST, " limit 1),
        sessions as (delete from {session} where {session.userId} = $1 and exists (select 1 from owner)),
        accounts as (delete from {account} where {account.userId} = $1 and exists (select 1 from owner)){change user.deleted owner $1 - -}
        delete from {user} where {user.id} = $1 and exists (select 1 from owner) returning 1");
    let id = user.id.as_str();
    if db.secondary.is_some() {
        // The secret of another user stays.
        let secret = verification::peek(db, identifiers)
            .await?
            .filter(|secret| secret.is_of(id, now) && secret.is_bound_to(&user.email));
        let Some(secret) = secret else { return Ok(false) };
        if mailed::is_overtaken(db, id, secret.made_at).await? {
            return Ok(false);
        }
        let taken = verification::take(db, identifiers).await?;
        return match taken.filter(|secret| secret.is_of(id, now)) {
            Some(_) => delete(db, id, None, keeps).await,
            None => Ok(false),
        };
    }
    let params: [Param<'_>; 4] = [id.into(), identifiers.into(), now.into(), keeps.into()];
    Ok(db.row_behind((LOCK, &[literal(id)]), SQL, &params).await?.is_some())
}
