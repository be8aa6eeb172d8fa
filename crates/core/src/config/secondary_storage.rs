//! `[secondary_storage]`: sessions, single-use secrets and counts in a key-value store, under better-auth's keys (spec
//! jwt-oauth-schema §6), and which variables say where it is.

use std::time::Duration;

use url::Url;

use super::{PoolBounds, Problems, Variables};
use crate::crypto::secret::Secret;
use crate::options::Section;

/// A key-value store beside the database, and the bounds of asking it. Every wait has one.
#[derive(Debug, Clone)]
pub struct SecondaryStorage {
    /// Where it is.
    pub place: StoragePlace,
    /// For Redis with TLS, the certificates of the authorities to believe in the place of the public ones, as PEM (RFC 7468). The
    /// file of a URL's `sslrootcert` is preferred to it.
    pub root_certificates: Option<String>,
    /// In front of every key. Default `better-auth:`, as with better-auth's own package.
    pub key_prefix: String,
    /// The pool's. Connecting may take 5 s by default.
    pub bounds: PoolBounds,
    /// For one command; over REST, with the way there and back. Default 5 s.
    pub command_timeout: Duration,
}

/// Where the store is, and how it is spoken to.
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
        /// Where it is asked.
        url: Url,
        /// Goes along with every command.
        token: Secret,
    },
}

/// How the store is spoken to, where both are there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transport {
    Redis,
    Rest,
}

const REDIS: &[&str] = &["REDIS_URL", "KV_URL"];
const REST_URL: &[&str] = &["UPSTASH_REDIS_REST_URL", "KV_REST_API_URL"];
const REST_TOKEN: &[&str] = &["UPSTASH_REDIS_REST_TOKEN", "KV_REST_API_TOKEN"];

impl SecondaryStorage {
    /// None where it is off.
    pub(super) fn read(mut section: Section<'_>, variables: &Variables, problems: &mut Problems) -> Option<Self> {
        let enabled = is_enabled(&mut section, problems);
        let transports = [("redis", Transport::Redis), ("rest", Transport::Rest)];
        let transport = section.choice("transport", problems, &transports);
        let key_prefix = section.text("key_prefix", problems);
        let root_certificates = section.certificates("root_certificates", problems);
        let bounds = PoolBounds::read(&mut section, problems, 5);
        let command_timeout = section.limit("command_timeout", problems, 5);
        section.finish(problems);
        Some(Self {
            place: if enabled { place(transport, variables, problems)? } else { return None },
            root_certificates,
            key_prefix: key_prefix.unwrap_or_else(|| "better-auth:".to_owned()),
            bounds,
            command_timeout,
        })
    }

    /// The variable that says where the store is, for messages.
    pub fn variable(&self) -> &'static str {
        match &self.place {
            StoragePlace::Redis { variable, .. } | StoragePlace::Rest { variable, .. } => variable,
        }
    }
}

fn is_enabled(section: &mut Section<'_>, problems: &mut Problems) -> bool {
    section.boolean("enabled", problems).unwrap_or(false)
}

/// Which tables a store leaves unused (spec jwt-oauth-schema §5.1), for whoever looks at the file alone.
pub(super) struct Beside {
    /// Whether there is a store at all.
    pub(super) is_there: bool,
    sessions_too: bool,
    secrets_too: bool,
}

impl Beside {
    /// Looks only at what it needs. What is wrong there is told by whoever reads the sections.
    pub(super) fn read(root: &mut Section<'_>) -> Self {
        let unheard = &mut Problems::default();
        let on = |read: Option<bool>| read.unwrap_or(false);
        Self {
            is_there: is_enabled(&mut root.section("secondary_storage", unheard), unheard),
            sessions_too: on(root.section("session", unheard).boolean("store_session_in_database", unheard)),
            secrets_too: on(root.section("verification", unheard).boolean("store_in_database", unheard)),
        }
    }

    /// The tables that nobody needs.
    pub(super) fn tables(&self) -> Vec<&'static str> {
        let unused = [("session", self.sessions_too), ("verification", self.secrets_too)];
        unused.into_iter().filter(|(_, too)| self.is_there && !too).map(|(table, _)| table).collect()
    }
}

fn place(transport: Option<Transport>, variables: &Variables, problems: &mut Problems) -> Option<StoragePlace> {
    let get = |names: &[&'static str]| names.iter().find_map(|name| Some((*name, variables.get(name)?)));
    let (redis, rest, token) = (get(REDIS), get(REST_URL), get(REST_TOKEN));
    match (transport, redis, rest) {
        (None | Some(Transport::Redis), Some((variable, url)), _) => {
            Some(StoragePlace::Redis { variable, url: Secret::new(url) })
        }
        (None | Some(Transport::Rest), _, Some((variable, text))) => rest_place((variable, text), token, problems),
        (Some(Transport::Rest), _, None) => {
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
