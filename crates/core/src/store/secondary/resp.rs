//! The part of Redis's protocol (RESP2) that commands need whose answers are texts, numbers and lists of these. Every sequence of
//! bytes is an answer, the beginning of one, or an error.

use super::value::Value;

/// The maximum size of an answer, and of a text in it, in bytes.
const SIZE: usize = 16 * 1_024 * 1_024;
/// The maximum nesting of lists.
const DEPTH: usize = 4;

/// The reason why bytes contain no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoReply {
    /// The answer is not complete yet.
    Incomplete,
    /// The bytes are not of this protocol, or the answer is too large.
    Broken,
}

/// Writes a command as it is sent.
pub(super) fn command(parts: &[&str]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len() + 16).sum();
    let mut bytes = Vec::with_capacity(length + 16);
    bytes.extend_from_slice(format!("*{}\r\n", parts.len()).as_bytes());
    for part in parts {
        bytes.extend_from_slice(format!("${}\r\n", part.len()).as_bytes());
        bytes.extend_from_slice(part.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// Reads the answer at the beginning of `bytes`, and returns it with its length in bytes.
pub(super) fn answer(bytes: &[u8]) -> Result<(Value, usize), NoReply> {
    let mut reader = Reader { bytes, at: 0 };
    match reader.value(0) {
        Err(NoReply::Incomplete) if bytes.len() > SIZE => Err(NoReply::Broken),
        read => read.map(|value| (value, reader.at)),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Value, NoReply> {
        let (kind, line) = self.line()?;
        match kind {
            b'+' => Ok(Value::Text(line.to_owned())),
            b'-' => Ok(Value::Refused(line.to_owned())),
            b':' => number(line).map(Value::Number),
            b'$' => match number(line)? {
                -1 => Ok(Value::Nothing),
                length => self.text(length).map(Value::Text),
            },
            b'*' if depth < DEPTH => match number(line)? {
                -1 => Ok(Value::Nothing),
                // Each element has at least three bytes.
                count if usize::try_from(count).is_ok_and(|count| count <= SIZE / 3) => {
                    (0..count).map(|_| self.value(depth + 1)).collect::<Result<_, _>>().map(Value::List)
                }
                _ => Err(NoReply::Broken),
            },
            _ => Err(NoReply::Broken),
        }
    }

    /// Reads the first byte of a line and the rest of it.
    fn line(&mut self) -> Result<(u8, &'a str), NoReply> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let end = rest.windows(2).position(|pair| pair == b"\r\n").ok_or(NoReply::Incomplete)?;
        let line = rest.get(..end).unwrap_or_default();
        self.at += end + 2;
        let (kind, text) = line.split_first().ok_or(NoReply::Broken)?;
        Ok((*kind, std::str::from_utf8(text).map_err(|_| NoReply::Broken)?))
    }

    fn text(&mut self, length: i64) -> Result<String, NoReply> {
        let length = usize::try_from(length).ok().filter(|length| *length <= SIZE).ok_or(NoReply::Broken)?;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let text = rest.get(..length + 2).ok_or(NoReply::Incomplete)?.strip_suffix(b"\r\n").ok_or(NoReply::Broken)?;
        self.at += length + 2;
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}

fn number(text: &str) -> Result<i64, NoReply> {
    text.parse().map_err(|_| NoReply::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_says_how_long_its_parts_are() {
        assert_eq!(command(&["GET", "é"]), "*2\r\n$3\r\nGET\r\n$2\r\né\r\n".as_bytes());
    }

    #[test]
    fn every_kind_of_answer_is_read_and_what_follows_is_left() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (bytes, value) in [
            ("+OK\r\n", text("OK")),
            ("-ERR no\r\n", Value::Refused("ERR no".to_owned())),
            (":-7\r\n", Value::Number(-7)),
            ("$-1\r\n", Value::Nothing),
            ("*-1\r\n", Value::Nothing),
            ("$4\r\na\r\nb\r\n", text("a\r\nb")),
            ("*2\r\n$0\r\n\r\n*1\r\n:1\r\n", Value::List(vec![text(""), Value::List(vec![Value::Number(1)])])),
        ] {
            let more = format!("{bytes}+next\r\n");
            assert_eq!(answer(more.as_bytes()), Ok((value, bytes.len())), "{bytes:?}");
            for end in 0..bytes.len() {
                assert_eq!(answer(&bytes.as_bytes()[..end]), Err(NoReply::Incomplete), "{bytes:?} until {end}");
            }
        }
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for bytes in
            ["\r\n", "?1\r\n", ":x\r\n", "$-2\r\n", "$1\r\nab\r\n", "*-2\r\n", "*99999999999\r\n", "$99999999999\r\n"]
        {
            assert_eq!(answer(bytes.as_bytes()), Err(NoReply::Broken), "{bytes:?}");
        }
        assert_eq!(answer("*1\r\n".repeat(DEPTH + 2).as_bytes()), Err(NoReply::Broken));
        assert_eq!(answer(b"+\xff\r\n"), Err(NoReply::Broken));
    }
}
