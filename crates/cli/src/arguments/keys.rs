//! The arguments of `gatepost keys`, and the end of each help text.

use clap::Subcommand;

/// Makes the end of a help text: the meaning of the status 0, and examples with their effects.
macro_rules! help {
    ($done:literal, $($command:literal => $effect:literal,)+) => {
        concat!(
            "Exit status:\n  0  ",
            $done,
            "\n  2  There is no such user or key, or a variable, the configuration or the database is wrong: the error says which.",
            "\n\nExamples:",
            $("\n  ", $command, "\n      ", $effect,)+
        )
    };
}

pub(super) const KEYS: &str = help!(
    "The command did what you asked for.",
    "cargo gatepost keys list ada@example.com" => "List the API keys of a user.",
);

const LIST: &str = help!(
    "The keys were printed.",
    "cargo gatepost keys list ada@example.com --json" => "Print the API keys of a user as JSON, without the keys themselves.",
);

const SHOW: &str = help!(
    "The key was printed.",
    "cargo gatepost keys show Qx8fWvT2" => "Print the fields of the API key with this identifier.",
);

const REVOKE: &str = help!(
    "The key is removed.",
    "cargo gatepost keys revoke Qx8fWvT2" => "Remove the API key with this identifier.",
);

/// The subcommands of `gatepost keys`.
#[derive(Subcommand)]
pub enum Keys {
    /// List the API keys of a user, without the keys themselves.
    #[command(after_help = LIST)]
    List {
        /// Identifier or address of the user.
        user: String,
    },
    /// Show an API key, without the key itself.
    #[command(after_help = SHOW)]
    Show {
        /// Identifier of the key, as `gatepost keys list` prints it.
        key: String,
    },
    /// Remove an API key. This cannot be undone.
    #[command(after_help = REVOKE)]
    Revoke {
        /// Identifier of the key, as `gatepost keys list` prints it.
        key: String,
    },
}
