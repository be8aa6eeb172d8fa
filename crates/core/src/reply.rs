//! The answers of endpoints, before the pipeline adds cookies and turns them into HTTP (spec core §2).

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{error::Error, reason::Reason};

/// A successful answer, or one that is `null` with status 200 for a [`Reason`].
#[derive(Clone)]
pub struct Reply {
    /// The status, usually 200.
    pub status: StatusCode,
    /// The headers, without cookies: those wait in the context.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The reason why the answer is `null`.
    pub reason: Option<Reason>,
    /// The cause, only for the log, if the answer does not show it.
    pub cause: Option<String>,
}

impl Reply {
    fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: HeaderMap::new(), body: body.into(), reason: None, cause: None }
    }

    /// Creates an answer with an empty body and no content type.
    pub fn empty(status: StatusCode) -> Self {
        Self::new(status, "")
    }

    /// Creates an answer with status 200 and JSON.
    ///
    /// # Errors
    /// The value cannot be written as JSON, which is a bug.
    pub fn json(body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(|error| Error::internal(Reason::Panicked, error))?;
        Ok(Self::new(StatusCode::OK, body).with(header::CONTENT_TYPE, JSON))
    }

    /// Creates an answer with status 200 and the JSON `null`: there is no session, for this reason.
    pub fn null(reason: Reason) -> Self {
        let reply = Self::new(StatusCode::OK, "null").with(header::CONTENT_TYPE, JSON);
        Self { reason: Some(reason), ..reply }
    }

    /// Creates an answer with status 200 and an HTML page.
    pub fn html(page: String) -> Self {
        Self::new(StatusCode::OK, page).with(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))
    }

    /// Creates a 302 with an empty body and no content type.
    ///
    /// # Errors
    /// The location contains characters that a header cannot have.
    pub fn redirect(location: &str) -> Result<Self, Error> {
        Ok(Self::new(StatusCode::FOUND, "").with(header::LOCATION, self::location(location)?))
    }

    /// Creates a 302 with an empty body and the content type JSON, like most redirects of better-auth (spec core §2).
    ///
    /// # Errors
    /// The location contains characters that a header cannot have.
    pub fn redirect_as_json(location: &str) -> Result<Self, Error> {
        Ok(Self::redirect(location)?.with(header::CONTENT_TYPE, JSON))
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

/// Returns the value of `Location`. Create it before writing anything: an answer that cannot be sent must change nothing.
///
/// # Errors
/// 500 if the URL is not ASCII or has a control character: it was not written by `syntax::origin::written`, which is a bug.
pub fn location(url: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::from_str(url).ok().filter(|value| value.as_bytes().is_ascii());
    value.ok_or_else(|| {
        Error::internal(Reason::UnwritableHeader, "the URL contains characters that `Location` cannot have")
    })
}

/// better-auth sends no charset (spec core §2).
const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl From<&Error> for Reply {
    fn from(error: &Error) -> Self {
        #[derive(Serialize)]
        struct Body<'a> {
            message: &'a str,
            code: &'a str,
        }
        #[derive(Serialize)]
        struct Message<'a> {
            message: &'a str,
        }
        #[derive(Serialize)]
        struct Waiting<'a> {
            message: &'a str,
            code: &'a str,
            details: Details,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Missing<'a> {
            message: &'a str,
            code: &'a str,
            missing_permissions: &'a [String],
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Details {
            try_again_in: i64,
        }
        let body = |message, code| Reply::json(&Body { message, code });
        let reply = match error {
            Error::Api { status, code, message, .. } => body(message.as_deref().unwrap_or(code.message), code.name)
                .map(|reply| Reply { status: *status, ..reply }),
            Error::Refused { status, code, message, .. } => {
                body(message, code).map(|reply| Reply { status: *status, ..reply })
            }
            Error::Codeless { message, .. } => {
                Reply::json(&Message { message }).map(|reply| Reply { status: StatusCode::BAD_REQUEST, ..reply })
            }
            Error::Plain { status, message, .. } => {
                Reply::json(&Message { message }).map(|reply| Reply { status: *status, ..reply })
            }
            Error::Conflict { message, .. } => {
                Reply::json(&Message { message }).map(|reply| Reply { status: StatusCode::CONFLICT, ..reply })
            }
            Error::TooManyRequests { retry_after, .. } => {
                let message = "Too many requests. Please try again later.";
                let header = HeaderName::from_static("x-retry-after");
                Reply::json(&Message { message }).map(|reply| {
                    let reply = reply.with(header, HeaderValue::from(*retry_after));
                    Reply { status: StatusCode::TOO_MANY_REQUESTS, ..reply }
                })
            }
            Error::TryAgain { code, milliseconds, .. } => {
                let (message, code, details) = (code.message, code.name, Details { try_again_in: *milliseconds });
                Reply::json(&Waiting { message, code, details })
                    .map(|reply| Reply { status: StatusCode::TOO_MANY_REQUESTS, ..reply })
            }
            Error::Missing { code, permissions: missing_permissions, .. } => {
                Reply::json(&Missing { message: code.message, code: code.name, missing_permissions })
                    .map(|reply| Reply { status: StatusCode::FORBIDDEN, ..reply })
            }
            Error::Bare { status, .. } => Ok(Reply::empty(*status)),
            Error::Blank { status, .. } => Ok(Reply::empty(*status).with(header::CONTENT_TYPE, JSON)),
            Error::Redirect { location, .. } => Reply::redirect_as_json(location),
            Error::Unavailable { code, .. } => body(code.message, code.name).map(|reply| {
                let reply = reply.with(header::RETRY_AFTER, HeaderValue::from_static("1"));
                Reply { status: StatusCode::SERVICE_UNAVAILABLE, ..reply }
            }),
            Error::Failed { message, .. } => Reply::json(&Message { message })
                .map(|reply| Reply { status: StatusCode::INTERNAL_SERVER_ERROR, ..reply }),
            Error::Internal { code: None, .. } => Ok(Reply::empty(StatusCode::INTERNAL_SERVER_ERROR)),
            Error::Internal { code: Some(code), .. } => {
                body(code.message, code.name).map(|reply| Reply { status: StatusCode::INTERNAL_SERVER_ERROR, ..reply })
            }
        };
        let reply = reply.unwrap_or_else(|_| Reply::empty(StatusCode::INTERNAL_SERVER_ERROR));
        Reply { reason: Some(error.reason()), cause: error.cause().map(str::to_owned), ..reply }
    }
}
