//! The claims about the active organization in tokens for other services. They are read when a token is signed, so that they are true at
//! that moment.

use super::{
    actor,
    declaration::Claim,
    rows::{self, FoundOrganization, OrganizationSelector},
    rules,
};
use crate::{
    context::{Context, places::Answer},
    error::Error,
    model::{Additional, Session, User},
};

/// Adds the configured claims. A token of a user without an active organization, or who is not a member any more, has none of them.
pub(super) fn claims<'a>(
    cx: &'a mut Context,
    session: &'a Session,
    user: &'a User,
    claims: &'a mut Additional,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let options = &cx.auth.config.features.organization;
        let Some(id) = actor::active(session).filter(|_| options.enabled && !options.claims.is_empty()) else {
            return Ok(());
        };
        let found = rows::find(&cx.db, OrganizationSelector::Id(id), &user.id).await?;
        let Some(FoundOrganization { organization, member: Some(row), made }) = found else { return Ok(()) };
        let member = actor::Member::new(cx, organization, row, &made);
        let (organization, role) = (&member.organization, member.role());
        for claim in &options.claims {
            match claim {
                Claim::Organization => {
                    claims.set("org_id", organization.get("id").clone());
                    claims.set("org_slug", organization.get("slug").clone());
                }
                Claim::Roles => claims.set("org_roles", rules::held(role).collect::<Vec<_>>().into()),
                Claim::Permissions => {
                    claims.set("org_permissions", member.rules(&cx.auth.config).permissions(role).into());
                }
            }
        }
        Ok(())
    })
}
