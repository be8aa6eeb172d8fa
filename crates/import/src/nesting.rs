//! Finds source texts that are nested so deeply that a recursive parser would exhaust its stack, before the parser sees them.

/// How deeply brackets may be nested.
const BRACKETS: usize = 400;
/// How many tokens that open a nested expression without a bracket may follow each other within a statement.
const OPENERS: usize = 2_000;

/// Words that open a nested expression or statement.
const WORDS: [&str; 11] = ["new", "typeof", "void", "await", "delete", "yield", "if", "else", "while", "for", "do"];

/// The line at which a text is nested too deeply, if it is. Texts, comments and regular expressions are not told apart from code:
/// no hand-written file comes near the limits either way.
pub(crate) fn too_deep(text: &str) -> Option<usize> {
    let (mut line, mut depth, mut openers) = (1, 0_usize, 0_usize);
    let mut word = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !(byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$') {
            openers += usize::from(text.get(word..at).is_some_and(|word| WORDS.contains(&word)));
            word = at + 1;
        }
        match byte {
            b'\n' => line += 1,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'}' => {
                depth = depth.saturating_sub(1);
                // A statement or a member may end here.
                openers = 0;
            }
            b';' | b',' => openers = 0,
            b'!' | b'~' | b'+' | b'-' | b'?' | b'=' | b'<' | b'*' | b':' | b'`' => openers += 1,
            _ => {}
        }
        if depth > BRACKETS || openers > OPENERS {
            return Some(line);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nests_of_every_kind_are_found() {
        for opener in ["[", "(", "{", "!", "-", "new ", "a=>", "a?b:", "a=", "typeof ", "a<", "a**", "if(a)", "`${"] {
            assert!(too_deep(&opener.repeat(30_000)).is_some(), "{opener}");
        }
        let statement = "export const a = { b: [1, (2)], c: !d ? `e` : new F() };\n";
        assert_eq!(too_deep(&statement.repeat(10_000)), None);
    }
}
