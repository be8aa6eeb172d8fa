//! `get-session`, the request that every page load sends: processor time and throughput, the three servers in turn, so that
//! other load of the machine reaches each of them.

use std::{process::Child, time::Duration};

use crate::{
    Rounds, Row,
    load::{self, Until},
    number,
    process::{cpu_time, resident},
    servers,
    support::{http, node::Reference, postgres::Database},
};

const ROUNDS: usize = 9;
const TIME: Until = Until::Time(Duration::from_millis(1_500));

/// The result of one round of one server.
#[derive(Clone, Copy)]
struct Cost {
    /// Microseconds of processor time for a request.
    cpu: f64,
    /// Requests in a second.
    throughput: f64,
}

pub fn measure() -> Vec<Row> {
    let database = Database::new();
    let node = Reference::new(&database.url, "{}");
    let cookie = sign_up(&node.url);
    let token = database.value(r#"select "token" from "session""#);
    let (gatepost, gatepost_url) = servers::start(servers::GATEPOST, &database.url, &token);
    let (bare, bare_url) = servers::start(servers::BARE, &database.url, &token);

    let servers = [(&gatepost.0, &gatepost_url), (&bare.0, &bare_url), (&node.child, &node.url)];
    // Connections, caches, and the code that Node compiles on the way.
    for (child, url) in servers {
        round(child, url, &cookie);
    }
    let rounds: Vec<[Cost; 3]> = (0..ROUNDS).map(|_| servers.map(|(child, url)| round(child, url, &cookie))).collect();

    let each =
        |value: fn(&Cost) -> f64| [0, 1, 2].map(|server| Rounds::new(rounds.iter().map(|round| value(&round[server]))));
    let [our_cpu, bare_cpu, node_cpu] = each(|cost| cost.cpu);
    let [our_throughput, bare_throughput, node_throughput] = each(|cost| cost.throughput);
    // Of the same round, one after the other: what slows one of them slows both.
    let share =
        |value: fn(&Cost) -> f64| Rounds::new(rounds.iter().map(|[ours, bare, _]| 100.0 * value(ours) / value(bare)));
    let (cpu_share, throughput_share) = (share(|cost| cost.cpu), share(|cost| cost.throughput));
    vec![
        Row::new("get-session: server's CPU per request", our_cpu.show(1, " µs"), node_cpu.show(0, " µs"), "≤ 40 µs")
            .bare(bare_cpu.show(1, " µs")),
        Row::new("get-session: requests per second", our_throughput.show(0, ""), node_throughput.show(0, ""), "")
            .bare(bare_throughput.show(0, "")),
        Row::new("get-session: server's CPU, relative to the bare program", cpu_share.show(0, " %"), String::new(), ""),
        Row::new(
            "get-session: requests per second, relative to the bare program",
            throughput_share.show(0, " %"),
            String::new(),
            "≥ 80 %",
        ),
        Row::new(
            "server's memory after these rounds",
            format!("{} MB", number(resident(&gatepost.0), 1)),
            format!("{} MB", number(resident(&node.child), 1)),
            "",
        ),
    ]
}

/// Signs a user up and returns the cookies, which every server on this database and secret understands.
pub fn sign_up(url: &str) -> String {
    let body = br#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
    let headers = [("content-type", "application/json"), ("origin", url)];
    let answer = http::send("POST", &format!("{url}/api/auth/sign-up/email"), &headers, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.cookies()
}

fn round(child: &Child, url: &str, cookie: &str) -> Cost {
    let before = cpu_time(child);
    let round = load::get_session(url, cookie, TIME);
    let requests = round.requests as f64;
    Cost { cpu: (cpu_time(child) - before) / requests, throughput: requests / round.seconds }
}
