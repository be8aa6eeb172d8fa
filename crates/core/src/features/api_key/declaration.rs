//! The section `[api_key]`, and the table of keys (spec management-plugins §§3.1, 3.9).

use super::words;
use crate::{
    declaration::{Declaration, Documentation, FeatureTable, Model, ModelColumn, Resource},
    options::{
        Default, Options as _, Section, choice, number, optional_seconds, options, part, read_by, seconds, section,
        switch, text,
    },
    problem::Problems,
};

/// The header of a key, unless the configuration names others.
const HEADER: &str = "x-api-key";
/// The configuration of keys that name none.
pub const DEFAULT: &str = "default";

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    tables: &[FeatureTable {
        model: Model {
            name: "apikey",
            key: "apikey",
            columns: &[
                ModelColumn::text("configId", "config_id").indexed(),
                ModelColumn::text("name", "name").optional(),
                ModelColumn::text("start", "start").optional(),
                ModelColumn::text("referenceId", "reference_id").indexed(),
                ModelColumn::text("prefix", "prefix").optional(),
                ModelColumn::text("key", "key").indexed(),
                ModelColumn::number("refillInterval", "refill_interval").optional(),
                ModelColumn::number("refillAmount", "refill_amount").optional(),
                ModelColumn::date("lastRefillAt", "last_refill_at").optional(),
                ModelColumn::boolean("enabled", "enabled").optional(),
                ModelColumn::boolean("rateLimitEnabled", "rate_limit_enabled").optional(),
                ModelColumn::number("rateLimitTimeWindow", "rate_limit_time_window").optional(),
                ModelColumn::number("rateLimitMax", "rate_limit_max").optional(),
                ModelColumn::number("requestCount", "request_count").optional(),
                ModelColumn::number("remaining", "remaining").optional(),
                ModelColumn::date("lastRequest", "last_request").optional(),
                ModelColumn::date("expiresAt", "expires_at").optional(),
                ModelColumn::date("createdAt", "created_at"),
                ModelColumn::date("updatedAt", "updated_at"),
                ModelColumn::text("permissions", "permissions").optional(),
                ModelColumn::text("metadata", "metadata").optional(),
            ],
        },
        when: &[],
    }],
    request_headers: &[HEADER],
    absent: &[
        ("config_id", "it is the name of a section: write `[api_key.configurations.<id>]`"),
        ("custom_api_key_getter", "a function cannot be configured; name the headers in `api_key_headers`"),
        ("custom_api_key_validator", "a function cannot be configured; check more in a function behind `protect`"),
        ("custom_key_generator", "a function cannot be configured; keys are a prefix and random letters"),
        ("custom_storage", "keys are rows of the table `apikey`"),
        ("fallback_to_database", "keys are rows of the table `apikey`"),
        ("defer_updates", "one statement verifies a key and counts the use, so nothing is left for later"),
        ("schema", "write `[schema.apikey] model_name = \"…\"` and `fields = { reference_id = \"…\" }`"),
    ],
    ..Declaration::of("api_key")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: words::REASONS, codes: words::CODES };

options! {
    /// API keys: better-auth's plugin `apiKey`. Users create keys for programs, with an expiry, a name and metadata. It needs the table
    /// `apikey`: run `cargo gatepost migrate`. [api-keys.md](api-keys.md) is a guide.
    ///
    /// The options here are those of the configuration `default`. `[api_key.configurations.<id>]` has the options of a further one,
    /// with the same keys as from `api_key_headers` on.
    pub struct ApiKey {
        /// The endpoints below `/api-key/` answer.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Your own functions accept keys as callers, with `Caller::Key`. Otherwise they ignore keys.
        protect: bool = switch("protect", false),
        /// Seconds for which an instance remembers that a key is valid. With `0`, it asks the database at each use. Meanwhile a key that
        /// is disabled or deleted, or whose owner is banned, still works on that instance, and its uses are not counted. An instance
        /// never remembers a key with a remaining count.
        remember_verdicts: u32 = seconds("remember_verdicts", 0),
        /// The configuration `default`.
        own: Configuration = part::<Configuration>(),
        /// Further configurations, by their identifiers (`configId`).
        more: Vec<NamedConfiguration> = read_by("configurations", Default::Told("none"), configurations),
    }
    check: check
}

options! {
    /// A configuration of API keys.
    pub struct Configuration {
        /// The headers in which a request carries a key; the first that is not empty counts. A list, or a text.
        api_key_headers: Vec<String> = read_by("api_key_headers", Default::Text(HEADER), headers),
        /// How many random letters a key has. better-auth takes any number; with fewer than 16, keys could be guessed.
        default_key_length: u32 = number("default_key_length", 16, 512, 64),
        /// The prefix of a key for which the client gives none, such as `my_app_`.
        default_prefix: String = text("default_prefix", ""),
        /// The fewest characters of a prefix that a client gives.
        minimum_prefix_length: u32 = number("minimum_prefix_length", 0, 256, 1),
        /// The most characters of such a prefix.
        maximum_prefix_length: u32 = number("maximum_prefix_length", 0, 256, 32),
        /// A key must have a name.
        require_name: bool = switch("require_name", false),
        /// The fewest characters of a name.
        minimum_name_length: u32 = number("minimum_name_length", 0, 1_000, 1),
        /// The most characters of a name.
        maximum_name_length: u32 = number("maximum_name_length", 0, 1_000, 32),
        /// Clients may store metadata with a key: an object of at most 10,000 bytes.
        enable_metadata: bool = switch("enable_metadata", false),
        /// Keys are stored as they are, and not as SHA-256, so that a copy of the table contains working keys.
        disable_key_hashing: bool = switch("disable_key_hashing", false),
        /// The beginning of a key that is stored to recognize it by.
        starting_characters: StartingCharacters = section::<StartingCharacters>("starting_characters_config"),
        /// How long keys are valid.
        key_expiration: KeyExpiration = section::<KeyExpiration>("key_expiration"),
        /// How often a key may be used.
        rate_limit: KeyRateLimit = section::<KeyRateLimit>("rate_limit"),
        /// The permissions of new keys.
        permissions: KeyPermissions = section::<KeyPermissions>("permissions"),
        /// `"user"`: keys belong to users. `"organization"`: keys belong to organizations, and members create and change them as their
        /// roles permit; such a key stands for no session. It needs `organization.enabled`. Do not change it once there are keys.
        references: Owner = choice("references", USER, &[USER, ("organization", Owner::Organization)]),
        /// A key in a header stands for a session of its owner, for `/get-session` and `/list-accounts`; every request that carries a
        /// key counts as a use of it.
        enable_session_for_api_keys: bool = switch("enable_session_for_api_keys", false),
        /// `"database"`. `"secondary-storage"` is not available, because uses could not be counted exactly there.
        storage: Storage = choice("storage", DATABASE, &[DATABASE, ("secondary-storage", Storage::Secondary)]),
    }
}

options! {
    /// The beginning of a key that is stored to recognize it by.
    pub struct StartingCharacters {
        /// The beginning is stored.
        should_store: bool = switch("should_store", true),
        /// How many characters of the key are stored, including the prefix.
        length: u32 = number("characters_length", 0, 64, 6),
    }
}

options! {
    /// How long keys are valid.
    pub struct KeyExpiration {
        /// Seconds for which a key is valid if the client does not say.
        default_expires_in: Option<u32> = optional_seconds("default_expires_in", "without end"),
        /// Clients cannot choose how long a key is valid.
        disable_custom_expires_time: bool = switch("disable_custom_expires_time", false),
        /// The fewest days that a client may choose.
        min_expires_in: u32 = number("min_expires_in", 0, 100_000, 1),
        /// The most days that a client may choose.
        max_expires_in: u32 = number("max_expires_in", 0, 100_000, 365),
    }
}

options! {
    /// How often a key may be used. A new key stores both numbers; they apply to it from then on.
    pub struct KeyRateLimit {
        /// Uses of keys are limited.
        enabled: bool = switch("enabled", true),
        /// The window, in milliseconds. It restarts with each allowed use, as in better-auth.
        time_window: u32 = number("time_window", 1, 2_147_483_647, 86_400_000),
        /// The uses in a window.
        max_requests: u32 = number("max_requests", 0, 2_147_483_647, 10),
    }
}

options! {
    /// The permissions of new keys.
    pub struct KeyPermissions {
        /// The actions of a new key by resource, like `{ files = ["read"] }`.
        default_permissions: Option<Permissions> = read_by("default_permissions", Default::Told("none"), permissions),
    }
}

/// Actions by resource, in the order of the file.
pub type Permissions = Vec<(String, Vec<String>)>;

/// A configuration with its identifier.
#[derive(Debug, Clone)]
pub struct NamedConfiguration {
    /// The identifier (`configId`).
    pub id: String,
    /// The options.
    pub options: Configuration,
}

/// The owners of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// Users.
    User,
    /// Organizations.
    Organization,
}

/// The place where keys are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// The table `apikey`.
    Database,
    /// The secondary storage.
    Secondary,
}

const USER: (&str, Owner) = ("user", Owner::User);
const DATABASE: (&str, Storage) = ("database", Storage::Database);

impl ApiKey {
    /// Returns the configurations with their identifiers, `default` first.
    pub fn configurations(&self) -> impl Iterator<Item = (&str, &Configuration)> {
        std::iter::once((DEFAULT, &self.own)).chain(self.more.iter().map(|named| (named.id.as_str(), &named.options)))
    }

    /// Returns the identifiers of the configurations whose keys belong to organizations.
    pub fn of_organizations(&self) -> Vec<String> {
        let are = self.configurations().filter(|(_, options)| options.references == Owner::Organization);
        are.map(|(id, _)| id.to_owned()).collect()
    }

    /// Returns the configuration with this identifier, or else `default`, as in better-auth.
    pub fn configuration(&self, id: Option<&str>) -> (&str, &Configuration) {
        self.configurations().find(|(known, _)| Some(*known) == id).unwrap_or((DEFAULT, &self.own))
    }
}

/// Whether a prefix has only characters that better-auth takes: those that each header of a request carries.
pub fn is_prefix(prefix: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !prefix.is_empty() && prefix.bytes().all(plain)
}

/// Returns the section of the configuration with this identifier.
pub fn place(id: &str) -> String {
    if id == DEFAULT { "api_key".to_owned() } else { format!("api_key.configurations.{id}") }
}

fn configurations(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<NamedConfiguration> {
    let tables = section.section(key, problems).tables(problems);
    let mut found = Vec::new();
    for (id, place, table) in tables {
        if id == DEFAULT || id.is_empty() {
            problems.add(place, "write the options of the configuration `default` in `[api_key]` itself");
            continue;
        }
        found.push(NamedConfiguration { id, options: Configuration::read(table, problems) });
    }
    found
}

fn headers(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<String> {
    let read = match section.is_list(key) {
        true => section.texts(key, problems),
        false => section.text(key, problems).map(|text| vec![text]),
    };
    let Some(names) = read else { return vec![HEADER.to_owned()] };
    for name in names.iter().filter(|name| http::HeaderName::from_bytes(name.as_bytes()).is_err()) {
        problems.add(section.place(key), format!("`{name}` cannot be a header; write a name like x-api-key"));
    }
    names
}

fn permissions(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<Permissions> {
    let listed = section.has(key);
    let lists = section.section(key, problems).lists(problems);
    listed.then(|| lists.into_iter().map(|(resource, _, actions)| (resource, actions)).collect())
}

fn check(read: &ApiKey, section: &Section<'_>, problems: &mut Problems) {
    for (id, options) in read.configurations() {
        let at = self::place(id);
        let place = |key: &str| section.place(if id == DEFAULT { key } else { "configurations" });
        if options.storage == Storage::Secondary {
            let text = format!(
                "`{at}.storage = \"secondary-storage\"` is not available: keys are rows of the table `apikey`, where one statement \
                 counts each use; remove the key"
            );
            problems.add(place("storage"), text);
        }
        if options.minimum_prefix_length > options.maximum_prefix_length
            || options.minimum_name_length > options.maximum_name_length
            || options.key_expiration.min_expires_in > options.key_expiration.max_expires_in
        {
            problems
                .add(place("enabled"), format!("`{at}` has a minimum that is larger than the maximum; exchange them"));
        }
    }
}
