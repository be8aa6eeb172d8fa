//! Reads the text of a connection URL as providers write it, and as Node's driver `pg` reads it (pg-connection-string 2.14).
//! An error quotes nothing of the text, which holds a password.

use std::{borrow::Cow, collections::BTreeMap, fmt, fmt::Write as _};

use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::{search_path, url_forms};

/// A connection URL that was understood.
#[derive(Clone)]
pub struct DatabaseUrl {
    /// By libpq's names. If a parameter is repeated, the last value wins.
    parameters: BTreeMap<&'static str, String>,
    /// The mode of `sslmode`, or else of `ssl`.
    pub tls: Option<TlsMode>,
    /// The file that `sslrootcert` names: certificates to trust instead of the public ones.
    pub root_certificates: Option<String>,
    /// The schemas that a parameter names, each with that parameter.
    pub schemas: Vec<(&'static str, Vec<String>)>,
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

/// The use of TLS that a URL asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// None.
    Disable,
    /// TLS if the server has it.
    Prefer,
    /// Always, and the certificate is verified.
    Require,
    /// TLS always, with any certificate that the server shows.
    NoVerify,
}

/// The values of `sslmode` that are taken, and what they ask for. A certificate is verified or not: `require` is as strict
/// as `verify-full`.
const TLS_MODES: [(&str, TlsMode); 7] = [
    ("disable", TlsMode::Disable),
    ("allow", TlsMode::Prefer),
    ("prefer", TlsMode::Prefer),
    ("require", TlsMode::Require),
    ("verify-ca", TlsMode::Require),
    ("verify-full", TlsMode::Require),
    ("no-verify", TlsMode::NoVerify),
];

/// Parameters that the driver knows. Those of other clients are ignored.
const PASSED: [&str; 17] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "user",
];

/// Those of them that take one of a few values.
const CHOICES: [(&str, &[&str]); 4] = [
    ("channel_binding", &["disable", "prefer", "require"]),
    ("load_balance_hosts", &["disable", "random"]),
    ("sslnegotiation", &["postgres", "direct"]),
    ("target_session_attrs", &["any", "read-write", "read-only"]),
];

/// Parameters that name the schema of the tables: Prisma's, JDBC's, that of Rails, and PostgreSQL's own.
const SCHEMAS: [&str; 4] = ["schema", "currentSchema", "schema_search_path", "search_path"];

impl DatabaseUrl {
    /// Reads `text`.
    ///
    /// # Errors
    /// Returns the fault, a semicolon, and the fix.
    pub fn read(text: &str) -> Result<Self, String> {
        let text =
            text.trim_matches(|letter: char| letter.is_whitespace() || letter.is_control() || letter == '\u{feff}');
        // A URL that was wrapped when it was copied is still a URL (WHATWG URL §4.4).
        let text = text.replace(['\t', '\r', '\n'], "");
        let rest = escapes_of_pg(url_forms::without_scheme(&text)?);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end).unwrap_or_default();
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        // What stands in front of a `/`, `?` or `#` would be taken for a host otherwise, and hosts are printed.
        if path.contains('@') || fragment.contains('@') {
            return Err(UNESCAPED.to_owned());
        }
        // An `@` there is a part of a password, which is reported below.
        if let Some(wrong) = misplaced(path, query).filter(|_| !query.contains('@')) {
            return Err(wrong.to_owned());
        }
        let mut url = Self { parameters: BTreeMap::new(), tls: None, root_certificates: None, schemas: Vec::new() };
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        url.set("user", decoded(user, "user")?);
        url.set("password", decoded(password, "password")?);
        url.set("dbname", decoded(path.strip_prefix('/').unwrap_or_default(), "database's name")?);
        url.set_hosts(hosts)?;
        url.set_query(query)?;
        url.check()?;
        Ok(url)
    }

    /// The connection as a list of keywords (libpq's `conninfo`). It has the password in it.
    pub fn keywords(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.parameters {
            let value = value.replace('\\', "\\\\").replace('\'', "\\'");
            // Writing into a String cannot fail.
            let _ = write!(text, "{name}='{value}' ");
        }
        text
    }

    /// Returns the URL without the options that set a search path, or `None` if it has none. A pooler refuses such options, and
    /// statements name the schema themselves.
    pub fn without_search_path(&self) -> Option<Self> {
        let (Some(_), others) = search_path::of_options(self.get("options")) else { return None };
        let mut url = self.clone();
        url.parameters.remove("options");
        url.set("options", others);
        Some(url)
    }

    /// The port, if there is one.
    pub fn port(&self) -> Option<&str> {
        self.parameters.get("port").map(String::as_str)
    }

    /// Returns this URL with another port.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.set("port", port.to_string());
        self
    }

    fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Sets a parameter; an empty value leaves what is there.
    fn set(&mut self, name: &'static str, value: String) {
        if !value.is_empty() {
            self.parameters.insert(name, value);
        }
    }

    /// `host`, `host:port`, `[address]:port`, several of them with commas in between.
    fn set_hosts(&mut self, text: &str) -> Result<(), String> {
        let (mut hosts, mut ports) = (Vec::new(), Vec::new());
        for part in text.split(',') {
            let (host, port) = match part.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                Some((address, port)) => (address, port.strip_prefix(':').unwrap_or(port)),
                None => part.split_once(':').unwrap_or((part, "")),
            };
            if port.contains(':') {
                return Err(TWO_PORTS.to_owned());
            }
            hosts.push(decoded(host, "host")?);
            ports.push(port);
        }
        self.set("host", hosts.join(","));
        if ports.iter().any(|port| !port.is_empty()) {
            self.set("port", ports.join(","));
        }
        Ok(())
    }

    fn set_query(&mut self, query: &str) -> Result<(), String> {
        let mut ssl = None;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = form_urlencoded::parse(pair.as_bytes()).next().unwrap_or_default();
            let passed = PASSED.into_iter().find(|passed| *passed == name);
            if pair.contains('@') && (passed.is_none() || pair.split('=').next().is_some_and(|name| name.contains('@')))
            {
                return Err(UNESCAPED.to_owned());
            }
            match (name.as_ref(), passed) {
                ("sslmode", _) => self.tls = Some(tls_mode("sslmode", &value)?),
                ("ssl", _) => ssl = Some(tls_mode("ssl", &value)?),
                ("sslrootcert", _) if value != "system" => self.root_certificates = Some(value.into_owned()),
                (_, Some(passed)) => self.set(passed, value.into_owned()),
                (name, None) => {
                    if let Some(key) = SCHEMAS.into_iter().find(|key| *key == name) {
                        self.add_schemas(key, &value)?;
                    }
                }
            }
        }
        self.tls = self.tls.or(ssl);
        if let (Some(path), _) = search_path::of_options(self.get("options")) {
            self.add_schemas("options=-c search_path", &path)?;
        }
        Ok(())
    }

    fn add_schemas(&mut self, key: &'static str, value: &str) -> Result<(), String> {
        // Prisma's is one name, letter for letter.
        if key == "schema" && value.contains('"') {
            return Err(
                "its `schema` has quotes in it, which would be a part of the name; write the name without them"
                    .to_owned(),
            );
        }
        let names = if key == "schema" { Some(vec![value.to_owned()]) } else { search_path::names(value) };
        let names = names.filter(|names| !names.is_empty() && names.iter().all(|name| is_name(name)));
        let names = names.ok_or_else(|| {
            format!("its `{key}` names no schema; write the name of the tables' schema, or remove it")
        })?;
        self.schemas.push((key, names));
        Ok(())
    }

    /// Refuses values that no server can make right.
    fn check(&mut self) -> Result<(), String> {
        let count = |name| self.parameters.get(name).map(|list: &String| list.split(',').count());
        let (hosts, addresses, ports) = (count("host"), count("hostaddr"), count("port"));
        let places = hosts.or(addresses).unwrap_or(1);
        if addresses.is_some_and(|count| count != places) || ports.is_some_and(|count| count != 1 && count != places) {
            return Err("it has another number of hosts than of ports or addresses; write one for each host".to_owned());
        }
        let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0);
        if !self.get("port").split(',').all(is_port) {
            return Err("a port in it is no number from 1 to 65535; write the server's port behind the host's `:`, as 5432, or nothing"
                .to_owned());
        }
        if hosts.is_some() && !self.get("host").split(',').all(is_host) {
            return Err(format!(
                "a host in it has characters that no host has; fill in what stands for one, and {ENCODE}"
            ));
        }
        let is_placeholder = |password: &str| {
            let bare = password.trim_matches(['[', ']', '<', '>', '{', '}', '$']);
            let word = bare.to_ascii_uppercase().replace(['-', ' '], "_");
            !password.is_empty()
                && (password.bytes().all(|byte| byte == b'*')
                    || (bare != password && PLACEHOLDERS.contains(&word.as_str())))
        };
        if is_placeholder(self.get("password")) {
            return Err("its password is only a placeholder; write the database's password in its place".to_owned());
        }
        for (name, values) in CHOICES {
            let value = self.get(name);
            if !value.is_empty() && !values.contains(&value) {
                return Err(format!("its `{name}` is none of {}; write one of them, or remove it", values.join(", ")));
            }
        }
        if self.get("channel_binding") == "require" && self.tls == Some(TlsMode::Disable) {
            return Err(
                "its `channel_binding=require` needs TLS, which its `sslmode` switches off; remove one of the two"
                    .to_owned(),
            );
        }
        if self.get("sslnegotiation") == "direct" {
            match self.tls {
                None => self.tls = Some(TlsMode::Require),
                Some(TlsMode::Require | TlsMode::NoVerify) => {}
                Some(_) => {
                    return Err("its `sslnegotiation=direct` needs TLS in any case; write `sslmode=require` beside it"
                        .to_owned());
                }
            }
        }
        // As `pg` has it.
        if hosts.is_none() && addresses.is_none() {
            self.set("host", "localhost".to_owned());
        }
        Ok(())
    }
}

const TWO_PORTS: &str = "two ports stand behind a host, or an IPv6 address stands there without brackets; write one port, and the \
                         address as in [::1]:5432";
const ENCODE: &str = "write special characters of the password percent-encoded, `/` as %2F, `?` as %3F and `#` as %23";
const UNESCAPED: &str = "an `@` stands behind the host; write `/`, `?` and `#` of the password as %2F, %3F and %23, and any other \
                         `@` behind the host as %40";
/// Placeholders that providers and guides print instead of the password, between brackets.
const PLACEHOLDERS: [&str; 5] = ["YOUR_PASSWORD", "PASSWORD", "DB_PASSWORD", "DATABASE_PASSWORD", "PGPASSWORD"];

/// The longest name that PostgreSQL keeps, in bytes.
pub(super) const LONGEST: usize = 63;

/// Whether PostgreSQL can call something that; a longer one it would cut, and two might become one.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && !name.contains('\0')
}

/// Finds a sign at the wrong place behind the host.
fn misplaced(path: &str, query: &str) -> Option<&'static str> {
    // A name of a database that has a `&` and a `=` is far rarer than a parameter behind the wrong sign.
    let is_parameter = |text: &str| {
        let name = text.split('=').next().unwrap_or_default();
        text.contains('=')
            && (["sslmode", "ssl", "sslrootcert", "pgbouncer", "connection_limit"].contains(&name)
                || PASSED.contains(&name)
                || SCHEMAS.contains(&name))
    };
    let end = if query.is_empty() { path } else { query };
    if path.split('&').skip(1).any(is_parameter) {
        Some("its first parameter stands behind a `&`; write `?` in front of the first one, and `&` between them")
    } else if query.split('&').any(|pair| pair.split('?').skip(1).any(is_parameter)) {
        Some("a parameter stands behind a second `?`; write `&` between parameters")
    } else if end.ends_with([';', ',']) {
        Some("a `;` or `,` stands at its end; remove it")
    } else {
        None
    }
}

fn tls_mode(key: &str, value: &str) -> Result<TlsMode, String> {
    let found = match (key, value) {
        ("ssl", "" | "1" | "true") => Some(TlsMode::Require),
        ("ssl", "0" | "false") => Some(TlsMode::Disable),
        _ => TLS_MODES.iter().find(|(name, _)| *name == value).map(|(_, mode)| *mode),
    };
    let names = TLS_MODES.map(|(name, _)| name).join(", ");
    found.ok_or_else(|| format!("its `{key}` is none of {names}; write one of them, or remove it"))
}

fn is_host(host: &str) -> bool {
    let is_letter = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_' | ':' | '%');
    host.starts_with('/') || (!host.is_empty() && host.chars().all(is_letter))
}

fn decoded(text: &str, what: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8().map(Cow::into_owned);
    decoded.map_err(|_| {
        format!("its {what} is not UTF-8 when percent-encoding is resolved; write %25 for each `%` that means itself")
    })
}

/// Escapes a URL as `pg` does: if it has a space, or a `%` without two hexadecimal digits behind it, then each `%` without two
/// decimal digits behind it stands for itself.
fn escapes_of_pg(text: &str) -> Cow<'_, str> {
    let is_hex = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_hexdigit);
    let bytes = text.as_bytes();
    let is_broken =
        |at: usize| bytes.get(at) == Some(&b'%') && !(is_hex(bytes.get(at + 1)) && is_hex(bytes.get(at + 2)));
    if !text.contains(' ') && !(0..bytes.len()).any(is_broken) {
        return text.into();
    }
    let mut parts = text.split('%');
    let mut escaped = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_escape = part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_digit());
        escaped.push_str(if is_escape { "%" } else { "%25" });
        escaped.push_str(part);
    }
    escaped.into()
}

#[cfg(test)]
mod tests;
