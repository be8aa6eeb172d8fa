//! Rows that lack the value of an additional field: no request gives it, or a hidden field has no default.

use http::StatusCode;

use super::rules;
use crate::{code, config::Config, error::Error, reason::Reason, store::StoreError};

/// The tables of the feature.
const MODELS: [&str; 5] = ["organization", "member", "invitation", "team", "organizationRole"];
/// The SQLSTATE of a null in a column that takes none.
const NULL: &str = "23502";

/// Returns the error of a statement that writes a row: 400 if the row lacks the value of an additional field.
pub(super) fn of_row(config: &Config, error: StoreError) -> Error {
    let StoreError::Refused(row) = &error else { return error.into() };
    let (table, column) = (row.table.as_deref(), row.column.as_deref());
    let schema = &config.schema;
    let models = MODELS.iter().filter(|model| schema.table(model).map(|table| table.name.as_str()) == table);
    let mut fields = models.flat_map(|model| schema.additional.of(model));
    let field = fields.find(|field| row.state == NULL && Some(field.column.as_str()) == column);
    let Some(field) = field else { return error.into() };
    let issues: Vec<_> = rules::wrong(field, None).map(|(_, wrong)| format!("[body.{}] {wrong}", field.name)).collect();
    let refused =
        Error::explained(StatusCode::BAD_REQUEST, code::VALIDATION_ERROR, issues.join("; "), Reason::InvalidInput);
    let fix = "give the additional field a `default_value`, or let the column take nulls and write `required = false`";
    refused.because(format!("{error}: {fix}"))
}
