//! Values of additional fields, as a statement is given them.

use serde_json::{Map, Value};

use crate::model::Additional;

/// Values of additional fields by the fields' names. A field that is not among them keeps its column's default in an insert,
/// and its value in an update.
#[derive(Debug, Clone)]
pub struct Values(Map<String, Value>);

impl From<Map<String, Value>> for Values {
    fn from(values: Map<String, Value>) -> Self {
        Self(values)
    }
}

impl Values {
    /// These values, and in their place those that a row has.
    pub(super) fn with(mut self, row: &Additional) -> Self {
        self.0.extend(row.0.iter().filter(|(_, value)| !value.is_null()).cloned());
        self
    }

    /// The values as JSON.
    pub(super) fn json(&self) -> &Map<String, Value> {
        &self.0
    }
}
