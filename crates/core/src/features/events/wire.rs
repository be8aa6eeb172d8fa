//! The body of an event, in version 1 (docs/events.md). It has no password, token or hash: users are written by a type that has none.

use serde::Serialize;
use serde_json::Value;

use crate::{
    json,
    model::{Additional, User},
};

/// The version of events. A member may be added in one version, but none is changed or removed.
const VERSION: u32 = 1;

/// An event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    version: u32,
    /// The identifier, which stays over all attempts and receivers.
    id: &'a str,
    r#type: &'a str,
    created_at: &'a Value,
    data: Data<'a>,
}

impl<'a> Event<'a> {
    /// Creates an event.
    pub(super) fn new(id: &'a str, kind: &'a str, created_at: &'a Value, data: Data<'a>) -> Self {
        Self { version: VERSION, id, r#type: kind, created_at, data }
    }

    /// Returns the body of a request.
    pub(super) fn body(&self) -> String {
        json::to_string(self)
    }
}

/// The subject of an event. A row that is gone by now has only its identifier.
#[derive(Serialize, Default)]
pub(super) struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<FoundRow<'a, User>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<GoneRow<'a>>,
    /// The row that changed, if it is neither the user nor a session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) object: Option<GoneRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) organization: Option<FoundRow<'a, Additional>>,
}

/// A row as it is now.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum FoundRow<'a, T> {
    /// The row.
    Row(Box<T>),
    /// The row is gone.
    Gone(GoneRow<'a>),
}

/// A row of which only this is known.
#[derive(Serialize)]
pub(super) struct GoneRow<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
}

impl<'a> GoneRow<'a> {
    /// The row with this identifier.
    pub(super) fn of(id: &'a str) -> Self {
        Self { id, email: None }
    }

    /// The user with this address.
    pub(super) fn with_email(self, email: Option<&'a str>) -> Self {
        Self { email, ..self }
    }
}
