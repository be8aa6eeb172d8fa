//! The result as tables, in Markdown.

use serde_json::Value;

use crate::{
    measure::ROWS,
    peers::{ALL, Peer},
};

/// The values of several rounds, sorted.
pub fn sorted(values: &Value) -> Vec<f64> {
    let mut values: Vec<f64> = values.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    values.sort_by(f64::total_cmp);
    values
}

pub fn median(values: &[f64]) -> f64 {
    values.get(values.len().div_ceil(2).saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// The result of a peer in a row with this many cores.
pub fn find<'a>(result: &'a Value, row: &str, cores: u64, peer: Peer) -> Option<&'a Value> {
    let mut results = result["results"].as_array()?.iter();
    results.find(|one| one["row"] == row && one["cores"] == cores && one["peer"] == peer.name())
}

pub fn tables(result: &Value) -> String {
    let mut text = String::new();
    for row in &ROWS {
        for cores in [1, 2] {
            if ALL.iter().any(|peer| find(result, row.key, cores, *peer).is_some()) {
                text += &table(
                    result,
                    row.key,
                    &format!("{}, {cores} core{}", row.what, if cores == 1 { "" } else { "s" }),
                    cores,
                );
            }
        }
    }
    text + &asked(result)
}

fn table(result: &Value, row: &str, title: &str, cores: u64) -> String {
    let mut text = format!(
        "### {title}\n\n| | server's CPU | relative to `gatepost serve` | PostgreSQL's CPU | statements | bytes of the answer | memory, peak | requests per second | p50 | p99 |\n|---|---|---|---|---|---|---|---|---|---|\n"
    );
    let serve = find(result, row, cores, Peer::Serve);
    for peer in ALL {
        let Some(one) = find(result, row, cores, peer) else { continue };
        if let Some(refused) = one["refused"].as_str() {
            text += &format!("| {} | {} | | | | | | | | |\n", peer.name(), refused.replace('|', "\\|"));
            continue;
        }
        // Of the same round, one after the other: what slows one of them slows both.
        let list = |one: &Value| one["server_cpu_us"].as_array().cloned().unwrap_or_default();
        let pairs = list(one).into_iter().zip(serve.map(list).unwrap_or_default());
        let ratios: Vec<Value> =
            pairs.map(|(one, serve)| (one.as_f64().unwrap() / serve.as_f64().unwrap_or(f64::NAN)).into()).collect();
        let ratio = median(&sorted(&ratios.into()));
        let rate = sorted(&one["requests_per_second"]);
        let wrong = match one["wrong_answers"].as_u64() {
            Some(wrong @ 1..) => format!(" ({wrong} of {} answers were wrong)", one["requests"]),
            _ => String::new(),
        };
        text += &format!(
            "| {}{wrong} | {} | {} | {} | {} | {:.0} | {:.1} MB | {} | {} | {} |\n",
            peer.name(),
            time(&sorted(&one["server_cpu_us"])),
            if ratio < 10.0 { format!("{ratio:.2}") } else { number(ratio, 0) },
            time(&sorted(&one["postgresql_cpu_us"])),
            one["statements"]
                .as_f64()
                .map(|n| if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.2}") })
                .unwrap_or_default(),
            one["answer_bytes"].as_f64().unwrap_or(f64::NAN),
            one["peak_memory_mb"].as_f64().unwrap_or(f64::NAN),
            number(median(&rate), 0),
            short(one["p50_us"].as_f64().unwrap_or(f64::NAN)),
            short(one["p99_us"].as_f64().unwrap_or(f64::NAN)),
        );
    }
    text + "\n"
}

/// The questions as columns would be too wide: a list for each peer.
fn asked(result: &Value) -> String {
    let mut text = "### What each peer answers\n\n".to_owned();
    for one in result["probes"].as_array().into_iter().flatten() {
        text += &format!("- {}\n", one["peer"].as_str().unwrap_or_default());
        for (question, answer) in one["answers"].as_object().into_iter().flatten() {
            text += &format!("  - {question}: {}\n", answer.as_str().unwrap_or_default());
        }
    }
    text
}

/// Median, lowest and highest.
fn time(values: &[f64]) -> String {
    let (first, last) = (values.first().copied().unwrap_or(f64::NAN), values.last().copied().unwrap_or(f64::NAN));
    let middle = median(values);
    match middle {
        10_000.0.. => format!("{:.1} ms ({:.1}–{:.1})", middle / 1e3, first / 1e3, last / 1e3),
        100.0.. => format!("{} µs ({}–{})", number(middle, 0), number(first, 0), number(last, 0)),
        _ => format!("{middle:.1} µs ({first:.1}–{last:.1})"),
    }
}

fn short(microseconds: f64) -> String {
    format!("{:.*} ms", if microseconds < 10_000.0 { 2 } else { 1 }, microseconds / 1e3)
}

/// A number with commas between thousands.
pub fn number(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let whole = text.find('.').unwrap_or(text.len());
    let commas = |at: usize| at > 0 && at < whole && (whole - at).is_multiple_of(3);
    text.char_indices().flat_map(|(at, letter)| commas(at).then_some(',').into_iter().chain([letter])).collect()
}
