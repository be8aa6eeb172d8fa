//! `doctor` checks how rate limits identify clients: which header holds the address, and which clients share a count.

use gatepost_core::{
    config::{Config, IpAddress},
    rules::limit::{self, Rule},
};

use crate::{plural::counted, report::Finding};

const CHECK: &str = "clients";

/// Checks how requests are counted. `on_vercel` says that the variables belong to a deployment on Vercel, whose functions read other
/// headers than this process.
pub(super) fn check(config: &Config, on_vercel: bool) -> Finding {
    let address = &config.advanced.ip_address;
    if !config.rate_limit.enabled || address.disable_ip_tracking {
        return Finding::ok(CHECK, "requests are not counted");
    }
    let shared = match limit::rule("/sign-in/email", &config.rate_limit, &config.features) {
        Some(Rule { limit, .. }) => format!("{} to sign in within {} s", counted(limit.max, "attempt"), limit.window),
        None => "every other limit".to_owned(),
    };
    if is_configured(address) {
        let headers = address.ip_address_headers.join(", ");
        let evidence =
            format!("requests are counted by {headers}; all clients without an address in it share {shared}");
        return Finding::ok(CHECK, evidence);
    }
    if on_vercel {
        return Finding::ok(CHECK, "requests are counted by x-vercel-forwarded-for, which Vercel sets");
    }
    let evidence = format!(
        "requests are counted by x-forwarded-for, if it contains exactly one address. Clients without a readable address \
         share {shared}: a single one of them can lock the others out"
    );
    let fix = "set `advanced.ip_address.ip_address_headers` to a header that your proxy overwrites with the client's address, or \
               `trusted_proxies` to the proxies that add to x-forwarded-for";
    Finding::warn(CHECK, evidence, fix)
}

fn is_configured(address: &IpAddress) -> bool {
    address.ip_address_headers != ["x-forwarded-for"] || !address.trusted_proxies.is_empty()
}
