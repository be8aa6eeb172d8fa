//! The arguments of the `gatepost` command: every subcommand and option, with its help.

/// Makes the end of a help text: the meaning of the status 0, that of the status 2, which the macro `$wrong` returns, and examples with
/// their effects.
macro_rules! help {
    ($wrong:ident, $done:literal, $($command:literal => $effect:literal,)+) => {
        concat!(
            "Exit status:\n  0  ",
            $done,
            "\n  2  ",
            $wrong!(),
            "\n\nExamples:",
            $("\n  ", $command, "\n      ", $effect,)+
        )
    };
}

mod audit;
mod events;
mod examples;
mod generate;
mod keys;
mod organizations;
mod secret;
mod users;

use std::path::PathBuf;

use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::{check, import_users::formats::Format};

pub use self::{
    audit::Audit,
    events::{Events, State as DeliveryState},
    generate::Print,
    keys::Keys,
    organizations::Organizations,
    secret::Secret,
    users::{Sessions, Users},
};

/// A drop-in server for the better-auth client: run it, prepare its database, check a deployment.
///
/// Reads `gatepost.toml` in the current directory, or the file that GATEPOST_CONFIG names, and the variables of its environment.
#[derive(Parser)]
#[command(name = "gatepost", bin_name = "cargo gatepost", version, max_term_width = WIDTH, after_help = examples::GATEPOST)]
pub struct Arguments {
    /// The subcommand.
    #[command(subcommand)]
    pub command: Command,
}

/// The columns of a line of help, in a terminal that has as many and in `docs/CLI.md`.
pub const WIDTH: usize = 100;

/// The subcommands of `gatepost`.
#[derive(Subcommand)]
pub enum Command {
    /// Run the service on this machine.
    ///
    /// Uses the database that DATABASE_URL names, or else starts a PostgreSQL of its own with its files in `.gatepost`. Reads
    /// `.env.local` and creates a secret there if no variable sets one; adds both names to `.gitignore` if git does not ignore them. Adds missing tables and columns, then serves until you
    /// interrupt it. The log goes to standard error.
    #[command(after_help = examples::DEV)]
    Dev {
        /// Port to listen on; 0 picks a free port [default: the variable PORT, else 3000].
        #[arg(long)]
        port: Option<u16>,
    },
    /// Serve all endpoints in one process, for containers and machines.
    #[command(long_about = gatepost_serve::arguments::ABOUT, after_help = gatepost_serve::arguments::AFTER)]
    Serve(gatepost_serve::arguments::Serve),
    /// Add missing tables, columns and indexes to the database.
    ///
    /// Compares the database with the schema that `gatepost.toml` needs, which is better-auth 1.7.25's, and adds everything that
    /// is missing in one transaction. Never changes or removes anything. The URL comes from DATABASE_URL_UNPOOLED,
    /// POSTGRES_URL_NON_POOLING, DATABASE_URL or POSTGRES_URL, the first that is set.
    #[command(after_help = examples::MIGRATE)]
    Migrate {
        /// Print the SQL and change nothing.
        #[arg(long)]
        plan: bool,
        /// Create missing tables even if other tables look like them, or if related tables already have rows.
        #[arg(long)]
        new_tables: bool,
    },
    /// Write the generated files: functions, routes, documentation.
    ///
    /// The files follow from the endpoints and from `gatepost.toml`. Run this after you change `gatepost.toml`, and commit the
    /// result. The subcommands print something instead.
    #[command(after_help = examples::GENERATE)]
    Generate {
        /// Write nothing; fail if a file is stale.
        #[arg(long)]
        check: bool,
        /// Print something instead.
        #[command(subcommand)]
        print: Option<Print>,
    },
    /// Find out why sessions are null.
    ///
    /// Without --url, checks a deployment from its variables: environment, cookies, origins, clients, mails, database, clock,
    /// schema, rights and keys. Its verdicts on variables are those of `check env`. With --url, checks a running service from outside, as a browser does: it signs up a throw-away
    /// user and reads the session. It deletes the user again if users may delete themselves, and otherwise names it. If
    /// better-auth on Node answers there, it also says what changes with gatepost.
    #[command(after_help = examples::DOCTOR)]
    Doctor {
        /// URL of a running service to check from outside.
        #[arg(long)]
        url: Option<String>,
        /// Origin of the pages that call the service [default: the service's own origin].
        #[arg(long)]
        origin: Option<String>,
        /// With --url: create no throw-away user.
        #[arg(long, requires = "url")]
        no_sign_up: bool,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Compare two servers with the requests of your users, before you switch.
    ///
    /// Answers every request from the server of --from, sends requests that only read to the server of --to as well, such as
    /// reading a session, and prints each difference of status, headers, cookies and body. Texts are masked. The server of --to
    /// never delays an answer: its requests wait in a queue, and are left out if the queue is full. Compares until you interrupt it.
    /// With --replay, sends the requests of a HAR file to both servers instead.
    #[command(after_help = examples::SHADOW)]
    Shadow {
        /// URL of the server that answers, such as better-auth on Node.
        #[arg(long)]
        from: String,
        /// URL of the server to compare with it, such as gatepost.
        #[arg(long)]
        to: String,
        /// Port to listen on; 0 picks a free port.
        #[arg(long, default_value_t = 3001)]
        port: u16,
        /// How many requests may wait for the server of --to.
        #[arg(long, default_value_t = crate::shadow::QUEUE, value_parser = clap::value_parser!(u16).range(1..))]
        queue: u16,
        /// HAR file with requests to send to both servers; `-` is standard input.
        #[arg(long, conflicts_with_all = ["port", "queue"])]
        replay: Option<PathBuf>,
        /// Print the summary as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Explain what the service does with a request, and why its session is null.
    ///
    /// Without options, reads the request's headers from standard input, which keeps them out of the shell's history: paste a
    /// `Cookie:` or `Authorization:` line, then press Ctrl-D. Uses the variables of the deployment. Writes nothing, and prints no
    /// credential.
    #[command(after_help = examples::EXPLAIN)]
    Explain {
        /// Value of the request's Cookie header.
        #[arg(long, conflicts_with = "log")]
        cookie: Option<String>,
        /// Value of the request's Authorization header.
        #[arg(long, conflicts_with = "log")]
        authorization: Option<String>,
        /// Log of the service in which to find the request; `-` is standard input.
        #[arg(long, requires = "request")]
        log: Option<PathBuf>,
        /// Identifier of the request: the header `x-vercel-id`, or `id` in the log.
        #[arg(long, requires = "log")]
        request: Option<String>,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read a better-auth project and write its configuration for gatepost.
    ///
    /// Runs nothing of the project: reads its TypeScript, the schemas of Drizzle and Prisma and `.env.example`, writes what differs
    /// from the defaults to a file, and reports the result for every option, lost protections first. Prints no secret.
    /// Overwrites no file without --force. docs/switching.md describes the whole way.
    #[command(after_help = examples::IMPORT)]
    Import {
        /// Folder of the project, or a file that calls betterAuth or imports the call; `FILE:LINE` if it does so twice [default: the current directory].
        paths: Vec<PathBuf>,
        /// File to write the configuration to.
        #[arg(long, default_value = "gatepost.toml")]
        out: PathBuf,
        /// Print the configuration behind the report and write no file.
        #[arg(long, conflicts_with = "force")]
        plan: bool,
        /// Overwrite the file if it exists.
        #[arg(long)]
        force: bool,
        /// Write the file even if the project does not switch.
        #[arg(long, conflicts_with = "plan")]
        anyway: bool,
        /// URL of the project's database; its tables are compared with the configuration.
        #[arg(long)]
        database: Option<String>,
        /// Print a line for each project and the counts instead, and write no file.
        #[arg(long)]
        summary: bool,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Import the users of another system.
    ///
    /// Reads an export: JSON, JSON lines, or CSV if the file ends in `.csv`. Without --apply, shows what would be written and writes
    /// no user. Writes each user with the accounts, or not at all, and passes users over whose address is there, so that you can
    /// repeat the command. Names each refused record with its line and cause in `FILE.refused.jsonl`. Uses DATABASE_URL and
    /// gatepost.toml like the service.
    #[command(after_help = examples::IMPORT_USERS)]
    ImportUsers {
        /// Export to read.
        file: PathBuf,
        /// System that made the export.
        #[arg(long, value_enum, default_value = "gatepost")]
        from: Format,
        /// Write the users.
        #[arg(long, visible_alias = "yes")]
        apply: bool,
        /// Only show the plan, which is the default.
        #[arg(long, conflicts_with = "apply")]
        plan: bool,
        /// Keep the identifiers of the export; the column must accept them.
        #[arg(long)]
        keep_ids: bool,
        /// Import no passwords: users set one with the mailed link.
        #[arg(long)]
        without_passwords: bool,
        /// Firebase: `base64_salt_separator` of the password hash parameters.
        #[arg(long, default_value = "Bw==")]
        firebase_salt_separator: String,
        /// Firebase: `rounds` of the password hash parameters.
        #[arg(long, default_value_t = 8)]
        firebase_rounds: u32,
        /// Firebase: `mem_cost` of the password hash parameters.
        #[arg(long, default_value_t = 14)]
        firebase_mem_cost: u32,
    },
    /// Check an environment or a database before you deploy.
    #[command(subcommand, after_help = examples::CHECK)]
    Check(Check),
    /// Remove expired sessions, single-use values and rate-limit counters.
    ///
    /// better-auth keeps expired sessions, so the table only grows. Reads the tables page by page, locks no
    /// row for longer than a statement, and pauses as long as it works, so that requests are served meanwhile. You can interrupt and
    /// repeat it. Works on the database that DATABASE_URL names, and needs no other secret. `[cleanup]` lets the platform's cron do the
    /// same.
    #[command(after_help = examples::CLEANUP)]
    Cleanup {
        /// Print how many rows there are to remove, and remove nothing.
        #[arg(long)]
        plan: bool,
        /// Days for which sessions stay after they have expired [default: `cleanup.keep_days`, 7].
        #[arg(long, value_name = "DAYS")]
        keep_days: Option<u32>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read and change the users of the deployment.
    ///
    /// Works on the database that DATABASE_URL names, by the statements of the service, and needs no other secret: the first
    /// administrator gets the role here.
    /// Each change prints a line for the log to standard error.
    #[command(after_help = users::USERS)]
    Users {
        /// The subcommand.
        #[command(subcommand)]
        command: Users,
        /// Print JSON.
        #[arg(long, global = true)]
        json: bool,
    },
    /// Read and end the sessions of a user.
    ///
    /// Works on the database and the secondary storage of the deployment, and needs no secret but their URLs.
    #[command(after_help = users::SESSIONS)]
    Sessions {
        /// The subcommand.
        #[command(subcommand)]
        command: Sessions,
        /// Print JSON.
        #[arg(long, global = true)]
        json: bool,
    },
    /// Read and change organizations and their members.
    ///
    /// Works on the database that DATABASE_URL names, by the statements of the service, and needs no other secret. You need no
    /// membership. Each change prints a
    /// line for the log to standard error.
    #[command(after_help = organizations::ORGANIZATIONS)]
    Organizations {
        /// The subcommand.
        #[command(subcommand)]
        command: Organizations,
        /// Print JSON.
        #[arg(long, global = true)]
        json: bool,
    },
    /// Read, create, change and remove API keys of users.
    ///
    /// Works on the database that DATABASE_URL names, and needs no other secret. Each change prints a line for the log to standard
    /// error. `gatepost secret` is about the secrets of the deployment instead.
    #[command(visible_alias = "api-keys", after_help = keys::KEYS)]
    Keys {
        /// The subcommand.
        #[command(subcommand)]
        command: Keys,
        /// Print JSON.
        #[arg(long, global = true)]
        json: bool,
    },
    /// List the audit log: who changed what, when, and from which address.
    ///
    /// Needs `[audit] enabled`. Works on the database that DATABASE_URL names, and needs no other secret. The newest change comes first.
    #[command(after_help = audit::AUDIT)]
    Audit {
        /// The conditions.
        #[command(flatten)]
        asked: Audit,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Count, list and send the events of `[events]`.
    ///
    /// Needs `[events] enabled`. Works on the database that DATABASE_URL names, and sends events to the receivers of `gatepost.toml`,
    /// signed with EVENTS_SECRET. `status` and `list` send nothing and need no secret but the URL.
    #[command(after_help = events::EVENTS)]
    Events {
        /// The subcommand.
        #[command(subcommand)]
        command: Events,
        /// Print JSON.
        #[arg(long, global = true)]
        json: bool,
    },
    /// Create and rotate secrets.
    #[command(subcommand, after_help = examples::SECRET)]
    Secret(Secret),
    /// Print a script that completes the command in a shell.
    ///
    /// The script completes the command `gatepost`, which `cargo install` installs.
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Shell for which to print the script.
        shell: Shell,
    },
    /// Print the man page, or write the man pages of all commands.
    #[command(after_help = examples::MAN)]
    Man {
        /// Directory to write a page for each command to; without it, the page of `gatepost` is printed.
        dir: Option<PathBuf>,
    },
}

/// The subcommands of `gatepost check`.
#[derive(Subcommand)]
pub enum Check {
    /// Check the variables of an environment together with gatepost.toml.
    ///
    /// Lists every problem with its fix, and connects to nothing. Never prints a value that may be a secret.
    #[command(after_help = examples::CHECK_ENV)]
    Env(check::CheckOptions),
    /// Check the database that DATABASE_URL names.
    ///
    /// Checks the connection, the names, types and defaults of tables and columns, and the rights of the role. Then writes and
    /// reads a row of each table and rolls it back. Needs no secret but the URL; with BETTER_AUTH_SECRET, decrypts the signing keys too.
    #[command(after_help = examples::CHECK_DATABASE)]
    Database {
        /// Read the variables from this file, as `vercel env pull` writes it, instead of this process's environment.
        #[arg(long)]
        file: Option<PathBuf>,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
    },
}

/// The whole command, as `cargo gatepost` shows it.
pub fn command() -> clap::Command {
    Arguments::command()
}
