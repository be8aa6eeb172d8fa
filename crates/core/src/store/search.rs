//! Searches in SQL: the placeholders `{user.where $1}` and `{user.order $1}`, whose columns and operators a client has chosen among
//! those that [`rules::search`](crate::rules::search) knows. Values are parameters.

use super::{statement::Statement, times, written::quoted};
use crate::{
    config::Kind,
    rules::search::{Operator, Search, SearchField},
};

/// The placeholders, by which an error about a time is recognized.
pub(super) const PLACES: [&str; 6] =
    ["{user.where ", "{user.order ", "{member.where ", "{member.order ", "{apikey.where ", "{apikey.order "];

/// How a statement writes a column with the alias `u`.
fn column(known: &SearchField, times_are_texts: bool) -> String {
    let column = format!("u.{}", quoted(&known.column));
    match known.kind {
        Kind::Date if times_are_texts => times::of_any_type(&column),
        Kind::Date => times::of_type(&column),
        _ => column,
    }
}

/// Appends the conditions of a search after `where`, or nothing if it has none. `value` is the number of the search among the
/// parameters.
pub(super) fn conditions(search: &Search, value: usize, times_are_texts: bool, statement: &mut Statement) {
    for (at, condition) in search.conditions.iter().enumerate() {
        statement.text += if at == 0 { " where " } else { " and " };
        let column = column(&condition.field, times_are_texts);
        let (before, after) = match condition.operator {
            Operator::Equal => (format!("{column} = "), ""),
            Operator::NotEqual => (format!("{column} <> "), ""),
            Operator::Less => (format!("{column} < "), ""),
            Operator::AtMost => (format!("{column} <= "), ""),
            Operator::Greater => (format!("{column} > "), ""),
            Operator::AtLeast => (format!("{column} >= "), ""),
            Operator::In => (format!("{column} = any("), ")"),
            Operator::NotIn => (format!("{column} <> all("), ")"),
            Operator::Text(_) => (format!("{column}::text like "), ""),
        };
        statement.text += &before;
        statement.mention(value, Some(("search", at)));
        statement.text += after;
    }
}

/// Returns the order of a search, after `order by`.
pub(super) fn order(search: &Search, times_are_texts: bool) -> String {
    let direction = if search.descending { " desc" } else { "" };
    let column = column(&search.order, times_are_texts);
    let id = if search.order.column == "id" { String::new() } else { format!(", u.\"id\"{direction}") };
    format!(" order by {column}{direction}{id}")
}
