//! Compiles the project's `gatepost.toml` into the functions: the platform ships binaries, not the files beside them.

use std::{env, fs, path::Path};

#[expect(clippy::disallowed_methods, reason = "Cargo tells a build script where it is by variables alone")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../gatepost.toml");
    let text = if file.exists() { fs::read_to_string(&file)? } else { String::new() };
    fs::write(Path::new(&env::var("OUT_DIR")?).join("gatepost.toml"), text)?;
    println!("cargo::rerun-if-changed={}", file.display());
    Ok(())
}
