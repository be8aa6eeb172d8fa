//! The account that holds a user's password, in statements.

use super::{Db, Param, StoreError, column, pool::Repeat};
use crate::crypto::hashes::scheme::SchemeName;

/// With the aliases `u` and `a`: whether account `a` holds the password of user `u`. Sign-in does not use an account to which
/// another system gave another `accountId`.
pub(crate) const IS_CREDENTIAL: &str = "a.{account.userId} = u.{user.id} and a.{account.providerId} = 'credential' \
    and a.{account.accountId}::text = u.{user.id}::text";

/// Locks what the user in `$1` signs in with, before a statement that changes it. Two such statements wait for each other here, so
/// the second one sees what the first one did; a sign-in with the old password waits for the account.
pub(crate) const LOCK: &str = "select 1 from {user} u where u.{user.id} = $1 for no key update;
    select 1 from {account} a where a.{account.userId} = $1 and a.{account.providerId} = 'credential' for update";

/// Inserts an account for each user `u` of the part whose name follows. `$1` is the row's identifier, `$2` the hash, `$3` the time.
pub(super) const INSERT: &str = "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.password}, {account.createdAt}, {account.updatedAt}{leftover}{account.names})
    select {new $1}u.{user.id}::text, 'credential', u.{user.id}, $2, $3, $3{leftover 'local:credential'}{account.values} from ";

/// Sets the password of the user in the part `owner`, with the parameters of [`INSERT`]: in the user's account, or in a new one.
pub(crate) const SET: &str = const_format::concatcp!(
    "changed as (update {account} a set {account.password} = $2, {account.updatedAt} = $3 from owner u where ",
    IS_CREDENTIAL,
    "),
    made as (",
    INSERT,
    "owner u
    where not exists (select 1 from {account} a where ",
    IS_CREDENTIAL,
    "))"
);

/// Replaces the hash of a user's password by another hash of the same password. Returns `false` if the user's password is another
/// one by now. The time of the last change of the password stays.
pub async fn replace(db: &Db, user_id: &str, old: &str, new: &str) -> Result<bool, StoreError> {
    let sql = "update {account} set {account.password} = $3 where {account.userId} = $1
        and {account.providerId} = 'credential' and {account.accountId} = $1 and {account.password} = $2 returning 1";
    Ok(db.row(Repeat::Safe, sql, &[user_id.into(), old.into(), new.into()]).await?.is_some())
}

/// The name under which [`count`] counts better-auth's own hashes.
pub const OWN: &str = "better-auth";
/// The name under which [`count`] counts texts of no known scheme.
pub const UNKNOWN: &str = "unknown";

/// Counts the stored hashes of each scheme, by its name in `accept_hashes`; better-auth's are [`OWN`].
pub async fn count(db: &Db) -> Result<Vec<(String, i64)>, StoreError> {
    let known = SchemeName::ALL.into_iter().flat_map(|name| name.beginnings().iter().map(move |text| (name, *text)));
    let (names, beginnings): (Vec<_>, Vec<_>) =
        known.map(|(name, text)| (name.text().to_owned(), text.to_owned())).unzip();
    let sql = "select coalesce((select k.name from unnest($1::text[], $2::text[]) k(name, beginning)
                where starts_with(a.{account.password}::text, k.beginning) limit 1),
            case when split_part(a.{account.password}::text, ':', 2) ~ '^[0-9a-f]+$'
                and length(split_part(a.{account.password}::text, ':', 2)) = 128 then $3 else $4 end)::text, count(*)
        from {account} a where a.{account.providerId} = 'credential' and a.{account.password} <> '' group by 1 order by 1";
    let params: [Param<'_>; 4] = [names.as_slice().into(), beginnings.as_slice().into(), OWN.into(), UNKNOWN.into()];
    let rows = db.rows(Repeat::Safe, sql, &params).await?;
    rows.iter().map(|row| Ok((column::filled_text(row, 0)?, row.try_get(1)?))).collect()
}
