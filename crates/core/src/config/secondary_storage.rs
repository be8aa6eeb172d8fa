//! `[secondary_storage]`: sessions, single-use secrets and counts in a key-value store, under better-auth's keys (spec
//! jwt-oauth-schema §6), and which variables say where it is.

use std::time::Duration;

use url::Url;

use super::{PoolBounds, Problems, Variables};
use crate::{
    crypto::secret::Secret,
    options::{Default, Options as _, Section, certificates, options, part, read_by, switch, text, timeout},
};

options! {
    /// A key-value store beside the database, and the bounds of asking it. Every wait has one.
    pub struct SecondaryStorageOptions {
        /// Whether the service uses a secondary storage. `REDIS_URL`, or `UPSTASH_REDIS_REST_URL` with its token, is its address.
        enabled: bool = switch("enabled", false),
        /// `"redis"` or `"rest"`, where both are set; without this key it is Redis then.
        transport: Option<StorageTransport> = read_by(
            "transport",
            Default::Told("by the variables"),
            |section, key, problems| {
                let choices = [("redis", StorageTransport::Redis), ("rest", StorageTransport::Rest)];
                section.choice(key, problems, &choices)
            },
        ),
        /// In front of every key, as with better-auth's package.
        key_prefix: String = text("key_prefix", "better-auth:"),
        /// The pool's.
        bounds: PoolBounds = part::<PoolBounds>(),
        /// Seconds for connecting, login and up to three more attempts included.
        connect_timeout: Duration = timeout("connect_timeout", 5),
        /// Seconds for one command; over REST, with the way there and back.
        command_timeout: Duration = timeout("command_timeout", 5),
        /// For `rediss://`, the authorities to believe in their place, as PEM (RFC 7468) between three quotes. A `sslrootcert` of the
        /// URL is preferred.
        root_certificates: Option<String> = certificates("root_certificates", "the public authorities"),
    }
}

/// A key-value store beside the database.
#[derive(Debug, Clone)]
pub struct SecondaryStorage {
    /// The address of the store.
    pub place: StoragePlace,
    /// The options of the section.
    pub options: SecondaryStorageOptions,
}

/// The address of the store, and the protocol it speaks.
#[derive(Debug, Clone)]
pub enum StoragePlace {
    /// Redis, or what speaks its protocol.
    Redis {
        /// The variable that the URL came from, for messages.
        variable: &'static str,
        /// `redis://` or `rediss://`. A secret, since it holds a password.
        url: Secret,
    },
    /// The REST interface of Upstash.
    Rest {
        /// The variable that the URL came from, for messages.
        variable: &'static str,
        /// The address of its API.
        url: Url,
        /// Goes along with every command.
        token: Secret,
    },
}

/// How the store is spoken to, where both are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageTransport {
    /// By the protocol of Redis.
    Redis,
    /// By the REST interface of Upstash.
    Rest,
}

const REDIS: &[&str] = &["REDIS_URL", "KV_URL"];
const REST_URL: &[&str] = &["UPSTASH_REDIS_REST_URL", "KV_REST_API_URL"];
const REST_TOKEN: &[&str] = &["UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_TOKEN"];

impl SecondaryStorage {
    /// Returns `None` if it is off.
    pub(super) fn read(section: Section<'_>, variables: &Variables, problems: &mut Problems) -> Option<Self> {
        let options = SecondaryStorageOptions::read(section, problems);
        let place = options.enabled.then(|| place(options.transport, variables, problems))??;
        Some(Self { place, options })
    }

    /// The variable that says where the store is, for messages.
    pub fn variable(&self) -> &'static str {
        match &self.place {
            StoragePlace::Redis { variable, .. } | StoragePlace::Rest { variable, .. } => variable,
        }
    }
}

/// Which tables a store leaves unused (spec jwt-oauth-schema §5.1), for programs that read only the file.
pub(super) struct UnusedTables {
    /// Whether there is a store at all.
    pub(super) is_there: bool,
    sessions_too: bool,
    secrets_too: bool,
}

impl UnusedTables {
    /// Reads only the options that it needs. The readers of the sections report their problems.
    pub(super) fn read(root: &mut Section<'_>) -> Self {
        let unheard = &mut Problems::default();
        let on = |read: Option<bool>| read.unwrap_or(false);
        Self {
            is_there: on(root.section("secondary_storage", unheard).boolean("enabled", unheard)),
            sessions_too: on(root.section("session", unheard).boolean("store_session_in_database", unheard)),
            secrets_too: on(root.section("verification", unheard).boolean("store_in_database", unheard)),
        }
    }

    /// The tables that are unused.
    pub(super) fn tables(&self) -> Vec<&'static str> {
        let unused = [("session", self.sessions_too), ("verification", self.secrets_too)];
        unused.into_iter().filter(|(_, too)| self.is_there && !too).map(|(table, _)| table).collect()
    }
}

fn place(transport: Option<StorageTransport>, variables: &Variables, problems: &mut Problems) -> Option<StoragePlace> {
    let get = |names: &[&'static str]| names.iter().find_map(|name| Some((*name, variables.get(name)?)));
    let (redis, rest, token) = (get(REDIS), get(REST_URL), get(REST_TOKEN));
    match (transport, redis, rest) {
        (None | Some(StorageTransport::Redis), Some((variable, url)), _) => {
            Some(StoragePlace::Redis { variable, url: Secret::new(url) })
        }
        (None | Some(StorageTransport::Rest), _, Some((variable, text))) => {
            rest_place((variable, text), token, problems)
        }
        (Some(StorageTransport::Rest), _, None) => {
            let text = "it is missing, and `secondary_storage.transport` is \"rest\"; set it to the store's REST address, \
                        https://….upstash.io, and UPSTASH_REDIS_REST_TOKEN beside it";
            problems.add("UPSTASH_REDIS_REST_URL", text);
            None
        }
        _ => {
            let text = "it is missing, and `secondary_storage.enabled` needs it; set it to the store's address, \
                        rediss://user:password@host:6379, or set UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN";
            problems.add("REDIS_URL", text);
            None
        }
    }
}

fn rest_place(
    (variable, text): (&'static str, &str),
    token: Option<(&'static str, &str)>,
    problems: &mut Problems,
) -> Option<StoragePlace> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        problems.add(variable, "it is not the URL of a REST interface; write it like https://….upstash.io");
    }
    let Some((_, token)) = token else {
        let beside = if variable == "KV_REST_API_URL" { "KV_REST_API_TOKEN" } else { "UPSTASH_REDIS_REST_TOKEN" };
        problems.add(beside, format!("it is missing, and {variable} needs it; set it to the token that may write"));
        return None;
    };
    Some(StoragePlace::Rest { variable, url: url?, token: Secret::new(token) })
}
