//! The user whose second factor a code is to prove (spec sign-in-plugins §4.5): in a waiting sign-in, or in a session.

use http::StatusCode;

use super::{
    code_list,
    names::{self, ATTEMPTS, PENDING},
    rows::{
        self, EnrolledUser, Factor,
        codes::{self, CodeAttempt, CodeDecision, CodeEffects, FailureCount},
    },
    trust,
    wire::Verified,
    words,
};
use crate::{
    code::{self, Code},
    config::Ids,
    context::{
        Context,
        places::{Entry, Way},
    },
    crypto::envelope,
    error::Error,
    flow::{self, Cookies, PreparedSignIn},
    links,
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    signed_in,
    store::{StoreError, session, verification},
};

/// The maximum number of app codes and backup codes that are compared in one sign-in.
const ALLOWED: u32 = 5;

/// A user who gives a code.
pub(super) struct PendingUser {
    /// The user.
    pub(super) user: User,
    /// The hash of the password, if there is one.
    password: Option<String>,
    /// The row of the second factor, if there is one.
    pub(super) factor: Option<Factor>,
    /// The session or sign-in of the user.
    pub(super) standing: PendingProof,
}

/// The session or sign-in of a user who gives a code.
#[expect(clippy::large_enum_variant, reason = "a request has one")]
pub(super) enum PendingProof {
    /// A session.
    SignedIn(Session),
    /// The name of a waiting sign-in.
    Waiting(String),
}

/// Returns the error for a request with neither a session nor a waiting sign-in.
fn unknown(reason: Reason) -> Error {
    Error::api(StatusCode::UNAUTHORIZED, words::INVALID_TWO_FACTOR_COOKIE, reason)
}

/// Returns the error for a wrong code.
pub(super) fn wrong(code: Code, reason: Reason) -> Error {
    Error::api(StatusCode::UNAUTHORIZED, code, reason)
}

impl PendingUser {
    /// Finds the user who gives a code. A session has precedence over a waiting sign-in.
    pub(super) async fn of(cx: &mut Context) -> Result<Self, Error> {
        if let Ok(own) = signed_in::stored(cx).await? {
            own.in_person()?;
            let found = rows::enrolled(&cx.db, &own.user.id).await?;
            let EnrolledUser { password, factor, .. } = found.ok_or_else(|| unknown(Reason::UserGone))?;
            return Ok(Self { user: own.user, password, factor, standing: PendingProof::SignedIn(own.session) });
        }
        let secrets = &cx.auth.config.secrets;
        let none = || unknown(Reason::NoPendingSignIn);
        let name = cx.jar.signed(&names::waiting_cookie(&cx.auth.config).name, secrets).genuine().ok_or_else(none)?;
        let digest = PENDING.digest(&name).ok_or_else(none)?;
        let found = verification::working(&cx.db, &links::identifiers(cx, "", &name), cx.now).await?;
        let secret = found.ok_or_else(none)?;
        let found = rows::enrolled(&cx.db, &secret.value).await?;
        let EnrolledUser { user, password, factor } = found.ok_or_else(|| unknown(Reason::UserGone))?;
        let holds = digest.is_none_or(|digest| names::holds(secrets, digest, &user, password.as_deref()));
        if !holds || rows::is_overtaken(&cx.db, &user.id, &secret).await? {
            return Err(unknown(Reason::PendingSignInOvertaken));
        }
        Ok(Self { user, password, factor, standing: PendingProof::Waiting(name) })
    }

    /// Returns the key under which mailed codes are stored.
    pub(super) fn key(&self) -> String {
        match &self.standing {
            PendingProof::SignedIn(session) => key_in(&self.user, session),
            PendingProof::Waiting(name) => name.clone(),
        }
    }

    /// Decides whether the answer may depend on a code that was compared, and counts a wrong one. If a sign-in waits, a wrong code also
    /// counts against the user.
    pub(super) async fn charge(
        &self,
        cx: &mut Context,
        identifiers: &[String],
        allowed: u32,
        is_right: bool,
    ) -> Result<CodeDecision, Error> {
        let auth = cx.auth.clone();
        let (secrets, config) = (&auth.config.secrets, &auth.config.features.two_factor);
        let is_waiting = matches!(self.standing, PendingProof::Waiting(_));
        let (id, own_id, key) = (cx.rng.id(), cx.rng.id(), cx.rng.token(32));
        let secret = envelope::seal(secrets, &key, &mut cx.rng);
        let backup_codes = code_list::encoded(&[], &config.backup_codes, secrets, &mut cx.rng);
        let lockout = &config.lockout;
        let against = (lockout.enabled && is_waiting).then(|| FailureCount {
            most: lockout.max_failed_attempts,
            until: cx.now + std::time::Duration::from_secs(lockout.duration.into()),
            id: &own_id,
            secret: &secret,
            backup_codes: &backup_codes,
        });
        let charge =
            CodeAttempt { user_id: &self.user.id, identifiers, allowed, is_right, against, id: &id, now: cx.now };
        match codes::charge(&cx.db, &charge).await? {
            CodeDecision::Locked => Err(Error::api(
                StatusCode::TOO_MANY_REQUESTS,
                words::ACCOUNT_TEMPORARILY_LOCKED,
                Reason::SecondFactorLocked,
            )),
            charged => Ok(charged),
        }
    }

    /// Decides whether the answer may depend on an app code or backup code that was compared, and counts a wrong one. A right one is not
    /// counted, so a second click on the button costs no attempt. The sign-in ends after too many wrong codes.
    pub(super) async fn attempt(&self, cx: &mut Context, is_right: bool) -> Result<(), Error> {
        let PendingProof::Waiting(name) = &self.standing else { return Ok(()) };
        match self.charge(cx, &links::identifiers(cx, ATTEMPTS, name), ALLOWED, is_right).await? {
            CodeDecision::Heard(_) => Ok(()),
            CodeDecision::Spent => {
                verification::take(&cx.db, &links::identifiers(cx, "", name)).await?;
                cx.cookies.expire(&names::waiting_cookie(&cx.auth.config));
                Err(Error::bad(words::TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE, Reason::TooManyCodes))
            }
            CodeDecision::Gone | CodeDecision::Locked => Err(unknown(Reason::NoPendingSignIn)),
        }
    }

    /// Returns the identifiers that end when an app code or backup code was right.
    pub(super) fn attempts(&self, cx: &Context) -> Vec<String> {
        match &self.standing {
            PendingProof::SignedIn(_) => Vec::new(),
            PendingProof::Waiting(name) => links::identifiers(cx, ATTEMPTS, name),
        }
    }

    /// Completes the sign-in after a right code, or answers with the existing session. `over` are the stored values that end,
    /// `factor` is the app that gave the code, and `trust` says whether to trust the device.
    pub(super) async fn complete(
        &self,
        cx: &mut Context,
        over: &[String],
        factor: Option<&str>,
        trust: bool,
    ) -> Result<Reply, Error> {
        let auth = cx.auth.clone();
        let name = match &self.standing {
            PendingProof::SignedIn(session) => return answer(Some(&session.token), &self.user),
            PendingProof::Waiting(name) => name,
        };
        let remember = !cx.dont_remember();
        let password = self.password.as_deref();
        let entry = Entry { user: &self.user, way: Way::SecondFactor, remember, password, page: None };
        let session = match flow::prepare(cx, &entry).await? {
            PreparedSignIn::Open(session) => session,
            PreparedSignIn::Closed(answer) => return answer(cx, &entry).await,
        };
        let challenge = links::identifiers(cx, "", name);
        let settled = CodeEffects { user_id: &self.user.id, challenge: Some(&challenge), over, factor, now: cx.now };
        let is_bound = PENDING.digest(name).flatten().is_some();
        let opened = match codes::settle(&cx.db, &settled).await? {
            true => codes::open(&cx.db, session, password.filter(|_| is_bound)).await.map_err(unopened)?,
            false => None,
        };
        let Some(session) = opened else {
            cx.cookies.expire(&names::waiting_cookie(&auth.config));
            return Err(unknown(Reason::NoPendingSignIn));
        };
        flow::announce(cx, &entry, &session, Cookies::AsBefore).await?;
        cx.cookies.expire(&names::waiting_cookie(&auth.config));
        if trust {
            let digest = names::digest(&auth.config.secrets, &self.user, password);
            trust::remember(cx, &self.user.id, Some(&digest)).await?;
            // better-auth expires this cookie in any case, so that the session outlives a browser that was to forget it.
            if remember {
                cx.cookies.expire(&auth.cookies.dont_remember);
            }
        }
        answer(Some(&session.token), &self.user)
    }
}

/// Names a user in a session, for what is stored about both.
pub(super) fn key_in(user: &User, session: &Session) -> String {
    format!("{}!{}", user.id, session.id)
}

/// Returns the answer to a right code.
pub(super) fn answer(token: Option<&str>, user: &User) -> Result<Reply, Error> {
    Reply::json(&Verified { token, user })
}

fn unopened(error: StoreError) -> Error {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Error::refused_row(error, Error::api(status, code::FAILED_TO_CREATE_SESSION, Reason::RowRefused))
}

/// Gives another token to the session `old` of a user whose second factor has changed, and sets its cookies. A feature may answer
/// instead.
///
/// # Errors
/// 401 if the session ended meanwhile.
pub(super) async fn swap(cx: &mut Context, old: &Session, user: &User) -> Result<Result<Session, Reply>, Error> {
    let remember = !cx.dont_remember();
    let entry = Entry { user, way: Way::SecondFactor, remember, password: None, page: None };
    let session = match flow::prepare(cx, &entry).await? {
        PreparedSignIn::Open(session) => session,
        PreparedSignIn::Closed(answer) => return Ok(Err(answer(cx, &entry).await?)),
    };
    // Where the database counts identifiers or has its own, only an insert makes one.
    let id = if matches!(cx.auth.config.schema.ids, Ids::Serial | Ids::Database) { old.id.clone() } else { session.id };
    let session = Session { id, ..session };
    let Some(session) = session::rename(&cx.db, &old.token, &session).await.map_err(unopened)? else {
        return Err(signed_in::ended(cx));
    };
    flow::announce(cx, &entry, &session, Cookies::Replaced).await?;
    Ok(Ok(session))
}
