//! `/api/auth/account`: lists and removes the user's accounts.

use gatepost_core::endpoints::account::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
