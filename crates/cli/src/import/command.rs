//! The command itself: where files are read and written, and the comparison with a database.

use std::{
    error::Error,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use gatepost_core::{
    Config,
    config::{ConnectionOptions, Schema, Source, Variables},
};

use super::{
    report::{Class, Entry, Report, Verdict},
    summary,
};
use crate::{deployment, migrate, plural::counted};

/// The arguments of the command.
pub struct ImportArguments {
    /// The projects.
    pub paths: Vec<PathBuf>,
    /// The file to write.
    pub out: PathBuf,
    /// Whether nothing is written.
    pub is_plan: bool,
    /// Whether a file is overwritten.
    pub force: bool,
    /// Whether the file is written even if the project does not switch.
    pub anyway: bool,
    /// The URL of the project's database.
    pub database: Option<String>,
    /// Whether only counts are printed.
    pub summary: bool,
    /// Whether the report is JSON.
    pub json: bool,
}

/// Runs the command, and returns what it prints and its exit status.
///
/// # Errors
/// If the arguments contradict each other, the file exists already or cannot be written, or the database cannot be reached.
pub async fn run(asked: &ImportArguments) -> Result<(String, u8), Box<dyn Error>> {
    let here = [PathBuf::from(".")];
    let paths = if asked.paths.is_empty() { here.as_slice() } else { &asked.paths };
    if asked.summary {
        return Ok(summary::of(paths));
    }
    let [path] = paths else { return Err("name one project; only --summary takes several".into()) };
    if !asked.is_plan && !asked.force && asked.out.exists() {
        let path = asked.out.display();
        return Err(format!("{path} exists already and was not changed; pass --out FILE, --plan or --force").into());
    }
    let mut report = super::read(path);
    if let (Some(url), Some(toml)) = (&asked.database, &report.toml) {
        let compared = compared(url, toml).await?;
        report.tables.extend(compared.lines);
        if !compared.takes {
            let says = "this database does not take what gatepost writes: the lines `the database` below say why, and what to do";
            report.entries.push(Entry {
                option: "--database".to_owned(),
                class: Class::NotPossible,
                key: None,
                says: says.to_owned(),
                place: "the database".to_owned(),
                protection: false,
                blocks: false,
                decide: true,
            });
            report.judge();
        }
    }
    let is_written = !asked.is_plan && (report.verdict != Verdict::DoesNotSwitch || asked.anyway);
    if let Some(toml) = report.toml.as_ref().filter(|_| is_written) {
        written(&asked.out, toml, asked.force).map_err(|error| {
            let fix = "check that you may write there, or pass another --out";
            format!("{}: it cannot be written: {error}; {fix}", asked.out.display())
        })?;
        report.written = Some(asked.out.display().to_string());
    }
    let status = report.status();
    let text = match (asked.json, asked.is_plan, &report.toml) {
        (true, ..) => report.json(),
        (false, true, Some(toml)) => format!("{report}\n\n{toml}"),
        (false, ..) => with_advice(&report, is_written),
    };
    Ok((text.trim_end().to_owned(), status))
}

fn with_advice(report: &Report, is_written: bool) -> String {
    match (report.verdict, is_written) {
        (Verdict::DoesNotSwitch, false) if report.toml.is_some() => {
            format!("{report} `--plan` prints the configuration, and `--anyway` writes it.")
        }
        _ => report.to_string(),
    }
}

/// Writes the file; without `force`, only if there is none.
fn written(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(force).create_new(!force).open(path)?;
    file.write_all(text.as_bytes())
}

/// A database beside the configuration.
struct Compared {
    /// Lines for the report.
    lines: Vec<String>,
    /// Whether it takes what the service writes.
    takes: bool,
}

/// Compares a database with the configuration. Changes nothing.
async fn compared(url: &str, toml: &str) -> Result<Compared, Box<dyn Error>> {
    let source = Source { name: "gatepost.toml", text: toml };
    let mut variables = Variables::default();
    variables.set("DATABASE_URL", url);
    let options = ConnectionOptions::load(source)?;
    let config = Config::examine(&variables, Some(source)).0;
    let schema = deployment::used(Schema::of_deployment(source, &variables)?, &config);
    let plan = migrate::plan(url, &options, &schema).await.map_err(|error| format!("--database: {error}"))?;
    let mut lines: Vec<String> = plan.notes().into_iter().map(|note| format!("the database: {note}")).collect();
    lines.extend(plan.refusals.iter().map(|refusal| format!("the database: {refusal}")));
    let count = plan.statements.len();
    let takes = plan.refusals.is_empty() && plan.problems.is_empty();
    let judged = plan.judged(false);
    let takes = takes && judged.is_ok();
    match (judged, count) {
        (Err(failure), _) => lines.extend(failure.to_string().lines().map(|line| format!("the database: {line}"))),
        (Ok(_), 0) if !takes => {}
        (Ok(_), 0) => lines.push("the database has every table and column that the configuration names".to_owned()),
        (Ok(_), count) => {
            lines.push(format!(
                "the database: `gatepost migrate` would run {}; its --plan prints them",
                counted(count, "statement")
            ));
        }
    }
    Ok(Compared { lines, takes })
}
