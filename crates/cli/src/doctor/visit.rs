//! Acts like a browser: sends requests with cookies and keeps the cookies of answers.

use bytes::Bytes;
use gatepost_core::fetch;
use http::{Method, Request, Response, header};
use http_body_util::Full;
use serde_json::Value;
use url::Url;

use super::browser::SetCookie;
use crate::report::Verdict;

/// A visit of a browser: a page, a service, a throw-away user, and cookies.
pub(super) struct Visit {
    /// The URL of the service, with its base path.
    pub(super) base: Url,
    /// The origin of the page.
    pub(super) page: Url,
    /// The address of the throw-away user, which does not exist.
    pub(super) email: String,
    /// The password of the throw-away user, known only to this visit.
    pub(super) password: String,
    /// The cookies that the service set, and whether browsers keep and send them.
    pub(super) cookies: Vec<(SetCookie, Verdict)>,
    /// Whether better-auth on Node answers, and not gatepost.
    pub(super) is_node: bool,
}

impl Visit {
    /// The origin of the page, in the form in which browsers send it.
    pub(super) fn origin(&self) -> String {
        self.page.origin().ascii_serialization()
    }

    /// Returns whether page and service have the same origin, so that browsers send no preflight request.
    pub(super) fn is_same_origin(&self) -> bool {
        self.page.origin() == self.base.origin()
    }

    /// The `Cookie` header that a browser sends; with `all`, every cookie that was set, for the clean-up.
    pub(super) fn cookie(&self, all: bool) -> String {
        let sent = self.cookies.iter().filter(|(_, fate)| all || *fate != Verdict::Fail);
        sent.map(|(cookie, _)| format!("{}={}", cookie.name, cookie.value)).collect::<Vec<_>>().join("; ")
    }

    /// Replaces the cookies by those of an answer.
    pub(super) fn keep(&mut self, answer: &Response<Bytes>) {
        let lines = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        let cookies = lines.filter_map(SetCookie::read).filter(|cookie| !cookie.is_removal());
        let judged = cookies.map(|cookie| {
            let fate = cookie.fate(&self.base, &self.page).verdict;
            (cookie, fate)
        });
        self.cookies = judged.collect();
    }

    /// Sends a request as the page would.
    ///
    /// # Errors
    /// If there is no answer, with the cause.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Response<Bytes>, String> {
        let mut request = Request::builder().method(&method).header("accept", "application/json");
        if method != Method::GET || !self.is_same_origin() {
            request = request.header(header::ORIGIN, self.origin());
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let bytes = Full::from(body.map(Value::to_string).unwrap_or_default());
        let request = request.body(bytes).map_err(|error| error.to_string())?;
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        fetch::send(&url, request).await
    }
}

/// Parses the URL of an option and adds the base path `/api/auth` if it has no path.
///
/// # Errors
/// If the text is not a URL, with a sentence that says so.
pub(crate) fn base(option: &str, text: &str) -> Result<Url, String> {
    let wrong = || format!("{option} is `{text}`, which is not a URL; write it like https://auth.example.com");
    let mut url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(wrong)?;
    let path = match url.path().trim_end_matches('/') {
        "" => "/api/auth".to_owned(),
        path => path.to_owned(),
    };
    url.set_path(&path);
    // A user name or a password in the URL is neither sent nor shown.
    let is_bare = url.set_username("").and_then(|()| url.set_password(None));
    is_bare.map_err(|()| wrong())?;
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// A header of an answer, or an empty text if it is missing.
pub(super) fn text<'a>(answer: &'a Response<Bytes>, name: &str) -> &'a str {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The body as JSON, or `null` if it is not JSON.
pub(super) fn json_of(answer: &Response<Bytes>) -> Value {
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

/// The code of an error, or an empty text.
pub(super) fn code_of(body: &Value) -> String {
    body.get("code").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_path_is_the_usual_one_unless_the_address_names_another() {
        let base = |text| base("--url", text).map(|url| url.to_string());
        assert_eq!(base("https://auth.example.com").as_deref(), Ok("https://auth.example.com/api/auth"));
        assert_eq!(base("https://auth.example.com/?a#b").as_deref(), Ok("https://auth.example.com/api/auth"));
        assert_eq!(base("https://u:hunter2@auth.example.com").as_deref(), Ok("https://auth.example.com/api/auth"));
        assert_eq!(base("https://example.com/auth/").as_deref(), Ok("https://example.com/auth"));
        assert!(base("auth.example.com").is_err_and(|told| told.contains("--url")));
    }
}
