//! `/api/auth/sign-in/*`: opens sessions.

use gatepost_core::endpoints::sign_in::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
