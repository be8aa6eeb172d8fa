//! What a store answers to a command.

/// How refusals begin that are over in a moment: the server starts, or another one takes the writes now.
const PASSING: [&str; 5] = ["LOADING", "MASTERDOWN", "READONLY", "TRYAGAIN", "CLUSTERDOWN"];

/// What a store answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing is there.
    Nothing,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// A list of answers.
    List(Vec<Value>),
    /// It refuses, in its own words.
    Refused(String),
}

impl Value {
    /// The text; none where it is something else.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The list; an empty one where it is something else.
    pub(super) fn list(self) -> Vec<Self> {
        match self {
            Self::List(list) => list,
            _ => Vec::new(),
        }
    }
}

/// Whether a refusal is over in a moment.
pub(super) fn is_passing(words: &str) -> bool {
    PASSING.iter().any(|word| words.starts_with(word))
}
