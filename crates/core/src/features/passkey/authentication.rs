//! The sign-in with a passkey (spec management-plugins §§4.5, 4.6).

use http::StatusCode;
use serde_json::Value;

use super::{
    challenge::{self, Ceremony},
    declaration::Requirement,
    rows,
    webauthn::{self, Assertion, CeremonyRequirements, Refusal},
    wire::{Passkey, RequestOptions, SignInAnswer, VerifyAuthentication},
    words,
};
use crate::{
    code,
    context::{
        Context,
        places::{Entry, Way},
    },
    error::Error,
    flow::{self, Cookies},
    model::User,
    reason::Reason,
    reply::Reply,
    signed_in,
    wire::NoInput,
};

/// `GET /passkey/generate-authenticate-options`: returns what the browser asks an authenticator for. A user who is signed in is
/// asked for one of their passkeys; anyone else chooses, so that the answer depends on no address.
pub(super) async fn options(cx: &mut Context, _: NoInput) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let user = signed_in::optional(cx).await?.ok().map(|own| own.user);
    let passkeys = match &user {
        Some(user) => rows::of_user(&cx.db, &user.id).await?,
        None => Vec::new(),
    };
    let challenge = challenge::of_authentication(cx, user.as_ref()).await?;
    let verification = if challenge::must_verify(cx) { Requirement::Required } else { Requirement::Preferred };
    let (rp_id, extensions) = (challenge::rp_id(cx), auth.config.features.passkey.authentication.extensions.as_ref());
    Reply::json(&RequestOptions::new(&rp_id, &challenge, &passkeys, verification.name(), extensions))
}

/// `POST /passkey/verify-authentication`: opens a session of the user of the passkey.
pub(super) async fn verify(cx: &mut Context, body: VerifyAuthentication) -> Result<Reply, Error> {
    let origins = challenge::origins(cx)?
        .ok_or_else(|| Error::Codeless { message: "origin missing".to_owned(), reason: Reason::MissingOrigin })?;
    let challenge = challenge::take(cx, Ceremony::Authentication).await?;
    let unknown = || Error::api(StatusCode::UNAUTHORIZED, words::PASSKEY_NOT_FOUND, Reason::UnknownPasskey);
    // No base64 has a character that a column cannot hold.
    let id = body.response.get("id").and_then(Value::as_str).filter(|id| !id.contains('\0')).ok_or_else(unknown)?;
    let found = rows::by_credential(&cx.db, id).await?;
    let expected = CeremonyRequirements {
        challenge: &challenge.text,
        origins: &origins,
        rp_id: &challenge::rp_id(cx),
        verification: challenge::must_verify(cx),
    };
    if found.is_empty() {
        return Err(unknown());
    }
    let assertion = webauthn::assertion(&body.response, &expected).map_err(refused)?;
    let (passkey, user) = chosen(&assertion, found).map_err(refused)?;

    let way = Way::Passkey { verified: assertion.is_verified };
    let entry = Entry { user: &user, way, remember: true, password: None, page: None };
    let (session, closed) = flow::prepare(cx, &entry).await?.parts();
    let used = rows::used(&cx.db, &passkey, assertion.counter, session, &user).await;
    let used = used.map_err(|error| Error::of_row(error, code::FAILED_TO_CREATE_SESSION))?;
    let overtaken = || Error::bad(words::AUTHENTICATION_FAILED, Reason::PasskeyOvertaken);
    let session = used.ok_or_else(overtaken)?;
    if let Some(answer) = closed {
        return answer(cx, &entry).await;
    }
    let session = session.ok_or_else(overtaken)?;
    flow::announce(cx, &entry, &session, Cookies::AsBefore).await?;
    Reply::json(&SignInAnswer { session: &session, user: &user })
}

/// Returns the passkey that made the signature. Rows of better-auth may share an identifier: the oldest one whose key verifies it
/// counts, so that a user who registers another user's passkey does not get that user's sign-ins.
fn chosen(assertion: &Assertion, found: Vec<(Passkey, User)>) -> Result<(Passkey, User), Refusal> {
    let mut first = None;
    for (passkey, user) in found {
        match assertion.verify(&passkey.public_key, passkey.counter) {
            Ok(()) => return Ok((passkey, user)),
            Err(refusal) => first = first.or(Some(refusal)),
        }
    }
    Err(first.unwrap_or(Refusal::Signature))
}

fn refused(refusal: Refusal) -> Error {
    let status = match refusal {
        Refusal::Signature => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    Error::api(status, words::AUTHENTICATION_FAILED, Reason::PasskeyRefused).because(refusal)
}
