//! Values of additional fields for statements.

use serde_json::{Map, Value};

/// Values of additional fields by name. A field without a value keeps its column's default in an insert, and its value in an
/// update.
#[derive(Debug, Clone)]
pub struct Values(Map<String, Value>);

impl From<Map<String, Value>> for Values {
    fn from(values: Map<String, Value>) -> Self {
        Self(values)
    }
}

impl Values {
    /// Returns the names of the fields whose value is not null.
    pub fn given(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str())
    }

    /// Returns the values as JSON.
    pub(super) fn json(&self) -> &Map<String, Value> {
        &self.0
    }
}
