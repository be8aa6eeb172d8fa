//! Your own functions: who may call one, with which credentials, and the answer to every other client.

use std::time::Duration;

use crate::support::{
    SECRET,
    http::{self, Answer},
    node,
    platform::Platform,
    postgres::Database,
    project::Project,
    schema,
};

struct Site {
    _database: Database,
    platform: Platform,
    _project: Project,
}

fn site() -> Site {
    let database = Database::new();
    let url = database.url.clone();
    with(database, &[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", &url)])
}

/// The functions of a project that has taken the example over.
fn with(database: Database, variables: &[(&str, &str)]) -> Site {
    let project = Project::new("");
    project.add("me");
    let platform = project.platform(variables, false);
    Site { _database: database, platform, _project: project }
}

impl Site {
    fn cookie(&self) -> String {
        let person = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
        let answer = self.platform.post("/api/auth/sign-up/email", &[], person);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.cookies()
    }

    fn me(&self, headers: &[(&str, &str)]) -> Answer {
        self.platform.send("GET", "/api/me", headers, "")
    }

    fn token(&self, cookie: &str) -> String {
        let answer = self.platform.send("GET", "/api/auth/token", &[("cookie", cookie)], "");
        answer.json()["token"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned()
    }
}

#[test]
fn whoever_has_a_session_or_a_token_is_known_and_everybody_else_refused() {
    let site = site();
    let nobody = site.me(&[]);
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (401, Some("Bearer")));
    assert_eq!(nobody.json()["code"], "UNAUTHORIZED");

    let cookie = site.cookie();
    let by_cookie = site.me(&[("cookie", &cookie)]);
    assert_eq!((by_cookie.status, &by_cookie.json()["by"]), (200, &"session".into()), "{}", by_cookie.text());
    let id = by_cookie.json()["id"].clone();

    let session = site.platform.send("GET", "/api/auth/get-session", &[("cookie", &cookie)], "").json();
    let raw = format!("Bearer {}", session["session"]["token"].as_str().unwrap());
    let by_bearer = site.me(&[("authorization", &raw)]);
    assert_eq!((&by_bearer.json()["id"], &by_bearer.json()["by"]), (&id, &"session".into()));

    let token = site.token(&cookie);
    let by_token = site.me(&[("authorization", &format!("Bearer {token}"))]);
    assert_eq!((&by_token.json()["id"], &by_token.json()["by"]), (&id, &"token".into()), "{}", by_token.text());

    // A token that is not believed is not made good by a cookie.
    let broken = format!("Bearer {}x", &token[..token.len() - 1]);
    let refused = site.me(&[("authorization", &broken), ("cookie", &cookie)]);
    assert_eq!(refused.status, 401);
    let told = refused.header("www-authenticate").unwrap();
    assert!(told.starts_with(r#"Bearer error="invalid_token", error_description=""#), "{told}");
}

#[test]
fn a_page_of_another_origin_does_nothing_with_somebodys_cookie() {
    let site = site();
    let cookie = site.cookie();
    let post =
        |origin: &str| site.platform.send("POST", "/api/me", &[("cookie", &cookie), ("origin", origin)], "x").status;
    assert_eq!([post("https://evil.example"), post(site.platform.url())], [403, 200]);
    let read = site.platform.send("GET", "/api/me", &[("cookie", &cookie), ("origin", "https://evil.example")], "");
    assert_eq!(read.header("access-control-allow-origin"), None);
}

/// Jose makes tokens that this service did not: each with one thing wrong.
fn forged(site: &Site, token: &str) -> Vec<(String, String)> {
    let keys = format!("{}/api/auth/jwks", site.platform.url());
    let said = node::run("forge.mjs", &["--keys", &keys, "--token", token], Duration::from_secs(30));
    let tokens: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&said).unwrap();
    tokens.into_iter().map(|(name, token)| (name, token.as_str().unwrap().to_owned())).collect()
}

#[test]
fn attack_no_token_that_somebody_else_made_is_accepted() {
    let site = site();
    let token = site.token(&site.cookie());
    let forged = forged(&site, &token);
    assert!(forged.len() >= 15, "{forged:?}");
    for (name, forged) in forged {
        let answer = site.me(&[("authorization", &format!("Bearer {forged}"))]);
        assert_eq!(answer.status, 401, "{name}: {forged}");
        // Nor is it a session.
        let url = format!("{}/api/auth/get-session", site.platform.url());
        let read = http::send("GET", &url, &[("authorization", &format!("Bearer {forged}"))], b"");
        assert_eq!(read.text(), "null", "{name}");
    }
    assert_eq!(site.me(&[("authorization", &format!("Bearer {token}"))]).status, 200);
}

#[test]
fn attack_a_session_in_its_cookie_is_no_token_and_a_token_no_session() {
    let toml = "[email_and_password]\nenabled = true\n[session.cookie_cache]\nenabled = true\nstrategy = \"jwt\"\n[jwt]\nsession_cookie_cache = true\n";
    let (folder, database) = (tempfile::tempdir().unwrap(), Database::new());
    let (file, url) = (schema::written(folder.path(), toml), database.url.clone());
    let variables =
        [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", &url), ("GATEPOST_CONFIG", file.to_str().unwrap())];
    let site = with(database, &variables);
    let cookie = site.cookie();
    let pair = |name: &str| cookie.split("; ").find(|pair| pair.contains(name)).unwrap().to_owned();
    let (name, cached) = pair("session_data").split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(cached.split('.').count(), 3);
    assert_eq!(site.me(&[("authorization", &format!("Bearer {cached}"))]).status, 401);
    // Both are signed with the same key; each says for whom it is.
    let instead = format!("{}; {name}={}", pair("session_token"), site.token(&cookie));
    let read = site.platform.send("GET", "/api/auth/get-session", &[("cookie", &instead)], "");
    assert_eq!(read.json()["user"]["email"], "ada@example.com");
    assert!(read.set_cookies().iter().any(|line| line.starts_with(&format!("{name}=;"))), "{:?}", read.set_cookies());
}
