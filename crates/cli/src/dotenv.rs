//! Reads environment files, as `vercel env pull` writes them: lines of a name, `=`, and a value with or without quotes.

use std::{io, path::Path};

use gatepost_core::config::Variables;

/// Reads the variables of a file.
///
/// # Errors
/// If the file cannot be read, or a line is not `NAME=value`. The error never quotes a value.
pub fn read(path: &Path) -> io::Result<Variables> {
    let named = |text: &str| io::Error::other(format!("{}: {text}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| named(&crate::edge::unreadable(&error)))?;
    parse(&text)
        .map(Variables::from_iter)
        .map_err(|line| named(&format!("line {line} is not `NAME=value`; correct the line or remove it")))
}

/// Parses the pairs of a text, or returns the number of the first line that is not `NAME=value`.
pub fn parse(text: &str) -> Result<Vec<(String, String)>, usize> {
    let lines = text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let lines = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(line, number)| pair(line).ok_or(number)).collect()
}

fn pair(line: &str) -> Option<(String, String)> {
    let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    let value = match (quoted('"'), quoted('\'')) {
        (Some(text), _) => text.replace("\\n", "\n").replace("\\\"", "\""),
        (None, Some(text)) => text.to_owned(),
        (None, None) => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
    };
    is_name.then(|| (name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_file_is_read_as_it_was_pulled() {
        let text =
            "# Created by Vercel CLI\nA=\"x=1\"\nexport B='y # z'\nC=plain # said\n\nD=\"two\\nlines\"\nE=\"\"\nF=\n";
        let expected = [("A", "x=1"), ("B", "y # z"), ("C", "plain"), ("D", "two\nlines"), ("E", ""), ("F", "")];
        let expected: Vec<_> = expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(parse(text), Ok(expected));
        assert_eq!(parse("A=1\nnonsense\n"), Err(2));
        assert_eq!(parse("A B=1\n"), Err(1));
    }
}
