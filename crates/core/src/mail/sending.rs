//! Attempts to send a mail or a text message, and the transports that need no service.

use std::io::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::message::Failure;
use crate::outcome::Outcome;

/// The pauses before further attempts, in milliseconds.
const PAUSES: [u64; 2] = [500, 2_000];

/// The attempts to send one message.
pub(super) struct Attempts {
    part: &'static str,
    what: &'static str,
    made: usize,
}

impl Attempts {
    /// Creates the attempts for a message whose kind is called `what`. Failures are lines in the log of `part`.
    pub(super) fn new(part: &'static str, what: &'static str) -> Self {
        Self { part, what, made: 0 }
    }

    /// Takes the result of an attempt. Returns whether to try again, after the pause for that: up to three times while failures may
    /// pass. The last failure becomes a line in the log, without the recipient.
    pub(super) async fn goes_on(&mut self, result: Result<(), Failure>) -> bool {
        let Err(failure) = result else { return false };
        let pause = PAUSES.get(self.made).filter(|_| failure.passing);
        self.made += 1;
        match pause {
            Some(pause) => tokio::time::sleep(std::time::Duration::from_millis(*pause)).await,
            None => {
                let cause = format!("{} was not sent in {} attempts: {}", self.what, self.made, failure.cause);
                Outcome::background(self.part, &cause);
            }
        }
        pause.is_some()
    }
}

/// Appends a message to the file `path`, which the variable `variable` names, as a line of JSON. Only the user of the process reads a file
/// that is made here: messages contain links and codes that sign in.
pub(super) async fn append(variable: &str, path: &str, message: &impl Serialize) -> Result<(), Failure> {
    let mut line = serde_json::to_vec(message).map_err(Failure::lasting)?;
    line.push(b'\n');
    let file = path.to_owned();
    let append = move || {
        let mut options = std::fs::OpenOptions::new();
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.create(true).append(true).open(file)?.write_all(&line)
    };
    let done = tokio::task::spawn_blocking(append).await.map_err(Failure::lasting)?;
    done.map_err(|error| Failure::lasting(format!("{path} of {variable} cannot be written: {error}")))
}

/// Writes a message into the log, as the member `name`.
pub(super) fn log(name: &str, message: &impl Serialize) -> Result<(), Failure> {
    let message = serde_json::to_value(message).map_err(Failure::lasting)?;
    let line = Value::from_iter([("level", Value::from("info")), (name, message)]);
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).map_err(Failure::passing)
}
