//! What `doctor` and `explain` found: a line a check, for people or for machines, and the exit status that follows.

use std::fmt::{self, Write as _};

use gatepost_core::reason::Reason;
use serde::{Serialize, Serializer};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is wrong.
    Ok,
    /// It works, but not for everybody or not for long; or it could not be told.
    Warn,
    /// Somebody's session is `null` because of it, or will be.
    Fail,
}

/// One check: what was found, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at; the names are stable.
    pub check: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was seen. Never a secret, a whole token or somebody's address.
    pub evidence: String,
    /// What to do, where something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Finding {
    /// Nothing is wrong.
    pub fn ok(check: &'static str, evidence: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Ok, evidence: evidence.into(), fix: None }
    }

    /// It works, but.
    pub fn warn(check: &'static str, evidence: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Warn, evidence: evidence.into(), fix: Some(fix.into()) }
    }

    /// It is broken.
    pub fn fail(check: &'static str, evidence: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Fail, evidence: evidence.into(), fix: Some(fix.into()) }
    }
}

/// Everything that was found, in the order in which it was looked at.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The worst of the findings.
    pub verdict: Verdict,
    /// Whether every check was made. Where the last finding keeps the next checks from being made it is bad input: a
    /// configuration that cannot be read, a database that cannot be reached.
    pub complete: bool,
    /// Why the session is `null`, in the words of the log and of `x-gatepost-reason`, where that was the question.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "name")]
    pub reason: Option<Reason>,
    /// The checks.
    pub findings: Vec<Finding>,
}

fn name<S: Serializer>(reason: &Option<Reason>, serializer: S) -> Result<S::Ok, S::Error> {
    reason.map(Reason::name).serialize(serializer)
}

impl Report {
    /// Every check was made.
    pub fn complete(findings: Vec<Finding>) -> Self {
        let verdict = findings.iter().map(|finding| finding.verdict).max().unwrap_or(Verdict::Ok);
        Self { verdict, complete: true, reason: None, findings }
    }

    /// The last finding kept the next checks from being made.
    pub fn broken_off(findings: Vec<Finding>) -> Self {
        Self { complete: false, ..Self::complete(findings) }
    }

    /// The same with the reason for which the session is `null`.
    pub fn because(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// 0: nothing failed; warnings do not count. 1: something failed. 2: bad input, and not everything was looked at.
    pub fn status(&self) -> u8 {
        match self.verdict {
            _ if !self.complete => 2,
            Verdict::Fail => 1,
            Verdict::Ok | Verdict::Warn => 0,
        }
    }

    /// One object, for machines.
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
                // Lines that are to be pasted stay lines, and are indented so that none looks like a check.
                let lines: Vec<_> = fix.lines().map(plain).collect();
                writeln!(f, "      fix: {}", lines.join("\n        "))?;
            }
        }
        let count = |verdict| self.findings.iter().filter(|finding| finding.verdict == verdict).count();
        write!(f, "{} ok, {} warned, {} failed", count(Verdict::Ok), count(Verdict::Warn), count(Verdict::Fail))?;
        f.write_str(if self.complete { "" } else { "; what comes after the last line was not looked at" })
    }
}

/// What a server or a cookie says must not move the cursor of whoever reads it.
fn plain(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut plain, letter| {
        // Writing into a String cannot fail.
        let _ =
            if letter.is_control() { write!(plain, "{}", letter.escape_default()) } else { write!(plain, "{letter}") };
        plain
    })
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
