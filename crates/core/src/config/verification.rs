//! `[verification]` (spec core §13).

use crate::{
    declaration::Resource,
    options::{choice, options, switch},
};

options! {
    /// How single-use secrets are stored.
    pub struct Verification {
        /// `"hashed"`: the table stores hashes, so a person who reads it cannot reset a password. Tokens stored before still work.
        hashed: bool = choice("store_identifier", PLAIN, &[PLAIN, ("hashed", true)]),
        /// Rows past their expiry stay; otherwise they go when others are written.
        disable_cleanup: bool = switch("disable_cleanup", false),
        /// With a [secondary storage](secondary-storage.md): the table has them as well, and is where they are redeemed.
        store_in_database: bool = switch("store_in_database", false).needs(Resource::SecondaryStorage),
    }
}

const PLAIN: (&str, bool) = ("plain", false);
