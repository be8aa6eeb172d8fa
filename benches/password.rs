//! Measures one password check, gatepost's and Node's native one in turn: most of the cost of a sign-in.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
    time::Instant,
};

use gatepost_core::crypto::password::{Hasher, PasswordCheck};

use crate::{Rounds, Row, process::Process};

const RUNS: usize = 21;
const PASSWORD: &str = "correct horse battery";
const SALT: &str = "00112233445566778899aabbccddeeff";

/// Times one hash with better-auth's parameters for each line that it is sent.
const NODE: &str = r#"
const { scryptSync } = require("node:crypto");
const [, password, salt] = process.argv;
require("node:readline").createInterface({ input: process.stdin }).on("line", () => {
  const started = process.hrtime.bigint();
  scryptSync(password, salt, 64, { N: 16384, r: 16, p: 1, maxmem: 128 * 16384 * 16 * 2 });
  console.log(String(process.hrtime.bigint() - started));
});"#;

pub fn measure() -> Vec<Row> {
    let node = Command::new("node")
        .args(["-e", NODE, PASSWORD, SALT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is what is compared with: install Node.js");
    let mut node = Process(node);
    let (mut ask, mut answers) = (node.0.stdin.take().unwrap(), BufReader::new(node.0.stdout.take().unwrap()));
    let mut theirs = || {
        ask.write_all(b"\n").unwrap();
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        line.trim().parse::<f64>().unwrap() / 1e6
    };

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let hasher = Hasher::new(1);
    let stored = runtime.block_on(hasher.hash(PASSWORD, SALT.to_owned())).unwrap();
    let ours = || {
        let started = Instant::now();
        assert_eq!(runtime.block_on(hasher.check(Some(&stored), PASSWORD, SALT.to_owned())), Ok(PasswordCheck::Right));
        started.elapsed().as_secs_f64() * 1e3
    };

    theirs();
    let runs: Vec<(f64, f64)> = (0..RUNS).map(|_| (ours(), theirs())).collect();
    let [ours, theirs] =
        [Rounds::new(runs.iter().map(|(ours, _)| *ours)), Rounds::new(runs.iter().map(|(_, theirs)| *theirs))];
    let ratio = Rounds::new(runs.iter().map(|(ours, theirs)| ours / theirs));
    vec![
        Row::new("password check", ours.show(1, " ms"), theirs.show(1, " ms"), ""),
        Row::new("password check, relative to Node", ratio.show(2, ""), "1".to_owned(), "≤ 0.8"),
    ]
}
