//! Whether captchas protect what they are meant to: the provider knows the secret key, and no guarded way has an open one beside it.

use gatepost_core::{
    Auth, Config,
    endpoint::Endpoint,
    features::captcha::{self, declaration::SECRET_KEY},
    functions::{FUNCTIONS, Function},
    routes,
};

use crate::report::Finding;

const CHECK: &str = "captcha";
/// Paths at which users sign in with a password.
const WITH_PASSWORD: [&str; 2] = ["/sign-in/email", "/sign-in/username"];

/// Nothing where the feature is off.
pub(super) async fn check(auth: &Auth) -> Vec<Finding> {
    let config = &auth.config;
    if !config.features.captcha.enabled {
        return Vec::new();
    }
    let mut findings = vec![key(auth).await];
    findings.extend(open_way(config));
    findings.extend(without_endpoint(config));
    findings
}

/// Asks the provider about a made-up response: the codes in its answer say whether it knows the secret key.
async fn key(auth: &Auth) -> Finding {
    let features = &auth.config.features;
    let Some(secret) = features.value(SECRET_KEY) else {
        return Finding::fail(CHECK, format!("{SECRET_KEY} is not set"), "set it to the provider's secret key");
    };
    match captcha::made_up(&features.captcha, secret).await {
        Err(cause) => {
            let fix = "let the service reach the provider, and compare `captcha.site_verify_url_override`: until then guarded \
                       requests are refused";
            Finding::fail(CHECK, format!("the provider cannot be asked: {cause}"), fix)
        }
        Ok(Ok(())) => {
            let fix = format!("if this deployment serves users, set {SECRET_KEY} to a key that is not for tests");
            Finding::warn(CHECK, "the provider accepts a made-up response, as it does for its test keys", fix)
        }
        Ok(Err(cause)) if cause.contains("secret") => {
            let fix = format!("set {SECRET_KEY} to the secret key that the provider shows beside the site key");
            Finding::fail(CHECK, format!("the provider does not know the secret key: {cause}"), fix)
        }
        Ok(Err(_)) => Finding::ok(CHECK, "the provider knows the secret key and refuses a made-up response"),
    }
}

fn served(config: &Config) -> impl Iterator<Item = (&'static Endpoint, &str)> {
    let endpoints = FUNCTIONS.iter().flat_map(Function::endpoints);
    endpoints.filter_map(|endpoint| Some((endpoint, routes::served(config, endpoint)?)))
}

/// A password can be guessed where one of the ways to sign in with it is open.
fn open_way(config: &Config) -> Option<Finding> {
    let is_guarded = |path: &&str| captcha::guards(&config.features.captcha, path);
    let (guarded, open): (Vec<_>, Vec<_>) =
        served(config).map(|(_, path)| path).filter(|path| WITH_PASSWORD.contains(path)).partition(is_guarded);
    let (guarded, open) = (guarded.first()?, open.first()?);
    let evidence =
        format!("`{guarded}` is guarded and `{open}` is not: passwords can be tried there without a captcha");
    Some(Finding::warn(CHECK, evidence, format!("add `{open}` to `captcha.endpoints`")))
}

/// An entry of `captcha.endpoints` that is no endpoint's path, as one that is misspelt.
fn without_endpoint(config: &Config) -> Vec<Finding> {
    let mut entry = config.features.captcha.clone();
    let listed = entry.endpoints.take().unwrap_or_default();
    let without = listed.into_iter().filter(|pattern| {
        entry.endpoints = Some(vec![pattern.clone()]);
        // A segment `:name` of a path stands for any one.
        !served(config).any(|(_, path)| captcha::guards(&entry, &path.replace(':', "")))
    });
    let warn = |pattern: String| {
        let evidence = format!("no endpoint has the path `{pattern}`");
        Finding::warn(CHECK, evidence, "compare it with docs/ENDPOINTS.md, or remove it from `captcha.endpoints`")
    };
    without.map(warn).collect()
}
