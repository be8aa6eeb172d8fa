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
    reason::Reason,
    reply::{self, Reply},
    rules::sign_in::{self, Found},
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
    fn refuse(&self, cx: &mut Context, reason: Reason, found: Option<&Found>) -> Error {
        if reason != Reason::EmailNotVerified {
            return Error::api(StatusCode::UNAUTHORIZED, self.wrong, reason);
        }
        if let Some(Found { user, password }) = found.filter(|_| cx.auth.config.email_verification.send_on_sign_in) {
            links::mail_verification(cx, user, password.as_deref(), self.callback_url);
        }
        Error::api(StatusCode::FORBIDDEN, code::EMAIL_NOT_VERIFIED, reason)
    }
}

/// Opens a session for `found` if the password is right (spec core §3.4). It computes one hash in every case, so that the time does
/// not reveal which users exist.
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
    let user = match sign_in::judge(found, password, &cx.auth.config.email_and_password) {
        Ok(user) => user,
        Err(reason) => return Err(attempt.refuse(cx, reason, found)),
    };
    let entry = Entry { user, way: attempt.way, remember: attempt.remember, password: stored, page: None };
    let session = match prepare(cx, &entry).await? {
        Prepared::Open(session) => session,
        Prepared::Closed(answer) => {
            let reply = answer(cx, &entry).await?;
            return Ok(if let Some(location) = location { reply.with(header::LOCATION, location) } else { reply });
        }
    };
    let inserted = store::session::insert_checked(&cx.db, session, stored.unwrap_or_default()).await;
    let refused = Error::api(attempt.unopened, code::FAILED_TO_CREATE_SESSION, Reason::RowRefused);
    let inserted = inserted.map_err(|error| Error::refused_row(error, refused))?;
    // The password was changed while it was checked.
    let Some(session) = inserted else { return Err(attempt.refuse(cx, Reason::WrongPassword, None)) };

    let url = attempt.callback_url;
    let reply = Reply::json(&wire::SignedIn { redirect: location.is_some(), token: &session.token, url, user })?;
    let reply = match location {
        Some(location) => reply.with(header::LOCATION, location),
        None => reply,
    };
    announce(cx, &entry, &session, Cookies::AsEntered).await?;
    Ok(reply)
}
