//! The places at which features act on sessions: the values of a new row, what reading a session shows, and the claims of tokens.
//! The features here exist only in this test, and the service runs in this process, so that it can be given their places.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatepost_cli::edge;
use gatepost_core::{
    Auth, Config,
    config::Source,
    context::{Edge, places::Places},
    functions::FUNCTIONS,
    handle,
};
use http_body_util::Full;
use hyper::body::Bytes;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::support::{
    SECRET, examined::variables, postgres::Database, redis::Redis, schema, secondary_storage::database,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n[session.additional_fields]\n\
    theme = { type = \"string\", required = false, default_value = \"dark\" }\n\
    hidden = { type = \"string\", required = false, default_value = \"x\", returned = false }\n\
    other = { type = \"string\", required = false, default_value = \"as before\" }\n";

/// Gives two fields a value, of which answers show one, and names a column that does not exist.
const VALUES: Places = Places {
    session_values: Some(|_, entry, values| {
        values.insert("theme".to_owned(), format!("of {}", entry.user.email).into());
        values.insert("hidden".to_owned(), "y".into());
        values.insert("no_column".to_owned(), "z".into());
        Box::pin(async { Ok(()) })
    }),
    ..Places::NONE
};

/// Shows more than is stored.
const VIEW: Places = Places {
    session_view: Some(|_, view| {
        view.session.additional.set("device", "a phone".into());
        view.user.additional.set("plan", format!("of {}", view.user.email).into());
        view.more.set("flags", serde_json::json!(["beta"]));
        Box::pin(async { Ok(()) })
    }),
    ..Places::NONE
};

/// Adds a claim, replaces one that is not registered, and tries to replace one that is.
const CLAIMS: Places = Places {
    claims: Some(|_, session, user, claims| {
        claims.set("session", session.id.clone().into());
        claims.set("name", format!("{}!", user.called()).into());
        claims.set("sub", "another user".into());
        claims.set("exp", 1.into());
        Box::pin(async { Ok(()) })
    }),
    ..Places::NONE
};

/// A service in this process.
struct InProcessService {
    auth: Arc<Auth>,
    places: &'static [&'static Places],
    runtime: Runtime,
}

struct Answer {
    status: u16,
    cookie: String,
    jwt: Option<String>,
    body: Value,
}

impl InProcessService {
    fn new(toml: &str, more: &[(&str, &str)], places: &'static [&'static Places]) -> Self {
        let own = [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", "http://localhost:3000")];
        let text = schema::configured(toml);
        let source = Source { name: "gatepost.toml", text: &text };
        let config = Config::load(&variables(&[&own, more].concat()), Some(source)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { auth: Arc::new(Auth::new(config, edge::now).unwrap()), places, runtime }
    }

    fn send(&self, method: &str, path: &str, cookie: &str, body: &str) -> Answer {
        let request = http::Request::builder().method(method).uri(format!("http://localhost:3000/api/auth{path}"));
        let request = request.header("origin", "http://localhost:3000").header("content-type", "application/json");
        let request = request.header("cookie", cookie).body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        let tables: Vec<_> = FUNCTIONS.iter().flat_map(|function| function.tables).map(|one| one.endpoints).collect();
        let edge = Edge { places: self.places, ..edge::request().unwrap() };
        let answer = self.runtime.block_on(handle::handle(self.auth.clone(), &tables, request, edge));
        let text = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
        let pair = |line: String| line.split(';').next().unwrap().to_owned();
        let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().map(text).map(pair).collect();
        Answer {
            status: answer.status().as_u16(),
            cookie: cookies.join("; "),
            jwt: answer.headers().get("set-auth-jwt").map(text),
            body: serde_json::from_slice(answer.body()).unwrap_or_default(),
        }
    }

    fn post(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let answer = self.send("POST", path, cookie, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }
}

const ADA: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
const CHANGE: &str =
    r#"{"currentPassword":"correct horse battery","newPassword":"another horse","revokeOtherSessions":true}"#;

fn in_rows(database: &Database) -> Vec<Vec<Option<String>>> {
    database.query("select theme, hidden, other from session order by \"createdAt\"")
}

#[test]
fn a_new_session_has_the_values_that_features_give() {
    let database = database(TOML);
    let here = InProcessService::new(TOML, &[("DATABASE_URL", &database.url)], &[&VALUES]);
    let row = ["of ada@example.com", "y", "as before"].map(|text| Some(text.to_owned())).to_vec();
    let up = here.post("/sign-up/email", "", ADA);
    assert_eq!(in_rows(&database), std::slice::from_ref(&row));
    here.post("/sign-in/email", "", ADA);
    assert_eq!(in_rows(&database), [row.clone(), row.clone()]);
    here.post("/change-password", &up.cookie, CHANGE);
    assert_eq!(in_rows(&database), [row]);
}

#[test]
fn without_values_of_features_a_session_has_the_configured_defaults() {
    let database = database(TOML);
    let here = InProcessService::new(TOML, &[("DATABASE_URL", &database.url)], &[&VIEW]);
    here.post("/sign-up/email", "", ADA);
    assert_eq!(in_rows(&database), [["dark", "x", "as before"].map(|text| Some(text.to_owned()))]);
}

#[test]
fn in_a_secondary_storage_a_session_has_the_same_values() {
    let Some(redis) = Redis::start() else { return };
    let toml = format!("{TOML}[secondary_storage]\nenabled = true\n");
    let database = database(&toml);
    let here =
        InProcessService::new(&toml, &[("DATABASE_URL", &database.url), ("REDIS_URL", &redis.url())], &[&VALUES]);
    let up = here.post("/sign-up/email", "", ADA);
    let token = redis.keys().into_iter().find(|key| key.len() == 32).unwrap();
    let entry: Value = serde_json::from_str(&redis.get(&token)).unwrap();
    let values =
        ["theme", "hidden", "other"].map(|name| entry["session"][name].as_str().unwrap_or_default().to_owned());
    assert_eq!(values, ["of ada@example.com", "y", "as before"]);
    let shown = here.send("GET", "/get-session", &up.cookie, "").body;
    assert_eq!((&shown["session"]["theme"], shown["session"].get("hidden")), (&"of ada@example.com".into(), None));
}

#[test]
fn what_features_show_of_a_session_is_stored_nowhere() {
    for cached in [false, true] {
        let toml = format!("{TOML}[session.cookie_cache]\nenabled = {cached}\n");
        let database = database(&toml);
        let mut here = InProcessService::new(&toml, &[("DATABASE_URL", &database.url)], &[&VIEW]);
        let up = here.post("/sign-up/email", "", ADA);
        for _ in 0..2 {
            let shown = here.send("GET", "/get-session", &up.cookie, "");
            let (session, user) = (&shown.body["session"], &shown.body["user"]);
            assert_eq!((&session["device"], &session["theme"]), (&"a phone".into(), &"dark".into()), "{cached}");
            assert_eq!((&user["plan"], &user["name"]), (&"of ada@example.com".into(), &"Ada".into()), "{cached}");
            assert_eq!(shown.body["flags"], serde_json::json!(["beta"]), "{cached}");
        }
        let listed = here.send("GET", "/list-sessions", &up.cookie, "").body;
        assert_eq!((listed[0].get("device"), &listed[0]["theme"]), (None, &"dark".into()), "{listed}");
        // Without the place the same cookies show what is stored.
        here.places = &[];
        let plain = here.send("GET", "/get-session", &up.cookie, "").body;
        assert_eq!((plain["session"].get("device"), plain["user"].get("plan"), plain.get("flags")), (None, None, None));
        assert_eq!(plain["user"]["name"], "Ada", "{plain}");
    }
}

#[test]
fn features_add_claims_and_replace_no_registered_one() {
    let database = database(TOML);
    let here = InProcessService::new(TOML, &[("DATABASE_URL", &database.url)], &[&CLAIMS]);
    let up = here.post("/sign-up/email", "", ADA);
    let read = here.send("GET", "/get-session", &up.cookie, "");
    let id = read.body["session"]["id"].clone();
    let asked = here.send("GET", "/token", &up.cookie, "").body["token"].as_str().unwrap().to_owned();
    for token in [read.jwt.unwrap(), asked] {
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!((&claims["session"], &claims["name"]), (&id, &"Ada!".into()), "{claims}");
        assert_eq!(claims["sub"], read.body["user"]["id"], "{claims}");
        assert!(claims["exp"].as_i64().unwrap() > claims["iat"].as_i64().unwrap(), "{claims}");
    }
}
