//! The table of endpoints: the only list of routes. Routing, the deployment's files, the documentation and the test of
//! coverage all come from it.

use std::{future::Future, pin::Pin};

use http::Method;

use crate::{context::Context, endpoints, error::Error, handle::Input, reply::Reply};

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
    /// Validation, guard and handler: stages 9 to 11 of spec core §1.1.
    pub run: Run,
}

/// A handler behind its validation and guard; written with [`run!`](crate::endpoint::run).
pub type Run = for<'a> fn(
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

/// Makes the `run` of an [`Endpoint`] of a handler `async fn(&mut Context, T) -> Result<Reply, Error>` whose `T` is what
/// the request is read into.
macro_rules! run {
    ($handler:path) => {
        |cx, endpoint, input| {
            Box::pin(async move {
                let body = input.read()?;
                $crate::guard::pass(cx, endpoint.guard, input.raw())?;
                $handler(cx, body).await
            })
        }
    };
}
pub(crate) use run;

/// The same for endpoints of signed-in users: a handler `async fn(&mut Context, T, SignedIn) -> Result<Reply, Error>`.
macro_rules! run_signed_in {
    ($handler:path) => {
        |cx, endpoint, input| {
            Box::pin(async move {
                let body = input.read()?;
                let signed_in = $crate::signed_in::require(cx, endpoint.guard, &input.read()?).await?;
                $handler(cx, body, signed_in).await
            })
        }
    };
}
pub(crate) use run_signed_in;

/// A deployed function: one binary, one file below `api/auth/`, and the endpoints that it serves.
pub struct Function {
    /// The name of the binary and of the file.
    pub name: &'static str,
    /// The constant that its file names, below `endpoints`.
    pub module: &'static str,
    /// What it serves.
    pub endpoints: &'static [Endpoint],
}

/// Every function. Only the CLI and the tests look at this list; a function names its own table and is linked with
/// nothing else. The last one also answers for paths that nobody serves.
pub const FUNCTIONS: &[Function] = &[
    Function { name: "get-session", module: "get_session", endpoints: endpoints::get_session::ENDPOINTS },
    Function { name: "sign-in", module: "sign_in", endpoints: endpoints::sign_in::ENDPOINTS },
    Function { name: "sign-up", module: "sign_up", endpoints: endpoints::sign_up::ENDPOINTS },
    Function { name: "sign-out", module: "sign_out", endpoints: endpoints::sign_out::ENDPOINTS },
    Function { name: "sessions", module: "sessions", endpoints: endpoints::sessions::ENDPOINTS },
    Function { name: "user", module: "user", endpoints: endpoints::user::ENDPOINTS },
    Function { name: "email", module: "email", endpoints: endpoints::email::ENDPOINTS },
    Function { name: "password", module: "password", endpoints: endpoints::password::ENDPOINTS },
    Function { name: "account", module: "account", endpoints: endpoints::account::ENDPOINTS },
    Function { name: "token", module: "token", endpoints: endpoints::token::ENDPOINTS },
    Function { name: "status", module: "status", endpoints: endpoints::status::ENDPOINTS },
];

/// Finds the endpoint of a method and a path relative to the base path, and what stands there for the path's `:name`.
pub fn find<'t, 'p>(tables: &[&'t [Endpoint]], method: &Method, path: &'p str) -> Option<(&'t Endpoint, &'p str)> {
    let mut endpoints = tables.iter().flat_map(|table| table.iter()).filter(|endpoint| endpoint.method == *method);
    endpoints.find_map(|endpoint| Some((endpoint, parameter(endpoint.path, path)?)))
}

/// What stands in `path` for the last segment of `pattern` where that is a `:name`; empty where both are simply equal.
fn parameter<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    let Some((before, _)) = pattern.split_once(':') else { return (pattern == path).then_some("") };
    path.strip_prefix(before).filter(|rest| !rest.is_empty() && !rest.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_endpoints_answer_to_one_method_and_path() {
        let mut seen = std::collections::BTreeSet::new();
        for endpoint in FUNCTIONS.iter().flat_map(|function| function.endpoints) {
            assert!(seen.insert((endpoint.path, endpoint.method.as_str())), "{} {}", endpoint.method, endpoint.path);
            assert!(endpoint.path.starts_with('/') && !endpoint.path.contains("//") && !endpoint.path.ends_with('/'));
        }
    }

    #[test]
    fn a_segment_with_a_name_stands_for_any_one_segment() {
        assert_eq!(parameter("/reset-password/:token", "/reset-password/abc"), Some("abc"));
        for path in ["/reset-password", "/reset-password/", "/reset-password/a/b", "/reset-passwords/a"] {
            assert_eq!(parameter("/reset-password/:token", path), None, "{path}");
        }
    }

    #[test]
    fn a_deployment_stays_within_the_platforms_twelve_functions() {
        assert!(FUNCTIONS.len() <= 12);
        assert!(FUNCTIONS.iter().any(|function| function.name == "get-session"));
    }
}
