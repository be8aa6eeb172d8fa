//! What an endpoint answers, before the pipeline adds cookies and turns it into HTTP (spec core §2).

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{error::Error, reason::Reason};

/// A successful answer, or one that is successful on the wire and `null` for a [`Reason`].
pub struct Reply {
    /// Usually 200.
    pub status: StatusCode,
    /// Without cookies: those wait in the context.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// Why the answer is `null`.
    pub reason: Option<Reason>,
    /// What the database said where the answer does not tell it, for the log only.
    pub cause: Option<String>,
}

impl Reply {
    fn new(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: HeaderMap::new(), body: body.into(), reason: None, cause: None }
    }

    /// A status with an empty body and no content type.
    pub fn empty(status: StatusCode) -> Self {
        Self::new(status, "")
    }

    /// 200 with JSON.
    ///
    /// # Errors
    /// Only where a value cannot be written as JSON, which none of ours does.
    pub fn json(body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(body).map_err(|error| Error::internal(Reason::Panicked, error))?;
        Ok(Self::new(StatusCode::OK, body).with(header::CONTENT_TYPE, JSON))
    }

    /// 200 with the JSON `null`: there is no session, for this reason.
    pub fn null(reason: Reason) -> Self {
        let reply = Self::new(StatusCode::OK, "null").with(header::CONTENT_TYPE, JSON);
        Self { reason: Some(reason), ..reply }
    }

    /// 200 with a page.
    pub fn html(page: String) -> Self {
        Self::new(StatusCode::OK, page).with(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))
    }

    /// 302 with an empty body and no content type.
    ///
    /// # Errors
    /// Where the location cannot stand in a header.
    pub fn redirect(location: &str) -> Result<Self, Error> {
        Ok(Self::new(StatusCode::FOUND, "").with(header::LOCATION, self::location(location)?))
    }

    /// 302 with an empty body that is called JSON, as most redirects are (spec core §2).
    ///
    /// # Errors
    /// Where the location cannot stand in a header.
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

/// The value of `Location`. It is made before anything is written: an answer that cannot be sent changes nothing.
///
/// # Errors
/// 500 for what is not ASCII or has a control character: the URL was not written by `syntax::origin::written`, which is a bug.
pub fn location(url: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::from_str(url).ok().filter(|value| value.as_bytes().is_ascii());
    value
        .ok_or_else(|| Error::internal(Reason::UnwritableHeader, "Location cannot carry the URL that it is to lead to"))
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
        let body = |message, code| Reply::json(&Body { message, code });
        let reply = match error {
            Error::Api { status, code, message, .. } => body(message.as_deref().unwrap_or(code.message), code.name)
                .map(|reply| Reply { status: *status, ..reply }),
            Error::Codeless { message, .. } => {
                Reply::json(&Message { message }).map(|reply| Reply { status: StatusCode::BAD_REQUEST, ..reply })
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
