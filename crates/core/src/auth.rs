//! The values that all requests share: the configuration, the pool, the cookies' names, the password hasher. Built once per
//! process, at the first request, without using the network.

use std::{sync::Arc, time::Duration};

use tokio::sync::Mutex;

use crate::{
    api_keys,
    config::{Config, CookieCache, Problems, SecondaryStorage},
    cookie::Cookies,
    cookie_cache::Cache,
    counters::Counters,
    crypto::{
        hashes::{self, scheme::Scheme},
        password::Hasher,
    },
    hooks::RustHook,
    keyring::Keyring,
    mail::template::Templates,
    providers::RememberedProviders,
    stopwatch::{Clock, Stopwatch},
    store::{
        Db, Pool,
        schema::Schema,
        secondary::{self, Secondary},
    },
};

/// The values that all requests share.
pub struct Auth {
    /// The configuration of the deployment.
    pub config: Config,
    /// The templates of mails: the built-in ones, unless the deployment's own are set here.
    pub templates: Templates,
    /// The names and attributes of cookies.
    pub cookies: Cookies,
    /// The cache of sessions in cookies, if it is on.
    pub cache: Option<Cache>,
    /// The signing keys that this instance knows.
    pub keys: Keyring,
    /// The API keys that this instance knows to be valid.
    pub api_keys: api_keys::RememberedKeys,
    /// The documents and keys of providers that this instance knows.
    pub providers: RememberedProviders,
    /// The connections to the database.
    pub pool: Arc<Pool>,
    /// The names of tables and columns for statements.
    pub schema: Arc<Schema>,
    /// The secondary storage, if configured.
    pub secondary: Option<Arc<dyn Secondary>>,
    /// The counts of requests, if each instance counts for itself.
    pub limits: Counters,
    /// The hasher of passwords, which computes one hash at a time.
    pub hasher: Hasher,
    /// The deliveries of events of this instance.
    pub deliveries: Deliveries,
    /// The deployment's own hooks in Rust.
    pub hooks: &'static [RustHook],
    /// The wall clock.
    pub clock: Clock,
    /// The records for an OpenTelemetry collector, if configured.
    #[cfg(feature = "otlp")]
    pub telemetry: Option<crate::telemetry::Telemetry>,
}

/// The places of the deliveries of events of an instance.
#[derive(Default)]
pub struct Deliveries {
    /// The delivery that runs.
    pub running: Mutex<()>,
    /// The delivery that waits for it.
    pub waiting: Mutex<()>,
}

/// The maximum number of waiting password hashes: at some 50 ms each, the last one is answered after five seconds.
const WAITING_HASHES: usize = 100;

/// The optional parts of a binary, which contains them only if the configuration needs them: the size of a function determines its
/// start time.
#[derive(Clone, Copy)]
pub struct LinkedParts {
    /// Whether requests come with [`Edge::session_keys`](crate::context::Edge::session_keys).
    pub session_keys: bool,
    /// The names of the features in [`Edge::places`](crate::context::Edge::places), separated by spaces; `None` means all of them.
    pub features: Option<&'static str>,
    /// The function that opens the secondary storage.
    pub secondary_storage: Option<secondary::OpenStorage>,
    /// The schemes of password hashes of other systems.
    pub hashes: &'static [&'static Scheme],
    /// The deployment's own hooks in Rust.
    pub hooks: &'static [RustHook],
}

impl LinkedParts {
    /// Every optional part of gatepost, and no hook.
    pub const ALL: Self = Self {
        session_keys: true,
        features: None,
        secondary_storage: Some(secondary::OPEN),
        hashes: hashes::ALL,
        hooks: &[],
    };
}

impl Auth {
    /// Returns the database for one request, or for work after it.
    pub fn db(&self) -> Db {
        Db::new(self.pool.clone(), self.schema.clone(), self.secondary.clone())
    }

    /// Builds the shared values.
    ///
    /// # Errors
    /// The problems with the URLs of the database and of the secondary storage.
    pub fn new(config: Config, clock: Clock) -> Result<Self, Problems> {
        Self::with(config, clock, LinkedParts::ALL)
    }

    /// Builds the shared values in a binary that may lack some of [`LinkedParts`].
    ///
    /// # Errors
    /// Those of [`Auth::new`], and the parts that the configuration needs and the binary lacks.
    pub fn with(config: Config, clock: Clock, linked: LinkedParts) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let accepted = &config.email_and_password.accept_hashes;
        let hashes = || linked.hashes.iter().copied().filter(|scheme| accepted.contains(&scheme.name));
        let needing = [
            ("email_and_password.accept_hashes", hashes().count() < accepted.len()),
            ("jwt.session_cookie_cache", config.jwt.session_cookie_cache && !linked.session_keys),
            ("secondary_storage", config.secondary_storage.is_some() && linked.secondary_storage.is_none()),
        ];
        let is_linked = |name: &str| linked.features.is_none_or(|names| names.split(' ').any(|linked| linked == name));
        let features = config.features.names_of_those_on().filter(|name| !is_linked(name));
        for key in needing.iter().filter(|(_, lacks)| *lacks).map(|(key, _)| *key).chain(features) {
            let text = "it is not built in: it must be in the `gatepost.toml` that the functions are built with";
            problems.add(key, text);
        }
        config.features.hooks.judge_functions(linked.hooks, &mut problems);
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
                api_keys: api_keys::RememberedKeys::default(),
                providers: RememberedProviders::default(),
                pool: Arc::new(pool.logging_waits(Duration::from_secs(config.observability.slow_wait.into()))),
                #[cfg(feature = "otlp")]
                telemetry: config.collector.clone().map(crate::telemetry::Telemetry::new),
                clock,
                schema: Arc::new(Schema::new(&config.schema)),
                hasher: Hasher::new(WAITING_HASHES).accepting(hashes(), config.hashes.clone()),
                deliveries: Deliveries::default(),
                hooks: linked.hooks,
                config,
            }),
            Err(text) => {
                problems.add(config.database.variable, text);
                Err(problems)
            }
        }
    }

    /// Returns log lines for the start of a process, as JSON: what an operator should know although it works.
    pub fn notices(&self) -> impl Iterator<Item = String> {
        let database = &self.config.database;
        let of_database = database.warning().map(|text| ("variable", database.variable, text));
        let of_cache = self.config.session.cookie_cache.warning().map(|text| ("key", CookieCache::REFRESH, text));
        of_database
            .into_iter()
            .chain(of_cache)
            .map(|(kind, place, text)| serde_json::json!({ "level": "warn", kind: place, "warning": text }).to_string())
    }

    /// Returns the stopwatch for a request, which measures nothing unless that is configured.
    pub fn stopwatch(&self) -> Stopwatch {
        let wanted = self.config.observability.server_timing || self.config.collector.is_some();
        if wanted { Stopwatch::on(self.clock) } else { Stopwatch::default() }
    }

    /// Whether the service sends mails that confirm addresses.
    pub fn sends_verification_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.email_verification.send_verification_email != Some(false)
    }

    /// Whether the service sends mails that reset passwords.
    pub fn sends_reset_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.email_and_password.send_reset_password != Some(false)
    }

    /// Whether the service mails codes as a second factor.
    pub fn sends_codes(&self) -> bool {
        self.config.transport.is_some() && self.config.features.two_factor.otp.send
    }

    /// Whether the service mails codes for an address.
    pub fn sends_email_codes(&self) -> bool {
        let config = &self.config.features.email_otp;
        self.config.transport.is_some() && config.enabled && config.send
    }

    /// Whether the service sends codes in text messages that verify numbers.
    pub fn sends_phone_codes(&self) -> bool {
        self.config.sms.is_some() && self.config.features.phone_number.send
    }

    /// Whether the service sends codes in text messages that set a new password.
    pub fn sends_phone_reset_codes(&self) -> bool {
        self.config.sms.is_some() && self.config.features.phone_number.send_reset
    }

    /// Whether the service mails links that sign in.
    pub fn sends_magic_links(&self) -> bool {
        self.config.transport.is_some() && self.config.features.magic_link.send
    }

    /// Whether users must confirm by mail that they delete themselves.
    pub fn sends_delete_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.user.delete_user.send_delete_account_verification
    }

    /// Whether the old address must confirm that it changes.
    pub fn sends_change_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.user.change_email.send_change_email_confirmation
    }
}
