//! User-written text as a mail may show it: one short line in which mail programs find no link. Otherwise an attacker's name could
//! be a sentence with a link, in a mail that the service sends.

use crate::syntax::printed::is_printed;

/// The maximum number of characters of a name in a mail.
const NAME: usize = 40;
/// The maximum number of characters of an address in a mail.
const ADDRESS: usize = 100;

/// Returns a user's name as a mail may show it.
pub(super) fn name(text: &str) -> String {
    let mut name = String::new();
    let mut letters = text.chars().map(|letter| if is_shown(letter) { letter } else { ' ' }).peekable();
    while let Some(letter) = letters.next() {
        let is_doubled = letter == ' ' && (name.is_empty() || name.ends_with(' '));
        if !is_doubled {
            name.push(letter);
        }
        // A dot between two letters makes a host, as in `example.com`.
        if letter == '.' && letters.peek().is_some_and(|next| *next != ' ') {
            name.push(' ');
        }
    }
    shortened(name.trim(), NAME)
}

/// Returns an address that the mail is about, unchanged except for invisible characters and length.
pub(super) fn address(text: &str) -> String {
    shortened(&text.chars().filter(|letter| is_printed(*letter)).collect::<String>(), ADDRESS)
}

fn shortened(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

/// Whether a name may contain a character: some of ASCII and, beyond ASCII, printed characters that do not look like a dot, a
/// slash, a colon or an `@`.
fn is_shown(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_alphanumeric() || " .,'-".contains(letter);
    }
    let taken_for_ascii = "\u{2024}\u{3002}\u{ff0e}\u{ff61}\u{fe52}\u{2044}\u{2215}\u{29f8}\u{ff0f}\u{ff20}\u{fe6b}\u{ff1a}\u{fe55}\u{2236}\u{a789}";
    is_printed(letter) && !letter.is_whitespace() && !taken_for_ascii.contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_as_people_write_names() {
        for text in ["Ada", "Ada King, Countess of Lovelace", "Dr. Ada O'Neill-Łuczak", "José", "अदा क्षत्रिय", "李小龍"]
        {
            assert_eq!(name(text), text);
        }
        assert_eq!(name("  J.R.  Tolkien\u{a0}"), "J. R. Tolkien");
    }

    #[test]
    fn a_name_is_nothing_that_a_mail_program_makes_a_link_of() {
        for text in [
            "https://evil.example/x",
            "www.evil.example",
            "evil.example",
            "pay@evil.example",
            "mailto:pay@evil.example",
            "evil。example",
            "evil．example／x",
            "x\r\nBcc: eve@evil.example",
            "evil\u{200b}.\u{200b}example",
            "<a href=//evil.example>",
            "javascript:alert(1)",
            "evil .example",
        ] {
            let shown = name(text);
            let dot = shown.split('.').skip(1).any(|rest| !rest.is_empty() && !rest.starts_with(' '));
            assert!(!dot && !shown.contains(['/', ':', '@', '<', '\r', '\n', '\\', '。', '．']), "{text:?}: {shown:?}");
        }
    }

    #[test]
    fn a_sentence_is_cut_and_so_is_an_address() {
        assert_eq!(name(&"é".repeat(1_000)), format!("{}…", "é".repeat(NAME)));
        assert_eq!(address(&"a".repeat(1_000)).chars().count(), ADDRESS + 1);
        assert_eq!(address("new@example.com"), "new@example.com");
        assert_eq!(name(""), "");
    }
}
