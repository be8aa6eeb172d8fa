//! The rules for numbers at the endpoints of others: only a code in a text message sets one (spec sign-in-plugins §8.3).

use serde_json::{Map, Value};

use super::{
    codes,
    declaration::{self, NUMBER, VERIFIED},
};
use crate::{
    context::{
        Context,
        places::{Answer, Candidate, UserUpdate, Way},
    },
    error::Error,
    model::User,
    reason::Reason,
    rules::fields::is_truthy,
    store::{self, user::Change},
};

/// Whether the feature is on.
fn is_on(cx: &Context) -> bool {
    cx.auth.config.features.phone_number.enabled
}

/// Refuses a number that a client gives a new user. An administrator who does not mark it as verified gives none.
pub(super) fn user_values<'a>(cx: &'a mut Context, candidate: &'a mut Candidate<'_>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
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
    _: &'a User,
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
