//! Every field of every endpoint by which a user could become an administrator.

use gatepost_core::functions::{FUNCTIONS, Function};
use serde_json::json;

use crate::support::secondary_storage::deployed;

const PASSWORD: &str = "correct horse battery";

/// Every field by which a user could become an administrator, or another one.
const FORBIDDEN: &[(&str, &str)] = &[
    ("role", "\"admin\""),
    ("role", "[\"admin\"]"),
    ("banned", "false"),
    ("banReason", "\"x\""),
    ("banExpires", "\"2999-01-01T00:00:00.000Z\""),
    ("impersonatedBy", "\"x\""),
    ("id", "\"x\""),
    ("userId", "\"x\""),
    ("emailVerified", "true"),
    ("admin", "true"),
    ("additional", "{\"role\":\"admin\"}"),
    ("data", "{\"role\":\"admin\"}"),
];

#[test]
fn no_user_becomes_an_administrator_by_any_field_of_any_endpoint() {
    let (database, service) = deployed(
        "[email_and_password]\nenabled = true\n[admin]\nenabled = true\n[username]\nenabled = true\n[two_factor]\nenabled = true\n[user.delete_user]\nenabled = true\n\
         [user.change_email]\nenabled = true\nupdate_email_without_verification = true\n",
        &[],
    );
    service.user("root@example.com");
    service.user("eve@example.com");
    database.query("update \"user\" set role = 'admin' where email = 'root@example.com'");
    let id = |email| database.value(&format!("select id::text from \"user\" where email = '{email}'"));
    let sign_in = || {
        let body = json!({ "email": "eve@example.com", "password": PASSWORD });
        service.post("/sign-in/email", "", &body.to_string()).cookies()
    };
    let state = || {
        let users = "select email, coalesce(role, ''), coalesce(banned::text, ''), coalesce(\"banReason\", '') from \"user\" \
                     where email in ('root@example.com', 'eve@example.com') order by email";
        (database.query(users), database.value("select count(*) from session where \"impersonatedBy\" is not null"))
    };
    let (before, mut asked, mut accepted) = (state(), 0, 0);
    let eve = id("eve@example.com");
    let mut cookie = sign_in();
    for endpoint in FUNCTIONS.iter().flat_map(Function::endpoints) {
        // These end the user or the session that asks.
        let ends = ["/delete-user", "/sign-out", "/revoke-sessions", "/two-factor/disable"];
        if endpoint.method != http::Method::POST || ends.contains(&endpoint.path) || endpoint.path.contains(':') {
            continue;
        }
        for (at, (field, value)) in FORBIDDEN.iter().enumerate() {
            let path = endpoint.path;
            let own = match path {
                "/sign-up/email" => format!(r#""name":"N","email":"n{at}@example.com","password":"{PASSWORD}","#),
                "/sign-in/email" => format!(r#""email":"eve@example.com","password":"{PASSWORD}","#),
                "/update-user" => r#""name":"Eve","#.to_owned(),
                "/change-password" => {
                    format!(r#""currentPassword":"{PASSWORD}","newPassword":"{PASSWORD}","#)
                }
                "/admin/set-role" | "/admin/update-user" => {
                    format!(r#""userId":"{eve}","role":"admin","data":{{"role":"admin"}},"#)
                }
                "/admin/create-user" => r#""email":"made@example.com","name":"Made","role":"admin","#.to_owned(),
                "/admin/impersonate-user" | "/admin/unban-user" => {
                    format!(r#""userId":"{}","#, id("root@example.com"))
                }
                _ => String::new(),
            };
            let body = format!(r#"{{{own}"{field}":{value}}}"#);
            let mut answer = service.post(path, &cookie, &body);
            if answer.status == 401 {
                // An earlier request ended the session: a new password does.
                cookie = sign_in();
                answer = service.post(path, &cookie, &body);
            }
            assert!(
                answer.status < 500 || path.starts_with("/sign-in/social"),
                "{path} {body}: {} {}",
                answer.status,
                answer.text()
            );
            asked += 1;
            accepted += usize::from(answer.status == 200);
            assert_eq!(state(), before, "{path} {body}");
            let admins =
                "select count(*) from \"user\" where role is distinct from 'user' and email <> 'root@example.com'";
            assert_eq!(database.value(admins), "0", "{path} {body}");
        }
    }
    assert!(asked > 300 && accepted > 40, "{asked} requests, {accepted} accepted");
}
