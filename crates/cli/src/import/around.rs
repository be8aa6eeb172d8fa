//! Code around better-auth that a reader of the options does not see: a handler that answers other origins.

use gatepost_import::{
    syntax::{Kind, Stmt, walk},
    value::Value,
};

use super::{carry::Carrier, report::Class};

/// Names the files that answer requests of other origins themselves.
pub(super) fn read(carrier: &mut Carrier<'_>) {
    let reader = &carrier.project.reader;
    let mut found = Vec::new();
    for path in &carrier.project.sources {
        let Some(text) = reader.files.text(path) else { continue };
        let is_handler = ["toNodeHandler", "auth.handler", ".handler(", "/api/auth", "toNextJsHandler"]
            .iter()
            .any(|word| text.contains(word));
        let has_cors = text.to_lowercase().contains("access-control-allow-origin") || text.contains("cors(");
        if !is_handler || !has_cors {
            continue;
        }
        let Some(file) = reader.files.open(path).and_then(|number| reader.files.get(number)) else { continue };
        let Ok(module) = &file.module else { continue };
        let sets = answers_origins(&module.body);
        let mut origins: Vec<String> = Vec::new();
        let mut at = None;
        walk(&module.body, &mut |expr| match &expr.kind {
            Kind::Regex(pattern) if sets => {
                let of_pattern = of_pattern(pattern);
                if !of_pattern.is_empty() {
                    at = at.or(Some(expr.at));
                    origins.extend(of_pattern);
                }
            }
            Kind::Call(callee, ..) if matches!(&callee.kind, Kind::Name(name) if name == "cors") => {
                at = at.or(Some(expr.at))
            }
            Kind::Text(text) if text.eq_ignore_ascii_case("access-control-allow-origin") => at = at.or(Some(expr.at)),
            _ => {}
        });
        if let Some(at) = at {
            found.push((Value::unknown(at, ""), origins));
        }
    }
    for (value, origins) in found {
        let says = match origins.as_slice() {
            [] => "a handler answers other origins itself: gatepost does that for trusted origins, with credentials; compare its list \
                   with trusted_origins, and the headers that it allows"
                .to_owned(),
            origins => format!(
                "a handler answers other origins itself: add {} to trusted_origins, otherwise these pages are cut off",
                origins.iter().map(|origin| format!("\"{origin}\"")).collect::<Vec<_>>().join(" and ")
            ),
        };
        carrier.add("(handler) CORS", value.at, Class::Replaced, says).decide = true;
    }
}

/// Whether a file handles requests itself and answers other origins, of which the options say nothing.
fn answers_origins(body: &[Stmt]) -> bool {
    let mut found = false;
    walk(body, &mut |expr| {
        found |= matches!(&expr.kind, Kind::Text(text) if text.eq_ignore_ascii_case("access-control-allow-origin"));
    });
    found
}

/// The origins that a plain pattern matches: `^https:\/\/([a-z0-9-]+\.)?example\.com$`.
fn of_pattern(pattern: &str) -> Vec<String> {
    let plain = pattern.trim_start_matches('^').trim_end_matches('$').replace("\\/", "/");
    let Some((scheme, rest)) = plain.split_once("://") else { return Vec::new() };
    let is_name = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte))
    };
    let (optional, host) = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, rest)) => match rest.strip_prefix('?') {
            Some(host) => (Some(true), host),
            None => (Some(false), rest),
        },
        None => (None, rest),
    };
    let host = host.replace("\\.", ".");
    if !is_name(&host) || !matches!(scheme, "https" | "http") {
        return Vec::new();
    }
    match optional {
        None => vec![format!("{scheme}://{host}")],
        Some(false) => vec![format!("{scheme}://*.{host}")],
        Some(true) => vec![format!("{scheme}://{host}"), format!("{scheme}://*.{host}")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_patterns_are_origins() {
        let both = ["https://a.example", "https://*.a.example"];
        assert_eq!(of_pattern(r"^https:\/\/([a-z0-9-]+\.)?a\.example$"), both);
        assert!(of_pattern(r"^https?:\/\/.*$").is_empty());
    }
}
