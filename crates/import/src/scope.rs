//! The names that an expression sees, each evaluated when it is first asked for.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use crate::{
    mutation::hidden,
    syntax::{Expr, Import, Item, Key, Kind, Pattern, Stmt},
    value::Value,
};

/// Names and what they stand for, and the names around them.
#[derive(Debug, Default)]
pub struct Scope {
    names: RefCell<BTreeMap<String, Binding>>,
    changes: Vec<Change>,
    above: Option<Rc<Scope>>,
    /// The number of the file.
    pub file: usize,
}

/// The meaning of a name.
#[derive(Debug, Clone)]
pub enum Binding {
    /// The value of an expression, or a part of it.
    Expr(Rc<Expr>, Rc<Vec<Step>>),
    /// A value.
    Value(Value),
    /// An export of another module.
    Import(Import),
}

/// A step from a value to the part of it that a pattern binds.
#[derive(Debug, Clone)]
pub struct Step {
    /// The key, or the number of the item.
    pub key: String,
    /// The value if there is none.
    pub default: Option<Rc<Expr>>,
}

/// A change of a value by a statement beside its declaration.
#[derive(Debug, Clone)]
pub struct Change {
    /// The name.
    pub name: String,
    /// The condition of the statement.
    pub condition: Option<Rc<Expr>>,
    /// The change.
    pub what: ValueChange,
}

/// The effect of a statement on a value.
#[derive(Debug, Clone)]
pub enum ValueChange {
    /// `name.push(…)`.
    Pushed(Vec<Rc<Expr>>),
    /// `name.key = …`.
    Member(String, Rc<Expr>),
    /// `name = …`, or what cannot be followed.
    Other(Rc<Expr>),
}

impl Scope {
    /// The names that the statements of a module or a function declare.
    pub fn new(file: usize, above: Option<Rc<Scope>>, imports: &[(String, Import)], body: &[Stmt]) -> Self {
        let mut names = BTreeMap::new();
        for (name, import) in imports {
            names.insert(name.clone(), Binding::Import(import.clone()));
        }
        let mut scope = Self { names: RefCell::new(names), changes: Vec::new(), above, file };
        scope.declare(body);
        changes(body, None, 0, &mut scope.changes);
        scope.changes.extend(hidden(body));
        scope
    }

    fn declare(&self, body: &[Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Let(pattern, expr) => self.bind(pattern, expr, &[]),
                Stmt::Declared(name, expr) => self.set(name, Binding::Expr(expr.clone(), Rc::default())),
                Stmt::Block(body) => self.declare(body),
                _ => {}
            }
        }
    }

    fn bind(&self, pattern: &Pattern, expr: &Rc<Expr>, steps: &[Step]) {
        each(pattern, steps, &mut |name, steps| {
            self.set(name, Binding::Expr(expr.clone(), Rc::new(steps.to_vec())));
        });
    }

    /// Lets a name stand for something.
    pub fn set(&self, name: &str, binding: Binding) {
        self.names.borrow_mut().insert(name.to_owned(), binding);
    }

    /// Returns the meaning of a name, and its scope.
    pub fn find(self: &Rc<Self>, name: &str) -> Option<(Binding, Rc<Self>)> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some(found) = here.names.borrow().get(name) {
                return Some((found.clone(), here.clone()));
            }
            scope = here.above.as_ref();
        }
        None
    }

    /// The changes of a name by statements of this scope.
    pub fn changes(&self, name: &str) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.name == name)
    }
}

/// Calls `see` with each name of a pattern and the steps to its value.
pub fn each(pattern: &Pattern, steps: &[Step], see: &mut dyn FnMut(&str, &[Step])) {
    let below = |key: String, default: Option<Rc<Expr>>| [steps, &[Step { key, default }]].concat();
    match pattern {
        Pattern::Name(name) => see(name, steps),
        Pattern::Object(members) => {
            for (key, pattern, default) in members {
                each(pattern, &below(key.clone(), default.clone()), see);
            }
        }
        Pattern::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                item.iter().for_each(|pattern| each(pattern, &below(at.to_string(), None), see));
            }
        }
        Pattern::Other => {}
    }
}

/// How deep conditions are followed that change a value.
const DEEPEST: usize = 8;

fn changes(body: &[Stmt], condition: Option<&Rc<Expr>>, depth: usize, found: &mut Vec<Change>) {
    for stmt in body.iter().filter(|_| depth < DEEPEST) {
        match stmt {
            Stmt::Expr(expr) => found.extend(change(expr, condition)),
            Stmt::Block(body) => changes(body, condition, depth + 1, found),
            Stmt::If(test, yes, no) => {
                // A condition within another, or its opposite, is not followed: it counts as one that cannot be known.
                let inner = if condition.is_some() {
                    Rc::new(Expr { kind: Kind::Other(Vec::new()), at: test.at })
                } else {
                    test.clone()
                };
                changes(yes, Some(&inner), depth + 1, found);
                let not = Rc::new(Expr { kind: Kind::Unary("!", inner), at: test.at });
                changes(no, Some(&not), depth + 1, found);
            }
            Stmt::Loop(_, body) => {
                let mut inner = Vec::new();
                changes(body, condition, depth + 1, &mut inner);
                found.extend(inner.into_iter().map(|change| {
                    let what = match change.what {
                        ValueChange::Pushed(mut exprs) => exprs.pop().map(ValueChange::Other),
                        ValueChange::Member(_, expr) | ValueChange::Other(expr) => Some(ValueChange::Other(expr)),
                    };
                    Change { what: what.unwrap_or(ValueChange::Pushed(Vec::new())), ..change }
                }));
            }
            _ => {}
        }
    }
}

pub(crate) fn change(expr: &Rc<Expr>, condition: Option<&Rc<Expr>>) -> Option<Change> {
    let of = |name: &str, what| Some(Change { name: name.to_owned(), condition: condition.cloned(), what });
    match &expr.kind {
        Kind::Call(callee, items, false) => {
            let Kind::Member(object, Key::Name(method)) = &callee.kind else { return None };
            let Kind::Name(name) = &object.kind else { return None };
            let is_plain = items.iter().all(|item| matches!(item, Item::Value(_)));
            match method.as_str() {
                "push" if is_plain => {
                    of(name, ValueChange::Pushed(items.iter().map(|item| item.expr().clone()).collect()))
                }
                "push" | "unshift" | "splice" | "pop" | "shift" => of(name, ValueChange::Other(expr.clone())),
                _ => None,
            }
        }
        Kind::Assign(target, value) => match &target.kind {
            Kind::Name(name) => of(name, ValueChange::Other(value.clone())),
            Kind::Member(object, key) => {
                let mut inner = object;
                while let Kind::Member(object, _) = &inner.kind {
                    inner = object;
                }
                let Kind::Name(name) = &inner.kind else { return None };
                match key {
                    Key::Name(key) if Rc::ptr_eq(inner, object) => {
                        of(name, ValueChange::Member(key.clone(), value.clone()))
                    }
                    _ => of(name, ValueChange::Other(value.clone())),
                }
            }
            _ => None,
        },
        _ => None,
    }
}
