//! Checks an environment before a deployment: `gatepost check env`, and the build of a deployment. In addition to the
//! configuration's own problems it looks at all variables together. It quotes no secret.

mod names;

use std::{collections::BTreeSet, fmt};

use jiff::Timestamp;

use crate::{
    config::{
        self, Audience, Config, CookieCache, Environment, Problems, SecondaryStorage, SmsTransport, Transport,
        Variables,
    },
    store::{Pool, secondary},
    syntax::network::is_loopback,
};

/// The maximum size of all variables together in bytes, names and values, that the platform accepts.
const ALL: usize = 65_536;
/// The size of a variable in bytes above which it probably contains something else.
const ONE: usize = 4_096;
/// The prefixes of names whose values the builds of front ends copy into what browsers load.
const PUBLIC: [&str; 9] = [
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "VUE_APP_",
    "GATSBY_",
    "NG_APP_",
];
/// The number of bits below which better-auth also calls a secret weak.
const BITS: f64 = 120.0;
/// The minimum length of secrets that are searched in other variables: shorter ones would be found by chance.
const TELLING: usize = 8;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It works, but may not be what was intended.
    Warning,
    /// It does not work, or is not safe.
    Problem,
}

/// A finding of the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The severity of the finding.
    pub severity: Severity,
    /// The variable, or the file and line.
    pub place: String,
    /// The problem and the fix, in one sentence.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = if self.severity == Severity::Problem { "problem" } else { "warning" };
        write!(f, "{severity}  {}: {}", self.place, self.text)
    }
}

/// All findings, in the order of the checks.
#[derive(Default)]
pub struct Findings(pub Vec<Finding>);

impl Findings {
    /// Whether a finding is a problem.
    pub fn has_problems(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Problem)
    }

    fn problem(&mut self, place: &str, text: impl Into<String>) {
        self.0.push(Finding { severity: Severity::Problem, place: place.to_owned(), text: text.into() });
    }

    fn warning(&mut self, place: &str, text: impl Into<String>) {
        self.0.push(Finding { severity: Severity::Warning, place: place.to_owned(), text: text.into() });
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |severity| self.0.iter().filter(|finding| finding.severity == severity).count();
        self.0.iter().try_for_each(|finding| writeln!(f, "{finding}"))?;
        let (problems, warnings) = (count(Severity::Problem), count(Severity::Warning));
        write!(f, "{problems} problem{}, {warnings} warning{}", plural(problems), plural(warnings))
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Knowledge beyond the environment itself.
#[derive(Default)]
pub struct KnownFacts<'a> {
    /// Another environment with its name: no secret may be in both.
    pub against: Option<(&'a str, &'a Variables)>,
    /// The issuer that services expect in JWTs.
    pub issuer: Option<&'a str>,
    /// The audience that services expect in JWTs.
    pub audience: Option<&'a str>,
}

/// Checks an environment and the configuration that was read from it, including the `problems` found while reading.
pub fn environment(variables: &Variables, config: &Config, problems: &Problems, known: &KnownFacts<'_>) -> Findings {
    let mut findings = Findings::default();
    problems.0.iter().for_each(|problem| findings.problem(&problem.place, &problem.text));
    if let Some(url) = &config.database.url {
        // Nothing connects, so the clock is never read.
        if let Err(text) = Pool::new(url, &config.database, || Timestamp::UNIX_EPOCH) {
            findings.problem(config.database.variable, text);
        }
    }
    if let Some(text) = config.database.warning() {
        findings.warning(config.database.variable, text);
    }
    if let Some(text) = config.session.cookie_cache.warning() {
        findings.warning(CookieCache::REFRESH, text);
    }
    if let Some(storage) = &config.secondary_storage {
        secondary_storage(config, storage, &mut findings);
    }
    base_url(variables, config, &mut findings);
    mails(variables, config, &mut findings);
    tokens(config, known, &mut findings);
    weak_secrets(variables, &mut findings);
    sizes(variables, &mut findings);
    published(variables, &mut findings);
    names::misspelt_or_empty(variables).iter().for_each(|(name, text)| findings.warning(name, text));
    if let Some((name, other)) = known.against {
        shared(variables, name, other, &mut findings);
    }
    findings
}

/// Checks that sessions are not sent unencrypted over a network.
fn secondary_storage(config: &Config, storage: &SecondaryStorage, findings: &mut Findings) {
    match secondary::address(storage) {
        Err(text) => findings.problem(storage.variable(), text),
        Ok(address)
            if !address.tls && !is_loopback(&address.host) && config.environment != Environment::Development =>
        {
            let text = format!(
                "`{}` is used without TLS: anyone on the network can read every session; write rediss:// or https://, unless \
                 you control the whole network in between",
                address.host
            );
            findings.warning(storage.variable(), text);
        }
        Ok(_) => {}
    }
}

/// Checks that a deployment's base URL is https, and that it leads to this deployment.
fn base_url(variables: &Variables, config: &Config, findings: &mut Findings) {
    if config.environment == Environment::Development {
        return;
    }
    let place = config.base_url_place.as_str();
    let Some(url) = &config.base_url else {
        if config.mails_no_links() {
            let text = "it is missing, and mails need it: without it no mail with a link is sent, because a request can name any \
                        host; set the public URL";
            findings.problem(place, text);
        } else if variables.get("VERCEL_ENV") == Some("production") {
            let text = "it is missing: tokens name the host of each request, and links in mails the project's domain; set the \
                        public URL";
            findings.warning(place, text);
        }
        return;
    };
    let host = url.host_str().unwrap_or_default();
    if is_loopback(host) {
        findings.problem(place, format!("`{host}` is the developer's machine; set the public URL"));
    } else if url.scheme() != "https" {
        findings.problem(place, "it is not https: cookies would be sent unencrypted; write https://…");
    }
    let own = |name| variables.get(name).is_some_and(|own| own.eq_ignore_ascii_case(host));
    let here = own("VERCEL_URL") || own("VERCEL_BRANCH_URL");
    let production = variables.get("VERCEL_PROJECT_PRODUCTION_URL");
    match (config.environment, production) {
        (Environment::Preview, Some(_)) if own("VERCEL_PROJECT_PRODUCTION_URL") => findings.problem(
            place,
            "it is production's URL, and this is a preview: its links and cookies would be production's; remove it from \
             preview, where each deployment then uses its own URL",
        ),
        (Environment::Production, Some(production)) if !here && !own("VERCEL_PROJECT_PRODUCTION_URL") => findings.warning(
            place,
            format!("`{host}` is not `{production}`, the project's domain; check that it leads to this deployment"),
        ),
        _ => {}
    }
}

/// Checks features that are on but cannot send their mails.
fn mails(variables: &Variables, config: &Config, findings: &mut Findings) {
    const NAME: &str = "EMAIL_URL";
    let deployed = config.environment != Environment::Development;
    let mail = matches!(config.transport, Some(Transport::File(_))).then_some(NAME);
    let sms = matches!(config.sms, Some(SmsTransport::File(_))).then_some("SMS_URL");
    for name in [mail, sms].into_iter().flatten().filter(|_| deployed) {
        let text = "a function's files are lost with its instance, and so are its messages; write another transport";
        findings.warning(name, text);
    }
    let password = &config.email_and_password;
    let is_told = findings.0.iter().any(|finding| finding.place == NAME);
    if !deployed || is_told || !password.enabled || variables.get(NAME).is_some() {
        return;
    }
    if password.require_email_verification {
        let text = "it is missing, and users cannot sign in before they confirm their address by mail; set it, or switch \
                    `email_and_password.require_email_verification` off";
        findings.problem(NAME, text);
    } else if password.send_reset_password.is_none() {
        let text =
            "it is missing: users cannot replace a forgotten password or confirm an address; set it to a transport";
        findings.warning(NAME, text);
    }
}

/// Checks the issuer and audience of JWTs, because services refuse JWTs with other ones.
fn tokens(config: &Config, known: &KnownFacts<'_>, findings: &mut Findings) {
    let origin = config.base_url.as_ref().map(|url| url.origin().ascii_serialization());
    if !config.jwt.enabled {
        for (expected, what) in [(known.issuer, "issuer"), (known.audience, "audience")] {
            if expected.is_some() {
                let text = format!("an {what} is expected, but no JWTs are signed; set it to true");
                findings.problem("jwt.enabled", text);
            }
        }
        return;
    }
    let mut fixed = |key: &str, expected: Option<&str>, have: Vec<String>| {
        let Some(expected) = expected else { return };
        if have.is_empty() {
            let text = format!(
                "services expect `{expected}`, but without a base URL it is the origin of each request; \
                 set BETTER_AUTH_URL, or `{key}`"
            );
            findings.problem(key, text);
        } else if !have.iter().any(|have| have == expected) {
            findings.problem(
                key,
                format!(
                    "services expect `{expected}`, but it is `{}`; set `{key}`, or correct the services",
                    have.join("`, `")
                ),
            );
        }
    };
    let own = || origin.clone().into_iter().collect::<Vec<_>>();
    let issuer = config.jwt.issuer.clone().map_or_else(own, |issuer| vec![issuer]);
    let audience = match &config.jwt.audience {
        None => own(),
        Some(Audience::One(one)) => vec![one.clone()],
        Some(Audience::Several(many)) => many.clone(),
    };
    fixed("jwt.issuer", known.issuer, issuer);
    fixed("jwt.audience", known.audience, audience);
}

/// Warns of secrets that are long but easy to guess.
fn weak_secrets(variables: &Variables, findings: &mut Findings) {
    for (name, secret) in signing(variables) {
        let letters: BTreeSet<char> = secret.chars().collect();
        let length = u32::try_from(secret.chars().count()).unwrap_or(u32::MAX);
        let kinds = u32::try_from(letters.len()).unwrap_or(u32::MAX);
        if f64::from(kinds).log2() * f64::from(length) < BITS {
            findings.warning(name, "a secret in it is easy to guess; make one with `cargo gatepost secret new`");
        }
    }
}

fn sizes(variables: &Variables, findings: &mut Findings) {
    let size = |(name, value): (&str, &str)| name.len() + value.len();
    let all: usize = variables.iter().map(size).sum();
    if all > ALL {
        let text =
            format!("they have {all} bytes, but the platform accepts {ALL}; remove those that no function reads");
        findings.problem("all variables", text);
    }
    for variable in variables.iter().filter(|variable| size(*variable) > ONE) {
        let size = size(variable);
        let text =
            format!("it has {size} bytes; values above {ONE} are probably not a setting; check it, or remove it");
        findings.warning(variable.0, text);
    }
}

/// Finds secrets that a front end publishes, by their names or as copies.
fn published(variables: &Variables, findings: &mut Findings) {
    let secrets: Vec<_> = variables.iter().filter(|(name, value)| is_sensitive(name) && !value.is_empty()).collect();
    let entries: Vec<_> = signing(variables).collect();
    for (name, value) in variables.iter().filter(|(_, value)| !value.is_empty()) {
        let Some(rest) = PUBLIC.iter().find_map(|prefix| name.strip_prefix(prefix)) else { continue };
        let why = "front ends publish variables with such a name";
        let copied =
            secrets.iter().chain(&entries).find(|(_, secret)| secret.len() >= TELLING && value.contains(secret));
        if let Some((secret, _)) = copied {
            findings.problem(name, format!("{secret} is in it, and {why}; remove it, and replace the secret"));
        } else if is_sensitive(rest) {
            findings.problem(name, format!("{rest} is a secret, and {why}; remove it, and replace the secret"));
        }
    }
}

/// Finds secrets and databases that two environments share. A person with access to one environment must not be able to sign in to
/// the other.
fn shared(variables: &Variables, name: &str, other: &Variables, findings: &mut Findings) {
    let others: BTreeSet<_> = signing(other).map(|(_, secret)| secret).collect();
    let mut told = BTreeSet::new();
    for (variable, secret) in signing(variables) {
        if others.contains(secret) && told.insert(variable) {
            let text = format!(
                "a secret in it is also in {name}: anyone who knows it there can sign in as any user here; \
                 make another with `cargo gatepost secret new`"
            );
            findings.problem(variable, text);
        }
    }
    let stores = ["DATABASE_URL", "DATABASE_URL_UNPOOLED", "REDIS_URL", "UPSTASH_REDIS_REST_URL"];
    for variable in config::variables().filter(|variable| stores.contains(&variable.name)) {
        let value = |of: &Variables| variable.names().find_map(|name| of.get(name).map(str::to_owned));
        if value(variables).is_some() && value(variables) == value(other) {
            let store = if variable.name.starts_with("DATABASE") { "database" } else { "store" };
            let text =
                format!("it is the same as in {name}: both use one {store}; give each its own, unless you mean it");
            findings.warning(variable.name, text);
        }
    }
}

/// Whether the variable of this name holds a secret.
fn is_sensitive(name: &str) -> bool {
    config::variables().any(|variable| variable.sensitive && variable.is(name))
}

/// Returns each secret that signs, with its variable.
fn signing(variables: &Variables) -> impl Iterator<Item = (&'static str, &str)> {
    const LISTED: &str = "BETTER_AUTH_SECRETS";
    let single = ["BETTER_AUTH_SECRET", "AUTH_SECRET"].into_iter();
    let single = single.filter_map(|name| Some((name, variables.get(name)?)));
    let listed = variables.get(LISTED).unwrap_or_default().split(',');
    let listed = listed.filter_map(|entry| Some((LISTED, entry.split_once(':')?.1.trim())));
    single.chain(listed.filter(|(_, secret)| !secret.is_empty()))
}
