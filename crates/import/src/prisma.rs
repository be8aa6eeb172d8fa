//! Reads a Prisma schema: models, enumerations and the names that the database has for them.

use std::path::{Path, PathBuf};

use crate::{
    files::Files,
    tables::{Column, IdForm, Table},
};

/// A Prisma schema.
#[derive(Debug, Default)]
pub struct Schema {
    /// The provider of the data source.
    pub provider: Option<String>,
    /// The models.
    pub models: Vec<Model>,
    /// Enumerations, each with its members as the client names them.
    pub enums: Vec<(String, Vec<String>)>,
    /// The files, below the project's folder.
    pub files: Vec<String>,
}

/// A model.
#[derive(Debug)]
pub struct Model {
    /// Its name in the schema.
    pub name: String,
    /// Its table.
    pub table: Table,
}

impl Schema {
    /// The model that the client calls `name`.
    pub fn model(&self, name: &str) -> Option<&Model> {
        let lower = |name: &str| {
            let mut letters = name.chars();
            letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>()).unwrap_or_default()
        };
        self.models.iter().find(|model| lower(&model.name) == lower(name))
    }
}

/// Reads the schema of a project: of the package of `from`, or of any package of the workspace.
pub fn read(files: &Files, from: &Path) -> Option<Schema> {
    let mut folder = from.parent();
    while let Some(here) = folder.filter(|folder| folder.starts_with(files.root())) {
        for place in ["prisma", "src/prisma", "db", "."] {
            let found = parsed(files, &here.join(place));
            if found.is_some() {
                return found;
            }
        }
        folder = here.parent();
    }
    let found = schemas(files.root(), 0, &mut 0);
    found.first().and_then(|path| parsed(files, path.parent()?))
}

fn schemas(folder: &Path, depth: usize, seen: &mut usize) -> Vec<PathBuf> {
    let Ok(read) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = read.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        *seen += 1;
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_link = path.symlink_metadata().is_ok_and(|found| found.is_symlink());
        if *seen > 20_000 || is_link || name.starts_with('.') || name == "node_modules" {
            continue;
        }
        if path.is_dir() && depth < 6 {
            found.extend(schemas(&path, depth + 1, seen));
        } else if name.ends_with(".prisma") {
            found.push(path);
        }
    }
    found
}

/// The schema of the files in a folder.
fn parsed(files: &Files, folder: &Path) -> Option<Schema> {
    let mut paths = Vec::new();
    for folder in [folder.to_owned(), folder.join("schema"), folder.join("models")] {
        let read = std::fs::read_dir(&folder).into_iter().flatten();
        paths.extend(read.filter_map(|entry| Some(entry.ok()?.path())));
    }
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "prisma"));
    paths.sort();
    let mut schema = Schema::default();
    for path in paths {
        let Some(text) = files.text(&path) else { continue };
        schema.files.push(files.name(&path));
        blocks(&text, &mut schema);
    }
    (!schema.models.is_empty()).then_some(schema)
}

fn blocks(text: &str, schema: &mut Schema) {
    let mut lines = text.lines().map(|line| without_comment(line).trim());
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [kind, name, "{", ..] = words.as_slice() else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "}").filter(|line| !line.is_empty()).collect();
        match *kind {
            "model" => schema.models.push(model(name, &body)),
            "enum" => {
                let members = body.iter().filter(|line| !line.starts_with("@@"));
                let members = members.filter_map(|line| line.split_whitespace().next()).map(str::to_owned);
                schema.enums.push(((*name).to_owned(), members.collect()));
            }
            "datasource" => {
                let provider = body.iter().find_map(|line| line.strip_prefix("provider")?.split('"').nth(1));
                schema.provider = provider.map(str::to_owned).or(schema.provider.take());
            }
            _ => {}
        }
    }
}

/// A line without `// …`, unless that stands in a text.
fn without_comment(line: &str) -> &str {
    let mut is_text = false;
    for (at, letter) in line.char_indices() {
        match letter {
            '"' => is_text = !is_text,
            '/' if !is_text && line.get(at..).is_some_and(|rest| rest.starts_with("//")) => {
                return line.get(..at).unwrap_or(line);
            }
            _ => {}
        }
    }
    line
}

fn model(name: &str, body: &[&str]) -> Model {
    let mut table = Table { name: name.to_owned(), schema: None, columns: Vec::new() };
    for line in body {
        if let Some(rest) = line.strip_prefix("@@") {
            match rest.split('(').next() {
                Some("map") => table.name = argument(rest).unwrap_or_else(|| name.to_owned()),
                Some("schema") => table.schema = argument(rest),
                _ => {}
            }
            continue;
        }
        let mut words = line.split_whitespace();
        let (Some(field), Some(kind)) = (words.next(), words.next()) else { continue };
        let attributes = line.get(field.len()..).unwrap_or_default();
        let attribute = |name: &str| attributes.split_once(name).map(|(_, rest)| rest);
        // `@map(` of the column, and not of `@@map`.
        let column = attribute(" @map(").and_then(|rest| argument(&format!("({rest}")));
        let default = attribute(" @default(").unwrap_or_default();
        let native = attribute(" @db.").map(|rest| rest.split([' ', '(']).next().unwrap_or_default().to_lowercase());
        let length = attribute(" @db.")
            .and_then(|rest| rest.split(' ').next()?.split_once('(')?.1.split(')').next()?.parse().ok());
        let bare = kind.trim_end_matches(['?', '[', ']']);
        table.columns.push(Column {
            property: field.to_owned(),
            name: column.unwrap_or_else(|| field.to_owned()),
            kind: native.unwrap_or_else(|| bare.to_lowercase()),
            // A default that Prisma's client makes is none of the database.
            has_default: !default.is_empty()
                && !["cuid(", "uuid(", "ulid(", "nanoid("].iter().any(|made| default.starts_with(made)),
            length,
            form: match default.split_once('(') {
                Some(("uuid", rest)) if rest.starts_with('7') => Some(IdForm::UuidV7),
                Some((function, _)) => IdForm::of(function),
                None => None,
            },
            counts: default.starts_with("autoincrement("),
            is_unique: attributes.contains(" @unique"),
            is_generated: attributes.contains("Unsupported("),
        });
    }
    Model { name: name.to_owned(), table }
}

/// The first text in the parentheses of an attribute.
fn argument(text: &str) -> Option<String> {
    text.split('"').nth(1).map(str::to_owned)
}
