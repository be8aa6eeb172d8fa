//! Calls: of the project's own functions, whose results are followed, and of everything else, which is only named.

use std::rc::Rc;

use crate::{
    scope::{Binding, Scope, each},
    syntax::{Expr, Item, Key, Kind, SourceSpan, Stmt},
    value::{Closure, Entry, FunctionCall, Value, ValueKind},
};

use super::{Reader, operators};

/// The result of a list of statements.
enum Flow {
    /// They end without a result.
    On,
    /// They return a value.
    Returned(Value),
    /// They throw.
    Thrown,
}

impl Reader {
    pub(super) fn call(
        &self,
        callee: &Rc<Expr>,
        items: &[Item],
        is_new: bool,
        at: SourceSpan,
        scope: &Rc<Scope>,
    ) -> Value {
        let arguments: Vec<Value> = self
            .entries(items, scope)
            .into_iter()
            .map(|entry| match entry {
                Entry::One(value) | Entry::Spread(value) => value,
            })
            .collect();
        if let Kind::Member(object, Key::Name(method)) = &callee.kind {
            let object = self.value(object, scope);
            if let Some(value) = self.method(&object, method, &arguments, at) {
                return value;
            }
            return self.apply(&self.member(&object, method, callee.at), arguments, at);
        }
        let callee = self.value(callee, scope);
        if let Some(value) = self.builtin(&callee, &arguments, is_new, at) {
            return value;
        }
        self.apply(&callee, arguments, at)
    }

    /// The result of a call with these arguments.
    pub fn apply(&self, callee: &Value, arguments: Vec<Value>, at: SourceSpan) -> Value {
        match &callee.what {
            ValueKind::Closure(closure) => self.run(closure, &arguments, at),
            ValueKind::Undefined | ValueKind::Null => ValueKind::Undefined.at(at),
            ValueKind::Unknown(why) => Value::unknown(at, why.clone()),
            _ => self.environment(callee, &arguments, at).unwrap_or_else(|| {
                ValueKind::Called(Rc::new(FunctionCall { callee: callee.clone(), arguments })).at(at)
            }),
        }
    }

    /// The names that a function sees when it is called with these arguments; parameters without one stay open.
    pub fn inside(&self, closure: &Closure, arguments: &[Value], at: SourceSpan) -> Rc<Scope> {
        let scope = Rc::new(Scope::new(closure.scope.file, Some(closure.scope.clone()), &[], &closure.function.body));
        let mut given_names = Vec::new();
        for (number, (pattern, default)) in closure.function.params.iter().enumerate() {
            let given = arguments.get(number).cloned();
            let given = match (given.as_ref().map(|value| &value.what), default) {
                (None | Some(ValueKind::Undefined), Some(default)) => Some(self.value(default, &closure.scope)),
                _ => given,
            };
            each(pattern, &[], &mut |name, steps| {
                let value = match &given {
                    Some(value) => self.taken(value, steps, &scope, at),
                    None => ValueKind::Parameter(name.to_owned()).at(at),
                };
                scope.set(name, Binding::Value(value));
                given_names.push(name.to_owned());
            });
        }
        // What the function does to a value that it gets holds for the value that it returns.
        for name in given_names {
            let Some((Binding::Value(mut value), _)) = scope.find(&name) else { continue };
            if matches!(value.what, ValueKind::Parameter(_)) || scope.changes(&name).next().is_none() {
                continue;
            }
            for change in scope.changes(&name) {
                value = self.changed(value, change, &scope);
            }
            scope.set(&name, Binding::Value(value));
        }
        if let Some(rest) = &closure.function.rest {
            let further = arguments.get(closure.function.params.len()..);
            let value = match further.filter(|_| !arguments.is_empty()) {
                Some(further) => ValueKind::List(Rc::new(further.iter().cloned().map(Entry::One).collect())).at(at),
                None => ValueKind::Parameter("...".to_owned()).at(at),
            };
            each(rest, &[], &mut |name, steps| {
                scope.set(name, Binding::Value(self.taken(&value, steps, &scope, at)));
            });
        }
        scope
    }

    fn run(&self, closure: &Closure, arguments: &[Value], at: SourceSpan) -> Value {
        // An argument that is missing is `undefined` in a call.
        let missing = closure.function.params.len().saturating_sub(arguments.len());
        let given: Vec<Value> =
            arguments.iter().cloned().chain((0..missing).map(|_| ValueKind::Undefined.at(at))).collect();
        let scope = self.inside(closure, &given, at);
        match self.flow(&closure.function.body, &scope, at) {
            Flow::Returned(value) => value,
            Flow::On => ValueKind::Undefined.at(at),
            Flow::Thrown => Value::unknown(at, "the function throws"),
        }
    }

    /// Returns the result of a function whose arguments are not known.
    pub fn result(&self, closure: &Closure, at: SourceSpan) -> Value {
        let scope = self.inside(closure, &[], at);
        match self.flow(&closure.function.body, &scope, at) {
            Flow::Returned(value) => value,
            Flow::On => ValueKind::Undefined.at(at),
            Flow::Thrown => Value::unknown(at, "the function throws"),
        }
    }

    fn flow(&self, body: &[Stmt], scope: &Rc<Scope>, at: SourceSpan) -> Flow {
        for (number, stmt) in body.iter().enumerate() {
            if self.is_exhausted() {
                return Flow::Returned(Value::unknown(at, "the function is too large to be followed"));
            }
            match stmt {
                Stmt::Return(None, at) => return Flow::Returned(ValueKind::Undefined.at(*at)),
                Stmt::Return(Some(expr), _) => return Flow::Returned(self.value(expr, scope)),
                Stmt::Throw(_) => return Flow::Thrown,
                Stmt::Block(inner) => match self.flow(inner, scope, at) {
                    Flow::On => {}
                    done => return done,
                },
                Stmt::If(test, yes, no) => {
                    if !leaves(yes) && !leaves(no) {
                        continue;
                    }
                    let rest = body.get(number + 1..).unwrap_or_default();
                    let test = self.value(test, scope);
                    let branch = |branch: &[Stmt]| match self.flow(branch, scope, at) {
                        Flow::On => self.flow(rest, scope, at),
                        done => done,
                    };
                    return match test.truth() {
                        Some(true) => branch(yes),
                        Some(false) => branch(no),
                        None => either(test, branch(yes), branch(no), at),
                    };
                }
                Stmt::Loop(_, inner) if leaves(inner) => {
                    return Flow::Returned(Value::unknown(at, "a loop decides what the function returns"));
                }
                _ => {}
            }
        }
        Flow::On
    }
}

fn either(test: Value, yes: Flow, no: Flow, at: SourceSpan) -> Flow {
    let value = |flow| match flow {
        Flow::Returned(value) => value,
        _ => ValueKind::Undefined.at(at),
    };
    match (yes, no) {
        (Flow::Thrown, other) | (other, Flow::Thrown) => other,
        (Flow::On, Flow::On) => Flow::On,
        (yes, no) => Flow::Returned(operators::choice(test, value(yes), value(no), at)),
    }
}

/// Whether statements may leave the function.
fn leaves(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::Return(..) | Stmt::Throw(_) => true,
        Stmt::If(_, yes, no) => leaves(yes) || leaves(no),
        Stmt::Block(inner) | Stmt::Loop(_, inner) => leaves(inner),
        _ => false,
    })
}
