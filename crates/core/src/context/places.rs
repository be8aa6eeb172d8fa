//! The places on a request's way at which features act. Each feature names its functions, and the edge of the process lists the
//! features that it is linked with: what is off costs nothing. Features act in the order of their list, and after a session in the
//! opposite order.

use std::pin::Pin;

use serde_json::{Map, Value};

use super::Context;
use crate::{
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
    /// Changes or refuses what a client gives of a new user.
    pub new_user: Option<NewUser>,
    /// Changes or refuses what a client changes of its user.
    pub user_change: Option<UserChange>,
    /// May refuse a password that a client sets.
    pub new_password: Option<NewPassword>,
    /// Follows a sign-up.
    pub signed_up: Option<SignedUp>,
    /// May mail something instead of the link that confirms an address.
    pub verification: Option<Verification>,
    /// Adds values to the row of a new user, before it is written.
    pub user_values: Option<UserValues>,
    /// Removes what was set up for a user before a proof that the address is theirs.
    pub proven: Option<Proven>,
    /// May end a session that was found. It writes nothing.
    pub session_found: Option<SessionFound>,
    /// May stop a user whose credentials were right. No session exists yet.
    pub before_session: Option<BeforeSession>,
    /// Adds values to the row of a new session, before it is written.
    pub session_values: Option<SessionValues>,
    /// Runs after right credentials if the user must give another proof.
    pub waiting: Option<Waiting>,
    /// Acts on a session that was written and whose cookies are set.
    pub after_session: Option<AfterSession>,
    /// Follows the end of a user's sessions that the user asked for, or of all but one.
    pub others_ended: Option<OthersEnded>,
    /// Follows the sign-out of a browser, also of one without a session.
    pub signed_out: Option<SignedOut>,
    /// Changes what reading a session shows.
    pub session_view: Option<SessionView>,
    /// Adds claims to a JWT for other services.
    pub claims: Option<Claims>,
}

impl Places {
    /// The feature does not act.
    pub const NONE: Self = Self {
        request: None,
        new_user: None,
        user_change: None,
        new_password: None,
        signed_up: None,
        verification: None,
        user_values: None,
        proven: None,
        session_found: None,
        before_session: None,
        session_values: None,
        waiting: None,
        after_session: None,
        others_ended: None,
        signed_out: None,
        session_view: None,
        claims: None,
    };
}

/// Decides by the path below the base path, as the request has it, whether a request goes on. The rate limit has counted the
/// request. Its body is unread, and no endpoint has to answer at the path.
pub type Request = for<'a> fn(&'a mut Context, &'a str) -> Answer<'a, Result<(), Error>>;

/// Changes or refuses the members that a client gives for a new user, before they are validated. Called for taken and free
/// addresses.
pub type NewUser = for<'a> fn(&'a mut Context, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Changes or refuses the members with which a signed-in client updates its user, who is given as stored.
pub type UserChange =
    for<'a> fn(&'a mut Context, &'a User, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Decides whether a client may set a password, given the path of the endpoint and the password as the client sent it. At a sign-up
/// the place is called before the address is looked up.
pub type NewPassword = for<'a> fn(&'a mut Context, &'static str, &'a str) -> Answer<'a, Result<(), Error>>;

/// Adds values to a new user's row, by the fields' names. The values have passed the rules for what clients may set. If the answer
/// must not reveal whether an address is taken, it is called for taken and free addresses.
pub type UserValues = for<'a> fn(&'a mut Context, Way<'a>, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Follows a sign-up with an address. If the answer must not reveal whether the address is taken, it is called for taken and free
/// addresses. It only adds work for after the answer.
pub type SignedUp = for<'a> fn(&'a mut Context, &'a str);

/// Mails what confirms an unconfirmed address, after the answer. Returns `false` if the link is to be mailed instead.
pub type Verification = for<'a> fn(&'a mut Context, &'a str) -> bool;

/// Acts on a user whose address was not confirmed. The user is given as stored before, and changed like the row.
pub type Proven = for<'a> fn(&'a mut Context, &'a mut User) -> Answer<'a, Result<(), Error>>;

/// Follows valid credentials that require another proof.
pub type Waiting = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<(), Error>>;

/// Follows the end of a user's sessions.
pub type OthersEnded = for<'a> fn(&'a mut Context, &'a User) -> Answer<'a, Result<(), Error>>;

/// Decides whether a stored session counts, whose row and user exist and which has not expired. A cached session is not asked about.
pub type SessionFound = for<'a> fn(&'a Context, &'a Session, &'a User) -> Answer<'a, Result<Option<Over>, StoreError>>;

/// The end of a session that a feature sees.
#[derive(Debug, Clone)]
pub struct Over {
    /// The reason.
    pub reason: Reason,
    /// A sentence for the operator, without the identifier of the session.
    pub told: String,
}

/// Follows the sign-out of a browser. The cookies of its session are cleared, and the session has ended.
pub type SignedOut = for<'a> fn(&'a mut Context) -> Answer<'a, Result<(), Error>>;

/// Decides whether a session opens.
pub type BeforeSession = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<Gate, Error>>;

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
}

/// The decision whether a session opens.
pub enum Gate {
    /// The session may open.
    Open,
    /// No session opens. This function answers, after the caller has written everything else.
    Closed(Closed),
}

/// A function that answers instead of a session.
pub type Closed = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<Reply, Error>>;
