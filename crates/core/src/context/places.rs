//! The places on a request's way at which features act. A feature names its functions in a const of this type, and the edge
//! of the process puts those together that it is linked with: what is off costs nothing, and the order is the written one.

use std::pin::Pin;

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
    /// May stop a user whose credentials were right. No session exists yet.
    pub before_session: &'static [BeforeSession],
    /// Acts on a session that was written and whose cookies are set.
    pub after_session: &'static [AfterSession],
}

impl Places {
    /// No feature acts.
    pub const NONE: Self = Self { before_session: &[], after_session: &[] };
}

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
