//! The files of the project, each read once: within bounds, and nothing outside the project's folder.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
    rc::Rc,
};

use crate::{
    parse::{self, ParseError},
    syntax::{Module, SourceSpan},
};

/// The largest file that is read, in bytes: recursion in the parser is bounded by it.
const LARGEST: u64 = 512 * 1024;
/// How many files are read at most.
const MOST_FILES: usize = 2_000;
/// How many entries of folders are looked at in a search.
const MOST_ENTRIES: usize = 50_000;
/// How deep a search goes below the project's folder.
const DEEPEST: usize = 12;
/// Folders that hold no source of the project.
const SKIPPED: [&str; 12] = [
    "node_modules",
    "dist",
    "build",
    "out",
    "coverage",
    "target",
    "vendor",
    "tests",
    "test",
    "e2e",
    "__tests__",
    "examples",
];
/// The extensions of source files, in the order in which an import tries them.
pub const SOURCES: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// A file that was read and parsed.
pub struct File {
    /// Its path below the project's folder.
    pub name: String,
    /// Its absolute path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Its syntax, or why there is none.
    pub module: Result<Module, ParseError>,
}

/// All files that were asked for, and the folder outside of which nothing is read.
pub struct Files {
    root: PathBuf,
    read: RefCell<Vec<Rc<File>>>,
    numbers: RefCell<BTreeMap<PathBuf, Option<usize>>>,
}

impl Files {
    /// Of the project in this folder.
    pub fn new(root: PathBuf) -> Self {
        Self { root, read: RefCell::default(), numbers: RefCell::default() }
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The path below the project's folder, as reports show it.
    pub fn name(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// The real path of a file of the project, if there is such a file and it is not outside, behind a link.
    pub fn inside(&self, path: &Path) -> Option<PathBuf> {
        let real = fs::canonicalize(path).ok()?;
        (real.starts_with(&self.root) && real.is_file()).then_some(real)
    }

    /// The text of a file of the project, if it is text, and not too large.
    pub fn text(&self, path: &Path) -> Option<String> {
        let real = self.inside(path)?;
        if fs::metadata(&real).ok()?.len() > LARGEST {
            return None;
        }
        String::from_utf8(fs::read(real).ok()?).ok().filter(|text| !text.contains('\0'))
    }

    /// Parses a file, once. `None` if it is outside the project, no text, too large, or one too many.
    pub fn open(&self, path: &Path) -> Option<usize> {
        let real = self.inside(path)?;
        if let Some(number) = self.numbers.borrow().get(&real) {
            return *number;
        }
        let number = self.text(&real).filter(|_| self.read.borrow().len() < MOST_FILES).map(|text| {
            let number = self.read.borrow().len();
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
            let module = parse::module(&real, number, &text);
            let file = File { name: self.name(&real), path: real.clone(), text, module };
            self.read.borrow_mut().push(Rc::new(file));
            number
        });
        self.numbers.borrow_mut().insert(real, number);
        number
    }

    /// A file that was opened.
    pub fn get(&self, number: usize) -> Option<Rc<File>> {
        self.read.borrow().get(number).cloned()
    }

    /// The file and line of a place: `src/auth.ts:12`.
    pub fn place(&self, at: SourceSpan) -> String {
        self.get(at.file)
            .map_or_else(String::new, |file| format!("{}:{}", file.name, parse::line(&file.text, at.start as usize)))
    }

    /// The source text of a place on one line, shortened, up to its first quote: what follows may be a secret.
    pub fn excerpt(&self, at: SourceSpan) -> String {
        let Some(file) = self.get(at.file) else { return String::new() };
        let text = file.text.get(at.start as usize..at.end as usize).unwrap_or_default();
        shortened(&without_texts(text))
    }

    /// The source files below a folder, without those of tests and of other packages' builds, in order.
    pub fn sources(&self, folder: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut entries = 0;
        self.search(folder, 0, &mut entries, &mut found);
        found
    }

    fn search(&self, folder: &Path, depth: usize, entries: &mut usize, found: &mut Vec<PathBuf>) {
        let Ok(read) = fs::read_dir(folder) else { return };
        let mut paths: Vec<PathBuf> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            *entries += 1;
            if *entries > MOST_ENTRIES {
                return;
            }
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Ok(kind) = fs::symlink_metadata(&path).map(|found| found.file_type()) else { continue };
            if kind.is_dir() {
                if depth < DEEPEST && !name.starts_with('.') && !SKIPPED.contains(&name) {
                    self.search(&path, depth + 1, entries, found);
                }
            } else if kind.is_file() && is_source(name) {
                found.push(path);
            }
        }
    }
}

fn is_source(name: &str) -> bool {
    let parts: Vec<&str> = name.split('.').collect();
    let is_test = parts.iter().any(|part| matches!(*part, "test" | "spec" | "d" | "stories"));
    !is_test && parts.len() > 1 && parts.last().is_some_and(|last| SOURCES.contains(last))
}

/// A text up to its first quote: what stands behind one may be a secret, or code in which quotes cannot be told apart.
fn without_texts(text: &str) -> String {
    match text.find(['"', '\'', '`']) {
        Some(at) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 100;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// A path without `.` and `..`.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}
