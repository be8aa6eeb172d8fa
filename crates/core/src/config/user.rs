//! `[user]` (spec core §§3.11–3.13).

use crate::{
    declaration::Resource,
    options::{number, options, positive_seconds, section, switch},
};

options! {
    /// Changes that users may make to their own row.
    pub struct User {
        /// The most bytes of `image`, as a URL or as a picture in a `data:` URL. Lists of users and members contain it.
        maximum_image_bytes: u32 = number("maximum_image_bytes", 1_000, 4_000_000, 1_000_000),
        /// Users who delete themselves.
        delete_user: DeleteUser = section::<DeleteUser>("delete_user"),
        /// Users who change their address.
        change_email: ChangeEmail = section::<ChangeEmail>("change_email"),
    }
}

options! {
    /// Users who delete themselves.
    pub struct DeleteUser {
        /// Users may delete themselves at `/delete-user`.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Users must confirm by a mailed link that they delete themselves; needs `EMAIL_URL`.
        send_delete_account_verification: bool = switch("send_delete_account_verification", false).needs(Resource::Mail),
        /// How long that link works, in seconds.
        delete_token_expires_in: u32 = positive_seconds("delete_token_expires_in", 86_400),
    }
}

options! {
    /// Users who change their address.
    pub struct ChangeEmail {
        /// Users may change their address at `/change-email`, confirmed by a link to the new one.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// An address that was never confirmed changes at once.
        update_email_without_verification: bool = switch("update_email_without_verification", false),
        /// The owner of a confirmed address must agree first, by a link mailed to it; needs `EMAIL_URL`.
        send_change_email_confirmation: bool = switch("send_change_email_confirmation", false).needs(Resource::Mail),
    }
}
