//! Compares two clocks, on which the lifetimes of sessions, links and tokens depend.

use jiff::{SignedDuration, Timestamp};

use crate::report::Finding;

const CHECK: &str = "clock";
/// The difference in seconds that has no visible effect.
const UNNOTICED: i64 = 5;
/// The difference in seconds above which links and tokens expire early.
const HARMFUL: i64 = 60;

/// Returns how far another clock, which was read between two instants of this machine's clock, is ahead of it: zero if it fits
/// between them.
pub(super) fn ahead(its: Timestamp, asked_at: Timestamp, answered_at: Timestamp) -> SignedDuration {
    if its < asked_at {
        its.duration_since(asked_at)
    } else if its > answered_at {
        its.duration_since(answered_at)
    } else {
        SignedDuration::ZERO
    }
}

/// Judges the difference. `whose` is the owner of the other clock, for example `the database's`.
pub(super) fn judge(ahead: SignedDuration, whose: &str) -> Finding {
    let seconds = ahead.as_secs();
    let apart = seconds.abs();
    let order = if seconds < 0 { "behind" } else { "ahead of" };
    let evidence = format!("{whose} clock is {apart} s {order} this machine's");
    let fix = "synchronise the wrong clock with NTP; if this is your own machine, its clock is more likely to be wrong";
    if apart <= UNNOTICED {
        Finding::ok(CHECK, format!("{whose} clock agrees with this machine's"))
    } else if apart <= HARMFUL {
        Finding::warn(CHECK, evidence, fix)
    } else {
        Finding::fail(CHECK, evidence, fix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Verdict;

    #[test]
    fn clocks_that_are_apart_are_told_by_how_much() {
        let at = |seconds: i64| Timestamp::from_second(1_800_000_000 + seconds).unwrap();
        for (its, verdict, told) in [
            (3, Verdict::Ok, "agrees"),
            (-5, Verdict::Ok, "agrees"),
            (10 + 30, Verdict::Warn, "30 s ahead of"),
            (-60, Verdict::Warn, "60 s behind"),
            (-61, Verdict::Fail, "61 s behind"),
            (10 + 3_600, Verdict::Fail, "3600 s ahead of"),
        ] {
            let found = judge(ahead(at(its), at(0), at(10)), "the database's");
            assert!(found.verdict == verdict && found.evidence.contains(told), "{its}: {found:?}");
        }
    }
}
