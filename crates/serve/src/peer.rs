//! The client behind a connection. Headers that name a client are trusted only from proxies that the operator names: any other
//! client could send them too.

use std::{net::IpAddr, str::FromStr};

use gatepost_core::syntax::network::Network;
use http::{HeaderMap, HeaderName, HeaderValue};

/// The longest identifier of a request that is taken from a proxy, in characters.
const LONGEST_ID: usize = 64;

/// The other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Its address.
    Address(IpAddr),
    /// A process that may use the UNIX socket.
    Socket,
}

/// A proxy as the operator names it: a network, an address, or `unix` for all processes that may use the UNIX socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxy {
    /// The addresses of a network.
    Network(Network),
    /// The processes that use the UNIX socket.
    Socket,
}

impl FromStr for Proxy {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "unix" => Ok(Self::Socket),
            text => text
                .parse()
                .map(Self::Network)
                .map_err(|()| "it is neither an address nor a network; write 10.0.0.1, 10.0.0.0/8, or unix"),
        }
    }
}

/// The proxies that the operator names.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    networks: Vec<Network>,
    socket: bool,
}

/// The values about a request that only the connection shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Identity {
    /// `http` or `https`, as the client sees it.
    pub scheme: &'static str,
    /// The identifier that a proxy gave to the request.
    pub id: Option<String>,
    /// Whether the request had an address that was not believed.
    pub disbelieved: bool,
}

impl Proxies {
    /// Makes the list from the operator's proxies and from the networks of `advanced.ip_address.trusted_proxies`.
    pub fn new(proxies: &[Proxy], networks: &[Network]) -> Self {
        let named = proxies.iter().filter_map(|proxy| match proxy {
            Proxy::Network(network) => Some(*network),
            Proxy::Socket => None,
        });
        Self { networks: named.chain(networks.iter().copied()).collect(), socket: proxies.contains(&Proxy::Socket) }
    }

    /// Returns all networks.
    pub fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// Whether processes that use the UNIX socket are proxies.
    pub fn has_socket(&self) -> bool {
        self.socket
    }

    fn trusts(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.networks.iter().any(|network| network.contains(address)),
            Peer::Socket => self.socket,
        }
    }

    /// Identifies the client of a request: removes what it may not say, and writes its address into the first of `names`, the
    /// headers in which the core looks for it. The headers of a named proxy stay: the core finds the client in its chain.
    pub fn identify(&self, headers: &mut HeaderMap, peer: Peer, names: &[String]) -> Identity {
        if self.trusts(peer) {
            let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
            let scheme = if text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
            let id = text("x-request-id").filter(|id| is_plain(id)).map(str::to_owned);
            if self.networks.is_empty() {
                // Only the UNIX socket is trusted, so the core knows no proxy and would believe no chain: a client could hide its
                // address by sending a header to which the proxy adds.
                names.iter().for_each(|name| keep_last(headers, name));
            }
            return Identity { scheme, id, disbelieved: false };
        }
        let is_name = |header: &HeaderName| names.iter().any(|name| name.eq_ignore_ascii_case(header.as_str()));
        let forged: Vec<_> =
            headers.keys().filter(|header| is_name(header) || is_of_proxies(header.as_str())).cloned().collect();
        for header in &forged {
            headers.remove(header);
        }
        if let (Peer::Address(address), Some(Ok(name))) = (peer, names.first().map(|name| name.parse::<HeaderName>()))
            && let Ok(value) = HeaderValue::try_from(address.to_canonical().to_string())
        {
            headers.insert(name, value);
        }
        Identity { scheme: "http", id: None, disbelieved: forged.iter().any(is_name) }
    }
}

/// Keeps the last address of a chain: the one that the proxy at the other end of the connection has added.
fn keep_last(headers: &mut HeaderMap, name: &str) {
    let Ok(name) = name.parse::<HeaderName>() else { return };
    let last = headers.get_all(&name).iter().next_back().map(HeaderValue::as_bytes);
    let last = last.and_then(|chain| chain.rsplit(|byte| *byte == b',').next().map(<[u8]>::trim_ascii));
    if let Some(Ok(value)) = last.map(HeaderValue::from_bytes) {
        headers.insert(name, value);
    }
}

/// Whether only proxies send this header.
fn is_of_proxies(name: &str) -> bool {
    matches!(name, "forwarded" | "x-real-ip" | "x-request-id")
        || name.starts_with("x-forwarded-")
        || name.starts_with("x-vercel-")
}

fn is_plain(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORWARDED: &str = "x-forwarded-for";

    fn identified(proxies: &str, peer: &str, sent: &[(&'static str, &str)]) -> (Identity, Option<String>) {
        let proxies: Vec<Proxy> = proxies.split_whitespace().map(|proxy| proxy.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, value.parse().unwrap());
        }
        let peer = peer.parse().map_or(Peer::Socket, Peer::Address);
        let identity = Proxies::new(&proxies, &[]).identify(&mut headers, peer, &[FORWARDED.to_owned()]);
        (identity, headers.get(FORWARDED).map(|value| value.to_str().unwrap().to_owned()))
    }

    #[test]
    fn attack_a_client_that_is_no_named_proxy_cannot_name_itself() {
        let forged = [
            (FORWARDED, "9.9.9.9"),
            (FORWARDED, "8.8.8.8"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil.example"),
            ("x-request-id", "1"),
        ];
        for proxies in ["", "10.0.0.0/8 unix"] {
            let (identity, address) = identified(proxies, "203.0.113.7", &forged);
            assert_eq!(identity, Identity { scheme: "http", id: None, disbelieved: true });
            assert_eq!(address.as_deref(), Some("203.0.113.7"));
        }
        assert_eq!(identified("10.0.0.0/8", "unix", &forged).1, None);
    }

    #[test]
    fn the_headers_of_a_named_proxy_stay() {
        let sent = [(FORWARDED, "203.0.113.7"), ("x-forwarded-proto", "https"), ("x-request-id", "a-1")];
        for (proxies, peer) in [("10.0.0.0/8", "10.1.2.3"), ("10.0.0.0/8", "::ffff:10.1.2.3"), ("unix", "unix")] {
            let (identity, address) = identified(proxies, peer, &sent);
            assert_eq!(identity, Identity { scheme: "https", id: Some("a-1".into()), disbelieved: false }, "{peer}");
            assert_eq!(address.as_deref(), Some("203.0.113.7"));
        }
        assert_eq!(identified("unix", "unix", &[("x-request-id", "a\"b")]).0.id, None);
    }

    #[test]
    fn attack_a_client_hides_its_address_behind_a_proxy_at_the_socket() {
        for sent in [
            &[(FORWARDED, "1.1.1.1, 203.0.113.7")][..],
            &[(FORWARDED, "1.1.1.1"), (FORWARDED, "unknown,203.0.113.7 ")],
            &[(FORWARDED, "203.0.113.7")],
        ] {
            assert_eq!(identified("unix", "unix", sent).1.as_deref(), Some("203.0.113.7"), "{sent:?}");
        }
        // The core looks for the client in a chain whose proxies it knows.
        let chain = "1.1.1.1, 203.0.113.7, 10.0.0.1";
        assert_eq!(identified("unix 10.0.0.0/8", "unix", &[(FORWARDED, chain)]).1.as_deref(), Some(chain));
    }

    #[test]
    fn an_address_is_written_where_the_core_looks_for_it() {
        assert_eq!(identified("", "::ffff:203.0.113.7", &[]).1.as_deref(), Some("203.0.113.7"));
        assert_eq!(identified("", "2001:db8::1", &[]).1.as_deref(), Some("2001:db8::1"));
    }
}
