//! Teams within organizations (spec management-plugins §2.9).

mod manage;
mod members;

use super::{Conditions, getting, operation, posting};
use crate::{
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Condition, Endpoint, Guard},
    run::{run, run_signed_in},
};

const SERVED: Conditions =
    &[Condition::Switch("organization.enabled"), Condition::Switch("organization.teams.enabled")];

/// The endpoints of teams. Those without a guard read the session themselves, because they answer differently without one.
pub const ENDPOINTS: &[Endpoint] = &[
    posting(
        SERVED,
        ("organization.create_team", "/organization/create-team"),
        "Creates a team in an organization; only with `organization.teams.enabled`, like all endpoints of teams.",
        Guard::Open,
        run!(manage::create),
    ),
    posting(
        SERVED,
        ("organization.update_team", "/organization/update-team"),
        "Changes a team.",
        Guard::StoredSession,
        run_signed_in!(manage::update),
    ),
    posting(
        SERVED,
        ("organization.remove_team", "/organization/remove-team"),
        "Removes a team with its memberships.",
        Guard::Open,
        run!(manage::remove),
    ),
    getting(
        SERVED,
        ("organization.list_teams", "/organization/list-teams"),
        "Lists the teams of an organization, for its members.",
        Guard::Session,
        run_signed_in!(manage::list),
    ),
    posting(
        SERVED,
        ("organization.set_active_team", "/organization/set-active-team"),
        "Makes a team of the active organization the active one of the session, or none.",
        Guard::StoredSession,
        run_signed_in!(manage::set_active),
    ),
    getting(
        SERVED,
        ("organization.list_user_teams", "/organization/list-user-teams"),
        "Lists the teams of which a user is a member.",
        Guard::Session,
        run_signed_in!(members::of_user),
    ),
    getting(
        SERVED,
        ("organization.list_team_members", "/organization/list-team-members"),
        "Lists the members of a team, for one of them.",
        Guard::Session,
        run_signed_in!(members::list),
    ),
    posting(
        SERVED,
        ("organization.add_team_member", "/organization/add-team-member"),
        "Adds a member of the organization to a team.",
        Guard::StoredSession,
        run_signed_in!(members::add),
    ),
    posting(
        SERVED,
        ("organization.remove_team_member", "/organization/remove-team-member"),
        "Removes a member from a team.",
        Guard::StoredSession,
        run_signed_in!(members::remove),
    ),
];

const TEAM: Shape = Shape::AnyObject(&["name", "organizationId", "createdAt", "id"]);
const TEAM_MEMBER: Shape = Shape::AnyObject(&["teamId", "userId", "id"]);
const A_TEAM: Answers = Answers::of("The team.", TEAM);
const TEAMS: Answers = Answers::of("The teams.", Shape::List(&TEAM));
const DONE: Answers = Answers::of("It is done.", Shape::Object(&[Member::of("message", Shape::Text)]));

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation("organization.create_team", "createTeam", A_TEAM).of_session(),
    operation("organization.update_team", "updateTeam", A_TEAM),
    operation("organization.remove_team", "removeTeam", DONE).of_session(),
    operation("organization.list_teams", "listOrganizationTeams", TEAMS),
    operation(
        "organization.set_active_team",
        "setActiveTeam",
        Answers::of("The team; null for none.", Shape::OrNull(&TEAM)),
    ),
    operation("organization.list_user_teams", "listUserTeams", TEAMS),
    operation(
        "organization.list_team_members",
        "listTeamMembers",
        Answers::of("The members of the team.", Shape::List(&TEAM_MEMBER)),
    ),
    operation("organization.add_team_member", "addTeamMember", Answers::of("The member of the team.", TEAM_MEMBER)),
    operation("organization.remove_team_member", "removeTeamMember", DONE),
];
