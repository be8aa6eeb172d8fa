//! Request and response bodies exactly as on the wire, and the sentences that say what is wrong with them
//! (spec core §1.4). Unknown keys are ignored.

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

/// What a request brings besides its headers.
pub struct Raw {
    /// The JSON or form body; none where there was none.
    pub body: Option<Value>,
    /// The query's pairs in order, decoded.
    pub query: Vec<(String, String)>,
    /// What stands in the path in the place of a `:name`; empty where the endpoint's path has none.
    pub parameter: String,
    /// Where it is written down what is read of it; none where a request is answered.
    pub asked: Option<Asked>,
}

impl Raw {
    /// The values of a query key.
    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The first value of a query key.
    pub fn first<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        self.ask("query", key, Kind::Text, false);
        self.all(key).next()
    }

    fn ask(&self, place: &'static str, name: &str, kind: Kind, required: bool) {
        if let Some(asked) = &self.asked {
            asked.add(Member { place, name: name.to_owned(), kind, required });
        }
    }

    /// A flag as JavaScript's truthiness has it: `false` and `0` are true, only the empty text is not (§3.6). A key that
    /// stands there twice is a list, and lists are true.
    fn flag(&self, key: &str) -> bool {
        self.ask("query", key, Kind::Flag, false);
        let mut values = self.all(key);
        values.next().is_some_and(|first| !first.is_empty() || values.next().is_some())
    }
}

/// A body or query that an endpoint reads.
pub trait Input: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// Every issue, in the order of the schema.
    fn read(raw: &Raw) -> Result<Self, Vec<String>>;
}
