//! `/api/auth/user`: changes and deletes the signed-in user.

use gatepost_core::endpoints::user::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
