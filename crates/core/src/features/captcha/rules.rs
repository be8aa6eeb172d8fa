//! Which paths are guarded, and which answers of a provider let a request pass (spec sign-in-plugins §10).

use std::borrow::Cow;

use serde_json::Value;

use super::declaration::{Captcha, Provider};
use crate::syntax::glob::Glob;

/// Whether a path below the base path is guarded. Slashes at its end and repeated slashes make no difference.
pub(super) fn guards(patterns: &[&str], path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    // The base path alone is one segment without characters.
    let segments = if segments.is_empty() { vec![""] } else { segments };
    patterns.iter().any(|pattern| {
        let pattern = with_beginnings(pattern);
        let wanted: Vec<&str> = pattern.split('/').filter(|segment| !segment.is_empty()).collect();
        if pattern.contains('*') { matches(&wanted, &segments) } else { wanted == segments }
    })
}

/// A pattern that ends in `/**` covers, as in better-auth, also segments that only begin as the one before: `/sign-in/**` covers
/// `/sign-in-x`.
fn with_beginnings(pattern: &str) -> Cow<'_, str> {
    let before = pattern.strip_suffix("/**").map(|before| before.trim_end_matches('/'));
    match before.filter(|before| !before.is_empty() && !before.ends_with("**")) {
        Some(before) => format!("{before}*/**").into(),
        None => pattern.into(),
    }
}

/// Whether the segments of a pattern cover all segments of a path. Linear in memory, as [`Glob::matches`]: on a mismatch only the
/// last `**` takes one segment more.
fn matches(pattern: &[&str], path: &[&str]) -> bool {
    let (mut p, mut s) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(p), path.get(s)) {
            (Some(&"**"), _) => {
                p += 1;
                retry = Some((p, s));
                continue;
            }
            (Some(wanted), Some(segment)) if Glob::new(wanted).matches(segment) => {
                (p, s) = (p + 1, s + 1);
                continue;
            }
            (None, None) => return true,
            // What a `**` at the end has not taken yet is its as well.
            (None, Some(_)) if pattern.last() == Some(&"**") => return true,
            _ => {}
        }
        match retry {
            Some((after, from)) if from < path.len() => {
                (p, s) = (after, from + 1);
                retry = Some((after, from + 1));
            }
            _ => return false,
        }
    }
}

/// Whether the provider accepts the response; if not, what the log tells of it.
pub(super) fn succeeds(answer: &Value) -> Result<(), String> {
    if answer.get("success") == Some(&Value::Bool(true)) {
        return Ok(());
    }
    let codes = answer.get("error-codes").and_then(Value::as_array).into_iter().flatten();
    let codes: Vec<_> = codes.filter_map(Value::as_str).map(told).collect();
    Err(match codes.as_slice() {
        [] => "the provider does not accept the response".to_owned(),
        codes => format!("the provider does not accept the response: {}", codes.join(", ")),
    })
}

/// Decides by what the provider answered; if not, returns what the log tells of it.
pub(super) fn judge(answer: &Value, provider: Provider, config: &Captcha) -> Result<(), String> {
    succeeds(answer)?;
    if !provider.names_action_and_host() {
        return Ok(());
    }
    let score = answer.get("score").and_then(Value::as_f64).filter(|_| provider == Provider::Recaptcha);
    if let Some(score) = score.filter(|score| *score < config.min_score) {
        return Err(format!("the score {score} is below `captcha.min_score`"));
    }
    let named = |member| answer.get(member).and_then(Value::as_str).unwrap_or_default();
    if !config.expected_action.is_empty() && named("action") != config.expected_action {
        return Err(format!("the response is for the action `{}`", told(named("action"))));
    }
    let is_allowed = |host: &str| config.allowed_hostnames.iter().any(|allowed| allowed == host);
    if !config.allowed_hostnames.is_empty() && !is_allowed(named("hostname")) {
        return Err(format!("the response is for the host name `{}`", told(named("hostname"))));
    }
    Ok(())
}

/// The most characters of a word that the log repeats.
const LONGEST_WORD: usize = 64;

/// A word of the provider's answer, as the log may have it: the client can choose some of them.
fn told(word: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "-_./:".contains(*letter);
    word.chars().filter(is_plain).take(LONGEST_WORD).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config() -> Captcha {
        Captcha {
            enabled: true,
            provider: None,
            endpoints: None,
            site_verify_url: None,
            expected_action: String::new(),
            allowed_hostnames: Vec::new(),
            min_score: 0.5,
            site_key: String::new(),
        }
    }

    #[test]
    fn patterns_cover_the_paths_that_they_cover_in_better_auth() {
        let vectors = include_str!("../../../../../tests/vectors/sign-in-plugins.json");
        let vectors: Value = serde_json::from_str(vectors).unwrap();
        let patterns = vectors["captcha_endpoint_match"].as_object().unwrap();
        assert_eq!(patterns.len(), 24);
        for (pattern, paths) in patterns {
            for (member, expected) in [("matches", true), ("others", false)] {
                for path in paths[member].as_array().unwrap().iter().filter_map(Value::as_str) {
                    // An entry that begins or ends like these is refused at start.
                    if pattern != "*" && !pattern.ends_with('/') {
                        assert_eq!(guards(&[pattern], path), expected, "{pattern} {path}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_path_of_many_segments_is_judged_in_no_more_steps_than_it_has_for_each_part_of_a_pattern() {
        let path = "/a".repeat(4_000);
        // Where each `**` tried every segment for itself, this would not end.
        assert!(!guards(&["/**/a/**/a/**/a/**/a/**/b"], &path));
        assert!(guards(&["/**/a/**/a/**/a/**/a/**/b"], &format!("{path}/b")));
    }

    #[test]
    fn slashes_make_no_difference_to_what_is_guarded() {
        for path in ["/sign-in/email", "/sign-in/email/", "//sign-in///email//", "/sign-in//email"] {
            assert!(guards(&["/sign-in/email"], path) && guards(&["/sign-in/*"], path), "{path}");
        }
        for path in ["/sign-in", "/sign-in/email/x", "/sign-in/Email", "/", ""] {
            assert!(!guards(&["/sign-in/email"], path) && !guards(&["/sign-in/e*"], path), "{path}");
        }
    }

    #[test]
    fn only_true_is_success_whatever_else_an_answer_has() {
        for success in [json!("true"), json!(1), json!({}), json!(false), Value::Null] {
            let answer = json!({ "success": success, "score": 1.0 });
            assert!(judge(&answer, Provider::Recaptcha, &config()).is_err(), "{answer}");
        }
        for answer in [json!("success"), json!([true]), json!(true), Value::Null] {
            assert!(judge(&answer, Provider::Hcaptcha, &config()).is_err(), "{answer}");
        }
        assert_eq!(judge(&json!({ "success": true }), Provider::Hcaptcha, &config()), Ok(()));
    }

    #[test]
    fn the_log_repeats_no_more_of_an_answer_than_plain_words() {
        let answer = json!({ "success": false, "error-codes": ["bad-\n\"request\"", "x".repeat(1_000), 7] });
        let expected = format!("the provider does not accept the response: bad-request, {}", "x".repeat(LONGEST_WORD));
        assert_eq!(judge(&answer, Provider::Turnstile, &config()), Err(expected));
    }
}
