//! The places on a request's way at which features act. Each feature names its functions, and the edge of the process lists the
//! features that it is linked with: what is off costs nothing. Features act in the order of their list, and after a session in the
//! opposite order.

use std::pin::Pin;

use serde_json::{Map, Value};

use super::Context;
use crate::{
    api_keys::{ApiKey, KeyAccess},
    config::Field,
    error::Error,
    model::{Additional, Session, User},
    reason::Reason,
    reply::Reply,
    store::StoreError,
};

/// The future result of a place.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The functions of one feature, place by place.
pub struct Places {
    /// May refuse a request before its body is read.
    pub request: Option<Request>,
    /// Recognizes the API key of a request.
    pub api_key: Option<ApiKeyOf>,
    /// Decides what a member may do with the API keys of an organization.
    pub organization_keys: Option<OrganizationKeys>,
    /// Changes or refuses what a client gives of a new user.
    pub new_user: Option<NewUser>,
    /// Changes or refuses what a client changes of its user.
    pub user_change: Option<UserChange>,
    /// Changes or refuses the values with which a user's row is updated.
    pub update_values: Option<UpdateValues>,
    /// May refuse that a user is deleted.
    pub user_deletion: Option<UserDeletion>,
    /// Says why the statement that deletes a user has kept the user.
    pub user_kept: Option<UserDeletion>,
    /// May refuse a password that a client sets.
    pub new_password: Option<NewPassword>,
    /// Follows a sign-up.
    pub signed_up: Option<AfterSignUp>,
    /// May mail something instead of the link that confirms an address.
    pub verification: Option<Verification>,
    /// Adds values to the row of a new user, before it is written, or refuses the user.
    pub user_values: Option<UserValues>,
    /// May refuse an address to which a user changes.
    pub new_email: Option<NewEmail>,
    /// Removes what was set up for a user before a proof that the address is theirs.
    pub proven: Option<AfterProof>,
    /// May end a session that was found. It writes nothing.
    pub session_found: Option<SessionFound>,
    /// May stop a user whose credentials were right. No session exists yet.
    pub before_session: Option<BeforeSession>,
    /// Adds values to the row of a new session, before it is written.
    pub session_values: Option<SessionValues>,
    /// Runs after right credentials if the user must give another proof.
    pub waiting: Option<AfterCredentials>,
    /// Adds data to the state of a provider's flow, for the request that ends it.
    pub carry: Option<FlowStateExtension>,
    /// Acts on a session that was written, before its cookies are set.
    pub opened: Option<AfterSession>,
    /// Acts on a session that was written and whose cookies are set.
    pub after_session: Option<AfterSession>,
    /// May refuse that an anonymous user becomes one with credentials.
    pub user_link: Option<UserLink>,
    /// Follows the end of a user's sessions that the user or an administrator asked for, or of all but one.
    pub others_ended: Option<AfterSessionsEnded>,
    /// Follows the sign-out of a browser, also of one without a session.
    pub signed_out: Option<AfterSignOut>,
    /// Changes what reading a session shows.
    pub session_view: Option<SessionView>,
    /// Adds claims to a JWT for other services.
    pub claims: Option<Claims>,
    /// Follows a change that was written.
    pub happened: Option<AfterChange>,
    /// Follows a request whose statements may have written events.
    pub events_written: Option<EventsWritten>,
    /// Delivers events when the platform's cron asks for it.
    pub delivery: Option<Delivery>,
}

impl Places {
    /// The feature does not act.
    pub const NONE: Self = Self {
        request: None,
        api_key: None,
        organization_keys: None,
        new_user: None,
        user_change: None,
        update_values: None,
        user_deletion: None,
        user_kept: None,
        new_password: None,
        signed_up: None,
        verification: None,
        user_values: None,
        new_email: None,
        proven: None,
        session_found: None,
        before_session: None,
        session_values: None,
        waiting: None,
        carry: None,
        opened: None,
        after_session: None,
        user_link: None,
        others_ended: None,
        signed_out: None,
        session_view: None,
        claims: None,
        happened: None,
        events_written: None,
        delivery: None,
    };
}

/// Decides by the path below the base path, as the request has it, whether a request goes on. The rate limit has counted the
/// request. Its body is unread, and no endpoint has to answer at the path.
pub type Request = for<'a> fn(&'a mut Context, &'a str) -> Answer<'a, Result<(), Error>>;

/// Returns the API key of a request, which is valid and whose use is counted; `None` if the request has no key for this use. Called
/// before the endpoint reads the body.
pub type ApiKeyOf = for<'a> fn(&'a mut Context, KeyUse) -> Answer<'a, Result<Option<ApiKey>, Error>>;

/// Decides whether a user may perform an action on the API keys of an organization: `create`, `read`, `update` or `delete`. User and
/// organization are given by their identifiers. Returns `None` if the deployment has no organizations.
pub type OrganizationKeys =
    for<'a> fn(&'a Context, &'a str, &'a str, &'static str) -> Answer<'a, Result<Option<KeyAccess>, Error>>;

/// The use of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// It stands for a session at an endpoint of this service.
    Session,
    /// It identifies the caller of a function of the application.
    Function,
}

/// Changes or refuses the members that a client gives for a new user, before they are validated. Called for taken and free
/// addresses.
pub type NewUser = for<'a> fn(&'a mut Context, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Changes or refuses the members with which a signed-in client updates its user, who is given as stored.
pub type UserChange =
    for<'a> fn(&'a mut Context, (&'a User, &'a Session), &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Changes or refuses an update of a user, who is given as stored: by the user or by an administrator. The values have passed the rules
/// for what they may set.
pub type UpdateValues = for<'a> fn(&'a mut Context, &'a User, &'a mut UserUpdate) -> Answer<'a, Result<(), Error>>;

/// Decides whether a user is deleted. The proof or the permission that deleting requires was given.
pub type UserDeletion = for<'a> fn(&'a mut Context, &'a User) -> Answer<'a, Result<(), Error>>;

/// Follows a change that a client caused and that was written. It can only prepare work for after the answer.
pub type AfterChange = fn(&mut Context, &CompletedChange<'_>);

/// Follows a request whose statements may have written events. It only adds work for after the answer.
pub type EventsWritten = fn(&mut Context);

/// Delivers events for the platform's cron.
pub type Delivery = for<'a> fn(&'a mut Context) -> Answer<'a, Result<DeliveryRound, Error>>;

/// The end of a round of deliveries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryRound {
    /// How many deliveries succeeded.
    pub delivered: u64,
    /// How many attempts failed.
    pub failed: u64,
}

/// Decides whether a client may set a password, given the path of the endpoint and the password as the client sent it. At a sign-up
/// the place is called before the address is looked up.
pub type NewPassword = for<'a> fn(&'a mut Context, &'static str, &'a str) -> Answer<'a, Result<(), Error>>;

/// Changes or refuses a user who is about to be created, in any way. It is called before the address is looked up, or, where the
/// way proves the address, after no user was found.
pub type UserValues = for<'a> fn(&'a mut Context, &'a mut Candidate<'_>) -> Answer<'a, Result<(), Error>>;

/// Decides whether a user may change to an address, which is given in lower case. Where the answer must not reveal whether the address is
/// taken, it is called before the address is looked up.
pub type NewEmail = for<'a> fn(&'a mut Context, &'a User, &'a str) -> Answer<'a, Result<(), Error>>;

/// Follows a sign-up with an address. If the answer must not reveal whether the address is taken, it is called for taken and free
/// addresses. It only adds work for after the answer.
pub type AfterSignUp = for<'a> fn(&'a mut Context, &'a str);

/// Mails what confirms an unconfirmed address, after the answer. Returns `false` if the link is to be mailed instead.
pub type Verification = for<'a> fn(&'a mut Context, &'a str) -> bool;

/// Acts on a user whose address was not confirmed. The user is given as stored before, and changed like the row.
pub type AfterProof = for<'a> fn(&'a mut Context, &'a mut User) -> Answer<'a, Result<(), Error>>;

/// Follows valid credentials that require another proof.
pub type AfterCredentials = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<(), Error>>;

/// Follows the end of a user's sessions.
pub type AfterSessionsEnded = for<'a> fn(&'a mut Context, &'a User) -> Answer<'a, Result<(), Error>>;

/// Decides whether a stored session counts, whose row and user exist and which has not expired. A cached session is not asked about.
pub type SessionFound =
    for<'a> fn(&'a Context, &'a Session, &'a User) -> Answer<'a, Result<Option<SessionEnd>, StoreError>>;

/// The end of a session that a feature sees.
#[derive(Debug, Clone)]
pub struct SessionEnd {
    /// The reason.
    pub reason: Reason,
    /// A sentence for the operator, without the identifier of the session.
    pub told: String,
}

/// Follows the sign-out of a browser. The cookies of its session are cleared, and the session has ended.
pub type AfterSignOut = for<'a> fn(&'a mut Context) -> Answer<'a, Result<(), Error>>;

/// Decides whether a session opens.
pub type BeforeSession = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<SessionDecision, Error>>;

/// Adds values to a new session's row, by the names of the additional fields. Called when every feature lets the session open. If
/// [`Entry::user`] is new, its row is not written yet.
pub type SessionValues =
    for<'a> fn(&'a mut Context, &'a Entry<'a>, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Changes the answer to a request that reads its session. The cookies of the request are set already, from the stored values.
pub type SessionView = for<'a> fn(&'a mut Context, &'a mut View) -> Answer<'a, Result<(), Error>>;

/// Adds members to the claims of a JWT, given the session for which it is issued. A registered claim such as `sub` or `exp` cannot
/// be replaced.
pub type Claims =
    for<'a> fn(&'a mut Context, &'a Session, &'a User, &'a mut Additional) -> Answer<'a, Result<(), Error>>;

/// Follows the opening of a session.
pub type AfterSession = for<'a> fn(&'a mut Context, &'a Entry<'a>, &'a Session) -> Answer<'a, Result<(), Error>>;

/// Adds members to the state of a provider's flow, which clients neither read nor set. [`Context::carried`] has them when the flow ends.
pub type FlowStateExtension = for<'a> fn(&'a mut Context, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Decides whether an anonymous user is linked with the user who signs in. The session is stored; if the link is refused, it ends.
pub type UserLink = for<'a> fn(&'a mut Context, &'a LinkedUsers<'a>) -> Answer<'a, Result<(), Error>>;

/// An anonymous user, and the user with credentials who signs in with the anonymous user's session.
pub struct LinkedUsers<'a> {
    /// The anonymous user, who is deleted afterwards unless the configuration keeps such users.
    pub anonymous: &'a User,
    /// The session of the anonymous user.
    pub replaced: &'a Session,
    /// The user who signs in.
    pub user: &'a User,
    /// The new session.
    pub session: &'a Session,
    /// The way in which the user proved who they are.
    pub way: Way<'a>,
}

/// A user with valid credentials, on the way to a session.
pub struct Entry<'a> {
    /// The user, as answers show the user.
    pub user: &'a User,
    /// The way in which the user proved who they are.
    pub way: Way<'a>,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// The hash of the password that the credentials are based on, if they are.
    pub password: Option<&'a str>,
    /// The trusted URL to which the browser is redirected, if the request is a navigation; `None` if a script reads the answer.
    pub page: Option<&'a str>,
}

/// The session and user that an answer shows. Changes have no effect on stored rows and on cached sessions.
pub struct View {
    /// The session.
    pub session: Session,
    /// The user of the session.
    pub user: User,
    /// Members of the answer beside `session` and `user`.
    pub more: Additional,
}

/// A user who is about to be created.
pub struct Candidate<'a> {
    /// The way in which the user proved who they are.
    pub way: Way<'a>,
    /// The row without additional fields. A place may change the name and the picture.
    pub user: User,
    /// The values of additional fields, by the fields' names. They have passed the rules for what clients may set.
    pub values: Map<String, Value>,
    /// Values that are added if the table of users is empty when the row is written.
    pub if_first: Map<String, Value>,
}

/// The values with which a user's row is updated; those that are absent stay.
pub struct UserUpdate {
    /// A new name.
    pub name: Option<String>,
    /// A new picture; `Some(None)` removes it.
    pub image: Option<Option<String>>,
    /// Values of additional fields, by the fields' names.
    pub values: Map<String, Value>,
}

impl UserUpdate {
    /// Returns the values as answers name them, without fields that answers do not show.
    pub fn told(&self, fields: &[Field]) -> Map<String, Value> {
        let shown = |name: &String| fields.iter().any(|field| field.returned && field.name == *name);
        let mut told: Map<_, _> = self
            .values
            .iter()
            .filter(|(name, _)| shown(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        told.extend(self.name.iter().map(|name| ("name".to_owned(), name.as_str().into())));
        told.extend(self.image.iter().map(|image| ("image".to_owned(), image.clone().into())));
        told
    }
}

/// Something that was written, with the user as stored after it.
#[derive(Clone, Copy)]
pub enum CompletedChange<'a> {
    /// A user was created, in this way.
    UserCreated(&'a User, Way<'a>),
    /// A user's row was updated: by the user, an administrator, or from a provider's profile.
    UserUpdated(&'a User),
    /// A user was deleted.
    UserDeleted(&'a User),
    /// A user's address was confirmed by a mailed link or code.
    EmailVerified(&'a User),
    /// A user's password was set by a mailed link or code.
    PasswordReset(&'a User),
    /// A client signed up with the address of this existing user. The answer does not reveal it.
    SignUpTaken(&'a User),
    /// An anonymous user was linked with the user who signed in.
    UserLinked(&'a LinkedUsers<'a>),
}

/// The way in which a user proves who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'a> {
    /// With address and password.
    Password,
    /// With username and password.
    Username,
    /// By signing up.
    SignUp,
    /// With this provider, in a flow.
    Provider(&'a str),
    /// With an ID token of this provider, which the client had already.
    IdToken(&'a str),
    /// With a link that was mailed to confirm the address.
    Link,
    /// With a link that was mailed to sign in.
    MagicLink,
    /// With a code that was mailed to the address.
    EmailCode,
    /// With phone number and password.
    PhoneNumber,
    /// With a code in a text message to the phone number.
    PhoneCode,
    /// With a passkey.
    Passkey {
        /// Whether the authenticator verified the person, with a PIN or a fingerprint.
        verified: bool,
    },
    /// With a token that an existing session gave.
    OneTimeToken,
    /// With the current password, in a session that ends with it.
    ChangedPassword,
    /// With a second factor, after one of the others or in a session that ends with it.
    SecondFactor,
    /// Not at all: the administrator with this identifier acts as the user.
    Impersonation(&'a str),
    /// Without credentials.
    Anonymous,
    /// Not at all: an administrator creates the user. No session opens.
    Administrator,
}

/// The decision whether a session opens.
pub enum SessionDecision {
    /// The session may open.
    Open,
    /// No session opens. This function answers, after the caller has written everything else.
    Closed(AnswerInstead),
}

/// A function that answers instead of a session.
pub type AnswerInstead = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<Reply, Error>>;
