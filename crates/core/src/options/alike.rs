//! Recognizes keys that are written almost right.

/// The letters and digits of a key, in lower case.
pub fn plain(key: &str) -> Vec<char> {
    key.chars().filter(|letter| letter.is_alphanumeric()).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whether two keys differ by case, separators or one letter: `expiresIn`, `expire_in` for `expires_in`.
pub(super) fn alike(known: &str, written: &str) -> bool {
    let (a, b) = (plain(known), plain(written));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let skip = usize::from(short.len() == long.len());
    short.iter().skip(same + skip).eq(long.iter().skip(same + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_written_almost_right_is_recognised() {
        for written in ["expiresIn", "expire_in", "expires-in", "Expires_In", "expirs_in", "expires_ib"] {
            assert!(alike("expires_in", written), "{written}");
        }
        assert!(!alike("expires_in", "update_age"));
    }
}
