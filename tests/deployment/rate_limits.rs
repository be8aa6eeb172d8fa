//! Rate limits that several instances share.

use crate::support::{crowd::at_once, postgres::Database, service::Service};

const TOML: &str =
    "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = true\nstorage = \"database\"\nmax = 20\n";
const CLIENT: (&str, &str) = ("x-forwarded-for", "203.0.113.1");

#[test]
fn ghsa_44jh_23m7_hpcf_of_fifty_requests_at_once_to_two_instances_as_many_are_answered_as_the_limit_says() {
    let database = Database::new();
    let services = [(); 2].map(|()| Service::with(TOML, &[("DATABASE_URL", &database.url)]));
    let statuses = at_once(50, |number| services[number % 2].send("GET", "/get-session", &[CLIENT], "").status);
    assert!(statuses.iter().all(|status| [200, 429].contains(status)), "{statuses:?}");
    let answered = statuses.into_iter().filter(|status| *status == 200).count();
    assert_eq!(answered, 20);
    assert_eq!(database.value("select count from \"rateLimit\""), "20");
}

#[test]
fn counts_that_no_rule_needs_any_more_go() {
    let database = Database::new();
    database.change(
        "insert into {rateLimit} ({rateLimit.new}{rateLimit.key}, {rateLimit.count}, {rateLimit.lastRequest})
        select {new 'old' || n}'old' || n, 1, 0 from generate_series(1, 50) n",
    );
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url)]);
    for number in 0..2_000 {
        let address = format!("203.0.{}.{}", number / 250, number % 250);
        service.send("GET", "/ok", &[("x-forwarded-for", &address)], "");
        if number % 50 == 0 && database.value("select count(*) from \"rateLimit\" where key like 'old%'") == "0" {
            return;
        }
    }
    panic!("they are still there");
}

#[test]
fn ghsa_p6v2_xcpg_h6xw_another_address_of_the_same_network_is_the_same_client() {
    let database = Database::new();
    let toml = "[rate_limit]\nenabled = true\nmax = 2\n";
    let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let ask = |address: &str| service.send("GET", "/ok", &[("x-forwarded-for", address)], "");
    let statuses = ["2001:db8::1", "2001:0DB8:0:0:8::2", "2001:db8:0:0:ffff::"].map(|address| ask(address).status);
    assert_eq!(statuses, [200, 200, 429]);
    let refused = ask("2001:db8::1");
    assert_eq!(refused.header("x-gatepost-reason"), Some("rate_limited"));
    assert!(refused.header("x-retry-after").and_then(|seconds| seconds.parse().ok()).is_some_and(|s: u32| s <= 10));
    // The same address of version 4, however it is written.
    let statuses = ["203.0.113.1", "::ffff:203.0.113.1", "::ffff:cb00:7101"].map(|address| ask(address).status);
    assert_eq!(statuses, [200, 200, 429]);
}

#[test]
fn ghsa_x732_6j76_qmhm_no_other_way_to_write_a_path_has_a_count_of_its_own() {
    let database = Database::new();
    let toml = "[rate_limit]\nenabled = true\nmax = 1\n";
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    let statuses = ["/ok", "/ok/", "/ok//", "/x/../ok", "/./ok", "/%2e/ok"]
        .map(|path| service.send("GET", path, &[CLIENT], "").status);
    assert_eq!(statuses, [200, 429, 429, 429, 429, 429]);
}
