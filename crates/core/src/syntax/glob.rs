//! Patterns with the wildcards `*` and `?` (spec core §8.4).

/// A pattern: `*` matches any characters, `?` exactly one, and `\` makes the next character literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(Vec<char>);

impl Glob {
    /// Creates a pattern; every text is one.
    pub fn new(pattern: &str) -> Self {
        Self(pattern.chars().collect())
    }

    /// Whether the pattern matches the whole `text`. It needs linear memory: after a mismatch only the last `*` matches one more
    /// character.
    pub fn matches(&self, text: &str) -> bool {
        let pattern = &self.0;
        let text: Vec<char> = text.chars().collect();
        let (mut p, mut t) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let step = match (pattern.get(p), text.get(t)) {
                (Some('*'), _) => {
                    p += 1;
                    retry = Some((p, t));
                    continue;
                }
                (Some('?'), Some(_)) => Some(1),
                (Some('\\'), Some(letter)) if pattern.get(p + 1) == Some(letter) => Some(2),
                (Some(wanted), Some(letter)) if *wanted != '\\' && wanted == letter => Some(1),
                (None, None) => return true,
                _ => None,
            };
            match (step, retry) {
                (Some(step), _) => (p, t) = (p + step, t + 1),
                (None, Some((after, from))) if from < text.len() => {
                    (p, t) = (after, from + 1);
                    retry = Some((after, from + 1));
                }
                (None, _) => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_is_anchored_and_takes_escapes_literally() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("**", "x/y", true),
            ("a?c", "ac", false),
            (r"a\*c", "a*c", true),
            (r"a\*c", "abc", false),
            ("*.b", "a.b.c", false),
            ("*a*b", "aab", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }
}
