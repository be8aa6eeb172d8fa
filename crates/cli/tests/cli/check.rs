//! `gatepost check env` as an operator or a build runs it: what it reads, and the status it ends with.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

const OURS: &str = "# Created by Vercel CLI\nBETTER_AUTH_SECRET=\"K7vQ2xLm9RtY4wZp8NbH3cJf6DsG1aVe\"\n\
                    DATABASE_URL=\"postgres://u:hunter2@db.example/x\"\nBETTER_AUTH_URL=\"https://auth.example.com\"\n\
                    EMAIL_URL=\"resend://re_0123456789\"\nEMAIL_FROM=\"Team <team@example.com>\"\n";

/// The command in this folder, with nothing of our environment.
fn check(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatepost"));
    command.args(["check", "env"]).args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env_clear().envs(variables.iter().copied()).output().unwrap()
}

fn said(output: &Output) -> (i32, String) {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gatepost.toml"), "[email_and_password]\nenabled = true\n").unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

#[test]
fn a_file_as_the_platform_writes_it_is_read_and_nothing_of_the_process_besides() {
    let folder = folder(&[(".env.production", OURS)]);
    let output = check(folder.path(), &["--file", ".env.production"], &[("NEXT_PUBLIC_DATABASE_URL", "x")]);
    assert_eq!(said(&output), (0, "0 problems, 0 warnings\n".to_owned()));
}

#[test]
fn the_environment_of_the_process_is_checked_and_every_problem_is_listed() {
    let wrong =
        [("BETTER_AUTH_SECRET", "short"), ("EMAIL_URL", "pigeon:home"), ("BETTER_AUTH_URL", "http://a.example")];
    let (status, text) = said(&check(folder(&[]).path(), &[], &wrong));
    assert_eq!(status, 1, "{text}");
    for name in ["BETTER_AUTH_SECRET", "EMAIL_URL", "BETTER_AUTH_URL", "DATABASE_URL"] {
        assert!(text.contains(&format!("problem  {name}: ")), "{name}: {text}");
    }
    assert!(text.ends_with("4 problems, 1 warning\n"), "{text}");
}

#[test]
fn a_secret_that_preview_and_production_share_is_a_problem_and_a_database_that_they_share_a_warning() {
    let preview = OURS.replace("BETTER_AUTH_URL=\"https://auth.example.com\"\n", "");
    let folder = folder(&[(".env.production", OURS), (".env.preview", &preview)]);
    let arguments = ["--env", "production", "--file", ".env.production", "--against", ".env.preview"];
    let (status, text) = said(&check(folder.path(), &arguments, &[]));
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("problem  BETTER_AUTH_SECRET: a secret in it is also in .env.preview"), "{text}");
    assert!(text.contains("warning  DATABASE_URL: it is the same as in .env.preview"), "{text}");
    assert!(!text.contains("K7vQ2x") && !text.contains("hunter2"), "{text}");
    // The older secret of a rotation is as good.
    let rotated = "BETTER_AUTH_SECRETS=2:Zp8NbH3cJf6DsG1aVeK7vQ2xLm9RtY4w,1:K7vQ2xLm9RtY4wZp8NbH3cJf6DsG1aVe\n";
    fs::write(folder.path().join(".env.preview"), rotated).unwrap();
    let (status, text) = said(&check(folder.path(), &arguments, &[]));
    assert!(status == 1 && text.contains("problem  BETTER_AUTH_SECRET: "), "{text}");
    let other = "BETTER_AUTH_SECRET=Zp8NbH3cJf6DsG1aVeK7vQ2xLm9RtY4w\nDATABASE_URL=postgres://u:p@db.example/preview\n";
    fs::write(folder.path().join(".env.preview"), other).unwrap();
    assert_eq!(said(&check(folder.path(), &arguments, &[])).0, 0);
}

#[test]
fn a_database_url_that_is_none_or_verifies_nobody_is_told_without_its_password() {
    let folder = folder(&[]);
    let look = |url: &str| {
        fs::write(folder.path().join(".env"), OURS.replace("postgres://u:hunter2@db.example/x", url)).unwrap();
        let (status, text) = said(&check(folder.path(), &["--file", ".env"], &[]));
        assert!(!text.contains("hunter2"), "{url}: {text}");
        (status, text)
    };
    for (url, told) in [
        ("psql 'postgres://u:hunter2@db.example/x'", "problem  DATABASE_URL: it is a command for psql"),
        ("jdbc:postgresql://db.example/x?password=hunter2", "problem  DATABASE_URL: `jdbc:postgresql://`"),
        ("postgres://u:a#hunter2@db.example/x", "problem  DATABASE_URL: an `@` stands behind the host"),
        ("postgres://u:hunter2@db.example/x?sslmode=always", "prefer, require, verify-ca, verify-full, no-verify"),
        ("postgres://u:hunter2@db.example/x?search_path=a,b", "problem  DATABASE_URL: its `search_path` is `a`, `b`"),
    ] {
        let (status, text) = look(url);
        assert!(status == 1 && text.contains(told) && text.ends_with("1 problem, 0 warnings\n"), "{url}: {text}");
    }
    let (status, text) = look("postgres://u:hunter2@db.example/x?sslmode=no-verify");
    assert!(status == 0 && text.contains("warning  DATABASE_URL: with `sslmode=no-verify`"), "{text}");
    assert_eq!(look("  postgres://u:p@hunter2@db.example/x?schema=auth  "), (0, "0 problems, 0 warnings\n".to_owned()));
}

#[test]
fn what_cannot_be_read_is_a_sentence_and_status_2() {
    let folder = folder(&[("broken", "BETTER_AUTH_SECRET=hunter2\nhunter2 is no pair\n")]);
    for (arguments, says) in [
        (&["--file", "absent"][..], "absent: "),
        (&["--file", "broken"], "broken: line 2 is not `NAME=value`"),
        (&["--against", "broken"], "broken: line 2 is not `NAME=value`"),
        (&["--env", "staging"], "production, preview, development"),
    ] {
        let (status, text) = said(&check(folder.path(), arguments, &[]));
        assert!(status == 2 && text.contains(says) && !text.contains("hunter2"), "{arguments:?}: {status} {text}");
    }
}

#[test]
fn the_issuer_and_the_audience_that_services_expect_are_compared() {
    let toml = "[email_and_password]\nenabled = true\n[jwt]\naudience = [\"https://api.example\", \"b\"]\n";
    let folder = folder(&[(".env", OURS), ("gatepost.toml", toml)]);
    let status = |arguments: &[&str]| said(&check(folder.path(), &[&["--file", ".env"], arguments].concat(), &[]));
    assert_eq!(status(&["--issuer", "https://auth.example.com", "--audience", "https://api.example"]).0, 0);
    let (code, text) = status(&["--issuer", "https://auth.example.com/", "--audience", "https://other.example"]);
    assert_eq!(code, 1);
    assert!(
        text.contains("jwt.issuer: services expect `https://auth.example.com/`, but it is `https://auth.example.com`")
    );
    assert!(
        text.contains("jwt.audience: services expect `https://other.example`, but it is `https://api.example`, `b`")
    );
    // Without a base URL, no check can know it beforehand.
    fs::write(folder.path().join(".env"), OURS.replace("BETTER_AUTH_URL=", "OTHER=")).unwrap();
    let (code, text) = status(&["--issuer", "https://auth.example.com"]);
    assert!(code == 1 && text.contains("without a base URL it is the origin of each request"), "{text}");
}
