//! Explains the session cookie of a request: whether it is present, how it is encoded, and which secret has signed it.

use gatepost_core::{
    context::Context,
    cookie::{Jar, SignedCookie},
    crypto::{
        secret::{Secret, Secrets},
        signature,
    },
};
use percent_encoding::percent_decode_str;

use super::shown;
use crate::report::Finding;

const NAME: &str = "session cookie";
const ENCODING: &str = "encoding";
const SIGNATURE: &str = "signature";
/// Prefixes that browsers protect.
const PREFIXES: [&str; 2] = ["__Secure-", "__Host-"];

/// Explains whether the session cookie is in the header, and how it is encoded.
pub(super) fn steps(cx: &Context) -> Vec<Finding> {
    let name = &cx.auth.cookies.session_token.name;
    let mut steps = vec![named(cx, name)];
    steps.extend(cx.jar.get(name).and_then(|text| encoded(&text)));
    steps
}

/// Explains whether the cookie is present, or which similar one is.
fn named(cx: &Context, name: &str) -> Finding {
    if !cx.jar.is_present() {
        let fix = "if the browser has the cookie and does not send it, `gatepost doctor --url … --origin …` says why; a \
                   server that renders pages must forward the browser's headers";
        return Finding::fail(NAME, format!("the request has no Cookie header; the configuration expects {name}"), fix);
    }
    let count = cx.jar.names().filter(|found| *found == name).count();
    if count > 1 {
        let evidence = format!("the request has {name} {count} times, and the service reads the first");
        return Finding::warn(
            NAME,
            evidence,
            "delete the other cookies in the browser: they were set with another path or domain",
        );
    }
    if count == 1 {
        return match cx.jar.get(name) {
            Some(text) if !text.is_empty() => Finding::ok(NAME, format!("the request has {name}")),
            _ => Finding::fail(
                NAME,
                format!("{name} is empty"),
                "sign in again; an application that sets cookies must not set this one",
            ),
        };
    }
    let similar = cx.jar.names().find_map(|found| Some((found, similar(found, name)?)));
    match similar {
        Some((found, NameSimilarity::Prefix)) => Finding::fail(
            NAME,
            format!("the request has {found}, but the configuration expects {name}"),
            "set BETTER_AUTH_URL to the URL under which the cookie was set (https: with `__Secure-`, http: without) or, for \
             `cargo dev`, VERCEL_ENV to development, or set `advanced.use_secure_cookies`, or sign in again",
        ),
        Some((found, NameSimilarity::Name)) => Finding::fail(
            NAME,
            format!("the request has {found}, but the configuration expects {name}"),
            "set `advanced.cookie_prefix` or `advanced.cookies` as they were where the cookie was set, or sign in again",
        ),
        None => {
            let names: Vec<&str> = cx.jar.names().take(10).collect();
            let fix = "sign in here; if the user is signed in, the browser does not send the cookie: run `gatepost doctor \
                       --url … --origin …`";
            Finding::fail(NAME, format!("the request has no {name}; its cookies are: {}", names.join(", ")), fix)
        }
    }
}

/// How another name is like the one that is looked for.
#[derive(Debug, PartialEq, Eq)]
enum NameSimilarity {
    /// Only a prefix that browsers protect differs.
    Prefix,
    /// Both names end with the same word.
    Name,
}

fn similar(found: &str, name: &str) -> Option<NameSimilarity> {
    let plain = |name: &str| PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name).to_owned();
    if plain(found) == plain(name) {
        return Some(NameSimilarity::Prefix);
    }
    let last = |name: &str| name.rsplit(['.', '-']).next().unwrap_or_default().to_owned();
    (last(found) == "session_token" || last(found) == last(name)).then_some(NameSimilarity::Name)
}

/// Explains remaining percent-encoding, which is broken or was applied twice.
fn encoded(text: &str) -> Option<Finding> {
    if text.contains(' ') {
        let fix = "a proxy or an application decodes the cookie as a form: let it pass the cookie unchanged";
        return Some(Finding::fail(ENCODING, "the cookie has a space where base64 has `+`", fix));
    }
    if !text.contains('%') {
        return None;
    }
    let twice = percent_decode_str(text).decode_utf8().is_ok_and(|decoded| !decoded.contains('%'));
    let broken = "its percent-encoding is broken, and the service reads it literally";
    let (evidence, fix) = match twice && is_escaped(text) {
        true => (
            "it is percent-encoded twice",
            "a proxy or an application encodes the cookie again: let it pass the cookie unchanged",
        ),
        false => (broken, "a proxy or an application cuts or rewrites the cookie: let it pass the cookie unchanged"),
    };
    Some(Finding::fail(ENCODING, evidence, fix))
}

fn is_escaped(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|rest| rest.get(..2).is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit())))
}

/// Explains which secret has signed the cookie, from the result of the service's check; `None` if there is no cookie.
pub(super) fn signature(cx: &Context, signed: &SignedCookie) -> Option<Finding> {
    let secrets = &cx.auth.config.secrets;
    let text = cx.jar.get(&cx.auth.cookies.session_token.name).unwrap_or_default();
    match signed {
        SignedCookie::Genuine(token) => {
            Some(Finding::ok(SIGNATURE, format!("the current secret has signed the token {}", shown(token))))
        }
        SignedCookie::Outdated(token) => {
            let secret = older(secrets, &text);
            let evidence = format!("{secret} has signed the token {}; the answer signs it again", shown(token));
            Some(Finding::ok(SIGNATURE, evidence))
        }
        SignedCookie::Forged => Some(forged(secrets, &text)),
        SignedCookie::Absent => None,
    }
}

/// Names the older secret that has signed the cookie, as the operator knows it.
fn older(secrets: &Secrets, text: &str) -> String {
    let version = secrets
        .versions()
        .into_iter()
        .find(|version| secrets.of_version(*version).is_some_and(|secret| is_of(secret, text)));
    match version {
        Some(version) => format!("version {version} of BETTER_AUTH_SECRETS"),
        None => "BETTER_AUTH_SECRET, the oldest".to_owned(),
    }
}

fn is_of(secret: &Secret, text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(value, mac)| signature::verify(secret.bytes(), value, mac))
}

/// Explains a signature that none of the secrets has made.
fn forged(secrets: &Secrets, text: &str) -> Finding {
    let as_it_came =
        "the application or a proxy sets or cuts the cookie: let the browser keep it as the service set it";
    let Some((value, mac)) = text.rsplit_once('.') else {
        let evidence = format!("it is missing: {} is a bare token", shown(text));
        return Finding::fail(
            SIGNATURE,
            evidence,
            format!("{as_it_came}. Send a bare token in `Authorization: Bearer …`"),
        );
    };
    // A cookie that was encoded twice is valid after decoding it once more.
    let decoded = percent_decode_str(text).decode_utf8_lossy().replace(' ', "+");
    let jar = Jar::default().standing_for("decoded", decoded);
    if text.contains(['%', ' ']) && jar.signed("decoded", secrets).genuine().is_some() {
        return Finding::fail(
            SIGNATURE,
            "no secret has signed it as it is encoded; a secret has signed what is encoded in it",
            as_it_came,
        );
    }
    if mac.len() != signature::LENGTH || !mac.ends_with('=') {
        let evidence = format!(
            "it has {} characters, and a signature has {} and ends in `=`",
            mac.chars().count(),
            signature::LENGTH
        );
        return Finding::fail(SIGNATURE, evidence, as_it_came);
    }
    if let Some((what, fix)) = almost(secrets, text) {
        return Finding::fail(SIGNATURE, format!("{what} has signed it"), fix);
    }
    let fix = "the secret has changed, or the cookie is from another environment (preview, another project): set the secret \
               of the deployment that signed it, list it in BETTER_AUTH_SECRETS after the current one, or sign in again";
    Finding::fail(SIGNATURE, format!("none of the secrets has signed the token {}", shown(value)), fix)
}

/// Tries secrets that differ slightly from those that are set.
fn almost(secrets: &Secrets, text: &str) -> Option<(&'static str, &'static str)> {
    const DEFAULT: &str = "better-auth-secret-12345678901234567890";
    let same = "set the variable to exactly the text that the other deployment has";
    for secret in secrets.all() {
        let own = String::from_utf8_lossy(secret.bytes()).into_owned();
        let variants = [
            (format!("{own}\n"), "the same secret with a line break at its end"),
            (own.trim().to_owned(), "the same secret without the white space around it"),
            (own.trim_matches(['"', '\'']).to_owned(), "the same secret without the quotes around it"),
            (format!("\"{own}\""), "the same secret with quotes around it"),
        ];
        if let Some((_, what)) = variants.into_iter().find(|(variant, _)| is_of(&Secret::new(variant.as_str()), text)) {
            return Some((what, same));
        }
    }
    let known = "set BETTER_AUTH_SECRET in the deployment that signed it: it has no secret of its own, and anyone can sign in \
                 there";
    is_of(&Secret::new(DEFAULT), text).then_some(("better-auth's public default", known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_like_the_one_that_is_looked_for_are_known() {
        let name = "__Secure-better-auth.session_token";
        assert_eq!(similar("better-auth.session_token", name), Some(NameSimilarity::Prefix));
        assert_eq!(similar("__Host-better-auth.session_token", name), Some(NameSimilarity::Prefix));
        assert_eq!(similar("myapp.session_token", name), Some(NameSimilarity::Name));
        assert_eq!(similar("better-auth-session_token", name), Some(NameSimilarity::Name));
        for other in ["theme", "better-auth.session_data", "session_token_of_others"] {
            assert_eq!(similar(other, name), None, "{other}");
        }
    }

    #[test]
    fn escapes_that_are_left_are_told_apart() {
        let told = |text| encoded(text).map(|finding| finding.evidence);
        assert_eq!(told("abc.d+/="), None);
        assert!(told("abc.d%2B%3D").is_some_and(|told| told.contains("twice")));
        for broken in ["abc.d%", "abc.d%2", "abc.d%zz", "abc.%ff"] {
            assert!(told(broken).is_some_and(|told| told.contains("broken")), "{broken}");
        }
        assert!(told("abc.d e=").is_some_and(|told| told.contains("space")));
    }
}
