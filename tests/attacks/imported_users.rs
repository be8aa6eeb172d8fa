//! Holes of an import: an export is a file that strangers filled in.

use std::fs;

use gatepost_cli::import_users::formats::Format;
use serde_json::json;

use crate::support::{export::Export, passwords::OF_BCRYPT};

const TOML: &str = "[email_and_password]\nenabled = true\naccept_hashes = [\"bcrypt\"]\n";
const PASSWORD: &str = "correct horse battery";

#[test]
fn a_row_with_the_identifier_of_another_user_gives_no_way_to_that_user() {
    let export = Export::new(TOML, "users.jsonl", "");
    let service = export.service();
    service.user("ada@example.com");
    let id = export.database.value("select id::text from \"user\"");
    let before = export.database.query("select * from account");
    let lines = [
        // With Ada's identifier, with her address, and with an identifier of an account that would be hers.
        json!({ "id": id, "email": "eve@example.com", "password_hash": OF_BCRYPT }),
        json!({ "id": "other", "email": "ADA@example.com", "password_hash": OF_BCRYPT }),
        json!({ "id": "+0", "email": "counted@example.com" }),
        json!({ "id": "mallory", "email": "mallory@example.com", "accounts": [{ "provider_id": "credential", "account_id": id }] }),
    ];
    fs::write(&export.file, lines.map(|line| line.to_string()).join("\n")).unwrap();
    let summary = export.run(Format::Gatepost, |options| options.keep_ids = true).unwrap();
    assert_eq!([summary.new, summary.known, summary.refused], [0, 1, 3], "{:?}", export.refused());
    assert!(
        export.refused().iter().any(|(line, cause)| *line == 1 && cause.contains("another user has the identifier"))
    );
    assert_eq!(export.database.query("select * from account"), before);
    assert_eq!(export.database.value("select count(*) from \"user\""), "1");
    let body = json!({ "email": "eve@example.com", "password": PASSWORD }).to_string();
    assert_eq!(service.post("/sign-in/email", "", &body).status, 401);
}

#[test]
fn a_row_with_the_provider_account_of_another_user_is_refused() {
    let ada = json!({ "email": "ada@example.com", "accounts": [{ "provider_id": "google", "account_id": "g1" }] });
    let export = Export::new(TOML, "users.jsonl", &ada.to_string());
    export.run(Format::Gatepost, |_| {}).unwrap();
    let eve = json!({ "email": "eve@example.com", "accounts": [{ "provider_id": "google", "account_id": "g1" }] });
    let (bob, mal) = (
        json!({ "email": "bob@example.com", "accounts": [{ "provider_id": "google", "account_id": "g2" }] }),
        json!({ "email": "mal@example.com", "accounts": [{ "provider_id": "google", "account_id": "g2" }] }),
    );
    fs::write(&export.file, [eve, bob, mal].map(|line| line.to_string()).join("\n")).unwrap();
    let summary = export.run(Format::Gatepost, |_| {}).unwrap();
    assert_eq!([summary.new, summary.refused], [1, 2], "{:?}", export.refused());
    let owners = "select string_agg(u.email || ' ' || a.\"accountId\", ', ' order by 1) from \"user\" u join account a on a.\"userId\" = u.id";
    assert_eq!(export.database.value(owners), "ada@example.com g1, bob@example.com g2");
    assert_eq!(export.database.value("select count(*) from \"user\""), "2");
}

#[test]
fn a_csv_with_formulas_is_data_and_the_report_runs_in_no_spreadsheet() {
    let name = "=HYPERLINK(\"\"https://eve.example\"\")";
    let text = format!("email,name\nada@example.com,\"{name}\"\n=cmd|' /C calc'!A0,x\n@bob,y\n+1,z\n");
    let export = Export::new(TOML, "users.csv", &text);
    let summary = export.run(Format::Gatepost, |_| {}).unwrap();
    assert_eq!([summary.new, summary.refused], [1, 3]);
    assert_eq!(export.database.value("select name from \"user\""), name.replace("\"\"", "\""));
    let report = fs::read_to_string(format!("{}.refused.jsonl", export.file.display())).unwrap();
    assert!(report.lines().all(|line| line.starts_with("{\"line\":")), "{report}");
    assert!(!report.contains("cmd") && !report.contains("bob"), "{report}");
}

#[test]
fn nul_and_huge_values_are_refused_and_the_next_record_is_read() {
    let huge = "x".repeat(2 << 20);
    let lines = [
        json!({ "email": "ada@example.com", "name": "a\u{0}" }).to_string(),
        json!({ "email": "bob@example.com", "name": huge }).to_string(),
        json!({ "email": "cleo@example.com" }).to_string(),
    ];
    let export = Export::new(TOML, "users.jsonl", &lines.join("\n"));
    let summary = export.run(Format::Gatepost, |_| {}).unwrap();
    assert_eq!([summary.new, summary.refused], [1, 2], "{:?}", export.refused());
    let csv = format!("email,name\nada@example.com,\"{huge}\n\nbob@example.com,b\n");
    let export = Export::new(TOML, "users.csv", &csv);
    let summary = export.run(Format::Gatepost, |_| {}).unwrap();
    assert_eq!([summary.new, summary.refused], [0, 1]);
    assert!(export.refused()[0].1.contains("The rest of the file was not read"));
    let export = Export::new(TOML, "users.csv", "email,name\nada@example.com,a\0b\nbob@example.com,\u{1}\n");
    let summary = export.run(Format::Gatepost, |_| {}).unwrap();
    assert_eq!([summary.new, summary.refused], [1, 1], "{:?}", export.refused());
}

#[test]
fn an_import_confirms_no_address_and_opens_no_session_by_itself() {
    let line = json!({ "email": "ada@example.com", "password_hash": OF_BCRYPT }).to_string();
    let toml = format!("{TOML}require_email_verification = true\n");
    let export = Export::new(&toml, "users.jsonl", &line);
    export.run(Format::Gatepost, |_| {}).unwrap();
    let body = json!({ "email": "ada@example.com", "password": PASSWORD }).to_string();
    let answer = export.service().post("/sign-in/email", "", &body);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("EMAIL_NOT_VERIFIED")));
    assert_eq!(export.database.value("select count(*) from session"), "0");
}
