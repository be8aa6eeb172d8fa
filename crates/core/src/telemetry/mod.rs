//! Traces and metrics for an OpenTelemetry collector, if a deployment names one. A request is recorded when it is answered, and the
//! records are sent after the answer, while the platform keeps the instance awake (docs/decisions/007-otlp-without-an-sdk.md). They
//! contain no secrets and no personal data.

mod noted;
mod otlp;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::Full;
use jiff::Timestamp;
use serde_json::Value;

pub(crate) use self::noted::AnsweredRequest;
use self::noted::{BOUNDS, RecordedRequests};
use crate::{
    config::Collector,
    fetch,
    outcome::Outcome,
    reason::Reason,
    stopwatch::{StepKind, span},
    store::pool::Pool,
};

/// The maximum number of request spans that wait to be sent; if a collector is too slow, later ones are not recorded.
const WAITING: usize = 256;
/// The records that are not sent yet.
pub struct Telemetry {
    collector: Collector,
    noted: Mutex<RecordedRequests>,
    sending: tokio::sync::Mutex<()>,
    failing: AtomicBool,
}

impl Telemetry {
    /// Creates the records for this collector.
    pub fn new(collector: Collector) -> Self {
        Self {
            collector,
            noted: Mutex::default(),
            sending: tokio::sync::Mutex::default(),
            failing: AtomicBool::default(),
        }
    }

    /// Records a request.
    pub(crate) fn note(&self, answered: &AnsweredRequest) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.started.is_none() {
            noted.started = Some(answered.from);
            noted.instance = hex::encode(answered.seed.get(16..).unwrap_or_default());
        }
        noted.sent = false;
        let reason = answered.reason.map(Reason::name).unwrap_or_default();
        *noted.requests.entry((answered.endpoint.unwrap_or_default(), answered.status, reason)).or_default() += 1;
        noted.round_trips += u64::from(answered.statements);
        for wait in answered.steps.iter().filter(|step| step.kind == StepKind::Wait) {
            let seconds = span(wait.from, wait.to).as_secs_f64();
            let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
            if let Some(count) = noted.waits.get_mut(bucket) {
                *count += 1;
            }
            noted.waited += seconds;
        }
        if noted.spans.len() < WAITING {
            noted.spans.extend(otlp::spans(answered));
        }
    }

    /// Sends the records. Only one task sends at a time; a task that waited finds its records sent, or sends them.
    pub(crate) async fn flush(&self, pool: &Pool, now: fn() -> Timestamp) {
        let _turn = self.sending.lock().await;
        let (traces, metrics) = {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted.sent {
                return;
            }
            noted.sent = true;
            let resource = otlp::resource(&self.collector.service, &noted.instance);
            let metrics = otlp::metrics(&resource, &noted, pool, now());
            let spans = std::mem::take(&mut noted.spans);
            ((!spans.is_empty()).then(|| otlp::traces(&resource, spans)), metrics)
        };
        let sent = match &traces {
            Some(traces) => self.post("v1/traces", traces).await,
            None => Ok(()),
        };
        let sent = match sent {
            Ok(()) => self.post("v1/metrics", &metrics).await,
            failed => failed,
        };
        let failed = sent.is_err();
        if let (Err(cause), false) = (sent, self.failing.load(Relaxed)) {
            // Log the failure once, until sending works again.
            Outcome::background("otlp", &cause);
        }
        self.failing.store(failed, Relaxed);
    }

    async fn post(&self, path: &str, body: &Value) -> Result<(), String> {
        let url = self.collector.endpoint.join(path).map_err(|error| error.to_string())?;
        let mut request = Request::builder().method(Method::POST).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in &self.collector.headers {
            request = request.header(name, value.bytes());
        }
        // An error of the builder could quote a header.
        let request = request.body(Full::new(Bytes::from(body.to_string())));
        let request = request
            .map_err(|_| "OTEL_EXPORTER_OTLP_HEADERS contains characters that a request cannot have".to_owned())?;
        let status = fetch::send(&url, request).await?.status();
        if status.is_success() { Ok(()) } else { Err(format!("the collector answered {status} to {path}")) }
    }
}
