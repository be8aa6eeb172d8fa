//! The two servers that are measured beside Node, each this same program started again: gatepost, and the least that any
//! server would have to do.

use std::{
    convert::Infallible,
    io::{Read as _, Write as _},
    process::Command,
    sync::Arc,
};

use gatepost_cli::edge;
use gatepost_core::{
    Auth, Config,
    config::{Source, Variables},
    model::{Additional, Session, User},
    wire::SessionAndUser,
};
use gatepost_serve::server;
use http_body_util::Full;
use hyper::{Response, body::Bytes, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_postgres::{Error, NoTls, Row, types::Type};

use crate::{
    process::Process,
    support::{SECRET, service::DEFAULT},
};

pub const GATEPOST: &str = "serve-gatepost";
pub const BARE: &str = "serve-bare";

/// Connections to the database: gatepost's default, and as many for the bare program.
const CONNECTIONS: usize = 4;

/// Starts one of the two and returns it with its URL. The bare program asks for the session with `token`, always.
pub fn start(which: &str, database_url: &str, token: &str) -> (Process, String) {
    // What it is compared with makes no tokens either.
    start_with(which, database_url, token, "[jwt]\nenabled = false\n")
}

/// Starts a server with more lines in `gatepost.toml`.
pub fn start_with(which: &str, database_url: &str, token: &str, toml: &str) -> (Process, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let variables = [("DATABASE_URL", database_url), ("TOKEN", token), ("TOML", toml)];
    Process::start(command.arg(which), &variables, "listening on ")
}

/// gatepost as a function runs it: one thread, and a log line for each request.
pub fn gatepost() {
    serve(async |listener, url| {
        let mut variables: Variables = edge::environment();
        variables.set("BETTER_AUTH_SECRET", SECRET);
        variables.set("BETTER_AUTH_URL", url);
        let toml = format!("{DEFAULT}\n[rate_limit]\nenabled = false\n{}", variables.get("TOML").unwrap_or_default());
        let config = Config::load(&variables, Some(Source { name: "gatepost.toml", text: &toml })).unwrap();
        assert_eq!(config.database.options.bounds.max_connections as usize, CONNECTIONS);
        let auth = Arc::new(Auth::new(config, edge::now).unwrap());
        server::serve(listener.into(), Arc::new(server::Service::local(auth, log))).await;
    });
}

/// Writes the line with one system call, to where the parent sends standard error: nowhere.
fn log(line: &str) {
    let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// The yardstick: HTTP, a pool, the one statement, its row as JSON. No routes, no cookies, no bounds, no log.
pub fn bare() {
    serve(async |listener, _| {
        let variables = edge::environment();
        let token: Arc<str> = variables.get("TOKEN").unwrap().into();
        let config = variables.get("DATABASE_URL").unwrap().parse().unwrap();
        let manager = deadpool_postgres::ManagerConfig { recycling_method: deadpool_postgres::RecyclingMethod::Fast };
        let manager = deadpool_postgres::Manager::from_config(config, NoTls, manager);
        let pool = deadpool_postgres::Pool::builder(manager).max_size(CONNECTIONS).build().unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (pool, token) = (pool.clone(), token.clone());
            tokio::spawn(async move {
                let answer = service_fn(|_| async {
                    let client = pool.get().await.unwrap();
                    let rows = client.query_typed(STATEMENT, &[(&&*token, Type::TEXT)]).await.unwrap();
                    let body = Full::new(Bytes::from(json(&rows[0]).unwrap()));
                    Ok::<_, Infallible>(
                        Response::builder().header("content-type", "application/json").body(body).unwrap(),
                    )
                });
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    });
}

/// The statement of gatepost's `get-session`.
const STATEMENT: &str = r#"select s."id", s."token", s."userId", s."expiresAt", s."createdAt", s."updatedAt", s."ipAddress", s."userAgent",
    u."id" is not null, u."id", u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt"
    from "session" s left join "user" u on u."id" = s."userId" where s."token" = $1"#;

/// The body that gatepost writes, so that both write as many bytes.
fn json(row: &Row) -> Result<Vec<u8>, Error> {
    let session = Session {
        additional: Additional::default(),
        id: row.try_get(0)?,
        token: row.try_get(1)?,
        user_id: row.try_get(2)?,
        expires_at: row.try_get(3)?,
        created_at: row.try_get(4)?,
        updated_at: row.try_get(5)?,
        ip_address: row.try_get(6)?,
        user_agent: row.try_get(7)?,
        values: serde_json::Map::new(),
    };
    let user = User {
        additional: Additional::default(),
        id: row.try_get(9)?,
        name: row.try_get(10)?,
        email: row.try_get(11)?,
        email_verified: row.try_get(12)?,
        image: row.try_get(13)?,
        created_at: row.try_get(14)?,
        updated_at: row.try_get(15)?,
    };
    Ok(serde_json::to_vec(&SessionAndUser {
        session: &session,
        user: &user,
        needs_refresh: None,
        more: &Additional::default(),
    })
    .unwrap())
}

/// Runs a server on one thread and a free port, until standard input ends.
fn serve(server: impl AsyncFnOnce(TcpListener, String)) {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        println!("listening on {url}");
        server(listener, url).await;
    });
}
