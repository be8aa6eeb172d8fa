//! Single-use values, as the table `verification` and the secondary storage hold them.

use jiff::Timestamp;

/// A single-use value that is about to be stored.
pub struct NewSecret {
    /// The identifier of the row.
    pub id: String,
    /// The purpose and the secret, as the table holds them.
    pub identifier: String,
    /// The user whom it is for, or the data that it stands for.
    pub value: String,
    /// The address that it is mailed to, if it must not work once the user has another one. The table does not hold it: there, the
    /// statement that changes the address removes the row.
    pub address: Option<String>,
    /// Until when it works.
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
    /// The address that it was mailed to, if it is bound to one.
    pub address: Option<String>,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// The time of its creation, if known.
    pub made_at: Option<Timestamp>,
}

impl Secret {
    /// Whether it may act for a user who has this address now.
    pub fn is_bound_to(&self, email: &str) -> bool {
        self.address.as_deref().is_none_or(|address| address == email)
    }

    /// Whether it still works and was made for this user.
    pub fn is_of(&self, user_id: &str, now: Timestamp) -> bool {
        self.value == user_id && self.expires_at > now
    }
}
