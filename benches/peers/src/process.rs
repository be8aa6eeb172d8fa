//! Child processes, and what the kernel counts of them: processor time and memory of a process with all its children.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// No start takes longer.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A child that ends when this is dropped.
pub struct Process(pub Child);

impl Process {
    /// Starts it on these cores with these variables alone.
    pub fn spawn(program: &str, arguments: &[&str], folder: &str, variables: &[(&str, String)], cores: usize) -> Self {
        Self(command(program, arguments, folder, variables, cores).stdout(Stdio::null()).spawn().unwrap())
    }

    /// Starts it, and returns the URL in its line `listening on URL`.
    pub fn listening(
        program: &str,
        arguments: &[&str],
        folder: &str,
        variables: &[(&str, String)],
        cores: usize,
    ) -> (Self, String) {
        let mut child = command(program, arguments, folder, variables, cores).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let process = Self(child);
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
                if let Some(url) = line.trim().strip_prefix("listening on ") {
                    let _ = send.send(url.to_owned());
                }
                line.clear();
            }
            let _ = lines.read_to_end(&mut Vec::new());
        });
        let url = receive.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("{program} {arguments:?} does not listen"));
        (process, url)
    }

    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

fn command(program: &str, arguments: &[&str], folder: &str, variables: &[(&str, String)], cores: usize) -> Command {
    // It replaces itself with the program, so that the process is the program's.
    let mut command = Command::new("taskset");
    command.arg("-c").arg(if cores == 1 { "0".to_owned() } else { format!("0-{}", cores - 1) });
    command.arg(program).args(arguments).current_dir(folder).env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", std::env::temp_dir());
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    // better-auth's servers end with the pipe at their standard input.
    let errors = if std::env::var_os("PEERS_SHOW").is_some() { Stdio::inherit() } else { Stdio::null() };
    command.stdin(Stdio::piped()).stderr(errors);
    command
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The process and all its descendants.
fn tree(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(fields) = fields(id) {
            children.entry(fields[1].parse().unwrap()).or_default().push(id);
        }
    }
    let mut found = vec![root];
    let mut at = 0;
    while let Some(id) = found.get(at) {
        found.extend(children.get(id).cloned().unwrap_or_default());
        at += 1;
    }
    found
}

/// The fields of `/proc/ID/stat` after the name: the state is the first.
fn fields(id: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    Some(text[text.rfind(')')? + 2..].split_whitespace().map(str::to_owned).collect())
}

/// Processor time of a process and its children so far, of those that have ended as well, in microseconds.
pub fn cpu_time(root: u32) -> f64 {
    // Linux shows it in hundredths of a second on every processor that we know.
    const TICK: f64 = 10_000.0;
    // utime, stime, and the same two of children that have ended and were waited for.
    let ticks = |id| fields(id).map_or(0, |fields| fields[11..15].iter().map(|f| f.parse::<u64>().unwrap()).sum());
    tree(root).into_iter().map(ticks).sum::<u64>() as f64 * TICK
}

/// Forgets the peak of the memory so far.
pub fn forget_peak(root: u32) {
    for id in tree(root) {
        let _ = fs::write(format!("/proc/{id}/clear_refs"), "5");
    }
}

/// The most memory that was in RAM since then, of a process and its children, in MB.
pub fn peak(root: u32) -> f64 {
    let of = |id| {
        let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").to_owned();
        line.parse::<f64>().ok()
    };
    tree(root).into_iter().filter_map(of).sum::<f64>() * 1_024.0 / 1_000_000.0
}
