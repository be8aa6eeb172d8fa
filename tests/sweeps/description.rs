//! Requests that Schemathesis makes of the description of the API.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::support::{
    SECRET,
    postgres::Database,
    python,
    service::{DEFAULT, Service},
};

const ENABLED: &str = "[open_api]\nenabled = true\n[user.delete_user]\nenabled = true\n[user.change_email]\nenabled = true\n\
                       [jwt]\nenabled = true\n";

/// For all of the cases together.
const BOUND: Duration = Duration::from_secs(300);

#[test]
fn nothing_that_schemathesis_makes_of_the_description_is_answered_with_a_5xx_or_otherwise_than_described() {
    let Some(python) = python::validators() else { return };
    let database = Database::new();
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", "file:/dev/null"), ("CRON_SECRET", SECRET)];
    let service = Service::with(&format!("{DEFAULT}{ENABLED}"), &variables);
    let folder = tempfile::tempdir().unwrap();
    for cookie in [String::new(), service.user("ada@example.com")] {
        let mut command = Command::new(python.with_file_name("schemathesis"));
        command.args(["run", &format!("{}/api/auth/open-api/generate-schema", service.url)]);
        command.args(["--checks", "not_a_server_error,status_code_conformance,response_schema_conformance"]);
        command.args(["--phases", "coverage,fuzzing", "--max-examples", "8", "--seed", "1", "--no-shrink"]);
        command.args(["--request-timeout", "20", "--max-redirects", "0", "--workers", "1", "--no-color"]);
        command.args(["--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off"]);
        command.args(["--header", &format!("Origin: {}", service.url)]);
        if !cookie.is_empty() {
            // What ends the session ends the test of everything behind it.
            command.args([
                "--header",
                &format!("Cookie: {cookie}"),
                "--exclude-path-regex",
                "sign-out|delete-user|revoke",
            ]);
        }
        let log = folder.path().join("log");
        let output = std::fs::File::create(&log).unwrap();
        command.current_dir(folder.path()).stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        let mut child = command.spawn().unwrap();
        let begun = Instant::now();
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None if begun.elapsed() > BOUND => {
                    child.kill().unwrap();
                    break child.wait().unwrap();
                }
                None => std::thread::sleep(Duration::from_millis(50)),
            }
        };
        let said = std::fs::read_to_string(&log).unwrap();
        assert!(status.success(), "{status}\n{said}");
        let (_, summary) = said.split_once("SUMMARY").unwrap_or_else(|| panic!("{said}"));
        // It leaves the one out that it has the description of.
        let described = service.get("/open-api/generate-schema", "").json();
        let methods = |item: &serde_json::Value| item.as_object().unwrap().len();
        let operations: usize = described["paths"].as_object().unwrap().values().map(methods).sum();
        let tested = format!("Tested: {}\n", operations - 1);
        assert!(!cookie.is_empty() || summary.contains(&tested), "{summary}");
    }
}
