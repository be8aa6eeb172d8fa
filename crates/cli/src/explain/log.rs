//! Explains a request from its line in the log, with the meaning of its reason.

use gatepost_core::reason::ExplainedReason;
use serde_json::Value;

use super::reasons::explained;
use crate::{
    plural::counted,
    report::{Finding, Report, Verdict},
};

const CHECK: &str = "request";

/// The reason why the log does not explain a request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No line belongs to the request.
    #[error(
        "no line of the log belongs to the request {id} ({}); use the id in the answer's header `x-vercel-id` or in a line of the \
         log, and a log of the same time: `vercel logs --json`", counted(*lines, "line")
    )]
    NotThere {
        /// The id of the request.
        id: String,
        /// The number of lines.
        lines: usize,
    },
}

/// Explains the last line of the request `id`. A line is the service's JSON: alone, after a timestamp, or as the `message` of a line
/// of the platform.
///
/// # Errors
/// If no line belongs to the request.
pub fn request(log: &str, id: &str) -> Result<Report, Error> {
    let line = log.lines().rev().find_map(|line| own(line, id));
    let line = line.ok_or_else(|| Error::NotThere { id: id.to_owned(), lines: log.lines().count() })?;
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    let number = |name: &str| line.get(name).map(Value::to_string).unwrap_or_default();
    let mut evidence = format!(
        "{} was answered {} in {} ms with {}",
        text("endpoint").unwrap_or("a path without an endpoint"),
        number("status"),
        number("milliseconds"),
        counted(line.get("round_trips").and_then(Value::as_u64).unwrap_or_default(), "round trip")
    );
    for hook in line.get("hooks").and_then(Value::as_array).into_iter().flatten() {
        let member = |name: &str| hook.get(name).and_then(Value::as_str).unwrap_or_default();
        let took = hook.get("milliseconds").map(Value::to_string).unwrap_or_default();
        evidence += &format!("; the hook `{}` said {} in {took} ms", member("name"), member("verdict"));
        if let Some(cause) = hook.get("cause").and_then(Value::as_str) {
            evidence += &format!(": {cause}");
        }
    }
    let mut findings = Vec::new();
    let Some(name) = text("reason") else {
        findings.push(Finding::ok(
            CHECK,
            format!("{evidence}; the service refused nothing, and found the session if it looked for one"),
        ));
        return Ok(Report::complete(findings));
    };
    if let Some(cause) = text("cause") {
        evidence = format!("{evidence}; cause: {cause}");
    }
    let Some(&ExplainedReason { reason, what, fix }) = explained(name) else {
        let fix = "use the command of the version that wrote the log";
        findings.push(Finding::warn(CHECK, format!("{evidence}; this version does not know its reason `{name}`"), fix));
        return Ok(Report::complete(findings));
    };
    findings.push(Finding {
        check: CHECK,
        verdict: Verdict::Fail,
        evidence: format!("{evidence}; {name}: {what}"),
        fix: Some(fix.to_owned()),
    });
    Ok(Report::complete(findings).because(reason))
}

/// Finds the service's JSON in a line, if it belongs to the request.
fn own(line: &str, id: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(line.get(line.find('{')?..)?.trim()).ok()?;
    if let Some(message) = value.get("message").and_then(Value::as_str) {
        return message.lines().find_map(|line| own(line, id));
    }
    let found = value.get("id").and_then(Value::as_str)?;
    // The platform's identifiers begin with the regions on the way, which differ from header to header.
    let last = |id: &str| id.rsplit("::").next().unwrap_or_default().to_owned();
    (found == id || (last(found) == last(id) && !last(id).is_empty())).then_some(value)
}

#[cfg(test)]
mod tests {
    use gatepost_core::reason::Reason;

    use super::*;

    const LINE: &str = r#"{"level":"info","id":"fra1::iad1::x7-1","endpoint":"get_session","status":200,"reason":"user_gone","milliseconds":1.5,"round_trips":1}"#;

    #[test]
    fn the_line_of_a_request_is_found_however_it_is_wrapped() {
        let wrapped = serde_json::json!({ "timestamp": 1, "message": format!("{LINE}\n") }).to_string();
        for log in [LINE.to_owned(), format!("nonsense\n2025-01-01 12:00 {LINE}\n{{}}\n"), format!("{{\n{wrapped}")] {
            for id in ["fra1::iad1::x7-1", "cdg1::x7-1", "x7-1"] {
                let report = request(&log, id).unwrap();
                assert_eq!(report.reason, Some(Reason::UserGone));
                let told = report.to_string();
                assert!(told.contains("user_gone") && told.contains("get_session was answered 200"), "{told}");
            }
        }
        assert!(request(LINE, "7-1").is_err() && request(LINE, "").is_err() && request("", "x").is_err());
    }

    #[test]
    fn the_hooks_of_a_request_are_told() {
        let hooks =
            r#""hooks":[{"name":"gate","verdict":"failed","milliseconds":3000.5,"cause":"no answer"}],"reason""#;
        let told = request(&LINE.replace(r#""reason""#, hooks), "x7-1").unwrap().to_string();
        assert!(told.contains("the hook `gate` said failed in 3000.5 ms: no answer"), "{told}");
    }

    #[test]
    fn a_request_that_was_not_refused_and_a_reason_of_another_version_are_told() {
        let fine = LINE.replace(r#""reason":"user_gone","#, "");
        assert_eq!(request(&fine, "x7-1").unwrap().status(), 0);
        let new = request(&LINE.replace("user_gone", "moon_full"), "x7-1").unwrap();
        assert!(new.verdict == Verdict::Warn && new.to_string().contains("moon_full"));
    }
}
