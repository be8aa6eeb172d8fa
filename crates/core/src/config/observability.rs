//! `[observability]` and the variables of OpenTelemetry: reports about requests besides the log.

use percent_encoding::percent_decode_str;
use url::Url;

use super::{Problems, Variables};
use crate::{
    crypto::secret::Secret,
    options::{options, seconds, switch},
};

options! {
    /// Traces and metrics of requests, besides the log.
    pub struct Observability {
        /// Answers say in `Server-Timing` where their time went. Anyone can see from it whether a password was hashed.
        server_timing: bool = switch("server_timing", false),
        /// The log shows the pool where a request waited for a connection for so many seconds; with `0` after any wait.
        slow_wait: u32 = seconds("slow_wait", 1),
    }
}

/// A collector of OpenTelemetry that takes JSON over HTTP.
#[derive(Debug, Clone)]
pub struct Collector {
    /// `v1/traces` and `v1/metrics` are below it.
    pub endpoint: Url,
    /// Headers that it wants, usually with a key.
    pub headers: Vec<(String, Secret)>,
    /// The name of the service there.
    pub service: String,
}

impl Collector {
    /// Reads the variables; `None` if `OTEL_EXPORTER_OTLP_ENDPOINT` is not set.
    pub(super) fn read(variables: &Variables, problems: &mut Problems) -> Option<Self> {
        const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
        const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
        const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
        let text = variables.get(ENDPOINT)?;
        if !cfg!(feature = "otlp") {
            let text = "traces and metrics are not built in; add `otlp` to the default features in Cargo.toml, or remove the variable";
            problems.add(ENDPOINT, text);
        }
        let endpoint = Url::parse(&format!("{}/", text.trim_end_matches('/'))).ok();
        let endpoint = endpoint.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if endpoint.is_none() {
            problems.add(
                ENDPOINT,
                "it is not a URL; write it without the path of a signal, like https://otel.example:4318",
            );
        }
        if variables.get(PROTOCOL).is_some_and(|protocol| protocol != "http/json") {
            problems.add(PROTOCOL, "gatepost supports only `http/json`; write that, or remove the variable");
        }
        let mut headers = Vec::new();
        for pair in variables.get(HEADERS).unwrap_or_default().split(',').filter(|pair| !pair.trim().is_empty()) {
            let decoded = |text: &str| percent_decode_str(text.trim()).decode_utf8_lossy().into_owned();
            let pair = pair.split_once('=').map(|(name, value)| (decoded(name), decoded(value)));
            let pair = pair.filter(|(name, value)| {
                http::HeaderName::try_from(name).is_ok() && http::HeaderValue::try_from(value).is_ok()
            });
            match pair {
                Some((name, value)) => headers.push((name, Secret::new(value))),
                None => {
                    problems.add(HEADERS, "it is not a list of headers; write `name=value,name=value`, percent-encoded")
                }
            }
        }
        let service = variables.get("OTEL_SERVICE_NAME").unwrap_or("gatepost").to_owned();
        Some(Self { endpoint: endpoint?, headers, service })
    }
}
