//! Patterns with `*` and `?` (spec core §8.4).

/// A pattern: `*` is any run of characters, `?` exactly one, `\` takes the next one literally.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(Vec<char>);

impl Glob {
    /// Every text is a pattern.
    pub fn new(pattern: &str) -> Self {
        Self(pattern.chars().collect())
    }

    /// Whether the pattern covers the whole of `text`. Linear in memory: on a mismatch only the last `*` takes one character
    /// more.
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
