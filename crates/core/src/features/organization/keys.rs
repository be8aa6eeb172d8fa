//! The standing of users with regard to the API keys of an organization (spec management-plugins §3.8): one statement reads membership and
//! roles.

use super::{
    actor,
    rows::{self, FoundOrganization, OrganizationSelector},
    rules::KEYS,
};
use crate::{
    api_keys::KeyAccess,
    context::{Context, places::Answer},
    error::Error,
    rules::access::WantedActions,
};

/// Decides whether a user may perform an action on the API keys of an organization. The role of creators may.
pub(super) fn standing<'a>(
    cx: &'a Context,
    user: &'a str,
    organization: &'a str,
    action: &'static str,
) -> Answer<'a, Result<Option<KeyAccess>, Error>> {
    Box::pin(async move {
        let config = &cx.auth.config;
        if !config.features.organization.enabled {
            return Ok(None);
        }
        let found = rows::find(&cx.db, OrganizationSelector::Id(organization), user).await?;
        let Some(FoundOrganization { organization, member: Some(row), made }) = found else {
            return Ok(Some(KeyAccess::Outside));
        };
        let member = actor::Member::new(cx, organization, row, &made);
        let (rules, role) = (member.rules(config), member.role());
        if rules.is_creator(role) || rules.may(role, &[WantedActions::all(KEYS, [action])]) {
            let organization = member.organization_id().to_owned();
            return Ok(Some(KeyAccess::Permitted { organization, role: role.to_owned() }));
        }
        Ok(Some(KeyAccess::NotPermitted))
    })
}
