//! The arguments of `gatepost organizations`, and the end of each help text.

use clap::Subcommand;

/// The meaning of the status 2.
macro_rules! wrong {
    () => {
        "There is no such organization or member, the change would leave no owner, or a variable, the configuration or the database is wrong: the error says which."
    };
}

pub(super) const ORGANIZATIONS: &str = help!(
    wrong,
    "The command did what you asked for.",
    "cargo gatepost organizations show acme" => "Show the organization with the slug `acme`, its members, invitations and teams.",
    "cargo gatepost organizations set-role acme ada@example.com owner" => "Make a member an owner.",
);

const LIST: &str = help!(
    wrong,
    "The organizations were printed.",
    "cargo gatepost organizations list --search acme" => "List the organizations whose slug contains the text.",
    "cargo gatepost organizations list --limit 20 --json" => "Print the first twenty organizations as JSON.",
);

const SHOW: &str = help!(
    wrong,
    "The organization was printed.",
    "cargo gatepost organizations show acme --json" => "Print an organization with members, invitations and teams as JSON.",
);

const REMOVE_MEMBER: &str = help!(
    wrong,
    "The user is not a member any more.",
    "cargo gatepost organizations remove-member acme eve@example.com" => "Remove a member.",
);

const SET_ROLE: &str = help!(
    wrong,
    "The member has these roles and no others.",
    "cargo gatepost organizations set-role acme ada@example.com admin billing" => "Give a member two roles.",
);

const DELETE: &str = help!(
    wrong,
    "The organization is deleted.",
    "cargo gatepost organizations delete acme --yes" => "Delete an organization with members, invitations and teams.",
);

/// The subcommands of `gatepost organizations`.
#[derive(Subcommand)]
pub enum Organizations {
    /// List organizations, each with the number of its members.
    #[command(after_help = LIST)]
    List {
        /// Text that the slug contains.
        #[arg(long)]
        search: Option<String>,
        /// Field and value that organizations have, such as `name=Acme`.
        #[arg(long, value_name = "FIELD=VALUE")]
        filter: Option<String>,
        /// Field that decides the order.
        #[arg(long, default_value = "createdAt")]
        sort: String,
        /// Begin with the last.
        #[arg(long)]
        descending: bool,
        /// How many organizations to print.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// How many organizations to skip.
        #[arg(long, default_value_t = 0)]
        offset: u32,
    },
    /// Show an organization with its members, invitations and teams.
    #[command(after_help = SHOW)]
    Show {
        /// Identifier or slug of the organization.
        organization: String,
    },
    /// Remove a member, also from the teams. The last owner stays.
    #[command(after_help = REMOVE_MEMBER)]
    RemoveMember {
        /// Identifier or slug of the organization.
        organization: String,
        /// Identifier or address of the user who is a member.
        user: String,
    },
    /// Give a member other roles. The last owner stays one.
    #[command(after_help = SET_ROLE)]
    SetRole {
        /// Identifier or slug of the organization.
        organization: String,
        /// Identifier or address of the user who is a member.
        user: String,
        /// Roles of the member.
        #[arg(required = true)]
        roles: Vec<String>,
    },
    /// Delete an organization with its members, invitations and teams. This cannot be undone.
    #[command(after_help = DELETE)]
    Delete {
        /// Identifier or slug of the organization.
        organization: String,
        /// Delete the organization without another question.
        #[arg(long, required = true)]
        yes: bool,
    },
}

impl Organizations {
    /// Returns the name of the command, as the log and the audit log show it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "organizations list",
            Self::Show { .. } => "organizations show",
            Self::RemoveMember { .. } => "organizations remove-member",
            Self::SetRole { .. } => "organizations set-role",
            Self::Delete { .. } => "organizations delete",
        }
    }
}
