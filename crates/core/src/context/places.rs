//! The places on a request's way at which features act. The edge of the process lists the functions of the features that it is
//! linked with: what is off costs nothing, and the order is the written one.

use std::pin::Pin;

use serde_json::{Map, Value};

use super::Context;
use crate::{
    error::Error,
    model::{Session, User},
    reply::Reply,
};

/// What a place answers with, later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The functions of all features, place by place.
pub struct Places {
    /// May refuse a request before its body is read.
    pub request: &'static [Request],
    /// Changes or refuses what a client gives of a new user.
    pub new_user: &'static [NewUser],
    /// Changes or refuses what a client changes of its user.
    pub user_change: &'static [UserChange],
    /// May refuse a password that a client sets.
    pub new_password: &'static [NewPassword],
    /// Adds values to the row of a new user, before it is written.
    pub user_values: &'static [UserValues],
    /// Takes away what was set up for a user before anybody proved that the address is theirs.
    pub proven: &'static [Proven],
    /// May stop a user whose credentials were right. No session exists yet.
    pub before_session: &'static [BeforeSession],
    /// Follows right credentials after which another proof is waited for.
    pub waiting: &'static [Waiting],
    /// Acts on a session that was written and whose cookies are set.
    pub after_session: &'static [AfterSession],
    /// Follows the end of a user's sessions that the user asked for, or of all but one.
    pub others_ended: &'static [OthersEnded],
}

impl Places {
    /// No feature acts.
    pub const NONE: Self = Self {
        request: &[],
        new_user: &[],
        user_change: &[],
        new_password: &[],
        user_values: &[],
        proven: &[],
        before_session: &[],
        waiting: &[],
        after_session: &[],
        others_ended: &[],
    };
}

/// Decides by the path below the base path, as the request has it, whether a request goes on. The rate limit has counted the
/// request. Its body is unread, and no endpoint has to answer at the path.
pub type Request = for<'a> fn(&'a mut Context, &'a str) -> Answer<'a, Result<(), Error>>;

/// Changes or refuses the members that a client gives of a new user, before they are validated. The place is called for a taken
/// address and for a free one alike.
pub type NewUser = for<'a> fn(&'a mut Context, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Changes or refuses the members that a signed-in client changes of its user, who is given as stored.
pub type UserChange =
    for<'a> fn(&'a mut Context, &'a User, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Decides whether a client may set a password, given the path of the endpoint and the password as the client sent it. At a sign-up
/// the place is called before the address is looked up.
pub type NewPassword = for<'a> fn(&'a mut Context, &'static str, &'a str) -> Answer<'a, Result<(), Error>>;

/// Adds to the values of a new user's columns, by the fields' names. They have passed the rules for what clients may set. Where an
/// address must not be told from a free one, the place is called for the taken and for the free one alike.
pub type UserValues = for<'a> fn(&'a mut Context, Way<'a>, &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>>;

/// Acts on a user whose address was not confirmed, as stored before; the user is changed as the row is.
pub type Proven = for<'a> fn(&'a mut Context, &'a mut User) -> Answer<'a, Result<(), Error>>;

/// Follows credentials that were right and not enough.
pub type Waiting = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<(), Error>>;

/// Follows the end of sessions of a user.
pub type OthersEnded = for<'a> fn(&'a mut Context, &'a User) -> Answer<'a, Result<(), Error>>;

/// Decides whether a session opens.
pub type BeforeSession = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<Gate, Error>>;

/// Follows a session.
pub type AfterSession = for<'a> fn(&'a mut Context, &'a Entry<'a>, &'a Session) -> Answer<'a, Result<(), Error>>;

/// A user whose credentials were right, on the way to a session.
pub struct Entry<'a> {
    /// The user, as answers show the user.
    pub user: &'a User,
    /// How the user proved who they are.
    pub way: Way<'a>,
    /// Whether the session outlives the browser.
    pub remember: bool,
    /// The hash of the password that the credentials stand on, where they stand on one.
    pub password: Option<&'a str>,
    /// The trusted URL that the browser is sent to, where the request is a navigation; none where a script reads the answer.
    pub page: Option<&'a str>,
}

/// How a user proves who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'a> {
    /// By address and password.
    Password,
    /// By username and password.
    Username,
    /// By making the user.
    SignUp,
    /// By coming back from this provider.
    Provider(&'a str),
    /// By an ID token of this provider that the client had already.
    IdToken(&'a str),
    /// By a link that was mailed to the address.
    Link,
    /// By the current password, in a session that ends with it.
    ChangedPassword,
    /// By a second factor, after one of the others or in a session that ends with it.
    SecondFactor,
}

/// Whether a user goes on to a session.
pub enum Gate {
    /// The session may open.
    Open,
    /// No session opens; the answer comes of this function, once the caller has written what else it writes.
    Closed(Closed),
}

/// Answers in the place of a session.
pub type Closed = for<'a> fn(&'a mut Context, &'a Entry<'a>) -> Answer<'a, Result<Reply, Error>>;
