//! PostgreSQL's search path as connection URLs carry it: as a list of names, or inside `options`.

/// The schemas that a list names, in order and each once. An unquoted name is read in lower case. `pg_catalog` and `pg_temp`
/// are left out: they are always searched, and hold no tables of a service.
///
/// Returns `None` if PostgreSQL would refuse the list (`SplitIdentifierString` in its source).
pub(super) fn names(list: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_name(quoted)?,
            None => {
                let end = rest.find(|letter: char| letter == ',' || letter.is_whitespace()).unwrap_or(rest.len());
                let (name, after) = rest.split_at_checked(end)?;
                (name.to_lowercase(), after)
            }
        };
        if name.is_empty() {
            return None;
        }
        if !matches!(name.as_str(), "pg_catalog" | "pg_temp") && !names.contains(&name) {
            names.push(name);
        }
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(more) if !more.trim().is_empty() => more.trim_start(),
            None if after.is_empty() => after,
            _ => return None,
        };
    }
    Some(names)
}

/// A name behind its opening quote, and what follows the closing one. Two quotes are one.
fn quoted_name(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, after)),
        }
    }
}

/// The search path that `options` sets, and the options without it, as a server's command line has them: words between
/// spaces, a backslash in front of a space that belongs to a word (libpq's `options`).
pub(super) fn of_options(options: &str) -> (Option<String>, String) {
    let mut path = None;
    let mut others = Vec::new();
    let mut words = words(options).into_iter();
    while let Some((raw, word)) = words.next() {
        let (written, setting) = if word == "-c" {
            let Some((next, setting)) = words.next() else {
                others.push(raw);
                break;
            };
            (format!("{raw} {next}"), setting)
        } else {
            let setting = word.strip_prefix("--").or_else(|| word.strip_prefix("-c")).unwrap_or_default();
            (raw, setting.to_owned())
        };
        match setting.split_once('=') {
            Some((name, value)) if name.trim().replace('-', "_").eq_ignore_ascii_case("search_path") => {
                path = Some(value.to_owned());
            }
            _ => others.push(written),
        }
    }
    (path, others.join(" "))
}

/// Each word as it is written, and as it is meant.
fn words(options: &str) -> Vec<(String, String)> {
    let mut words = Vec::new();
    let (mut raw, mut meant) = (String::new(), String::new());
    let mut letters = options.chars();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_whitespace() {
            if !raw.is_empty() {
                words.push((std::mem::take(&mut raw), std::mem::take(&mut meant)));
            }
            continue;
        }
        raw.push(letter);
        let meant_letter =
            if letter == '\\' { letters.next().inspect(|escaped| raw.push(*escaped)) } else { Some(letter) };
        meant.extend(meant_letter);
    }
    if !raw.is_empty() {
        words.push((raw, meant));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_postgresql_reads_it() {
        for (list, expected) in [
            ("auth", &["auth"][..]),
            (" Auth , public ", &["auth", "public"]),
            (r#""Auth","a ""b"", c""#, &["Auth", r#"a "b", c"#]),
            (r#""$user", public"#, &["$user", "public"]),
            ("auth,pg_catalog,auth,pg_temp", &["auth"]),
            ("", &[]),
        ] {
            assert_eq!(names(list).unwrap(), expected, "{list}");
        }
        for list in ["a,", ",a", "a b", "\"a", "\"\"", "a\"b\" c", "\"a\"b"] {
            assert_eq!(names(list), None, "{list}");
        }
    }

    #[test]
    fn the_search_path_is_found_among_other_options() {
        for (options, path, others) in [
            ("-c search_path=auth", Some("auth"), ""),
            ("-csearch_path=auth", Some("auth"), ""),
            ("--search_path=auth", Some("auth"), ""),
            ("--search-path=auth", Some("auth"), ""),
            ("-c SEARCH_PATH=auth", Some("auth"), ""),
            (
                r"-c statement_timeout=5s -c search_path=auth,\ public -c geqo=off",
                Some("auth, public"),
                "-c statement_timeout=5s -c geqo=off",
            ),
            ("-c search_path=a -c search_path=b", Some("b"), ""),
            ("endpoint=ep-cool-1", None, "endpoint=ep-cool-1"),
            ("-c", None, "-c"),
            (r"-c x=a\ b", None, r"-c x=a\ b"),
            ("", None, ""),
        ] {
            assert_eq!(of_options(options), (path.map(str::to_owned), others.to_owned()), "{options}");
        }
    }
}
