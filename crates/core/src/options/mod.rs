//! Options of `gatepost.toml`, each declared once: [`options!`] takes a struct whose fields say by which key they are read, as
//! what, and what holds where the key is absent, and makes the struct, the function that reads it with all its problems, and the
//! rows of docs/CONFIGURATION.md, whose texts are the fields' doc comments.

mod alike;
mod circumstances;
mod kinds;
mod optional;
mod section;
mod values;

use crate::{declaration::Resource, problem::Problems};

pub use self::alike::{alike, plain};
pub use self::circumstances::Circumstances;
pub use self::kinds::{
    certificates, choice, choice_by, count, lifetime, number, optional_seconds, optional_switch, optional_text, part,
    positive_seconds, read_by, seconds, section, switch, switch_by, text, texts, timeout, wait,
};
pub use self::optional::{fraction, optional_choice, optional_table, optional_texts, optional_url};
pub use self::section::{AbsentOptionHelp, Section, parse};
pub use self::values::duration;

/// A struct of options, as [`options!`] makes it.
pub trait Options: Sized {
    /// The options as docs/CONFIGURATION.md has them.
    const TABLE: Table;

    /// Reads the options out of a section that may have other keys besides. What is wrong is added to the problems, and reads as
    /// if it were absent.
    fn read_part(section: &mut Section<'_>, problems: &mut Problems) -> Self;

    /// Reads a section that has no other keys.
    fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let read = Self::read_part(&mut section, problems);
        section.finish(problems);
        read
    }

    /// The switches that are on.
    fn switched_on(&self) -> Vec<EnabledSwitch>;
}

/// A switch that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnabledSwitch {
    /// Its key below the section, with dots between the parts.
    pub key: String,
    /// The resource without which it has no effect.
    pub needs: Option<Resource>,
}

impl EnabledSwitch {
    /// A switch that needs nothing.
    pub fn of(key: &str) -> Self {
        Self { key: key.to_owned(), needs: None }
    }

    /// Returns this switch with its path in the section that has it below `key`.
    #[must_use]
    pub fn below(self, key: &str) -> Self {
        let parts: Vec<_> = [key, &self.key].into_iter().filter(|part| !part.is_empty()).collect();
        Self { key: parts.join("."), ..self }
    }
}

/// The options of a struct, for the documentation.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The subject of the section, from the struct's doc comment.
    pub about: &'static str,
    /// Its options in order.
    pub rows: &'static [Row],
}

/// An option, for the documentation.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The key below its section; empty for options that are read by a struct of their own.
    pub key: &'static str,
    /// The value of an absent key.
    pub default: Default,
    /// Its effect, from the field's doc comment.
    pub about: &'static str,
}

/// The value of an absent key, for the documentation.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// This truth value.
    Boolean(bool),
    /// This number.
    Number(u32),
    /// This duration in seconds.
    Seconds(u32),
    /// This text.
    Text(&'static str),
    /// An empty list.
    EmptyList,
    /// A default in words.
    Told(&'static str),
    /// The key has options of its own below it; without a key, they are in the section itself.
    Section(&'static [Row]),
}

/// Declares a struct of options.
///
/// ```text
/// options! {
///     /// The subject of the section.
///     pub struct Bearer {
///         /// The effect of the option.
///         enabled: bool = switch("enabled", true),
///     }
///     check: contradictions     // optional: fn(&Bearer, &Section<'_>, &mut Problems)
/// }
/// ```
///
/// The function that `check` names looks at several options together. It may take `&mut Bearer`, and set a default that depends on
/// another option.
///
/// It makes the struct and its implementation of [`Options`], and nothing else.
#[macro_export]
macro_rules! options {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident { $($(#[doc = $doc:literal])* $field:ident: $type:ty = $option:expr,)* }
        $(check: $check:path)?
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone)]
        pub struct $name { $($(#[doc = $doc])* pub $field: $type,)* }

        impl $crate::options::Options for $name {
            const TABLE: $crate::options::Table = $crate::options::Table {
                about: concat!($($about),*),
                rows: &[$($option.row(concat!($($doc),*))),*],
            };

            fn read_part(
                section: &mut $crate::options::Section<'_>,
                problems: &mut $crate::problem::Problems,
            ) -> Self {
                #[allow(unused_mut, reason = "only a check changes it")]
                let mut read = Self { $($field: $option.read(section, problems),)* };
                $($check(&mut read, section, problems);)?
                read
            }

            fn switched_on(&self) -> Vec<$crate::options::EnabledSwitch> {
                let mut on = Vec::new();
                $(on.extend($option.switched_on(&self.$field));)*
                on
            }
        }
    };
}
pub(crate) use options;
