//! `gatepost generate roles`: SQL for a role of the functions that may read and write rows and nothing else. An attacker who controls
//! a function has the rows, but cannot change a table, read other tables, or create a role.

use gatepost_core::{
    config::{Ids, Schema},
    store::written::{literal, quoted},
};

/// Writes the SQL, which the owner of the tables runs. Running it again changes nothing.
pub fn sql(role: &str, schema: &Schema) -> String {
    let tables: Vec<_> = schema.tables.iter().map(|table| schema.quoted(table)).collect();
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
    format!(
        r#"-- A role for the functions, which may read and write rows of these tables and nothing else. Run this SQL as the owner of the
-- tables, in their database and schema. Then give the role a password and write it into DATABASE_URL:
--
--     alter role {name} password '…';
--
-- Migrations still need the owner: set DATABASE_URL_UNPOOLED, which the functions do not read, to the owner's URL.
do $$ begin
    if not exists (select from pg_roles where rolname = {text}) then
        create role {name} login nosuperuser nocreatedb nocreaterole noinherit;
    end if;
    execute format('grant connect on database %I to %I', current_database(), {text});
    execute format('grant usage on schema %I to %I', {namespace}, {text});{counting}
end $$;
grant select, insert, update, delete on {} to {name};
"#,
        tables.join(", ")
    )
}
