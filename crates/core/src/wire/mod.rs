//! The bodies of requests and answers exactly as on the wire, and the messages about their issues (spec core §1.4). Unknown keys
//! are ignored.

mod answers;
mod fields;
mod members;
mod reads;
mod requests;
mod roles;
mod searches;

use serde_json::Value;

pub use self::{
    answers::*,
    reads::{EndpointReads, Input},
    requests::*,
};
pub(crate) use self::{
    fields::{Fields, MOST_NAME},
    members::{
        Member, body, email, input, is_true, member, members, object, optional, optional_body, optional_boolean,
        optional_number, optional_person, optional_text, person, query, record, text, texts,
    },
    reads::Members,
    roles::{Permissions, ROLES, permissions, roles},
    searches::{asked, choice, descending, operator, page_number},
};

/// The input of a request, without its headers.
pub struct RawInput {
    /// The body from JSON or a form; `None` if there is none.
    pub body: Option<Value>,
    /// The query's pairs in order, decoded.
    pub query: Vec<(String, String)>,
    /// The path segment for `:name`; empty if the endpoint's path has no parameter.
    pub parameter: String,
}

impl RawInput {
    /// The first value of a query key.
    pub fn first<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}
