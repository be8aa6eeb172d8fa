//! A running better-auth on Node, seen from outside: recognizes it, and says what changes when gatepost takes over. The requests need
//! no session and change nothing.

use gatepost_core::functions::FUNCTIONS;
use http::Method;
use serde_json::{Value, json};

use super::{
    browser::SetCookie,
    visit::{Visit, code_of, json_of},
};
use crate::report::Finding;

const CHECK: &str = "switching";

/// A plugin of better-auth.
struct Plugin {
    name: &'static str,
    /// An endpoint that refuses a request without a session or with an empty body, before it does anything.
    method: Method,
    path: &'static str,
    /// The section of `gatepost.toml` that has its options.
    section: &'static str,
}

const fn plugin(name: &'static str, method: Method, path: &'static str, section: &'static str) -> Plugin {
    Plugin { name, method, path, section }
}

/// Plugins that are recognized by an endpoint.
const PLUGINS: &[Plugin] = &[
    plugin("admin", Method::GET, "/admin/list-users", "admin"),
    plugin("anonymous", Method::POST, "/delete-anonymous-user", "anonymous"),
    plugin("apiKey", Method::GET, "/api-key/list", "api_key"),
    plugin("deviceAuthorization", Method::POST, "/device/code", "device_authorization"),
    plugin("emailOTP", Method::POST, "/sign-in/email-otp", "email_otp"),
    plugin("jwt", Method::GET, "/token", "jwt"),
    plugin("magicLink", Method::POST, "/sign-in/magic-link", "magic_link"),
    plugin("multiSession", Method::POST, "/multi-session/set-active", "multi_session"),
    plugin("oneTap", Method::POST, "/one-tap/callback", "one_tap"),
    plugin("oneTimeToken", Method::GET, "/one-time-token/generate", "one_time_token"),
    plugin("organization", Method::GET, "/organization/list", "organization"),
    plugin("passkey", Method::GET, "/passkey/list-user-passkeys", "passkey"),
    plugin("phoneNumber", Method::POST, "/sign-in/phone-number", "phone_number"),
    plugin("siwe", Method::POST, "/siwe/verify", "siwe"),
    plugin("twoFactor", Method::POST, "/two-factor/verify-totp", "two_factor"),
    plugin("username", Method::POST, "/sign-in/username", "username"),
];

/// How deep the body is nested by which the servers differ: gatepost reads 128 levels, better-auth all of them.
const DEPTH: usize = 200;

impl Visit {
    /// Finds out whether better-auth on Node answers: it reads a body that is nested too deep for gatepost, in a sign-out without a
    /// session.
    pub(super) async fn recognized(&mut self) -> Option<Finding> {
        let deep = (0..DEPTH).fold(Value::Null, |inner, _| json!([inner]));
        let answer = self.ask(Method::POST, "/sign-out", &[], Some(&json!({ "gatepostDoctor": deep }))).await.ok()?;
        let ended = json_of(&answer).get("success") == Some(&Value::Bool(true));
        self.is_node = answer.status().is_success() && ended;
        self.is_node
            .then(|| Finding::ok(CHECK, "better-auth on Node answers there; what changes with gatepost follows"))
    }

    /// Says for each plugin that answers what to do about it.
    pub(super) async fn plugins(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut names = Vec::new();
        let mut has_tokens = false;
        for plugin in PLUGINS {
            let body = (plugin.method == Method::POST).then(|| json!({}));
            let Ok(answer) = self.ask(plugin.method.clone(), plugin.path, &[], body.as_ref()).await else { continue };
            let code = code_of(&json_of(&answer));
            if code == "MISSING_RESPONSE" && !names.contains(&"captcha") {
                names.push("captcha");
                findings.push(in_section("captcha", "captcha"));
            }
            // A path without an endpoint is an empty 404. A limit or a fault says nothing about it.
            let exists = matches!(answer.status().as_u16(), 200 | 400 | 401 | 403 | 422) && code != "MISSING_RESPONSE";
            if !exists {
                continue;
            }
            names.push(plugin.name);
            has_tokens |= plugin.name == "jwt";
            findings.extend(judged(plugin));
        }
        if !has_tokens {
            let fix =
                "set `enabled = false` in `[jwt]` if no service needs tokens: no table for their keys is needed then";
            findings.push(Finding::warn(
                CHECK,
                "the plugin jwt is not in use, and gatepost has its endpoints by default",
                fix,
            ));
        }
        let listed = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let evidence = format!("plugins that can be seen from outside: {listed}. Hooks and callbacks cannot");
        findings.insert(0, Finding::ok(CHECK, evidence));
        findings
    }

    /// The options that the cookies of the new session show.
    pub(super) fn shown_options(&self) -> Option<Finding> {
        let cookie =
            |ending: &str| self.cookies.iter().map(|(cookie, _)| cookie).find(|cookie| cookie.name.ends_with(ending));
        let token = cookie("session_token")?;
        let mut lines = Vec::new();
        let plain = token.name.trim_start_matches("__Secure-").trim_start_matches("__Host-");
        match plain.strip_suffix(".session_token") {
            Some("better-auth") => {}
            Some(prefix) => lines.push(format!("[advanced]\ncookie_prefix = {}", Value::from(prefix))),
            None => lines.push(format!("[advanced.cookies.session_token]\nname = {}", Value::from(plain))),
        }
        let cached = self.cookies.iter().map(|(cookie, _)| cookie).find(|cookie| cookie.name.contains("session_data"));
        lines.extend(
            cached.map(|cookie| format!("[session.cookie_cache]\nenabled = true\nstrategy = \"{}\"", strategy(cookie))),
        );
        if lines.is_empty() {
            return Some(Finding::ok(CHECK, "its cookies have the names that gatepost uses by default"));
        }
        let evidence = "its cookies show options that gatepost needs too, so that sessions stay valid";
        Some(Finding::warn(CHECK, evidence, format!("write these lines into gatepost.toml:\n{}", lines.join("\n"))))
    }
}

/// The form of a cached session.
fn strategy(cookie: &SetCookie) -> &'static str {
    match cookie.value.split('.').count() {
        3 => "jwt",
        5 => "jwe",
        _ => "compact",
    }
}

/// The finding about a plugin that is in use. `None` if gatepost does the same without configuration.
fn judged(plugin: &Plugin) -> Option<Finding> {
    let mut endpoints = FUNCTIONS.iter().flat_map(|function| function.tables).flat_map(|table| table.endpoints);
    let is_served = endpoints.any(|endpoint| endpoint.path == plugin.path);
    match (plugin.name, is_served) {
        ("jwt", true) => None,
        (name, true) => Some(in_section(name, plugin.section)),
        ("admin", false) => Some(Finding::fail(
            CHECK,
            "the plugin admin is in use, and gatepost does not have it: banned users could sign in",
            "do not switch while it protects users; docs/switching.md says more",
        )),
        (name, false) => Some(Finding::warn(
            CHECK,
            format!(
                "the plugin {name} is in use, and gatepost does not have it: its endpoints become 404, and what it forbids is permitted"
            ),
            "switch only if your users can do without it; docs/switching.md says more",
        )),
    }
}

fn in_section(name: &str, section: &str) -> Finding {
    Finding::warn(
        CHECK,
        format!("the plugin {name} is in use"),
        format!("set `enabled = true` in `[{section}]` of gatepost.toml, with the plugin's other options"),
    )
}
