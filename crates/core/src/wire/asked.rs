//! A record of the members that readers ask for. The API description is made from it, so that it lists exactly what is read.

use std::sync::{Mutex, PoisonError};

/// The members that a reader asked for.
#[derive(Default)]
pub struct Asked(Mutex<Vec<Member>>);

/// A member of a body or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `body` or `query`.
    pub place: &'static str,
    /// The name of the member; empty for the whole body.
    pub name: String,
    /// The kind of value that the member may have.
    pub kind: Kind,
    /// Whether the member is required.
    pub required: bool,
}

/// The kind of value that a member may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A text that is not empty.
    FilledText,
    /// An e-mail address.
    Email,
    /// A list of texts.
    Texts,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A flag: every text but the empty one means yes.
    Flag,
    /// An object, which is the body itself.
    Object,
    /// An object with any members.
    Record,
}

impl Asked {
    /// Records a member. The first request for a member decides its kind.
    pub(super) fn add(&self, member: Member) {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !members.iter().any(|known| (known.place, &known.name) == (member.place, &member.name)) {
            members.push(member);
        }
    }

    /// Returns every recorded member, in order.
    pub fn members(&self) -> Vec<Member> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
