//! `trustedOrigins`: fixed origins, lists in variables, and functions.

use gatepost_import::value::{Entry, Value, ValueKind};

use super::{
    carry::Carrier,
    draft::quoted,
    literal,
    report::{Class, Variable},
};

/// The variable with more origins.
const VARIABLE: &str = "BETTER_AUTH_TRUSTED_ORIGINS";

/// Reads the option.
pub(super) fn read(carrier: &mut Carrier<'_>, value: &Value) {
    let mut written: Vec<String> = Vec::new();
    let mut from: Vec<String> = Vec::new();
    match &value.what {
        ValueKind::Closure(closure) => {
            let result = literal::in_production(&carrier.project.reader.result(closure, value.at));
            let mut all = Vec::new();
            let is_fixed = gathered(&result, &mut all, 0);
            let says = match (is_fixed, matches!(result.what, ValueKind::Choice(_))) {
                (true, false) => None,
                (true, true) => Some(
                    "it is a function that chooses between fixed origins when the code runs; all of them are written",
                ),
                (false, _) => Some(
                    "it is a function that asks for origins when the code runs: those are lost unless you list them in \
                     `trusted_origins` or BETTER_AUTH_TRUSTED_ORIGINS; the fixed ones are written",
                ),
            };
            match says {
                Some(says) => {
                    carrier.add("trustedOrigins", value.at, Class::NotPossible, says);
                }
                None => carrier
                    .notes
                    .push("trustedOrigins: the function returns fixed origins, which are written".to_owned()),
            }
            for origin in all {
                one(carrier, "trustedOrigins", &origin, &mut written, &mut from);
            }
        }
        _ => {
            let items = Carrier::items(value);
            if !matches!(value.what, ValueKind::List(_)) {
                match &value.what {
                    ValueKind::Split(_) | ValueKind::Variable(..) | ValueKind::Choice(_) => {
                        one(carrier, "trustedOrigins", value, &mut written, &mut from);
                    }
                    _ => carrier.not_understood("trustedOrigins", value),
                }
            } else {
                for (at, item) in items.iter().enumerate() {
                    let shown = format!("trustedOrigins[{at}]");
                    match item {
                        Entry::One(value) => one(carrier, &shown, value, &mut written, &mut from),
                        Entry::Spread(value) => one(carrier, &shown, value, &mut written, &mut from),
                    }
                }
                outside_production(carrier, value);
            }
        }
    }
    if !written.is_empty() {
        let list: Vec<String> = written.iter().map(|origin| quoted(origin)).collect();
        carrier.line("", "trusted_origins", &format!("[{}]", list.join(", ")), None);
    }
    if !from.is_empty() {
        let says = format!("from {}: the same value, with commas between several", from.join(", "));
        carrier.variables.push(Variable { name: VARIABLE.to_owned(), from, says });
    }
}

/// Reports origins that are in the list only outside production.
fn outside_production(carrier: &mut Carrier<'_>, value: &Value) {
    let ValueKind::List(entries) = &value.what else { return };
    for entry in entries.iter() {
        let (Entry::One(value) | Entry::Spread(value)) = entry;
        let ValueKind::Choice(choice) = &value.what else { continue };
        if !matches!(choice.test.what, ValueKind::InProduction(_)) {
            continue;
        }
        let chosen = literal::in_production(value);
        let is_empty =
            chosen.truth() == Some(false) || matches!(&chosen.what, ValueKind::List(items) if items.is_empty());
        if is_empty {
            let says = "only outside production: not written";
            carrier.add("trustedOrigins", value.at, Class::NotNeeded, says);
        }
    }
}

/// Gathers the origins that a result may have. Returns whether these are all.
fn gathered(value: &Value, found: &mut Vec<Value>, depth: usize) -> bool {
    match &value.what {
        ValueKind::Choice(choice) if depth < 10 => {
            let yes = gathered(&choice.yes, found, depth + 1);
            gathered(&choice.no, found, depth + 1) && yes
        }
        ValueKind::List(entries) => {
            let mut all = true;
            for entry in entries.iter() {
                match entry {
                    Entry::One(value)
                        if matches!(value.what, ValueKind::Text(_) | ValueKind::Variable(..) | ValueKind::Split(_)) =>
                    {
                        let same = |other: &Value| other.text().is_some() && other.text() == value.text();
                        if !found.iter().any(same) {
                            found.push(value.clone());
                        }
                    }
                    Entry::Spread(value) if matches!(value.what, ValueKind::Split(_)) => found.push(value.clone()),
                    Entry::One(value) if value.is_nothing() => {}
                    _ => all = false,
                }
            }
            all
        }
        _ => value.is_nothing(),
    }
}

fn one(carrier: &mut Carrier<'_>, shown: &str, value: &Value, written: &mut Vec<String>, from: &mut Vec<String>) {
    let variables = value.variables();
    match (&value.what, variables.as_slice()) {
        (ValueKind::Text(text), _) => {
            let origin = text.trim_end_matches('/');
            let is_scheme = text.ends_with("://");
            let origin = if is_scheme { text.as_str() } else { origin };
            let mut says = Vec::new();
            if origin != text {
                says.push("written without the slash at its end: with it, it matches nothing on better-auth and is refused here");
            }
            let is_shared = [
                "vercel.app",
                "netlify.app",
                "pages.dev",
                "herokuapp.com",
                "ngrok.io",
                "ngrok-free.app",
                "web.app",
                "workers.dev",
                "onrender.com",
            ]
            .iter()
            .any(|host| origin.ends_with(&format!("*.{host}")));
            if is_shared {
                says.push("warning: it trusts the deployments of all customers of that platform; the service's own addresses are trusted by the platform's variables");
            }
            let is_here = ["://localhost", "://127.0.0.1", "://0.0.0.0"].iter().any(|host| origin.contains(host));
            if is_here {
                says.push("warning: it is a developer's machine, and pages there may act for users of production; remove it, and set BETTER_AUTH_TRUSTED_ORIGINS on that machine");
            }
            let is_decision = is_shared || is_here;
            let entry = carrier.add(shown, value.at, Class::Carried, says.join("; "));
            entry.key = Some(format!("trusted_origins = [{}]", quoted(origin)));
            entry.decide = is_decision;
            if !written.iter().any(|other| other == origin) {
                written.push(origin.to_owned());
            }
        }
        (ValueKind::Variable(..) | ValueKind::Split(_) | ValueKind::Joined(_) | ValueKind::Choice(_), [_, ..])
            if depends_plainly(value) =>
        {
            let mut says = format!("{VARIABLE} from {}", variables.join(", "));
            match &value.what {
                ValueKind::Joined(parts) => {
                    let parts: Vec<String> = parts
                        .iter()
                        .map(|part| part.text().map_or_else(|| part.variables().join(", "), quoted))
                        .collect();
                    says.push_str(&format!(": the value is {} after each other", parts.join(" and ")));
                }
                ValueKind::Variable(_, Some(default)) => match default.text() {
                    Some(text) if !text.is_empty() && !text.contains("localhost") => {
                        says.push_str(&format!("; its default in the code is {text}"));
                    }
                    _ => {}
                },
                _ => {}
            }
            carrier.add(shown, value.at, Class::Replaced, says);
            for name in &variables {
                if !from.contains(name) {
                    from.push(name.clone());
                }
            }
        }
        _ => carrier.not_understood(shown, value),
    }
}

/// Whether a value is that of variables and nothing else decides it. An origin that is there under a condition is none of these.
fn depends_plainly(value: &Value) -> bool {
    match &value.what {
        ValueKind::Variable(..)
        | ValueKind::Split(_)
        | ValueKind::Boolean(_)
        | ValueKind::Undefined
        | ValueKind::InProduction(_) => true,
        ValueKind::List(entries) => entries.iter().all(|entry| {
            let (Entry::One(value) | Entry::Spread(value)) = entry;
            depends_plainly(value)
        }),
        ValueKind::Joined(parts) => parts.iter().all(|part| part.text().is_some() || depends_plainly(part)),
        ValueKind::Choice(choice) => [&choice.test, &choice.yes, &choice.no].into_iter().all(depends_plainly),
        _ => false,
    }
}
