//! The secrets that commands ask for, and the advice of `gatepost secret rotate`.

use std::fs;

use super::dev::{NOWHERE, folder, said};

const OLD: &str = "an-older-secret-an-older-secret-0123456789";
const NEW: &str = "a-newer-secret-a-newer-secret-0123456789";

#[test]
fn a_rotation_waits_for_the_longest_lifetime_of_this_deployment_and_every_step_says_so() {
    let folder = folder();
    let listed = |order: &str| order.replace("new", NEW).replace("old", OLD);
    let rotate = |toml: &str, order: &str| {
        fs::write(folder.path().join("gatepost.toml"), toml).unwrap();
        said(folder.path(), &["secret", "rotate"], &[("BETTER_AUTH_SECRETS", &listed(order))])
    };
    for (toml, time, key) in [
        ("", "7 days", "session.expires_in"),
        ("[session]\nexpires_in = \"30d\"\n", "30 days", "session.expires_in"),
        ("[session]\nexpires_in = \"36h\"\n", "36 hours", "session.expires_in"),
        (
            "[two_factor]\nenabled = true\ntrust_device_max_age = \"90d\"\n",
            "90 days",
            "two_factor.trust_device_max_age",
        ),
    ] {
        let (status, text) = rotate(toml, "1:old,2:new");
        assert!(status == Some(0) && text.contains("Step 2 of 3"), "{text}");
        assert!(text.contains("every instance runs the deployment of step 1"), "{text}");
        assert!(text.contains(&format!("wait {time}: ")) && text.contains(&format!("`{key}`")), "{text}");
        // Run at once again, the command repeats what must have happened before the last step.
        let (status, text) = rotate(toml, "2:new,1:old");
        assert!(status == Some(0) && text.contains("Step 3 of 3"), "{text}");
        assert!(text.contains(&format!("at least {time} ago")) && text.contains(&format!("`{key}`")), "{text}");
        assert!(
            text.contains("Do this only if both are true, or else wait") && text.contains("must sign in again"),
            "{text}"
        );
        assert!(text.contains("`cargo gatepost secret status` counts nothing"), "{text}");
        let set = text.lines().find_map(|line| line.strip_prefix("    ")).unwrap();
        assert_eq!(set, listed("2:new"));
    }
    // A lifetime that cannot be read is not taken for its default.
    let (status, text) = rotate("[session]\nexpires_in = \"soon\"\n", "2:new,1:old");
    assert!(
        status == Some(2) && text.contains("gatepost.toml:2: `session.expires_in`") && !text.contains(NEW),
        "{text}"
    );
}

#[test]
fn commands_that_need_only_the_database_ask_for_no_secret() {
    let folder = folder();
    let toml = "[email_and_password]\nenabled = true\nrequire_email_verification = true\naccept_hashes = [\"firebase-scrypt\"]\n\
                [admin]\nenabled = true\n[api_key]\nenabled = true\n[organization]\nenabled = true\n[audit]\nenabled = true\n\
                [cleanup]\nenabled = true\n[magic_link]\nenabled = true\n[jwt]\nenabled = true\n\
                [previews]\nproduction_url = \"https://auth.example.com\"\n";
    fs::write(folder.path().join("gatepost.toml"), toml).unwrap();
    let variables = [("DATABASE_URL", NOWHERE), ("VERCEL_ENV", "production"), ("GITHUB_CLIENT_ID", "abc")];
    for arguments in [
        &["cleanup"][..],
        &["cleanup", "--plan"],
        &["check", "database"],
        &["users", "list"],
        &["users", "show", "ada@example.com"],
        &["users", "ban", "ada@example.com"],
        &["sessions", "list", "ada@example.com"],
        &["keys", "list", "ada@example.com"],
        &["organizations", "list"],
        &["audit"],
        &["migrate", "--plan"],
    ] {
        let (status, text) = said(folder.path(), arguments, &variables);
        assert_eq!(status, Some(2), "{arguments:?}: {text}");
        assert!(text.contains("127.0.0.1:1") || text.contains("cannot be reached"), "{arguments:?}: {text}");
        assert!(!text.contains("is missing") && !text.contains("SECRET"), "{arguments:?}: {text}");
    }
    // `doctor` says that the secret is missing, and looks at everything that needs none.
    let (status, text) =
        said(folder.path(), &["doctor"], &[("DATABASE_URL", NOWHERE), ("BETTER_AUTH_URL", "https://a.example")]);
    assert_eq!(status, Some(2), "{text}");
    fs::write(folder.path().join("gatepost.toml"), "[email_and_password]\nenabled = true\n").unwrap();
    let (status, text) =
        said(folder.path(), &["doctor"], &[("DATABASE_URL", NOWHERE), ("BETTER_AUTH_URL", "https://a.example")]);
    assert_eq!(status, Some(2), "{text}");
    for told in
        ["FAIL  environment: BETTER_AUTH_SECRET: it is missing", "ok    cookies: ", "FAIL  database: DATABASE_URL"]
    {
        assert!(text.contains(told), "{told}: {text}");
    }
    // Commands that sign or verify do ask.
    let (status, text) = said(folder.path(), &["explain", "--cookie", "a=b"], &variables[..1]);
    assert!(status == Some(2) && text.contains("BETTER_AUTH_SECRET: it is missing"), "{text}");
}
