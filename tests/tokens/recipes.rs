//! The recipes for services in other languages, with good tokens and with everything that they have to refuse.

use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Map, Value, json};

use crate::support::{
    LIMIT, http, node,
    postgres::Database,
    python,
    secondary_storage::database,
    service::{DEFAULT, Service},
};

const ISSUER: &str = "https://auth.example";
const AUDIENCE: &str = "https://api.example";

/// Roles, and an organization with claims.
const ROLES: &str = "[admin]\nenabled = true\n[organization]\nenabled = true\nclaims = [\"organization\", \"permissions\"]\n\
                     [access.organization_roles]\nowner = { project = [\"share\"] }\n";

/// A service whose tokens are good, others beside it whose tokens are not, and a signed-in user.
struct Tokens {
    database: Database,
    service: Service,
    cookie: String,
    id: String,
}

fn service(database: &Database, issuer: &str, audience: &str, expiration: &str) -> Service {
    let toml = format!(
        "{DEFAULT}\n{ROLES}[jwt]\nissuer = \"{issuer}\"\naudience = \"{audience}\"\nexpiration_time = \"{expiration}\"\n"
    );
    Service::with(&toml, &[("DATABASE_URL", &database.url)])
}

fn token(service: &Service, cookie: &str) -> String {
    service.get("/token", cookie).json()["token"].as_str().unwrap().to_owned()
}

impl Tokens {
    fn new() -> Self {
        let database = database(&format!("{DEFAULT}\n{ROLES}"));
        let service = service(&database, ISSUER, AUDIENCE, "15m");
        let cookie = service.user("ada@example.com");
        let made = service.post("/organization/create", &cookie, r#"{"name":"Acme","slug":"acme"}"#);
        assert_eq!(made.status, 200, "{}", made.text());
        let id = service.get("/get-session", &cookie).json()["user"]["id"].as_str().unwrap().to_owned();
        Self { database, service, cookie, id }
    }

    fn keys(&self) -> String {
        format!("{}/api/auth/jwks", self.service.url)
    }

    fn good(&self) -> String {
        token(&self.service, &self.cookie)
    }

    /// Everything that has to be refused, by what is wrong with it.
    fn bad(&self) -> Vec<(String, String)> {
        let of =
            |issuer, audience, expiration| token(&service(&self.database, issuer, audience, expiration), &self.cookie);
        let mut bad = vec![
            ("another issuer".to_owned(), of("https://evil.example", AUDIENCE, "15m")),
            ("another audience".to_owned(), of(ISSUER, "https://other.example", "15m")),
            ("expired".to_owned(), of(ISSUER, AUDIENCE, "-30s")),
            ("no token".to_owned(), "x".to_owned()),
        ];
        let said = node::run("forge.mjs", &["--keys", &self.keys(), "--token", &self.good()], Duration::from_secs(30));
        let forged: Map<String, Value> = serde_json::from_str(&said).unwrap();
        bad.extend(forged.into_iter().map(|(name, token)| (name, token.as_str().unwrap().to_owned())));
        bad
    }
}

#[test]
fn the_recipe_for_javascript_accepts_what_is_good_and_refuses_everything_else() {
    let tokens = Tokens::new();
    let (good, bad) = (tokens.good(), tokens.bad());
    let all: Vec<&str> = std::iter::once(good.as_str()).chain(bad.iter().map(|(_, token)| token.as_str())).collect();
    let told = |url: &str, all: &[&str]| -> Vec<Value> {
        let all = json!(all).to_string();
        let arguments = ["--keys", url, "--issuer", ISSUER, "--audience", AUDIENCE, "--tokens", &all];
        serde_json::from_str(&node::run("recipe.mjs", &arguments, Duration::from_secs(30))).unwrap()
    };
    let said = told(&tokens.keys(), &all);
    assert_eq!(said[0], tokens.id.as_str());
    for (told, (name, _)) in said[1..].iter().zip(&bad) {
        assert!(told.as_str().unwrap().starts_with("ERR_J"), "{name}: {told}");
    }
    assert_eq!(said[1..4], ["ERR_JWT_CLAIM_VALIDATION_FAILED", "ERR_JWT_CLAIM_VALIDATION_FAILED", "ERR_JWT_EXPIRED"]);
}

/// A Python with the recipe's packages.
fn python() -> Option<PathBuf> {
    python::with("recipes", "recipes/fastapi/requirements.txt")
}

/// A recipe's service on a free port; dropping it ends it.
struct Recipe {
    url: String,
    child: Child,
}

impl Recipe {
    fn fast_api(python: &Path, keys: &str) -> Self {
        let mut command = Command::new(python);
        command.args(["-B", "-m", "uvicorn", "app:app", "--log-level", "warning"]);
        command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes/fastapi"));
        Self::start(command, keys, |command, port| {
            command.args(["--port", port]);
        })
    }

    fn start(mut command: Command, keys: &str, on: impl FnOnce(&mut Command, &str)) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        on(&mut command, &port.to_string());
        command.envs([("AUTH_JWKS_URL", keys), ("AUTH_ISSUER", ISSUER), ("AUTH_AUDIENCE", AUDIENCE)]);
        let mut child = command.env("AUTH_JWKS_COOLDOWN", "0").stdin(Stdio::null()).spawn().unwrap();
        let begun = std::time::Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < LIMIT, "the recipe does not listen");
            assert!(child.try_wait().unwrap().is_none(), "the recipe ended");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { url: format!("http://127.0.0.1:{port}"), child }
    }

    /// It accepts a good token, and refuses every other one.
    fn judges_well(&self, tokens: &Tokens) {
        let accepted = self.me(&tokens.good());
        let expected = json!({
            "id": tokens.id,
            "email": "ada@example.com",
            "role": "user",
            "organization": "acme",
            "permissions": ["project:share"],
        });
        assert_eq!((accepted.status, accepted.json()), (200, expected), "{}", accepted.text());
        for (name, token) in tokens.bad() {
            let refused = self.me(&token);
            assert_eq!(refused.status, 401, "{name}: {}", refused.text());
        }
    }

    fn me(&self, token: &str) -> http::Answer {
        http::send("GET", &format!("{}/me", self.url), &[("authorization", &format!("Bearer {token}"))], b"")
    }
}

impl Drop for Recipe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_recipe_for_fastapi_accepts_what_is_good_and_refuses_everything_else() {
    let Some(python) = python() else {
        println!("skipped: there is no Python 3 with venv; install Debian's packages `python3` and `python3-venv`");
        return;
    };
    let tokens = Tokens::new();
    Recipe::fast_api(&python, &tokens.keys()).judges_well(&tokens);
}

/// The recipe for Go, built once. None without Go and the library where Debian has it.
fn go() -> Option<PathBuf> {
    const LIBRARIES: &str = "/usr/share/gocode";
    if !Path::new(LIBRARIES).join("src/gopkg.in/square/go-jose.v2").exists() {
        return None;
    }
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (program, cache) = (project.join("target/recipes/go/service"), project.join("target/recipes/go/cache"));
    let mut build = Command::new("go");
    build.args(["build", "-o"]).arg(&program).arg(project.join("recipes/go/main.go"));
    build.env("GO111MODULE", "off").env("GOPATH", LIBRARIES).env("GOCACHE", cache);
    let output = build.output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(program)
}

#[test]
fn the_recipe_for_go_accepts_what_is_good_and_refuses_everything_else() {
    let Some(program) = go() else {
        println!(
            "skipped: there is no Go; install Debian's packages `golang-go` and `golang-gopkg-square-go-jose.v2-dev`"
        );
        return;
    };
    let tokens = Tokens::new();
    let service = Recipe::start(Command::new(program), &tokens.keys(), |command, port| {
        command.env("PORT", port);
    });
    service.judges_well(&tokens);
}

#[test]
fn a_service_learns_of_a_new_key_from_the_first_token_that_names_it() {
    let Some(python) = python() else {
        println!("skipped: there is no Python 3 with venv; install Debian's packages `python3` and `python3-venv`");
        return;
    };
    let database = Database::new();
    let toml =
        format!("{DEFAULT}\n[jwt]\nissuer = \"{ISSUER}\"\naudience = \"{AUDIENCE}\"\n[jwks]\nrotation_interval = 3\n");
    let auth = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    let cookie = auth.user("ada@example.com");
    let service = Recipe::fast_api(&python, &format!("{}/api/auth/jwks", auth.url));
    let first = token(&auth, &cookie);
    assert_eq!(service.me(&first).status, 200);
    std::thread::sleep(Duration::from_millis(3_100));
    let second = token(&auth, &cookie);
    assert_ne!(first.split('.').next(), second.split('.').next(), "another kid");
    let (old, new) = (service.me(&first), service.me(&second));
    assert_eq!((old.status, new.status), (200, 200), "{} {}", old.text(), new.text());
}
