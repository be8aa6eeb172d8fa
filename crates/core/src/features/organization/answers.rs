//! Invitations, as their recipients read and answer them (spec management-plugins §§2.6, 2.8).

use http::StatusCode;
use serde_json::Value;

use super::{
    actor,
    invitations::{fit, gone},
    missed,
    rows::invitations::{self, Acceptance, AnswerableInvitation, Inviter},
    rules::{self, ACTIVE, ACTIVE_TEAM, Rules},
    wire, words,
};
use crate::{
    code::Code,
    config::Field,
    context::Context,
    error::Error,
    reason::Reason,
    reply::Reply,
    rules::access::WantedActions,
    signed_in::{self, SignedIn},
    store::record::Record,
    syntax::email,
};

/// Whether an invitation waits for an answer.
fn is_pending(invitation: &Record) -> bool {
    invitation.text("status") == Some("pending")
}

/// Returns the identifiers of the teams that an invitation names.
fn teams(invitation: &Record) -> impl Iterator<Item = &str> {
    invitation.text("teamId").into_iter().flat_map(|ids| ids.split(','))
}

/// Whether an invitation can still be accepted.
fn is_open(cx: &Context, invitation: &Record) -> bool {
    let expires_at = invitation.text("expiresAt").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    is_pending(invitation) && expires_at.is_some_and(|at| at >= cx.now)
}

/// Checks that an invitation is for the user, whose address must be confirmed unless the configuration says otherwise. The address is that
/// of the user's row at this moment.
fn is_for(cx: &Context, found: &AnswerableInvitation, unconfirmed: Code) -> Result<(), Error> {
    let invited = email::stored(found.invitation.text("email").unwrap_or_default());
    if found.own_email.as_deref().map(email::stored) != Some(invited) {
        let code = words::YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION;
        return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::NotTheRecipient));
    }
    if cx.auth.config.features.organization.require_email_verification_on_invitation && !found.is_confirmed {
        return Err(Error::api(StatusCode::FORBIDDEN, unconfirmed, Reason::EmailNotVerified));
    }
    Ok(())
}

/// Returns an invitation that a user names.
async fn named(cx: &Context, id: &str, own: &SignedIn) -> Result<Option<AnswerableInvitation>, Error> {
    let most = cx.auth.config.features.organization.teams.maximum_members_per_team.map(i64::from);
    Ok(invitations::find(&cx.db, id, &own.user.id, most).await?)
}

const UNCONFIRMED: Code = words::EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION;

fn no_organization() -> Error {
    actor::none_named(words::ORGANIZATION_NOT_FOUND)
}

/// Checks that the member who invited is still one who may invite with these roles. Otherwise an owner who was demoted could come back with
/// an invitation from before.
fn inviter<'a>(cx: &Context, found: &'a AnswerableInvitation) -> Result<&'a Inviter, Error> {
    let inviter = found.inviter.as_ref().ok_or_else(no_inviter)?;
    let roles = actor::roles(&cx.auth.config, &found.made);
    let rules = Rules::of(&cx.auth.config, &roles);
    let invites = [WantedActions::all("invitation", ["create"])];
    if rules.may(&inviter.role, &invites) && rules.gives(&inviter.role, found.role()) {
        return Ok(inviter);
    }
    Err(Error::bad(words::INVITATION_NOT_FOUND, Reason::InviterLostRights))
}

fn no_inviter() -> Error {
    Error::bad(words::INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION, Reason::InviterGone)
}

/// Checks the conditions that the statement that accepts an invitation checks again.
fn can_be_accepted(cx: &Context, found: &AnswerableInvitation) -> Result<(), Error> {
    if !is_open(cx, &found.invitation) {
        return Err(gone());
    }
    if found.organization.is_none() {
        return Err(no_organization());
    }
    inviter(cx, found)?;
    if found.member.is_some() {
        return Err(Error::bad(words::USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION, Reason::AlreadyMember));
    }
    if found.members >= i64::from(cx.auth.config.features.organization.membership_limit) {
        let code = words::ORGANIZATION_MEMBERSHIP_LIMIT_REACHED;
        return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::OrganizationFull));
    }
    fit(found.teams)
}

/// `POST /organization/accept-invitation`. The statement that marks the invitation decides: of several requests at once, one gets it, and
/// the last seat has one member.
pub(super) async fn accept(cx: &mut Context, body: wire::InvitationBody, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let found = named(cx, &body.invitation_id, &own).await?.filter(|found| is_open(cx, &found.invitation));
    let found = found.ok_or_else(gone)?;
    is_for(cx, &found, UNCONFIRMED)?;
    can_be_accepted(cx, &found)?;
    let role = rules::distinct(rules::held(found.role())).join(",");
    let options = &auth.config.features.organization;
    let defaults = Field::defaults(auth.config.schema.additional.of("member"));
    let member_id = cx.rng.id();
    let makes_ids = auth.config.schema.ids.is_made_here();
    let in_team_ids: Vec<_> = teams(&found.invitation).filter(|_| makes_ids).map(|_| cx.rng.id()).collect();
    let acceptance = Acceptance {
        id: &body.invitation_id,
        organization: found.invitation.text("organizationId").unwrap_or_default(),
        user_id: &own.user.id,
        member_id: &member_id,
        role: &role,
        additional: &defaults.into(),
        limit: options.membership_limit.into(),
        most_in_team: options.teams.maximum_members_per_team.map(i64::from),
        in_team_ids: &in_team_ids.join(","),
        email: found.own_email.as_deref().unwrap_or_default(),
        must_be_confirmed: options.require_email_verification_on_invitation,
        inviter_role: found.inviter.as_ref().map_or("", |inviter| &inviter.role),
    };
    let accepted = invitations::accept(&cx.db, &acceptance, cx.now).await;
    let Some((invitation, member)) = accepted.map_err(|error| missed::of_row(&auth.config, error))? else {
        // Another request changed the row first: read it again, and answer by its new state.
        if let Some(found) = named(cx, &body.invitation_id, &own).await? {
            is_for(cx, &found, UNCONFIRMED)?;
            can_be_accepted(cx, &found)?;
        }
        return Err(gone());
    };
    let organization = invitation.text("organizationId");
    let mut teams = teams(&invitation);
    match (teams.next(), teams.next()) {
        // The only team becomes the active one.
        (Some(team), None) => {
            actor::change_with_cookies(cx, &own, &[(ACTIVE, organization), (ACTIVE_TEAM, Some(team))]).await?;
        }
        _ => {
            actor::activate(cx, &own, organization).await?;
        }
    }
    Reply::json(&wire::InvitationAnswer { invitation: &invitation, member: Some(&member) })
}

/// `POST /organization/reject-invitation`. One that has expired can be rejected, as in better-auth.
pub(super) async fn reject(cx: &mut Context, body: wire::InvitationBody, own: SignedIn) -> Result<Reply, Error> {
    // better-auth writes this message differently here.
    let gone = || {
        let message = "Invitation not found!".to_owned();
        Error::explained(StatusCode::BAD_REQUEST, words::INVITATION_NOT_FOUND, message, Reason::InvitationGone)
    };
    let found = named(cx, &body.invitation_id, &own).await?.filter(|found| is_pending(&found.invitation));
    let found = found.ok_or_else(gone)?;
    is_for(cx, &found, UNCONFIRMED)?;
    if found.organization.is_none() {
        return Err(no_organization());
    }
    let rejected = invitations::reject(&cx.db, &body.invitation_id).await?.ok_or_else(gone)?;
    Reply::json(&wire::InvitationAnswer { invitation: &rejected, member: None })
}

/// `GET /organization/get-invitation`.
pub(super) async fn get(cx: &mut Context, query: wire::GetInvitation) -> Result<Reply, Error> {
    let own = signed_in::stored(cx).await?.map_err(|reason| Error::Plain {
        status: StatusCode::UNAUTHORIZED,
        message: "Not authenticated",
        reason,
    })?;
    let found = named(cx, &query.id, &own).await?.filter(|found| is_open(cx, &found.invitation));
    let found = found.ok_or_else(gone)?;
    is_for(cx, &found, words::EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION)?;
    let organization = found.organization.as_ref().ok_or_else(no_organization)?;
    let inviter_email = &inviter(cx, &found)?.email;
    let (organization_name, organization_slug): (&Value, &Value) = (organization.get("name"), organization.get("slug"));
    let more = wire::InvitationDetails { organization_name, organization_slug, inviter_email };
    Reply::json(&wire::ExtendedOrganization { row: &found.invitation, more })
}

/// `GET /organization/list-user-invitations`. The address must be confirmed in any case, as in better-auth.
pub(super) async fn list(cx: &mut Context, query: wire::ListUserInvitations) -> Result<Reply, Error> {
    let codeless = |message: &str, reason| Error::Codeless { message: message.to_owned(), reason };
    let own = signed_in::stored(cx).await?;
    if query.email.is_some_and(|email| !email.is_empty()) {
        let message = "User email cannot be passed for client side API calls.";
        return Err(codeless(message, Reason::InvalidInput));
    }
    let own = own.map_err(|reason| codeless("Missing session headers, or email query parameter.", reason))?;
    if !own.user.is_verified() {
        let code = words::EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION;
        return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::EmailNotVerified));
    }
    Reply::json(&invitations::for_address(&cx.db, &email::stored(&own.user.email)).await?)
}
