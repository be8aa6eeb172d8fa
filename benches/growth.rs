//! How the cost of each statement grows with the rows: pages of tables and indexes that it touches, and its time, with a thousand,
//! a hundred thousand and a million users, each of whom has ten sessions. The statements are those below `tests/statements`. Each runs in a transaction that is
//! rolled back, and the pages are counted by the database for the whole transaction, foreign keys and triggers included.

mod cases;
mod statements;
mod tables;

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use gatepost_cli::edge;
use serde_json::Value;

use self::cases::{CASES, Case};
use crate::{
    Row, number, rows,
    support::{schema, server, statements::ADDITIONAL_FIELDS},
};

/// The numbers of users. `GATEPOST_BENCH_USERS` replaces the last one.
const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// How often a statement is measured, unless it takes longer than [`LONG`].
const ROUNDS: usize = 3;
const LONG: f64 = 500.0;
/// The pages that the transaction has touched so far.
const PAGES: &str =
    "select sum(pg_stat_get_xact_blocks_fetched(oid)) from pg_class where relnamespace = 'public'::regnamespace";

/// The references from one table to another without an index that begins with their column.
const UNINDEXED: &str = "select string_agg(format('%s.%s', conrelid::regclass, attname), ', ') from pg_constraint
    join pg_attribute on attrelid = conrelid and attnum = conkey[1]
    where contype = 'f' and not exists (select 1 from pg_index where indrelid = conrelid and indkey[0] = conkey[1])";
const LINEAR: &str = "linear";

/// Pages and milliseconds of a statement.
#[derive(Clone, Copy)]
struct Cost {
    pages: u64,
    time: f64,
}

pub fn measure() -> Vec<Row> {
    let largest = edge::environment().get("GATEPOST_BENCH_USERS").map(|text| text.parse().unwrap());
    let sizes = [SIZES[0], SIZES[1], largest.unwrap_or(SIZES[2])];
    let server = rows::server("growth", false);
    let mut costs: Vec<Vec<Cost>> = CASES.iter().map(|_| Vec::new()).collect();
    let mut indexed: Vec<Option<Cost>> = CASES.iter().map(|_| None).collect();
    let (mut bytes, mut whole) = (Vec::new(), BTreeMap::new());
    let mut unindexed = String::new();
    for size in sizes {
        let name = format!("size_{size}");
        rows::run(&server.url(), &format!("create database {name} template template0"));
        let url = server.url_of(&name);
        let toml = format!("{}[audit]\nenabled = true\n", ADDITIONAL_FIELDS);
        server::migrated_to(&url, &schema::of(&toml));
        let begun = Instant::now();
        rows::fill(&url, &tables::NAMES, &tables::inserts(size));
        println!("{size} users were made in {:.0} s", begun.elapsed().as_secs_f64());
        for (case, costs) in CASES.iter().zip(&mut costs) {
            costs.push(cost(&url, case, size));
        }
        if size == sizes[2] {
            bytes = tables::bytes(&url);
            tables::INDEXES.iter().for_each(|index| drop(rows::run(&url, index)));
            rows::run(&url, "analyze");
            for (case, (costs, indexed)) in CASES.iter().zip(costs.iter().zip(&mut indexed)) {
                *indexed = (growth(costs) == LINEAR).then(|| cost(&url, case, size));
            }
        }
        if size == sizes[1] {
            whole = read_as_a_whole(&url);
            unindexed = rows::run(&url, UNINDEXED).remove(0).remove(0).unwrap_or_default();
        }
        rows::run(&server.url(), &format!("drop database {name} with (force)"));
    }
    let row = |what: String, value: String| Row::new(&what, value, String::new(), "");
    let shown = |costs: &[Cost], value: fn(&Cost) -> String| costs.iter().map(value).collect::<Vec<_>>().join(" / ");
    let mut rows: Vec<_> = CASES
        .iter()
        .zip(costs.iter().zip(&indexed))
        .map(|(case, (costs, indexed))| {
            let pages = shown(costs, |cost| number(cost.pages as f64, 0));
            let times = shown(costs, |cost| number(cost.time, 2));
            let indexed = indexed.map(|cost| {
                format!(
                    "; with the indexes of docs/scale.md {} pages, {} ms",
                    number(cost.pages as f64, 0),
                    number(cost.time, 2)
                )
            });
            let said = format!("{}: {pages} pages; {times} ms{}", growth(costs), indexed.unwrap_or_default());
            row(format!("{} (`{}`)", case.what, case.by), said)
        })
        .collect();
    rows.extend(bytes.into_iter().map(|(table, size)| row(format!("bytes of a row of `{table}`"), size)));
    rows.extend(whole.into_iter().map(|(table, by)| row(format!("`{table}` is read as a whole by"), by)));
    rows.push(row(
        "references without an index, whose tables are read when a row of the other table is deleted".to_owned(),
        unindexed,
    ));
    rows
}

/// Says how the pages grow from the second size to the third, which is ten times as large. An index of more rows has more levels, so a
/// page or two more for each lookup is a logarithm.
fn growth(costs: &[Cost]) -> &'static str {
    match costs.iter().map(|cost| cost.pages).collect::<Vec<_>>()[..] {
        [_, some, many] if many >= 5 * some.max(1) => LINEAR,
        [few, _, many] if many > few => "logarithmic",
        _ => "constant",
    }
}

/// Runs the statement of a case, and counts. The first time warms the caches of the connection.
fn cost(url: &str, case: &Case, size: u64) -> Cost {
    let sql = case.statement(url, size);
    let parts: Vec<_> =
        sql.iter().map(|part| format!("explain (analyze, buffers, timing off, format json) {part}")).collect();
    let once = || {
        let mut cost = Cost { pages: 0, time: 0.0 };
        let session = Session::open(url);
        // The pages that other processes of a parallel plan touch are not counted.
        session.run("set max_parallel_workers_per_gather = 0");
        for _ in 0..2 {
            session.run("begin");
            let before: u64 = session.run(PAGES).parse().unwrap();
            cost.time = 0.0;
            for part in &parts {
                let explained: Value = serde_json::from_str(&session.run(part)).unwrap();
                cost.time += explained[0]["Execution Time"].as_f64().unwrap();
            }
            cost.pages = session.run(PAGES).parse::<u64>().unwrap() - before;
            session.run("rollback");
            if cost.time > LONG {
                break;
            }
        }
        cost
    };
    let first = once();
    let rounds = if first.time > LONG { 0 } else { ROUNDS };
    (0..rounds).map(|_| once()).fold(first, |best, cost| if cost.time < best.time { cost } else { best })
}

/// A connection that stays open.
struct Session {
    runtime: tokio::runtime::Runtime,
    client: tokio_postgres::Client,
}

impl Session {
    fn open(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(rows::connect(url));
        Self { runtime, client }
    }

    /// Runs SQL and returns the first value of its last row.
    fn run(&self, sql: &str) -> String {
        self.tried(sql).unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }

    fn tried(&self, sql: &str) -> Result<String, tokio_postgres::Error> {
        let rows = self.runtime.block_on(self.client.simple_query(sql))?;
        let values = rows.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        Ok(values.last().unwrap_or_default().to_owned())
    }
}

/// The large tables that generic plans of any statement read from the first row to the last, each with the functions of those
/// statements.
fn read_as_a_whole(url: &str) -> BTreeMap<String, String> {
    let session = Session::open(url);
    session.run("set plan_cache_mode = force_generic_plan");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in ["default", "additional-fields", "audited"] {
        for block in statements::of(file) {
            for part in &block.parts {
                let parameters = vec!["null"; statements::parameters(part)].join(", ");
                let call = if parameters.is_empty() { "p".to_owned() } else { format!("p({parameters})") };
                // Another schema than this one: a column of an older version of better-auth, for example.
                if session.tried(&format!("prepare p as {part}")).is_err() {
                    continue;
                }
                if let Ok(plan) = session.tried(&format!("explain (format json) execute {call}")) {
                    let mut tables = BTreeSet::new();
                    scanned(&serde_json::from_str(&plan).unwrap(), &mut tables);
                    for table in tables {
                        found.entry(table).or_default().extend(block.by.iter().cloned());
                    }
                }
                session.run("deallocate p");
            }
        }
    }
    found.into_iter().map(|(table, by)| (table, by.into_iter().collect::<Vec<_>>().join(", "))).collect()
}

/// Collects the tables that a plan reads row by row.
fn scanned(plan: &Value, tables: &mut BTreeSet<String>) {
    match plan {
        Value::Array(plans) => plans.iter().for_each(|plan| scanned(plan, tables)),
        Value::Object(node) => {
            let is_scan = node.get("Node Type").is_some_and(|kind| kind == "Seq Scan");
            if let Some(table) = node.get("Relation Name").and_then(Value::as_str).filter(|_| is_scan)
                && tables::NAMES.contains(&table)
            {
                tables.insert(table.to_owned());
            }
            node.values().for_each(|value| scanned(value, tables));
        }
        _ => {}
    }
}
