//! Written by `cargo gatepost generate`. Lists and removes a user's accounts, and returns the tokens of their providers.

use gatepost_core::{endpoints, features};

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(&[endpoints::account::ENDPOINTS, features::social::TOKENS])
}
