//! The kinds of options. Each knows how it is read, what holds in its place, and which of its switches are on.

#![allow(
    missing_docs,
    reason = "`options!` calls the same three methods of every kind: `row`, `read` and `switched_on`"
)]

use std::marker::PhantomData;

use super::{Circumstances, Default, Options, Row, Section};
use crate::problem::Problems;

/// `true` or `false`.
pub const fn switch(key: &'static str, default: bool) -> Switch {
    Switch { key, default }
}

/// `true` or `false`; where the key is absent, what the circumstances decide, which `told` says.
pub const fn switch_by(key: &'static str, default: fn(Circumstances) -> bool, told: &'static str) -> SwitchBy {
    SwitchBy { key, default, told }
}

/// `true` or `false`, or nothing: then holds what `otherwise` says.
pub const fn optional_switch(key: &'static str, otherwise: &'static str) -> OptionalSwitch {
    OptionalSwitch { key, otherwise }
}

/// A text.
pub const fn text(key: &'static str, default: &'static str) -> Text {
    Text { key, default }
}

/// A list of texts, empty where it is absent.
pub const fn texts(key: &'static str) -> Texts {
    Texts { key }
}

/// A whole number within bounds.
pub const fn number(key: &'static str, min: u32, max: u32, default: u32) -> Number {
    Number { key, min, max, default, zero: Zero::Counts }
}

/// A whole number, of which `0` is read as the default, as in better-auth.
pub const fn count(key: &'static str, default: u32) -> Number {
    Number { key, min: 0, max: u32::MAX, default, zero: Zero::Default }
}

/// A duration in whole seconds.
pub const fn seconds(key: &'static str, default: u32) -> Seconds {
    Seconds { key, default, zero: Zero::Counts }
}

/// A duration in whole seconds, of which `0` is read as the default, as in better-auth.
pub const fn positive_seconds(key: &'static str, default: u32) -> Seconds {
    Seconds { key, default, zero: Zero::Default }
}

/// One of a few texts, each with what it means. The default is given with its meaning too.
pub const fn choice<T: Copy>(
    key: &'static str,
    default: (&'static str, T),
    choices: &'static [(&'static str, T)],
) -> Choice<T> {
    Choice { key, default, choices }
}

/// One of a few texts; where the key is absent, what the circumstances decide, which `told` says.
pub const fn choice_by<T: Copy>(
    key: &'static str,
    default: fn(Circumstances) -> T,
    told: &'static str,
    choices: &'static [(&'static str, T)],
) -> ChoiceBy<T> {
    ChoiceBy { key, default, told, choices }
}

/// A section with options of its own.
pub const fn section<T: Options>(key: &'static str) -> Nested<T> {
    Nested { key, options: PhantomData }
}

/// See [`switch`].
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    key: &'static str,
    default: bool,
}

/// See [`switch_by`].
#[derive(Debug, Clone, Copy)]
pub struct SwitchBy {
    key: &'static str,
    default: fn(Circumstances) -> bool,
    told: &'static str,
}

/// See [`optional_switch`].
#[derive(Debug, Clone, Copy)]
pub struct OptionalSwitch {
    key: &'static str,
    otherwise: &'static str,
}

/// See [`text`].
#[derive(Debug, Clone, Copy)]
pub struct Text {
    key: &'static str,
    default: &'static str,
}

/// See [`texts`].
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    key: &'static str,
}

/// See [`number`] and [`count`].
#[derive(Debug, Clone, Copy)]
pub struct Number {
    key: &'static str,
    min: u32,
    max: u32,
    default: u32,
    zero: Zero,
}

/// See [`seconds`] and [`positive_seconds`].
#[derive(Debug, Clone, Copy)]
pub struct Seconds {
    key: &'static str,
    default: u32,
    zero: Zero,
}

/// See [`choice`].
#[derive(Debug, Clone, Copy)]
pub struct Choice<T: 'static> {
    key: &'static str,
    default: (&'static str, T),
    choices: &'static [(&'static str, T)],
}

/// See [`choice_by`].
#[derive(Debug, Clone, Copy)]
pub struct ChoiceBy<T: 'static> {
    key: &'static str,
    default: fn(Circumstances) -> T,
    told: &'static str,
    choices: &'static [(&'static str, T)],
}

/// See [`section`].
#[derive(Debug, Clone, Copy)]
pub struct Nested<T> {
    key: &'static str,
    options: PhantomData<T>,
}

/// What a zero means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zero {
    /// Nothing else than what it says.
    Counts,
    /// The default.
    Default,
}

impl Zero {
    fn or(self, read: Option<u32>, default: u32) -> u32 {
        read.filter(|read| *read > 0 || self == Self::Counts).unwrap_or(default)
    }
}

impl Switch {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Boolean(self.default), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> bool {
        section.boolean(self.key, problems).unwrap_or(self.default)
    }

    pub fn switched_on(self, value: &bool, on: &mut Vec<String>) {
        on.extend(value.then(|| self.key.to_owned()));
    }
}

impl SwitchBy {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Told(self.told), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> bool {
        section.boolean(self.key, problems).unwrap_or_else(|| (self.default)(section.circumstances()))
    }

    pub fn switched_on(self, value: &bool, on: &mut Vec<String>) {
        on.extend(value.then(|| self.key.to_owned()));
    }
}

impl OptionalSwitch {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Told(self.otherwise), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> Option<bool> {
        section.boolean(self.key, problems)
    }

    pub fn switched_on(self, value: &Option<bool>, on: &mut Vec<String>) {
        on.extend((*value == Some(true)).then(|| self.key.to_owned()));
    }
}

impl Text {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Text(self.default), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> String {
        section.text(self.key, problems).unwrap_or_else(|| self.default.to_owned())
    }

    pub fn switched_on(self, _: &str, _: &mut Vec<String>) {}
}

impl Texts {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::EmptyList, about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> Vec<String> {
        section.texts(self.key, problems).unwrap_or_default()
    }

    pub fn switched_on(self, _: &[String], _: &mut Vec<String>) {}
}

impl Number {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Number(self.default), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> u32 {
        self.zero.or(section.number(self.key, problems, self.min..=self.max), self.default)
    }

    pub fn switched_on(self, _: &u32, _: &mut Vec<String>) {}
}

impl Seconds {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Seconds(self.default), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> u32 {
        self.zero.or(section.seconds(self.key, problems), self.default)
    }

    pub fn switched_on(self, _: &u32, _: &mut Vec<String>) {}
}

impl<T: Copy> Choice<T> {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Text(self.default.0), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> T {
        section.choice(self.key, problems, self.choices).unwrap_or(self.default.1)
    }

    pub fn switched_on(self, _: &T, _: &mut Vec<String>) {}
}

impl<T: Copy> ChoiceBy<T> {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Told(self.told), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> T {
        let read = section.choice(self.key, problems, self.choices);
        read.unwrap_or_else(|| (self.default)(section.circumstances()))
    }

    pub fn switched_on(self, _: &T, _: &mut Vec<String>) {}
}

impl<T: Options> Nested<T> {
    pub const fn row(self, about: &'static str) -> Row {
        Row { key: self.key, default: Default::Section(T::TABLE.rows), about }
    }

    pub fn read(self, section: &mut Section<'_>, problems: &mut Problems) -> T {
        T::read(section.section(self.key, problems), problems)
    }

    pub fn switched_on(self, value: &T, on: &mut Vec<String>) {
        on.extend(value.switched_on().into_iter().map(|key| format!("{}.{key}", self.key)));
    }
}
