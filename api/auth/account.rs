//! `/api/auth/account`: signs in with providers; links, lists and removes accounts, and has their tokens.

use gatepost_core::endpoints::account::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
