//! The subcommands of `gatepost secret`.

use clap::Subcommand;

use super::examples;

/// The subcommands of `gatepost secret`.
#[derive(Subcommand)]
pub enum Secret {
    /// Print a new secret.
    #[command(after_help = examples::SECRET_NEW)]
    New,
    /// Print the next step of a rotation.
    ///
    /// Reads BETTER_AUTH_SECRET and BETTER_AUTH_SECRETS and prints the value to set next. The output contains secrets.
    #[command(after_help = examples::SECRET_ROTATE)]
    Rotate,
    /// Count the stored values that still need an older secret.
    ///
    /// Counts signing keys, tokens of providers and second factors in the database.
    #[command(after_help = examples::SECRET_STATUS)]
    Status,
    /// Encrypt stored values with the current secret that need an older one.
    ///
    /// Encrypts signing keys, tokens of providers and second factors in the database again. Users notice nothing, and better-auth reads the
    /// values if it has the same secrets.
    #[command(after_help = examples::SECRET_REENCRYPT)]
    Reencrypt {
        /// Only count them.
        #[arg(long)]
        plan: bool,
    },
}
