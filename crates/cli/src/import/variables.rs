//! The variables of the environment that gatepost reads, and the project's variables from which their values come.

use gatepost_core::config::variables;
use gatepost_import::value::{Entry, Value, ValueKind};

use super::{
    carry::Carrier,
    report::{Class, Variable},
};

/// The other names under which gatepost reads a variable.
fn aliases(name: &str) -> &'static [&'static str] {
    variables().find(|variable| variable.name == name).map_or(&[], |variable| variable.aliases)
}

/// Adds a variable whose value comes from those of a value, and says so; a name that gatepost reads stays.
pub(super) fn from(carrier: &mut Carrier<'_>, name: &str, value: Option<&Value>) -> String {
    let names = value.map(Value::variables).unwrap_or_default();
    let is_read = |other: &String| other == name || aliases(name).contains(&other.as_str());
    let (kept, says) = match names.as_slice() {
        [] => (name, "to be set".to_owned()),
        [first, ..] if is_read(first) => (first.as_str(), "keeps its name".to_owned()),
        names => (name, format!("from {}: another name, which gatepost does not read", names.join(", "))),
    };
    if !carrier.variables.iter().any(|one| one.name == kept) {
        carrier.variables.push(Variable { name: kept.to_owned(), from: names.clone(), says: says.clone() });
    }
    match says.as_str() {
        "keeps its name" => format!("{kept} keeps its name"),
        "to be set" => kept.to_owned(),
        says => format!("{kept} {says}"),
    }
}

/// The list of `secrets` as the variable has it, without the values: `2:…,1:<OLD>`, and whether one of them stands in the code.
fn versions(value: &Value) -> Option<(String, bool)> {
    let ValueKind::List(items) = &value.what else { return None };
    let mut stands_in_the_code = false;
    let mut shown = |item: &Entry| {
        let Entry::One(item) = item else { return None };
        let ValueKind::Number(version) = item.get("version")?.what else { return None };
        let names = item.get("value")?.variables();
        stands_in_the_code |= names.is_empty();
        let from = if names.is_empty() { "…".to_owned() } else { format!("<{}>", names.join(", ")) };
        Some(format!("{version}:{from}"))
    };
    let all: Option<Vec<String>> = items.iter().map(&mut shown).collect();
    Some((all?.join(","), stands_in_the_code))
}

/// `secret` and `secrets`.
pub(super) fn secret(carrier: &mut Carrier<'_>, path: &str, value: &Value) {
    let name = if path == "secret" { "BETTER_AUTH_SECRET" } else { "BETTER_AUTH_SECRETS" };
    let says = from(carrier, name, Some(value));
    let is_written = value.variables().is_empty() && !value.is_nothing();
    let has_default = matches!(&value.what, ValueKind::Variable(_, Some(fallback)) if fallback.text().is_some_and(|text| !text.is_empty()));
    let listed = versions(value);
    let entry = carrier.add(path, value.at, Class::Replaced, says);
    if let Some((text, stands_in_the_code)) = listed {
        entry.says = format!("{name} = {text}, with the current one first");
        if stands_in_the_code {
            entry
                .says
                .push_str("; a secret stands in the source, where every reader of the repository sees it: rotate it");
            entry.decide = true;
        }
        return;
    }
    if has_default {
        entry.says.push_str("; a default secret stands in the source, where every reader of the repository sees it: if it was ever used, rotate it");
        entry.decide = true;
    }
    if is_written && matches!(value.what, ValueKind::Text(_) | ValueKind::Joined(_)) {
        entry.says =
            format!("{name}; the secret stands in the source, where every reader of the repository sees it: rotate it");
        entry.decide = true;
    }
}

/// `baseURL`.
pub(super) fn base_url(carrier: &mut Carrier<'_>, value: &Value) {
    if let ValueKind::Object(object) = &value.what {
        for member in object.holding() {
            let says = "each deployment has one address: BETTER_AUTH_URL, or that of each request";
            carrier.add(&format!("baseURL.{}", member.key), member.at, Class::NotPossible, says);
        }
        return;
    }
    let names = value.variables();
    let by_platform = names.iter().any(|name| name.starts_with("VERCEL_") || name.ends_with("VERCEL_URL"));
    if by_platform {
        let says = "left out: without it the address is that of each request; set BETTER_AUTH_URL in production, for mails and \
                    providers";
        carrier.add("baseURL", value.at, Class::Replaced, says);
        let says = "the public address, in production only".to_owned();
        carrier.variables.push(Variable { name: "BETTER_AUTH_URL".to_owned(), from: Vec::new(), says });
        return;
    }
    match &value.what {
        ValueKind::Text(text) if !text.contains("localhost") => {
            let says = "BETTER_AUTH_URL with the address that stands in the code; not written into the file, since previews have others";
            carrier.add("baseURL", value.at, Class::Replaced, says);
            let says = format!("{text}, in production only");
            carrier.variables.push(Variable { name: "BETTER_AUTH_URL".to_owned(), from: Vec::new(), says });
        }
        _ => {
            let mut says = from(carrier, "BETTER_AUTH_URL", Some(value));
            if names.is_empty() {
                says = "BETTER_AUTH_URL, to be set; an address on a developer's machine is not written".to_owned();
            }
            if let ValueKind::Variable(_, Some(default)) = &value.what
                && let Some(text) = default.text().filter(|text| !text.is_empty() && !text.contains("localhost"))
            {
                says.push_str(&format!("; its default in the code is {text}"));
            }
            carrier.add("baseURL", value.at, Class::Replaced, says);
        }
    }
}

/// The variables that every deployment needs and that no option names.
pub(super) fn needed(carrier: &mut Carrier<'_>) {
    if carrier.option("secret").is_none() && carrier.option("secrets").is_none() {
        let says = "the same value as on Node, so that sessions stay valid".to_owned();
        push(carrier, "BETTER_AUTH_SECRET", says);
    }
    if carrier.option("baseURL").is_none() {
        let known =
            aliases("BETTER_AUTH_URL").iter().find(|name| carrier.project.examples.contains_key(**name)).copied();
        match known {
            Some(name) => push(carrier, name, "keeps its name".to_owned()),
            None => push(carrier, "BETTER_AUTH_URL", "the public address, in production only".to_owned()),
        }
    }
}

fn push(carrier: &mut Carrier<'_>, name: &str, says: String) {
    if !carrier.variables.iter().any(|one| one.name == name) {
        carrier.variables.push(Variable { name: name.to_owned(), from: Vec::new(), says });
    }
}
