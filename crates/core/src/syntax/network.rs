//! Networks and hosts, as configurations contain them.

use std::{
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

/// Whether a host is this machine, so that connections to it may be plain text.
pub fn is_loopback(host: &str) -> bool {
    matches!(host.to_ascii_lowercase().as_str(), "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

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
    /// Whether `address` is in the network. An IPv4-mapped IPv6 address counts as the IPv4 address.
    pub fn contains(self, address: IpAddr) -> bool {
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

/// Returns the first `bits` bits of an address, with the others zero.
pub fn masked(address: Ipv6Addr, bits: u32) -> u128 {
    u128::from(address) & u128::MAX.checked_shl(128 - bits).unwrap_or(0)
}
