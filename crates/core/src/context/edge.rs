//! What the edge of the process gives to each request.

use std::pin::Pin;

use jiff::Timestamp;

use super::{
    Context,
    places::{Answer, Places},
};
use crate::cookie_cache::Disbelief;

/// Work that goes on after the answer.
pub type Background = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What only the process's edge knows.
pub struct Edge {
    /// When the request came.
    pub now: Timestamp,
    /// Seeds this request's randomness; from the operating system.
    pub seed: [u8; 32],
    /// `http` or `https`, as the client sees it.
    pub scheme: &'static str,
    /// How cached sessions are signed and opened with the signing keys, where the process is linked with it.
    pub session_keys: Option<SessionKeys>,
    /// What the features of the process do on a request's way.
    pub places: &'static [&'static Places],
    /// Takes work that goes on after the answer, and sees to it that the instance stays awake for it.
    pub wait_until: Box<dyn Fn(Background) + Send + Sync>,
}

type Sign = for<'a> fn(&'a mut Context, &'a str) -> Answer<'a, Option<String>>;
type Open = for<'a> fn(&'a Context, &'a str) -> Answer<'a, Result<Vec<u8>, Disbelief>>;

/// How sessions in cookies are signed and opened with the signing keys. It is a value and not a call, so that a process that
/// does not need it is linked without the keys' algorithms, which are a megabyte.
#[derive(Clone, Copy)]
pub struct SessionKeys {
    /// Signs the claims; none where there is no key to sign with.
    pub(crate) sign: Sign,
    /// The claims of a token that one of the keys signed.
    pub(crate) open: Open,
}
