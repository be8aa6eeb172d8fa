//! Generates the tables of declared options in `docs/CONFIGURATION.md`, and the sections of features there.

use std::{fmt::Write as _, io};

use gatepost_core::{
    config,
    declaration::CookieName,
    options::{Default, Row, Table},
};

use crate::generate::{CONFIGURATION, between};

/// The line of `docs/CONFIGURATION.md` after which the sections of features begin.
const FEATURES: &str = "<!-- features: begin, written by `cargo gatepost generate` -->\n";
/// The line at which the sections of features end.
const END_OF_FEATURES: &str = "<!-- features: end -->\n";

/// The line of `docs/CONFIGURATION.md` after which the table of cookies begins.
pub(crate) const COOKIES: &str = "<!-- cookies: begin, written by `cargo gatepost generate` -->\n";
/// The line at which the table of cookies ends.
pub(crate) const END_OF_COOKIES: &str = "<!-- cookies: end -->\n";

/// Replaces in the page the tables of the core's sections and the sections of features.
///
/// # Errors
/// If the page has lost the lines between which a part is generated.
pub fn written(page: &str, core: &[(&str, Table)], features: &[(&str, Table)]) -> io::Result<String> {
    let mut page = page.to_owned();
    for (name, options) in core {
        let part = match *name {
            "" => "options in front of all sections".to_owned(),
            name => format!("options of [{name}]"),
        };
        let begin = format!("<!-- {part}: begin, written by `cargo gatepost generate` -->\n");
        let end = format!("<!-- {part}: end -->\n");
        page = between(CONFIGURATION, &page, (&begin, table(options), &end))?;
    }
    let sections: Vec<_> = features.iter().map(|(name, options)| section(name, options)).collect();
    let part = (FEATURES, format!("\n{}\n", sections.join("\n")), END_OF_FEATURES);
    between(CONFIGURATION, &page, part)
}

/// The section of a feature: its description and its options.
fn section(name: &str, options: &Table) -> String {
    format!("### `[{name}]`\n\n{}\n\n{}", options.about.trim(), table(options))
}

/// The table of all cookies.
pub(crate) fn cookies() -> String {
    let mut text = "| cookie | lifetime | what it holds | sign-out removes it |\n|---|---|---|---|\n".to_owned();
    for (feature, cookie) in config::cookies() {
        let name = match cookie.name {
            CookieName::Prefixed(name) => format!("`{name}`"),
            CookieName::Configured(key) => format!("the name is `{}.{key}`", feature.unwrap_or_default()),
        };
        let ends = if cookie.ends_at_sign_out { "yes" } else { "" };
        // Writing into a String cannot fail.
        let _ = writeln!(text, "| {name} | {} | {} | {ends} |", cookie.lifetime, cookie.about);
    }
    text
}

/// The table of a section's options.
pub fn table(options: &Table) -> String {
    let mut text = "| key | default | what it decides |\n|---|---|---|\n".to_owned();
    add(&mut text, "", options.rows);
    text
}

fn add(text: &mut String, path: &str, rows: &[Row]) {
    for Row { key, default, about } in rows {
        let default = match default {
            Default::Section(rows) => {
                add(text, &if key.is_empty() { path.to_owned() } else { format!("{path}{key}.") }, rows);
                continue;
            }
            Default::Boolean(value) => format!("`{value}`"),
            Default::Number(number) => format!("`{number}`"),
            Default::Seconds(seconds) => format!("`{}`", duration(*seconds)),
            Default::Text(value) => format!("`\"{value}\"`"),
            Default::EmptyList => "`[]`".to_owned(),
            Default::Told(told) => (*told).to_owned(),
        };
        let about = about.trim();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "| `{path}{key}` | {default} | {} |", about.strip_suffix('.').unwrap_or(about));
    }
}

/// Formats a duration in the largest unit of which it is a whole number.
fn duration(seconds: u32) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let unit = units.into_iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    unit.map_or_else(|| seconds.to_string(), |(unit, letter)| format!("\"{}{letter}\"", seconds / unit))
}
