//! The administrator who asks: the session, the permission, and the users whom it reaches.

use http::StatusCode;

use super::rules::Rules;
use crate::{
    code::{self, Code},
    config::Config,
    context::Context,
    error::Error,
    model::User,
    reason::Reason,
    rules::access::WantedActions,
    signed_in::{self, SignedIn},
    store::{self, StoreError},
};

/// A permission that an endpoint needs, and the code of its refusal.
pub(super) struct Permission {
    pub(super) resource: &'static str,
    pub(super) action: &'static str,
    pub(super) refusal: Code,
}

/// Returns the options by which permissions are decided.
pub(super) fn rules(config: &Config) -> Rules<'_> {
    Rules { options: &config.features.admin, features: &config.features, roles: &config.access.roles }
}

/// Returns the session as it is stored now, for administration: without one, the answer has no body (spec management-plugins §1.3).
///
/// # Errors
/// 401 without a session, or the failure of a store.
pub(super) async fn signed_in(cx: &mut Context) -> Result<SignedIn, Error> {
    let found = signed_in::stored(cx).await?;
    let own = found.map_err(|reason| Error::Blank { status: StatusCode::UNAUTHORIZED, reason })?;
    cx.audit.actor = Some(own.user.id.clone());
    Ok(own)
}

/// Checks that the user may do what the endpoint does.
///
/// # Errors
/// 403 with the code of the permission.
pub(super) fn permitted(cx: &Context, user: &User, permission: &Permission) -> Result<(), Error> {
    let Permission { resource, action, refusal } = *permission;
    if rules(&cx.auth.config).may(user, &[WantedActions::all(resource, [action])]) {
        return Ok(());
    }
    Err(Error::api(StatusCode::FORBIDDEN, refusal, Reason::NotPermitted))
}

/// Checks that the user has all rights that another one has on users and sessions. Otherwise a role with one permission, such as that to
/// set passwords, would be worth every other one.
///
/// # Errors
/// 403 with the code of the permission.
pub(super) fn reaches(cx: &Context, user: &User, target: &User, permission: &Permission) -> Result<(), Error> {
    let rules = rules(&cx.auth.config);
    if rules.rights(user).include(&rules.rights(target)) {
        return Ok(());
    }
    Err(Error::api(StatusCode::FORBIDDEN, permission.refusal, Reason::Outranked))
}

/// Returns a user whom a request names. A text that cannot be an identifier names none.
///
/// # Errors
/// 404 if there is no such user, or the failure of the database.
pub(super) async fn named(cx: &mut Context, id: &str) -> Result<User, Error> {
    cx.audit.target = Some(id.to_owned());
    existing(store::user::by_id(&cx.db, id).await)
}

/// Returns the user that a look-up by identifier has found.
///
/// # Errors
/// 404 if there is no such user, or the failure of the database.
pub(super) fn existing<T>(found: Result<Option<T>, StoreError>) -> Result<T, Error> {
    let unknown = || Error::api(StatusCode::NOT_FOUND, code::USER_NOT_FOUND, Reason::UserGone);
    match found {
        Ok(Some(found)) => Ok(found),
        Ok(None) | Err(StoreError::Refused { .. }) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}
