//! `[rate_limit]`: how many requests of one client are answered (spec core §9).

use super::{Environment, Problems};
use crate::{
    declaration::{Limit, LimitRule, Paths},
    declarations::Features,
    options::Section,
};

/// How many requests of one client are answered.
#[derive(Debug, Clone)]
pub struct RateLimit {
    /// Whether there is a limit at all. Default on, in development off.
    pub enabled: bool,
    /// What holds for paths without a rule of their own. Default 100 in 10 seconds.
    pub general: Limit,
    /// Rules of one's own, in the order of the file: a path, or a pattern with `*`; none is no limit.
    pub custom_rules: Vec<(String, Option<Limit>)>,
    /// Limits of single paths, which your own rules override: first those of features, then those of the core.
    pub special: Vec<LimitRule>,
    /// Where the counts are kept.
    pub storage: LimitStorage,
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

const GUESSES: Limit = Limit { window: 10, max: 3 };

/// What guesses passwords has three requests in ten seconds, what mails something three in a minute (spec core §9).
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
    pub(super) fn read(
        mut section: Section<'_>,
        environment: Environment,
        has_secondary_storage: bool,
        features: &Features,
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
            special: features.limits().chain(SPECIAL).copied().collect(),
            storage: section.choice("storage", problems, &storages).unwrap_or(by_default),
        };
        section.finish(problems);
        read
    }

    /// The longest window of any rule, in seconds: what is older is forgotten.
    pub fn longest_window(&self) -> u32 {
        let custom = self.custom_rules.iter().filter_map(|(_, limit)| Some((*limit)?.window));
        let special = self.special.iter().map(|rule| rule.limit.window);
        custom.chain(special).chain([self.general.window]).max().unwrap_or_default()
    }
}

/// A zero counts as left out, as in better-auth.
fn limit(section: &mut Section<'_>, default: Limit, problems: &mut Problems) -> Limit {
    let window = section.seconds("window", problems).filter(|window| *window > 0);
    let max = section.number("max", problems, 0..=1_000_000).filter(|max| *max > 0);
    Limit { window: window.unwrap_or(default.window), max: max.unwrap_or(default.max) }
}
