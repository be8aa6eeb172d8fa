//! The report of `doctor` and `explain`: a finding for each check, as text or JSON, and the exit status.

use std::fmt;

use gatepost_core::reason::Reason;
use serde::{Serialize, Serializer};

use crate::terminal::plain;

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is wrong.
    Ok,
    /// It works, but not for all users or not for long; or the check could not decide.
    Warn,
    /// It makes sessions `null`, or will.
    Fail,
}

/// The result of one check, with the fix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the check. Names are stable.
    pub check: &'static str,
    /// The result.
    pub verdict: Verdict,
    /// The cause or the observation. Never contains a secret, a whole token or a user's address.
    pub evidence: String,
    /// The fix. Warnings and failures have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Finding {
    /// Makes the finding of a check that passed.
    pub fn ok(check: &'static str, evidence: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, evidence: evidence.into(), fix: None }
    }

    /// Makes a warning, with its fix.
    pub fn warn(check: &'static str, evidence: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warn, evidence: evidence.into(), fix: Some(fix.into()) }
    }

    /// Makes a failure, with its fix.
    pub fn fail(check: &'static str, evidence: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Fail, evidence: evidence.into(), fix: Some(fix.into()) }
    }
}

/// All findings, in the order of the checks.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The worst of the findings.
    pub verdict: Verdict,
    /// Whether every check ran. If not, the last finding says why: for example a configuration that cannot be read, or a database
    /// that cannot be reached.
    pub complete: bool,
    /// The reason why the session is `null`, as in the log and in `x-gatepost-reason`, if `explain` found one.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "name")]
    pub reason: Option<Reason>,
    /// The findings.
    pub findings: Vec<Finding>,
}

fn name<S: Serializer>(reason: &Option<Reason>, serializer: S) -> Result<S::Ok, S::Error> {
    reason.map(Reason::name).serialize(serializer)
}

impl Report {
    /// Makes the report after every check ran.
    pub fn complete(findings: Vec<Finding>) -> Self {
        let verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Ok);
        Self { verdict, complete: true, reason: None, findings }
    }

    /// Makes the report of a run that the last finding ended.
    pub fn broken_off(findings: Vec<Finding>) -> Self {
        Self { complete: false, ..Self::complete(findings) }
    }

    /// Adds the reason why the session is `null`.
    pub fn because(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// The exit status. 0: no check failed; warnings do not count. 1: a check failed. 2: not every check ran.
    pub fn status(&self) -> u8 {
        match self.verdict {
            _ if !self.complete => 2,
            Verdict::Fail => 1,
            Verdict::Ok | Verdict::Warn => 0,
        }
    }

    /// The report as a JSON object.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let mark = match finding.verdict {
                Verdict::Ok => "ok",
                Verdict::Warn => "warn",
                Verdict::Fail => "FAIL",
            };
            writeln!(f, "{mark:<5} {}: {}", finding.check, plain(&finding.evidence))?;
            if let Some(fix) = &finding.fix {
                // Lines to paste stay lines, indented so that none looks like a check.
                let lines: Vec<_> = fix.lines().map(plain).collect();
                writeln!(f, "      fix: {}", lines.join("\n        "))?;
            }
        }
        let count = |verdict| self.findings.iter().filter(|finding| finding.verdict == verdict).count();
        write!(f, "{} ok, {} warned, {} failed", count(Verdict::Ok), count(Verdict::Warn), count(Verdict::Fail))?;
        f.write_str(if self.complete { "" } else { "; the remaining checks did not run" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_follows_from_the_worst_finding_and_from_what_could_not_be_looked_at() {
        let (ok, warn, fail) = (Finding::ok("a", ""), Finding::warn("b", "", "x"), Finding::fail("c", "", "x"));
        assert_eq!(Report::complete(vec![]).status(), 0);
        assert_eq!(Report::complete(vec![ok.clone(), warn.clone()]).status(), 0);
        assert_eq!(Report::complete(vec![ok, fail.clone(), warn]).status(), 1);
        assert_eq!(Report::broken_off(vec![fail]).status(), 2);
    }

    #[test]
    fn attack_what_a_cookie_says_does_not_reach_the_terminal_as_it_is() {
        let report = Report::complete(vec![Finding::fail("cookie", "a\u{1b}[2Jb", "c\rd")]);
        assert!(!report.to_string().replace('\n', "").chars().any(char::is_control), "{report}");
    }
}
