//! The bodies of requests and answers exactly as on the wire, and the messages about their issues (spec core §1.4). Unknown keys
//! are ignored.

mod answers;
mod asked;
mod fields;
mod requests;

use serde_json::Value;

pub(crate) use self::fields::Fields;
pub use self::{
    answers::*,
    asked::{Asked, Kind, Member},
    requests::*,
};

/// The input of a request, without its headers.
pub struct Raw {
    /// The body from JSON or a form; `None` if there is none.
    pub body: Option<Value>,
    /// The query's pairs in order, decoded.
    pub query: Vec<(String, String)>,
    /// The path segment for `:name`; empty if the endpoint's path has no parameter.
    pub parameter: String,
    /// The record of what is read, for the API description; `None` while answering a request.
    pub asked: Option<Asked>,
}

impl Raw {
    /// Returns the values of a query key.
    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Returns the first value of a query key.
    pub fn first<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        self.ask("query", key, Kind::Text, false);
        self.all(key).next()
    }

    fn ask(&self, place: &'static str, name: &str, kind: Kind, required: bool) {
        if let Some(asked) = &self.asked {
            asked.add(Member { place, name: name.to_owned(), kind, required });
        }
    }

    /// Reads a flag by JavaScript's truthiness: `false` and `0` are true, and only the empty text is false (§3.6). A repeated key
    /// is a list, which is true.
    fn flag(&self, key: &str) -> bool {
        self.ask("query", key, Kind::Flag, false);
        let mut values = self.all(key);
        values.next().is_some_and(|first| !first.is_empty() || values.next().is_some())
    }
}

/// A type that an endpoint reads from a body or query.
pub trait Input: Sized {
    /// Reads the value.
    ///
    /// # Errors
    /// Every issue, in the order of the schema.
    fn read(raw: &Raw) -> Result<Self, Vec<String>>;
}
