//! `gatepost generate roles`: a role for the functions that may read and write rows and nothing else. Whoever takes a
//! function over has the rows, but cannot change a table, read another one, or make a role.

use gatepost_core::{
    config::{Ids, Schema},
    store::written::{literal, quoted},
};

/// The SQL, for whoever owns the tables; running it again changes nothing.
pub fn sql(role: &str, schema: &Schema) -> String {
    let tables: Vec<_> = schema.tables.iter().map(|table| schema.quoted(table)).collect();
    let (name, text) = (quoted(role), literal(role));
    let namespace = schema.name.as_deref().map_or_else(|| "current_schema()".to_owned(), literal);
    // Whoever signs up with an address that is taken is told a number all the same, if nobody may learn that it is.
    let users = schema.table("user").filter(|_| schema.ids == Ids::Serial).map(|table| literal(&schema.quoted(table)));
    let counting = users.map(|table| {
        format!(
            "\n    execute format('grant usage on sequence %s to %I', pg_get_serial_sequence({table}, 'id'), {text});"
        )
    });
    let counting = counting.unwrap_or_default();
    format!(
        r#"-- The role of the functions: rows of these tables, no tables of its own, nothing else. Run it as the owner of the tables,
-- in their database and schema, then give the role a password and put it into DATABASE_URL:
--
--     alter role {name} password '…';
--
-- Migrations need the owner still: DATABASE_URL_UNPOOLED, which the functions do not read.
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
