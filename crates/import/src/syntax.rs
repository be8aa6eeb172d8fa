//! The syntax of a module, reduced to what decides values: expressions, declarations, imports and exports. Types, casts and
//! parentheses are gone. The tree owns its parts, so that it outlives the parser.

use std::rc::Rc;

/// A place in a file: its number in [`Files`](crate::files::Files), and the bytes from where to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct SourceSpan {
    /// The number of the file.
    pub file: usize,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// Its kind.
    pub kind: Kind,
    /// Its place.
    pub at: SourceSpan,
}

/// The kinds of expressions.
#[derive(Debug)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// A regular expression.
    Regex(String),
    /// A template: texts, and an expression between each two.
    Template(Vec<String>, Vec<Rc<Expr>>),
    /// A name.
    Name(String),
    /// A list.
    Array(Vec<Item>),
    /// An object.
    Object(Vec<Member>),
    /// A function, however it is written.
    Function(Rc<Function>),
    /// A call; `true` with `new`.
    Call(Rc<Expr>, Vec<Item>, bool),
    /// A member of an object.
    Member(Rc<Expr>, Key),
    /// `&&`, `||` or `??`.
    Logical(&'static str, Rc<Expr>, Rc<Expr>),
    /// Another operator between two expressions.
    Binary(&'static str, Rc<Expr>, Rc<Expr>),
    /// An operator in front of an expression.
    Unary(&'static str, Rc<Expr>),
    /// A condition and its two results.
    Conditional(Rc<Expr>, Rc<Expr>, Rc<Expr>),
    /// An assignment to an expression.
    Assign(Rc<Expr>, Rc<Expr>),
    /// `await`.
    Await(Rc<Expr>),
    /// Anything else, with the expressions in it.
    Other(Vec<Rc<Expr>>),
}

/// An item of a list or of arguments.
#[derive(Debug)]
pub enum Item {
    /// A value.
    Value(Rc<Expr>),
    /// `...values`.
    Spread(Rc<Expr>),
}

impl Item {
    /// The expression.
    pub fn expr(&self) -> &Rc<Expr> {
        match self {
            Self::Value(expr) | Self::Spread(expr) => expr,
        }
    }
}

/// A member of an object expression.
#[derive(Debug)]
pub enum Member {
    /// A key and its value.
    Pair(Key, Rc<Expr>, SourceSpan),
    /// `...object`.
    Spread(Rc<Expr>),
}

/// The key of a member.
#[derive(Debug)]
pub enum Key {
    /// A fixed one.
    Name(String),
    /// One that an expression decides.
    Computed(Rc<Expr>),
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Its parameters, each with its default.
    pub params: Vec<(Pattern, Option<Rc<Expr>>)>,
    /// The parameter that takes all further arguments.
    pub rest: Option<Pattern>,
    /// Its statements; an arrow function's expression is a `return`.
    pub body: Rc<[Stmt]>,
}

/// The names that a declaration or a parameter binds.
#[derive(Debug)]
pub enum Pattern {
    /// A name.
    Name(String),
    /// Members of an object, each with its default: key, pattern, default.
    Object(Vec<(String, Pattern, Option<Rc<Expr>>)>),
    /// Items of a list.
    Array(Vec<Option<Pattern>>),
    /// A form that cannot be followed.
    Other,
}

/// A statement.
#[derive(Debug)]
pub enum Stmt {
    /// A declaration with a value.
    Let(Pattern, Rc<Expr>),
    /// A declared function or class.
    Declared(String, Rc<Expr>),
    /// A `return`.
    Return(Option<Rc<Expr>>, SourceSpan),
    /// A `throw`.
    Throw(Rc<Expr>),
    /// An expression.
    Expr(Rc<Expr>),
    /// A condition and its two branches.
    If(Rc<Expr>, Rc<[Stmt]>, Rc<[Stmt]>),
    /// A block, or a `try` as far as it goes without an error.
    Block(Rc<[Stmt]>),
    /// A loop, a `switch` or a `catch`: what runs any number of times.
    Loop(Vec<Rc<Expr>>, Rc<[Stmt]>),
}

/// A name that a module imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module as it is written.
    pub from: String,
    /// The name there: `default`, `*`, or a name.
    pub name: String,
}

/// An export of a module.
#[derive(Debug, Clone)]
pub enum Export {
    /// A name of its own.
    Local(String),
    /// A name of another module.
    From(Import),
    /// A value.
    Value(Rc<Expr>),
}

/// A module.
#[derive(Debug)]
pub struct Module {
    /// The names that it imports.
    pub imports: Vec<(String, Import)>,
    /// Everything that it exports by name.
    pub exports: Vec<(String, Export)>,
    /// The modules of which it exports everything.
    pub stars: Vec<String>,
    /// Its statements.
    pub body: Rc<[Stmt]>,
}

/// Calls `see` with every expression in these statements, from the outside in.
pub fn walk(body: &[Stmt], see: &mut dyn FnMut(&Rc<Expr>)) {
    for stmt in body {
        match stmt {
            Stmt::Let(pattern, expr) => {
                walk_pattern(pattern, see);
                walk_expr(expr, see);
            }
            Stmt::Declared(_, expr) | Stmt::Throw(expr) | Stmt::Expr(expr) => walk_expr(expr, see),
            Stmt::Return(expr, _) => expr.iter().for_each(|expr| walk_expr(expr, see)),
            Stmt::If(test, yes, no) => {
                walk_expr(test, see);
                walk(yes, see);
                walk(no, see);
            }
            Stmt::Block(body) => walk(body, see),
            Stmt::Loop(exprs, body) => {
                exprs.iter().for_each(|expr| walk_expr(expr, see));
                walk(body, see);
            }
        }
    }
}

fn walk_pattern(pattern: &Pattern, see: &mut dyn FnMut(&Rc<Expr>)) {
    match pattern {
        Pattern::Object(members) => {
            for (_, pattern, default) in members {
                walk_pattern(pattern, see);
                default.iter().for_each(|expr| walk_expr(expr, see));
            }
        }
        Pattern::Array(items) => items.iter().flatten().for_each(|pattern| walk_pattern(pattern, see)),
        Pattern::Name(_) | Pattern::Other => {}
    }
}

/// Calls `see` with an expression and everything in it.
pub fn walk_expr(expr: &Rc<Expr>, see: &mut dyn FnMut(&Rc<Expr>)) {
    see(expr);
    let key = |key: &Key, see: &mut dyn FnMut(&Rc<Expr>)| {
        if let Key::Computed(expr) = key {
            walk_expr(expr, see);
        }
    };
    match &expr.kind {
        Kind::Null | Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_) | Kind::Regex(_) | Kind::Name(_) => {}
        Kind::Template(_, parts) | Kind::Other(parts) => parts.iter().for_each(|part| walk_expr(part, see)),
        Kind::Array(items) => items.iter().for_each(|item| walk_expr(item.expr(), see)),
        Kind::Object(members) => {
            for member in members {
                match member {
                    Member::Pair(name, value, _) => {
                        key(name, see);
                        walk_expr(value, see);
                    }
                    Member::Spread(value) => walk_expr(value, see),
                }
            }
        }
        Kind::Function(function) => walk(&function.body, see),
        Kind::Call(callee, items, _) => {
            walk_expr(callee, see);
            items.iter().for_each(|item| walk_expr(item.expr(), see));
        }
        Kind::Member(object, name) => {
            walk_expr(object, see);
            key(name, see);
        }
        Kind::Logical(_, left, right) | Kind::Binary(_, left, right) | Kind::Assign(left, right) => {
            walk_expr(left, see);
            walk_expr(right, see);
        }
        Kind::Unary(_, value) | Kind::Await(value) => walk_expr(value, see),
        Kind::Conditional(test, yes, no) => [test, yes, no].iter().for_each(|expr| walk_expr(expr, see)),
    }
}
