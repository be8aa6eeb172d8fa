//! JSON as JavaScript reads and writes it where that differs: half of a surrogate pair is a valid character, and values of one type
//! are accepted as another.

use std::io;

use serde::Serialize;
use serde_json::{Serializer, Value, ser::Formatter};

/// Parses a whole text.
///
/// # Errors
/// The text is not JSON, is nested deeper than 128 levels, or has a number beyond a double (docs/DIFFERENCES.md).
pub(crate) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match with_whole_surrogates(text) {
        Some(text) => serde_json::from_str(&text),
        None => Err(error),
    })
}

/// Writes a value with ordered members as JavaScript's `JSON.stringify` does: signed text must stay the same when a JavaScript
/// program reads and rewrites it. Returns an empty text for a value that JSON cannot contain, which no row has.
pub(crate) fn to_string(value: &impl Serialize) -> String {
    struct JavaScript;
    impl Formatter for JavaScript {
        fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
            writer.write_all(digits(value).as_bytes())
        }
    }
    let mut bytes = Vec::with_capacity(1_024);
    let written = value.serialize(&mut Serializer::with_formatter(&mut bytes, JavaScript));
    written.ok().and_then(|()| String::from_utf8(bytes).ok()).unwrap_or_default()
}

/// Writes a number as JavaScript's `String` does.
fn digits(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let sign = if magnitude < 1.0 { "e" } else { "e+" };
        return format!("{value:e}").replace('e', sign);
    }
    format!("{}", if magnitude == 0.0 { 0.0 } else { value })
}

/// Returns a text or a number as JavaScript's `String` writes it, where whole numbers beyond 2^53 lose their last digits; `None`
/// for any other value.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => number.as_f64().map(digits),
        _ => None,
    }
}

/// Returns the text that JavaScript makes of a value.
pub(crate) fn coerced(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(items) => {
            let of_item = |item: &Value| if item.is_null() { String::new() } else { coerced(item) };
            items.iter().map(of_item).collect::<Vec<_>>().join(",")
        }
        Value::Object(_) => "[object Object]".to_owned(),
        other => text(other).unwrap_or_default(),
    }
}

/// Returns a number, decimal text or boolean as the number that JavaScript calculates with; `None` for any other value.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        Value::String(text) => match text.trim() {
            "" => Some(0.0),
            text => text.parse().ok().filter(|number: &f64| number.is_finite()),
        },
        _ => None,
    }
}

/// Whether JavaScript treats a value as true in a condition.
pub(crate) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// Replaces every escaped half of a surrogate pair by U+FFFD, as UTF-8 does; `None` if the text has none.
fn with_whole_surrogates(text: &str) -> Option<String> {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let taken = match (unit(escape), escape.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                whole.push('\u{fffd}');
                changed = true;
                rest = escape.get(6..)?;
                continue;
            }
            (Some(_), _) => 6,
            (None, _) => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        whole.push_str(escape.get(..taken)?);
        rest = escape.get(taken..)?;
    }
    whole.push_str(rest);
    changed.then_some(whole)
}

/// Returns the UTF-16 unit of an escape `\uXXXX` at the beginning of `text`.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Returns a value's type, as messages name it.
pub(crate) fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_is_the_text_that_javascript_makes_of_it() {
        for (written, expected) in [
            ("42", "42"),
            ("-0", "0"),
            ("0.5", "0.5"),
            ("1.0", "1"),
            ("1e21", "1e+21"),
            ("1e20", "100000000000000000000"),
            ("0.0000001", "1e-7"),
            ("9007199254740993", "9007199254740992"),
            ("12345678901234567890", "12345678901234567000"),
            ("-7", "-7"),
        ] {
            assert_eq!(text(&parse(written).unwrap()).as_deref(), Some(expected), "{written}");
        }
        for value in [json!(null), json!(true), json!([]), json!({})] {
            assert_eq!(text(&value), None, "{value}");
        }
    }

    #[test]
    fn a_value_counts_as_true_and_as_a_number_as_in_javascript() {
        for (value, truthy, number_of) in [
            (json!("3600"), true, Some(3_600.0)),
            (json!(" 1e3 "), true, Some(1_000.0)),
            (json!("0"), true, Some(0.0)),
            (json!(""), false, Some(0.0)),
            (json!("soon"), true, None),
            (json!("inf"), true, None),
            (json!(-0.0), false, Some(0.0)),
            (json!(true), true, Some(1.0)),
            (json!(null), false, None),
            (json!([]), true, None),
        ] {
            assert_eq!((is_truthy(&value), number(&value)), (truthy, number_of), "{value}");
        }
    }

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        for (number, text) in [
            (1.0, "1"),
            (-0.0, "0"),
            (1.5, "1.5"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (-1.25e-7, "-1.25e-7"),
            (1e-6, "0.000001"),
        ] {
            assert_eq!(to_string(&number), text);
        }
        assert_eq!(to_string(&"\u{1f}\u{7f}/\u{e9}\""), "\"\\u001f\u{7f}/\u{e9}\\\"\"");
    }

    #[test]
    fn half_a_surrogate_pair_is_the_replacement_character() {
        for (text, expected) in [
            (r#""a\ud800b""#, "a\u{fffd}b"),
            (r#""\udc00""#, "\u{fffd}"),
            (r#""\ud83d\ude00""#, "\u{1f600}"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}\u{1f600}"),
            (r#""\\ud800""#, "\\ud800"),
            (r#""\ud800\n""#, "\u{fffd}\n"),
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
        for text in [r#""\ud8""#, r#""\ud800"#, r#""\ud800\"#, "\\ud800", r#""\ud800\q""#] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
