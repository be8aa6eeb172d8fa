//! The form of a configuration's problems, and the file that they are in. All parts that read something of a deployment report
//! their problems in this form.

use std::fmt;

/// A problem of the configuration, and the fix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file and line (`gatepost.toml:12`), or the variable. For a key that the file lacks, the place names the key
    /// (``gatepost.toml:3: `rp_id` is not set in [passkey]``), and has the line of the section if that is there.
    pub place: String,
    /// The problem and the fix, in one sentence. It never contains a secret.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// All problems of the configuration, reported together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Adds a problem.
    pub fn add(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.0.push(Problem { place: place.into(), text: text.into() });
    }

    /// Sorts the problems: those of variables, those of the file by their lines, then those of the file without a line.
    pub fn sort(&mut self, file: &str) {
        let line = |place: &str| place.strip_prefix(file)?.strip_prefix(':')?.split(':').next()?.parse::<usize>().ok();
        self.0.sort_by_key(|problem| match line(&problem.place) {
            Some(line) => (1, line),
            None if problem.place.contains('.') => (2, 0),
            None => (0, 0),
        });
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} problem{}", self.0.len(), if self.0.len() == 1 { "" } else { "s" })?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}

/// Returns the keys as a list, the verb for their number, and the word for them: `a` needs that; `a` and `b` need those.
pub(crate) fn listed(keys: &[String]) -> Option<(String, &'static str, &'static str)> {
    let (last, others) = keys.split_last()?;
    if others.is_empty() {
        return Some((format!("`{last}`"), "needs", "that"));
    }
    Some((format!("`{}` and `{last}`", others.join("`, `")), "need", "those"))
}

/// The text of a configuration file, and its name in messages.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// `gatepost.toml`, or the path that `GATEPOST_CONFIG` names.
    pub name: &'a str,
    /// The content of the file.
    pub text: &'a str,
}

impl Source<'_> {
    /// Returns the file and line (`gatepost.toml:12`) of the byte at offset `at`.
    pub fn place(&self, at: usize) -> String {
        let line = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        format!("{}:{line}", self.name)
    }
}
