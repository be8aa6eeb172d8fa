//! Rules for new users: which addresses may sign up, and the role of the first user. README.md lists the threats.

pub mod declaration;
pub mod rows;
mod rules;

use http::StatusCode;

use self::{declaration::SignUp, rules::Verdict};
use crate::{
    code::Code,
    context::{
        Context,
        places::{Answer, Candidate, Places, Way},
    },
    error::Error,
    model::User,
    reason::Reason,
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places { user_values: Some(user_values), new_email: Some(new_email), ..Places::NONE };

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
        if candidate.way == Way::Administrator {
            // The administrator stands for the invitation, and is the first user or a later one.
            return if rules::judge_change(address, config) == Verdict::Refused {
                Err(not_allowed(config))
            } else {
                Ok(())
            };
        }
        match rules::judge(address, config) {
            Verdict::Refused => return Err(not_allowed(config)),
            Verdict::IfInvited if !rows::is_invited(&cx.db, address, cx.now).await? => {
                return Err(refused(config, declaration::SIGN_UP_BY_INVITATION_ONLY, Reason::NotInvited));
            }
            Verdict::Allowed | Verdict::IfInvited => {}
        }
        if let Some(role) = &config.first_user_role
            && rows::has_no_user(&cx.db).await?
        {
            candidate.if_first.insert(ROLE.to_owned(), role.as_str().into());
        }
        Ok(())
    })
}

/// Refuses an address with which the user could not have signed up.
fn new_email<'a>(cx: &'a mut Context, _: &'a User, to: &'a str) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let config = &cx.auth.config.features.sign_up;
        match rules::judge_change(to, config) {
            Verdict::Refused if config.enabled => Err(not_allowed(config)),
            _ => Ok(()),
        }
    })
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
