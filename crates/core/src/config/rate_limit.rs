//! `[rate_limit]`: how many requests of one client are answered (spec core §9).

use super::Problems;
use crate::{
    declaration::{Limit, LimitRule, Paths},
    declarations::Features,
    options::{Default, Section, choice_by, count, options, positive_seconds, read_by, switch_by},
};

options! {
    /// How many requests of one client are answered.
    pub struct RateLimit {
        /// Whether there are limits.
        enabled: bool = switch_by(
            "enabled",
            |here| !here.development,
            "on a deployment `true`, in development `false`",
        ),
        /// Seconds of a window, from the last request that was answered.
        window: u32 = positive_seconds("window", WINDOW),
        /// Requests in a window.
        max: u32 = count("max", MOST, MAX),
        /// `"memory"`: each instance counts for itself. `"database"`: all count together, at the price of one statement a request.
        /// `"secondary-storage"`: all count together, at the price of one command; the window begins with the first request there and
        /// does not move.
        storage: LimitStorage = choice_by(
            "storage",
            |here| if here.secondary_storage { LimitStorage::SecondaryStorage } else { LimitStorage::Memory },
            "`\"memory\"`; `\"secondary-storage\"` with a secondary storage",
            &[
                ("memory", LimitStorage::Memory),
                ("database", LimitStorage::Database),
                ("secondary-storage", LimitStorage::SecondaryStorage),
            ],
        ),
        /// A table of rules by path: `"/list-*" = { window = 5, max = 10 }`, or `"/ok" = false` for no limit. The first rule that
        /// matches applies.
        custom_rules: Vec<(String, Option<Limit>)> = read_by("custom_rules", Default::Told("–"), custom_rules),
    }
}

/// Requests of one client in so many seconds, where nothing else is configured.
const WINDOW: u32 = 10;
const MAX: u32 = 100;
/// The most that `max` may be.
const MOST: u32 = 1_000_000;

/// The place of the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitStorage {
    /// In each instance for itself.
    Memory,
    /// In the table `rateLimit`, for all instances together, at the price of one statement a request.
    Database,
    /// In the secondary storage, for all instances together, at the price of one command a request. The default where there
    /// is one.
    SecondaryStorage,
}

const GUESSES: Limit = Limit { window: 10, max: 3 };

/// Endpoints that check passwords allow three requests in ten seconds, endpoints that send mails three in a minute (spec core §9).
const SPECIAL: &[LimitRule] = &[
    guesses("/sign-in"),
    guesses("/sign-up"),
    guesses("/change-password"),
    guesses("/change-email"),
    guesses("/verify-password"),
    LimitRule { paths: Paths::Are("/delete-user"), limit: GUESSES },
    mails(Paths::Are("/request-password-reset")),
    mails(Paths::Are("/send-verification-email")),
    mails(Paths::BeginWith("/forget-password")),
    mails(Paths::Are("/email-otp/send-verification-otp")),
    mails(Paths::Are("/email-otp/request-password-reset")),
];

const fn guesses(prefix: &'static str) -> LimitRule {
    LimitRule { paths: Paths::BeginWith(prefix), limit: GUESSES }
}

const fn mails(paths: Paths) -> LimitRule {
    LimitRule { paths, limit: Limit { window: 60, max: 3 } }
}

impl RateLimit {
    /// The limit of paths without a rule of their own.
    pub fn general(&self) -> Limit {
        Limit { window: self.window, max: self.max }
    }

    /// Limits of single paths, which rules of the configuration override: first those of features, then those of the core.
    pub fn special(features: &Features) -> impl Iterator<Item = &'static LimitRule> {
        features.limits().chain(SPECIAL)
    }

    /// The longest window of any rule, in seconds: what is older is forgotten.
    pub fn longest_window(&self, features: &Features) -> u32 {
        let custom = self.custom_rules.iter().filter_map(|(_, limit)| Some((*limit)?.window));
        let special = Self::special(features).map(|rule| rule.limit.window);
        custom.chain(special).chain([self.window]).max().unwrap_or_default()
    }
}

/// The rules in the order of the file: a path, or a pattern with `*`; none is no limit. What a rule leaves out is as in the section.
fn custom_rules(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<(String, Option<Limit>)> {
    // The section's own options have told their problems.
    let general = limit(&mut section.again(), Limit { window: WINDOW, max: MAX }, &mut Problems::default());
    let rules = section.section(key, problems).tables_or_false(problems).into_iter();
    let rules = rules.map(|(path, _, table)| {
        let rule = table.map(|mut table| {
            let limit = limit(&mut table, general, problems);
            table.finish(problems);
            limit
        });
        (path, rule)
    });
    rules.collect()
}

/// A zero counts as left out, as in better-auth.
fn limit(section: &mut Section<'_>, default: Limit, problems: &mut Problems) -> Limit {
    let window = section.seconds("window", problems).filter(|window| *window > 0);
    let max = section.number("max", problems, 0..=MOST).filter(|max| *max > 0);
    Limit { window: window.unwrap_or(default.window), max: max.unwrap_or(default.max) }
}
