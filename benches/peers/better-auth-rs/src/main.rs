//! better-auth-rs as a server: passwords, sessions in PostgreSQL, and with the variable `CACHE` the cookie cache. Its tables are
//! those of the migrations that its package contains.

use std::{env, error::Error, sync::Arc};

use axum::Router;
use better_auth::{
    AuthBuilder, AuthConfig, CookieCacheConfig, RateLimitConfig,
    adapters::SqlxAdapter,
    handlers::AxumIntegration as _,
    plugins::{EmailPasswordPlugin, SessionManagementPlugin},
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let mut config = AuthConfig::new(env::var("BETTER_AUTH_SECRET")?).base_url(&url);
    if env::var("CACHE").is_ok() {
        config = config.session_cookie_cache(CookieCacheConfig { enabled: true, ..CookieCacheConfig::default() });
    }
    let auth = AuthBuilder::new(config)
        .database(SqlxAdapter::new(&env::var("DATABASE_URL")?).await?)
        .rate_limit(RateLimitConfig::new().enabled(false))
        .plugin(EmailPasswordPlugin::new().enable_signup(true))
        .plugin(SessionManagementPlugin::new())
        .build()
        .await?;
    let auth = Arc::new(auth);
    let app = Router::new().nest("/api/auth", auth.clone().axum_router()).with_state(auth);
    println!("listening on {url}");
    axum::serve(listener, app).await?;
    Ok(())
}
