//! `emailAndPassword.password`: hashes of another kind than better-auth's.

use gatepost_import::{
    find,
    syntax::Pattern,
    value::{Value, ValueKind},
};

use super::{carry::Carrier, report::Class};

/// Packages that hash passwords, and the kind of their hashes.
const KINDS: [(&str, &str); 9] = [
    ("bcryptjs", "bcrypt"),
    ("bcrypt", "bcrypt"),
    ("@node-rs/bcrypt", "bcrypt"),
    ("bcrypt-ts", "bcrypt"),
    ("@node-rs/argon2", "argon2"),
    ("argon2", "argon2"),
    ("@phc/argon2", "argon2"),
    ("hash-wasm", "argon2"),
    ("better-auth/crypto", "better-auth"),
];

/// Whether a call of a package in a function gets another text than the password itself, or a secret of its own.
fn hashes_something_else(carrier: &Carrier<'_>, function: &Value) -> bool {
    let ValueKind::Closure(closure) = &function.what else { return false };
    let name = match closure.function.params.first() {
        Some((Pattern::Name(name), _)) => Some(name),
        Some((Pattern::Object(members), _)) => members.iter().find_map(|(key, pattern, _)| match pattern {
            Pattern::Name(name) if key == "password" => Some(name),
            _ => None,
        }),
        _ => None,
    };
    let is_password = |value: &Value| match &value.what {
        ValueKind::Parameter(given) => Some(given) == name,
        ValueKind::Property(_, key) => key == "password",
        _ => false,
    };
    let calls = find::calls_within(&carrier.project.reader, function);
    let of_package = calls.iter().filter(|call| {
        call.callee.origin().is_some_and(|one| {
            let hashes =
                ["hash", "compare", "verify", "hashPassword", "verifyPassword", "argon2id", "argon2Verify", "bcrypt"];
            KINDS.iter().any(|(module, _)| *module == one.module)
                && hashes.iter().any(|known| one.name().trim_end_matches("Sync") == *known)
        })
    });
    let mut of_package = of_package.peekable();
    of_package.peek().is_some()
        && of_package.any(|call| {
            let has_secret = call.arguments.iter().any(|one| one.get("secret").is_some());
            let is_plain =
                call.arguments.iter().any(|one| is_password(one) || one.get("password").is_some_and(is_password));
            has_secret || !is_plain
        })
}

/// Finds the kind of hashes, and whether gatepost reads them.
pub(super) fn read(carrier: &mut Carrier<'_>, value: &Value) {
    let shown = "emailAndPassword.password";
    let functions = ["hash", "verify"].iter().filter_map(|key| value.get(key)).collect::<Vec<_>>();
    let mut kinds: Vec<&str> = Vec::new();
    for function in &functions {
        // A package's function itself, or a function that calls one.
        let own = function.origin().map(|one| (one.module.clone(), one.path.clone()));
        let called = find::calls_within(&carrier.project.reader, function);
        let called =
            called.iter().filter_map(|call| call.callee.origin()).map(|one| (one.module.clone(), one.path.clone()));
        for (module, path) in own.into_iter().chain(called) {
            let is_bun = module.is_empty() && path.first().is_some_and(|first| first == "Bun");
            let kind = KINDS.iter().find(|(known, _)| *known == module).map(|(_, kind)| *kind);
            kinds.extend(
                kind.or(is_bun.then_some("argon2"))
                    .filter(|kind| !kinds.contains(kind))
                    .into_iter()
                    .collect::<Vec<_>>(),
            );
        }
    }
    let place = functions.first().map_or(value.at, |function| function.at);
    if let Some(function) = functions.iter().find(|function| hashes_something_else(carrier, function)) {
        let says = "the function hashes something else than the password, for example with a pepper, a secret or after another hash: gatepost \
                    cannot verify these hashes, so users could not sign in with their passwords";
        carrier.add(shown, function.at, Class::NotPossible, says).blocks = true;
        return;
    }
    let kinds: Vec<&str> =
        if kinds.len() > 1 { kinds.into_iter().filter(|kind| *kind != "better-auth").collect() } else { kinds };
    match (kinds.as_slice(), carrier.keys.find("emailAndPassword.acceptHashes").cloned()) {
        (["better-auth"], _) => {
            let refuses = |function: &&Value| find::refuses(&carrier.project.reader, function);
            if functions.iter().any(refuses) {
                let says = "these are better-auth's own hashes, but the function refuses some passwords: a protection is lost without it; \
                            `have_i_been_pwned` and `min_password_length` refuse weak ones";
                carrier.add(shown, place, Class::NotPossible, says).protection = true;
            } else {
                carrier.add(shown, place, Class::NotNeeded, "these are better-auth's own hashes");
            }
        }
        ([], _) => {
            let says = "the kind of the hashes is not recognised; gatepost reads better-auth's own, and users with others cannot sign in; \
                        if it is a kind in docs/old-passwords.md, name it in `email_and_password.accept_hashes`";
            carrier.add(shown, place, Class::NotUnderstood, says).blocks = true;
        }
        (kinds, Some(key)) => {
            let list = format!("[{}]", kinds.iter().map(|kind| format!("\"{kind}\"")).collect::<Vec<_>>().join(", "));
            let says = "hashes of this kind are verified, and replaced by better-auth's own at the next sign-in; a server that reads \
                        only the old kind cannot read these";
            let entry = carrier.entries.len();
            carrier.add(shown, place, Class::Replaced, says).key = Some(format!("{} = {list}", key.path()));
            carrier.line(&key.section, &key.name, &list, Some(entry));
        }
        (kinds, None) => {
            let says = format!(
                "the hashes are those of {}, which gatepost does not read: no user could sign in with a password",
                kinds.join(" and ")
            );
            carrier.add(shown, place, Class::NotPossible, says).blocks = true;
        }
    }
}
