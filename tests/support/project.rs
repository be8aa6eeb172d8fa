//! A project in a folder of its own, as `gatepost generate` writes it for one `gatepost.toml`.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use gatepost_cli::generate::{self, StaleFiles};

use super::platform::Platform;

/// The project, which is removed when this is dropped.
pub struct Project(tempfile::TempDir);

impl Project {
    /// One with this configuration, of which nothing is generated yet.
    pub fn new(toml: &str) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        for name in ["api", "docs", "migrations"] {
            fs::create_dir(project.path().join(name)).unwrap();
        }
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        fs::copy(manifest, project.path().join("Cargo.toml")).unwrap();
        project.configure(toml);
        project
    }

    /// One with this configuration and what is generated for it.
    pub fn generated(toml: &str) -> Self {
        let project = Self::new(toml);
        project.generate(false).unwrap();
        project
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes another `gatepost.toml`.
    pub fn configure(&self, toml: &str) {
        fs::write(self.path().join("gatepost.toml"), toml).unwrap();
    }

    /// Takes an example of this package over as a function, as its page says, and generates what follows.
    pub fn add(&self, example: &str) {
        let file = format!("{example}.rs");
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(&file);
        fs::copy(from, self.path().join("api").join(file)).unwrap();
        self.generate(false).unwrap();
    }

    /// Runs the command; with `only_look`, returns the changes that it would make.
    pub fn generate(&self, only_look: bool) -> io::Result<StaleFiles> {
        generate::generate(self.path(), only_look)
    }

    pub fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// The names of the files in this folder, without their ends.
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        let files = entries.filter(|path| path.extension().is_some_and(|end| end == "rs"));
        let mut names: Vec<_> = files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// The functions of this project, as the platform runs them. Their binaries are those that this test was built with, and
    /// the project's examples.
    pub fn platform(&self, variables: &[(&str, &str)], freeze: bool) -> Platform {
        let built = Path::new(env!("CARGO_BIN_EXE_get-session")).parent().unwrap();
        let binaries = self.path().join("binaries");
        fs::create_dir(&binaries).unwrap();
        for name in [self.names("api"), self.names("api/auth")].concat() {
            let binary = built.join(&name);
            let is_example = ["me", "all"].contains(&name.as_str());
            symlink(if is_example { example(&name) } else { binary }, binaries.join(&name)).unwrap();
        }
        Platform::of(self.path(), &binaries, variables, freeze)
    }
}

/// An example of this package. A run of all tests has built it already; a run of these tests alone builds it here.
pub fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    let folder = Path::new(env!("CARGO_BIN_EXE_get-session")).parent().unwrap();
    BUILT.get_or_init(|| {
        let profile = folder.file_name().unwrap().to_str().unwrap();
        let profile = if profile == "debug" { "dev" } else { profile };
        let mut command = Command::new(env!("CARGO"));
        command.args(["build", "--quiet", "--examples", "--profile", profile]).stdin(Stdio::null());
        // `ring` is built again whenever these change, and with it everything above.
        let of_the_run = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PRIMARY_PACKAGE"];
        for (name, _) in std::env::vars_os() {
            if of_the_run.iter().any(|begin| name.to_string_lossy().starts_with(begin)) {
                command.env_remove(name);
            }
        }
        let built = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    });
    folder.join("examples").join(name)
}
