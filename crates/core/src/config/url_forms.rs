//! Texts that users write instead of a connection URL, and the fix for each. Messages quote only the names of known schemes,
//! because the text may contain a password.

/// The text behind `postgres://` or `postgresql://`.
///
/// # Errors
/// A sentence that says what the text is and what to write instead.
pub(super) fn without_scheme(text: &str) -> Result<&str, String> {
    let scheme = text.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
    match &scheme {
        Some((scheme, rest)) if matches!(scheme.as_str(), "postgres" | "postgresql") => {
            // Two of them are a name in a search path.
            let is_left = |quote: &char| text.ends_with(*quote) && text.matches(*quote).count() % 2 == 1;
            return match QUOTES.iter().any(is_left) {
                true => Err(format!("the value ends with a quotation mark; {REMOVE_QUOTES}")),
                false => Ok(rest),
            };
        }
        Some((scheme, _)) => {
            if let Some(driver) = scheme.strip_prefix("postgresql+").or_else(|| scheme.strip_prefix("postgres+")) {
                return Err(format!("`+{}` names a driver of Python; write postgresql:// without it", known(driver)));
            }
            if let Some((_, told)) = SCHEMES.iter().find(|(known, _)| known == scheme) {
                return Err((*told).to_owned());
            }
        }
        None => {}
    }
    Err(if text.is_empty() {
        format!("it is empty; {WRITE}")
    } else if text.starts_with(QUOTES) && text.ends_with(QUOTES) {
        format!("the value starts and ends with quotation marks; {REMOVE_QUOTES}")
    } else if text.starts_with(QUOTES) {
        format!("the value starts with a quotation mark; {REMOVE_QUOTES}")
    } else if text == "psql" || text.starts_with("psql ") {
        "it is a command for psql; write only the URL that the command names, from postgres:// on and without quotation marks"
            .to_owned()
    } else if text.starts_with('$') {
        "it refers to another variable, which was not replaced; write that variable's value".to_owned()
    } else if begins_with_a_name(text) {
        "it begins with the name of a variable; write only the part after the `=`".to_owned()
    } else if KEYWORDS.iter().any(|word| text.split_whitespace().any(|pair| pair.starts_with(word))) {
        format!("it is a list of keywords (`host=… dbname=…`); {WRITE}")
    } else {
        format!("it does not begin with postgres:// or postgresql://; {WRITE}")
    })
}

const WRITE: &str = "write postgres://user:password@host/name";
const REMOVE_QUOTES: &str = "remove the quotation marks";
const QUOTES: [char; 5] = ['"', '\'', '`', '“', '”'];
/// The beginnings of a list of keywords for libpq, as psycopg and others take it.
const KEYWORDS: [&str; 4] = ["host=", "dbname=", "user=", "password="];

/// Schemes that are not PostgreSQL's own.
const SCHEMES: [(&str, &str); 17] = [
    ("jdbc:postgresql", JDBC),
    ("jdbc:postgres", JDBC),
    (
        "prisma+postgres",
        "`prisma+postgres://` is an address that only Prisma's client speaks to; write the database's own URL, \
         postgres://user:password@host/name, which Prisma calls the direct connection",
    ),
    (
        "prisma",
        "`prisma://` is the address of Prisma Accelerate, which only Prisma's client speaks to; write the database's own URL, \
         postgres://user:password@host/name, which Prisma calls the direct connection",
    ),
    ("psql", DJANGO),
    ("pgsql", DJANGO),
    ("postgis", DJANGO),
    ("ecto", "`ecto://` is a scheme of Elixir; write postgres:// in its place"),
    ("cockroachdb", "`cockroachdb://` is a scheme of Django and Rails; write postgresql:// in its place"),
    (
        "socket",
        "`socket://` is a form of Node's driver; write postgres://user@/name?host=/run/postgresql, with the socket's folder",
    ),
    ("http", WEB),
    ("https", WEB),
    ("mysql", OTHER),
    ("mongodb", OTHER),
    ("mongodb+srv", OTHER),
    ("redis", OTHER),
    ("libsql", OTHER),
];
const JDBC: &str = "`jdbc:postgresql://` is the form of Java; write postgres://user:password@host:port/name, with the values of \
                    its parameters `user` and `password` in front of the host";
const DJANGO: &str = "it has a scheme of Django or PHP; write postgres:// in its place";
const WEB: &str = "it does not begin with postgres:// or postgresql://, and is the address of a page or an API; copy the connection \
                   string from the provider's console";
const OTHER: &str = "it does not begin with postgres:// or postgresql://, and is the address of another database; the service stores \
                     its tables in PostgreSQL: write postgres://user:password@host/name";

/// The drivers that SQLAlchemy names; another word is not repeated.
fn known(driver: &str) -> &str {
    let drivers = ["asyncpg", "psycopg", "psycopg2", "psycopg2cffi", "psycopg_async", "pg8000", "aiopg"];
    drivers.into_iter().find(|known| *known == driver).unwrap_or("…")
}

/// `DATABASE_URL=…`, and the same behind `export`.
fn begins_with_a_name(text: &str) -> bool {
    let text = text.strip_prefix("export ").unwrap_or(text).trim_start();
    let name = text.split_once('=').map_or("", |(name, _)| name);
    name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_url_is_called_what_it_is_without_being_quoted() {
        for (text, told) in [
            ("\"postgres://u:hunter2@h/x\"", "starts and ends with quotation marks"),
            ("'postgres://u:hunter2@h/x'", "starts and ends with quotation marks"),
            ("postgres://u:hunter2@h/x'", "ends with a quotation mark"),
            ("\"postgres://u:hunter2@h/x", "starts with a quotation mark"),
            ("“postgres://u:hunter2@h/x”", "starts and ends with quotation marks"),
            ("psql 'postgres://u:hunter2@h/x'", "command for psql"),
            ("psql -h h -U u hunter2", "command for psql"),
            ("jdbc:postgresql://h/x?user=u&password=hunter2", "form of Java"),
            ("prisma+postgres://localhost:51213/?api_key=hunter2", "Prisma's client"),
            ("prisma+postgres://accelerate.prisma-data.net/?api_key=hunter2", "direct connection"),
            ("prisma://accelerate.prisma-data.net/?api_key=hunter2", "Prisma Accelerate"),
            ("postgresql+asyncpg://u:hunter2@h/x", "`+asyncpg` names a driver"),
            ("postgresql+psycopg2://u:hunter2@h/x", "`+psycopg2` names a driver"),
            ("postgres+hunter2://u:p@h/x", "names a driver of Python"),
            ("pgsql://u:hunter2@h/x", "Django"),
            ("ecto://u:hunter2@h/x", "Elixir"),
            ("socket:///run/postgresql?db=hunter2", "?host=/run/postgresql"),
            ("https://hunter2.supabase.co", "connection string"),
            ("mysql://u:hunter2@h/x", "another database"),
            ("DATABASE_URL=postgres://u:hunter2@h/x", "the name of a variable"),
            ("export DATABASE_URL=\"postgres://u:hunter2@h/x\"", "the name of a variable"),
            ("${{ Postgres.hunter2 }}", "another variable"),
            ("host=h user=u password=hunter2 dbname=x", "list of keywords"),
            ("postgres:u:hunter2@h/x", "does not begin with"),
            ("hunter2://u:p@h/x", "does not begin with"),
            ("hunter2", "does not begin with"),
            ("", "is empty"),
        ] {
            let error = without_scheme(text).expect_err(text);
            assert!(error.contains(told) && !error.contains("hunter2") && error.contains("; "), "{text}: {error}");
        }
        assert_eq!(without_scheme("POSTGRES://h/x"), Ok("h/x"));
    }
}
