//! The arguments of `gatepost audit`, and the end of its help text.

use clap::Args;

pub(super) const AUDIT: &str = "\
Exit status:
  0  The changes were printed.
  2  There is no such user, or a variable, the configuration or the database is wrong: the error says which.

Examples:
  cargo gatepost audit --user ada@example.com --since 7d
      List the changes of the last week that concern a user.
  cargo gatepost audit --kind user.banned --json
      Print all bans as JSON.
  cargo gatepost audit --actor Qx8fWvT2 --limit 1000
      List the last thousand changes that this user made, also one who is deleted.";

/// The options of `gatepost audit`.
#[derive(Args)]
#[group(skip)]
pub struct Audit {
    /// Identifier or address of the user whom the change concerns.
    #[arg(long)]
    pub user: Option<String>,
    /// Identifier or address of the user who made the change, or acted as that user.
    #[arg(long)]
    pub actor: Option<String>,
    /// Identifier of the organization.
    #[arg(long)]
    pub organization: Option<String>,
    /// Kind of the change, such as `user.banned`.
    #[arg(long)]
    pub kind: Option<String>,
    /// Endpoint or command, such as `admin.ban_user` or `users ban`.
    #[arg(long)]
    pub action: Option<String>,
    /// Earliest time: an instant, or a duration before now, such as `7d`.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// End of the time range, in the same forms.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// How many changes to print.
    #[arg(long, default_value_t = 100)]
    pub limit: u32,
    /// How many changes to skip.
    #[arg(long, default_value_t = 0)]
    pub offset: u32,
}
