//! Written by `cargo gatepost generate`. Signs users in with a provider.

use gatepost_core::features;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(&[features::social::SIGN_IN])
}
