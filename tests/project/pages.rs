//! The pages of the project: their links and anchors, the order of the site, citations of the wire contract, the list of dependencies,
//! and their wording. `.ci/site` checks the same links in the site that is built.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &Path) -> String {
    fs::read_to_string(project().join(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The project's files with one of these extensions, relative to the project and sorted. Folders of tools and hidden folders are left out.
fn files(extensions: &[&str]) -> Vec<PathBuf> {
    fn walk(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(project().join(folder)).unwrap() {
            let entry = entry.unwrap();
            let (name, path) = (entry.file_name().into_string().unwrap(), folder.join(entry.file_name()));
            if entry.file_type().unwrap().is_dir() {
                if !name.starts_with('.') && !["target", "node_modules", "artifacts", "dist"].contains(&name.as_str()) {
                    walk(&path, extensions, found);
                }
            } else if path.extension().is_some_and(|found| extensions.iter().any(|wanted| found == *wanted)) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(Path::new(""), extensions, &mut found);
    found.sort();
    found
}

/// The lines of a page with their numbers, without blocks of code.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let fence = line.trim_start().starts_with("```");
        is_code ^= fence;
        (!fence && !is_code).then_some((at + 1, line))
    })
}

/// A line without the code between backticks.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut seen = BTreeMap::new();
    let headings = prose(text)
        .filter_map(|(_, line)| line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')));
    headings
        .map(|heading| {
            let kept =
                heading.trim().chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
            let anchor: String = kept.collect::<String>().to_lowercase().replace(' ', "-");
            let count = seen.entry(anchor.clone()).or_insert(0_usize);
            *count += 1;
            if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
        })
        .collect()
}

/// The targets of a page's links and images, with the numbers of their lines.
fn links(text: &str) -> Vec<(usize, String)> {
    let targets = |line: &str| {
        let line = without_code(line);
        line.split("](")
            .skip(1)
            .filter_map(|rest| rest.split_once(')'))
            .map(|(target, _)| target.to_owned())
            .collect::<Vec<_>>()
    };
    prose(text).flat_map(|(at, line)| targets(line).into_iter().map(move |target| (at, target))).collect()
}

/// The file to which a link of `page` leads, relative to the project.
fn target(page: &Path, link: &str) -> PathBuf {
    let mut found = page.parent().unwrap().to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => assert!(found.pop(), "{}: {link} leaves the project", page.display()),
            Component::Normal(name) => found.push(name),
            _ => {}
        }
    }
    found
}

/// Whether `.ci/site` copies a file or folder: a link to any other file is broken there.
fn is_in_the_site(file: &Path) -> bool {
    let is_page = file.extension().is_some_and(|extension| extension == "md");
    let copied = ["docs/diagrams", "docs/openapi.json", "examples", "recipes", "LICENSE-APACHE", "LICENSE-MIT"];
    is_page || copied.iter().any(|path| file.starts_with(path))
}

#[test]
fn every_link_and_anchor_of_every_page_leads_somewhere() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for page in files(&["md"]) {
        for (at, link) in links(&read(&page)) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            count += 1;
            let (file, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let file = if file.is_empty() { page.clone() } else { target(&page, file) };
            if !project().join(&file).exists() {
                wrong.push(format!("{}:{at}: no file {link}", page.display()));
            } else if !is_in_the_site(&file) {
                wrong.push(format!("{}:{at}: not in the site, write it as code: {link}", page.display()));
            } else if anchor.is_some_and(|anchor| !anchors(&read(&file)).contains(anchor)) {
                wrong.push(format!("{}:{at}: no anchor {link}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty() && count > 100, "{count} links\n{}", wrong.join("\n"));
}

/// Folders of the project whose paths pages name between backticks.
const FOLDERS: [&str; 9] =
    [".ci/", ".github/", "benches/", "crates/", "docs/", "examples/", "fuzz/", "migrations/", "tests/"];

#[test]
fn every_path_that_a_page_names_exists() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for page in files(&["md"]) {
        let text = read(&page);
        for (at, line) in prose(&text) {
            // A command's words after its first are its arguments.
            let named = line.split('`').skip(1).step_by(2).filter_map(|code| code.split_whitespace().next());
            for path in named
                .filter(|path| FOLDERS.iter().any(|folder| path.starts_with(folder)) && !path.contains(['*', '<', '…']))
            {
                count += 1;
                if !project().join(path).exists() {
                    wrong.push(format!("{}:{at}: {path}", page.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty() && count > 50, "{count} paths\n{}", wrong.join("\n"));
}

#[test]
fn the_summary_lists_every_page_once() {
    let summary = Path::new("docs/SUMMARY.md");
    let listed: Vec<PathBuf> = links(&read(summary)).into_iter().map(|(_, link)| target(summary, &link)).collect();
    let unique: BTreeSet<PathBuf> = listed.iter().cloned().collect();
    let pages: BTreeSet<PathBuf> = files(&["md"]).into_iter().filter(|page| page != summary).collect();
    assert_eq!(unique, pages);
    assert_eq!(listed.len(), unique.len());
}

/// The numbers of a contract's sections: of its headings, and of paragraphs that begin with a number.
fn sections(text: &str) -> BTreeSet<String> {
    let number = |line: &str| {
        let first = line.trim_start_matches('#').split_whitespace().next()?.trim_end_matches('.').to_owned();
        let is_number = first.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
        is_number.then_some(first)
    };
    prose(text).filter_map(|(_, line)| number(line)).collect()
}

#[test]
fn every_citation_of_the_wire_contract_leads_to_a_section() {
    let mut contracts = BTreeMap::new();
    for entry in fs::read_dir(project().join("docs/spec")).unwrap() {
        let path = entry.unwrap().path();
        contracts.insert(
            path.file_stem().unwrap().to_str().unwrap().to_owned(),
            sections(&fs::read_to_string(&path).unwrap()),
        );
    }
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in files(&["rs", "md", "mjs"]) {
        let text = read(&file);
        // A comment may break within a citation.
        let text =
            text.lines().map(|line| line.trim_start().trim_start_matches(['/', '!'])).collect::<Vec<_>>().join("");
        for (name, known) in &contracts {
            for citation in text.split(&format!("spec {name} §")).skip(1) {
                // `§3.3` is one section, `§§3.3, 3.4` are several.
                let list = citation.strip_prefix('§');
                let length = if list.is_some() { usize::MAX } else { 1 };
                let end = |letter: char| !letter.is_ascii_digit() && !['.', ',', ' '].contains(&letter);
                let numbers = list.unwrap_or(citation).split(end).next().unwrap().split([',', ' ']);
                let numbers = numbers.map(|number| number.trim_end_matches('.')).filter(|number| !number.is_empty());
                for number in numbers.take(length) {
                    count += 1;
                    if !known.contains(number) {
                        wrong.push(format!("{}: spec {name} §{number}", file.display()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty() && count > 100, "{count} citations\n{}", wrong.join("\n"));
}

#[test]
fn every_direct_dependency_is_in_the_list_of_dependencies() {
    let page = read(Path::new("docs/dependencies.md"));
    let rows: String = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()).collect();
    let mut names = BTreeSet::new();
    for manifest in files(&["toml"]).into_iter().filter(|file| file.ends_with("Cargo.toml")) {
        let mut is_list = false;
        for line in read(&manifest).lines() {
            if let Some(section) = line.strip_prefix('[') {
                is_list = section.trim_end_matches(']').ends_with("dependencies");
            } else if let Some((name, _)) = line.split_once(['.', ' ']).filter(|_| is_list && !line.starts_with('#')) {
                names.insert(name.to_owned());
            }
        }
    }
    names.retain(|name| !name.starts_with("gatepost"));
    let missing: Vec<_> = names.iter().filter(|name| !rows.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty() && names.len() > 30, "not in docs/dependencies.md: {missing:?}");
    // Each row says why, instead of what, how the crate is kept and, in a table of the functions, what it weighs.
    let mut columns = 0;
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        if cells[0] == "crate" {
            columns = cells.len();
        } else if cells[0] == "tool" {
            break;
        }
        assert!(cells.len() == columns && cells.iter().all(|cell| !cell.is_empty()), "{line}");
    }
    assert!(page.contains("`OnceLock` replaces the crate `once_cell`") && page.contains("No crate `jose-jwt` exists"));
}

/// Pages and source below these folders whose wording is not tested, and why. Of all other source, the comments are read like the
/// lines of a page.
const NOT_WORDED: &[(&str, &str)] =
    &[("docs/GLOSSARY.md", "lists the words that are not used"), ("docs/spec", "the contract has terms of its own")];

/// Patterns that make a text hard to read, as whole words in lower case, and what to write instead.
const PATTERNS: &[(&str, &str)] = &[
    ("all the same", "write `still`"),
    ("nobody", "name the component, or use a negation with a subject"),
    ("somebody", "a user, an attacker, the owner of the address"),
    ("anybody", "any user, every client"),
    ("everybody", "all users, every client"),
    ("whoever", "a user who, a program that"),
    ("whomever", "a user whom"),
    ("whatever", "any, each, regardless of"),
    ("one's own", "your own, its own"),
    ("ours", "gatepost's"),
    ("shall", "will, must"),
    ("in the place of", "instead of"),
    ("in parts of", "relative to, as a fraction of"),
    ("stands there", "is there, contains"),
    ("is told", "reads, gets, is reported"),
    ("are told", "read, get, are reported"),
    ("that is none", "that is not a …"),
    ("what is not", "everything that is not a …"),
    ("past the service", "without the service"),
    ("for ever", "until it is replaced"),
    ("brings along", "contains, includes"),
    ("who has a", "users with a"),
    ("who is signed in may", "signed-in users may"),
    ("whichever", "any, each, regardless of which"),
    ("none where", "`None` if"),
    ("nothing where", "nothing if"),
    ("what becomes of", "the result of, the decision about"),
    ("what became of", "the result of"),
    ("is waited for", "waits for, with a subject"),
    ("is told by", "shows, reports"),
    ("takes the place of", "replaces"),
    ("is had", "is granted, is available"),
    ("was had", "was granted, was available"),
];

/// First words of a doc comment that do not say what the item is, as they stand in the source.
const OPENINGS: &[&str] = &[
    "/// What ",
    "/// The same",
    "/// As above",
    "/// Whether or not",
    "/// There is ",
    "/// There are ",
    "/// Where ",
    "/// Who ",
    "//! What ",
    "//! The same",
];

/// The lines of a file that are read: those of a page without code and generated parts, or the comments of source.
fn worded(file: &Path, text: &str) -> Vec<(usize, String)> {
    if file.extension().is_some_and(|extension| extension == "md") {
        let mut is_generated = false;
        let is_written_by_hand = |(_, line): &(usize, &str)| {
            if let Some(mark) = line.strip_prefix("<!-- ") {
                is_generated = mark.contains(": begin, written by ") || (is_generated && !mark.contains(": end "));
            }
            !is_generated
        };
        return prose(text).filter(is_written_by_hand).map(|(at, line)| (at, without_code(line))).collect();
    }
    let is_toml = file.extension().is_some_and(|extension| extension == "toml");
    let marks: &[&str] = if is_toml { &["#"] } else { &["//", "/**", "* "] };
    let comments = text.lines().map(str::trim_start).enumerate();
    comments
        .filter(|(_, line)| marks.iter().any(|mark| line.starts_with(mark)))
        .map(|(at, line)| (at + 1, without_code(&line.replacen("/** ", "/// ", 1))))
        .collect()
}

/// The patterns that a line has.
fn found_in(line: &str) -> Vec<&'static str> {
    let words: String = line
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_alphanumeric() || letter == '\'' { letter } else { ' ' })
        .collect();
    let words = format!(" {} ", words.split_whitespace().collect::<Vec<_>>().join(" "));
    let patterns =
        PATTERNS.iter().map(|(pattern, _)| *pattern).filter(|pattern| words.contains(&format!(" {pattern} ")));
    patterns.chain(OPENINGS.iter().copied().filter(|opening| line.starts_with(*opening))).collect()
}

#[test]
fn the_wording_of_the_pages_is_plain() {
    let is_worded = |file: &PathBuf| !NOT_WORDED.iter().any(|(path, _)| file.starts_with(path));
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in files(&["md", "mjs", "rs", "toml", "ts"]).into_iter().filter(is_worded) {
        count += 1;
        for (at, line) in worded(&file, &read(&file)) {
            for pattern in found_in(&line) {
                let instead = PATTERNS
                    .iter()
                    .find(|(known, _)| *known == pattern)
                    .map_or("say what the item is", |(_, instead)| *instead);
                wrong.push(format!("{}:{at}: '{pattern}': write {instead}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty() && count > 500, "{count} files\n{}", wrong.join("\n"));
    let stale: Vec<_> = NOT_WORDED.iter().filter(|(path, _)| !project().join(path).exists()).collect();
    assert!(stale.is_empty(), "{stale:?}");
}

#[test]
fn a_pattern_is_found_as_words_and_not_within_others_or_in_code() {
    assert_eq!(found_in("Nobody, and somebody's."), ["nobody"]);
    assert_eq!(found_in("a field of one's own"), ["one's own"]);
    assert_eq!(found_in("colours and `nobody`".split('`').next().unwrap()), Vec::<&str>::new());
    assert_eq!(found_in("/// What a thing does."), ["/// What "]);
    assert_eq!(found_in("/// The same for sessions."), ["/// The same"]);
    assert_eq!(found_in("//! What modules have in common."), ["//! What "]);
    assert_eq!(found_in("/// Returns what a thing does, and the same."), Vec::<&str>::new());
    assert_eq!(
        worded(Path::new("a.md"), "a `nobody` b\n```\nnobody\n```\nc"),
        [(1, "a ` b".to_owned()), (5, "c".to_owned())]
    );
    let generated = "<!-- x: begin, written by y -->\nnobody\n<!-- x: end -->\na";
    assert_eq!(worded(Path::new("a.md"), generated), [(3, "<!-- x: end -->".to_owned()), (4, "a".to_owned())]);
    assert_eq!(worded(Path::new("a.rs"), "let a = 1;\n    // why\n"), [(2, "// why".to_owned())]);
    assert_eq!(worded(Path::new("a.ts"), "/** Why. */\nf();"), [(1, "/// Why. */".to_owned())]);
    assert_eq!(worded(Path::new("a.toml"), "# why\na = 1"), [(1, "# why".to_owned())]);
}
