//! The help texts, `docs/CLI.md`, completions and man pages, as the command prints them.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::dev::{ended, folder, gatepost};

fn project() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Runs the command, which must succeed, and returns its output.
fn output(arguments: &[&str]) -> String {
    let output = ended(gatepost(project(), arguments));
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names of all commands and subcommands, read from the help texts themselves.
fn commands() -> Vec<Vec<String>> {
    fn add(path: &[String], found: &mut Vec<Vec<String>>) {
        found.push(path.to_vec());
        let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = output(&arguments);
        let Some((_, list)) = help.split_once("\nCommands:\n") else { return };
        let names = list.lines().take_while(|line| line.starts_with("  ")).filter(|line| !line.starts_with("   "));
        for name in names.map(|line| line.split_whitespace().next().unwrap()).filter(|name| *name != "help") {
            add(&[path, &[name.to_owned()]].concat(), found);
        }
    }
    let mut found = Vec::new();
    add(&[], &mut found);
    found
}

/// Feeds a program `input` on standard input and returns its status, output and errors, or `None` where it is not installed.
fn piped(program: &str, arguments: &[&str], input: &str) -> Option<(bool, String, String)> {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), input).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::from(file.reopen().unwrap()));
    let output = command.output().ok()?;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Some((output.status.success(), text(output.stdout), text(output.stderr)))
}

#[test]
fn every_help_text_is_in_the_page_and_has_exit_statuses_and_examples() {
    let page = fs::read_to_string(project().join("docs/CLI.md")).unwrap();
    let commands = commands();
    assert!(commands.len() >= 19, "{commands:?}");
    for path in &commands {
        let arguments: Vec<&str> = path.iter().map(String::as_str).chain(["--help"]).collect();
        let help = output(&arguments);
        let lines: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
        assert!(lines.iter().all(|line| line.chars().count() <= 100), "{help}");
        let name = [&["cargo gatepost".to_owned()], path.as_slice()].concat().join(" ");
        for part in [format!("Usage: {name}"), "\nExit status:\n  0  ".to_owned(), "\nExamples:\n  ".to_owned()] {
            assert!(help.contains(&part), "{name}: no {part:?}\n{help}");
        }
        let rest = lines.join("\n");
        assert!(
            page.contains(&format!("\n## `{name}`\n\n```text\n{rest}\n```\n")),
            "{name} is not in docs/CLI.md\n{rest}"
        );
    }
    assert_eq!(page.matches("\n## `").count(), commands.len());
}

#[test]
fn an_example_of_a_help_text_is_a_command_that_the_parser_accepts() {
    let page = fs::read_to_string(project().join("docs/CLI.md")).unwrap();
    let mut count = 0;
    for line in page.lines().filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' '))) {
        let Some((_, called)) = line.split_once("gatepost ") else { continue };
        if line.starts_with("cargo install")
            || !["cargo gatepost ", " cargo gatepost "].iter().any(|c| line.contains(c))
        {
            continue;
        }
        let called = called.split(['|', '>', ')']).next().unwrap();
        let arguments: Vec<&str> = called.split_whitespace().chain(["--help"]).collect();
        output(&arguments);
        count += 1;
    }
    assert!(count > 30, "{count}");
}

#[test]
fn a_stale_page_is_found() {
    let folder = folder();
    fs::copy(project().join("Cargo.toml"), folder.path().join("Cargo.toml")).unwrap();
    fs::create_dir(folder.path().join("api")).unwrap();
    let generate = |arguments: &[&str]| {
        let output = ended(gatepost(folder.path(), &[&["generate"], arguments].concat()));
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    assert_eq!(generate(&[]).0, Some(0));
    assert_eq!(generate(&["--check"]), (Some(0), String::new()));
    let page = folder.path().join("docs/CLI.md");
    let text = fs::read_to_string(&page).unwrap();
    assert_eq!(text, fs::read_to_string(project().join("docs/CLI.md")).unwrap());
    fs::write(&page, text.replace("--port", "--haven")).unwrap();
    let (status, said) = generate(&["--check"]);
    assert!(status == Some(2) && said.starts_with("stale: docs/CLI.md; run `cargo gatepost generate`"), "{said}");
}

#[test]
fn completions_are_scripts_that_their_shells_read() {
    // bash is wherever these tests run; the others may be missing, and their scripts are then only looked into.
    let bash = output(&["completions", "bash"]);
    assert_eq!(piped("bash", &["-n"], &bash), Some((true, String::new(), String::new())));
    let complete = |words: &str, at: usize| {
        let call = format!(
            "{bash}\nCOMP_WORDS=(gatepost {words}); COMP_CWORD={at}; _gatepost gatepost \"${{COMP_WORDS[{at}]}}\" x; echo \"${{COMPREPLY[@]}}\""
        );
        piped("bash", &[], &call).unwrap().1.trim().to_owned()
    };
    assert_eq!(complete("doc", 1), "doctor");
    assert_eq!(complete("check ", 2).split_whitespace().take(2).collect::<Vec<_>>(), ["-h", "--help"]);
    assert_eq!(complete("check data", 2), "database");
    assert_eq!(complete("migrate --new", 2), "--new-tables");
    for (shell, arguments, part) in [("zsh", "-n", "#compdef gatepost"), ("fish", "-n", "complete -c gatepost")] {
        let script = output(&["completions", shell]);
        assert!(script.contains(part) && script.contains("new-tables"), "{shell}: {script}");
        if let Some(read) = piped(shell, &[arguments], &script) {
            assert_eq!(read, (true, String::new(), String::new()), "{shell}");
        }
    }
    let unknown = ended(gatepost(project(), &["completions", "csh"]));
    let said = String::from_utf8(unknown.stderr).unwrap();
    assert!(unknown.status.code() == Some(2) && said.contains("bash, elvish, fish, powershell, zsh"), "{said}");
}

#[test]
fn man_pages_are_written_for_every_command_and_render_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("share/man1");
    let said = output(&["man", to.to_str().unwrap()]);
    let commands = commands();
    assert_eq!(said.lines().count(), commands.len(), "{said}");
    for path in &commands {
        let name = [&["gatepost".to_owned()], path.as_slice()].concat().join("-");
        let page = fs::read_to_string(to.join(format!("{name}.1"))).unwrap();
        assert!(page.starts_with(&format!(".TH {name} 1 \"\" \"gatepost {}\"\n", env!("CARGO_PKG_VERSION"))), "{page}");
        let sections: Vec<_> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\"", "EXAMPLES"] {
            assert!(sections.contains(&section), "{name}: {sections:?}");
        }
        assert!(!page.contains("cargo gatepost"), "{name}: {page}");
        if let Some((succeeded, text, errors)) = piped("groff", &["-man", "-Tascii", "-ww", "-P-cbou"], &page) {
            assert!(succeeded && errors.is_empty(), "{name}: {errors}");
            assert!(text.contains("EXIT STATUS\n       0  "), "{name}: {text}");
        }
    }
    assert_eq!(output(&["man"]).trim_end(), fs::read_to_string(to.join("gatepost.1")).unwrap().trim_end());
    fs::write(folder.path().join("file"), "").unwrap();
    let failed = ended(gatepost(project(), &["man", folder.path().join("file").to_str().unwrap()]));
    assert_eq!(failed.status.code(), Some(2), "{failed:?}");
}
