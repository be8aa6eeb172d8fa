//! Compiles the project's `gatepost.toml` and its folder `mails` into the functions: the platform ships binaries, not
//! the files beside them.

#[path = "../../core/src/config/build_keys.rs"]
mod build_keys;
mod instructions;

use std::{env, fs, path::Path};

#[expect(clippy::disallowed_methods, reason = "Cargo tells a build script where and what it builds by variables alone")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let project = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let out = env::var("OUT_DIR")?;
    let (file, manifest) = (project.join("gatepost.toml"), project.join("Cargo.toml"));
    let text = if file.exists() { fs::read_to_string(&file)? } else { String::new() };
    let has_feature = |name: &str| env::var_os(format!("CARGO_FEATURE_{name}")).is_some();
    for line in instructions::of(&text, &fs::read_to_string(&manifest)?, has_feature) {
        println!("cargo::{line}");
    }
    fs::write(Path::new(&out).join("gatepost.toml"), text)?;
    println!("cargo::rerun-if-changed={}", file.display());
    println!("cargo::rerun-if-changed={}", manifest.display());

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
