//! What is written where a client's address is not known. better-auth writes an empty text, which a column of type `inet` refuses.
//! Nothing asks the catalogue for that: a statement that was refused is sent again with NULL, and where it succeeds that is
//! remembered.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::{Param, StoreError};

/// Whether the column of addresses takes no empty text, as far as statements have told.
#[derive(Default)]
pub(super) struct Unknown(AtomicBool);

impl Unknown {
    /// The values as they are sent: NULL in the place of an empty address where the column does not take that.
    pub(super) fn sent<'a>(&self, params: &[Param<'a>]) -> Vec<Param<'a>> {
        if self.0.load(Relaxed) { with_null(params) } else { params.to_vec() }
    }

    /// Remembers that the column takes no empty text.
    pub(super) fn learn(&self) {
        self.0.store(true, Relaxed);
    }
}

fn is_empty(param: &Param<'_>) -> bool {
    matches!(param, Param::Address(""))
}

/// Whether a statement with these values may have been refused because of an empty address, which is malformed for its column (22P02).
/// A constraint (23514) is the table's own rule, and is not passed by with NULL.
pub(super) fn may_be_refused(error: &StoreError, params: &[Param<'_>]) -> bool {
    error.is_malformed() && params.iter().any(is_empty)
}

/// The values with NULL in the place of an empty address.
pub(super) fn with_null<'a>(params: &[Param<'a>]) -> Vec<Param<'a>> {
    params.iter().map(|param| if is_empty(param) { Param::Null } else { *param }).collect()
}
