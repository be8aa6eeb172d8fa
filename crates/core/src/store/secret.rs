//! Single-use secrets as the table and the secondary storage hold them.

use jiff::Timestamp;

/// A secret that is about to leave.
pub struct New {
    /// The row's identifier.
    pub id: String,
    /// What it is for and the secret, as the table holds it.
    pub identifier: String,
    /// For whom, or what it stands for.
    pub value: String,
    /// The address that it is mailed to, if it must not work once the user has another one. The table does not hold it: there, the
    /// statement that changes the address removes the row.
    pub address: Option<String>,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When it was made.
    pub now: Timestamp,
    /// Whether rows past their expiry go on this occasion.
    pub clean: bool,
}

/// A secret that is there.
pub struct Secret {
    /// For whom, or what it stands for.
    pub value: String,
    /// The address that it was mailed to, if it is bound to one.
    pub address: Option<String>,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When it was made, where that is known.
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
