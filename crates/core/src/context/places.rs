//! The places on a request's way at which features act. Each feature names its functions, and the edge of the process lists the
//! features that it is linked with: what is off costs nothing. Features act in the order of their list, and after a session in the
//! opposite order.

use std::pin::Pin;

use serde_json::{Map, Value};

use super::Context;
use crate::{
    error::Error,
    model::{Additional, Session, User},
    reply::Reply,
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
    /// Adds values to the row of a new user, before it is written.
    pub user_values: Option<UserValues>,
    /// Removes what was set up for a user before a proof that the address is theirs.
    pub proven: Option<Proven>,
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
        signed_out: None,
