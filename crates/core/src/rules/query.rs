//! URLs with parameters in their query. better-auth adds them in three ways, which differ on the wire: it appends them to a text
//! ([`appended`]), adds them to a URL ([`with_params`]), or sets one in a URL ([`with_query`]).

use url::{Url, form_urlencoded};

/// Encodes parameters for a query, in order.
pub fn encoded<K: AsRef<str>, V: AsRef<str>>(params: &[(K, V)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

/// Appends parameters to a URL as written, after its query and before its fragment. Nothing is resolved or normalised.
pub fn appended<K: AsRef<str>, V: AsRef<str>>(target: &str, params: &[(K, V)]) -> String {
    let (target, fragment) = target.split_at(target.find('#').unwrap_or(target.len()));
    let separator = if target.contains('?') { '&' } else { '?' };
    format!("{target}{separator}{}{fragment}", encoded(params))
}

/// Adds parameters to a URL. Its own query stays as written.
pub fn add<K: AsRef<str>, V: AsRef<str>>(url: &mut Url, params: &[(K, V)]) {
    let added = encoded(params);
    let query = match url.query().filter(|query| !query.is_empty()) {
        Some(query) if query.ends_with('&') => format!("{query}{added}"),
        Some(query) => format!("{query}&{added}"),
        None => added,
    };
    url.set_query(Some(&query));
}

/// Adds parameters to a URL after its query and before its fragment (spec jwt-oauth-schema §4.4); relative URLs stay relative.
/// Returns `None` if the text is not a URL, or if its path could be read as a host: `/.//host` is normalised to `//host`.
pub fn with_params(target: &str, params: &[(&str, &str)]) -> Option<String> {
    const BASE: &str = "https://origin.invalid";
    let relative = target.starts_with('/');
    let mut url = if relative { Url::parse(BASE).ok()?.join(target).ok()? } else { Url::parse(target).ok()? };
    if relative && url.origin().ascii_serialization() != BASE {
        return None;
    }
    add(&mut url, params);
    let text = String::from(url);
    match relative {
        true => text.get(BASE.len()..).filter(|rest| !rest.starts_with("//")).map(str::to_owned),
        false => Some(text),
    }
}

/// Sets one parameter of `target`, which may be relative to `base` (spec core §3.16). Returns `None` if that is not a URL.
pub fn with_query(base: &str, target: &str, key: &str, value: &str) -> Option<String> {
    let mut url = Url::parse(base).ok()?.join(target).ok()?;
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    // The first parameter of that name keeps its position; others are removed.
    match pairs.iter().position(|(name, _)| name == key) {
        Some(first) => {
            let mut at = 0..;
            pairs.retain(|(name, _)| at.next() == Some(first) || name != key);
            pairs.iter_mut().filter(|(name, _)| name == key).for_each(|pair| pair.1 = value.to_owned());
        }
        None => pairs.push((key.to_owned(), value.to_owned())),
    }
    url.query_pairs_mut().clear().extend_pairs(pairs);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_to_nothing_whose_host_is_not_certain() {
        assert_eq!(with_params("/e", &[("error", "a")]).as_deref(), Some("/e?error=a"));
        let dotted = ["/.//evil.example", "/a/..//evil.example", "/%2e//evil.example", "/./\\evil.example"];
        for target in ["//evil.example", "/\\evil.example", "err", ""].into_iter().chain(dotted) {
            assert_eq!(with_params(target, &[("error", "a")]), None, "{target}");
        }
    }

    #[test]
    fn what_is_appended_stands_in_front_of_the_fragment_and_leaves_the_rest_as_it_is() {
        let params = [("error", "a b"), ("error_description", "é&")];
        let added = "error=a+b&error_description=%C3%A9%26";
        for (target, expected) in [
            ("", format!("?{added}")),
            ("/", format!("/?{added}")),
            ("../x?y", format!("../x?y&{added}")),
            ("https://a.example/%7e?b=c#d?e#f", format!("https://a.example/%7e?b=c&{added}#d?e#f")),
            ("/p#d?e", format!("/p?{added}#d?e")),
        ] {
            assert_eq!(appended(target, &params), expected);
        }
    }
}
