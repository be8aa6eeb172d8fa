//! The table of users that the foreign keys of sessions and accounts lead to. It is the one to use, with rows or without: beside
//! another one every session would be refused.

use gatepost_core::config::{ColumnType, Schema, Table};

use super::{fit::Fault, found::FoundTables, incomplete, listed, mapping, section};

/// Reports foreign keys that lead to another PostgreSQL schema.
pub fn elsewhere(schema: &Schema, found: &FoundTables) -> Option<Fault> {
    let owners = schema.tables.iter().filter_map(|table| {
        let owner = table.columns.iter().find(|column| column.holds == ColumnType::Reference("user"))?;
        let there = found.relations.get(&table.name)?.columns.get(&owner.name)?;
        Some((format!("`{}.{}`", table.name, owner.name), there.references_elsewhere.as_deref()?))
    });
    let (columns, places): (Vec<_>, Vec<_>) = owners.unzip();
    let place = places.first()?;
    let refer = if columns.len() == 1 { "refers" } else { "refer" };
    Some(Fault {
        what: format!(
            "{} {refer} to `{place}` by a foreign key, which is in another PostgreSQL schema than `{}`",
            listed(&columns),
            found.schema
        ),
        fix: format!(
            "gatepost's tables are all in one PostgreSQL schema, and these cannot be served as they are: keep their users on better-auth \
             until the project that owns the tables has moved them into one schema, and name that one in `[database] schema_name`. A new \
             table of users in `{}` would not help, since sessions refer to the other one",
            found.schema
        ),
    })
}

/// Reports a table without identifiers, which belongs to another program.
pub fn foreign(table: &Table) -> Fault {
    Fault {
        what: format!("`{}` has no column `id`, so it is not a table of better-auth", table.name),
        fix: format!(
            "set another name in `[schema.{}] model_name`; `cargo gatepost migrate` creates a table with that name",
            section(table)
        ),
    }
}

/// Reports that the search path leads to no schema, so that no statement finds a table.
pub fn astray(found: &FoundTables) -> Option<Fault> {
    let path = found.astray.as_deref()?;
    Some(Fault {
        what: format!("the `search_path` of this role in this database, `{path}`, names no schema that exists and that the role may use"),
        fix: "correct it where it is set (`alter role … in database … set search_path`, `alter database … set search_path`, or the URL: \
              each name stands in quotes of its own), grant the role `usage` on the schema, or name the schema in `[database] schema_name`"
            .to_owned(),
    })
}

/// Reports a table of users that the configuration does not name, while the one that it names is not there.
pub fn unnamed(schema: &Schema, found: &FoundTables) -> Option<Fault> {
    let users = schema.table("user").filter(|users| !found.relations.contains_key(&users.name))?;
    let name = incomplete::referenced(schema, found)?;
    let relation = found.relations.get(name)?;
    let toml = incomplete::section_of(users, Some((name, mapping::alike(users, relation, None))));
    Some(Fault {
        what: format!(
            "the foreign keys of sessions and accounts lead to `{name}`, and the table `{}` that the configuration names is missing",
            users.name
        ),
        fix: format!(
            "complete these lines and write them into gatepost.toml; a new table `{}` beside `{name}` would refuse every session:\n{}",
            users.name,
            toml.trim_end()
        ),
    })
}
