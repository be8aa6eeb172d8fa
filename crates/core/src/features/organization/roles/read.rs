//! Roles that an organization made, as its members read them. Each endpoint costs one statement besides that of the session.

use http::StatusCode;

use crate::{
    code::Code,
    config::{Config, Roles},
    context::Context,
    error::Error,
    features::organization::{
        actor,
        rows::{
            ActingMember,
            roles::{self, ListedRoles},
        },
        rules::{Rules, permission},
        wire::{
            roles::{GetRole, RoleSelector},
            teams::TeamsQuery,
        },
        words,
    },
    reason::Reason,
    reply::Reply,
    rules::access::WantedActions,
    signed_in::SignedIn,
    store::record::Record,
};

/// A member who reads or changes the roles of an organization.
pub(super) struct AskingMember {
    /// The identifier of the organization.
    organization: String,
    /// The roles of the member, and the rows of the roles that the organization made.
    pub(super) listed: ListedRoles,
    /// All roles of the organization.
    roles: Roles,
}

impl AskingMember {
    /// Returns the member, whose roles must permit an action on roles.
    ///
    /// # Errors
    /// 400 with `none` if no organization is named, 403 if the user is not a member, 403 with `refusal`, or the failure of the database.
    pub(super) async fn find(
        cx: &Context,
        own: &SignedIn,
        organization: String,
        (action, refusal): (&str, Code),
    ) -> Result<Self, Error> {
        let outside = words::YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION;
        let listed = roles::list(&cx.db, &organization, &own.user.id).await?;
        let listed = listed.ok_or_else(|| Error::api(StatusCode::FORBIDDEN, outside, Reason::NotAMember))?;
        let text = |row: &Record, name| row.text(name).unwrap_or_default().to_owned();
        let made = listed.rows.iter().map(|row| (text(row, "role"), text(row, "permission"))).collect();
        let roles = actor::roles(&cx.auth.config, &made);
        let asking = Self { organization, listed, roles };
        if !asking.rules(&cx.auth.config).may(&asking.listed.own, &[WantedActions::all("ac", [action])]) {
            return Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::MemberNotPermitted));
        }
        Ok(asking)
    }

    /// Returns the options by which permissions in the organization are decided.
    pub(super) fn rules<'a>(&'a self, config: &'a Config) -> Rules<'a> {
        Rules::of(config, &self.roles)
    }

    /// Returns the member for the statement that writes.
    pub(super) fn acting<'a>(&'a self, own: &'a SignedIn) -> ActingMember<'a> {
        ActingMember { organization: &self.organization, user: &own.user.id, role: &self.listed.own }
    }

    /// Returns the row that a request names.
    ///
    /// # Errors
    /// 400 if the organization made no such role.
    pub(super) fn row(&self, selected: &RoleSelector) -> Result<&Record, Error> {
        let is_it = |row: &&Record| match selected {
            RoleSelector::Name(name) => row.text("role") == Some(name),
            RoleSelector::Id(id) => row.text("id") == Some(id),
        };
        let found = self.listed.rows.iter().find(is_it);
        found.ok_or_else(|| Error::bad(words::ROLE_NOT_FOUND, Reason::UnknownMemberRole))
    }
}

/// Returns the organization that a request names, otherwise the active one. An empty text names none, unlike elsewhere.
pub(super) fn named(given: Option<String>, own: &SignedIn, none: Code) -> Result<String, Error> {
    let id = given.or_else(|| actor::active(&own.session).map(str::to_owned));
    id.filter(|id| !id.is_empty()).ok_or_else(|| actor::none_named(none))
}

/// Returns a row as answers show it, with its permissions as an object.
pub(super) fn shown(row: &Record) -> Record {
    let mut row = row.clone();
    row.set("permission", permission::shown(row.text("permission").unwrap_or_default()));
    row
}

/// `GET /organization/list-roles`.
pub(super) async fn list(cx: &mut Context, query: TeamsQuery, own: SignedIn) -> Result<Reply, Error> {
    let id = named(query.organization_id, &own, words::NO_ACTIVE_ORGANIZATION)?;
    let asking = AskingMember::find(cx, &own, id, ("read", words::YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE)).await?;
    Reply::json(&asking.listed.rows.iter().map(shown).collect::<Vec<_>>())
}

/// `GET /organization/get-role`.
pub(super) async fn get(cx: &mut Context, query: GetRole, own: SignedIn) -> Result<Reply, Error> {
    let id = named(query.0.organization_id, &own, words::NO_ACTIVE_ORGANIZATION)?;
    let asking = AskingMember::find(cx, &own, id, ("read", words::YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE)).await?;
    Reply::json(&shown(asking.row(&query.0.role)?))
}
