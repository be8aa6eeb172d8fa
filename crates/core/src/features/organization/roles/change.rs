//! Roles that an organization made, as its members create, change and delete them.

use http::StatusCode;

use super::read::{AskingMember, named, shown};
use crate::{
    code::{self, Code},
    config::{Config, Field, OF_MEMBERS},
    context::Context,
    error::Error,
    features::organization::{
        missed,
        rows::roles::{self, Changes, NewRole, Outcome},
        rules::{self, permission},
        wire::roles::{CreateRole, DeleteRole, RoleChangeAnswer, RoleSelector, UpdateRole},
        words,
    },
    json,
    reason::Reason,
    reply::Reply,
    signed_in::SignedIn,
    wire::{Issue, Permissions},
};

const CREATE: Code = words::YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE;
const UPDATE: Code = words::YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE;

/// Returns the name of a role, in lower case.
///
/// # Errors
/// 400 if no member could have a role of this name, or if the configuration or better-auth has it: members have better-auth's names also
/// where the configuration does not list them, and a role of such a name would give these members rights.
fn name(config: &Config, given: &str, place: &str) -> Result<String, Error> {
    let name = given.to_lowercase();
    if !permission::is_name(&name) {
        let message =
            format!("[{place}] Invalid input: a role has a name without commas, and without spaces around it");
        return Err(Error::explained(StatusCode::BAD_REQUEST, code::VALIDATION_ERROR, message, Reason::InvalidInput));
    }
    if config.access.organization_roles.get(&name).is_some() || OF_MEMBERS.role(&name).is_some() {
        return Err(taken());
    }
    Ok(name)
}

fn taken() -> Error {
    Error::bad(words::ROLE_NAME_IS_ALREADY_TAKEN, Reason::RoleNameTaken)
}

/// Checks that a member may give permissions: their resources exist, and the member has all of them.
fn may_give(config: &Config, asking: &AskingMember, given: &Permissions, refusal: Code) -> Result<(), Error> {
    if !permission::are_known(config.access.statements.as_ref(), given) {
        return Err(Error::bad(words::INVALID_RESOURCE, Reason::UnknownResource));
    }
    let wanted = given.iter().map(|(resource, actions)| (resource.as_str(), actions.as_slice()));
    let permissions = permission::missing(asking.rules(config), &asking.listed.own, wanted);
    if permissions.is_empty() {
        return Ok(());
    }
    Err(Error::Missing { code: refusal, permissions, reason: Reason::MemberOutranked })
}

/// `POST /organization/create-role`.
pub(super) async fn create(cx: &mut Context, body: CreateRole, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let config = &auth.config;
    let none = words::YOU_MUST_BE_IN_AN_ORGANIZATION_TO_CREATE_A_ROLE;
    let organization = named(body.organization_id, &own, none)?;
    let role = name(config, &body.role, "body.role")?;
    let asking = AskingMember::find(cx, &own, organization, ("create", CREATE)).await?;
    let limit = config.features.organization.dynamic_access_control.maximum_roles_per_organization;
    let too_many = || Error::bad(words::TOO_MANY_ROLES, Reason::RoleLimit);
    if asking.listed.rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
        return Err(too_many());
    }
    let given = permission::once(body.permission);
    may_give(config, &asking, &given, CREATE)?;
    let fields = config.schema.additional.of("organizationRole");
    let given_fields = body.additional.unwrap_or_else(|| Field::defaults(fields));
    let additional = rules::additional(fields, &given_fields, "body.additionalFields", true).map_err(Issue)?;
    let statements = permission::object(&given);
    let id = cx.rng.id();
    let new = NewRole {
        id: &id,
        role: &role,
        permission: &json::to_string(&statements),
        additional: &additional.into(),
        limit: limit.into(),
    };
    let created = roles::create(&cx.db, asking.acting(&own), &new, cx.now).await;
    match created.map_err(|error| missed::of_row(config, error))? {
        Outcome::Done(Some(row)) => Reply::json(&RoleChangeAnswer {
            success: true,
            role_data: Some(&shown(&row)),
            statements: Some(&statements),
        }),
        Outcome::LimitReached => Err(too_many()),
        Outcome::NameTaken => Err(taken()),
        Outcome::Done(None) | Outcome::Gone => {
            Err(Error::api(StatusCode::FORBIDDEN, CREATE, Reason::MemberNotPermitted))
        }
    }
}

/// `POST /organization/update-role`. The answer has the time of the change before, as in better-auth.
pub(super) async fn update(cx: &mut Context, body: UpdateRole, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let config = &auth.config;
    let organization = named(body.named.organization_id, &own, words::NO_ACTIVE_ORGANIZATION)?;
    let asking = AskingMember::find(cx, &own, organization, ("update", UPDATE)).await?;
    let row = asking.row(&body.named.role)?;
    let given = body.data.permission.map(permission::once);
    let renamed = body.data.role_name.filter(|name| !name.is_empty());
    if let Some(given) = &given {
        may_give(config, &asking, given, UPDATE)?;
    }
    may_take(config, &asking, row.text("permission").unwrap_or_default(), given.is_some() || renamed.is_some())?;
    let renamed = renamed.map(|given| name(config, &given, "body.data.roleName")).transpose()?;
    let fields = config.schema.additional.of("organizationRole");
    let additional = rules::additional(fields, &body.data.all, "body.data", false).map_err(Issue)?;
    let mut answered = shown(row);
    for (name, value) in &additional {
        answered.set(name, value.clone());
    }
    let statements = given.as_ref().map(permission::object);
    if let Some(statements) = &statements {
        answered.set("permission", statements.clone().into());
    }
    if let Some(name) = &renamed {
        answered.set("role", name.clone().into());
    }
    let permission = statements.as_ref().map(json::to_string);
    let additional = additional.into();
    let changes = Changes { role: renamed.as_deref(), permission: permission.as_deref(), additional: &additional };
    let id = row.text("id").unwrap_or_default();
    match roles::update(&cx.db, asking.acting(&own), id, &changes, cx.now).await? {
        Outcome::Done(_) => {
            Reply::json(&RoleChangeAnswer { success: true, role_data: Some(&answered), statements: None })
        }
        Outcome::NameTaken => Err(taken()),
        Outcome::LimitReached | Outcome::Gone => Err(Error::bad(words::ROLE_NOT_FOUND, Reason::UnknownMemberRole)),
    }
}

/// Checks that a member may change what a role permits: a member who lacks some of it would take rights from others that the member
/// does not have. Creators may.
fn may_take(config: &Config, asking: &AskingMember, stored: &str, changes: bool) -> Result<(), Error> {
    let rules = asking.rules(config);
    if !changes || rules.is_creator(&asking.listed.own) {
        return Ok(());
    }
    let stored = permission::read(stored).unwrap_or_default();
    let permissions = permission::missing(rules, &asking.listed.own, stored.iter());
    if permissions.is_empty() {
        return Ok(());
    }
    Err(Error::Missing { code: UPDATE, permissions, reason: Reason::MemberOutranked })
}

/// `POST /organization/delete-role`.
pub(super) async fn delete(cx: &mut Context, body: DeleteRole, own: SignedIn) -> Result<Reply, Error> {
    let named_role = body.0.role;
    let organization = named(body.0.organization_id, &own, words::NO_ACTIVE_ORGANIZATION)?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE;
    let asking = AskingMember::find(cx, &own, organization, ("delete", refusal)).await?;
    if let RoleSelector::Name(name) = &named_role
        && cx.auth.config.access.organization_roles.get(name).is_some()
    {
        return Err(Error::bad(words::CANNOT_DELETE_A_PRE_DEFINED_ROLE, Reason::RoleOfConfiguration));
    }
    let id = asking.row(&named_role)?.text("id").unwrap_or_default();
    match roles::delete(&cx.db, asking.acting(&own), id).await? {
        Some(true) => Reply::json(&RoleChangeAnswer { success: true, role_data: None, statements: None }),
        Some(false) => Err(Error::bad(words::ROLE_IS_ASSIGNED_TO_MEMBERS, Reason::RoleHeld)),
        None => Err(Error::bad(words::ROLE_NOT_FOUND, Reason::UnknownMemberRole)),
    }
}
