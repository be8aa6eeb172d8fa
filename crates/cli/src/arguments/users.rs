//! The arguments of `gatepost users` and `gatepost sessions`, and the end of each help text.

use clap::Subcommand;

/// The meaning of the status 2.
macro_rules! wrong {
    () => {
        "There is no such user, or a variable, the configuration or the database is wrong: the error says which."
    };
}

pub(super) const USERS: &str = help!(
    wrong,
    "The command did what you asked for.",
    "cargo gatepost users set-role ada@example.com admin" => "Make the first administrator.",
    "cargo gatepost users list --filter banned=true" => "List the users who are banned.",
);

const LIST: &str = help!(
    wrong,
    "The users were printed.",
    "cargo gatepost users list --search @example.com --limit 20" => "List twenty users whose address contains the text.",
    "cargo gatepost users list --filter role=admin --json" => "Print all administrators as JSON.",
);

const SHOW: &str = help!(
    wrong,
    "The user was printed.",
    "cargo gatepost users show ada@example.com" => "Print the fields that answers show.",
);

const BAN: &str = help!(
    wrong,
    "The user is banned, and the sessions have ended.",
    "cargo gatepost users ban eve@example.com --reason spam --for 7d" => "Ban a user for a week.",
);

const UNBAN: &str = help!(
    wrong,
    "The user is not banned.",
    "cargo gatepost users unban eve@example.com" => "Let the user sign in again.",
);

const SET_ROLE: &str = help!(
    wrong,
    "The user has these roles and no others.",
    "cargo gatepost users set-role ada@example.com user admin" => "Give a user two roles.",
);

const REVOKE_SESSIONS: &str = help!(
    wrong,
    "The sessions have ended.",
    "cargo gatepost users revoke-sessions eve@example.com" => "Sign the user out everywhere.",
);

const REMOVE: &str = help!(
    wrong,
    "The user is removed.",
    "cargo gatepost users remove eve@example.com --yes" => "Remove a user.",
);

pub(super) const SESSIONS: &str = help!(
    wrong,
    "The command did what you asked for.",
    "cargo gatepost sessions list ada@example.com" => "List the sessions of a user.",
);

const SESSIONS_LIST: &str = help!(
    wrong,
    "The sessions were printed.",
    "cargo gatepost sessions list ada@example.com --json" => "Print the sessions of a user as JSON, without their tokens.",
);

const SESSIONS_REVOKE: &str = help!(
    wrong,
    "The session has ended.",
    "cargo gatepost sessions revoke ada@example.com Qx8fWvT2" => "End the session with this identifier.",
);

/// The subcommands of `gatepost users`.
#[derive(Subcommand)]
pub enum Users {
    /// List users.
    #[command(after_help = LIST)]
    List {
        /// Text that the address contains.
        #[arg(long)]
        search: Option<String>,
        /// Field and value that users have, such as `role=admin` or `banned=true`.
        #[arg(long, value_name = "FIELD=VALUE")]
        filter: Option<String>,
        /// Field that decides the order.
        #[arg(long, default_value = "createdAt")]
        sort: String,
        /// Begin with the last.
        #[arg(long)]
        descending: bool,
        /// How many users to print.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// How many users to skip.
        #[arg(long, default_value_t = 0)]
        offset: u32,
    },
    /// Show a user.
    #[command(after_help = SHOW)]
    Show {
        /// Identifier or address of the user.
        user: String,
    },
    /// Ban a user and end the user's sessions.
    #[command(after_help = BAN)]
    Ban {
        /// Identifier or address of the user.
        user: String,
        /// Reason of the ban.
        #[arg(long)]
        reason: Option<String>,
        /// How long the ban lasts, such as `12h` or `7d` [default: until it is lifted].
        #[arg(long = "for", value_name = "DURATION")]
        lasts: Option<String>,
    },
    /// Lift the ban of a user.
    #[command(after_help = UNBAN)]
    Unban {
        /// Identifier or address of the user.
        user: String,
    },
    /// Give a user other roles, such as `admin`.
    #[command(after_help = SET_ROLE)]
    SetRole {
        /// Identifier or address of the user.
        user: String,
        /// Roles of the user.
        #[arg(required = true)]
        roles: Vec<String>,
    },
    /// End all sessions of a user, and the trust in the user's devices.
    #[command(after_help = REVOKE_SESSIONS)]
    RevokeSessions {
        /// Identifier or address of the user.
        user: String,
    },
    /// Remove a user with accounts and sessions. This cannot be undone.
    #[command(after_help = REMOVE)]
    Remove {
        /// Identifier or address of the user.
        user: String,
        /// Remove the user without another question.
        #[arg(long, required = true)]
        yes: bool,
    },
}

/// The subcommands of `gatepost sessions`.
#[derive(Subcommand)]
pub enum Sessions {
    /// List the sessions of a user, without their tokens.
    #[command(after_help = SESSIONS_LIST)]
    List {
        /// Identifier or address of the user.
        user: String,
    },
    /// End a session.
    #[command(after_help = SESSIONS_REVOKE)]
    Revoke {
        /// Identifier or address of the user.
        user: String,
        /// Identifier of the session, as `gatepost sessions list` prints it.
        session: String,
    },
}

impl Users {
    /// Returns the name of the command, as the log and the audit log show it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "users list",
            Self::Show { .. } => "users show",
            Self::Ban { .. } => "users ban",
            Self::Unban { .. } => "users unban",
            Self::SetRole { .. } => "users set-role",
            Self::RevokeSessions { .. } => "users revoke-sessions",
            Self::Remove { .. } => "users remove",
        }
    }
}

impl Sessions {
    /// Returns the name of the command, as the log and the audit log show it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::List { .. } => "sessions list",
            Self::Revoke { .. } => "sessions revoke",
        }
    }
}
