//! RustAuth as a server: passwords, sessions in PostgreSQL, and what the variables switch on. `CACHE` is the cookie cache, `TOKENS`
//! the JWT plugin. Makes its tables first.

use std::{env, error::Error, net::SocketAddr};

use rustauth::{
    RustAuth,
    db::DbAdapter as _,
    deadpool_postgres::DeadpoolPostgresStores,
    options::{CookieCacheOptions, EmailPasswordOptions, RateLimitOptions, RustAuthOptions, SessionOptions},
    plugins::jwt::{JwtOptions, jwt},
};
use rustauth_axum::{RustAuthAxumExt as _, RustAuthAxumOptions};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let cache = CookieCacheOptions::new().enabled(env::var("CACHE").is_ok());
    let mut options = RustAuthOptions::new()
        .secret(env::var("BETTER_AUTH_SECRET")?)
        .base_url(format!("{url}/api/auth"))
        .base_path("/api/auth")
        .production(true)
        .email_password(EmailPasswordOptions::new().enabled(true))
        .session(SessionOptions::new().cookie_cache(cache))
        .rate_limit(RateLimitOptions::memory().enabled(false));
    if env::var("TOKENS").is_ok() {
        options = options.plugin(jwt(JwtOptions::default())?);
    }
    // The tables of the plugins are known once an instance has been built.
    let schema = RustAuth::builder().options(options.clone()).build().await?.context().db_schema.clone();
    let database = env::var("DATABASE_URL")?;
    let stores = DeadpoolPostgresStores::connect_with_schema_checked(&database, schema.clone()).await?;
    stores.adapter.run_migrations(&schema).await?;
    let auth = RustAuth::builder().options(options).adapter(stores.adapter).build().await?;
    let app = auth.mount_at_base_path(RustAuthAxumOptions::default())?;
    println!("listening on {url}");
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}
