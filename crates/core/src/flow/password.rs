//! The steps from a password to a session that sign-in by address and by username have in common.

use http::{HeaderValue, StatusCode, header};

use super::{Cookies, Prepared, announce, prepare};
use crate::{
    code::{self, Code},
    context::{
        Context,
        places::{Entry, Way},
    },
    declaration::{Answers, Member, Shape},
    error::Error,
    links,
    model::Session,
    reason::Reason,
    reply::{self, Reply},
    rules::sign_in::{self, Found, Match, Mismatch},
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
    /// The address or username that the password came with.
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
    fn refuse(&self, cx: &mut Context, mismatch: Mismatch, found: Option<&Found>) -> Error {
        if mismatch.reason != Reason::EmailNotVerified {
            return Error::mismatch(StatusCode::UNAUTHORIZED, self.wrong, mismatch);
        }
        if let Some(Found { user, password }) = found.filter(|_| cx.auth.config.email_verification.send_on_sign_in) {
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

/// Opens a session for `found` if the password is right (spec core §3.4). It computes the same hashes in every case, so that the
/// time does not reveal which users exist.
///
/// # Errors
/// The refusal of the sign-in, or the failure of the database.
pub async fn sign_in(
    cx: &mut Context,
    found: Option<&Found>,
    attempt: &Attempt<'_>,
    location: Option<HeaderValue>,
) -> Result<Reply, Error> {
    let stored = found.and_then(|found| found.password.as_deref());
    let password = cx.check_password(stored, attempt.password).await?;
    let (user, right) = match sign_in::judge(found, password, &cx.auth.config.email_and_password) {
        Ok(judged) => judged,
        Err(mismatch) => return Err(attempt.refuse(cx, mismatch, found)),
    };
    let stored = stored.unwrap_or_default();
    // Features see the hash that is stored once the session opens.
    let replacement = right.replacement.clone();
    let password = Some(replacement.as_deref().unwrap_or(stored));
    let entry = Entry { user, way: attempt.way, remember: attempt.remember, password, page: None };
    let session = match prepare(cx, &entry).await? {
        Prepared::Open(session) => session,
        Prepared::Closed(answer) => {
            // The password was right, and no session takes the new hash along.
            if let Some(new) = &replacement {
                store::credential::replace(&cx.db, &user.id, stored, new).await?;
            }
            let reply = answer(cx, &entry).await?;
            return Ok(if let Some(location) = location { reply.with(header::LOCATION, location) } else { reply });
        }
    };
    // The password was changed while it was checked.
    let Some(session) = attempt.open(cx, session, stored, right).await? else {
        return Err(attempt.refuse(cx, Reason::WrongPassword.into(), None));
    };

    let url = attempt.callback_url;
    let reply = Reply::json(&wire::SignedIn { redirect: location.is_some(), token: &session.token, url, user })?;
    let reply = match location {
        Some(location) => reply.with(header::LOCATION, location),
        None => reply,
    };
    announce(cx, &entry, &session, Cookies::AsEntered).await?;
    Ok(reply)
}
