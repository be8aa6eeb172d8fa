//! `gatepost doctor`: finds out why sessions are `null`. [`local`] checks a deployment from its variables, [`outside`] uses a running
//! service as a browser does. Both leave no changes: [`local`] rolls back the rows that it writes, and [`outside`] removes its
//! throw-away user.

mod address;
mod breached_passwords;
pub mod browser;
mod captcha;
mod clients;
mod clock;
mod database;
mod hashes;
mod keys;
mod mail;
mod node;
pub mod outside;
mod placeholder;
mod refusal;
mod rights;
mod rows;
mod schema;
mod served;
mod storage;
mod visit;

use std::path::Path;

use gatepost_core::{
    Auth,
    check::{Findings, KnownFacts, Severity},
    config::{Config, Problems, Variables},
    cookie::{Jar, Lifetime, PendingCookies},
    store::StoreError,
    syntax::origin::{self, Pattern, RelativeUrls},
};
use url::Url;

use self::browser::SetCookie;
pub(crate) use self::visit::base;
use crate::{
    check, deployment, edge,
    report::{Finding, Report, Verdict},
};

/// Checks the deployment that `folder` and `variables` describe, for pages of `origin`, or without one for pages of its own origin.
///
/// # Errors
/// If `origin` is not an origin, with a sentence that says so.
pub async fn local(folder: &Path, variables: &Variables, origin: Option<&str>) -> Result<Report, String> {
    let page = origin.map(page).transpose()?;
    let told = match check::findings(folder, variables, &KnownFacts::default()) {
        Ok(found) => of_check(&found),
        Err((path, error)) => vec![unreadable(&path, &error)],
    };
    // Only the check of the keys needs a secret: without one, the others run.
    let auth = match deployment::with_secret(variables.clone()).and_then(|with| deployment::read(folder, &with)) {
        Ok(auth) => auth,
        Err(problems) if told.iter().all(|finding| finding.verdict != Verdict::Fail) => {
            return Ok(Report::broken_off(environment_problems(&problems)));
        }
        Err(_) => return Ok(Report::broken_off(told)),
    };
    let (mails, told): (Vec<_>, Vec<_>) = told.into_iter().partition(|finding| finding.check == mail::CHECK);
    let (messages, told): (Vec<_>, Vec<_>) = told.into_iter().partition(|finding| finding.check == mail::SMS);
    let (is_told, are_told) = (!mails.is_empty(), !messages.is_empty());
    let mut findings = vec![environment(&auth.config)];
    findings.extend(told);
    findings.extend(cookies(&auth, page.as_ref()));
    findings.extend(page.as_ref().map(|page| trusted(&auth.config, page)));
    findings.push(clients::check(&auth.config, variables.get("VERCEL_ENV").is_some()));
    findings.extend(mails);
    findings.extend(mail::check(&auth.config, !is_told).await);
    findings.extend(messages);
    findings.extend(mail::check_sms(&auth.config, !are_told).await);
    findings.extend(captcha::check(&auth).await);
    findings.extend(breached_passwords::check(&auth.config).await);
    findings.extend(storage::check(&auth).await);
    Ok(of_database(&auth, folder, variables, findings).await)
}

/// Checks only the database that the `variables` of a deployment name: connection, schema, and a row of each table.
pub async fn database(folder: &Path, variables: &Variables) -> Report {
    match deployment::of_stores(folder, variables) {
        Ok(auth) => of_database(&auth, folder, variables, Vec::new()).await,
        Err(problems) => Report::broken_off(environment_problems(&problems)),
    }
}

/// Checks the database and adds the results to `findings`.
pub async fn of_database(auth: &Auth, folder: &Path, variables: &Variables, mut findings: Vec<Finding>) -> Report {
    let Some(url) = &auth.config.database.url else {
        let sessions = if auth.secondary.is_some() { "in the secondary storage" } else { "only in cookies" };
        findings.push(Finding::ok("database", format!("no database is configured: sessions are {sessions}")));
        return Report::complete(findings);
    };
    let region = functions_region(folder, variables);
    let url = String::from_utf8_lossy(url.bytes());
    let (found, client) = database::check(auth, &url, region.as_deref()).await;
    findings.extend(found);
    let Some(mut client) = client else { return Report::broken_off(findings) };
    let unread = |error: &dyn std::fmt::Display| {
        let text = error.to_string();
        let fix = if text.contains("55P03") || text.contains("not answered within") {
            "find the session that holds a lock on the tables, for example a migration, and run `doctor` again"
        } else {
            "let the role of the URL read the tables: run the SQL of `cargo gatepost generate roles` as their owner"
        };
        Finding::fail("schema", text, fix)
    };
    let limit = auth.config.database.options.statement_timeout;
    match tokio::time::timeout(limit, schema::check(&mut client, &auth.config)).await {
        Ok(Ok(found)) => findings.extend(found),
        Ok(Err(error)) => findings.push(unread(&error)),
        Err(_) => findings.push(unread(&StoreError::TimedOut(limit.as_secs()))),
    }
    // Keys are read only where their table is there and may be read: it was said above if it is not.
    let keeps_away =
        |finding: &Finding| finding.verdict == Verdict::Fail && [schema::CHECK, rights::CHECK].contains(&finding.check);
    let readable = !findings.iter().any(keeps_away);
    if auth.config.jwt.enabled && readable && !variables.has_secret() {
        let fix = "set BETTER_AUTH_SECRET as the deployment has it, if the keys are to be checked";
        findings.push(Finding::warn(keys::CHECK, "no secret is set, so no key was decrypted", fix));
    } else if auth.config.jwt.enabled && readable {
        findings.push(keys::check(auth, edge::now()).await.unwrap_or_else(|error| unread(&error)));
    }
    if auth.config.email_and_password.enabled && readable {
        findings.extend(hashes::check(auth).await.unwrap_or_else(|error| Some(unread(&error))));
    }
    Report::complete(findings)
}

/// Parses the origin of a page, in the form in which browsers send it.
fn page(text: &str) -> Result<Url, String> {
    let own = origin::of(text).filter(|origin| origin == text.trim_end_matches('/'));
    own.and_then(|origin| Url::parse(&origin).ok()).ok_or_else(|| {
        format!("--origin is `{text}`, which is not an origin; write a scheme and a host, like https://app.example.com")
    })
}

/// Makes a finding of each problem of a configuration.
pub fn environment_problems(problems: &Problems) -> Vec<Finding> {
    problems.0.iter().map(|problem| of_environment(&problem.place, &problem.text, Severity::Problem)).collect()
}

/// Makes a finding of each finding of `check env`, with the same verdict.
fn of_check(found: &Findings) -> Vec<Finding> {
    found.0.iter().map(|found| of_environment(&found.place, &found.text, found.severity)).collect()
}

fn of_environment(place: &str, text: &str, severity: Severity) -> Finding {
    let check = match place {
        "EMAIL_URL" | "EMAIL_FROM" => mail::CHECK,
        "SMS_URL" => mail::SMS,
        _ => "environment",
    };
    // The part before the first semicolon is the cause, the part after it the fix.
    let (what, fix) = text.split_once("; ").unwrap_or((text, "correct it there"));
    let evidence = format!("{place}: {what}");
    match severity {
        Severity::Problem => Finding::fail(check, evidence, fix),
        Severity::Warning => Finding::warn(check, evidence, fix),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Finding {
    of_environment(&path.display().to_string(), &edge::unreadable(error), Severity::Problem)
}

/// Describes the environment. [`of_check`] says what is wrong with it.
fn environment(config: &Config) -> Finding {
    let environment = format!("{:?}", config.environment).to_lowercase();
    let base = match &config.base_url {
        Some(url) => format!("served at {url}"),
        None => "without a base URL: the service takes its host from each request".to_owned(),
    };
    let trusted = match config.trusted_origins.as_slice() {
        [] => "no other origin is trusted".to_owned(),
        origins => {
            format!("other trusted origins: {}", origins.iter().map(Pattern::as_str).collect::<Vec<_>>().join(", "))
        }
    };
    Finding::ok("environment", format!("{environment}, {base}; {trusted}"))
}

/// Checks how browsers treat the cookies that a sign-in would set.
fn cookies(auth: &Auth, page: Option<&Url>) -> Vec<Finding> {
    const CHECK: &str = "cookies";
    let Some(service) = &auth.config.base_url else {
        let names = &auth.cookies.session_token.name;
        let evidence = format!(
            "the session cookie is {names}; whether browsers keep it depends on the base URL, which is not set"
        );
        return vec![Finding::warn(CHECK, evidence, "set BETTER_AUTH_URL to the public address of the service")];
    };
    let own = Url::parse(&service.origin().ascii_serialization()).unwrap_or_else(|_| service.clone());
    let mut lines = PendingCookies::default();
    let secret = auth.config.secrets.current();
    lines.sign(&auth.cookies.session_token, "token", Lifetime::Seconds(auth.config.session.expires_in), secret);
    if auth.cache.is_some() {
        lines.set_pieces(&auth.cookies.session_data, "session", true, &Jar::default());
    }
    let cookies = lines.into_lines().filter_map(|line| SetCookie::read(&line));
    let fates = cookies.map(|cookie| cookie.fate(service, page.unwrap_or(&own)));
    fates.map(|fate| Finding { check: CHECK, verdict: fate.verdict, evidence: fate.evidence, fix: fate.fix }).collect()
}

/// Checks whether pages of this origin may call the service.
fn trusted(config: &Config, page: &Url) -> Finding {
    const CHECK: &str = "origin";
    let page = page.origin().ascii_serialization();
    let own = config.base_url.as_ref().map(|url| Pattern::new(&url.origin().ascii_serialization()));
    let patterns = own.iter().chain(&config.trusted_origins);
    if origin::is_trusted(&page, patterns, RelativeUrls::Refused) {
        return Finding::ok(CHECK, format!("{page} is trusted: its pages may call the service and read the answers"));
    }
    let fix =
        format!("add {page} to BETTER_AUTH_TRUSTED_ORIGINS, or to `trusted_origins` in gatepost.toml, and deploy");
    Finding::fail(
        CHECK,
        format!(
            "{page} is not trusted: browsers do not let its pages read answers, and the service refuses their POST requests"
        ),
        fix,
    )
}

/// Finds the region of the functions in the variables or in `vercel.json`.
fn functions_region(folder: &Path, variables: &Variables) -> Option<String> {
    if let Some(region) = variables.get("VERCEL_REGION") {
        return Some(region.to_owned());
    }
    let text = std::fs::read_to_string(folder.join("vercel.json")).ok()?;
    let file: serde_json::Value = serde_json::from_str(&text).ok()?;
    file.get("regions")?.get(0)?.as_str().map(str::to_owned)
}
