//! `gatepost explain`: explains step by step what the service does with a cookie, a token or a logged request, and why the session is
//! `null`. The core looks the session up and reports its steps; this module words them. It writes nothing and prints no credential.

mod cookie;
mod log;
mod reasons;
mod session;
mod token;

use std::sync::Arc;

use gatepost_core::{
    Auth,
    bearer::{self, BearerResult},
    context::{Context, Edge},
    handle,
    lookup::{self, Decision},
    reason::Reason,
    store::StoreError,
    wire::GetSession,
};
use http::{HeaderValue, header};

pub use self::{
    log::{Error as LogError, request as logged},
    reasons::advice,
};
use crate::report::{self, Finding, Report};

const ANSWER: &str = "answer";

/// The headers of the request to explain.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct RequestHeaders {
    /// The header `Cookie`.
    pub cookie: Option<String>,
    /// The header `Authorization`.
    pub authorization: Option<String>,
}

impl RequestHeaders {
    /// Takes the values of headers, which may have been copied with the headers' names.
    pub fn given(cookie: Option<String>, authorization: Option<String>) -> Self {
        let bare = |text: String, name: &str| match text.split_once(':') {
            Some((found, value)) if found.trim().eq_ignore_ascii_case(name) => value.trim().to_owned(),
            _ => text,
        };
        Self {
            cookie: cookie.map(|text| bare(text, "cookie")),
            authorization: authorization.map(|text| bare(text, "authorization")),
        }
    }

    /// Reads headers as they are copied out of a browser or a terminal: `Cookie: …` and `Authorization: …`, with or without
    /// the marks of `curl -v`. A single line without a name is a cookie, or a token where it begins with `Bearer`.
    ///
    /// # Errors
    /// If the text contains neither header.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut asked = Self::default();
        let lines: Vec<&str> = text.lines().map(|line| line.trim_start_matches(['>', '<', ' ']).trim()).collect();
        for line in &lines {
            match line.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("cookie") => {
                    // Several headers are joined, as HTTP requires.
                    let before = asked.cookie.take().map(|before| before + "; ").unwrap_or_default();
                    asked.cookie = Some(before + value.trim());
                }
                Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                    asked.authorization = Some(value.trim().to_owned());
                }
                _ => {}
            }
        }
        if asked != Self::default() {
            return Ok(asked);
        }
        let mut filled = lines.iter().filter(|line| !line.is_empty());
        match (filled.next(), filled.next()) {
            (Some(line), None) if bearer::token(line).is_some() => {
                Ok(Self { authorization: Some((*line).to_owned()), ..asked })
            }
            (Some(line), None) if line.contains('=') => Ok(Self { cookie: Some((*line).to_owned()), ..asked }),
            _ => Err("standard input has neither a `Cookie:` nor an `Authorization:` header; paste one from a request, or use \
                      --cookie, --authorization, or --log with --request"
                .to_owned()),
        }
    }
}

/// Explains the answer of the service to a request for the session.
///
/// # Errors
/// If a header contains characters that no request can have, with a sentence that says so.
pub async fn request(auth: Arc<Auth>, asked: &RequestHeaders, edge: Edge) -> Result<Report, String> {
    let mut cx = context(auth, asked, &edge)?;
    let by_header = asked.authorization.is_some() && asked.cookie.is_none();
    let mut steps = if by_header { Vec::new() } else { cookie::steps(&cx) };
    let standing = bearer::apply(&mut cx);
    let cx = cx;
    if let Some(header) = &asked.authorization {
        match token::steps(&cx, header, standing, &mut steps).await {
            // A JWT is not for this endpoint, and the request has nothing else.
            Ok(Some(judged)) if by_header => return Ok(token::answer(steps, judged)),
            Ok(_) => {}
            Err(error) => return Ok(database(steps, &error)),
        }
    }
    let lookup = lookup::session(&cx, &GetSession::default(), true).await;
    let by_header = matches!(standing, BearerResult::Bare | BearerResult::Signed);
    steps.extend(lookup.steps.iter().filter_map(|step| session::finding(&cx, step, by_header)));
    Ok(match lookup.decision {
        Err(error) => database(steps, &error),
        Ok(Decision::SignedOut { reason, .. }) => null(steps, reason),
        Ok(Decision::Cached(cached)) => {
            let (user, until) = (cached.user.id, cached.session.expires_at);
            signed_in(steps, format!("the cached session of user {user}, until {until}"))
        }
        Ok(Decision::Keep { user, .. } | Decision::Extend { user, .. }) => {
            signed_in(steps, format!("the session of user {}", user.id))
        }
    })
}

/// Makes the context of the request for the core.
fn context(auth: Arc<Auth>, asked: &RequestHeaders, edge: &Edge) -> Result<Context, String> {
    let path = format!("{}/get-session", auth.config.base_path);
    let mut request = http::Request::get(path);
    for (name, value) in [(header::COOKIE, &asked.cookie), (header::AUTHORIZATION, &asked.authorization)] {
        let Some(value) = value else { continue };
        let wrong = |_| {
            format!(
                "the value of the header `{name}` has a line break or another control character, which no request can have; \
                 copy it again"
            )
        };
        request = request.header(&name, HeaderValue::from_bytes(value.as_bytes()).map_err(wrong)?);
    }
    let (parts, ()) = request.body(()).map_err(|error| error.to_string())?.into_parts();
    Ok(handle::begin(auth, parts, edge))
}

fn null(mut steps: Vec<Finding>, reason: Reason) -> Report {
    let (what, fix) = advice(reason);
    // A step that failed already has the fix.
    let is_told = steps.iter().any(|step| step.verdict == report::Verdict::Fail);
    let answer = Finding::fail(ANSWER, format!("null, {}: {what}", reason.name()), fix);
    steps.push(Finding { fix: answer.fix.filter(|_| !is_told), ..answer });
    Report::complete(steps).because(reason)
}

fn signed_in(mut steps: Vec<Finding>, evidence: String) -> Report {
    let but =
        "if the page still gets null, the browser does not send this cookie: run `gatepost doctor --url … --origin …`";
    steps.push(Finding::ok(ANSWER, format!("{evidence}; {but}")));
    // Steps that the service skipped do not make the answer wrong.
    for step in steps.iter_mut().filter(|step| step.verdict == report::Verdict::Fail) {
        step.verdict = report::Verdict::Warn;
    }
    Report::complete(steps)
}

/// Ends the report because the database does not answer: it is unknown whether the session exists.
fn database(mut steps: Vec<Finding>, error: &StoreError) -> Report {
    let fix = "run `gatepost doctor`, which says why; meanwhile the service answers 503 or 500, never null";
    steps.push(Finding::fail(session::STORED, error.to_string(), fix));
    Report::broken_off(steps)
}

/// Shortens a token so that two can be told apart and no one can sign in with it.
fn shown(token: &str) -> String {
    let start: String = token.chars().take(4).collect();
    format!("{start}… ({} characters)", token.chars().count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_they_are_pasted() {
        let asked = |cookie: Option<&str>, authorization: Option<&str>| {
            Ok(RequestHeaders { cookie: cookie.map(str::to_owned), authorization: authorization.map(str::to_owned) })
        };
        assert_eq!(RequestHeaders::read("Cookie: a=b; c=d\n"), asked(Some("a=b; c=d"), None));
        assert_eq!(RequestHeaders::read("a=b; c=d"), asked(Some("a=b; c=d"), None));
        assert_eq!(RequestHeaders::read("Bearer abc"), asked(None, Some("Bearer abc")));
        let curl = "> GET /api/auth/get-session HTTP/2\r\n> host: x\r\n> cookie: a=b\r\n> cookie: c=d\r\n> authorization: Bearer x\r\n";
        assert_eq!(RequestHeaders::read(curl), asked(Some("a=b; c=d"), Some("Bearer x")));
        assert_eq!(RequestHeaders::read("cookie:"), asked(Some(""), None));
        let given = RequestHeaders::given(Some("cookie: a=b:c".to_owned()), Some("Bearer a:b".to_owned()));
        assert_eq!(Ok(given), asked(Some("a=b:c"), Some("Bearer a:b")));
        assert!(RequestHeaders::read("").is_err() && RequestHeaders::read("GET / HTTP/1.1\nhost: x").is_err());
    }

    #[test]
    fn attack_a_token_is_shown_by_four_characters() {
        assert_eq!(shown("abcdefghijklmnopqrstuvwxyz012345"), "abcd… (32 characters)");
    }
}
