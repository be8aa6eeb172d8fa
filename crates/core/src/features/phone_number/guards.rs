//! The rules for numbers and addresses at the endpoints of others: only a code in a text message sets a number (spec sign-in-plugins
//! §8.3), or gives a user the address of one.

use serde_json::{Map, Value};

use super::{
    codes,
    declaration::{self, NUMBER, VERIFIED, is_placeholder},
};
use crate::{
    code,
    context::{
        Context,
        places::{Answer, Candidate, UserUpdate, Way},
    },
    error::Error,
    model::{Session, User},
    reason::Reason,
    rules::fields::is_truthy,
    store::{self, user::Change},
};

/// Whether the feature is on.
fn is_on(cx: &Context) -> bool {
    cx.auth.config.features.phone_number.enabled
}

/// Refuses an address that only users who sign up by phone have. Otherwise another person could take the address of a number, so that
/// its owner could not sign up, and the answer for a taken one would reveal which numbers have users.
fn judge_address(cx: &Context, address: &str) -> Result<(), Error> {
    let sign_up = &cx.auth.config.features.phone_number.sign_up;
    match is_on(cx) && sign_up.enabled && is_placeholder(&sign_up.temp_email, address) {
        true => Err(Error::bad(code::INVALID_EMAIL, Reason::PhoneAddressReserved)),
        false => Ok(()),
    }
}

/// Refuses an address to which a user changes.
pub(super) fn new_email<'a>(cx: &'a mut Context, user: &'a User, to: &'a str) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move { if user.email == to { Ok(()) } else { judge_address(cx, to) } })
}

/// Refuses an address or a number that a client gives a new user. An administrator who does not mark the number as verified gives none.
pub(super) fn user_values<'a>(cx: &'a mut Context, candidate: &'a mut Candidate<'_>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        if !matches!(candidate.way, Way::PhoneCode | Way::Administrator) {
            judge_address(cx, &candidate.user.email)?;
        }
        let values = &mut candidate.values;
        let given = values.get(NUMBER).filter(|given| !given.is_null());
        let Some(given) = given.filter(|_| is_on(cx) && values.get(VERIFIED) != Some(&true.into())) else {
            return Ok(());
        };
        if is_truthy(given) && candidate.way != Way::Administrator {
            return Err(Error::bad(declaration::PHONE_NUMBER_CANNOT_BE_SET, Reason::PhoneNumberUnproven));
        }
        values.insert(NUMBER.to_owned(), Value::Null);
        values.insert(VERIFIED.to_owned(), false.into());
        Ok(())
    })
}

/// Refuses a number that a signed-in client sets; `null` removes the number.
pub(super) fn user_change<'a>(
    cx: &'a mut Context,
    _: (&'a User, &'a Session),
    given: &'a mut Map<String, Value>,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        match is_on(cx) && given.get(NUMBER).is_some_and(|given| !given.is_null()) {
            true => Err(Error::bad(declaration::PHONE_NUMBER_CANNOT_BE_UPDATED, Reason::PhoneNumberUnproven)),
            false => Ok(()),
        }
    })
}

/// A number that is removed is not verified. Codes that were sent to a number which changes stop working.
pub(super) fn update_values<'a>(
    cx: &'a mut Context,
    user: &'a User,
    update: &'a mut UserUpdate,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let Some(number) = update.values.get(NUMBER).filter(|_| is_on(cx)) else { return Ok(()) };
        let former = user.additional.text(NUMBER).filter(|former| number.as_str() != Some(former));
        if number.is_null() {
            update.values.insert(VERIFIED.to_owned(), false.into());
        }
        match former {
            Some(former) => Ok(codes::forget(cx, former).await?),
            None => Ok(()),
        }
    })
}

/// Removes the number from a user whose address was unconfirmed, when its owner proves to own it: another person may have set the
/// number, who could sign in with it.
pub(super) fn proven<'a>(cx: &'a mut Context, user: &'a mut User) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let Some(former) = user.additional.text(NUMBER).filter(|_| is_on(cx)) else { return Ok(()) };
        codes::forget(cx, former).await?;
        let removed = [(NUMBER.to_owned(), Value::Null), (VERIFIED.to_owned(), false.into())];
        let change = Change { name: None, image: None, additional: Map::from_iter(removed.clone()).into() };
        store::user::update(&cx.db, &user.id, &change, None, cx.now).await?;
        for (name, value) in removed {
            user.additional.set(&name, value);
        }
        Ok(())
    })
}
