//! Which files of the core import which.
//!
//! A file imports another one where a `use` leads to it or to an item of it, and where a path in its code does: a path that begins
//! with `crate`, `super`, `self` or a module that is known in the file. A name that a `mod.rs` re-exports is an import of the file
//! that has it. The re-export itself is none, unless the `mod.rs` uses the name in code of its own: one that only declares and
//! re-exports imports nothing. Tests and comments do not count.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::support::rust::{Token, tokens};

use super::{files, project};

/// The path of a module in the crate, without `crate`.
type Module = Vec<String>;

/// A name that a `use` brings into a file.
struct Import {
    path: Module,
    name: String,
    is_public: bool,
}

struct File {
    path: String,
    tokens: Vec<Token>,
    imports: Vec<Import>,
}

/// The files of the core by their modules.
struct Core(BTreeMap<Module, File>);

/// The imports of each file of the core, by their paths below its folder.
pub fn of_the_core() -> BTreeMap<String, BTreeSet<String>> {
    const FOLDER: &str = "crates/core/src";
    let core = Core::read(&project().join(FOLDER), FOLDER);
    let edges = core.0.iter().map(|(module, file)| {
        let imported = core.imported(module, file);
        (file.path.clone(), imported.iter().map(|module| core.0[module].path.clone()).collect())
    });
    edges.collect()
}

/// The files of each circle.
pub fn circles(edges: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<BTreeSet<String>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = edges
        .keys()
        .map(|from| {
            let (mut reached, mut left) = (BTreeSet::new(), vec![from.as_str()]);
            while let Some(file) = left.pop() {
                left.extend(edges[file].iter().map(String::as_str).filter(|next| reached.insert(*next)));
            }
            (from.as_str(), reached)
        })
        .collect();
    let circle = |file: &&str| {
        let others = reached[file].iter().filter(|other| reached[**other].contains(file));
        others.map(|other| (*other).to_owned()).collect::<BTreeSet<_>>()
    };
    reached.keys().map(circle).filter(|files| !files.is_empty()).collect()
}

impl Core {
    fn read(folder: &Path, below: &str) -> Self {
        let mut core = Self(BTreeMap::new());
        for file in files(below, "rs").into_iter().filter(|file| !file.ends_with("tests.rs")) {
            let text = fs::read_to_string(&file).unwrap();
            let path = file.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            let mut module: Module = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
            if module.last().is_some_and(|name| name == "mod" || name == "lib") {
                module.pop();
            }
            let tokens = tokens(text.split("#[cfg(test)]\nmod tests").next().unwrap());
            core.0.insert(module, File { path, tokens, imports: Vec::new() });
        }
        let modules: Vec<Module> = core.0.keys().cloned().collect();
        for module in modules {
            let (uses, tokens) = split(&core.0[&module].tokens);
            let absolute = |import: Import| Some(Import { path: core.absolute(&module, &import.path)?, ..import });
            let imports = uses.into_iter().filter_map(absolute).collect();
            let file = core.0.get_mut(&module).unwrap();
            (file.imports, file.tokens) = (imports, tokens);
        }
        core
    }

    /// Returns a path in a file, from the root of the crate; `None` if it leads out of the crate.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => module.clone(),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                return Some([&module[..module.len() - ups], &path[ups..]].concat());
            }
            _ => {
                let child = [module.as_slice(), std::slice::from_ref(first)].concat();
                return self.0.contains_key(&child).then(|| [module.as_slice(), path].concat());
            }
        };
        Some([base, rest.to_vec()].concat())
    }

    /// The file that has what a path leads to.
    fn resolved(&self, path: &[String]) -> Module {
        let length = (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length])).unwrap();
        let (module, rest) = path.split_at(length);
        let Some((name, rest)) = rest.split_first() else { return module.to_vec() };
        let exported = self.0[module].imports.iter().filter(|import| import.is_public);
        for import in exported {
            if import.name == *name {
                return self.resolved(&[&import.path, rest].concat());
            }
            let defines = |file: &File| {
                let kinds = ["const", "enum", "fn", "static", "struct", "trait", "type", "union"];
                let is_item = |pair: &[Token]| matches!(pair, [Token::Name(kind), Token::Name(item)] if kinds.contains(&kind.as_str()) && item == name);
                file.tokens.windows(2).any(is_item)
            };
            if import.name == "*" && self.0.get(&import.path).is_some_and(defines) {
                return import.path.clone();
            }
        }
        module.to_vec()
    }

    fn imported(&self, module: &Module, file: &File) -> BTreeSet<Module> {
        let names = file.tokens.iter().filter_map(|token| match token {
            Token::Name(path) => Some(path.split("::").map(str::to_owned).collect::<Vec<_>>()),
            _ => None,
        });
        let paths: Vec<_> = names.collect();
        let mut found = BTreeSet::new();
        for import in &file.imports {
            let is_used = || {
                let is_type = import.name.starts_with(char::is_uppercase);
                // A variable may have the name of a function.
                let is_call = |pair: &[Token]| pair == [Token::Name(import.name.clone()), Token::Sign('(')];
                let is_named = |path: &Vec<String>| path[0] == import.name && (is_type || path.len() > 1);
                paths.iter().any(is_named) || file.tokens.windows(2).any(is_call)
            };
            // Of a module's folder only what is named in it counts, below.
            let is_folder =
                self.0.keys().any(|other| other.len() > import.path.len() && other.starts_with(&import.path));
            if !is_folder && (!import.is_public || is_used()) {
                let path = import.path.strip_suffix(&["*".to_owned()]).unwrap_or(&import.path);
                found.insert(self.resolved(path));
            }
        }
        for path in paths.iter().filter(|path| path.len() > 1) {
            let import = file.imports.iter().find(|import| import.name == path[0]);
            let absolute = match import {
                Some(import) => Some([&import.path, &path[1..]].concat()),
                None => self.absolute(module, path),
            };
            found.extend(absolute.map(|path| self.resolved(&path)));
        }
        found.remove(module);
        found
    }
}

/// Returns the imports of the `use` declarations, and the tokens that are left.
fn split(tokens: &[Token]) -> (Vec<Import>, Vec<Token>) {
    let (mut imports, mut left) = (Vec::new(), Vec::new());
    let mut rest = tokens;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match token {
            // Neither a declaration nor `pub(in …)` uses a name.
            Token::Name(word) if word == "mod" || (word == "in" && left.last() == Some(&Token::Sign('('))) => {
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            // `use<>` of a signature brings in nothing.
            Token::Name(word) if word == "use" && after.first() != Some(&Token::Sign('<')) => {}
            _ => {
                left.push(token.clone());
                continue;
            }
        }
        let end = after.iter().position(|token| *token == Token::Sign(';')).unwrap();
        // `pub use`, `pub(crate) use`.
        let is_public =
            matches!(left.last(), Some(Token::Sign(')'))) || left.last() == Some(&Token::Name("pub".to_owned()));
        tree(&after[..end], &[], is_public, &mut imports);
        rest = &after[end..];
    }
    (imports, left)
}

fn tree(tokens: &[Token], before: &[String], is_public: bool, imports: &mut Vec<Import>) {
    let mut depth = 0;
    let elements = tokens.split(|token| {
        match token {
            Token::Sign('{') => depth += 1,
            Token::Sign('}') => depth -= 1,
            _ => {}
        }
        depth == 0 && *token == Token::Sign(',')
    });
    for element in elements {
        let Some(first) = element.first() else { continue };
        let mut path = before.to_vec();
        if let Token::Name(name) = first {
            path.extend(name.split("::").map(str::to_owned));
        }
        if let Some(at) = element.iter().position(|token| *token == Token::Sign('{')) {
            tree(&element[at + 1..element.len() - 1], &path, is_public, imports);
            continue;
        }
        if element.last() == Some(&Token::Sign('*')) {
            imports.push(Import { path, name: "*".to_owned(), is_public });
            continue;
        }
        if path.last().is_some_and(|name| name == "self") {
            path.pop();
        }
        let name = match element {
            [_, Token::Name(word), Token::Name(other)] if word == "as" => other.clone(),
            _ => path.last().unwrap().clone(),
        };
        imports.push(Import { path, name, is_public });
    }
}
