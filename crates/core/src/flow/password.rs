//! From a password to a session: what signing in by address and by username have in common.

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

/// What a sign-in with a password answers, for the description of the API. The members of a session are required, as in better-auth's
/// description, though they are absent where a second factor is asked for.
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
    /// What the password came with.
    pub way: Way<'a>,
    /// The password as typed; not too long.
    pub password: &'a str,
    /// Where the client goes next.
    pub callback_url: Option<&'a str>,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// The answer for an unknown user, a user without a password and a wrong password alike.
    pub wrong: Code,
    /// The status where the session's row is refused.
    pub unopened: StatusCode,
}

impl Attempt<'_> {
    /// The header that tells where the client goes next, if it goes anywhere.
    ///
    /// # Errors
    /// Where the URL cannot stand in a header.
    pub fn location(&self) -> Result<Option<HeaderValue>, Error> {
        self.callback_url.filter(|url| !url.is_empty()).map(reply::location).transpose()
    }

    /// One answer for every reason but the unconfirmed address, of which only the password's owner learns.
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

/// Opens a session for the user who was found, if the password is the user's (spec core §3.4). It computes one
/// hash in every case, so that the time does not tell which users exist.
///
/// # Errors
/// Where the user does not sign in, and where the database fails.
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
    // While it was checked it was changed.
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
