//! Explains every reason: its meaning and its fix. The names are in `x-gatepost-reason` and in the log.

use gatepost_core::{
    declarations::reasons,
    reason::{ExplainedReason, Reason},
};

/// Returns the meaning of a reason and its fix.
pub fn advice(reason: Reason) -> (&'static str, &'static str) {
    explained(reason.name()).map_or(("a reason that is not listed", "report it"), |found| (found.what, found.fix))
}

/// Finds the reason with this name.
pub(super) fn explained(name: &str) -> Option<&'static ExplainedReason> {
    reasons().find(|one| one.reason.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_name_and_a_sentence_of_its_own() {
        let (mut names, mut sentences) = (std::collections::BTreeSet::new(), std::collections::BTreeSet::new());
        for ExplainedReason { reason, what, fix } in reasons() {
            assert!(names.insert(reason.name()), "{}", reason.name());
            assert!(!fix.is_empty() && sentences.insert(what), "{}: {what}", reason.name());
        }
        assert!(names.len() > 70, "{names:?}");
    }
}
