//! The mails of a service, as its file transport writes them.

use std::{fs, path::PathBuf, time::Duration};

use serde_json::Value;

/// A file that takes mails.
pub struct Mailbox {
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Mailbox {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { file: folder.path().join("mails"), _folder: folder }
    }

    /// The service's `EMAIL_URL`.
    pub fn url(&self) -> String {
        format!("file:{}", self.file.display())
    }

    /// Every mail, once there are `count` of them.
    pub fn mails(&self, count: usize) -> Vec<Value> {
        self.wait(|mails| (mails.len() >= count).then_some(mails))
    }

    /// The newest mail of a kind, once there is one.
    pub fn newest(&self, kind: &str) -> Value {
        self.wait(|mails| mails.into_iter().rev().find(|mail| mail["kind"] == kind))
    }

    /// The token in the newest mail of a kind.
    pub fn token(&self, kind: &str) -> String {
        self.newest(kind)["token"].as_str().unwrap().to_owned()
    }

    /// Forgets every mail.
    pub fn clear(&self) {
        fs::remove_file(&self.file).unwrap();
    }

    fn wait<T>(&self, look: impl Fn(Vec<Value>) -> Option<T>) -> T {
        for _ in 0..1_000 {
            let text = fs::read_to_string(&self.file).unwrap_or_default();
            // What is being written has no end yet.
            let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            if let Some(found) = look(whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()) {
                return found;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the mail did not come: {}", fs::read_to_string(&self.file).unwrap_or_default());
    }
}
