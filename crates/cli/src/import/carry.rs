//! Goes through the options and finds the result for each. An option whose name is that of a key is carried by that alone; the
//! other files of this folder have the options that need more.

use gatepost_core::{config::what_becomes_of, options::Default};
use gatepost_import::{
    project::Project,
    syntax::SourceSpan,
    value::{Entry as Item, Object, Property, Value, ValueKind},
};

use super::{
    conditions,
    draft::{Draft, Line},
    keys::{Key, Keys},
    literal::{self, UnwritableValue},
    report::{Class, Entry, Variable, masked},
    special,
};

/// How deep options are followed.
const DEEPEST: usize = 12;

/// Collects the results while it goes through the options.
pub(super) struct Carrier<'a> {
    /// The project.
    pub(super) project: &'a Project,
    /// The keys of `gatepost.toml`.
    pub(super) keys: Keys,
    /// The result for each option.
    pub(super) entries: Vec<Entry>,
    /// The lines of `gatepost.toml`.
    pub(super) draft: Draft,
    /// The variables to set.
    pub(super) variables: Vec<Variable>,
    /// Lines about the tables of the project's schema.
    pub(super) tables: Vec<String>,
    /// Further remarks for the reader.
    pub(super) notes: Vec<String>,
    /// The services by which the project's functions send mails, each once.
    pub(super) mails: Vec<super::mails::Sender>,
}

impl<'a> Carrier<'a> {
    /// Of a project of which nothing is read yet.
    pub(super) fn new(project: &'a Project) -> Self {
        Self {
            project,
            keys: Keys::declared(),
            entries: Vec::new(),
            draft: Draft::default(),
            variables: Vec::new(),
            tables: Vec::new(),
            notes: Vec::new(),
            mails: Vec::new(),
        }
    }

    /// The option at the top.
    pub(super) fn option(&self, key: &str) -> Option<&'a Value> {
        self.project.found.options.get(key)
    }

    /// A value below the options, by its path.
    pub(super) fn at(&self, path: &str) -> Option<&'a Value> {
        path.split('.').try_fold(&self.project.found.options, |value, key| value.get(key))
    }

    /// Whether an option is `true`.
    pub(super) fn is_on(&self, path: &str) -> bool {
        self.at(path).is_some_and(|value| literal::in_production(value).truth() == Some(true))
    }

    /// Adds the result for an option.
    pub(super) fn add(&mut self, option: &str, at: SourceSpan, class: Class, says: impl Into<String>) -> &mut Entry {
        let entry = Entry {
            option: option.to_owned(),
            class,
            key: None,
            says: says.into(),
            place: self.project.reader.files.place(at),
            protection: false,
            blocks: false,
            decide: false,
        };
        self.entries.push_mut(entry)
    }

    /// Adds an option that cannot be understood, with its text.
    pub(super) fn not_understood(&mut self, option: &str, value: &Value) {
        let why = match &value.what {
            ValueKind::Unknown(why) => why.clone(),
            ValueKind::Parameter(name) => format!("the parameter `{name}` has no known value"),
            ValueKind::External(one) if one.missing => format!("`{}` is not there", one.module),
            _ => {
                let variables = value.variables();
                match variables.as_slice() {
                    [] => "it is decided when the code runs".to_owned(),
                    names => format!("it depends on {} when the code runs", names.join(", ")),
                }
            }
        };
        let says = format!("{why}: `{}`", self.project.reader.files.excerpt(value.at));
        self.add(option, value.at, Class::NotUnderstood, says);
    }

    /// Adds an option that a key carries, and the line.
    pub(super) fn carried(&mut self, option: &str, at: SourceSpan, key: &Key, value: &str, says: &str) {
        self.write(option, at, (&key.section, &key.name), value, says);
    }

    /// Adds an option that this line carries.
    pub(super) fn write(
        &mut self,
        option: &str,
        at: SourceSpan,
        (section, name): (&str, &str),
        value: &str,
        says: &str,
    ) {
        let path = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
        let entry = self.entries.len();
        self.add(option, at, Class::Carried, says).key = Some(format!("{path} = {}", masked(name, value)));
        self.line(section, name, value, Some(entry));
    }

    /// Adds a line.
    pub(super) fn line(&mut self, section: &str, name: &str, value: &str, entry: Option<usize>) {
        self.draft.add(Line {
            section: section.to_owned(),
            key: name.to_owned(),
            value: value.to_owned(),
            comment: None,
            entry,
            is_comment: false,
        });
    }

    /// Adds a line that is a comment until a person has decided.
    pub(super) fn proposed(&mut self, section: &str, name: &str, value: &str, comment: &str) {
        self.draft.add(Line {
            section: section.to_owned(),
            key: name.to_owned(),
            value: value.to_owned(),
            comment: Some(comment.to_owned()),
            entry: None,
            is_comment: true,
        });
    }

    /// Goes through all options.
    pub(super) fn options(&mut self) {
        let options = &self.project.found.options;
        match &options.what {
            ValueKind::Object(object) => self.members("", object, DEEPEST),
            ValueKind::Undefined => {}
            _ => {
                self.not_understood("the options", options);
                if let Some(last) = self.entries.last_mut() {
                    last.blocks = true;
                }
            }
        }
    }

    /// Goes through the members of an object.
    pub(super) fn members(&mut self, above: &str, object: &Object, left: usize) {
        for member in object.holding() {
            let path = if above.is_empty() { member.key.clone() } else { format!("{above}.{}", member.key) };
            if path == "socialProviders"
                && let Some(pushed) = conditions::pushed_down(member)
            {
                super::social::read(self, &pushed);
                continue;
            }
            if let Some(value) = self.decided(&path, member)
                && !special::read(self, &path, &value)
            {
                self.value(&path, &path, &value, left);
            }
        }
        for unknown in &object.unknown {
            let path = if above.is_empty() { "...".to_owned() } else { format!("{above}...") };
            self.not_understood(&path, unknown);
        }
    }

    /// The value of a member in production; `None` if it has none there.
    pub(super) fn decided(&mut self, path: &str, member: &Property) -> Option<Value> {
        let value = literal::in_production(&member.value);
        match member.condition.as_ref().map(|test| (literal::in_production(test), test)) {
            None => {}
            Some((test, _)) if test.truth() == Some(true) || matches!(test.what, ValueKind::InProduction(true)) => {}
            // `...(process.env.NAME ? { key: process.env.NAME } : {})`.
            Some((_, test)) if conditions::is_own(test, &value) => {}
            Some((test, _)) if test.truth() == Some(false) || matches!(test.what, ValueKind::InProduction(false)) => {
                self.add(path, member.at, Class::NotNeeded, "it is only there outside production");
                return None;
            }
            Some((_, test)) => {
                let says = match test.variables().as_slice() {
                    [] => "a condition decides when the code runs whether it is there".to_owned(),
                    names => format!("{} decides when the code runs whether it is there", names.join(", ")),
                };
                let excerpt = self.project.reader.files.excerpt(test.at);
                self.add(path, member.at, Class::NotUnderstood, format!("{says}: `{excerpt}`"));
                return None;
            }
        }
        // What is `undefined` is left out. An option stands where it is given, and not where its value is from.
        (!matches!(value.what, ValueKind::Undefined)).then_some(Value { at: member.at, ..value })
    }

    /// Handles an option by the keys that are declared. `shown` is its name in the report, `path` the key that it would be.
    pub(super) fn value(&mut self, shown: &str, path: &str, value: &Value, left: usize) {
        if let Some(key) = self.keys.find(path).cloned() {
            return self.leaf(shown, &key, value);
        }
        if self.keys.has_below(path) {
            return match &value.what {
                ValueKind::Object(object) if left > 0 => self.below(shown, path, object, left - 1),
                what if value.truth().is_none() || matches!(what, ValueKind::Closure(_)) => {
                    // Otherwise every option below it would be lost, also those that protect users.
                    self.not_understood(shown, value);
                    if let Some(entry) = self.entries.last_mut() {
                        entry.protection = true;
                    }
                }
                // A switch instead of a section: `deleteUser: true` is no option of better-auth.
                _ => self.without_key(shown, path, value),
            };
        }
        self.without_key(shown, path, value);
    }

    fn below(&mut self, shown: &str, path: &str, object: &Object, left: usize) {
        if shown == path {
            return self.members(path, object, left);
        }
        for member in object.holding() {
            let (shown, path) = (format!("{shown}.{}", member.key), format!("{path}.{}", member.key));
            if let Some(value) = self.decided(&shown, member) {
                self.value(&shown, &path, &value, left);
            }
        }
        for unknown in &object.unknown {
            self.not_understood(&format!("{shown}..."), unknown);
        }
    }

    /// Handles an option that is a key.
    pub(super) fn leaf(&mut self, shown: &str, key: &Key, value: &Value) {
        if let ValueKind::InProduction(is) = value.what {
            return self.by_place(shown, key, value, is);
        }
        let (value, was_function) = literal::constant_result(self.project, value);
        match literal::of(self.project, &value, &key.default) {
            Ok(read) => {
                let mut says = read.notes.join("; ");
                if was_function {
                    let told = "a function that returns a constant is that constant";
                    says = if says.is_empty() { told.to_owned() } else { format!("{told}; {says}") };
                }
                if literal::is_default(&key.default, &read.toml) && read.confirm.is_empty() {
                    let says = if says.is_empty() {
                        "the default, not written".to_owned()
                    } else {
                        format!("the default, not written; {says}")
                    };
                    self.add(shown, value.at, Class::Carried, says).key =
                        Some(format!("{} = {}", key.path(), read.toml));
                    return;
                }
                self.carried(shown, value.at, key, &read.toml, &says);
                if !read.confirm.is_empty()
                    && let Some(entry) = self.entries.last_mut()
                {
                    entry.decide = true;
                }
            }
            Err(UnwritableValue::Function) => {
                let path = key.path();
                if special::mail_function(self, shown, key, &value) {
                    return;
                }
                let says = absent(&path).unwrap_or_else(|| "a function cannot be configured".to_owned());
                self.code(shown, &value, says);
            }
            Err(UnwritableValue::Variables(names)) => {
                let names = names.join(", ");
                let says = format!("a fixed value stands in gatepost.toml; write what {names} has");
                self.add(shown, value.at, Class::Replaced, says).decide = true;
                if let Some(entry) = self.entries.last_mut() {
                    entry.key = Some(key.path());
                }
                self.proposed(&key.section, &key.name, "\"…\"", &format!("the value of {names}"));
            }
            Err(UnwritableValue::Unknown) => self.not_understood(shown, &value),
        }
    }

    /// A truth value that is the same as whether the service runs in production.
    fn by_place(&mut self, shown: &str, key: &Key, value: &Value, is: bool) {
        match &key.default {
            Default::Told(told) if is => {
                let says = format!("the default does the same: {}", told.replace('`', ""));
                self.add(shown, value.at, Class::Replaced, says);
            }
            Default::Boolean(default) if *default == is => {
                let says = "in production this is the default; in development it holds too";
                self.add(shown, value.at, Class::Replaced, says);
            }
            Default::Boolean(_) | Default::Told(_) if is => {
                self.carried(shown, value.at, key, "true", "true in production; here in development too");
            }
            _ => {
                let says = "left out: it is only there outside production, and a file does not tell these apart";
                self.add(shown, value.at, Class::Replaced, says);
            }
        }
    }

    /// Handles an option without a key.
    pub(super) fn without_key(&mut self, shown: &str, path: &str, value: &Value) {
        let told = absent(path);
        if special::is_not_needed(path) {
            let says = told.unwrap_or_default();
            self.add(shown, value.at, Class::NotNeeded, says);
        } else if let Some(told) = told {
            match value.what {
                ValueKind::Boolean(false) => {
                    self.add(shown, value.at, Class::NotNeeded, "it is off");
                }
                _ => self.code(shown, value, told),
            }
        } else {
            // A section that is on its own an option, and an object of options that are known.
            match &value.what {
                ValueKind::Object(object) if has_known(self, path, object) => {
                    for member in object.holding() {
                        let (shown, path) = (format!("{shown}.{}", member.key), format!("{path}.{}", member.key));
                        if let Some(value) = self.decided(&shown, member) {
                            self.value(&shown, &path, &value, 2);
                        }
                    }
                }
                _ => {
                    let says = "it is no option of better-auth 1.7.25, which ignores it; left out";
                    self.add(shown, value.at, Class::Ignored, says);
                }
            }
        }
    }

    /// Handles code, or another option that gatepost does not have.
    pub(super) fn code(&mut self, shown: &str, value: &Value, told: String) {
        match super::hooks::place(shown) {
            Some(place) => super::hooks::needed(self, shown, value, place),
            None => {
                self.add(shown, value.at, Class::NotPossible, told);
            }
        }
    }

    /// The items of a list with those that are spread into it and known in production.
    pub(super) fn items(value: &Value) -> Vec<Item> {
        let ValueKind::List(entries) = &value.what else { return vec![Item::One(value.clone())] };
        let mut items = Vec::new();
        for entry in entries.iter() {
            match entry {
                Item::One(value) => {
                    let value = literal::in_production(value);
                    if !value.is_nothing() && value.truth() != Some(false) {
                        items.push(Item::One(value));
                    }
                }
                Item::Spread(value) => match literal::in_production(value) {
                    value if matches!(value.what, ValueKind::List(_)) => items.extend(Self::items(&value)),
                    value if value.is_nothing() => {}
                    value => items.push(Item::Spread(value)),
                },
            }
        }
        items
    }
}

/// Says what replaces an option of better-auth that has no key, by its path.
pub(super) fn absent(path: &str) -> Option<String> {
    what_becomes_of(path).map(|says| says.replace(" (docs/switching.md)", ""))
}

/// Whether better-auth has an option below a path.
fn has_known(carrier: &Carrier<'_>, path: &str, object: &Object) -> bool {
    object.holding().iter().any(|member| {
        let below = format!("{path}.{}", member.key);
        carrier.keys.find(&below).is_some() || absent(&below).is_some() || super::hooks::place(&below).is_some()
    })
}
