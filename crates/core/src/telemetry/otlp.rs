//! Traces and metrics in the JSON of OTLP 1.x: 64-bit numbers are texts, identifiers are hexadecimal.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::noted::{AnsweredRequest, BOUNDS, RecordedRequests};
use crate::{
    reason::Reason,
    stopwatch::{Step, StepKind},
    store::pool::Pool,
};

const SERVER: u8 = 2;
const INTERNAL: u8 = 1;
const CLIENT: u8 = 3;
/// The temporality of the counts, which begin with the process.
const CUMULATIVE: u8 = 2;

fn nanoseconds(at: Timestamp) -> String {
    at.as_nanosecond().to_string()
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn number(key: &str, value: impl Into<u64>) -> Value {
    json!({ "key": key, "value": { "intValue": value.into().to_string() } })
}

/// Returns the resource: the service and instance that the records are about.
pub(super) fn resource(service: &str, instance: &str) -> Value {
    json!({ "attributes": [
        text("service.name", service),
        text("service.version", env!("CARGO_PKG_VERSION")),
        text("service.instance.id", instance),
    ] })
}

/// Parses the header `traceparent` (W3C Trace Context): the trace and the span of the caller, and whether the caller records.
fn parent(header: &str) -> Option<(&str, &str, bool)> {
    let mut parts = header.split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| b"0123456789abcdef".contains(&byte));
    let counts = |text: &str| text.bytes().any(|byte| byte != b'0');
    let valid = is_hex(version, 2) && version != "ff" && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    let recorded = u8::from_str_radix(flags, 16).is_ok_and(|flags| flags & 1 == 1);
    (valid && counts(trace) && counts(span)).then_some((trace, span, recorded))
}

/// Returns a span of the request and one of each step; none if the caller does not record.
pub(super) fn spans(answered: &AnsweredRequest) -> Vec<Value> {
    let own = hex::encode(answered.seed);
    let (Some(own_trace), Some(own_span)) = (own.get(..32), own.get(32..48)) else { return Vec::new() };
    let parent = answered.parent.as_deref().and_then(parent);
    if parent.is_some_and(|(_, _, recorded)| !recorded) {
        return Vec::new();
    }
    let (trace, parent_span) = parent.map_or((own_trace, ""), |(trace, span, _)| (trace, span));
    let mut attributes = vec![
        text("http.request.method", answered.method.as_str()),
        number("http.response.status_code", answered.status),
        number("gatepost.round_trips", answered.statements),
    ];
    attributes.extend(answered.endpoint.map(|endpoint| text("gatepost.endpoint", endpoint)));
    attributes.extend(answered.reason.map(|reason| text("gatepost.reason", Reason::name(reason))));
    let mut spans = vec![json!({
        "traceId": trace,
        "spanId": own_span,
        "parentSpanId": parent_span,
        "name": answered.endpoint.unwrap_or("unknown route"),
        "kind": SERVER,
        "startTimeUnixNano": nanoseconds(answered.from),
        "endTimeUnixNano": nanoseconds(answered.to),
        "attributes": attributes,
        "status": if answered.status >= 500 { json!({ "code": 2 }) } else { json!({}) },
    })];
    for (step, at) in answered.steps.iter().zip(1_u64..) {
        let base = u64::from_str_radix(own_span, 16).unwrap_or_default();
        spans.push(of_step(step, trace, own_span, &format!("{:016x}", base.wrapping_add(at))));
    }
    spans
}

fn of_step(step: &Step, trace: &str, parent: &str, id: &str) -> Value {
    let (name, kind, attributes) = match step.kind {
        StepKind::Wait => ("pool wait", INTERNAL, json!([])),
        StepKind::Database => ("postgresql", CLIENT, json!([text("db.system.name", "postgresql")])),
        StepKind::Crypto => ("password hash", INTERNAL, json!([])),
    };
    json!({
        "traceId": trace,
        "spanId": id,
        "parentSpanId": parent,
        "name": name,
        "kind": kind,
        "startTimeUnixNano": nanoseconds(step.from),
        "endTimeUnixNano": nanoseconds(step.to),
        "attributes": attributes,
    })
}

pub(super) fn traces(resource: &Value, spans: Vec<Value>) -> Value {
    json!({ "resourceSpans": [{ "resource": resource, "scopeSpans": [{ "scope": { "name": "gatepost" }, "spans": spans }] }] })
}

pub(super) fn metrics(resource: &Value, noted: &RecordedRequests, pool: &Pool, now: Timestamp) -> Value {
    let (from, to) = (nanoseconds(noted.started.unwrap_or(now)), nanoseconds(now));
    let point = |attributes: Value, value: u64| json!({ "attributes": attributes, "startTimeUnixNano": from, "timeUnixNano": to, "asInt": value.to_string() });
    let sum = |name: &str, unit: &str, points: Vec<Value>| {
        let sum = json!({ "aggregationTemporality": CUMULATIVE, "isMonotonic": true, "dataPoints": points });
        json!({ "name": name, "unit": unit, "sum": sum })
    };
    let requests = noted.requests.iter().map(|((endpoint, status, reason), count)| {
        let attributes = json!([
            text("gatepost.endpoint", endpoint),
            number("http.response.status_code", *status),
            text("gatepost.reason", reason)
        ]);
        point(attributes, *count)
    });
    let status = pool.status();
    let of = |name: &str, count: usize| point(json!([text("state", name)]), u64::try_from(count).unwrap_or_default());
    let connections =
        [of("open", status.open), of("idle", status.idle), of("waiting", status.waiting), of("max", status.max)];
    let count: u64 = noted.waits.iter().sum();
    let waits = json!({ "aggregationTemporality": CUMULATIVE, "dataPoints": [{
        "attributes": [], "startTimeUnixNano": from, "timeUnixNano": to, "count": count.to_string(), "sum": noted.waited,
        "bucketCounts": noted.waits.iter().map(ToString::to_string).collect::<Vec<_>>(), "explicitBounds": BOUNDS,
    }] });
    let metrics = json!([
        sum("gatepost.requests", "{request}", requests.collect()),
        sum("gatepost.round_trips", "{statement}", vec![point(json!([]), noted.round_trips)]),
        { "name": "gatepost.pool.wait", "unit": "s", "histogram": waits },
        { "name": "gatepost.pool.connections", "unit": "{connection}", "gauge": { "dataPoints": connections } },
    ]);
    json!({ "resourceMetrics": [{ "resource": resource, "scopeMetrics": [{ "scope": { "name": "gatepost" }, "metrics": metrics }] }] })
}

#[cfg(test)]
mod tests {
    use super::parent;

    #[test]
    fn a_parent_is_believed_where_it_is_one() {
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        assert_eq!(parent(&format!("00-{trace}-{span}-01")), Some((trace, span, true)));
        assert_eq!(parent(&format!("00-{trace}-{span}-00")), Some((trace, span, false)));
        for header in ["", "00", "00-x-y-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"] {
            assert_eq!(parent(header), None, "{header}");
        }
        assert_eq!(parent(&format!("00-{}-{span}-01", "0".repeat(32))), None);
        assert_eq!(parent(&format!("00-{}-{span}-01", trace.to_uppercase())), None);
    }
}
