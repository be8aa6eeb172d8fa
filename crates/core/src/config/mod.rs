//! The configuration of a deployment: secrets and addresses from variables, everything else from `gatepost.toml` under
//! better-auth's option names in snake_case. Read once, all problems at once; every key has better-auth's default.

mod absent;
mod access;
mod account;
mod advanced;
mod bearer;
mod build_keys;
mod cookies;
mod database;
mod database_url;
mod declared;
mod deployment;
mod discovery;
mod email;
mod email_and_password;
mod environment;
mod fields;
mod general;
mod hashes;
mod jwt;
mod lifetimes;
mod mail;
mod naming;
mod needs;
mod observability;
mod open_api;
mod origins;
mod own;
mod pool;
mod previews;
mod profile;
mod rate_limit;
mod schema;
mod schema_file;
mod search_path;
mod secondary_storage;
mod secret;
mod session;
mod sms;
mod social;
mod table;
mod tables;
mod transport;
mod url_forms;
mod user;
mod variables;
mod verification;

use url::Url;

use crate::{
    crypto::secret::Secrets,
    declarations::DeclaredFeature,
    options::{self, Circumstances, Options as _, Section},
    syntax::origin::Pattern,
};

use self::secondary_storage::UnusedTables;
pub use self::{
    absent::told as what_becomes_of,
    access::{Access, BuiltInAccess, OF_MEMBERS, OF_USERS, Roles, Statements},
    account::{Account, Linking},
    advanced::{Advanced, Checks, CrossSubDomainCookies, Identifiers, IpAddress},
    bearer::Bearer,
    cookies::{CookieAttributes, CookieOverride, CookieOverrides, SameSite, cookies},
    database::{ConnectionOptions, Database, DatabaseOptions, DatabaseTransport},
    database_url::{DatabaseUrl, TlsMode},
    declared::OPTIONS,
    deployment::{Deployment, FunctionLayout},
    discovery::{Discovery, KNOWN as KNOWN_PROVIDERS, RESERVED_PARAMS, TokenAuth},
    email::EmailVerification,
    email_and_password::EmailAndPassword,
    environment::{Environment, Variables},
    fields::{AdditionalFields, AllowedValues, Field},
    general::{General, OnApiError},
    jwt::{Audience, Expiration, Jwks, Jwt, NewKeys, REGISTERED, is_free_claim, span},
    mail::{MailOptions, MailUrl, MailUrls},
    naming::Naming,
    observability::{Collector, Observability},
    open_api::OpenApi,
    own::{ProviderKeys, Signing},
    pool::PoolBounds,
    previews::{PreviewOptions, Previews},
    rate_limit::{LimitStorage, RateLimit},
    schema::{Ids, Schema},
    secondary_storage::{SecondaryStorage, SecondaryStorageOptions, StoragePlace, StorageTransport},
    secret::load_secrets,
    session::{CacheRefresh, CacheStrategy, CookieCache, Session},
    sms::{SmsTransport, Twilio},
    social::{Client, ClientOptions, Social},
    table::{Column, DefaultValue, Table},
    transport::{Sender, Smtp, SmtpTls, Transport},
    user::{ChangeEmail, DeleteUser, User},
    variables::variables,
    verification::Verification,
};
pub use crate::declaration::{ColumnType, Kind, Limit, PROVIDER, Readers, Variable, VariablePlace};
pub use crate::declarations::Features;
pub use crate::problem::{Problem, Problems, Source};

/// Everything that a deployment decides.
#[derive(Debug, Clone)]
pub struct Config {
    /// The environment of the service.
    pub environment: Environment,
    /// The name that pages and mails show.
    pub app_name: String,
    /// Signs and encrypts.
    pub secrets: Secrets,
    /// The public address with the base path, `https://auth.example.com/api/auth`, if one is configured.
    pub base_url: Option<Url>,
    /// The base URL as it is written in the configuration.
    pub base_url_text: Option<String>,
    /// The variable or the line of the file that has the base URL, for messages; `BETTER_AUTH_URL` if there is none.
    pub base_url_place: String,
    /// The path in front of every endpoint, without a trailing slash.
    pub base_path: String,
    /// The origins of this deployment as the platform tells them: its own, the branch's, and last the project's.
    pub platform_origins: Vec<String>,
    /// Patterns of origins that may call and be redirected to, besides the service's own.
    pub trusted_origins: Vec<Pattern>,
    /// How the endpoints are distributed over functions.
    pub deployment: Deployment,
    /// Paths, relative to the base path, that answer 404.
    pub disabled_paths: Vec<String>,
    /// The page to which `GET /error` sends the browser, if there is one.
    pub error_url: Option<String>,
    /// Signing up and in with a password.
    pub email_and_password: EmailAndPassword,
    /// The settings of password hashes of other systems.
    pub hashes: crate::crypto::hashes::scheme::Settings,
    /// Confirming addresses.
    pub email_verification: EmailVerification,
    /// How mails leave, if they do.
    pub transport: Option<Transport>,
    /// Whose mails they are.
    pub sender: Option<Sender>,
    /// The transport of text messages, if there is one.
    pub sms: Option<SmsTransport>,
    /// The contents of mails that the deployment decides.
    pub mail: MailOptions,
    /// Lifetimes of sessions.
    pub session: Session,
    /// Changes that users may make to their own row.
    pub user: User,
    /// The names of tables and columns, including additional fields.
    pub schema: Schema,
    /// The options of features.
    pub features: Features,
    /// The roles of users, and what they permit.
    pub access: Access,
    /// How a user's accounts belong together.
    pub account: Account,
    /// The providers by which people sign in.
    pub social: Social,
    /// How preview deployments come to what providers answer, if they do.
    pub previews: Option<Previews>,
    /// How single-use secrets are stored.
    pub verification: Verification,
    /// How many requests of one client are answered.
    pub rate_limit: RateLimit,
    /// Tokens for other services.
    pub jwt: Jwt,
    /// The keys that sign them.
    pub jwks: Jwks,
    /// The session's token in a header.
    pub bearer: Bearer,
    /// The description of the API.
    pub open_api: OpenApi,
    /// Cookies, origin checks and client addresses.
    pub advanced: Advanced,
    /// Traces and metrics of requests, besides the log.
    pub observability: Observability,
    /// The receiver of traces and metrics, if there is one.
    pub collector: Option<Collector>,
    /// The pool, if there is a database.
    pub database: Database,
    /// The key-value store beside it, if there is one.
    pub secondary_storage: Option<SecondaryStorage>,
}

impl Config {
    /// Reads variables and file.
    ///
    /// # Errors
    /// Every problem there is, each with the file's line or the variable's name and what to write.
    pub fn load(variables: &Variables, file: Option<Source<'_>>) -> Result<Self, Problems> {
        let (config, problems) = Self::examine(variables, file);
        if problems.0.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// Reads a configuration that may have problems, for programs that examine it: a value that cannot be read counts as absent.
    pub fn examine(variables: &Variables, file: Option<Source<'_>>) -> (Self, Problems) {
        Self::examine_with(variables, file, &[])
    }

    /// Reads variables and file with features besides those of [`ALL`](crate::declarations::ALL). What cannot be read is as if it
    /// were absent.
    pub fn examine_with(variables: &Variables, file: Option<Source<'_>>, more: &[DeclaredFeature]) -> (Self, Problems) {
        let mut problems = Problems::default();
        let source = file.unwrap_or(Source { name: "gatepost.toml", text: "" });
        let table = options::parse(source, &mut problems);
        let mut root = Section::root(source, table.as_ref().map(|table| table.get_ref()), absent::told);

        let environment = Environment::of(variables);
        let secrets = secret::read(variables, environment, &mut problems);
        let general = General::read_part(&mut root, &mut problems);
        let base = general.base(&root, variables, &mut problems);
        let (base_url, base_url_text, base_path) = (base.url, base.text, base.path);
        let mut trusted_origins = origins::trusted(general.trusted_origins, variables, &root, &mut problems);
        let own_origins = origins::of_platform(variables, &mut problems);
        trusted_origins.extend(own_origins.iter().cloned());
        let previews = root.section("previews", &mut problems);
        let previews = Previews::of(previews, &base_path, own_origins.clone(), variables, &mut problems);

        let (transport, sender) = Transport::read(variables, environment, &mut problems);
        let sms = SmsTransport::read(variables, environment, &mut problems);
        let database = Database::read(root.section("database", &mut problems), variables, &mut problems);
        let secondary_storage = root.section("secondary_storage", &mut problems);
        let secondary_storage = SecondaryStorage::read(secondary_storage, variables, &mut problems);
        let beside = UnusedTables::read(&mut root.again());
        root.set_circumstances(Circumstances {
            development: environment == Environment::Development,
            on_vercel: environment::is_vercel(variables),
            without_base_url: base_url.is_none(),
            without_database: database.url.is_none(),
            secondary_storage: beside.is_there,
        });
        let advanced = Advanced::read(root.section("advanced", &mut problems), &mut problems);
        let tables = root.section("schema", &mut problems);
        let features = Features::read(&mut root, &mut problems).with(more);
        let features = features.with_values(|name| variables.get(name).map(str::to_owned));
        let named = database.schema_name.clone();
        let mut schema = Schema::read(tables, named, advanced.database.generate_id, &features, &mut problems);
        let mut session = root.section("session", &mut problems);
        schema.read_additional("session", session.section("additional_fields", &mut problems), &mut problems);
        let session = Session::read(session, &mut problems);
        let mut user = root.section("user", &mut problems);
        schema.read_additional("user", user.section("additional_fields", &mut problems), &mut problems);
        let user = User::read(user, &mut problems);
        let mut account = root.section("account", &mut problems);
        schema.read_additional("account", account.section("additional_fields", &mut problems), &mut problems);
        let account = Account::read(account, &mut problems);
        schema.stored_functions = database.options.stored_functions;
        let schema = schema.without(&beside.tables());
        let jwt = root.section("jwt", &mut problems);
        let jwt = Jwt::checked(jwt, &schema.additional, &session.cookie_cache, &mut problems);
        let email_and_password = root.section("email_and_password", &mut problems);
        let email_and_password = EmailAndPassword::read(email_and_password, &mut problems);
        let config = Self {
            environment,
            app_name: general.app_name,
            secrets,
            hashes: hashes::settings(&email_and_password, variables, &mut problems),
            email_and_password,
            email_verification: EmailVerification::read(
                root.section("email_verification", &mut problems),
                &mut problems,
            ),
            transport,
            sender,
            sms,
            mail: MailOptions::read(root.section("mail", &mut problems), &mut problems),
            session,
            user,
            features,
            access: Access::read(root.section("access", &mut problems), &mut problems),
            account,
            social: Social::read(
                root.section("social", &mut problems),
                variables,
                &schema.additional.user,
                &mut problems,
            ),
            previews,
            verification: Verification::read(root.section("verification", &mut problems), &mut problems),
            rate_limit: RateLimit::read(root.section("rate_limit", &mut problems), &mut problems),
            jwt,
            jwks: Jwks::read(root.section("jwks", &mut problems), &mut problems),
            open_api: OpenApi::read(root.section("open_api", &mut problems), &mut problems),
            observability: Observability::read(root.section("observability", &mut problems), &mut problems),
            collector: Collector::read(variables, &mut problems),
            bearer: Bearer::read(root.section("bearer", &mut problems), &mut problems),
            advanced,
            database,
            secondary_storage,
            schema,
            base_url,
            base_url_text,
            base_url_place: base.place,
            base_path,
            platform_origins: own_origins,
            trusted_origins: trusted_origins.iter().map(|text| Pattern::new(text)).collect(),
            deployment: Deployment::read(root.section("deployment", &mut problems), &mut problems),
            disabled_paths: general.disabled_paths,
            error_url: general.on_api_error.error_url,
        };
        root.finish(&mut problems);
        config.check_variables(variables, &mut problems);
        config.check_messages(variables, &mut problems);
        config.check_rewrites(variables, &mut problems);
        let own = config.base_url.as_ref().map(|url| url.origin().ascii_serialization());
        config.mail.urls.check(own.as_deref(), &config.trusted_origins, &mut problems);
        config.check_stateless(&beside, &mut problems);
        config.check_roles(&mut problems);
        config.check_first_user_role(&mut problems);
        config.check_founding(&mut problems);
        config.check_organization_keys(&mut problems);
        config.check_parts_of_organizations(&mut problems);
        config.check_prefixes(&mut problems);
        config.check_cron_secret(&mut problems);
        config.check_webhook_secrets(&mut problems);
        config.check_secondary_storage(&beside, &mut problems);
        problems.sort(source.name);
        (config, problems)
    }

    /// Whether there is no database: people are whom their provider says, and keys come of the secrets (spec jwt-oauth-schema
    /// §7).
    pub fn is_stateless(&self) -> bool {
        self.database.url.is_none()
    }

    /// Whether sessions are anywhere but in cookies: in a database, or in a secondary storage.
    pub fn stores_sessions(&self) -> bool {
        !self.is_stateless() || self.secondary_storage.is_some()
    }

    /// Whether this is production and nothing tells the service's own address, which links in mails need. The platform tells
    /// each preview its own.
    pub fn mails_no_links(&self) -> bool {
        let unknown = self.base_url.is_none() && self.platform_origins.is_empty();
        unknown && self.transport.is_some() && self.environment == Environment::Production
    }

    /// The `Domain` of cookies that subdomains share.
    pub fn cookie_domain(&self) -> Option<&str> {
        let shared = &self.advanced.cross_sub_domain_cookies;
        let host = || self.base_url.as_ref().and_then(Url::host_str);
        if shared.enabled { shared.domain.as_deref().or_else(host) } else { None }
    }

    /// Whether cookies carry `Secure` and the `__Secure-` prefix (spec core §4.2). Decided once, from configuration.
    pub fn secure_cookies(&self) -> bool {
        let by_url = self.base_url.as_ref().map(|url| url.scheme() == "https");
        self.advanced.use_secure_cookies.or(by_url).unwrap_or(self.environment != Environment::Development)
    }
}
