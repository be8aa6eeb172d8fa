//! `/api/auth/get-session`: who is signed in.

use gatepost_core::endpoints::get_session::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
