//! Checks the secondary storage: whether it answers, whether the connection is encrypted, and which data is stored only there.

use std::time::Duration;

use gatepost_core::{
    Auth,
    config::Environment,
    store::{
        Db, StoreError,
        secondary::{self, Secondary},
    },
};

use crate::{edge, report::Finding};

const CHECK: &str = "secondary storage";
/// How many round trips are measured; the shortest counts.
const ROUNDS: usize = 5;

/// Connects as the functions would; `None` if there is no secondary storage.
pub(super) async fn check(auth: &Auth) -> Option<Finding> {
    let (storage, secondary) = (auth.config.secondary_storage.as_ref()?, auth.secondary.as_ref()?);
    let variable = storage.variable();
    let address = match secondary::address(storage) {
        Ok(address) => address,
        Err(text) => return Some(Finding::fail(CHECK, format!("{variable}: {text}"), "correct the URL")),
    };
    let place = format!("{}:{}", address.host, address.port);
    let round_trip = match round_trip(&**secondary, &auth.db()).await {
        Ok(round_trip) => round_trip,
        Err(error) => {
            let text = error.to_string();
            return Some(Finding::fail(CHECK, format!("{variable} ({place}): {text}"), fix(&text)));
        }
    };
    let protection = if address.tls { "with TLS and a verified certificate" } else { "without TLS" };
    let in_database = secondary.in_database();
    let alone: Vec<_> = [("sessions", in_database.sessions), ("single-use secrets", in_database.secrets)]
        .into_iter()
        .filter_map(|(what, too)| (!too).then_some(what))
        .collect();
    let alone =
        if alone.is_empty() { String::new() } else { format!("; {} are stored only there", alone.join(" and ")) };
    let evidence = format!(
        "{place} answers, {protection}; {:.2} ms for a round trip from this machine; keys begin with `{}`{alone}",
        round_trip.as_secs_f64() * 1e3,
        storage.options.key_prefix
    );
    let local = gatepost_core::syntax::network::is_loopback(&address.host);
    let readable = !address.tls && !local && auth.config.environment != Environment::Development;
    Some(if readable {
        let fix = "write rediss:// or https:// into the URL, unless you control the whole network in between";
        Finding::warn(CHECK, evidence, fix)
    } else {
        Finding::ok(CHECK, evidence)
    })
}

async fn round_trip(secondary: &dyn Secondary, db: &Db) -> Result<Duration, StoreError> {
    let mut shortest = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = edge::monotonic();
        secondary.probe(&db.trips).await?;
        shortest = shortest.min(begun.elapsed());
    }
    Ok(shortest)
}

/// The fix for an error of the storage.
fn fix(text: &str) -> &'static str {
    let fixes = [
        ("NOAUTH", "write the password into the URL: rediss://user:password@host"),
        ("WRONGPASS", "correct the user and the password in the URL, or the token beside it"),
        ("READONLY", "set the variable to the URL of the primary: this one leads to a replica"),
        (
            "undeclared",
            "let scripts use keys that they do not declare (Dragonfly: --default_lua_flags=allow-undeclared-keys)",
        ),
        ("NOPERM", "let the user of the URL run EVAL, on every key that begins with the prefix"),
        ("script", "use another store: this one does not run Lua scripts as Redis does"),
        (
            "certificate",
            "write the certificate of its authority into gatepost.toml (`secondary_storage.root_certificates`), add \
             `?sslrootcert=FILE` to the URL where files can be read, or use the host name that the certificate contains",
        ),
    ];
    let found = fixes.into_iter().find(|(words, _)| text.contains(words));
    found.map_or("start the store, or correct the URL; sessions are read nowhere else", |(_, fix)| fix)
}
