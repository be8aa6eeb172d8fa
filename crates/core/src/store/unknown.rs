//! The value for a client address that is not known. better-auth writes an empty text, which a column of type `inet` refuses.
//! Nothing asks the catalogue: a refused statement is sent again with NULL, and its success is remembered.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::{Param, StoreError};

/// Whether the column of client addresses refuses the empty text, as far as statements have shown.
#[derive(Default)]
pub(super) struct UnknownAddress(AtomicBool);

impl UnknownAddress {
    /// Returns the values as they are sent: NULL instead of an empty address if the column refuses that.
    pub(super) fn sent<'a>(&self, params: &[Param<'a>]) -> Vec<Param<'a>> {
        if self.0.load(Relaxed) { with_null(params) } else { params.to_vec() }
    }

    /// Remembers that the column refuses the empty text.
    pub(super) fn learn(&self) {
        self.0.store(true, Relaxed);
    }
}

fn is_empty(param: &Param<'_>) -> bool {
    matches!(param, Param::Address(""))
}

/// Whether a statement with these values may have been refused because an empty address is malformed for its column (22P02). A
/// constraint (23514) is the table's own rule, which NULL must not bypass.
pub(super) fn may_be_refused(error: &StoreError, params: &[Param<'_>]) -> bool {
    error.is_malformed() && params.iter().any(is_empty)
}

/// Returns the values with NULL instead of an empty address.
pub(super) fn with_null<'a>(params: &[Param<'a>]) -> Vec<Param<'a>> {
    params.iter().map(|param| if is_empty(param) { Param::Null } else { *param }).collect()
}
