//! The reader of Redis answers, compiled from the core's own file: it is private there.

#[path = "../../crates/core/src/store/secondary/resp.rs"]
mod resp;

mod value {
    /// An answer of Redis, as `store/secondary/value.rs` defines it.
    #[derive(Debug, PartialEq, Eq)]
    pub(super) enum Value {
        Text(String),
        Number(i64),
        Nothing,
        List(Vec<Value>),
        Refused(String),
    }
}

/// Reads an answer. A complete answer must not depend on the bytes after it, and none of its beginnings is an answer.
pub fn read(bytes: &[u8]) -> bool {
    let _ = resp::command(&["GET", "key"]);
    let Ok((value, length)) = resp::answer(bytes) else { return false };
    let answer = &bytes[..length];
    assert_eq!(resp::answer(answer), Ok((value, length)));
    // A few beginnings are enough: each of them would cost a whole read.
    for end in (0..length).rev().take(32) {
        assert_eq!(resp::answer(&answer[..end]), Err(resp::NoReply::Incomplete));
    }
    true
}
