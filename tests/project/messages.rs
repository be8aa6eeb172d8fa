//! The messages that an operator reads, found in the source: problems of a configuration, findings of the check of an environment,
//! findings of `doctor` and `explain`, the declared errors of the command line and of `gatepost serve`, and the errors of the commands in [`SENTENCES`]. Each has
//! a cause and a fix. Texts that other functions return are not found.
//! The reasons of log lines are checked where `explain` reads them (`crates/cli/src/explain/reasons.rs`).

use std::{collections::BTreeSet, fs, path::Path};

/// A call that makes a message, and which of its arguments must name the fix. Findings of `doctor` have an argument of their own for
/// it, so their evidence needs none.
const CALLS: &[(&str, usize)] = &[
    ("problems.add(", 1),
    ("findings.problem(", 1),
    ("findings.warning(", 1),
    ("Finding::fail(", 2),
    ("Finding::warn(", 2),
];

/// Files of the command line whose functions return their messages as text: every one of these texts names the fix.
const SENTENCES: &[&str] = &[
    "crates/cli/src/audit.rs",
    "crates/cli/src/cleanup.rs",
    "crates/cli/src/events.rs",
    "crates/cli/src/keys.rs",
    "crates/cli/src/organizations.rs",
    "crates/cli/src/users.rs",
];

/// Words that begin an instruction.
const INSTRUCTIONS: &str = "add allow ask build change check choose compare configure connect convert copy correct create \
    declare delete deploy disable do edit enable export find fix free give grant import install keep leave let list look lower \
    make move name open pass paste point put raise read remove rename repeat replace report restart run see send set sign start \
    stop switch take try turn unset update use wait write";

/// Messages that need no instruction: a part of the message, and the reason.
const COMPLETE: &[(&str, &str)] = &[
    ("synchronise the wrong clock", "an instruction of one place"),
    ("there is nothing to do", "the message says that no fix is needed"),
    ("{fix}", "the fix is inserted"),
    ("{MAKE_ONE}", "the fix is inserted"),
    ("{hint}", "the fix is inserted"),
    ("has the line of this request", "the line has the cause, and its reason the fix"),
    ("has the reason: `gatepost explain", "the reason has the fix"),
    ("error: ", "the parser's message names the permitted values"),
    ("nothing was changed:", "it lists the problems that the plan found, each with its fix"),
    ("the database cannot be migrated: ", "it ends with the message of `gatepost migrate`"),
];

/// The byte behind the bracket that closes the one at `from`, outside of texts.
fn closed(source: &str, from: usize) -> usize {
    let (mut depth, mut is_text, mut is_escaped) = (0, false, false);
    for (at, letter) in source[from..].char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_text => is_escaped = true,
            '"' => is_text = !is_text,
            '(' | '[' | '{' if !is_text => depth += 1,
            ')' | ']' | '}' if !is_text => depth -= 1,
            _ => {}
        }
        if depth == 0 && !is_text {
            return from + at + letter.len_utf8();
        }
    }
    source.len()
}

/// The arguments between the brackets.
fn arguments(call: &str) -> Vec<&str> {
    let inner = &call[1..call.len() - 1];
    let (mut found, mut begin, mut at) = (Vec::new(), 0, 0);
    while at < inner.len() {
        match inner.as_bytes()[at] {
            b'(' | b'[' | b'{' => at = closed(inner, at),
            b'"' => at += text(&inner[at..]).1,
            b',' => {
                found.push(inner[begin..at].trim());
                at += 1;
                begin = at;
            }
            _ => at += 1,
        }
    }
    found.push(inner[begin..].trim());
    found.retain(|argument| !argument.is_empty());
    found
}

/// The text with which `source` begins, and its length with the quotes.
fn text(source: &str) -> (String, usize) {
    let mut is_escaped = false;
    for (at, letter) in source.char_indices().skip(1) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => {
                let lines = source[1..at].split("\\\n").map(str::trim_start);
                return (lines.collect(), at + 1);
            }
            _ => {}
        }
    }
    (String::new(), source.len())
}

/// All texts of a piece of source, one after the other.
fn texts(source: &str) -> String {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(begin) = source[at..].find('"') {
        let (text, length) = text(&source[at + begin..]);
        found.push(text);
        at += begin + length;
    }
    found.join(" ")
}

/// The texts of an argument: its own or, if it is a name, those of the `let` before it in this function.
fn written(before: &str, argument: &str) -> Option<String> {
    let own = texts(argument);
    if own.contains(char::is_alphabetic) {
        return Some(own);
    }
    let name: String = argument.trim_start_matches('&').chars().take_while(|letter| letter.is_alphanumeric()).collect();
    let function = &before[before.rfind("\nfn ").or_else(|| before.rfind("    fn ")).unwrap_or(0)..];
    let begin = function.rfind(&format!("let {name} = ")).or_else(|| function.rfind(&format!("let {name}: ")))?;
    let declared = texts(&function[begin..]);
    (!declared.is_empty()).then_some(declared)
}

/// Whether a message says what to do: by an instruction, by what a value must be, or by the command that shows what to write.
fn has_a_fix(message: &str) -> bool {
    let instructions: BTreeSet<&str> = INSTRUCTIONS.split_whitespace().collect();
    let mut begins = true;
    for word in message.to_lowercase().split_whitespace() {
        let plain = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        if (begins && instructions.contains(plain)) || plain == "must" {
            return true;
        }
        let ends = word.ends_with([';', ':', '.', ',', ')']);
        begins = ends || ["or", "and", "then", "instead"].contains(&plain) || (begins && plain == "not");
    }
    let shows = ["` prints", "` shows", "` lists", "` makes", "` adds"];
    shows.iter().any(|words| message.contains(words)) || COMPLETE.iter().any(|(part, _)| message.contains(part))
}

/// All sources of the crates without their tests, by path.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                let code = source.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
                let path = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
                found.push((path.to_str().unwrap().to_owned(), code));
            }
        }
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("crates")).unwrap() {
        walk(&entry.unwrap().path().join("src"), &mut found);
    }
    found.sort();
    found
}

/// The messages of a source with their lines.
fn messages(path: &str, source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut add = |at: usize, message: String| {
        found.push((source[..at].matches('\n').count() + 1, message));
    };
    for (call, place) in CALLS {
        for (at, _) in source.match_indices(call) {
            let open = at + call.len() - 1;
            let arguments = arguments(&source[open..closed(source, open)]);
            assert!(arguments.len() > *place, "{path}: {call} {arguments:?}");
            // A text that another function makes is checked there, if it is one of these calls.
            if let Some(message) = written(&source[..at], arguments[*place]) {
                add(at, message);
            }
        }
    }
    if path.starts_with("crates/cli/") || path.starts_with("crates/serve/") {
        for (at, attribute) in source.match_indices("#[error(") {
            let open = at + attribute.len() - 1;
            let message = texts(&source[open..closed(source, open)]);
            // `transparent`, or a message that is made by another type.
            if message.contains(' ') {
                add(at, message);
            }
        }
    }
    if SENTENCES.contains(&path) {
        for maker in ["Err(", "ok_or(", "ok_or_else("] {
            for (at, _) in source.match_indices(maker) {
                let open = at + maker.len() - 1;
                let message = texts(&source[open..closed(source, open)]);
                if message.contains(' ') {
                    add(at, message);
                }
            }
        }
    }
    found
}

#[test]
fn every_message_to_an_operator_has_a_cause_and_a_fix() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (path, source) in sources() {
        for (line, message) in messages(&path, &source) {
            count += 1;
            if !has_a_fix(&message) {
                wrong.push(format!("{path}:{line}: {message}"));
            }
        }
    }
    assert!(wrong.is_empty(), "say what to do:\n{}", wrong.join("\n"));
    assert!(count > 250, "{count}");
}

#[test]
fn a_message_without_a_fix_is_found() {
    for message in ["it has no `$1`", "it is not a URL; known are a, b", "the user was checked", "write-protected"] {
        assert!(!has_a_fix(message), "{message}");
    }
    for message in ["it is missing; set it", "`a` must be a number", "no user; `gatepost users list` prints both"] {
        assert!(has_a_fix(message), "{message}");
    }
    let source = "fn f() {\n    let text = format!(\"it is {} \\\n        odd\", g(\"a, b\"));\n    problems.add(place(\"x)\"), text);\n}";
    assert_eq!(messages("crates/core/src/a.rs", source), [(4, "it is {} odd a, b".to_owned())]);
}
