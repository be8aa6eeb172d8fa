//! Determines a client's address (spec core §10). A chain of proxies is trusted only if each hop is known: by default a header is
//! trusted only if it names exactly one address.

use std::net::{IpAddr, Ipv6Addr};

use crate::{
    config::IpAddress,
    syntax::network::{Network, masked},
};

/// Returns the client's address as it is stored and counted, from the values of the configured headers in order. IPv6 addresses are
/// cut to the configured network and written in full.
pub fn client<'a>(headers: impl Iterator<Item = &'a str>, config: &IpAddress) -> Option<String> {
    if config.disable_ip_tracking {
        return None;
    }
    let mut headers = headers;
    headers
        .find_map(|value| from_chain(value, &config.trusted_proxies))
        .map(|address| normalise(address, config.ipv6_subnet))
}

fn from_chain(value: &str, proxies: &[Network]) -> Option<IpAddr> {
    let mut hops = value.split(',').map(str::trim).filter(|hop| !hop.is_empty());
    if proxies.is_empty() {
        let only = hops.next()?;
        return if hops.next().is_none() { only.parse().ok() } else { None };
    }
    for hop in hops.rev() {
        let address: IpAddr = hop.parse().ok()?;
        if !proxies.iter().any(|proxy| proxy.contains(address)) {
            return Some(address);
        }
    }
    None
}

fn normalise(address: IpAddr, bits: u32) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let groups = Ipv6Addr::from(masked(address, bits)).segments();
            groups.map(|group| format!("{group:04x}")).join(":")
        }
    }
}
