//! Finds the call of `betterAuth`, the functions around it and who calls these.

use std::{path::Path, rc::Rc};

use crate::{
    eval::Reader,
    scope::Scope,
    syntax::{Expr, Item, Kind, Module, Pattern, SourceSpan, Stmt, walk, walk_expr},
    value::{Closure, Value, ValueKind},
};

/// How many functions around a call are followed to their callers.
const MOST_CALLERS: usize = 4;

/// A call of `betterAuth`.
pub struct BetterAuthCall {
    /// Its place.
    pub at: SourceSpan,
    /// Its options.
    pub options: Value,
    /// Notes for the reader of the report on how they were found.
    pub notes: Vec<String>,
}

/// A file that cannot be parsed.
pub struct UnparsedFile {
    /// The file, below the project's folder.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The fault.
    pub what: String,
}

/// The places of all calls of `betterAuth` in these files.
///
/// # Errors
/// The first file with such a call that cannot be parsed.
pub fn calls(reader: &Reader, paths: &[std::path::PathBuf]) -> Result<Vec<SourceSpan>, UnparsedFile> {
    let mut found = Vec::new();
    for path in paths {
        if !reader.files.text(path).is_some_and(|text| text.contains("betterAuth")) {
            continue;
        }
        let Some(number) = reader.files.open(path) else { continue };
        let Some(file) = reader.files.get(number) else { continue };
        match &file.module {
            Ok(module) => found.extend(in_module(module)),
            Err(wrong) if file.text.contains("betterAuth(") || file.text.contains("betterAuth<") => {
                return Err(UnparsedFile { file: file.name.clone(), line: wrong.line, what: wrong.what.clone() });
            }
            Err(_) => {}
        }
    }
    Ok(found)
}

fn in_module(module: &Module) -> Vec<SourceSpan> {
    let is_it = |(_, import): &&(String, crate::syntax::Import)| {
        (import.from == "better-auth" || import.from.starts_with("better-auth/"))
            && (import.name == "betterAuth" || import.name == "*")
    };
    let locals: Vec<&str> = module.imports.iter().filter(is_it).map(|(local, _)| local.as_str()).collect();
    let mut found = Vec::new();
    walk(&module.body, &mut |expr| {
        let Kind::Call(callee, ..) = &expr.kind else { return };
        let is_called = match &callee.kind {
            Kind::Name(name) => locals.contains(&name.as_str()),
            Kind::Member(object, crate::syntax::Key::Name(key)) => {
                key == "betterAuth" && matches!(&object.kind, Kind::Name(name) if locals.contains(&name.as_str()))
            }
            _ => false,
        };
        if is_called {
            found.push(expr.at);
        }
    });
    found.dedup();
    found
}

/// The options of the call at a place, as its callers complete them.
pub fn options(
    reader: &Reader,
    at: SourceSpan,
    sources: &[std::path::PathBuf],
    preferred: &Path,
) -> Option<BetterAuthCall> {
    let file = reader.files.get(at.file)?;
    let module = file.module.as_ref().ok()?;
    let mut call = None;
    walk(&module.body, &mut |expr| {
        if expr.at == at && matches!(expr.kind, Kind::Call(..)) {
            call = Some(expr.clone());
        }
    });
    let mut notes = Vec::new();
    let scope = around(reader, at, sources, preferred, MOST_CALLERS, &mut notes)?;
    let call = call?;
    let Kind::Call(_, items, _) = &call.kind else { return None };
    let options = match items.first() {
        Some(Item::Value(expr)) => reader.value(expr, &scope),
        Some(Item::Spread(expr)) => Value::unknown(expr.at, "the options are a spread"),
        None => ValueKind::Undefined.at(at),
    };
    Some(BetterAuthCall { at, options, notes })
}

/// The names at a place: of the module, and of the functions around the place, with the arguments of their only caller.
fn around(
    reader: &Reader,
    at: SourceSpan,
    sources: &[std::path::PathBuf],
    preferred: &Path,
    left: usize,
    notes: &mut Vec<String>,
) -> Option<Rc<Scope>> {
    let file = reader.files.get(at.file)?;
    let module = file.module.as_ref().ok()?;
    let mut scope = reader.scope(at.file)?;
    for (expr, name) in enclosing(module, at) {
        let Kind::Function(function) = &expr.kind else { continue };
        let closure = Closure { function: function.clone(), scope: scope.clone() };
        let arguments = match name.filter(|_| left > 0 && !function.params.is_empty()) {
            Some(name) => arguments(reader, &name, function, at, sources, preferred, left - 1, notes),
            None => Vec::new(),
        };
        scope = reader.inside(&closure, &arguments, at);
    }
    Some(scope)
}

/// The functions around a place, from the outside in, each with the name that it is declared by.
fn enclosing(module: &Module, at: SourceSpan) -> Vec<(Rc<Expr>, Option<String>)> {
    let mut found: Vec<(Rc<Expr>, Option<String>)> = Vec::new();
    let holds = |expr: &Rc<Expr>| expr.at.start <= at.start && at.end <= expr.at.end && expr.at != at;
    walk(&module.body, &mut |expr| {
        if matches!(expr.kind, Kind::Function(_)) && holds(expr) && !found.iter().any(|(one, _)| one.at == expr.at) {
            found.push((expr.clone(), None));
        }
    });
    let mut names: Vec<(String, SourceSpan)> = Vec::new();
    declared(&module.body, &mut names);
    for (local, export) in &module.exports {
        if let crate::syntax::Export::Value(expr) = export {
            names.push((local.clone(), expr.at));
        }
    }
    for (expr, name) in &mut found {
        *name = names.iter().find(|(_, at)| *at == expr.at).map(|(name, _)| name.clone());
    }
    found.sort_by_key(|(expr, _)| expr.at.start);
    found
}

fn declared(body: &[Stmt], names: &mut Vec<(String, SourceSpan)>) {
    for stmt in body {
        match stmt {
            Stmt::Declared(name, expr) => {
                names.push((name.clone(), expr.at));
                if let Kind::Function(function) = &expr.kind {
                    declared(&function.body, names);
                }
            }
            // `const createAuth = cache((env) => …)`: the function within a call is known by the same name.
            Stmt::Let(Pattern::Name(name), expr) => {
                let mut inner = expr;
                while let Kind::Call(_, items, _) = &inner.kind {
                    match items.first() {
                        Some(item) => inner = item.expr(),
                        None => break,
                    }
                }
                names.push((name.clone(), inner.at));
                if let Kind::Function(function) = &inner.kind {
                    declared(&function.body, names);
                }
            }
            Stmt::Block(body) | Stmt::If(_, body, _) => declared(body, names),
            _ => {}
        }
    }
}

/// The arguments with which a function is called, if the project calls it; of several callers the first one's.
#[expect(clippy::too_many_arguments, reason = "each is another thing")]
fn arguments(
    reader: &Reader,
    name: &str,
    function: &Rc<crate::syntax::Function>,
    at: SourceSpan,
    sources: &[std::path::PathBuf],
    preferred: &Path,
    left: usize,
    notes: &mut Vec<String>,
) -> Vec<Value> {
    let mut callers: Vec<(SourceSpan, Vec<Rc<Expr>>)> = Vec::new();
    let mut paths: Vec<&std::path::PathBuf> = sources.iter().collect();
    paths.sort_by_key(|path| !path.starts_with(preferred));
    for path in paths {
        if !reader.files.text(path).is_some_and(|text| name == "default" || text.contains(name)) {
            continue;
        }
        let Some(number) = reader.files.open(path) else { continue };
        let (Some(file), Some(scope)) = (reader.files.get(number), reader.scope(number)) else { continue };
        let Ok(module) = &file.module else { continue };
        walk(&module.body, &mut |expr| {
            let Kind::Call(callee, items, _) = &expr.kind else { return };
            // Names alone are tried: another expression is no call of a function of the project.
            let Kind::Name(local) = &callee.kind else { return };
            let knows = local == name
                || module
                    .imports
                    .iter()
                    .any(|(own, import)| own == local && (import.name == name || import.name == "default"));
            if !knows || callers.len() > 8 {
                return;
            }
            let value = reader.value(callee, &scope);
            let is_it = match &value.what {
                ValueKind::Closure(closure) => Rc::ptr_eq(&closure.function, function),
                ValueKind::Called(called) => called.arguments.iter().any(
                    |value| matches!(&value.what, ValueKind::Closure(closure) if Rc::ptr_eq(&closure.function, function)),
                ),
                _ => false,
            };
            if is_it && !(expr.at.file == at.file && expr.at.start <= at.start && at.end <= expr.at.end) {
                callers.push((expr.at, items.iter().map(|item| item.expr().clone()).collect()));
            }
        });
    }
    let Some((place, exprs)) = callers.first() else {
        notes.push(format!(
            "{}: no caller of `{name}` is found; what depends on its parameters is not known",
            reader.files.place(at)
        ));
        return Vec::new();
    };
    if callers.len() > 1 {
        let places: Vec<_> = callers.iter().map(|(at, _)| reader.files.place(*at)).collect();
        notes.push(format!("`{name}` is called in {}; the arguments of the first are followed", places.join(", ")));
    }
    let Some(scope) = around(reader, *place, sources, preferred, left, notes) else { return Vec::new() };
    exprs.iter().map(|expr| reader.value(expr, &scope)).collect()
}

/// Every call within a function and the functions of the project that it calls, each with what is called and the scope of its
/// arguments.
pub fn calls_within(reader: &Reader, value: &Value) -> Vec<Call> {
    let mut found = Vec::new();
    let mut seen = Vec::new();
    if let ValueKind::Closure(closure) = &value.what {
        let scope = reader.inside(closure, &[], value.at);
        within(reader, closure, &scope, 5, &mut seen, &mut found);
    }
    found
}

/// A call within a function.
pub struct Call {
    /// The function that is called.
    pub callee: Value,
    /// Its arguments.
    pub arguments: Vec<Value>,
    /// Its place.
    pub at: SourceSpan,
}

fn within(
    reader: &Reader,
    closure: &Closure,
    scope: &Rc<Scope>,
    left: usize,
    seen: &mut Vec<SourceSpan>,
    found: &mut Vec<Call>,
) {
    const MOST: usize = 400;
    let mut exprs = Vec::new();
    walk(&closure.function.body, &mut |expr| {
        if matches!(expr.kind, Kind::Call(..)) {
            exprs.push(expr.clone());
        }
    });
    for expr in exprs {
        if found.len() > MOST || seen.contains(&expr.at) {
            continue;
        }
        seen.push(expr.at);
        let Kind::Call(callee, items, _) = &expr.kind else { continue };
        let callee = reader.value(callee, scope);
        let arguments: Vec<Value> = items.iter().map(|item| reader.value(item.expr(), scope)).collect();
        if let ValueKind::Closure(inner) = &callee.what
            && left > 0
        {
            let scope = reader.inside(inner, &arguments, expr.at);
            within(reader, inner, &scope, left - 1, seen, found);
        }
        found.push(Call { callee, arguments, at: expr.at });
    }
}

/// Whether a function throws or rejects, or calls a function of the project that does.
pub fn refuses(reader: &Reader, value: &Value) -> bool {
    let rejects = |one: &crate::value::External| one.module.is_empty() && one.path == ["Promise", "reject"];
    throws(value)
        || calls_within(reader, value).iter().any(|call| match &call.callee.what {
            ValueKind::External(one) => rejects(one),
            _ => throws(&call.callee),
        })
}

/// Whether a function throws itself.
pub fn throws(value: &Value) -> bool {
    fn thrown(body: &[Stmt]) -> bool {
        body.iter().any(|stmt| match stmt {
            Stmt::Throw(_) => true,
            Stmt::If(_, yes, no) => thrown(yes) || thrown(no),
            Stmt::Block(body) | Stmt::Loop(_, body) => thrown(body),
            _ => false,
        })
    }
    let ValueKind::Closure(closure) = &value.what else { return false };
    let mut found = thrown(&closure.function.body);
    walk(&closure.function.body, &mut |expr| {
        if let Kind::Function(inner) = &expr.kind {
            found |= thrown(&inner.body);
        }
    });
    found
}

/// The texts in a function to which something is compared, such as the paths for which a hook acts.
pub fn paths_in(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let Some(body) = body_of(value) else { return found };
    walk(&body, &mut |expr| {
        if let Kind::Text(text) = &expr.kind
            && text.starts_with('/')
            && text.len() > 1
            && !text.contains(' ')
            && !found.contains(text)
        {
            found.push(text.clone());
        }
    });
    found
}

/// The statements of a function, or of the function that a package's function gets as its last argument.
pub fn body_of(value: &Value) -> Option<Rc<[Stmt]>> {
    match &value.what {
        ValueKind::Closure(closure) => Some(closure.function.body.clone()),
        ValueKind::Called(called) => called.arguments.iter().rev().find_map(body_of),
        _ => None,
    }
}

/// Calls `see` with each expression in a function.
pub fn each_in(value: &Value, see: &mut dyn FnMut(&Rc<Expr>)) {
    if let Some(body) = body_of(value) {
        walk(&body, see);
    }
}

/// Calls `see` with an expression and each in it.
pub fn each_of(expr: &Rc<Expr>, see: &mut dyn FnMut(&Rc<Expr>)) {
    walk_expr(expr, see);
}
