//! Written by `cargo gatepost generate`. Serves every endpoint of this deployment.

use gatepost_core::{endpoints, features};

fn main() -> Result<std::process::ExitCode, gatepost_vercel::Error> {
    gatepost_vercel::serve_or_check(&[
        endpoints::get_session::ENDPOINTS,
        endpoints::sign_in::ENDPOINTS,
        endpoints::sign_up::ENDPOINTS,
        endpoints::sign_out::ENDPOINTS,
        endpoints::sessions::ENDPOINTS,
        endpoints::user::ENDPOINTS,
        endpoints::email::ENDPOINTS,
        endpoints::password::ENDPOINTS,
        features::social::SIGN_IN,
        endpoints::account::ENDPOINTS,
        features::social::TOKENS,
        features::tokens::ENDPOINTS,
        endpoints::status::ENDPOINTS,
    ])
}
