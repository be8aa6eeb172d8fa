//! The properties of every report of `doctor` and `explain`, checked for each report that a test makes.

use gatepost_cli::report::{Report, Verdict};

/// The report, each of whose warnings and failures says what to do. The answer of `explain` may leave that to the step that failed
/// before it.
#[track_caller]
pub fn with_fixes(report: Report) -> Report {
    let is_told = report.findings.iter().any(|finding| finding.verdict == Verdict::Fail && finding.fix.is_some());
    for finding in &report.findings {
        let may_be_silent = finding.verdict == Verdict::Ok || (finding.check == "answer" && is_told);
        let fix = finding.fix.as_deref().unwrap_or_default();
        assert!(may_be_silent || fix.len() > 8, "{} has no fix\n{report}", finding.check);
        assert!(finding.evidence.len() > 3, "{} has no cause\n{report}", finding.check);
    }
    report
}
