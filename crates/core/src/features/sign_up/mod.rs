//! Rules for new users: which addresses may sign up, and the role of the first user. README.md lists the threats.

pub mod declaration;
pub mod rows;
mod rules;

use http::StatusCode;
use serde_json::{Map, Value};

use self::{declaration::SignUp, rules::Verdict};
use crate::{
    auth::Auth,
    code::Code,
    config::Field,
    context::{
        Context,
        places::{Answer, Candidate, Entry, Places, Way},
    },
    error::Error,
    model::User,
    reason::Reason,
    rules::fields::is_anonymous,
    store::{
        founded::{FoundedOrganization, Team},
        founder,
        values::Values,
    },
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places {
    user_values: Some(user_values),
    new_email: Some(new_email),
    session_values: Some(session_values),
    ..Places::NONE
};

/// The additional field of sessions that names the active organization.
const ACTIVE: &str = "activeOrganizationId";

/// The column of users for `first_user_role`.
pub const ROLE: &str = "role";

/// Refuses an address that may not sign up, and gives the first user a role. It asks the database only about what is configured,
/// and the same for taken and free addresses.
fn user_values<'a>(cx: &'a mut Context, candidate: &'a mut Candidate<'_>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let config = &auth.config.features.sign_up;
        if !config.enabled {
            return Ok(());
        }
        let address = &candidate.user.email;
        if candidate.way == Way::Anonymous {
            // The address is the service's own, and a client without credentials gets no role.
            return Ok(());
        }
        found(cx, &auth, &candidate.user);
        if candidate.way == Way::Administrator {
            // The administrator stands for the invitation, and is the first user or a later one.
            return if rules::judge_change(address, config) == Verdict::Refused {
                Err(not_allowed(config))
            } else {
                Ok(())
            };
        }
        decided(cx, address, rules::judge(address, config)).await?;
        if let Some(role) = &config.first_user_role
            && rows::has_no_user(&cx.db).await?
        {
            candidate.if_first.insert(ROLE.to_owned(), role.as_str().into());
        }
        Ok(())
    })
}

/// Makes the statement that writes the user also write an organization, if each new user gets one.
fn found(cx: &mut Context, auth: &Auth, user: &User) {
    let options = &auth.config.features.organization;
    let config = &auth.config.features.sign_up;
    let Some((before, behind)) = config.around_name().filter(|_| auth.config.schema.founds) else { return };
    let fields = &auth.config.schema.additional;
    let defaults = |model| Values::from(Field::defaults(fields.of(model)));
    let has_team = options.teams.enabled && options.teams.default_team.enabled;
    cx.db.founding = Some(FoundedOrganization {
        user_id: user.id.clone(),
        id: cx.rng.id(),
        member_id: cx.rng.id(),
        around_name: (before.to_owned(), behind.to_owned()),
        slug_end: cx.rng.alike("letters"),
        role: options.creator_role.clone(),
        now: cx.now,
        additional: defaults("organization"),
        of_member: defaults("member"),
        team: has_team.then(|| Team { id: cx.rng.id(), member_id: cx.rng.id(), additional: defaults("team") }),
    });
}

/// Makes the organization of which the user has been a member for the longest time the active one. The statement that writes a new
/// user does so for the first session.
fn session_values<'a>(
    cx: &'a mut Context,
    entry: &'a Entry<'a>,
    values: &'a mut Map<String, Value>,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        // A new user is a member of nothing yet, and has no identifier that the database knows.
        let is_founder = cx.db.founding.as_ref().is_some_and(|founding| founding.user_id == entry.user.id);
        let is_new = is_founder || entry.way == Way::Anonymous;
        if cx.auth.config.schema.founds
            && !is_new
            && !values.contains_key(ACTIVE)
            && let Some(id) = founder::oldest(&cx.db, &entry.user.id).await?
        {
            values.insert(ACTIVE.to_owned(), id.into());
        }
        Ok(())
    })
}

/// Refuses an address with which the user could not have signed up.
fn new_email<'a>(cx: &'a mut Context, user: &'a User, to: &'a str) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let config = &auth.config.features.sign_up;
        if !config.enabled {
            return Ok(());
        }
        // The first address of an anonymous user is that of a new user.
        let verdict = if is_anonymous(user) { rules::judge(to, config) } else { rules::judge_change(to, config) };
        decided(cx, to, verdict).await
    })
}

/// Carries a verdict on an address out, with a look at the invitations if it depends on them.
async fn decided(cx: &Context, address: &str, verdict: Verdict) -> Result<(), Error> {
    let config = &cx.auth.config.features.sign_up;
    match verdict {
        Verdict::Refused => Err(not_allowed(config)),
        Verdict::IfInvited if !rows::is_invited(&cx.db, address, cx.now).await? => {
            Err(refused(config, declaration::SIGN_UP_BY_INVITATION_ONLY, Reason::NotInvited))
        }
        Verdict::Allowed | Verdict::IfInvited => Ok(()),
    }
}

fn not_allowed(config: &SignUp) -> Error {
    refused(config, declaration::EMAIL_DOMAIN_NOT_ALLOWED, Reason::DomainNotAllowed)
}

fn refused(config: &SignUp, code: Code, reason: Reason) -> Error {
    match config.message.as_str() {
        "" => Error::api(StatusCode::FORBIDDEN, code, reason),
        message => Error::explained(StatusCode::FORBIDDEN, code, message.to_owned(), reason),
    }
}
