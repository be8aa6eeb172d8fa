//! Password hashes as other systems stored them.

use std::{fs, path::Path};

use gatepost_core::store::written::literal;
use serde_json::Value;

use super::postgres::Database;

/// A configuration that accepts bcrypt.
pub const BCRYPT: &str = "[email_and_password]\nenabled = true\naccept_hashes = [\"bcrypt\"]\n";
/// `correct horse battery` as `bcryptjs` hashes it.
pub const OF_BCRYPT: &str = "$2y$04$LtvLMtXKgoDfGwcrIq39qeFg7TcOXejeEM4JfKZGh.7.6hnxPn6M2";

/// The signer key of Firebase's hashes and all hashes of `tests/passwords/vectors.json`.
pub fn vectors() -> (String, Vec<Value>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/passwords/vectors.json");
    let read: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    (read["signer_key"].as_str().unwrap().to_owned(), read["vectors"].as_array().unwrap().clone())
}

/// Sets the hash of every user with a password.
pub fn store(database: &Database, hash: &str) {
    database.query(&format!("update account set password = {}", literal(hash)));
}

/// The hash of the one user.
pub fn stored(database: &Database) -> String {
    database.value("select password from account")
}

/// Whether a text has the form of better-auth's hashes.
pub fn is_own(stored: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_own = |(salt, key): (&str, &str)| salt.len() == 32 && key.len() == 128 && is_hex(salt) && is_hex(key);
    stored.split_once(':').is_some_and(is_own)
}
