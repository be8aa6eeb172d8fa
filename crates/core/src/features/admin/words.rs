//! The codes of the feature (spec management-plugins §1.8) and its reasons, in words.

use crate::{code::codes, reason::reasons};

reasons! {
    Banned = "banned":
        "the user is banned",
        "the ban is meant: `gatepost users show` says since when and until when, and `gatepost users unban` lifts it";
    ImpersonatorGone = "impersonator_gone":
        "the session impersonates a user, and the administrator who began it is banned, does not exist, has another password or may not \
            impersonate the user any more",
        "nothing: the impersonation is meant to end with the administrator's access";
    NotPermitted = "not_permitted":
        "the user's role does not permit the request",
        "give the user another role with `gatepost users set-role`, or let the role permit it in `[access.roles]`";
    Outranked = "outranked":
        "the request concerns a user who has more rights on users and sessions than the one who asks",
        "let a user with these rights do it, or use `gatepost users`";
    ProtectedUser = "protected_user":
        "the user is an administrator, and the role does not permit `impersonate-admins`",
        "let the role permit `impersonate-admins` in `[access.roles]`, or set `admin.allow_impersonating_admins`";
    UnknownRole = "unknown_role":
        "`[access.roles]` has no role of this name",
        "use a role of `[access.roles]`, or add it there";
    OwnUser = "own_user":
        "administrators can neither ban nor remove themselves",
        "let another administrator do it, or use `gatepost users`";
    NotImpersonating = "not_impersonating":
        "the session impersonates no user",
        "nothing";
    NoAdminSession = "no_admin_session":
        "the session to which the impersonation returns has ended, or its cookie is missing",
        "sign in again";
}

codes! {
    /// The user is banned; `admin.banned_user_message` is the message.
    BANNED_USER = "You have been banned from this application";
    /// A role is not a text.
    INVALID_ROLE_TYPE = "Invalid role type";
    /// `data` is empty.
    NO_DATA_TO_UPDATE = "No data to update";
    /// `data` has a password, which another endpoint sets.
    PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER =
        "Password cannot be updated through update-user. Use the set-user-password endpoint instead";
    /// `data` has an identifier.
    USER_ID_CANNOT_BE_UPDATED = "User id cannot be updated";
    /// The role does not permit bans.
    YOU_ARE_NOT_ALLOWED_TO_BAN_USERS = "You are not allowed to ban users";
    /// The role does not permit changes of roles.
    YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE = "You are not allowed to change users role";
    /// The role does not permit the creation of users.
    YOU_ARE_NOT_ALLOWED_TO_CREATE_USERS = "You are not allowed to create users";
    /// The role does not permit the removal of users.
    YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS = "You are not allowed to delete users";
    /// The role does not permit reading a user.
    YOU_ARE_NOT_ALLOWED_TO_GET_USER = "You are not allowed to get user";
    /// The role does not permit impersonation.
    YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS = "You are not allowed to impersonate users";
    /// The role does not permit lists of users.
    YOU_ARE_NOT_ALLOWED_TO_LIST_USERS = "You are not allowed to list users";
    /// The role does not permit lists of sessions.
    YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS = "You are not allowed to list users sessions";
    /// The role does not permit ending sessions.
    YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS = "You are not allowed to revoke users sessions";
    /// `[access.roles]` has no such role.
    YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE = "You are not allowed to set a non-existent role value";
    /// The role does not permit changes of addresses.
    YOU_ARE_NOT_ALLOWED_TO_SET_USERS_EMAIL = "You are not allowed to update users email";
    /// The role does not permit setting passwords.
    YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD = "You are not allowed to set users password";
    /// The role does not permit changes of phone numbers.
    YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PHONE_NUMBER = "You are not allowed to update users phone number";
    /// The role does not permit changes of users.
    YOU_ARE_NOT_ALLOWED_TO_UPDATE_USERS = "You are not allowed to update users";
    /// Administrators cannot ban themselves.
    YOU_CANNOT_BAN_YOURSELF = "You cannot ban yourself";
    /// The user is an administrator, and the role does not permit `impersonate-admins`.
    YOU_CANNOT_IMPERSONATE_ADMINS = "You cannot impersonate admins";
    /// Administrators cannot remove themselves.
    YOU_CANNOT_REMOVE_YOURSELF = "You cannot remove yourself";
}
