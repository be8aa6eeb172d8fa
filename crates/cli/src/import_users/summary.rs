//! The result of an import, or of its plan, in words.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use crate::plural::counted;

/// The counts of an import.
#[derive(Debug, Default)]
pub struct Summary {
    /// The records of the file.
    pub read: u64,
    /// The users that were written, or would be.
    pub new: u64,
    /// The users who were there, whose rows stay as they are.
    pub known: u64,
    /// The records of users who had a second factor there.
    pub second_factors: u64,
    /// The records that are not imported.
    pub refused: u64,
    /// The file that names them, if there are any.
    pub refused_file: Option<PathBuf>,
    /// The password hashes of the records by scheme.
    pub schemes: BTreeMap<&'static str, u64>,
    /// The schemes that the deployment does not accept.
    pub not_accepted: Vec<&'static str>,
    /// Whether the users were written.
    pub has_written: bool,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = if self.has_written { "written" } else { "to write" };
        writeln!(
            f,
            "{}: {} {done}, {} already there, {} refused",
            counted(self.read, "record"),
            counted(self.new, "user"),
            self.known,
            self.refused
        )?;
        let schemes: Vec<_> = self.schemes.iter().map(|(name, count)| format!("{count} {name}")).collect();
        writeln!(f, "password hashes: {}", if schemes.is_empty() { "none".to_owned() } else { schemes.join(", ") })?;
        if !self.not_accepted.is_empty() {
            let names: Vec<_> = self.not_accepted.iter().map(|name| format!("{name:?}")).collect();
            let line = format!("accept_hashes = [{}]", names.join(", "));
            writeln!(
                f,
                "these users cannot sign in yet; add this to `[email_and_password]` of gatepost.toml and deploy:\n  {line}"
            )?;
        }
        if self.second_factors > 0 {
            writeln!(
                f,
                "{} of these users had a second factor, which is not imported: a password alone signs them in until they set one up \
                 here. With --without-passwords they begin with a mailed link",
                self.second_factors
            )?;
        }
        if let Some(file) = &self.refused_file {
            writeln!(f, "the refused records, each with its line and cause: {}", file.display())?;
        }
        match self.has_written {
            true => f.write_str("a second run writes no user twice"),
            false => f.write_str("no user was written; run the command with --apply to write them"),
        }
    }
}
