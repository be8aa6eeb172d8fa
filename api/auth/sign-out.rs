//! `/api/auth/sign-out`: ends sessions.

use gatepost_core::endpoints::sign_out::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
