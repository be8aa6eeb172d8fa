//! Written by `cargo gatepost generate`. Reports that the service runs, and answers for paths that no other function serves.

use gatepost_core::endpoints;

fn main() -> Result<std::process::ExitCode, gatepost_vercel::Error> {
    gatepost_vercel::serve_or_check(&[endpoints::status::ENDPOINTS])
}
