//! The member who asks: the organization that a request names, the membership, and the permission.

use http::StatusCode;

use super::{
    rows::{self, ActingMember, FoundOrganization, OrganizationRoles, OrganizationSelector},
    rules::{ACTIVE, Rules, permission},
    words,
};
use crate::{
    code::Code,
    config::{Config, Roles},
    context::Context,
    error::Error,
    model::Session,
    reason::Reason,
    rules::access::WantedActions,
    session_cookies,
    signed_in::{self, SignedIn},
    store::{self, record::Record, values::Values},
};

/// Returns the stored session for endpoints that answer an empty 401 without one.
pub(super) async fn signed_in(cx: &mut Context) -> Result<SignedIn, Error> {
    let found = signed_in::stored(cx).await?;
    found.map_err(|reason| Error::Blank { status: StatusCode::UNAUTHORIZED, reason })
}

/// Returns the roles of an organization: those of the configuration, and those that the organization made.
pub(super) fn roles(config: &Config, made: &OrganizationRoles) -> Roles {
    let read = |(name, text): &(String, String)| (name.clone(), permission::read(text).unwrap_or_default());
    config.access.organization_roles.with(made.iter().map(read))
}

/// Returns the identifier of the session's active organization.
pub(super) fn active(session: &Session) -> Option<&str> {
    session.additional.text(ACTIVE).filter(|id| !id.is_empty())
}

/// Returns the organization that a request names by its identifier, otherwise the active one.
pub(super) fn named<'a>(given: Option<&'a str>, own: &'a SignedIn) -> Option<&'a str> {
    given.filter(|id| !id.is_empty()).or_else(|| active(&own.session))
}

/// Returns what a query names: a slug, which wins, an identifier, or the active organization.
pub(super) fn which<'a>(
    slug: Option<&'a str>,
    id: Option<&'a str>,
    own: &'a SignedIn,
) -> Option<OrganizationSelector<'a>> {
    let slug = slug.filter(|slug| !slug.is_empty()).map(OrganizationSelector::Slug);
    slug.or_else(|| named(id, own).map(OrganizationSelector::Id))
}

/// Returns the error of a request that names no organization.
pub(super) fn none_named(code: Code) -> Error {
    Error::bad(code, Reason::NoOrganization)
}

/// A member who acts, with the organization.
pub(super) struct Member {
    /// The organization.
    pub(super) organization: Record,
    /// The row of the member.
    pub(super) row: Record,
    /// The roles of the organization.
    roles: Roles,
}

impl Member {
    /// Creates the member of an organization that made these roles.
    pub(super) fn new(cx: &Context, organization: Record, row: Record, made: &OrganizationRoles) -> Self {
        Self { organization, row, roles: roles(&cx.auth.config, made) }
    }

    /// Returns the options by which permissions in the organization are decided.
    pub(super) fn rules<'a>(&'a self, config: &'a Config) -> Rules<'a> {
        Rules::of(config, &self.roles)
    }

    /// Returns the roles of the member, as the row has them.
    pub(super) fn role(&self) -> &str {
        self.row.text("role").unwrap_or_default()
    }

    /// Returns the identifier of the organization.
    pub(super) fn organization_id(&self) -> &str {
        self.organization.text("id").unwrap_or_default()
    }

    /// Returns the member for the statement that writes.
    pub(super) fn acting<'a>(&'a self, own: &'a SignedIn) -> ActingMember<'a> {
        ActingMember { organization: self.organization_id(), user: &own.user.id, role: self.role() }
    }

    /// Checks that the roles of the member permit what the endpoint does.
    ///
    /// # Errors
    /// 403 with `refusal`.
    pub(super) fn permitted(&self, cx: &Context, resource: &str, action: &str, refusal: Code) -> Result<(), Error> {
        self.permitted_or(cx, (resource, action), StatusCode::FORBIDDEN, refusal)
    }

    /// Checks that the roles of the member permit an action on a resource.
    ///
    /// # Errors
    /// `status` with `refusal`.
    pub(super) fn permitted_or(
        &self,
        cx: &Context,
        (resource, action): (&str, &str),
        status: StatusCode,
        refusal: Code,
    ) -> Result<(), Error> {
        if self.may(cx, resource, action) {
            return Ok(());
        }
        Err(Error::api(status, refusal, Reason::MemberNotPermitted))
    }

    /// Whether the roles of the member permit an action on a resource.
    pub(super) fn may(&self, cx: &Context, resource: &str, action: &str) -> bool {
        self.rules(&cx.auth.config).may(self.role(), &[WantedActions::all(resource, [action])])
    }
}

/// Returns the membership of the user in an organization. Other users do not learn whether an organization exists.
///
/// # Errors
/// `status` with `refusal` if the user is not a member, or the failure of the database.
pub(super) async fn member(
    cx: &Context,
    which: OrganizationSelector<'_>,
    own: &SignedIn,
    status: StatusCode,
    refusal: Code,
) -> Result<Member, Error> {
    match rows::find(&cx.db, which, &own.user.id).await? {
        Some(FoundOrganization { organization, member: Some(row), made }) => {
            Ok(Member::new(cx, organization, row, &made))
        }
        _ => Err(Error::api(status, refusal, Reason::NotAMember)),
    }
}

/// Returns the organization that a user reads, and the membership. If the user is not a member of the active organization any more, the
/// session has no active organization from then on.
///
/// # Errors
/// 400 if the organization does not exist, 403 if the user is not a member, or the failure of a store.
pub(super) async fn reader(cx: &mut Context, which: OrganizationSelector<'_>, own: &SignedIn) -> Result<Member, Error> {
    let found = rows::find(&cx.db, which, &own.user.id).await?;
    let Some(FoundOrganization { organization, member, made }) = found else {
        return Err(none_named(words::ORGANIZATION_NOT_FOUND));
    };
    if let Some(row) = member {
        return Ok(Member::new(cx, organization, row, &made));
    }
    if active(&own.session) == organization.text("id") {
        activate(cx, own, None).await?;
    }
    let code = words::USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION;
    Err(Error::api(StatusCode::FORBIDDEN, code, Reason::NotAMember))
}

/// Makes an organization the active one of the session, or none, without changing cookies. Returns the session, unless it has ended.
pub(super) async fn activate(cx: &mut Context, own: &SignedIn, id: Option<&str>) -> Result<Option<Session>, Error> {
    change(cx, own, &[(ACTIVE, id)]).await
}

/// Changes additional fields of the session, without changing cookies. Returns the session, unless it has ended.
pub(super) async fn change(
    cx: &mut Context,
    own: &SignedIn,
    fields: &[(&str, Option<&str>)],
) -> Result<Option<Session>, Error> {
    let values = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
    let values = serde_json::Map::from_iter(values);
    Ok(store::session::update(&cx.db, &own.session.token, &Values::from(values), cx.now).await?)
}

/// Changes additional fields of the session, and sets the cookies of the session again.
///
/// # Errors
/// 401 if the session has ended, or the failure of a store.
pub(super) async fn change_with_cookies(
    cx: &mut Context,
    own: &SignedIn,
    fields: &[(&str, Option<&str>)],
) -> Result<(), Error> {
    match change(cx, own, fields).await? {
        Some(session) => session_cookies::replace(cx, &session, &own.user).await,
        None => return Err(signed_in::ended(cx)),
    }
    Ok(())
}
