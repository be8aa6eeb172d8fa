//! The rows of members of teams. The statements run behind the lock on the organization's row, and count the rows: other servers with the
//! same database count in `memberCount`, which is set to the number of rows with each change.

use jiff::Timestamp;

use super::{ACTS, ActingMember, KEY_AND, KEY_END, KEY_OF, LOCK, MOST, if_any};
use crate::store::{
    Db, Param, StoreError, column,
    record::{self, Record},
    written::literal,
};

/// The members of a team.
pub struct ListedMembers {
    /// Whether the user who asks is a member of the team and of its organization.
    pub is_asked_by_member: bool,
    /// The members; none if the user who asks is not one of them.
    pub members: Vec<Record>,
}

/// Returns the members of a team, the oldest first, for a member of it; `None` if there is no such team.
pub async fn list(db: &Db, team: &str, user_id: &str) -> Result<Option<ListedMembers>, StoreError> {
    let sql = "select one.is_member, t.{teamMember.id} is not null, {teamMember.*}
        from (select g.{team.id} as id, exists (select 1 from {teamMember} x where x.{teamMember.teamId} = g.{team.id}
                    and x.{teamMember.userId} = $2)
                and exists (select 1 from {member} m where m.{member.organizationId} = g.{team.organizationId}
                    and m.{member.userId} = $2) as is_member
            from {team} g where g.{team.id} = $1) one
        left join lateral (select * from {teamMember} t where one.is_member and t.{teamMember.teamId} = one.id
            order by {time t.teamMember.createdAt}, t.{teamMember.id} limit $3) t on true
        order by {time t.teamMember.createdAt}, t.{teamMember.id}";
    let rows = db.list(sql, &[team.into(), user_id.into(), MOST.into()]).await;
    let rows = if_any(rows.map(Some))?.unwrap_or_default();
    let mut listed = None;
    for row in &rows {
        let is_asked_by_member = column::flag(row, 0)? == Some(true);
        let listed = listed.get_or_insert(ListedMembers { is_asked_by_member, members: Vec::new() });
        if column::flag(row, 1)? == Some(true) {
            listed.members.push(record::from_row(&db.schema, "teamMember", row, 2)?);
        }
    }
    Ok(listed)
}

/// A team, and a user in it.
pub struct Place<'a> {
    /// The identifier of the team.
    pub team: &'a str,
    /// The identifier of the user.
    pub user_id: &'a str,
    /// The identifier of the row, unless the database makes identifiers.
    pub id: &'a str,
    /// How many members the team may have.
    pub limit: Option<i64>,
}

/// The outcome of adding a member to a team.
pub enum AddOutcome {
    /// The member of the team, who may have been one before.
    Is(Record),
    /// The user is not a member of the organization.
    NotAMember,
    /// The organization has no such team.
    NoTeam,
    /// The team has as many members as it may have.
    Full,
    /// The member who acts has lost the role meanwhile.
    NotActing,
}

/// Adds a member of the organization to one of its teams.
pub async fn add(
    db: &Db,
    acting: ActingMember<'_>,
    place: &Place<'_>,
    now: Timestamp,
) -> Result<AddOutcome, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with acting as (select ",
        ACTS,
        " as acts),
        person as (select m.{member.userId} as id from {member} m where m.{member.organizationId} = $1
            and m.{member.userId}::text = $5 limit 1),
        wanted as (select g.{team.id} as id, (select count(*) from {teamMember} c where c.{teamMember.teamId} = g.{team.id}) as taken
            from {team} g where g.{team.id}::text = $4 and g.{team.organizationId} = $1),
        present as (select x.* from {teamMember} x, wanted w, person p where x.{teamMember.teamId} = w.id
            and x.{teamMember.userId} = p.id order by x.{teamMember.id} limit 1),
        open as (select w.id, w.taken, p.id as user_id from wanted w, acting a, person p where a.acts
            and not exists (select 1 from present) and ($6::bigint is null or w.taken < $6::bigint)),
        counted as (update {team} g set {team.memberCount} = o.taken + 1 from open o where g.{team.id} = o.id),
        made as (insert into {teamMember} ({teamMember.new}{teamMember.teamId}, {teamMember.userId}, {teamMember.membershipKey},
                {teamMember.createdAt}) select {new $7}o.id, o.user_id, ",
        KEY_OF,
        "o.id",
        KEY_AND,
        "o.user_id",
        KEY_END,
        ", $8 from open o returning *){change team_member.added made $5 $4 $1}
        select a.acts, exists (select 1 from person), exists (select 1 from wanted), t.{teamMember.id} is not null, {teamMember.*} from acting a
            left join (select * from made union all select * from present) t on true"
    );
    let more: [Param<'_>; 5] =
        [place.team.into(), place.user_id.into(), place.limit.into(), place.id.into(), now.into()];
    let params = [&acting.params()[..], &more].concat();
    let lock = [literal(acting.organization)];
    let row = match db.row_behind((LOCK, &lock), SQL, &params).await {
        // Another server has added the member at this moment, and the row is there now.
        Err(error) if error.is_taken() => db.row_behind((LOCK, &lock), SQL, &params).await,
        row => row,
    }?;
    let Some(row) = row else { return Ok(AddOutcome::NotActing) };
    let is = |at| Ok::<_, StoreError>(column::flag(&row, at)? == Some(true));
    Ok(match (is(0)?, is(1)?, is(2)?, is(3)?) {
        (false, ..) => AddOutcome::NotActing,
        (_, false, ..) => AddOutcome::NotAMember,
        (_, _, false, _) => AddOutcome::NoTeam,
        (.., true) => AddOutcome::Is(record::from_row(&db.schema, "teamMember", &row, 4)?),
        _ => AddOutcome::Full,
    })
}

/// The outcome of removing a member from a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoveOutcome {
    /// The user is not a member of the team any more.
    Gone,
    /// The user is not a member of the organization.
    NotAMember,
    /// The organization has no such team.
    NoTeam,
    /// The user is not a member of the team.
    NotInTeam,
    /// The member who acts has lost the role meanwhile.
    NotActing,
}

/// Removes a member of the organization from one of its teams.
pub async fn remove(db: &Db, acting: ActingMember<'_>, team: &str, user_id: &str) -> Result<RemoveOutcome, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with acting as (select ",
        ACTS,
        " as acts, exists (select 1 from {member} m where m.{member.organizationId} = $1 and m.{member.userId}::text = $5) as is_member),
        wanted as (select g.{team.id} as id from {team} g where g.{team.id}::text = $4 and g.{team.organizationId} = $1),
        gone as (delete from {teamMember} x using wanted w, acting a where a.acts and a.is_member and x.{teamMember.teamId} = w.id
            and x.{teamMember.userId}::text = $5 returning 1),
        counted as (update {team} g set {team.memberCount} = (select count(*) from {teamMember} c where c.{teamMember.teamId} = w.id)
                - (select count(*) from gone) from wanted w where g.{team.id} = w.id and exists (select 1 from gone)){change team_member.removed gone $5 $4 $1}
        select a.acts, a.is_member, exists (select 1 from wanted), exists (select 1 from gone) from acting a"
    );
    let params = [&acting.params()[..], &[team.into(), user_id.into()]].concat();
    let row = db.row_behind((LOCK, &[literal(acting.organization)]), SQL, &params).await?;
    let Some(row) = row else { return Ok(RemoveOutcome::NotActing) };
    let is = |at| Ok::<_, StoreError>(column::flag(&row, at)? == Some(true));
    Ok(match (is(0)?, is(1)?, is(2)?, is(3)?) {
        (false, ..) => RemoveOutcome::NotActing,
        (_, false, ..) => RemoveOutcome::NotAMember,
        (_, _, false, _) => RemoveOutcome::NoTeam,
        (.., false) => RemoveOutcome::NotInTeam,
        _ => RemoveOutcome::Gone,
    })
}
