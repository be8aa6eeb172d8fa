//! `/api/auth/ok` and `/error`: answers that the service runs, and for every path that nobody serves. Its binary also looks
//! at a deployment's environment while that is built (`build.sh`).

use gatepost_core::endpoints::status::ENDPOINTS;

fn main() -> Result<std::process::ExitCode, gatepost_vercel::Error> {
    gatepost_vercel::serve_or_check(ENDPOINTS)
}
