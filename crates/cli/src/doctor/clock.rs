//! Whether two clocks agree: sessions, links and tokens live by them.

use jiff::{SignedDuration, Timestamp};

use crate::report::Finding;

const CHECK: &str = "clock";
/// Seconds by which clocks may be apart without anybody's noticing.
const UNNOTICED: i64 = 5;
/// Seconds from which on links and tokens end early.
const HARMFUL: i64 = 60;

/// How far a clock that was read between two instants of ours is ahead of ours. Nothing where it fits in between.
pub(super) fn ahead(its: Timestamp, asked_at: Timestamp, answered_at: Timestamp) -> SignedDuration {
    if its < asked_at {
        its.duration_since(asked_at)
    } else if its > answered_at {
        its.duration_since(answered_at)
    } else {
        SignedDuration::ZERO
    }
}

/// Judges the distance. `whose` is the other clock's owner: `the database's`.
pub(super) fn judge(ahead: SignedDuration, whose: &str) -> Finding {
    let seconds = ahead.as_secs();
    let apart = seconds.abs();
    let order = if seconds < 0 { "behind" } else { "ahead of" };
    let evidence = format!("{whose} clock is {apart} s {order} this machine's");
    let fix = "set the wrong clock by NTP: if this is a machine of your own, its clock is the likelier one";
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
