//! `/api/auth/ok` and `/error`: answers that the service runs, and for every path that nobody serves.

use gatepost_core::endpoints::status::ENDPOINTS;

fn main() -> Result<(), gatepost_vercel::Error> {
    gatepost_vercel::serve(ENDPOINTS)
}
