//! Written by `cargo gatepost generate`. Signs users in with a password, or without credentials.

use gatepost_core::endpoints;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(&[endpoints::sign_in::ENDPOINTS])
}
