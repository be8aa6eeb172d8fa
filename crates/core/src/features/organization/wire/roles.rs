//! The bodies, queries and answers of the endpoints of roles that organizations make (spec management-plugins §2.10).

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    declaration::{Member, Shape},
    model::Additional,
    wire::{EndpointReads, Fields, Input, Permissions, RawInput, body, member, optional, optional_text},
};

/// The most characters of a role's name. Every check of a permission reads the roles of the organization, with their names.
const MOST_ROLE: usize = 100;

/// The shape of permissions.
const SHAPE: Shape = Shape::MapOf(&Shape::List(&Shape::Text));

/// Reads actions by resource, in the order of the body.
fn read_permissions(fields: &mut Fields<'_>, name: &str) -> Option<Permissions> {
    fields.optional_record(name, false)?;
    fields.optional_object(name, |inner| {
        let names = inner.names();
        names.into_iter().filter_map(|name| Some((name.clone(), inner.optional_texts(&name)?))).collect()
    })
}

body! {
    /// `POST /organization/create-role`.
    pub(crate) struct CreateRole {
        pub(crate) organization_id: Option<String> = optional_text("organizationId"),
        pub(crate) role: String = member("role", Shape::Text, |fields, name| {
            let role = fields.text(name);
            fields.at_most(name, &role, MOST_ROLE);
            role
        }),
        pub(crate) permission: Permissions = member("permission", SHAPE, |fields, name| {
            fields.require(name, "record");
            read_permissions(fields, name).unwrap_or_default()
        }),
        /// The additional fields of the row.
        pub(crate) additional: Option<Map<String, Value>> =
            optional("additionalFields", Shape::MapOf(&Shape::Anything), |fields, name| {
                fields.optional_object(name, |inner| inner.record())
            }),
    }
}

/// How a request names a role.
pub(crate) enum RoleSelector {
    /// By its name.
    Name(String),
    /// By the identifier of its row.
    Id(String),
}

/// A name or an identifier that is not empty. Of both, the name counts.
fn selected(fields: &mut Fields<'_>) -> RoleSelector {
    let text = |name: &str| fields.value(name).and_then(Value::as_str).map(str::to_owned);
    let (name, id) = (text("roleName"), text("roleId"));
    match (name.as_deref(), id.as_deref()) {
        (Some(name), _) if !name.is_empty() => return RoleSelector::Name(name.to_owned()),
        (_, Some(id)) if !id.is_empty() => return RoleSelector::Id(id.to_owned()),
        (Some(_), None) => drop(fields.filled_text("roleName")),
        (None, Some(_)) => drop(fields.filled_text("roleId")),
        _ if fields.is_object() => fields.wrong_as_a_whole("Invalid input"),
        _ => {}
    }
    RoleSelector::Name(String::new())
}

/// The members that name a role and its organization.
const NAMES: &[Member] = &[
    Member::of("organizationId", Shape::Text).optional(),
    Member::of("roleName", Shape::FilledText).optional(),
    Member::of("roleId", Shape::FilledText).optional(),
];

/// A role of an organization; the active one without an identifier.
pub(crate) struct RoleQuery {
    /// The organization.
    pub(crate) organization_id: Option<String>,
    /// The role.
    pub(crate) role: RoleSelector,
}

impl RoleQuery {
    fn of(mut fields: Fields<'_>) -> Result<Self, Vec<String>> {
        let organization_id = fields.optional_text("organizationId");
        let role = selected(&mut fields);
        fields.finish(Self { organization_id, role })
    }
}

/// `POST /organization/delete-role`.
pub(crate) struct DeleteRole(pub(crate) RoleQuery);

impl Input for DeleteRole {
    const READS: EndpointReads = EndpointReads::of(Shape::Object(NAMES));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        RoleQuery::of(Fields::of(raw, &["object", "object"])).map(Self)
    }
}

/// `GET /organization/get-role`.
pub(crate) struct GetRole(pub(crate) RoleQuery);

impl Input for GetRole {
    const READS: EndpointReads = EndpointReads::NOTHING.and_query(NAMES);

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        RoleQuery::of(Fields::of_query(raw)).map(Self)
    }
}

/// The changes of `POST /organization/update-role`.
#[derive(Default)]
pub(crate) struct RoleChanges {
    /// The permissions.
    pub(crate) permission: Option<Permissions>,
    /// The name.
    pub(crate) role_name: Option<String>,
    /// All members, those of additional fields among them.
    pub(crate) all: Map<String, Value>,
}

impl RoleChanges {
    fn read(fields: &mut Fields<'_>) -> Self {
        let permission = read_permissions(fields, "permission");
        let role_name = fields.optional_text("roleName");
        fields.at_most("roleName", role_name.as_deref().unwrap_or_default(), MOST_ROLE);
        Self { permission, role_name, all: fields.record() }
    }
}

/// `POST /organization/update-role`.
pub(crate) struct UpdateRole {
    /// The role.
    pub(crate) named: RoleQuery,
    /// The changes.
    pub(crate) data: RoleChanges,
}

impl Input for UpdateRole {
    const READS: EndpointReads = EndpointReads::of(Shape::Object(&[
        Member::of("organizationId", Shape::Text).optional(),
        Member::of(
            "data",
            Shape::Object(&[
                Member::of("permission", SHAPE).optional(),
                Member::of("roleName", Shape::Text).optional(),
            ]),
        ),
        Member::of("roleName", Shape::FilledText).optional(),
        Member::of("roleId", Shape::FilledText).optional(),
    ]));

    fn read(raw: &RawInput) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let organization_id = fields.optional_text("organizationId");
        fields.require("data", "object");
        let data = fields.optional_object("data", RoleChanges::read).unwrap_or_default();
        let role = selected(&mut fields);
        fields.finish(Self { named: RoleQuery { organization_id, role }, data })
    }
}

/// The answer of endpoints that change roles.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleChangeAnswer<'a> {
    /// Always true.
    pub(crate) success: bool,
    /// The role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role_data: Option<&'a Additional>,
    /// The permissions of a new role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statements: Option<&'a Map<String, Value>>,
}
