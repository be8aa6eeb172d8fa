//! The instructions to Cargo that follow from a `gatepost.toml`: the code that is linked, and why a build ends.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::build_keys::{RECORD, features, record, value};

/// The schemes of `email_and_password.accept_hashes`.
pub(crate) const HASHES: [&str; 5] = ["bcrypt", "argon2", "pbkdf2", "scrypt", "firebase-scrypt"];

/// Lines for Cargo, without the `cargo::` in front, for the texts of `gatepost.toml` and of the project's `Cargo.toml`.
pub(crate) fn of(config: &str, manifest: &str, has_feature: impl Fn(&str) -> bool) -> Vec<String> {
    let linked = ["session_keys", "secondary_storage"];
    let all = linked.into_iter().chain(["rust_hooks"]).chain(features());
    let mut lines: Vec<_> = all.map(|name| format!("rustc-check-cfg=cfg({name})")).collect();
    lines.push(format!(
        "rustc-check-cfg=cfg(accept_hashes, values({}))",
        HASHES.map(|name| format!("{name:?}")).join(", ")
    ));
    let table = match DeTable::parse(config) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let line = config.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
            let message = error.message().replace('\n', " ");
            lines.push(format!("error=gatepost.toml:{line}: this is not TOML: {message}"));
            return lines;
        }
    };
    // Where sessions are signed with the keys of tokens, every function needs the keys' algorithms; nowhere else.
    let is_on = |key: &str| value(&table, key).and_then(|value| value.as_bool()) == Some(true);
    for (name, key) in linked.into_iter().zip(["jwt.session_cookie_cache", "secondary_storage.enabled"]) {
        if is_on(key) || has_feature(&name.to_ascii_uppercase()) {
            lines.push(format!("rustc-cfg={name}"));
        }
    }
    let hooks = value(&table, "hooks").and_then(|value| value.as_table());
    let names_rust =
        |hook: &Spanned<DeValue<'_>>| hook.get_ref().as_table().is_some_and(|hook| hook.contains_key("rust"));
    if hooks.is_some_and(|hooks| hooks.values().any(names_rust)) || has_feature("RUST_HOOKS") {
        lines.push("rustc-cfg=rust_hooks".to_owned());
    }
    let is_needed = |name: &&str| is_on(&format!("{name}.enabled")) || has_feature("FEATURES");
    let needed: Vec<_> = features().filter(is_needed).collect();
    lines.extend(needed.iter().map(|name| format!("rustc-cfg={name}")));
    let accepted = value(&table, "email_and_password.accept_hashes").and_then(|value| value.as_array());
    let is_accepted =
        |name: &str| accepted.is_some_and(|all| all.iter().any(|one| one.get_ref().as_str() == Some(name)));
    let hashes = HASHES.iter().filter(|name| is_accepted(name) || has_feature("HASHES"));
    lines.extend(hashes.map(|name| format!("rustc-cfg=accept_hashes=\"{name}\"")));
    // `auth::Linked` has the names, so that a configuration of another file cannot switch on code that is not linked.
    lines.push(format!("rustc-env=GATEPOST_LINKED={}", needed.join(" ")));
    // Found now, it breaks no deployment.
    let transport = value(&table, "database.transport").and_then(|value| value.as_str());
    if transport == Some("websocket") && !has_feature("WEBSOCKET") {
        lines.push(
            "error=gatepost.toml has `transport = \"websocket\"`, and WebSockets are not built in; add `websocket` to the \
             default features in Cargo.toml, or write \"tcp\""
                .to_owned(),
        );
    }
    let wanted = record(&table);
    let found = manifest.lines().find(|line| line.starts_with(RECORD)).unwrap_or("# For nothing.");
    if wanted.trim_end() != found {
        let [wanted, found] = [wanted.trim_end(), found].map(|line| line.trim_start_matches("# "));
        lines.push(format!(
            "error=the functions in api/auth, Cargo.toml and vercel.json are not those of gatepost.toml; run `cargo gatepost \
             generate`. Cargo.toml says \"{found}\", and it must be \"{wanted}\""
        ));
    }
    lines
}
