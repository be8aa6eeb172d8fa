//! Statements for the operator, who reads and removes organizations without being a member of one.

use super::{
    LOCK, if_any,
    members::{Member, PERSON, from_row},
};
use crate::{
    rules::search::Search,
    store::{
        Db, Param, StoreError, column,
        pool::Repeat,
        record::{self, Record},
        written::literal,
    },
};

/// The most members that a list returns.
const MOST: i64 = 10_000;

/// A page of all organizations.
pub struct Page {
    /// The number of all organizations that match.
    pub total: i64,
    /// The organizations of the page, each with the number of its members.
    pub organizations: Vec<(Record, i64)>,
}

/// Returns the organizations that a search finds.
///
/// # Errors
/// [`StoreError::Refused`] if a column cannot have a value of the search.
pub async fn page(db: &Db, search: &Search) -> Result<Page, StoreError> {
    let sql = "select (select count(*) from {organization} u{organization.where $1}),
            (select count(*) from {member} m where m.{member.organizationId} = o.{organization.id}),
            o.{organization.id} is not null, {organization.*} from (values (1)) one
        left join lateral (select * from {organization} u{organization.where $1}{organization.order $1} limit $2 offset $3) u on true
        left join lateral (select u.*) o on true{organization.order $1}";
    let params: [Param<'_>; 3] = [search.into(), search.limit.into(), search.offset.into()];
    let mut page = Page { total: 0, organizations: Vec::new() };
    for row in &db.rows(Repeat::Safe, sql, &params).await? {
        page.total = row.try_get(0)?;
        if column::flag(row, 2)? == Some(true) {
            page.organizations.push((record::from_row(&db.schema, "organization", row, 3)?, row.try_get(1)?));
        }
    }
    Ok(page)
}

/// Returns the organization with the identifier. A text that cannot be an identifier names none.
///
/// # Errors
/// The failure of the database.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<Record>, StoreError> {
    let sql = "select {organization.*} from {organization} o where o.{organization.id} = $1";
    let row = if_any(db.row(Repeat::Safe, sql, &[id.into()]).await)?;
    row.map(|row| record::from_row(&db.schema, "organization", &row, 0)).transpose()
}

/// Returns the organization with the slug.
///
/// # Errors
/// The failure of the database.
pub async fn by_slug(db: &Db, slug: &str) -> Result<Option<Record>, StoreError> {
    let sql = "select {organization.*} from {organization} o where o.{organization.slug} = $1 limit 1";
    let row = if_any(db.row(Repeat::Safe, sql, &[slug.into()]).await)?;
    row.map(|row| record::from_row(&db.schema, "organization", &row, 0)).transpose()
}

/// Returns the members of an organization with their users, the oldest first; at most ten thousand.
///
/// # Errors
/// The failure of the database.
pub async fn members(db: &Db, organization: &str) -> Result<Vec<Member>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "select ",
        PERSON,
        ", {member.*} from {member} m join {user} p on p.{user.id} = m.{member.userId}
        where m.{member.organizationId} = $1 order by {time m.member.createdAt}, m.{member.id} limit $2"
    );
    let rows = db.rows(Repeat::Safe, SQL, &[organization.into(), MOST.into()]).await?;
    rows.iter().map(|row| from_row(&db.schema, row, 0)).collect()
}

/// Removes an organization with its members and invitations. Returns `false` if there is none.
///
/// # Errors
/// The failure of the database.
pub async fn remove(db: &Db, id: &str) -> Result<bool, StoreError> {
    let sql = "with members as (delete from {member} m where m.{member.organizationId} = $1),
        invitations as (delete from {invitation} i where i.{invitation.organizationId} = $1){?change}, changed as ({/change}
        delete from {organization} o where o.{organization.id} = $1 returning 1{?change}){change organization.deleted changed - - $1} select * from changed{/change}";
    Ok(db.row_behind((LOCK, &[literal(id)]), sql, &[id.into()]).await?.is_some())
}
