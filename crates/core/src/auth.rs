//! What every request shares: the configuration, the pool, the cookies' names, the password hasher. Built once per
//! process, at the first request, without touching the network.

use std::{sync::Arc, time::Duration};

use crate::{
    config::{Config, CookieCache, Problems, SecondaryStorage},
    cookie::Cookies,
    cookie_cache::Cache,
    counters::Counters,
    crypto::password::Hasher,
    keyring::Keyring,
    mail::template::Templates,
    providers::Remembered,
    stopwatch::{Clock, Stopwatch},
    store::{
        Db, Pool,
        schema::Schema,
        secondary::{self, Secondary},
    },
};

/// What every request shares.
pub struct Auth {
    /// What the deployment decides.
    pub config: Config,
    /// What mails say: the built-in texts, unless the deployment's own are put here.
    pub templates: Templates,
    /// Names and attributes of cookies.
    pub cookies: Cookies,
    /// The session in a cookie, where that is on.
    pub cache: Option<Cache>,
    /// The keys that sign tokens, as far as this instance knows them.
    pub keys: Keyring,
    /// What this instance knows of providers.
    pub providers: Remembered,
    /// The connections.
    pub pool: Arc<Pool>,
    /// What statements leave open.
    pub schema: Arc<Schema>,
    /// The key-value store beside the database, where there is one.
    pub secondary: Option<Arc<dyn Secondary>>,
    /// Requests, where each instance counts for itself.
    pub limits: Counters,
    /// Hashes passwords, one at a time.
    pub hasher: Hasher,
    /// Reads the wall clock.
    pub clock: Clock,
    /// What a collector is told, where there is one.
    #[cfg(feature = "otlp")]
    pub telemetry: Option<crate::telemetry::Telemetry>,
}

/// Hashes that may wait: at some 50 ms each the last one has its answer after five seconds.
const WAITING_HASHES: usize = 100;

/// What a process is linked with only where its configuration asks for it: the size of a function is the time of its start.
#[derive(Clone, Copy)]
pub struct Linked {
    /// Whether requests come with [`Edge::session_keys`](crate::context::Edge::session_keys).
    pub session_keys: bool,
    /// The names of the features whose functions the places have, with spaces between them; none is all of them.
    pub features: Option<&'static str>,
    /// How the secondary storage is opened.
    pub secondary_storage: Option<secondary::Open>,
}

impl Linked {
    /// Everything.
    pub const ALL: Self = Self { session_keys: true, features: None, secondary_storage: Some(secondary::OPEN) };
}

impl Auth {
    /// What a request, or work after it, asks of the store.
    pub fn db(&self) -> Db {
        Db::new(self.pool.clone(), self.schema.clone(), self.secondary.clone())
    }

    /// Prepares everything that requests share.
    ///
    /// # Errors
    /// What is wrong with the URLs of the database and of the secondary storage.
    pub fn new(config: Config, clock: Clock) -> Result<Self, Problems> {
        Self::with(config, clock, Linked::ALL)
    }

    /// The same for a process that may have to do without some of [`Linked`].
    ///
    /// # Errors
    /// The same, and where the configuration needs what is not there.
    pub fn with(config: Config, clock: Clock, linked: Linked) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let needing = [
            ("jwt.session_cookie_cache", config.jwt.session_cookie_cache && !linked.session_keys),
            ("secondary_storage", config.secondary_storage.is_some() && linked.secondary_storage.is_none()),
        ];
        let is_linked = |name: &str| linked.features.is_none_or(|names| names.split(' ').any(|linked| linked == name));
        let features = config.features.names_of_those_on().filter(|name| !is_linked(name));
        for key in needing.iter().filter(|(_, lacks)| *lacks).map(|(key, _)| *key).chain(features) {
            let text = "it is not built in: it must stand in the `gatepost.toml` that the functions are built with";
            problems.add(key, text);
        }
        let secondary = linked.secondary_storage.map_or(Ok(None), |open| open(&config, clock));
        let secondary = secondary.unwrap_or_else(|text| {
            problems.add(config.secondary_storage.as_ref().map_or("REDIS_URL", SecondaryStorage::variable), text);
            None
        });
        if !problems.0.is_empty() {
            return Err(problems);
        }
        let pool = match &config.database.url {
            Some(url) => Pool::new(url, &config.database, clock),
            None => Ok(Pool::absent(&config.database, clock)),
        };
        match pool {
            Ok(pool) => Ok(Self {
                templates: Templates::default(),
                limits: Counters::default(),
                cookies: Cookies::new(&config),
                cache: Cache::new(&config),
                secondary,
                keys: Keyring::default(),
                providers: Remembered::default(),
                pool: Arc::new(pool.telling_of_waits(Duration::from_secs(config.observability.slow_wait.into()))),
                #[cfg(feature = "otlp")]
                telemetry: config.collector.clone().map(crate::telemetry::Telemetry::new),
                clock,
                schema: Arc::new(Schema::new(&config.schema)),
                hasher: Hasher::new(WAITING_HASHES),
                config,
            }),
            Err(text) => {
                problems.add(config.database.variable, text);
                Err(problems)
            }
        }
    }

    /// Log lines for the start of a process, as JSON: what an operator should know though it works.
    pub fn notices(&self) -> impl Iterator<Item = String> {
        let database = &self.config.database;
        let of_database = database.warning().map(|text| ("variable", database.variable, text));
        let of_cache = self.config.session.cookie_cache.warning().map(|text| ("key", CookieCache::REFRESH, text));
        of_database
            .into_iter()
            .chain(of_cache)
            .map(|(kind, place, text)| serde_json::json!({ "level": "warn", kind: place, "warning": text }).to_string())
    }

    /// What a request's time is measured with: nothing where nobody wants to know.
    pub fn stopwatch(&self) -> Stopwatch {
        let wanted = self.config.observability.server_timing || self.config.collector.is_some();
        if wanted { Stopwatch::on(self.clock) } else { Stopwatch::default() }
    }

    /// Whether mails to confirm addresses exist.
    pub fn sends_verification_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.email_verification.send_verification_email != Some(false)
    }

    /// Whether mails to replace a forgotten password exist.
    pub fn sends_reset_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.email_and_password.send_reset_password != Some(false)
    }

    /// Whether codes are mailed as a second factor.
    pub fn sends_codes(&self) -> bool {
        self.config.transport.is_some() && self.config.features.two_factor.otp.send
    }

    /// Whether users must confirm by mail that they delete themselves.
    pub fn sends_delete_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.user.delete_user.send_delete_account_verification
    }

    /// Whether the old address is asked before it changes.
    pub fn sends_change_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.user.change_email.send_change_email_confirmation
    }
}
