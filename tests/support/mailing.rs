//! A service that mails links and codes, with its database and mailbox, in development, so that reasons are shown.

use super::{factors::Browser, mailbox::Mailbox, postgres::Database, secondary_storage, service::Service};

pub struct Mailing {
    pub database: Database,
    pub mailbox: Mailbox,
    pub service: Service,
}

impl Mailing {
    pub fn new(toml: &str, variables: &[(&str, &str)]) -> Self {
        let (database, mailbox) = (secondary_storage::database(toml), Mailbox::new());
        let own =
            [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url()), ("VERCEL_ENV", "development")];
        let service = Service::with(toml, &[&own[..], variables].concat());
        Self { database, mailbox, service }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(&self.service.url)
    }

    /// The browser of a new user whose address is confirmed.
    pub fn confirmed(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_up(email);
        self.database.change("update {user} set {user.emailVerified} = true");
        browser
    }

    /// The number of rows of a table.
    pub fn count(&self, table: &str) -> String {
        self.database.value(&format!("select count(*) from \"{table}\""))
    }
}
