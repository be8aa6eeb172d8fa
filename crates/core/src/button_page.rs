//! The page between a mailed link and its effect: only its button redeems the link. Programs that scan mails follow links, but they do
//! not press buttons.

use http::{HeaderValue, header};

use crate::{html::escaped, reply::Reply};

/// The page's content security policy: no script, nothing is loaded, and the form leads to the service. Browsers apply `form-action` to
/// the redirect behind the form as well, which may lead anywhere that is trusted; so it is not restricted.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'");

/// Returns the page for a link, whose button sends `fields` to `action`. It does not look the token up, so it does not reveal whether the
/// token works.
pub fn ask(title: &str, button: &str, action: &str, fields: &[(&str, Option<&str>)]) -> Reply {
    let fields: String = fields
        .iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n", escaped(value)))
        .collect();
    let title = escaped(title);
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{title}</title>\n<style>body{{font:1rem/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem}}\
         button{{font:inherit;padding:.75rem 1.25rem}}</style>\n\
         <h1>{title}</h1>\n<form method=\"post\" action=\"{action}\">\n{fields}<button>{button}</button>\n</form>\n</html>\n"
    );
    Reply::html(page)
        .with(header::CONTENT_SECURITY_POLICY, POLICY)
        .with(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
        .with(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))
        .with(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"))
}
