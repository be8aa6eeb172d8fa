//! The section `[organization]`, and what the feature adds to the tables (spec management-plugins §§2.1, 2.11).

use super::words;
use crate::{
    declaration::{
        ColumnDefault, ColumnType, Declaration, Documentation, FeatureColumn, FeatureTable, Kind, Model, ModelColumn,
        RequiredSwitches, Resource,
    },
    options::{Default, Section, count, number, options, positive_seconds, read_by, section, switch},
    problem::Problems,
};

/// The largest limit that can be configured.
const MOST: u32 = 1_000_000_000;

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    tables: &[
        table(
            "organization",
            "organization",
            &[
                ModelColumn::text("name", "name"),
                ModelColumn::text("slug", "slug").unique(),
                ModelColumn::text("logo", "logo").optional(),
                ModelColumn::date("createdAt", "created_at"),
                ModelColumn::text("metadata", "metadata").optional(),
            ],
        ),
        FeatureTable {
            model: Model {
                name: "organizationRole",
                key: "organization_role",
                columns: &[
                    OF_ORGANIZATION,
                    ModelColumn::text("role", "role").indexed(),
                    ModelColumn::text("permission", "permission"),
                    ModelColumn::date("createdAt", "created_at").or(ColumnDefault::Now),
                    ModelColumn::date("updatedAt", "updated_at").optional(),
                ],
            },
            when: &["dynamic_access_control.enabled"],
        },
        FeatureTable {
            model: Model {
                name: "team",
                key: "team",
                columns: &[
                    ModelColumn::text("name", "name"),
                    ModelColumn::number("memberCount", "member_count").or(ColumnDefault::Number(0)).hidden(),
                    OF_ORGANIZATION,
                    ModelColumn::date("createdAt", "created_at"),
                    ModelColumn::date("updatedAt", "updated_at").optional(),
                ],
            },
            when: TEAMS,
        },
        FeatureTable {
            model: Model {
                name: "teamMember",
                key: "team_member",
                columns: &[
                    ModelColumn::reference("teamId", "team_id", "team").indexed(),
                    ModelColumn::owner(),
                    ModelColumn::text("membershipKey", "membership_key").optional().unique().hidden(),
                    ModelColumn::date("createdAt", "created_at").optional(),
                ],
            },
            when: TEAMS,
        },
        table(
            "member",
            "member",
            &[
                OF_ORGANIZATION,
                ModelColumn::owner(),
                ModelColumn::text("role", "role"),
                ModelColumn::date("createdAt", "created_at"),
            ],
        ),
        table(
            "invitation",
            "invitation",
            &[
                OF_ORGANIZATION,
                ModelColumn::text("email", "email").indexed(),
                ModelColumn::text("role", "role").optional(),
                ModelColumn::text("teamId", "team_id").optional().when(TEAMS),
                ModelColumn::text("status", "status"),
                ModelColumn::date("expiresAt", "expires_at"),
                ModelColumn::date("createdAt", "created_at").or(ColumnDefault::Now),
                ModelColumn::reference("inviterId", "inviter_id", "user"),
            ],
        ),
    ],
    columns: &[
        of_session("activeOrganizationId", "active_organization_id", &[]),
        of_session("activeTeamId", "active_team_id", TEAMS),
    ],
    extensible: &["organization", "member", "invitation", "team", "organizationRole"],
    absent: &[
        ("ac", "write `[access.statements]`"),
        ("organization_hooks", "no code is called; a trigger in the database can do what must be done with a row"),
        ("roles", "write `[access.organization_roles.<name>]`"),
        (
            "schema",
            "write `[schema.organization]`, `[schema.member]`, `[schema.invitation]`, `[schema.team]`, `[schema.team_member]` and \
             `[schema.organization_role]`, each with `model_name`, `fields` and (except `team_member`) `additional_fields`, and \
             `[schema.session] fields = { active_organization_id = \"…\", active_team_id = \"…\" }`",
        ),
        (
            "teams.default_team.custom_create_default_team",
            "no code is called; the first team has the name of the organization",
        ),
    ],
    ..Declaration::of("organization")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: words::REASONS, codes: words::CODES };

/// The switch of teams.
const TEAMS: RequiredSwitches = &["teams.enabled"];

const OF_ORGANIZATION: ModelColumn =
    ModelColumn::reference("organizationId", "organization_id", "organization").indexed();

const fn table(name: &'static str, key: &'static str, columns: &'static [ModelColumn]) -> FeatureTable {
    FeatureTable { model: Model { name, key, columns }, when: &[] }
}

/// A column of sessions with an identifier.
const fn of_session(name: &'static str, key: &'static str, when: RequiredSwitches) -> FeatureColumn {
    let column = ModelColumn::new(name, key, ColumnType::Value(Kind::Text)).optional();
    FeatureColumn { table: "session", column, input: false, returned: true, when }
}

options! {
    /// Organizations with members, roles and invitations: better-auth's plugin `organization`. It needs the tables `organization`,
    /// `member` and `invitation`, and the column `activeOrganizationId` of `session`: run `cargo gatepost migrate`. The roles of
    /// members and what they permit are in [`[access.organization_roles]`](#access). [organizations.md](organizations.md) is a
    /// guide.
    pub struct Organization {
        /// The endpoints below `/organization/` answer.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Users create organizations. With `false`, only your own programs do, in the tables.
        allow_user_to_create_organization: bool = switch("allow_user_to_create_organization", true),
        /// Of how many organizations a user may be a member when the user creates another one.
        organization_limit: Option<u32> =
            read_by("organization_limit", Default::Told("no limit"), |section, key, problems| {
                section.number(key, problems, 0..=MOST)
            }),
        /// The role of the user who creates an organization. Only members with this role give and take it, and the last one cannot
        /// leave.
        creator_role: String = read_by("creator_role", Default::Text("owner"), creator_role),
        /// How many members an organization has at most, and how many `/organization/list-members` returns without a `limit`.
        membership_limit: u32 = count("membership_limit", MOST, 100),
        /// How many pending invitations an organization has at most.
        invitation_limit: u32 = number("invitation_limit", 0, MOST, 100),
        /// How long an invitation can be accepted, in seconds.
        invitation_expires_in: u32 = positive_seconds("invitation_expires_in", 172_800),
        /// Another invitation for an address cancels the pending one. With `false` it is refused.
        cancel_pending_invitations_on_re_invite: bool = switch("cancel_pending_invitations_on_re_invite", false),
        /// Only a user whose address is confirmed reads, accepts and rejects an invitation. With `false`, the identifier of an
        /// invitation is enough proof that the user reads the mailbox; members who may invite see the identifiers too.
        require_email_verification_on_invitation: bool = switch("require_email_verification_on_invitation", true),
        /// Invitations are mailed (`organization-invitation`). With `false`, your application shows or sends their identifiers.
        send_invitation_email: bool = switch("send_invitation_email", true).needs(Resource::Mail),
        /// No organization can be deleted.
        disable_organization_deletion: bool = switch("disable_organization_deletion", false),
        /// The claims about the active organization in the JWTs of `[jwt]`: `"organization"` (`org_id` and `org_slug`), `"roles"` (`org_roles`,
        /// a list) and `"permissions"` (`org_permissions`, a list of texts like `"member:create"`). They are true at the
        /// moment when the token is signed.
        claims: Vec<Claim> = read_by("claims", Default::EmptyList, claims),
        /// Teams within organizations.
        teams: Teams = section::<Teams>("teams"),
        /// Roles that the members of an organization make.
        dynamic_access_control: DynamicAccessControl = section::<DynamicAccessControl>("dynamic_access_control"),
    }
}

options! {
    /// Teams within organizations. They need the tables `team` and `teamMember`, and the columns `activeTeamId` of `session` and
    /// `teamId` of `invitation`.
    pub struct Teams {
        /// The endpoints of teams answer, and an invitation can name teams.
        enabled: bool = switch("enabled", false),
        /// The first team of a new organization.
        default_team: DefaultTeam = section::<DefaultTeam>("default_team"),
        /// How many teams an organization has at most; `0` is no limit, as in better-auth. The first team of a new organization
        /// counts.
        maximum_teams: Option<u32> = read_by("maximum_teams", Default::Told("no limit"), |section, key, problems| {
            section.number(key, problems, 0..=MOST).filter(|most| *most > 0)
        }),
        /// How many members a team has at most; with `0`, only the first team of a new organization has a member.
        maximum_members_per_team: Option<u32> =
            read_by("maximum_members_per_team", Default::Told("no limit"), |section, key, problems| {
                section.number(key, problems, 0..=MOST)
            }),
        /// The last team of an organization can be removed too.
        allow_removing_all_teams: bool = switch("allow_removing_all_teams", false),
    }
}

options! {
    /// The first team of a new organization.
    pub struct DefaultTeam {
        /// A new organization has a team with its own name, whose member is the user who creates the organization.
        enabled: bool = switch("enabled", true),
    }
}

/// The most roles that an organization can make: each check of a permission reads all of them.
pub(super) const MOST_ROLES: u32 = 1_000;

options! {
    /// Roles that the members of an organization make, in addition to those of `[access.organization_roles]`. They need the table
    /// `organizationRole`. A role permits actions on the resources of `[access.statements]` and on better-auth's own resources.
    pub struct DynamicAccessControl {
        /// The endpoints of such roles answer, and each check of a permission reads these roles.
        enabled: bool = switch("enabled", false),
        /// How many such roles an organization has at most.
        maximum_roles_per_organization: u32 = number("maximum_roles_per_organization", 0, MOST_ROLES, MOST_ROLES),
    }
}

/// A claim about the active organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Its identifier and slug.
    Organization,
    /// The roles of the member.
    Roles,
    /// The actions that these roles permit.
    Permissions,
}

const CLAIMS: &[(&str, Claim)] =
    &[("organization", Claim::Organization), ("roles", Claim::Roles), ("permissions", Claim::Permissions)];

/// Reads the list of claims.
fn claims(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<Claim> {
    let names = section.texts(key, problems).unwrap_or_default();
    let mut claims = Vec::new();
    for name in names {
        match CLAIMS.iter().find(|(known, _)| *known == name) {
            Some((_, claim)) => claims.push(*claim),
            None => {
                let known: Vec<_> = CLAIMS.iter().map(|(known, _)| format!("\"{known}\"")).collect();
                problems.add(section.place(key), format!("`{name}` is no claim; write one of {}", known.join(", ")));
            }
        }
    }
    claims
}

impl Organization {
    /// Returns the role that a user keeps who is the only one with it among the members of an organization, if there are organizations.
    pub fn kept_role(&self) -> Option<&str> {
        self.enabled.then_some(self.creator_role.as_str())
    }
}

/// Reads the role of creators; an empty text is the default, as in better-auth.
fn creator_role(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> String {
    section.text(key, problems).filter(|role| !role.is_empty()).unwrap_or_else(|| "owner".to_owned())
}
