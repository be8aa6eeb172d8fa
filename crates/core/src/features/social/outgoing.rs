//! Requests to providers: their targets, and how their answers are read.

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body_util::Full;
use url::Url;

use crate::{
    config::{Client, Social},
    fetch::{self, Reach},
    model::Additional,
};

/// The targets of requests to one provider.
pub(super) struct RequestTargets<'a> {
    rewrites: &'a [(String, String)],
    private: bool,
}

impl<'a> RequestTargets<'a> {
    pub(super) fn new(social: &'a Social, client: &Client) -> Self {
        Self { rewrites: &social.rewrites, private: client.options.allow_private_addresses }
    }

    /// Returns the URL to which a request for `url` goes, and which addresses its host may have.
    pub(super) fn target(&self, url: &str) -> Result<(Url, Reach), String> {
        if let Some((from, to)) = self.rewrites.iter().find(|(from, _)| url.starts_with(from.as_str())) {
            let rest = url.get(from.len()..).unwrap_or_default();
            return Ok((parsed(&format!("{to}{rest}"))?, Reach::Anywhere));
        }
        Ok((parsed(url)?, if self.private { Reach::Anywhere } else { Reach::Public }))
    }

    /// Sends a GET, with an access token if given.
    pub(super) async fn get(&self, url: &str, token: Option<&str>) -> Result<Bytes, String> {
        let mut request = Request::get("/").header(header::USER_AGENT, "gatepost");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(url, request, HeaderMap::new(), Bytes::new()).await
    }

    /// Sends a GET with these headers.
    pub(super) async fn get_with(&self, url: &str, headers: HeaderMap) -> Result<Bytes, String> {
        self.send(url, Request::get("/").header(header::USER_AGENT, "gatepost"), headers, Bytes::new()).await
    }

    /// Sends a GET whose answer is a JSON object.
    pub(super) async fn object(&self, url: &str, token: Option<&str>) -> Result<Additional, String> {
        object(&self.get(url, token).await?)
    }

    /// Sends a request with this method, headers and body; the answer is a JSON object.
    pub(super) async fn ask(
        &self,
        url: &str,
        request: http::request::Builder,
        body: String,
    ) -> Result<Additional, String> {
        let request = request.header(header::USER_AGENT, "gatepost");
        object(&self.send(url, request, HeaderMap::new(), body.into()).await?)
    }

    /// Posts a form, with these headers in addition or instead of its own; the answer is a JSON object.
    pub(super) async fn form(&self, url: &str, form: String, headers: HeaderMap) -> Result<Additional, String> {
        let request = Request::post("/")
            .header(header::USER_AGENT, "gatepost")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        object(&self.send(url, request, headers, form.into()).await?)
    }

    async fn send(
        &self,
        url: &str,
        request: http::request::Builder,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Bytes, String> {
        let (target, reach) = self.target(url)?;
        let host = target.host_str().unwrap_or_default().to_owned();
        let mut request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
        request.headers_mut().extend(headers);
        let answer = fetch::send_within(reach, &target, request).await.map_err(|error| format!("{host}: {error}"))?;
        if !answer.status().is_success() {
            return Err(format!("{host} answered {}", answer.status()));
        }
        Ok(answer.into_body())
    }
}

fn object(answer: &[u8]) -> Result<Additional, String> {
    serde_json::from_slice(answer).map_err(|_| "the answer is not a JSON object".to_owned())
}

/// Parses a URL from the configuration or a provider.
///
/// # Errors
/// The text is not a URL.
pub(super) fn parsed(url: &str) -> Result<Url, String> {
    Url::parse(url).map_err(|_| format!("`{url}` is not a URL"))
}
