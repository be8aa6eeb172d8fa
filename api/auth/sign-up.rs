//! `/api/auth/sign-up/*`: makes users.

use gatepost_core::endpoints::sign_up::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
