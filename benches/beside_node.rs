//! Measures the cost of gatepost, beside better-auth on Node and beside a program that does nothing but the statement. `cargo bench`
//! prints one table. Nothing here fails because a machine is slow: the targets are in the table, and its reader judges.

#![allow(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a benchmark reads the clock, and what does not work ends it"
)]

mod answer;
mod cleanup;
mod database;
mod enumeration;
mod far_database;
mod freeze;
mod functions;
mod growth;
mod list_users;
mod load;
mod overload;
mod password;
mod process;
mod rows;
mod servers;
mod sessions;
#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../tests/support/mod.rs"]
mod support;
mod tokens;

use support::{
    node::Reference,
    postgres::Database,
    round_trips,
    service::{DEFAULT, Service},
    wire::Wire,
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some(servers::GATEPOST) => servers::gatepost(),
        Some(servers::BARE) => servers::bare(),
        // Only `cargo bench` says so; `cargo test --all-targets` runs this as well, unoptimised, where nothing is to be learnt.
        _ if !arguments.iter().any(|argument| argument == "--bench") => {}
        _ => print!("{}", table(&rows(&arguments))),
    }
}

type Measure = fn() -> Vec<Row>;

/// The measurements by name: all of them, or those that the command line names (`cargo bench -- statements`).
const SECTIONS: [(&str, Measure); 13] = [
    ("statements", statements),
    ("sessions", sessions::measure),
    ("database", database::measure),
    ("tokens", tokens::measure),
    ("password", password::measure),
    ("functions", functions::measure),
    ("enumeration", enumeration::measure),
    ("list_users", list_users::measure),
    ("cleanup", cleanup::measure),
    ("far_database", far_database::measure),
    ("from_nothing", far_database::from_nothing),
    ("overload", overload::measure),
    ("freeze", freeze::measure),
];

/// Sections that take many minutes and gigabytes of disk, which run only if the command line names them.
const LARGE: [(&str, Measure); 2] = [("cleanup_at_size", cleanup::measure_at_size), ("growth", growth::measure)];

fn rows(arguments: &[String]) -> Vec<Row> {
    let named = |name: &str| arguments.iter().any(|argument| argument == name);
    let large = LARGE.iter().filter(|(name, _)| named(name));
    let large: Vec<_> = large.flat_map(|(_, measure)| measure()).collect();
    let all = large.is_empty() && !SECTIONS.iter().any(|(name, _)| named(name));
    SECTIONS.iter().filter(|(name, _)| all || named(name)).flat_map(|(_, measure)| measure()).chain(large).collect()
}

/// A line of the table.
#[derive(Clone)]
struct Row {
    what: String,
    gatepost: String,
    bare: String,
    node: String,
    target: &'static str,
}

impl Row {
    fn new(what: &str, gatepost: String, node: String, target: &'static str) -> Self {
        Self { what: what.to_owned(), gatepost, bare: String::new(), node, target }
    }

    /// With what the bare program of `servers` came to.
    fn bare(self, bare: String) -> Self {
        Self { bare, ..self }
    }
}

fn table(rows: &[Row]) -> String {
    let head =
        "| | gatepost | bare program | better-auth 1.7.25 on Node | target |\n|---|---|---|---|---|\n".to_owned();
    let lines = rows.iter().map(|Row { what, gatepost, bare, node, target }| {
        format!("| {what} | {gatepost} | {bare} | {node} | {target} |\n")
    });
    let note =
        "\nMedians, with the lowest and the highest round in brackets. MB are 1,000,000 bytes. The bare program \
                does nothing but HTTP, a pool, the statement and its row as JSON.\n"
            .to_owned();
    std::iter::once(head).chain(lines).chain([note]).collect()
}

fn statements() -> Vec<Row> {
    let (ours, theirs) = (Database::new(), Database::new());
    let (our_wire, their_wire) = (Wire::new(&ours.url), Wire::new(&theirs.url));
    let folder = tempfile::tempdir().unwrap();
    let file = |side: &str| folder.path().join(side).to_str().unwrap().to_owned();
    let email_url = format!("file:{}", file("ours"));
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &our_wire.url), ("EMAIL_URL", &email_url)]);
    let reference = Reference::with(&their_wire.url, "{}", &[("MAIL_FILE", &file("theirs"))]);
    let ours = round_trips::count(&service.url, &our_wire);
    let theirs = round_trips::count(&reference.url, &their_wire);
    let rows = ours.iter().zip(&theirs);
    rows.map(|((step, ours), (_, theirs))| {
        Row::new(&format!("{step}: database statements"), ours.to_string(), theirs.to_string(), "")
    })
    .collect()
}

/// The values of several rounds.
struct Rounds(Vec<f64>);

impl Rounds {
    fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<_> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value that so many of a hundred rounds do not exceed.
    fn percentile(&self, percent: usize) -> f64 {
        self.0[(self.0.len() * percent).div_ceil(100) - 1]
    }

    /// Median, lowest and highest.
    fn show(&self, digits: usize, unit: &str) -> String {
        let [median, lowest, highest] = [50, 1, 100].map(|percent| number(self.percentile(percent), digits));
        format!("{median}{unit} ({lowest}–{highest})")
    }
}

/// A number with so many digits after the point, and commas between thousands.
fn number(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let whole = text.find('.').unwrap_or(text.len());
    let commas = |at: usize| at > 0 && at < whole && (whole - at).is_multiple_of(3);
    text.char_indices().flat_map(|(at, letter)| commas(at).then_some(',').into_iter().chain([letter])).collect()
}
