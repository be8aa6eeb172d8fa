//! Opens a project: its folder, its call of `betterAuth`, its Prisma schema and the examples of its variables.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    eval::Reader,
    files::Files,
    find::{self, BetterAuthCall},
    prisma,
    value::Value,
};

/// A project that was read.
pub struct Project {
    /// Reads its files further.
    pub reader: Reader,
    /// The call of `betterAuth`.
    pub found: BetterAuthCall,
    /// The file with the call, below the project's folder.
    pub file: String,
    /// Its Prisma schema, if it has one.
    pub prisma: Option<prisma::Schema>,
    /// Variables of `.env.example` and its relatives that have a value there, each with the file.
    pub examples: BTreeMap<String, (String, String)>,
    /// Its source files.
    pub sources: Vec<PathBuf>,
}

/// Why a project cannot be read.
#[derive(Debug)]
pub enum ProjectError {
    /// The path cannot be opened.
    Path(io::Error),
    /// A file cannot be parsed.
    Syntax {
        /// The file, below the project's folder.
        file: String,
        /// The line.
        line: usize,
        /// The fault.
        what: String,
    },
    /// The file does not call `betterAuth`; other files of its project do, each with its line.
    NotThere(Vec<String>),
    /// No file calls `betterAuth`.
    NoCall,
    /// Several files call `betterAuth`; each with its line.
    Several(Vec<String>),
}

/// The files that show variables without their values.
const EXAMPLES: [&str; 6] =
    [".env.example", ".env.sample", ".env.template", ".env.dist", ".env.local.example", "env.example"];

impl Project {
    /// Opens the project of a folder or of a file.
    ///
    /// # Errors
    /// If nothing can be read there, or it is not known what to read.
    pub fn open(path: &Path) -> Result<Self, ProjectError> {
        let (path, line) = with_line(path);
        let path = fs::canonicalize(path).map_err(ProjectError::Path)?;
        let is_file = path.is_file();
        let folder = if is_file { path.parent().unwrap_or(&path).to_owned() } else { path.clone() };
        let root = root(&folder);
        let files = Files::new(root.clone());
        let mut reader = Reader::new(files, BTreeMap::new());
        let sources = reader.files.sources(&root);
        let near: Vec<PathBuf> = match is_file {
            true => vec![path.clone()],
            false => sources.iter().filter(|source| source.starts_with(&folder)).cloned().collect(),
        };
        let mut calls = calls(&reader, &near)?;
        if calls.is_empty() && is_file && reader.files.open(&path).is_none() {
            return Err(ProjectError::Path(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is no source file of at most 512 KB",
            )));
        }
        if let Some(Err(wrong)) = is_file
            .then(|| reader.files.open(&path).and_then(|number| reader.files.get(number)))
            .flatten()
            .map(|file| file.module.as_ref().map(|_| ()).map_err(Clone::clone))
        {
            return Err(ProjectError::Syntax { file: reader.files.name(&path), line: wrong.line, what: wrong.what });
        }
        if calls.is_empty() {
            // The call may be in a package that this one uses.
            calls = self::calls(&reader, &sources)?;
            if is_file
                && !calls.is_empty()
                && !reader.leads_to(&path, &calls.iter().map(|at| at.file).collect::<Vec<_>>())
            {
                return Err(ProjectError::NotThere(places(&reader, &calls)));
            }
        }
        if let Some(line) = line {
            calls.retain(|at| reader.files.place(*at).ends_with(&format!(":{line}")));
        }
        let at = match calls.as_slice() {
            [] => return Err(ProjectError::NoCall),
            [at] => *at,
            several => return Err(ProjectError::Several(places(&reader, several))),
        };
        let of_call = reader.files.get(at.file).map(|file| file.path.clone()).unwrap_or_default();
        let prisma = prisma::read(&reader.files, &of_call);
        if let Some(schema) = &prisma {
            // Files are numbered in the order in which they are opened: the call is found again.
            let enums = schema.enums.iter().cloned().collect();
            reader = Reader::new(Files::new(root.clone()), enums);
            reader.files.open(&of_call);
        }
        let again = self::calls(&reader, std::slice::from_ref(&of_call))?;
        let at = again.into_iter().find(|again| again.start == at.start).ok_or(ProjectError::NoCall)?;
        let preferred = if is_file { path.clone() } else { folder.clone() };
        let found = find::options(&reader, at, &sources, &preferred).ok_or(ProjectError::NoCall)?;
        let examples = examples(&reader.files, &of_call);
        Ok(Self { file: reader.files.name(&of_call), reader, found, prisma, examples, sources })
    }

    /// The file and line of a value.
    pub fn place(&self, value: &Value) -> String {
        self.reader.files.place(value.at)
    }
}

/// A path and the line behind it: `src/auth.ts:40`.
fn with_line(path: &Path) -> (PathBuf, Option<usize>) {
    let text = path.to_str().unwrap_or_default();
    match text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?))) {
        Some((file, line)) if !path.exists() => (PathBuf::from(file), Some(line)),
        _ => (path.to_owned(), None),
    }
}

/// The files and lines of calls.
fn places(reader: &Reader, calls: &[crate::syntax::SourceSpan]) -> Vec<String> {
    let mut places: Vec<_> = calls.iter().map(|at| reader.files.place(*at)).collect();
    places.sort();
    places.dedup();
    places
}

fn calls(reader: &Reader, paths: &[PathBuf]) -> Result<Vec<crate::syntax::SourceSpan>, ProjectError> {
    find::calls(reader, paths).map_err(|one| ProjectError::Syntax { file: one.file, line: one.line, what: one.what })
}

/// The folder of the project to which a folder belongs: the workspace of the nearest package, or else that package.
fn root(folder: &Path) -> PathBuf {
    let mut above = folder.ancestors().take_while(|folder| !is_end(folder));
    let Some(package) =
        above.clone().chain(folder.ancestors().find(|one| is_end(one))).find(|one| one.join("package.json").is_file())
    else {
        return folder.to_owned();
    };
    let is_workspace = |folder: &Path| {
        let manifest = fs::read_to_string(folder.join("package.json")).unwrap_or_default();
        folder.join("pnpm-workspace.yaml").is_file() || manifest.contains("\"workspaces\"")
    };
    let workspace = above.by_ref().chain(folder.ancestors().find(|one| is_end(one))).find(|one| is_workspace(one));
    workspace.unwrap_or(package).to_owned()
}

/// Whether a folder is that of a repository: the search for a project ends there.
fn is_end(folder: &Path) -> bool {
    folder.join(".git").exists()
}

/// The examples of variables in the folders from a file up to the project's, and in other packages' folders that have one.
fn examples(files: &Files, from: &Path) -> BTreeMap<String, (String, String)> {
    let mut found = BTreeMap::new();
    let mut here = from.parent();
    while let Some(folder) = here.filter(|folder| folder.starts_with(files.root())) {
        for name in EXAMPLES {
            let path = folder.join(name);
            let Some(text) = files.text(&path) else { continue };
            for line in text.lines() {
                let line = line.trim();
                let line = line.strip_prefix("export ").unwrap_or(line);
                let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
                let value = value.trim();
                let value = value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']);
                found.entry(key.trim().to_owned()).or_insert((value.to_owned(), files.name(&path)));
            }
        }
        here = folder.parent();
    }
    found
}
