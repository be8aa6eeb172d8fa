//! The recipes of `@gatepost/server`: each application is installed from npm, built, started beside the service, and driven as a
//! browser would. This takes minutes, so `cargo test` alone leaves it out: `cargo test --test recipes` runs it.

#![cfg(test)]
#![allow(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test reads the clock for its bounds, and may panic"
)]

use std::{path::Path, time::Duration};

#[allow(dead_code, reason = "the tests of behaviours need more of it")]
#[path = "../support/mod.rs"]
mod support;

use support::{node, postgres::Database, service::Service};

/// How long a recipe may take, with everything that npm fetches.
const LIMIT: Duration = Duration::from_secs(900);

fn works(recipe: &str) {
    let folder = node::server_package().join("recipes/run.mjs");
    let database = Database::new();
    let toml = "trusted_origins = [\"http://localhost:*\"]\n[email_and_password]\nenabled = true\n";
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("recipes");
    let arguments = ["--recipe", recipe, "--service", &service.url, "--folder", built.to_str().unwrap()];
    let said = node::run(folder.to_str().unwrap(), &arguments, LIMIT);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

macro_rules! recipes {
    ($($test:ident: $recipe:literal,)*) => {
        $(#[test] fn $test() { works($recipe); })*

        #[test]
        fn every_recipe_is_driven() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packages/server/recipes");
            let mut found: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.join("package.json").exists())
                .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
                .collect();
            found.sort();
            assert_eq!(found, [$($recipe),*]);
        }
    };
}

recipes! {
    express: "express",
    hono: "hono",
    next_15: "next-15",
    next_16: "next-16",
    svelte_kit: "svelte-kit",
    tanstack_start: "tanstack-start",
    trpc: "trpc",
}
