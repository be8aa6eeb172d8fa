//! The bodies, queries and answers of `/organization/*` (spec management-plugins §§2.5–2.7, 2.12).

pub(super) mod roles;
pub(super) mod teams;

use serde::Serialize;
use serde_json::{Map, Value};

use super::rules::MOST_DATA;
use crate::{
    declaration::{self, Shape},
    json,
    model::Additional,
    rules::search::{Operator, SearchValue},
    wire::{
        EndpointReads, Fields, Input, MOST_NAME, Member, Members, Permissions, ROLES, RawInput, asked, body,
        descending, member, members, operator, optional, optional_boolean, optional_text, page_number, permissions,
        query, roles as read_roles, text,
    },
};

/// The most characters of a slug and of the URL of a picture.
const MOST_URL: usize = 2_000;

/// A name or a slug that is not empty.
const fn filled(name: &'static str) -> Member<String> {
    member(name, Shape::FilledText, bounded)
}

/// A name or a slug that is not empty, if it is there.
pub(super) const fn optional_filled(name: &'static str) -> Member<Option<String>> {
    optional(name, Shape::FilledText, |fields, name| {
        fields.value(name)?;
        Some(bounded(fields, name))
    })
}

fn bounded(fields: &mut Fields<'_>, name: &'static str) -> String {
    let text = fields.filled_text(name);
    fields.at_most(name, &text, if name == "slug" { MOST_URL } else { MOST_NAME });
    text
}

/// The URL of a picture; `Some(None)` for none.
const fn logo() -> Member<Option<Option<String>>> {
    optional("logo", Shape::TextOrNull, |fields, name| match fields.value(name)? {
        Value::Null => Some(None),
        _ => {
            let url = fields.text(name);
            fields.at_most(name, &url, MOST_URL);
            Some(Some(url))
        }
    })
}

/// Data of the application.
const fn metadata() -> Member<Option<Map<String, Value>>> {
    optional("metadata", Shape::MapOf(&Shape::Anything), |fields, name| {
        let data = fields.optional_record(name, false)?;
        if json::to_string(&data).len() > MOST_DATA {
            fields.wrong(name, &format!("Too big: expected at most {MOST_DATA} bytes"));
        }
        Some(data)
    })
}

/// The address of a person who is invited.
const fn invited() -> Member<String> {
    member("email", Shape::Text, |fields, name| {
        let email = fields.text(name);
        fields.at_most(name, &email, MOST_NAME);
        email
    })
}

/// Roles that a body must name.
const fn some_roles() -> Member<Vec<String>> {
    member("role", ROLES, |fields, name| {
        if fields.is_object() && fields.value(name).is_none() {
            fields.wrong(name, "Invalid input");
        }
        read_roles(fields, name).unwrap_or_default()
    })
}

/// The teams that an invitation names. An empty text is none.
const fn some_teams() -> Member<Vec<String>> {
    optional("teamId", ROLES, |fields, name| {
        let is_empty = fields.value(name).and_then(Value::as_str) == Some("");
        if is_empty { Vec::new() } else { read_roles(fields, name).unwrap_or_default() }
    })
}

/// A body with the additional fields of a table among its members.
pub(super) struct ExtendedBody<T> {
    /// The members that every deployment has.
    pub(super) known: T,
    /// All members.
    pub(super) all: Map<String, Value>,
}

impl<T: Members> Input for ExtendedBody<T> {
    const READS: EndpointReads = EndpointReads::body::<T>();

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let (known, all) = (T::read(&mut fields), fields.record());
        fields.finish(Self { known, all })
    }
}

members! {
    /// `POST /organization/create`. A `userId` is ignored, as in better-auth.
    pub(super) struct Create {
        pub(super) name: String = filled("name"),
        pub(super) slug: String = filled("slug"),
        pub(super) logo: Option<Option<String>> = logo(),
        pub(super) metadata: Option<Map<String, Value>> = metadata(),
        pub(super) keep_active: Option<bool> = optional_boolean("keepCurrentActiveOrganization"),
    }
}

body! {
    /// `POST /organization/check-slug`.
    pub(super) struct CheckSlug {
        pub(super) slug: String = text("slug"),
    }
}

members! {
    /// The changes of `POST /organization/update`.
    pub(super) struct Changes {
        pub(super) name: Option<String> = optional_filled("name"),
        pub(super) slug: Option<String> = optional_filled("slug"),
        pub(super) logo: Option<Option<String>> = logo(),
        pub(super) metadata: Option<Map<String, Value>> = metadata(),
    }
}

members! {
    /// `POST /organization/update`.
    pub(super) struct Update {
        pub(super) data: Option<Changes> = member("data", Shape::Object(Changes::MEMBERS), |fields, name| {
            fields.require(name, "object");
            fields.optional_object(name, Changes::read)
        }),
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
    }
}

body! {
    /// The body of endpoints that need only an organization.
    pub(super) struct OrganizationBody {
        pub(super) organization_id: String = text("organizationId"),
    }
}

body! {
    /// `POST /organization/set-active`.
    pub(super) struct SetActive {
        /// `Some(None)` for no organization.
        pub(super) organization_id: Option<Option<String>> =
            optional("organizationId", Shape::TextOrNull, |fields, name| match fields.value(name)? {
                Value::Null => Some(None),
                _ => Some(Some(fields.text(name))),
            }),
        pub(super) organization_slug: Option<String> = optional_text("organizationSlug"),
    }
}

query! {
    /// The query of endpoints that read an organization: its slug, its identifier, or neither for the active one.
    pub(super) struct OrganizationQuery {
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
        pub(super) organization_slug: Option<String> = optional_text("organizationSlug"),
        pub(super) members_limit: Option<i64> = page_number("membersLimit"),
    }
}

query! {
    /// `GET /organization/get-active-member-role`.
    pub(super) struct RoleOf {
        pub(super) user_id: Option<String> = optional_text("userId"),
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
        pub(super) organization_slug: Option<String> = optional_text("organizationSlug"),
    }
}

query! {
    /// `GET /organization/list-members`.
    #[derive(Default)]
    pub(super) struct ListMembers {
        pub(super) limit: Option<i64> = page_number("limit"),
        pub(super) offset: Option<i64> = page_number("offset"),
        pub(super) sort_by: Option<String> = optional_text("sortBy"),
        pub(super) descending: Option<bool> = descending("sortDirection"),
        pub(super) filter_field: Option<String> = optional_text("filterField"),
        pub(super) filter_value: Option<SearchValue> = asked("filterValue"),
        pub(super) filter_operator: Option<Operator> = operator("filterOperator"),
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
        pub(super) organization_slug: Option<String> = optional_text("organizationSlug"),
    }
}

body! {
    /// `POST /organization/remove-member`.
    pub(super) struct RemoveMember {
        pub(super) member: String = text("memberIdOrEmail"),
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
    }
}

body! {
    /// `POST /organization/update-member-role`.
    pub(super) struct UpdateMemberRole {
        pub(super) roles: Vec<String> = some_roles(),
        pub(super) member_id: String = text("memberId"),
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
    }
}

members! {
    /// `POST /organization/invite-member`. A `teamId` has no effect without teams.
    pub(super) struct Invite {
        pub(super) email: String = invited(),
        pub(super) roles: Vec<String> = some_roles(),
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
        pub(super) resend: Option<bool> = optional_boolean("resend"),
        pub(super) teams: Vec<String> = some_teams(),
    }
}

body! {
    /// The body of endpoints that need only an invitation.
    pub(super) struct InvitationBody {
        pub(super) invitation_id: String = text("invitationId"),
    }
}

query! {
    /// `GET /organization/get-invitation`.
    pub(super) struct GetInvitation {
        pub(super) id: String = text("id"),
    }
}

query! {
    /// `GET /organization/list-invitations`.
    pub(super) struct ListInvitations {
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
    }
}

query! {
    /// `GET /organization/list-user-invitations`.
    pub(super) struct ListUserInvitations {
        /// Refused: invitations are those of the session's user.
        pub(super) email: Option<String> = optional_text("email"),
    }
}

/// `POST /organization/has-permission`.
pub(super) struct HasPermission {
    /// The organization; the active one without it.
    pub(super) organization_id: Option<String>,
    /// The actions by resource; `None` if the body has them under the former name `permission`.
    pub(super) permissions: Option<Permissions>,
}

impl Input for HasPermission {
    const READS: EndpointReads = EndpointReads::of(Shape::Object(&[
        declaration::Member::of("organizationId", Shape::Text).optional(),
        declaration::Member::of("permissions", Shape::MapOf(&Shape::List(&Shape::Text))),
    ]));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let organization_id = fields.optional_text("organizationId");
        let permissions = permissions(&mut fields);
        fields.finish(Self { organization_id, permissions })
    }
}

/// An organization with more members.
#[derive(Serialize)]
pub(super) struct ExtendedOrganization<'a, M: Serialize> {
    /// The row.
    #[serde(flatten)]
    pub(super) row: &'a Additional,
    /// The members behind it.
    #[serde(flatten)]
    pub(super) more: M,
}

/// The member behind a new organization.
#[derive(Serialize)]
pub(super) struct CreatorMember<'a> {
    /// The user who created it.
    pub(super) members: [&'a Additional; 1],
}

/// The lists of `GET /organization/get-full-organization`.
#[derive(Serialize)]
pub(super) struct FullOrganization<'a, M: Serialize> {
    /// Its invitations, if the member may see them.
    pub(super) invitations: &'a [Additional],
    /// Its members with their users.
    pub(super) members: &'a [M],
    /// Its teams, if there are teams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) teams: Option<&'a [Additional]>,
}

/// The answer of `GET /organization/list-members`.
#[derive(Serialize)]
pub(super) struct Page<'a, M: Serialize> {
    /// The members of the page with their users.
    pub(super) members: &'a [M],
    /// The number of all members that match.
    pub(super) total: i64,
}

/// The answer of `GET /organization/get-active-member-role`.
#[derive(Serialize)]
pub(super) struct Role<'a> {
    /// The roles, with commas between them.
    pub(super) role: &'a str,
}

/// An answer with a member.
#[derive(Serialize)]
pub(super) struct MemberAnswer<'a, M: Serialize> {
    /// The member.
    pub(super) member: &'a M,
}

/// The answer to an invitation.
#[derive(Serialize)]
pub(super) struct InvitationAnswer<'a> {
    /// The invitation.
    pub(super) invitation: &'a Additional,
    /// The new member; null if the invitation was rejected.
    pub(super) member: Option<&'a Additional>,
}

/// The members of the answer of `GET /organization/get-invitation` beside the invitation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct InvitationDetails<'a> {
    /// The name of the organization.
    pub(super) organization_name: &'a Value,
    /// The slug of the organization.
    pub(super) organization_slug: &'a Value,
    /// The address of the member who invites.
    pub(super) inviter_email: &'a str,
}

/// The answer of `POST /organization/has-permission`.
#[derive(Serialize)]
pub(super) struct PermissionAnswer {
    /// Always null.
    pub(super) error: Option<()>,
    /// Whether the member may do all that was asked for.
    pub(super) success: bool,
}

/// The answer of `POST /organization/check-slug`.
#[derive(Serialize)]
pub(super) struct SlugAnswer {
    /// Always true.
    pub(super) status: bool,
}
