//! `/api/auth/email`: confirms addresses.

use gatepost_core::endpoints::email::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
