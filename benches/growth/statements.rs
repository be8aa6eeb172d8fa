//! The statements of the service, as the files below `tests/statements` show them.

use std::{fs, path::Path};

/// A statement of a file, or the statements of a transaction.
pub struct Block {
    /// The functions of the store that send it.
    pub by: Vec<String>,
    /// Its statements, without those that begin and end the transaction. `E'…'` stands for any text.
    pub parts: Vec<String>,
}

/// The statements of `tests/statements/NAME.sql`.
pub fn of(name: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/statements/{name}.sql"));
    let text = fs::read_to_string(path).unwrap();
    // The first paragraph is about the file.
    let blocks = text.trim_end().split("\n\n").skip(1);
    let read = blocks.map(|block| {
        let (by, sql) = block.strip_prefix("-- ").unwrap().split_once('\n').unwrap();
        let by = by.split(", ").map(str::to_owned).collect();
        let is_kept = |part: &&str| {
            let control = ["begin", "commit", "savepoint", "rollback", "set "];
            !part.is_empty() && !control.iter().any(|word| part.starts_with(word)) && !part.contains("(…)")
        };
        let parts = sql.split(';').map(str::trim).filter(is_kept).map(str::to_owned).collect();
        Block { by, parts }
    });
    read.collect()
}

/// How many parameters a statement has.
pub fn parameters(sql: &str) -> usize {
    let numbers =
        sql.split('$').skip(1).map(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next().unwrap());
    numbers.filter_map(|number| number.parse().ok()).max().unwrap_or(0)
}
