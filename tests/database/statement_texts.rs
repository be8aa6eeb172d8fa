//! The text of every statement that the service sends to PostgreSQL, for each way in which a deployment names its tables and makes
//! its identifiers. A file for each way is below `tests/statements/`. With `GATEPOST_WRITE_STATEMENTS=1` the test writes these
//! files instead of comparing them.

mod calls;
mod source;
mod store;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use gatepost_cli::edge;
use gatepost_core::{
    Auth, Config,
    config::{Source, Variables},
    store::{Db, schema::Schema, secondary::DatabaseEntries},
};
use serde_json::json;

use self::{calls::Run, store::Store};
use crate::support::{
    SECRET,
    postgres::{Database, block_on, execute},
    schema, server,
    statements::ADDITIONAL_FIELDS,
    wire::Wire,
};

/// The variable that has the files written.
const WRITE: &str = "GATEPOST_WRITE_STATEMENTS";
const COMMAND: &str = "GATEPOST_WRITE_STATEMENTS=1 cargo test --test gatepost statement_texts";

/// The files by their names, what the statements in them have, and the schema of [`schema::configured_as`].
const FILES: [(&str, &str, &str); 8] = [
    ("default", "with better-auth's own names", ""),
    ("renamed", "with another name for every table and column, in a PostgreSQL schema of its own", "renamed"),
    ("uuid", "with identifiers that the database makes, as UUIDs", "uuid"),
    ("serial", "with identifiers that the database counts", "serial"),
    ("snake-case-plural", "with names as Drizzle gives them, in snake case and with plural tables", "drizzle"),
    (
        ADDITIONAL,
        "with additional fields of users, sessions and accounts, with usernames, phone numbers, second factors, invitations, API keys, passkeys, administration and organizations",
        "",
    ),
    (AUDITED, "with the features of additional-fields.sql, where statements note the changes that they make", ""),
    (EVENTS, "with the features of additional-fields.sql, where statements write the events of their changes", ""),
];
const ADDITIONAL: &str = "additional-fields";
const AUDITED: &str = "audited";
const EVENTS: &str = "events";
const SECONDARY: &str = "\n[secondary_storage]\nenabled = true\n";

/// The entries that a database holds in addition to a secondary storage, with the configuration for that.
const IN_DATABASE: [(&str, DatabaseEntries); 3] = [
    ("", DatabaseEntries { sessions: false, ended_sessions: false, secrets: false }),
    (
        "[session]\nstore_session_in_database = true\n[verification]\nstore_in_database = true\n",
        DatabaseEntries { sessions: true, ended_sessions: false, secrets: true },
    ),
    (
        "[session]\nstore_session_in_database = true\npreserve_session_in_database = true\n\
         [verification]\nstore_in_database = true\n",
        DatabaseEntries { sessions: true, ended_sessions: true, secrets: true },
    ),
];

/// Makes the tables like those of older versions of better-auth: accounts have a leftover column that takes no null, keys lack two
/// columns, and no constraint keeps an address, a session's token or the key of a count unique.
const OLDER: &str = "delete from {session}; delete from {account}; delete from {user}; delete from {jwks};
    alter table {account} add column issuer text not null;
    alter table {jwks} drop column {jwks.alg}, drop column {jwks.crv};
    do $$ declare c record; begin
        for c in select conrelid::regclass as t, conname from pg_constraint where contype = 'u'
            and conrelid in ('{user}'::regclass, '{session}'::regclass, '{rateLimit}'::regclass) loop
            execute format('alter table %s drop constraint %I', c.t, c.conname); end loop;
        for c in select indexrelid::regclass as i from pg_index where indisunique and not indisprimary
            and indrelid in ('{user}'::regclass, '{session}'::regclass, '{rateLimit}'::regclass) loop
            execute format('drop index %s', c.i); end loop;
    end $$";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/statements")
}

/// A service with this `gatepost.toml` on the database behind `wire`. It connects to no Redis.
fn auth(toml: &str, wire: &Wire) -> Auth {
    let mut variables = Variables::default();
    for (name, value) in [
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", "http://localhost:3000"),
        ("DATABASE_URL", &wire.url),
        ("REDIS_URL", "redis://localhost"),
    ] {
        variables.set(name.to_owned(), value.to_owned());
    }
    let config = Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml })).unwrap();
    Auth::new(config, edge::now).unwrap()
}

/// The statements that were sent for one of [`FILES`].
struct Recorded {
    /// The statements, each with the functions of the store that send it.
    blocks: BTreeMap<String, BTreeSet<&'static str>>,
    /// The functions in the order in which they were called, with how many statements each sent.
    calls: Vec<(&'static str, usize)>,
    /// Every message as it was sent.
    messages: Vec<String>,
    /// Fills in the places of a statement.
    schema: Schema,
}

/// Calls every function without a secondary storage, then with one for each of [`IN_DATABASE`]. Addresses and tokens begin with
/// `prefix`.
fn everywhere(run: &mut Run<'_>, toml: &str, prefix: &str) {
    let wire = run.wire;
    block_on(async {
        let db = auth(toml, wire).db();
        run.all(&db, prefix).await;
        run.cleanup(&db).await;
        for (number, (more, in_database)) in IN_DATABASE.into_iter().enumerate() {
            let auth = auth(&format!("{toml}{SECONDARY}{more}"), wire);
            let db = Db::new(auth.pool.clone(), auth.schema.clone(), Some(Arc::new(Store::new(in_database))));
            run.all(&db, &format!("{prefix}-besides-{number}")).await;
        }
    });
}

fn recorded(name: &str, asked: &str) -> Recorded {
    let toml = schema::configured_as(
        asked,
        &match name {
            ADDITIONAL => ADDITIONAL_FIELDS.to_owned(),
            AUDITED => format!("{ADDITIONAL_FIELDS}[audit]\nenabled = true\n"),
            EVENTS => format!("{ADDITIONAL_FIELDS}[events]\nenabled = true\n"),
            _ => String::new(),
        },
    );
    let database = Database::empty();
    let wire = Wire::new(&database.direct);
    let plain = auth(&toml, &wire);
    server::migrated_to(&database.direct, &plain.config.schema);
    let mut run = Run {
        has_features: [ADDITIONAL, AUDITED, EVENTS].contains(&name),
        is_audited: name == AUDITED,
        has_events: name == EVENTS,
        ..Run::new(&wire)
    };
    everywhere(&mut run, &toml, "new");
    execute(&database.direct, &plain.schema.filled(OLDER));
    everywhere(&mut run, &toml, "old");
    let (calls, schema) = (run.calls.clone(), Schema::new(&plain.config.schema));
    if name == ADDITIONAL {
        // The column of a list is an array, and the service has read no row that says so.
        let tags = "alter table {user} alter column {user.tags} type text[] using null";
        execute(&database.direct, &schema.filled(tags));
        let list = json!({ "tags": ["a"] }).as_object().unwrap().clone().into();
        block_on(async { run.update(&auth(&toml, &wire).db(), &list).await });
    }
    Recorded { blocks: run.blocks, calls, messages: run.messages, schema }
}

/// The text of a file: the statements that no earlier file shows.
fn written(about: &str, recorded: &Recorded, earlier: &[(&str, &str, Recorded)]) -> String {
    let mut rest: Vec<_> = recorded.blocks.iter().collect();
    let mut which = String::new();
    for (name, _, shown) in earlier {
        let before = rest.len();
        rest.retain(|(statement, senders)| shown.blocks.get(*statement) != Some(*senders));
        if rest.len() < before {
            which += &format!("-- {} more statements are the same as in {name}.sql.\n", before - rest.len());
        }
    }
    let mut text = format!(
        "-- Every statement that the service sends, {about}.\n\
         -- Above each are the functions of the store that send it. E'…' stands for any text, and … for the number of a lock.\n\
         {which}-- Written by {COMMAND}\n"
    );
    for (statement, senders) in rest {
        let senders: Vec<_> = senders.iter().copied().collect();
        text += &format!("\n-- {}\n{statement};\n", senders.join(", "));
    }
    text
}

/// Fails where a file differs from `text`, and shows the statements that differ.
fn compare(file: &Path, text: &str) {
    let found = fs::read_to_string(file).unwrap_or_default();
    let blocks = |text: &str| text.split("\n\n").map(str::to_owned).collect::<BTreeSet<_>>();
    let (old, new) = (blocks(&found), blocks(text));
    let told = |blocks: Vec<&String>| blocks.into_iter().map(|block| format!("{block}\n\n")).collect::<String>();
    assert!(
        found == text,
        "{} differs. If a statement is meant to change, write the files and review their difference: {COMMAND}\n\n\
         == only in the file:\n\n{}== only sent:\n\n{}",
        file.display(),
        told(old.difference(&new).collect()),
        told(new.difference(&old).collect())
    );
}

#[test]
fn every_statement_has_the_text_that_its_file_shows() {
    let all = thread::scope(|scope| {
        let running = FILES.map(|(name, about, asked)| scope.spawn(move || (name, about, recorded(name, asked))));
        running.map(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)))
    });
    let write = edge::environment().get(WRITE).is_some();
    let mut files = BTreeSet::new();
    for (at, (name, about, recorded)) in all.iter().enumerate() {
        let (file, text) = (folder().join(format!("{name}.sql")), written(about, recorded, &all[..at]));
        if write {
            fs::write(&file, text).unwrap();
        } else {
            compare(&file, &text);
        }
        // Each way sends as many statements as the others, but for features that are on in one of them.
        let features = [
            "username::",
            "phone_number::",
            "two_factor::",
            "codes::",
            "admin::",
            "organization::",
            "members::",
            "operator::",
            "invitations::",
            "teams::",
            "team_members::",
            "roles::",
            "sign_up::",
            "audit::",
            "events::",
            "may_remove_notes",
            "founder::",
            "api_key::",
            "unproven_keys::",
            "uses::",
            "passkey::",
        ];
        let is_of_feature = |by: &str| features.iter().any(|part| by.contains(part));
        let common = |recorded: &Recorded| {
            // A feature's own users are made by the same function as others.
            let all = recorded.calls.iter().filter(|(by, _)| !is_of_feature(by) && *by != "user::insert");
            all.copied().collect::<Vec<_>>()
        };
        // Beside a secondary storage, the begin and the end of a session are noted by statements of their own, and notes and events have
        // an end too.
        if ![AUDITED, EVENTS].contains(name) {
            assert_eq!(common(recorded), common(&all[0].2), "{name}");
        }
        files.insert(file);
    }
    let there = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    assert_eq!(there.collect::<BTreeSet<_>>(), files);

    let calls = all.iter().flat_map(|(_, _, recorded)| &recorded.calls);
    let called: BTreeSet<_> = calls.map(|(by, _)| (*by).to_owned()).collect();
    let senders = source::senders();
    let differing: Vec<_> = called.symmetric_difference(&senders).collect();
    assert!(
        differing.is_empty(),
        "calls.rs calls each function of the store that sends statements, but not: {differing:?}"
    );
    let sent = |text: &str| {
        all.iter().any(|(_, _, recorded)| {
            let parts = source::around_searches(text);
            let parts: Vec<_> = parts.iter().map(|part| source::as_sent(&recorded.schema.filled(part))).collect();
            recorded.messages.iter().any(|message| source::is_statement_of(&parts, message))
        })
    };
    let unseen = source::statements().into_iter().filter(|(_, text)| !sent(text));
    let told: String = unseen.map(|(place, text)| format!("{place}:\n{text}\n\n")).collect();
    assert!(told.is_empty(), "no file below tests/statements shows these; let calls.rs send them:\n\n{told}");
}

#[test]
fn statements_are_found_however_the_source_writes_them() {
    let source = r#"
        // "select 1 from {session}"
        const HEAD: &str = "with owner as (select 1)";
        pub const WHOLE: &str = const_format::concatcp!(HEAD, " select 1 from owner");
        macro_rules! ending {
            ($where:literal) => { concat!("delete from {session} where ", $where) };
        }
        fn all(quote: &'static str, letter: char) {
            send(letter == '"', "select \"a\" \
                from {user}", "The table {user} is not there.");
            send(ending!("{session.id} = $1"));
        }
    "#;
    let found = source::statements_in([("a.rs".to_owned(), "a".to_owned(), source.to_owned())].into_iter());
    let found: Vec<_> = found.iter().map(|(_, text)| text.as_str()).collect();
    let expected = [
        "with owner as (select 1) select 1 from owner",
        "select \"a\" from {user}",
        "The table {user} is not there.",
        "delete from {session} where {session.id} = $1",
    ];
    assert_eq!(found, expected);
}
