//! Texts that are broken by chance.

use crate::support::chance::Chance;

impl Chance {
    fn letter(&mut self) -> char {
        const LETTERS: [char; 20] = [
            'a',
            'Z',
            '0',
            '-',
            '_',
            '+',
            '/',
            '=',
            '.',
            '%',
            ';',
            ',',
            '"',
            '\\',
            ' ',
            '{',
            '}',
            '\u{0}',
            'é',
            '\u{1f600}',
        ];
        LETTERS[self.below(LETTERS.len())]
    }

    /// Anything, not longer than that.
    pub fn noise(&mut self, longest: usize) -> String {
        (0..self.below(longest)).map(|_| self.letter()).collect()
    }

    /// `text` with one to three things changed.
    pub fn broken(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(3) {
            let (at, letter) = (self.below(letters.len()), self.letter());
            match self.below(7) {
                0 if !letters.is_empty() => letters[at] = letter,
                1 if !letters.is_empty() => drop(letters.remove(at)),
                2 => letters.insert(at, letter),
                3 => letters.truncate(at),
                4 => letters.extend(self.noise(8).chars()),
                5 if !letters.is_empty() => {
                    let other = self.below(letters.len());
                    letters.swap(at, other);
                }
                _ => {
                    // Two parts change places, or one is there twice.
                    let whole: String = letters.iter().collect();
                    let mut parts: Vec<&str> = whole.split('.').collect();
                    let (one, other) = (self.below(parts.len()), self.below(parts.len()));
                    if self.below(2) == 0 {
                        parts.swap(one, other)
                    } else {
                        parts.insert(one, parts[other])
                    }
                    letters = parts.join(".").chars().collect();
                }
            }
        }
        letters.into_iter().collect()
    }

    /// Shows plain noise and, three times as often, something genuine that is broken.
    pub fn try_both(&mut self, rounds: usize, genuine: &str, mut look: impl FnMut(&str)) {
        for round in 0..rounds {
            let text = if round % 4 == 0 { self.noise(200) } else { self.broken(genuine) };
            look(&text);
        }
    }
}

/// `text` with one bit changed, for each of its bits. What is no ASCII then is a character, as in a header's value.
pub fn flipped(text: &str) -> impl Iterator<Item = String> {
    assert!(text.is_ascii());
    (0..text.len() * 8).map(|bit| {
        let change = |(at, byte): (usize, u8)| char::from(if at == bit / 8 { byte ^ (1 << (bit % 8)) } else { byte });
        text.bytes().enumerate().map(change).collect()
    })
}
