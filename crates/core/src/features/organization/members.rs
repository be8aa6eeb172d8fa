//! Members, as they list, change and remove each other (spec management-plugins §2.7).

use http::StatusCode;

use super::{
    actor::{self, Member},
    rows::{
        OrganizationSelector,
        members::{self, Change, MemberSelector, Page, Target},
    },
    rules, wire, words,
};
use crate::{
    code::{self, Code},
    config::Schema,
    context::{Context, places::Answer},
    error::Error,
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    rules::{
        access::WantedActions,
        search::{Condition, Operator, Search, SearchField, SearchValue},
    },
    signed_in::SignedIn,
    store::StoreError,
    syntax::email,
    wire::NoInput,
};

/// The most members of a page. An answer must fit into the memory of an instance.
const MOST: i64 = 10_000;

fn unknown() -> Error {
    Error::bad(words::MEMBER_NOT_FOUND, Reason::UnknownMember)
}

fn invalid(member: &str, why: &str) -> Error {
    let message = format!("[query.{member}] Invalid input: {why}");
    Error::explained(StatusCode::BAD_REQUEST, code::VALIDATION_ERROR, message, Reason::InvalidInput)
}

/// Finds the field of members that a part of a query names.
fn known(schema: &Schema, part: &str, name: &str) -> Result<SearchField, Error> {
    SearchField::of(schema, "member", name).ok_or_else(|| invalid(part, "members have no such field"))
}

/// Returns the search for members of an organization.
fn search(cx: &Context, organization: &str, query: &wire::ListMembers) -> Result<Search, Error> {
    let schema = &cx.auth.config.schema;
    let own = known(schema, "organizationId", "organizationId")?;
    let mut conditions = vec![Condition::new(own, Operator::Equal, SearchValue::One(organization.to_owned()))];
    if let Some(name) = query.filter_field.as_deref().filter(|name| !name.is_empty()) {
        let value = query.filter_value.clone().ok_or_else(|| invalid("filterValue", "expected a value"))?;
        let operator = query.filter_operator.unwrap_or(Operator::Equal);
        conditions.push(Condition::new(known(schema, "filterField", name)?, operator, value));
    }
    let by = query.sort_by.as_deref().filter(|name| !name.is_empty()).unwrap_or("createdAt");
    let usual = i64::from(cx.auth.config.features.organization.membership_limit);
    Ok(Search {
        conditions,
        order: known(schema, "sortBy", by)?,
        descending: query.descending == Some(true),
        limit: query.limit.unwrap_or(usual).min(MOST),
        offset: query.offset.unwrap_or(0),
    })
}

/// Returns the first members of an organization, for a member.
pub(super) async fn first(cx: &Context, member: &Member, own: &SignedIn, limit: Option<i64>) -> Result<Page, Error> {
    let organization = member.organization_id();
    let query = wire::ListMembers { limit, ..wire::ListMembers::default() };
    let search = search(cx, organization, &query)?;
    Ok(members::search(&cx.db, &search, organization, &own.user.id).await?)
}

/// `GET /organization/list-members`. With the identifier of the organization, or with the active one, it costs one statement besides
/// that of the session.
pub(super) async fn list(cx: &mut Context, query: wire::ListMembers, own: SignedIn) -> Result<Reply, Error> {
    let which = actor::which(query.organization_slug.as_deref(), query.organization_id.as_deref(), &own);
    let refusal = words::YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION;
    let not_a_member = || Error::api(StatusCode::FORBIDDEN, refusal, Reason::NotAMember);
    let organization = match which {
        None => return Err(actor::none_named(words::NO_ACTIVE_ORGANIZATION)),
        Some(OrganizationSelector::Id(id)) => id.to_owned(),
        Some(which @ OrganizationSelector::Slug(_)) => {
            named_by_slug(cx, which, &own).await?.organization_id().to_owned()
        }
    };
    let search = search(cx, &organization, &query)?;
    let page = match members::search(&cx.db, &search, &organization, &own.user.id).await {
        Err(error @ StoreError::Refused { .. }) if query.filter_field.is_some() => {
            return Err(invalid("filterValue", "the field cannot have this value").because(error));
        }
        // A text that cannot be an identifier names no organization.
        Err(StoreError::Refused { .. }) => return Err(not_a_member()),
        page => page?,
    };
    if !page.is_asked_by_member {
        return Err(not_a_member());
    }
    Reply::json(&wire::Page { members: &page.members, total: page.total })
}

/// Returns the membership in an organization that is named by its slug.
async fn named_by_slug(cx: &Context, which: OrganizationSelector<'_>, own: &SignedIn) -> Result<Member, Error> {
    match super::rows::find(&cx.db, which, &own.user.id).await? {
        None => Err(actor::none_named(words::ORGANIZATION_NOT_FOUND)),
        Some(super::rows::FoundOrganization { organization, member: Some(row), made }) => {
            Ok(Member::new(cx, organization, row, &made))
        }
        Some(_) => {
            let code = words::YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION;
            Err(Error::api(StatusCode::FORBIDDEN, code, Reason::NotAMember))
        }
    }
}

/// `GET /organization/get-active-member`.
pub(super) async fn active(cx: &mut Context, _: NoInput, own: SignedIn) -> Result<Reply, Error> {
    let id = actor::active(&own.session).ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    let code = words::MEMBER_NOT_FOUND;
    let member = actor::member(cx, OrganizationSelector::Id(id), &own, StatusCode::BAD_REQUEST, code).await?;
    Reply::json(&members::Member::of(member.row, &own.user))
}

/// `GET /organization/get-active-member-role`. Every member reads the roles of every other one.
pub(super) async fn role(cx: &mut Context, query: wire::RoleOf, own: SignedIn) -> Result<Reply, Error> {
    let which = actor::which(query.organization_slug.as_deref(), query.organization_id.as_deref(), &own);
    let code = words::YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION;
    let member = match which {
        None => return Err(actor::none_named(words::NO_ACTIVE_ORGANIZATION)),
        Some(which @ OrganizationSelector::Slug(_)) => named_by_slug(cx, which, &own).await?,
        Some(which) => actor::member(cx, which, &own, StatusCode::FORBIDDEN, code).await?,
    };
    let Some(id) = query.user_id.as_deref().filter(|id| !id.is_empty()) else {
        return Reply::json(&wire::Role { role: member.role() });
    };
    let creator = &cx.auth.config.features.organization.creator_role;
    let found = members::target(&cx.db, member.organization_id(), MemberSelector::User(id), creator).await?;
    let found = found.ok_or_else(|| Error::api(StatusCode::FORBIDDEN, code, Reason::UnknownMember))?;
    Reply::json(&wire::Role { role: found.member.role() })
}

/// Returns the member who acts on another one.
async fn acting(cx: &Context, organization: Option<&str>, own: &SignedIn) -> Result<Member, Error> {
    let id = actor::named(organization, own).ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    actor::member(cx, OrganizationSelector::Id(id), own, StatusCode::BAD_REQUEST, words::MEMBER_NOT_FOUND).await
}

/// Returns the error where nothing was written: another request has changed one of the members meanwhile.
fn overtaken(is_creator: bool, code: Code) -> Error {
    if is_creator { Error::bad(code, Reason::LastOwner) } else { unknown() }
}

/// `POST /organization/remove-member`.
pub(super) async fn remove(cx: &mut Context, body: wire::RemoveMember, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let member = acting(cx, body.organization_id.as_deref(), &own).await?;
    let rules = member.rules(&auth.config);
    let email = email::stored(&body.member);
    let by = if body.member.contains('@') { MemberSelector::Email(&email) } else { MemberSelector::Id(&body.member) };
    let creator = &rules.options.creator_role;
    let found = members::target(&cx.db, member.organization_id(), by, creator).await?;
    let Some(Target { member: target, has_other_creator }) = found else { return Err(unknown()) };
    let is_creator = rules.is_creator(target.role());
    let only_owner = words::YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER;
    if is_creator && !(rules.is_creator(member.role()) && has_other_creator) {
        return Err(Error::bad(only_owner, Reason::LastOwner));
    }
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER;
    member.permitted_or(cx, ("member", "delete"), StatusCode::UNAUTHORIZED, refusal)?;
    if !rules.reaches(member.role(), target.role()) {
        return Err(Error::api(StatusCode::UNAUTHORIZED, refusal, Reason::MemberOutranked));
    }
    let user_id = &target.user.id;
    let change = Change { acting: member.acting(&own), user_id, role: target.role(), creator };
    if !members::remove(&cx.db, &change).await? {
        return Err(overtaken(is_creator, only_owner));
    }
    if *user_id == own.user.id {
        deactivate(cx, &own, member.organization_id()).await?;
    }
    // The user is shown only where the address was given, as in better-auth.
    match by {
        MemberSelector::Email(_) => Reply::json(&wire::MemberAnswer { member: &target }),
        MemberSelector::Id(_) | MemberSelector::User(_) => Reply::json(&wire::MemberAnswer { member: &target.row }),
    }
}

/// Leaves the session without an active organization if it is this one.
async fn deactivate(cx: &mut Context, own: &SignedIn, organization: &str) -> Result<Option<Session>, Error> {
    match actor::active(&own.session) == Some(organization) {
        true => actor::activate(cx, own, None).await,
        false => Ok(None),
    }
}

/// Refuses to delete a user without whom the members of an organization would have no owner: no other member could give the role of
/// creators any more. An organization without other members does not keep its user.
pub(super) fn user_deletion<'a>(cx: &'a mut Context, user: &'a User) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let options = &cx.auth.config.features.organization;
        if options.enabled && members::is_last_creator(&cx.db, &user.id, &options.creator_role).await? {
            let code = words::YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER;
            return Err(Error::bad(code, Reason::LastOwner));
        }
        Ok(())
    })
}

/// `POST /organization/leave`.
pub(super) async fn leave(cx: &mut Context, body: wire::OrganizationBody, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let which = OrganizationSelector::Id(&body.organization_id);
    let member = actor::member(cx, which, &own, StatusCode::BAD_REQUEST, words::MEMBER_NOT_FOUND).await?;
    let rules = member.rules(&auth.config);
    let creator = &rules.options.creator_role;
    let change = Change { acting: member.acting(&own), user_id: &own.user.id, role: member.role(), creator };
    if !members::remove(&cx.db, &change).await? {
        let code = words::YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER;
        return Err(overtaken(rules.is_creator(member.role()), code));
    }
    deactivate(cx, &own, member.organization_id()).await?;
    Reply::json(&members::Member::of(member.row, &own.user))
}

/// `POST /organization/update-member-role`.
pub(super) async fn set_role(cx: &mut Context, body: wire::UpdateMemberRole, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let roles = rules::given(&body.roles);
    let none = || Error::Blank { status: StatusCode::BAD_REQUEST, reason: Reason::InvalidInput };
    if body.roles == [""] {
        return Err(none());
    }
    if actor::named(body.organization_id.as_deref(), &own).is_none() {
        return Err(actor::none_named(words::NO_ACTIVE_ORGANIZATION));
    }
    if roles.is_empty() {
        return Err(none());
    }
    let role = roles.join(",");
    let member = acting(cx, body.organization_id.as_deref(), &own).await?;
    let rules = member.rules(&auth.config);
    let creator = &rules.options.creator_role;
    let found = members::target(&cx.db, member.organization_id(), MemberSelector::Id(&body.member_id), creator).await?;
    let Some(Target { member: target, has_other_creator }) = found else { return Err(unknown()) };
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER;
    let outranked = || Error::api(StatusCode::FORBIDDEN, refusal, Reason::MemberOutranked);
    let is_creator = rules.is_creator(member.role());
    let (was, is) = (rules.is_creator(target.role()), rules.is_creator(&role));
    if (was || is) && !is_creator {
        return Err(outranked());
    }
    let no_owner = words::YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER;
    if was && !is && !has_other_creator {
        return Err(Error::bad(no_owner, Reason::LastOwner));
    }
    // Creators change roles even if their role does not say so, as in better-auth.
    if !is_creator && !rules.may(member.role(), &[WantedActions::all("member", ["update"])]) {
        return Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::MemberNotPermitted));
    }
    let unknown_roles = rules.unknown(&roles);
    if !unknown_roles.is_empty() {
        let message = format!("{}: {}", words::ROLE_NOT_FOUND.name, unknown_roles.join(", "));
        let code = words::ROLE_NOT_FOUND;
        return Err(Error::explained(StatusCode::BAD_REQUEST, code, message, Reason::UnknownMemberRole));
    }
    if !rules.reaches(member.role(), target.role()) || !rules.gives(member.role(), &role) {
        return Err(outranked());
    }
    let change = Change { acting: member.acting(&own), user_id: &target.user.id, role: target.role(), creator };
    let made = rules::made(&auth.config.access.organization_roles, &roles);
    match members::set_role(&cx.db, &change, &role, &made).await? {
        Some(changed) => Reply::json(&changed),
        None => Err(overtaken(was && !is, no_owner)),
    }
}

/// `POST /organization/has-permission`. It costs one statement besides that of the session.
pub(super) async fn has_permission(cx: &mut Context, body: wire::HasPermission, own: SignedIn) -> Result<Reply, Error> {
    let id = actor::named(body.organization_id.as_deref(), &own);
    let id = id.ok_or_else(|| actor::none_named(words::NO_ACTIVE_ORGANIZATION))?;
    let code = words::USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION;
    let member = actor::member(cx, OrganizationSelector::Id(id), &own, StatusCode::UNAUTHORIZED, code).await?;
    // Permissions under the former name permit nothing, as in better-auth.
    let asked = body.permissions.unwrap_or_default().into_iter();
    let asked: Vec<_> = asked.map(|(resource, actions)| WantedActions::all(resource, actions)).collect();
    let success = member.rules(&cx.auth.config).may(member.role(), &asked);
    Reply::json(&wire::PermissionAnswer { error: None, success })
}
