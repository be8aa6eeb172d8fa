//! `socialProviders` and the plugin `genericOAuth`: each provider is a section `[social.<name>]`.

use gatepost_core::{
    config::{KNOWN_PROVIDERS, Naming},
    options::Default,
};
use gatepost_import::{
    syntax::SourceSpan,
    value::{Entry, Property, Value, ValueKind},
};

use super::{
    carry::{Carrier, absent},
    conditions,
    draft::{name, quoted},
    hooks, literal, profile,
    report::{Class, Variable},
};

/// Reads the providers that are known by name.
pub(super) fn read(carrier: &mut Carrier<'_>, value: &Value) {
    let Some(object) = value.object() else { return carrier.not_understood("socialProviders", value) };
    for member in object.holding() {
        provider(carrier, member);
    }
    for unknown in &object.unknown {
        carrier.not_understood("socialProviders...", unknown);
    }
}

fn provider(carrier: &mut Carrier<'_>, member: &Property) {
    let id = member.key.as_str();
    let shown = format!("socialProviders.{id}");
    if !KNOWN_PROVIDERS.contains(&id) {
        let says = "gatepost does not know this provider; users who have only an account there cannot sign in. If it has a discovery \
                    document, `discovery_url` in its section makes it known";
        carrier.add(&shown, member.at, Class::NotPossible, says).decide = true;
        return;
    }
    let member = by_presence(carrier, &shown, id, member);
    let Some(value) = carrier.decided(&shown, &member) else { return };
    options(carrier, &shown, id, &value);
}

/// A provider that is there if its variables are: that is the rule here too.
fn by_presence(carrier: &mut Carrier<'_>, shown: &str, id: &str, member: &Property) -> Property {
    // `google: condition ? { … } : undefined`.
    if let ValueKind::Choice(choice) = &literal::in_production(&member.value).what
        && choice.no.truth() == Some(false)
    {
        let condition = member
            .condition
            .clone()
            .filter(|outer| conditions::only_asks(outer, 0))
            .or_else(|| Some(choice.test.clone()));
        let inner = Property { condition, value: choice.yes.clone(), ..member.clone() };
        return by_presence(carrier, shown, id, &inner);
    }
    let Some(test) = &member.condition else { return member.clone() };
    let own: Vec<String> = ["clientId", "clientKey", "clientSecret"]
        .iter()
        .filter_map(|key| member.value.get(key))
        .flat_map(Value::variables)
        .collect();
    let asked = test.variables();
    if !asked.is_empty() && asked.iter().all(|name| own.contains(name)) && conditions::only_asks(test, 0) {
        let says = format!("nothing to write: {id} is there if its two variables are, which is the same condition");
        carrier.add(&format!("{shown} (condition)"), test.at, Class::Replaced, says);
        return Property { condition: None, ..member.clone() };
    }
    member.clone()
}

/// The options of a provider.
fn options(carrier: &mut Carrier<'_>, shown: &str, id: &str, value: &Value) {
    let value = match &value.what {
        // `google: () => ({ … })`.
        ValueKind::Closure(closure) => carrier.project.reader.result(closure, value.at),
        _ => value.clone(),
    };
    let Some(object) = value.object() else { return carrier.not_understood(shown, &value) };
    if object.get("enabled").is_some_and(|enabled| literal::in_production(&enabled.value).truth() == Some(false)) {
        carrier.write(&format!("{shown}.enabled"), value.at, (&format!("social.{id}"), "enabled"), "false", "");
        return;
    }
    let has_secret = object.get("clientSecret").is_some();
    switched_on(carrier, id, has_secret);
    for member in object.holding() {
        let shown = format!("{shown}.{}", member.key);
        let Some(value) = carrier.decided(&shown, member) else { continue };
        option(carrier, &shown, id, &member.key, &value);
    }
    for unknown in &object.unknown {
        carrier.not_understood(&format!("{shown}..."), unknown);
    }
    if !has_secret && object.get("clientId").is_some() && object.unknown.is_empty() {
        carrier.write(
            &format!("{shown}.clientSecret"),
            value.at,
            (&format!("social.{id}"), "token_endpoint_auth"),
            "\"none\"",
            "a client without a secret",
        );
    }
}

/// Notes the variables that switch a provider on: its section may have nothing to write.
fn switched_on(carrier: &mut Carrier<'_>, id: &str, has_secret: bool) {
    let prefix = id.to_ascii_uppercase().replace('-', "_");
    let names = match has_secret {
        true => format!("{prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET are"),
        false => format!("{prefix}_CLIENT_ID is"),
    };
    carrier
        .notes
        .push(format!("the provider {id} is on if {names} set; [social.{id}] is needed only for other options"));
}

fn option(carrier: &mut Carrier<'_>, shown: &str, id: &str, key: &str, value: &Value) {
    let section = format!("social.{id}");
    let prefix = id.to_ascii_uppercase().replace('-', "_");
    match key {
        // TikTok has another name for it.
        "clientId" | "clientKey" if key == "clientId" || id == "tiktok" => {
            let items = value.items().unwrap_or_else(|| vec![value]).into_iter().cloned().collect::<Vec<_>>();
            let says = credential(carrier, &format!("{prefix}_CLIENT_ID"), items.first());
            carrier.add(shown, value.at, Class::Replaced, says);
            for more in items.iter().skip(1) {
                let shown = format!("{shown}[1]");
                match literal::of(carrier.project, more, &Default::EmptyList) {
                    Ok(read) => {
                        carrier.write(&shown, more.at, (&section, "more_client_ids"), &format!("[{}]", read.toml), "")
                    }
                    Err(_) => {
                        let names = more.variables().join(", ");
                        let says = format!("a fixed value stands in gatepost.toml; write what {names} has");
                        let entry = carrier.add(&shown, more.at, Class::Carried, says);
                        entry.decide = true;
                        entry.key = Some(format!("{section}.more_client_ids"));
                        carrier.proposed(&section, "more_client_ids", "[\"…\"]", &format!("the value of {names}"));
                    }
                }
            }
        }
        "clientSecret" => {
            let says = credential(carrier, &format!("{prefix}_CLIENT_SECRET"), Some(value));
            carrier.add(shown, value.at, Class::Replaced, says);
        }
        "providerId" | "name" => {}
        "scopes" => literal_option(carrier, shown, &section, "scope", value),
        "mapProfileToUser" => profile::read(carrier, shown, id, value),
        "accountSubject" => profile::subject(carrier, shown, id, value),
        "overrideUserInfo" => literal_option(carrier, shown, &section, "override_user_info_on_sign_in", value),
        "tokenEndpointAuth" => match value.get("method").and_then(Value::text) {
            Some(method @ ("none" | "client_secret_basic" | "client_secret_post")) => {
                carrier.write(shown, value.at, (&section, "token_endpoint_auth"), &quoted(method), "");
            }
            _ => literal_option(carrier, shown, &section, "token_endpoint_auth", value),
        },
        "tokenEndpointAuthMethod" => literal_option(carrier, shown, &section, "token_endpoint_auth", value),
        _ => {
            let known = carrier
                .keys
                .find(&format!("social.<name>.{key}"))
                .or_else(|| carrier.keys.find(&format!("social.<other>.{key}")));
            if known.is_none() && literal::is_secret(key) {
                let told =
                    absent(&format!("social.any.{key}")).unwrap_or_else(|| "gatepost has no such option".to_owned());
                carrier.add(shown, value.at, Class::NotPossible, told);
                return;
            }
            let written = known.map_or_else(|| Naming::Snake.name(key), |key| key.name.clone());
            if let Some(default) = known.map(|key| key.default)
                && let Ok(read) = literal::of(carrier.project, value, &default)
                && literal::is_default(&default, &read.toml)
                && read.confirm.is_empty()
            {
                carrier.add(shown, value.at, Class::Carried, "the default, not written").key =
                    Some(format!("{section}.{written} = {}", read.toml));
                return;
            }
            literal_option(carrier, shown, &section, &written, value);
        }
    }
}

fn literal_option(carrier: &mut Carrier<'_>, shown: &str, section: &str, key: &str, value: &Value) {
    if matches!(value.what, ValueKind::Closure(_)) {
        let told = absent(&format!("social.any.{key}")).unwrap_or_else(|| "a function cannot be configured".to_owned());
        return match hooks::place(shown) {
            Some(place) => hooks::needed(carrier, shown, value, place),
            None => {
                carrier.add(shown, value.at, Class::NotPossible, told);
            }
        };
    }
    match literal::of(carrier.project, value, &Default::EmptyList) {
        Ok(read) => {
            carrier.write(shown, value.at, (section, &name(key)), &read.toml, &read.notes.join("; "));
            if let Some(entry) = carrier.entries.last_mut().filter(|_| !read.confirm.is_empty()) {
                entry.decide = true;
            }
        }
        Err(literal::UnwritableValue::Variables(names)) => {
            let names = names.join(", ");
            let says = format!("a fixed value stands in gatepost.toml; write what {names} has");
            carrier.add(shown, value.at, Class::Replaced, says).decide = true;
            carrier.proposed(section, key, "\"…\"", &format!("the value of {names}"));
        }
        Err(_) => carrier.not_understood(shown, value),
    }
}

/// A variable of a client, and where its value comes from.
fn credential(carrier: &mut Carrier<'_>, variable: &str, value: Option<&Value>) -> String {
    let names = value.map(Value::variables).unwrap_or_default();
    let says = match names.as_slice() {
        [first, ..] if first == variable => "keeps its name".to_owned(),
        [first, ..] => format!("from {first}: another name, which gatepost does not read"),
        [] => "its value stands in the code or is not known; set the variable".to_owned(),
    };
    let from = names.into_iter().take(1).collect();
    carrier.variables.push(Variable { name: variable.to_owned(), from, says: says.clone() });
    if says == "keeps its name" { format!("{variable} keeps its name") } else { format!("{variable} {says}") }
}

/// The providers of `genericOAuth`.
pub(super) fn generic(carrier: &mut Carrier<'_>, at: SourceSpan, options: Option<&Value>) {
    let shown = "plugins.genericOAuth";
    let config = options.and_then(|options| options.get("config"));
    let Some(config) = config.filter(|config| matches!(config.what, ValueKind::List(_))) else {
        match config.or(options) {
            Some(value) => carrier.not_understood(shown, value),
            None => {
                carrier.add(shown, at, Class::NotNeeded, "it configures no provider");
            }
        }
        return;
    };
    for item in Carrier::items(config) {
        match item {
            Entry::One(value) => described(carrier, shown, &value),
            Entry::Spread(value) => carrier.not_understood(&format!("{shown}..."), &value),
        }
    }
}

fn described(carrier: &mut Carrier<'_>, shown: &str, value: &Value) {
    let Some(id) = value.get("providerId").and_then(Value::text).map(str::to_owned) else {
        return carrier.not_understood(&format!("{shown}[]"), value);
    };
    let shown = format!("{shown}.{id}");
    if let Some(function) = value.get("getUserInfo").or_else(|| value.get("getToken")) {
        let says = "it gets users or tokens by code of its own, which gatepost does not call; users who have only an account there \
                    cannot sign in";
        carrier.add(&shown, function.at, Class::NotPossible, says).decide = true;
        return;
    }
    options(carrier, &shown, &id, value);
    let says = format!("register /callback/{id} with the provider: gatepost has no /oauth2/callback/{id}");
    carrier.add(&format!("{shown} (callback)"), value.at, Class::Replaced, says).decide = true;
}
