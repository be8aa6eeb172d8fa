//! `/healthz` and `/readyz`, for programs that start and restart the process and route requests to it. Both answer every client, with
//! nothing but the state.

use std::time::{Duration, Instant};

use bytes::Bytes;
use gatepost_core::Auth;
use http::{Method, Response, StatusCode, header};
use http_body_util::Full;
use tokio::sync::Mutex;

use crate::{
    edge,
    work::{Stage, Work},
};

/// The path of the answer that the process lives.
pub const HEALTH: &str = "/healthz";
/// The path of the answer whether the service is ready.
pub const READY: &str = "/readyz";

/// The time for which an answer of the database counts: it is asked at most this often, however many probes come.
const FRESH: Duration = Duration::from_secs(1);
/// The time within which the database must answer.
const WITHIN: Duration = Duration::from_secs(2);

/// The state of the probes.
#[derive(Default)]
pub struct Probes {
    /// When the database was asked last, and whether it answered. The lock is held while it is asked, so that one request asks for
    /// all that wait.
    asked: Mutex<Option<(Instant, bool)>>,
}

impl Probes {
    /// Answers a probe; `None` if the request is not one.
    pub(crate) async fn answer(
        &self,
        (method, path): (&Method, &str),
        auth: &Auth,
        work: &Work,
        log: fn(&str),
    ) -> Option<Response<Full<Bytes>>> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        match path {
            HEALTH => Some(told(StatusCode::OK, "alive")),
            READY if work.stage() != Stage::Serving => Some(told(StatusCode::SERVICE_UNAVAILABLE, "draining")),
            READY if self.database_answers(auth, log).await => Some(told(StatusCode::OK, "ready")),
            READY => Some(told(StatusCode::SERVICE_UNAVAILABLE, "no database")),
            _ => None,
        }
    }

    /// Whether the database answers, as of at most [`FRESH`] ago. A change is logged with its cause.
    async fn database_answers(&self, auth: &Auth, log: fn(&str)) -> bool {
        if auth.config.database.url.is_none() {
            return true;
        }
        let mut asked = self.asked.lock().await;
        if let Some((_, answered)) = asked.filter(|(when, _)| when.elapsed() < FRESH) {
            return answered;
        }
        let failure = match tokio::time::timeout(WITHIN, auth.db().ping()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("no answer within {} seconds", WITHIN.as_secs())),
        };
        let was = asked.is_none_or(|(_, answered)| answered);
        *asked = Some((edge::monotonic(), failure.is_none()));
        match &failure {
            Some(cause) if was => {
                log(&serde_json::json!({ "level": "error", "serve": "not ready", "cause": cause }).to_string());
            }
            None if !was => log(r#"{"level":"info","serve":"ready"}"#),
            _ => {}
        }
        failure.is_none()
    }
}

fn told(status: StatusCode, state: &'static str) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::from(format!("{{\"status\":\"{state}\"}}")));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    answer.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    answer
}
