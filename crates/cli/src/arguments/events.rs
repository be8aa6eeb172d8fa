//! The arguments of `gatepost events`, and the end of each help text.

use clap::{Subcommand, ValueEnum};

/// The meaning of the status 2.
macro_rules! wrong {
    () => {
        "There is no such event, or a variable, the configuration or the database is wrong: the error says which."
    };
}

pub(super) const EVENTS: &str = help!(
    wrong,
    "The command did what you asked for. Events that a receiver did not take wait for their next attempt.",
    "cargo gatepost events status" => "Count the events that wait, failed and were delivered, for each receiver.",
);

const STATUS: &str = help!(
    wrong,
    "The counts were printed.",
    "cargo gatepost events status" => "Count the events that wait, failed and were delivered, for each receiver.",
);

const LIST: &str = help!(
    wrong,
    "The deliveries were printed.",
    "cargo gatepost events list --state failed" => "List the deliveries of which no attempt is left.",
);

const DELIVER: &str = help!(
    wrong,
    "The events that were due were sent. Those that a receiver did not take wait for their next attempt.",
    "cargo gatepost events deliver" => "Send the events that are due to all receivers.",
);

const REPLAY: &str = help!(
    wrong,
    "The events were sent again. Those that a receiver did not take wait for their next attempt.",
    "cargo gatepost events replay" => "Send the events that failed again.",
    "cargo gatepost events replay 3f0c2f5e-8f0a-4c39-9a51-0f1f6f5f2d11 --receiver billing"
        => "Send one event to one receiver again, also if it was delivered.",
);

/// The subcommands of `gatepost events`.
#[derive(Subcommand)]
pub enum Events {
    /// Count the deliveries to each receiver by their state.
    #[command(after_help = STATUS)]
    Status,
    /// List deliveries, the oldest first.
    #[command(after_help = LIST)]
    List {
        /// State of the deliveries.
        #[arg(long, value_enum, default_value_t = State::Waiting)]
        state: State,
        /// How many deliveries to list.
        #[arg(long, value_name = "NUMBER", default_value_t = 100)]
        limit: u32,
    },
    /// Send the events that are due.
    #[command(after_help = DELIVER)]
    Deliver,
    /// Send events again, with all attempts before them.
    #[command(after_help = REPLAY)]
    Replay {
        /// Identifier of the event, as in `webhook-id` [default: all that failed].
        id: Option<String>,
        /// Name of the only receiver that gets them.
        #[arg(long, value_name = "NAME")]
        receiver: Option<String>,
    },
}

impl Events {
    /// Whether the command sends requests to receivers.
    pub fn sends(&self) -> bool {
        matches!(self, Self::Deliver | Self::Replay { .. })
    }
}

/// The states of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum State {
    /// They wait for an attempt.
    Waiting,
    /// No attempt is left.
    Failed,
    /// The receiver took the event.
    Delivered,
}
