//! JWTs for other services, and values that better-auth itself made.

mod issuing;
mod recipes;
mod token_vectors;
mod vectors;
mod verification;
