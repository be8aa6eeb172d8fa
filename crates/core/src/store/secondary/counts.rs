//! Counts of requests in the secondary storage: a window begins with the first request and ends a fixed time after it (spec core
//! §9).

use super::{Stored, scripts, value::Value};
use crate::store::{StoreError, pool::Repeat, trips::RoundTrips};

impl Stored {
    pub(super) async fn counted(&self, trips: &RoundTrips, key: &str, window: u32) -> Result<u64, StoreError> {
        let (key, window) = (self.key(key), window.to_string());
        // Repeating is safe: a request that is counted twice only makes the count too high.
        match self.run(trips, Repeat::Safe, scripts::COUNT, &[&key], &[&window]).await? {
            Value::Number(count) => Ok(u64::try_from(count).unwrap_or_default()),
            _ => Err(StoreError::Secondary("its count is not a number".to_owned())),
        }
    }

    pub(super) async fn is_counted(&self, trips: &RoundTrips, key: &str) -> Result<bool, StoreError> {
        let found = self.ask(trips, Repeat::Safe, &["GET", &self.key(key)]).await?;
        Ok(!matches!(found, Value::Nothing))
    }
}
