//! The command itself: where it writes, what it refuses to overwrite, its forms of output and its exit statuses.

use std::{fs, path::Path};

use gatepost_cli::import::command::{ImportArguments, run};
use serde_json::Value;

use super::robust::{options, project};

const OTHER_DATABASE: &str = "import { createPool } from \"mysql2/promise\";\n";

fn asked(paths: &[&Path], out: &Path) -> ImportArguments {
    ImportArguments {
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        out: out.to_owned(),
        is_plan: false,
        force: false,
        anyway: false,
        database: None,
        summary: false,
        json: false,
    }
}

fn ran(asked: &ImportArguments) -> Result<(String, u8), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run(asked)).map_err(|error| error.to_string())
}

#[test]
fn a_file_is_written_once_and_overwritten_only_if_told_to() {
    let folder = project(&[("auth.ts", &options("{ appName: \"Pier\" }"))]);
    let out = folder.path().join("gatepost.toml");
    let (text, status) = ran(&asked(&[folder.path()], &out)).unwrap();
    assert!(status == 0 && text.ends_with(&format!("wrote {}", out.display())), "{text}");
    let written = fs::read_to_string(&out).unwrap();
    assert!(
        written.starts_with("# Written by `cargo gatepost import` from auth.ts")
            && written.contains("app_name = \"Pier\"\n")
    );

    fs::write(&out, "mine").unwrap();
    let refused = ran(&asked(&[folder.path()], &out)).unwrap_err();
    assert!(refused.contains("exists already and was not changed"), "{refused}");
    assert_eq!(fs::read_to_string(&out).unwrap(), "mine");
    ran(&ImportArguments { force: true, ..asked(&[folder.path()], &out) }).unwrap();
    assert_eq!(fs::read_to_string(&out).unwrap(), written);
}

#[test]
fn a_plan_prints_the_file_and_writes_none() {
    let folder = project(&[("auth.ts", &options("{ appName: \"Pier\", hooks: { before: check } }"))]);
    let out = folder.path().join("gatepost.toml");
    let (text, status) = ran(&ImportArguments { is_plan: true, ..asked(&[folder.path()], &out) }).unwrap();
    assert!(status == 1 && text.contains("\napp_name = \"Pier\"\n") && text.contains("Nothing was written."), "{text}");
    assert!(!out.exists());
}

#[test]
fn what_does_not_switch_or_cannot_be_read_is_not_written() {
    let head = "import { admin } from \"better-auth/plugins\";\n";
    let admin = project(&[(
        "auth.ts",
        &(head.to_owned()
            + &options(
                "{ plugins: [mystery({}), ban()], databaseHooks: { user: { create: { before: async () => { throw new Error(\"closed\"); } } } } }",
            )),
    )]);
    let mysql = project(&[("auth.ts", &(OTHER_DATABASE.to_owned() + &options("{ database: createPool({}) }")))]);
    let broken = project(&[("auth.ts", &options("{ appName: "))]);
    for (folder, expected, begins) in [
        (&admin, 3, "\n  ! databaseHooks.user.create.before: before a user is made; it refuses"),
        (&mysql, 3, "\n  ! database: the database is MySQL"),
        (&broken, 2, "auth.ts:"),
    ] {
        let out = folder.path().join("gatepost.toml");
        let (text, status) = ran(&asked(&[folder.path()], &out)).unwrap();
        assert!(status == expected && text.contains(begins), "{status}: {text}");
        assert!(!out.exists(), "{text}");
        // Reasons stand above the verdict, below a heading of their own.
        let first = text.split(begins).next().unwrap();
        assert!(
            first.is_empty() || (first.starts_with("Reasons against a switch: ") && !first.contains("Do not switch")),
            "{text}"
        );
    }
    let out = admin.path().join("gatepost.toml");
    let (text, status) = ran(&ImportArguments { anyway: true, ..asked(&[admin.path()], &out) }).unwrap();
    assert!(status == 3 && out.exists(), "{text}");
}

#[test]
fn the_report_as_json_has_the_same_results() {
    let folder = project(&[("auth.ts", &options("{ appName: \"Pier\", session: { expiresIn: later() } }"))]);
    let out = folder.path().join("other.toml");
    let (text, status) = ran(&ImportArguments { json: true, ..asked(&[folder.path()], &out) }).unwrap();
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, report["verdict"].as_str()), (1, Some("switches_with")));
    assert_eq!(report["entries"][0]["class"], "carried");
    assert_eq!(report["entries"][1]["class"], "not_understood");
    assert_eq!(report["entries"][1]["place"], "auth.ts:2");
    assert_eq!(report["written"].as_str(), out.to_str());
}

#[test]
fn several_projects_are_counted_and_only_counted() {
    let one = project(&[("auth.ts", &options("{ appName: \"Pier\" }"))]);
    let two = project(&[("auth.ts", &options("{ session: { expiresIn: later() } }"))]);
    let three = project(&[("auth.ts", &(OTHER_DATABASE.to_owned() + &options("{ database: createPool({}) }")))]);
    let four = project(&[("auth.ts", "export const auth = 1;\n")]);
    let paths = [one.path(), two.path(), three.path(), four.path()];
    let out = one.path().join("gatepost.toml");
    let (text, status) = ran(&ImportArguments { summary: true, ..asked(&paths, &out) }).unwrap();
    let last = "4 projects: 1 switch as they are, 1 with decisions or hooks, 1 not yet, 1 cannot be read";
    assert!(status == 3 && text.ends_with(last) && text.lines().count() == 5, "{text}");
    assert!(!out.exists());
    assert!(ran(&asked(&paths, &out)).unwrap_err().contains("--summary"));
}

#[test]
fn a_file_that_does_not_call_better_auth_is_not_read_for_another_one() {
    let text = options("{ appName: \"Pier\" }");
    let folder = project(&[
        ("package.json", "{}"),
        ("src/lib/auth.ts", &text),
        (
            "src/db/schema.ts",
            "import { pgTable } from \"drizzle-orm/pg-core\";\nexport const user = pgTable(\"user\", {});\n",
        ),
        ("src/route.ts", "import { handler } from \"./handler\";\nexport const GET = handler;\n"),
        ("src/handler.ts", "export { auth as handler } from \"@/lib/auth\";\n"),
    ]);
    let out = folder.path().join("gatepost.toml");
    for arguments in [&folder.path().join("src/db/schema.ts"), &folder.path().join("package.json")] {
        let (text, status) = ran(&asked(&[arguments], &out)).unwrap();
        assert!(status == 2 && !out.exists(), "{text}");
    }
    let (text, _) = ran(&asked(&[&folder.path().join("src/db/schema.ts")], &out)).unwrap();
    assert!(
        text.contains("schema.ts: it does not call betterAuth; name the file that does: src/lib/auth.ts:2"),
        "{text}"
    );
    // A file that uses the call leads to it.
    let (text, status) = ran(&asked(&[&folder.path().join("src/route.ts")], &out)).unwrap();
    assert!(status == 0 && out.exists() && text.contains("Read: src/lib/auth.ts"), "{text}");
}

#[test]
fn every_result_says_what_becomes_of_the_option_and_what_to_do() {
    let head = "import { oidcProvider, organization } from \"better-auth/plugins\";\n";
    let text = "{ socialProviders: { github: { clientId: process.env.GITHUB_CLIENT_ID, clientSecret: process.env.GITHUB_CLIENT_SECRET } }, \
                emailAndPassword: { enabled: true, password: { hash: mine, verify: other } }, \
                plugins: [oidcProvider({ loginPage: \"/x\", getAdditionalUserInfoClaim: () => ({}) }), \
                organization({ allowUserToCreateOrganization: async (user) => user.plan === \"pro\", \
                organizationHooks: { beforeAddMember: async () => {} } })] }";
    let folder = project(&[("auth.ts", &(head.to_owned() + &options(text)))]);
    let out = folder.path().join("gatepost.toml");
    let (text, _) = ran(&asked(&[folder.path()], &out)).unwrap();
    for (option, told) in [
        (
            "plugins.organization.allowUserToCreateOrganization",
            "gatepost does not call it: with `organization.allow_user_to_create_organization = false`",
        ),
        ("plugins.oidcProvider.loginPage", "no key has it: remove \"/x\" with the plugin"),
        ("plugins.oidcProvider.getAdditionalUserInfoClaim", "gatepost does not call it: remove it with the plugin"),
        ("emailAndPassword.password", "name it in `email_and_password.accept_hashes`"),
    ] {
        let line = text
            .lines()
            .find(|line| line.contains(&format!("! {option}: ")))
            .unwrap_or_else(|| panic!("{option}: {text}"));
        assert!(line.contains(told), "{line}");
    }
    let told = "the provider github is on if GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are set; [social.github] is needed only for other options";
    assert!(text.contains(told), "{text}");
}

/// The measure over the projects of this folder, so that a change of it is seen.
#[test]
fn the_summary_of_the_projects_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/import/projects");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let paths: Vec<&Path> = paths.iter().map(|path| path.as_path()).collect();
    let (text, _) = ran(&ImportArguments { summary: true, ..asked(&paths, Path::new("unused")) }).unwrap();
    // The numbers between move with each feature that gatepost gains.
    assert!(text.contains("\n16 projects: 3 switch as they are, "), "{text}");
    assert!(text.ends_with(" not yet, 1 cannot be read"), "{text}");
}
