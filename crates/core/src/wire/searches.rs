//! Members of queries that describe a search: conditions, an order and a page (spec management-plugins §1.5).

use serde_json::Value;

use super::{Fields, Member, optional};
use crate::{
    declaration::Shape,
    json,
    rules::search::{Operator, SearchValue},
};

/// One of a few texts, each with its meaning.
pub(crate) fn choice<T: Copy>(fields: &mut Fields<'_>, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
    let value = fields.value(name)?;
    let found = choices.iter().find(|(known, _)| value.as_str() == Some(known)).map(|(_, choice)| *choice);
    if found.is_none() {
        let known: Vec<_> = choices.iter().map(|(known, _)| format!("\"{known}\"")).collect();
        fields.wrong(name, &format!("Invalid option: expected one of {}", known.join("|")));
    }
    found
}

/// A number as the query has it; `None` for zero and for a text that is not a number, as in better-auth.
fn number(fields: &mut Fields<'_>, name: &'static str) -> Option<f64> {
    let Value::String(text) = fields.value(name)? else {
        fields.wrong(name, "Invalid input");
        return None;
    };
    json::number(&Value::String(text.clone())).filter(|number| *number != 0.0 && !number.is_nan())
}

/// The size of a page, or how many rows are skipped: a whole number.
pub(crate) const fn page_number(name: &'static str) -> Member<Option<i64>> {
    optional(name, Shape::Text, |fields, name| {
        let number = number(fields, name)?;
        if number.fract() != 0.0 || !(0.0..1e15).contains(&number) {
            fields.wrong(name, "Invalid input: expected a whole number");
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "checked above")]
        Some(number as i64)
    })
}

/// Whether an order is descending.
pub(crate) const fn descending(name: &'static str) -> Member<Option<bool>> {
    optional(name, Shape::OneOf(&["asc", "desc"]), |fields, name| {
        choice(fields, name, &[("asc", false), ("desc", true)])
    })
}

/// The value of a condition.
pub(crate) const fn asked(name: &'static str) -> Member<Option<SearchValue>> {
    optional(name, Shape::AnyOf(&[Shape::Text, Shape::List(&Shape::Text)]), |fields, name| {
        match fields.value(name)? {
            Value::Array(items) => {
                Some(SearchValue::Several(items.iter().filter_map(Value::as_str).map(str::to_owned).collect()))
            }
            value => value.as_str().map(|text| SearchValue::One(text.to_owned())),
        }
    })
}

/// The comparison of a condition.
pub(crate) const fn operator(name: &'static str) -> Member<Option<Operator>> {
    const NAMES: &[&str] =
        &["eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with"];
    optional(name, Shape::OneOf(NAMES), |fields, name| choice(fields, name, Operator::ALL))
}
