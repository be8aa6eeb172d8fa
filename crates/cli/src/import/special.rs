//! Options that a key alone does not carry, by their paths.

use gatepost_core::options::Default;
use gatepost_import::value::{Value, ValueKind};

use super::{
    carry::Carrier,
    draft::{name, quoted},
    fields, hashes, hooks,
    keys::Key,
    literal, mails, origins, plugins,
    report::Class,
    secondary, social, storage, variables,
};

/// Options of which nothing is lost, with everything below them.
const NOT_NEEDED: [&str; 14] = [
    "telemetry",
    "logger",
    "experimental",
    "onAPIError.throw",
    "onAPIError.onError",
    "onAPIError.customizeDefaultErrorPage",
    "advanced.backgroundTasks",
    "advanced.database.joins",
    "advanced.database.defaultFindManyLimit",
    "advanced.database.validateSchema",
    "openAPI.theme",
    "openAPI.path",
    "openAPI.nonce",
    "openAPI.disableDefaultReference",
];

/// Whether nothing is lost without an option.
pub(super) fn is_not_needed(path: &str) -> bool {
    NOT_NEEDED.iter().any(|known| path == *known || path.strip_prefix(known).is_some_and(|rest| rest.starts_with('.')))
}

/// Reads an option that has a reader of its own. Returns whether it had.
pub(super) fn read(carrier: &mut Carrier<'_>, path: &str, value: &Value) -> bool {
    match path {
        "database" => storage::database(carrier, value),
        "secondaryStorage" => secondary::read(carrier, value),
        "secret" | "secrets" => variables::secret(carrier, path, value),
        "baseURL" => variables::base_url(carrier, value),
        "basePath" => base_path(carrier, value),
        "trustedOrigins" => origins::read(carrier, value),
        "plugins" => plugins::read(carrier, value),
        "socialProviders" => social::read(carrier, value),
        "user.additionalFields" => fields::read(carrier, "user", value),
        "session.additionalFields" => fields::read(carrier, "session", value),
        "account.additionalFields" => fields::read(carrier, "account", value),
        "databaseHooks" => hooks::of_database(carrier, value),
        "hooks" => hooks::of_requests(carrier, value),
        "emailAndPassword.password" => hashes::read(carrier, value),
        "rateLimit.customRules" => rules(carrier, value),
        "advanced.cookies" => cookies(carrier, value),
        "advanced.generateId" | "advanced.database.generateId" => super::identifiers::carry(carrier, path, value),
        "advanced.disableOriginCheck" | "advanced.disableCSRFCheck" => return dangerous(carrier, path, value),
        "session.cookieCache.refreshCache" => {
            if carrier.option("database").is_none() {
                return false;
            }
            let says = "with a database better-auth warns and ignores it, and gatepost refuses it; left out";
            carrier.add(path, value.at, Class::Ignored, says);
        }
        "session.storeSessionInDatabase" | "session.preserveSessionInDatabase" => {
            if carrier.option("secondaryStorage").is_some() {
                return false;
            }
            let says = "without a secondary storage better-auth ignores it, and gatepost refuses it; left out";
            carrier.add(path, value.at, Class::Ignored, says);
        }
        _ if is_name(path) => super::schema::named(carrier, path, value),
        _ => return false,
    }
    true
}

/// Whether an option gives a table or its columns other names.
fn is_name(path: &str) -> bool {
    let Some((model, rest)) = path.split_once('.') else { return false };
    matches!(model, "user" | "session" | "account" | "verification") && matches!(rest, "modelName" | "fields")
        || path == "rateLimit.modelName"
        || path == "rateLimit.fields"
}

/// A function that sends a mail. Returns whether the key is the switch for such mails.
pub(super) fn mail_function(carrier: &mut Carrier<'_>, shown: &str, key: &Key, value: &Value) -> bool {
    let last = key.name.rsplit('.').next().unwrap_or_default();
    let is_switch = matches!(key.default, Default::Boolean(_))
        || matches!(key.default, Default::Told(told) if matches!(told, "`true`" | "`false`"));
    if !last.starts_with("send_") || !is_switch {
        return false;
    }
    mails::sent(carrier, shown, key, value);
    true
}

fn base_path(carrier: &mut Carrier<'_>, value: &Value) {
    let Some(key) = carrier.keys.find("basePath").cloned() else { return };
    carrier.leaf("basePath", &key, value);
    let is_other = value.text().is_some_and(|path| path != "/api/auth");
    if let Some(entry) = carrier.entries.last_mut().filter(|_| is_other) {
        entry.decide = true;
        entry.says =
            "a deployment's functions live below /api/auth: clients and the callbacks of providers change, or a \
                      rewrite stays in front"
                .to_owned();
    }
}

/// A check that must not be switched off without a person's consent.
fn dangerous(carrier: &mut Carrier<'_>, path: &str, value: &Value) -> bool {
    if value.truth() != Some(true) {
        return match value.what {
            ValueKind::Boolean(_) => false,
            ValueKind::InProduction(false) => {
                let says =
                    "left out: it is only on outside production, and a check is never switched off by a condition";
                carrier.add(path, value.at, Class::Replaced, says);
                true
            }
            _ => {
                carrier.not_understood(path, value);
                true
            }
        };
    }
    let Some(key) = carrier.keys.find(path).cloned() else { return false };
    let says =
        "dangerous: written as a comment; remove the `#` only if you accept that any page may act for your users";
    let entry = carrier.add(path, value.at, Class::Carried, says);
    entry.key = Some(format!("{} = true", key.path()));
    entry.decide = true;
    carrier.proposed(&key.section, &key.name, "true", "dangerous");
    true
}

/// Rules of single paths. One that is a function becomes no rule.
fn rules(carrier: &mut Carrier<'_>, value: &Value) {
    let path = "rateLimit.customRules";
    let Some(object) = value.object() else { return carrier.not_understood(path, value) };
    let mut rules = Vec::new();
    for member in object.holding() {
        let shown = format!("{path}[\"{}\"]", member.key);
        let Some(rule) = carrier.decided(&shown, member) else { continue };
        match (&rule.what, literal::of(carrier.project, &rule, &Default::EmptyList)) {
            (ValueKind::Object(_) | ValueKind::Boolean(false), Ok(read)) => {
                carrier.add(&shown, rule.at, Class::Carried, read.notes.join("; ")).key =
                    Some(format!("rate_limit.custom_rules.{} = {}", quoted(&member.key), read.toml));
                rules.push(format!("{} = {}", name_of(&member.key), read.toml));
            }
            (ValueKind::Closure(closure), _) => {
                let result = carrier.project.reader.result(closure, rule.at);
                let says = match strictest(&result) {
                    Some(toml) => format!(
                        "it is a function, and only fixed values can be configured; the strictest of its results is {toml}"
                    ),
                    None => "it is a function, and only fixed values can be configured".to_owned(),
                };
                carrier.add(&shown, rule.at, Class::NotPossible, says);
            }
            _ => carrier.not_understood(&shown, &rule),
        }
    }
    for unknown in &object.unknown {
        carrier.not_understood(&format!("{path}..."), unknown);
    }
    if !rules.is_empty() {
        carrier.line("rate_limit", "custom_rules", &format!("{{ {} }}", rules.join(", ")), None);
    }
}

fn name_of(path: &str) -> String {
    name(path)
}

/// The strictest of the limits that a value may be.
fn strictest(value: &Value) -> Option<String> {
    fn limits(value: &Value, found: &mut Vec<(f64, String)>, depth: usize) -> Option<()> {
        match &value.what {
            ValueKind::Choice(choice) if depth < 8 => {
                limits(&choice.yes, found, depth + 1)?;
                limits(&choice.no, found, depth + 1)
            }
            ValueKind::Object(_) => {
                let number = |key: &str| match value.get(key)?.what {
                    ValueKind::Number(number) => Some(number),
                    _ => None,
                };
                found.push((number("max")? / number("window")?, literal::toml(value)?));
                Some(())
            }
            _ => None,
        }
    }
    let mut found = Vec::new();
    limits(value, &mut found, 0)?;
    found.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    found.into_iter().next().map(|(_, toml)| toml)
}

/// Names and attributes of single cookies.
fn cookies(carrier: &mut Carrier<'_>, value: &Value) {
    let path = "advanced.cookies";
    let Some(object) = value.object() else { return carrier.not_understood(path, value) };
    for member in object.holding() {
        let shown = format!("{path}.{}", member.key);
        let Some(cookie) = carrier.decided(&shown, member) else { continue };
        match attributes(carrier, &cookie) {
            Some(toml) => carrier.write(&shown, cookie.at, ("advanced", &format!("cookies.{}", member.key)), &toml, ""),
            None => carrier.not_understood(&shown, &cookie),
        }
    }
    for unknown in &object.unknown {
        carrier.not_understood(&format!("{path}..."), unknown);
    }
}

/// An object whose keys are written as gatepost has them.
pub(super) fn attributes(carrier: &Carrier<'_>, value: &Value) -> Option<String> {
    let value = literal::in_production(value);
    let Some(object) = value.object() else {
        return literal::of(carrier.project, &value, &Default::EmptyList).ok().map(|read| read.toml);
    };
    let mut members = Vec::new();
    for member in object.holding().into_iter().filter(|member| !matches!(member.value.what, ValueKind::Undefined)) {
        let key = gatepost_core::config::Naming::Snake.name(&member.key);
        members.push(format!("{} = {}", name(&key), attributes(carrier, &member.value)?));
    }
    object.unknown.is_empty().then(|| format!("{{ {} }}", members.join(", ")))
}
