//! Columns of one's own: what they take whatever the server is set to.

use serde_json::json;

use super::{secondary_storage::database, support::service::Service};

#[test]
fn a_date_without_an_offset_is_in_utc_whatever_the_servers_time_zone_is() {
    let toml = "[email_and_password]\nenabled = true\n[user.additional_fields]\nborn = { type = \"date\", required = false }\n";
    let database = database(toml);
    database.query(&format!("alter database {} set timezone to 'America/New_York'", database.name));
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    let cookie = service.user("ada@example.com");
    let update = |born: &str| service.post("/update-user", &cookie, &json!({ "born": born }).to_string()).status;
    for (given, instant) in [
        ("1990", "1990-01-01T00:00:00.000Z"),
        ("1990-05", "1990-05-01T00:00:00.000Z"),
        ("1990-05-01", "1990-05-01T00:00:00.000Z"),
        ("1990-05-01T10:30", "1990-05-01T10:30:00.000Z"),
        ("1990-05-01 10:30:15.1239", "1990-05-01T10:30:15.123Z"),
        ("1990-05-01T10:30:15+02:00", "1990-05-01T08:30:15.000Z"),
        ("1990-05-01T10:30:15Z", "1990-05-01T10:30:15.000Z"),
    ] {
        assert_eq!(update(given), 200, "{given}");
        assert_eq!(service.get("/get-session", &cookie).json()["user"]["born"], instant, "{given}");
        let stored = "select to_char(born at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from \"user\"";
        assert_eq!(database.value(stored), instant, "{given}");
    }
    for given in
        ["now", "today", "yesterday", "infinity", "-infinity", "epoch", "", "1990-13-01", "May 1 1990", "19900501"]
    {
        assert_ne!(update(given), 200, "{given}");
    }
}
