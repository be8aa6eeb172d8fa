//! A person's way from signing up to signing out, and what each step of it sends to the database.

use gatepost_core::store::written::quoted;

use super::{http, schema, wire::Wire};

/// How many statements each step sends, by the step's name.
pub fn count(url: &str, wire: &Wire) -> Vec<(&'static str, usize)> {
    let post = |path: &str, cookie: &str, body: &str| {
        let mut headers = vec![("content-type", "application/json"), ("origin", url)];
        headers.extend((!cookie.is_empty()).then_some(("cookie", cookie)));
        let answer = http::send("POST", &format!("{url}/api/auth{path}"), &headers, body.as_bytes());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    };
    let person = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
    // The first request of a process may send more: better-auth looks at the schema.
    http::send("GET", &format!("{url}/api/auth/ok"), &[], b"");
    wire.statements();
    let mut counts = Vec::new();
    let mut count = |step, statements: Vec<String>| counts.push((step, statements.len()));
    post("/sign-up/email", "", person);
    count("sign-up", wire.statements());
    let cookie = post("/sign-in/email", "", person).cookies();
    count("sign-in", wire.statements());
    let session = http::send("GET", &format!("{url}/api/auth/get-session"), &[("cookie", &cookie)], b"");
    assert_eq!(session.json()["user"]["email"], "ada@example.com");
    count("get-session", wire.statements());
    post("/request-password-reset", "", r#"{"email":"ada@example.com","redirectTo":"/x"}"#);
    count("request-password-reset", stored(wire));
    let sessions = http::send("GET", &format!("{url}/api/auth/list-sessions"), &[("cookie", &cookie)], b"");
    assert_eq!(sessions.json().as_array().map(Vec::len), Some(2));
    count("list-sessions", wire.statements());
    post("/update-user", &cookie, r#"{"name":"Ada L"}"#);
    count("update-user", wire.statements());
    let change =
        r#"{"currentPassword":"correct horse battery","newPassword":"another password","revokeOtherSessions":true}"#;
    let cookie = post("/change-password", &cookie, change).cookies();
    count("change-password", wire.statements());
    post("/sign-out", &cookie, "{}");
    count("sign-out", wire.statements());
    counts
}

/// The statements until a secret is stored, which happens after the answer.
fn stored(wire: &Wire) -> Vec<String> {
    let table = schema::of_the_run().table("verification").map(|table| quoted(&table.name)).unwrap();
    let mut statements = Vec::new();
    for _ in 0..500 {
        statements.extend(wire.statements());
        if statements.iter().any(|statement| statement.contains("insert into") && statement.contains(&*table)) {
            return statements;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("no secret was stored within 5 s: {statements:?}");
}
