//! Administration of users (spec management-plugins §1): roles and what they permit, bans, impersonation. README.md lists the threats.

mod actor;
mod bans;
mod changes;
pub mod declaration;
mod impersonation;
mod list;
mod permission;
pub mod rows;
mod rules;
mod sessions;
mod users;
mod wire;
pub mod words;

use http::Method;
use serde_json::Value;

use self::actor::Permission;
use crate::{
    context::{
        Context,
        places::{Answer, Candidate, Places},
    },
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    error::Error,
    run::run,
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places {
    user_values: Some(user_values),
    session_found: Some(bans::session_found),
    before_session: Some(bans::before_session),
    session_values: Some(impersonation::session_values),
    claims: Some(impersonation::claims),
    others_ended: Some(impersonation::others_ended),
    signed_out: Some(impersonation::signed_out),
    ..Places::NONE
};

/// Runs a handler for administrators: validation, then the session, then, if one is named, the permission.
macro_rules! run_administration {
    ($handler:path $(, $permission:path)?) => {
        Run {
            reads: $crate::run::reads_signed_in(&$handler),
            call: |cx, _, input| {
                Box::pin(async move {
                    let body = input.read()?;
                    let own = actor::signed_in(cx).await?;
                    $({
                        const NEEDED: &Permission = &$permission;
                        actor::permitted(cx, &own.user, NEEDED)?;
                    })?
                    $handler(cx, body, own).await
                })
            },
        }
    };
}

const SERVED: &[Condition<'_>] = &[Condition::Switch("admin.enabled")];

/// An endpoint below `/admin/` with a body.
const fn endpoint(id: &'static str, path: &'static str, about: &'static str, run: Run) -> Endpoint {
    let (body, guard, uses) = (Body::Json, Guard::Open, &[]);
    Endpoint { id, method: Method::POST, path, about, body, guard, served: SERVED, uses, run }
}

/// An endpoint below `/admin/` with a query.
const fn reading(id: &'static str, path: &'static str, about: &'static str, run: Run) -> Endpoint {
    let (body, guard, uses) = (Body::Ignored, Guard::Open, &[]);
    Endpoint { id, method: Method::GET, path, about, body, guard, served: SERVED, uses, run }
}

/// The endpoints of administration, with `admin.enabled`. They read the session themselves, because without one the answer is an empty
/// 401.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint(
        "admin.set_role",
        "/admin/set-role",
        "Gives a user other roles; only with `admin.enabled`, like all endpoints here.",
        run_administration!(users::set_role, users::SET_ROLE),
    ),
    reading("admin.get_user", "/admin/get-user", "Returns a user.", run_administration!(users::get, users::GET)),
    endpoint(
        "admin.create_user",
        "/admin/create-user",
        "Creates a user, with or without a password.",
        run_administration!(users::create, users::CREATE),
    ),
    endpoint(
        "admin.update_user",
        "/admin/update-user",
        "Changes the fields of a user.",
        run_administration!(users::update, users::UPDATE),
    ),
    reading(
        "admin.list_users",
        "/admin/list-users",
        "Lists users: searched, filtered, sorted and in pages.",
        run_administration!(list::users, list::LIST),
    ),
    endpoint(
        "admin.list_user_sessions",
        "/admin/list-user-sessions",
        "Lists the sessions of a user.",
        run_administration!(sessions::list, sessions::LIST),
    ),
    endpoint(
        "admin.unban_user",
        "/admin/unban-user",
        "Lifts the ban of a user.",
        run_administration!(bans::unban, bans::BAN),
    ),
    endpoint(
        "admin.ban_user",
        "/admin/ban-user",
        "Bans a user, for some time or until the ban is lifted, and ends the user's sessions.",
        run_administration!(bans::ban, bans::BAN),
    ),
    endpoint(
        "admin.impersonate_user",
        "/admin/impersonate-user",
        "Opens a session in which the administrator acts as a user.",
        run_administration!(impersonation::begin, impersonation::IMPERSONATE),
    ),
    endpoint(
        "admin.stop_impersonating",
        "/admin/stop-impersonating",
        "Ends such a session, and returns to the administrator's own.",
        run!(impersonation::end),
    ),
    endpoint(
        "admin.revoke_user_session",
        "/admin/revoke-user-session",
        "Ends the session with the given token.",
        run_administration!(sessions::revoke, sessions::REVOKE),
    ),
    endpoint(
        "admin.revoke_user_sessions",
        "/admin/revoke-user-sessions",
        "Ends every session of a user.",
        run_administration!(sessions::revoke_all, sessions::REVOKE),
    ),
    endpoint(
        "admin.remove_user",
        "/admin/remove-user",
        "Removes a user with accounts and sessions.",
        run_administration!(users::remove, users::DELETE),
    ),
    endpoint(
        "admin.set_user_password",
        "/admin/set-user-password",
        "Sets the password of a user, and ends the user's sessions.",
        run_administration!(users::set_password, users::SET_PASSWORD),
    ),
    endpoint(
        "admin.has_permission",
        "/admin/has-permission",
        "Answers whether the signed-in user's roles permit actions.",
        run!(permission::has),
    ),
];

const USER: Shape = Shape::Component("User");
const OF_USER: Answers = Answers::of("The user.", Shape::Object(&[Member::of("user", USER)]));
const BARE_USER: Answers = Answers::of("The user.", USER);
const SUCCESS: Answers = Answers::of("The request succeeded.", Shape::Object(&[Member::of("success", Shape::Boolean)]));
const SESSION: Answers = Answers::of(
    "The session with its user.",
    Shape::Object(&[Member::of("session", Shape::Component("Session")), Member::of("user", USER)]),
);

const fn operation(endpoint: &'static str, name: &'static str, answer: Answers) -> Operation {
    const REFUSALS: &[(&str, &str)] =
        &[("403", "The user's roles do not permit it."), ("404", "There is no such user.")];
    Operation::of(endpoint, name, answer).tagged("Admin").refusing(REFUSALS).of_session()
}

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation("admin.set_role", "setUserRole", OF_USER),
    operation("admin.get_user", "getUser", BARE_USER),
    operation("admin.create_user", "createUser", OF_USER),
    operation("admin.update_user", "adminUpdateUser", BARE_USER),
    operation(
        "admin.list_users",
        "listUsers",
        Answers::of(
            "The users of the page, and the number of all that match.",
            Shape::Object(&[
                Member::of("users", Shape::List(&USER)),
                Member::of("total", Shape::Number),
                Member::of("limit", Shape::Number).optional(),
                Member::of("offset", Shape::Number).optional(),
            ]),
        ),
    ),
    operation(
        "admin.list_user_sessions",
        "adminListUserSessions",
        Answers::of(
            "The sessions.",
            Shape::Object(&[Member::of("sessions", Shape::List(&Shape::Component("Session")))]),
        ),
    ),
    operation("admin.unban_user", "unbanUser", OF_USER),
    operation("admin.ban_user", "banUser", OF_USER),
    operation("admin.impersonate_user", "impersonateUser", SESSION),
    operation("admin.stop_impersonating", "stopImpersonating", SESSION),
    operation("admin.revoke_user_session", "revokeUserSession", SUCCESS),
    operation("admin.revoke_user_sessions", "revokeUserSessions", SUCCESS),
    operation("admin.remove_user", "removeUser", SUCCESS),
    operation(
        "admin.set_user_password",
        "setUserPassword",
        Answers::of("The request succeeded.", Shape::Component("Done")),
    ),
    operation(
        "admin.has_permission",
        "userHasPermission",
        Answers::of(
            "Whether the roles permit all that is asked for.",
            Shape::Object(&[Member::of("error", Shape::OrNull(&Shape::Text)), Member::of("success", Shape::Boolean)]),
        ),
    ),
];

/// Gives a new user the default role.
fn user_values<'a>(cx: &'a mut Context, candidate: &'a mut Candidate<'_>) -> Answer<'a, Result<(), Error>> {
    let values = &mut candidate.values;
    let options = &cx.auth.config.features.admin;
    if options.enabled && values.get(rules::ROLE).is_none_or(Value::is_null) {
        values.insert(rules::ROLE.to_owned(), options.default_role.clone().into());
    }
    Box::pin(async { Ok(()) })
}
