//! Domains and addresses in the form in which rules compare them: ASCII in lower case, as the DNS knows domains (UTS 46).

use url::Host;

use super::email;

/// Returns a domain in the form in which it is compared, without the dot of the root; `None` if it is not a domain of two labels or
/// more.
pub fn plain(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_plain = !text.contains(['%', '*', '/', ':', '@', '[', ' ']);
    match Host::parse(text).ok().filter(|_| is_plain)? {
        Host::Domain(domain) if domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty()) => {
            Some(domain)
        }
        _ => None,
    }
}

/// Whether a domain is a subdomain of another one. Both are [`plain`].
pub fn is_below(domain: &str, parent: &str) -> bool {
    domain.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'))
}

/// Returns an address in the form in which it is compared; `None` if it is not one address.
///
/// Addresses of providers have any form. A text that mail programs could read as several addresses, or as another one, is not one.
pub fn of_address(text: &str) -> Option<String> {
    let (local, domain) = email::parts(text);
    let is_word = |letter: char| !letter.is_whitespace() && !letter.is_control() && !r#"@,;:<>()[]\""#.contains(letter);
    let is_plain = !local.is_empty() && local.chars().all(is_word);
    Some(format!("{}@{}", email::stored(local), plain(domain).filter(|_| is_plain)?))
}
