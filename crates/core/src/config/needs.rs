//! Options that need another section or a variable: a problem names the option and the fix. Switches declare their needs; the
//! options here need something only with some of their values.

use super::{Config, LimitStorage, Variables, secondary_storage::Beside};
use crate::{
    crypto::jwk::Algorithm,
    declaration::Resource,
    options::{On, Options as _},
    problem::Problems,
};

impl Config {
    /// The switches that are on and need this, as the file has them.
    fn needing(&self, resource: Resource) -> impl Iterator<Item = String> {
        let sections = [
            ("email_and_password", self.email_and_password.switched_on()),
            ("email_verification", self.email_verification.switched_on()),
            ("session", self.session.switched_on()),
            ("user", self.user.switched_on()),
            ("verification", self.verification.switched_on()),
        ];
        let of_core = sections.into_iter().flat_map(|(name, on)| on.into_iter().map(move |on: On| on.below(name)));
        let all = of_core.chain(self.features.switched_on());
        all.filter(move |on| on.needs == Some(resource)).map(|on| on.key)
    }

    /// Adds a problem for each variable that a feature declares and needs, and that is not set.
    pub(super) fn check_variables(&self, variables: &Variables, problems: &mut Problems) {
        let missing = |name| self.features.value(name).is_none() && !variables.is_withheld(name);
        for name in self.features.variables().map(|variable| variable.name).filter(|name| missing(name)) {
            for key in self.needing(Resource::Variable(name)) {
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
        for key in self.needing(Resource::Mail) {
            problems.add("EMAIL_URL", format!("it is missing, and `{key}` needs it; set it, or switch that off"));
        }
    }

    /// Each option that needs a database is a problem where there is none.
    pub(super) fn check_stateless(&self, problems: &mut Problems) {
        if !self.is_stateless() {
            return;
        }
        let jwt = self.jwt.enabled;
        let by_value = [
            ("rate_limit.storage = \"database\"", self.rate_limit.storage == LimitStorage::Database),
            ("account.store_state_strategy = \"database\"", !self.account.state_in_cookie && !self.stores_sessions()),
            ("jwks.key_pair_config.alg", jwt && self.jwks.new_keys.algorithm != Algorithm::EdDsa),
            ("jwks.rotation_interval", jwt && self.jwks.rotation_interval.is_some()),
        ];
        let by_value = by_value.into_iter().filter(|(_, on)| *on).map(|(key, _)| key.to_owned());
        for key in self.needing(Resource::Database).chain(by_value) {
            self.database.missing(&key, problems);
        }
    }

    /// The roles of administrators must exist, in any case of letters, as better-auth checks at start. So must the role of those who
    /// create organizations, who could do nothing without it.
    pub(super) fn check_roles(&self, problems: &mut Problems) {
        let admin = &self.features.admin;
        let is_known = |role: &String| self.access.roles.names().any(|known| known.eq_ignore_ascii_case(role.trim()));
        // The default is not checked.
        let listed = admin.admin_roles.iter().flatten().filter(|_| admin.enabled);
        for role in listed.filter(|role| !is_known(role)) {
            let known: Vec<_> = self.access.roles.names().map(|name| format!("\"{name}\"")).collect();
            let text =
                format!("there is no role `{role}`; add `[access.roles.{role}]`, or write one of {}", known.join(", "));
            problems.add("admin.admin_roles", text);
        }
        let organization = &self.features.organization;
        let creator = &organization.creator_role;
        if organization.enabled && self.access.organization_roles.get(creator).is_none() {
            let names = self.access.organization_roles.names().map(|name| format!("\"{name}\""));
            let text = format!(
                "there is no role `{creator}`; add `[access.organization_roles.{creator}]`, or write one of {}",
                names.collect::<Vec<_>>().join(", ")
            );
            problems.add("organization.creator_role", text);
        }
    }

    /// Reports each option that needs a secondary storage if there is none. If there is one, options that also write to the database
    /// need a database as well.
    pub(super) fn check_secondary_storage(&self, beside: &Beside, problems: &mut Problems) {
        let text = "it is for services with a secondary storage; set `secondary_storage.enabled`, or remove it";
        for key in self.needing(Resource::SecondaryStorage) {
            match beside.is_there {
                false => problems.add(key, text),
                true if self.is_stateless() => self.database.missing(&key, problems),
                true => {}
            }
        }
        if self.rate_limit.storage == LimitStorage::SecondaryStorage && !beside.is_there {
            problems.add("rate_limit.storage = \"secondary-storage\"", text);
        }
    }
}
