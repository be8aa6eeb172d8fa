//! A deployment that `gatepost doctor` examines.

use gatepost_cli::{
    doctor,
    report::{Report, Verdict},
};
use gatepost_core::config::Variables;

use super::{
    SECRET,
    postgres::{Database, block_on},
    schema, server,
    service::DEFAULT,
    transport,
};

/// Variables from pairs.
pub fn variables(all: &[(&str, &str)]) -> Variables {
    all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Returns the report of `gatepost doctor` about a deployment with passwords on this database, with these lines in `gatepost.toml`.
pub fn local(database: &Database, toml: &str) -> Report {
    by(&database.url, toml)
}

/// Returns the report for a URL, such as that of another role.
pub fn by(url: &str, toml: &str) -> Report {
    with(url, toml, &[])
}

/// Returns the report with more variables.
pub fn with(url: &str, toml: &str, more: &[(&str, &str)]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    schema::written(folder.path(), &format!("{DEFAULT}{toml}\n"));
    let url = transport::variable(toml, "DATABASE_URL", url);
    let all =
        [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", "https://auth.example.com"), ("DATABASE_URL", &*url)];
    block_on(doctor::local(folder.path(), &variables(&[&all[..], more].concat()), None)).unwrap()
}

/// A database with better-auth's core tables, once `gatepost migrate` added what a feature needs, and what doctor says of it then.
/// Fails where doctor did not say before that `missing` is not there.
pub fn migrated(toml: &str, missing: &str) -> (Database, Report) {
    let database = Database::new();
    let folder = tempfile::tempdir().unwrap();
    schema::written(folder.path(), toml);
    let all = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", database.url.as_str())];
    let look = || block_on(doctor::local(folder.path(), &variables(&all), None)).unwrap();
    let failed = look().findings.into_iter().filter(|finding| finding.verdict == Verdict::Fail);
    let failed: Vec<_> = failed.map(|finding| finding.evidence).collect();
    assert!(failed.iter().any(|text| text.contains(missing)), "{failed:?}");
    server::migrated_to(&database.direct, &schema::of(toml));
    let report = look();
    assert_eq!(report.status(), 0, "{report}");
    (database, report)
}
