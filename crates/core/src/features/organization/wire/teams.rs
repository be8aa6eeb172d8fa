//! The bodies, queries and answers of the endpoints of teams (spec management-plugins §2.9).

use serde::Serialize;
use serde_json::Value;

use crate::{
    declaration::Shape,
    features::organization::wire::optional_filled,
    wire::{Member, body, member, members, optional, optional_text, person, query, text},
};

/// An identifier, which other values are turned into as JavaScript does it.
const fn coerced(name: &'static str) -> Member<String> {
    member(name, Shape::Text, |fields, name| {
        fields.require(name, "nonoptional");
        match fields.value(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        }
    })
}

members! {
    /// `POST /organization/create-team`.
    pub(crate) struct CreateTeam {
        pub(crate) name: String = person("name"),
        pub(crate) organization_id: Option<String> = optional_text("organizationId"),
    }
}

body! {
    /// `POST /organization/remove-team`.
    pub(crate) struct RemoveTeam {
        pub(crate) team_id: String = text("teamId"),
        pub(crate) organization_id: Option<String> = optional_text("organizationId"),
    }
}

members! {
    /// The changes of `POST /organization/update-team`. The organization only says where the team is: teams do not move.
    pub(crate) struct TeamChanges {
        pub(crate) name: Option<String> = optional_filled("name"),
        pub(crate) organization_id: Option<String> = optional_text("organizationId"),
    }
}

members! {
    /// `POST /organization/update-team`.
    pub(crate) struct UpdateTeam {
        pub(crate) team_id: String = text("teamId"),
        pub(crate) data: Option<TeamChanges> =
            member("data", Shape::Object(TeamChanges::MEMBERS), |fields, name| {
                fields.require(name, "object");
                fields.optional_object(name, TeamChanges::read)
            }),
    }
}

query! {
    /// The query of endpoints that need only an organization.
    pub(crate) struct TeamsQuery {
        pub(crate) organization_id: Option<String> = optional_text("organizationId"),
    }
}

body! {
    /// `POST /organization/set-active-team`.
    pub(crate) struct SetActiveTeam {
        /// `Some(None)` for no team.
        pub(crate) team_id: Option<Option<String>> =
            optional("teamId", Shape::TextOrNull, |fields, name| match fields.value(name)? {
                Value::Null => Some(None),
                _ => Some(Some(fields.text(name))),
            }),
    }
}

query! {
    /// `GET /organization/list-user-teams`.
    pub(crate) struct ListUserTeams {
        pub(crate) user_id: Option<String> = optional_text("userId"),
        pub(crate) organization_id: Option<String> = optional_text("organizationId"),
    }
}

query! {
    /// `GET /organization/list-team-members`.
    pub(crate) struct ListTeamMembers {
        pub(crate) team_id: Option<String> = optional_text("teamId"),
    }
}

body! {
    /// The body of endpoints that add a member to a team or remove one.
    pub(crate) struct TeamMemberBody {
        pub(crate) team_id: String = text("teamId"),
        pub(crate) user_id: String = coerced("userId"),
        pub(crate) organization_id: Option<String> = optional_text("organizationId"),
    }
}

/// An answer with a message.
#[derive(Serialize)]
pub(crate) struct MessageAnswer {
    /// The message.
    pub(crate) message: &'static str,
}
