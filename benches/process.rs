//! A child process: what it used, as the kernel counts it, and its end.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
};

/// A child that ends when this is dropped.
pub struct Process(pub Child);

impl Process {
    /// Starts it with these variables and no others, and waits for the line that says where it listens.
    pub fn start(command: &mut Command, variables: &[(&str, &str)], prefix: &str) -> (Self, String) {
        let command = command.env_clear().envs(variables.iter().copied());
        // Our own children end with their standard input, should this process be killed; their log goes nowhere.
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let process = Self(child);
        let mut line = String::new();
        while !line.starts_with(prefix) {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server ended before it listened");
        }
        std::thread::spawn(move || {
            // All of its output is read, or it would wait with a full pipe.
            let mut bytes = [0; 65_536];
            while lines.read(&mut bytes).is_ok_and(|read| read > 0) {}
        });
        let place = line.trim_end()[prefix.len()..].to_owned();
        (process, place)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Processor time of all threads of a process so far, in microseconds.
pub fn cpu_time(child: &Child) -> f64 {
    ticks(&fs::read_to_string(format!("/proc/{}/stat", child.id())).expect("processor time is read from /proc"))
}

/// Returns the processor time of a process, in microseconds, from the text of its file `/proc/<id>/stat`.
pub fn ticks(text: &str) -> f64 {
    // Linux shows it in hundredths of a second on every processor that we know.
    const TICK: f64 = 10_000.0;
    // The second field is the name, in brackets; utime and stime are the fields 14 and 15.
    let after_name = &text[text.rfind(')').unwrap() + 2..];
    let ticks: u64 = after_name.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    ticks as f64 * TICK
}

/// Memory of a process that is in RAM, in MB.
pub fn resident(child: &Child) -> f64 {
    let text = fs::read_to_string(format!("/proc/{}/status", child.id())).expect("memory is read from /proc");
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes * 1_024.0 / 1_000_000.0
}
