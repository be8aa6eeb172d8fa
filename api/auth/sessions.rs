//! `/api/auth/sessions`: lists and ends the user's sessions.

use gatepost_core::endpoints::sessions::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
