//! The REST interface of Upstash: a command is a list of texts in JSON, and so is its answer.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use http_body_util::Full;
use serde::Deserialize;

use super::Value;
use crate::{
    config::Secret,
    fetch, json,
    stopwatch::{Stopwatch, What},
    store::StoreError,
};

/// Bytes of an answer that are read: a user's sessions, each with its user.
const SIZE: usize = 4 * 1_024 * 1_024;

/// Where and how it is asked. A connection serves one command: nothing is idle, and nothing is lost by a freeze.
pub(super) struct Rest {
    pub(super) url: url::Url,
    pub(super) token: Secret,
    pub(super) time: Duration,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    result: serde_json::Value,
    error: Option<String>,
}

impl Rest {
    pub(super) async fn ask(&self, watch: &Stopwatch, command: &[&str]) -> Result<Value, StoreError> {
        let mut request = Request::new(Full::new(Bytes::from(json::to_string(&command))));
        *request.method_mut() = Method::POST;
        let mut token = HeaderValue::from_str(&format!("Bearer {}", self.token.text()))
            .map_err(|_| StoreError::Secondary("the token cannot stand in a header".to_owned()))?;
        token.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, token);
        request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let asking = fetch::send_bounded(self.time, SIZE, &self.url, request);
        let response = watch.measure(What::Database, asking).await.map_err(StoreError::Secondary)?;
        let status = response.status();
        match serde_json::from_slice::<Answer>(response.body()) {
            Ok(Answer { error: Some(words), .. }) => Ok(Value::Refused(words)),
            Ok(Answer { result, error: None }) if status.is_success() => Ok(value(result)),
            _ => Err(StoreError::Secondary(format!("it answered {status} and no JSON of the interface"))),
        }
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
        // No command that is sent has such an answer.
        Json::Object(_) => Value::Nothing,
    }
}
