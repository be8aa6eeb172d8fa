//! Adds an account to the user who asked for it, in the session that asked.

use super::{super::rules::Change, BEFORE_OWNER, BEHIND_OWNER, INSERTED, params, written_apart};
use crate::{
    model::LinkedAccount,
    store::{Db, Param, RequestProof, StoreError, account, column, unique, written::literal},
};

/// The result of adding an account to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkResult {
    /// It is the user's.
    Done,
    /// Another user has it, or the user removed it meanwhile.
    Elsewhere,
    /// The session that asked has ended.
    SessionOver,
}

/// Writes an account of a user with what changes of the user: a new account, or new tokens of one that the user has. Nothing is
/// written where the session that asked has ended. Behind the lock on the user, a reset of the password that ends the session and
/// removes accounts comes either before this or after it. Sessions in a secondary storage are asked once more behind the write, and an
/// account that came too late is removed again.
///
/// # Errors
/// [`StoreError::Refused`] where the row cannot be.
pub async fn link(
    db: &Db,
    account: LinkedAccount,
    is_new: bool,
    change: &Change,
    ground: &RequestProof<'_>,
) -> Result<LinkResult, StoreError> {
    let Some([token, _]) = ground.params(db).await? else { return Ok(LinkResult::SessionOver) };
    let mut all = params(&account).to_vec();
    all.extend::<[Param<'_>; 6]>([
        is_new.into(),
        (&change.name).into(),
        change.image.is_some().into(),
        change.image.as_ref().and_then(Option::as_deref).into(),
        (!change.is_empty()).into(),
        token,
    ]);
    let lock = unique::account(&account.provider_id, &account.account_id);
    let row = db.row_behind((LOCKS, &[literal(&account.user_id), lock]), LINK, &all).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the new account has no answer".to_owned()))?;
    let Some(id) = column::text(&row, 1)? else {
        return Ok(if column::flag(&row, 0)? == Some(true) { LinkResult::Elsewhere } else { LinkResult::SessionOver });
    };
    if db.secondary.is_some() && is_new && ground.params(db).await?.is_none() {
        account::unlink(db, &account.user_id, &id, true, None).await?;
        return Ok(LinkResult::SessionOver);
    }
    written_apart(db, &account, !change.is_empty(), None).await?;
    Ok(LinkResult::Done)
}

/// Of the user in `$1`, and of the account whose number is `$2`.
const LOCKS: &str = "select 1 from {user} u where u.{user.id} = $1 for no key update; select pg_advisory_xact_lock($2)";
const LINK: &str = const_format::concatcp!(
    "with live as (select 1 from {user} where {user.id} = $4 and {holds $4 $18}),
    made as (insert into {account} (",
    INSERTED,
    ") select ",
    BEFORE_OWNER,
    "$4",
    BEHIND_OWNER,
    " from live where $13
        and not exists (select 1 from {account} where {account.providerId} = $3 and {account.accountId} = $2)
    returning {account.id}::text as id
), kept as (update {account} set {account.accessToken} = $5, {account.refreshToken} = $6, {account.idToken} = $7,
        {account.accessTokenExpiresAt} = $8, {account.refreshTokenExpiresAt} = $9, {account.scope} = $10, {account.updatedAt} = $12
    where not $13 and {account.id}::text = $1 and {account.userId} = $4 and exists (select 1 from live)
    returning {account.id}::text as id
), done as (select id from made union all select id from kept),
changed as (update {user} set {user.name} = coalesce($14, {user.name}),
        {user.image} = case when $15 then $16 else {user.image} end, {user.updatedAt} = $12
    where $17 and {user.id} = $4 and exists (select 1 from done){?change} returning *{/change}){change account.linked made $4 id -}{change user.updated changed $4 - -}
    select exists (select 1 from live), (select id from done limit 1)"
);
