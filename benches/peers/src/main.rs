//! gatepost beside every peer, in one run: `cargo run --release --manifest-path benches/peers/Cargo.toml`. The README of this folder
//! says what is measured and how.

#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock and its own environment")]

#[path = "../../answer.rs"]
mod answer;
mod database;
mod load;
mod measure;
mod peers;
mod plots;
mod probes;
mod process;
mod report;

use std::{fs, path::Path, time::Duration};

use serde_json::Value;

/// The arguments of the command line.
pub struct Arguments {
    rounds: usize,
    time: Duration,
    /// Names of rows; all if there are none.
    rows: Vec<String>,
    /// The beginnings of names of peers; all if there are none.
    peers: Vec<String>,
    /// Whether programs are built first.
    build: bool,
    /// Whether the result becomes the recorded one.
    record: bool,
}

const HELP: &str = "\
Measure gatepost beside its peers, print a table, and write the result as JSON.

  --rounds N     rounds of each peer in each row [default: 7]
  --seconds S    seconds of a round [default: 1.2]
  --rows A,B     only these rows: session, cached, sign-in, token
  --peers A,B    only these peers and `gatepost serve`, each by the beginning of its name
  --no-build     take the programs as they are
  --record       keep the result as benches/peers/recorded.json and draw its plots in docs/diagrams
  --draw         draw the plots of the recorded result and print its tables, without a run
";

fn main() {
    let (rows, peers) = (Vec::new(), Vec::new());
    let mut arguments =
        Arguments { rounds: 7, time: Duration::from_millis(1_200), rows, peers, build: true, record: false };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--rounds" => arguments.rounds = given.next().and_then(|rounds| rounds.parse().ok()).expect(HELP),
            "--seconds" => {
                let seconds = given.next().and_then(|seconds| seconds.parse().ok()).expect(HELP);
                arguments.time = Duration::from_secs_f64(seconds);
            }
            "--rows" => arguments.rows = list(given.next()),
            "--peers" => arguments.peers = list(given.next()),
            "--no-build" => arguments.build = false,
            "--record" => arguments.record = true,
            "--draw" => return draw(),
            _ => return print!("{HELP}"),
        }
    }
    let result = measure::run(&arguments);
    let text = serde_json::to_string_pretty(&result).unwrap() + "\n";
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers.json");
    fs::write(&place, &text).unwrap();
    println!("{}\nThe result as JSON: {}", report::tables(&result), place.display());
    if arguments.record {
        fs::write(recorded(), &text).unwrap();
        draw();
    }
}

fn list(given: Option<String>) -> Vec<String> {
    given.expect(HELP).split(',').map(str::to_owned).collect()
}

impl Arguments {
    /// The peers that this run measures.
    fn peers(&self) -> Vec<peers::Peer> {
        let is_named = |peer: &peers::Peer| self.peers.iter().any(|name| peer.name().starts_with(name));
        let all = peers::ALL.iter().copied();
        all.filter(|peer| self.peers.is_empty() || *peer == peers::Peer::Serve || is_named(peer)).collect()
    }
}

fn recorded() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded.json")
}

/// Draws the recorded result.
fn draw() {
    let result: Value = serde_json::from_str(&fs::read_to_string(recorded()).unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/diagrams");
    for (name, svg) in plots::all(&result) {
        fs::write(folder.join(format!("peers-{name}.svg")), svg).unwrap();
    }
    print!("{}", report::tables(&result));
}
