//! Google's One Tap: the section `[one_tap]`. The endpoint is in `features/social/one_tap.rs`, because it verifies the token and finds
//! the user with the code of the providers. README.md lists the threats.

pub mod declaration;

use crate::context::places::Places;

/// The feature acts at no place of other requests.
pub const PLACES: Places = Places::NONE;
