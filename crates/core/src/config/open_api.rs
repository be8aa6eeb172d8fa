//! `[open_api]`.

use crate::options::{options, switch};

options! {
    /// The description of the API.
    pub struct OpenApi {
        /// `GET /open-api/generate-schema` answers a description of all endpoints that are served, as OpenAPI 3.1, to anyone.
        /// `cargo gatepost generate openapi` prints it.
        enabled: bool = switch("enabled", false),
    }
}
