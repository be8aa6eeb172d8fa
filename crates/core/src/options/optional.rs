//! Kinds of options that features use: values that may be absent, URLs and fractions.

use serde_json::{Map, Value};
use toml::de::DeValue;
use url::{Host, Url};

use super::{
    Default,
    kinds::Kind,
    values::{integer, json},
};

/// A list of texts, or nothing: then holds what `otherwise` says.
pub const fn optional_texts(key: &'static str, otherwise: &'static str) -> Kind<Option<Vec<String>>> {
    Kind::new(key, Default::Told(otherwise), (), |section, key, (), problems| section.texts(key, problems))
}

/// A table of any values, or nothing: then holds what `otherwise` says.
pub const fn optional_table(key: &'static str, otherwise: &'static str) -> Kind<Option<Map<String, Value>>> {
    Kind::new(key, Default::Told(otherwise), (), |section, key, (), problems| {
        section.read(key, problems, "a table, like { name = true }", |value| match json(value) {
            Value::Object(members) => Some(members),
            _ => None,
        })
    })
}

/// One of a few texts, each with what it means, or nothing: then holds what `otherwise` says.
pub const fn optional_choice<T: Copy>(
    key: &'static str,
    otherwise: &'static str,
    choices: &'static [(&'static str, T)],
) -> Kind<Option<T>, &'static [(&'static str, T)]> {
    Kind::new(key, Default::Told(otherwise), choices, |section, key, choices, problems| {
        section.choice(key, problems, choices)
    })
}

/// The URL of a service that gatepost calls, or nothing: then holds what `otherwise` says. It is https, or http on this machine.
pub const fn optional_url(key: &'static str, otherwise: &'static str) -> Kind<Option<Url>> {
    Kind::new(key, Default::Told(otherwise), (), |section, key, (), problems| {
        let wanted = "an https URL without a login; only a service on this machine can have an http URL";
        section.read(key, problems, wanted, url_of_a_service)
    })
}

fn url_of_a_service(value: &DeValue<'_>) -> Option<Url> {
    let url = Url::parse(value.as_str()?).ok()?;
    let is_here = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    (is_safe && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// A number from 0 to 1. The documentation shows the default as `told`.
pub const fn fraction(key: &'static str, default: f64, told: &'static str) -> Kind<f64, f64> {
    Kind::new(key, Default::Told(told), default, |section, key, default, problems| {
        section.read(key, problems, "a number from 0 to 1", between_0_and_1).unwrap_or(default)
    })
}

fn between_0_and_1(value: &DeValue<'_>) -> Option<f64> {
    let number = match value {
        DeValue::Float(number) => number.as_str().parse().ok()?,
        value => f64::from(u8::try_from(integer(value)?).ok()?),
    };
    (0.0..=1.0).contains(&number).then_some(number)
}
