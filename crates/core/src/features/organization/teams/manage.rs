//! Teams, as the members of an organization create, change, list and remove them, and make one the active one.

use http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    context::Context,
    error::Error,
    features::organization::{
        actor, missed,
        rows::{
            OrganizationSelector,
            teams::{self, Outcome, TeamToCreate},
        },
        rules::{self, ACTIVE_TEAM},
        wire::{ExtendedBody, teams as wire},
        words,
    },
    model::Session,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    wire::Issue,
};

/// Returns the identifier of the session's active team.
pub(super) fn active(session: &Session) -> Option<&str> {
    session.additional.text(ACTIVE_TEAM).filter(|id| !id.is_empty())
}

/// Returns the error of a request that names no team of the organization.
pub(super) fn no_team() -> Error {
    Error::bad(words::TEAM_NOT_FOUND, Reason::UnknownTeam)
}

/// `POST /organization/create-team`.
pub(super) async fn create(cx: &mut Context, body: ExtendedBody<wire::CreateTeam>) -> Result<Reply, Error> {
    let own = actor::signed_in(cx).await?;
    let auth = cx.auth.clone();
    let id = actor::named(body.known.organization_id.as_deref(), &own);
    let id = id.ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION;
    let member = actor::member(cx, OrganizationSelector::Id(id), &own, StatusCode::FORBIDDEN, refusal).await?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION;
    member.permitted(cx, "team", "create", refusal)?;
    let fields = auth.config.schema.additional.of("team");
    let additional = rules::additional(fields, &body.all, "body", true).map_err(Issue)?;
    let new_id = cx.rng.id();
    let new = TeamToCreate {
        id: &new_id,
        name: &body.known.name,
        additional: &additional.into(),
        limit: auth.config.features.organization.teams.maximum_teams.map(i64::from),
    };
    let created = teams::create(&cx.db, member.acting(&own), &new, cx.now).await;
    match created.map_err(|error| missed::of_row(&auth.config, error))? {
        Outcome::Made(team) => Reply::json(&team),
        Outcome::LimitReached => {
            Err(Error::bad(words::YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS, Reason::TeamLimit))
        }
        Outcome::NotActing => Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::MemberNotPermitted)),
    }
}

/// `POST /organization/update-team`.
pub(super) async fn update(
    cx: &mut Context,
    body: ExtendedBody<wire::UpdateTeam>,
    own: SignedIn,
) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let data = body.known.data;
    let given = data.as_ref().and_then(|data| data.organization_id.as_deref());
    let id = actor::named(given, &own).ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM;
    let member = actor::member(cx, OrganizationSelector::Id(id), &own, StatusCode::FORBIDDEN, refusal).await?;
    member.permitted(cx, "team", "update", refusal)?;
    let none = Map::new();
    let given = body.all.get("data").and_then(Value::as_object).unwrap_or(&none);
    let fields = auth.config.schema.additional.of("team");
    let additional = rules::additional(fields, given, "body.data", false).map_err(Issue)?.into();
    let name = data.as_ref().and_then(|data| data.name.as_deref());
    let changes = (name, &additional);
    let changed = teams::update(&cx.db, member.acting(&own), &body.known.team_id, changes, cx.now).await?;
    Reply::json(&changed.ok_or_else(no_team)?)
}

/// `POST /organization/remove-team`. Without a session, the answer depends on whether the body names an organization.
pub(super) async fn remove(cx: &mut Context, body: wire::RemoveTeam) -> Result<Reply, Error> {
    let found = signed_in::stored(cx).await?;
    let given = body.organization_id.as_deref().filter(|id| !id.is_empty());
    let id = given.or_else(|| found.as_ref().ok().and_then(|own| actor::active(&own.session)));
    let id = id.ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?.to_owned();
    let own = found.map_err(|reason| Error::Blank { status: StatusCode::UNAUTHORIZED, reason })?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM;
    let member = actor::member(cx, OrganizationSelector::Id(&id), &own, StatusCode::FORBIDDEN, refusal).await?;
    if active(&own.session) == Some(&body.team_id) {
        return Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::ActiveTeam));
    }
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION;
    member.permitted(cx, "team", "delete", refusal)?;
    let may_be_last = cx.auth.config.features.organization.teams.allow_removing_all_teams;
    match teams::remove(&cx.db, member.acting(&own), &body.team_id, may_be_last, cx.now).await? {
        Some(true) => Reply::json(&wire::MessageAnswer { message: "Team removed successfully." }),
        Some(false) => Err(Error::bad(words::UNABLE_TO_REMOVE_LAST_TEAM, Reason::LastTeam)),
        None => Err(no_team()),
    }
}

/// `GET /organization/list-teams`. It costs one statement besides that of the session.
pub(super) async fn list(cx: &mut Context, query: wire::TeamsQuery, own: SignedIn) -> Result<Reply, Error> {
    let id = actor::named(query.organization_id.as_deref(), &own);
    let id = id.ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION;
    let teams = teams::list(&cx.db, id, &own.user.id, false).await?;
    Reply::json(&teams.ok_or_else(|| Error::api(StatusCode::FORBIDDEN, refusal, Reason::NotAMember))?)
}

/// `POST /organization/set-active-team`.
pub(super) async fn set_active(cx: &mut Context, body: wire::SetActiveTeam, own: SignedIn) -> Result<Reply, Error> {
    if body.team_id == Some(None) {
        if active(&own.session).is_some() {
            actor::change_with_cookies(cx, &own, &[(ACTIVE_TEAM, None)]).await?;
        }
        return Ok(Reply::null(Reason::NoActiveTeam));
    }
    let given = body.team_id.flatten().filter(|id| !id.is_empty());
    let Some(id) = given.as_deref().or_else(|| active(&own.session)) else {
        return Ok(Reply::null(Reason::NoActiveTeam));
    };
    let organization = actor::active(&own.session);
    let organization = organization.ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    let found = teams::find(&cx.db, id, organization, &own.user.id).await?;
    let (team, is_member) = found.ok_or_else(no_team)?;
    if !is_member {
        let code = words::USER_IS_NOT_A_MEMBER_OF_THE_TEAM;
        return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::NotInTeam));
    }
    actor::change_with_cookies(cx, &own, &[(ACTIVE_TEAM, team.text("id"))]).await?;
    Reply::json(&team)
}
