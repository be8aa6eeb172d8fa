//! Splits JSON into records without keeping more than one.

use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::records::{LONGEST, Record};

/// A reader of JSON lines, or of the elements of an array.
pub struct Json<R> {
    reader: R,
    line: u64,
    is_array: bool,
    is_over: bool,
}

impl<R: BufRead> Json<R> {
    /// Begins to read: an array if the text begins with `[` or with `{"users": [`, otherwise lines.
    ///
    /// # Errors
    /// If the beginning cannot be read.
    pub(super) fn new(mut reader: R) -> io::Result<Self> {
        let beginning = reader.fill_buf()?;
        let mut rest = beginning;
        let is_array = [&b"{"[..], b"\"users\"", b":", b"["].into_iter().all(|part| {
            rest = rest.trim_ascii_start();
            rest.strip_prefix(part).map(|after| rest = after).is_some()
        });
        let inside = if is_array { rest } else { beginning };
        let consumed = beginning.len() - inside.len();
        let line = 1 + count_lines(beginning.get(..consumed).unwrap_or_default());
        let is_array = is_array || inside.trim_ascii_start().starts_with(b"[");
        reader.consume(consumed);
        Ok(Self { reader, line, is_array, is_over: false })
    }

    /// Reads the next record.
    pub(super) fn next(&mut self) -> Option<io::Result<Record>> {
        if self.is_over {
            return None;
        }
        let read = if self.is_array { self.element() } else { self.one_line() };
        self.is_over = !matches!(read, Ok(Some(_)));
        read.transpose()
    }

    fn one_line(&mut self) -> io::Result<Option<Record>> {
        loop {
            let mut kept = RecordBytes::default();
            let line = self.line;
            let mut ended = false;
            while !ended {
                let bytes = self.reader.fill_buf()?;
                if bytes.is_empty() {
                    break;
                }
                let length = bytes.iter().position(|byte| *byte == b'\n');
                let part = bytes.get(..length.unwrap_or(bytes.len())).unwrap_or_default();
                kept.add(part);
                let consumed = part.len() + usize::from(length.is_some());
                ended = length.is_some();
                self.line += u64::from(ended);
                self.reader.consume(consumed);
            }
            if kept.is_too_long() || !kept.bytes.trim_ascii().is_empty() {
                return Ok(Some(kept.record(line)));
            }
            if !ended {
                return Ok(None);
            }
        }
    }

    /// Reads the next element of an array, up to the comma or bracket behind it.
    fn element(&mut self) -> io::Result<Option<Record>> {
        let (mut kept, mut scan, mut begun) = (RecordBytes::default(), Scan::default(), None);
        loop {
            let bytes = self.reader.fill_buf()?;
            if bytes.is_empty() {
                let Some(line) = begun else { return Ok(None) };
                let cause = "the file ends within this record".to_owned();
                return Ok(Some(Record { line, size: kept.size, members: Err(cause) }));
            }
            let (mut consumed, mut step) = (0, Step::On);
            for byte in bytes {
                consumed += 1;
                let is_between = begun.is_none() && (byte.is_ascii_whitespace() || matches!(byte, b'[' | b','));
                self.line += u64::from(*byte == b'\n');
                if is_between {
                    continue;
                }
                if begun.is_none() && *byte == b']' {
                    step = Step::Over;
                    break;
                }
                begun.get_or_insert(self.line);
                step = scan.take(*byte);
                if step != Step::On {
                    break;
                }
                kept.add(std::slice::from_ref(byte));
            }
            self.reader.consume(consumed);
            match (step, begun) {
                (Step::On, _) => {}
                (Step::Over, None) => return Ok(None),
                (Step::Over, Some(line)) => {
                    // The bracket ends the array: nothing after it is a record.
                    self.is_array = false;
                    let rest = kept.record(line);
                    io::copy(&mut self.reader, &mut io::sink())?;
                    return Ok(Some(rest));
                }
                (Step::Ended, Some(line)) => return Ok(Some(kept.record(line))),
                (Step::Ended, None) => {}
            }
        }
    }
}

/// The meaning of a byte for the element that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// It belongs to the element.
    On,
    /// It is the comma behind the element.
    Ended,
    /// It is the bracket behind the last element.
    Over,
}

/// The depth of an element, outside of texts.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_text: bool,
    is_escaped: bool,
}

impl Scan {
    fn take(&mut self, byte: u8) -> Step {
        if self.in_text {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return Step::On;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b']' if self.depth == 0 => return Step::Over,
            b',' if self.depth == 0 => return Step::Ended,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Step::On
    }
}

/// The bytes of a record, up to the bound.
#[derive(Default)]
struct RecordBytes {
    bytes: Vec<u8>,
    size: usize,
}

impl RecordBytes {
    fn add(&mut self, bytes: &[u8]) {
        self.size += bytes.len();
        if self.is_too_long() {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn is_too_long(&self) -> bool {
        self.size > LONGEST
    }

    fn record(self, line: u64) -> Record {
        let members = if self.is_too_long() {
            Err("the record is larger than 1 MiB".to_owned())
        } else {
            serde_json::from_slice::<Map<String, Value>>(&self.bytes).map_err(|error| {
                let what = if error.is_data() { "the record is not a JSON object" } else { "the record is not JSON" };
                format!("{what} (column {})", error.column())
            })
        };
        Record { line, size: self.size, members }
    }
}

fn count_lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
