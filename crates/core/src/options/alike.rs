//! Recognizes keys and names of variables that are written almost right.

/// The letters and digits of a key, in lower case.
pub fn plain(key: &str) -> Vec<char> {
    key.chars().filter(|letter| letter.is_alphanumeric()).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Whether two keys differ by case, separators, one letter or two swapped letters: `expiresIn`, `expire_in` for `expires_in`.
pub fn alike(known: &str, written: &str) -> bool {
    let (a, b) = (plain(known), plain(written));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let is_of_one_length = short.len() == long.len();
    let swapped = || {
        let turned = short.get(same) == long.get(same + 1) && short.get(same + 1) == long.get(same);
        is_of_one_length && turned && short.iter().skip(same + 2).eq(long.iter().skip(same + 2))
    };
    short.iter().skip(same + usize::from(is_of_one_length)).eq(long.iter().skip(same + 1)) || swapped()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_written_almost_right_is_recognised() {
        for written in ["expiresIn", "expire_in", "expires-in", "Expires_In", "expirs_in", "expires_ib", "exipres_in"] {
            assert!(alike("expires_in", written), "{written}");
        }
        for written in ["update_age", "expires", "exirpse_in", ""] {
            assert!(!alike("expires_in", written), "{written}");
        }
    }
}
