//! The definition of an endpoint, which is a row of a table in `endpoints/` or `features/`.

use std::{future::Future, pin::Pin};

use http::{Method, StatusCode};

use crate::{
    code,
    config::Config,
    context::Context,
    declaration::Resource,
    error::Error,
    reason::Reason,
    reply::Reply,
    wire::{self, EndpointReads, RawInput},
};

/// An endpoint.
pub struct Endpoint {
    /// The stable name in the log line, for example `sign_in.email`.
    pub id: &'static str,
    /// The only method of the endpoint.
    pub method: Method,
    /// The path relative to the base path. A segment `:name` matches any one segment.
    pub path: &'static str,
    /// A sentence about the endpoint, for the documentation.
    pub about: &'static str,
    /// The bodies that the endpoint reads.
    pub body: Body,
    /// The check between validation and the handler.
    pub guard: Guard,
    /// The conditions under which a configuration serves the endpoint; without conditions every configuration does.
    pub served: &'static [Condition<'static>],
    /// The resources that the endpoint uses in addition to the database: its function reads their variables.
    pub uses: &'static [Resource],
    /// Validation, guard and handler: stages 9 to 11 of spec core §1.1.
    pub run: Run,
}

/// A condition for a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition<'a> {
    /// It has a database.
    Database,
    /// It stores sessions, in a database or in a secondary storage.
    StoredSessions,
    /// This key of `gatepost.toml` is on, by itself or by its default, for example `username.enabled`.
    Switch(&'a str),
}

impl<'a> Condition<'a> {
    /// Returns the stable name, as the API description contains it.
    pub fn name(self) -> &'a str {
        match self {
            Self::Database => "database",
            Self::StoredSessions => "stored_sessions",
            Self::Switch(key) => key,
        }
    }

    /// Returns the condition of a name.
    pub fn of(name: &'a str) -> Self {
        [Self::Database, Self::StoredSessions].into_iter().find(|one| one.name() == name).unwrap_or(Self::Switch(name))
    }

    /// Whether the configuration meets the condition.
    pub fn holds(self, config: &Config) -> bool {
        match self {
            Self::Database => !config.is_stateless(),
            Self::StoredSessions => config.stores_sessions(),
            Self::Switch("jwt.enabled") => config.jwt.enabled,
            Self::Switch("social.enabled") => config.social.enabled,
            Self::Switch("open_api.enabled") => config.open_api.enabled,
            Self::Switch("email_verification.confirm_on_page") => config.email_verification.confirm_on_page,
            Self::Switch(key) => config.features.is_on(key),
        }
    }
}

/// A handler behind its validation and guard; written with [`run!`](crate::run::run).
#[derive(Clone, Copy)]
pub struct Run {
    /// The input of the handler, for the description of the API.
    pub reads: EndpointReads,
    /// Reads the request, passes the guard and calls the handler.
    pub call: Call,
}

/// Calls a handler.
pub type Call = for<'a> fn(
    &'a mut Context,
    &'a Endpoint,
    &'a Input,
) -> Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>>;

/// The bodies that an endpoint reads (spec core §1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// None: the body is left unread.
    Ignored,
    /// JSON.
    Json,
    /// JSON, or a form as a browser sends it without a script.
    FormOrJson,
}

impl Body {
    /// Returns the accepted content types, in the order in which messages name them.
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Self::Ignored => &[],
            Self::Json => &["application/json"],
            Self::FormOrJson => &["application/x-www-form-urlencoded", "application/json"],
        }
    }
}

/// The check between validation and the handler (stage 10 of spec core §1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// No check.
    Open,
    /// No form or link of another site can sign the browser in (spec core §8.2).
    LoginCsrf,
    /// The `callbackURL` of a link is trusted (spec core §8.3).
    Link,
    /// The `callbackURL`, `newUserCallbackURL` and `errorCallbackURL` of a link are trusted (spec sign-in-plugins §2.3).
    Redirects,
    /// A user is signed in; a cached session is enough.
    Session,
    /// A user is signed in, or the request has an API key that stands for a session; a cached session is enough.
    SessionOrKey,
    /// A user is signed in, and the stored session is valid now.
    StoredSession,
    /// A user has signed in recently, and the stored session is valid now.
    FreshSession,
}

/// The input of a handler, after stages 1 to 7.
pub struct Input(pub(crate) RawInput);

impl Input {
    /// Returns the raw input, for the guards.
    pub(crate) fn raw(&self) -> &RawInput {
        &self.0
    }

    /// Reads body and query into the type that the endpoint expects (stage 9).
    ///
    /// # Errors
    /// 400 with every issue (spec core §1.4).
    pub fn read<T: wire::Input>(&self) -> Result<T, Error> {
        T::read(&self.0).map_err(|issues| {
            Error::explained(StatusCode::BAD_REQUEST, code::VALIDATION_ERROR, issues.join("; "), Reason::InvalidInput)
        })
    }
}
