//! Request and response bodies exactly as on the wire, and the sentences that say what is wrong with them
//! (spec core §1.4). Unknown keys are ignored.

mod answers;
mod fields;
mod members;
mod reads;
mod requests;

use serde_json::Value;

pub use self::{
    answers::*,
    reads::{Input, Reads},
    requests::*,
};
pub(crate) use self::{
    fields::Fields,
    members::{
        body, input, is_true, member, members, object, optional, optional_body, optional_boolean, optional_number,
        optional_text, record, text, texts,
    },
    reads::Members,
};

/// What a request brings besides its headers.
pub struct Raw {
    /// The JSON or form body; none where there was none.
    pub body: Option<Value>,
    /// The query's pairs in order, decoded.
    pub query: Vec<(String, String)>,
    /// What stands in the path in the place of a `:name`; empty where the endpoint's path has none.
    pub parameter: String,
}

impl Raw {
    /// The first value of a query key.
    pub fn first<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}
