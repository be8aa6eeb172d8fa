//! Hashes of passwords, and what an answer of the range API says of one (spec sign-in-plugins §9).

use sha1::{Digest as _, Sha1};
use unicode_normalization::UnicodeNormalization as _;

/// The number of digits of a hash that gatepost sends to the range API.
const PREFIX: usize = 5;
/// The largest count that JavaScript can count exactly.
const LARGEST: u64 = (1 << 53) - 1;

/// The SHA-1 hash of a password in upper-case hexadecimal digits: the part that leaves the service, and the part that does not.
pub(super) struct Hash(String);

impl Hash {
    /// The hashes of every form of a password that may be in a breach: as typed and, where it differs, in the Unicode form NFKC, of
    /// which the stored hash is made.
    pub(super) fn of(password: &str) -> Vec<Self> {
        let stored: String = password.nfkc().collect();
        let forms = if stored == password { vec![stored] } else { vec![password.to_owned(), stored] };
        forms.iter().map(|form| Self(hex::encode_upper(Sha1::digest(form.as_bytes())))).collect()
    }

    /// The part that gatepost sends to the range API.
    pub(super) fn prefix(&self) -> &str {
        self.0.split_at_checked(PREFIX).map_or("", |(prefix, _)| prefix)
    }

    fn suffix(&self) -> &str {
        self.0.split_at_checked(PREFIX).map_or("", |(_, suffix)| suffix)
    }

    /// Whether a breach has the password, by the lines `<suffix>:<count>` that the range API answers for the prefix. A count of zero
    /// stands for padding. None if the answer is no such list.
    pub(super) fn is_in(&self, range: &str) -> Option<bool> {
        let mut lines = range.lines().filter(|line| !line.is_empty()).peekable();
        lines.peek()?;
        let mut found = None;
        for line in lines {
            let (suffix, count) = line.split_once(':').filter(|(suffix, _)| is_hexadecimal(suffix))?;
            if found.is_none() && suffix.eq_ignore_ascii_case(self.suffix()) {
                found = Some(counted(count)? > 0);
            }
        }
        Some(found.unwrap_or(false))
    }
}

fn is_hexadecimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A count as JavaScript writes it: without a sign, a space or leading zeros.
fn counted(text: &str) -> Option<u64> {
    let count = text.parse::<u64>().ok().filter(|count| *count <= LARGEST)?;
    (count.to_string() == text).then_some(count)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn answers_are_read_as_better_auth_reads_them() {
        let vectors = include_str!("../../../../../tests/vectors/sign-in-plugins.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        let vectors = &vectors["have_i_been_pwned"];
        let hashes = Hash::of(vectors["password"].as_str().unwrap());
        let [hash] = hashes.as_slice() else { panic!("{} forms", hashes.len()) };
        assert_eq!((hash.0.as_str(), hash.prefix(), hash.suffix()), {
            let text = |member: &str| vectors[member].as_str().unwrap();
            (text("sha1_upper"), text("prefix"), text("suffix"))
        });
        let lines = vectors["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 8);
        for line in lines {
            let expected = line["compromised"].as_bool();
            assert_eq!(hash.is_in(line["line"].as_str().unwrap()), expected, "{line}");
            let among = format!("0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n{}\r\n", line["line"].as_str().unwrap());
            assert_eq!(hash.is_in(&among), expected, "{line}");
        }
    }

    #[test]
    fn an_answer_that_is_no_list_says_nothing() {
        let hash = &Hash::of("password123")[0];
        for range in
            ["", "\r\n", "<html>\n<a href=\"x\">", "{\"a\":1}", "0018A45C4D1DEF81644B54AB7F969B88D65:1\nend", "x:1"]
        {
            assert_eq!(hash.is_in(range), None, "{range}");
        }
        assert_eq!(hash.is_in("0018A45C4D1DEF81644B54AB7F969B88D65:1"), Some(false));
    }

    #[test]
    fn a_password_is_looked_for_as_typed_and_as_it_is_stored() {
        let wide = Hash::of("ｐａｓｓｗｏｒｄ１２３");
        assert_eq!(wide.len(), 2);
        assert_eq!(wide[1].0, Hash::of("password123")[0].0);
    }
}
