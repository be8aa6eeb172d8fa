//! The input of endpoints, and its description for the API.

use super::{RawInput, fields::Fields};
use crate::declaration::{Member, Shape};

/// The parts of a request that an endpoint reads, for the description of the API.
#[derive(Debug, Clone, Copy)]
pub struct EndpointReads {
    /// The shape of the body; `None` if the endpoint reads no body.
    pub body: Option<Shape>,
    /// Whether the body may be left out.
    pub body_is_optional: bool,
    /// The members of the query.
    pub query: &'static [Member],
}

impl EndpointReads {
    /// Nothing is read.
    pub const NOTHING: Self = Self { body: None, body_is_optional: true, query: &[] };

    /// A body of this shape.
    pub const fn of(body: Shape) -> Self {
        Self { body: Some(body), body_is_optional: false, ..Self::NOTHING }
    }

    /// A body with these members.
    pub(crate) const fn body<T: Members>() -> Self {
        Self::of(Shape::Object(T::MEMBERS))
    }

    /// The body may be left out.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { body_is_optional: true, ..self }
    }

    /// These members of the query are read as well.
    #[must_use]
    pub const fn and_query(self, query: &'static [Member]) -> Self {
        Self { query, ..self }
    }
}

/// A body or query that an endpoint reads.
pub trait Input: Sized {
    /// The parts of the request that are read, for the description of the API.
    const READS: EndpointReads;

    /// Reads it.
    ///
    /// # Errors
    /// Every issue, in the order of the schema.
    fn read(raw: &RawInput) -> Result<Self, Vec<String>>;
}

/// An object of which some members are read.
pub(crate) trait Members: Sized {
    /// The members, in the order in which issues are reported.
    const MEMBERS: &'static [Member];

    /// Reads them.
    fn read(fields: &mut Fields<'_>) -> Self;

    /// Reads an object of which nothing else is read.
    ///
    /// # Errors
    /// Every issue.
    fn whole(mut fields: Fields<'_>) -> Result<Self, Vec<String>> {
        let read = Self::read(&mut fields);
        fields.finish(read)
    }
}
