//! Organizations (spec management-plugins §2): members with roles, invitations, and the active organization of a session. README.md lists
//! the threats.

mod actor;
mod answers;
mod claims;
pub mod declaration;
mod invitations;
mod keys;
mod members;
mod missed;
mod organizations;
pub mod roles;
pub mod rows;
mod rules;
pub mod teams;
mod wire;
pub mod words;

use http::Method;

use crate::{
    context::places::Places,
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    run::{run, run_signed_in},
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places {
    claims: Some(claims::claims),
    organization_keys: Some(keys::standing),
    user_deletion: Some(members::user_deletion),
    user_kept: Some(members::user_deletion),
    ..Places::NONE
};

type Conditions = &'static [Condition<'static>];

const SERVED: Conditions = &[Condition::Switch("organization.enabled")];

/// An endpoint below `/organization/` with a body.
const fn endpoint(id: &'static str, path: &'static str, about: &'static str, guard: Guard, run: Run) -> Endpoint {
    posting(SERVED, (id, path), about, guard, run)
}

/// An endpoint below `/organization/` with a query.
const fn reading(id: &'static str, path: &'static str, about: &'static str, guard: Guard, run: Run) -> Endpoint {
    getting(SERVED, (id, path), about, guard, run)
}

/// An endpoint with a body, under these conditions.
const fn posting(
    served: Conditions,
    (id, path): (&'static str, &'static str),
    about: &'static str,
    guard: Guard,
    run: Run,
) -> Endpoint {
    Endpoint { id, method: Method::POST, path, about, body: Body::Json, guard, served, uses: &[], run }
}

/// An endpoint with a query, under these conditions.
const fn getting(
    served: Conditions,
    (id, path): (&'static str, &'static str),
    about: &'static str,
    guard: Guard,
    run: Run,
) -> Endpoint {
    Endpoint { id, method: Method::GET, path, about, body: Body::Ignored, guard, served, uses: &[], run }
}

/// The endpoints of organizations, with `organization.enabled`. Those that post, and those that read invitations, use the stored session: a
/// membership or an invitation outlives the request, so a session that has ended must not reach it. Those without a guard read the
/// session themselves, because they answer differently without one.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint(
        "organization.create",
        "/organization/create",
        "Creates an organization and makes it the active one; only with `organization.enabled`, like all endpoints here.",
        Guard::Open,
        run!(organizations::create),
    ),
    endpoint(
        "organization.check_slug",
        "/organization/check-slug",
        "Answers whether a slug is free.",
        Guard::StoredSession,
        run_signed_in!(organizations::check_slug),
    ),
    reading(
        "organization.list",
        "/organization/list",
        "Lists the organizations of which the user is a member.",
        Guard::Session,
        run_signed_in!(organizations::list),
    ),
    reading(
        "organization.get",
        "/organization/get-organization",
        "Returns an organization of which the user is a member.",
        Guard::Session,
        run_signed_in!(organizations::get),
    ),
    reading(
        "organization.get_full",
        "/organization/get-full-organization",
        "Returns an organization with its members and invitations.",
        Guard::Session,
        run_signed_in!(organizations::get_full),
    ),
    endpoint(
        "organization.update",
        "/organization/update",
        "Changes an organization.",
        Guard::Open,
        run!(organizations::update),
    ),
    endpoint(
        "organization.delete",
        "/organization/delete",
        "Deletes an organization with its members and invitations.",
        Guard::Open,
        run!(organizations::delete),
    ),
    endpoint(
        "organization.set_active",
        "/organization/set-active",
        "Makes an organization the active one of the session, or none.",
        Guard::StoredSession,
        run_signed_in!(organizations::set_active),
    ),
    Endpoint {
        id: "organization.invite_member",
        method: Method::POST,
        path: "/organization/invite-member",
        about: "Invites an address to an organization, and mails the invitation.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: SERVED,
        uses: &[Resource::Mail],
        run: run_signed_in!(invitations::invite),
    },
    endpoint(
        "organization.cancel_invitation",
        "/organization/cancel-invitation",
        "Cancels a pending invitation.",
        Guard::StoredSession,
        run_signed_in!(invitations::cancel),
    ),
    endpoint(
        "organization.accept_invitation",
        "/organization/accept-invitation",
        "Accepts an invitation: the user becomes a member, and the organization the active one.",
        Guard::StoredSession,
        run_signed_in!(answers::accept),
    ),
    endpoint(
        "organization.reject_invitation",
        "/organization/reject-invitation",
        "Rejects an invitation.",
        Guard::StoredSession,
        run_signed_in!(answers::reject),
    ),
    reading(
        "organization.get_invitation",
        "/organization/get-invitation",
        "Returns an invitation for its recipient.",
        Guard::Open,
        run!(answers::get),
    ),
    reading(
        "organization.list_invitations",
        "/organization/list-invitations",
        "Lists the invitations of an organization, for members who may invite.",
        Guard::Session,
        run_signed_in!(invitations::list),
    ),
    reading(
        "organization.list_user_invitations",
        "/organization/list-user-invitations",
        "Lists the pending invitations for the user's address.",
        Guard::Open,
        run!(answers::list),
    ),
    reading(
        "organization.list_members",
        "/organization/list-members",
        "Lists the members of an organization: filtered, sorted and in pages.",
        Guard::Session,
        run_signed_in!(members::list),
    ),
    reading(
        "organization.get_active_member",
        "/organization/get-active-member",
        "Returns the user's membership in the active organization.",
        Guard::Session,
        run_signed_in!(members::active),
    ),
    reading(
        "organization.get_active_member_role",
        "/organization/get-active-member-role",
        "Returns the roles of a member.",
        Guard::Session,
        run_signed_in!(members::role),
    ),
    endpoint(
        "organization.remove_member",
        "/organization/remove-member",
        "Removes a member.",
        Guard::StoredSession,
        run_signed_in!(members::remove),
    ),
    endpoint(
        "organization.update_member_role",
        "/organization/update-member-role",
        "Gives a member other roles.",
        Guard::StoredSession,
        run_signed_in!(members::set_role),
    ),
    endpoint(
        "organization.leave",
        "/organization/leave",
        "Ends the user's own membership.",
        Guard::StoredSession,
        run_signed_in!(members::leave),
    ),
    endpoint(
        "organization.has_permission",
        "/organization/has-permission",
        "Answers whether the user's roles in an organization permit actions.",
        Guard::StoredSession,
        run_signed_in!(members::has_permission),
    ),
];

const ORGANIZATION: Shape = Shape::AnyObject(&["name", "slug", "createdAt", "id"]);
const MEMBER: Shape = Shape::AnyObject(&["organizationId", "userId", "role", "createdAt", "id"]);
const INVITATION: Shape =
    Shape::AnyObject(&["organizationId", "email", "role", "status", "expiresAt", "createdAt", "inviterId", "id"]);
const AN_ORGANIZATION: Answers = Answers::of("The organization.", ORGANIZATION);
const A_MEMBER: Answers = Answers::of("The member.", MEMBER);
const AN_INVITATION: Answers = Answers::of("The invitation.", INVITATION);
const INVITATIONS: Answers = Answers::of("The invitations.", Shape::List(&INVITATION));
const ANSWERED: Answers = Answers::of(
    "The invitation, and the new member.",
    Shape::Object(&[Member::of("invitation", INVITATION), Member::of("member", Shape::OrNull(&MEMBER))]),
);

const REFUSALS: &[(&str, &str)] =
    &[("403", "The user is not a member of the organization, or the user's roles do not permit it.")];

const fn operation(endpoint: &'static str, name: &'static str, answer: Answers) -> Operation {
    Operation::of(endpoint, name, answer).tagged("Organization").refusing(REFUSALS)
}

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation("organization.create", "createOrganization", AN_ORGANIZATION).of_session(),
    operation(
        "organization.check_slug",
        "checkOrganizationSlug",
        Answers::of("The slug is free.", Shape::Object(&[Member::of("status", Shape::True)])),
    ),
    operation("organization.list", "listOrganizations", Answers::of("The organizations.", Shape::List(&ORGANIZATION))),
    operation(
        "organization.get",
        "getOrganization",
        Answers::of("The organization; null if none is active.", Shape::OrNull(&ORGANIZATION)),
    ),
    operation(
        "organization.get_full",
        "getFullOrganization",
        Answers::of(
            "The organization with its members, invitations and teams; null if none is active.",
            Shape::OrNull(&Shape::AnyObject(&["name", "slug", "createdAt", "id", "invitations", "members"])),
        ),
    ),
    operation("organization.update", "updateOrganization", AN_ORGANIZATION).of_session(),
    operation("organization.delete", "deleteOrganization", AN_ORGANIZATION).of_session(),
    operation(
        "organization.set_active",
        "setActiveOrganization",
        Answers::of("The organization; null for none.", Shape::OrNull(&ORGANIZATION)),
    ),
    operation("organization.invite_member", "createOrganizationInvitation", AN_INVITATION),
    operation("organization.cancel_invitation", "cancelOrganizationInvitation", AN_INVITATION),
    operation("organization.accept_invitation", "acceptInvitation", ANSWERED),
    operation("organization.reject_invitation", "rejectInvitation", ANSWERED),
    operation("organization.get_invitation", "getInvitation", AN_INVITATION).of_session(),
    operation("organization.list_invitations", "listInvitations", INVITATIONS),
    operation("organization.list_user_invitations", "listUserInvitations", INVITATIONS).of_session(),
    operation(
        "organization.list_members",
        "listMembers",
        Answers::of(
            "The members of the page, and the number of all that match.",
            Shape::Object(&[Member::of("members", Shape::List(&MEMBER)), Member::of("total", Shape::Number)]),
        ),
    ),
    operation("organization.get_active_member", "getActiveMember", A_MEMBER),
    operation(
        "organization.get_active_member_role",
        "getActiveMemberRole",
        Answers::of("The roles, with commas between them.", Shape::Object(&[Member::of("role", Shape::Text)])),
    ),
    operation(
        "organization.remove_member",
        "removeMember",
        Answers::of("The former member.", Shape::Object(&[Member::of("member", MEMBER)])),
    ),
    operation("organization.update_member_role", "updateOrganizationMemberRole", A_MEMBER),
    operation("organization.leave", "leaveOrganization", A_MEMBER),
    operation(
        "organization.has_permission",
        "hasPermission",
        Answers::of(
            "Whether the roles permit all that is asked for.",
            Shape::Object(&[Member::of("error", Shape::OrNull(&Shape::Text)), Member::of("success", Shape::Boolean)]),
        ),
    ),
];
