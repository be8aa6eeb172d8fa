//! The rows of organizations, their members and invitations. Statements that depend on the number of members, or on who is an owner, run
//! behind a lock on the organization's row. So limits and the last owner hold for concurrent requests and over all instances.

pub mod invitations;
pub mod members;
pub mod operator;
pub mod roles;
pub mod team_members;
pub mod teams;

use jiff::Timestamp;
use tokio_postgres::Row;

use super::declaration::MOST_ROLES;
pub(super) use crate::store::founded::{KEY_AND, KEY_END, KEY_OF};
use crate::store::{
    Db, Param, StoreError, column,
    pool::Repeat,
    record::{self, Record},
    stored::StoredStatement,
    values::Values,
    written::literal,
};

/// Makes requests that change the members of the organization in `$1` wait for each other until their transactions end.
pub(super) const LOCK: &str = "select 1 from {organization} o where o.{organization.id} = $1 for no key update";

/// Makes requests of the user in `$1` that create organizations wait for each other until their transactions end.
const LOCK_USER: &str = "select 1 from {user} u where u.{user.id} = $1 for no key update";

/// A condition: the member of the organization in `$1` who is the user in `$2` still has the roles in `$3`.
pub(super) const ACTS: &str = "exists (select 1 from {member} a where a.{member.organizationId} = $1
    and a.{member.userId} = $2 and a.{member.role}::text = $3)";

/// The member who acts, as the request found the member: the statement that writes looks again.
#[derive(Clone, Copy)]
pub struct ActingMember<'a> {
    /// The identifier of the organization.
    pub organization: &'a str,
    /// The identifier of the user.
    pub user: &'a str,
    /// The roles of the member, as the row has them.
    pub role: &'a str,
}

impl<'a> ActingMember<'a> {
    /// Returns the values of [`ACTS`], the first ones of a statement.
    pub(super) fn params(self) -> [Param<'a>; 3] {
        [self.organization.into(), self.user.into(), self.role.into()]
    }
}

/// How a request names an organization.
#[derive(Clone, Copy)]
pub enum OrganizationSelector<'a> {
    /// By its identifier.
    Id(&'a str),
    /// By its slug.
    Slug(&'a str),
}

/// An organization that a user asks for.
pub struct FoundOrganization {
    /// The organization.
    pub organization: Record,
    /// The user's membership, if there is one.
    pub member: Option<Record>,
    /// The roles that the organization made.
    pub made: OrganizationRoles,
}

/// The roles that an organization made, each with its name and its permissions as the row has them.
pub type OrganizationRoles = Vec<(String, String)>;

/// The column behind others with the roles that the organization `o` made: a list of pairs, as JSON.
pub(super) const MADE: &str = "{?organizationRole}, (select json_agg(json_build_array(
        coalesce(r.{organizationRole.role}::text, ''), coalesce(r.{organizationRole.permission}::text, '')))::text
        from (select * from {organizationRole} x where x.{organizationRole.organizationId} = o.{organization.id}
            order by {time x.organizationRole.createdAt}, x.{organizationRole.id}
            limit 1000) r){/organizationRole}";
const _: () = assert!(MOST_ROLES == 1_000, "`MADE` has the same limit");

/// Reads the column [`MADE`] at `at`, if the table is used.
pub(super) fn made(db: &Db, row: &Row, at: usize) -> Result<OrganizationRoles, StoreError> {
    if !db.schema.has("organizationRole") {
        return Ok(OrganizationRoles::new());
    }
    let text = column::text(row, at)?.unwrap_or_else(|| "[]".to_owned());
    serde_json::from_str(&text)
        .map_err(|error| StoreError::Failed(format!("the list of roles cannot be read: {error}")))
}

/// A text that cannot be an identifier or a slug names nothing.
pub(super) fn if_any<T>(found: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Err(StoreError::Refused { .. }) => Ok(None),
        found => found,
    }
}

const FIND: &str = const_format::concatcp!(
    "select m.{member.id} is not null, {organization.*}, {member.*}",
    MADE,
    " from {organization} o left join lateral (select * from {member} m where m.{member.organizationId} = o.{organization.id}
            and m.{member.userId} = $2 order by m.{member.id} limit 1) m on true where "
);
/// Finds an organization by its identifier, and a user's membership.
pub static FIND_BY_ID: StoredStatement =
    StoredStatement::reading("organization", const_format::concatcp!(FIND, "o.{organization.id} = $1"));
/// Finds an organization by its slug, and a user's membership.
pub static FIND_BY_SLUG: StoredStatement =
    StoredStatement::reading("organization", const_format::concatcp!(FIND, "o.{organization.slug} = $1 limit 1"));

/// Returns an organization and the user's membership in it.
pub async fn find(
    db: &Db,
    which: OrganizationSelector<'_>,
    user_id: &str,
) -> Result<Option<FoundOrganization>, StoreError> {
    let (stored, name) = match which {
        OrganizationSelector::Id(id) => (&FIND_BY_ID, id),
        OrganizationSelector::Slug(slug) => (&FIND_BY_SLUG, slug),
    };
    let row = if_any(db.stored_row(Repeat::Safe, stored, &[name.into(), user_id.into()]).await)?;
    let Some(row) = row else { return Ok(None) };
    let organization = record::from_row(&db.schema, "organization", &row, 1)?;
    let at = 1 + record::width(&db.schema, "organization");
    let is_member = column::flag(&row, 0)? == Some(true);
    let member = if is_member { Some(record::from_row(&db.schema, "member", &row, at)?) } else { None };
    let made = made(db, &row, at + record::width(&db.schema, "member"))?;
    Ok(Some(FoundOrganization { organization, member, made }))
}

/// Whether an organization has the slug.
pub async fn is_slug_taken(db: &Db, slug: &str) -> Result<bool, StoreError> {
    let sql = "select exists (select 1 from {organization} o where o.{organization.slug} = $1)";
    let row = if_any(db.row(Repeat::Safe, sql, &[slug.into()]).await)?;
    row.map_or(Ok(false), |row| Ok(column::flag(&row, 0)? == Some(true)))
}

/// The most organizations that a list returns. An answer must fit into the memory of an instance.
const MOST: i64 = 10_000;

/// Returns the organizations of which a user is a member, the oldest first.
pub async fn of_user(db: &Db, user_id: &str) -> Result<Vec<Record>, StoreError> {
    let sql = "select {organization.*} from {organization} o where exists (select 1 from {member} m
            where m.{member.organizationId} = o.{organization.id} and m.{member.userId} = $1)
        order by {time o.organization.createdAt}, o.{organization.id} limit $2";
    let rows = db.list(sql, &[user_id.into(), MOST.into()]).await?;
    rows.iter().map(|row| record::from_row(&db.schema, "organization", row, 0)).collect()
}

/// A new organization and the membership of the user who creates it.
pub struct NewOrganization<'a> {
    /// The identifier of the organization, unless the database makes identifiers.
    pub id: &'a str,
    /// The identifier of the member's row, unless the database makes identifiers.
    pub member_id: &'a str,
    /// The name.
    pub name: &'a str,
    /// The slug.
    pub slug: &'a str,
    /// The URL of the picture.
    pub logo: Option<&'a str>,
    /// Data of the application, as JSON.
    pub metadata: Option<&'a str>,
    /// The values of the additional fields of the organization.
    pub additional: &'a Values,
    /// The values of the additional fields of the member.
    pub of_member: &'a Values,
    /// The user.
    pub user_id: &'a str,
    /// The role of the user.
    pub role: &'a str,
    /// Of how many organizations the user may be a member before this one.
    pub limit: Option<i64>,
    /// The first team, which has the organization's name.
    pub team: Option<NewTeam<'a>>,
}

/// The first team of a new organization.
pub struct NewTeam<'a> {
    /// The identifier of the team, unless the database makes identifiers.
    pub id: &'a str,
    /// The identifier of the row of the team's member, unless the database makes identifiers.
    pub member_id: &'a str,
    /// The values of the additional fields of the team.
    pub additional: &'a Values,
}

/// The outcome of creating an organization.
pub enum Outcome {
    /// The organization with its first member.
    Made {
        /// The organization.
        organization: Record,
        /// Its member.
        member: Record,
        /// The identifier of its first team, if it has one.
        team: Option<String>,
    },
    /// The user is a member of too many organizations.
    LimitReached,
    /// Another organization has the slug.
    SlugTaken,
}

/// Stores a new organization with its first member and team: all or nothing.
pub async fn create(db: &Db, new: &NewOrganization<'_>, now: Timestamp) -> Result<Outcome, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with room as (select $9::bigint is null or (select count(*) from {member} m where m.{member.userId} = $8)
                < $9::bigint as has_room,
            not exists (select 1 from {organization} o where o.{organization.slug} = $3) as is_free),
        made as (insert into {organization} ({organization.new}{organization.name}, {organization.slug}, {organization.logo},
                {organization.createdAt}, {organization.metadata}{organization.names $10})
            select {new $1}$2, $3, $4, $5, $6{organization.values $10} from room where has_room and is_free returning *),
        joined as (insert into {member} ({member.new}{member.organizationId}, {member.userId}, {member.role}, {member.createdAt}{member.names $11})
            select {new $7}o.{organization.id}, $8, $12, $5{member.values $11} from made o returning *){?team},
        grouped as (insert into {team} ({team.new}{team.name}, {team.memberCount}, {team.organizationId}, {team.createdAt}{team.names $15})
            select {new $14}o.{organization.name}, 1, o.{organization.id}, $5{team.values $15} from made o where $13 returning *),
        placed as (insert into {teamMember} ({teamMember.new}{teamMember.teamId}, {teamMember.userId}, {teamMember.membershipKey},
                {teamMember.createdAt}) select {new $16}t.{team.id}, $8, ",
        KEY_OF,
        "t.{team.id}",
        KEY_AND,
        "$8",
        KEY_END,
        ", $5 from grouped t){change team.created grouped - id team.organizationId}{/team}{change organization.created made $8 - id}
        select r.has_room, r.is_free, {organization.*}, {member.*}{?team}, t.{team.id}::text{/team} from room r
            left join made o on true left join joined m on true{?team} left join grouped t on true{/team}"
    );
    let none = Values::from(serde_json::Map::new());
    let (team_id, in_team, of_team) =
        new.team.as_ref().map_or(("", "", &none), |team| (team.id, team.member_id, team.additional));
    let params: [Param<'_>; 16] = [
        new.id.into(),
        new.name.into(),
        new.slug.into(),
        new.logo.into(),
        now.into(),
        new.metadata.into(),
        new.member_id.into(),
        new.user_id.into(),
        new.limit.into(),
        new.additional.into(),
        new.of_member.into(),
        new.role.into(),
        new.team.is_some().into(),
        team_id.into(),
        of_team.into(),
        in_team.into(),
    ];
    let row = match db.row_behind((LOCK_USER, &[literal(new.user_id)]), SQL, &params).await {
        // Another request has taken the slug at this moment.
        Err(error) if error.is_taken() => return Ok(Outcome::SlugTaken),
        row => row?.ok_or_else(|| StoreError::Failed("the new organization was not returned".to_owned()))?,
    };
    if column::flag(&row, 0)? != Some(true) {
        return Ok(Outcome::LimitReached);
    }
    if column::flag(&row, 1)? != Some(true) {
        return Ok(Outcome::SlugTaken);
    }
    let at = 2 + record::width(&db.schema, "organization");
    let organization = record::from_row(&db.schema, "organization", &row, 2)?;
    let member = record::from_row(&db.schema, "member", &row, at)?;
    let has_teams = db.schema.has("team");
    let team = if has_teams { column::text(&row, at + record::width(&db.schema, "member"))? } else { None };
    Ok(Outcome::Made { organization, member, team })
}

/// Changes of an organization. Fields without a value stay.
pub struct Changes<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// The slug.
    pub slug: Option<&'a str>,
    /// The URL of the picture.
    pub logo: Option<Option<&'a str>>,
    /// Data of the application, as JSON.
    pub metadata: Option<&'a str>,
    /// The additional fields.
    pub additional: &'a Values,
}

/// Changes an organization and returns it; `None` if another one has the slug, or the member has lost the role meanwhile.
pub async fn update(db: &Db, acting: ActingMember<'_>, changes: &Changes<'_>) -> Result<Option<Record>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}update {organization} o set {organization.name} = coalesce($4, o.{organization.name}),
            {organization.slug} = coalesce($5, o.{organization.slug}),
            {organization.logo} = case when $6 then $7 else o.{organization.logo} end,
            {organization.metadata} = coalesce($8, o.{organization.metadata}){organization.set $9}
        where o.{organization.id} = $1 and ",
        ACTS,
        " and not exists (select 1 from {organization} x where x.{organization.slug} = $5 and not x.{organization.id} = $1)
        returning {organization.*}{?change}){change organization.updated changed - - $1} select * from changed{/change}"
    );
    let changed: [Param<'_>; 6] = [
        changes.name.into(),
        changes.slug.into(),
        changes.logo.is_some().into(),
        changes.logo.flatten().into(),
        changes.metadata.into(),
        changes.additional.into(),
    ];
    let params = [&acting.params()[..], &changed].concat();
    match db.row(Repeat::Safe, SQL, &params).await {
        Err(error) if error.is_taken() => Ok(None),
        row => row?.map(|row| record::from_row(&db.schema, "organization", &row, 0)).transpose(),
    }
}

/// Removes an organization with its members and invitations. Returns `false` if the member has lost the role meanwhile.
pub async fn delete(db: &Db, acting: ActingMember<'_>) -> Result<bool, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with acting as (select 1 where ",
        ACTS,
        "),
        members as (delete from {member} m using acting where m.{member.organizationId} = $1),
        invitations as (delete from {invitation} i using acting where i.{invitation.organizationId} = $1){change organization.deleted acting - - $1}
        delete from {organization} o using acting where o.{organization.id} = $1 returning 1"
    );
    Ok(db.row_behind((LOCK, &[literal(acting.organization)]), SQL, &acting.params()).await?.is_some())
}
