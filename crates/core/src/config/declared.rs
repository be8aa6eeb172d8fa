//! The sections of the core whose options are declared ([`options`](mod@crate::options)).

use super::{
    Account, Advanced, Bearer, ClientOptions, DatabaseOptions, Deployment, Discovery, EmailAndPassword,
    EmailVerification, General, Jwks, Jwt, MailOptions, Observability, OpenApi, PreviewOptions, RateLimit,
    SecondaryStorageOptions, Session, User, Verification,
};
use crate::options::{Options as _, Table};

/// The options of the core that are declared, by section, for the documentation.
pub const OPTIONS: &[(&str, Table)] = &[
    ("", General::TABLE),
    ("deployment", Deployment::TABLE),
    ("email_and_password", EmailAndPassword::TABLE),
    ("email_verification", EmailVerification::TABLE),
    ("mail", MailOptions::TABLE),
    ("session", Session::TABLE),
    ("user", User::TABLE),
    ("account", Account::TABLE),
    ("social.<name>", ClientOptions::TABLE),
    ("social.<other>", Discovery::TABLE),
    ("verification", Verification::TABLE),
    ("rate_limit", RateLimit::TABLE),
    ("jwt", Jwt::TABLE),
    ("jwks", Jwks::TABLE),
    ("open_api", OpenApi::TABLE),
    ("previews", PreviewOptions::TABLE),
    ("observability", Observability::TABLE),
    ("bearer", Bearer::TABLE),
    ("database", DatabaseOptions::TABLE),
    ("secondary_storage", SecondaryStorageOptions::TABLE),
    ("advanced", Advanced::TABLE),
];
