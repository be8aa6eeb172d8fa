//! The kinds of options. Each knows how it is read, what holds in its place, and which of its switches are on.

use std::{ops::RangeInclusive, time::Duration};

use super::{Circumstances, Default, EnabledSwitch, Options, Row, Section};
use crate::{declaration::Resource, problem::Problems};

/// An option with values of type `T`, of which `F` says more: the default, bounds, choices.
pub struct Kind<T, F: Copy = ()> {
    key: &'static str,
    default: Default,
    form: F,
    read: fn(&mut Section<'_>, &'static str, F, &mut Problems) -> T,
    needs: Option<Resource>,
    on: fn(&T) -> Vec<EnabledSwitch>,
}

impl<T, F: Copy> Kind<T, F> {
    pub(super) const fn new(
        key: &'static str,
        default: Default,
        form: F,
        read: fn(&mut Section<'_>, &'static str, F, &mut Problems) -> T,
    ) -> Self {
        Self { key, default, form, read, needs: None, on: |_| Vec::new() }
    }

    /// The switch does nothing without this.
    #[must_use]
    pub const fn needs(self, resource: Resource) -> Self {
        Self { needs: Some(resource), ..self }
    }

    /// Returns the option's row in the documentation.
    pub const fn row(&self, about: &'static str) -> Row {
        Row { key: self.key, default: self.default, about }
    }

    /// The option's value in a section. What is wrong is added to the problems, and reads as if it were absent.
    pub fn read(&self, section: &mut Section<'_>, problems: &mut Problems) -> T {
        (self.read)(section, self.key, self.form, problems)
    }

    /// The switches that are on with this value.
    pub fn switched_on(&self, value: &T) -> impl Iterator<Item = EnabledSwitch> {
        let (key, needs) = (self.key, self.needs);
        (self.on)(value)
            .into_iter()
            .map(move |below| EnabledSwitch { needs: below.needs.or(needs), ..below.below(key) })
    }
}

/// `true` or `false`.
pub const fn switch(key: &'static str, default: bool) -> Kind<bool, bool> {
    let kind = Kind::new(key, Default::Boolean(default), default, |section, key, default, problems| {
        section.boolean(key, problems).unwrap_or(default)
    });
    Kind { on: itself, ..kind }
}

/// The default of a key, by the circumstances.
type DefaultFor<T> = fn(Circumstances) -> T;

/// `true` or `false`; where the key is absent, what the circumstances decide, which `told` says.
pub const fn switch_by(
    key: &'static str,
    default: DefaultFor<bool>,
    told: &'static str,
) -> Kind<bool, DefaultFor<bool>> {
    let kind = Kind::new(key, Default::Told(told), default, |section, key, default, problems| {
        section.boolean(key, problems).unwrap_or_else(|| default(section.circumstances()))
    });
    Kind { on: itself, ..kind }
}

/// `true` or `false`, or nothing: then holds what `otherwise` says.
pub const fn optional_switch(key: &'static str, otherwise: &'static str) -> Kind<Option<bool>> {
    let kind =
        Kind::new(key, Default::Told(otherwise), (), |section, key, (), problems| section.boolean(key, problems));
    Kind { on: |value| itself(&(*value == Some(true))), ..kind }
}

fn itself(is_on: &bool) -> Vec<EnabledSwitch> {
    is_on.then(|| EnabledSwitch::of("")).into_iter().collect()
}

/// A text.
pub const fn text(key: &'static str, default: &'static str) -> Kind<String, &'static str> {
    Kind::new(key, Default::Text(default), default, |section, key, default, problems| {
        section.text(key, problems).unwrap_or_else(|| default.to_owned())
    })
}

/// A text, or nothing: then holds what `otherwise` says.
pub const fn optional_text(key: &'static str, otherwise: &'static str) -> Kind<Option<String>> {
    Kind::new(key, Default::Told(otherwise), (), |section, key, (), problems| section.text(key, problems))
}

/// A list of texts, empty where it is absent.
pub const fn texts(key: &'static str) -> Kind<Vec<String>> {
    Kind::new(key, Default::EmptyList, (), |section, key, (), problems| {
        section.texts(key, problems).unwrap_or_default()
    })
}

/// Certificates of authorities, as PEM (RFC 7468), or nothing: then holds what `otherwise` says.
pub const fn certificates(key: &'static str, otherwise: &'static str) -> Kind<Option<String>> {
    Kind::new(key, Default::Told(otherwise), (), |section, key, (), problems| section.certificates(key, problems))
}

/// The bounds of a number, and what holds where it is absent.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    min: u32,
    max: u32,
    default: u32,
}

impl Bounds {
    fn range(self) -> RangeInclusive<u32> {
        self.min..=self.max
    }
}

/// A whole number within bounds.
pub const fn number(key: &'static str, min: u32, max: u32, default: u32) -> Kind<u32, Bounds> {
    Kind::new(key, Default::Number(default), Bounds { min, max, default }, |section, key, bounds, problems| {
        section.number(key, problems, bounds.range()).unwrap_or(bounds.default)
    })
}

/// A whole number up to `max`, of which `0` is read as the default, as in better-auth.
pub const fn count(key: &'static str, max: u32, default: u32) -> Kind<u32, Bounds> {
    Kind::new(key, Default::Number(default), Bounds { min: 0, max, default }, |section, key, bounds, problems| {
        section.number(key, problems, bounds.range()).filter(|read| *read > 0).unwrap_or(bounds.default)
    })
}

/// A duration in whole seconds.
pub const fn seconds(key: &'static str, default: u32) -> Kind<u32, u32> {
    Kind::new(key, Default::Seconds(default), default, |section, key, default, problems| {
        section.seconds(key, problems).unwrap_or(default)
    })
}

/// A duration in whole seconds, which is not `0`: better-auth takes `0` as no time at all, so that nothing would work.
pub const fn lifetime(key: &'static str, default: u32) -> Kind<u32, u32> {
    Kind::new(key, Default::Seconds(default), default, |section, key, default, problems| {
        section.limit(key, problems).unwrap_or(default)
    })
}

/// A duration in whole seconds, of which `0` is read as the default, as in better-auth.
pub const fn positive_seconds(key: &'static str, default: u32) -> Kind<u32, u32> {
    Kind::new(key, Default::Seconds(default), default, |section, key, default, problems| {
        section.seconds(key, problems).filter(|read| *read > 0).unwrap_or(default)
    })
}

/// A duration in whole seconds, or nothing: then holds what `otherwise` says, and so it does with `0`.
pub const fn optional_seconds(key: &'static str, otherwise: &'static str) -> Kind<Option<u32>> {
    Kind::new(key, Default::Told(otherwise), (), |section, key, (), problems| {
        section.seconds(key, problems).filter(|read| *read > 0)
    })
}

/// How long something may take: a second or more.
pub const fn timeout(key: &'static str, default: u32) -> Kind<Duration, u32> {
    Kind::new(key, Default::Seconds(default), default, |section, key, default, problems| {
        Duration::from_secs(section.limit(key, problems).unwrap_or(default).into())
    })
}

/// How long is waited; with `0`, not at all.
pub const fn wait(key: &'static str, default: u32) -> Kind<Duration, u32> {
    Kind::new(key, Default::Seconds(default), default, |section, key, default, problems| {
        Duration::from_secs(section.seconds(key, problems).unwrap_or(default).into())
    })
}

/// Some texts, each with what it means.
type Choices<T> = &'static [(&'static str, T)];

/// One of a few texts, each with what it means. The default is given with its meaning too.
pub const fn choice<T: Copy>(
    key: &'static str,
    default: (&'static str, T),
    choices: Choices<T>,
) -> Kind<T, (T, Choices<T>)> {
    Kind::new(key, Default::Text(default.0), (default.1, choices), |section, key, (default, choices), problems| {
        section.choice(key, problems, choices).unwrap_or(default)
    })
}

/// One of a few texts; where the key is absent, what the circumstances decide, which `told` says.
pub const fn choice_by<T: Copy>(
    key: &'static str,
    default: DefaultFor<T>,
    told: &'static str,
    choices: Choices<T>,
) -> Kind<T, (DefaultFor<T>, Choices<T>)> {
    Kind::new(key, Default::Told(told), (default, choices), |section, key, (default, choices), problems| {
        section.choice(key, problems, choices).unwrap_or_else(|| default(section.circumstances()))
    })
}

/// A section with options of its own.
pub const fn section<T: Options>(key: &'static str) -> Kind<T> {
    let kind = Kind::new(key, Default::Section(T::TABLE.rows), (), |section, key, (), problems| {
        T::read(section.section(key, problems), problems)
    });
    Kind { on: T::switched_on, ..kind }
}

/// Options of this section that have a struct of their own, which several sections share.
pub const fn part<T: Options>() -> Kind<T> {
    let kind =
        Kind::new("", Default::Section(T::TABLE.rows), (), |section, _, (), problems| T::read_part(section, problems));
    Kind { on: T::switched_on, ..kind }
}

/// Reads the value of a key out of its section.
type Reader<T> = fn(&mut Section<'_>, &'static str, &mut Problems) -> T;

/// A value that a function of the section's own reads; `default` is for the documentation.
pub const fn read_by<T>(key: &'static str, default: Default, read: Reader<T>) -> Kind<T, Reader<T>> {
    Kind::new(key, default, read, |section, key, read, problems| read(section, key, problems))
}
