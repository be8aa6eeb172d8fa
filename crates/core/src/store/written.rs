//! Writes names, texts, instants and arrays for PostgreSQL.

use std::borrow::Cow;

use jiff::Timestamp;

/// Quotes an identifier, which may contain any characters.
pub fn quoted(name: &str) -> Cow<'_, str> {
    format!("\"{}\"", name.replace('"', "\"\"")).into()
}

/// Writes a text as a literal of SQL.
pub fn literal(text: &str) -> String {
    // The meaning of a backslash in a plain literal depends on the server's settings.
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Writes an instant as Node's driver does in a process in UTC.
pub(super) fn instant(instant: Timestamp) -> String {
    format!("{instant:.3}").replace('Z', "+00:00")
}

/// Writes an array as PostgreSQL reads it; `None` is NULL.
pub(super) fn array<'a>(elements: impl Iterator<Item = Option<&'a str>>) -> String {
    let written = elements.map(|element| match element {
        Some(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        None => "NULL".to_owned(),
    });
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        assert_eq!(quoted(r#"a"b"#), r#""a""b""#);
        assert_eq!(literal(r"a'b\'c"), r"E'a''b\\''c'");
    }
}
