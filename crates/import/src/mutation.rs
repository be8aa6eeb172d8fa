//! Changes of values that are not statements of their own: within conditions, calls and functions, by another name, or by a function that
//! gets the value. They are not followed, so a value that has one is not known.

use std::{
    collections::{BTreeSet, HashSet},
    rc::Rc,
};

use crate::{
    scope::{Change, ValueChange, change, each},
    syntax::{Expr, Function, Item, Kind, Pattern, Stmt, walk},
};

/// Finds the changes of the names of a scope that its statements do not show.
pub(crate) fn hidden(body: &[Stmt]) -> Vec<Change> {
    let mut shown = HashSet::new();
    statements(body, &mut shown);
    let mut found = Vec::new();
    let functions = changed(body, &mut |name, expr| {
        if !shown.contains(&Rc::as_ptr(expr)) {
            found.push((name.to_owned(), expr.clone()));
        }
    });
    functions.iter().for_each(|function| found.extend(free(function)));
    by_other_names(body, &mut found);
    by_arguments(body, &mut found);
    let other = |(name, expr): (String, Rc<Expr>)| Change { name, condition: None, what: ValueChange::Other(expr) };
    found.into_iter().map(other).collect()
}

/// The expressions that are statements of a body itself.
fn statements(body: &[Stmt], found: &mut HashSet<*const Expr>) {
    for stmt in body {
        match stmt {
            Stmt::Expr(expr) => {
                found.insert(Rc::as_ptr(expr));
            }
            Stmt::Block(body) | Stmt::Loop(_, body) => statements(body, found),
            Stmt::If(_, yes, no) => [yes, no].iter().for_each(|body| statements(body, found)),
            _ => {}
        }
    }
}

/// Calls `see` with each change in a body, but for those in its functions, which it returns.
fn changed(body: &[Stmt], see: &mut dyn FnMut(&str, &Rc<Expr>)) -> Vec<Rc<Function>> {
    let mut functions: Vec<Rc<Function>> = Vec::new();
    let mut inside: HashSet<*const Expr> = HashSet::new();
    walk(body, &mut |expr| {
        if inside.contains(&Rc::as_ptr(expr)) {
            return;
        }
        if let Kind::Function(function) = &expr.kind {
            walk(&function.body, &mut |inner| {
                inside.insert(Rc::as_ptr(inner));
            });
            functions.push(function.clone());
        } else if let Some(change) = change(expr, None) {
            see(&change.name, expr);
        }
    });
    functions
}

/// The changes in a function of names that are not its own.
fn free(function: &Function) -> Vec<(String, Rc<Expr>)> {
    let mut found = Vec::new();
    let inner = changed(&function.body, &mut |name, expr| found.push((name.to_owned(), expr.clone())));
    inner.iter().for_each(|function| found.extend(free(function)));
    let mut own = BTreeSet::new();
    let mut add = |pattern: &Pattern| {
        each(pattern, &[], &mut |name, _| {
            own.insert(name.to_owned());
        })
    };
    function.params.iter().for_each(|(pattern, _)| add(pattern));
    function.rest.iter().for_each(&mut add);
    declared(&function.body, &mut own);
    found.retain(|(name, _)| !own.contains(name));
    found
}

fn declared(body: &[Stmt], own: &mut BTreeSet<String>) {
    for stmt in body {
        match stmt {
            Stmt::Let(pattern, _) => each(pattern, &[], &mut |name, _| {
                own.insert(name.to_owned());
            }),
            Stmt::Declared(name, _) => {
                own.insert(name.clone());
            }
            Stmt::Block(body) | Stmt::Loop(_, body) => declared(body, own),
            Stmt::If(_, yes, no) => [yes, no].iter().for_each(|body| declared(body, own)),
            _ => {}
        }
    }
}

/// `const other = name; other.key = …` changes `name` as well. Setting `other` itself does not.
fn by_other_names(body: &[Stmt], found: &mut Vec<(String, Rc<Expr>)>) {
    let mut changes = Vec::new();
    changed(body, &mut |name, expr| {
        let sets_itself = matches!(&expr.kind, Kind::Assign(target, _) if matches!(target.kind, Kind::Name(_)));
        if !sets_itself {
            changes.push((name.to_owned(), expr.clone()));
        }
    });
    for stmt in body {
        let Stmt::Let(Pattern::Name(other), expr) = stmt else { continue };
        let Kind::Name(name) = &expr.kind else { continue };
        let of_other = changes.iter().filter(|(changed, _)| changed == other);
        found.extend(of_other.map(|(_, expr)| (name.clone(), expr.clone())));
    }
}

/// `register(name)` or `register(name.key)` changes `name` where `register` is a function of this body that changes its parameter.
fn by_arguments(body: &[Stmt], found: &mut Vec<(String, Rc<Expr>)>) {
    let function = |name: &str| {
        body.iter().find_map(|stmt| match stmt {
            Stmt::Declared(declared, expr) if declared == name => Some(expr),
            Stmt::Let(Pattern::Name(declared), expr) if declared == name => Some(expr),
            _ => None,
        })
    };
    let mut calls = Vec::new();
    walk(body, &mut |expr| {
        if let Kind::Call(callee, items, false) = &expr.kind
            && let Kind::Name(name) = &callee.kind
        {
            calls.push((name.clone(), items.iter().map(Item::expr).cloned().collect::<Vec<_>>(), expr.clone()));
        }
    });
    for (name, arguments, call) in calls {
        let Some(Kind::Function(function)) = function(&name).map(|expr| &expr.kind) else { continue };
        let mut changes = BTreeSet::new();
        changed(&function.body, &mut |name, _| {
            changes.insert(name.to_owned());
        });
        for ((pattern, _), argument) in function.params.iter().zip(&arguments) {
            let Pattern::Name(parameter) = pattern else { continue };
            let mut root = argument;
            while let Kind::Member(object, _) = &root.kind {
                root = object;
            }
            if let (Kind::Name(name), true) = (&root.kind, changes.contains(parameter)) {
                found.push((name.clone(), call.clone()));
            }
        }
    }
}
