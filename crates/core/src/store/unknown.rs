//! What is written where nothing is known of the client. better-auth writes an empty text, which a column of type `inet`, or one
//! with a constraint, refuses. Nothing asks the catalogue for that: a statement that was refused is sent again with NULL, and
//! the columns with which it succeeds are remembered.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::{Param, StoreError, param::About};

/// The columns that take no empty text, as far as statements have told.
#[derive(Default)]
pub(super) struct Unknown {
    address: AtomicBool,
    agent: AtomicBool,
}

impl Unknown {
    fn of(&self, about: About) -> &AtomicBool {
        match about {
            About::Address => &self.address,
            About::Agent => &self.agent,
        }
    }

    /// Puts NULL in the place of empty texts that their columns do not take.
    pub(super) fn replace(&self, params: &mut [Param<'_>]) {
        let refused = |about: About| self.of(about).load(Relaxed);
        params.iter_mut().filter(|param| empty_in(param).is_some_and(refused)).for_each(|param| *param = Param::Null);
    }

    /// Remembers columns that take no empty text.
    pub(super) fn learn(&self, columns: &[About]) {
        columns.iter().for_each(|about| self.of(*about).store(true, Relaxed));
    }
}

/// The column in which this value is an empty text.
fn empty_in(param: &Param<'_>) -> Option<About> {
    if let Param::Client(about, "") = param { Some(*about) } else { None }
}

/// Whether an error may be about an empty text: malformed for its type (22P02), or against a constraint (23514).
pub(super) fn may_refuse_empty(error: &StoreError) -> bool {
    matches!(error, StoreError::Refused { state, .. } if matches!(state.as_str(), "22P02" | "23514"))
}

/// The columns to try NULL in: each alone that has an empty text among these values, then both.
pub(super) fn empty(params: &[Param<'_>]) -> impl Iterator<Item = &'static [About]> {
    const TRIED: [&[About]; 3] = [&[About::Address], &[About::Agent], &[About::Address, About::Agent]];
    let empty: Vec<About> = params.iter().filter_map(empty_in).collect();
    TRIED.into_iter().filter(move |columns| columns.iter().all(|about| empty.contains(about)))
}

/// The values with NULL in the place of the empty texts of these columns.
pub(super) fn with_null<'a>(params: &[Param<'a>], columns: &[About]) -> Vec<Param<'a>> {
    let is_one = |param: &Param<'_>| empty_in(param).is_some_and(|about| columns.contains(&about));
    params.iter().map(|param| if is_one(param) { Param::Null } else { *param }).collect()
}
