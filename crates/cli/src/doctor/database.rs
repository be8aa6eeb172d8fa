//! Checks the database: whether and how it can be reached, how far away it is, and whether its clock agrees with this machine's.

use std::time::Duration;

use gatepost_core::{
    Auth,
    config::{DatabaseTransport, Environment},
    store::{
        StoreError,
        single::{self, Address, Protection},
    },
};
use jiff::{SignedDuration, Timestamp};
use tokio_postgres::Client;

use super::{address, clock};
use crate::{edge, report::Finding};

const CHECK: &str = "database";
const REGION: &str = "region";
/// How many round trips are measured; the shortest counts.
const ROUNDS: usize = 5;

/// Connects as the functions would and reports how. Also returns the connection if there is one.
pub(super) async fn check(auth: &Auth, url: &str, functions: Option<&str>) -> (Vec<Finding>, Option<Client>) {
    let variable = auth.config.database.variable;
    let options = &auth.config.database.options.connection;
    let address = match single::address(url, options.transport) {
        Ok(address) => address,
        Err(error) => {
            let told = error.to_string();
            let (what, fix) = told.split_once("; ").unwrap_or((&told, "correct the URL"));
            return (vec![Finding::fail(CHECK, format!("{variable}: {what}"), fix)], None);
        }
    };
    let limit = auth.config.database.options.connect_timeout;
    let connected = tokio::time::timeout(limit, single::connect(url, options)).await;
    let connected = connected.unwrap_or_else(|_| Err(StoreError::TimedOut(limit.as_secs())));
    let told = match connected {
        Ok(client) => match tokio::time::timeout(limit, asked(&client)).await {
            Ok(Ok(told)) => Ok((client, told)),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(StoreError::TimedOut(limit.as_secs())),
        },
        Err(error) => Err(error),
    };
    match told {
        Ok((client, told)) => (findings(auth, &address, &told, functions), Some(client)),
        Err(error) => {
            let told = error.to_string();
            // The fix follows after a semicolon, if it is known.
            let (what, advice) = told.split_once("; ").map_or((told.as_str(), None), |(what, fix)| (what, Some(fix)));
            let evidence = format!("{variable} ({}:{}): {what}", address.host, address.port);
            let fix = advice.map_or_else(|| fix(variable, options.transport), str::to_owned);
            (vec![Finding::fail(CHECK, evidence, fix)], None)
        }
    }
}

/// The answers of a connected database about itself.
struct ServerFacts {
    version: String,
    only_reads: bool,
    tls: bool,
    round_trip: Duration,
    ahead: SignedDuration,
}

async fn asked(client: &Client) -> Result<ServerFacts, StoreError> {
    let mut round_trip = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = edge::monotonic();
        client.query_typed("select 1", &[]).await?;
        round_trip = round_trip.min(begun.elapsed());
    }
    let sql = "select current_setting('server_version'), pg_is_in_recovery() or current_setting('transaction_read_only')::boolean,
        coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false), clock_timestamp()";
    let asked_at = edge::now();
    let rows = client.query_typed(sql, &[]).await?;
    let answered_at = edge::now();
    let row = rows.first().ok_or_else(|| StoreError::Failed("it answers without a row".to_owned()))?;
    let its: Timestamp = row.try_get(3)?;
    Ok(ServerFacts {
        version: row.try_get(0)?,
        only_reads: row.try_get(1)?,
        tls: row.try_get(2)?,
        round_trip,
        ahead: clock::ahead(its, asked_at, answered_at),
    })
}

fn findings(auth: &Auth, address: &Address, told: &ServerFacts, functions: Option<&str>) -> Vec<Finding> {
    let Address { host, port, tls, transport } = address;
    let is_wrapped = *transport != DatabaseTransport::Tcp;
    let pooler = address::pooler(host, *port);
    let way = pooler.as_ref().map_or_else(|| "directly".to_owned(), |why| format!("through a pooler ({why})"));
    let protection = match tls {
        Protection::Verified => "with TLS and a verified certificate",
        Protection::Unverified => "with TLS, but the server's certificate is not verified (`sslmode=no-verify`)",
        // Inside a WebSocket the database's own TLS begins behind the proxy.
        Protection::Offered if told.tls && !is_wrapped => "with TLS",
        Protection::Offered | Protection::Plain => "without TLS",
    };
    let evidence = format!(
        "connected to {host}:{port} {way}{}, {protection}; PostgreSQL {}; {:.2} ms for a round trip from this machine",
        if is_wrapped { " and inside WebSockets" } else { "" },
        told.version,
        told.round_trip.as_secs_f64() * 1e3
    );
    let deployed = auth.config.environment != Environment::Development;
    let local = *tls == Protection::Offered;
    let reached = if told.only_reads {
        let fix = "use the URL of the primary: this one leads to a replica or to a read-only session";
        Finding::fail(CHECK, format!("{evidence}; it accepts no writes"), fix)
    } else if *tls == Protection::Plain && deployed {
        Finding::warn(
            CHECK,
            evidence,
            "remove `sslmode=disable` from the URL, unless you control the whole network in between",
        )
    } else if let Some(warning) = auth.config.database.warning() {
        Finding::warn(CHECK, evidence, warning)
    } else if pooler.is_none() && deployed && !local {
        let fix = format!(
            "each instance of a function keeps up to {} connections: use the provider's pooled URL for {}, and the direct URL \
             for DATABASE_URL_UNPOOLED",
            auth.config.database.options.bounds.max_connections, auth.config.database.variable
        );
        Finding::warn(CHECK, evidence, fix)
    } else {
        Finding::ok(CHECK, evidence)
    };
    let region = address::region(host).map(|region| distance(region, functions));
    let clock = clock::judge(told.ahead, "the database's");
    std::iter::once(reached).chain(region).chain([clock]).collect()
}

/// Compares the region of the functions with that of the database.
fn distance(region: &str, functions: Option<&str>) -> Finding {
    let Some(name) = functions else {
        return Finding::ok(REGION, format!("the database is in {region}"));
    };
    match address::region_of_functions(name) {
        Some(theirs) if theirs != region => {
            let near = address::functions_in(region).unwrap_or("the nearest region");
            let fix =
                format!("set \"regions\": [\"{near}\"] in vercel.json: every session read waits for one round trip");
            Finding::warn(REGION, format!("the database is in {region}, the functions run in {name} ({theirs})"), fix)
        }
        _ => Finding::ok(REGION, format!("the database is in {region}, the functions run in {name}")),
    }
}

/// The fix for a database that does not answer and gives no cause.
fn fix(variable: &str, transport: DatabaseTransport) -> String {
    if transport == DatabaseTransport::Tcp {
        format!(
            "check that {variable} names the right host and port, that the database is running, and that it accepts connections from this network"
        )
    } else {
        format!(
            "check that {variable} names the right host, and that the host accepts WebSockets at /v2, as Neon's hosts do: elsewhere remove \
             `transport` from `[database]`"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Verdict;

    #[test]
    fn functions_that_are_far_from_their_database_are_told_where_to_go() {
        let far = distance("eu-central-1", Some("iad1"));
        assert!(far.verdict == Verdict::Warn && far.fix.is_some_and(|fix| fix.contains("fra1")));
        assert_eq!(distance("eu-central-1", Some("fra1")).verdict, Verdict::Ok);
        assert_eq!(distance("eu-central-1", None).verdict, Verdict::Ok);
    }
}
