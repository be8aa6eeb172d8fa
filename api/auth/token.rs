//! `/api/auth/token` and `/jwks`: tokens for other services, and the public keys to check them with.

use gatepost_core::endpoints::token::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
