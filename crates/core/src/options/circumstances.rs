//! Facts besides the file on which defaults of options depend.

/// Facts besides the file on which defaults of options depend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// The service runs on a developer's machine.
    pub development: bool,
    /// The service runs on Vercel.
    pub on_vercel: bool,
    /// No base URL is configured.
    pub without_base_url: bool,
    /// Whether the service has no database.
    pub without_database: bool,
    /// Whether the service has a secondary storage.
    pub secondary_storage: bool,
}

impl Circumstances {
    /// Whether there is neither a database nor a secondary storage: sessions live in cookies.
    pub fn stateless(self) -> bool {
        self.without_database && !self.secondary_storage
    }
}
