//! A user's own passkeys (spec management-plugins §4.7).

use http::StatusCode;

use super::{
    rows,
    wire::{Delete, Update, UpdateAnswer},
    words,
};
use crate::{
    context::Context,
    error::Error,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    store::RequestProof,
    wire::{NoInput, SuccessAnswer},
};

/// `GET /passkey/list-user-passkeys`.
pub(super) async fn list(cx: &mut Context, _: NoInput, own: SignedIn) -> Result<Reply, Error> {
    Reply::json(&rows::of_user(&cx.db, &own.user.id).await?)
}

/// Refuses a request that names no passkey.
fn named(id: &str) -> Result<(), Error> {
    if !id.is_empty() {
        return Ok(());
    }
    let message = "Missing required parameter: id".to_owned();
    Err(Error::Codeless { message, reason: Reason::InvalidInput })
}

/// `POST /passkey/update-passkey`: names a passkey.
pub(super) async fn update(cx: &mut Context, body: Update, own: SignedIn) -> Result<Reply, Error> {
    named(&body.id)?;
    let ground = RequestProof::session(&own.session.token);
    match rows::rename(&cx.db, &own.user.id, &body.id, &body.name, &ground).await? {
        Some(passkey) => Reply::json(&UpdateAnswer { passkey: &passkey }),
        None => {
            let code = words::YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY;
            let foreign = Error::api(StatusCode::UNAUTHORIZED, code, Reason::PasskeyOfAnotherUser);
            Err(missing(cx, &own, &body.id, foreign).await)
        }
    }
}

/// `POST /passkey/delete-passkey`: removes a passkey. Sessions that it opened stay.
pub(super) async fn delete(cx: &mut Context, body: Delete, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    named(&body.id)?;
    let ground = RequestProof::session(&own.session.token);
    if rows::delete(&cx.db, &own.user.id, &body.id, &ground).await? {
        return Reply::json(&SuccessAnswer { status: true });
    }
    let foreign = Error::Blank { status: StatusCode::UNAUTHORIZED, reason: Reason::PasskeyOfAnotherUser };
    Err(missing(cx, &own, &body.id, foreign).await)
}

/// Returns why nothing was written: the session has ended, another user has the passkey (`foreign`), or there is none.
async fn missing(cx: &mut Context, own: &SignedIn, id: &str, foreign: Error) -> Error {
    let otherwise = match rows::is_foreign(&cx.db, &own.user.id, id).await {
        Ok(true) => foreign,
        Ok(false) => Error::api(StatusCode::NOT_FOUND, words::PASSKEY_NOT_FOUND, Reason::UnknownPasskey),
        Err(error) => return error.into(),
    };
    signed_in::overtaken(cx, &own.user.id, &RequestProof::session(&own.session.token), otherwise).await
}
