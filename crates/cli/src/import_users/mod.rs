//! `gatepost import-users`: loads the users of another system. A run can be repeated: existing users are skipped.

mod candidate;
mod csv;
pub mod formats;
mod json;
pub mod records;
mod summary;

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    hash::{BuildHasher as _, RandomState},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use gatepost_core::{
    Auth,
    config::Ids,
    crypto::random::Rng,
    model::{Additional, User},
    store::{
        Db, StoreError,
        noted::IdentityProof,
        user::{self, ImportedAccount, ImportedUser, Outcome},
    },
    syntax::printed::is_printed,
};
use serde::Serialize;

pub use self::summary::Summary;
use self::{
    candidate::{Candidate, scheme},
    formats::{FirebaseParameters, Format},
};
use crate::{edge, plural::counted};

/// The most users in one statement.
const MOST: usize = 500;
/// The most bytes of the records of one statement.
const LARGEST: usize = 2 << 20;
/// The number of records between two lines of progress.
const PROGRESS: u64 = 10_000;

/// The choices of an import.
#[derive(Debug, Clone)]
pub struct Options {
    /// The system that made the file.
    pub format: Format,
    /// Whether to write. Otherwise only the plan is made.
    pub apply: bool,
    /// Whether users keep their identifiers.
    pub keep_ids: bool,
    /// Whether to import users without their passwords.
    pub without_passwords: bool,
    /// The parameters of Firebase's hashes.
    pub firebase: FirebaseParameters,
}

/// Reads `file` and, with [`Options::apply`], writes its users. Rows that are refused are written to a file beside it.
///
/// # Errors
/// A sentence with the cause and the fix: a file that cannot be read or written, or a database that does not answer. What was
/// written before stays, and another run goes on behind it.
pub async fn run(
    auth: &Auth,
    file: &Path,
    options: &Options,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<Summary, String> {
    if options.keep_ids && auth.config.schema.ids == Ids::Serial {
        return Err("--keep-ids: the database counts identifiers; leave the option out".to_owned());
    }
    let unreadable = |error: io::Error| format!("{}: {}", file.display(), edge::unreadable(&error));
    let refused = refused_file(file);
    let mut import = Import {
        auth,
        db: auth.db(),
        options,
        rng: Rng::from_seed(edge::seed().map_err(|error| error.to_string())?)
            .making(auth.config.schema.ids.form(), edge::now()),
        keys: RandomState::new(),
        seen: HashSet::new(),
        batch: Vec::new(),
        size: 0,
        summary: Summary::default(),
        refused: None,
        refused_file: refused,
    };
    import.db.notes.know(|author| {
        author.by = IdentityProof::Operator;
        author.action = Some("import-users");
    });
    for record in records::open(file).map_err(unreadable)? {
        let record = record.map_err(unreadable)?;
        import.take(record).await?;
        if import.summary.read.is_multiple_of(PROGRESS) {
            let (read, new) = (counted(import.summary.read, "record"), counted(import.summary.new, "user"));
            progress(&format!("{read} read, {new} {}", import.done()));
        }
    }
    import.flush().await?;
    import.close()
}

/// The file in which the refused rows are named.
fn refused_file(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".refused.jsonl");
    name.into()
}

/// An import that is under way.
struct Import<'a> {
    auth: &'a Auth,
    db: Db,
    options: &'a Options,
    rng: Rng,
    /// Makes the keys of addresses and of accounts at providers, eight bytes each.
    keys: RandomState,
    seen: HashSet<u64>,
    batch: Vec<(u64, ImportedUser)>,
    size: usize,
    summary: Summary,
    refused: Option<BufWriter<File>>,
    refused_file: PathBuf,
}

impl Import<'_> {
    async fn take(&mut self, record: records::Record) -> Result<(), String> {
        self.summary.read += 1;
        let members = match record.members {
            Ok(members) => members,
            Err(cause) => return self.refuse(record.line, &cause),
        };
        let read = if self.options.without_passwords { formats::without_password } else { formats::candidate };
        let candidate = match read(self.options.format, &members, &self.options.firebase) {
            Ok(candidate) => candidate,
            Err(cause) => return self.refuse(record.line, &cause),
        };
        if !self.seen.insert(self.keys.hash_one(&candidate.email)) {
            return self.refuse(record.line, "another record of the file has the same email address");
        }
        for account in &candidate.accounts {
            if !self.seen.insert(self.keys.hash_one(account)) {
                return self.refuse(record.line, "another record of the file has the same account at a provider");
            }
        }
        if self.options.keep_ids && !candidate.id.as_deref().is_some_and(is_id) {
            let cause =
                "the user has no identifier to keep: 1 to 255 letters, digits and `_.:|-`, a letter or digit first";
            return self.refuse(record.line, cause);
        }
        if let Some(name) = candidate.hash.as_deref().and_then(scheme) {
            *self.summary.schemes.entry(name).or_default() += 1;
        }
        let has_second_factor = candidate.has_second_factor;
        match self.user(candidate) {
            Ok(user) => self.batch.push((record.line, user)),
            Err(cause) => return self.refuse(record.line, &cause),
        }
        self.summary.second_factors += u64::from(has_second_factor);
        self.size += record.size;
        if self.batch.len() >= MOST || self.size >= LARGEST { self.flush().await } else { Ok(()) }
    }

    /// Makes the rows of a user.
    fn user(&mut self, candidate: Candidate) -> Result<ImportedUser, String> {
        let now = edge::now();
        let config = &self.auth.config;
        let mut additional = candidate.fields;
        let own = &config.schema.additional.user;
        if let Some(unknown) = additional.keys().find(|name| !own.iter().any(|field| field.name == **name)) {
            let name: String = unknown.chars().filter(|letter| is_printed(*letter)).take(64).collect();
            return Err(format!("`{name}` is not one of `[user.additional_fields]`"));
        }
        if let Some(username) = candidate.username.filter(|_| config.features.username.enabled) {
            additional.insert("username".to_owned(), username.to_lowercase().into());
            additional.insert("displayUsername".to_owned(), username.into());
        }
        for field in own {
            if let Some(default) = &field.default {
                additional.entry(field.name.clone()).or_insert_with(|| default.clone());
            }
        }
        let id = match (self.options.keep_ids, candidate.id) {
            (true, Some(id)) => id,
            _ => self.rng.id(),
        };
        let password = candidate.hash.map(|hash| (None, Some(hash)));
        let providers = candidate.accounts.into_iter().map(|provider| (Some(provider), None));
        let accounts = password.into_iter().chain(providers);
        let accounts = accounts.map(|(provider, hash)| ImportedAccount { id: self.rng.id(), provider, hash });
        let created_at = Some(candidate.created_at.unwrap_or(now));
        Ok(ImportedUser {
            accounts: accounts.collect(),
            additional,
            user: User {
                id,
                name: Some(candidate.name),
                email: candidate.email,
                email_verified: Some(candidate.email_verified),
                image: candidate.image,
                created_at,
                updated_at: created_at,
                additional: Additional::default(),
            },
        })
    }

    /// Writes the users that were collected, or looks up which of them are there.
    async fn flush(&mut self) -> Result<(), String> {
        self.size = 0;
        let batch = std::mem::take(&mut self.batch);
        if !self.options.apply {
            let emails: Vec<_> = batch.iter().map(|(_, user)| user.user.email.clone()).collect();
            let known = user::known(&self.db, &emails).await.map_err(|error| told(&error))?;
            self.summary.known += known.len() as u64;
            self.summary.new += (emails.len() - known.len()) as u64;
            return Ok(());
        }
        let mut groups: BTreeMap<Vec<String>, Vec<(u64, ImportedUser)>> = BTreeMap::new();
        for (line, user) in batch {
            groups.entry(user.additional.keys().cloned().collect()).or_default().push((line, user));
        }
        for group in groups.into_values() {
            self.write(&group).await?;
        }
        Ok(())
    }

    /// Writes users in one statement. If the database refuses a row, each half is tried, down to the row.
    async fn write(&mut self, group: &[(u64, ImportedUser)]) -> Result<(), String> {
        let mut waiting = vec![group];
        while let Some(part) = waiting.pop() {
            let users: Vec<_> = part.iter().map(|(_, user)| user.clone()).collect();
            let outcomes = match (user::import(&self.db, &users, self.options.keep_ids).await, part) {
                (Ok(outcomes), _) => outcomes,
                (Err(error @ StoreError::Refused(_)), [(line, _)]) => {
                    self.refuse(*line, &error.to_string())?;
                    continue;
                }
                (Err(StoreError::Refused(_)), _) => {
                    let (first, second) = part.split_at(part.len() / 2);
                    waiting.extend([second, first]);
                    continue;
                }
                (Err(error), _) => return Err(told(&error)),
            };
            for ((line, _), outcome) in part.iter().zip(outcomes) {
                match outcome {
                    Outcome::Written => self.summary.new += 1,
                    Outcome::Known => self.summary.known += 1,
                    Outcome::Taken => {
                        let cause = "another user has the identifier, the username, an account at a provider, or another value that must be \
                                     unique";
                        self.refuse(*line, cause)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Names a row that is not imported. The file has JSON lines: a spreadsheet does not run what a cause may quote.
    fn refuse(&mut self, line: u64, cause: &str) -> Result<(), String> {
        self.summary.refused += 1;
        let path = &self.refused_file;
        let unwritable = |error: io::Error| {
            format!(
                "{}: it cannot be written: {error}; let the command write there, because it names the refused rows there",
                path.display()
            )
        };
        let writer = match &mut self.refused {
            Some(writer) => writer,
            None => self.refused.insert(BufWriter::new(File::create(path).map_err(unwritable)?)),
        };
        let named = serde_json::to_string(&RefusedRecord { line, cause }).unwrap_or_default();
        writeln!(writer, "{named}").map_err(unwritable)
    }

    /// The word for what happened to new users.
    fn done(&self) -> &'static str {
        if self.options.apply { "written" } else { "to write" }
    }

    fn close(mut self) -> Result<Summary, String> {
        if let Some(writer) = &mut self.refused {
            writer.flush().map_err(|error| {
                format!("{}: it cannot be written: {error}; make room for it", self.refused_file.display())
            })?;
            self.summary.refused_file = Some(self.refused_file.clone());
        }
        let accepted = &self.auth.config.email_and_password.accept_hashes;
        let is_accepted =
            |name: &&str| *name == "better-auth" || accepted.iter().any(|accepted| accepted.text() == *name);
        self.summary.not_accepted = self.summary.schemes.keys().copied().filter(|name| !is_accepted(name)).collect();
        self.summary.has_written = self.options.apply;
        Ok(self.summary)
    }
}

/// Whether a text can be a user's identifier: stored values that stand for something else than a user begin with other characters.
fn is_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:|-".contains(&byte);
    text.len() <= 255
        && text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().all(is_plain)
}

/// A record that is not imported.
#[derive(Serialize)]
struct RefusedRecord<'a> {
    line: u64,
    cause: &'a str,
}

/// A failure of the database that ends the run.
fn told(error: &StoreError) -> String {
    format!("{error}; run the command again once that is mended: existing users are skipped")
}
