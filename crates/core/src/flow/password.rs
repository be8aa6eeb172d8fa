//! The steps from a password to a session that sign-in by address, by username and by phone number have in common.

use http::{HeaderValue, StatusCode, header};

use super::{Cookies, PreparedSignIn, announce, prepare};
use crate::{
    code::{self, Code},
    context::{
        Context,
        places::{Entry, Way},
    },
    declaration::{Answers, Member, Shape},
    error::Error,
    links,
    model::{Session, User},
    reason::Reason,
    reply::{self, Reply},
    rules::sign_in::{self, FoundUser, Match, Mismatch},
    store, wire,
};

/// The answers of a sign-in with a password, for the API description. The members of a session are required, as in better-auth's
/// description, although they are absent if a second factor is required.
pub const ANSWERS: Answers = Answers::of(
    "The session. With `twoFactorRedirect` a second factor is asked for, and the other members are absent.",
    Shape::Object(&[
        Member::of("redirect", Shape::Boolean),
        Member::of("token", Shape::Text),
        Member::of("url", Shape::Text).optional(),
        Member::of("user", Shape::Component("User")),
        Member::of("twoFactorRedirect", Shape::Boolean).optional(),
        Member::of("twoFactorMethods", Shape::List(&Shape::Text)).optional(),
    ]),
);

/// A sign-in with a password.
pub struct Attempt<'a> {
    /// The kind of name that the password came with.
    pub way: Way<'a>,
    /// The password as typed, already checked to be short enough.
    pub password: &'a str,
    /// The callback URL for the client.
    pub callback_url: Option<&'a str>,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// The code for an unknown user, a user without a password and a wrong password.
    pub wrong: Code,
    /// The status if the session's row is refused.
    pub unopened: StatusCode,
}

impl Attempt<'_> {
    /// Returns the `Location` header with the callback URL, if there is one.
    ///
    /// # Errors
    /// The URL contains characters that a header cannot have.
    pub fn location(&self) -> Result<Option<HeaderValue>, Error> {
        self.callback_url.filter(|url| !url.is_empty()).map(reply::location).transpose()
    }

    /// Returns the error of a refused sign-in: the same for every reason except the unconfirmed address, which only a person with
    /// the right password learns about.
    fn refuse(&self, cx: &mut Context, mismatch: Mismatch, found: Option<&FoundUser>) -> Error {
        if mismatch.reason != Reason::EmailNotVerified {
            return Error::mismatch(StatusCode::UNAUTHORIZED, self.wrong, mismatch);
        }
        if let Some(FoundUser { user, password }) = found.filter(|_| cx.auth.config.email_verification.send_on_sign_in)
        {
            links::mail_verification(cx, user, password.as_deref(), self.callback_url);
        }
        Error::api(StatusCode::FORBIDDEN, code::EMAIL_NOT_VERIFIED, mismatch.reason)
    }

    /// Stores the session, and the hash that replaces another system's, if the password is still the one that was checked.
    async fn open(
        &self,
        cx: &mut Context,
        session: Session,
        old: &str,
        found: Match,
    ) -> Result<Option<Session>, Error> {
        let refused = || Error::api(self.unopened, code::FAILED_TO_CREATE_SESSION, Reason::RowRefused);
        let insert = async |cx: &Context, old: &str, new: Option<&str>| {
            let inserted = store::session::insert_checked(&cx.db, session.clone(), old, new).await;
            inserted.map_err(|error| Error::refused_row(error, refused()))
        };
        if let Some(session) = insert(cx, old, found.replacement.as_deref()).await? {
            return Ok(Some(session));
        }
        if found.replacement.is_none() {
            return Ok(None);
        }
        // A concurrent sign-in has replaced the hash, or the password was changed: only the first is the same password.
        let stored = store::account::password(&cx.db, &session.user_id).await?;
        match (cx.check_password(stored.as_deref(), self.password).await?, stored) {
            (Ok(Match { replacement: None }), Some(stored)) => insert(cx, &stored, None).await,
            _ => Ok(None),
        }
    }
}

/// A user whose password is right. No session exists yet.
pub struct AuthenticatedUser<'a> {
    /// The user.
    pub user: &'a User,
    /// The stored hash.
    stored: &'a str,
    found: Match,
}

/// The result of right credentials.
pub enum SignInResult {
    /// This session opened. Its cookies are set.
    In(Session),
    /// No session opened: a feature answers instead.
    Waiting(Reply),
}

/// Returns the user if the password is right. It computes the same hashes in every case, so that the time does not reveal which users
/// exist. With `confirmed`, a user whose address is not confirmed is refused.
///
/// # Errors
/// The refusal of the sign-in.
pub async fn check<'a>(
    cx: &mut Context,
    found: Option<&'a FoundUser>,
    attempt: &Attempt<'_>,
    confirmed: bool,
) -> Result<AuthenticatedUser<'a>, Error> {
    let stored = found.and_then(|found| found.password.as_deref());
    let password = cx.check_password(stored, attempt.password).await?;
    match sign_in::judge(found, password, confirmed) {
        Ok((user, found)) => Ok(AuthenticatedUser { user, stored: stored.unwrap_or_default(), found }),
        Err(mismatch) => Err(attempt.refuse(cx, mismatch, found)),
    }
}

/// Opens a session for a user whose password is right.
///
/// # Errors
/// The refusal of a feature, or of the sign-in if the password was changed while it was checked.
pub async fn enter(
    cx: &mut Context,
    attempt: &Attempt<'_>,
    known: AuthenticatedUser<'_>,
) -> Result<SignInResult, Error> {
    let AuthenticatedUser { user, stored, found } = known;
    // Features see the hash that is stored once the session opens.
    let replacement = found.replacement.clone();
    let password = Some(replacement.as_deref().unwrap_or(stored));
    let entry = Entry { user, way: attempt.way, remember: attempt.remember, password, page: None };
    let session = match prepare(cx, &entry).await? {
        PreparedSignIn::Open(session) => session,
        PreparedSignIn::Closed(answer) => {
            // The password was right, and no session takes the new hash along.
            if let Some(new) = &replacement {
                store::credential::replace(&cx.db, &user.id, stored, new).await?;
            }
            return Ok(SignInResult::Waiting(answer(cx, &entry).await?));
        }
    };
    let Some(session) = attempt.open(cx, session, stored, found).await? else {
        return Err(attempt.refuse(cx, Reason::WrongPassword.into(), None));
    };
    announce(cx, &entry, &session, Cookies::AsEntered).await?;
    Ok(SignInResult::In(session))
}

/// Signs in with an address or a username and its password (spec core §3.4).
///
/// # Errors
/// The refusal of the sign-in, or the failure of the database.
pub async fn sign_in(
    cx: &mut Context,
    found: Option<&FoundUser>,
    attempt: &Attempt<'_>,
    location: Option<HeaderValue>,
) -> Result<Reply, Error> {
    let confirmed = cx.auth.config.email_and_password.require_email_verification;
    let known = check(cx, found, attempt, confirmed).await?;
    let (user, redirect, url) = (known.user, location.is_some(), attempt.callback_url);
    let reply = match enter(cx, attempt, known).await? {
        SignInResult::In(session) => Reply::json(&wire::SignInAnswer { redirect, token: &session.token, url, user })?,
        SignInResult::Waiting(reply) => reply,
    };
    Ok(match location {
        Some(location) => reply.with(header::LOCATION, location),
        None => reply,
    })
}
