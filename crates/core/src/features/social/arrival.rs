//! Sign-in with a profile from a provider: finds or creates the user, links the account, and opens a session (spec jwt-oauth-schema
//! §4.6). One statement looks up, one writes.

use sha2::{Digest as _, Sha256};

use super::{
    provider::Provider,
    rows,
    rules::{self, Change, Owner, Profile, Refusal},
    tokens::Tokens,
};
use crate::{
    account_cookie,
    context::{
        Context,
        places::{AnswerInstead, CompletedChange, Entry, Way},
    },
    error::Error,
    flow::{self, Cookies, PreparedSignIn},
    links,
    model::{LinkedAccount, Session, User},
    reason::Reason,
    reply::Reply,
    rules::fields,
    store::{self, StoreError, user::AcceptedUser},
};

/// The result of a sign-in with a provider.
pub enum SignInResult {
    /// A session opened.
    In(Box<OpenedSession>),
    /// No session opened: a feature answers instead.
    Waiting(Reply),
}

/// An opened session with its user.
pub struct OpenedSession {
    /// The session; its cookies are set.
    pub session: Session,
    /// The user who signed in.
    pub user: User,
    /// Whether the user is new.
    pub is_new: bool,
}

/// The reason why a sign-in with a provider failed.
pub enum Failure {
    /// The rules refused it.
    Refused(Refusal),
    /// The database refused the row; with its cause.
    Row(Refusal, String),
    /// An additional field requires a value, which no provider gives.
    Fields(fields::Refusal),
    /// A feature refused it, with a code and a message.
    Feature(Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A sign-in with a provider.
pub struct Arrival<'a> {
    /// The provider.
    pub provider: &'a Provider<'a>,
    /// The profile that the provider returned.
    pub profile: &'a Profile,
    /// The tokens that the provider issued.
    pub tokens: &'a Tokens,
    /// The granted scopes, as they are stored; `None` if unknown.
    pub scope: Option<String>,
    /// Whether the client allows a new user to be created.
    pub request_sign_up: bool,
    /// Whether the profile replaces an existing user's name, picture and address.
    pub takes_over: bool,
    /// The callback URL for the link of a mail.
    pub callback_url: Option<&'a str>,
    /// Whether the browser navigates, and is redirected to `callback_url`.
    pub navigates: bool,
}

impl Arrival<'_> {
    fn way(&self) -> Way<'_> {
        let id = &self.provider.client.id;
        if self.navigates { Way::Provider(id) } else { Way::IdToken(id) }
    }

    fn account(&self, cx: &mut Context, user_id: &str) -> LinkedAccount {
        new_account(cx, self.provider, self.profile, self.tokens, self.scope.clone(), user_id)
    }

    /// Returns the entry of the user into a session.
    fn entry<'e>(&'e self, user: &'e User) -> Entry<'e> {
        let page = self.callback_url.filter(|_| self.navigates);
        Entry { user, way: self.way(), remember: true, password: None, page }
    }
}

/// Signs in with a provider, or returns the reason why not.
///
/// # Errors
/// The failure of the database.
pub async fn arrive(cx: &mut Context, arrival: &Arrival<'_>) -> Result<Result<SignInResult, Failure>, Error> {
    let (provider, profile) = (arrival.provider, arrival.profile);
    profile.left_out.iter().for_each(|text| cx.db.trips.notice(text.clone()));
    let email = profile.address();
    if cx.auth.config.is_stateless() {
        return enter_without_database(cx, arrival, email).await;
    }
    let known = rows::known(&cx.db, &provider.client.id, &profile.subject, &email).await?;
    match known.owner() {
        Err(refusal) => Ok(Err(refusal.into())),
        Ok(Owner::Unknown) => make(cx, arrival, email).await,
        Ok(Owner::OfAccount(account, mut user)) => {
            // Another person may have signed up with the address before the account was linked.
            if Change::proves(profile, &user, arrival.takes_over)
                && store::proven::clear_others(&cx.db, &user.id, &account.id).await?
            {
                flow::proven(cx, &mut user).await?;
            }
            enter(cx, arrival, *account, *user, false).await
        }
        Ok(Owner::OfAddress(mut user)) => {
            let linking = &cx.auth.config.account.linking;
            if let Err(refusal) = rules::may_link(&provider.client.id, profile, &user, linking) {
                return Ok(Err(refusal.into()));
            }
            if !user.is_verified() {
                // Another person may have signed up with this address.
                store::unproven::clear(&cx.db, &user).await?;
                flow::proven(cx, &mut user).await?;
            }
            let account = arrival.account(cx, &user.id);
            enter(cx, arrival, account, *user, true).await
        }
    }
}

/// Creates an account with its tokens. `scope` is what was granted, if the provider said so.
pub fn new_account(
    cx: &mut Context,
    provider: &Provider<'_>,
    profile: &Profile,
    tokens: &Tokens,
    scope: Option<String>,
    user_id: &str,
) -> LinkedAccount {
    let auth = cx.auth.clone();
    let mut account = LinkedAccount {
        id: cx.rng.id(),
        account_id: profile.subject.clone(),
        provider_id: provider.client.id.clone(),
        user_id: user_id.to_owned(),
        access_token: None,
        refresh_token: None,
        id_token: None,
        access_token_expires_at: None,
        refresh_token_expires_at: None,
        scope,
        created_at: Some(cx.now),
        updated_at: Some(cx.now),
    };
    tokens.store_in(&mut account, &auth.config, &mut cx.rng);
    account
}

/// Signs in an existing user (rules 1 and 2).
async fn enter(
    cx: &mut Context,
    arrival: &Arrival<'_>,
    mut account: LinkedAccount,
    mut user: User,
    is_new_account: bool,
) -> Result<Result<SignInResult, Failure>, Error> {
    let auth = cx.auth.clone();
    if !is_new_account && auth.config.account.update_account_on_sign_in {
        account.updated_at = Some(cx.now);
        arrival.tokens.store_in(&mut account, &auth.config, &mut cx.rng);
    }
    let linking = &auth.config.account.linking;
    let change = Change::of(arrival.profile, &user, is_new_account, arrival.takes_over, linking);
    let verified = change.email_verified.unwrap_or(user.is_verified());
    let blocked = arrival.provider.client.options.require_email_verification && !verified;
    if let Some(to) = change.email.as_deref().filter(|to| *to != user.email)
        && let Err(failure) = refusable(flow::accept_provided_email(cx, &user, to).await)?
    {
        return Ok(Err(failure));
    }
    let (session, closed) = match prepared(cx, arrival, &user, blocked).await? {
        Ok(parts) => parts,
        Err(failure) => return Ok(Err(failure)),
    };
    let (account, session) = match rows::write(&cx.db, account, is_new_account, &change, session).await {
        Ok(Some(written)) => written,
        Ok(None) if is_new_account => return Ok(Err(Refusal::NotLinked.into())),
        Ok(None) => return Ok(Err(Refusal::Orphaned.into())),
        Err(error @ StoreError::Refused { .. }) => return Ok(Err(Failure::Row(Refusal::NoSession, error.to_string()))),
        Err(error) => return Err(error.into()),
    };
    let changes = change.changes_profile(&user);
    change.apply(&mut user, cx.now);
    if changes {
        flow::happened(cx, &CompletedChange::UserUpdated(&user));
    }
    account_cookie::write(cx, &account);
    let mails = auth.config.email_verification.send_on_sign_in;
    settle(cx, arrival, OpeningResult { session, closed }, user, false, mails).await
}

/// Returns the user who is to be created, if sign-up is allowed.
async fn admitted(
    cx: &mut Context,
    arrival: &Arrival<'_>,
    email: String,
) -> Result<Result<AcceptedUser, Failure>, Error> {
    if let Err(refusal) = rules::may_sign_up(arrival.provider.client, arrival.request_sign_up) {
        return Ok(Err(refusal.into()));
    }
    let given = match refusable(flow::new_user_with(cx, arrival.profile.fields.clone()).await)? {
        Ok(given) => given,
        Err(failure) => return Ok(Err(failure)),
    };
    let values = match fields::create(&cx.auth.config.schema.additional.user, &given) {
        Ok(values) => values,
        Err(refusal) => return Ok(Err(Failure::Fields(refusal))),
    };
    let user = new_user(cx, arrival.profile, email);
    refusable(flow::accept_user(cx, arrival.way(), user, values).await)
}

/// Returns the session to store, or the answer instead of one; neither if the user is `blocked`.
async fn prepared(
    cx: &mut Context,
    arrival: &Arrival<'_>,
    user: &User,
    blocked: bool,
) -> Result<Result<(Option<Session>, Option<AnswerInstead>), Failure>, Error> {
    if blocked {
        return Ok(Ok((None, None)));
    }
    Ok(refusable(flow::prepare(cx, &arrival.entry(user)).await)?.map(PreparedSignIn::parts))
}

/// Separates the refusal of a feature, which the browser is led back with, from other errors.
fn refusable<T>(answer: Result<T, Error>) -> Result<Result<T, Failure>, Error> {
    match answer {
        Err(error) if error.refusal().is_some() => Ok(Err(Failure::Feature(error))),
        answer => answer.map(Ok),
    }
}

/// Creates a new user (rule 3).
async fn make(cx: &mut Context, arrival: &Arrival<'_>, email: String) -> Result<Result<SignInResult, Failure>, Error> {
    let (auth, client) = (cx.auth.clone(), arrival.provider.client);
    let new = match admitted(cx, arrival, email).await? {
        Ok(new) => new,
        Err(failure) => return Ok(Err(failure)),
    };
    let account = arrival.account(cx, &new.user.id);
    let blocked = client.options.require_email_verification && !new.user.is_verified();
    let (session, closed) = match prepared(cx, arrival, &new.user, blocked).await? {
        Ok(parts) => parts,
        Err(failure) => return Ok(Err(failure)),
    };
    let made = rows::create(&cx.db, &new, account, session).await;
    let (user, account, session) = match made {
        Ok(made) => made,
        Err(error @ StoreError::Refused { .. }) => {
            return Ok(Err(Failure::Row(Refusal::NotCreated, error.to_string())));
        }
        Err(error) => return Err(error.into()),
    };
    flow::happened(cx, &CompletedChange::UserCreated(&user, arrival.way()));
    account_cookie::write(cx, &account);
    let mails = auth.config.email_verification.send_on_sign_up.unwrap_or(client.options.require_email_verification);
    settle(cx, arrival, OpeningResult { session, closed }, user, true, mails).await
}

fn new_user(cx: &mut Context, profile: &Profile, email: String) -> User {
    let (name, image) = (profile.name.clone().unwrap_or_default(), profile.image.clone().flatten());
    cx.new_user(name, email, profile.confirms(), image)
}

/// The stored session, or the answer instead of one; neither if the address must be confirmed first.
struct OpeningResult {
    session: Option<Session>,
    closed: Option<AnswerInstead>,
}

/// Does what remains after writing: mails, cookies, and the result.
async fn settle(
    cx: &mut Context,
    arrival: &Arrival<'_>,
    OpeningResult { session, closed }: OpeningResult,
    user: User,
    is_new: bool,
    mails: bool,
) -> Result<Result<SignInResult, Failure>, Error> {
    if mails && !user.is_verified() && (is_new || (session.is_none() && closed.is_none())) {
        let password = if is_new { None } else { store::account::password(&cx.db, &user.id).await? };
        links::mail_verification(cx, &user, password.as_deref(), arrival.callback_url);
    }
    if let Some(answer) = closed {
        return Ok(Ok(SignInResult::Waiting(answer(cx, &arrival.entry(&user)).await?)));
    }
    let Some(session) = session else { return Ok(Err(Refusal::EmailNotVerified.into())) };
    // This request does not ask whether to remember; an earlier answer of the browser counts.
    let announced = flow::announce(cx, &arrival.entry(&user), &session, Cookies::AsBefore).await;
    Ok(refusable(announced)?.map(|()| SignInResult::In(Box::new(OpenedSession { session, user, is_new }))))
}

/// Signs in without a database. No user is known, so the profile is the user, with an identifier that is the same in every instance
/// and at every sign-in (docs/DIFFERENCES.md).
async fn enter_without_database(
    cx: &mut Context,
    arrival: &Arrival<'_>,
    email: String,
) -> Result<Result<SignInResult, Failure>, Error> {
    let client = arrival.provider.client;
    let new = match admitted(cx, arrival, email).await? {
        Ok(new) => new,
        Err(failure) => return Ok(Err(failure)),
    };
    let key = format!("{}\0{}", client.id, arrival.profile.subject);
    let id = hex::encode(Sha256::digest(key)).split_off(32);
    let user = User { id, ..new.user };
    if client.options.require_email_verification && !user.is_verified() {
        return Ok(Err(Refusal::EmailNotVerified.into()));
    }
    let account = arrival.account(cx, &user.id);
    let session = match refusable(flow::prepare(cx, &arrival.entry(&user)).await)? {
        Ok(PreparedSignIn::Open(session)) => session,
        Ok(PreparedSignIn::Closed(answer)) => {
            return Ok(Ok(SignInResult::Waiting(answer(cx, &arrival.entry(&user)).await?)));
        }
        Err(failure) => return Ok(Err(failure)),
    };
    let session = store::session::open(&cx.db, session, &user).await?;
    account_cookie::write(cx, &account);
    flow::announce(cx, &arrival.entry(&user), &session, Cookies::AsBefore).await?;
    Ok(Ok(SignInResult::In(Box::new(OpenedSession { session, user, is_new: false }))))
}

impl Failure {
    /// Returns the reason for the operator.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Refused(refusal) | Self::Row(refusal, _) => refusal.reason(),
            Self::Fields(_) => Reason::InvalidInput,
            Self::Feature(error) => error.reason(),
        }
    }
}
