//! Parses TypeScript and JavaScript, and reduces the result to [`syntax`](crate::syntax). Nothing of it is run.

mod expression;

use std::{path::Path, rc::Rc};

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    BindingPattern, ClassElement, Declaration, ExportDefaultDeclarationKind, FormalParameters, Function as Declared,
    ImportDeclarationSpecifier, ModuleDeclaration, Program, Statement, TSEnumDeclaration,
};
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{SourceType, Span};

use crate::{
    nesting,
    syntax::{Export, Expr, Function, Import, Key, Kind, Member, Module, Pattern, SourceSpan, Stmt},
};

/// Why a file cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The line, from 1.
    pub line: usize,
    /// The fault there, without the line's text.
    pub what: String,
}

/// Parses a file.
///
/// # Errors
/// The first place at which it is not TypeScript, or nested too deeply to be read.
pub fn module(path: &Path, number: usize, text: &str) -> Result<Module, ParseError> {
    if let Some(line) = conflict(text) {
        return Err(ParseError { line, what: "a merge conflict is left in the file; resolve it first".to_owned() });
    }
    if let Some(line) = nesting::too_deep(text) {
        return Err(ParseError { line, what: "it is nested too deeply to be read".to_owned() });
    }
    let allocator = Allocator::default();
    let kind = SourceType::from_path(path).unwrap_or_else(|_| SourceType::ts());
    let options =
        ParseOptions { preserve_parens: false, allow_return_outside_function: true, ..ParseOptions::default() };
    let parsed = Parser::new(&allocator, text, kind).with_options(options).parse();
    if let Some(error) = parsed.diagnostics.iter().next() {
        let at = error.labels.first().map_or(0, |label| label.offset() as usize);
        let what = format!(
            "it is not valid {}: {}",
            if kind.is_typescript() { "TypeScript" } else { "JavaScript" },
            error.message
        );
        return Err(ParseError { line: line(text, at), what });
    }
    if parsed.panicked {
        return Err(ParseError { line: 1, what: "it cannot be parsed".to_owned() });
    }
    Ok(Reducer { file: number }.program(&parsed.program))
}

/// The line of the byte at `offset`, from 1.
pub fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The line of the first marker of a merge conflict, if both kinds of markers are there.
fn conflict(text: &str) -> Option<usize> {
    let begins = |marker: &str| text.lines().position(|line| line.starts_with(marker));
    begins(">>>>>>> ")?;
    Some(begins("<<<<<<< ")? + 1)
}

struct Reducer {
    file: usize,
}

impl Reducer {
    fn at(&self, span: Span) -> SourceSpan {
        SourceSpan { file: self.file, start: span.start, end: span.end }
    }

    fn make(&self, span: Span, kind: Kind) -> Rc<Expr> {
        Rc::new(Expr { kind, at: self.at(span) })
    }

    fn program(&self, program: &Program<'_>) -> Module {
        let mut module = Module { imports: Vec::new(), exports: Vec::new(), stars: Vec::new(), body: Rc::from([]) };
        let mut body = Vec::new();
        for statement in &program.body {
            match statement.as_module_declaration() {
                Some(declaration) => self.module_declaration(declaration, &mut module, &mut body),
                None => self.statement(statement, &mut body),
            }
        }
        body.retain(|stmt| !required(stmt, &mut module));
        module.body = body.into();
        module
    }

    fn module_declaration(&self, declaration: &ModuleDeclaration<'_>, module: &mut Module, body: &mut Vec<Stmt>) {
        match declaration {
            ModuleDeclaration::ImportDeclaration(import) => {
                let from = import.source.value.to_string();
                for specifier in import.specifiers.iter().flatten() {
                    let (local, name) = match specifier {
                        ImportDeclarationSpecifier::ImportSpecifier(one) => {
                            (&one.local, one.imported.name().to_string())
                        }
                        ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => (&one.local, "default".to_owned()),
                        ImportDeclarationSpecifier::ImportNamespaceSpecifier(one) => (&one.local, "*".to_owned()),
                    };
                    module.imports.push((local.name.to_string(), Import { from: from.clone(), name }));
                }
            }
            ModuleDeclaration::ExportAllDeclaration(export) => {
                let from = export.source.value.to_string();
                match &export.exported {
                    Some(name) => {
                        let import = Import { from, name: "*".to_owned() };
                        module.exports.push((name.name().to_string(), Export::From(import)));
                    }
                    None => module.stars.push(from),
                }
            }
            ModuleDeclaration::ExportFromDeclaration(export) => {
                for one in &export.specifiers {
                    let import = Import { from: export.source.value.to_string(), name: one.local.name().to_string() };
                    module.exports.push((one.exported.name().to_string(), Export::From(import)));
                }
            }
            ModuleDeclaration::ExportNamedDeclaration(export) => {
                for one in &export.specifiers {
                    let local = Export::Local(one.local.name().to_string());
                    module.exports.push((one.exported.name().to_string(), local));
                }
            }
            ModuleDeclaration::ExportDeclaration(export) => {
                let first = body.len();
                self.declaration(&export.declaration, body);
                for stmt in body.iter().skip(first) {
                    let mut names = Vec::new();
                    match stmt {
                        Stmt::Let(pattern, _) => bound(pattern, &mut names),
                        Stmt::Declared(name, _) => names.push(name.clone()),
                        _ => {}
                    }
                    module.exports.extend(names.into_iter().map(|name| (name.clone(), Export::Local(name))));
                }
            }
            ModuleDeclaration::ExportDefaultDeclaration(export) => {
                let value = match &export.declaration {
                    ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                        if let Some(id) = &function.id {
                            body.push(Stmt::Declared(id.name.to_string(), self.function(function)));
                        }
                        self.function(function)
                    }
                    other => match other.as_expression() {
                        Some(expression) => self.expression(expression),
                        None => self.make(export.span, Kind::Other(Vec::new())),
                    },
                };
                body.push(Stmt::Expr(value.clone()));
                module.exports.push(("default".to_owned(), Export::Value(value)));
            }
            ModuleDeclaration::TSExportAssignment(export) => {
                let value = self.expression(&export.expression);
                body.push(Stmt::Expr(value.clone()));
                module.exports.push(("default".to_owned(), Export::Value(value)));
            }
            ModuleDeclaration::TSNamespaceExportDeclaration(_) => {}
        }
    }

    fn declaration(&self, declaration: &Declaration<'_>, body: &mut Vec<Stmt>) {
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                for one in variables.declarations.iter().filter(|_| !variables.declare) {
                    let init = match &one.init {
                        Some(init) => self.expression(init),
                        None => self.make(one.span, Kind::Other(Vec::new())),
                    };
                    body.push(Stmt::Let(self.pattern(&one.id), init));
                }
            }
            Declaration::FunctionDeclaration(function) => {
                if let (Some(id), Some(_)) = (&function.id, &function.body) {
                    body.push(Stmt::Declared(id.name.to_string(), self.function(function)));
                }
            }
            Declaration::ClassDeclaration(class) => {
                if let Some(id) = &class.id {
                    body.push(Stmt::Declared(id.name.to_string(), self.class(&class.body.body, class.span)));
                }
            }
            Declaration::TSEnumDeclaration(one) => {
                body.push(Stmt::Declared(one.id.name.to_string(), self.enumeration(one)));
            }
            _ => {}
        }
    }

    /// An enumeration as an object; a member without a value has its number.
    fn enumeration(&self, declared: &TSEnumDeclaration<'_>) -> Rc<Expr> {
        let members = declared.body.members.iter().zip(0_u16..).map(|(member, number)| {
            let value = match &member.initializer {
                Some(value) => self.expression(value),
                None => self.make(member.span, Kind::Number(f64::from(number))),
            };
            Member::Pair(Key::Name(member.id.static_name().to_string()), value, self.at(member.span))
        });
        self.make(declared.span, Kind::Object(members.collect()))
    }

    fn class(&self, elements: &[ClassElement<'_>], span: Span) -> Rc<Expr> {
        let of = |element: &ClassElement<'_>| match element {
            ClassElement::MethodDefinition(method) => Some(self.function(&method.value)),
            ClassElement::PropertyDefinition(property) => property.value.as_ref().map(|value| self.expression(value)),
            _ => None,
        };
        self.make(span, Kind::Other(elements.iter().filter_map(of).collect()))
    }

    fn block(&self, statements: &[Statement<'_>]) -> Rc<[Stmt]> {
        let mut body = Vec::new();
        statements.iter().for_each(|statement| self.statement(statement, &mut body));
        body.into()
    }

    fn one(&self, statement: &Statement<'_>) -> Rc<[Stmt]> {
        let mut body = Vec::new();
        self.statement(statement, &mut body);
        body.into()
    }

    fn statement(&self, statement: &Statement<'_>, body: &mut Vec<Stmt>) {
        if let Some(declaration) = statement.as_declaration() {
            return self.declaration(declaration, body);
        }
        match statement {
            Statement::BlockStatement(block) => body.push(Stmt::Block(self.block(&block.body))),
            Statement::ExpressionStatement(one) => body.push(Stmt::Expr(self.expression(&one.expression))),
            Statement::ReturnStatement(one) => {
                body.push(Stmt::Return(one.argument.as_ref().map(|value| self.expression(value)), self.at(one.span)));
            }
            Statement::ThrowStatement(one) => body.push(Stmt::Throw(self.expression(&one.argument))),
            Statement::IfStatement(one) => {
                let no = one.alternate.as_ref().map_or_else(|| Rc::from([]), |no| self.one(no));
                body.push(Stmt::If(self.expression(&one.test), self.one(&one.consequent), no));
            }
            Statement::TryStatement(one) => {
                body.push(Stmt::Block(self.block(&one.block.body)));
                if let Some(handler) = &one.handler {
                    body.push(Stmt::Loop(Vec::new(), self.block(&handler.body.body)));
                }
                if let Some(last) = &one.finalizer {
                    body.push(Stmt::Block(self.block(&last.body)));
                }
            }
            Statement::SwitchStatement(one) => {
                let mut inner = Vec::new();
                for case in &one.cases {
                    case.consequent.iter().for_each(|statement| self.statement(statement, &mut inner));
                }
                body.push(Stmt::Loop(vec![self.expression(&one.discriminant)], inner.into()));
            }
            Statement::ForStatement(one) => body.push(Stmt::Loop(Vec::new(), self.one(&one.body))),
            Statement::ForInStatement(one) => {
                body.push(Stmt::Loop(vec![self.expression(&one.right)], self.one(&one.body)));
            }
            Statement::ForOfStatement(one) => {
                body.push(Stmt::Loop(vec![self.expression(&one.right)], self.one(&one.body)));
            }
            Statement::WhileStatement(one) => {
                body.push(Stmt::Loop(vec![self.expression(&one.test)], self.one(&one.body)));
            }
            Statement::DoWhileStatement(one) => {
                body.push(Stmt::Loop(vec![self.expression(&one.test)], self.one(&one.body)));
            }
            Statement::LabeledStatement(one) => self.statement(&one.body, body),
            _ => {}
        }
    }

    fn function(&self, function: &Declared<'_>) -> Rc<Expr> {
        let body = function.body.as_ref().map_or_else(|| Rc::from([]), |body| self.block(&body.statements));
        let span = function.span;
        let function = Function { params: self.params(&function.params), rest: self.rest(&function.params), body };
        self.make(span, Kind::Function(Rc::new(function)))
    }

    fn params(&self, params: &FormalParameters<'_>) -> Vec<(Pattern, Option<Rc<Expr>>)> {
        let of = |param: &oxc_ast::ast::FormalParameter<'_>| match &param.pattern {
            BindingPattern::AssignmentPattern(one) => (self.pattern(&one.left), Some(self.expression(&one.right))),
            pattern => (self.pattern(pattern), param.initializer.as_ref().map(|value| self.expression(value))),
        };
        params.items.iter().map(of).collect()
    }

    fn rest(&self, params: &FormalParameters<'_>) -> Option<Pattern> {
        params.rest.as_ref().map(|rest| self.pattern(&rest.rest.argument))
    }

    fn pattern(&self, pattern: &BindingPattern<'_>) -> Pattern {
        match pattern {
            BindingPattern::BindingIdentifier(name) => Pattern::Name(name.name.to_string()),
            BindingPattern::ObjectPattern(object) => {
                let mut members = Vec::new();
                for property in &object.properties {
                    let Some(key) = property.key.static_name() else { return Pattern::Other };
                    let (pattern, default) = match &property.value {
                        BindingPattern::AssignmentPattern(one) => {
                            (self.pattern(&one.left), Some(self.expression(&one.right)))
                        }
                        pattern => (self.pattern(pattern), None),
                    };
                    members.push((key.to_string(), pattern, default));
                }
                Pattern::Object(members)
            }
            BindingPattern::ArrayPattern(array) => {
                Pattern::Array(array.elements.iter().map(|item| item.as_ref().map(|item| self.pattern(item))).collect())
            }
            BindingPattern::AssignmentPattern(one) => self.pattern(&one.left),
        }
    }
}

/// The names that a pattern binds.
fn bound(pattern: &Pattern, names: &mut Vec<String>) {
    match pattern {
        Pattern::Name(name) => names.push(name.clone()),
        Pattern::Object(members) => members.iter().for_each(|(_, pattern, _)| bound(pattern, names)),
        Pattern::Array(items) => items.iter().flatten().for_each(|pattern| bound(pattern, names)),
        Pattern::Other => {}
    }
}

/// Reads what CommonJS imports and exports; returns whether the statement is nothing else.
fn required(stmt: &Stmt, module: &mut Module) -> bool {
    let source = |expr: &Expr| match &expr.kind {
        Kind::Call(callee, items, false) if matches!(&callee.kind, Kind::Name(name) if name == "require") => {
            match items.first().map(|item| &item.expr().kind) {
                Some(Kind::Text(from)) => Some(from.clone()),
                _ => None,
            }
        }
        _ => None,
    };
    match stmt {
        Stmt::Let(pattern, expr) => match (source(expr), pattern) {
            (Some(from), Pattern::Name(name)) => {
                module.imports.push((name.clone(), Import { from, name: "*".to_owned() }));
                true
            }
            (Some(from), Pattern::Object(members)) => {
                for (key, pattern, _) in members {
                    if let Pattern::Name(name) = pattern {
                        module.imports.push((name.clone(), Import { from: from.clone(), name: key.clone() }));
                    }
                }
                true
            }
            _ => false,
        },
        Stmt::Expr(expr) => {
            let Kind::Assign(target, value) = &expr.kind else { return false };
            let Kind::Member(object, Key::Name(name)) = &target.kind else { return false };
            let is = |expr: &Expr, name: &str| matches!(&expr.kind, Kind::Name(own) if own == name);
            let is_exports = is(object, "exports")
                || matches!(&object.kind, Kind::Member(of, Key::Name(key)) if key == "exports" && is(of, "module"));
            if is(object, "module") && name == "exports" {
                module.exports.push(("default".to_owned(), Export::Value(value.clone())));
                if let Kind::Object(members) = &value.kind {
                    for member in members {
                        if let Member::Pair(Key::Name(name), value, _) = member {
                            module.exports.push((name.clone(), Export::Value(value.clone())));
                        }
                    }
                }
            } else if is_exports {
                module.exports.push((name.clone(), Export::Value(value.clone())));
            }
            false
        }
        _ => false,
    }
}
