//! Compiles the project's `gatepost.toml` and its folder `mails` into the functions: the platform ships binaries, not
//! the files beside them.

use std::{env, fs, path::Path};

#[expect(clippy::disallowed_methods, reason = "Cargo tells a build script where and what it builds by variables alone")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let project = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let out = env::var("OUT_DIR")?;
    let file = project.join("gatepost.toml");
    let text = if file.exists() { fs::read_to_string(&file)? } else { String::new() };
    // Where sessions are signed with the keys of tokens, every function needs the keys' algorithms; nowhere else.
    println!("cargo::rustc-check-cfg=cfg(session_keys)");
    if text.contains("session_cookie_cache") || env::var_os("CARGO_FEATURE_SESSION_KEYS").is_some() {
        println!("cargo::rustc-cfg=session_keys");
    }
    println!("cargo::rustc-check-cfg=cfg(secondary_storage)");
    if text.contains("secondary_storage") || env::var_os("CARGO_FEATURE_SECONDARY_STORAGE").is_some() {
        println!("cargo::rustc-cfg=secondary_storage");
    }
    // Features that act at places of a request's way.
    for feature in ["username", "last_login_method"] {
        println!("cargo::rustc-check-cfg=cfg({feature})");
        if text.contains(feature) || env::var_os("CARGO_FEATURE_FEATURES").is_some() {
            println!("cargo::rustc-cfg={feature}");
        }
    }
    // Only `[database]` knows this one. Found now, it breaks no deployment.
    let wants_websocket =
        text.lines().map(str::trim).any(|line| line.starts_with("transport") && line.contains("\"websocket\""));
    if wants_websocket && env::var_os("CARGO_FEATURE_WEBSOCKET").is_none() {
        println!(
            "cargo::error=gatepost.toml has `transport = \"websocket\"`, and WebSockets are not built in; add `websocket` to the \
             default features in Cargo.toml, or write \"tcp\""
        );
    }
    fs::write(Path::new(&out).join("gatepost.toml"), text)?;
    println!("cargo::rerun-if-changed={}", file.display());

    let folder = project.join("mails");
    let mut mails = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.ends_with(".md") {
                mails.push((name, fs::read_to_string(path)?));
            }
        }
    }
    mails.sort();
    fs::write(Path::new(&out).join("mails.rs"), format!("&{mails:?}"))?;
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(())
}
