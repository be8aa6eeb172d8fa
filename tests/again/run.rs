//! Runs the three long test programs once more with a variable that puts something else below their tests.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// The longest that one run may take. It takes some six minutes on two cores that do nothing else.
const LIMIT: Duration = Duration::from_secs(2_400);

/// One run has the machine for itself: more of them at once would wait for each other's password hashes.
static ALONE: Mutex<()> = Mutex::new(());

/// A reason, and the beginnings or parts of the names of tests that are left out for it.
pub type LeftOut = (&'static str, &'static [&'static str]);

/// Runs all tests but those left out, with one more variable. Returns how many passed.
///
/// Fails with the output of what failed, where a run takes longer than the bound, and where no test has a name that is left out.
pub fn run(left_out: &[LeftOut], (variable, value): (&str, &str)) -> usize {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let names: Vec<&str> = left_out.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let tests = listed();
    for name in &names {
        assert!(tests.iter().any(|test| test.contains(name)), "no test has {name} in its name");
    }
    let began = Instant::now();
    let arguments: Vec<&str> = names.iter().flat_map(|name| ["--skip", *name]).collect();
    let (passed, said) = cargo(&arguments, &[(variable, value)]);
    let took = began.elapsed().as_secs();
    let failures: Vec<&str> = said.split("\nfailures:\n").skip(1).collect();
    assert!(
        passed,
        "{variable}={value}, after {took} s: {}",
        if failures.is_empty() { said } else { failures.join("\n") }
    );
    let passed = said.lines().filter(|line| line.starts_with("test ") && line.ends_with(" ... ok")).count();
    println!("{variable}={value}: {passed} tests passed, {took} s");
    passed
}

/// The names of all tests of the programs.
fn listed() -> BTreeSet<String> {
    let (passed, said) = cargo(&["--list"], &[]);
    assert!(passed, "{said}");
    said.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

/// Runs the behaviours, the sweeps and the comparisons with these arguments. Returns whether all went well, and what was printed.
fn cargo(arguments: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let output = tempfile::NamedTempFile::new().unwrap();
    let mut child = Command::new(env!("CARGO"))
        .args(["test", "--no-fail-fast", "--test", "gatepost", "--test", "sweeps", "--test", "conformance", "--"])
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stdout(output.reopen().unwrap())
        .stderr(output.reopen().unwrap())
        // So that the bound ends the test programs as well.
        .process_group(0)
        .spawn()
        .unwrap();
    let began = Instant::now();
    let passed = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.success(),
            None if began.elapsed() > LIMIT => {
                Command::new("kill").args(["--", &format!("-{}", child.id())]).status().unwrap();
                child.wait().unwrap();
                break false;
            }
            None => thread::sleep(Duration::from_millis(100)),
        }
    };
    (passed, fs::read_to_string(output.path()).unwrap())
}
