//! Texts of users, servers and files as a terminal may show them.

use gatepost_core::syntax::printed::is_printed;

/// Escapes the characters that are not printed: a text must not control the terminal, change the direction of a line, or look like
/// another text.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|letter| if is_printed(letter) { vec![letter] } else { letter.escape_default().collect() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_a_name_turns_the_line_of_a_terminal_around() {
        assert_eq!(plain("Ada \u{202e}nimda\u{1b}[2J\n"), "Ada \\u{202e}nimda\\u{1b}[2J\\n");
        assert_eq!(plain("Ágnes 日本 ada@example.com"), "Ágnes 日本 ada@example.com");
    }
}
