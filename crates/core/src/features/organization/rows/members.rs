//! The rows of members. One user may have several rows in an organization, because other servers with the same database may write
//! them: a change concerns all of them.

use serde::Serialize;
use tokio_postgres::Row;

use super::{ACTS, ActingMember, LOCK, if_any};
use crate::{
    model::User,
    rules::search::Search,
    store::{
        Db, Param, StoreError, column,
        pool::Repeat,
        record::{self, Record},
        schema::Schema,
        written::literal,
    },
};

/// A condition: the role of creators in `$4` is among the roles of the member `m`.
const CREATES: &str = "$4 = any (regexp_split_to_array(trim(m.{member.role}::text), '[[:space:]]*,[[:space:]]*'))";
/// A condition: a user other than that of the member `m` has the role of creators in `$4`, in the organization in `$1`.
const ANOTHER_CREATES: &str = "exists (select 1 from {member} x where x.{member.organizationId} = $1
    and x.{member.userId} <> m.{member.userId}
    and $4 = any (regexp_split_to_array(trim(x.{member.role}::text), '[[:space:]]*,[[:space:]]*')))";

/// The columns of a member's user, with the alias `p`.
pub(super) const PERSON: &str = "p.{user.id}::text, p.{user.name}::text, p.{user.email}::text, p.{user.image}::text";
/// The number of columns of [`PERSON`].
const PERSON_WIDTH: usize = 4;

/// The user of a member, as answers show the user.
#[derive(Clone, Serialize)]
pub struct Person {
    /// The identifier.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub email: String,
    /// The picture.
    pub image: Option<String>,
}

/// A member with the user.
#[derive(Clone, Serialize)]
pub struct Member {
    /// The row of the member.
    #[serde(flatten)]
    pub row: Record,
    /// The user.
    pub user: Person,
}

impl Member {
    /// Returns the membership of this user.
    pub fn of(row: Record, user: &User) -> Self {
        let (id, name, email, image) = (user.id.clone(), user.name.clone(), user.email.clone(), user.image.clone());
        Self { row, user: Person { id, name, email, image } }
    }

    /// Returns the roles of the member, as the row has them.
    pub fn role(&self) -> &str {
        self.row.text("role").unwrap_or_default()
    }
}

/// Reads a member behind the columns of [`PERSON`], which begin at `at`.
pub(super) fn from_row(schema: &Schema, row: &Row, at: usize) -> Result<Member, StoreError> {
    let user = Person {
        id: column::filled_text(row, at)?,
        name: column::text(row, at + 1)?,
        email: column::filled_text(row, at + 2)?,
        image: column::text(row, at + 3)?,
    };
    Ok(Member { row: record::from_row(schema, "member", row, at + PERSON_WIDTH)?, user })
}

/// A page of an organization's members.
pub struct Page {
    /// Whether the user who asks is a member.
    pub is_asked_by_member: bool,
    /// The number of all members that match.
    pub total: i64,
    /// The members with their users.
    pub members: Vec<Member>,
}

/// Returns the members that a search in the organization finds, and whether the user who asks is a member.
pub async fn search(db: &Db, search: &Search, organization: &str, user_id: &str) -> Result<Page, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "select exists (select 1 from {member} a where a.{member.organizationId} = $4 and a.{member.userId} = $5),
            (select count(*) from {member} u{member.where $1}), m.{member.id} is not null, ",
        PERSON,
        ", {member.*} from (values (1)) one
        left join lateral (select * from {member} u{member.where $1}{member.order $1} limit $2 offset $3) u on true
        left join lateral (select u.*) m on true left join {user} p on p.{user.id} = m.{member.userId}{member.order $1}"
    );
    let params: [Param<'_>; 5] =
        [search.into(), search.limit.into(), search.offset.into(), organization.into(), user_id.into()];
    let rows = db.list(SQL, &params).await?;
    let mut page = Page { is_asked_by_member: false, total: 0, members: Vec::new() };
    for row in &rows {
        page.is_asked_by_member = column::flag(row, 0)? == Some(true);
        page.total = row.try_get(1)?;
        if column::flag(row, 2)? == Some(true) {
            page.members.push(from_row(&db.schema, row, 3)?);
        }
    }
    Ok(page)
}

/// Whether a user is the only one with the role of creators in an organization that has other members.
pub async fn is_last_creator(db: &Db, user_id: &str, creator: &str) -> Result<bool, StoreError> {
    let sql = "select 1 from {member} m where m.{member.userId} = $1
            and $2 = any (regexp_split_to_array(trim(m.{member.role}::text), '[[:space:]]*,[[:space:]]*'))
            and exists (select 1 from {member} y where y.{member.organizationId} = m.{member.organizationId}
                and y.{member.userId} <> m.{member.userId})
            and not exists (select 1 from {member} x where x.{member.organizationId} = m.{member.organizationId}
                and x.{member.userId} <> m.{member.userId}
                and $2 = any (regexp_split_to_array(trim(x.{member.role}::text), '[[:space:]]*,[[:space:]]*'))) limit 1";
    Ok(db.row(Repeat::Safe, sql, &[user_id.into(), creator.into()]).await?.is_some())
}

/// A member whom a request names.
pub struct Target {
    /// The member with the user.
    pub member: Member,
    /// Whether another user of the organization has the role of creators.
    pub has_other_creator: bool,
}

/// Returns a member of the organization by the identifier of the row, of the user, or by the user's address.
pub async fn target(
    db: &Db,
    organization: &str,
    by: MemberSelector<'_>,
    creator: &str,
) -> Result<Option<Target>, StoreError> {
    const TARGET: &str = const_format::concatcp!(
        "select ",
        ANOTHER_CREATES,
        ", ",
        PERSON,
        ", {member.*} from {member} m join {user} p on p.{user.id} = m.{member.userId} where m.{member.organizationId} = $1 and "
    );
    const ONE: &str = " order by m.{member.id} limit $3";
    const BY_ID: &str = const_format::concatcp!(TARGET, "m.{member.id} = $2", ONE);
    const BY_USER: &str = const_format::concatcp!(TARGET, "p.{user.id} = $2", ONE);
    const BY_EMAIL: &str = const_format::concatcp!(TARGET, "p.{user.email} = $2", ONE);
    let (sql, name) = match by {
        MemberSelector::Id(id) => (BY_ID, id),
        MemberSelector::User(id) => (BY_USER, id),
        MemberSelector::Email(email) => (BY_EMAIL, email),
    };
    let params: [Param<'_>; 4] = [organization.into(), name.into(), 1.into(), creator.into()];
    let row = if_any(db.row(Repeat::Safe, sql, &params).await)?;
    let Some(row) = row else { return Ok(None) };
    let has_other_creator = column::flag(&row, 0)? == Some(true);
    Ok(Some(Target { member: from_row(&db.schema, &row, 1)?, has_other_creator }))
}

/// How a request names a member.
#[derive(Clone, Copy)]
pub enum MemberSelector<'a> {
    /// By the identifier of the row.
    Id(&'a str),
    /// By the identifier of the user.
    User(&'a str),
    /// By the address of the user, in lower case.
    Email(&'a str),
}

/// A change of a member by another one, or by the member itself.
pub struct Change<'a> {
    /// The member who acts.
    pub acting: ActingMember<'a>,
    /// The identifier of the user whose membership changes.
    pub user_id: &'a str,
    /// The roles that the row has, as the request found them.
    pub role: &'a str,
    /// The role of creators.
    pub creator: &'a str,
}

/// Removes a membership, also those in the teams of the organization. Returns `false` if the member who acts or the other one has changed meanwhile, or if no other user has the
/// role of creators.
pub async fn remove(db: &Db, change: &Change<'_>) -> Result<bool, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with gone as (delete from {member} m where m.{member.organizationId} = $1 and m.{member.userId} = $5
            and exists (select 1 from {member} y where y.{member.organizationId} = $1 and y.{member.userId} = $5
                and y.{member.role}::text = $6) and ",
        ACTS,
        " and (not ",
        CREATES,
        " or ",
        ANOTHER_CREATES,
        ") returning 1){?team},
        seats as (delete from {teamMember} x using {team} g where g.{team.organizationId} = $1
            and x.{teamMember.teamId} = g.{team.id} and x.{teamMember.userId} = $5 and exists (select 1 from gone)
            returning g.{team.id} as id),
        freed as (update {team} g set {team.memberCount} = greatest(g.{team.memberCount} - f.number, 0)
            from (select s.id, count(*) as number from seats s group by s.id) f where g.{team.id} = f.id){/team}{change member.removed gone $5 - $1}
        select 1 from gone limit 1"
    );
    let row = db.row_behind((LOCK, &[literal(change.acting.organization)]), SQL, &change.params()).await?;
    Ok(row.is_some())
}

/// Gives a member other roles, of which the organization made those in `made`, and returns the member. Returns `None` if the member who
/// acts, the other one or a role has changed meanwhile, or if no user would have the role of creators.
pub async fn set_role(db: &Db, change: &Change<'_>, role: &str, made: &[String]) -> Result<Option<Record>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with changed as (update {member} m set {member.role} = $7 where m.{member.organizationId} = $1 and m.{member.userId} = $5
            and exists (select 1 from {member} y where y.{member.organizationId} = $1 and y.{member.userId} = $5
                and y.{member.role}::text = $6) and ",
        ACTS,
        " and (not ",
        CREATES,
        " or $4 = any (string_to_array($7, ',')) or ",
        ANOTHER_CREATES,
        "){?organizationRole} and not exists (select 1 from unnest($8::text[]) p(name) where not exists (select 1
                from {organizationRole} r where r.{organizationRole.organizationId} = $1
                and r.{organizationRole.role}::text = p.name)){/organizationRole} returning *){change member.role_set changed $5 id $1}
        select {member.*} from changed m order by m.{member.id} limit 1"
    );
    let params = [&change.params()[..], &[role.into(), made.into()]].concat();
    let row = db.row_behind((LOCK, &[literal(change.acting.organization)]), SQL, &params).await?;
    row.map(|row| record::from_row(&db.schema, "member", &row, 0)).transpose()
}

impl Change<'_> {
    fn params(&self) -> [Param<'_>; 6] {
        let [organization, user, role] = self.acting.params();
        [organization, user, role, self.creator.into(), self.user_id.into(), self.role.into()]
    }
}
