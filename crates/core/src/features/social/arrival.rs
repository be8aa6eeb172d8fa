//! Whoever a provider vouches for arrives: finds the user or makes one, links, and opens a session (spec jwt-oauth-schema
//! §4.6). One statement looks up, one writes.

use serde_json::{Map, Value};
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
        places::{Closed, Entry, Way},
    },
    error::Error,
    flow::{self, Cookies, Prepared},
    links,
    model::{LinkedAccount, Session, User},
    reason::Reason,
    reply::Reply,
    rules::fields,
    store::{self, StoreError},
};

/// Somebody who came in.
pub enum Arrived {
    /// With a session.
    In(Box<In>),
    /// Without one: a feature answers in its place.
    Waiting(Reply),
}

/// Somebody with a session.
pub struct In {
    /// The session that was opened; its cookies are set.
    pub session: Session,
    /// Who it is.
    pub user: User,
    /// Whether the user is new.
    pub is_new: bool,
}

/// Why somebody did not.
pub enum Failure {
    /// By the rules.
    Refused(Refusal),
    /// By the database; what it says of the row.
    Row(Refusal, String),
    /// A column of one's own needs a value that no provider has.
    Fields(fields::Refusal),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// How somebody comes.
pub struct Arrival<'a> {
    /// With which provider.
    pub provider: &'a Provider<'a>,
    /// As whom.
    pub profile: &'a Profile,
    /// With what in hand.
    pub tokens: &'a Tokens,
    /// What was granted, as it is stored; none where nobody said.
    pub scope: Option<String>,
    /// Whether the client asked for new users to be made.
    pub request_sign_up: bool,
    /// Whether name, picture and address of a user who was there are taken over.
    pub takes_over: bool,
    /// Where the link of a mail leads in the end.
    pub callback_url: Option<&'a str>,
    /// Whether the browser navigates, and is sent to `callback_url`.
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

    /// The user on the way to a session.
    fn entry<'e>(&'e self, user: &'e User) -> Entry<'e> {
        let page = self.callback_url.filter(|_| self.navigates);
        Entry { user, way: self.way(), remember: true, password: None, page }
    }
}

/// Lets somebody in, or says why not.
///
/// # Errors
/// Where the database fails.
pub async fn arrive(cx: &mut Context, arrival: &Arrival<'_>) -> Result<Result<Arrived, Failure>, Error> {
    let (provider, profile) = (arrival.provider, arrival.profile);
    let email = profile.address();
    if cx.auth.config.is_stateless() {
        return enter_without_database(cx, arrival, email).await;
    }
    let known = rows::known(&cx.db, &provider.client.id, &profile.subject, &email).await?;
    match known.owner() {
        Err(refusal) => Ok(Err(refusal.into())),
        Ok(Owner::Nobody) => make(cx, arrival, email).await,
        Ok(Owner::OfAccount(account, user)) => enter(cx, arrival, *account, *user, false).await,
        Ok(Owner::OfAddress(mut user)) => {
            let linking = &cx.auth.config.account.linking;
            if let Err(refusal) = rules::may_link(&provider.client.id, profile, &user, linking) {
                return Ok(Err(refusal.into()));
            }
            if !user.is_verified() {
                // The address may have been signed up with by somebody else.
                store::unproven::clear(&cx.db, &user.id).await?;
                flow::proven(cx, &mut user).await?;
            }
            let account = arrival.account(cx, &user.id);
            enter(cx, arrival, account, *user, true).await
        }
    }
}

/// An account that is new to this service, with its tokens. `scope` is what was granted, where the provider said so.
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

/// Rules 1 and 2: the user was there.
async fn enter(
    cx: &mut Context,
    arrival: &Arrival<'_>,
    mut account: LinkedAccount,
    mut user: User,
    is_new_account: bool,
) -> Result<Result<Arrived, Failure>, Error> {
    let auth = cx.auth.clone();
    if !is_new_account && auth.config.account.update_account_on_sign_in {
        account.updated_at = Some(cx.now);
        arrival.tokens.store_in(&mut account, &auth.config, &mut cx.rng);
    }
    let linking = &auth.config.account.linking;
    let change = Change::of(arrival.profile, &user, is_new_account, arrival.takes_over, linking);
    let verified = change.email_verified.unwrap_or(user.is_verified());
    let blocked = arrival.provider.client.options.require_email_verification && !verified;
    let (session, closed) =
        if blocked { (None, None) } else { flow::prepare(cx, &arrival.entry(&user)).await?.parts() };
    let (account, session) = match rows::write(&cx.db, account, is_new_account, &change, session).await {
        Ok(Some(written)) => written,
        Ok(None) if is_new_account => return Ok(Err(Refusal::NotLinked.into())),
        Ok(None) => return Ok(Err(Refusal::Orphaned.into())),
        Err(error @ StoreError::Refused { .. }) => return Ok(Err(Failure::Row(Refusal::NoSession, error.to_string()))),
        Err(error) => return Err(error.into()),
    };
    change.apply(&mut user, cx.now);
    account_cookie::write(cx, &account);
    let mails = auth.config.email_verification.send_on_sign_in;
    settle(cx, arrival, Opened { session, closed }, user, false, mails).await
}

/// The columns of one's own of somebody who is to be made, where people may sign up.
fn admitted(cx: &Context, arrival: &Arrival<'_>) -> Result<Map<String, Value>, Failure> {
    rules::may_sign_up(arrival.provider.client, arrival.request_sign_up)?;
    fields::create(&cx.auth.config.schema.additional.user, &Map::new()).map_err(Failure::Fields)
}

/// Rule 3: nobody was there.
async fn make(cx: &mut Context, arrival: &Arrival<'_>, email: String) -> Result<Result<Arrived, Failure>, Error> {
    let (auth, client) = (cx.auth.clone(), arrival.provider.client);
    let mut additional = match admitted(cx, arrival) {
        Ok(additional) => additional,
        Err(failure) => return Ok(Err(failure)),
    };
    flow::user_values(cx, arrival.way(), &mut additional).await?;
    let user = new_user(cx, arrival.profile, email);
    let account = arrival.account(cx, &user.id);
    let blocked = client.options.require_email_verification && !user.is_verified();
    let (session, closed) =
        if blocked { (None, None) } else { flow::prepare(cx, &arrival.entry(&user)).await?.parts() };
    let made = rows::create(&cx.db, &user, &additional.into(), account, session).await;
    let (user, account, session) = match made {
        Ok(made) => made,
        Err(error @ StoreError::Refused { .. }) => {
            return Ok(Err(Failure::Row(Refusal::NotCreated, error.to_string())));
        }
        Err(error) => return Err(error.into()),
    };
    account_cookie::write(cx, &account);
    let mails = auth.config.email_verification.send_on_sign_up.unwrap_or(client.options.require_email_verification);
    settle(cx, arrival, Opened { session, closed }, user, true, mails).await
}

fn new_user(cx: &mut Context, profile: &Profile, email: String) -> User {
    let (name, image) = (profile.name.clone().unwrap_or_default(), profile.image.clone().flatten());
    cx.new_user(name, email, profile.confirms(), image)
}

/// The session that was written, or what answers in its place; neither where the address must be confirmed first.
struct Opened {
    session: Option<Session>,
    closed: Option<Closed>,
}

/// What is left once all is written: mails, cookies, and the word on who it is.
async fn settle(
    cx: &mut Context,
    arrival: &Arrival<'_>,
    Opened { session, closed }: Opened,
    user: User,
    is_new: bool,
    mails: bool,
) -> Result<Result<Arrived, Failure>, Error> {
    if mails && !user.is_verified() && (is_new || (session.is_none() && closed.is_none())) {
        let password = if is_new { None } else { store::account::password(&cx.db, &user.id).await? };
        links::mail_verification(cx, &user, password.as_deref(), arrival.callback_url);
    }
    if let Some(answer) = closed {
        return Ok(Ok(Arrived::Waiting(answer(cx, &arrival.entry(&user)).await?)));
    }
    let Some(session) = session else { return Ok(Err(Refusal::EmailNotVerified.into())) };
    // Nobody asks here whether to remember: the browser was asked before, or not.
    flow::announce(cx, &arrival.entry(&user), &session, Cookies::AsBefore).await?;
    Ok(Ok(Arrived::In(Box::new(In { session, user, is_new }))))
}

/// Without a database nobody is known: who comes is whom the provider says, under an identifier that is the same in every
/// instance and every time (docs/DIFFERENCES.md).
async fn enter_without_database(
    cx: &mut Context,
    arrival: &Arrival<'_>,
    email: String,
) -> Result<Result<Arrived, Failure>, Error> {
    let (auth, client) = (cx.auth.clone(), arrival.provider.client);
    let additional = match admitted(cx, arrival) {
        Ok(additional) => additional,
        Err(failure) => return Ok(Err(failure)),
    };
    let key = format!("{}\0{}", client.id, arrival.profile.subject);
    let id = hex::encode(Sha256::digest(key)).split_off(32);
    let additional = fields::shown(&auth.config.schema.additional.user, &additional);
    let user = User { id, additional, ..new_user(cx, arrival.profile, email) };
    if client.options.require_email_verification && !user.is_verified() {
        return Ok(Err(Refusal::EmailNotVerified.into()));
    }
    let account = arrival.account(cx, &user.id);
    let session = match flow::prepare(cx, &arrival.entry(&user)).await? {
        Prepared::Open(session) => session,
        Prepared::Closed(answer) => return Ok(Ok(Arrived::Waiting(answer(cx, &arrival.entry(&user)).await?))),
    };
    let session = store::session::open(&cx.db, session, &user).await?;
    account_cookie::write(cx, &account);
    flow::announce(cx, &arrival.entry(&user), &session, Cookies::AsBefore).await?;
    Ok(Ok(Arrived::In(Box::new(In { session, user, is_new: false }))))
}

/// What the operator reads of a failure.
impl Failure {
    /// Why.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Refused(refusal) | Self::Row(refusal, _) => refusal.reason(),
            Self::Fields(_) => Reason::InvalidInput,
        }
    }
}
