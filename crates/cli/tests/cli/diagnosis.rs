//! `gatepost doctor` and `gatepost explain` as a user runs them: what they read, what they print, how they end.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use super::dev::{Dev, NOWHERE, ended, folder, gatepost};

const SECRET: &str = "of-this-environment-and-no-file-at-all";

/// A command with a secret and the address of a database at which no server listens.
fn alone(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = gatepost(folder, arguments);
    command.env("BETTER_AUTH_SECRET", SECRET).env("BETTER_AUTH_URL", "https://auth.example.com");
    command.env("DATABASE_URL", NOWHERE);
    command
}

fn output(command: Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = ended(command);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(stdout), text(stderr));
    assert!(!out.contains("hunter2") && !err.contains("hunter2") && !out.contains(SECRET), "{out}{err}");
    (status.code(), out, err)
}

/// Runs the command with a text on standard input, and returns its status and outputs.
fn told(mut command: Command, input: &str) -> (Option<i32>, String, String) {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(input.as_bytes()).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    command.stdin(Stdio::from(file));
    output(command)
}

#[test]
fn a_deployment_is_diagnosed_from_its_variables_and_from_outside_and_its_requests_are_explained() {
    let folder = folder();
    let file = folder.path().join("gatepost.toml");
    let toml = fs::read_to_string(&file).unwrap() + "[user.delete_user]\nenabled = true\n";
    fs::write(&file, toml).unwrap();
    let mut command = gatepost(folder.path(), &["dev", "--port", "0"]);
    command.env("BETTER_AUTH_SECRET", SECRET);
    let dev = Dev::start(command);
    let database = dev.said.split_whitespace().find(|word| word.starts_with("postgres://")).unwrap().to_owned();
    let cookie = dev.sign_up();
    // The first session that is read makes the first key.
    dev.session(&cookie);
    let same = |arguments: &[&str]| {
        let mut command = gatepost(folder.path(), arguments);
        command.env("BETTER_AUTH_SECRET", SECRET).env("BETTER_AUTH_URL", &dev.url).env("DATABASE_URL", &database);
        command.env("VERCEL_ENV", "development");
        command
    };
    let (status, out, err) = output(same(&["doctor"]));
    assert_eq!(status, Some(0), "{out}{err}");
    assert!(
        out.contains("ok    keys: the current secret decrypts every key (1)") && out.ends_with("0 failed\n"),
        "{out}"
    );
    let (status, out, err) = output(same(&["doctor", "--url", &dev.url, "--json"]));
    assert_eq!(status, Some(0), "{out}{err}");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&json["verdict"], &json["findings"][6]["check"]), (&"ok".into(), &"session".into()), "{out}");

    let (status, out, err) = told(same(&["explain"]), &format!("Cookie: {cookie}\n"));
    assert!(status == Some(0) && out.contains("ok    answer: the session of user "), "{out}{err}");
    let (status, out, _) =
        output(same(&["explain", "--cookie", &cookie.replace("session_token=", "session_token=x"), "--json"]));
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((status, &json["reason"]), (Some(1), &"bad_cookie_signature".into()), "{out}");
    let (status, out, _) = output(same(&["explain", "--authorization", "Bearer nothing"]));
    assert!(status == Some(1) && out.contains("null, unknown_session"), "{out}");

    dev.request("GET", "/api/auth/get-session", "cookie: better-auth.session_token=x.y\r\n", "");
    let line = dev.logged("bad_cookie_signature");
    let id = line.split(r#""id":""#).nth(1).unwrap().split('"').next().unwrap();
    fs::write(folder.path().join("log"), format!("something else\n{line}\n")).unwrap();
    let (status, out, _) = output(same(&["explain", "--log", "log", "--request", id]));
    assert!(status == Some(1) && out.contains("bad_cookie_signature: the session cookie is signed with none"), "{out}");
    let (status, out, _) = told(same(&["explain", "--log", "-", "--request", id]), &line);
    assert!(status == Some(1) && out.contains("get_session was answered 200"), "{out}");
}

#[test]
fn what_keeps_doctor_from_looking_is_a_sentence_and_status_2() {
    let folder = folder();
    let doctor = |arguments: &[&str]| alone(folder.path(), &[&["doctor"], arguments].concat());
    let (status, out, _) = output(gatepost(folder.path(), &["doctor"]));
    assert!(status == Some(2) && out.contains("FAIL  environment: BETTER_AUTH_SECRET: it is missing"), "{out}");
    assert!(
        out.contains("FAIL  environment: DATABASE_URL: it is missing")
            && out.contains("the remaining checks did not run"),
        "{out}"
    );
    let (status, out, _) = output(doctor(&[]));
    assert!(
        status == Some(2) && out.contains("FAIL  database: DATABASE_URL (127.0.0.1:1): the database cannot be reached"),
        "{out}"
    );
    let (status, _, err) = output(doctor(&["--origin", "app.example.com"]));
    assert!(status == Some(2) && err.contains("--origin is `app.example.com`, which is not an origin"), "{err}");
    let (status, _, err) = output(doctor(&["--url", "auth.example.com"]));
    assert!(status == Some(2) && err.contains("--url is `auth.example.com`, which is not a URL"), "{err}");
    let (status, out, _) = output(doctor(&["--url", "http://127.0.0.1:1"]));
    assert!(status == Some(2) && out.contains("FAIL  reach: http://127.0.0.1:1/api/auth cannot be reached"), "{out}");
    let mut command = doctor(&[]);
    command.env("GATEPOST_CONFIG", "nowhere.toml");
    let (status, out, _) = output(command);
    assert!(status == Some(2) && out.contains("nowhere.toml: it cannot be read"), "{out}");
    fs::write(folder.path().join("gatepost.toml"), "[session]\nexpires_im = 3\n").unwrap();
    let (status, out, _) = output(doctor(&[]));
    assert!(status == Some(2) && out.contains("gatepost.toml:2") && out.contains("expires_im"), "{out}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_keeps_explain_from_looking_is_a_sentence_and_status_2() {
    let folder = folder();
    let explain = |arguments: &[&str]| alone(folder.path(), &[&["explain"], arguments].concat());
    let (status, _, err) = output(explain(&[]));
    assert!(status == Some(2) && err.contains("standard input has neither a `Cookie:`"), "{err}");
    let (status, _, err) = told(explain(&[]), "GET / HTTP/1.1\nhost: x\n");
    assert!(status == Some(2) && err.contains("standard input has neither"), "{err}");
    let (status, _, err) = output(explain(&["--cookie", "a=b\nc"]));
    assert!(status == Some(2) && err.contains("the value of the header `cookie` has a line break"), "{err}");
    let (status, _, err) = output(explain(&["--log", "nowhere", "--request", "x"]));
    assert!(status == Some(2) && err.starts_with("nowhere: "), "{err}");
    let (status, _, err) = told(explain(&["--log", "-", "--request", "x"]), "{}\n");
    assert!(status == Some(2) && err.contains("no line of the log belongs to the request x (1 line)"), "{err}");
    let (status, _, err) = output(explain(&["--log", "nowhere"]));
    assert!(status == Some(2) && err.contains("--request"), "{err}");
    let (status, _, err) = output(gatepost(folder.path(), &["explain", "--cookie", "a=b"]));
    assert!(status == Some(2) && err.contains("BETTER_AUTH_SECRET: it is missing"), "{err}");
    // Without a session's cookie the database is not asked; with one it is, and does not answer.
    let (status, out, _) = output(explain(&["--cookie", "a=b"]));
    assert!(status == Some(1) && out.contains("null, no_session_cookie"), "{out}");
    let (status, out, _) = output(explain(&["--authorization", "Bearer abc"]));
    assert!(status == Some(2) && out.contains("the database cannot be reached"), "{out}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_report_as_json_is_json_whatever_keeps_the_command_from_making_one() {
    let folder = folder();
    let json = |command: Command, told: &str| {
        let (status, out, err) = output(command);
        let json: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{told}: {out}{err}"));
        assert_eq!((status, &json["complete"], &json["verdict"]), (Some(2), &false.into(), &"fail".into()), "{out}");
        let findings = json["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| finding["evidence"].as_str().unwrap().contains(told));
        let fix = found.unwrap_or_else(|| panic!("{told}: {out}"))["fix"].as_str();
        assert!(fix.is_some_and(|fix| !fix.is_empty()), "{out}");
    };
    let alone = |arguments: &[&str]| alone(folder.path(), arguments);
    json(alone(&["explain", "--json"]), "standard input has neither");
    json(alone(&["explain", "--json", "--cookie", "a=b\nc"]), "line break");
    json(alone(&["explain", "--json", "--authorization", "Bearer abc"]), "the database cannot be reached");
    json(alone(&["explain", "--json", "--log", "nowhere", "--request", "x"]), "nowhere: it cannot be read");
    json(alone(&["explain", "--json", "--log", "gatepost.toml", "--request", "x"]), "no line of the log");
    json(gatepost(folder.path(), &["explain", "--json", "--cookie", "a=b"]), "BETTER_AUTH_SECRET: it is missing");
    json(alone(&["doctor", "--json", "--origin", "app.example.com"]), "which is not an origin");
    json(alone(&["doctor", "--json", "--url", "auth.example.com"]), "which is not a URL");
    json(alone(&["check", "database", "--json", "--file", "nowhere"]), "nowhere: it cannot be read");
    json(alone(&["check", "database", "--json"]), "the database cannot be reached");
    fs::write(folder.path().join("gatepost.toml"), "[session]\nexpires_im = 3\n").unwrap();
    json(alone(&["explain", "--json", "--cookie", "a=b"]), "gatepost.toml:2: ");
    json(alone(&["doctor", "--json"]), "gatepost.toml:2: ");
    json(alone(&["check", "database", "--json"]), "gatepost.toml:2: ");
}

#[test]
fn doctor_and_check_env_give_the_same_verdicts() {
    let folder = folder();
    let base = "[email_and_password]\nenabled = true\n";
    let waits = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n";
    let cases: [(&str, &[(&str, &str)]); 10] = [
        (base, &[]),
        (base, &[("BETTER_AUTH_URL", "http://localhost:3000")]),
        (base, &[("BETTER_AUTH_URL", "http://auth.example.com")]),
        (base, &[("BETTER_AUTH_URL", "")]),
        (base, &[("EMAIL_URL", "file:mails")]),
        (base, &[("BETTER_AUTH_SECRET", "")]),
        (base, &[("DATABASE_URL", "postgres://app:hunter2@127.0.0.1:1/x?sslmode=no-verify")]),
        (base, &[("VERCEL_ENV", "preview"), ("NEXT_PUBLIC_BETTER_AUTH_SECRET", "abc")]),
        (waits, &[("VERCEL_ENV", "preview")]),
        (waits, &[]),
    ];
    for (toml, variables) in cases {
        fs::write(folder.path().join("gatepost.toml"), toml).unwrap();
        let run = |arguments: &[&str]| {
            let mut command = alone(folder.path(), arguments);
            command.envs(variables.iter().copied());
            output(command).1
        };
        let (check, doctor) = (run(&["check", "env"]), run(&["doctor"]));
        let told = |mark: &str, text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| line.starts_with(mark));
            lines.map(|line| line.trim_start_matches(mark).trim().to_owned()).collect()
        };
        for (severity, verdict) in [("problem", "FAIL"), ("warning", "warn")] {
            let (checked, examined) = (told(severity, &check), told(verdict, &doctor));
            for line in &checked {
                let cause = line.split("; ").next().unwrap();
                assert!(examined.iter().any(|line| line.contains(cause)), "{severity}: {cause}\n{check}\n{doctor}");
            }
            // Of what both look at, `doctor` says nothing else.
            let about = |line: &&String| line.starts_with("environment: ") || line.starts_with("mail: ");
            assert_eq!(examined.iter().filter(about).count(), checked.len(), "{check}\n{doctor}");
        }
    }
}
