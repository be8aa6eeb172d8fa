//! Options that need another section or a variable: a problem names the option and the fix. Switches declare their needs; the
//! options here need something only with some of their values.

use url::Url;

use super::{Config, Environment, LimitStorage, Variables, secondary_storage::UnusedTables, social::REWRITES};
use crate::{
    crypto::{jwk::Algorithm, secret::Secret},
    declaration::Resource,
    features::{
        api_key::declaration::{self as api_key, Owner},
        cleanup::declaration as cleanup,
        events::declaration as events,
        hooks::declaration as hooks,
    },
    options::{EnabledSwitch, Options as _},
    problem::{Problems, listed},
    syntax::network::is_loopback,
    webhook,
};

/// Adds the problem that these keys need a variable and it is not set.
fn missing(name: &str, keys: &[String], problems: &mut Problems) {
    if let Some((listed, verb, pronoun)) = listed(keys) {
        problems.add(name, format!("it is missing, and {listed} {verb} it; set it, or switch {pronoun} off"));
    }
}

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
        let of_core =
            sections.into_iter().flat_map(|(name, on)| on.into_iter().map(move |on: EnabledSwitch| on.below(name)));
        let all = of_core.chain(self.features.switched_on());
        all.filter(move |on| on.needs == Some(resource)).map(|on| on.key)
    }

    /// Adds a problem for each variable that a feature declares and needs, and that is not set.
    pub(super) fn check_variables(&self, variables: &Variables, problems: &mut Problems) {
        let is_absent = |name| self.features.value(name).is_none() && !variables.is_withheld(name);
        for name in self.features.variables().map(|variable| variable.name).filter(|name| is_absent(name)) {
            missing(name, &self.needing(Resource::Variable(name)).collect::<Vec<_>>(), problems);
        }
    }

    /// Whether this deployment is production: by `VERCEL_ENV`, or because neither that variable nor an address on this machine says
    /// otherwise. A container has no `VERCEL_ENV`.
    fn is_production(&self, variables: &Variables) -> bool {
        let is_local = self.base_url.as_ref().and_then(Url::host_str).is_some_and(is_loopback);
        variables.get("VERCEL_ENV") == Some("production") || (self.environment == Environment::Production && !is_local)
    }

    /// In production, refuses the redirection of requests to providers, which carry client secrets.
    pub(super) fn check_rewrites(&self, variables: &Variables, problems: &mut Problems) {
        if variables.get(REWRITES).is_some() && self.is_production(variables) {
            problems.add(REWRITES, "it is for tests, and this is production; remove it");
        }
    }

    /// In production, refuses options that need a mail or a text message while no transport for it is set.
    pub(super) fn check_messages(&self, variables: &Variables, problems: &mut Problems) {
        if !self.is_production(variables) {
            return;
        }
        let is_absent = |name: &str| !variables.is_withheld(name) && variables.get(name).is_none();
        let transports = [("EMAIL_URL", Resource::Mail), ("SMS_URL", Resource::Sms)];
        for (name, resource) in transports.into_iter().filter(|(name, _)| is_absent(name)) {
            missing(name, &self.needing(resource).collect::<Vec<_>>(), problems);
        }
    }

    /// The role of the first user needs a column that clients cannot set.
    pub(super) fn check_first_user_role(&self, problems: &mut Problems) {
        let rules = &self.features.sign_up;
        if !rules.enabled || rules.first_user_role.is_none() {
            return;
        }
        let text = match self.schema.additional.user.iter().find(|field| field.name == "role") {
            None => {
                "users have no column `role`; add `[user.additional_fields] role = { type = \"string\", required = false, input = \
                 false }`, or remove the key"
            }
            Some(field) if field.input => {
                "clients could choose their role themselves; add `input = false` to `user.additional_fields.role`"
            }
            Some(_) => return,
        };
        problems.add("sign_up.first_user_role", text);
    }

    /// The organization of each new user needs organizations.
    pub(super) fn check_founding(&self, problems: &mut Problems) {
        let is_wanted = self.features.is_on("sign_up.create_organization");
        if is_wanted && !self.features.organization.enabled {
            let text = "it needs organizations; set `organization.enabled`, or remove the key";
            problems.add("sign_up.create_organization", text);
        }
    }

    /// Teams of organizations and the roles that they make need organizations.
    pub(super) fn check_parts_of_organizations(&self, problems: &mut Problems) {
        let organization = &self.features.organization;
        let parts = [
            ("organization.teams.enabled", organization.teams.enabled),
            ("organization.dynamic_access_control.enabled", organization.dynamic_access_control.enabled),
        ];
        for (key, _) in parts.into_iter().filter(|(_, is_on)| *is_on && !organization.enabled) {
            problems
                .add(key, "it is part of organizations, and they are off; set `organization.enabled`, or remove it");
        }
    }

    /// The prefixes of keys are parts of headers, which carry no other characters.
    pub(super) fn check_prefixes(&self, problems: &mut Problems) {
        let keys = &self.features.api_key;
        for (id, options) in keys.configurations().filter(|_| keys.enabled) {
            let prefix = &options.default_prefix;
            if !prefix.is_empty() && !api_key::is_prefix(prefix) {
                let text = "a prefix has only the letters a to z and A to Z, digits, `_` and `-`; write such a prefix";
                problems.add(format!("{}.default_prefix", api_key::place(id)), text);
            }
        }
    }

    /// The keys of organizations need organizations. better-auth answers 500 to each request about such a key.
    pub(super) fn check_organization_keys(&self, problems: &mut Problems) {
        let keys = &self.features.api_key;
        if !keys.enabled || self.features.organization.enabled {
            return;
        }
        for (id, _) in keys.configurations().filter(|(_, options)| options.references == Owner::Organization) {
            let place = api_key::place(id);
            problems.add(
                format!("{place}.references"),
                "it is \"organization\", and there are no organizations; set `organization.enabled = true`, or remove the key",
            );
        }
    }

    /// The secret of the platform's cron must keep other clients out.
    pub(super) fn check_cron_secret(&self, problems: &mut Problems) {
        let is_short = |value: &Secret| cleanup::is_short(value.bytes());
        if self.features.value(cleanup::SECRET).is_some_and(is_short) {
            let text = "it has fewer than 16 characters; make one with `openssl rand -base64 32`";
            problems.add(cleanup::SECRET, text);
        }
    }

    /// The secrets that sign the requests to hooks and to receivers of events must be such.
    pub(super) fn check_webhook_secrets(&self, problems: &mut Problems) {
        let malformed = |value: &Secret| webhook::secrets(value.bytes()).is_none();
        for name in [hooks::SECRET, events::SECRET] {
            if self.features.value(name).is_some_and(malformed) {
                let text = "it must be `whsec_` and 24 to 64 bytes in base64, or several of these with spaces between them; \
                            make one with `echo whsec_$(openssl rand -base64 32)`";
                problems.add(name, text);
            }
        }
    }

    /// Options that need a database are one problem where there is none. So are options that need a secondary storage, if there is
    /// one: they also write to the database.
    pub(super) fn check_stateless(&self, beside: &UnusedTables, problems: &mut Problems) {
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
        let beside = self.needing(Resource::SecondaryStorage).filter(|_| beside.is_there);
        let keys: Vec<_> = self.needing(Resource::Database).chain(by_value).chain(beside).collect();
        self.database.missing(&keys, problems);
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
        // Without listed roles, any text is a role, as in better-auth.
        let default = &admin.default_role;
        let is_role = default.is_empty() || default.split(',').all(|role| self.access.roles.get(role).is_some());
        if admin.enabled && self.access.roles.are_listed && !is_role {
            let known: Vec<_> = self.access.roles.names().map(|name| format!("\"{name}\"")).collect();
            let text = format!(
                "there is no role `{default}`; add `[access.roles.{default}]`, or write one of {}",
                known.join(", ")
            );
            problems.add("admin.default_role", text);
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

    /// Reports each option that needs a secondary storage if there is none.
    pub(super) fn check_secondary_storage(&self, beside: &UnusedTables, problems: &mut Problems) {
        let text = "it is for services with a secondary storage; set `secondary_storage.enabled`, or remove it";
        for key in self.needing(Resource::SecondaryStorage).filter(|_| !beside.is_there) {
            problems.add(key, text);
        }
        if self.rate_limit.storage == LimitStorage::SecondaryStorage && !beside.is_there {
            problems.add("rate_limit.storage = \"secondary-storage\"", text);
        }
    }
}
