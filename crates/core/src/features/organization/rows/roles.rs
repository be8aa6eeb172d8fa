//! The rows of roles that organizations make. Statements that depend on the number of roles, on their names or on who has them run
//! behind the lock on the organization's row.

use jiff::Timestamp;

use super::{ACTS, ActingMember, LOCK, if_any};
use crate::{
    features::organization::declaration::MOST_ROLES,
    store::{
        Db, Param, StoreError, column,
        pool::Repeat,
        record::{self, Record},
        values::Values,
        written::literal,
    },
};

/// The roles that an organization made, and the member who asks.
pub struct ListedRoles {
    /// The roles of the member, as the row has them.
    pub own: String,
    /// The rows of the roles, the oldest first.
    pub rows: Vec<Record>,
}

/// Returns the roles that an organization made, for a member; `None` if the user is not a member.
pub async fn list(db: &Db, organization: &str, user_id: &str) -> Result<Option<ListedRoles>, StoreError> {
    let sql = "select m.{member.role}::text, o.{organizationRole.id} is not null, {organizationRole.*}
        from (select * from {member} m where m.{member.organizationId} = $1 and m.{member.userId} = $2
            order by m.{member.id} limit 1) m
        left join lateral (select * from {organizationRole} o where o.{organizationRole.organizationId} = m.{member.organizationId}
            order by {time o.organizationRole.createdAt}, o.{organizationRole.id} limit $3) o on true
        order by {time o.organizationRole.createdAt}, o.{organizationRole.id}";
    let params: [Param<'_>; 3] = [organization.into(), user_id.into(), i64::from(MOST_ROLES).into()];
    let rows = if_any(db.rows(Repeat::Safe, sql, &params).await.map(Some))?.unwrap_or_default();
    let mut listed = None;
    for row in &rows {
        let own = column::filled_text(row, 0)?;
        let listed = listed.get_or_insert(ListedRoles { own, rows: Vec::new() });
        if column::flag(row, 1)? == Some(true) {
            listed.rows.push(record::from_row(&db.schema, "organizationRole", row, 2)?);
        }
    }
    Ok(listed)
}

/// A new role.
pub struct NewRole<'a> {
    /// The identifier, unless the database makes identifiers.
    pub id: &'a str,
    /// The name.
    pub role: &'a str,
    /// The permissions, as JSON.
    pub permission: &'a str,
    /// The values of the additional fields.
    pub additional: &'a Values,
    /// How many roles the organization may have.
    pub limit: i64,
}

/// The outcome of creating or changing a role.
pub enum Outcome {
    /// The row; without one if it was changed.
    Done(Option<Record>),
    /// The organization has as many roles as it may have.
    LimitReached,
    /// Another role of the organization has the name.
    NameTaken,
    /// The role is gone, or the member has lost the role that permits the change.
    Gone,
}

/// Stores a new role.
pub async fn create(
    db: &Db,
    acting: ActingMember<'_>,
    new: &NewRole<'_>,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with room as (select ",
        ACTS,
        " as acts, (select count(*) from {organizationRole} x where x.{organizationRole.organizationId} = $1) < $4::bigint as has_room,
            not exists (select 1 from {organizationRole} x where x.{organizationRole.organizationId} = $1
                and x.{organizationRole.role} = $5) as is_free),
        made as (insert into {organizationRole} ({organizationRole.new}{organizationRole.organizationId}, {organizationRole.role},
                {organizationRole.permission}, {organizationRole.createdAt}{organizationRole.names $9})
            select {new $6}$1, $5, $7, $8{organizationRole.values $9} from room r where r.acts and r.has_room and r.is_free returning *){change role.created made - id $1}
        select r.acts, r.has_room, r.is_free, {organizationRole.*} from room r left join made o on true"
    );
    let more: [Param<'_>; 6] =
        [new.limit.into(), new.role.into(), new.id.into(), new.permission.into(), now.into(), new.additional.into()];
    let params = [&acting.params()[..], &more].concat();
    let row = db.row_behind((LOCK, &[literal(acting.organization)]), SQL, &params).await?;
    let Some(row) = row else { return Ok(Outcome::Gone) };
    let is = |at| Ok::<_, StoreError>(column::flag(&row, at)? == Some(true));
    Ok(match (is(0)?, is(1)?, is(2)?) {
        (false, ..) => Outcome::Gone,
        (_, false, _) => Outcome::LimitReached,
        (.., false) => Outcome::NameTaken,
        _ => Outcome::Done(Some(record::from_row(&db.schema, "organizationRole", &row, 3)?)),
    })
}

/// Changes of a role. Fields without a value stay.
pub struct Changes<'a> {
    /// The name.
    pub role: Option<&'a str>,
    /// The permissions, as JSON.
    pub permission: Option<&'a str>,
    /// The values of the additional fields.
    pub additional: &'a Values,
}

/// Changes a role.
pub async fn update(
    db: &Db,
    acting: ActingMember<'_>,
    id: &str,
    changes: &Changes<'_>,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with free as (select not exists (select 1 from {organizationRole} x where x.{organizationRole.organizationId} = $1
                and x.{organizationRole.role} = $5) as is_free),
        changed as (update {organizationRole} o set {organizationRole.updatedAt} = $7,
                {organizationRole.role} = coalesce($5, o.{organizationRole.role}),
                {organizationRole.permission} = coalesce($6, o.{organizationRole.permission}){organizationRole.set $8}
            from free f where f.is_free and o.{organizationRole.id} = $4 and o.{organizationRole.organizationId} = $1 and ",
        ACTS,
        " returning 1){change role.updated changed - $4 $1}
        select f.is_free, exists (select 1 from changed) from free f"
    );
    let more: [Param<'_>; 5] =
        [id.into(), changes.role.into(), changes.permission.into(), now.into(), changes.additional.into()];
    let params = [&acting.params()[..], &more].concat();
    let row = db.row_behind((LOCK, &[literal(acting.organization)]), SQL, &params).await?;
    let Some(row) = row else { return Ok(Outcome::Gone) };
    Ok(match (column::flag(&row, 0)?, column::flag(&row, 1)?) {
        (Some(true), Some(true)) => Outcome::Done(None),
        (Some(true), _) => Outcome::Gone,
        _ => Outcome::NameTaken,
    })
}

/// Removes a role. Returns `Some(false)` if a member has it, and `None` if the organization has no such role or the member who acts
/// has lost the role that permits it.
pub async fn delete(db: &Db, acting: ActingMember<'_>, id: &str) -> Result<Option<bool>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with found as (select x.{organizationRole.id} as id, not exists (select 1 from {member} m where m.{member.organizationId} = $1
                and x.{organizationRole.role}::text = any (regexp_split_to_array(trim(m.{member.role}::text), '[[:space:]]*,[[:space:]]*')))
                as may_go
            from {organizationRole} x where x.{organizationRole.id} = $4 and x.{organizationRole.organizationId} = $1 and ",
        ACTS,
        "),
        gone as (delete from {organizationRole} x using found f where x.{organizationRole.id} = f.id and f.may_go{?change} returning 1{/change}){change role.deleted gone - $4 $1}
        select f.may_go from found f"
    );
    let params = [&acting.params()[..], &[id.into()]].concat();
    let row = db.row_behind((LOCK, &[literal(acting.organization)]), SQL, &params).await?;
    row.map(|row| Ok(column::flag(&row, 0)? == Some(true))).transpose()
}
