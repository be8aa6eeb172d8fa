//! Removes keys when another person proves to own the address of a user.

use super::OF_ORGANIZATIONS;
use crate::store::{Db, Param, StoreError, column, pool::Repeat};

/// The maximum number of organizations whose keys are removed.
const MOST: i64 = 10_000;

/// Removes all keys of a user, and those of organizations that have no other member, because only the user can have made them. Keys of
/// the configurations `of_organizations` belong to organizations.
///
/// # Errors
/// The failure of the database.
pub async fn delete_all(db: &Db, user: &str, of_organizations: &[String]) -> Result<(), StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}delete from {apikey} k where (k.{apikey.referenceId} = $1 and not ",
        OF_ORGANIZATIONS,
        ") or (k.{apikey.referenceId} = any($3) and ",
        OF_ORGANIZATIONS,
        "){?change} returning 1){change api_key.deleted changed $1 - -} select 1 from changed{/change}"
    );
    let own = if of_organizations.is_empty() { Vec::new() } else { alone_in(db, user).await? };
    db.rows(Repeat::Safe, SQL, &[user.into(), of_organizations.into(), own.as_slice().into()]).await.map(|_| ())
}

/// Returns the organizations of which the user is the only member.
async fn alone_in(db: &Db, user: &str) -> Result<Vec<String>, StoreError> {
    let sql = "select m.{member.organizationId}::text from {member} m where m.{member.userId} = $1 and not exists (select 1 from {member} x
        where x.{member.organizationId} = m.{member.organizationId} and x.{member.userId} <> m.{member.userId}) limit $2";
    let params: [Param<'_>; 2] = [user.into(), MOST.into()];
    db.rows(Repeat::Safe, sql, &params).await?.iter().map(|row| column::filled_text(row, 0)).collect()
}
