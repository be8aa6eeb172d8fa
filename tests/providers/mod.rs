//! Signing in with the providers of social sign-in.

mod discovery;
mod one_tap;
mod previews;
mod profiles;
mod provider_interchange;
mod provider_vectors;
mod provider_words;
mod social;
