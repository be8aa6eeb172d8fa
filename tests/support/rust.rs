//! Rust's source as tests read it.

/// A token of the source, as far as tests tell them apart.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A string literal.
    Text(String),
    /// A word, or a path of several.
    Name(String),
    /// Any other letter.
    Sign(char),
}

/// The tokens of a source, without comments.
pub fn tokens(source: &str) -> Vec<Token> {
    let (mut tokens, mut rest) = (Vec::new(), source);
    while let Some(letter) = rest.chars().next() {
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, rest)| rest);
        } else if let Some((text, after)) = raw(rest) {
            tokens.push(Token::Text(text.to_owned()));
            rest = after;
        } else if letter == '"' {
            let (text, after) = quoted(&rest[1..]);
            tokens.push(Token::Text(text));
            rest = after;
        } else if letter == '\'' {
            // A letter in quotes, or the quote of a lifetime.
            let inside: Vec<_> = rest.chars().skip(1).take(2).collect();
            rest = match inside[..] {
                ['\\', escaped] => rest[2 + escaped.len_utf8()..].split_once('\'').unwrap().1,
                [inside, '\''] => &rest[2 + inside.len_utf8()..],
                _ => &rest[1..],
            };
        } else if is_word(letter) {
            let mut end = 0;
            while rest[end..].starts_with(is_word)
                || (rest[end..].starts_with("::") && rest[end + 2..].starts_with(is_word))
            {
                let length = rest[end..].find(|letter| !is_word(letter)).unwrap_or(rest.len() - end);
                end += if length == 0 { "::".len() } else { length };
            }
            tokens.push(Token::Name(rest[..end].to_owned()));
            rest = &rest[end..];
        } else {
            if !letter.is_whitespace() {
                tokens.push(Token::Sign(letter));
            }
            rest = &rest[letter.len_utf8()..];
        }
    }
    tokens
}

/// The raw string literal that `rest` begins with, and what follows it.
fn raw(rest: &str) -> Option<(&str, &str)> {
    let behind = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let text = behind.trim_start_matches('#');
    let end = format!("\"{}", &behind[..behind.len() - text.len()]);
    text.strip_prefix('"')?.split_once(&*end)
}

/// The text up to the closing quote, and what follows the quote.
fn quoted(rest: &str) -> (String, &str) {
    let (mut text, mut letters) = (String::new(), rest.char_indices());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (text, &rest[at + 1..]),
            '\\' => match letters.next().unwrap().1 {
                'n' => text.push('\n'),
                't' => text.push('\t'),
                '\n' => {
                    let (more, after) = quoted(letters.as_str().trim_start());
                    return (text + &more, after);
                }
                other => text.push(other),
            },
            letter => text.push(letter),
        }
    }
    panic!("a text has an end: {text}");
}
