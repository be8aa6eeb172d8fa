//! `secondaryStorage`: a client for Redis, and the text in front of better-auth's keys.

use gatepost_import::{
    find,
    syntax::Pattern,
    value::{Closure, Value, ValueKind},
};

use super::{carry::Carrier, draft::quoted, report::Class, variables};

/// Packages that are clients for Redis.
const CLIENTS: [&str; 5] = ["ioredis", "redis", "@upstash/redis", "@vercel/kv", "@redis/client"];

/// Reads `secondaryStorage`.
pub(super) fn read(carrier: &mut Carrier<'_>, value: &Value) {
    let shown = "secondaryStorage";
    let origin = value.origin().cloned();
    // better-auth's own package.
    if let (Some(origin), Some((_, called))) = (&origin, value.call())
        && origin.module.starts_with("@better-auth/redis")
    {
        let prefix = called
            .arguments
            .first()
            .and_then(|options| options.get("keyPrefix"))
            .and_then(Value::text)
            .map(str::to_owned);
        let client = called.arguments.first().and_then(|options| options.get("client")).cloned();
        return redis(carrier, value, Some(prefix.as_deref().unwrap_or("better-auth:")), client.as_ref());
    }
    let Some(object) = value.object().cloned() else { return carrier.not_understood(shown, value) };
    let mut prefixes: Vec<Option<String>> = Vec::new();
    let mut client = None;
    for key in ["get", "set", "delete"] {
        let Some(function) = object.get(key) else { continue };
        let ValueKind::Closure(closure) = &function.value.what else { continue };
        let param = closure.function.params.first().and_then(|(pattern, _)| match pattern {
            Pattern::Name(name) => Some(name.clone()),
            _ => None,
        });
        let calls = find::calls_within(&carrier.project.reader, &function.value);
        let is_redis =
            |call: &&find::Call| call.callee.origin().is_some_and(|one| CLIENTS.contains(&one.module.as_str()));
        let Some(call) = calls.iter().find(is_redis) else { continue };
        let is_rest = call.callee.origin().is_some_and(|one| REST.contains(&one.module.as_str()));
        let is_kept = match key {
            "set" => stores_the_value(closure, call),
            "get" => returns_the_answer(&carrier.project.reader.result(closure, function.value.at), is_rest),
            _ => true,
        };
        if !is_kept {
            let says = format!(
                "`{key}` changes what is stored, for example by encrypting it, and gatepost stores and reads better-auth's own text: entries \
                 of the one server are none for the other"
            );
            carrier.add(&format!("{shown}.{key}"), function.at, Class::NotPossible, says).blocks = true;
        }
        client = client.or_else(|| Some(call.callee.clone()));
        prefixes.push(call.arguments.first().and_then(|first| prefix(first, param.as_deref())));
    }
    match (prefixes.as_slice(), client) {
        ([Some(first), rest @ ..], Some(client)) if rest.iter().all(|other| other.as_ref() == Some(first)) => {
            redis(carrier, value, Some(&first.clone()), Some(&client));
        }
        ([_, ..], Some(_)) => {
            let says =
                "the key of an entry is not the same fixed text in front of better-auth's in all three functions";
            carrier.add(shown, value.at, Class::NotUnderstood, says).blocks = true;
        }
        _ => {
            let says = "it is no client for Redis that is recognised, and gatepost has no other secondary storage";
            carrier.add(shown, value.at, Class::NotPossible, says).blocks = true;
        }
    }
}

/// Clients over HTTP, which parse JSON by themselves.
const REST: [&str; 2] = ["@upstash/redis", "@vercel/kv"];

/// Whether a call gets the second parameter of its function as it is.
fn stores_the_value(closure: &Closure, call: &find::Call) -> bool {
    let Some((Pattern::Name(name), _)) = closure.function.params.get(1) else { return true };
    call.arguments.iter().any(|argument| matches!(&argument.what, ValueKind::Parameter(given) if given == name))
}

/// Whether a function returns the answer of its client as it is. Code for a client over HTTP writes the JSON again that the client parsed.
fn returns_the_answer(result: &Value, is_rest: bool) -> bool {
    match &result.what {
        ValueKind::Called(called) => match called.callee.origin() {
            Some(one) if one.module.is_empty() => is_rest && one.path.first().is_some_and(|first| first == "JSON"),
            Some(one) => CLIENTS.contains(&one.module.as_str()),
            None => !matches!(called.callee.what, ValueKind::Unknown(_)),
        },
        ValueKind::Choice(choice) => [&choice.yes, &choice.no].iter().all(|one| returns_the_answer(one, is_rest)),
        _ => true,
    }
}

/// Finds the text in front of the parameter.
fn prefix(value: &Value, param: Option<&str>) -> Option<String> {
    let is_param = |value: &Value| matches!(&value.what, ValueKind::Parameter(name) if Some(name.as_str()) == param);
    match &value.what {
        _ if is_param(value) => Some(String::new()),
        ValueKind::Joined(parts) => match parts.as_slice() {
            [first, second] if is_param(second) => first.text().map(str::to_owned),
            _ => None,
        },
        _ => None,
    }
}

/// The text that the client itself puts in front of every key, as `ioredis` does; `None` if the code does not say it.
fn of_client(client: Option<&Value>) -> Option<String> {
    let options: Vec<Value> = client.map(made_with).unwrap_or_default();
    match options.iter().find_map(|options| options.get("keyPrefix")) {
        None => Some(String::new()),
        Some(prefix) => prefix.text().map(str::to_owned),
    }
}

fn redis(carrier: &mut Carrier<'_>, value: &Value, prefix: Option<&str>, client: Option<&Value>) {
    let whole = of_client(client).and_then(|outer| Some(outer + prefix?));
    let Some(prefix) = whole.as_deref() else {
        let says = "the text in front of the keys, `keyPrefix`, is decided when the code runs";
        carrier.add("secondaryStorage", value.at, Class::NotUnderstood, says).blocks = true;
        return;
    };
    let module = client.and_then(Value::origin).map(|one| one.module.clone()).unwrap_or_default();
    let is_rest = REST.contains(&module.as_str());
    let mut says = vec![];
    if is_rest {
        says.push("@upstash/redis parses JSON when it reads; what is stored is the same text".to_owned());
    }
    carrier.write("secondaryStorage", value.at, ("secondary_storage", "enabled"), "true", &says.join("; "));
    carrier.line("secondary_storage", "key_prefix", &quoted(prefix), None);
    let entry = carrier.entries.last_mut();
    if let Some(entry) = entry {
        entry.key = Some(format!("secondary_storage.enabled = true, key_prefix = {}", quoted(prefix)));
    }
    let made = client.map(made_with).unwrap_or_default();
    if is_rest {
        for (name, key) in [("UPSTASH_REDIS_REST_URL", "url"), ("UPSTASH_REDIS_REST_TOKEN", "token")] {
            let given = made.iter().find_map(|argument| argument.get(key));
            variables::from(carrier, name, given);
        }
    } else {
        let given = made.iter().find(|value| !value.variables().is_empty());
        variables::from(carrier, "REDIS_URL", given);
    }
}

/// The arguments from which a client was made.
fn made_with(value: &Value) -> Vec<Value> {
    match &value.what {
        ValueKind::Property(inner, _) => made_with(inner),
        ValueKind::Called(called)
            if called.arguments.is_empty() || matches!(called.callee.what, ValueKind::Property(..)) =>
        {
            made_with(&called.callee)
        }
        ValueKind::Called(called) => called.arguments.clone(),
        _ => Vec::new(),
    }
}
