//! The values that the edge gives to each request.

use std::pin::Pin;

use jiff::Timestamp;

use super::{
    Context,
    places::{Answer, Places},
};
use crate::cookie_cache::CacheRefusal;

/// Work that continues after the answer.
pub type Background = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The values that only the edge knows.
pub struct Edge {
    /// The time when the request arrived.
    pub now: Timestamp,
    /// The seed of this request's randomness, from the operating system.
    pub seed: [u8; 32],
    /// `http` or `https`, as the client sees it.
    pub scheme: &'static str,
    /// The functions that sign and open cached sessions with the signing keys, if the binary includes them.
    pub session_keys: Option<SessionKeys>,
    /// The places of the features that the process includes.
    pub places: &'static [&'static Places],
    /// Takes work that goes on after the answer, and sees to it that the instance stays awake for it.
    pub wait_until: Box<dyn Fn(Background) + Send + Sync>,
}

type Sign = for<'a> fn(&'a mut Context, &'a str) -> Answer<'a, Option<String>>;
type Open = for<'a> fn(&'a Context, &'a str) -> Answer<'a, Result<Vec<u8>, CacheRefusal>>;

/// The functions that sign and open cached sessions with the signing keys. They are values and not direct calls, so that a binary
/// that does not need them does not include the algorithms, which take a megabyte.
#[derive(Clone, Copy)]
pub struct SessionKeys {
    /// Signs the claims; `None` if no key can sign.
    pub(crate) sign: Sign,
    /// Returns the claims of a token that one of the keys signed.
    pub(crate) open: Open,
}
