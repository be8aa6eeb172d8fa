//! `gatepost import`: reads a better-auth project without running it, writes `gatepost.toml` and reports the result for each option.

mod access;
mod around;
mod carry;
pub mod command;
mod conditions;
mod draft;
mod fields;
mod hashes;
mod hooks;
mod identifiers;
mod keys;
mod literal;
mod mails;
mod oauth_proxy;
mod origins;
mod payload;
mod phone;
mod plugins;
mod profile;
pub mod report;
mod schema;
mod search_path;
mod secondary;
mod social;
mod special;
mod storage;
pub mod summary;
mod variables;

use std::{path::Path, sync::mpsc, thread, time::Duration};

use gatepost_core::config::Variables;
use gatepost_import::project::{Project, ProjectError};

use self::{
    carry::Carrier,
    report::{Class, Report, Verdict},
};

/// The stack of the thread that reads, in bytes: the parser calls itself once for each level of nesting.
const STACK: usize = 512 * 1024 * 1024;
/// How long reading may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Reads the project at a path. Writes nothing.
pub fn read(path: &Path) -> Report {
    let shown = path.display().to_string();
    let path = path.to_owned();
    let (done, result) = mpsc::channel();
    let started = thread::Builder::new().stack_size(STACK).spawn(move || {
        // The receiver may have given up.
        let _ = done.send(examined(&path));
    });
    if let Err(error) = started {
        return Report::unreadable(shown, format!("no thread can be started: {error}"));
    }
    match result.recv_timeout(LONGEST) {
        Ok(report) => report,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Report::unreadable(shown, "reading takes longer than a minute; name the file that calls betterAuth")
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Report::unreadable(shown, "the project cannot be read"),
    }
}

fn examined(path: &Path) -> Report {
    let shown = path.display().to_string();
    let project = match Project::open(path) {
        Ok(project) => project,
        Err(unreadable) => return Report::unreadable(&shown, why(&shown, unreadable)),
    };
    let mut carrier = Carrier::new(&project);
    carrier.options();
    defaults(&mut carrier);
    plugins::last_ways_in(&mut carrier);
    variables::needed(&mut carrier);
    mails::variables(&mut carrier);
    schema::write(&mut carrier);
    around::read(&mut carrier);
    let tried = assumed(&carrier);
    let refused = carrier.draft.checked(&carrier.keys, &tried);
    for one in refused {
        let Some(entry) = one.entry.and_then(|at| carrier.entries.get_mut(at)) else {
            carrier.notes.push(format!("`{}` is written as a comment: {}", one.key, one.why));
            continue;
        };
        entry.class = Class::NotPossible;
        entry.key = None;
        entry.says = one.why.replace(" (docs/switching.md)", "").replace("; remove it:", ":");
    }
    let mut notes = project.found.notes.clone();
    notes.append(&mut carrier.notes);
    for (name, at) in project.reader.assumed() {
        let place = project.reader.files.place(at);
        notes.push(format!(
            "{place}: `{name}` is taken for the variable of this name, since what it is a member of is not there"
        ));
    }
    notes.extend(project.reader.broken().into_iter().map(|one| format!("{one}; what it exports is not known")));
    let is_postgres = !carrier.entries.iter().any(|entry| entry.option == "database" && entry.blocks);
    let toml = is_postgres.then(|| carrier.draft.written(&carrier.keys, &head(&project)));
    let Carrier { entries, variables, tables, .. } = carrier;
    let mut report = Report {
        verdict: Verdict::Switches,
        file: project.file,
        entries,
        variables,
        tables,
        notes,
        toml,
        written: None,
    };
    report.judge();
    report
}

/// Writes the lines for defaults that differ from those of better-auth.
fn defaults(carrier: &mut Carrier<'_>) {
    let names: Vec<String> = carrier.entries.iter().map(|entry| entry.option.clone()).collect();
    let has = |plugin: &str| names.iter().any(|name| name == plugin || name.starts_with(&format!("{plugin}.")));
    if carrier.is_on("emailAndPassword.enabled") && carrier.at("emailAndPassword.sendResetPassword").is_none() {
        carrier.line("email_and_password", "send_reset_password", "false", None);
        carrier.notes.push("sendResetPassword is not given: a forgotten password cannot be replaced, as on better-auth (send_reset_password = false)".to_owned());
    }
    for (section, plugin) in [("bearer", "plugins.bearer"), ("jwt", "plugins.jwt")] {
        if !has(plugin) {
            carrier.line(section, "enabled", "false", None);
            carrier
                .notes
                .push(format!("[{section}] is on by default; the plugin is not used, so `enabled = false` is written"));
        }
    }
    if has("plugins.twoFactor") && carrier.option("socialProviders").is_some() {
        carrier.notes.push(
            "gatepost asks for the second factor after every way of signing in, also after a provider: the page that a provider leads back to \
             must ask for the code (docs/CONFIGURATION.md, two_factor_page); ask_on = \"credentials\" in [two_factor] does as better-auth"
                .to_owned(),
        );
    }
    if has("plugins.organization") && !has("plugins.organization.requireEmailVerificationOnInvitation") {
        carrier.notes.push(
            "only users with a confirmed address accept invitations, unless require_email_verification_on_invitation = false in [organization]"
                .to_owned(),
        );
    }
    if carrier.option("database").is_none() && carrier.option("secondaryStorage").is_none() {
        carrier.notes.push("there is no `database`: sessions live in cookies alone".to_owned());
    }
}

/// Variables with which the file is tried: those that the report asks for.
fn assumed(carrier: &Carrier<'_>) -> Variables {
    let mut variables = Variables::default();
    variables.set("BETTER_AUTH_SECRET", "a-text-that-is-long-enough-to-be-a-secret-0123456789");
    variables.set("BETTER_AUTH_URL", "https://auth.example.com");
    if carrier.option("database").is_some() {
        variables.set("DATABASE_URL", "postgres://user@localhost/database");
    }
    if !carrier.mails.is_empty() {
        variables.set("EMAIL_URL", "resend://key");
        variables.set("SMS_URL", "webhook+https://secret@example.com/sms");
        variables.set("EMAIL_FROM", "Name <name@example.com>");
    }
    if carrier.option("secondaryStorage").is_some() {
        variables.set("REDIS_URL", "redis://localhost");
    }
    for one in &carrier.variables {
        if one.name.ends_with("_CLIENT_ID") || one.name.ends_with("_CLIENT_SECRET") {
            variables.set(&one.name, "value");
        }
        if one.name == "GATEPOST_PREVIEW_KEY" {
            variables.set(&one.name, "another-text-that-is-long-enough-0123456789");
        }
    }
    for variable in gatepost_core::declarations::ALL.iter().flat_map(|feature| feature.variables) {
        variables.set(variable.name, "value");
    }
    variables
}

fn head(project: &Project) -> String {
    format!(
        "Written by `cargo gatepost import` from {}: what differs from the defaults.\ndocs/CONFIGURATION.md has all keys; the \
         report of the command has the result of each option.",
        project.file
    )
}

/// Why a project cannot be read, in words.
fn why(shown: &str, unreadable: ProjectError) -> String {
    match unreadable {
        ProjectError::Path(error) => format!("{shown}: {error}"),
        ProjectError::Syntax { file, line, what } => format!("{file}:{line}: {what}"),
        ProjectError::NotThere(places) => {
            format!("{shown}: it does not call betterAuth; name the file that does: {}", places.join(", "))
        }
        ProjectError::NoCall => {
            format!("{shown}: no source file calls betterAuth of the package better-auth; name the file that does")
        }
        ProjectError::Several(places) => {
            format!("{shown}: several files call betterAuth; name one of them, with its line: {}", places.join(", "))
        }
    }
}
