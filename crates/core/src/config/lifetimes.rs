//! How long a deployment accepts values that a secret signed or encrypted.

use super::Config;

impl Config {
    /// Returns the longest time in seconds for which the deployment accepts a value that a secret signed or encrypted when it was
    /// made, and the option that decides about it. Leaves out rows that do not expire: keys, tokens of providers, second factors.
    pub fn longest_signed(&self) -> (u32, &'static str) {
        let (features, session) = (&self.features, &self.session);
        let cached = |name| self.advanced.cookies.believed_for(name, session.cookie_cache.max_age);
        let lifetimes = [
            (true, session.expires_in, "session.expires_in"),
            (
                session.cookie_cache.enabled || !self.stores_sessions(),
                cached("session_data"),
                "session.cookie_cache.max_age",
            ),
            (self.account.store_account_cookie, cached("account_data"), "session.cookie_cache.max_age"),
            (features.two_factor.enabled, features.two_factor.trust_device_max_age, "two_factor.trust_device_max_age"),
            (features.two_factor.enabled, features.two_factor.cookie_max_age, "two_factor.two_factor_cookie_max_age"),
            (
                features.admin.enabled,
                features.admin.impersonation_session_duration,
                "admin.impersonation_session_duration",
            ),
            (features.email_otp.enabled, features.email_otp.expires_in, "email_otp.expires_in"),
            (features.magic_link.enabled, features.magic_link.expires_in, "magic_link.expires_in"),
            (features.phone_number.enabled, features.phone_number.expires_in, "phone_number.expires_in"),
            (true, self.email_verification.expires_in, "email_verification.expires_in"),
            (true, self.user.delete_user.delete_token_expires_in, "user.delete_user.delete_token_expires_in"),
            (
                true,
                self.email_and_password.reset_password_token_expires_in,
                "email_and_password.reset_password_token_expires_in",
            ),
        ];
        let used = lifetimes.into_iter().filter(|(is_used, ..)| *is_used).map(|(_, seconds, key)| (seconds, key));
        // Of equals, the first one.
        used.rev().max_by_key(|(seconds, _)| *seconds).unwrap_or((session.expires_in, "session.expires_in"))
    }
}
