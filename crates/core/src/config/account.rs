//! `[account]` (spec core §3.19, jwt-oauth-schema §§4.3, 4.6, 4.9).

use crate::options::{choice_by, options, section, switch, switch_by, texts};

options! {
    /// How a user's accounts at providers belong together, and how flows and tokens are kept.
    pub struct Account {
        /// Access and refresh tokens are stored encrypted; those that were stored before are still read.
        encrypt_oauth_tokens: bool = switch("encrypt_oauth_tokens", false),
        /// The provider's newest tokens replace the stored ones at every sign-in.
        update_account_on_sign_in: bool = switch("update_account_on_sign_in", true),
        /// The account that a user signed in with is in an encrypted cookie, for `useAccountCookie`.
        store_account_cookie: bool =
            switch_by("store_account_cookie", |here| here.without_database, "`false`; `true` without a database"),
        /// The place that keeps a flow's state between its start and its end.
        state_in_cookie: bool = choice_by(
            "store_state_strategy",
            |here| here.stateless(),
            "`\"database\"`; `\"cookie\"` without one and without a secondary storage",
            &[("database", false), ("cookie", true)],
        ),
        /// Rules for linking an account to a user.
        linking: Linking = section::<Linking>("account_linking"),
    }
}

options! {
    /// Rules for linking an account to a user.
    pub struct Linking {
        /// A user may have accounts of several providers.
        enabled: bool = switch("enabled", true),
        /// Signing in links nothing; only `/link-social` does.
        disable_implicit_linking: bool = switch("disable_implicit_linking", false),
        /// Signing in links only to a user whose address is confirmed. With `false`, a person who registers a stranger's address
        /// shares the user with its owner.
        require_local_email_verified: bool = switch("require_local_email_verified", true),
        /// Providers whose addresses count as confirmed, even if the provider says that they are not.
        trusted_providers: Vec<String> = texts("trusted_providers"),
        /// `/link-social` takes an account with another address.
        allow_different_emails: bool = switch("allow_different_emails", false),
        /// Linking copies name and picture.
        update_user_info_on_link: bool = switch("update_user_info_on_link", false),
        /// A user may remove the last account, and with it the last way to sign in.
        allow_unlinking_all: bool = switch("allow_unlinking_all", false),
    }
}
