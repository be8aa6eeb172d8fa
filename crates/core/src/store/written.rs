//! How names, texts, instants and arrays are written for PostgreSQL.

use std::borrow::Cow;

use jiff::Timestamp;

/// An identifier in quotes, whatever it is made of.
pub fn quoted(name: &str) -> Cow<'_, str> {
    format!("\"{}\"", name.replace('"', "\"\"")).into()
}

/// A text as SQL writes it.
pub fn literal(text: &str) -> String {
    // With a backslash a plain literal would depend on the server's settings.
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// An instant as Node's driver writes it where the process is in UTC.
pub(super) fn instant(instant: Timestamp) -> String {
    format!("{instant:.3}").replace('Z', "+00:00")
}

/// An array as PostgreSQL reads one; none is NULL.
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
