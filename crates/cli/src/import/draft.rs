//! The text of `gatepost.toml`: its lines, and which of them gatepost itself accepts.

use std::fmt::Write as _;

use gatepost_core::{
    Config,
    config::{Source, Variables},
};

use super::keys::Keys;

/// A line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The section; empty in front of all sections.
    pub(super) section: String,
    /// The key within the section.
    pub(super) key: String,
    /// The value, as TOML.
    pub(super) value: String,
    /// The comment behind it.
    pub(super) comment: Option<String>,
    /// The entry of the report to which it belongs.
    pub(super) entry: Option<usize>,
    /// Whether it is only a comment: a person must decide first.
    pub(super) is_comment: bool,
}

/// The lines in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Draft {
    lines: Vec<Line>,
    /// The sections `[schema]` and below it, as they are written.
    pub(super) schema: String,
}

/// A line that gatepost refuses.
pub(super) struct RefusedLine {
    /// The entry of the report to which it belongs.
    pub(super) entry: Option<usize>,
    /// The key.
    pub(super) key: String,
    /// Why.
    pub(super) why: String,
}

impl Draft {
    /// Adds a line; of several with one key the last holds.
    pub(super) fn add(&mut self, line: Line) {
        self.lines.retain(|other| (&other.section, &other.key) != (&line.section, &line.key));
        self.lines.push(line);
    }

    /// The value of a key.
    pub(super) fn value(&self, section: &str, key: &str) -> Option<&str> {
        let line = self.lines.iter().find(|line| line.section == section && line.key == key && !line.is_comment)?;
        Some(&line.value)
    }

    /// Makes comments of the lines that gatepost refuses, until it accepts the rest, and returns them.
    pub(super) fn checked(&mut self, keys: &Keys, variables: &Variables) -> Vec<RefusedLine> {
        let mut refused = Vec::new();
        loop {
            let (text, places) = self.text(keys);
            let (_, problems) = Config::examine(variables, Some(Source { name: "gatepost.toml", text: &text }));
            let mut found = false;
            for problem in problems.0 {
                let number = problem.place.strip_prefix("gatepost.toml:").and_then(|line| line.parse::<usize>().ok());
                let at = number.and_then(|number| places.iter().find(|(line, _)| *line == number));
                let Some(line) = at.and_then(|(_, at)| self.lines.get_mut(*at)).filter(|line| !line.is_comment) else {
                    continue;
                };
                line.is_comment = true;
                found = true;
                let key =
                    if line.section.is_empty() { line.key.clone() } else { format!("{}.{}", line.section, line.key) };
                refused.push(RefusedLine { entry: line.entry, key, why: problem.text });
            }
            if !found {
                return refused;
            }
        }
    }

    /// The text, and for each line of it that is a key the number of the line in the draft.
    fn text(&self, keys: &Keys) -> (String, Vec<(usize, usize)>) {
        let mut sections: Vec<&str> = keys.sections().filter(|section| !section.contains('<')).collect();
        // What is declared nowhere stands behind the section above it.
        for line in &self.lines {
            if !sections.contains(&line.section.as_str()) {
                let above = line.section.split('.').next().unwrap_or_default();
                let at =
                    sections.iter().rposition(|section| *section == above || section.starts_with(&format!("{above}.")));
                sections.insert(at.map_or(sections.len(), |at| at + 1), &line.section);
            }
        }
        let (mut text, mut places, mut number) = (String::new(), Vec::new(), 1);
        let mut push = |text: &mut String, line: &str| {
            text.push_str(line);
            text.push('\n');
            number += 1 + line.matches('\n').count();
            number - 1
        };
        for section in sections {
            let lines: Vec<_> = self.lines.iter().enumerate().filter(|(_, line)| line.section == section).collect();
            if lines.is_empty() {
                continue;
            }
            if !text.is_empty() {
                push(&mut text, "");
            }
            if !section.is_empty() {
                push(&mut text, &format!("[{}]", path(section)));
            }
            for (at, line) in lines {
                let comment = line
                    .comment
                    .as_ref()
                    .map(|comment| format!("  # {}", comment.replace('\n', " ")))
                    .unwrap_or_default();
                let mark = if line.is_comment { "# " } else { "" };
                let written = push(&mut text, &format!("{mark}{} = {}{comment}", path(&line.key), line.value));
                places.push((written, at));
            }
        }
        if !self.schema.is_empty() {
            if !text.is_empty() {
                push(&mut text, "");
            }
            push(&mut text, &self.schema);
        }
        (text, places)
    }

    /// The whole file.
    pub(super) fn written(&self, keys: &Keys, head: &str) -> String {
        let (text, _) = self.text(keys);
        let mut whole = String::new();
        for line in head.lines() {
            let _ = writeln!(whole, "# {line}");
        }
        if !text.is_empty() {
            whole.push('\n');
        }
        whole + &text
    }
}

/// A path whose parts are quoted where TOML needs that. A part in quotes stays as it is.
fn path(path: &str) -> String {
    if path.starts_with('"') {
        return path.to_owned();
    }
    path.split('.').map(name).collect::<Vec<_>>().join(".")
}

/// A name as a key of TOML.
pub(super) fn name(name: &str) -> String {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !name.is_empty() && name.bytes().all(is_bare) { name.to_owned() } else { quoted(name) }
}

/// A text as TOML has it, in which quoted texts have the form of JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default().replace('\u{7f}', "\\u007f")
}
