//! `/api/auth/password`: changes, checks and replaces passwords.

use gatepost_core::endpoints::password::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
