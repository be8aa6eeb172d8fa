//! More kinds of options: those without a default of their own, and fractions.

#![allow(
    missing_docs,
    reason = "`options!` calls the same three methods of every kind: `row`, `read` and `switched_on`"
)]

use toml::de::DeValue;
use url::{Host, Url};

use super::{Default, Row, Section, section::integer};
use crate::problem::Problems;

/// A list of texts, or nothing: then holds what `otherwise` says.
pub const fn optional_texts(key: &'static str, otherwise: &'static str) -> OptionalTexts {
    OptionalTexts { key, otherwise }
}

/// The URL of a service that gatepost calls, or nothing: then holds what `otherwise` says. It is https, or http on this machine.
pub const fn optional_url(key: &'static str, otherwise: &'static str) -> OptionalUrl {
    OptionalUrl { key, otherwise }
}

/// One of a few texts, each with what it means, or nothing: then holds what `otherwise` says.
pub const fn optional_choice<T: Copy>(
    key: &'static str,
    otherwise: &'static str,
    choices: &'static [(&'static str, T)],
) -> OptionalChoice<T> {
    OptionalChoice { key, otherwise, choices }
}

/// A number from 0 to 1. The documentation shows the default as `told`.
pub const fn fraction(key: &'static str, default: f64, told: &'static str) -> Fraction {
    Fraction { key, default, told }
}

/// See [`optional_texts`].
#[derive(Debug, Clone, Copy)]
pub struct OptionalTexts {
    key: &'static str,
    otherwise: &'static str,
}

/// See [`optional_url`].
#[derive(Debug, Clone, Copy)]
pub struct OptionalUrl {
    key: &'static str,
    otherwise: &'static str,
}

/// See [`optional_choice`].
#[derive(Debug, Clone, Copy)]
pub struct OptionalChoice<T: 'static> {
    key: &'static str,
    otherwise: &'static str,
    choices: &'static [(&'static str, T)],
}

/// See [`fraction`].
#[derive(Debug, Clone, Copy)]
pub struct Fraction {
    key: &'static str,
    default: f64,
    told: &'static str,
}

impl OptionalTexts {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Told(self.otherwise), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> Option<Vec<String>> {
        section.texts(self.key, problems)
    }

    pub fn switched_on(self, _: &Option<Vec<String>>, _: &mut Vec<String>) {}
}

impl OptionalUrl {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Told(self.otherwise), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> Option<Url> {
        let wanted = "an https URL without a login; only a service on this machine can have an http URL";
        section.read(self.key, problems, wanted, |value| {
            let url = Url::parse(value.as_str()?).ok()?;
            let is_here = match url.host()? {
                Host::Domain(name) => name == "localhost",
                Host::Ipv4(address) => address.is_loopback(),
                Host::Ipv6(address) => address.is_loopback(),
            };
            let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
            (is_safe && url.username().is_empty() && url.password().is_none()).then_some(url)
        })
    }

    pub fn switched_on(self, _: &Option<Url>, _: &mut Vec<String>) {}
}

impl<T: Copy> OptionalChoice<T> {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Told(self.otherwise), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> Option<T> {
        section.choice(self.key, problems, self.choices)
    }

    pub fn switched_on(self, _: &Option<T>, _: &mut Vec<String>) {}
}

impl Fraction {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Told(self.told), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> f64 {
        let read = section.read(self.key, problems, "a number from 0 to 1", |value| {
            let number = match value {
                DeValue::Float(number) => number.as_str().parse().ok()?,
                value => f64::from(u8::try_from(integer(value)?).ok()?),
            };
            (0.0..=1.0).contains(&number).then_some(number)
        });
        read.unwrap_or(self.default)
    }

    pub fn switched_on(self, _: &f64, _: &mut Vec<String>) {}
}
