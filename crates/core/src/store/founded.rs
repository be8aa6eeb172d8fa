//! The organization of a new user, which the statement that writes the user writes too. `{founded new_user}` stands behind the part with
//! the new user. Without `sign_up.create_organization` the placeholders of this file are empty.
//!
//! The statement writes an organization only if the request has given one ([`FoundedOrganization`]). Its values follow those of the
//! statement, from the number [`FIRST`] on, so that statements need not count them.

use jiff::Timestamp;

use super::{param::Param, values::Values};

/// The placeholder of a statement that may write the organization.
pub(super) const PLACE: &str = "{founded ";
/// The number of the first value of [`FoundedOrganization::params`]. Every statement has fewer values of its own.
const FIRST: usize = 60;

/// The additional fields of sessions that name the active organization and team.
pub(super) const ACTIVE: [&str; 2] = ["activeOrganizationId", "activeTeamId"];

/// The beginning, middle and end of SQL for better-auth's `membershipKey` of a team and a user: SHA-256 of both identifiers as a list
/// in JSON, in base64url without padding.
pub const KEY_OF: &str = "translate(rtrim(encode(sha256(convert_to('[' || to_json(";
/// See [`KEY_OF`].
pub const KEY_AND: &str = "::text)::text || ',' || to_json(";
/// See [`KEY_OF`].
pub const KEY_END: &str = "::text)::text || ']', 'UTF8')), 'base64'), '='), '+/', '-_')";

/// An organization of a new user, who becomes its first member.
pub struct FoundedOrganization {
    /// The identifier of the user, unless the database makes identifiers.
    pub user_id: String,
    /// The identifier of the organization, unless the database makes identifiers.
    pub id: String,
    /// The identifier of the member's row, unless the database makes identifiers.
    pub member_id: String,
    /// The texts in front of the user's name and behind it, in the name of the organization.
    pub around_name: (String, String),
    /// The end of the slug, which makes it unique.
    pub slug_end: String,
    /// The role of the user.
    pub role: String,
    /// The time of the creation.
    pub now: Timestamp,
    /// The values of the additional fields of the organization.
    pub additional: Values,
    /// The values of the additional fields of the member.
    pub of_member: Values,
    /// The first team, which has the organization's name.
    pub team: Option<Team>,
}

/// The first team of a new organization.
pub struct Team {
    /// The identifier of the team, unless the database makes identifiers.
    pub id: String,
    /// The identifier of the row of the team's member, unless the database makes identifiers.
    pub member_id: String,
    /// The values of the additional fields of the team.
    pub additional: Values,
}

impl FoundedOrganization {
    fn params(&self) -> [Param<'_>; 14] {
        let team = self.team.as_ref();
        [
            true.into(),
            (&self.id).into(),
            (&self.member_id).into(),
            self.around_name.0.as_str().into(),
            self.around_name.1.as_str().into(),
            (&self.slug_end).into(),
            (&self.role).into(),
            self.now.into(),
            (&self.additional).into(),
            (&self.of_member).into(),
            team.is_some().into(),
            team.map(|team| team.id.as_str()).into(),
            team.map(|team| team.member_id.as_str()).into(),
            team.map_or(Param::Null, |team| (&team.additional).into()),
        ]
    }
}

/// Returns the values of a statement with those of the organization behind them.
pub(super) fn params<'a>(own: &[Param<'a>], founding: &'a FoundedOrganization) -> Vec<Param<'a>> {
    let mut all = own.to_vec();
    all.resize(FIRST - 1, Param::Null);
    all.extend(founding.params());
    all
}

/// The user's name, or the part of the address before the `@` if there is none.
const NAME: &str = "coalesce(nullif(trim(u.{user.name}::text), ''), split_part(u.{user.email}::text, '@', 1))";

/// The parts of a statement that write the organization. `USER` is the part that has the new user.
pub(super) const PARTS: &str = const_format::concatcp!(
    ",
    founded as (insert into {organization} ({organization.new}{organization.name}, {organization.slug}, {organization.createdAt}{organization.names $68})
        select {new $61}$63 || ",
    NAME,
    " || $64, concat_ws('-', nullif(rtrim(left(ltrim(regexp_replace(lower(",
    NAME,
    "), '[^a-z0-9]+', '-', 'g'), '-'), 40), '-'), ''), $65::text), $67{organization.values $68} from USER u where $60 returning *),
    founder as (insert into {member} ({member.new}{member.organizationId}, {member.userId}, {member.role}, {member.createdAt}{member.names $69})
        select {new $62}o.{organization.id}, u.{user.id}, $66, $67{member.values $69} from founded o, USER u{?change} returning *{/change}){change organization.created founder member.userId - member.organizationId}{?team},
    founded_team as (insert into {team} ({team.new}{team.name}, {team.memberCount}, {team.organizationId}, {team.createdAt}{team.names $73})
        select {new $71}o.{organization.name}, 1, o.{organization.id}, $67{team.values $73} from founded o where $70 returning *),
    founder_in_team as (insert into {teamMember} ({teamMember.new}{teamMember.teamId}, {teamMember.userId}, {teamMember.membershipKey},
        {teamMember.createdAt}) select {new $72}t.{team.id}, u.{user.id}, ",
    KEY_OF,
    "t.{team.id}",
    KEY_AND,
    "u.{user.id}",
    KEY_END,
    ", $67 from founded_team t, USER u){change team.created founded_team - id team.organizationId}{/team}"
);
/// The identifiers of the organization and of its team, as the last columns of a statement's row.
pub(super) const COLUMNS: &str = ", (select o.{organization.id}::text from founded o) as founded{?team}, \
    (select t.{team.id}::text from founded_team t) as founded_team{/team}";
/// The values of [`ACTIVE`] in the first session of the user.
pub(super) const ACTIVE_VALUES: [&str; 2] =
    ["(select o.{organization.id} from founded o)", "(select t.{team.id} from founded_team t)"];
