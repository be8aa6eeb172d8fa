//! Reads invitations, and whether there are users.

use jiff::Timestamp;

use crate::store::{Db, Param, StoreError, pool::Repeat};

/// Whether an address has an invitation that has not expired.
pub async fn is_invited(db: &Db, email: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "select 1 from {signUpInvitation} i where lower(i.{signUpInvitation.email}::text) = $1
        and (i.{signUpInvitation.expiresAt} is null or {time i.signUpInvitation.expiresAt} > $2) limit 1";
    let params: [Param<'_>; 2] = [email.into(), now.into()];
    Ok(db.row(Repeat::Safe, sql, &params).await?.is_some())
}

/// Whether the table of users is empty.
pub async fn has_no_user(db: &Db) -> Result<bool, StoreError> {
    Ok(db.row(Repeat::Safe, "select 1 from {user} limit 1", &[]).await?.is_none())
}
