//! Functions that act when something happens: the place at which gatepost would have to call them, and what is lost without them.

use gatepost_import::{
    find,
    value::{Value, ValueKind},
};

use super::{carry::Carrier, literal, report::Class};

/// Options that are functions, and the place of each.
const PLACES: [(&str, &str); 18] = [
    ("emailAndPassword.onPasswordReset", "after a password was reset"),
    ("emailAndPassword.onExistingUserSignUp", "when an address signs up that has a user"),
    ("emailAndPassword.customSyntheticUser", "when an address signs up that has a user"),
    ("emailVerification.beforeEmailVerification", "before an address is confirmed"),
    ("emailVerification.afterEmailVerification", "after an address was confirmed"),
    ("emailVerification.onEmailVerification", "after an address was confirmed"),
    ("user.deleteUser.beforeDelete", "before a user is deleted"),
    ("user.deleteUser.afterDelete", "after a user was deleted"),
    ("user.validateUserInfo", "before a user is made"),
    ("plugins.jwt.jwt.definePayload", "what a token contains"),
    ("plugins.jwt.jwt.getSubject", "what a token contains"),
    ("plugins.organization.allowUserToCreateOrganization", "before an organization is made"),
    ("plugins.organization.organizationHooks.beforeCreateOrganization", "before an organization is made"),
    ("plugins.organization.organizationHooks.afterCreateOrganization", "after an organization was made"),
    ("plugins.organization.organizationHooks.beforeAddMember", "before a member is added"),
    ("plugins.stripe.createCustomerOnSignUp", "after a user is made"),
    ("plugins.anonymous.onLinkAccount", "when an anonymous user becomes a known one"),
    ("plugins.phoneNumber.callbackOnVerification", "after a number was verified"),
];

/// Options that are functions, with what replaces each in `gatepost.toml`.
const REPLACEMENTS: [(&str, &str); 22] = [
    (
        "databaseHooks.user.create.before",
        "`[sign_up]` has rules for domains, invitations and the first user's role; a hook with `before = \"user.create\"` decides the rest",
    ),
    ("databaseHooks.user.create.after", "write a hook with `after = \"user.create\"`"),
    ("databaseHooks.user.update.before", "write a hook with `before = \"user.update\"`"),
    ("databaseHooks.user.update.after", "write a hook with `after = \"user.update\"`"),
    ("databaseHooks.user.delete.before", "write a hook with `before = \"user.delete\"`"),
    ("databaseHooks.user.delete.after", "write a hook with `after = \"user.delete\"`"),
    ("databaseHooks.session.create.before", "write a hook with `before = \"session.create\"`"),
    ("databaseHooks.session.create.after", "write a hook with `after = \"session.create\"`"),
    ("hooks.before", "a hook with `before = \"request\"` sees the path, the method and the client, but not the body"),
    (
        "hooks.after",
        "a hook with `after = \"session.create\"` follows every sign-in; docs/hooks.md lists the other events",
    ),
    ("emailAndPassword.onPasswordReset", "write a hook with `after = \"password.reset\"`"),
    ("emailAndPassword.onExistingUserSignUp", "write a hook with `after = \"sign_up.taken\"`"),
    ("emailVerification.afterEmailVerification", "write a hook with `after = \"email.verify\"`"),
    ("emailVerification.onEmailVerification", "write a hook with `after = \"email.verify\"`"),
    ("user.deleteUser.beforeDelete", "write a hook with `before = \"user.delete\"`"),
    ("user.deleteUser.afterDelete", "write a hook with `after = \"user.delete\"`"),
    ("user.validateUserInfo", "write a hook with `before = \"user.create\"`"),
    ("plugins.jwt.jwt.definePayload", "write a hook with `before = \"token.create\"`, which adds claims"),
    (
        "plugins.anonymous.onLinkAccount",
        "write a hook with `before = \"user.link\"`: it moves what belongs to the anonymous user",
    ),
    (
        "plugins.organization.allowUserToCreateOrganization",
        "gatepost does not call it: with `organization.allow_user_to_create_organization = false` no user creates one, and your own \
         code inserts the organizations of users who may have one",
    ),
    ("plugins.stripe.createCustomerOnSignUp", "write a hook with `after = \"user.create\"`"),
    (
        "plugins.phoneNumber.callbackOnVerification",
        "write hooks with `after = \"user.create\"` and `after = \"user.update\"`, and look at `phoneNumberVerified`",
    ),
];

/// The place at which gatepost would have to call the function of an option.
pub(super) fn place(option: &str) -> Option<&'static str> {
    let of_provider = option.starts_with("socialProviders.") || option.starts_with("plugins.genericOAuth.");
    if of_provider && option.ends_with(".mapProfileToUser") {
        return Some("before a user is made");
    }
    if option.contains(".additionalFields.") {
        return match option.rsplit('.').next() {
            Some("validator") => {
                Some("before a user is made or changed; a constraint in the database can refuse values")
            }
            Some("transform" | "input") => {
                Some("before a user is made or changed; a trigger in the database can change the value")
            }
            Some("output") => Some("what a session shows"),
            Some("onUpdate") => Some("before a user is changed; a trigger in the database can do it"),
            _ => None,
        };
    }
    PLACES.iter().find(|(known, _)| *known == option).map(|(_, place)| *place)
}

/// Adds a function that needs a hook.
pub(super) fn needed(carrier: &mut Carrier<'_>, shown: &str, value: &Value, place: &str) {
    let (says, protects) = effect(carrier, shown, value, place);
    carrier.add(shown, value.at, Class::NeedsHook, says).protection = protects;
}

/// Describes the function of an option with what replaces it, and decides whether it refuses anything.
fn effect(carrier: &Carrier<'_>, shown: &str, value: &Value, place: &str) -> (String, bool) {
    let throws = find::refuses(&carrier.project.reader, &inner(value)) || refuses(value);
    let mut says = place.to_owned();
    let set = keys_set(value);
    if !set.is_empty() {
        says.push_str(&format!("; it sets {}", set.join(", ")));
    }
    if throws {
        says.push_str("; it refuses: a protection is lost without it");
    } else if only_logs(carrier, value) {
        says.push_str("; it only writes to the log and may be dropped");
        return (says, throws);
    }
    says.push_str("; ");
    says.push_str(replacement(shown));
    (says, throws)
}

/// The option or the step that replaces a function.
fn replacement(shown: &str) -> &'static str {
    if shown.contains(".additionalFields.") {
        return "gatepost does not call it";
    }
    let found = REPLACEMENTS.iter().find(|(option, _)| *option == shown).map(|(_, replacement)| *replacement);
    found.unwrap_or("gatepost does not call it: do this in your own code, or switch without it")
}

/// The function itself, also within `createAuthMiddleware(…)`.
fn inner(value: &Value) -> Value {
    match &value.what {
        ValueKind::Called(called) => called
            .arguments
            .iter()
            .rev()
            .find(|argument| matches!(argument.what, ValueKind::Closure(_)))
            .cloned()
            .unwrap_or_else(|| value.clone()),
        _ => value.clone(),
    }
}

/// Whether a function returns `false`, by which better-auth refuses the row.
fn refuses(value: &Value) -> bool {
    let mut found = false;
    if let Some(body) = find::body_of(value) {
        found = body.iter().any(|stmt| returns_false(std::slice::from_ref(stmt)));
    }
    found
}

fn returns_false(body: &[gatepost_import::syntax::Stmt]) -> bool {
    use gatepost_import::syntax::{Kind, Stmt};
    body.iter().any(|stmt| match stmt {
        Stmt::Return(Some(expr), _) => match &expr.kind {
            Kind::Conditional(_, yes, no) => [yes, no].iter().any(|one| matches!(one.kind, Kind::Boolean(false))),
            kind => matches!(kind, Kind::Boolean(false)),
        },
        Stmt::If(_, yes, no) => returns_false(yes) || returns_false(no),
        Stmt::Block(body) | Stmt::Loop(_, body) => returns_false(body),
        _ => false,
    })
}

/// The members that a function gives the row, by `{ data: { … } }`.
fn keys_set(value: &Value) -> Vec<String> {
    use gatepost_import::syntax::{Key, Kind, Member};
    let mut found = Vec::new();
    find::each_in(&inner(value), &mut |expr| {
        let Kind::Object(members) = &expr.kind else { return };
        for member in members {
            let Member::Pair(Key::Name(name), value, _) = member else { continue };
            let Kind::Object(inner) = &value.kind else { continue };
            if name == "data" {
                found.extend(inner.iter().filter_map(|member| match member {
                    Member::Pair(Key::Name(name), ..) => Some(name.clone()),
                    _ => None,
                }));
            }
        }
    });
    found.dedup();
    found
}

/// Whether all that a function calls is `console` or a logger.
fn only_logs(carrier: &Carrier<'_>, value: &Value) -> bool {
    let calls = find::calls_within(&carrier.project.reader, &inner(value));
    let is_log = |call: &find::Call| {
        let text = carrier.project.reader.files.excerpt(call.callee.at);
        let origin = call.callee.origin();
        origin.is_some_and(|one| one.path.first().is_some_and(|first| first == "console"))
            || text.starts_with("console.")
            || text.starts_with("logger.")
            || text.ends_with(".startsWith")
            || text.ends_with(".includes")
    };
    let logs = |call: &find::Call| {
        call.callee.origin().is_some_and(|one| one.path.first().is_some_and(|first| first == "console"))
    };
    calls.iter().any(logs) && calls.iter().all(is_log)
}

/// `databaseHooks`: functions around rows.
pub(super) fn of_database(carrier: &mut Carrier<'_>, value: &Value) {
    let Some(models) = value.object() else { return carrier.not_understood("databaseHooks", value) };
    for unknown in &models.unknown {
        carrier.not_understood("databaseHooks...", unknown);
    }
    for model in models.holding() {
        let word = match model.key.as_str() {
            "user" => "a user",
            "session" => "a session",
            "account" => "an account",
            "verification" => "a verification token",
            _ => "a row",
        };
        let Some(actions) = model.value.object() else {
            carrier.not_understood(&format!("databaseHooks.{}", model.key), &model.value);
            continue;
        };
        for action in actions.holding() {
            let done = match action.key.as_str() {
                "create" => "made",
                "update" => "changed",
                _ => "deleted",
            };
            let shown = format!("databaseHooks.{}.{}", model.key, action.key);
            let Some(times) = action.value.object() else {
                carrier.not_understood(&shown, &action.value);
                continue;
            };
            for time in times.holding() {
                let shown = format!("{shown}.{}", time.key);
                let value = literal::in_production(&time.value);
                if matches!(value.what, ValueKind::Undefined) {
                    continue;
                }
                let place = format!("{} {word} is {done}", if time.key == "before" { "before" } else { "after" });
                let (says, protects) = effect(carrier, &shown, &value, &place);
                let entry = carrier.add(&shown, value.at, Class::NeedsHook, says);
                // What throws afterwards does not keep the row from being there.
                entry.protection = protects && time.key == "before";
            }
        }
    }
}

/// `hooks`: functions around requests.
pub(super) fn of_requests(carrier: &mut Carrier<'_>, value: &Value) {
    let Some(times) = value.object() else { return carrier.not_understood("hooks", value) };
    for time in times.holding() {
        let shown = format!("hooks.{}", time.key);
        let value = literal::in_production(&time.value);
        let paths = find::paths_in(&value);
        let place = match (paths.as_slice(), time.key.as_str()) {
            ([], "before") => "before every request".to_owned(),
            ([], _) => "after every request".to_owned(),
            (paths, before) => format!("{before} requests to {}", paths.join(", ")),
        };
        let (mut says, protects) = effect(carrier, &shown, &value, &place);
        let signs_up = paths.iter().any(|path| path == "/sign-up/email");
        if time.key == "before" && protects && signs_up {
            says.push_str("; if it closes sign-up for good, `email_and_password.disable_sign_up = true` does that");
        }
        let entry = carrier.add(&shown, value.at, Class::NeedsHook, says);
        entry.protection = protects && time.key == "before";
    }
    for unknown in &times.unknown {
        carrier.not_understood("hooks...", unknown);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use gatepost_core::{
        Config,
        config::{Source, Variables},
    };

    use super::*;

    #[test]
    fn every_replacement_is_an_event_that_hooks_have() {
        let mut found = BTreeMap::new();
        for (option, replacement) in REPLACEMENTS {
            for key in ["before", "after"] {
                let Some((_, rest)) = replacement.split_once(&format!("`{key} = ")) else { continue };
                let event = rest.split('`').next().unwrap();
                let toml = format!("[hooks]\nenabled = true\n[hooks.x]\n{key} = {event}\nfunction = \"decide\"\n");
                let url = ("DATABASE_URL".to_owned(), "postgres://u@localhost/x".to_owned());
                let file = Source { name: "gatepost.toml", text: &toml };
                let (_, problems) = Config::examine(&Variables::from_iter([url]), Some(file));
                let told = problems.to_string();
                assert!(!told.contains("hooks.x"), "{option}: {told}");
                found.insert(option, event);
            }
        }
        let are_hooks = |(_, replacement): &&(&str, &str)| !replacement.starts_with("gatepost does not call it");
        assert_eq!(found.len(), REPLACEMENTS.iter().filter(are_hooks).count(), "{found:?}");
    }
}
