//! What an option needs that is of another section or a variable: a problem names the option and what to set.

use super::{Config, LimitStorage, Variables, secondary_storage::Beside};
use crate::{crypto::jwk::Algorithm, declaration::Resource, problem::Problems};

impl Config {
    /// Adds a problem for each variable that a feature declares and needs, and that is not set.
    pub(super) fn check_variables(&self, variables: &Variables, problems: &mut Problems) {
        let missing = |name| self.features.value(name).is_none() && !variables.is_withheld(name);
        for name in self.features.variables().map(|variable| variable.name).filter(|name| missing(name)) {
            for key in self.features.needing(Resource::Variable(name)) {
                problems.add(name, format!("it is missing, and `{key}` needs it; set it, or switch that off"));
            }
        }
    }

    /// In production nothing may wait for a mail that never leaves.
    pub(super) fn check_mails(&self, variables: &Variables, problems: &mut Problems) {
        let there = variables.is_withheld("EMAIL_URL") || variables.get("EMAIL_URL").is_some();
        if variables.get("VERCEL_ENV") != Some("production") || there {
            return;
        }
        let (password, verification) = (&self.email_and_password, &self.email_verification);
        let needing = [
            ("email_and_password.require_email_verification", password.require_email_verification),
            ("email_and_password.send_reset_password", password.send_reset_password == Some(true)),
            ("email_verification.send_verification_email", verification.send_verification_email == Some(true)),
            ("email_verification.send_on_sign_up", verification.send_on_sign_up == Some(true)),
            ("email_verification.send_on_sign_in", verification.send_on_sign_in),
            (
                "user.delete_user.send_delete_account_verification",
                self.user.delete_user.send_delete_account_verification,
            ),
            ("user.change_email.send_change_email_confirmation", self.user.change_email.send_change_email_confirmation),
        ];
        let of_core = needing.iter().filter(|(_, on)| *on).map(|(key, _)| (*key).to_owned());
        for key in of_core.chain(self.features.needing(Resource::Mail)) {
            problems.add("EMAIL_URL", format!("it is missing, and `{key}` needs it; set it, or switch that off"));
        }
    }

    /// What needs a database says so.
    pub(super) fn check_stateless(&self, problems: &mut Problems) {
        if !self.is_stateless() {
            return;
        }
        let needing = [
            ("email_and_password.enabled", self.email_and_password.enabled),
            ("rate_limit.storage = \"database\"", self.rate_limit.storage == LimitStorage::Database),
            ("user.delete_user.enabled", self.user.delete_user.enabled),
            ("user.change_email.enabled", self.user.change_email.enabled),
            ("account.store_state_strategy = \"database\"", !self.account.state_in_cookie && !self.stores_sessions()),
            ("jwks.key_pair_config.alg", self.jwt.enabled && self.jwks.algorithm != Algorithm::EdDsa),
            ("jwks.rotation_interval", self.jwt.enabled && self.jwks.rotation_interval.is_some()),
        ];
        let of_core = needing.iter().filter(|(_, on)| *on).map(|(key, _)| (*key).to_owned());
        for key in of_core.chain(self.features.needing(Resource::Database)) {
            self.database.missing(&key, problems);
        }
    }

    /// What needs a store, and what a store needs, says so.
    pub(super) fn check_secondary_storage(&self, beside: &Beside, problems: &mut Problems) {
        let by_limits = self.rate_limit.storage == LimitStorage::SecondaryStorage;
        let needing = [
            ("session.store_session_in_database", self.session.store_in_database),
            ("session.preserve_session_in_database", self.session.preserve_in_database),
            ("verification.store_in_database", self.verification.store_in_database),
            ("rate_limit.storage = \"secondary-storage\"", by_limits),
        ];
        for (key, _) in needing.iter().take(3).filter(|(_, on)| *on && beside.is_there && self.is_stateless()) {
            self.database.missing(key, problems);
        }
        for (key, _) in needing.into_iter().filter(|(_, on)| *on && !beside.is_there) {
            problems
                .add(key, "it is for services with a secondary storage; set `secondary_storage.enabled`, or remove it");
        }
    }
}
