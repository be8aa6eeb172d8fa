//! The arguments of `gatepost keys`, and the end of each help text.

use clap::Subcommand;

/// The meaning of the status 2.
macro_rules! wrong {
    () => {
        "There is no such user, organization or key, or a variable, the configuration or the database is wrong: the error says which."
    };
}

pub(super) const KEYS: &str = help!(
    wrong,
    "The command did what you asked for.",
    "cargo gatepost keys list ada@example.com" => "List the API keys of a user.",
);

const LIST: &str = help!(
    wrong,
    "The keys were printed.",
    "cargo gatepost keys list ada@example.com --json" => "Print the API keys of a user as JSON, without the keys themselves.",
    "cargo gatepost keys list --organization acme" => "Print the API keys of the organization with this slug.",
);

const SHOW: &str = help!(
    wrong,
    "The key was printed.",
    "cargo gatepost keys show Qx8fWvT2" => "Print the fields of the API key with this identifier.",
);

const CREATE: &str = help!(
    wrong,
    "The key was created, and its text printed this one time.",
    "cargo gatepost keys create ada@example.com --name deploy --for 90d" => "Create a key that is valid for ninety days.",
    "cargo gatepost keys create ada@example.com --permission files:read --json" => "Create a key with a permission, and print it as JSON.",
);

const DISABLE: &str = help!(
    wrong,
    "The key is disabled: the service refuses it.",
    "cargo gatepost keys disable Qx8fWvT2" => "Disable the API key with this identifier.",
);

const ENABLE: &str = help!(
    wrong,
    "The key is enabled.",
    "cargo gatepost keys enable Qx8fWvT2" => "Let the API key with this identifier work again.",
);

const REVOKE: &str = help!(
    wrong,
    "The key is removed.",
    "cargo gatepost keys revoke Qx8fWvT2" => "Remove the API key with this identifier.",
);

/// The subcommands of `gatepost keys`.
#[derive(Subcommand)]
pub enum Keys {
    /// List the API keys of a user or an organization, without the keys themselves.
    #[command(after_help = LIST)]
    List {
        /// Identifier or address of the user.
        #[arg(required_unless_present = "organization")]
        user: Option<String>,
        /// List the keys of the organization with this identifier or slug.
        #[arg(long, value_name = "ORGANIZATION", conflicts_with = "user")]
        organization: Option<String>,
    },
    /// Show an API key, without the key itself.
    #[command(after_help = SHOW)]
    Show {
        /// Identifier of the key, as `gatepost keys list` prints it.
        key: String,
    },
    /// Create an API key of a user and print it, this one time.
    #[command(after_help = CREATE)]
    Create {
        /// Identifier or address of the user.
        user: String,
        /// Name of the key.
        #[arg(long)]
        name: Option<String>,
        /// Prefix of the key [default: that of the configuration].
        #[arg(long)]
        prefix: Option<String>,
        /// How long the key is valid, such as `12h` or `90d` [default: as the configuration says].
        #[arg(long = "for", value_name = "DURATION")]
        lasts: Option<String>,
        /// Resource and action that the key permits, such as `files:read`; repeat it for more [default: those of the configuration].
        #[arg(long = "permission", value_name = "RESOURCE:ACTION")]
        permissions: Vec<String>,
        /// Configuration of the key: a name below `[api_key.configurations]`.
        #[arg(long, default_value = "default")]
        config: String,
    },
    /// Disable an API key until you enable it.
    #[command(after_help = DISABLE)]
    Disable {
        /// Identifier of the key, as `gatepost keys list` prints it.
        key: String,
    },
    /// Enable an API key that was disabled.
    #[command(after_help = ENABLE)]
    Enable {
        /// Identifier of the key, as `gatepost keys list` prints it.
        key: String,
    },
    /// Remove an API key. This cannot be undone.
    #[command(visible_alias = "delete", after_help = REVOKE)]
    Revoke {
        /// Identifier of the key, as `gatepost keys list` prints it.
        key: String,
    },
}

impl Keys {
    /// Returns the name of the command, as the log and the audit log show it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "keys list",
            Self::Show { .. } => "keys show",
            Self::Create { .. } => "keys create",
            Self::Disable { .. } => "keys disable",
            Self::Enable { .. } => "keys enable",
            Self::Revoke { .. } => "keys revoke",
        }
    }
}
