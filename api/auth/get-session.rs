//! Written by `cargo gatepost generate`. Reads the session of a request.

use gatepost_core::endpoints;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(&[endpoints::get_session::ENDPOINTS])
}
