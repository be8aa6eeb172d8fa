//! `[account]`: how a user's accounts at providers belong together, and how flows and tokens are kept (spec core §3.19,
//! jwt-oauth-schema §§4.3, 4.6, 4.9).

use super::{Problems, Schema};
use crate::options::Section;

/// How a user's accounts belong together.
#[derive(Debug, Clone)]
pub struct Account {
    /// What links an account to a user.
    pub linking: Linking,
    /// Whether a flow's state is in a cookie alone. Default: only where there is neither database nor secondary storage.
    pub state_in_cookie: bool,
    /// Whether the account that somebody came with is kept in a cookie. Default: only where there is no database.
    pub store_account_cookie: bool,
    /// Whether the provider's newest tokens replace the stored ones at every sign-in. Default on.
    pub update_account_on_sign_in: bool,
    /// Whether access and refresh tokens are stored encrypted. Default off, as in better-auth; what is stored as it is, is
    /// read all the same.
    pub encrypt_oauth_tokens: bool,
}

/// What links an account to a user.
#[derive(Debug, Clone)]
pub struct Linking {
    /// Whether a user may have accounts of several providers. Default on.
    pub enabled: bool,
    /// Whether signing in never links: only `/link-social` does. Default off.
    pub disable_implicit_linking: bool,
    /// Whether the user's own address must be confirmed before a sign-in links. Default on: who registered somebody else's
    /// address first must not share the user with its owner.
    pub require_local_email_verified: bool,
    /// Whether `/link-social` takes an account with another address. Default off.
    pub allow_different_emails: bool,
    /// Whether the last account may go too, which leaves no way to sign in. Default off.
    pub allow_unlinking_all: bool,
    /// Whether linking copies name and picture. Default off.
    pub update_user_info_on_link: bool,
    /// Providers whose addresses count as confirmed, whatever they say.
    pub trusted_providers: Vec<String>,
}

impl Account {
    pub(super) fn read(
        mut section: Section<'_>,
        schema: &mut Schema,
        without_database: bool,
        stateless: bool,
        problems: &mut Problems,
    ) -> Self {
        schema.read_additional("account", section.section("additional_fields", problems), problems);
        let mut linking = section.section("account_linking", problems);
        let on = |read: Option<bool>| read.unwrap_or(true);
        let off = |read: Option<bool>| read.unwrap_or(false);
        let rules = Linking {
            enabled: on(linking.boolean("enabled", problems)),
            disable_implicit_linking: off(linking.boolean("disable_implicit_linking", problems)),
            require_local_email_verified: on(linking.boolean("require_local_email_verified", problems)),
            allow_different_emails: off(linking.boolean("allow_different_emails", problems)),
            allow_unlinking_all: off(linking.boolean("allow_unlinking_all", problems)),
            update_user_info_on_link: off(linking.boolean("update_user_info_on_link", problems)),
            trusted_providers: linking.texts("trusted_providers", problems).unwrap_or_default(),
        };
        linking.finish(problems);
        let strategies = [("database", false), ("cookie", true)];
        let read = Self {
            linking: rules,
            state_in_cookie: section.choice("store_state_strategy", problems, &strategies).unwrap_or(stateless),
            store_account_cookie: section.boolean("store_account_cookie", problems).unwrap_or(without_database),
            update_account_on_sign_in: on(section.boolean("update_account_on_sign_in", problems)),
            encrypt_oauth_tokens: off(section.boolean("encrypt_oauth_tokens", problems)),
        };
        section.finish(problems);
        read
    }
}
