//! The rows of invitations. An invitation is answered or canceled once: each statement that does so finds only a pending one.

use jiff::Timestamp;
use tokio_postgres::Row;

use super::{ACTS, ActingMember, KEY_AND, KEY_END, KEY_OF, LOCK, MADE, OrganizationRoles, if_any, made};
use crate::store::{
    Db, Param, StoreError, column,
    mailed::UNCONFIRMED,
    pool::Repeat,
    record::{self, Record},
    values::Values,
    written::literal,
};

/// The most invitations that a list returns. An answer must fit into the memory of an instance.
const MOST: i64 = 10_000;

/// The member and the invitations of an organization that an address concerns.
pub struct Invitee {
    /// Whether the user with the address is a member.
    pub is_member: bool,
    /// The number of pending invitations of the organization.
    pub pending: i64,
    /// The oldest pending invitation for the address.
    pub invitation: Option<Record>,
}

/// Returns whether an address has a member and an invitation. An invitation that has expired is not pending.
pub async fn invitee(db: &Db, organization: &str, email: &str, now: Timestamp) -> Result<Invitee, StoreError> {
    let sql = "select exists (select 1 from {member} m join {user} u on u.{user.id} = m.{member.userId}
            where m.{member.organizationId} = $1 and u.{user.email} = $2),
        (select count(*) from {invitation} i where i.{invitation.organizationId} = $1 and i.{invitation.status} = 'pending'
            and {time i.invitation.expiresAt} > $3),
        i.{invitation.id} is not null, {invitation.*} from (values (1)) one
        left join lateral (select * from {invitation} i where i.{invitation.organizationId} = $1 and i.{invitation.email} = $2
            and i.{invitation.status} = 'pending' and {time i.invitation.expiresAt} > $3
            order by {time i.invitation.createdAt}, i.{invitation.id} limit 1) i on true";
    let params: [Param<'_>; 3] = [organization.into(), email.into(), now.into()];
    let row = db.row(Repeat::Safe, sql, &params).await?;
    let row = row.ok_or_else(|| StoreError::Failed("the look-up of an address returned no row".to_owned()))?;
    let is_there = column::flag(&row, 2)? == Some(true);
    let invitation = if is_there { Some(record::from_row(&db.schema, "invitation", &row, 3)?) } else { None };
    Ok(Invitee { is_member: column::flag(&row, 0)? == Some(true), pending: row.try_get(1)?, invitation })
}

/// A new invitation.
pub struct NewInvitation<'a> {
    /// The identifier, unless the database makes identifiers.
    pub id: &'a str,
    /// The address, in lower case.
    pub email: &'a str,
    /// The roles, with commas between them.
    pub role: &'a str,
    /// The teams, with commas between them.
    pub teams: Option<&'a str>,
    /// The time until which it can be accepted.
    pub expires_at: Timestamp,
    /// The values of the additional fields.
    pub additional: &'a Values,
    /// The identifier of the pending invitation that this one replaces.
    pub replaced: Option<&'a str>,
    /// How many invitations of the organization may be pending.
    pub limit: i64,
}

/// Stores an invitation and cancels the one that it replaces: both or neither. Returns `None` if the member has lost the role
/// meanwhile, the address has a member or another pending invitation, the limit is reached, or one of the teams is gone.
pub async fn invite(
    db: &Db,
    acting: ActingMember<'_>,
    new: &NewInvitation<'_>,
    now: Timestamp,
) -> Result<Option<Record>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "with pending as (select i.{invitation.email} as email from {invitation} i where i.{invitation.organizationId} = $1
                and i.{invitation.status} = 'pending' and {time i.invitation.expiresAt} > $4
                and (i.{invitation.id} = $5) is not true),
        open as (select 1 where ",
        ACTS,
        " and (select count(*) from pending) < $6::bigint and not exists (select 1 from pending p where p.email = $8)
            and not exists (select 1 from {member} m join {user} u on u.{user.id} = m.{member.userId}
                where m.{member.organizationId} = $1 and u.{user.email} = $8){?team}
            and not exists (select 1 from unnest(string_to_array($12::text, ',')) p(id) where not exists (select 1 from {team} g
                where g.{team.organizationId} = $1 and g.{team.id}::text = p.id)){/team}),
        canceled as (update {invitation} i set {invitation.status} = 'canceled' from open
            where i.{invitation.id} = $5 and i.{invitation.status} = 'pending'{?change} returning i.*{/change}),
        made as (insert into {invitation} ({invitation.new}{invitation.organizationId}, {invitation.email}, {invitation.role},
                {invitation.status}, {invitation.expiresAt}, {invitation.createdAt}, {invitation.inviterId}{?team},
                {invitation.teamId}{/team}{invitation.names $11})
            select {new $7}$1, $8, $9, 'pending', $10, $4, $2{?team}, $12{/team}{invitation.values $11} from open returning *){change invitation.canceled canceled - id $1}{change invitation.created made - id $1}
        select {invitation.*} from made i"
    );
    let made: [Param<'_>; 9] = [
        now.into(),
        new.replaced.into(),
        new.limit.into(),
        new.id.into(),
        new.email.into(),
        new.role.into(),
        new.expires_at.into(),
        new.additional.into(),
        new.teams.into(),
    ];
    let params = [&acting.params()[..], &made].concat();
    let row = db.row_behind((LOCK, &[literal(acting.organization)]), SQL, &params).await?;
    row.map(|row| record::from_row(&db.schema, "invitation", &row, 0)).transpose()
}

/// Moves the end of a pending invitation, and returns it; `None` if it is not pending, or the member has lost the role meanwhile.
pub async fn renew(
    db: &Db,
    acting: ActingMember<'_>,
    id: &str,
    expires_at: Timestamp,
) -> Result<Option<Record>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}update {invitation} i set {invitation.expiresAt} = $5 where i.{invitation.id} = $4
            and i.{invitation.organizationId} = $1 and i.{invitation.status} = 'pending' and ",
        ACTS,
        " returning {invitation.*}{?change}){change invitation.renewed changed - $4 $1} select * from changed{/change}"
    );
    let params = [&acting.params()[..], &[id.into(), expires_at.into()]].concat();
    let row = db.row(Repeat::Safe, SQL, &params).await?;
    row.map(|row| record::from_row(&db.schema, "invitation", &row, 0)).transpose()
}

/// An invitation with what an answer to it depends on.
pub struct AnswerableInvitation {
    /// The invitation.
    pub invitation: Record,
    /// The organization, if it exists.
    pub organization: Option<Record>,
    /// The membership of the user who asks.
    pub member: Option<Record>,
    /// The number of members of the organization.
    pub members: i64,
    /// The member who invited; `None` if that user is not a member any more.
    pub inviter: Option<Inviter>,
    /// The address of the user who asks, as the row has it; `None` if the user does not exist any more.
    pub own_email: Option<String>,
    /// Whether this address is confirmed.
    pub is_confirmed: bool,
    /// The roles that the organization made.
    pub made: OrganizationRoles,
    /// The teams of the invitation.
    pub teams: WantedTeams,
}

impl AnswerableInvitation {
    /// Returns the roles that the invitation gives, with commas between them.
    pub fn role(&self) -> &str {
        self.invitation.text("role").unwrap_or_default()
    }
}

/// A member who has invited, as the member is now.
pub struct Inviter {
    /// The address of the user.
    pub email: String,
    /// The roles, as the row has them.
    pub role: String,
}

/// The teams that an invitation names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WantedTeams {
    /// One of them does not exist in the organization.
    pub is_unknown: bool,
    /// One of them has no place left.
    pub is_full: bool,
}

impl WantedTeams {
    /// Reads two columns at `at`, if teams are used.
    pub(super) fn of_row(db: &Db, row: &Row, at: usize) -> Result<Self, StoreError> {
        if !db.schema.has("team") {
            return Ok(Self::default());
        }
        let flag = |at| Ok::<_, StoreError>(column::flag(row, at)? == Some(true));
        Ok(Self { is_unknown: flag(at)?, is_full: flag(at + 1)? })
    }
}

/// Returns an invitation, for a user who asks. A team has a place left for the user if the user is in it already, or if it has fewer
/// than `most_in_team` members.
pub async fn find(
    db: &Db,
    id: &str,
    user_id: &str,
    most_in_team: Option<i64>,
) -> Result<Option<AnswerableInvitation>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "select (select count(*) from {member} x where x.{member.organizationId} = i.{invitation.organizationId}),
            host.email, host.role, u.{user.email}::text, not (",
        UNCONFIRMED,
        "), o.{organization.id} is not null, m.{member.id} is not null, {invitation.*}, {organization.*}, {member.*}{?team},
            exists (select 1 from unnest(string_to_array(i.{invitation.teamId}::text, ',')) p(id) where not exists (select 1 from {team} g
                where g.{team.organizationId} = i.{invitation.organizationId} and g.{team.id}::text = p.id)),
            exists (select 1 from {team} g where g.{team.organizationId} = i.{invitation.organizationId}
                and g.{team.id}::text = any (string_to_array(i.{invitation.teamId}::text, ','))
                and (select count(*) from {teamMember} c where c.{teamMember.teamId} = g.{team.id}) >= $3::bigint
                and not exists (select 1 from {teamMember} c where c.{teamMember.teamId} = g.{team.id}
                    and c.{teamMember.userId} = $2)){/team}",
        MADE,
        " from {invitation} i left join {organization} o on o.{organization.id} = i.{invitation.organizationId}
        left join lateral (select * from {member} m where m.{member.organizationId} = i.{invitation.organizationId}
            and m.{member.userId} = $2 order by m.{member.id} limit 1) m on true
        left join lateral (select p.{user.email}::text as email, x.{member.role}::text as role from {member} x
            join {user} p on p.{user.id} = x.{member.userId} where x.{member.organizationId} = i.{invitation.organizationId}
            and x.{member.userId} = i.{invitation.inviterId} order by x.{member.id} limit 1) host on true
        left join {user} u on u.{user.id} = $2
        where i.{invitation.id} = $1"
    );
    let row = if_any(db.row(Repeat::Safe, SQL, &[id.into(), user_id.into(), most_in_team.into()]).await)?;
    let Some(row) = row else { return Ok(None) };
    let schema = &db.schema;
    let of_organization = 7 + record::width(schema, "invitation");
    let of_member = of_organization + record::width(schema, "organization");
    let of_teams = of_member + record::width(schema, "member");
    let of_roles = of_teams + if schema.has("team") { 2 } else { 0 };
    let (has_organization, has_member) = (column::flag(&row, 5)?, column::flag(&row, 6)?);
    let read = |is_there: Option<bool>, model, at| match is_there {
        Some(true) => record::from_row(schema, model, &row, at).map(Some),
        _ => Ok(None),
    };
    let inviter = column::text(&row, 1)?.map(|email| {
        let role = column::text(&row, 2)?.unwrap_or_default();
        Ok::<_, StoreError>(Inviter { email, role })
    });
    Ok(Some(AnswerableInvitation {
        invitation: record::from_row(schema, "invitation", &row, 7)?,
        organization: read(has_organization, "organization", of_organization)?,
        member: read(has_member, "member", of_member)?,
        members: row.try_get(0)?,
        inviter: inviter.transpose()?,
        own_email: column::text(&row, 3)?,
        is_confirmed: column::flag(&row, 4)? == Some(true),
        made: made(db, &row, of_roles)?,
        teams: WantedTeams::of_row(db, &row, of_teams)?,
    }))
}

/// A user who accepts an invitation.
pub struct Acceptance<'a> {
    /// The identifier of the invitation.
    pub id: &'a str,
    /// The identifier of the organization.
    pub organization: &'a str,
    /// The identifier of the user.
    pub user_id: &'a str,
    /// The identifier of the member's row, unless the database makes identifiers.
    pub member_id: &'a str,
    /// The roles of the new member.
    pub role: &'a str,
    /// The values of the additional fields of the member.
    pub additional: &'a Values,
    /// How many members the organization may have.
    pub limit: i64,
    /// The address of the user, as the row has it.
    pub email: &'a str,
    /// Whether this address must be confirmed.
    pub must_be_confirmed: bool,
    /// The roles of the member who invited, as the row has them.
    pub inviter_role: &'a str,
    /// How many members a team may have.
    pub most_in_team: Option<i64>,
    /// Identifiers for the rows of the teams' member, with commas between them; empty if the database makes identifiers.
    pub in_team_ids: &'a str,
}

/// Accepts an invitation and stores the member, also of the teams: all or nothing. Returns `None` if the invitation is not pending any
/// more, the user is a member or has another address, the organization or a team has no place left, a team is gone, or the member who
/// invited has gone or has other roles.
pub async fn accept(
    db: &Db,
    acceptance: &Acceptance<'_>,
    now: Timestamp,
) -> Result<Option<(Record, Record)>, StoreError> {
    // The identifiers of new rows take the type that the column has.
    const SQL: &str = const_format::concatcp!(
        "with {?team}wanted as (select g.{team.id} as id, row_number() over (order by g.{team.id}) as number,
                (select count(*) from {teamMember} c where c.{teamMember.teamId} = g.{team.id}) as taken,
                exists (select 1 from {teamMember} c where c.{teamMember.teamId} = g.{team.id} and c.{teamMember.userId} = $5) as is_in
            from {team} g where g.{team.organizationId} = $2 and g.{team.id}::text in
                (select unnest(string_to_array(i.{invitation.teamId}::text, ',')) from {invitation} i where i.{invitation.id} = $1)),
        ids as (select p.{teamMember.id} as id, u.number from unnest(string_to_array($13::text, ',')) with ordinality u(id, number),
            jsonb_populate_record(null::{teamMember}, jsonb_build_object('id', u.id)) p),
        {/team}accepted as (update {invitation} i set {invitation.status} = 'accepted' where i.{invitation.id} = $1
            and i.{invitation.organizationId} = $2 and i.{invitation.status} = 'pending'
            and {time i.invitation.expiresAt} >= $3
            and (select count(*) from {member} m where m.{member.organizationId} = $2) < $4::bigint
            and not exists (select 1 from {member} m where m.{member.organizationId} = $2 and m.{member.userId} = $5)
            and exists (select 1 from {member} m where m.{member.organizationId} = $2
                and m.{member.userId} = i.{invitation.inviterId} and m.{member.role}::text = $9)
            and exists (select 1 from {user} u where u.{user.id} = $5 and u.{user.email}::text = $10
                and (not $11 or not (",
        UNCONFIRMED,
        "))){?team}
            and not exists (select 1 from unnest(string_to_array(i.{invitation.teamId}::text, ',')) p(id)
                where p.id not in (select w.id::text from wanted w))
            and not exists (select 1 from wanted w where not w.is_in and w.taken >= $12::bigint){/team} returning *),
        joined as (insert into {member} ({member.new}{member.organizationId}, {member.userId}, {member.role}, {member.createdAt}{member.names $8})
            select {new $6}i.{invitation.organizationId}, $5, $7, $3{member.values $8} from accepted i returning *){?team},
        placed as (insert into {teamMember} ({teamMember.new}{teamMember.teamId}, {teamMember.userId}, {teamMember.membershipKey},
                {teamMember.createdAt}) select {new k.id}w.id, $5, ",
        KEY_OF,
        "w.id",
        KEY_AND,
        "$5",
        KEY_END,
        ", $3 from accepted i join wanted w on not w.is_in left join ids k on k.number = w.number{?change} returning *{/change}),
        counted as (update {team} g set {team.memberCount} = w.taken + 1 from accepted i, wanted w
            where g.{team.id} = w.id and not w.is_in){change team_member.added placed+ $5 teamMember.teamId $2}{/team}{change invitation.accepted accepted $5 $1 $2}
        select {invitation.*}, {member.*} from accepted i, joined m"
    );
    let params: [Param<'_>; 13] = [
        acceptance.id.into(),
        acceptance.organization.into(),
        now.into(),
        acceptance.limit.into(),
        acceptance.user_id.into(),
        acceptance.member_id.into(),
        acceptance.role.into(),
        acceptance.additional.into(),
        acceptance.inviter_role.into(),
        acceptance.email.into(),
        acceptance.must_be_confirmed.into(),
        acceptance.most_in_team.into(),
        acceptance.in_team_ids.into(),
    ];
    let row = db.row_behind((LOCK, &[literal(acceptance.organization)]), SQL, &params).await?;
    let Some(row) = row else { return Ok(None) };
    let at = record::width(&db.schema, "invitation");
    let invitation = record::from_row(&db.schema, "invitation", &row, 0)?;
    Ok(Some((invitation, record::from_row(&db.schema, "member", &row, at)?)))
}

/// Rejects a pending invitation and returns it.
pub async fn reject(db: &Db, id: &str) -> Result<Option<Record>, StoreError> {
    let sql = "{?change}with changed as ({/change}update {invitation} i set {invitation.status} = 'rejected' where i.{invitation.id} = $1
        and i.{invitation.status} = 'pending' returning {invitation.*}{?change}){change invitation.rejected changed - $1 invitation.organizationId} select * from changed{/change}";
    let row = db.row(Repeat::Never, sql, &[id.into()]).await?;
    row.map(|row| record::from_row(&db.schema, "invitation", &row, 0)).transpose()
}

/// Cancels a pending invitation and returns it; `None` if it is not pending, or the member has lost the role meanwhile.
pub async fn cancel(db: &Db, acting: ActingMember<'_>, id: &str) -> Result<Option<Record>, StoreError> {
    const SQL: &str = const_format::concatcp!(
        "{?change}with changed as ({/change}update {invitation} i set {invitation.status} = 'canceled' where i.{invitation.id} = $4
            and i.{invitation.organizationId} = $1 and i.{invitation.status} = 'pending' and ",
        ACTS,
        " returning {invitation.*}{?change}){change invitation.canceled changed - $4 $1} select * from changed{/change}"
    );
    let params = [&acting.params()[..], &[id.into()]].concat();
    let row = db.row(Repeat::Never, SQL, &params).await?;
    row.map(|row| record::from_row(&db.schema, "invitation", &row, 0)).transpose()
}

/// Returns the invitations of an organization, the oldest first.
pub async fn of_organization(db: &Db, organization: &str) -> Result<Vec<Record>, StoreError> {
    let sql = "select {invitation.*} from {invitation} i where i.{invitation.organizationId} = $1
        order by {time i.invitation.createdAt}, i.{invitation.id} limit $2";
    let rows = db.list(sql, &[organization.into(), MOST.into()]).await?;
    rows.iter().map(|row| record::from_row(&db.schema, "invitation", row, 0)).collect()
}

/// Returns the pending invitations for an address, those that have expired among them, each with the name of its organization.
pub async fn for_address(db: &Db, email: &str) -> Result<Vec<Record>, StoreError> {
    let sql = "select o.{organization.name}::text, {invitation.*} from {invitation} i
        join {organization} o on o.{organization.id} = i.{invitation.organizationId}
        where i.{invitation.email} = $1 and i.{invitation.status} = 'pending'
        order by {time i.invitation.createdAt}, i.{invitation.id} limit $2";
    let rows = db.list(sql, &[email.into(), MOST.into()]).await?;
    let read = |row| {
        let mut invitation = record::from_row(&db.schema, "invitation", row, 1)?;
        invitation.set("organizationName", column::text(row, 0)?.into());
        Ok(invitation)
    };
    rows.iter().map(read).collect()
}
