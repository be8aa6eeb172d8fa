//! Verifying a number by its code: signs in its user or a new one, or gives the number to the signed-in user (spec sign-in-plugins §8.2).

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    codes::{self, Purpose, invalid},
    declaration::{self, NUMBER, VERIFIED, filled},
    rows,
    wire::{Verified, Verify},
};
use crate::{
    code,
    context::{
        Context,
        places::{AnswerInstead, CompletedChange, Entry, Way},
    },
    error::Error,
    flow::{self, Cookies},
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    rules::fields,
    session_cookies, signed_in,
    store::{self, RequestProof, mailed::MailRecipient},
    syntax::email,
};

/// How often the user is looked up: another request may create or change the user meanwhile.
const ATTEMPTS: u8 = 3;
/// How many digits follow the number in an address if the address of the number alone is taken.
const MORE_DIGITS: usize = 12;
/// The members of the body that are no additional fields.
const OWN: [&str; 4] = ["phoneNumber", "code", "disableSession", "updatePhoneNumber"];

/// A number that a person has proven to own.
struct Proof<'a> {
    number: &'a str,
    /// When the code was made.
    made_at: Option<Timestamp>,
    /// Whether a session opens.
    signs_in: bool,
    /// The members that the client gives for a new user, before validation.
    given: Map<String, Value>,
}

/// `POST /phone-number/verify`. `members` are all members of the body.
pub(super) async fn verify(cx: &mut Context, body: Verify, members: &Map<String, Value>) -> Result<Reply, Error> {
    let others = members.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
    let given = others.map(|(name, value)| (name.clone(), value.clone())).collect();
    fields::check_texts(&cx.auth.config.schema.additional.user, &given)?;
    let right = codes::right(cx, Purpose::Number, &body.phone_number, &body.code).await?;
    if body.update_phone_number == Some(true) {
        return change(cx, &body.phone_number).await;
    }
    let proof = Proof {
        number: &body.phone_number,
        made_at: right.made_at,
        signs_in: body.disable_session != Some(true),
        given,
    };
    let signs_up = cx.auth.config.features.phone_number.sign_up.enabled;
    for attempt in 0..ATTEMPTS {
        let entered = match rows::reached(&cx.db, proof.number).await? {
            Some(reached) => confirm(cx, &proof, reached).await?,
            None if signs_up => create(cx, &proof, attempt > 0).await?,
            None => break,
        };
        if let Some(reply) = entered {
            return Ok(reply);
        }
    }
    Err(Error::api(StatusCode::INTERNAL_SERVER_ERROR, code::FAILED_TO_UPDATE_USER, Reason::UnknownUser))
}

/// Gives the number to the user of the session.
async fn change(cx: &mut Context, number: &str) -> Result<Reply, Error> {
    let own = signed_in::stored(cx).await?;
    let own = own.map_err(|reason| Error::api(StatusCode::UNAUTHORIZED, code::USER_NOT_FOUND, reason))?;
    own.in_person()?;
    // The client has proven to own the number, so the answer may tell that it is taken.
    let taken = || Error::bad(declaration::PHONE_NUMBER_EXIST, Reason::PhoneNumberTaken);
    if rows::reached(&cx.db, number).await?.is_some() {
        return Err(taken());
    }
    let ground = RequestProof::session(&own.session.token);
    let changed = rows::set_number(&cx.db, &own.user, number, &ground, cx.now).await;
    if changed.as_ref().is_err_and(store::StoreError::is_taken) {
        return Err(taken());
    }
    let changed = changed.map_err(|error| Error::of_row(error, code::FAILED_TO_UPDATE_USER))?;
    let Some(user) = changed else {
        let gone = Error::api(StatusCode::UNAUTHORIZED, code::USER_NOT_FOUND, Reason::UserGone);
        return Err(signed_in::overtaken(cx, &own.user.id, &ground, gone).await);
    };
    if let Some(former) = own.user.additional.text(NUMBER).filter(|former| *former != number) {
        codes::forget(cx, former).await?;
    }
    flow::happened(cx, &CompletedChange::UserUpdated(&user));
    let remember = !cx.dont_remember();
    session_cookies::cache(cx, &own.session, &user, remember).await;
    Reply::json(&Verified { status: true, token: Some(&own.session.token), user: &user })
}

/// Marks the number of an existing user as verified, and opens a session. Returns `None` if the number or the password was changed
/// meanwhile.
async fn confirm(
    cx: &mut Context,
    proof: &Proof<'_>,
    MailRecipient { user, credential }: MailRecipient,
) -> Result<Option<Reply>, Error> {
    if credential.is_newer_than(proof.made_at) {
        return Err(invalid(Reason::PhoneCodeOvertaken));
    }
    let password = credential.password.as_deref();
    let (session, closed) = prepared(cx, proof, &user, password).await?;
    let written = rows::prove(&cx.db, &user.id, proof.number, proof.made_at, session, cx.now).await;
    let written = written.map_err(|error| Error::of_row(error, code::FAILED_TO_CREATE_SESSION))?;
    let Some((user, session)) = written else { return Ok(None) };
    flow::happened(cx, &CompletedChange::UserUpdated(&user));
    entered(cx, &entry(&user, password), session, closed).await.map(Some)
}

/// Creates a user with the number and opens the first session. Returns `None` if another request has created the user meanwhile, or if
/// the address of the number is taken: its former owner, who has another number by now, has signed up with it. With `is_again`, the
/// address has more digits, which cannot be foreseen.
async fn create(cx: &mut Context, proof: &Proof<'_>, is_again: bool) -> Result<Option<Reply>, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.phone_number.sign_up;
    let given = flow::new_user_with(cx, proof.given.clone()).await?;
    let mut values = fields::create(&auth.config.schema.additional.user, &given)?;
    values.insert(NUMBER.to_owned(), proof.number.into());
    values.insert(VERIFIED.to_owned(), true.into());
    let in_address = match is_again {
        true => format!("{}-{}", proof.number, cx.rng.digits(MORE_DIGITS)),
        false => proof.number.to_owned(),
    };
    let (name, address) = (filled(&config.temp_name, proof.number), filled(&config.temp_email, &in_address));
    let user = cx.new_user(name, email::stored(&address), false, None);
    let new = flow::accept_user(cx, Way::PhoneCode, user, values).await?;
    let (session, closed) = prepared(cx, proof, &new.user, None).await?;
    let (user, session) = match store::user::insert_alone(&cx.db, &new, session).await {
        Ok(made) => made,
        Err(error) if error.is_taken() && (!is_again || rows::reached(&cx.db, proof.number).await?.is_some()) => {
            return Ok(None);
        }
        Err(error) => return Err(Error::of_row(error, code::FAILED_TO_CREATE_USER)),
    };
    flow::happened(cx, &CompletedChange::UserCreated(&user, Way::PhoneCode));
    entered(cx, &entry(&user, None), session, closed).await.map(Some)
}

fn entry<'a>(user: &'a User, password: Option<&'a str>) -> Entry<'a> {
    Entry { user, way: Way::PhoneCode, remember: true, password, page: None }
}

/// Returns the session to store, or the answer instead of one; neither if the client wants none.
async fn prepared(
    cx: &mut Context,
    proof: &Proof<'_>,
    user: &User,
    password: Option<&str>,
) -> Result<(Option<Session>, Option<AnswerInstead>), Error> {
    match proof.signs_in {
        true => Ok(flow::prepare(cx, &entry(user, password)).await?.parts()),
        false => Ok((None, None)),
    }
}

async fn entered(
    cx: &mut Context,
    entry: &Entry<'_>,
    session: Option<Session>,
    closed: Option<AnswerInstead>,
) -> Result<Reply, Error> {
    if let Some(answer) = closed {
        return answer(cx, entry).await;
    }
    if let Some(session) = &session {
        flow::announce(cx, entry, session, Cookies::AsBefore).await?;
    }
    let token = session.as_ref().map(|session| session.token.as_str());
    Reply::json(&Verified { status: true, token, user: entry.user })
}
