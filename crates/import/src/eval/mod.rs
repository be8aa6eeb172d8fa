//! Finds what expressions are worth without running anything: constants, spreads, conditions, functions of the project, imports
//! of its files, and variables of the environment. What the text does not decide stays open, and says so.

mod builtin;
mod call;
mod member;
mod names;
mod operators;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    path::Path,
    rc::Rc,
};

use crate::{
    files::Files,
    resolve::{Resolver, Target},
    scope::Scope,
    syntax::{Export, Expr, Item, Key, Kind, Member, SourceSpan},
    value::{Closure, Entry, External, Object, Property, Value, ValueKind},
};

/// How many expressions are looked at.
const MOST_STEPS: usize = 400_000;
/// How deep expressions and calls are followed.
const DEEPEST: usize = 160;
/// How many members or items an object or a list may have.
const MOST_MEMBERS: usize = 5_000;

/// Reads a project.
pub struct Reader {
    /// Its files.
    pub files: Files,
    resolver: Resolver,
    scopes: RefCell<BTreeMap<usize, Rc<Scope>>>,
    active: RefCell<BTreeSet<(usize, String)>>,
    steps: Cell<usize>,
    depth: Cell<usize>,
    /// Members of objects that could not be followed and are taken for variables of the environment, with the place of each.
    assumed: RefCell<BTreeMap<String, SourceSpan>>,
    /// Files that could not be parsed while an import was followed, by name, with line and reason.
    broken: RefCell<BTreeSet<String>>,
    /// The members of enumerations that a generator writes, by the enumeration's name.
    enumerations: BTreeMap<String, Vec<String>>,
}

impl Reader {
    /// Reads the project with these files and these generated enumerations.
    pub fn new(files: Files, enumerations: BTreeMap<String, Vec<String>>) -> Self {
        let resolver = Resolver::new(&files);
        Self {
            files,
            resolver,
            scopes: RefCell::default(),
            active: RefCell::default(),
            steps: Cell::new(0),
            depth: Cell::new(0),
            assumed: RefCell::default(),
            broken: RefCell::default(),
            enumerations,
        }
    }

    /// Whether a file imports one of these files, by way of others or not.
    pub fn leads_to(&self, from: &Path, wanted: &[usize]) -> bool {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(path) = next.pop() {
            let Some(number) = self.files.open(&path).filter(|number| seen.insert(*number)) else { continue };
            if wanted.contains(&number) {
                return true;
            }
            let Some(file) = self.files.get(number) else { continue };
            let Ok(module) = &file.module else { continue };
            let of_exports = module.exports.iter().filter_map(|(_, export)| match export {
                Export::From(import) => Some(&import.from),
                Export::Local(_) | Export::Value(_) => None,
            });
            let names = module.imports.iter().map(|(_, import)| &import.from).chain(of_exports).chain(&module.stars);
            next.extend(names.filter_map(|name| match self.resolver.resolve(&self.files, &file.path, name) {
                Target::File(path) => Some(path),
                Target::Package | Target::Missing => None,
            }));
        }
        false
    }

    /// The members that were taken for variables of the environment.
    pub fn assumed(&self) -> Vec<(String, SourceSpan)> {
        self.assumed.borrow().iter().map(|(name, at)| (name.clone(), *at)).collect()
    }

    /// Files that could not be parsed, each with its line and the reason.
    pub fn broken(&self) -> Vec<String> {
        self.broken.borrow().iter().cloned().collect()
    }

    /// Whether more was followed than the bounds allow.
    fn is_exhausted(&self) -> bool {
        self.steps.get() > MOST_STEPS
    }

    /// Returns the value of an expression.
    pub fn value(&self, expr: &Rc<Expr>, scope: &Rc<Scope>) -> Value {
        self.steps.set(self.steps.get() + 1);
        if self.is_exhausted() {
            return Value::unknown(expr.at, "the project is too large to be followed here");
        }
        if self.depth.get() > DEEPEST {
            return Value::unknown(expr.at, "it is nested too deeply to be followed");
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.of(expr, scope);
        self.depth.set(self.depth.get() - 1);
        value
    }

    fn of(&self, expr: &Rc<Expr>, scope: &Rc<Scope>) -> Value {
        let at = expr.at;
        match &expr.kind {
            Kind::Null => ValueKind::Null.at(at),
            Kind::Boolean(value) => ValueKind::Boolean(*value).at(at),
            Kind::Number(number) => ValueKind::Number(*number).at(at),
            Kind::Text(text) => ValueKind::Text(text.clone()).at(at),
            Kind::Regex(text) => ValueKind::Regex(text.clone()).at(at),
            Kind::Template(texts, parts) => self.template(texts, parts, at, scope),
            Kind::Name(name) => self.named(name, at, scope),
            Kind::Array(items) => ValueKind::List(Rc::new(self.entries(items, scope))).at(at),
            Kind::Object(members) => ValueKind::Object(Rc::new(self.object(members, scope))).at(at),
            Kind::Function(function) => {
                ValueKind::Closure(Rc::new(Closure { function: function.clone(), scope: scope.clone() })).at(at)
            }
            Kind::Call(callee, items, is_new) => self.call(callee, items, *is_new, at, scope),
            Kind::Member(object, key) => {
                let object = self.value(object, scope);
                match key {
                    Key::Name(name) => self.member(&object, name, at),
                    Key::Computed(key) => {
                        let key = self.value(key, scope);
                        match (&key.what, key.text()) {
                            (_, Some(name)) => self.member(&object, name, at),
                            (ValueKind::Number(number), _) => self.member(&object, &number.to_string(), at),
                            _ => Value::unknown(at, "the key is not a constant"),
                        }
                    }
                }
            }
            Kind::Logical(operator, left, right) => self.logical(operator, left, right, at, scope),
            Kind::Binary(operator, left, right) => {
                operators::binary(operator, &self.value(left, scope), &self.value(right, scope), at)
            }
            Kind::Unary(operator, value) => operators::unary(operator, &self.value(value, scope), at),
            Kind::Conditional(test, yes, no) => {
                let test = self.value(test, scope);
                match test.truth() {
                    Some(true) => self.value(yes, scope),
                    Some(false) => self.value(no, scope),
                    None => operators::choice(test, self.value(yes, scope), self.value(no, scope), at),
                }
            }
            Kind::Await(value) => self.value(value, scope),
            Kind::Assign(_, value) => self.value(value, scope),
            Kind::Other(_) => Value::unknown(at, "this is code that is not followed"),
        }
    }

    fn template(&self, texts: &[String], parts: &[Rc<Expr>], at: SourceSpan, scope: &Rc<Scope>) -> Value {
        let mut joined = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            joined.push(ValueKind::Text(text.clone()).at(at));
            joined.extend(parts.get(number).map(|part| self.value(part, scope)));
        }
        operators::joined(joined, at)
    }

    fn entries(&self, items: &[Item], scope: &Rc<Scope>) -> Vec<Entry> {
        let mut entries = Vec::new();
        for item in items {
            match item {
                Item::Value(expr) => entries.push(Entry::One(self.value(expr, scope))),
                Item::Spread(expr) => self.spread_items(self.value(expr, scope), &mut entries),
            }
            if entries.len() > MOST_MEMBERS {
                entries.push(Entry::Spread(Value::unknown(item.expr().at, "the list is too long to be followed")));
                break;
            }
        }
        entries
    }

    pub(super) fn spread_items(&self, value: Value, entries: &mut Vec<Entry>) {
        match &value.what {
            ValueKind::List(inner) => entries.extend(inner.iter().take(MOST_MEMBERS).cloned()),
            ValueKind::Undefined | ValueKind::Null | ValueKind::Boolean(false) => {}
            _ => entries.push(Entry::Spread(value)),
        }
    }

    fn object(&self, members: &[Member], scope: &Rc<Scope>) -> Object {
        let mut object = Object::default();
        for member in members {
            match member {
                Member::Pair(key, expr, at) => {
                    let key = match key {
                        Key::Name(name) => Some(name.clone()),
                        Key::Computed(key) => key_text(&self.value(key, scope)),
                    };
                    let value = self.value(expr, scope);
                    match key {
                        Some(key) => object.members.push(Property { key, value, condition: None, at: *at }),
                        None => object.unknown.push(Value::unknown(*at, "the key is not a constant")),
                    }
                }
                Member::Spread(expr) => spread(&mut object, self.value(expr, scope), None),
            }
            if object.members.len() > MOST_MEMBERS {
                object.unknown.push(Value::unknown(SourceSpan::default(), "the object is too large to be followed"));
                break;
            }
        }
        object
    }

    /// Returns the value of an external name that is imported from a module.
    fn external(&self, module: &str, name: &str, missing: bool, at: SourceSpan) -> Value {
        let path = match name {
            "*" => Vec::new(),
            name => vec![name.to_owned()],
        };
        match (module, name) {
            (module, name) if module.starts_with("$env/static/") => ValueKind::Variable(name.to_owned(), None).at(at),
            (module, "env") if module.starts_with("$env/dynamic/") => ValueKind::Environment(Rc::default()).at(at),
            ("process" | "node:process", "env") | ("cloudflare:workers", "env") => {
                ValueKind::Environment(Rc::default()).at(at)
            }
            _ => ValueKind::External(Rc::new(External { module: module.to_owned(), path, missing })).at(at),
        }
    }
}

/// The key that a value stands for.
fn key_text(key: &Value) -> Option<String> {
    match &key.what {
        ValueKind::Text(text) => Some(text.clone()),
        ValueKind::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Adds the members of a value to an object; with `condition`, they are there only then.
pub(super) fn spread(object: &mut Object, value: Value, condition: Option<&Value>) {
    let both = |own: &Option<Value>| match (own, condition) {
        (Some(own), Some(outer)) => {
            Some(operators::choice(own.clone(), outer.clone(), ValueKind::Boolean(false).at(own.at), own.at))
        }
        (own, outer) => own.clone().or_else(|| outer.cloned()),
    };
    match &value.what {
        ValueKind::Object(inner) => {
            for member in inner.members.iter().take(MOST_MEMBERS) {
                object.members.push(Property { condition: both(&member.condition), ..member.clone() });
            }
            object.unknown.extend(inner.unknown.iter().cloned());
        }
        ValueKind::Choice(choice) => {
            let parts = [(&choice.yes, false), (&choice.no, true)];
            if !parts.iter().all(|(part, _)| part.object().is_some() || part.truth() == Some(false)) {
                return object.unknown.push(value);
            }
            for (part, is_opposite) in parts.into_iter().filter(|(part, _)| part.object().is_some()) {
                let test = match is_opposite {
                    true => operators::not(&choice.test, choice.test.at),
                    false => choice.test.clone(),
                };
                let test = both(&Some(test));
                spread(object, part.clone(), test.as_ref());
            }
        }
        // A condition that holds has no members of its own.
        _ if value.truth() == Some(false) || matches!(value.what, ValueKind::Boolean(_)) => {}
        _ => object.unknown.push(value),
    }
}
