//! Reads `gatepost.toml` section by section. A reader asks for each key by name, with the type it must have; a key that no reader
//! asks for is unknown. Reading does not stop at the first mistake; every problem is kept, with its line.

use std::collections::BTreeSet;

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde_json::Value;
use toml::{Spanned, de::DeTable, de::DeValue};

use super::{
    alike::alike,
    circumstances::Circumstances,
    values::{LIST, integer, json, seconds, texts},
};
use crate::problem::{Problems, Source};

/// One table of the file, its path, and the keys that were asked for.
pub struct Section<'a> {
    source: Source<'a>,
    table: Option<&'a DeTable<'a>>,
    path: String,
    /// The offset of the section in the file, if the section is there. The root has none.
    begins: Option<usize>,
    asked: BTreeSet<&'static str>,
    told: AbsentOptionHelp,
    here: Circumstances,
}

/// The answer to an option of better-auth that has no key, by its path in the file.
pub type AbsentOptionHelp = fn(&str) -> Option<String>;

/// Parses the file; a syntax error is a problem with a line, and the table is then empty.
pub fn parse<'a>(source: Source<'a>, problems: &mut Problems) -> Option<Spanned<DeTable<'a>>> {
    match DeTable::parse(source.text) {
        Ok(table) => Some(table),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            problems.add(source.place(at), format!("this is not TOML ({}); correct the line", error.message()));
            None
        }
    }
}

// Nothing here is inlined: it runs once in an instance, from a hundred places, and every function carries it.
impl<'a> Section<'a> {
    /// The whole file as a section without a name.
    pub fn root(source: Source<'a>, table: Option<&'a DeTable<'a>>, told: AbsentOptionHelp) -> Self {
        let (path, here) = (String::new(), Circumstances::default());
        Self { source, table, path, begins: None, asked: BTreeSet::new(), told, here }
    }

    /// A section of nothing: every option has its default.
    pub fn empty() -> Self {
        Self::root(Source { name: "gatepost.toml", text: "" }, None, |_| None)
    }

    /// Says what the defaults of this section and of those below it depend on.
    pub fn set_circumstances(&mut self, here: Circumstances) {
        self.here = here;
    }

    /// The facts on which defaults depend.
    pub fn circumstances(&self) -> Circumstances {
        self.here
    }

    fn of(&self, table: Option<&'a DeTable<'a>>, path: String, begins: Option<usize>) -> Self {
        Self { source: self.source, table, path, begins, asked: BTreeSet::new(), told: self.told, here: self.here }
    }

    /// Returns this section as if no key had been asked for.
    pub fn again(&self) -> Self {
        self.of(self.table, self.path.clone(), self.begins)
    }

    fn value(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.insert(key);
        self.entry(key).map(|(_, value)| value)
    }

    /// The offset of a key in the file, and its value, if the key is there.
    fn entry(&self, key: &str) -> Option<(usize, &'a Spanned<DeValue<'a>>)> {
        let found = self.table?.iter().find(|(name, _)| name.get_ref() == key);
        found.map(|(name, value)| (name.span().start, value))
    }

    fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The key at which the section stands in the one above it.
    pub fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// The offset of a key in the file, if the key is there.
    fn begin(&self, key: &str) -> Option<usize> {
        self.entry(key).map(|(at, _)| at)
    }

    /// The place of a key, for a problem that is found later. An absent key has no line of its own: the place then names the key,
    /// and has the line of its section if that is there.
    #[inline(never)]
    pub fn place(&self, key: &str) -> String {
        if let Some(at) = self.begin(key) {
            return self.source.place(at);
        }
        let file = self.begins.map_or_else(|| self.source.name.to_owned(), |at| self.source.place(at));
        let section = if self.path.is_empty() { String::new() } else { format!(" in [{}]", self.path) };
        format!("{file}: `{key}` is not set{section}")
    }

    /// The place of the first of two keys, or of the other one if only that is there: for two values that contradict each other.
    pub fn place_of_either(&self, key: &str, other: &str) -> String {
        self.place(if self.has(key) || !self.has(other) { key } else { other })
    }

    /// The table below `key`; absent ones read as empty.
    #[inline(never)]
    pub fn section(&mut self, key: &'static str, problems: &mut Problems) -> Section<'a> {
        let table = match self.value(key).map(|value| (value.span(), value.get_ref())) {
            None => None,
            Some((_, DeValue::Table(table))) => Some(table),
            Some((span, _)) => {
                let text =
                    format!("`{}` is a section: write `[{}]` on a line of its own", self.below(key), self.below(key));
                problems.add(self.source.place(span.start), text);
                None
            }
        };
        self.of(table, self.below(key), self.begin(key))
    }

    /// The table below `key`, or one of a few texts in its place.
    pub fn section_or<T: Copy>(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
        choices: &[(&str, T)],
    ) -> (Section<'a>, Option<T>) {
        if self.value(key).is_none_or(|value| matches!(value.get_ref(), DeValue::Table(_))) {
            return (self.section(key, problems), None);
        }
        let none = self.of(None, self.below(key), self.begin(key));
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let wanted = format!("one of {}, or a table, like {{ … }}", names.join(", "));
        (none, self.one_of(key, problems, &wanted, choices))
    }

    /// The tables of this section, in the order of the file, each with its name and place, but for keys that were asked for.
    /// Anything else in it is a problem.
    pub fn tables(self, problems: &mut Problems) -> Vec<(String, String, Section<'a>)> {
        self.entries(problems, false).filter_map(|(name, place, table)| Some((name, place, table?))).collect()
    }

    /// Reads tables by name; each may be `false` instead.
    pub fn tables_or_false(self, problems: &mut Problems) -> Vec<(String, String, Option<Section<'a>>)> {
        self.entries(problems, true).collect()
    }

    fn entries(
        self,
        problems: &mut Problems,
        or_false: bool,
    ) -> impl Iterator<Item = (String, String, Option<Section<'a>>)> {
        let entries = self.table.into_iter().flat_map(|table| table.iter());
        let mut found: Vec<_> = entries.filter(|(name, _)| !self.asked.contains(name.get_ref().as_ref())).collect();
        found.sort_unstable_by_key(|(name, _)| name.span().start);
        found.into_iter().filter_map(move |(name, value)| {
            let (begins, path) = (name.span().start, self.below(name.get_ref()));
            let place = self.source.place(begins);
            let name = name.get_ref().to_string();
            match value.get_ref() {
                DeValue::Table(table) => Some((name, place, Some(self.of(Some(table), path, Some(begins))))),
                DeValue::Boolean(false) if or_false => Some((name, place, None)),
                _ => {
                    let or = if or_false { ", or false" } else { "" };
                    problems.add(place, format!("`{path}` must be a table, like {{ … }}{or}"));
                    None
                }
            }
        })
    }

    /// The lists of texts of this section, in the order of the file, each with its name and place, except keys that were read.
    /// Any other value is a problem.
    pub fn lists(self, problems: &mut Problems) -> Vec<(String, String, Vec<String>)> {
        let entries = self.table.into_iter().flat_map(|table| table.iter());
        let mut found: Vec<_> = entries.filter(|(name, _)| !self.asked.contains(name.get_ref().as_ref())).collect();
        found.sort_unstable_by_key(|(name, _)| name.span().start);
        let list = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let (name, place): (&std::borrow::Cow<'_, str>, _) = (name.get_ref(), self.source.place(name.span().start));
            let texts = texts(value.get_ref());
            if texts.is_none() {
                problems.add(place.clone(), format!("`{}` must be {LIST}", self.below(name)));
            }
            Some((name.to_string(), place, texts?))
        };
        found.into_iter().filter_map(list).collect()
    }

    /// The texts of this section, in the order of the file, each with its name and place. Any other value is a problem.
    #[inline(never)]
    pub fn all_texts(self, problems: &mut Problems) -> Vec<(String, String, String)> {
        let mut found: Vec<_> = self.table.into_iter().flat_map(|table| table.iter()).collect();
        found.sort_unstable_by_key(|(name, _)| name.span().start);
        let text = |(name, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let (name, place): (&std::borrow::Cow<'_, str>, _) = (name.get_ref(), self.source.place(name.span().start));
            let text = value.get_ref().as_str();
            if text.is_none() {
                problems.add(place.clone(), format!("`{}` must be a text between quotes", self.below(name)));
            }
            Some((name.to_string(), place, text?.to_owned()))
        };
        found.into_iter().filter_map(text).collect()
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// Whether a key holds a list.
    pub fn is_list(&self, key: &str) -> bool {
        self.entry(key).is_some_and(|(_, value)| value.get_ref().as_array().is_some())
    }

    /// Any value, as JSON has it.
    #[inline(never)]
    pub fn json(&mut self, key: &'static str) -> Option<Value> {
        self.value(key).map(|value| json(value.get_ref()))
    }

    /// A value that `read` understands; otherwise a problem that says what to write.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
        wanted: &str,
        read: impl Fn(&DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let found = read(value.get_ref());
        if found.is_none() {
            let name = self.below(key);
            let told = (self.told)(&name).map(|told| format!("; {told}")).unwrap_or_default();
            problems.add(self.source.place(value.span().start), format!("`{name}` must be {wanted}{told}"));
        }
        found
    }

    /// `true` or `false`.
    #[inline(never)]
    pub fn boolean(&mut self, key: &'static str, problems: &mut Problems) -> Option<bool> {
        self.read(key, problems, "true or false", |value| value.as_bool())
    }

    /// A text between quotes.
    #[inline(never)]
    pub fn text(&mut self, key: &'static str, problems: &mut Problems) -> Option<String> {
        self.read(key, problems, "a text between quotes", |value| value.as_str().map(str::to_owned))
    }

    /// Certificates of authorities, as PEM (RFC 7468).
    pub fn certificates(&mut self, key: &'static str, problems: &mut Problems) -> Option<String> {
        let form =
            "certificates between three quotes, from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`";
        self.read(key, problems, form, |value| {
            let text = value.as_str()?;
            CertificateDer::pem_slice_iter(text.as_bytes()).next()?.ok()?;
            Some(text.to_owned())
        })
    }

    /// One of a few texts.
    pub fn choice<T: Copy>(&mut self, key: &'static str, problems: &mut Problems, choices: &[(&str, T)]) -> Option<T> {
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        self.one_of(key, problems, &format!("one of {}", names.join(", ")), choices)
    }

    /// One of some texts, which a message calls `wanted`.
    pub fn one_of<T: Copy>(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
        wanted: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        self.read(key, problems, wanted, |value| {
            let text = value.as_str()?;
            choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice)
        })
    }

    /// A list of texts.
    #[inline(never)]
    pub fn texts(&mut self, key: &'static str, problems: &mut Problems) -> Option<Vec<String>> {
        self.read(key, problems, LIST, texts)
    }

    /// A table of texts, in the order of the file.
    #[inline(never)]
    pub fn pairs(&mut self, key: &'static str, problems: &mut Problems) -> Vec<(String, String)> {
        let read = self.read(key, problems, "a table of texts, like { name = \"value\" }", |value| {
            let mut pairs: Vec<_> = value.as_table()?.iter().collect();
            pairs.sort_unstable_by_key(|(name, _)| name.span().start);
            let text = |value: &DeValue<'_>| value.as_str().map(str::to_owned);
            pairs.into_iter().map(|(name, value)| Some((name.get_ref().to_string(), text(value.get_ref())?))).collect()
        });
        read.unwrap_or_default()
    }

    /// A whole number within bounds.
    #[inline(never)]
    pub fn number(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
        bounds: std::ops::RangeInclusive<u32>,
    ) -> Option<u32> {
        let wanted = format!("a whole number from {} to {}", bounds.start(), bounds.end());
        self.read(key, problems, &wanted, |value| {
            let number = integer(value)?;
            u32::try_from(number).ok().filter(|number| bounds.contains(number))
        })
    }

    /// A duration in whole seconds: a number of seconds, or a text like "7d", "12h", "30m", "45s".
    #[inline(never)]
    pub fn seconds(&mut self, key: &'static str, problems: &mut Problems) -> Option<u32> {
        let wanted = "a duration: seconds, or a text like \"7d\", \"12h\", \"30m\", \"45s\"";
        self.read(key, problems, wanted, seconds)
    }

    /// How long something may take, in whole seconds: with no time at all nothing would succeed.
    #[inline(never)]
    pub fn limit(&mut self, key: &'static str, problems: &mut Problems) -> Option<u32> {
        let wanted = "a second or more: seconds, or a text like \"30s\", \"2m\"";
        self.read(key, problems, wanted, |value| seconds(value).filter(|seconds| *seconds > 0))
    }

    /// Reports every key that no reader asked for.
    #[inline(never)]
    pub fn finish(self, problems: &mut Problems) {
        for (name, _) in self.table.into_iter().flat_map(|table| table.iter()) {
            if !self.asked.contains(name.get_ref().as_ref()) {
                let known: Vec<_> = self.asked.iter().map(|key| format!("`{key}`")).collect();
                let near = self.asked.iter().find(|key| alike(key, name.get_ref()));
                let path = self.below(name.get_ref());
                let text = match ((self.told)(&path), near) {
                    (Some(told), _) => {
                        format!("`{path}` is an option of better-auth that gatepost does not have; remove it: {told}")
                    }
                    (None, Some(near)) => format!("`{path}` is not a known key; write `{}`", self.below(near)),
                    (None, None) => format!("`{path}` is not a known key; known here: {}", known.join(", ")),
                };
                problems.add(self.source.place(name.span().start), text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_key_has_the_line_of_its_section_and_without_a_section_none() {
        let source = Source { name: "gatepost.toml", text: "\nbase_path = \"/\"\n\n[passkey]\nenabled = true\n" };
        let mut problems = Problems::default();
        let table = parse(source, &mut problems).unwrap();
        let mut root = Section::root(source, Some(table.get_ref()), |_| None);
        let (there, absent) = (root.section("passkey", &mut problems), root.section("jwt", &mut problems));
        for (section, key, place) in [
            (&there, "enabled", "gatepost.toml:5"),
            (&there, "rp_id", "gatepost.toml:4: `rp_id` is not set in [passkey]"),
            (&absent, "subject", "gatepost.toml: `subject` is not set in [jwt]"),
            (&root, "base_path", "gatepost.toml:2"),
            (&root, "base_url", "gatepost.toml: `base_url` is not set"),
        ] {
            assert_eq!(section.place(key), place);
        }
        let mut problems = Problems::default();
        for place in [absent.place("subject"), there.place("enabled"), there.place("rp_id")] {
            problems.add(place, "x");
        }
        problems.sort("gatepost.toml");
        let places: Vec<_> = problems.0.iter().map(|problem| problem.place.as_str()).collect();
        assert_eq!(places, [there.place("rp_id"), there.place("enabled"), absent.place("subject")]);
    }
}
