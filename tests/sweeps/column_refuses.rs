//! Every field of every endpoint, as the endpoints describe them, is sent what no column or no type takes. The answer is
//! never a 5xx, a refusal has a code, and nothing is half-written.

use std::fmt::Write as _;

use ::http::Method;
use gatepost_core::{
    declaration::{Member, Shape},
    endpoint::{Body, Endpoint, Guard},
    functions::{FUNCTIONS, Function},
};
use serde_json::{Value, json};

use crate::support::{
    flows,
    http::{self, Answer},
    mailbox::Mailbox,
    postgres::Database,
    provider::Provider,
    secondary_storage::database,
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[user.delete_user]\nenabled = true\n\
    [user.change_email]\nenabled = true\nupdate_email_without_verification = true\n[open_api]\nenabled = true\n[username]\nenabled = true\n\
    [session.cookie_cache]\nenabled = true\n[user.additional_fields]\n\
    age = { type = \"number\", required = false }\nborn = { type = \"date\", required = false }\n\
    settings = { type = \"json\", required = false }\nhandle = { type = \"string\", required = false, unique = true }\n\
    hidden = { type = \"boolean\", required = false }\ntags = { type = \"string[]\", required = false }\n\
    sizes = { type = \"number[]\", required = false }\nstrict = { type = \"string\", default_value = \"x\" }\n\
    [session.additional_fields]\nseat = { type = \"number\", required = false }\nnote = { type = \"string\", required = false }\n\
    place = { type = \"string\", required = false, unique = true }\n\
    since = { type = \"date\", required = false }\nextra = { type = \"json\", required = false }\n";

/// Additional columns, for endpoints that read any member.
const OWN: [&str; 17] = [
    "name",
    "image",
    "age",
    "born",
    "settings",
    "handle",
    "hidden",
    "tags",
    "sizes",
    "strict",
    "seat",
    "note",
    "place",
    "since",
    "extra",
    "username",
    "displayUsername",
];

const PASSWORD: &str = "correct horse battery";

/// Written as they are sent: some are no values of `serde_json`.
const VALUES: [&str; 37] = [
    r#""taken""#,
    r#""\u0000""#,
    r#""a\u0000b""#,
    r#""\ud800""#,
    r#""\udc00\ud800x""#,
    r#""\ufeff\u202e\uffff""#,
    "1e308",
    "-1e308",
    "1e-320",
    "1.5",
    "-0",
    "-0.0",
    "2147483648",
    "9007199254740993",
    "-9223372036854775809",
    "18446744073709551616",
    "\"\"",
    "\" \"",
    "[]",
    "[[]]",
    r#"["\u0000"]"#,
    "[1.5,null,1e308]",
    "{}",
    r#"{"\u0000":1}"#,
    r#"{"a":{"b":["\u0000"]}}"#,
    r#"{"token":"\u0000","user":{"name":{"firstName":"\u0000"}}}"#,
    "true",
    "false",
    "null",
    r#""9999-12-31T23:59:59.999Z""#,
    r#""+275760-09-13T00:00:00.000Z""#,
    r#""-000001-01-01T00:00:00.000Z""#,
    r#""2026-02-30""#,
    r#""infinity""#,
    r#""NaN""#,
    r#""2026-11-27T00:00:60Z""#,
    r#""'; select 1 --""#,
];

/// Values for a query, a form or a path.
const TEXTS: [&str; 14] = [
    "",
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",
    "%",
    "%zz",
    "1e308",
    "1.5",
    "-0",
    "9007199254740993",
    "%E2%80%AE",
    "infinity",
    "..%2f..",
];

/// A database, a service, and a person to whom it is reset.
struct Attacked {
    database: Database,
    service: Service,
    cookie: String,
    sent: usize,
    faults: Vec<String>,
    // They go last.
    _mailbox: Mailbox,
    _provider: Provider,
}

const TABLES: [&str; 4] = ["verification", "session", "account", "user"];

impl Attacked {
    fn new() -> Self {
        let (database, mailbox, provider) = (database(TOML), Mailbox::new(), Provider::new());
        let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
        let service = flows::service(TOML, &[&variables[..], &[("VERCEL_ENV", "development")]].concat(), &provider);
        // Another user has the unique value.
        let other = service.user("other@example.com");
        for (path, body) in [("/update-user", r#"{"handle":"taken"}"#), ("/update-session", r#"{"place":"taken"}"#)] {
            assert_eq!(service.post(path, &other, body).status, 200);
        }
        let cookie = service.user("ada@example.com");
        for table in TABLES {
            database.change(&format!("create table saved_{table} as select * from {{{table}}}"));
        }
        let (sent, faults) = (0, Vec::new());
        Self { database, service, cookie, sent, faults, _mailbox: mailbox, _provider: provider }
    }

    /// Sends one request, and writes down what is wrong with its answer.
    fn send(&mut self, endpoint: &Endpoint, path: &str, headers: &[(&str, &str)], body: &[u8]) {
        self.sent += 1;
        let url = format!("{}/api/auth{path}", self.service.url);
        let answer = http::send(endpoint.method.as_str(), &url, headers, body);
        let told = String::from_utf8_lossy(&body[..body.len().min(160)]).into_owned();
        let what = format!("{} {path:.120} {told}: {} {}", endpoint.method, answer.status, answer.text());
        if answer.status >= 500 || ((400..500).contains(&answer.status) && !has_code(&answer)) {
            self.faults.push(what);
        }
        if answer.status < 400 && endpoint.method == Method::POST {
            self.reset();
        }
    }

    /// Whole people only, and then the one who was there before.
    fn reset(&mut self) {
        let halves = self.database.value(
            "select (select count(*) from \"user\" u where not exists (select from account a where a.\"userId\" = u.id))
                + (select count(*) from account a where not exists (select from \"user\" u where u.id = a.\"userId\"))
                + (select count(*) from session s where not exists (select from \"user\" u where u.id = s.\"userId\"))",
        );
        if halves != "0" {
            self.faults.push(format!("{halves} rows are halves of something"));
        }
        let mut sql = String::new();
        for table in TABLES {
            write!(sql, "delete from {{{table}}};").unwrap();
        }
        for table in TABLES.iter().rev() {
            write!(sql, "insert into {{{table}}} overriding system value select * from saved_{table};").unwrap();
        }
        self.database.change(&sql);
    }
}

/// A refusal that a program can tell from others: by its code, or as better-auth has it without one.
fn has_code(answer: &Answer) -> bool {
    const CODELESS: [&str; 4] = [
        "No fields to update",
        "Email is the same",
        "Invalid callbackURL: expected a string",
        "Invalid redirectURL: expected a string",
    ];
    if answer.body.is_empty() {
        return [401, 404].contains(&answer.status);
    }
    let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else { return false };
    let message = body["message"].as_str().unwrap_or_default();
    body["code"].as_str().is_some_and(|code| !code.is_empty())
        || CODELESS.contains(&message)
        || message.ends_with(": expected a string")
}

/// A value that a field usually has.
fn usual(name: &str) -> Value {
    match name {
        "email" | "newEmail" => json!("eve@example.com"),
        "password" | "currentPassword" => json!(PASSWORD),
        // Below the minimum: what is refused for it is refused before the row is written.
        "newPassword" => json!("another horse battery"),
        "provider" => json!("github"),
        "name" => json!("Eve"),
        _ => json!("x"),
    }
}

/// The members of an endpoint's body. One that only some bodies have counts as optional.
fn members(endpoint: &Endpoint) -> Vec<Member> {
    match endpoint.run.reads.body {
        None => Vec::new(),
        Some(Shape::Object(members)) => members.to_vec(),
        Some(Shape::AnyOf(shapes)) => {
            let objects = shapes
                .iter()
                .filter_map(|shape| if let Shape::Object(members) = shape { Some(*members) } else { None });
            objects.flatten().map(|member| member.optional()).collect()
        }
        Some(other) => panic!("{}: {other:?}", endpoint.id),
    }
}

fn names(members: &[Member]) -> Vec<String> {
    let mut names: Vec<String> = members.iter().map(|member| member.name.to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

/// A request's members as a body or a query has them.
fn object(members: &[(String, String)]) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Returns an endpoint's path with a value instead of its `:name`.
fn path(endpoint: &Endpoint, parameter: &str) -> String {
    let name = endpoint.path.split(':').nth(1);
    name.map_or_else(|| endpoint.path.to_owned(), |name| endpoint.path.replace(&format!(":{name}"), parameter))
}

impl Attacked {
    /// Each member of the body with each value, the others as usual.
    fn bodies(&mut self, endpoint: &Endpoint, members: &[Member], cookie: &str) {
        let own: &[&str] = match endpoint.path {
            "/sign-up/email" | "/update-user" | "/update-session" => &OWN,
            _ => &[],
        };
        let own = own.iter().map(|name| (*name).to_owned());
        let required = members.iter().filter(|member| !member.is_optional);
        let usual: Vec<(String, String)> =
            required.map(|member| (member.name.to_owned(), usual(member.name).to_string())).collect();
        // A guarded endpoint looks at nothing before it knows who asks. Where passwords are hashed each request takes a while: some
        // values are enough for one field there, and each value comes in another field's turn.
        let guarded = !matches!(endpoint.guard, Guard::Open | Guard::LoginCsrf | Guard::Link | Guard::Redirects);
        let hashes = names(members).iter().any(|name| name.to_lowercase().contains("password"));
        let step = if hashes || (guarded && cookie.is_empty()) { 7 } else { 1 };
        let long = format!("\"{}\"", "x".repeat(200_000));
        let values: Vec<&str> = VALUES.iter().copied().chain([long.as_str()]).collect();
        let url = self.service.url.clone();
        let headers = [("content-type", "application/json"), ("origin", url.as_str()), ("cookie", cookie)];
        let headers = if cookie.is_empty() { &headers[..2] } else { &headers[..] };
        let path = path(endpoint, "github");
        for (turn, name) in names(members).into_iter().chain(own).enumerate() {
            for value in values.iter().skip(turn % step).step_by(step) {
                let mut body: Vec<_> = usual.iter().filter(|(other, _)| *other != name).cloned().collect();
                body.push((name.clone(), (*value).to_owned()));
                self.send(endpoint, &path, headers, object(&body).as_bytes());
            }
        }
        for body in
            ["[]", "null", "\"\\u0000\"", "1e308", "\u{0}", "{\"\\u0000\":\"\\u0000\"}", "{\"name\":1,\"name\":2}"]
        {
            self.send(endpoint, &path, headers, body.as_bytes());
        }
        if endpoint.body == Body::FormOrJson && cookie.is_empty() {
            let form = [("content-type", "application/x-www-form-urlencoded")];
            for name in names(members) {
                let others = usual.iter().filter(|(other, _)| *other != name);
                let others: String =
                    others.map(|(name, value)| format!("&{name}={}", value.trim_matches('"'))).collect();
                for text in TEXTS.iter().step_by(step) {
                    self.send(endpoint, &path, &form, format!("{name}={text}{others}").as_bytes());
                }
            }
        }
    }

    /// Each member of the query, and the path's parameter, with each text.
    fn queries(&mut self, endpoint: &Endpoint, cookie: &str) {
        let headers = [("cookie", cookie)];
        let headers = if cookie.is_empty() { &[][..] } else { &headers[..] };
        let names = names(endpoint.run.reads.query);
        for name in &names {
            let others: String =
                names.iter().filter(|other| *other != name).map(|other| format!("&{other}=x")).collect();
            for text in TEXTS {
                self.send(endpoint, &format!("{}?{name}={text}{others}", path(endpoint, "github")), headers, b"");
            }
        }
        let all: String = names.iter().map(|name| format!("{name}=x&")).collect();
        for text in TEXTS.into_iter().chain(["\u{65e5}\u{672c}"]).filter(|_| endpoint.path.contains(':')) {
            let path = format!("{}?{all}", path(endpoint, text));
            self.send(endpoint, &path, headers, b"");
            self.send(endpoint, &path, &[("content-type", "application/x-www-form-urlencoded")], b"code=%00&state=%00");
        }
    }

    /// Sets the other headers of a request.
    fn headers(&mut self, endpoint: &Endpoint, signed_in: &str) {
        let sign = |value: &str| {
            let signature = gatepost_core::crypto::signature::sign(crate::support::SECRET.as_bytes(), value);
            url::form_urlencoded::byte_serialize(signature.as_bytes()).collect::<String>()
        };
        let path = path(endpoint, "github");
        let url = self.service.url.clone();
        for text in ["", "%00", "%ff", "1e308", "\u{ff}\u{fe}", "%ed%a0%80."] {
            for cookie in [
                format!("better-auth.session_token={text}"),
                format!(
                    "{signed_in}; better-auth.session_data={text}; better-auth.state={text}; better-auth.account_data={text}"
                ),
            ] {
                self.send(endpoint, &path, &[("cookie", &cookie), ("origin", &url)], b"");
            }
            for (header, before) in [
                ("authorization", "Bearer "),
                ("user-agent", ""),
                ("x-forwarded-for", ""),
                ("origin", "http://"),
                ("referer", ""),
                ("content-type", ""),
                ("x-forwarded-host", ""),
            ] {
                self.send(endpoint, &path, &[(header, &format!("{before}{text}"))], b"");
            }
        }
        // No client gets these signed. They show the effects of the statements.
        for name in ["session_token", "state", "dont_remember"] {
            let cookie = format!("better-auth.{name}=%00.{}", sign("\u{0}"));
            self.send(endpoint, &format!("{path}?state=%00&code=x"), &[("cookie", &cookie), ("origin", &url)], b"");
        }
    }
}

#[test]
fn column_refuses_is_client_error() {
    let mut attacked = Attacked::new();
    let signed_in = attacked.cookie.clone();
    for endpoint in FUNCTIONS.iter().flat_map(Function::endpoints) {
        let members = members(endpoint);
        for cookie in ["", signed_in.as_str()] {
            if endpoint.method == Method::POST {
                attacked.bodies(endpoint, &members, cookie);
            }
            attacked.queries(endpoint, cookie);
        }
        attacked.headers(endpoint, &signed_in);
    }
    attacked.reset();
    assert!(attacked.sent > 4_000, "only {} requests", attacked.sent);
    let (sent, faults) = (attacked.sent, &attacked.faults);
    assert!(faults.is_empty(), "{} of {sent} are wrong:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn column_refuses_is_client_error_told_by_code_and_reason() {
    let attacked = Attacked::new();
    let post = |path: &str, body: &str| attacked.service.post(path, &attacked.cookie, body);
    for (path, body, status, code) in [
        ("/update-user", r#"{"name":"a\u0000b"}"#, 400, "VALUE_NOT_STORABLE"),
        ("/update-user", r#"{"age":1.5}"#, 400, "VALUE_NOT_STORABLE"),
        ("/update-user", r#"{"age":1e308}"#, 400, "VALUE_NOT_STORABLE"),
        ("/update-user", r#"{"born":"2026-02-30"}"#, 400, "VALUE_NOT_STORABLE"),
        ("/update-user", r#"{"strict":null}"#, 422, "FAILED_TO_UPDATE_USER"),
        ("/update-user", r#"{"handle":"taken"}"#, 422, "FAILED_TO_UPDATE_USER"),
        ("/update-session", r#"{"seat":1e308}"#, 400, "VALUE_NOT_STORABLE"),
        ("/update-session", r#"{"place":"taken"}"#, 422, "FAILED_TO_UPDATE_SESSION"),
        ("/revoke-session", r#"{"token":"\u0000"}"#, 400, "VALUE_NOT_STORABLE"),
        ("/reset-password", r#"{"token":"\u0000","newPassword":"correct horse battery"}"#, 400, "VALUE_NOT_STORABLE"),
        (
            "/sign-up/email",
            r#"{"name":"\u0000","email":"eve@example.com","password":"correct horse battery"}"#,
            422,
            "FAILED_TO_CREATE_USER",
        ),
    ] {
        let answer = post(path, body);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{path} {body}");
        assert_eq!(answer.header("x-gatepost-reason"), Some("row_refused"), "{path} {body}");
    }
    assert_eq!(attacked.database.value("select name from \"user\" where email = 'ada@example.com'"), "Someone");
}

#[test]
fn column_refuses_is_client_error_where_an_address_is_taken_in_the_same_moment() {
    let attacked = Attacked::new();
    // What the check does not see yet: another request takes the address between it and the update.
    attacked.database.change(
        "create function taken() returns trigger language plpgsql as $$ begin raise unique_violation; end $$;
        create trigger taken before update on {user} for each row execute function taken()",
    );
    let answer = attacked.service.post("/change-email", &attacked.cookie, r#"{"newEmail":"new@example.com"}"#);
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"status":true}"#));
    assert_eq!(answer.header("x-gatepost-reason"), Some("email_taken"));
}
