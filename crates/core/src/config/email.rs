//! `[email_verification]` (spec core §14).

use crate::{
    declaration::Resource,
    options::{lifetime, optional_switch, options, switch},
};

options! {
    /// Which mails confirm addresses.
    pub struct EmailVerification {
        /// Mail the link on sign-up.
        send_on_sign_up: Option<bool> = optional_switch("send_on_sign_up", "as `require_email_verification`").needs(Resource::Mail),
        /// Mail the link again when a user whose address is not confirmed signs in.
        send_on_sign_in: bool = switch("send_on_sign_in", false).needs(Resource::Mail),
        /// Following the link signs in.
        auto_sign_in_after_verification: bool = switch("auto_sign_in_after_verification", false),
        /// The link leads to a page with a button, and only the button confirms the address. Programs that scan mails follow links, and
        /// would confirm an address that its owner has not signed up with. The client's `verifyEmail` without a `callbackURL` confirms
        /// at once.
        confirm_on_page: bool = switch("confirm_on_page", false),
        /// How long the link works, in seconds.
        expires_in: u32 = lifetime("expires_in", 3_600),
        /// Mails with this link are sent; without `EMAIL_URL`, none is sent.
        send_verification_email: Option<bool> = optional_switch("send_verification_email", "`true`").needs(Resource::Mail),
    }
}
