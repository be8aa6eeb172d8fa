//! The examples of the guides work as they stand: the script of getting-started.md, and every piece of `gatepost.toml`.

use std::{fs, path::Path, time::Duration};

use gatepost_core::{
    Config,
    config::{Source, Variables},
};

use crate::support::{SECRET, node, postgres::Database, secondary_storage, service::Service};

const MINUTE: Duration = Duration::from_secs(60);

/// The blocks of code in a language.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let begin = format!("```{language}\n");
    page.split(begin.as_str()).skip(1).map(|rest| rest.split_once("```").unwrap().0).collect()
}

#[test]
fn the_script_of_getting_started_prints_the_address_of_its_user() {
    let page = include_str!("../../docs/getting-started.md");
    let script = blocks(page, "js")[0];
    let printed = "ada@example.com";
    assert!(page.contains(&format!("It prints `{printed}`")));
    let database = Database::new();
    let service = Service::new(&database.url);
    let script = script.replace("http://localhost:3000", &service.url);
    assert!(script.contains(&service.url), "{script}");
    let said = node::run("--input-type=module", &["--eval", &script], MINUTE);
    assert_eq!(said.trim(), printed);
}

/// With every table that these pages name.
const TABLES: &str = "[email_and_password]\nenabled = true\n[passkey]\nenabled = true\n[organization]\nenabled = true\n[api_key]\n\
    enabled = true\n[audit]\nenabled = true\n[two_factor]\nenabled = true\n[admin]\nenabled = true\n[sign_up]\nenabled = true\n\
    invitation_only = true\n";

#[test]
fn the_sql_of_the_guides_runs_and_finds_and_removes_the_rows_of_a_user() {
    let database = secondary_storage::database(TABLES);
    database.query(
        "insert into \"user\" (id, name, email, \"emailVerified\") values ('u1', 'Ada', 'ada@example.com', true);
        insert into session (id, token, \"userId\", \"expiresAt\", \"createdAt\", \"updatedAt\") values ('s1', 't', 'u1', now(), now(), now());
        insert into organization (id, name, slug, \"createdAt\") values ('o1', 'Club', 'club', now());
        insert into member (id, \"organizationId\", \"userId\", role, \"createdAt\") values ('m1', 'o1', 'u1', 'owner', now());
        insert into \"twoFactor\" (id, secret, \"backupCodes\", \"userId\") values ('f1', '$ba$1$x', '$ba$1$x', 'u1');
        insert into invitation (id, \"organizationId\", email, status, \"expiresAt\", \"createdAt\", \"inviterId\")
            values ('i1', 'o1', 'ada@example.com', 'pending', now(), now(), 'u1')",
    );
    let sql_of = |page: &str| {
        let blocks: Vec<String> = blocks(page, "sql").into_iter().map(|sql| sql.replace(":'id'", "'u1'")).collect();
        let commands = |sql: &str| sql.lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n");
        blocks.iter().map(|sql| commands(sql)).collect::<Vec<_>>()
    };
    let [export, removal] = sql_of(include_str!("../../docs/user-data.md")).try_into().unwrap();
    let found = database.query(&export);
    let text = format!("{found:?}");
    assert!(["ada@example.com", "Club", "owner"].iter().all(|part| text.contains(part)), "{text}");
    database.query("delete from \"user\"");
    // The database removes the rows that the page says it removes.
    for table in ["session", "member", "\"twoFactor\""] {
        assert_eq!(database.value(&format!("select count(*) from {table}")), "0", "{table}");
    }
    database.query(&removal);
    assert_eq!(database.value("select count(*) from invitation"), "0");
}

#[test]
fn every_configuration_of_the_pages_is_one() {
    let mut count = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let page = fs::read_to_string(&path).unwrap();
        // A block with an ellipsis leaves something out.
        for toml in blocks(&page, "toml").into_iter().filter(|toml| !toml.contains('…')) {
            let mut variables: Variables = [
                ("BETTER_AUTH_SECRET", SECRET),
                ("BETTER_AUTH_URL", "https://auth.example.com"),
                ("DATABASE_URL", "postgres://localhost/x"),
                // Production refuses options whose mails or text messages have no transport.
                ("EMAIL_URL", "resend://key"),
                ("EMAIL_FROM", "auth@example.com"),
                ("SMS_URL", "webhook+https://secret@example.com/sms"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect();
            if toml.contains("[previews]") {
                variables.set("GATEPOST_PREVIEW_KEY".to_owned(), "a-key-of-the-previews-0123456789abcdef".to_owned());
            }
            if toml.contains("[hooks.") {
                let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
                variables.set("HOOKS_SECRET".to_owned(), secret.to_owned());
            }
            if toml.contains("[events]") {
                variables
                    .set("EVENTS_SECRET".to_owned(), "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned());
            }
            if toml.contains("[cleanup]") {
                variables.set("CRON_SECRET".to_owned(), "a secret of the cron".to_owned());
            }
            if toml.contains("[secondary_storage]") {
                variables.set("REDIS_URL".to_owned(), "redis://localhost".to_owned());
            }
            let read = Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml }));
            assert!(read.is_ok(), "{}:\n{toml}\n{}", path.display(), read.err().unwrap());
            count += 1;
        }
    }
    assert!(count > 3, "{count}");
}

/// The example of verifying-tokens.md, which the compiler checks here.
#[expect(dead_code, reason = "it is compiled, and asks no service")]
async fn verified(token: &str) -> Result<String, Box<dyn std::error::Error>> {
    use gatepost_core::verify::{Expected, Keeping, KeySet, RemoteKeySet, verify};

    let keys = KeySet::Remote(RemoteKeySet::new("https://auth.example.com/api/auth/jwks".parse()?, Keeping::default()));
    let expected = Expected::new("https://auth.example.com", "https://auth.example.com");
    let claims = verify(token, &keys, &expected, jiff::Timestamp::now()).await?;
    Ok(claims.subject().to_owned())
}

#[test]
fn the_example_of_a_hook_in_rust_is_the_one_that_gatepost_comes_with() {
    let [function, list, ..] = blocks(include_str!("../../docs/hooks.md"), "rust")[..] else { panic!("no examples") };
    for (example, file) in
        [(function, include_str!("../../hooks/src/example.rs")), (list, include_str!("../../hooks/src/lib.rs"))]
    {
        let lines: Vec<&str> = file.lines().map(str::trim).collect();
        let wanted: Vec<&str> = example.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert!(!wanted.is_empty());
        wanted.iter().for_each(|line| assert!(lines.contains(line), "{line}"));
    }
}

#[test]
fn the_example_of_verifying_tokens_is_what_is_compiled_here() {
    let source: Vec<&str> = include_str!("guides.rs").lines().map(str::trim).collect();
    let example = blocks(include_str!("../../docs/verifying-tokens.md"), "rust")[0];
    let lines: Vec<&str> = example.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines.len() > 3);
    for line in lines {
        assert!(source.contains(&line), "{line}");
    }
}
