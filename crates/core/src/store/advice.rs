//! Advice for the operator about a connection that the database server, a pooler or TLS refuses. The log and the command line
//! append the sentence to the error's own words, after a semicolon.

use std::{
    error::Error,
    io::{self, ErrorKind},
};

use tokio_postgres::error::Severity;

use super::tls;

/// Returns advice about `error`, if there is any.
pub(super) fn of(error: &tokio_postgres::Error) -> Option<&'static str> {
    match error.as_db_error() {
        Some(answer) => {
            let (state, message) = (answer.code().code(), answer.message());
            // A statement's error leaves the connection as it is, so it is not about the parameters of the URL.
            match (answer.parsed_severity(), state) {
                (Some(Severity::Error), "42704") if message.contains(UNKNOWN_SETTING) => Some(
                    "a policy, a trigger or a default reads this setting, and gatepost does not set it: write \
                     `current_setting('…', true)` there, which returns NULL without a value, or give the role a value (`alter role … set …`)",
                ),
                (Some(Severity::Error), "22023" | "42704") => None,
                _ => of_a_refusal(state, message).or_else(|| of_an_overload(state, message)),
            }
        }
        None => error.source().and_then(of_a_cause),
    }
}

/// Whether trying again is useless because the URL or the server has to change first.
pub(super) fn is_final(answer: &tokio_postgres::error::DbError) -> bool {
    of_a_refusal(answer.code().code(), answer.message()).is_some()
}

/// Whether a pooler refuses the `options` of the URL.
pub(super) fn is_refused_parameter(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|answer| answer.message().contains(PARAMETER))
}

/// PostgreSQL's words for the name of a setting that it does not know.
const UNKNOWN_SETTING: &str = "unrecognized configuration parameter";

/// PgBouncer's words; since version 1.20 the message also names the option.
const PARAMETER: &str = "unsupported startup parameter";

/// Returns advice about a refusal that lasts. The SQLSTATE alone says little: PgBouncer refuses most things with 08P01, Supavisor
/// with XX000.
fn of_a_refusal(state: &str, message: &str) -> Option<&'static str> {
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    // The words of PostgreSQL 14 and newer, and of older versions, for a connection without TLS.
    let is_plain = says(&["no encryption", "ssl off"]);
    Some(if message.contains(PARAMETER) {
        "a pooler does not take the `options` of the URL: remove them, or let PgBouncer ignore them \
         (`ignore_startup_parameters = options`). To name a schema, use `schema=NAME` or `[database] schema_name`"
    } else if says(&["ssl required", "ssl connection is required", "connection is insecure"])
        || (says(&["pg_hba.conf"]) && is_plain)
    {
        "the server probably accepts only connections with TLS: write `sslmode=require` into the URL. If the error stays, the server \
         allows this user or this address by no line of its pg_hba.conf"
    } else if says(&["client certificate"]) {
        "gatepost presents no client certificate: let this user log in by a password"
    } else if says(&["no pg_hba.conf entry", "pg_hba.conf rejects"]) {
        "no line of the server's pg_hba.conf lets this user into this database from here: add one, add this address to those that \
         the provider allows, or correct the user or the database in the URL"
    } else if says(&["tenant or user not found"]) {
        "the pooler expects users as `name.project`: copy the pooler's URL, with its host, from the provider"
    } else if says(&["peer authentication failed", "ident authentication failed"]) {
        "the server accepts this user only from the operating system's account of the same name: write a host and a password into \
         the URL, postgres://user:password@localhost/name"
    } else if state == "3D000" || says(&["no such database"]) || (says(&["database"]) && says(&["does not exist"])) {
        "no database has the name at the end of the URL: correct it there, or create the database"
    } else if says(&["not permitted to log in"]) {
        "let the role of the URL log in, `alter role … login`, or write another user into the URL"
    } else if says(&["permission denied for database"]) {
        "as the owner of the database, let the role connect: `grant connect on database … to …`"
    } else if says(&["no such user"]) || (state == "28000" && says(&["role"]) && says(&["does not exist"])) {
        "no user has this name: correct it in the URL, or create the user. Without a user in the URL, gatepost logs in with the name \
         of the account that it runs as"
    } else if state == "28P01"
        || says(&["password authentication failed", "sasl authentication failed", "wrong password"])
    {
        "the user or the password in the URL is wrong: copy the URL from the provider again, with special characters of the password \
         percent-encoded"
    } else if state == "22023" || says(&[UNKNOWN_SETTING]) {
        "the server does not take the `options` of the URL: correct or remove them"
    } else {
        return None;
    })
}

/// Returns advice about a refusal that may be over in a moment.
fn of_an_overload(state: &str, message: &str) -> Option<&'static str> {
    if message.to_ascii_lowercase().contains("max client") {
        Some(
            "the pooler is full: in session mode (Supavisor's port 5432) it accepts as many clients as it has connections; use \
             transaction mode (port 6543), which accepts far more",
        )
    } else if state == "53300" {
        Some("the server's connections are used up: use the provider's pooled URL, or lower `database.max_connections`")
    } else {
        None
    }
}

/// Returns advice about a connection that failed without an answer from the server.
fn of_a_cause(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    let words = cause.to_string();
    let says = |part: &str| words.contains(part);
    if says("password missing") {
        return Some("the server asks for a password, and the URL has none: write postgres://user:password@host/name");
    }
    if says("did not use channel binding") {
        return Some(
            "`channel_binding=require` needs TLS and a login by SCRAM, bound to a certificate that is not Ed25519: switch them on, or \
             remove it from the URL",
        );
    }
    if says("unsupported SASL mechanism") || says("unsupported authentication method") {
        return Some("let this user log in by a password (`scram-sha-256` in the server's pg_hba.conf)");
    }
    if says("does not allow writes") || says("is not read only") {
        return Some(
            "no host of the URL is as its `target_session_attrs` asks: add such a host, write only the host of the primary, or remove \
             the parameter",
        );
    }
    match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable | ErrorKind::AddrNotAvailable) => Some(
            "the host may have only an IPv6 address, which cannot be reached from here, nor from functions on Vercel: use the \
             provider's pooled URL",
        ),
        _ => tls::advice(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_only_reached_over_ipv6_is_told_with_what_to_do() {
        for kind in [ErrorKind::NetworkUnreachable, ErrorKind::AddrNotAvailable] {
            let told = of_a_cause(&io::Error::from(kind));
            assert!(told.is_some_and(|text| text.contains("pooled URL")), "{kind}: {told:?}");
        }
        assert_eq!(of_a_cause(&io::Error::from(ErrorKind::ConnectionRefused)), None);
    }

    /// The words of servers and poolers that no test can run, as in their sources.
    #[test]
    fn what_providers_refuse_is_told_with_what_to_do() {
        for (state, message, told) in [
            (
                "28000",
                "no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", SSL off",
                "sslmode=require",
            ),
            (
                "28000",
                "no pg_hba.conf entry for host \"1.2.3.4\", user \"u\", database \"d\", SSL encryption",
                "from here",
            ),
            ("28000", "connection requires a valid client certificate", "by a password"),
            ("28000", "SSL connection is required. Please specify SSL options and retry.", "sslmode=require"),
            ("XX000", "connection is insecure (try using `sslmode=require`)", "sslmode=require"),
            ("08P01", "SSL required", "sslmode=require"),
            ("08P01", "unsupported startup parameter in options: search_path", "`schema=NAME`"),
            ("08P01", "no such user: u", "no user has this name"),
            ("3D000", "database \"x\" does not exist", "create the database"),
            ("08P01", "server login failed: FATAL database \"x\" does not exist", "create the database"),
            ("28000", "role \"u\" does not exist", "create the user"),
            ("28000", "role \"u\" is not permitted to log in", "alter role"),
            ("42501", "permission denied for database \"d\"", "grant connect"),
            ("28000", "Peer authentication failed for user \"u\"", "@localhost/"),
            ("28P01", "password authentication failed for user \"u\"", "percent-encoded"),
            ("22023", "invalid value for parameter \"geqo\": \"x\"", "`options`"),
        ] {
            let advice = of_a_refusal(state, message);
            assert!(advice.is_some_and(|advice| advice.contains(told)), "{message}: {advice:?}");
        }
        for (state, message) in [("57P03", "the database system is starting up"), ("53300", "too many clients already")]
        {
            assert_eq!(of_a_refusal(state, message), None, "{message}");
        }
    }
}
