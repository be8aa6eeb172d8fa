//! The answers of a secondary storage to commands.

/// The first words of refusals that end in a moment: the server starts, or another one takes the writes now.
const PASSING: [&str; 5] = ["LOADING", "MASTERDOWN", "READONLY", "TRYAGAIN", "CLUSTERDOWN"];

/// An answer to a command.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// No value.
    Nothing,
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// A list of answers.
    List(Vec<Value>),
    /// A refusal, in the server's own words.
    Refused(String),
}

impl Value {
    /// Returns the text; `None` for any other answer.
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the list; an empty one for any other answer.
    pub(super) fn list(self) -> Vec<Self> {
        match self {
            Self::List(list) => list,
            _ => Vec::new(),
        }
    }
}

/// Whether a refusal may end in a moment.
pub(super) fn is_passing(words: &str) -> bool {
    PASSING.iter().any(|word| words.starts_with(word))
}
