//! A request in the log: its line, and what its reason means.

use gatepost_core::reason::Explained;
use serde_json::Value;

use super::reasons::explained;
use crate::report::{Finding, Report, Verdict};

const CHECK: &str = "request";

/// Why the log tells nothing of a request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No line is of it.
    #[error(
        "none of the {lines} lines is of the request {id}; take the id of the answer's header `x-vercel-id`, or of a line of the log, \
         and the log of the same time: `vercel logs --json`"
    )]
    NotThere {
        /// Which.
        id: String,
        /// How many there are.
        lines: usize,
    },
}

/// Explains the last line of the request `id`. A line is the service's own JSON, bare, behind a timestamp, or as the
/// `message` of a line of the platform's.
///
/// # Errors
/// Where there is none.
pub fn request(log: &str, id: &str) -> Result<Report, Error> {
    let line = log.lines().rev().find_map(|line| own(line, id));
    let line = line.ok_or_else(|| Error::NotThere { id: id.to_owned(), lines: log.lines().count() })?;
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    let number = |name: &str| line.get(name).map(Value::to_string).unwrap_or_default();
    let mut evidence = format!(
        "{} was answered {} in {} ms with {} round trips",
        text("endpoint").unwrap_or("a path without an endpoint"),
        number("status"),
        number("milliseconds"),
        number("round_trips")
    );
    let mut findings = Vec::new();
    let Some(name) = text("reason") else {
        findings.push(Finding::ok(
            CHECK,
            format!("{evidence}; nothing was refused, and a session that was read was there"),
        ));
        return Ok(Report::complete(findings));
    };
    if let Some(cause) = text("cause") {
        evidence = format!("{evidence}; cause: {cause}");
    }
    let Some(&Explained { reason, what, fix }) = explained(name) else {
        let fix = "use the command of the version that wrote the log";
        findings.push(Finding::warn(
            CHECK,
            format!("{evidence}; its reason `{name}` is not known to this version"),
            fix,
        ));
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

/// The service's line, if this is it.
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
    fn a_request_that_was_not_refused_and_a_reason_of_another_version_are_told() {
        let fine = LINE.replace(r#""reason":"user_gone","#, "");
        assert_eq!(request(&fine, "x7-1").unwrap().status(), 0);
        let new = request(&LINE.replace("user_gone", "moon_full"), "x7-1").unwrap();
        assert!(new.verdict == Verdict::Warn && new.to_string().contains("moon_full"));
    }
}
