//! An export of another system in a file, and `gatepost import-users` on a database of its own.

use std::{fs, path::PathBuf};

use gatepost_cli::{
    edge,
    import_users::{
        self, Options, Summary,
        formats::{FirebaseParameters, Format},
    },
};
use gatepost_core::{
    Auth, Config,
    config::{Source, Variables},
};
use serde_json::Value;

use super::{
    SECRET,
    postgres::{Database, block_on},
    schema, secondary_storage,
    service::Service,
    transport,
};

/// An export in a folder of its own, and what an import of it needs.
pub struct Export {
    toml: String,
    pub database: Database,
    pub file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Export {
    pub fn new(toml: &str, name: &str, text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        Self { toml: toml.to_owned(), database: secondary_storage::database(toml), file, _folder: folder }
    }

    pub fn run(&self, format: Format, change: impl FnOnce(&mut Options)) -> Result<Summary, String> {
        let url = transport::variable(&self.toml, "DATABASE_URL", &self.database.url).to_string();
        let mails = ("EMAIL_URL", "file:/dev/null");
        let variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", &*url), mails]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect();
        let text = schema::configured(&self.toml);
        let config = Config::load(&variables, Some(Source { name: "gatepost.toml", text: &text })).unwrap();
        let auth = Auth::new(config, edge::now).unwrap();
        let firebase = FirebaseParameters { salt_separator: "Bw==".to_owned(), rounds: 8, mem_cost: 14 };
        let mut options = Options { format, apply: true, keep_ids: false, without_passwords: false, firebase };
        change(&mut options);
        block_on(async { import_users::run(&auth, &self.file, &options, &mut |_| {}).await })
    }

    /// The refused records: each line with its cause.
    pub fn refused(&self) -> Vec<(u64, String)> {
        let file = format!("{}.refused.jsonl", self.file.display());
        let lines: Vec<Value> = fs::read_to_string(file)
            .unwrap_or_default()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let read = |line: &Value| (line["line"].as_u64().unwrap(), line["cause"].as_str().unwrap().to_owned());
        lines.iter().map(read).collect()
    }

    pub fn service(&self) -> Service {
        Service::with(&self.toml, &[("DATABASE_URL", &self.database.url)])
    }

    /// The users as addresses, whether they are confirmed, and names.
    #[allow(dead_code, reason = "the sweeps need it")]
    pub fn users(&self) -> String {
        let sql = r#"select coalesce(string_agg(concat_ws(' ', email, "emailVerified"::text, name), ', ' order by email), '') from "user""#;
        self.database.value(sql)
    }
}
