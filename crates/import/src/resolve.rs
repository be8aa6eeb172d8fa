//! Finds the file that an import names: relative paths, the paths of `tsconfig.json`, packages of the workspace, and where no
//! `tsconfig.json` says otherwise the usual meaning of `@/` and `~/`.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    path::{Path, PathBuf},
    rc::Rc,
};

use serde_json::Value;

use crate::files::{Files, SOURCES, normal};

/// How many `tsconfig.json` may extend each other.
const MOST_EXTENDS: usize = 10;

/// The target of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file of the project.
    File(PathBuf),
    /// A package that is not part of the project.
    Package,
    /// A file that is not there, or not within the project.
    Missing,
}

/// The folder, the name and `package.json` of each package of the workspace.
struct Package {
    folder: PathBuf,
    manifest: Value,
}

/// Patterns of `paths`, each with the path that it stands for.
type Paths = Vec<(String, PathBuf)>;

/// Resolves imports.
pub struct Resolver {
    packages: BTreeMap<String, Package>,
    configs: RefCell<BTreeMap<PathBuf, Rc<Paths>>>,
}

impl Resolver {
    /// Of a project: reads each `package.json` of its workspace.
    pub fn new(files: &Files) -> Self {
        let mut packages = BTreeMap::new();
        for folder in workspace(files) {
            let Some(manifest) = json(files, &folder.join("package.json")) else { continue };
            if let Some(name) = manifest.get("name").and_then(Value::as_str) {
                packages.insert(name.to_owned(), Package { folder, manifest: manifest.clone() });
            }
        }
        Self { packages, configs: RefCell::default() }
    }

    /// Returns the target of the module `name`, imported by the file `from`.
    pub fn resolve(&self, files: &Files, from: &Path, name: &str) -> Target {
        let folder = from.parent().unwrap_or(files.root());
        if name.starts_with('.') || name.starts_with('/') {
            return file(files, &folder.join(name)).map_or(Target::Missing, Target::File);
        }
        for (pattern, target) in self.paths(files, folder).iter() {
            if let Some(path) = matched(pattern, target, name).and_then(|path| file(files, &path)) {
                return Target::File(path);
            }
        }
        if let Some(path) = self.of_workspace(files, name) {
            return path.map_or(Target::Missing, Target::File);
        }
        let Some(rest) = ["@/", "~/", "$lib/", "#/"].iter().find_map(|prefix| name.strip_prefix(prefix)) else {
            return Target::Package;
        };
        let lib = if name.starts_with("$lib/") { "src/lib" } else { "src" };
        let mut above = Some(folder);
        while let Some(folder) = above.filter(|folder| folder.starts_with(files.root())) {
            let is_package = folder.join("package.json").is_file();
            let found = [folder.join(lib), folder.to_owned(), folder.join("app")].into_iter();
            let found = found.filter(|_| is_package).find_map(|folder| file(files, &folder.join(rest)));
            if let Some(path) = found {
                return Target::File(path);
            }
            if is_package {
                break;
            }
            above = folder.parent();
        }
        Target::Missing
    }

    /// The file that a package of the workspace means; `None` where the name is of no package of it.
    fn of_workspace(&self, files: &Files, name: &str) -> Option<Option<PathBuf>> {
        let (own, below) = self.packages.keys().find_map(|own| {
            let below = name.strip_prefix(own.as_str())?;
            (below.is_empty() || below.starts_with('/')).then_some((own, below))
        })?;
        let package = self.packages.get(own)?;
        let key = format!(".{below}");
        let exported = package.manifest.get("exports").and_then(|exports| exported(exports, &key));
        let paths = exported.into_iter().chain(match below {
            "" => vec!["src/index".to_owned(), "index".to_owned(), "src".to_owned()],
            below => vec![format!("src{below}"), below.trim_start_matches('/').to_owned()],
        });
        Some(paths.into_iter().find_map(|path| file(files, &package.folder.join(path))))
    }

    /// The `paths` of the `tsconfig.json` that is nearest to a folder, each as an absolute path.
    fn paths(&self, files: &Files, folder: &Path) -> Rc<Paths> {
        if let Some(found) = self.configs.borrow().get(folder) {
            return found.clone();
        }
        let names = ["tsconfig.json", "jsconfig.json"];
        let here = names.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        let found = match (here, folder.parent()) {
            (Some(path), _) => Rc::new(self.config(files, &path, MOST_EXTENDS)),
            (None, Some(above)) if above.starts_with(files.root()) => self.paths(files, above),
            _ => Rc::default(),
        };
        self.configs.borrow_mut().insert(folder.to_owned(), found.clone());
        found
    }

    fn config(&self, files: &Files, path: &Path, left: usize) -> Paths {
        let Some(config) = json(files, path).filter(|_| left > 0) else { return Vec::new() };
        let folder = path.parent().unwrap_or(files.root());
        let options = config.get("compilerOptions");
        let base = options.and_then(|options| options.get("baseUrl")).and_then(Value::as_str);
        let base = folder.join(base.unwrap_or("."));
        let mut paths = Vec::new();
        for (pattern, targets) in options.and_then(|options| options.get("paths")?.as_object()).into_iter().flatten() {
            let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
            paths.extend(targets.map(|target| (pattern.clone(), base.join(target))));
        }
        let others = config.get("references").and_then(Value::as_array).into_iter().flatten();
        let others = others.filter_map(|one| one.get("path")?.as_str());
        let extends = match config.get("extends") {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for other in extends.into_iter().chain(others) {
            let other = folder.join(other);
            let candidates = [other.clone(), other.with_extension("json"), other.join("tsconfig.json")];
            if let Some(path) = candidates.iter().find(|path| path.is_file() && *path != &other.join("")) {
                paths.extend(self.config(files, path, left - 1));
            }
        }
        paths
    }
}

/// The text that a key of `exports` stands for, of the condition that a server's source would have.
fn exported(exports: &Value, key: &str) -> Option<String> {
    fn path(value: &Value, left: usize) -> Option<&str> {
        match value {
            Value::String(path) => Some(path),
            Value::Object(conditions) if left > 0 => {
                let wanted = ["types", "source", "development", "import", "node", "default", "require"];
                let source = |path: &&str| !path.ends_with(".d.ts") && !path.contains("/dist/");
                let found = wanted.iter().filter_map(|name| path(conditions.get(*name)?, left - 1));
                found.into_iter().find(source)
            }
            _ => None,
        }
    }
    if exports.is_string() && key == "." {
        return exports.as_str().map(str::to_owned);
    }
    let entries = exports.as_object()?;
    if let Some(found) = entries.get(key).and_then(|value| path(value, 4)) {
        return Some(found.to_owned());
    }
    entries.iter().find_map(|(pattern, value)| {
        let (before, after) = pattern.split_once('*')?;
        let middle = key.strip_prefix(before)?.strip_suffix(after)?;
        Some(path(value, 4)?.replace('*', middle))
    })
}

/// The path that a pattern of `paths` makes of a name.
fn matched(pattern: &str, target: &Path, name: &str) -> Option<PathBuf> {
    match pattern.split_once('*') {
        None => (pattern == name).then(|| target.to_owned()),
        Some((before, after)) => {
            let middle = name.strip_prefix(before)?.strip_suffix(after)?;
            Some(PathBuf::from(target.to_str()?.replacen('*', middle, 1)))
        }
    }
}

/// The source file at a path that may lack its extension, or have the one that it will be built with.
fn file(files: &Files, path: &Path) -> Option<PathBuf> {
    let path = normal(path);
    let text = path.to_str()?;
    let built = [(".js", &["ts", "tsx"][..]), (".jsx", &["tsx"]), (".mjs", &["mts"]), (".cjs", &["cts"])];
    let of_built = built.iter().filter_map(|(suffix, kinds)| Some((text.strip_suffix(suffix)?, *kinds)));
    let of_built = of_built.flat_map(|(stem, kinds)| kinds.iter().map(move |kind| format!("{stem}.{kind}")));
    let added = SOURCES.iter().map(|kind| format!("{text}.{kind}"));
    let indices = SOURCES.iter().map(|kind| format!("{text}/index.{kind}"));
    let exact = [text.to_owned()].into_iter().filter(|_| !text.ends_with(".d.ts"));
    let mut all = of_built.chain(exact).chain(added).chain(indices).map(PathBuf::from);
    all.find(|path| files.inside(path).is_some_and(|real| is_source(&real)))
}

fn is_source(path: &Path) -> bool {
    path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| SOURCES.contains(&kind))
}

/// A file of JSON that may have comments and commas at the end of lists.
pub fn json(files: &Files, path: &Path) -> Option<Value> {
    let text = files.text(path)?;
    serde_json::from_str(&text).ok().or_else(|| serde_json::from_str(&plain_json(&text)).ok())
}

/// JSON without comments and trailing commas.
fn plain_json(text: &str) -> String {
    let (mut plain, mut letters, mut is_text) = (String::new(), text.chars().peekable(), false);
    while let Some(letter) = letters.next() {
        match (is_text, letter, letters.peek()) {
            (true, '\\', Some(_)) => {
                plain.push(letter);
                plain.extend(letters.next());
                continue;
            }
            (true, '"', _) => is_text = false,
            (false, '"', _) => is_text = true,
            (false, '/', Some('/')) => {
                while letters.next_if(|letter| *letter != '\n').is_some() {}
                continue;
            }
            (false, '/', Some('*')) => {
                let mut before = ' ';
                for letter in letters.by_ref().skip(1) {
                    if before == '*' && letter == '/' {
                        break;
                    }
                    before = letter;
                }
                continue;
            }
            (false, '}' | ']', _) => {
                let kept = plain.trim_end().strip_suffix(',').map(str::len);
                plain.truncate(kept.unwrap_or(plain.len()));
            }
            _ => {}
        }
        plain.push(letter);
    }
    plain
}

/// The folders of the packages of a workspace, the root's first.
fn workspace(files: &Files) -> Vec<PathBuf> {
    let root = files.root();
    let mut folders = vec![root.to_owned()];
    let manifest = json(files, &root.join("package.json")).unwrap_or_default();
    let listed = manifest.get("workspaces").map(|one| one.get("packages").unwrap_or(one));
    let mut patterns: Vec<String> = listed
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|one| Some(one.as_str()?.to_owned()))
        .collect();
    for line in files.text(&root.join("pnpm-workspace.yaml")).unwrap_or_default().lines() {
        if let Some(pattern) = line.trim().strip_prefix("- ") {
            patterns.push(pattern.trim_matches(['"', '\'', ' ']).to_owned());
        }
    }
    for pattern in patterns.iter().filter(|pattern| !pattern.starts_with('!')) {
        let pattern = pattern.trim_end_matches('/');
        match pattern.split_once('*') {
            None => folders.push(root.join(pattern)),
            Some((above, rest)) => {
                let Ok(read) = std::fs::read_dir(root.join(above)) else { continue };
                let below = |folder: PathBuf| match rest.trim_start_matches(['*', '/']) {
                    "" => folder,
                    rest => folder.join(rest),
                };
                let mut found: Vec<_> = read.filter_map(|entry| Some(below(entry.ok()?.path()))).collect();
                found.sort();
                folders.extend(found);
            }
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_no_part_of_json() {
        let text = "{ // a\n \"a\": \"x // y, ]\", /* b */ \"b\": [1, 2, ], }";
        assert_eq!(plain_json(text).split_whitespace().collect::<String>(), r#"{"a":"x//y,]","b":[1,2]}"#);
    }

    #[test]
    fn exports_with_conditions_and_patterns_name_the_source() {
        let exports =
            serde_json::json!({ ".": { "types": "./dist/a.d.ts", "default": "./src/a.ts" }, "./*": "./src/*.ts" });
        assert_eq!(exported(&exports, "."), Some("./src/a.ts".to_owned()));
        assert_eq!(exported(&exports, "./b/c"), Some("./src/b/c.ts".to_owned()));
        assert_eq!(exported(&exports, "d"), None);
    }
}
