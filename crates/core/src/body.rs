//! Reading a request's body within its bounds (spec core §1.3).

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value};

use crate::{code, context::text_of, endpoint::Body, error::Error, json, reason::Reason};

/// The maximum size of a body in bytes, which is the platform's own limit.
pub const BODY_LIMIT: usize = 4_718_592;

/// The time within which a body must arrive. A longer wait would keep an instance busy, which costs as long as it runs.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Reads and parses a body (stage 6 of spec core §1.3). A request without a content type, or with a length of zero, has no body.
pub(crate) async fn read<B>(kind: Body, headers: &HeaderMap, body: B) -> Result<Option<Value>, Error>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let content_type = text_of(headers, "content-type", ", ").filter(|text| !text.is_empty());
    let (Some(content_type), false) = (content_type, kind == Body::Ignored || body.is_end_stream()) else {
        return Ok(None);
    };
    let plain = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !kind.types().contains(&plain.as_str()) {
        let message =
            format!("Content-Type \"{content_type}\" is not allowed. Allowed types: {}", kind.types().join(", "));
        return Err(Error::explained(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            code::UNSUPPORTED_MEDIA_TYPE,
            message,
            Reason::UnsupportedContentType,
        ));
    }
    let bytes = whole(body).await?;
    if plain == "application/json" {
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        return json::parse(text)
            .map(Some)
            .map_err(|_| Error::api(StatusCode::BAD_REQUEST, code::BAD_REQUEST, Reason::MalformedJson));
    }
    let pairs = url::form_urlencoded::parse(&bytes).into_owned();
    let members: Map<String, Value> = pairs.map(|(key, value)| (key, Value::String(value))).collect();
    Ok(Some(Value::Object(members)))
}

/// Reads the whole body within its bounds.
///
/// # Errors
/// 413, 408, or 400 if it ends early.
pub(crate) async fn whole<B>(body: B) -> Result<Bytes, Error>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let collected = tokio::time::timeout(BODY_WITHIN, Limited::new(body, BODY_LIMIT).collect()).await;
    match collected {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Error::api(StatusCode::PAYLOAD_TOO_LARGE, code::PAYLOAD_TOO_LARGE, Reason::BodyTooLarge))
        }
        Ok(Err(_)) => Err(Error::api(StatusCode::BAD_REQUEST, code::BAD_REQUEST, Reason::BodyIncomplete)),
        Err(_) => Err(Error::api(StatusCode::REQUEST_TIMEOUT, code::REQUEST_TIMEOUT, Reason::BodyTooSlow)),
    }
}
