//! The meaning of names: declarations of a module or function, imports, and names that JavaScript has itself.

use std::{path::Path, rc::Rc};

use crate::{
    resolve::Target,
    scope::{Binding, Change, Scope, Step, ValueChange},
    syntax::{Export, Import, SourceSpan},
    value::{Entry, External, Object, Property, Value, ValueKind},
};

use super::{Reader, operators};

/// How many modules may pass a name on.
const MOST_HOPS: usize = 30;

impl Reader {
    /// The names of a module of the project.
    pub fn scope(&self, file: usize) -> Option<Rc<Scope>> {
        if let Some(scope) = self.scopes.borrow().get(&file) {
            return Some(scope.clone());
        }
        let opened = self.files.get(file)?;
        let module = match &opened.module {
            Ok(module) => module,
            Err(wrong) => {
                self.broken.borrow_mut().insert(format!("{}:{}: {}", opened.name, wrong.line, wrong.what));
                return None;
            }
        };
        let scope = Rc::new(Scope::new(file, None, &module.imports, &module.body));
        self.scopes.borrow_mut().insert(file, scope.clone());
        Some(scope)
    }

    pub(super) fn named(&self, name: &str, at: SourceSpan, scope: &Rc<Scope>) -> Value {
        let Some((binding, scope)) = scope.find(name) else { return global(name, at) };
        match binding {
            Binding::Value(value) => value,
            Binding::Import(import) => {
                let value = self.imported(&import, scope.file, at);
                scope.set(name, Binding::Value(value.clone()));
                value
            }
            Binding::Expr(expr, steps) => {
                let key = (Rc::as_ptr(&scope) as usize, name.to_owned());
                if !self.active.borrow_mut().insert(key.clone()) {
                    return Value::unknown(at, format!("`{name}` depends on itself"));
                }
                let mut value = self.taken(&self.value(&expr, &scope), &steps, &scope, expr.at);
                for change in scope.changes(name) {
                    value = self.changed(value, change, &scope);
                }
                self.active.borrow_mut().remove(&key);
                scope.set(name, Binding::Value(value.clone()));
                value
            }
        }
    }

    /// The part of a value that a pattern binds.
    pub(super) fn taken(&self, value: &Value, steps: &[Step], scope: &Rc<Scope>, at: SourceSpan) -> Value {
        let mut value = value.clone();
        for step in steps {
            value = self.member(&value, &step.key, at);
            if let Some(default) = &step.default {
                value = match &value.what {
                    ValueKind::Undefined => self.value(default, scope),
                    ValueKind::Variable(name, None) => {
                        ValueKind::Variable(name.clone(), Some(Rc::new(self.value(default, scope)))).at(value.at)
                    }
                    _ => value,
                };
            }
        }
        value
    }

    /// A value after a statement changed it.
    pub(super) fn changed(&self, value: Value, change: &Change, scope: &Rc<Scope>) -> Value {
        let at = value.at;
        let condition = change.condition.as_ref().map(|test| self.value(test, scope));
        if condition.as_ref().is_some_and(|test| test.truth() == Some(false)) {
            return value;
        }
        let condition = condition.filter(|test| test.truth() != Some(true));
        match (&change.what, &value.what) {
            (ValueChange::Pushed(exprs), ValueKind::List(entries)) => {
                let mut entries = entries.as_ref().clone();
                let added = exprs.iter().map(|expr| Entry::One(self.value(expr, scope)));
                match condition {
                    None => entries.extend(added),
                    Some(test) => {
                        let added = ValueKind::List(Rc::new(added.collect())).at(at);
                        let none = ValueKind::List(Rc::default()).at(at);
                        entries.push(Entry::Spread(operators::choice(test, added, none, at)));
                    }
                }
                ValueKind::List(Rc::new(entries)).at(at)
            }
            (ValueChange::Member(key, expr), ValueKind::Object(object)) => {
                let mut object: Object = object.as_ref().clone();
                let member = Property { key: key.clone(), value: self.value(expr, scope), condition, at: expr.at };
                object.members.push(member);
                ValueKind::Object(Rc::new(object)).at(at)
            }
            // A variable that is declared first and set at once.
            (ValueChange::Other(expr), ValueKind::Unknown(_)) if scope.changes(&change.name).count() == 1 => {
                match condition {
                    None => self.value(expr, scope),
                    Some(_) => Value::unknown(expr.at, format!("`{}` is set under a condition", change.name)),
                }
            }
            (ValueChange::Other(expr), _) => {
                Value::unknown(expr.at, format!("`{}` is changed after its declaration", change.name))
            }
            _ => value,
        }
    }

    /// Returns the value of an import.
    fn imported(&self, import: &Import, file: usize, at: SourceSpan) -> Value {
        let Some(opened) = self.files.get(file) else { return Value::unknown(at, "the file cannot be read") };
        self.exported(&opened.path, import, at, MOST_HOPS)
    }

    fn exported(&self, from: &Path, import: &Import, at: SourceSpan, left: usize) -> Value {
        let path = match self.resolver.resolve(&self.files, from, &import.from) {
            Target::Package => return self.external(&import.from, &import.name, false, at),
            Target::Missing => return self.external(&import.from, &import.name, true, at),
            Target::File(path) => path,
        };
        let Some(number) = self.files.open(&path).filter(|_| left > 0) else {
            return self.external(&import.from, &import.name, true, at);
        };
        if self.scope(number).is_none() {
            return Value::unknown(at, format!("{} cannot be parsed", self.files.name(&path)));
        }
        if import.name == "*" {
            return self.namespace(number, at, left - 1);
        }
        self.export(number, &import.name, at, left - 1)
            .unwrap_or_else(|| Value::unknown(at, format!("{} exports no `{}`", self.files.name(&path), import.name)))
    }

    /// Returns the value that a module exports under a name.
    pub fn export(&self, file: usize, name: &str, at: SourceSpan, left: usize) -> Option<Value> {
        let (opened, scope) = (self.files.get(file)?, self.scope(file)?);
        let module = opened.module.as_ref().ok()?;
        if let Some((_, export)) = module.exports.iter().find(|(exported, _)| exported == name) {
            return Some(match export {
                Export::Local(local) => self.named(local, at, &scope),
                Export::Value(expr) => self.value(expr, &scope),
                Export::From(import) => self.exported(&opened.path, import, at, left.checked_sub(1)?),
            });
        }
        let left = left.checked_sub(1)?;
        let mut outside = None;
        for star in module.stars.iter().filter(|_| name != "default") {
            match self.resolver.resolve(&self.files, &opened.path, star) {
                Target::File(path) => {
                    let found = self.files.open(&path).and_then(|number| self.export(number, name, at, left));
                    if found.is_some() {
                        return found;
                    }
                }
                Target::Missing => outside = Some(self.external(star, name, true, at)),
                Target::Package => outside = outside.or_else(|| Some(self.external(star, name, false, at))),
            }
        }
        outside
    }

    /// Everything that a module exports, as an object.
    fn namespace(&self, file: usize, at: SourceSpan, left: usize) -> Value {
        let mut object = Object::default();
        self.add_exports(file, at, left, &mut object);
        ValueKind::Object(Rc::new(object)).at(at)
    }

    fn add_exports(&self, file: usize, at: SourceSpan, left: usize, object: &mut Object) {
        let Some(opened) = self.files.get(file).filter(|_| left > 0) else { return };
        let Ok(module) = &opened.module else { return };
        for star in &module.stars {
            match self.resolver.resolve(&self.files, &opened.path, star) {
                Target::File(path) => {
                    if let Some(number) = self.files.open(&path) {
                        self.add_exports(number, at, left - 1, object);
                    }
                }
                Target::Missing => object.unknown.push(self.external(star, "*", true, at)),
                Target::Package => {}
            }
        }
        for (name, _) in module.exports.iter().filter(|(name, _)| name != "default") {
            if let Some(value) = self.export(file, name, at, left) {
                object.members.push(Property { key: name.clone(), at: value.at, value, condition: None });
            }
        }
    }

    /// A default that a call of a schema of variables gives, `z.string().default("…")`.
    pub(super) fn default_in(&self, schema: &Value) -> Option<Value> {
        let mut schema = schema.clone();
        for _ in 0..MOST_HOPS {
            let ValueKind::Called(called) = &schema.what else { return None };
            if let ValueKind::Property(inner, name) = &called.callee.what {
                if matches!(name.as_str(), "default" | "catch" | "prefault") {
                    return called.arguments.first().cloned();
                }
                let inner = inner.as_ref().clone();
                schema = inner;
                continue;
            }
            // Other libraries take options: `str({ default: "…" })`.
            return called.arguments.first().and_then(|options| options.get("default").cloned());
        }
        None
    }
}

/// Returns the value of a name that JavaScript has itself.
fn global(name: &str, at: SourceSpan) -> Value {
    match name {
        "undefined" => ValueKind::Undefined.at(at),
        "Infinity" => ValueKind::Number(f64::INFINITY).at(at),
        "NaN" => ValueKind::Number(f64::NAN).at(at),
        name => {
            let external = External { module: String::new(), path: vec![name.to_owned()], missing: false };
            ValueKind::External(Rc::new(external)).at(at)
        }
    }
}
