//! The one list of the variables that gatepost knows: `.env.example`, the variables' part of `docs/CONFIGURATION.md` and what
//! each function may read come from it.

/// One variable.
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Other names that are read in its place, in this order.
    pub aliases: &'static [&'static str],
    /// What it is, for the documentation.
    pub about: &'static str,
    /// What needs it, for the documentation.
    pub needed: &'static str,
    /// Who reads it.
    pub readers: Readers,
    /// Whether whoever knows it can do harm: the platform should not show it again.
    pub sensitive: bool,
    /// Where it is set.
    pub set: Set,
}

/// Who reads a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Every function: the pipeline in front of all endpoints needs it.
    Every,
    /// The functions that serve an endpoint of one of these groups: what stands in front of the dot in its id.
    Groups(&'static [&'static str]),
    /// No function: the command line alone.
    CommandLine,
}

/// Where a variable is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// In production and preview, each with a value of its own.
    Deployments,
    /// In production alone.
    Production,
    /// By the platform.
    Platform,
    /// On a developer's machine.
    Locally,
}

impl Variable {
    /// Its name, then the others.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Whether `name` is one of its names; that of a provider's client begins with the provider.
    pub fn is(&self, name: &str) -> bool {
        let of_provider = |rest: &str| {
            let prefix = name.strip_suffix(rest).unwrap_or_default();
            !prefix.is_empty()
                && prefix.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        };
        self.names().any(|known| known.strip_prefix(PROVIDER).map_or(known == name, of_provider))
    }

    /// Whether a function with the endpoints of these ids reads it.
    pub fn is_read_by<'a>(&self, mut ids: impl Iterator<Item = &'a str>) -> bool {
        match self.readers {
            Readers::Every => true,
            Readers::Groups(groups) => ids.any(|id| groups.contains(&id.split('.').next().unwrap_or_default())),
            Readers::CommandLine => false,
        }
    }
}

/// Stands in a name for a provider's own, in capitals.
pub const PROVIDER: &str = "<PROVIDER>";
/// The groups of endpoints that speak to providers.
const SOCIAL: Readers = Readers::Groups(&["account"]);
/// The groups of endpoints that send mails.
const MAILS: Readers = Readers::Groups(&["sign_up", "sign_in", "user", "email", "password", "two_factor"]);

/// Every variable that gatepost reads.
pub const LIST: &[Variable] = &[
    Variable {
        name: "BETTER_AUTH_SECRET",
        aliases: &["AUTH_SECRET"],
        about: "signs cookies and encrypts keys; at least 32 characters on a deployment. `cargo gatepost secret new` makes one",
        needed: "everything",
        readers: Readers::Every,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "BETTER_AUTH_SECRETS",
        aliases: &[],
        about: "for a rotation: `2:newer,1:older`. The first signs and encrypts, all are honoured, and `BETTER_AUTH_SECRET` beside it for what is older than any version. `cargo gatepost secret rotate` says what to write",
        needed: "a rotation of secrets",
        readers: Readers::Every,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "BETTER_AUTH_URL",
        aliases: &BASE_URL_ALIASES,
        about: "the public address, `https://auth.example.com`. With https, cookies are `__Secure-`. Without it the address is that of each request, and links in mails name the platform's own; where there is none, nothing with a link is mailed",
        needed: "links in mails, the issuer of tokens",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Production,
    },
    Variable {
        name: "BETTER_AUTH_TRUSTED_ORIGINS",
        aliases: &[],
        about: "more trusted origins, separated by commas",
        needed: "pages on other origins",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "DATABASE_URL",
        aliases: &["POSTGRES_URL"],
        about: "the database, as the provider writes it ([POSTGRES.md](POSTGRES.md#the-url)): parameters of other clients are passed over, `schema` and its relatives name the schema of the tables, TLS is on and verified unless the host is this machine or the URL says `sslmode=disable` or `sslmode=no-verify`; `database.root_certificates`, or `sslrootcert` where there are files, names a private authority",
        needed: "everything but sessions that live in cookies alone",
        readers: Readers::Every,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "DATABASE_URL_UNPOOLED",
        aliases: &["POSTGRES_URL_NON_POOLING"],
        about: "the same database without a pooler in between, as the owner of the tables; preferred by `gatepost migrate`",
        needed: "migrations",
        readers: Readers::CommandLine,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "REDIS_URL",
        aliases: &["KV_URL"],
        about: "the secondary storage (`[secondary_storage]`), `rediss://user:password@host:6379`: TLS with `rediss`, and verified; `secondary_storage.root_certificates`, or `sslrootcert` where there are files, names a private authority. Preferred to the REST interface",
        needed: "sessions, single-use secrets and counts in Redis",
        readers: Readers::Every,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "UPSTASH_REDIS_REST_URL",
        aliases: &["KV_REST_API_URL"],
        about: "the same store over HTTPS, as Upstash gives it to projects",
        needed: "the same over REST",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "UPSTASH_REDIS_REST_TOKEN",
        aliases: &["KV_REST_API_TOKEN"],
        about: "the token that may write there",
        needed: "the same over REST",
        readers: Readers::Every,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "EMAIL_URL",
        aliases: &[],
        about: "how mails leave, see [Mails](#mails); without it there are none",
        needed: "whatever mails: confirmed addresses, forgotten passwords, confirmed deletions",
        readers: MAILS,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "EMAIL_FROM",
        aliases: &[],
        about: "whose they are: `Name <name@example.com>`",
        needed: "mails by a mail server or Resend",
        readers: MAILS,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "<PROVIDER>_CLIENT_ID",
        aliases: &[],
        about: "this service as a client of a provider: `GITHUB_CLIENT_ID`, or after the name in `[social.<name>]`; with the secret beside it people can sign in there",
        needed: "signing in with that provider",
        readers: SOCIAL,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "<PROVIDER>_CLIENT_SECRET",
        aliases: &[],
        about: "the client's secret; a public client has none (`token_endpoint_auth = \"none\"`)",
        needed: "signing in with that provider",
        readers: SOCIAL,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "APPLE_PRIVATE_KEY",
        aliases: &[],
        about: "in the place of `APPLE_CLIENT_SECRET`, which Apple lets live for half a year: the key, as PEM, that signs one for each request",
        needed: "signing in with Apple without a secret that ends",
        readers: SOCIAL,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "APPLE_KEY_ID",
        aliases: &[],
        about: "that key's identifier",
        needed: "`APPLE_PRIVATE_KEY`",
        readers: SOCIAL,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "APPLE_TEAM_ID",
        aliases: &[],
        about: "whose key it is",
        needed: "`APPLE_PRIVATE_KEY`",
        readers: SOCIAL,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "GATEPOST_PREVIEW_KEY",
        aliases: &[],
        about: "at least 32 characters, the same in production and preview and used for nothing else, see [previews.md](previews.md)",
        needed: "signing in with providers on previews",
        readers: SOCIAL,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "GATEPOST_FETCH_REWRITE",
        aliases: &[],
        about: "for tests, and refused in production: JSON of URLs and what takes their place in requests to providers",
        needed: "",
        readers: SOCIAL,
        sensitive: false,
        set: Set::Locally,
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_ENDPOINT",
        aliases: &[],
        about: "a collector of OpenTelemetry that takes JSON over HTTP: traces go to `/v1/traces` below it, metrics to `/v1/metrics`. Only in a build with the feature `otlp`",
        needed: "traces and metrics",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_HEADERS",
        aliases: &[],
        about: "headers that the collector wants: `name=value,name=value`, percent-encoded",
        needed: "traces and metrics",
        readers: Readers::Every,
        sensitive: true,
        set: Set::Deployments,
    },
    Variable {
        name: "OTEL_EXPORTER_OTLP_PROTOCOL",
        aliases: &[],
        about: "`http/json`, or nothing: nothing else is spoken",
        needed: "",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "OTEL_SERVICE_NAME",
        aliases: &[],
        about: "what the service is called there; `gatepost` by default",
        needed: "",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Deployments,
    },
    Variable {
        name: "GATEPOST_CONFIG",
        aliases: &[],
        about: "another file in place of `gatepost.toml`",
        needed: "",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Locally,
    },
    Variable {
        name: "VERCEL_ENV",
        aliases: &[],
        about: "`development` shows reasons in a header; anything else is treated as production",
        needed: "",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Platform,
    },
    Variable {
        name: "VERCEL_URL",
        aliases: &[],
        about: "the deployment's own host name: trusted exactly; a wildcard never is unless `trusted_origins` says so",
        needed: "",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Platform,
    },
    Variable {
        name: "VERCEL_BRANCH_URL",
        aliases: &[],
        about: "the same for the branch",
        needed: "",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Platform,
    },
    Variable {
        name: "VERCEL_PROJECT_PRODUCTION_URL",
        aliases: &[],
        about: "the same for the project in production",
        needed: "",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Platform,
    },
    Variable {
        name: "VERCEL_REGION",
        aliases: &[],
        about: "where an instance runs; with it, connections are closed before the instance is frozen",
        needed: "",
        readers: Readers::Every,
        sensitive: false,
        set: Set::Platform,
    },
    Variable {
        name: "PORT",
        aliases: &[],
        about: "where `cargo dev` listens; 3000 by default",
        needed: "",
        readers: Readers::CommandLine,
        sensitive: false,
        set: Set::Locally,
    },
    Variable {
        name: "GATEPOST_POSTGRES_BIN",
        aliases: &[],
        about: "a folder with `postgres` and `initdb`, for `cargo dev` and the tests",
        needed: "",
        readers: Readers::CommandLine,
        sensitive: false,
        set: Set::Locally,
    },
];

/// Variables that may carry the base URL besides `BETTER_AUTH_URL`, in better-auth's order (spec core §16.4).
const BASE_URL_ALIASES: [&str; 5] = [
    "NEXT_PUBLIC_BETTER_AUTH_URL",
    "PUBLIC_BETTER_AUTH_URL",
    "NUXT_PUBLIC_BETTER_AUTH_URL",
    "NUXT_PUBLIC_AUTH_URL",
    "BASE_URL",
];
