//! The bodies, queries and answers of `/admin/*` (spec management-plugins §§1.3, 1.5).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    declaration::{self, Shape},
    json,
    model::{Session, User},
    rules::search::{Asked, Match, Operator},
    wire::{Fields, Input, Member, Raw, Reads, body, member, optional, optional_number, optional_text, query, text},
};

/// The identifier of a user. As in better-auth, any value is taken as the text that JavaScript makes of it.
const fn user_id() -> Member<String> {
    member("userId", Shape::Text, |fields, name| match fields.value(name).map(javascript_text) {
        Some(text) => text,
        None => {
            if fields.is_object() {
                fields.wrong(name, "Invalid input: expected nonoptional, received undefined");
            }
            String::new()
        }
    })
}

/// Returns the text that JavaScript makes of a value.
fn javascript_text(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(items) => {
            let text = |item: &Value| if item.is_null() { String::new() } else { javascript_text(item) };
            items.iter().map(text).collect::<Vec<_>>().join(",")
        }
        Value::Object(_) => "[object Object]".to_owned(),
        other => json::text(other).unwrap_or_default(),
    }
}

const ROLES: Shape = Shape::AnyOf(&[Shape::Text, Shape::List(&Shape::Text)]);

/// A role, or several.
fn roles(fields: &mut Fields<'_>, name: &'static str) -> Option<Vec<String>> {
    let roles = match fields.value(name)? {
        Value::String(role) => Some(vec![role.clone()]),
        Value::Array(roles) => roles.iter().map(|role| role.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    if roles.is_none() {
        fields.wrong(name, "Invalid input");
    }
    roles
}

body! {
    /// The body of endpoints that need only a user.
    pub(super) struct OfUser {
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
        pub(super) name: String = text("name"),
        pub(super) roles: Option<Vec<String>> = optional("role", ROLES, roles),
        pub(super) data: Option<Map<String, Value>> = optional("data", DATA, |fields, name| fields.optional_record(name, false)),
    }
}

body! {
    /// `POST /admin/update-user`.
    pub(super) struct UpdateUser {
        pub(super) user_id: String = user_id(),
        pub(super) data: Map<String, Value> = member("data", DATA, |fields, name| {
            if fields.is_object() && fields.value(name).is_none() {
                fields.wrong(name, "Invalid input: expected record, received undefined");
            }
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
    const READS: Reads = Reads::of(Shape::Object(&[
        declaration::Member::of("userId", Shape::Text).optional(),
        declaration::Member::of("role", Shape::Text).optional(),
        declaration::Member::of("permissions", Shape::MapOf(&Shape::List(&Shape::Text))),
    ]));

    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        fields.optional_text("role");
        let (former, permissions) = (record_of_lists(&fields, "permission"), record_of_lists(&fields, "permissions"));
        match (&former, &permissions) {
            (Some(_), Some(_)) => fields.wrong_as_a_whole("Invalid input: more than one option matched"),
            (None, None) => fields.wrong_as_a_whole("Invalid input"),
            _ => {}
        }
        fields.finish(Self { permissions })
    }
}

/// Reads an object whose members are lists of texts, in the order of the body; `None` if it is not one.
fn record_of_lists(fields: &Fields<'_>, name: &str) -> Option<Vec<(String, Vec<String>)>> {
    let text = |item: &Value| item.as_str().map(str::to_owned);
    let list = |value: &Value| value.as_array()?.iter().map(text).collect::<Option<Vec<_>>>();
    fields.value(name)?.as_object()?.iter().map(|(name, value)| Some((name.clone(), list(value)?))).collect()
}

/// One of a few texts, each with its meaning.
fn choice<T: Copy>(fields: &mut Fields<'_>, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
    let value = fields.value(name)?;
    let found = choices.iter().find(|(known, _)| value.as_str() == Some(known)).map(|(_, choice)| *choice);
    if found.is_none() {
        let known: Vec<_> = choices.iter().map(|(known, _)| format!("\"{known}\"")).collect();
        fields.wrong(name, &format!("Invalid option: expected one of {}", known.join("|")));
    }
    found
}

/// A number as the query has it; `None` for zero and for a text that is not a number, as in better-auth.
fn number(fields: &mut Fields<'_>, name: &'static str) -> Option<f64> {
    let Value::String(text) = fields.value(name)? else {
        fields.wrong(name, "Invalid input");
        return None;
    };
    json::number(&Value::String(text.clone())).filter(|number| *number != 0.0 && !number.is_nan())
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
        pub(super) limit: Option<f64> = optional("limit", Shape::Text, number),
        pub(super) offset: Option<f64> = optional("offset", Shape::Text, number),
        pub(super) sort_by: Option<String> = optional_text("sortBy"),
        /// Whether the order is descending.
        pub(super) descending: Option<bool> = optional("sortDirection", Shape::OneOf(&["asc", "desc"]), |fields, name| {
            choice(fields, name, &[("asc", false), ("desc", true)])
        }),
        pub(super) filter_field: Option<String> = optional_text("filterField"),
        pub(super) filter_value: Option<Asked> = optional(
            "filterValue",
            Shape::AnyOf(&[Shape::Text, Shape::List(&Shape::Text)]),
            |fields, name| match fields.value(name)? {
                Value::Array(items) => {
                    Some(Asked::Several(items.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
                }
                value => value.as_str().map(|text| Asked::One(text.to_owned())),
            },
        ),
        pub(super) filter_operator: Option<Operator> = optional(
            "filterOperator",
            Shape::OneOf(&[
                "eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with",
            ]),
            |fields, name| choice(fields, name, Operator::ALL),
        ),
    }
}

/// An answer with a user.
#[derive(Serialize)]
pub(super) struct TheUser<'a> {
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
pub(super) struct Permitted {
    /// Always null.
    pub(super) error: Option<()>,
    /// Whether the user may do all that was asked for.
    pub(super) success: bool,
}
