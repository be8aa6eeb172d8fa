//! This test program once more, with something else below its tests: another schema, or a pooler.

use std::{
    env,
    process::{Command, Stdio},
    time::Duration,
};

use super::node;

/// Ignored tests that are not run again: they run this program by themselves, or compare everything with everything, which has
/// taken minutes already.
const NOT_AGAIN: [&str; 4] =
    ["the_behaviours_are_the_same", "every_schema", "any_column_change", "any_column_are_taken"];

/// Runs it with these arguments and one more variable to its end, and returns how many tests passed. Fails with what it said
/// of those that failed, and where it is not done within the bound.
pub fn run<'a>(
    arguments: impl IntoIterator<Item = &'a str>,
    (variable, value): (&str, &str),
    limit: Duration,
) -> usize {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(arguments)
        .arg("--include-ignored")
        .args(NOT_AGAIN.iter().flat_map(|name| ["--skip", *name]))
        .env(variable, value)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = node::wait(&mut child, limit);
    let said = String::from_utf8_lossy(&output.stdout);
    let failures = said.split_once("\nfailures:\n").map_or(&*said, |(_, failures)| failures);
    assert!(output.status.success(), "{variable}={value}: {failures}{}", String::from_utf8_lossy(&output.stderr));
    let is_result = |line: &&str| line.starts_with("test result: ok. ");
    println!("{variable}={value}: {}", said.lines().find(is_result).unwrap());
    said.lines().filter(|line| line.starts_with("test ") && line.ends_with(" ... ok")).count()
}
