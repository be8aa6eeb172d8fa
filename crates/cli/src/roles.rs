//! `gatepost generate roles`: SQL for a role of the functions that may read and write rows and nothing else. An attacker who controls
//! a function has the rows, but cannot change a table, read other tables, or create a role.

use gatepost_core::{
    config::{Ids, Schema, Table},
    features::hooks::declaration::{Hooks, Transport},
    store::written::{literal, quoted},
};

/// Writes the SQL, which the owner of the tables runs. Running it again changes nothing.
pub fn sql(role: &str, schema: &Schema) -> String {
    // Requests add notes of changes and read them. The role cannot change or remove what it noted.
    let (notes, tables): (Vec<_>, Vec<_>) = schema.tables.iter().partition(|table| table.model == "audit");
    let quoted_all = |tables: &[&Table]| tables.iter().map(|table| schema.quoted(table)).collect::<Vec<_>>().join(", ");
    let notes = match notes.as_slice() {
        [] => String::new(),
        notes => format!(
            "-- The role adds noted changes and reads them. `cargo gatepost cleanup` removes old ones with the URL of their owner.\n\
             revoke update, delete, truncate on {0} from {1};\ngrant select, insert on {0} to {1};\n",
            quoted_all(notes),
            quoted(role)
        ),
    };
    let (name, text) = (quoted(role), literal(role));
    let namespace = schema.name.as_deref().map_or_else(|| "current_schema()".to_owned(), literal);
    // If a sign-up must not reveal taken addresses, it answers an invented number from the sequence.
    let users = schema.table("user").filter(|_| schema.ids == Ids::Serial).map(|table| literal(&schema.quoted(table)));
    let counting = users.map(|table| {
        format!(
            "\n    execute format('grant usage on sequence %s to %I', pg_get_serial_sequence({table}, 'id'), {text});"
        )
    });
    let counting = counting.unwrap_or_default();
    let all = schema.tables.iter().map(|table| literal(&schema.quoted(table)));
    let regclasses = all.collect::<Vec<_>>().join(", ");
    format!(
        r#"-- A role for the functions, which may read and write rows of these tables and nothing else. Run this SQL as the owner of the
-- tables, in their database and schema. Then give the role a password and write it into DATABASE_URL:
--
--     alter role {name} password '…';
--
-- Migrations still need the owner: set DATABASE_URL_UNPOOLED, which the functions do not read, to the owner's URL.
do $$ declare counter regclass; begin
    if not exists (select from pg_roles where rolname = {text}) then
        create role {name} login nosuperuser nocreatedb nocreaterole noinherit;
    end if;
    execute format('grant connect on database %I to %I', current_database(), {text});
    execute format('grant usage on schema %I to %I', {namespace}, {text});{counting}
    -- The counters of defaults, as of `serial`. An identity needs no right.
    for counter in
        select distinct s.oid::regclass from pg_attrdef d
            join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
            join pg_class s on s.oid = p.refobjid and s.relkind = 'S'
        where d.adrelid = any (array[{regclasses}]::regclass[])
    loop
        execute format('grant usage on sequence %s to %I', counter, {text});
    end loop;
end $$;
grant select, insert, update, delete on {} to {name};
{notes}"#,
        quoted_all(&tables)
    )
}

/// Writes the SQL that lets the role call the functions of hooks, and nothing else in their schemas. A function without a schema must be
/// in the schema in which this SQL runs.
pub fn of_hooks(role: &str, hooks: &Hooks) -> String {
    let role = quoted(role);
    let grants = |(schema, function): (&Option<String>, &String)| {
        let place = schema.as_ref().map(|schema| format!("{}.", quoted(schema))).unwrap_or_default();
        let usage = schema.as_ref().map(|schema| format!("grant usage on schema {} to {role};\n", quoted(schema)));
        format!(
            "{}grant execute on function {place}{}(jsonb) to {role};\n",
            usage.unwrap_or_default(),
            quoted(function)
        )
    };
    let functions = hooks.all.iter().filter_map(|hook| match &hook.transport {
        Transport::Function(schema, name) => Some((schema, name)),
        Transport::Http { .. } | Transport::Rust(_) => None,
    });
    functions.map(grants).collect()
}
