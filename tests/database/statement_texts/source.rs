//! The statements in the source of the core: its string literals, and what `concatcp!` and the store's macros join of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::support::{
    rust::{Token, tokens},
    schema::of_the_run,
};

/// The text that the pool sends before a statement that takes locks.
const BEGIN: &str = "begin isolation level read committed; ";
/// How statements begin, in lower case.
const BEGINNINGS: [&str; 12] = [
    "begin isolation ",
    "begin;",
    "delete from ",
    "insert into ",
    "lock table ",
    "merge into ",
    "rollback to ",
    "savepoint ",
    "select ",
    "set constraints ",
    "truncate ",
    "update {",
];
/// Statements of a single word.
const WORDS: [&str; 3] = ["begin", "commit", "rollback"];
/// The beginnings of SQL that is part of other statements: `store/template.rs` fills it into a place, some of it from
/// `store/founded.rs`, and the pool puts some in front.
const PARTS: [&str; 18] = [
    ",\n    founded as (",
    ", (select o.{organization.id}::text from founded o)",
    "(select o.{organization.id} from founded o)",
    "(select t.{team.id} from founded_team t)",
    ", overtaken as (",
    "(TOKEN::text is null",
    "(HASH::text is null",
    "{jwks.alg}, {jwks.crv}",
    "begin isolation level read committed; {first}",
    "{user.once ",
    "{user.order ",
    "{user.where ",
    "{member.order ",
    "{organization.order ",
    "{organization.where ",
    "{member.where ",
    "{apikey.order ",
    "{apikey.where ",
];
/// Functions that take a `Db` and use the secondary storage alone.
const SENDS_NOTHING: [&str; 1] = ["limit::count"];

/// The functions of the store and of the features that send statements, as `module::name`.
pub fn senders() -> BTreeSet<String> {
    let mut senders = BTreeSet::new();
    for file in ["store", "features"].iter().flat_map(|folder| files(&core().join(folder))) {
        let (text, module) = (read(&file), module(&file));
        for part in text.split("\npub async fn ").skip(1) {
            let (name, rest) = part.split_once('(').unwrap();
            let parameters = rest.split_once(") ->").unwrap().0;
            if parameters.trim_start().starts_with("db: &Db") {
                senders.insert(format!("{module}::{name}"));
            }
        }
    }
    SENDS_NOTHING.iter().for_each(|name| assert!(senders.remove(*name), "{name} is not there"));
    senders
}

/// Files whose SQL no request sends: `doctor` alone runs the one, and the other reads the catalogue behind an error.
/// `tests/operators/served_statements.rs` has both. `store/own.rs` has only the frame of a deployment's own SQL,
/// and `store/stored.rs` only the call of a function whose statement is among the others.
const NOT_SERVING: [&str; 4] = ["store/own.rs", "store/rehearsal.rs", "store/stored.rs", "store/triggers.rs"];

/// The statements in the source of the core, each with the file that has it.
pub fn statements() -> Vec<(String, String)> {
    let named = |file: PathBuf| {
        let place = file.strip_prefix(core()).unwrap().display().to_string();
        (place, module(&file), read(&file))
    };
    let is_serving = |file: &PathBuf| NOT_SERVING.iter().all(|other| *file != core().join(other));
    let found = statements_in(files(&core()).into_iter().filter(is_serving).map(named));
    assert!(found.len() > 50, "only {} statements were found", found.len());
    found
}

/// The statements in these files, which have a place, a module and a source. A statement has places like `{user}`. What is only
/// part of another statement is left out.
pub fn statements_in(files: impl Iterator<Item = (String, String, String)>) -> Vec<(String, String)> {
    let (mut texts, mut constants) = (Vec::new(), BTreeMap::new());
    for (place, module, source) in files {
        for text in texts_of(&source) {
            if let Some(name) = &text.name {
                constants.entry(name.clone()).or_insert_with(Vec::new).push((module.clone(), text.parts.clone()));
            }
            texts.push((place.clone(), module.clone(), text));
        }
    }
    let used: BTreeSet<_> = texts
        .iter()
        .flat_map(|(_, module, text)| {
            text.parts.iter().filter_map(|part| match part {
                Part::Name(path) => find(&constants, module, path),
                Part::Text(_) => None,
            })
        })
        .collect();
    let wholes = texts.iter().filter_map(|(place, module, text)| {
        let is_used = text.name.as_ref().is_some_and(|name| used.contains(&(module.clone(), name.clone())));
        let whole = joined(&constants, module, &text.parts);
        let has_sql = text.parts.iter().any(|part| matches!(part, Part::Text(text) if is_sql(text)));
        assert!(whole.is_some() || !has_sql, "{place}: this test cannot read {:?}", text.parts);
        let whole = whole.filter(|whole| !is_used && is_sql(whole))?;
        (!PARTS.iter().any(|part| whole.starts_with(part))).then(|| (place.clone(), whole))
    });
    wholes.collect()
}

/// A message as the files show it: each text literal in it is `E'…'`, and the number of each lock `…`.
pub fn shown(message: &str) -> String {
    let (mut shown, message) = (String::new(), without_locks(message));
    let mut rest = message.as_str();
    while let Some((before, after)) = rest.split_once("E'") {
        let mut end = 0;
        loop {
            end += after[end..].find(['\'', '\\']).expect("a literal has an end");
            // A quote ends it, unless another one follows; a backslash is followed by what it stands for.
            let is_end = after[end..].starts_with('\'') && !after[end..].starts_with("''");
            if is_end {
                break;
            }
            end += 2;
        }
        shown += before;
        shown += "E'…'";
        rest = &after[end + 1..];
    }
    shown + rest
}

fn without_locks(message: &str) -> String {
    const LOCK: &str = "pg_advisory_xact_lock(";
    let mut parts = message.split(LOCK);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let number = part.trim_start_matches('-').trim_start_matches(|letter: char| letter.is_ascii_digit());
        let is_number = number.len() < part.len();
        let part = if is_number { format!("…{}", number.trim_start_matches("::bigint")) } else { part.to_owned() };
        text + LOCK + &part
    })
}

/// Returns a statement with `$` for each parameter, without its number.
fn without_values(statement: &str) -> String {
    let (mut text, mut rest) = (String::new(), statement);
    while let Some((before, after)) = rest.split_once('$') {
        text += before;
        text.push('$');
        rest = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
    }
    text + rest
}

/// The parts of a template around its conditions and orders, whose text each search decides.
pub fn around_searches(template: &str) -> Vec<&str> {
    let places = [
        "{user.where $1}",
        "{user.order $1}",
        "{member.where $1}",
        "{member.order $1}",
        "{apikey.where $1}",
        "{apikey.order $1}",
        "{organization.where $1}",
        "{organization.order $1}",
    ];
    places.iter().fold(vec![template], |parts, place| parts.into_iter().flat_map(|part| part.split(place)).collect())
}

/// A statement with `$` for each parameter and for each text literal.
pub fn as_sent(statement: &str) -> String {
    without_values(&shown(statement).replace("E'…'", "$").replace("lock(…)", "lock($)"))
}

/// Whether a message is the statement of these parts, which [`as_sent`] returned, alone or behind [`BEGIN`]. Between two parts
/// anything may stand. A value in the message stands for a parameter.
pub fn is_statement_of(parts: &[String], message: &str) -> bool {
    let message = as_sent(message);
    [Some(message.as_str()), message.strip_prefix(BEGIN)].into_iter().flatten().any(|message| match parts {
        [whole] => message == whole,
        [first, between @ .., last] => {
            let Some(mut rest) = message.strip_prefix(first.as_str()) else { return false };
            let in_order = between.iter().all(|part| match rest.split_once(part.as_str()) {
                Some((_, after)) => {
                    rest = after;
                    true
                }
                None => false,
            });
            in_order && rest.ends_with(last.as_str())
        }
        [] => false,
    })
}

fn core() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/core/src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => found.extend(files(&entry)),
            false if entry.extension().is_some_and(|extension| extension == "rs") => found.push(entry),
            false => {}
        }
    }
    found.sort();
    found
}

/// A file without its tests.
fn read(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned()
}

fn module(file: &Path) -> String {
    // The rows of a feature and the parts of `store::user` are named after their folder.
    let folder = file.parent().unwrap();
    let named = if file.ends_with("rows.rs") || folder.ends_with("store/user") { folder } else { file };
    named.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Whether a text is SQL: it begins as a statement does, or has a place for a table.
fn is_sql(text: &str) -> bool {
    let lower = text.trim_start().to_ascii_lowercase();
    let begins = BEGINNINGS.iter().any(|words| lower.starts_with(words)) || WORDS.contains(&&*lower);
    let is_query = lower.starts_with("with ") && lower.contains(" as (");
    let names = || {
        let mut places = text.split('{').skip(1).filter_map(|rest| rest.split(['}', '.', ' ']).next());
        places.any(|name| of_the_run().table(name).is_some())
    };
    // The store recognises statements by some places, which are texts without a space.
    begins || is_query || (lower.contains(' ') && names())
}

/// A part of a text.
#[derive(Debug, Clone)]
enum Part {
    Text(String),
    /// The path of a constant.
    Name(String),
}

/// A text in the source, and the name of the constant whose value it is.
struct Text {
    name: Option<String>,
    parts: Vec<Part>,
}

type Constants = BTreeMap<String, Vec<(String, Vec<Part>)>>;

/// The module and the name of the constant that a path in `module` leads to.
fn find(constants: &Constants, module: &str, path: &str) -> Option<(String, String)> {
    let (from, name) = path.rsplit_once("::").unwrap_or(("", path));
    let from = from.rsplit("::").next().unwrap();
    let all = constants.get(name)?;
    let of = |wanted: &str| all.iter().find(|(module, _)| module == wanted);
    // An import may give it another path; then the name alone has to tell.
    let found = of(if from.is_empty() { module } else { from }).or_else(|| all.first().filter(|_| all.len() == 1));
    found.map(|(module, _)| (module.clone(), name.to_owned()))
}

/// Returns the text that the parts make; `None` if one of them is not a constant with a text.
fn joined(constants: &Constants, module: &str, parts: &[Part]) -> Option<String> {
    let text = |part: &Part| match part {
        Part::Text(text) => Some(text.clone()),
        Part::Name(path) => {
            let (module, name) = find(constants, module, path)?;
            let (_, parts) = constants[&name].iter().find(|(other, _)| *other == module)?;
            joined(constants, &module, parts)
        }
    };
    parts.iter().map(text).collect()
}

fn texts_of(source: &str) -> Vec<Text> {
    let tokens = tokens(source);
    let (mut texts, mut macros) = (Vec::new(), BTreeMap::new());
    let mut at = 0;
    while at < tokens.len() {
        let (name, is_macro) = match &tokens[at] {
            Token::Name(name) => (name.rsplit("::").next().unwrap(), tokens.get(at + 1) == Some(&Token::Sign('!'))),
            Token::Text(text) => {
                texts.push(Text { name: constant(&tokens[..at]), parts: vec![Part::Text(text.clone())] });
                at += 1;
                continue;
            }
            Token::Sign(_) => ("", false),
        };
        if is_macro && name == "macro_rules" {
            let Token::Name(made) = &tokens[at + 2] else { panic!("a macro has a name") };
            let body = group(&tokens, at + 3);
            macros.insert(made.clone(), body.to_vec());
            at += 5 + body.len();
        } else if is_macro && name == "concatcp" {
            let arguments = group(&tokens, at + 2);
            texts.push(Text { name: constant(&tokens[..at]), parts: parts(arguments, &[]) });
            at += 4 + arguments.len();
        } else if let Some(body) = macros.get(name).filter(|_| is_macro) {
            let arguments = group(&tokens, at + 2);
            texts.extend(expanded(body, arguments).into_iter().map(|parts| Text { name: None, parts }));
            at += 4 + arguments.len();
        } else {
            at += 1;
        }
    }
    texts
}

/// The texts that each `concat!` in a macro's body makes of these arguments.
fn expanded(body: &[Token], arguments: &[Token]) -> Vec<Vec<Part>> {
    let matched = group(body, 0);
    let names = matched.windows(2).filter_map(|pair| match pair {
        [Token::Sign('$'), Token::Name(name)] => Some(name.clone()),
        _ => None,
    });
    let given: Vec<_> = names.zip(arguments.split(|token| *token == Token::Sign(',')).map(<[Token]>::to_vec)).collect();
    let begins = (0..body.len()).filter(|at| body[*at] == Token::Name("concat".to_owned()));
    begins.map(|at| parts(group(body, at + 2), &given)).collect()
}

/// The tokens between the bracket at `at` and the one that closes it.
fn group(tokens: &[Token], at: usize) -> &[Token] {
    assert!(matches!(tokens[at], Token::Sign('(' | '{' | '[')), "a macro has brackets: {:?}", &tokens[at - 2..=at]);
    let mut depth = 0;
    let end = tokens[at..].iter().position(|token| {
        match token {
            Token::Sign('(' | '{' | '[') => depth += 1,
            Token::Sign(')' | '}' | ']') => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    &tokens[at + 1..at + end.expect("brackets are closed")]
}

/// The arguments of `concat!` or `concatcp!`. `given` has the tokens for the variables of a macro.
fn parts(arguments: &[Token], given: &[(String, Vec<Token>)]) -> Vec<Part> {
    let part = |argument: &[Token]| match argument {
        [] => Vec::new(),
        [Token::Text(text)] => vec![Part::Text(text.clone())],
        [Token::Name(path)] => vec![Part::Name(path.clone())],
        [Token::Sign('$'), Token::Name(name)] => {
            let (_, tokens) = given.iter().find(|(other, _)| other == name).expect("it is an argument");
            parts(tokens, &[])
        }
        // The name of an item, which is no SQL.
        [Token::Name(name), Token::Sign('!'), ..] if name == "stringify" => vec![Part::Text(String::new())],
        other => panic!("this test cannot read a text that is made of {other:?}"),
    };
    arguments.split(|token| *token == Token::Sign(',')).flat_map(part).collect()
}

/// The name of the constant whose value follows these tokens.
fn constant(before: &[Token]) -> Option<String> {
    let type_and_name = before.strip_suffix(&[Token::Sign('=')])?;
    let at = type_and_name.iter().rposition(|token| matches!(token, Token::Sign(';' | '{' | '}')));
    let item = &type_and_name[at.map_or(0, |at| at + 1)..];
    let at = item.iter().position(|token| matches!(token, Token::Name(word) if word == "const"))?;
    match item.get(at + 1) {
        Some(Token::Name(name)) => Some(name.clone()),
        _ => None,
    }
}
