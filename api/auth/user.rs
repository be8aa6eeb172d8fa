//! Written by `cargo gatepost generate`. Requests of users about their own sessions, profile, address and password.

use gatepost_core::endpoints;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(&[
        endpoints::sign_out::ENDPOINTS,
        endpoints::sessions::ENDPOINTS,
        endpoints::user::ENDPOINTS,
        endpoints::email::ENDPOINTS,
        endpoints::password::ENDPOINTS,
    ])
}
