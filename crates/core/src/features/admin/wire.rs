//! The bodies, queries and answers of `/admin/*` (spec management-plugins §§1.3, 1.5).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    declaration::{self, Shape},
    json,
    model::{Session, User},
    rules::search::{Match, Operator, SearchValue},
    wire::{
        EndpointReads, Fields, Input, Member, ROLES, RawInput, asked, body, choice, descending, member, operator,
        optional, optional_number, optional_text, page_number, permissions, person, query, roles, text,
    },
};

/// The identifier of a user. As in better-auth, any value is taken as the text that JavaScript makes of it.
const fn user_id() -> Member<String> {
    member("userId", Shape::Text, |fields, name| match fields.value(name).map(json::coerced) {
        Some(text) => text,
        None => {
            fields.require(name, "nonoptional");
            String::new()
        }
    })
}

body! {
    /// The body of endpoints that need only a user.
    pub(super) struct UserBody {
        pub(super) user_id: String = user_id(),
    }
}

query! {
    /// The query of `GET /admin/get-user`.
    pub(super) struct GetUser {
        pub(super) id: String = text("id"),
    }
}

body! {
    /// `POST /admin/set-role`.
    pub(super) struct SetRole {
        pub(super) user_id: String = user_id(),
        pub(super) roles: Vec<String> = member("role", ROLES, |fields, name| {
            if fields.is_object() && fields.value(name).is_none() {
                fields.wrong(name, "Invalid input");
            }
            roles(fields, name).unwrap_or_default()
        }),
    }
}

const DATA: Shape = Shape::MapOf(&Shape::Anything);

body! {
    /// `POST /admin/create-user`.
    pub(super) struct CreateUser {
        pub(super) email: String = text("email"),
        pub(super) password: Option<String> = optional_text("password"),
        pub(super) name: String = person("name"),
        pub(super) roles: Option<Vec<String>> = optional("role", ROLES, roles),
        pub(super) data: Option<Map<String, Value>> = optional("data", DATA, |fields, name| fields.optional_record(name, false)),
    }
}

body! {
    /// `POST /admin/update-user`.
    pub(super) struct UpdateUser {
        pub(super) user_id: String = user_id(),
        pub(super) data: Map<String, Value> = member("data", DATA, |fields, name| {
            fields.require(name, "record");
            fields.optional_record(name, false).unwrap_or_default()
        }),
    }
}

body! {
    /// `POST /admin/ban-user`.
    pub(super) struct BanUser {
        pub(super) user_id: String = user_id(),
        pub(super) reason: Option<String> = optional_text("banReason"),
        pub(super) expires_in: Option<f64> = optional_number("banExpiresIn"),
    }
}

body! {
    /// `POST /admin/revoke-user-session`.
    pub(super) struct RevokeUserSession {
        pub(super) session_token: String = text("sessionToken"),
    }
}

body! {
    /// `POST /admin/set-user-password`.
    pub(super) struct SetUserPassword {
        pub(super) new_password: String = member("newPassword", Shape::FilledText, |fields, name| {
            let read = fields.text(name);
            // An empty list is empty as well.
            if fields.value(name).is_some_and(|value| *value == "" || *value == Value::Array(Vec::new())) {
                fields.wrong(name, "newPassword cannot be empty");
            }
            read
        }),
        pub(super) user_id: String = member("userId", Shape::FilledText, |fields, name| {
            let read = user_id().read(fields);
            if read.is_empty() && fields.value(name).is_some() {
                fields.wrong(name, "userId cannot be empty");
            }
            read
        }),
    }
}

/// `POST /admin/has-permission`. The members `userId` and `role` are read, and have no effect, as in better-auth.
pub(super) struct HasPermission {
    /// The actions by resource; `None` if the body has them under the former name `permission`.
    pub(super) permissions: Option<Vec<(String, Vec<String>)>>,
}

impl Input for HasPermission {
    const READS: EndpointReads = EndpointReads::of(Shape::Object(&[
        declaration::Member::of("userId", Shape::Text).optional(),
        declaration::Member::of("role", Shape::Text).optional(),
        declaration::Member::of("permissions", Shape::MapOf(&Shape::List(&Shape::Text))),
    ]));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        fields.optional_text("role");
        let permissions = permissions(&mut fields);
        fields.finish(Self { permissions })
    }
}

const FIELDS: &[(&str, &str)] = &[("email", "email"), ("name", "name")];
const MATCHES: &[(&str, Match)] =
    &[("contains", Match::Contains), ("starts_with", Match::StartsWith), ("ends_with", Match::EndsWith)];

query! {
    /// `GET /admin/list-users`.
    pub(super) struct ListUsers {
        pub(super) search_value: Option<String> = optional_text("searchValue"),
        pub(super) search_field: Option<&'static str> =
            optional("searchField", Shape::OneOf(&["email", "name"]), |fields, name| choice(fields, name, FIELDS)),
        pub(super) search_operator: Option<Match> = optional(
            "searchOperator",
            Shape::OneOf(&["contains", "starts_with", "ends_with"]),
            |fields, name| choice(fields, name, MATCHES),
        ),
        pub(super) limit: Option<i64> = page_number("limit"),
        pub(super) offset: Option<i64> = page_number("offset"),
        pub(super) sort_by: Option<String> = optional_text("sortBy"),
        pub(super) descending: Option<bool> = descending("sortDirection"),
        pub(super) filter_field: Option<String> = optional_text("filterField"),
        pub(super) filter_value: Option<SearchValue> = asked("filterValue"),
        pub(super) filter_operator: Option<Operator> = operator("filterOperator"),
    }
}

/// An answer with a user.
#[derive(Serialize)]
pub(super) struct UserAnswer<'a> {
    /// The user.
    pub(super) user: &'a User,
}

/// The answer of `GET /admin/list-users`.
#[derive(Serialize)]
pub(super) struct Users<'a> {
    /// The users of the page.
    pub(super) users: &'a [User],
    /// The number of all users that match.
    pub(super) total: i64,
    /// The limit that the query has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<i64>,
    /// The offset that the query has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset: Option<i64>,
}

/// The answer of `POST /admin/list-user-sessions`.
#[derive(Serialize)]
pub(super) struct Sessions<'a> {
    /// The sessions.
    pub(super) sessions: &'a [Session],
}

/// The answer of endpoints that begin and end an impersonation.
#[derive(Serialize)]
pub(super) struct SessionOf<'a> {
    /// The session.
    pub(super) session: &'a Session,
    /// Its user.
    pub(super) user: &'a User,
}

/// The answer of endpoints that only report success.
#[derive(Serialize)]
pub(super) struct Success {
    /// Always true.
    pub(super) success: bool,
}

/// The answer of `POST /admin/has-permission`.
#[derive(Serialize)]
pub(super) struct PermissionAnswer {
    /// Always null.
    pub(super) error: Option<()>,
    /// Whether the user may do all that was asked for.
    pub(super) success: bool,
}
