//! Decides what administrators may do, to whom, and who is banned (spec management-plugins §§1.1–1.6).

use jiff::Timestamp;

use super::declaration::Admin;
use crate::{
    config::{OF_USERS, Roles},
    declarations::Features,
    model::User,
    rules::{
        access::{self, WantedActions},
        fields,
    },
};

/// The additional fields of users.
pub(super) const ROLE: &str = "role";
pub(super) const BANNED: &str = "banned";
pub(super) const BAN_REASON: &str = "banReason";
pub(super) const BAN_EXPIRES: &str = "banExpires";
/// The most bytes of the roles of a user, and of the reason of a ban. Lists of users contain both.
pub(super) const MOST_TEXT: usize = 4_000;
/// The additional field of sessions that names the administrator.
pub(super) const IMPERSONATED_BY: &str = "impersonatedBy";

/// The options by which permissions are decided.
#[derive(Clone, Copy)]
pub(super) struct Rules<'c> {
    /// `[admin]`.
    pub(super) options: &'c Admin,
    /// All features, of which those that are on have rights.
    pub(super) features: &'c Features,
    /// The roles of users.
    pub(super) roles: &'c Roles,
}

/// The rights of a user: on users and sessions, and those that features declare.
pub(super) struct Rights(Vec<(&'static str, &'static str)>);

impl Rights {
    /// Whether these rights include others.
    pub(super) fn include(&self, others: &Self) -> bool {
        others.0.iter().all(|right| self.0.contains(right))
    }
}

impl Rules<'_> {
    /// Returns the names of a user's roles, as they are stored. Spaces are part of a name, as in better-auth.
    pub(super) fn held<'u>(&'u self, user: &'u User) -> impl Iterator<Item = &'u str> {
        let role = user.additional.text(ROLE).filter(|role| !role.is_empty());
        let otherwise = if self.options.default_role.is_empty() { "user" } else { &self.options.default_role };
        role.unwrap_or(otherwise).split(',')
    }

    fn is_listed(&self, user: &User) -> bool {
        self.options.admin_user_ids.contains(&user.id)
    }

    /// Whether a user may do what is asked for.
    pub(super) fn may(&self, user: &User, asked: &[WantedActions]) -> bool {
        self.is_listed(user) || access::permits(self.roles, self.held(user), asked)
    }

    /// Returns the rights of a user.
    pub(super) fn rights(&self, user: &User) -> Rights {
        self.rights_where(|asked| self.may(user, asked))
    }

    /// Returns the rights that roles with these names give.
    pub(super) fn rights_of(&self, roles: &str) -> Rights {
        self.rights_where(|asked| access::permits(self.roles, roles.split(','), asked))
    }

    fn rights_where(&self, may: impl Fn(&[WantedActions]) -> bool) -> Rights {
        let of_users =
            OF_USERS.statements.iter().flat_map(|(resource, actions)| actions.iter().map(|one| (*resource, *one)));
        let all = of_users.chain(self.features.rights());
        Rights(all.filter(|(resource, action)| may(&[WantedActions::all(*resource, [*action])])).collect())
    }

    /// Whether a user is an administrator whom only a permission of its own lets others impersonate.
    pub(super) fn is_protected(&self, user: &User) -> bool {
        self.held(user).any(|role| self.options.is_admin_role(role)) || self.is_listed(user)
    }

    /// Whether one user may impersonate another, apart from the permission to impersonate at all.
    pub(super) fn may_impersonate(&self, user: &User, target: &User) -> bool {
        let is_higher = self.is_protected(target) || !self.rights(user).include(&self.rights(target));
        !is_higher
            || self.options.allow_impersonating_admins
            || self.may(user, &[WantedActions::all("user", ["impersonate-admins"])])
    }

    /// Whether a user may have a role of this name. If the configuration lists no roles, any text is one, as in better-auth.
    pub(super) fn is_role(&self, name: &str) -> bool {
        !self.roles.are_listed || self.roles.get(name).is_some()
    }
}

/// A ban in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BanState {
    /// The user is not banned.
    Free,
    /// The user is banned.
    Banned,
    /// The time of the ban is over, and the row still has it.
    Expired,
}

/// Decides whether a user is banned now. A ban without a time, or with a text that is not a time, does not end by
/// itself.
pub(super) fn standing(user: &User, now: Timestamp) -> BanState {
    if !fields::is_yes(user.additional.get(BANNED)) {
        return BanState::Free;
    }
    let until = user.additional.text(BAN_EXPIRES).and_then(|text| text.parse::<Timestamp>().ok());
    if until.is_some_and(|until| until < now) { BanState::Expired } else { BanState::Banned }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        Config,
        config::{Source, Variables},
        model::Additional,
    };

    fn user(fields: &[(&str, Value)]) -> User {
        User {
            name: None,
            email: String::new(),
            email_verified: None,
            image: None,
            created_at: None,
            updated_at: None,
            additional: Additional(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()),
            id: "u1".to_owned(),
        }
    }

    fn with_role(role: &str) -> User {
        user(&[(ROLE, role.into())])
    }

    fn config(toml: &str) -> Config {
        Config::examine(&Variables::default(), Some(Source { name: "gatepost.toml", text: toml })).0
    }

    fn rules(config: &Config) -> Rules<'_> {
        Rules { options: &config.features.admin, features: &config.features, roles: &config.access.roles }
    }

    #[test]
    fn a_ban_is_over_a_moment_after_its_time() {
        let now: Timestamp = "2025-01-15T12:00:00Z".parse().unwrap();
        for (fields, expected) in [
            (vec![], BanState::Free),
            (vec![(BANNED, json!(false)), (BAN_EXPIRES, json!("2999-01-01T00:00:00.000Z"))], BanState::Free),
            (vec![(BANNED, json!(true))], BanState::Banned),
            (vec![(BANNED, json!(true)), (BAN_EXPIRES, json!("2025-01-15T12:00:00.000Z"))], BanState::Banned),
            (vec![(BANNED, json!(true)), (BAN_EXPIRES, json!("2025-01-15T11:59:59.999Z"))], BanState::Expired),
            (vec![(BANNED, json!(true)), (BAN_EXPIRES, json!("soon"))], BanState::Banned),
            (vec![(BANNED, json!("true"))], BanState::Banned),
        ] {
            assert_eq!(standing(&user(&fields), now), expected, "{fields:?}");
        }
    }

    #[test]
    fn roles_are_split_at_commas_and_not_trimmed() {
        let config = config("[admin]\ndefault_role = \"admin\"\n");
        let list = [WantedActions::all("user", ["list"])];
        for (role, may) in [
            ("admin", true),
            ("user,admin", true),
            ("user, admin", false),
            ("user", false),
            ("", true),
            ("Admin", false),
        ] {
            assert_eq!(rules(&config).may(&with_role(role), &list), may, "{role}");
        }
        assert!(rules(&config).may(&user(&[]), &list), "the default role");
    }

    #[test]
    fn a_role_reaches_no_user_with_more_rights() {
        let config = config(
            "[access.roles]\nadmin = { built_in = \"admin\" }\nsupport = { user = [\"set-password\", \"impersonate\"] }\n\
             user = {}\n[admin]\nadmin_user_ids = [\"u9\"]\n",
        );
        let rules = rules(&config);
        let (admin, support, plain) = (with_role("admin"), with_role("support"), with_role("user"));
        let listed = User { id: "u9".to_owned(), ..plain.clone() };
        let reaches = |one: &User, other: &User| rules.rights(one).include(&rules.rights(other));
        assert!(reaches(&admin, &support) && reaches(&admin, &admin) && reaches(&support, &plain));
        assert!(!reaches(&support, &admin) && !reaches(&admin, &listed) && reaches(&listed, &admin));
        assert!(rules.may_impersonate(&support, &plain) && !rules.may_impersonate(&support, &admin));
        assert!(!rules.may_impersonate(&admin, &admin) && rules.may_impersonate(&listed, &admin));
    }
}
