//! Options of `gatepost.toml`, each declared once: [`options!`] takes a struct whose fields say by which key they are read, as
//! what, and what holds where the key is absent, and makes the struct, the function that reads it with all its problems, and the
//! rows of docs/CONFIGURATION.md, whose texts are the fields' doc comments.

mod kinds;
mod optional;
mod section;

use crate::problem::Problems;

pub use self::kinds::{
    choice, choice_by, count, number, optional_switch, positive_seconds, seconds, section, switch, switch_by, text,
    texts,
};
pub use self::optional::{fraction, optional_choice, optional_texts, optional_url};
pub use self::section::{Circumstances, Section, Told, duration, parse, plain};

/// A struct of options, as [`options!`] makes it.
pub trait Options: Sized {
    /// The options as docs/CONFIGURATION.md has them.
    const TABLE: Table;

    /// Reads the section. What is wrong is added to the problems, and reads as if it were absent.
    fn read(section: Section<'_>, problems: &mut Problems) -> Self;

    /// The keys below the section, with dots between them, of the switches that are on.
    fn switched_on(&self) -> Vec<String>;
}

/// The options of a struct, for the documentation.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// What the section is about, from the struct's doc comment.
    pub about: &'static str,
    /// Its options in order.
    pub rows: &'static [Row],
}

/// An option, for the documentation.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The key below its section.
    pub key: &'static str,
    /// What holds where the key is absent.
    pub default: Default,
    /// What it decides, from the field's doc comment.
    pub about: &'static str,
}

/// What holds where a key is absent, for the documentation.
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
    /// What these words say.
    Told(&'static str),
    /// The key has options of its own below it.
    Section(&'static [Row]),
}

/// Declares a struct of options.
///
/// ```text
/// options! {
///     /// What the section is about.
///     pub struct Bearer {
///         /// What the option decides.
///         enabled: bool = switch("enabled", true),
///     }
///     check: contradictions     // optional: fn(&Bearer, &Section<'_>, &mut Problems)
/// }
/// ```
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

            fn read(
                mut section: $crate::options::Section<'_>,
                problems: &mut $crate::problem::Problems,
            ) -> Self {
                let read = Self { $($field: $option.read(&mut section, problems),)* };
                $($check(&read, &section, problems);)?
                section.finish(problems);
                read
            }

            fn switched_on(&self) -> Vec<String> {
                let mut on = Vec::new();
                $($option.switched_on(&self.$field, &mut on);)*
                on
            }
        }
    };
}
pub(crate) use options;
