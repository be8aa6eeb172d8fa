//! Invitations, as members send, list and cancel them (spec management-plugins §2.6).

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{
    actor::{self, Member},
    missed, organizations,
    rows::{
        OrganizationSelector,
        invitations::{self, Invitee, NewInvitation, WantedTeams},
        teams,
    },
    rules, wire, words,
};
use crate::{
    code,
    context::Context,
    error::Error,
    links,
    mail::{self, Kind, Mail},
    reason::Reason,
    reply::Reply,
    rules::fields::is_anonymous,
    signed_in::SignedIn,
    store::{counted, record::Record},
    syntax::email,
    wire::Issue,
};

/// The prefix before an address, for the count of invitations mailed to it.
const SENT: &str = "organization-invitation-sent-";
/// The maximum number of invitations mailed to an address within [`WINDOW`] seconds, by all organizations together.
const MOST: u64 = 10;
/// The prefix before the identifier of a user, for the count of invitations that the user mails.
const SENT_BY: &str = "organization-invitation-sent-by-";
/// The maximum number of invitations that a user mails within [`WINDOW`] seconds: enough for a team, and no use for advertising.
const MOST_BY: u64 = 50;
const WINDOW: u32 = 900;

/// `POST /organization/invite-member`.
pub(super) async fn invite(
    cx: &mut Context,
    body: wire::ExtendedBody<wire::Invite>,
    own: SignedIn,
) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let options = &auth.config.features.organization;
    let wire::Invite { email, roles, organization_id, resend, teams } = body.known;
    let id = actor::named(organization_id.as_deref(), &own);
    let id = id.ok_or_else(|| actor::none_named(words::ORGANIZATION_NOT_FOUND))?;
    let email = email::stored(&email);
    if !email::is_valid(&email) {
        return Err(Error::bad(code::INVALID_EMAIL, Reason::InvalidEmail));
    }
    let member =
        actor::member(cx, OrganizationSelector::Id(id), &own, StatusCode::BAD_REQUEST, words::MEMBER_NOT_FOUND).await?;
    let refusal = words::YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION;
    member.permitted(cx, "invitation", "create", refusal)?;
    let roles = rules::given(&roles);
    if roles.is_empty() {
        return Err(Error::bad(words::ROLE_NOT_FOUND, Reason::UnknownMemberRole));
    }
    let unknown = member.rules(&auth.config).unknown(&roles);
    if !unknown.is_empty() {
        let message = format!("{}: {}", words::ROLE_NOT_FOUND.name, unknown.join(", "));
        return Err(Error::Codeless { message, reason: Reason::UnknownMemberRole });
    }
    let role = roles.join(",");
    reaches(cx, &member, &role)?;
    let fields = auth.config.schema.additional.of("invitation");
    let additional = rules::additional(fields, &body.all, "body", true).map_err(Issue)?;
    let found = invitations::invitee(&cx.db, member.organization_id(), &email, cx.now).await?;
    let replaces = options.cancel_pending_invitations_on_re_invite && may_replace(cx, &member, &own, &found);
    check(&found, resend == Some(true) || replaces)?;
    check_mail(cx, &own, &email).await?;
    let expires_at = cx.now + SignedDuration::from_secs(options.invitation_expires_in.into());
    if let (Some(pending), Some(true)) = (&found.invitation, resend) {
        return send_again(cx, &member, &own, pending, expires_at).await;
    }
    // An invitation that is replaced is not counted.
    let replaced = found.invitation.as_ref();
    let limit = i64::from(options.invitation_limit);
    if found.pending - i64::from(replaced.is_some()) >= limit {
        return Err(Error::api(StatusCode::FORBIDDEN, words::INVITATION_LIMIT_REACHED, Reason::InvitationLimit));
    }
    let teams = wanted(cx, &member, &teams).await?;
    let new_id = cx.rng.id();
    let new = NewInvitation {
        id: &new_id,
        email: &email,
        role: &role,
        teams: teams.as_deref(),
        expires_at,
        additional: &additional.into(),
        replaced: replaced.and_then(|one| one.text("id")),
        limit,
    };
    let invited = invitations::invite(&cx.db, member.acting(&own), &new, cx.now).await;
    let Some(invitation) = invited.map_err(|error| missed::of_row(&auth.config, error))? else {
        // Another request changed the row first: read it again, and answer by its new state.
        let found = invitations::invitee(&cx.db, member.organization_id(), &email, cx.now).await?;
        check(&found, false)?;
        if found.pending >= limit {
            return Err(Error::api(StatusCode::FORBIDDEN, words::INVITATION_LIMIT_REACHED, Reason::InvitationLimit));
        }
        if let Some(teams) = &teams {
            have_places(cx, &member, teams).await?;
        }
        return Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::MemberNotPermitted));
    };
    send(cx, &member, &own, &invitation);
    Reply::json(&invitation)
}

/// Whether a member may cancel the pending invitation by another one: the member's own, or any with the permission to cancel.
fn may_replace(cx: &Context, member: &Member, own: &SignedIn, found: &Invitee) -> bool {
    let is_own = found.invitation.as_ref().is_some_and(|one| one.text("inviterId") == Some(&own.user.id));
    is_own || member.may(cx, "invitation", "cancel")
}

/// Checks that an address has neither a member nor, unless `again`, a pending invitation.
fn check(found: &Invitee, again: bool) -> Result<(), Error> {
    if found.is_member {
        return Err(Error::bad(words::USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION, Reason::AlreadyMember));
    }
    if found.invitation.is_some() && !again {
        return Err(Error::bad(words::USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION, Reason::AlreadyInvited));
    }
    Ok(())
}

/// Returns the teams that an invitation names, with commas between them; `None` for none.
async fn wanted(cx: &Context, member: &Member, given: &[String]) -> Result<Option<String>, Error> {
    if given.is_empty() || !cx.auth.config.features.organization.teams.enabled {
        return Ok(None);
    }
    if given.iter().any(|id| id.contains(',')) {
        return Err(Error::bad(words::INVALID_TEAM_ID, Reason::UnknownTeam));
    }
    if given.iter().any(String::is_empty) {
        return Err(Error::bad(words::TEAM_NOT_FOUND, Reason::UnknownTeam));
    }
    let mut ids: Vec<&str> = given.iter().map(String::as_str).collect();
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    let ids = ids.join(",");
    have_places(cx, member, &ids).await?;
    Ok(Some(ids))
}

/// Checks that teams exist in the organization and have a place left.
async fn have_places(cx: &Context, member: &Member, ids: &str) -> Result<(), Error> {
    let most = cx.auth.config.features.organization.teams.maximum_members_per_team.map(i64::from);
    fit(teams::wanted(&cx.db, member.organization_id(), ids, most).await?)
}

/// Checks the teams of an invitation.
pub(super) fn fit(teams: WantedTeams) -> Result<(), Error> {
    if teams.is_unknown {
        return Err(Error::bad(words::TEAM_NOT_FOUND, Reason::UnknownTeam));
    }
    if teams.is_full {
        return Err(Error::api(StatusCode::FORBIDDEN, words::TEAM_MEMBER_LIMIT_REACHED, Reason::TeamFull));
    }
    Ok(())
}

/// Checks that a member may give these roles.
fn reaches(cx: &Context, member: &Member, role: &str) -> Result<(), Error> {
    if member.rules(&cx.auth.config).gives(member.role(), role) {
        return Ok(());
    }
    let code = words::YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE;
    Err(Error::api(StatusCode::FORBIDDEN, code, Reason::MemberOutranked))
}

/// Moves the end of a pending invitation and mails it again. Its roles stay.
async fn send_again(
    cx: &mut Context,
    member: &Member,
    own: &SignedIn,
    pending: &Record,
    expires_at: Timestamp,
) -> Result<Reply, Error> {
    reaches(cx, member, pending.text("role").unwrap_or_default())?;
    let id = pending.text("id").unwrap_or_default();
    let renewed = invitations::renew(&cx.db, member.acting(own), id, expires_at).await?;
    let invitation = renewed.ok_or_else(gone)?;
    send(cx, member, own, &invitation);
    Reply::json(&invitation)
}

/// Returns the error of an invitation that is not pending.
pub(super) fn gone() -> Error {
    Error::bad(words::INVITATION_NOT_FOUND, Reason::InvitationGone)
}

/// Whether invitations are mailed.
fn mails(cx: &Context) -> bool {
    cx.auth.config.transport.is_some() && cx.auth.config.features.organization.send_invitation_email
}

/// Counts the mail that an invitation sends, for the inviter and for the address, before anything is written. Everyone can name an
/// organization as they like, so without these bounds a member could flood the mailbox of a stranger with mails of any subject.
///
/// # Errors
/// 403 for a user who can make new users at will, 429 if too many mails were sent, or the failure of a store.
async fn check_mail(cx: &mut Context, own: &SignedIn, email: &str) -> Result<(), Error> {
    if !mails(cx) {
        return Ok(());
    }
    let must_be_confirmed = cx.auth.config.email_and_password.require_email_verification || is_anonymous(&own.user);
    if must_be_confirmed && !own.user.is_verified() {
        let code = words::YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION;
        return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::EmailNotVerified));
    }
    for (purpose, key, most) in [(SENT_BY, own.user.id.as_str(), MOST_BY), (SENT, email, MOST)] {
        let (sent, identifiers) = (links::secret(cx, purpose, key, WINDOW, ""), links::identifiers(cx, purpose, key));
        if counted::count(&cx.db, &sent, &identifiers, WINDOW).await? > most {
            return Err(Error::TooManyRequests { retry_after: WINDOW, reason: Reason::InvitationMails });
        }
    }
    Ok(())
}

/// Mails an invitation after the answer, if such mails are on.
fn send(cx: &mut Context, member: &Member, own: &SignedIn, invitation: &Record) {
    let auth = cx.auth.clone();
    if !mails(cx) {
        return;
    }
    let Some(base) = links::base(cx, Kind::OrganizationInvitation) else { return };
    let id = invitation.text("id").unwrap_or_default();
    let origin = base.strip_suffix(&auth.config.base_path).unwrap_or(&base);
    let usual = format!("{origin}/accept-invitation/{id}");
    let pattern = auth.config.mail.urls.organization_invitation.as_ref();
    let mail = Mail {
        kind: Kind::OrganizationInvitation,
        to: invitation.text("email").unwrap_or_default().to_owned(),
        // The address may have no user.
        name: String::new(),
        is_proven: false,
        new_email: None,
        url: pattern.map_or(usual.clone(), |pattern| pattern.filled(id, "", &usual)),
        token: id.to_owned(),
        code: None,
        metadata: None,
        invitation: Some(mail::Invitation {
            id: id.to_owned(),
            role: invitation.text("role").unwrap_or_default().to_owned(),
            organization: member.organization.clone(),
            inviter_name: own.user.called().to_owned(),
            inviter_email: own.user.email.clone(),
        }),
        user: None,
        asked: links::asked(cx),
    };
    links::push(cx, mail);
}

/// `POST /organization/cancel-invitation`.
pub(super) async fn cancel(cx: &mut Context, body: wire::InvitationBody, own: SignedIn) -> Result<Reply, Error> {
    let found = invitations::find(&cx.db, &body.invitation_id, &own.user.id, None).await?.ok_or_else(gone)?;
    let (Some(organization), Some(row)) = (found.organization, found.member) else {
        return Err(Error::bad(words::MEMBER_NOT_FOUND, Reason::NotAMember));
    };
    let member = Member::new(cx, organization, row, &found.made);
    member.permitted(cx, "invitation", "cancel", words::YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION)?;
    let canceled = invitations::cancel(&cx.db, member.acting(&own), &body.invitation_id).await?;
    Reply::json(&canceled.ok_or_else(gone)?)
}

/// `GET /organization/list-invitations`.
pub(super) async fn list(cx: &mut Context, query: wire::ListInvitations, own: SignedIn) -> Result<Reply, Error> {
    let id = actor::named(query.organization_id.as_deref(), &own).ok_or_else(|| Error::Codeless {
        message: "Organization ID is required".to_owned(),
        reason: Reason::NoOrganization,
    })?;
    let code = words::YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION;
    let member = actor::member(cx, OrganizationSelector::Id(id), &own, StatusCode::FORBIDDEN, code).await;
    let member = member.map_err(|error| match error {
        Error::Api { status, reason, .. } => Error::Plain { status, message: code.message, reason },
        other => other,
    })?;
    member.permitted(cx, "invitation", "create", words::YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS)?;
    let all = invitations::of_organization(&cx.db, member.organization_id()).await?;
    Reply::json(&organizations::seen(cx, &member, all))
}
