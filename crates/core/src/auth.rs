//! What every request shares: the configuration, the pool, the cookies' names, the password hasher. Built once per
//! process, at the first request, without touching the network.

use std::{sync::Arc, time::Duration};

use crate::{
    config::{Config, Problems},
    cookie::Cookies,
    cookie_cache::Cache,
    crypto::password::Hasher,
    limit::Memory,
    session_jwt::{SESSION_KEYS, SessionKeys},
    signing_keys::Keyring,
    social::Remembered,
    stopwatch::{Clock, Stopwatch},
    store::{Pool, schema::Schema},
};

/// What every request shares.
pub struct Auth {
    /// What the deployment decides.
    pub config: Config,
    /// Names and attributes of cookies.
    pub cookies: Cookies,
    /// The session in a cookie, where that is on.
    pub cache: Option<Cache>,
    /// How sessions in cookies are signed and opened with the keys of tokens, where that is linked.
    pub session_keys: Option<SessionKeys>,
    /// The keys that sign tokens, as far as this instance knows them.
    pub keys: Keyring,
    /// What this instance knows of providers.
    pub providers: Remembered,
    /// The connections.
    pub pool: Arc<Pool>,
    /// What statements leave open.
    pub schema: Arc<Schema>,
    /// Requests, where each instance counts for itself.
    pub limits: Memory,
    /// Hashes passwords, a bounded number at a time.
    pub hasher: Arc<Hasher>,
    /// Reads the wall clock.
    pub clock: Clock,
    /// What a collector is told, where there is one.
    #[cfg(feature = "otlp")]
    pub telemetry: Option<crate::telemetry::Telemetry>,
}

/// Hashes that run at once. Each takes a whole core, of which a function has one or two, and 32 MiB.
const PARALLEL_HASHES: usize = 2;
/// Hashes that may wait: at some 50 ms each the last one has its answer after two to three seconds.
const WAITING_HASHES: usize = 100;

impl Auth {
    /// Prepares everything that requests share.
    ///
    /// # Errors
    /// What is wrong with the database's URL.
    pub fn new(config: Config, clock: Clock) -> Result<Self, Problems> {
        Self::with(config, clock, Some(SESSION_KEYS))
    }

    /// The same for a process that may have to do without [`SessionKeys`].
    ///
    /// # Errors
    /// The same, and where the configuration needs them.
    pub fn with(config: Config, clock: Clock, session_keys: Option<SessionKeys>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        if config.jwt.session_cookie_cache && session_keys.is_none() {
            let text = "it is not built in: it must stand in the `gatepost.toml` that the functions are built with";
            problems.add("jwt.session_cookie_cache", text);
            return Err(problems);
        }
        let pool = match &config.database.url {
            Some(url) => Pool::new(url, &config.database, clock),
            None => Ok(Pool::absent(&config.database, clock)),
        };
        match pool {
            Ok(pool) => Ok(Self {
                limits: Memory::default(),
                cookies: Cookies::new(&config),
                cache: Cache::new(&config),
                session_keys,
                keys: Keyring::default(),
                providers: Remembered::default(),
                pool: Arc::new(pool.telling_of_waits(Duration::from_secs(config.observability.slow_wait.into()))),
                #[cfg(feature = "otlp")]
                telemetry: config.observability.collector.clone().map(crate::telemetry::Telemetry::new),
                clock,
                schema: Arc::new(Schema::new(&config.schema)),
                hasher: Arc::new(Hasher::new(PARALLEL_HASHES, WAITING_HASHES)),
                config,
            }),
            Err(text) => {
                problems.add(config.database.variable, text);
                Err(problems)
            }
        }
    }

    /// What a request's time is measured with: nothing where nobody wants to know.
    pub fn stopwatch(&self) -> Stopwatch {
        let wanted = self.config.observability.server_timing || self.config.observability.collector.is_some();
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

    /// Whether users must confirm by mail that they delete themselves.
    pub fn sends_delete_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.user.delete_user.send_delete_account_verification
    }

    /// Whether the old address is asked before it changes.
    pub fn sends_change_mails(&self) -> bool {
        self.config.transport.is_some() && self.config.user.change_email.send_change_email_confirmation
    }
}
