//! Reads an export record by record: a JSON array, `{"users": […]}`, JSON lines or CSV. Memory is bounded by one record, for any
//! file.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use serde_json::{Map, Value};

use super::{csv::Csv, json::Json};

/// The most bytes of one record.
pub const LONGEST: usize = 1 << 20;

/// One record of the file.
#[derive(Debug, PartialEq)]
pub struct Record {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// Its size in the file, in bytes.
    pub size: usize,
    /// Its members, or the reason why it cannot be read.
    pub members: Result<Map<String, Value>, String>,
}

/// The records of a file.
pub enum Records<R> {
    /// JSON in one of its forms.
    Json(Json<R>),
    /// CSV with a header.
    Csv(Csv<R>),
}

/// Opens a file. CSV is recognized by the extension, JSON by its first character.
///
/// # Errors
/// If it cannot be read.
pub fn open(file: &Path) -> io::Result<Records<BufReader<File>>> {
    let reader = BufReader::with_capacity(1 << 16, File::open(file)?);
    let is_csv = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    of(reader, is_csv)
}

/// Returns the records of a reader.
///
/// # Errors
/// If the beginning cannot be read.
pub fn of<R: BufRead>(mut reader: R, is_csv: bool) -> io::Result<Records<R>> {
    if reader.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
        reader.consume(3);
    }
    Ok(if is_csv { Records::Csv(Csv::new(reader)) } else { Records::Json(Json::new(reader)?) })
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Json(json) => json.next(),
            Self::Csv(csv) => csv.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, is_csv: bool) -> Vec<(u64, Result<String, String>)> {
        let records = of(text.as_bytes(), is_csv).unwrap().map(Result::unwrap);
        records.map(|record| (record.line, record.members.map(|map| Value::Object(map).to_string()))).collect()
    }

    fn good(text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }

    #[test]
    fn every_form_of_json_is_read_with_its_lines() {
        let two = |first, second| vec![(first, good(r#"{"a":1}"#)), (second, good(r#"{"b":"}]{"}"#))];
        assert_eq!(read("[\n{\"a\":1},\n{\"b\":\"}]{\"}]", false), two(2, 3));
        assert_eq!(read("{\"a\":1}\n\n{\"b\":\"}]{\"}\n", false), two(1, 3));
        assert_eq!(read("\u{feff}{ \"users\" : [{\n\"a\":1}\n,{\"b\":\"}]{\"}], \"more\": 1}", false), two(1, 3));
        assert_eq!(read("", false), []);
        assert_eq!(read("[]", false), []);
    }

    #[test]
    fn broken_json_is_named_by_its_line_and_the_rest_is_read() {
        let lines = read("{\"a\":1}\n{\"a\":\n[1]\n{\"b\":2}", false);
        assert_eq!((lines[0].1.clone(), lines[3].clone()), (good(r#"{"a":1}"#), (4, good(r#"{"b":2}"#))));
        assert!(lines[1].1.is_err() && lines[2].1.is_err());
        let array = read("[{\"a\":x},\n5,\n{\"b\":2}]", false);
        assert_eq!(array.last(), Some(&(3, good(r#"{"b":2}"#))));
        assert_eq!(array.iter().filter(|(_, read)| read.is_err()).map(|(line, _)| *line).collect::<Vec<_>>(), [1, 2]);
        let open = read("[{\"a\":1},\n{\"b\":\"", false);
        assert!(open[1].0 == 2 && open[1].1.as_ref().is_err_and(|cause| cause.contains("ends")), "{open:?}");
    }

    #[test]
    fn a_huge_record_is_refused_without_being_kept() {
        let huge = "x".repeat(LONGEST + 1);
        for text in [format!("[{{\"a\":\"{huge}\"}},\n{{\"b\":2}}]"), format!("{{\"a\":\"{huge}\"}}\n{{\"b\":2}}")] {
            let read = read(&text, false);
            assert!(read[0].1.as_ref().is_err_and(|cause| cause.contains("1 MiB")), "{:?}", read[0]);
            assert_eq!(read[1], (2, good(r#"{"b":2}"#)));
        }
        let quoted = read(&format!("a,b\n1,\"{huge}"), true);
        assert!(quoted.len() == 1 && quoted[0].1.as_ref().is_err_and(|cause| cause.contains("quote")), "{quoted:?}");
    }

    #[test]
    fn csv_is_read_as_rfc_4180_has_it() {
        let text = "id,\"the \"\"name\"\"\",note\r\n1,\"a,b\nc\",\n\n2,=1+1,\"x\"\n3,only\n4,a,b,c\n5,\"a\"b,c";
        let read = read(text, true);
        assert_eq!(read[0], (2, good(r#"{"id":"1","the \"name\"":"a,b\nc"}"#)));
        assert_eq!(read[1], (5, good(r#"{"id":"2","note":"x","the \"name\"":"=1+1"}"#)));
        let causes: Vec<_> = read[2..].iter().map(|(line, read)| (*line, read.is_err())).collect();
        assert_eq!(causes, [(6, true), (7, true), (8, true)]);
    }
}
