//! The query and the answer of `GET /admin/list-audit`.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    declaration::Shape,
    model::Additional,
    wire::{Member, optional, optional_text, page_number, query},
};

/// An instant.
const fn instant(name: &'static str) -> Member<Option<Timestamp>> {
    optional(name, Shape::Text, |fields, name| {
        let read = fields.value(name)?.as_str().and_then(|text| text.parse().ok());
        if read.is_none() {
            fields.wrong(name, "Invalid input: expected an instant in ISO 8601");
        }
        read
    })
}

query! {
    /// `GET /admin/list-audit`.
    pub(super) struct List {
        pub(super) user_id: Option<String> = optional_text("userId"),
        pub(super) actor_id: Option<String> = optional_text("actorId"),
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
        pub(super) kind: Option<String> = optional_text("kind"),
        pub(super) action: Option<String> = optional_text("action"),
        pub(super) since: Option<Timestamp> = instant("since"),
        pub(super) until: Option<Timestamp> = instant("until"),
        pub(super) limit: Option<i64> = page_number("limit"),
        pub(super) offset: Option<i64> = page_number("offset"),
    }
}

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changes {
    /// The changes of the page, the newest first.
    pub(super) changes: Vec<Additional>,
    /// Whether older changes follow.
    pub(super) has_more: bool,
}
