//! The statements of the service, as the files below `tests/statements` show them.

use std::{fs, path::Path};

/// Additional fields with and without a default, with columns of other names, and left out of answers.
pub const ADDITIONAL_FIELDS: &str = r#"
[user.additional_fields]
plan = { type = "string", required = false, field_name = "the \"plan\"" }
tags = { type = "string[]", required = false }
note = { type = "json", required = false, returned = false }
[session.additional_fields]
device = { type = "string", required = false, default_value = "unknown", field_name = "the device" }
place = { type = "string", required = false }
[account.additional_fields]
origin = { type = "string", required = false, default_value = "here", field_name = "its origin" }
hidden = { type = "number", required = false, returned = false }
[username]
enabled = true
[two_factor]
enabled = true
[phone_number]
enabled = true
[admin]
enabled = true
[sign_up]
enabled = true
invitation_only = true
create_organization = true
[api_key]
enabled = true
[passkey]
enabled = true
[organization]
enabled = true
[organization.teams]
enabled = true
[organization.dynamic_access_control]
enabled = true
"#;

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
    let numbers = sql.split('$').skip(1).map(|rest| rest.split(|letter: char| !letter.is_ascii_digit()).next().unwrap());
    numbers.filter_map(|number| number.parse().ok()).max().unwrap_or(0)
}
