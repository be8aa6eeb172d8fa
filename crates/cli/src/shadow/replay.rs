//! Reads requests from a HAR file (HTTP Archive 1.2), as browsers and proxies write it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::Deserialize;
use url::Url;

use super::requests::ShadowRequest;

#[derive(Deserialize)]
struct Archive {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: RecordedRequest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecordedRequest {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    cookies: Vec<Pair>,
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct PostData {
    #[serde(default)]
    text: String,
}

/// Reads the requests of a recording, in their order. Their hosts do not count: `--from` and `--to` name the servers.
///
/// # Errors
/// If the text is not a HAR file, or a request in it is malformed, with a sentence that says so and contains none of its values.
pub fn read(text: &str) -> Result<Vec<ShadowRequest>, String> {
    let archive: Archive = serde_json::from_str(text).map_err(|error| {
        format!(
            "it is not a HAR file: line {}, column {}; export one from a browser's network panel",
            error.line(),
            error.column()
        )
    })?;
    let entries = archive.log.entries.into_iter().enumerate();
    entries.map(|(at, entry)| asked(entry.request).ok_or_else(|| format!("request {} is malformed", at + 1))).collect()
}

fn asked(recorded: RecordedRequest) -> Option<ShadowRequest> {
    let url = Url::parse(&recorded.url).ok()?;
    let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut headers = HeaderMap::new();
    // HTTP/2 has the method and the path among the headers.
    for Pair { name, value } in recorded.headers.iter().filter(|pair| !pair.name.starts_with(':')) {
        headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?);
    }
    // A cached copy would be answered with a 304.
    headers.remove(header::IF_NONE_MATCH);
    headers.remove(header::IF_MODIFIED_SINCE);
    if !headers.contains_key(header::COOKIE) && !recorded.cookies.is_empty() {
        let pairs: Vec<_> = recorded.cookies.iter().map(|pair| format!("{}={}", pair.name, pair.value)).collect();
        headers.insert(header::COOKIE, HeaderValue::from_str(&pairs.join("; ")).ok()?);
    }
    let body = recorded.post_data.map(|data| Bytes::from(data.text)).unwrap_or_default();
    Some(ShadowRequest { method: recorded.method.parse().ok()?, target, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_becomes_requests_and_an_error_shows_none_of_it() {
        let text = r#"{"log":{"version":"1.2","entries":[{"request":{"method":"GET","url":"https://old.example/api/auth/get-session?x=1",
            "headers":[{"name":":path","value":"/x"},{"name":"User-Agent","value":"u"}],"cookies":[{"name":"a","value":"1"},{"name":"b","value":"2"}]},
            "response":{"status":200}}]}}"#;
        let [asked] = <[ShadowRequest; 1]>::try_from(read(text).ok().unwrap()).ok().unwrap();
        assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/api/auth/get-session?x=1"));
        assert_eq!(asked.headers.get("cookie").unwrap(), "a=1; b=2");
        assert_eq!(asked.headers.len(), 2);
        for text in ["", "{}", r#"{"log":{"entries":[{"request":{"method":"s3cret","url":7}}]}}"#] {
            assert!(read(text).err().is_some_and(|told| told.contains("HAR") && !told.contains("s3cret")));
        }
        let malformed = r#"{"log":{"entries":[{"request":{"method":"GET","url":"s3cret"}}]}}"#;
        assert_eq!(read(malformed).err().as_deref(), Some("request 1 is malformed"));
    }
}
