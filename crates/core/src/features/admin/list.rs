//! `GET /admin/list-users` (spec management-plugins §1.5).

use http::StatusCode;

use super::{actor::Permission, rows, wire, words};
use crate::{
    code,
    config::Schema,
    context::Context,
    error::Error,
    reason::Reason,
    reply::Reply,
    rules::search::{Condition, Match, Operator, Search, SearchField, SearchValue},
    signed_in::SignedIn,
    store::StoreError,
};

pub(super) const LIST: Permission =
    Permission { resource: "user", action: "list", refusal: words::YOU_ARE_NOT_ALLOWED_TO_LIST_USERS };

/// The users of a page for which the query has no limit.
const LIMIT: i64 = 100;
/// The most users of a page. An answer must fit into the memory of an instance.
const MOST: i64 = 10_000;

/// Returns the users that a query describes, and their number.
pub(super) async fn users(cx: &mut Context, query: wire::ListUsers, _: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let (limit, offset) = (query.limit, query.offset);
    let search = Search {
        conditions: conditions(&query, &auth.config.schema)?,
        order: known(&auth.config.schema, "sortBy", query.sort_by.as_deref().filter(|by| !by.is_empty()), "createdAt")?,
        descending: query.descending == Some(true),
        limit: limit.unwrap_or(LIMIT).min(MOST),
        offset: offset.unwrap_or(0),
    };
    let (users, total) = match rows::search(&cx.db, &search).await {
        Err(error @ StoreError::Refused { .. }) => {
            return Err(invalid("filterValue", "the field cannot have this value").because(error));
        }
        found => found?,
    };
    Reply::json(&wire::Users { users: &users, total, limit, offset })
}

fn conditions(query: &wire::ListUsers, schema: &Schema) -> Result<Vec<Condition>, Error> {
    let mut conditions = Vec::new();
    if let Some(text) = query.search_value.as_deref().filter(|text| !text.is_empty()) {
        let field = known(schema, "searchField", query.search_field, "email")?;
        let operator = Operator::Text(query.search_operator.unwrap_or(Match::Contains));
        conditions.push(Condition::new(field, operator, SearchValue::One(text.to_owned())));
    }
    if let Some(value) = &query.filter_value {
        let field = query.filter_field.as_deref().filter(|field| !field.is_empty());
        let field = known(schema, "filterField", field, "email")?;
        let operator = query.filter_operator.unwrap_or(Operator::Equal);
        conditions.push(Condition::new(field, operator, value.clone()));
    }
    Ok(conditions)
}

/// Finds the field that a member of the query names.
fn known(schema: &Schema, member: &str, name: Option<&str>, otherwise: &str) -> Result<SearchField, Error> {
    let found = SearchField::of(schema, "user", name.unwrap_or(otherwise));
    found.ok_or_else(|| invalid(member, "users have no such field"))
}

fn invalid(member: &str, why: &str) -> Error {
    let message = format!("[query.{member}] Invalid input: {why}");
    Error::explained(StatusCode::BAD_REQUEST, code::VALIDATION_ERROR, message, Reason::InvalidInput)
}
