//! The registration of a passkey (spec management-plugins §§4.3, 4.4).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;

use super::{
    challenge::{self, Ceremony},
    declaration::{Attachment, Requirement},
    rows,
    webauthn::{self, CeremonyRequirements},
    wire::{Account, CreationOptions, RegisterQuery, RegistrationAnswer, RelyingParty, Selection, VerifyRegistration},
    words,
};
use crate::{
    code,
    context::{
        Context,
        places::{Entry, Way},
    },
    error::Error,
    flow::{self, Cookies, PreparedSignIn},
    model::Additional,
    reason::Reason,
    reply::Reply,
    rules::fields,
    signed_in::{self, SignedIn},
    store::{self, RequestProof, user::Change},
};

/// `GET /passkey/generate-register-options`: returns what the browser asks an authenticator for.
pub(super) async fn options(cx: &mut Context, query: RegisterQuery, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let (config, user) = (&auth.config.features.passkey, &own.user);
    let existing = rows::of_user(&cx.db, &user.id).await?;
    // 32 letters and digits. They are not stored, as in better-auth, so that a handle names no user.
    let handle = URL_SAFE_NO_PAD.encode(cx.rng.delete_token());
    let challenge = challenge::of_registration(cx, user, query.context.as_deref()).await?;
    let (rp_id, display_name) = (challenge::rp_id(cx), challenge::user_name(user));
    let rp_name = if config.rp_name.is_empty() { &auth.config.app_name } else { &config.rp_name };
    let name = query.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(display_name);
    let selection = &config.authenticator_selection;
    let asked = query.attachment.as_deref();
    let selection = Selection {
        resident_key: selection.resident_key.name(),
        user_verification: selection.user_verification.name(),
        authenticator_attachment: asked.or(selection.attachment.map(Attachment::name)),
        require_resident_key: selection.resident_key == Requirement::Required,
    };
    Reply::json(&CreationOptions::new(
        &challenge,
        RelyingParty { name: rp_name, id: &rp_id },
        Account { id: handle, name, display_name },
        &existing,
        selection,
        Additional(config.registration.extensions.clone().unwrap_or_default().into_iter().collect()),
    ))
}

/// `POST /passkey/verify-registration`: stores the passkey.
pub(super) async fn verify(cx: &mut Context, body: VerifyRegistration, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let origins = challenge::origins(cx)?
        .ok_or_else(|| Error::bad(words::FAILED_TO_VERIFY_REGISTRATION, Reason::MissingOrigin))?;
    fields::check_text("name", Some(&body.name))?;
    let challenge = challenge::take(cx, Ceremony::Registration).await?;
    let SignedIn { session: current, user } = own;
    if challenge.user_id != user.id {
        let code = words::YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY;
        return Err(Error::api(StatusCode::UNAUTHORIZED, code, Reason::PasskeyOfAnotherUser));
    }
    let expected = CeremonyRequirements {
        challenge: &challenge.text,
        origins: &origins,
        rp_id: &challenge::rp_id(cx),
        verification: challenge::must_verify(cx),
    };
    let registered = webauthn::register(&body.response, &expected)
        .map_err(|refusal| Error::bad(words::FAILED_TO_VERIFY_REGISTRATION, Reason::PasskeyRefused).because(refusal))?;
    let (id, ground) = (cx.rng.id(), RequestProof::session(&current.token));
    let name = Some(body.name.as_str()).filter(|name| !name.is_empty());
    let new = rows::NewPasskey { id: &id, user_id: &user.id, name, registered: &registered, now: cx.now };
    let Some(passkey) = rows::insert(&cx.db, &new, &ground).await? else {
        let taken = Error::bad(words::PREVIOUSLY_REGISTERED, Reason::PasskeyRegistered);
        return Err(signed_in::overtaken(cx, &user.id, &ground, taken).await);
    };
    let change = Change { name: None, image: None, additional: fields::no_more_anonymous(&user).into() };
    if fields::is_anonymous(&user) {
        store::user::update(&cx.db, &user.id, &change, None, cx.now).await?;
    }
    if !body.create_session {
        return Reply::json(&RegistrationAnswer { passkey: &passkey, session: None, user: None });
    }
    let way = Way::Passkey { verified: registered.is_verified };
    let entry = Entry { user: &user, way, remember: true, password: None, page: None };
    let session = match flow::prepare(cx, &entry).await? {
        PreparedSignIn::Open(session) => session,
        PreparedSignIn::Closed(answer) => return answer(cx, &entry).await,
    };
    let session = store::session::insert(&cx.db, session).await;
    let session = session.map_err(|error| Error::of_row(error, code::FAILED_TO_CREATE_SESSION))?;
    flow::announce(cx, &entry, &session, Cookies::AsBefore).await?;
    Reply::json(&RegistrationAnswer { passkey: &passkey, session: Some(&session), user: Some(&user) })
}
