//! The steps from a proven mailbox to a session: a mailed link or code was redeemed, and its address is that of a confirmed user, of
//! an unconfirmed one, or of none (spec sign-in-plugins §§0.4, 2.3, 3.2).
//!
//! Any client can sign up with any address. So an unconfirmed user first loses every password, account and session, and everything
//! that features let another person set up ([`super::proven`]). The owner of the mailbox keeps the user alone.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Cookies, accept_user, announce, happened, new_user_with, prepare, proven};
use crate::{
    code,
    context::{
        Context,
        places::{CompletedChange, Entry, Way},
    },
    error::Error,
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    rules::fields,
    signed_in,
    store::{self, mailed::MailRecipient},
};

/// How often the user is looked up: other requests may create and confirm the user meanwhile.
const ATTEMPTS: u8 = 3;

/// The proof that a person reads a mailbox.
pub struct Proof<'a> {
    /// The address, as it is stored.
    pub email: &'a str,
    /// When the link or code was mailed, if known. A later change of the password ends it.
    pub made_at: Option<Timestamp>,
    /// A link or a code that was mailed.
    pub way: Way<'a>,
    /// The trusted URL to which the browser is redirected, if the request is a navigation.
    pub page: Option<&'a str>,
    /// Whether a new user may be created.
    pub signs_up: bool,
    /// The name of a new user.
    pub name: &'a str,
    /// The picture of a new user.
    pub image: Option<&'a str>,
    /// The members that the client gives for a new user, before validation.
    pub given: &'a Map<String, Value>,
}

impl<'a> Proof<'a> {
    fn entry(&self, user: &'a User, password: Option<&'a str>) -> Entry<'a> {
        Entry { user, way: self.way, remember: true, password, page: self.page }
    }
}

/// The result of a proof.
pub enum SignInResult {
    /// A session opened. Its cookies are set.
    In(Box<OpenedSession>),
    /// No session opened: a feature answers instead.
    Waiting(Reply),
    /// The proof opens no session, for this reason: [`Reason::SignUpDisabled`], [`Reason::InvalidToken`] if the password was changed
    /// since, or [`Reason::UserGone`].
    Refused(Reason),
}

/// An opened session with its user.
pub struct OpenedSession {
    /// The session.
    pub session: Session,
    /// The user.
    pub user: User,
    /// Whether the user is new.
    pub is_new: bool,
}

/// Opens a session for the owner of a mailbox.
///
/// # Errors
/// The refusal of a new user or of a feature, or the failure of the store.
pub async fn enter(cx: &mut Context, proof: &Proof<'_>) -> Result<SignInResult, Error> {
    for _ in 0..ATTEMPTS {
        let entered = match store::mailed::by_email(&cx.db, proof.email).await? {
            None if !proof.signs_up => Some(SignInResult::Refused(Reason::SignUpDisabled)),
            None => create(cx, proof).await?,
            Some(reached) if reached.user.is_verified() => Some(open(cx, proof, &reached).await?),
            Some(reached) => confirm(cx, proof, reached.user).await?,
        };
        if let Some(entered) = entered {
            return Ok(entered);
        }
    }
    Ok(SignInResult::Refused(Reason::UserGone))
}

/// Opens a session of a confirmed user.
async fn open(cx: &mut Context, proof: &Proof<'_>, reached: &MailRecipient) -> Result<SignInResult, Error> {
    let MailRecipient { user, credential } = reached;
    if credential.is_newer_than(proof.made_at) {
        return Ok(SignInResult::Refused(Reason::InvalidToken));
    }
    let entry = Proof::entry(proof, user, credential.password.as_deref());
    let (session, closed) = prepare(cx, &entry).await?.parts();
    if let Some(answer) = closed {
        return Ok(SignInResult::Waiting(answer(cx, &entry).await?));
    }
    let Some(session) = session else { return Ok(SignInResult::Refused(Reason::UserGone)) };
    let opened = store::mailed::open(&cx.db, session, &user.email, proof.made_at).await;
    match opened.map_err(|error| Error::of_row(error, code::FAILED_TO_CREATE_SESSION))? {
        Some(session) => entered(cx, &entry, session, false).await,
        None => Ok(SignInResult::Refused(Reason::InvalidToken)),
    }
}

/// Removes what other people may have set up, confirms the address and opens a session. Returns `None` if another request has
/// confirmed the address meanwhile.
async fn confirm(cx: &mut Context, proof: &Proof<'_>, mut user: User) -> Result<Option<SignInResult>, Error> {
    if !store::unproven::clear(&cx.db, &user).await? {
        return Ok(None);
    }
    proven(cx, &mut user).await?;
    let (session, closed) = prepare(cx, &Proof::entry(proof, &user, None)).await?.parts();
    let confirmed = store::mailed::confirm(&cx.db, &user, None, session, None, cx.now).await;
    let confirmed = confirmed.map_err(|error| Error::of_row(error, code::FAILED_TO_CREATE_SESSION))?;
    let Some((user, session)) = confirmed else { return Ok(None) };
    happened(cx, &CompletedChange::EmailVerified(&user));
    let entry = Proof::entry(proof, &user, None);
    Ok(Some(match (session, closed) {
        (Some(session), _) => entered(cx, &entry, session, false).await?,
        (None, Some(answer)) => SignInResult::Waiting(answer(cx, &entry).await?),
        (None, None) => SignInResult::Refused(Reason::UserGone),
    }))
}

/// Decides about a user whose address a second sign-up claims, once a mailed link or code proves who reads the mailbox. In a browser
/// with a session of the user, the first and the second are the same person, and nothing happens. Otherwise the reader of the mailbox
/// keeps the user, without anything by which another person could sign in.
///
/// Returns whether there was such a claim.
pub async fn settle_claim(cx: &mut Context, user: &mut User) -> Result<bool, Error> {
    if !store::unproven::is_contested(&cx.db, user).await? {
        return Ok(false);
    }
    match signed_in::stored(cx).await? {
        Ok(own) if own.user.id == user.id => store::unproven::settle(&cx.db, user).await?,
        _ => {
            store::unproven::clear(&cx.db, user).await?;
            proven(cx, user).await?;
        }
    }
    Ok(true)
}

/// Creates a user without an account, and opens the first session. Returns `None` if another request has taken the address meanwhile.
async fn create(cx: &mut Context, proof: &Proof<'_>) -> Result<Option<SignInResult>, Error> {
    let given = new_user_with(cx, proof.given.clone()).await?;
    let values = fields::create(&cx.auth.config.schema.additional.user, &given)?;
    let image = proof.image.map(str::to_owned);
    let user = cx.new_user(proof.name.to_owned(), proof.email.to_owned(), true, image);
    let new = accept_user(cx, proof.way, user, values).await?;
    let (session, closed) = prepare(cx, &Proof::entry(proof, &new.user, None)).await?.parts();
    let (user, session) = match store::user::insert_alone(&cx.db, &new, session).await {
        Ok(made) => made,
        Err(error) if error.is_taken() => return Ok(None),
        Err(error) => return Err(Error::of_row(error, code::FAILED_TO_CREATE_USER)),
    };
    happened(cx, &CompletedChange::UserCreated(&user, proof.way));
    let entry = Proof::entry(proof, &user, None);
    Ok(Some(match (session, closed) {
        (Some(session), _) => entered(cx, &entry, session, true).await?,
        (None, Some(answer)) => SignInResult::Waiting(answer(cx, &entry).await?),
        (None, None) => SignInResult::Refused(Reason::UserGone),
    }))
}

async fn entered(cx: &mut Context, entry: &Entry<'_>, session: Session, is_new: bool) -> Result<SignInResult, Error> {
    announce(cx, entry, &session, Cookies::AsBefore).await?;
    Ok(SignInResult::In(Box::new(OpenedSession { session, user: entry.user.clone(), is_new })))
}
