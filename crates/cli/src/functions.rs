//! Plans the functions that a project's configuration needs: their files in `api/auth`, and which files there are stale.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use gatepost_core::{
    config::{Config, Deployment, Source, Variables},
    functions::{self, DeployedFunction},
};

use crate::files;

/// The folder that contains only the functions' files.
pub const FOLDER: &str = "api/auth";

/// The widest line that the formatter keeps.
const WIDTH: usize = 120;

/// The functions that `gatepost.toml` asks for.
pub struct Plan {
    /// The configuration, as far as the file determines it.
    pub config: Config,
    /// The functions; the last one answers for all paths that are left.
    pub functions: Vec<DeployedFunction>,
    /// The line for `Cargo.toml` that records the configuration for which they are.
    pub record: String,
}

impl Plan {
    /// Reads the `gatepost.toml` of a project. Variables count as set: functions that need them must exist.
    ///
    /// # Errors
    /// If the file cannot be read, and everything that is wrong in it.
    pub fn read(project: &Path) -> io::Result<Self> {
        const FILE: &str = "gatepost.toml";
        let text = files::read_if_there(&project.join(FILE))?;
        let any = [("DATABASE_URL", "postgres://localhost/any"), ("REDIS_URL", "redis://localhost")];
        let variables: Variables = any.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let source = Source { name: FILE, text: &text };
        let (config, mut problems) = Config::examine(&variables, Some(source));
        // Problems of variables do not matter here.
        problems.0.retain(|problem| problem.place.starts_with(FILE));
        if !problems.0.is_empty() {
            return Err(io::Error::other(problems.to_string()));
        }
        let record = Deployment::record(source).map_err(io::Error::other)?;
        Ok(Self { functions: functions::deployed(&config), config, record })
    }

    /// Returns the files of the functions: path relative to the project, and text.
    pub fn files(&self) -> Vec<(PathBuf, String)> {
        let file = |name: &str| Path::new(FOLDER).join(name).with_extension("rs");
        let (last, others) = match self.functions.split_last() {
            Some((last, others)) => (Some(last), others),
            None => (None, &[][..]),
        };
        let others = others.iter().map(|function| (file(function.name), text(function, false)));
        others.chain(last.map(|function| (file(function.name), text(function, true)))).collect()
    }

    /// Finds the files of functions that are no longer needed and that `gatepost generate` has written.
    ///
    /// # Errors
    /// If a file cannot be read, or was not written by `gatepost generate`: it would break the platform's build.
    pub fn stale(&self, project: &Path) -> io::Result<Vec<PathBuf>> {
        let folder = project.join(FOLDER);
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut stale = Vec::new();
        for found in files::list(&folder)? {
            let name = found.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            // The platform builds no other files.
            let Some(stem) = name.strip_suffix(".rs").filter(|stem| !stem.starts_with(['.', '_'])) else { continue };
            let path = Path::new(FOLDER).join(name);
            if !is_generated(&files::read(&found)?) {
                return Err(io::Error::other(format!(
                    "{}: `gatepost generate` did not write it, and the platform cannot build it there; move it to api/{name}, \
                     where your own functions are",
                    path.display()
                )));
            }
            if !self.functions.iter().any(|function| function.name == stem) {
                stale.push(path);
            }
        }
        stale.sort();
        Ok(stale)
    }
}

/// The first words of every generated file.
const MARK: &str = "//! Written by `cargo gatepost generate`. ";

fn text(function: &DeployedFunction, is_last: bool) -> String {
    let (answer, serve) = match is_last {
        true => ("std::process::ExitCode", "serve_or_check"),
        false => ("()", "serve"),
    };
    let tables: Vec<_> = function.tables.iter().map(|table| table.constant).collect();
    let floors: BTreeSet<_> = tables.iter().filter_map(|table| table.split("::").next()).collect();
    let floors = match floors.len() {
        1 => floors.into_iter().collect(),
        _ => format!("{{{}}}", floors.into_iter().collect::<Vec<_>>().join(", ")),
    };
    let on_one_line = format!("    gatepost_vercel::{serve}(&[{}])\n", tables.join(", "));
    let call = if on_one_line.len() <= WIDTH {
        on_one_line
    } else {
        format!("    gatepost_vercel::{serve}(&[\n        {},\n    ])\n", tables.join(",\n        "))
    };
    format!(
        "{MARK}{}\n\nuse gatepost_core::{floors};\n\nfn main() -> Result<{answer}, gatepost_vercel::Error> {{\n{call}}}\n",
        function.about
    )
}

/// Returns whether a file was generated, or is a function from before functions were generated.
fn is_generated(text: &str) -> bool {
    let is_older = |text: &str| {
        text.contains("\nuse gatepost_core::endpoints::")
            && ["serve", "serve_or_check"].iter().any(|name| text.ends_with(&older_end(name)))
    };
    text.starts_with(MARK) || is_older(text)
}

fn older_end(serve: &str) -> String {
    format!("gatepost_vercel::Error> {{\n    gatepost_vercel::{serve}(ENDPOINTS)\n}}\n")
}
