//! A session out of its cookie, a token, and the key set: processor time and throughput, beside Node in turn.

use std::{process::Child, time::Duration};

use crate::{
    Rounds, Row,
    load::{self, Until},
    process::cpu_time,
    servers,
    sessions::sign_up,
    support::{node::Reference, postgres::Database},
};

const ROUNDS: usize = 7;
const TIME: Until = Until::Time(Duration::from_millis(1_200));

/// A request, a text that its answer contains, and the options of either side.
struct Case {
    what: &'static str,
    path: &'static str,
    holds: &'static str,
    toml: &'static str,
    options: &'static str,
    target: &'static str,
}

const CASES: [Case; 4] = [
    Case {
        what: "cached session",
        path: "/get-session",
        holds: r#"{"session":{"#,
        toml: "[session.cookie_cache]\nenabled = true\n[jwt]\nenabled = false\n",
        options: r#"{"session":{"cookieCache":{"enabled":true}}}"#,
        target: "≥ 50",
    },
    Case {
        what: "cached session with a token in `set-auth-jwt`",
        path: "/get-session",
        holds: r#"{"session":{"#,
        toml: "[session.cookie_cache]\nenabled = true\n",
        options: r#"{"session":{"cookieCache":{"enabled":true}},"jwt":{}}"#,
        target: "",
    },
    Case { what: "/token", path: "/token", holds: r#"{"token":""#, toml: "", options: r#"{"jwt":{}}"#, target: "" },
    Case { what: "/jwks", path: "/jwks", holds: r#"{"keys":[{"#, toml: "", options: r#"{"jwt":{}}"#, target: "" },
];

pub fn measure() -> Vec<Row> {
    CASES.iter().flat_map(compare).collect()
}

fn compare(case: &Case) -> Vec<Row> {
    let database = Database::new();
    let node = Reference::new(&database.url, case.options);
    // What either wrote the other believes: one cookie for both.
    let cookie = sign_up(&node.url);
    let (gatepost, gatepost_url) = servers::start_with(servers::GATEPOST, &database.url, "", case.toml);
    let round = |child: &Child, url: &str| {
        let before = cpu_time(child);
        let round = load::get(url, case.path, &cookie, case.holds, TIME);
        let requests = round.requests as f64;
        ((cpu_time(child) - before) / requests, requests / round.seconds)
    };
    let servers = [(&gatepost.0, &gatepost_url), (&node.child, &node.url)];
    for (child, url) in servers {
        round(child, url);
    }
    let rounds: Vec<_> = (0..ROUNDS).map(|_| servers.map(|(child, url)| round(child, url))).collect();
    let each = |at: usize, value: fn(&(f64, f64)) -> f64| Rounds::new(rounds.iter().map(|round| value(&round[at])));
    let times = Rounds::new(rounds.iter().map(|[ours, node]| node.0 / ours.0));
    let name = |what: &str| format!("{}: {what}", case.what);
    vec![
        Row::new(
            &name("server's CPU per request"),
            each(0, |cost| cost.0).show(1, " µs"),
            each(1, |cost| cost.0).show(0, " µs"),
            "",
        ),
        Row::new(
            &name("requests per second"),
            each(0, |cost| cost.1).show(0, ""),
            each(1, |cost| cost.1).show(0, ""),
            "",
        ),
        Row::new(&name("Node's CPU relative to gatepost's"), times.show(0, ""), String::new(), case.target),
    ]
}
