//! Waiting, with an end: for a condition, and for a program.

use std::io::{self, Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::edge::monotonic;

const PAUSE: Duration = Duration::from_millis(5);

/// Asks `poll` until it has an answer; `None` when the time is up.
pub(super) fn until<T, E>(limit: Duration, mut poll: impl FnMut() -> Result<Option<T>, E>) -> Result<Option<T>, E> {
    let begun = monotonic();
    loop {
        if let Some(answer) = poll()? {
            return Ok(Some(answer));
        }
        if begun.elapsed() > limit {
            return Ok(None);
        }
        thread::sleep(PAUSE);
    }
}

/// The child's status; `None` when it still runs after `limit`.
pub(super) fn end(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    until(limit, || child.try_wait())
}

/// Runs a program to its end: whether it succeeded, and all that it printed. One that takes longer than `limit` is killed.
pub(super) fn run(command: &mut Command, limit: Duration) -> io::Result<(bool, String)> {
    // To a file, since a pipe that nobody empties would stop a talkative program.
    let mut output = tempfile::tempfile()?;
    let mut child = command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?).spawn()?;
    let Some(status) = end(&mut child, limit)? else {
        child.kill()?;
        child.wait()?;
        return Err(io::Error::new(io::ErrorKind::TimedOut, format!("no end after {} seconds", limit.as_secs())));
    };
    let mut said = Vec::new();
    output.rewind()?;
    output.read_to_end(&mut said)?;
    Ok((status.success(), String::from_utf8_lossy(&said).trim().to_owned()))
}
