//! The meaning of URLs. No error shows a part of one.

use super::*;

fn read(url: &str) -> DatabaseUrl {
    DatabaseUrl::read(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// A part of a URL as it is understood: `password`, `host`.
fn of(url: &str, name: &str) -> String {
    read(url).get(name).to_owned()
}

#[test]
fn a_password_means_what_it_means_to_nodes_driver() {
    // What pg-connection-string 2.14.1 answers for each.
    for (written, meant) in [
        ("p@ss", "p@ss"),
        ("p@", "p@"),
        (":p", ":p"),
        ("p:", "p:"),
        ("100%", "100%"),
        ("%", "%"),
        ("p%4", "p%4"),
        ("a b", "a b"),
        ("p%40ss", "p@ss"),
        ("%zz%41", "%zzA"),
        // The broken one makes the others mean themselves, unless they are decimal.
        ("%zz%4F", "%zz%4F"),
        ("a%2Fb%", "a%2Fb%"),
        ("%2525%z", "%25%z"),
        ("a%2Fb", "a/b"),
        ("é€", "é€"),
        ("p[]<>^|\\'\"", "p[]<>^|\\'\""),
        ("$&+=~!*()", "$&+=~!*()"),
    ] {
        let url = format!("postgres://u:{written}@h/db");
        assert_eq!((of(&url, "password").as_str(), of(&url, "host").as_str()), (meant, "h"), "{url}");
        assert_eq!((of(&url, "user").as_str(), of(&url, "dbname").as_str()), ("u", "db"), "{url}");
    }
    for (url, name, meant) in [
        ("postgres://u:p@h/db?user=me&password=p@ss&host=/x&port=7", "password", "p@ss"),
        ("postgres://u:p@h/db?user=me&password=p@ss&host=/x&port=7", "host", "/x"),
        ("postgres://u:p@h:6/db?user=me&host=/x&port=7", "port", "7"),
        ("postgres://u:p@h/db?options=-c+search_path%3Da", "options", "-c search_path=a"),
        ("postgres://u:p@h/db#frag", "dbname", "db"),
        ("postgres://u:p@h/db%20x", "dbname", "db x"),
        ("postgres:///db", "host", "localhost"),
        ("postgres://u:p@/db", "host", "localhost"),
        ("postgres://u:p@[::1]:5/db", "host", "::1"),
        ("postgres://u:p@%2Fvar%2Frun/db", "host", "/var/run"),
        ("postgres://:p@h/db", "user", ""),
        // `pg` knows no several hosts with ports; libpq does.
        ("postgres://u:p@a:1,b:2/db", "port", "1,2"),
        ("postgres://u:p@a:1,b/db", "host", "a,b"),
        ("\n  postgres://u:p@h/d\n  b \r\n", "dbname", "d  b"),
        ("\u{feff}postgres://u:p@h/db\u{a0}", "dbname", "db"),
    ] {
        assert_eq!(of(url, name), meant, "{url}");
    }
}

#[test]
fn the_driver_reads_the_keywords_as_they_are_meant() {
    let url = read("postgres://u:'\\ p'@h:7/the db?application_name=it's");
    let config: tokio_postgres::Config = url.keywords().parse().unwrap();
    assert_eq!(config.get_password(), Some(&b"'\\ p'"[..]));
    assert_eq!((config.get_dbname(), config.get_application_name()), (Some("the db"), Some("it's")));
    assert_eq!(config.get_ports(), [7]);
}

#[test]
fn attack_no_part_of_a_password_is_told_or_taken_for_a_host() {
    // In front of a special character is a number, which would be a port, or an `@`, behind which would be a host.
    for special in ["/", "?", "#"] {
        for before in ["hunter2", "12", "p@hunter2", "p@12:34"] {
            for after in ["hunter2", "hunter2=hunter2", "/hunter2", ""] {
                for rest in ["@h/db", "@h", "@h/db?sslmode=require", "@h:5432/db?schema=x"] {
                    let url = format!("postgres://u:{before}{special}{after}{rest}");
                    let error = DatabaseUrl::read(&url).expect_err(&url);
                    assert!(!error.contains("hunter2") && error.contains("%2F"), "{url}: {error}");
                }
            }
        }
    }
    for (url, told) in [
        ("postgres://u:hunter2@h:port/db", "port"),
        ("postgres://u:hunter2@h:0/db", "port"),
        ("postgres://u:hunter2@h:99999/db", "port"),
        ("postgres://u:hunter2/db", "port"),
        ("postgres://u:hunter2@[::1/db", "without brackets"),
        ("postgres://u:hunter2@{host}/db", "has characters that no host has"),
        ("postgres://u:hunter2@h,,g/db", "has characters that no host has"),
        ("postgres://u:hunter2@a,b/db?port=1,2,3", "number of hosts"),
        ("postgres://u:hunter2%ff@h/db", "password is not UTF-8"),
        ("postgres://u:[YOUR-PASSWORD]@h/db", "placeholder"),
        ("postgres://u:<password>@h/db", "placeholder"),
        ("postgres://u:${PGPASSWORD}@h/db", "placeholder"),
        ("postgres://u:****************@h/db", "placeholder"),
        (
            "postgres://u:hunter2@h/db?sslmode=hunter2",
            "disable, allow, prefer, require, verify-ca, verify-full, no-verify",
        ),
        ("postgres://u:hunter2@h/db?ssl=hunter2", "its `ssl` is none of"),
        ("postgres://u:hunter2@h/db?target_session_attrs=primary", "any, read-write, read-only"),
        ("postgres://u:hunter2@h/db?channel_binding=yes", "disable, prefer, require"),
        ("postgres://u:hunter2@h/db?channel_binding=require&sslmode=disable", "needs TLS"),
        ("postgres://u:hunter2@h/db?sslnegotiation=direct&sslmode=prefer", "sslmode=require"),
        ("postgres://u:hunter2@h/db?schema=", "its `schema` names no schema"),
        ("postgres://u:hunter2@h/db?schema=%22auth%22", "its `schema` has quotes in it"),
        ("postgres://u:hunter2@h/db?search_path=%22hunter2", "its `search_path` names no schema"),
        ("postgres://u:hunter2@h/db?options=-csearch_path%3D", "options=-c search_path"),
    ] {
        let error = DatabaseUrl::read(url).expect_err(url);
        assert!(!error.contains("hunter2") && error.contains(told) && error.contains("; "), "{url}: {error}");
    }
    assert!(!format!("{:?}", read("postgres://u:hunter2@h/db")).contains("hunter2"));
}

#[test]
fn tls_is_asked_for_as_the_clients_ask() {
    for (query, tls) in [
        ("", None),
        ("?sslmode=allow", Some(TlsMode::Prefer)),
        ("?sslmode=no-verify", Some(TlsMode::NoVerify)),
        ("?ssl=no-verify", Some(TlsMode::NoVerify)),
        ("?ssl=true", Some(TlsMode::Require)),
        ("?ssl=0", Some(TlsMode::Disable)),
        ("?sslmode=disable&ssl=true", Some(TlsMode::Disable)),
        ("?sslnegotiation=direct", Some(TlsMode::Require)),
    ] {
        assert_eq!(read(&format!("postgres://u:p@h/db{query}")).tls, tls, "{query}");
    }
}

#[test]
fn the_schema_is_read_from_whichever_parameter_names_it() {
    for (query, key, names) in [
        ("schema=Auth", "schema", &["Auth"][..]),
        ("schema=a,b", "schema", &["a,b"]),
        ("currentSchema=Auth", "currentSchema", &["auth"]),
        ("search_path=%22Auth%22", "search_path", &["Auth"]),
        ("schema_search_path=auth,public", "schema_search_path", &["auth", "public"]),
        ("options=-c search_path=auth", "options=-c search_path", &["auth"]),
        ("options=-csearch_path%3D\"Auth\"", "options=-c search_path", &["Auth"]),
    ] {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(read(&format!("postgres://u:p@h/db?{query}")).schemas, [(key, names)], "{query}");
    }
    assert!(read("postgres://u:p@h/db?options=endpoint%3Dep-cool-1").schemas.is_empty());
}

#[test]
fn what_stands_at_the_wrong_place_is_named() {
    for (url, told) in [
        ("postgres://u:hunter2@h:5432:5432/db", "two ports"),
        ("postgres://u:hunter2@::1:5432/db", "without brackets"),
        ("postgres://u:hunter2@h:543x/db", "write the server's port"),
        ("postgres://u:hunter2@h:99999/db", "from 1 to 65535"),
        ("postgres://u:hunter2@h/db&sslmode=disable", "write `?` in front of the first one"),
        ("postgres://u:hunter2@h/db&schema=auth&sslmode=disable", "write `?` in front of the first one"),
        ("postgres://u:hunter2@h/db?sslmode=disable?pgbouncer=true", "write `&` between parameters"),
        ("postgres://u:hunter2@h/db;", "at its end; remove it"),
        ("postgres://u:hunter2@h/db,", "at its end; remove it"),
        ("postgres://u:hunter2@h/db?sslmode=disable;", "at its end; remove it"),
    ] {
        let error = DatabaseUrl::read(url).expect_err(url);
        assert!(error.contains(told) && error.contains("; ") && !error.contains("hunter2"), "{url}: {error}");
    }
    // Names and values may have these signs.
    assert_eq!(of("postgres://u:p@h/a&b", "dbname"), "a&b");
    assert_eq!(of("postgres://u:p@h/a;b", "dbname"), "a;b");
    assert_eq!(of("postgres://u:p@h/db?application_name=what?", "application_name"), "what?");
}
