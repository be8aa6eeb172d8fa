//! Percent-encoding of a component of a URL, as in JavaScript.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The characters that JavaScript's `encodeURIComponent` escapes.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Escapes a text as `encodeURIComponent` does.
pub(crate) fn encode_component(text: &str) -> impl std::fmt::Display {
    utf8_percent_encode(text, COMPONENT)
}

/// Decodes a text as `decodeURIComponent` does; a text that it would refuse is returned unchanged.
pub(crate) fn decode_component(value: &str) -> String {
    let escapes = value.bytes().enumerate().filter(|(_, byte)| *byte == b'%');
    let whole =
        |at: usize| value.as_bytes().get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
    if escapes.clone().all(|(at, _)| whole(at)) {
        percent_decode_str(value).decode_utf8().map_or_else(|_| value.to_owned(), |text| text.into_owned())
    } else {
        value.to_owned()
    }
}
