//! Written by `cargo gatepost generate`. Issues tokens for other services, and publishes the keys that verify them.

use gatepost_core::features;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(&[features::tokens::ENDPOINTS])
}
