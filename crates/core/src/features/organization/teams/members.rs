//! Members of teams, as they are listed, added and removed.

use http::StatusCode;

use super::manage::{active, no_team};
use crate::{
    code::Code,
    context::Context,
    error::Error,
    features::organization::{
        actor::{self, Member},
        rows::{
            OrganizationSelector,
            team_members::{self, AddOutcome, Place, RemoveOutcome},
            teams,
        },
        wire::teams as wire,
        words,
    },
    reason::Reason,
    reply::Reply,
    signed_in::SignedIn,
};

fn not_a_member() -> Error {
    Error::bad(words::USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION, Reason::NotAMember)
}

fn not_in_team() -> Error {
    Error::bad(words::USER_IS_NOT_A_MEMBER_OF_THE_TEAM, Reason::NotInTeam)
}

/// `GET /organization/list-user-teams`. For the user's own teams it costs one statement besides that of the session.
pub(super) async fn of_user(cx: &mut Context, query: wire::ListUserTeams, own: SignedIn) -> Result<Reply, Error> {
    let user_id = query.user_id.as_deref().filter(|id| !id.is_empty()).unwrap_or(&own.user.id);
    let given = query.organization_id.as_deref().filter(|id| !id.is_empty());
    let outside = words::YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION;
    if user_id == own.user.id {
        let Some(id) = given else { return Reply::json(&teams::of_user(&cx.db, user_id).await?) };
        let teams = teams::list(&cx.db, id, user_id, true).await?;
        return Reply::json(&teams.ok_or_else(|| Error::api(StatusCode::FORBIDDEN, outside, Reason::NotAMember))?);
    }
    let id = actor::named(given, &own).ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    let member = actor::member(cx, OrganizationSelector::Id(id), &own, StatusCode::FORBIDDEN, outside).await?;
    member.permitted(cx, "member", "update", words::YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER)?;
    Reply::json(&teams::list(&cx.db, id, user_id, true).await?.ok_or_else(not_a_member)?)
}

/// `GET /organization/list-team-members`. It costs one statement besides that of the session.
pub(super) async fn list(cx: &mut Context, query: wire::ListTeamMembers, own: SignedIn) -> Result<Reply, Error> {
    let id = query.team_id.as_deref().filter(|id| !id.is_empty()).or_else(|| active(&own.session));
    let none = || Error::bad(words::YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM, Reason::NoActiveTeam);
    let listed = team_members::list(&cx.db, id.ok_or_else(none)?, &own.user.id).await?.ok_or_else(no_team)?;
    if !listed.is_asked_by_member {
        return Err(not_in_team());
    }
    Reply::json(&listed.members)
}

/// Returns the member who changes a team, if an action on members is permitted.
async fn acting(
    cx: &Context,
    body: &wire::TeamMemberBody,
    own: &SignedIn,
    action: &str,
    refusal: Code,
) -> Result<Member, Error> {
    let id = actor::named(body.organization_id.as_deref(), own);
    let id = id.ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    let outside = words::USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION;
    let member = actor::member(cx, OrganizationSelector::Id(id), own, StatusCode::BAD_REQUEST, outside).await?;
    member.permitted(cx, "member", action, refusal)?;
    Ok(member)
}

/// `POST /organization/add-team-member`. The statement counts: of several requests at once, one gets the last place.
pub(super) async fn add(cx: &mut Context, body: wire::TeamMemberBody, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER;
    let member = acting(cx, &body, &own, "update", refusal).await?;
    let id = cx.rng.id();
    let limit = cx.auth.config.features.organization.teams.maximum_members_per_team.map(i64::from);
    let place = Place { team: &body.team_id, user_id: &body.user_id, id: &id, limit };
    match team_members::add(&cx.db, member.acting(&own), &place, cx.now).await? {
        AddOutcome::Is(member) => Reply::json(&member),
        AddOutcome::NotAMember => Err(not_a_member()),
        AddOutcome::NoTeam => Err(no_team()),
        AddOutcome::Full => Err(Error::api(StatusCode::FORBIDDEN, words::TEAM_MEMBER_LIMIT_REACHED, Reason::TeamFull)),
        AddOutcome::NotActing => Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::MemberNotPermitted)),
    }
}

/// `POST /organization/remove-team-member`.
pub(super) async fn remove(cx: &mut Context, body: wire::TeamMemberBody, own: SignedIn) -> Result<Reply, Error> {
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER;
    let member = acting(cx, &body, &own, "delete", refusal).await?;
    match team_members::remove(&cx.db, member.acting(&own), &body.team_id, &body.user_id).await? {
        RemoveOutcome::Gone => Reply::json(&wire::MessageAnswer { message: "Team member removed successfully." }),
        RemoveOutcome::NotAMember => Err(not_a_member()),
        RemoveOutcome::NoTeam => Err(no_team()),
        RemoveOutcome::NotInTeam => Err(not_in_team()),
        RemoveOutcome::NotActing => Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::MemberNotPermitted)),
    }
}
