//! The yardstick: HTTP, a pool, the statement of `get-session` and its row as JSON; at any other path, a constant of the same
//! length. No routes, no cookies, no bounds, no log. `TOKEN` names the session that it reads.

use std::{convert::Infallible, env, sync::Arc};

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use http_body_util::Full;
use hyper::{Request, Response, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_postgres::{NoTls, Row, types::Type};

/// The statement of gatepost's `get-session`.
const STATEMENT: &str = r#"select s."id", s."token", s."userId", s."expiresAt", s."createdAt", s."updatedAt", s."ipAddress", s."userAgent",
    u."id" is not null, u."id", u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt"
    from "session" s left join "user" u on u."id" = s."userId" where s."token" = $1"#;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let token: Arc<str> = env::var("TOKEN").unwrap().into();
        let config = env::var("DATABASE_URL").unwrap().parse().unwrap();
        let manager = Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager).max_size(4).build().unwrap();
        let constant = Bytes::from(read(&pool, &token).await);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("listening on http://localhost:{}", listener.local_addr().unwrap().port());
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (pool, token, constant) = (pool.clone(), token.clone(), constant.clone());
            tokio::spawn(async move {
                let answer = service_fn(|request: Request<Incoming>| {
                    let (pool, token, constant) = (&pool, &token, &constant);
                    async move {
                        let body = match request.uri().path() {
                            "/api/auth/get-session" => Bytes::from(read(pool, token).await),
                            "/constant" => constant.clone(),
                            _ => return Ok(Response::builder().status(404).body(Full::default()).unwrap()),
                        };
                        let answer = Response::builder().header("content-type", "application/json");
                        Ok::<_, Infallible>(answer.body(Full::new(body)).unwrap())
                    }
                });
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    });
}

async fn read(pool: &Pool, token: &str) -> Vec<u8> {
    let client = pool.get().await.unwrap();
    let rows = client.query_typed(STATEMENT, &[(&token, Type::TEXT)]).await.unwrap();
    rows.first().map(json).unwrap()
}

/// The members that a session of better-auth has.
fn json(row: &Row) -> Vec<u8> {
    let text = |at: usize| row.get::<_, Option<String>>(at);
    let time = |at: usize| row.get::<_, Timestamp>(at).to_string();
    let session = json!({
        "id": text(0), "token": text(1), "userId": text(2), "expiresAt": time(3), "createdAt": time(4), "updatedAt": time(5),
        "ipAddress": text(6), "userAgent": text(7),
    });
    let user = json!({
        "id": text(9), "name": text(10), "email": text(11), "emailVerified": row.get::<_, bool>(12), "image": text(13),
        "createdAt": time(14), "updatedAt": time(15),
    });
    serde_json::to_vec(&json!({ "session": session, "user": user })).unwrap()
}
