//! Keeps the files that `cargo dev` creates out of git: one has a secret, the others are a database.

use std::{
    io,
    path::Path,
    process::{Command, Stdio},
};

use crate::files;

/// Makes git ignore a file or folder that is about to be created: adds it to the `.gitignore` beside it, unless git ignores it already.
/// Without git, or outside a repository, the line is there for a repository that comes later.
///
/// # Errors
/// If git tracks the file already, or `.gitignore` cannot be read or written.
pub(crate) fn by_git(folder: &Path, name: &str) -> io::Result<()> {
    if git_says(folder, &["ls-files", "--error-unmatch", "--", name]) {
        let path = folder.join(name);
        return Err(io::Error::other(format!(
            "{}: git tracks it, so what `cargo dev` writes there would be committed; run `git rm -r --cached {name}` in that folder",
            path.display()
        )));
    }
    if git_says(folder, &["check-ignore", "--quiet", "--", name]) {
        return Ok(());
    }
    let (file, line) = (folder.join(".gitignore"), format!("/{name}"));
    let text = files::read_if_there(&file)?;
    if text.lines().any(|found| found.trim() == line) {
        return Ok(());
    }
    let separator = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    files::write(&file, format!("{text}{separator}{line}\n"))
}

/// Whether a command of git succeeds in a folder. Without git, none does.
fn git_says(folder: &Path, arguments: &[&str]) -> bool {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    git.status().is_ok_and(|status| status.success())
}
