//! Reads the rows of `audit`. `store/noted.rs` writes them, in the statements of the changes.

use jiff::Timestamp;

use crate::store::{
    Db, Param, StoreError,
    pool::Repeat,
    record::{self, Record},
};

/// The conditions of a list. A condition without a value matches every row.
#[derive(Default)]
pub struct AuditFilter<'a> {
    /// The user whom the change concerns.
    pub target: Option<&'a str>,
    /// The user who made the change, or the administrator who acted as that user.
    pub actor: Option<&'a str>,
    /// The organization.
    pub organization: Option<&'a str>,
    /// The kind of the change.
    pub kind: Option<&'a str>,
    /// The endpoint or the command.
    pub action: Option<&'a str>,
    /// The first instant.
    pub since: Option<Timestamp>,
    /// The instant after the last one.
    pub until: Option<Timestamp>,
    /// How many rows to return.
    pub limit: i64,
    /// How many rows to pass over.
    pub offset: i64,
}

/// Returns rows, the newest first.
///
/// # Errors
/// The failure of the database.
pub async fn list(db: &Db, asked: &AuditFilter<'_>) -> Result<Vec<Record>, StoreError> {
    let sql = "select {audit.*} from {audit} a where ($1::text is null or a.{audit.targetId} = $1)
            and ($2::text is null or a.{audit.actorId} = $2 or a.{audit.impersonatedBy} = $2)
            and ($3::text is null or a.{audit.organizationId} = $3) and ($4::text is null or a.{audit.kind} = $4)
            and ($5::text is null or a.{audit.action} = $5) and ($6::text is null or {time a.audit.createdAt} >= $6)
            and ($7::text is null or {time a.audit.createdAt} < $7)
        order by {time a.audit.createdAt} desc, a.{audit.id} desc limit $8 offset $9";
    let params: [Param<'_>; 9] = [
        asked.target.into(),
        asked.actor.into(),
        asked.organization.into(),
        asked.kind.into(),
        asked.action.into(),
        asked.since.into(),
        asked.until.into(),
        asked.limit.into(),
        asked.offset.into(),
    ];
    let rows = db.rows(Repeat::Safe, sql, &params).await?;
    rows.iter().map(|row| record::from_row(&db.schema, "audit", row, 0)).collect()
}
