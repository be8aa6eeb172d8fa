//! Changes the rows of users.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::read::from_row;
use crate::{
    model::User,
    store::{Db, Param, RequestProof, StoreError, pool::Repeat, values::Values},
};

/// A change that a user makes to the user's own row.
pub struct Change<'a> {
    /// A new name.
    pub name: Option<&'a str>,
    /// A new picture; `Some(None)` removes it.
    pub image: Option<Option<&'a str>>,
    /// Values of additional fields.
    pub additional: Values,
}

/// Changes a user's row and returns the user; `None` if the user does not exist, or `ground` does not hold, any more.
pub async fn update(
    db: &Db,
    id: &str,
    change: &Change<'_>,
    ground: Option<&RequestProof<'_>>,
    now: Timestamp,
) -> Result<Option<User>, StoreError> {
    let Some([token, _]) = RequestProof::params_of(ground, db).await? else { return Ok(None) };
    let sql = "{?change}with changed as ({/change}update {user} u set {user.name} = coalesce($2, u.{user.name}),
            {user.image} = case when $3 then $4 else u.{user.image} end, {user.updatedAt} = $5{user.set $6}
        where u.{user.id} = $1 and {holds $1 $7} returning {user.*}{?change}){change user.updated changed $1 - -} select * from changed{/change}";
    let params: [Param<'_>; 7] = [
        id.into(),
        change.name.into(),
        change.image.is_some().into(),
        change.image.flatten().into(),
        now.into(),
        (&change.additional).into(),
        token,
    ];
    changed(db, db.row(Repeat::Safe, sql, &params).await?, now).await
}

/// Reads a user's changed row, if there is one, and updates the sessions in the secondary storage, which contain the user.
pub(crate) async fn changed(db: &Db, row: Option<Row>, now: Timestamp) -> Result<Option<User>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let user = from_row(&db.schema, &row, 0)?;
    if let Some(secondary) = &db.secondary {
        secondary.change_user(&db.trips, &user, now).await?;
    }
    Ok(Some(user))
}
