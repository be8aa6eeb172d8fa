//! What an endpoint is: a row of a table in `endpoints/`.

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
    wire::{self, Raw, Reads},
};

/// One endpoint.
pub struct Endpoint {
    /// The stable name in the log line, `sign_in.email`.
    pub id: &'static str,
    /// The one method it answers to.
    pub method: Method,
    /// Relative to the base path. A segment `:name` stands for any one segment.
    pub path: &'static str,
    /// What it does, for the documentation.
    pub about: &'static str,
    /// Which bodies it reads.
    pub body: Body,
    /// What is checked between validation and the handler.
    pub guard: Guard,
    /// What must all hold of a configuration that serves it; nothing for an endpoint that every configuration serves.
    pub served: &'static [Condition<'static>],
    /// What it may reach besides the database: its function reads the variables of these.
    pub uses: &'static [Resource],
    /// Validation, guard and handler: stages 9 to 11 of spec core §1.1.
    pub run: Run,
}

/// What must hold of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition<'a> {
    /// There is a database.
    Database,
    /// Sessions are stored: in a database or in a secondary storage.
    StoredSessions,
    /// This key of `gatepost.toml` is on, the default of the key included: `username.enabled`.
    Switch(&'a str),
}

impl<'a> Condition<'a> {
    /// The stable name, as the description of the API has it.
    pub fn name(self) -> &'a str {
        match self {
            Self::Database => "database",
            Self::StoredSessions => "stored_sessions",
            Self::Switch(key) => key,
        }
    }

    /// The condition of a name.
    pub fn of(name: &'a str) -> Self {
        [Self::Database, Self::StoredSessions].into_iter().find(|one| one.name() == name).unwrap_or(Self::Switch(name))
    }

    /// Whether it holds of this configuration.
    pub fn holds(self, config: &Config) -> bool {
        match self {
            Self::Database => !config.is_stateless(),
            Self::StoredSessions => config.stores_sessions(),
            Self::Switch("jwt.enabled") => config.jwt.enabled,
            Self::Switch("social.enabled") => config.social.enabled,
            Self::Switch("open_api.enabled") => config.open_api.enabled,
            Self::Switch(key) => config.features.is_on(key),
        }
    }
}

/// A handler behind its validation and guard; written with [`run!`](crate::run::run).
#[derive(Clone, Copy)]
pub struct Run {
    /// What the handler reads.
    pub reads: Reads,
    /// Reads the request, passes the guard and calls the handler.
    pub call: Call,
}

/// Calls a handler.
pub type Call = for<'a> fn(
    &'a mut Context,
    &'a Endpoint,
    &'a Input,
) -> Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>>;

/// Which bodies an endpoint reads (spec core §1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// None: whatever comes is left unread.
    Ignored,
    /// JSON.
    Json,
    /// JSON, or a form as a browser sends it without script.
    FormOrJson,
}

impl Body {
    /// The content types it accepts, in the order in which messages name them.
    pub fn types(self) -> &'static [&'static str] {
        match self {
            Self::Ignored => &[],
            Self::Json => &["application/json"],
            Self::FormOrJson => &["application/x-www-form-urlencoded", "application/json"],
        }
    }
}

/// What is checked between validation and the handler (stage 10 of spec core §1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    Open,
    /// That no other site's form or link signs somebody in (spec core §8.2).
    LoginCsrf,
    /// That the `callbackURL` of a link leads to a trusted place (spec core §8.3).
    Link,
    /// Somebody is signed in, or was until lately where sessions are cached in a cookie.
    Session,
    /// Somebody is signed in, and the database says so in this moment.
    StoredSession,
    /// Somebody signed in lately, and the database says so in this moment.
    FreshSession,
}

/// What the handler is given to read: stages 1 to 7 are behind it.
pub struct Input(pub(crate) Raw);

impl Input {
    /// As it came, for the guards.
    pub(crate) fn raw(&self) -> &Raw {
        &self.0
    }

    /// Stage 9: reads body and query into what the endpoint expects.
    ///
    /// # Errors
    /// 400 with every issue (spec core §1.4).
    pub fn read<T: wire::Input>(&self) -> Result<T, Error> {
        T::read(&self.0).map_err(|issues| {
            Error::explained(StatusCode::BAD_REQUEST, code::VALIDATION_ERROR, issues.join("; "), Reason::InvalidInput)
        })
    }
}
