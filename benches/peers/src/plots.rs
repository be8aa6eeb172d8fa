//! The result as pictures: bars for each row, in SVG.

use serde_json::Value;

use crate::{
    measure::ROWS,
    peers::{ALL, Peer},
    report::{find, median, number, sorted},
};

const WIDTH: f64 = 860.0;
const LEFT: f64 = 210.0;
const RIGHT: f64 = 110.0;
const SERVER: &str = "#2563eb";
const POSTGRES: &str = "#d97706";

/// The pictures by their names: one for each row, and one of the memory.
pub fn all(result: &Value) -> Vec<(String, String)> {
    let rows = ROWS.iter().map(|row| {
        let title = format!("{}: processor time for a request, one core for the server", row.what);
        let bars = ALL.map(|peer| {
            let one = find(result, row.key, 1, peer);
            let value = |name: &str| one.map(|one| median(&sorted(&one[name]))).filter(|value| value.is_finite());
            let refused = one.and_then(|one| one["refused"].as_str()).unwrap_or("not measured").to_owned();
            (peer, [(SERVER, value("server_cpu_us")), (POSTGRES, value("postgresql_cpu_us"))], refused)
        });
        (row.key.to_owned(), chart(&title, &bars, &[(SERVER, "the server"), (POSTGRES, "PostgreSQL")], microseconds))
    });
    let memory = ALL.map(|peer| {
        let one = find(result, "session", 2, peer);
        let value = one.and_then(|one| one["peak_memory_mb"].as_f64());
        (peer, [(SERVER, value), (POSTGRES, None)], "not measured".to_owned())
    });
    let shown = |value: f64| format!("{value:.1} MB");
    let memory = chart("Session read: the server's memory at its peak, two cores", &memory, &[(SERVER, "MB")], shown);
    rows.chain([("memory".to_owned(), memory)]).collect()
}

fn microseconds(value: f64) -> String {
    match value {
        10_000.0.. => format!("{:.1} ms", value / 1e3),
        100.0.. => format!("{} µs", number(value, 0)),
        _ => format!("{value:.1} µs"),
    }
}

type Bars = (Peer, [(&'static str, Option<f64>); 2], String);

/// Horizontal bars on a logarithmic axis: the peers are decades apart.
fn chart(title: &str, bars: &[Bars], legend: &[(&str, &str)], show: impl Fn(f64) -> String) -> String {
    let values =
        || bars.iter().flat_map(|(_, values, _)| values).filter_map(|(_, value)| *value).filter(|value| *value > 0.0);
    let lowest = values().fold(f64::INFINITY, f64::min).max(0.1).log10().floor();
    let highest = values().fold(0.1, f64::max).log10().ceil().max(lowest + 1.0);
    let span = WIDTH - LEFT - RIGHT;
    let at = |value: f64| LEFT + (value.max(0.1).log10() - lowest).max(0.0) / (highest - lowest) * span;
    let height = 84.0 + bars.len() as f64 * 38.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n<title>{title}</title>\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n<text x=\"12\" y=\"24\" font-size=\"15\" font-weight=\"bold\">{title}</text>\n"
    );
    let mut x = LEFT;
    for (colour, name) in legend {
        svg += &format!(
            "<rect x=\"{x}\" y=\"36\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\n<text x=\"{}\" y=\"47\">{name}</text>\n",
            x + 18.0
        );
        x += 120.0;
    }
    svg += &format!(
        "<text x=\"{}\" y=\"47\" fill=\"#555555\" text-anchor=\"end\">logarithmic axis</text>\n",
        WIDTH - 12.0
    );
    for decade in lowest as i32..=highest as i32 {
        let value = 10f64.powi(decade);
        let x = at(value);
        svg += &format!("<line x1=\"{x:.1}\" y1=\"58\" x2=\"{x:.1}\" y2=\"{}\" stroke=\"#dddddd\"/>\n", height - 22.0);
        svg += &format!(
            "<text x=\"{x:.1}\" y=\"{}\" fill=\"#555555\" text-anchor=\"middle\" font-size=\"11\">{}</text>\n",
            height - 8.0,
            tick(value, &show)
        );
    }
    for (number, (peer, values, refused)) in bars.iter().enumerate() {
        let y = 62.0 + number as f64 * 38.0;
        svg += &format!("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n", LEFT - 10.0, y + 19.0, peer.name());
        let shown: Vec<_> = values.iter().filter_map(|(colour, value)| Some((colour, (*value)?))).collect();
        if shown.is_empty() {
            svg += &format!(
                "<text x=\"{}\" y=\"{}\" fill=\"#555555\">{}</text>\n",
                LEFT + 6.0,
                y + 19.0,
                escaped(refused)
            );
        }
        let thick = if shown.len() == 1 { 24.0 } else { 13.0 };
        for (place, (colour, value)) in shown.into_iter().enumerate() {
            let (top, end) = (y + 2.0 + place as f64 * 14.0, at(value));
            svg += &format!(
                "<rect x=\"{LEFT}\" y=\"{top}\" width=\"{:.1}\" height=\"{thick}\" fill=\"{colour}\"/>\n",
                (end - LEFT).max(1.0)
            );
            svg += &format!(
                "<text x=\"{:.1}\" y=\"{}\" font-size=\"11\">{}</text>\n",
                end.max(LEFT + 1.0) + 5.0,
                top + thick / 2.0 + 4.0,
                show(value)
            );
        }
    }
    svg + "</svg>\n"
}

fn tick(value: f64, show: &impl Fn(f64) -> String) -> String {
    show(value).replace(".0 ", " ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
