//! Single-use values, as the table `verification` and the secondary storage hold them.

use jiff::Timestamp;

/// A single-use value that is about to be stored.
pub struct New {
    /// The identifier of the row.
    pub id: String,
    /// The purpose and the secret, as the table holds them.
    pub identifier: String,
    /// The user whom it is for, or the data that it stands for.
    pub value: String,
    /// The time of its expiry.
    pub expires_at: Timestamp,
    /// The time of its creation.
    pub now: Timestamp,
    /// Whether the same statement removes expired rows.
    pub clean: bool,
}

/// A single-use value that is stored.
pub struct Secret {
    /// The user whom it is for, or the data that it stands for.
    pub value: String,
    /// The time of its expiry.
    pub expires_at: Timestamp,
    /// The time of its creation, if known.
    pub made_at: Option<Timestamp>,
}

impl Secret {
    /// Whether the value has not expired and was made for this user.
    pub fn is_of(&self, user_id: &str, now: Timestamp) -> bool {
        self.value == user_id && self.expires_at > now
    }
}
