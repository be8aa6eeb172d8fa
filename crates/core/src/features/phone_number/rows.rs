//! Reads users by their phone number, and writes it. The columns exist only if `phone_number.enabled` is on.

use jiff::Timestamp;

use super::declaration::VERIFIED;
use crate::{
    model::{Session, User},
    rules::{
        fields::{self, is_yes},
        sign_in::FoundUser,
    },
    store::{
        Db, Param, RequestProof, StoreError,
        credential::{self, IS_CREDENTIAL},
        mailed::{self, MailRecipient},
        new_row,
        pool::Repeat,
        session, user,
        values::Values,
        written::literal,
    },
};

/// Whether a user has proven to own the number.
pub fn is_verified(user: &User) -> bool {
    user.additional.find(VERIFIED).is_some_and(is_yes)
}

/// Returns the user with the number, and the hash of the user's password, if any.
pub async fn with_password(db: &Db, number: &str) -> Result<Option<FoundUser>, StoreError> {
    let sql = const_format::concatcp!(user::WITH_PASSWORD, "u.{user.phoneNumber} = $1", user::ONE);
    user::found(db, db.row(Repeat::Safe, sql, &[number.into()]).await?)
}

/// Returns the user with the number, with what a code is bound to.
pub async fn reached(db: &Db, number: &str) -> Result<Option<MailRecipient>, StoreError> {
    let sql = const_format::concatcp!(mailed::REACHED, "u.{user.phoneNumber} = $1 limit 1");
    mailed::reached(db, db.row(Repeat::Safe, sql, &[number.into()]).await?)
}

/// Marks a user's number as verified and opens the session, if one is given: both or neither. Returns them as stored, or `None` if
/// the user has another number by now, or another password since `made_at`.
///
/// With a secondary storage the session opens after the number is marked.
///
/// # Errors
/// [`StoreError::Refused`] if the database refuses the row of the user or of the session.
pub async fn prove(
    db: &Db,
    user_id: &str,
    number: &str,
    made_at: Option<Timestamp>,
    session: Option<Session>,
    now: Timestamp,
) -> Result<Option<(User, Option<Session>)>, StoreError> {
    const PROVE: &str = const_format::concatcp!(
        "update {user} u set {user.phoneNumberVerified} = 'true', {user.updatedAt} = $3
        where u.{user.id} = $1 and u.{user.phoneNumber} = $2 and not exists (select 1 from {account} a where ",
        IS_CREDENTIAL,
        " and {time a.account.updatedAt} > $4) returning "
    );
    const WITH_SESSION: &str = const_format::concatcp!(
        "with proven as (",
        PROVE,
        "u.*), opened as (insert into {session} ({session.columns $5}) select {session.row $5 u} from proven u
        returning *){change phone.verified proven $1 - -}{opened opened $1 id} select {user.*}, {session.*} from proven u, opened s"
    );
    const WITHOUT_SESSION: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}",
        PROVE,
        "{user.*}{?change}){change phone.verified changed $1 - -} select * from changed{/change}"
    );
    let (session, apart) = session::within(db, session);
    let mut params: Vec<Param<'_>> = vec![user_id.into(), number.into(), now.into(), made_at.into()];
    let sql = match &session {
        Some(session) => {
            params.extend(new_row::session(session));
            WITH_SESSION
        }
        None => WITHOUT_SESSION,
    };
    let row = db.row_behind((credential::LOCK, &[literal(user_id)]), sql, &params).await?;
    let opened = match (&row, &session) {
        (Some(row), Some(_)) => Some(session::from_row(&db.schema, row, user::width(&db.schema))?),
        _ => None,
    };
    let Some(user) = user::changed(db, row, now).await? else { return Ok(None) };
    let opened = match apart {
        Some(session) => Some(session::open(db, session, &user).await?),
        None => opened,
    };
    Ok(Some((user, opened)))
}

/// Gives a user a number that the client has proven to own. Returns `None` if the user does not exist, or `ground` does not hold, any
/// more.
///
/// # Errors
/// [`StoreError::Refused`] if another user has the number.
pub async fn set_number(
    db: &Db,
    user: &User,
    number: &str,
    ground: &RequestProof<'_>,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let Some([token, _]) = ground.params(db).await? else { return Ok(None) };
    let sql = "{?change}with changed as ({/change}update {user} u set {user.phoneNumber} = $2, {user.phoneNumberVerified} = 'true', {user.updatedAt} = $3{user.set $5}
        where u.{user.id} = $1 and {holds $1 $4} returning {user.*}{?change}){change phone.changed changed $1 - -} select * from changed{/change}";
    let more = Values::from(fields::no_more_anonymous(user));
    let params: [Param<'_>; 5] = [(&user.id).into(), number.into(), now.into(), token, (&more).into()];
    user::changed(db, db.row(Repeat::Safe, sql, &params).await?, now).await
}
