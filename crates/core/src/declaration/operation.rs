//! The description of an endpoint in the API's document, as data.

/// An endpoint in the description of the API.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The endpoint's id.
    pub endpoint: &'static str,
    /// The `operationId`, by which generated clients name it: better-auth's, or else its name in `auth.api`.
    pub name: &'static str,
    /// By which generated clients are divided.
    pub tag: &'static str,
    /// Its answers besides refusals.
    pub answer: Answers,
    /// Refusals besides those of every endpoint: the status, and what it means.
    pub refusals: &'static [(&'static str, &'static str)],
    /// Whether it reads the session itself, without a guard that says so, and answers an empty 401.
    pub is_of_session: bool,
}

impl Operation {
    /// An operation with better-auth's usual tag.
    pub const fn of(endpoint: &'static str, name: &'static str, answer: Answers) -> Self {
        Self { endpoint, name, tag: "Default", answer, refusals: &[], is_of_session: false }
    }

    /// It has another tag.
    #[must_use]
    pub const fn tagged(self, tag: &'static str) -> Self {
        Self { tag, ..self }
    }

    /// It has other refusals than every endpoint.
    #[must_use]
    pub const fn refusing(self, refusals: &'static [(&'static str, &'static str)]) -> Self {
        Self { refusals, ..self }
    }

    /// It reads the session itself.
    #[must_use]
    pub const fn of_session(self) -> Self {
        Self { is_of_session: true, ..self }
    }
}

/// The answers of an endpoint besides refusals.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    /// The meaning of a 200.
    pub about: &'static str,
    /// Its body; `None` if the endpoint only redirects.
    pub body: Option<Shape>,
    /// Whether the answer may be a redirect.
    pub redirects: bool,
}

impl Answers {
    /// The endpoint only redirects.
    pub const REDIRECT: Self = Self { about: "", body: None, redirects: true };

    /// A 200 with this meaning and this body.
    pub const fn of(about: &'static str, body: Shape) -> Self {
        Self { about, body: Some(body), redirects: false }
    }

    /// The answer may be a redirect instead.
    #[must_use]
    pub const fn or_redirect(self) -> Self {
        Self { redirects: true, ..self }
    }
}

/// The shape of a value in a request or an answer.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A text that is not empty.
    FilledText,
    /// A person's address.
    Email,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// `true`.
    True,
    /// In a query, any text but the empty one, for yes.
    Flag,
    /// A text or null.
    TextOrNull,
    /// An instant, as text.
    Instant,
    /// This or null.
    OrNull(&'static Shape),
    /// One of these.
    AnyOf(&'static [Shape]),
    /// An object with at least these members, of any kind.
    AnyObject(&'static [&'static str]),
    /// Anything.
    Anything,
    /// An object of any members, whose values are these.
    MapOf(&'static Shape),
    /// A list of these.
    List(&'static Shape),
    /// An object with these members.
    Object(&'static [Member]),
    /// A shape that several answers contain: `User`, `Session`.
    Component(&'static str),
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub shape: Shape,
    /// Whether it may be missing.
    pub is_optional: bool,
}

impl Member {
    /// A member that is always there.
    pub const fn of(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, is_optional: false }
    }

    /// It may be missing.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { is_optional: true, ..self }
    }
}
