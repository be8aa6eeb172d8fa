//! What readers ask for, written down: the description of the API tells it, so that it says what is read and nothing else.

use std::sync::{Mutex, PoisonError};

/// What a reader asked for.
#[derive(Default)]
pub struct Asked(Mutex<Vec<Member>>);

/// One member of a body or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// `body` or `query`.
    pub place: &'static str,
    /// Its name; empty for a body as a whole.
    pub name: String,
    /// What it may hold.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
}

/// What a member may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A text that is not empty.
    FilledText,
    /// A person's address.
    Email,
    /// A list of texts.
    Texts,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Anything but the empty text, for yes.
    Flag,
    /// An object: the body itself.
    Object,
    /// An object of which any member is taken.
    Record,
}

impl Asked {
    /// Writes a member down; whoever asked for it first knew best what it holds.
    pub(super) fn add(&self, member: Member) {
        let mut members = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !members.iter().any(|known| (known.place, &known.name) == (member.place, &member.name)) {
            members.push(member);
        }
    }

    /// Everything that was asked for, in order.
    pub fn members(&self) -> Vec<Member> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
