//! How many of several projects switch: the measure of `gatepost import --summary`.

use std::path::PathBuf;

use super::report::{Report, Verdict};
use crate::plural::counted;

/// Reads each project and returns a line for each, and the counts.
pub fn of(paths: &[PathBuf]) -> (String, u8) {
    let reports: Vec<(String, Report)> =
        paths.iter().map(|path| (path.display().to_string(), super::read(path))).collect();
    let count = |verdict: Verdict| reports.iter().filter(|(_, report)| report.verdict == verdict).count();
    let mut lines: Vec<String> =
        reports.iter().map(|(path, report)| format!("{}  {path}", word(report.verdict))).collect();
    lines.push(format!(
        "{}: {} switch as they are, {} with decisions or hooks, {} not yet, {} cannot be read",
        counted(reports.len(), "project"),
        count(Verdict::Switches),
        count(Verdict::SwitchesWith),
        count(Verdict::DoesNotSwitch),
        count(Verdict::Unreadable)
    ));
    let status = reports.iter().map(|(_, report)| report.status()).max().unwrap_or_default();
    (lines.join("\n"), status)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Switches => "as it is     ",
        Verdict::SwitchesWith => "with hooks   ",
        Verdict::DoesNotSwitch => "not yet      ",
        Verdict::Unreadable => "cannot be read",
    }
}
