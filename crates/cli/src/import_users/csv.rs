//! Splits CSV (RFC 4180) into records without keeping more than one. The first record names the columns.

use std::io::{self, BufRead};

use serde_json::{Map, Value};

use super::records::{LONGEST, Record};

/// A reader of CSV.
pub struct Csv<R> {
    reader: R,
    line: u64,
    names: Option<Vec<String>>,
    is_over: bool,
}

/// The cells of a record and its size in bytes, or the reason why it cannot be read.
type Cells = (u64, usize, Result<Vec<String>, String>);

impl<R: BufRead> Csv<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 1, names: None, is_over: false }
    }

    /// Reads the next record.
    pub(super) fn next(&mut self) -> Option<io::Result<Record>> {
        loop {
            let (line, size, cells) = match self.cells() {
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
                Ok(cells) => cells?,
            };
            let Some(names) = &self.names else {
                match cells {
                    Ok(cells) => self.names = Some(cells),
                    Err(cause) => {
                        self.is_over = true;
                        return Some(Ok(Record { line, size, members: Err(cause) }));
                    }
                }
                continue;
            };
            let members = cells.and_then(|cells| {
                if cells.len() != names.len() {
                    return Err(format!("the record has {} cells, and the header {}", cells.len(), names.len()));
                }
                let pairs = names.iter().cloned().zip(cells).filter(|(_, cell)| !cell.is_empty());
                Ok(pairs.map(|(name, cell)| (name, Value::String(cell))).collect::<Map<_, _>>())
            });
            return Some(Ok(Record { line, size, members }));
        }
    }

    /// Reads the cells of the next record that is not an empty line.
    fn cells(&mut self) -> io::Result<Option<Cells>> {
        while !self.is_over {
            let (begun, mut parse) = (self.line, Parse::default());
            let mut ended = false;
            while !ended {
                let bytes = self.reader.fill_buf()?;
                if bytes.is_empty() {
                    self.is_over = true;
                    break;
                }
                let mut consumed = 0;
                for byte in bytes {
                    consumed += 1;
                    self.line += u64::from(*byte == b'\n');
                    ended = parse.take(*byte);
                    if ended {
                        break;
                    }
                }
                self.reader.consume(consumed);
                if parse.size > LONGEST {
                    // Nothing says where the next record begins.
                    self.is_over = true;
                    let cause =
                        "the record is larger than 1 MiB; a quote may not be closed. The rest of the file was not read";
                    return Ok(Some((begun, parse.size, Err(cause.to_owned()))));
                }
            }
            if !parse.is_empty() {
                let size = parse.size;
                return Ok(Some((begun, size, parse.finish())));
            }
        }
        Ok(None)
    }
}

/// The place of a byte within a cell.
#[derive(Default, PartialEq, Eq)]
enum CellPlace {
    /// At the beginning of a cell.
    #[default]
    Start,
    /// In a cell without quotes.
    Plain,
    /// Within quotes.
    Quoted,
    /// Behind a quote within quotes, which ends them or is the first of two.
    Quote,
}

/// The cells of a record that is read.
#[derive(Default)]
struct Parse {
    at: CellPlace,
    cells: Vec<Vec<u8>>,
    cell: Vec<u8>,
    size: usize,
    is_broken: bool,
}

impl Parse {
    /// Takes a byte, and returns whether it ends the record.
    fn take(&mut self, byte: u8) -> bool {
        self.size += 1;
        if self.size > LONGEST {
            return true;
        }
        match (&self.at, byte) {
            (CellPlace::Quoted, b'"') => self.at = CellPlace::Quote,
            (CellPlace::Quoted, _) => self.cell.push(byte),
            (CellPlace::Quote, b'"') => {
                self.cell.push(byte);
                self.at = CellPlace::Quoted;
            }
            (_, b',') => {
                self.cells.push(std::mem::take(&mut self.cell));
                self.at = CellPlace::Start;
            }
            (_, b'\n') => return true,
            (_, b'\r') => {}
            (CellPlace::Start, b'"') => self.at = CellPlace::Quoted,
            (CellPlace::Quote, _) => self.is_broken = true,
            _ => {
                self.cell.push(byte);
                self.at = CellPlace::Plain;
            }
        }
        false
    }

    fn is_empty(&self) -> bool {
        self.cells.is_empty() && self.cell.is_empty() && self.at == CellPlace::Start
    }

    fn finish(mut self) -> Result<Vec<String>, String> {
        if self.at == CellPlace::Quoted {
            return Err("the file ends within quotes".to_owned());
        }
        if self.is_broken {
            return Err("a cell goes on behind its closing quote; double the quotes within it".to_owned());
        }
        self.cells.push(self.cell);
        let texts = self.cells.into_iter().map(String::from_utf8);
        texts.collect::<Result<_, _>>().map_err(|_| "a cell is not UTF-8".to_owned())
    }
}
