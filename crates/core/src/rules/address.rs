//! Which address a request comes from (spec core §10). A chain of proxies is believed only where each hop is known:
//! the default believes a header only if it names exactly one address.

use std::{net::IpAddr, net::Ipv6Addr, str::FromStr};

use crate::config::IpAddress;

/// An address or a network in CIDR form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), str::parse).map_err(|_| ())?;
        if bits <= width { Ok(Self { address, bits }) } else { Err(()) }
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                (u32::from(network) ^ u32::from(address)) & mask == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => masked(network, self.bits) == masked(address, self.bits),
            _ => false,
        }
    }
}

fn masked(address: Ipv6Addr, bits: u32) -> u128 {
    u128::from(address) & u128::MAX.checked_shl(128 - bits).unwrap_or(0)
}

/// The client's address as it is stored and counted, from the values of the configured headers in their order.
/// IPv6 is cut to the configured network and written out in full.
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
