//! Written by `cargo gatepost generate`. Creates users with a password.

use gatepost_core::endpoints;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(&[endpoints::sign_up::ENDPOINTS])
}
