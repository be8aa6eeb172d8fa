//! The syntax of addresses (spec core §1.4): better-auth's regular expression, as a parser that cannot backtrack.

/// Whether `text` is an address: dot-separated words, one `@`, and a host name of at least two labels of which the last is letters.
pub fn is_valid(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| is_local(local) && is_host(host))
}

/// Whether a text is words of letters, digits and `_'+-` between single dots, without an apostrophe at the end.
fn is_local(local: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_'+-".contains(&byte))
    };
    local.split('.').all(word) && !local.ends_with('\'')
}

/// Whether a text is labels that begin with a letter or digit, followed by letters, digits and hyphens, the last of two letters or
/// more.
fn is_host(host: &str) -> bool {
    let Some((labels, top)) = host.rsplit_once('.') else { return false };
    let label = |label: &str| {
        label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && label.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
    };
    labels.split('.').all(label) && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Returns the form in which addresses are stored and looked up: lower case, otherwise unchanged (spec core §11.5).
pub fn stored(text: &str) -> String {
    let lower = text.to_lowercase();
    // The Kelvin sign would become a `k`: an address with other letters must not become another user's address.
    if lower.is_ascii() { text.to_ascii_lowercase() } else { lower }
}

/// Whether an address, in the form of [`stored`], is one that only users of a provider without addresses have: no mail leads to it.
pub fn is_placeholder(address: &str) -> bool {
    address.ends_with(PLACEHOLDER)
}

/// The end of the host of such addresses.
pub const PLACEHOLDER: &str = ".placeholder.invalid";

/// Returns the parts of an address before and after the `@`.
pub fn parts(address: &str) -> (&str, &str) {
    address.rsplit_once('@').unwrap_or((address, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_accepted_and_refused_like_better_auths() {
        for address in ["A.B+c@x-y.co", "o'b@x.co", "a_b-@x.co", "a@xn--4ca.co", "a@b-.co", "'a@b.co"] {
            assert!(is_valid(address), "{address}");
        }
        let refused = [
            "a@b",
            "a@b.c",
            "a..b@x.co",
            ".a@x.co",
            "a.@x.co",
            " a@b.co",
            "a@b.co ",
            "a!b@x.co",
            "a/b@x.co",
            "ü@x.co",
            "a@ü.co",
            "a@1.2.3.4",
            "a@b_c.co",
            "a@-b.co",
            "",
            "@x.co",
            "a@@x.co",
            "a'@x.co",
            "a@.co",
            "a@b..co",
        ];
        for address in refused {
            assert!(!is_valid(address), "{address}");
        }
    }

    #[test]
    fn no_other_letters_become_those_of_an_address() {
        assert_eq!(stored("Kate@Example.COM"), "kate@example.com");
        assert_eq!(stored("Ünal@example.com"), "ünal@example.com");
        assert_eq!(stored("\u{212A}ATE@example.com"), "\u{212A}ate@example.com");
    }
}
