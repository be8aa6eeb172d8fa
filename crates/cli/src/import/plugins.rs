//! `plugins`: each is a section of its own where gatepost has the feature, and otherwise what is lost without it.

use gatepost_core::options::Default;
use gatepost_import::{
    syntax::SourceSpan,
    value::{Entry, External, FunctionCall, Value, ValueKind},
};

use super::{
    access::Holders,
    carry::{Carrier, absent},
    hooks, literal, mails,
    report::Class,
    social,
};

/// Plugins that hand cookies to a framework.
const COOKIES: [&str; 6] = [
    "nextCookies",
    "sveltekitCookies",
    "tanstackStartCookies",
    "reactStartCookies",
    "solidStartCookies",
    "nuxtCookies",
];

/// The loss without a plugin.
enum Loss {
    /// A protection of users.
    Protection,
    /// A way to sign in.
    WayIn,
    /// Something else.
    Other,
}

/// First-party plugins that may have no section, and what is lost without them.
const LOSSES: [(&str, Loss, &str); 27] = [
    ("admin", Loss::Protection, "banned users could sign in, and roles protect nothing"),
    ("twoFactor", Loss::Protection, "users with a second factor could sign in with the password alone"),
    ("captcha", Loss::Protection, "sign-up and sign-in are open to programs"),
    ("haveIBeenPwned", Loss::Protection, "breached passwords are accepted"),
    ("organization", Loss::Other, "its routes are 404"),
    ("multiSession", Loss::Other, "a browser has one session"),
    ("lastLoginMethod", Loss::Other, "only a cookie is lost"),
    ("magicLink", Loss::WayIn, "users who sign in by a mailed link cannot"),
    ("emailOTP", Loss::WayIn, "users who sign in by a mailed code cannot"),
    ("phoneNumber", Loss::WayIn, "users who sign in by phone cannot"),
    ("passkey", Loss::WayIn, "users who sign in with a passkey cannot"),
    ("username", Loss::WayIn, "users who sign in by name cannot"),
    ("anonymous", Loss::WayIn, "users without an address cannot sign in"),
    ("siwe", Loss::WayIn, "users who sign in with a wallet cannot"),
    ("oneTap", Loss::WayIn, "its route is 404"),
    ("sso", Loss::WayIn, "users who sign in by their organization's provider cannot"),
    ("apiKey", Loss::WayIn, "API keys are refused"),
    ("deviceAuthorization", Loss::WayIn, "devices cannot sign in"),
    ("oneTimeToken", Loss::Other, "its routes are 404"),
    ("oidcProvider", Loss::Other, "its routes are 404: other services cannot sign users in here"),
    ("oauthProvider", Loss::Other, "its routes are 404: other services cannot sign users in here"),
    ("mcp", Loss::Other, "its routes are 404"),
    ("scim", Loss::Other, "its routes are 404: accounts are not removed any more when a directory removes them"),
    (
        "expo",
        Loss::Other,
        "it takes the header expo-origin for Origin, hands cookies over in the link back to the app and serves \
         /expo-authorization-proxy: requests of the app with a cookie and without Origin are refused without it; the package \
         @gatepost/server does this in your application (docs/replace-auth-api.md)",
    ),
    ("electron", Loss::Other, "the app cannot sign in through a browser"),
    (
        "stripe",
        Loss::Other,
        "its routes (/stripe/webhook, /subscription/*) are 404, and the billing service's webhooks fail; columns stay as they are",
    ),
    ("polar", Loss::Other, "its routes are 404, and the billing service's webhooks fail; columns stay as they are"),
];

/// Reads the list.
pub(super) fn read(carrier: &mut Carrier<'_>, value: &Value) {
    if !matches!(value.what, ValueKind::List(_)) {
        return carrier.not_understood("plugins", value);
    }
    for item in Carrier::items(value) {
        match item {
            Entry::One(value) => one(carrier, &value),
            // Items under a condition.
            Entry::Spread(value) => match &value.what {
                ValueKind::Choice(_) => under_condition(carrier, &value),
                _ => carrier.not_understood("plugins...", &value),
            },
        }
    }
}

/// Lets the loss of each way in count as a reason against switching, if no other way in is left.
pub(super) fn last_ways_in(carrier: &mut Carrier<'_>) {
    let by_feature = LOSSES.iter().filter(|(_, loss, _)| matches!(loss, Loss::WayIn)).any(|(name, ..)| {
        let section = carrier.keys.feature(name);
        section.is_some_and(|section| carrier.draft.value(section, "enabled") == Some("true"))
    });
    let by_provider = carrier.variables.iter().any(|one| one.name.ends_with("_CLIENT_ID"));
    if carrier.is_on("emailAndPassword.enabled") || by_provider || by_feature {
        return;
    }
    let is_way_in = |option: &str| {
        let name = option.strip_prefix("plugins.").unwrap_or_default();
        LOSSES.iter().any(|(known, loss, _)| *known == name && matches!(loss, Loss::WayIn))
    };
    for entry in
        carrier.entries.iter_mut().filter(|entry| entry.class == Class::NotPossible && is_way_in(&entry.option))
    {
        entry.blocks = true;
        entry.says.push_str("; no other way to sign in is left");
    }
}

fn under_condition(carrier: &mut Carrier<'_>, value: &Value) {
    let ValueKind::Choice(choice) = &value.what else { return };
    for part in [&choice.yes, &choice.no] {
        for item in part.items().into_iter().flatten() {
            let name = item.origin().map_or("a plugin", External::name).to_owned();
            let shown = format!("plugins.{name}");
            let says = match choice.test.variables().as_slice() {
                [] => "a condition decides when the code runs whether it is there".to_owned(),
                names => format!("{} decides when the code runs whether it is there", names.join(", ")),
            };
            let says = format!("{says}: `{}`", carrier.project.reader.files.excerpt(choice.test.at));
            let is_protection =
                LOSSES.iter().any(|(known, loss, _)| *known == name && matches!(loss, Loss::Protection));
            carrier.add(&shown, item.at, Class::NotUnderstood, says).protection = is_protection;
        }
    }
    if choice.yes.items().is_none() && choice.no.items().is_none() {
        carrier.not_understood("plugins...", value);
    }
}

/// The name of a plugin, which its package exports.
fn named(value: &Value) -> Option<(&External, &FunctionCall)> {
    let (external, called) = value.call()?;
    Some((external, called))
}

fn one(carrier: &mut Carrier<'_>, value: &Value) {
    if let ValueKind::Choice(choice) = &value.what {
        // `condition && plugin()`.
        if choice.no.truth() == Some(false) || choice.yes.truth() == Some(false) {
            let list = |value: &Value| {
                let items = if value.truth() == Some(false) { Vec::new() } else { vec![Entry::One(value.clone())] };
                ValueKind::List(items.into()).at(value.at)
            };
            let both = ValueKind::Choice(std::rc::Rc::new(gatepost_import::value::Choice {
                test: choice.test.clone(),
                yes: list(&choice.yes),
                no: list(&choice.no),
            }));
            return under_condition(carrier, &both.at(value.at));
        }
    }
    let Some((external, called)) = named(value) else {
        if let Some(id) = value.get("id").and_then(Value::text) {
            let shown = format!("plugins.{id}");
            let says = "it is a plugin of the project's own: code, which gatepost does not call; its routes are 404";
            carrier.add(&shown, value.at, Class::NotPossible, says).decide = true;
            return;
        }
        return carrier.not_understood("plugins[]", value);
    };
    let (external, options) = (external.clone(), called.arguments.first().cloned());
    let name = external.name().to_owned();
    let shown = format!("plugins.{name}");
    let is_first_party = external.module.starts_with("better-auth") || external.module.starts_with("@better-auth/");
    let options = options.map(|value| literal::in_production(&value));
    match name.as_str() {
        _ if !is_first_party && COOKIES.contains(&name.as_str()) => {}
        _ if !is_first_party => {
            let loss = LOSSES.iter().find(|(known, ..)| *known == name).map(|(.., says)| *says);
            let says = format!("a plugin of another maker ({}), which gatepost does not serve", external.module);
            let says = loss.map_or(says.clone(), |loss| format!("{says}; {loss}"));
            carrier.add(&shown, value.at, Class::NotPossible, says);
            return;
        }
        _ => {}
    }
    match name.as_str() {
        name if COOKIES.contains(&name) => {
            carrier.add(&shown, value.at, Class::NotNeeded, "the service sets cookies itself");
        }
        "bearer" => section(carrier, &shown, "bearer", options.as_ref()),
        "openAPI" => {
            carrier.write(
                &shown,
                value.at,
                ("open_api", "enabled"),
                "true",
                "only /open-api/generate-schema is served, and no page",
            );
            section(carrier, &shown, "openAPI", options.as_ref());
        }
        "jwt" => jwt(carrier, &shown, value.at, options.as_ref()),
        "genericOAuth" => social::generic(carrier, value.at, options.as_ref()),
        "oAuthProxy" => super::oauth_proxy::read(carrier, &shown, value.at, options.as_ref()),
        "customSession" => {
            let says = "what a session shows; write the query of `[custom_session]`, or a hook with `before = \"session.read\"`: both add \
                        members at every reading, which costs what the cookie cache saves";
            carrier.add(&shown, value.at, Class::NeedsHook, says);
        }
        _ => feature(carrier, &shown, &name, value, options.as_ref()),
    }
    if name == "bearer" && !carrier.entries.iter().any(|entry| entry.option.starts_with("plugins.bearer")) {
        carrier.add("plugins.bearer", value.at, Class::Carried, "[bearer] is on by default");
    }
}

/// A plugin that is a feature of gatepost, or that gatepost does not have.
fn feature(carrier: &mut Carrier<'_>, shown: &str, name: &str, value: &Value, options: Option<&Value>) {
    if let Some(section_name) = carrier.keys.feature(name) {
        if carrier.keys.find(&format!("{section_name}.enabled")).is_some() {
            carrier.write(shown, value.at, (section_name, "enabled"), "true", "");
        }
        return section(carrier, shown, section_name, options);
    }
    let found = LOSSES.iter().find(|(known, ..)| *known == name);
    let (says, loss) = found.map_or(("its routes are 404", &Loss::Other), |(_, loss, says)| (*says, loss));
    let says = format!("gatepost does not have this plugin: {says}");
    let entry = carrier.add(shown, value.at, Class::NotPossible, says);
    entry.protection = matches!(loss, Loss::Protection);
    entry.decide = true;
    told(carrier, shown, options, 3);
}

/// Names the options of a plugin that gatepost does not have.
fn told(carrier: &mut Carrier<'_>, shown: &str, options: Option<&Value>, left: usize) {
    let Some(object) = options.and_then(Value::object) else { return };
    for member in object.holding() {
        let shown = format!("{shown}.{}", member.key);
        let Some(value) = carrier.decided(&shown, member) else { continue };
        match &value.what {
            ValueKind::Object(inner) if left > 0 && !inner.members.is_empty() => {
                told(carrier, &shown, Some(&value), left - 1)
            }
            ValueKind::Boolean(true) if hooks::place(&shown).is_some() => {
                let place = hooks::place(&shown).unwrap_or_default();
                carrier.add(&shown, value.at, Class::NeedsHook, place);
            }
            ValueKind::Closure(_) | ValueKind::Called(_) => match hooks::place(&shown) {
                Some(place) => {
                    hooks::needed(carrier, &shown, &value, place);
                    // A function that allows something forbids the rest.
                    if let Some(entry) = carrier.entries.last_mut().filter(|_| member.key.starts_with("allow")) {
                        entry.protection = true;
                    }
                }
                None if member.key.starts_with("send") => {
                    mails::described(carrier, &shown, &value);
                    carrier.add(
                        &shown,
                        value.at,
                        Class::NotPossible,
                        "gatepost does not send this mail: remove it with the plugin",
                    );
                }
                None => {
                    carrier.add(
                        &shown,
                        value.at,
                        Class::NotPossible,
                        "gatepost does not call it: remove it with the plugin",
                    );
                }
            },
            _ => {
                let says = match literal::of(carrier.project, &value, &Default::EmptyList) {
                    // A table may have a secret anywhere.
                    Ok(read) if !literal::is_secret(&member.key) && !read.toml.contains('{') => {
                        format!("no key has it: remove {} with the plugin", read.toml)
                    }
                    _ => "no key has it: remove it with the plugin".to_owned(),
                };
                carrier.add(&shown, value.at, Class::NotPossible, says);
            }
        }
    }
}

/// The options of a plugin as the keys of a section.
fn section(carrier: &mut Carrier<'_>, shown: &str, section: &str, options: Option<&Value>) {
    let Some(options) = options.filter(|value| !value.is_nothing()) else { return };
    let Some(object) = options.object() else { return carrier.not_understood(shown, options) };
    for member in object.holding() {
        let shown = format!("{shown}.{}", member.key);
        let Some(value) = carrier.decided(&shown, member) else { continue };
        let path = format!("{section}.{}", member.key);
        if secret_key(carrier, &shown, section, &member.key, &value) {
            continue;
        }
        if super::phone::read(carrier, &shown, section, &member.key, &value) {
            continue;
        }
        if member.key == "schema" {
            super::schema::of_plugin(carrier, &shown, &value);
            continue;
        }
        if let Some(holders) = Holders::of(section).filter(|_| matches!(member.key.as_str(), "ac" | "roles")) {
            super::access::read(carrier, holders, &shown, &member.key, &value);
            continue;
        }
        // A function that allows something forbids the rest, and no key can say when.
        if let (ValueKind::Closure(_) | ValueKind::Called(_), Some(place)) = (&value.what, hooks::place(&shown))
            && member.key.starts_with("allow")
        {
            hooks::needed(carrier, &shown, &value, place);
            if let Some(entry) = carrier.entries.last_mut() {
                entry.protection = true;
            }
            continue;
        }
        // Options of other names, as docs/switching.md has them: a function instead of a switch sends a mail.
        let has_key = carrier.keys.find(&path).is_some() || carrier.keys.has_below(&path);
        if !has_key && matches!(value.what, ValueKind::Closure(_)) && member.key.starts_with("send") {
            let says = mails::described(carrier, &shown, &value);
            carrier.add(&shown, value.at, Class::Replaced, says);
            continue;
        }
        if !has_key && !known(&path) && matches!(value.what, ValueKind::Closure(_)) && hooks::place(&shown).is_none() {
            carrier.add(&shown, value.at, Class::NotPossible, "a function cannot be configured");
            continue;
        }
        carrier.value(&shown, &path, &value, 6);
    }
    for unknown in &object.unknown {
        carrier.not_understood(&format!("{shown}..."), unknown);
    }
}

fn known(path: &str) -> bool {
    absent(path).is_some()
}

/// The secret of a plugin, which is a variable of its feature.
fn secret_key(carrier: &mut Carrier<'_>, shown: &str, section: &str, key: &str, value: &Value) -> bool {
    let feature = gatepost_core::declarations::ALL.iter().find(|feature| feature.name == section);
    let folded = |name: &str| gatepost_core::options::plain(name);
    let variable = feature.and_then(|feature| {
        let name = [feature.name, key].concat();
        feature.variables.iter().find(|variable| folded(variable.name) == folded(&name))
    });
    let Some(variable) = variable else { return false };
    let says = super::variables::from(carrier, variable.name, Some(value));
    let is_written = value.variables().is_empty();
    let entry = carrier.add(shown, value.at, Class::Replaced, says);
    if is_written {
        entry.says =
            format!("{}; the secret stands in the source, where every reader of the repository sees it", variable.name);
        entry.decide = true;
    }
    true
}

fn jwt(carrier: &mut Carrier<'_>, shown: &str, at: SourceSpan, options: Option<&Value>) {
    carrier.add(shown, at, Class::Carried, "[jwt] and [jwks] are on by default");
    let Some(options) = options.filter(|value| !value.is_nothing()) else { return };
    let Some(object) = options.object() else { return carrier.not_understood(shown, options) };
    for member in object.holding() {
        let shown = format!("{shown}.{}", member.key);
        let Some(value) = carrier.decided(&shown, member) else { continue };
        match member.key.as_str() {
            "jwt" if value.object().is_none() => carrier.not_understood(&shown, &value),
            "jwt" => {
                for member in value
                    .object()
                    .map(|object| object.holding().into_iter().cloned().collect::<Vec<_>>())
                    .unwrap_or_default()
                {
                    let shown = format!("{shown}.{}", member.key);
                    let Some(value) = carrier.decided(&shown, &member) else { continue };
                    match member.key.as_str() {
                        "definePayload" => super::payload::read(carrier, &shown, &value),
                        "getSubject" => super::payload::subject(carrier, &shown, &value),
                        _ => carrier.value(&shown, &format!("jwt.{}", member.key), &value, 4),
                    }
                }
            }
            "jwks" => section(carrier, &shown, "jwks", Some(&value)),
            "disableSettingJwtHeader" => carrier.value(&shown, "jwks.disableSettingJwtHeader", &value, 1),
            "schema" => super::schema::of_plugin(carrier, &shown, &value),
            key => carrier.value(&shown, &format!("jwt.{key}"), &value, 4),
        }
    }
}
