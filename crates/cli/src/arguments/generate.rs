//! The subcommands of `gatepost generate`.

use clap::Subcommand;

use super::examples;

/// The subcommands of `gatepost generate`.
#[derive(Subcommand)]
pub enum Print {
    /// Write the generated files, as `generate` without a subcommand does.
    #[command(after_help = examples::GENERATE_VERCEL)]
    Vercel,
    /// Print the schema as SQL.
    ///
    /// Includes your additional fields, for databases that a tool other than `migrate` prepares.
    #[command(after_help = examples::GENERATE_SCHEMA)]
    Schema,
    /// Print the endpoints that this configuration serves as OpenAPI 3.1.
    #[command(after_help = examples::GENERATE_OPENAPI)]
    Openapi,
    /// Print SQL for a role that the functions use.
    ///
    /// The role may read and write rows of the tables, and nothing else.
    #[command(after_help = examples::GENERATE_ROLES)]
    Roles {
        /// Name of the role.
        #[arg(long, default_value = "gatepost")]
        name: String,
    },
}
