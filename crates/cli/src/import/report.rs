//! The result for each option, and the verdict: as text or JSON, and as an exit status.

use std::fmt;

use serde::Serialize;

use crate::terminal::plain;

/// The result for an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A key of `gatepost.toml` does the same.
    Carried,
    /// Something else does the same: a variable, a default, a mail server.
    Replaced,
    /// Code that gatepost calls at a place of its own would have to do it.
    NeedsHook,
    /// Nothing is lost without it.
    NotNeeded,
    /// better-auth ignores it as well.
    Ignored,
    /// gatepost cannot do it.
    NotPossible,
    /// The text does not decide what it is.
    NotUnderstood,
}

/// The classes in the order of the report, each with its heading.
const HEADINGS: [(Class, &str); 7] = [
    (Class::NotUnderstood, "Not understood"),
    (Class::NotPossible, "Not possible"),
    (Class::NeedsHook, "Needs a hook"),
    (Class::Ignored, "Ignored by better-auth as well"),
    (Class::Replaced, "Replaced"),
    (Class::Carried, "Carried"),
    (Class::NotNeeded, "Not needed"),
];

/// The result for one option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The option, as better-auth calls it: `session.expiresIn`, `plugins.twoFactor.issuer`.
    pub option: String,
    /// The result.
    pub class: Class,
    /// The key of `gatepost.toml`, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How, by what, where or why. Never contains the value of a variable or of a secret.
    pub says: String,
    /// The file and line.
    pub place: String,
    /// Users lose a protection with it.
    pub protection: bool,
    /// The service must not take over without it, for another reason than a lost protection.
    pub blocks: bool,
    /// A person must decide or confirm something.
    pub decide: bool,
}

impl Entry {
    /// Whether a protection is lost, or something else keeps the service from taking over.
    fn stops(&self) -> bool {
        let is_lost = matches!(self.class, Class::NeedsHook | Class::NotPossible | Class::NotUnderstood);
        self.blocks || (self.protection && is_lost)
    }

    fn is_open(&self) -> bool {
        self.decide || matches!(self.class, Class::NeedsHook | Class::NotPossible | Class::NotUnderstood)
    }
}

/// Whether gatepost can take over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As the project is.
    Switches,
    /// After the decisions and hooks that the report lists.
    SwitchesWith,
    /// Not before what the report lists first is there.
    DoesNotSwitch,
    /// Nothing could be read.
    Unreadable,
}

/// A variable of the environment that gatepost reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Variable {
    /// The variable.
    pub name: String,
    /// The variables of the project from which its value comes.
    pub from: Vec<String>,
    /// How.
    pub says: String,
}

/// The report of one project.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Whether gatepost can take over.
    pub verdict: Verdict,
    /// The file with the call of `betterAuth`.
    pub file: String,
    /// The result for each option.
    pub entries: Vec<Entry>,
    /// The variables to set.
    pub variables: Vec<Variable>,
    /// Lines about the tables of the project's own schema, or about assumed ones.
    pub tables: Vec<String>,
    /// Further remarks for the reader.
    pub notes: Vec<String>,
    /// The text of `gatepost.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toml: Option<String>,
    /// The file that was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
}

impl Report {
    /// Of a project that cannot be read.
    pub fn unreadable(file: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Unreadable,
            file: file.into(),
            entries: Vec::new(),
            variables: Vec::new(),
            tables: Vec::new(),
            notes: vec![why.into()],
            toml: None,
            written: None,
        }
    }

    /// Decides the verdict from the entries.
    pub fn judge(&mut self) {
        self.verdict = match () {
            () if self.entries.iter().any(Entry::stops) => Verdict::DoesNotSwitch,
            () if self.entries.iter().any(Entry::is_open) => Verdict::SwitchesWith,
            () => Verdict::Switches,
        };
    }

    /// The exit status. 0: switches as it is. 1: with decisions or hooks. 2: cannot be read. 3: does not switch.
    pub fn status(&self) -> u8 {
        match self.verdict {
            Verdict::Switches => 0,
            Verdict::SwitchesWith => 1,
            Verdict::Unreadable => 2,
            Verdict::DoesNotSwitch => 3,
        }
    }

    /// The report as a JSON object.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    fn first_line(&self) -> String {
        let stops = self.entries.iter().filter(|entry| entry.stops()).count();
        match self.verdict {
            Verdict::Unreadable => "Nothing was carried, and nothing was written.".to_owned(),
            Verdict::Switches => "This project switches as it is.".to_owned(),
            Verdict::SwitchesWith => {
                let open = self.entries.iter().filter(|entry| entry.is_open()).count();
                format!(
                    "This project can switch after {open} {} below, marked with `!`.",
                    if open == 1 { "decision" } else { "decisions" }
                )
            }
            Verdict::DoesNotSwitch => {
                format!(
                    "Do not switch yet: {stops} {} it.",
                    if stops == 1 { "reason stands against" } else { "reasons stand against" }
                )
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.verdict == Verdict::Unreadable {
            self.notes.iter().try_for_each(|note| writeln!(f, "{}", plain(note)))?;
            return f.write_str(&self.first_line());
        }
        let (first, rest): (Vec<_>, Vec<_>) = self.entries.iter().partition(|entry| entry.stops());
        // What a lost protection means stands above the verdict itself.
        if !first.is_empty() {
            writeln!(f, "Reasons against a switch: protections that are lost, and what the service cannot do without")?;
        }
        for entry in &first {
            written(f, "  ", entry)?;
        }
        writeln!(f, "{}{}", if first.is_empty() { "" } else { "\n" }, self.first_line())?;
        writeln!(f, "Read: {}", self.file)?;
        for (class, heading) in HEADINGS {
            let mut of_class: Vec<_> = rest.iter().filter(|entry| entry.class == class).collect();
            of_class.sort_by_key(|entry| !(entry.protection || entry.decide));
            if !of_class.is_empty() {
                writeln!(f, "\n{heading}")?;
                of_class.into_iter().try_for_each(|entry| written(f, "  ", entry))?;
            }
        }
        if !self.variables.is_empty() {
            writeln!(f, "\nVariables")?;
        }
        for Variable { name, says, .. } in &self.variables {
            writeln!(f, "  {name}: {}", plain(says))?;
        }
        for (heading, lines) in [("Tables", &self.tables), ("Notes", &self.notes)] {
            if !lines.is_empty() {
                writeln!(f, "\n{heading}")?;
                lines.iter().try_for_each(|line| writeln!(f, "  {}", plain(line)))?;
            }
        }
        match (&self.written, &self.toml) {
            (Some(path), _) => write!(f, "\nwrote {path}"),
            (None, Some(_)) => f.write_str("\nNothing was written."),
            (None, None) => f.write_str("\nNo gatepost.toml was written."),
        }
    }
}

fn written(f: &mut fmt::Formatter<'_>, indent: &str, entry: &Entry) -> fmt::Result {
    let mark = if entry.is_open() { "! " } else { "" };
    let key = entry.key.as_ref().map(|key| format!(" → {key}")).unwrap_or_default();
    let says = if entry.says.is_empty() { String::new() } else { format!(": {}", plain(&entry.says)) };
    writeln!(f, "{indent}{mark}{}{key}{says} ({})", plain(&entry.option), plain(&entry.place))
}

/// A value of `gatepost.toml` for the report, which has no part of it that may be a secret: headers, parameters, and the user of a URL.
pub(super) fn masked(name: &str, value: &str) -> String {
    if name.ends_with("_headers") || name.ends_with("_params") {
        return "{ … }".to_owned();
    }
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    match rest.split_once('@') {
        Some((user, host)) if !user.contains(['/', '?', '#']) => format!("{scheme}://…@{host}"),
        _ => value.to_owned(),
    }
}
