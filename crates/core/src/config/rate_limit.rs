//! `[rate_limit]`: how many requests of one client are answered (spec core §9).

use super::{Environment, Problems};
use crate::options::Section;

/// How many requests of one client are answered.
#[derive(Debug, Clone)]
pub struct RateLimit {
    /// Whether there is a limit at all. Default on, in development off.
    pub enabled: bool,
    /// What holds for paths without a rule of their own. Default 100 in 10 seconds.
    pub general: Limit,
    /// Rules of one's own, in the order of the file: a path, or a pattern with `*`; none is no limit.
    pub custom_rules: Vec<(String, Option<Limit>)>,
    /// Where the counts are kept.
    pub storage: LimitStorage,
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Seconds.
    pub window: u32,
    /// Requests.
    pub max: u32,
}

/// Where the counts are kept.
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

impl RateLimit {
    pub(super) fn read(
        mut section: Section<'_>,
        environment: Environment,
        has_secondary_storage: bool,
        problems: &mut Problems,
    ) -> Self {
        let on = environment != Environment::Development;
        let general = limit(&mut section, Limit { window: 10, max: 100 }, problems);
        let mut custom_rules = Vec::new();
        for (path, _, table) in section.section("custom_rules", problems).tables_or_false(problems) {
            custom_rules.push((
                path,
                table.map(|mut table| {
                    let limit = limit(&mut table, general, problems);
                    table.finish(problems);
                    limit
                }),
            ));
        }
        let storages = [
            ("memory", LimitStorage::Memory),
            ("database", LimitStorage::Database),
            ("secondary-storage", LimitStorage::SecondaryStorage),
        ];
        let by_default = if has_secondary_storage { LimitStorage::SecondaryStorage } else { LimitStorage::Memory };
        let read = Self {
            enabled: section.boolean("enabled", problems).unwrap_or(on),
            general,
            custom_rules,
            storage: section.choice("storage", problems, &storages).unwrap_or(by_default),
        };
        section.finish(problems);
        read
    }

    /// The longest window of any rule, in seconds: what is older is forgotten.
    pub fn longest_window(&self) -> u32 {
        let custom = self.custom_rules.iter().filter_map(|(_, limit)| Some((*limit)?.window));
        custom.chain([self.general.window, 60]).max().unwrap_or(60)
    }
}

/// A zero counts as left out, as in better-auth.
fn limit(section: &mut Section<'_>, default: Limit, problems: &mut Problems) -> Limit {
    let window = section.seconds("window", problems).filter(|window| *window > 0);
    let max = section.number("max", problems, 0..=1_000_000).filter(|max| *max > 0);
    Limit { window: window.unwrap_or(default.window), max: max.unwrap_or(default.max) }
}
