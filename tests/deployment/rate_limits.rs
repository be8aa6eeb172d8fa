//! Rate limits that several instances share.

use serde_json::{Value, json};

use crate::support::{crowd::at_once, http::Answer, mailbox::Mailbox, postgres::Database, service::Service};

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

#[test]
fn made_up_paths_share_a_count_in_the_memory_of_an_instance() {
    let database = Database::new();
    let toml = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = true\nmax = 4\n\
        [rate_limit.custom_rules]\n\"/list-*\" = { window = 10, max = 2 }\n";
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    let ask = |path: String| service.send("GET", &path, &[CLIENT], "").status;
    let statuses = |path: &str| (0..5).map(|number| ask(format!("{path}{number}"))).collect::<Vec<_>>();
    assert_eq!(statuses("/x"), [404, 404, 404, 404, 429]);
    assert_eq!(statuses("/list-x"), [404, 404, 429, 429, 429]);
    assert_eq!(statuses("/sign-in/x"), [404, 404, 404, 429, 429]);
    assert_eq!(statuses("/reset-password/x"), [400, 400, 400, 400, 429]);
    // Paths of endpoints have counts of their own.
    assert_eq!((ask("/ok".to_owned()), ask("/list-sessions".to_owned())), (200, 401));
    let other = service.send("GET", "/x", &[("x-forwarded-for", "203.0.113.2")], "");
    assert_eq!(other.status, 404);
}

/// A service whose limits are on, and counts in the table.
fn limited(more: &str) -> (Database, Mailbox, Service) {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let toml = format!("{TOML}{more}");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    (database, mailbox, service)
}

fn statuses(count: usize, ask: impl Fn() -> Answer) -> Vec<u16> {
    (0..count).map(|_| ask().status).collect()
}

#[test]
fn a_session_guesses_no_more_passwords_than_a_sign_in() {
    let (_database, _mailbox, service) = limited("[user.delete_user]\nenabled = true\n");
    let own = service.user("ada@example.com");
    let post = |path: &str, body: Value| service.post(path, &own, &body.to_string());
    for (path, body) in [
        ("/verify-password", json!({ "password": "wrong password" })),
        ("/delete-user", json!({ "password": "wrong password", "token": "x" })),
        ("/change-password", json!({ "currentPassword": "wrong password", "newPassword": "another password" })),
    ] {
        assert_eq!(statuses(5, || post(path, body.clone())), [400, 400, 400, 429, 429], "{path}");
    }
}

#[test]
fn no_request_mails_more_than_the_limit_for_mails_says() {
    let more = "[user.change_email]\nenabled = true\nsend_change_email_confirmation = true\n\
        [user.delete_user]\nenabled = true\nsend_delete_account_verification = true\n";
    let (database, mailbox, service) = limited(more);
    let own = service.user("ada@example.com");
    database.query("update \"user\" set \"emailVerified\" = true");
    // Each path begins anew, and the count of mails does so where the test says.
    let forget = |also_mails: bool| {
        let kept = if also_mails { "" } else { " where key not like '%/send-verification-email'" };
        database.query(&format!("delete from \"rateLimit\"{kept}"));
    };
    let change = json!({ "newEmail": "stranger@example.com" }).to_string();
    forget(true);
    assert_eq!(statuses(3, || service.post("/change-email", &own, &change)), [200; 3]);
    forget(false);
    assert_eq!(service.post("/change-email", &own, &change).status, 429);
    // A link that may be followed again and again mails the address that it asks.
    let token = mailbox.mails(3).pop().unwrap()["token"].as_str().unwrap().to_owned();
    forget(true);
    let follow = || service.get(&format!("/verify-email?token={token}"), "");
    assert_eq!(statuses(5, follow), [200, 200, 200, 429, 429]);
    let to_stranger = mailbox.mails(6).iter().filter(|mail| mail["to"] == "stranger@example.com").count();
    assert_eq!(to_stranger, 3);
    forget(true);
    assert_eq!(statuses(3, || service.post("/delete-user", &own, "{}")), [200; 3]);
    forget(false);
    assert_eq!(service.post("/delete-user", &own, "{}").status, 429);
    assert_eq!(mailbox.mails(9).len(), 9);
}
