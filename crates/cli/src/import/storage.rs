//! `database`: its kind, its options and its variable.

use gatepost_import::value::{Object, Value, ValueKind};

use super::{carry::Carrier, literal, report::Class, variables};

/// The way in which better-auth reaches the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Drizzle, on PostgreSQL.
    Drizzle,
    /// Prisma, on PostgreSQL.
    Prisma,
    /// A pool or a dialect of PostgreSQL.
    Postgres,
    /// Another database.
    Other(String),
    /// It is not known.
    Unknown,
}

/// Packages of databases that gatepost does not serve, and their names.
const OTHERS: [(&str, &str); 17] = [
    ("mysql2", "MySQL"),
    ("mysql", "MySQL"),
    ("mariadb", "MariaDB"),
    ("@planetscale/database", "MySQL (PlanetScale)"),
    ("better-sqlite3", "SQLite"),
    ("bun:sqlite", "SQLite"),
    ("node:sqlite", "SQLite"),
    ("@libsql", "SQLite (libSQL)"),
    ("kysely-d1", "D1"),
    ("drizzle-orm/d1", "D1"),
    ("mongodb", "MongoDB"),
    ("mongoose", "MongoDB"),
    ("better-auth/adapters/mongodb", "MongoDB"),
    ("better-auth/adapters/memory", "memory"),
    ("mssql", "SQL Server"),
    ("tedious", "SQL Server"),
    ("@convex-dev/better-auth", "Convex"),
];

/// Finds the way in which better-auth reaches the database.
pub(super) fn kind(carrier: &Carrier<'_>, database: &Value) -> Kind {
    let Some(origin) = database.origin() else {
        return match database.object() {
            Some(object) => of_object(object),
            // A binding of a platform: `env.DB`.
            None => match &database.what {
                ValueKind::Variable(name, _) if matches!(name.as_str(), "DB" | "D1" | "DATABASE") => {
                    Kind::Other("D1".to_owned())
                }
                _ => Kind::Unknown,
            },
        };
    };
    let (module, name) = (origin.module.as_str(), origin.name());
    let provider = super::schema::adapter_option(database, "provider").and_then(Value::text);
    let is_adapter = |own: &str| name == format!("{own}Adapter");
    match (provider, ()) {
        _ if is_adapter("drizzle") => match provider {
            Some("pg") => Kind::Drizzle,
            Some("mysql") => Kind::Other("MySQL".to_owned()),
            Some("sqlite") => Kind::Other("SQLite".to_owned()),
            _ => Kind::Unknown,
        },
        _ if is_adapter("prisma") => {
            match provider.or(carrier.project.prisma.as_ref().and_then(|one| one.provider.as_deref())) {
                Some("postgresql" | "postgres") => Kind::Prisma,
                Some("mysql") => Kind::Other("MySQL".to_owned()),
                Some("sqlite") => Kind::Other("SQLite".to_owned()),
                Some("mongodb") => Kind::Other("MongoDB".to_owned()),
                Some("sqlserver") => Kind::Other("SQL Server".to_owned()),
                Some("cockroachdb") => Kind::Other("CockroachDB".to_owned()),
                _ => Kind::Unknown,
            }
        }
        _ if OTHERS.iter().any(|(known, _)| is_of(module, known)) => {
            let found = OTHERS.iter().find(|(known, _)| is_of(module, known));
            Kind::Other(found.map_or_else(String::new, |(_, name)| (*name).to_owned()))
        }
        _ if name == "Pool" || is_postgres(module) => Kind::Postgres,
        _ if name == "Kysely" => {
            let dialect = super::schema::adapter_option(database, "dialect");
            dialect.map_or(Kind::Unknown, of_dialect)
        }
        _ if name.ends_with("Dialect") => of_dialect(database),
        _ => Kind::Unknown,
    }
}

fn is_of(module: &str, known: &str) -> bool {
    module == known || module.strip_prefix(known).is_some_and(|rest| rest.starts_with('/') || known.starts_with('@'))
}

fn is_postgres(module: &str) -> bool {
    ["pg", "postgres", "@neondatabase/serverless", "@vercel/postgres", "kysely-postgres-js", "@supabase/supabase-js"]
        .contains(&module)
}

fn of_dialect(dialect: &Value) -> Kind {
    let name = dialect.origin().map_or("", |one| one.name()).to_lowercase();
    match () {
        () if name.contains("postgres") || name.contains("neon") => Kind::Postgres,
        () if name.contains("mysql") || name.contains("planetscale") => Kind::Other("MySQL".to_owned()),
        () if name.contains("sqlite") || name.contains("libsql") || name.contains("d1") => {
            Kind::Other("SQLite".to_owned())
        }
        () if name.contains("mssql") => Kind::Other("SQL Server".to_owned()),
        () => Kind::Unknown,
    }
}

fn of_object(object: &Object) -> Kind {
    let value = |key: &str| object.get(key).map(|member| &member.value);
    match value("type").or(value("provider")).and_then(Value::text) {
        Some("postgres" | "postgresql" | "pg") => Kind::Postgres,
        Some("mysql") => Kind::Other("MySQL".to_owned()),
        Some("sqlite") => Kind::Other("SQLite".to_owned()),
        Some("mssql") => Kind::Other("SQL Server".to_owned()),
        _ => match value("dialect") {
            Some(dialect) => of_dialect(dialect),
            None => value("db").map_or(Kind::Unknown, |db| match db.origin() {
                Some(origin) if origin.name() == "Kysely" => {
                    super::schema::adapter_option(db, "dialect").map_or(Kind::Unknown, of_dialect)
                }
                _ => Kind::Unknown,
            }),
        },
    }
}

/// Reads `database`.
pub(super) fn database(carrier: &mut Carrier<'_>, value: &Value) {
    let kind = kind(carrier, value);
    match &kind {
        Kind::Other(name) => {
            let origin =
                value.origin().map(|one| format!(" (`{}` of `{}`)", one.name(), one.module)).unwrap_or_default();
            let article =
                if name == "Convex" { "the data is in Convex".to_owned() } else { format!("the database is {name}") };
            let says = format!(
                "{article}{origin}, and gatepost serves PostgreSQL alone: move the data to PostgreSQL with better-auth on it, then import again"
            );
            carrier.add("database", value.at, Class::NotPossible, says).blocks = true;
            triggers(carrier, value);
        }
        Kind::Unknown => {
            carrier.not_understood("database", value);
            if let Some(entry) = carrier.entries.last_mut() {
                entry.decide = true;
            }
        }
        _ => {
            let connection = connection(carrier, value);
            let says = variables::from(carrier, "DATABASE_URL", connection.as_ref());
            carrier.add("database", value.at, Class::Replaced, says);
            super::search_path::carry(carrier, value);
        }
    }
    adapter(carrier, value);
    pool(carrier, value);
}

/// The triggers of a component that keeps the data: they are no option of better-auth, but act.
fn triggers(carrier: &mut Carrier<'_>, database: &Value) {
    let mut inner = database;
    for _ in 0..10 {
        match &inner.what {
            ValueKind::Called(called) => {
                for argument in &called.arguments {
                    let Some(models) = argument.get("triggers").and_then(Value::object) else { continue };
                    for model in models.holding() {
                        for time in model.value.object().map(|one| one.holding()).unwrap_or_default() {
                            let shown = format!("triggers.{}.{}", model.key, time.key);
                            super::hooks::needed(carrier, &shown, &time.value, "after a row is written");
                        }
                    }
                    return;
                }
                inner = &called.callee;
            }
            ValueKind::Property(of, _) => inner = of,
            _ => return,
        }
    }
}

/// Options of an adapter or of a database in an object.
fn adapter(carrier: &mut Carrier<'_>, value: &Value) {
    let of_adapter = value.call().and_then(|(_, called)| called.arguments.get(1).cloned());
    let is_pool = value.origin().is_some_and(|one| one.name() == "Pool");
    let Some(options) = of_adapter.or_else(|| value.object().map(|_| value.clone())).filter(|_| !is_pool) else {
        return;
    };
    for member in
        options.object().map(|object| object.holding().into_iter().cloned().collect::<Vec<_>>()).unwrap_or_default()
    {
        let path = format!("database.{}", member.key);
        let says = match member.key.as_str() {
            "transaction" => "each flow here is one statement or one transaction",
            "debugLogs" => "traces show statements",
            "casing" | "camelCase" => "names of tables are in [schema]",
            _ => continue,
        };
        carrier.add(&path, member.at, Class::NotNeeded, says);
    }
}

/// Options of a pool.
fn pool(carrier: &mut Carrier<'_>, value: &Value) {
    let Some((origin, called)) = value.call() else { return };
    if origin.name() != "Pool" || !is_postgres(&origin.module) {
        return;
    }
    let Some(options) = called.arguments.first().and_then(Value::object).cloned() else { return };
    for member in options.holding() {
        let path = format!("database.{}", member.key);
        let chosen = literal::in_production(&member.value);
        match member.key.as_str() {
            "max" => {
                let says = "database.max_connections; the default of 4 for each instance stays, since a deployment has many instances";
                carrier.add(&path, member.at, Class::Replaced, says);
            }
            "ssl" => {
                let is_unverified = chosen.get("rejectUnauthorized").and_then(Value::truth) == Some(false);
                let says = match is_unverified {
                    true => {
                        "warning: it switches the verification of TLS off, and gatepost verifies; for a private authority set \
                             database.root_certificates, or sslrootcert in the URL"
                    }
                    false => "TLS is on and verified unless the URL says otherwise",
                };
                carrier.add(&path, member.at, Class::Replaced, says);
            }
            _ => {}
        }
    }
}

/// The value of the connection URL.
fn connection(carrier: &mut Carrier<'_>, value: &Value) -> Option<Value> {
    fn found(value: &Value, depth: usize) -> Option<Value> {
        if depth > 8 {
            return None;
        }
        match &value.what {
            ValueKind::Variable(..) => Some(value.clone()),
            ValueKind::Called(called) => called.arguments.iter().find_map(|argument| found(argument, depth + 1)),
            ValueKind::Object(object) => {
                ["connectionString", "url", "client", "connection", "pool", "dialect", "db", "adapter"]
                    .iter()
                    .find_map(|key| found(&object.get(key)?.value, depth + 1))
            }
            ValueKind::Choice(choice) => found(&choice.yes, depth + 1).or_else(|| found(&choice.no, depth + 1)),
            _ => None,
        }
    }
    let is_plain = value.call().is_some_and(|(one, called)| one.name() == "Pool" && called.arguments.is_empty());
    let of_client = |value: &Value| {
        let (_, called) = value.call()?;
        let client = called.arguments.first()?;
        let (one, inner) = client.call()?;
        (one.name() == "drizzle")
            .then(|| inner.arguments.first()?.call())
            .flatten()
            .map(|(one, called)| (one.name().to_owned(), called.arguments.is_empty()))
    };
    if is_plain || of_client(value).is_some_and(|(name, is_empty)| name == "Pool" && is_empty) {
        let from = ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD"].map(str::to_owned).to_vec();
        let says = format!("put together from {}, which gatepost does not read", from.join(", "));
        carrier.variables.push(super::report::Variable { name: "DATABASE_URL".to_owned(), from, says });
    }
    found(value, 0).or_else(|| {
        // Prisma names the variable in its schema.
        let files = carrier.project.prisma.as_ref()?.files.clone();
        let root = carrier.project.reader.files.root().to_owned();
        files.iter().find_map(|file| {
            let text = carrier.project.reader.files.text(&root.join(file))?;
            let line = text.lines().find(|line| line.trim().starts_with("url") && line.contains("env("))?;
            let name = line.split('"').nth(1)?.to_owned();
            Some(ValueKind::Variable(name, None).at(value.at))
        })
    })
}
