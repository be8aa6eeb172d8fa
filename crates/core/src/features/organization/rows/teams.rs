//! The rows of teams. Statements that depend on the number of teams run behind the lock on the organization's row.

use jiff::Timestamp;

use super::{ACTS, ActingMember, LOCK, MOST, if_any, invitations::WantedTeams};
use crate::store::{
    Db, Param, StoreError, column,
    pool::Repeat,
    record::{self, Record},
    values::Values,
    written::literal,
};

/// A new team.
pub struct TeamToCreate<'a> {
    /// The identifier, unless the database makes identifiers.
    pub id: &'a str,
    /// The name.
    pub name: &'a str,
    /// The values of the additional fields.
    pub additional: &'a Values,
    /// How many teams the organization may have.
    pub limit: Option<i64>,
}

/// The outcome of creating a team.
pub enum Outcome {
    /// The team.
    Made(Record),
    /// The organization has as many teams as it may have.
    LimitReached,
    /// The member has lost the role meanwhile.
    NotActing,
}

/// Stores a new team without members.
pub async fn create(
    db: &Db,
    acting: ActingMember<'_>,
    new: &TeamToCreate<'_>,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with room as (select ",
        ACTS,
        " as acts, $4::bigint is null or (select count(*) from {team} g where g.{team.organizationId} = $1) < $4::bigint as has_room),
        made as (insert into {team} ({team.new}{team.name}, {team.memberCount}, {team.organizationId}, {team.createdAt},
                {team.updatedAt}{team.names $7})
            select {new $5}$6, 0, $1, $8, $8{team.values $7} from room r where r.acts and r.has_room returning *){change team.created made - id $1}
        select r.acts, r.has_room, {team.*} from room r left join made t on true"
    );
    let made: [Param<'_>; 5] = [new.limit.into(), new.id.into(), new.name.into(), new.additional.into(), now.into()];
    let params = [&acting.params()[..], &made].concat();
    let row = db.row_behind((LOCK, &[literal(acting.organization)]), SQL, &params).await?;
    let Some(row) = row else { return Ok(Outcome::NotActing) };
    match (column::flag(&row, 0)?, column::flag(&row, 1)?) {
        (Some(true), Some(true)) => Ok(Outcome::Made(record::from_row(&db.schema, "team", &row, 2)?)),
        (Some(true), _) => Ok(Outcome::LimitReached),
        _ => Ok(Outcome::NotActing),
    }
}

/// Returns the teams of an organization, the oldest first, for a member: all of them, or those that `only_own` selects, of which the member
/// is a member too. `None` if the user is not a member of the organization.
pub async fn list(
    db: &Db,
    organization: &str,
    user_id: &str,
    only_own: bool,
) -> Result<Option<Vec<Record>>, StoreError> {
    let sql = "select one.is_member, t.{team.id} is not null, {team.*}
        from (select exists (select 1 from {member} m where m.{member.organizationId} = $1 and m.{member.userId} = $2) as is_member) one
        left join lateral (select * from {team} t where one.is_member and t.{team.organizationId} = $1
            and (not $4 or exists (select 1 from {teamMember} x where x.{teamMember.teamId} = t.{team.id} and x.{teamMember.userId} = $2))
            order by {time t.team.createdAt}, t.{team.id} limit $3) t on true
        order by {time t.team.createdAt}, t.{team.id}";
    let params: [Param<'_>; 4] = [organization.into(), user_id.into(), MOST.into(), only_own.into()];
    let Some(rows) = if_any(db.list(sql, &params).await.map(Some))? else { return Ok(None) };
    let (mut is_member, mut teams) = (false, Vec::new());
    for row in &rows {
        is_member = column::flag(row, 0)? == Some(true);
        if column::flag(row, 1)? == Some(true) {
            teams.push(record::from_row(&db.schema, "team", row, 2)?);
        }
    }
    Ok(is_member.then_some(teams))
}

/// Returns the teams of an organization with their `memberCount`, the oldest first, as better-auth shows them with the organization.
pub async fn of_organization(db: &Db, organization: &str) -> Result<Vec<Record>, StoreError> {
    let sql = "select t.{team.memberCount}::text, {team.*} from {team} t where t.{team.organizationId} = $1
        order by {time t.team.createdAt}, t.{team.id} limit $2";
    let rows = db.list(sql, &[organization.into(), MOST.into()]).await?;
    let read = |row| {
        let mut team = record::from_row(&db.schema, "team", row, 1)?;
        let count = column::text(row, 0)?.and_then(|text| text.parse::<i64>().ok());
        // It stands behind the name, where the table has it.
        team.0.insert(1.min(team.0.len()), ("memberCount".to_owned(), count.into()));
        Ok(team)
    };
    rows.iter().map(read).collect()
}

/// Returns the teams of which a user is a member, in all organizations of which the user is a member, the oldest first.
pub async fn of_user(db: &Db, user_id: &str) -> Result<Vec<Record>, StoreError> {
    let sql = "select {team.*} from {team} t
        where exists (select 1 from {teamMember} x where x.{teamMember.teamId} = t.{team.id} and x.{teamMember.userId} = $1)
            and exists (select 1 from {member} m where m.{member.organizationId} = t.{team.organizationId} and m.{member.userId} = $1)
        order by {time t.team.createdAt}, t.{team.id} limit $2";
    let rows = db.list(sql, &[user_id.into(), MOST.into()]).await?;
    rows.iter().map(|row| record::from_row(&db.schema, "team", row, 0)).collect()
}

/// Returns a team of an organization, and whether the user is a member of both.
pub async fn find(db: &Db, id: &str, organization: &str, user_id: &str) -> Result<Option<(Record, bool)>, StoreError> {
    let sql = "select exists (select 1 from {teamMember} x where x.{teamMember.teamId} = t.{team.id} and x.{teamMember.userId} = $3)
            and exists (select 1 from {member} m where m.{member.organizationId} = t.{team.organizationId} and m.{member.userId} = $3),
        {team.*} from {team} t where t.{team.id}::text = $1 and t.{team.organizationId} = $2";
    let row = if_any(db.row(Repeat::Safe, sql, &[id.into(), organization.into(), user_id.into()]).await)?;
    let Some(row) = row else { return Ok(None) };
    let is_member = column::flag(&row, 0)? == Some(true);
    Ok(Some((record::from_row(&db.schema, "team", &row, 1)?, is_member)))
}

/// Returns whether the teams that a new invitation names exist in the organization and have a place left.
pub async fn wanted(
    db: &Db,
    organization: &str,
    ids: &str,
    most_in_team: Option<i64>,
) -> Result<WantedTeams, StoreError> {
    let sql = "select exists (select 1 from unnest(string_to_array($2::text, ',')) p(id) where not exists (select 1 from {team} g
                where g.{team.organizationId} = $1 and g.{team.id}::text = p.id)),
            exists (select 1 from {team} g where g.{team.organizationId} = $1
                and g.{team.id}::text = any (string_to_array($2::text, ','))
                and (select count(*) from {teamMember} c where c.{teamMember.teamId} = g.{team.id}) >= $3::bigint)";
    let row = db.row(Repeat::Safe, sql, &[organization.into(), ids.into(), most_in_team.into()]).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the look-up of teams returned no row".to_owned()))?;
    WantedTeams::of_row(db, &row, 0)
}

/// Changes a team and returns it; `None` if the organization has no such team, or the member has lost the role meanwhile.
pub async fn update(
    db: &Db,
    acting: ActingMember<'_>,
    id: &str,
    (name, additional): (Option<&str>, &Values),
    now: Timestamp,
) -> Result<Option<Record>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}update {team} t set {team.updatedAt} = $5, {team.name} = coalesce($6, t.{team.name}){team.set $7}
        where t.{team.id}::text = $4 and t.{team.organizationId} = $1 and ",
        ACTS,
        " returning {team.*}{?change}){change team.updated changed - $4 $1} select * from changed{/change}"
    );
    let params = [&acting.params()[..], &[id.into(), now.into(), name.into(), additional.into()]].concat();
    let row = db.row(Repeat::Safe, SQL, &params).await?;
    row.map(|row| record::from_row(&db.schema, "team", &row, 0)).transpose()
}

/// Removes a team with its memberships, also from pending invitations. Returns `Some(false)` if it is the last team of the organization
/// and `may_be_last` is false, and `None` if the organization has no such team or the member has lost the role meanwhile.
pub async fn remove(
    db: &Db,
    acting: ActingMember<'_>,
    id: &str,
    may_be_last: bool,
    now: Timestamp,
) -> Result<Option<bool>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with found as (select g.{team.id} as id, $5 or exists (select 1 from {team} x where x.{team.organizationId} = $1
                and x.{team.id} <> g.{team.id}) as may_go
            from {team} g where g.{team.id}::text = $4 and g.{team.organizationId} = $1 and ",
        ACTS,
        "),
        members as (delete from {teamMember} x using found f where x.{teamMember.teamId} = f.id and f.may_go),
        invitations as (update {invitation} i set {invitation.teamId} = nullif(array_to_string(
                array_remove(string_to_array(i.{invitation.teamId}::text, ','), f.id::text), ','), '')
            from found f where f.may_go and i.{invitation.organizationId} = $1 and i.{invitation.status} = 'pending'
            and {time i.invitation.expiresAt} > $6 and f.id::text = any (string_to_array(i.{invitation.teamId}::text, ','))),
        gone as (delete from {team} g using found f where g.{team.id} = f.id and f.may_go{?change} returning 1{/change}){change team.removed gone - $4 $1}
        select f.may_go from found f"
    );
    let params = [&acting.params()[..], &[id.into(), may_be_last.into(), now.into()]].concat();
    let row = db.row_behind((LOCK, &[literal(acting.organization)]), SQL, &params).await?;
    row.map(|row| Ok(column::flag(&row, 0)? == Some(true))).transpose()
}
