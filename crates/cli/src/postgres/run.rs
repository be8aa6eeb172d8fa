//! Waits with a limit: for a condition, and for a program.

use std::io::{self, Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::edge::monotonic;

const PAUSE: Duration = Duration::from_millis(5);

/// Calls `poll` until it returns a value; `None` after `limit`.
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

/// Waits for the child's status; `None` if it still runs after `limit`.
pub(super) fn end(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    until(limit, || child.try_wait())
}

/// Runs a program, and returns whether it succeeded and all its output. Kills a program that takes longer than `limit`.
pub(super) fn run(command: &mut Command, limit: Duration) -> io::Result<(bool, String)> {
    // Output goes to a file: a full pipe would stop the program.
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
