//! The hosts by whose names a developer's machine answers.

use gatepost_core::{
    Auth,
    syntax::origin::{self, Pattern, RelativeUrls},
};
use http::{Uri, header};
use url::{Host, Url};

/// The answer to a request for an unknown host. Does not repeat the request.
pub(crate) const UNKNOWN_HOST: &str = "This server answers to localhost, to the host of BETTER_AUTH_URL and to trusted origins. To \
                                       reach it by another name, set BETTER_AUTH_URL or add the origin to \
                                       BETTER_AUTH_TRUSTED_ORIGINS.\n";

/// Whether the `Host` of a request is a name of this machine, of the base URL or of a trusted origin.
pub(crate) fn is_known<B>(auth: &Auth, request: &http::Request<B>) -> bool {
    let named = |uri: &Uri| uri.authority().map(|authority| authority.as_str().to_owned());
    let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = named(request.uri()).or_else(|| header.map(str::to_owned)) else { return false };
    let Ok(url) = Url::parse(&format!("http://{host}")) else { return false };
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let config = &auth.config;
    let own = config.base_url.as_ref().map(|url| Pattern::new(&url.origin().ascii_serialization()));
    let patterns = || own.iter().chain(&config.trusted_origins);
    let is_trusted = |scheme| origin::is_trusted(&format!("{scheme}://{host}"), patterns(), RelativeUrls::Refused);
    is_local || is_trusted("http") || is_trusted("https")
}
