//! Decides what members may do in their organization, and to whom (spec management-plugins §§2.2, 2.6, 2.7).

pub(super) mod permission;

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::declaration::Organization;
use crate::{
    config::{AllowedValues, Config, Field, OF_MEMBERS, Roles},
    declaration::Kind,
    json,
    rules::access::{self, WantedActions},
};

/// The most bytes of the data of an organization and of an additional field, as JSON. Lists have thousands of rows, and must fit into the
/// memory of an instance.
pub(super) const MOST_DATA: usize = 10_000;
/// The additional field of sessions that names the active organization.
pub(super) const ACTIVE: &str = "activeOrganizationId";
/// The additional field of sessions that names the active team.
pub(super) const ACTIVE_TEAM: &str = "activeTeamId";

/// The resource of the organization's API keys.
pub(super) const KEYS: &str = "apiKey";
/// The actions on the organization's API keys that roles permit.
const ON_KEYS: [&str; 4] = ["create", "read", "update", "delete"];

/// The options by which permissions are decided.
#[derive(Clone, Copy)]
pub(super) struct Rules<'c> {
    /// `[organization]`.
    pub(super) options: &'c Organization,
    /// The roles of members: those of the configuration, and those that the organization made.
    pub(super) roles: &'c Roles,
    /// The roles of the configuration.
    configured: &'c Roles,
}

/// Returns the names of the roles in a text, which has commas between them.
pub(super) fn held(role: &str) -> impl Iterator<Item = &str> {
    role.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// Returns the names of the roles that a request gives, each once.
pub(super) fn given(roles: &[String]) -> Vec<&str> {
    distinct(roles.iter().flat_map(|role| held(role)))
}

/// Returns names in their order, each once: a role that is held twice permits nothing more.
pub(super) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}

/// Returns those names that are neither roles of the configuration nor better-auth's own: of roles that an organization made.
pub(super) fn made(configured: &Roles, names: &[&str]) -> Vec<String> {
    let is_made = |name: &&&str| configured.get(name).is_none() && OF_MEMBERS.role(name).is_none();
    names.iter().filter(is_made).map(|name| (*name).to_owned()).collect()
}

impl<'c> Rules<'c> {
    /// The rules of a configuration, with these roles of members.
    pub(super) fn of(config: &'c Config, roles: &'c Roles) -> Self {
        Self { options: &config.features.organization, roles, configured: &config.access.organization_roles }
    }
}

impl Rules<'_> {
    /// Whether roles permit what is asked for.
    pub(super) fn may(&self, role: &str, asked: &[WantedActions]) -> bool {
        access::permits(self.roles, held(role), asked)
    }

    /// Whether the role of creators is among these.
    pub(super) fn is_creator(&self, role: &str) -> bool {
        held(role).any(|name| name == self.options.creator_role)
    }

    /// Whether a member with the role `own` has the role of creators, or all rights to change the organization and all rights on its API keys
    /// that `other` gives. Otherwise a role with one permission, such as that to change roles, would be worth every other one.
    pub(super) fn reaches(&self, own: &str, other: &str) -> bool {
        self.covers(own, other, self.roles)
    }

    /// Whether a member with the role `own` may give `role`. A name of better-auth that the organization has no role of counts with the
    /// rights that better-auth gives it: a later role of this name must not be worth more to a member who waited with the name. A role that
    /// the organization made is given only by members who could make it: its rights on resources of the application count too.
    pub(super) fn gives(&self, own: &str, role: &str) -> bool {
        let is_no_role = |name: &&str| self.roles.get(name).is_none();
        let of_better_auth = OF_MEMBERS.roles.iter().map(|(name, _)| *name).filter(is_no_role);
        let of_better_auth = of_better_auth.filter_map(|name| Some((name.to_owned(), OF_MEMBERS.role(name)?)));
        self.covers(own, role, &self.roles.with(of_better_auth)) && (self.is_creator(own) || self.could_make(own, role))
    }

    /// Whether the role `own` has every right of the roles among `role` that the organization made. To read roles is no right over anyone.
    fn could_make(&self, own: &str, role: &str) -> bool {
        let own: HashSet<_> = held(own).flat_map(|name| self.rights(name)).collect();
        let made = held(role).filter(|name| self.configured.get(name).is_none());
        made.flat_map(|name| self.rights(name)).all(|right| right == ("ac", "read") || own.contains(&right))
    }

    /// Returns each right of a role, as resource and action.
    fn rights(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        let statements = self.roles.get(name).into_iter().flat_map(|role| role.iter());
        statements.flat_map(|(resource, actions)| actions.iter().map(move |action| (resource, action.as_str())))
    }

    /// Whether the role `own` has all rights that `other` has by these roles.
    fn covers(&self, own: &str, other: &str, others: &Roles) -> bool {
        if self.is_creator(own) {
            return true;
        }
        let all =
            OF_MEMBERS.statements.iter().flat_map(|(resource, actions)| actions.iter().map(|one| (*resource, *one)));
        // To read roles is no right over anyone.
        let of_organization = all.filter(|(_, action)| *action != "read");
        let all = of_organization.chain(ON_KEYS.iter().map(|action| (KEYS, *action)));
        let asked = all.map(|(resource, action)| [WantedActions::all(resource, [action])]);
        !self.is_creator(other) && { asked }
            .all(|asked| !access::permits(others, held(other), &asked) || self.may(own, &asked))
    }

    /// Returns the names that are no roles. better-auth's own names are roles even if the configuration lists others, as in
    /// better-auth; they permit nothing then, and [`Rules::gives`] decides who gives them.
    pub(super) fn unknown<'r>(&self, names: &[&'r str]) -> Vec<&'r str> {
        let is_unknown = |name: &&str| self.roles.get(name).is_none() && OF_MEMBERS.role(name).is_none();
        names.iter().copied().filter(is_unknown).collect()
    }

    /// Returns what roles permit, each action as `resource:action`.
    pub(super) fn permissions(&self, role: &str) -> Vec<String> {
        let rights = held(role).flat_map(|name| self.rights(name));
        let mut all: Vec<_> = rights.map(|(resource, action)| format!("{resource}:{action}")).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Reads the additional fields that a client gives of a row. With `is_new`, fields that the client must give are missed, and others get
/// their defaults. Fields that clients may not give are ignored, as in better-auth.
///
/// # Errors
/// The issue of each field, where `place` is the path of the members.
pub(super) fn additional(
    fields: &[Field],
    body: &Map<String, Value>,
    place: &str,
    is_new: bool,
) -> Result<Map<String, Value>, String> {
    let (mut values, mut issues) = (Map::new(), Vec::new());
    for field in fields {
        let given = body.get(&field.name).filter(|_| field.input);
        let is_missed = given.is_none() && is_new && field.input && field.required != Some(false);
        match given {
            Some(Value::Null) if field.required == Some(false) => {}
            None if !is_missed => {}
            Some(value) if json::to_string(value).len() > MOST_DATA => {
                issues.push(format!("[{place}.{}] Too big: expected at most {MOST_DATA} bytes", field.name));
            }
            given => {
                issues.extend(wrong(field, given).map(|(at, wrong)| format!("[{place}.{}{at}] {wrong}", field.name)))
            }
        }
        let value = given.cloned().or_else(|| field.default.clone().filter(|_| is_new));
        values.extend(value.map(|value| (field.name.clone(), value)));
    }
    if issues.is_empty() { Ok(values) } else { Err(issues.join("; ")) }
}

/// Returns the issues of a value that does not have the type of a field, with better-auth's messages. Each has the place of the item
/// in a list, or nothing. No field takes null here: the caller knows those that do.
pub(super) fn wrong(field: &Field, value: Option<&Value>) -> impl Iterator<Item = (String, String)> {
    let issue = |at: String, expected: &str, value: Option<&Value>| {
        (at, format!("Invalid input: expected {expected}, received {}", json::kind(value)))
    };
    let whole = |expected: &str| vec![issue(String::new(), expected, value)];
    let all = match (field.kind, &field.of, value) {
        (Kind::Json, _, None | Some(Value::Null)) => vec![(String::new(), "Invalid input".to_owned())],
        (Kind::Text, AllowedValues::Choices(_), None | Some(Value::Null)) => whole("nonoptional"),
        (Kind::Json, ..) | (Kind::Text, AllowedValues::Choices(_), _) => Vec::new(),
        (Kind::Text, _, Some(Value::String(_))) | (Kind::Date, _, Some(Value::String(_))) => Vec::new(),
        (Kind::Number | Kind::BigNumber, _, Some(Value::Number(_))) | (Kind::Boolean, _, Some(Value::Bool(_))) => {
            Vec::new()
        }
        (Kind::List, of, Some(Value::Array(items))) => {
            let (expected, fits): (_, fn(&Value) -> bool) =
                if *of == AllowedValues::Numbers { ("number", Value::is_number) } else { ("string", Value::is_string) };
            let wrong = items.iter().enumerate().filter(|(_, item)| !fits(item));
            wrong.map(|(at, item)| issue(format!(".{at}"), expected, Some(item))).collect()
        }
        (Kind::Text, ..) => whole("string"),
        (Kind::Number | Kind::BigNumber, ..) => whole("number"),
        (Kind::Boolean, ..) => whole("boolean"),
        (Kind::Date, ..) => whole("date"),
        (Kind::List, ..) => whole("array"),
    };
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Source, Variables};

    fn config(toml: &str) -> Config {
        Config::examine(&Variables::default(), Some(Source { name: "gatepost.toml", text: toml })).0
    }

    fn rules(config: &Config) -> Rules<'_> {
        Rules::of(config, &config.access.organization_roles)
    }

    #[test]
    fn a_role_that_an_organization_made_is_given_only_with_all_of_its_rights() {
        let config = config(
            "[access.statements]\ninvoice = [\"pay\"]\nmember = [\"praise\"]\n[access.organization_roles]\nowner = { built_in = \"owner\" }\n\
             hr = { member = [\"update\"] }\nbilling = { invoice = [\"pay\"] }\n",
        );
        let made = ["payer", "fan", "reader"].map(str::to_owned);
        let rights = [("invoice", "pay"), ("member", "praise"), ("ac", "read")];
        let rights =
            rights.map(|(resource, action)| [(resource.to_owned(), vec![action.to_owned()])].into_iter().collect());
        let roles = config.access.organization_roles.with(made.into_iter().zip(rights));
        let rules = Rules::of(&config, &roles);
        for (own, role, gives) in [
            ("hr", "payer", false),
            ("hr", "hr,payer", false),
            ("hr", "fan", false),
            ("hr", "reader", true),
            ("hr", "billing", true),
            ("hr,billing", "payer", true),
            ("billing,payer", "payer, reader", true),
            ("fan", "fan", true),
            ("owner", "payer,fan", true),
        ] {
            assert_eq!(rules.gives(own, role), gives, "{own} {role}");
        }
    }

    #[test]
    fn roles_are_split_at_commas_and_trimmed() {
        let config = config("");
        let update = [WantedActions::all("organization", ["update"])];
        for (role, may) in [
            ("admin", true),
            ("member, admin", true),
            (" owner ", true),
            ("member", false),
            ("", false),
            ("Admin", false),
        ] {
            assert_eq!(rules(&config).may(role, &update), may, "{role}");
        }
        assert!(rules(&config).is_creator("member, owner") && !rules(&config).is_creator("owners"));
    }

    #[test]
    fn a_name_of_better_auth_that_is_not_listed_is_given_like_its_role_and_permits_nothing() {
        let config = config(
            "[organization]\ncreator_role = \"chief\"\n[access.organization_roles]\nchief = { built_in = \"owner\" }\n\
             lead = { member = [\"create\", \"update\"] }\n",
        );
        let rules = rules(&config);
        assert!(rules.gives("chief", "owner") && rules.gives("lead", "lead,member") && rules.reaches("lead", "admin"));
        assert!(
            !rules.gives("lead", "admin") && !rules.gives("lead,admin", "admin") && !rules.gives("lead", "lead, owner")
        );
        assert!(!rules.may("owner,admin", &[WantedActions::all("organization", ["update"])]));
    }

    #[test]
    fn a_role_reaches_no_role_with_more_rights() {
        let config = config(
            "[access.organization_roles]\nowner = { built_in = \"owner\" }\nadmin = { built_in = \"admin\" }\n\
             hr = { member = [\"create\", \"update\", \"delete\"] }\nkeys = { apiKey = [\"read\"] }\nbilling = { invoice = [\"pay\"] }\nmember = {}\n",
        );
        let rules = rules(&config);
        for (own, other, reaches) in [
            ("owner", "owner", true),
            ("admin", "owner", false),
            ("admin", "admin", true),
            ("hr", "admin", false),
            ("hr", "member", true),
            ("hr", "billing", true),
            ("hr", "member,admin", false),
            ("hr", "keys", false),
            ("admin", "keys", false),
            ("keys", "member", true),
            ("hr", "nothing", true),
            ("member", "hr", false),
        ] {
            assert_eq!(rules.reaches(own, other), reaches, "{own} {other}");
        }
        assert_eq!(rules.unknown(&["owner", "hr", "boss"]), ["boss"]);
        assert!(rules.gives("hr", "member") && !rules.gives("hr", "member,admin"));
        assert!(rules.gives("hr", "billing"));
        assert_eq!(rules.permissions("hr,billing"), ["invoice:pay", "member:create", "member:delete", "member:update"]);
    }
}
