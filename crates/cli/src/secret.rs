//! Makes secrets.

use std::io;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// A new secret: 32 random bytes in 43 characters that mean nothing to a shell or an environment file.
///
/// # Errors
/// Where the operating system has no randomness to give.
pub fn new() -> io::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(crate::edge::seed()?))
}
