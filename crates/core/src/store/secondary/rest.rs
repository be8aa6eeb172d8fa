//! The REST interface of Upstash: a command is a list of texts in JSON, and its answer is an object of JSON.

use std::io;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::Full;
use serde::Deserialize;
use url::Url;

use super::value::Value;
use crate::{
    crypto::secret::Secret,
    fetch::{self, Reach},
    json,
};

/// The maximum size of an answer in bytes: it may hold all sessions of a user, each with its user.
const SIZE: usize = 4 * 1_024 * 1_024;

/// The URL of the interface and the token for it.
#[derive(Clone)]
pub(super) struct Server {
    url: Url,
    authorization: HeaderValue,
}

/// A connection to the interface.
pub(super) struct Line {
    connection: fetch::Connection,
    server: Server,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    result: serde_json::Value,
    error: Option<String>,
}

impl Server {
    /// # Errors
    /// A sentence for the operator, which quotes nothing of the token.
    pub(super) fn new(url: &Url, token: &Secret) -> Result<Self, String> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.text()))
            .map_err(|_| "the token contains characters that a header cannot have".to_owned())?;
        authorization.set_sensitive(true);
        Ok(Self { url: url.clone(), authorization })
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// An error of the kind `InvalidData` if TLS refuses the server.
    pub(super) async fn connect(&self) -> io::Result<Line> {
        let connection = fetch::Connection::open(Reach::Anywhere, &self.url).await?;
        Ok(Line { connection, server: self.clone() })
    }
}

impl Line {
    /// Sends a command and reads its answer.
    pub(super) async fn exchange(&mut self, command: &[&str]) -> io::Result<Value> {
        let Server { url, authorization } = &self.server;
        let mut request = Request::new(Full::new(Bytes::from(json::to_string(&command))));
        *request.method_mut() = Method::POST;
        request.headers_mut().insert(header::AUTHORIZATION, authorization.clone());
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let response = self.connection.exchange(SIZE, url, request).await?;
        let status = response.status();
        match serde_json::from_slice::<Answer>(response.body()) {
            Ok(Answer { error: Some(words), .. }) => Ok(Value::Refused(words)),
            Ok(Answer { result, error: None }) if status.is_success() => Ok(value(result)),
            _ => Err(io::Error::other(format!("the server answered {status} without JSON of this interface"))),
        }
    }

    /// Whether the server has closed the connection, or announced that.
    pub(super) fn is_over(&mut self) -> bool {
        self.connection.is_over()
    }
}

fn value(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Nothing,
        Json::Bool(bool) => Value::Number(bool.into()),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Text(number.to_string()), Value::Number),
        Json::String(text) => Value::Text(text),
        Json::Array(list) => Value::List(list.into_iter().map(value).collect()),
        // No command that gatepost sends has such an answer.
        Json::Object(_) => Value::Nothing,
    }
}
