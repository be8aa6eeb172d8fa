//! Roles that the members of an organization make (spec management-plugins §2.10).

mod change;
mod read;

use super::{Conditions, getting, operation, posting};
use crate::{
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Condition, Endpoint, Guard},
    run::run_signed_in,
};

const SERVED: Conditions =
    &[Condition::Switch("organization.enabled"), Condition::Switch("organization.dynamic_access_control.enabled")];

/// The endpoints of roles.
pub const ENDPOINTS: &[Endpoint] = &[
    posting(
        SERVED,
        ("organization.create_role", "/organization/create-role"),
        "Creates a role of an organization; only with `organization.dynamic_access_control.enabled`, like all endpoints of roles.",
        Guard::StoredSession,
        run_signed_in!(change::create),
    ),
    posting(
        SERVED,
        ("organization.delete_role", "/organization/delete-role"),
        "Deletes a role that no member has.",
        Guard::StoredSession,
        run_signed_in!(change::delete),
    ),
    getting(
        SERVED,
        ("organization.list_roles", "/organization/list-roles"),
        "Lists the roles that an organization made.",
        Guard::Session,
        run_signed_in!(read::list),
    ),
    getting(
        SERVED,
        ("organization.get_role", "/organization/get-role"),
        "Returns a role that an organization made.",
        Guard::Session,
        run_signed_in!(read::get),
    ),
    posting(
        SERVED,
        ("organization.update_role", "/organization/update-role"),
        "Changes the permissions or the name of a role.",
        Guard::StoredSession,
        run_signed_in!(change::update),
    ),
];

const PERMISSIONS: Shape = Shape::MapOf(&Shape::List(&Shape::Text));
const ROLE: Shape = Shape::AnyObject(&["organizationId", "role", "permission", "createdAt", "id"]);
const A_ROLE: Answers = Answers::of("The role.", ROLE);

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation(
        "organization.create_role",
        "createOrgRole",
        Answers::of(
            "The new role.",
            Shape::Object(&[
                Member::of("success", Shape::True),
                Member::of("roleData", ROLE),
                Member::of("statements", PERMISSIONS),
            ]),
        ),
    ),
    operation(
        "organization.delete_role",
        "deleteOrgRole",
        Answers::of("The role is deleted.", Shape::Object(&[Member::of("success", Shape::True)])),
    ),
    operation("organization.list_roles", "listOrgRoles", Answers::of("The roles.", Shape::List(&ROLE))),
    operation("organization.get_role", "getOrgRole", A_ROLE),
    operation(
        "organization.update_role",
        "updateOrgRole",
        Answers::of(
            "The changed role.",
            Shape::Object(&[Member::of("success", Shape::True), Member::of("roleData", ROLE)]),
        ),
    ),
];
