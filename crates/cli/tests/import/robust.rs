//! Files that no project should have, and some that a project may have: nothing panics, nothing runs forever, nothing outside the
//! project is read, and no secret is printed.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use gatepost_cli::import::{
    self,
    report::{Class, Report, Verdict},
};
use gatepost_core::{
    config::{Problems, Source},
    options::parse,
};

/// A project of these files.
pub(super) fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("package.json"), "{ \"name\": \"a-project\" }").unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The report of a project of these files.
pub(super) fn report(files: &[(&str, &str)]) -> Report {
    import::read(project(files).path())
}

/// An auth.ts with these options.
pub(super) fn options(text: &str) -> String {
    format!("import {{ betterAuth }} from \"better-auth\";\nexport const auth = betterAuth({text});\n")
}

/// The class of an option, and what the report says of it.
pub(super) fn entry<'a>(report: &'a Report, option: &str) -> (Class, &'a str) {
    let found = report.entries.iter().find(|entry| entry.option == option);
    let found = found.unwrap_or_else(|| panic!("{option} is not in\n{report}"));
    (found.class, &found.says)
}

#[test]
fn a_syntax_error_is_named_with_its_line_and_nothing_is_carried() {
    let found = report(&[("auth.ts", &options("{\n  appName: \"A\",\n  trustedOrigins: [\n}"))]);
    assert_eq!((found.verdict, found.status()), (Verdict::Unreadable, 2));
    assert!(found.toml.is_none() && found.entries.is_empty());
    assert!(found.notes[0].starts_with("auth.ts:"), "{found}");
}

#[test]
fn nests_of_every_kind_and_depth_are_refused_or_read() {
    for opener in [
        "[", "(", "{a:", "!", "-", "new ", "a=>", "a?b:", "a=", "typeof ", "a<", "a**", "`${", "((a)=>", "<a>",
        "async(", "a.b(", "class{a=", "await ", "if(a)", "a||",
    ] {
        for count in [50, 300, 5_000, 60_000] {
            let found = report(&[("auth.ts", &options(&opener.repeat(count)))]);
            assert!(found.toml.is_none() || found.verdict != Verdict::Unreadable, "{opener}");
        }
    }
    let chain = "if(a){}else ".repeat(40_000) + "{}";
    let found = report(&[("auth.ts", &format!("{}\n{chain}", options("{}")))]);
    assert!(matches!(found.verdict, Verdict::Unreadable | Verdict::Switches | Verdict::SwitchesWith), "{found}");
}

#[test]
fn imports_and_values_that_go_in_a_circle_are_not_understood() {
    let found = report(&[
        (
            "auth.ts",
            "import { betterAuth } from \"better-auth\";\nimport { name } from \"./a\";\nconst x = { ...y };\nconst y = { ...x };\nconst f = (n) => f(n + 1);\nexport const auth = betterAuth({ appName: name, session: { expiresIn: f(1) }, rateLimit: x });\n",
        ),
        ("a.ts", "export { name } from \"./b\";\nexport * from \"./a\";\n"),
        ("b.ts", "export { name } from \"./a\";\nexport * from \"./a\";\n"),
    ]);
    for option in ["appName", "session.expiresIn"] {
        assert_eq!(entry(&found, option).0, Class::NotUnderstood, "{found}");
    }
}

#[test]
fn values_that_grow_without_end_are_given_up() {
    let doubled: String = (1..60).map(|n| format!("const a{n} = [...a{p}, ...a{p}];\n", p = n - 1)).collect();
    let branches: String = (0..40).map(|n| format!("if (p.x{n}) return {n};\n")).collect();
    let text = format!(
        "import {{ betterAuth }} from \"better-auth\";\nconst a0 = [1, 2];\n{doubled}function f(p) {{\n{branches}\nreturn 1;\n}}\nexport const auth = betterAuth({{ disabledPaths: a59, session: {{ expiresIn: f(q) }} }});\n"
    );
    let found = report(&[("auth.ts", &text)]);
    assert_eq!(entry(&found, "session.expiresIn").0, Class::NotUnderstood, "{found}");
}

#[test]
fn binary_files_and_huge_files_are_not_read() {
    let folder = project(&[("auth.ts", &options("{ appName: name }"))]);
    fs::write(folder.path().join("b.ts"), b"betterAuth(\xff\x00\xfe".repeat(100)).unwrap();
    fs::write(folder.path().join("c.ts"), "// betterAuth(\n".repeat(100_000)).unwrap();
    let found = import::read(folder.path());
    assert_ne!(found.verdict, Verdict::Unreadable, "{found}");
    for name in ["b.ts", "c.ts"] {
        let found = import::read(&folder.path().join(name));
        assert_eq!(found.verdict, Verdict::Unreadable, "{found}");
    }
}

#[test]
fn attack_nothing_outside_the_project_is_read() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.ts"), "export const name = \"from outside\";\n").unwrap();
    fs::write(outside.path().join("more.ts"), "export const more = \"from outside\";\n").unwrap();
    let text = format!(
        "import {{ betterAuth }} from \"better-auth\";\nimport {{ name }} from \"./linked\";\nimport {{ more }} from \"{}/more\";\nexport const auth = betterAuth({{ appName: name, basePath: more }});\n",
        outside.path().display()
    );
    let folder = project(&[("auth.ts", &text)]);
    symlink(outside.path().join("secret.ts"), folder.path().join("linked.ts")).unwrap();
    symlink(outside.path(), folder.path().join("folder")).unwrap();
    symlink(folder.path(), folder.path().join("circle")).unwrap();
    let found = import::read(folder.path());
    assert!(!found.json().contains("from outside"), "{found}");
    assert_eq!(entry(&found, "appName").0, Class::NotUnderstood);
}

#[test]
fn attack_no_secret_of_the_source_or_of_an_example_is_printed() {
    let text = r#"{
        secret: "hunter2-hunter2-hunter2-hunter2-hunter2",
        database: new Pool({ connectionString: "postgres://u:hunter2@host/db" }),
        socialProviders: { github: { clientId: "id-hunter2", clientSecret: "hunter2" }, google: { clientId: process.env.G, clientSecret: process.env.S || "hunter2" } },
        secondaryStorage: make("redis://:hunter2@host"),
        emailAndPassword: { enabled: true, sendResetPassword: async ({ url }) => { await send("hunter2", url); } },
        session: { expiresIn: compute(`hunter2${x}`) },
        plugins: [captcha({ provider: "hcaptcha", secretKey: "hunter2" }), mine({ apiKey: "hunter2" }), apiKey({ key: process.env.API_KEY })],
    }"#;
    let head = "import { Pool } from \"pg\";\nimport { captcha } from \"better-auth/plugins\";\nimport { mine } from \"mine\";\n";
    let folder = project(&[
        ("auth.ts", &(head.to_owned() + &options(text))),
        (".env.example", "API_KEY=hunter2\nG=id\nS=hunter2\n"),
    ]);
    fs::write(folder.path().join(".env"), "BETTER_AUTH_SECRET=hunter2\n").unwrap();
    let found = import::read(folder.path());
    assert_ne!(found.verdict, Verdict::Unreadable, "{found}");
    for text in [found.to_string(), found.json()] {
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn what_is_no_project_is_refused_with_the_reason() {
    let empty = tempfile::tempdir().unwrap();
    for (path, why) in
        [(empty.path(), "no source file calls betterAuth"), (Path::new("/nowhere/at/all"), "No such file")]
    {
        let found = import::read(path);
        assert_eq!(found.status(), 2);
        assert!(found.to_string().contains(why), "{found}");
    }
    let twice = report(&[("a.ts", &options("{}")), ("b.ts", &options("{}"))]);
    assert!(twice.to_string().contains("a.ts:2") && twice.to_string().contains("b.ts:2"), "{twice}");
    let folder = project(&[(
        "a.ts",
        &(options("{ appName: \"One\" }") + "export const other = betterAuth({ appName: \"Two\" });\n"),
    )]);
    let found = import::read(&folder.path().join("a.ts:3"));
    assert!(found.toml.as_deref().is_some_and(|toml| toml.contains("app_name = \"Two\"")), "{found}");
}

/// Copies a folder without what links lead to.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copied(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// The files of a folder and below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn broken_copies_of_every_project_are_read_or_refused() {
    let projects = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/import/projects");
    let mut seed: usize = 7;
    for entry in fs::read_dir(projects).unwrap() {
        let folder = tempfile::tempdir().unwrap();
        copied(&entry.unwrap().path(), folder.path());
        for file in files(folder.path()) {
            let whole = fs::read(&file).unwrap();
            for _ in 0..6 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let (at, mut broken) = (seed % whole.len().max(1), whole.clone());
                match seed / 7 % 3 {
                    0 => broken.truncate(at),
                    1 => drop(broken.remove(at)),
                    _ => broken.insert(at, b"{}[]()<>\"'`,;:=.\\/\n\0\xff"[seed / 21 % 21]),
                }
                fs::write(&file, &broken).unwrap();
                let found = import::read(folder.path());
                assert!(!found.to_string().contains("cannot be read\n"), "{}: {found}", file.display());
                if let Some(toml) = &found.toml {
                    let mut problems = Problems::default();
                    parse(Source { name: "gatepost.toml", text: toml }, &mut problems);
                    assert!(problems.0.is_empty(), "{}: {problems}\n{toml}", file.display());
                }
            }
            fs::write(&file, &whole).unwrap();
        }
    }
}
